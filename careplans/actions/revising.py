"""A change to what was signed is a new version: copied forward, never a blank page."""

from uuid import uuid4

from django.db import transaction

from carehub import clock, events
from carehub.actors import Actor
from careplans import content, policies
from careplans.actions.rows import write_rows
from careplans.content import Content
from careplans.models import CarePlan, PlanVersion

#: Belongs to the version it was said of.
NOT_COPIED = ("disagreement", "next_review_on")


def start_revision(*, plan: CarePlan, by: Actor) -> PlanVersion:
    """A new draft with the goals, actions, needs and steps of the signed version; or the one that has been begun already."""
    with transaction.atomic():
        plan = CarePlan.objects.visible_to(by).select_for_update(of=("self",)).select_related("episode").get(pk=plan.pk)
        policies.check_revise(plan, by)
        versions = PlanVersion.objects.filter(plan=plan).select_related("partnership")
        if begun := versions.filter(locked_at__isnull=True).first():
            begun.plan = plan
            return begun
        signed = content.loaded(versions).get(pk=plan.current_id)  # type: ignore[misc]  # check_revise saw that there is one
        about = {"partnership_id": plan.partnership_id, "client_id": plan.client_id}
        draft = PlanVersion(**about, plan=plan, number=signed.number + 1, copied_from=signed, begun_at=clock.now(), begun_by=by.person)
        draft.partnership = signed.partnership
        draft.next_review_on = policies.latest_review(draft)
        draft.save(force_insert=True)
        said = _copied(content.of(signed))
        said.texts["next_review_on"] = draft.next_review_on.isoformat()
        values, unfinished = write_rows(draft, Content(), said)
        draft.save_over(draft.row_version, **values, unfinished=unfinished)
        events.record("plan.revision-started", by=by, client=plan.client_id, subject=draft)
    return draft


def _copied(signed: Content) -> Content:
    """The same words under new keys."""
    keys = {key: str(uuid4()) for rows in signed.rows.values() for key in rows}
    rows = {kind: {keys[key]: dict(row) for key, row in each.items()} for kind, each in signed.rows.items()}
    for action in rows["action"].values():
        action["goal_id"] = keys[action["goal_id"]]
    return Content({name: "" if name in NOT_COPIED else text for name, text in signed.texts.items()}, rows)
