"""Reviewing a plan: what became of each goal, what is worked on next, and the draft that comes of it. One page, one save."""

from collections.abc import Collection
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from carehub import clock, events
from carehub.actors import Actor
from carehub.definitions.answers import Answer
from carehub.models import Task
from carehub.rules import Refused
from careplans import content, policies
from careplans.actions.needs import SCORES, row_of
from careplans.actions.putting_off import found_again
from careplans.actions.revising import next_version
from careplans.content import Content
from careplans.models import ActionDone, CarePlan, GoalOutcome, Need, PlanReview, PlanVersion, StepDone
from careplans.policies import Held
from careplans.proposals import from_assessment
from clients.actions.assessing import complete_assessment, save_answers, start_assessment
from clients.actions.tasks import close_task
from clients.models import Assessment


def review(*, plan: CarePlan, version: PlanVersion, held: Held, by: Actor) -> PlanReview:
    """Write the review down and leave the next version as a draft: what was achieved, done or is no longer wanted stays behind.

    ``version``: the one that the page was about; where another is in force by now, nothing is written.
    """
    with transaction.atomic():
        plan = CarePlan.objects.visible_to(by).select_for_update(of=("self",)).select_related("episode").get(pk=plan.pk)
        draft, reviewed = standing_of(plan)
        policies.check_review(plan, by, draft=draft, reviewed=reviewed)
        policies.same_client(version, plan.client_id)
        if plan.current_id != version.pk:
            raise Refused(_("A newer version of this plan has been signed since this page was opened. Open it again."))
        now = content.loaded(PlanVersion.objects.select_related("partnership")).get(pk=version.pk)
        now.plan = plan
        said = content.of(now)
        policies.check_held(now, said, held, latest=policies.latest_review(now, reviewed=True))
        # check_held saw the first two, the database has the third.
        assert held.held_on
        assert held.next_review_on
        assert plan.review_due_on
        scores = _score(plan, held, held.held_on, by)
        needs, more = _needs(plan, said, held, scores)
        more.texts = {"next_review_on": held.next_review_on.isoformat()}
        if held.phase:
            more.texts["phase"] = held.phase
        left = [key for key in said.rows["goal"] if held.outcomes[key][0] not in GoalOutcome.GOES_ON]
        draft = next_version(plan, by, reviewed=True, without_goals=left, done=held.done, needs=needs, more=more)
        about = {"partnership_id": plan.partnership_id, "client_id": plan.client_id, "agency_id": plan.agency_id}
        made = PlanReview.objects.create(
            **about,
            plan=plan,
            of_version=now,
            draft=draft,
            held_on=held.held_on,
            was_due_on=plan.review_due_on,
            others_there=held.others_there.strip(),
            others_involved=held.others_involved.strip(),
            information_exchanged=held.information_exchanged,
            pathway_changed=held.pathway_changed.strip(),
            client_says=held.client_says.strip(),
            scores=scores,
            recorded_at=clock.now(),
            recorded_by=by.person,
        )
        GoalOutcome.objects.bulk_create(
            GoalOutcome(**about, review=made, goal_id=key, outcome=held.outcomes[key][0], why=held.outcomes[key][1].strip())
            for key in said.rows["goal"]
        )
        actions, steps = ({key: row for key, row in said.rows[kind].items() if key in held.done} for kind in ("action", "risk"))
        ActionDone.objects.bulk_create(ActionDone(**about, review=made, action_id=key) for key in actions)
        StepDone.objects.bulk_create(StepDone(**about, review=made, step_id=key) for key in steps)
        _close_tasks({row["task_id"] for row in (*actions.values(), *steps.values())} - {""}, by)
        found_again(plan, by)
        events.record("plan.reviewed", by=by, client=plan.client_id, subject=made)
    return made


def standing_of(plan: CarePlan) -> tuple[PlanVersion | None, bool]:
    """The version that is being written, and whether the one in force has been reviewed already."""
    draft = PlanVersion.objects.filter(plan=plan, locked_at__isnull=True).first()
    return draft, PlanReview.objects.filter(of_version=plan.current_id).exists()


def _close_tasks(keys: Collection[str], by: Actor) -> None:
    """What was accepted and is done in the plan is done on the list too; what is countersigned waits for its manager."""
    if keys and by.may("assessment.write"):
        for task in Task.objects.visible_to(by).open().filter(pk__in=keys, countersigned=False, agency_id=by.agency_id):
            close_task(task=task, by=by)


def _score(plan: CarePlan, held: Held, held_on: date, by: Actor) -> Assessment | None:
    """What was scored today, as an assessment of its own: the other areas keep the score that they had."""
    if not held.scores:
        return None
    if Assessment.objects.filter(episode=plan.episode_id, form=SCORES, state=Assessment.State.DRAFT).exists():
        sentence = _("The nine areas are being scored in an assessment: complete it first, then review the plan")
        raise Refused(sentence, fields={f"score.{next(iter(held.scores))}": [sentence]})
    begun = start_assessment(by=by, client_id=plan.client_id, episode=plan.episode, form=SCORES, took_place_on=held_on)
    answers: dict[str, Answer] = {f"score-{area}": {"value": score} for area, score in held.scores.items()}
    saved = save_answers(by=by, client_id=plan.client_id, assessment=begun, answers=answers, questions=answers, opened={})
    done = complete_assessment(by=by, client_id=plan.client_id, assessment=saved, row_version=saved.row_version)
    plan.episode.refresh_from_db()
    return done


def _needs(plan: CarePlan, said: Content, held: Held, scores: Assessment | None) -> tuple[dict[str, content.Row], Content]:
    """What is said now of the needs that go on, by the key they had; and those that the scores add. Scores are careplans.actions.needs'."""
    changed: dict[str, content.Row] = {key: {"standing": Need.Standing.NOW.value} for key in held.promoted}
    more, kind = Content(), policies.kind_of(plan)
    found = {each.area: each for each in from_assessment(scores) if each.score is not None} if scores else {}
    for area in held.scores:
        known = any(need["area"] == area and need["score"] for need in said.rows["need"].values())
        if not known and area in found:
            more.rows["need"][content.own_key(scores.pk, area)] = row_of(found[area], kind)  # type: ignore[union-attr]
    return changed, more
