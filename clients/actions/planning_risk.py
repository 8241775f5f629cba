"""The risk management plan: begun from the one in force, written, agreed and then locked."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from carehub import clock, events, stale
from carehub.actors import Actor
from clients import risk_planning
from clients.assessed.accepted import accepted
from clients.models import Episode, RiskPlan, RiskPlanStep
from clients.policies import records as policies
from clients.risk_planning import Agreed, Written


def begin_risk_plan(*, by: Actor, client_id: UUID, episode: Episode) -> RiskPlan:
    """The draft that is open, or a new one with the steps of the plan in force: nobody writes them again."""
    policies.about(client_id, episode)
    risk_planning.may_plan_risk(by, episode)
    with transaction.atomic():
        Episode.objects.select_for_update(no_key=True).get(pk=episode.pk)
        mine = RiskPlan.objects.visible_to(by).filter(episode=episode)
        if draft := mine.filter(state=RiskPlan.State.DRAFT).first():
            return draft
        in_force = mine.order_by("-number").prefetch_related("steps").first()
        plan = RiskPlan.objects.create(
            partnership_id=episode.partnership_id,
            client_id=client_id,
            episode=episode,
            agency_id=episode.agency_id,
            number=(mine.aggregate(last=Max("number"))["last"] or 0) + 1,
            begun_at=clock.now(),
            begun_by=by.person,
        )
        if in_force:
            _write(plan, [_as_written(each) for each in in_force.steps.all()])
        events.record("risk-plan.begun", by=by, client=client_id, subject=plan)
    return plan


def save_risk_plan(
    *, by: Actor, client_id: UUID, plan: RiskPlan, opened_at: int, steps: Sequence[Written], said: Agreed, agree: bool = False
) -> RiskPlan:
    """Write all steps; with ``agree``, lock them and write the review down onto the episode.

    StaleSave where a colleague saved since version ``opened_at``; Refused, by field, where it cannot be agreed yet.
    """
    policies.about(client_id, plan)
    steps = [each for each in steps if not each.is_empty]
    with transaction.atomic():
        row = RiskPlan.objects.select_for_update(of=("self",)).select_related("episode").get(pk=plan.pk)
        risk_planning.may_write(by, row)
        if row.row_version != opened_at:
            raise stale.StaleSave(row)
        if agree:
            risk_planning.can_agree(by, row.episode, steps, said)
        steps = _of_its_tasks(by, row, steps)
        RiskPlanStep.objects.filter(plan=row).delete()
        _write(row, steps)
        row.save_over(opened_at, review_on=said.review_on, agreement=said.agreement, agreement_words=said.agreement_words)
        if agree:
            _agree(row, by)
        events.record("risk-plan.agreed" if agree else "risk-plan.saved", by=by, client=client_id, subject=row)
    return row


def _of_its_tasks(by: Actor, plan: RiskPlan, steps: Sequence[Written]) -> list[Written]:
    """A page says which task a step was put in from; whatever is none that was accepted, or stood in the plan, is none."""
    if not any(each.task for each in steps):
        return list(steps)
    known = {str(each.task.pk) for each in accepted(by, plan.episode)}
    known |= {str(key) for key in plan.steps.exclude(task=None).values_list("task_id", flat=True)}
    return [each if each.task in known else replace(each, task="") for each in steps]


def _as_written(step: RiskPlanStep) -> Written:
    return Written(step.area, step.what, step.by_whom, step.by_when, step.told, str(step.task_id or ""))


def _write(plan: RiskPlan, steps: Sequence[Written]) -> None:
    about = {"partnership_id": plan.partnership_id, "client_id": plan.client_id, "plan": plan}
    places: dict[str, int] = {}
    rows = []
    for step in steps:
        place = places[step.area] = places.get(step.area, 0) + 1
        said = {"what": step.what, "by_whom": step.by_whom, "by_when": step.by_when, "told": step.told, "task_id": step.task or None}
        rows.append(RiskPlanStep(**about, area=step.area, place=place, **said))
    RiskPlanStep.objects.bulk_create(rows)


def _agree(plan: RiskPlan, by: Actor) -> None:
    now = clock.now()
    # The steps first: once the plan is locked nothing about it can change.
    RiskPlanStep.objects.filter(plan=plan).update(locked_at=now)
    plan.save_over(plan.row_version, state=RiskPlan.State.AGREED, agreed_at=now, agreed_by=by.person, locked_at=now)
    episode = plan.episode
    episode.save_over(episode.row_version, risk_plan_review_on=plan.review_on, risk_plan_covers=risk_planning.covered(episode))
