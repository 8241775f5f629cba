"""A change to what was signed is a new version: copied forward, never a blank page."""

from collections.abc import Collection, Mapping

from django.db import transaction

from carehub import clock, events
from carehub.actors import Actor
from careplans import content, policies
from careplans.actions.copying import copy_forward
from careplans.actions.needs import rescored
from careplans.content import Content, Row
from careplans.models import CarePlan, PlanVersion


def start_revision(*, plan: CarePlan, by: Actor) -> PlanVersion:
    """A new draft with the goals, actions, needs and steps of the signed version; or the one that has been begun already."""
    with transaction.atomic():
        plan = CarePlan.objects.visible_to(by).select_for_update(of=("self",)).select_related("episode").get(pk=plan.pk)
        policies.check_revise(plan, by)
        versions = PlanVersion.objects.filter(plan=plan).select_related("partnership")
        if begun := versions.filter(locked_at__isnull=True).first():
            begun.plan = plan
            return begun
        return next_version(plan, by)


def next_version(
    plan: CarePlan,
    by: Actor,
    *,
    reviewed: bool = False,
    without_goals: Collection[str] = (),
    done: Collection[str] = (),
    needs: Mapping[str, Row] | None = None,
    more: Content | None = None,
) -> PlanVersion:
    """The draft after the version in force of ``plan``, which nobody else may change meanwhile; see :func:`copying.copy_forward`.

    ``reviewed``: it comes from a review, and its own next review is counted anew.
    """
    versions = PlanVersion.objects.filter(plan=plan).select_related("partnership")
    signed = content.loaded(versions).get(pk=plan.current_id)  # type: ignore[misc]  # check_revise saw that there is one
    about = {"partnership_id": plan.partnership_id, "client_id": plan.client_id}
    draft = PlanVersion(**about, plan=plan, number=signed.number + 1, copied_from=signed, begun_at=clock.now(), begun_by=by.person)
    draft.partnership = signed.partnership
    draft.next_review_on = policies.latest_review(draft, reviewed=reviewed)
    draft.save(force_insert=True)
    now = rescored(content.of(signed).rows["need"], plan.episode)
    now = {key: {**now.get(key, {}), **(needs or {}).get(key, {})} for key in {*now, *(needs or {})}}
    copy_forward(signed, draft, without_goals=without_goals, done=done, needs=now, more=more)
    events.record("plan.revision-started", by=by, client=plan.client_id, subject=draft)
    return draft
