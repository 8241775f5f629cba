"""A plan is begun: from what assessments found, and from the plan whose place it takes. Never a blank page."""

from django.db import IntegrityError, transaction

from carehub import clock, events
from carehub.actors import Actor
from careplans import content, policies
from careplans.actions.copying import copy_forward
from careplans.actions.needs import brought_together, rescored, row_of
from careplans.actions.rows import write_rows
from careplans.content import Content
from careplans.models import CarePlan, Domain, PlanVersion, RiskStep
from careplans.proposals import Proposal, newest_of
from clients.models import Assessment, Episode, RiskPlan

ONE_LEAD = "plan_one_lead_for_a_client"
#: Assessments that look at everything: what was found before the newest of them counts no more.
WHOLE = ("triage", "comprehensive")


def start_plan(*, episode: Episode, kind: str, by: Actor, again: PlanVersion | None = None) -> PlanVersion:
    """A first draft with everything that came up and what the plan before it says; or the draft that has been begun already.

    ``again``: the last signed version of an earlier stay with the same agency, to begin from after a break (GP 4.1.1).
    """
    with transaction.atomic():
        # Two clicks on 'Start', two colleagues at once: the second finds what the first began.
        episode = Episode.objects.visible_to(by).select_for_update(no_key=True).get(pk=episode.pk)
        plans = list(CarePlan.objects.filter(episode=episode).exclude(state=CarePlan.State.CLOSED))
        if begun := next((plan for plan in plans if plan.kind == kind and plan.state == CarePlan.State.BEGUN), None):
            draft = PlanVersion.objects.select_related("plan__episode", "partnership").filter(plan=begun, locked_at__isnull=True).first()
            if draft is not None:
                return draft
        done = list(Assessment.objects.filter(episode=episode, state=Assessment.State.COMPLETE).order_by("took_place_on", "completed_at"))
        wanted = policies.check_start(episode, kind, by, open_kinds=[plan.kind for plan in plans], assessed={each.form for each in done})
        version = _begin(episode, kind, by)
        before = next((plan for plan in plans if plan.kind in wanted.replaces and plan.current_id), None)
        if before is not None:
            again = PlanVersion.objects.get(pk=before.current_id)  # type: ignore[misc]
        elif again is not None:
            again = policies.earlier_versions(episode, by).get(pk=again.pk)
        _fill(version, again, [each for each in _came_up(done) if _stands(each, episode)])
        events.record("plan.started", by=by, client=version.client_id, subject=version)
    return version


def _begin(episode: Episode, kind: str, by: Actor) -> PlanVersion:
    about = {"partnership_id": episode.partnership_id, "client_id": episode.client_id}
    now = clock.now()
    head = {**about, "episode": episode, "agency_id": by.agency_id, "kind": kind, "begun_at": now, "begun_by": by.person}
    try:
        with transaction.atomic():
            plan = CarePlan.objects.create(**head, lead=True)
    except IntegrityError as refusal:
        if ONE_LEAD not in str(refusal):
            raise
        # Somebody leads already, perhaps an agency whose plan we may not see: ours is a linked local plan.
        plan = CarePlan.objects.create(**head, lead=False)
    version = PlanVersion(**about, plan=plan, number=1, begun_at=now, begun_by=by.person)
    version.partnership = by.partnership
    version.next_review_on = policies.latest_review(version)
    version.save(force_insert=True)
    return version


def _came_up(done: list[Assessment]) -> list[Proposal]:
    """From the newest assessment of everything on; ``done`` in the order in which they took place."""
    last_whole = max((place for place, each in enumerate(done) if each.form in WHOLE and not each.only), default=0)
    order = list(Domain.values)
    return sorted(newest_of(done[last_whole:]), key=lambda each: order.index(each.domain))


def _stands(found: Proposal, episode: Episode) -> bool:
    """Its area has not been scored anew since, as something that is no need any more."""
    return found.score is None or episode.scores.get(found.area, found.score) == found.score


def _fill(version: PlanVersion, before: PlanVersion | None, proposals: list[Proposal]) -> None:
    kind = policies.kind_of(version.plan)
    known = content.of(before).rows["need"] if before is not None else {}
    changed, added = brought_together(known, proposals, kind)
    changed = rescored(known, version.plan.episode) | changed
    new = Content()
    new.rows["need"] = {content.own_key(version.pk, f"{each.domain}:{each.words}"): row_of(each, kind) for each in added}
    if before is None:
        new.rows["risk"] = _risk_steps(version)
        new.texts["next_review_on"] = version.next_review_on.isoformat() if version.next_review_on else ""
        values, unfinished = write_rows(version, Content(), new.whole())
        version.save_over(version.row_version, **values, unfinished=unfinished)
        return
    version.copied_from = before
    version.save_over(version.row_version, copied_from=before)
    copy_forward(before, version, needs=changed, more=Content({}, new.whole().rows))


def _risk_steps(version: PlanVersion) -> content.Rows:
    """What the risk management plan in force already says is not typed a second time."""
    plans = RiskPlan.objects.filter(episode=version.plan.episode_id, locked_at__isnull=False).order_by("-number")
    plan = plans.prefetch_related("steps").first()
    most = RiskStep._meta.get_field("what").max_length
    return {
        content.own_key(version.pk, f"risk:{step.pk}"): {
            "area": step.area,
            "what": step.what[:most],
            "who_name": step.by_whom,
            "by_when": step.by_when.isoformat() if step.by_when else "",
            "told": step.told,
            "third_party": content.YES if RiskStep.kept_off(step.area) else "",
            "task_id": str(step.task_id or ""),
        }
        for step in (plan.steps.all() if plan else ())
    }
