"""A review that is due is put off, with a reason and until a day. It stays due: only reminders wait."""

from datetime import date

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from carehub import clock, events, local_settings
from carehub.actors import Actor
from carehub.models import Task
from careplans import policies
from careplans.models import CarePlan, PlanVersion, ReviewPutOff
from careplans.review_standing import standing_of
from clients.re_engaging import RE_ENGAGE

#: The code of the list 'put-off-reasons' that asks somebody to find the client again.
NOT_SEEN = "not-seen"


def put_off(*, version: PlanVersion, reason: str, words: str, until: date | None, by: Actor) -> ReviewPutOff:
    """``reason``: a code of the list 'put-off-reasons'. Not seen: with a task to find the client again, or the one that is open already."""
    with transaction.atomic():
        plan = CarePlan.objects.visible_to(by).select_for_update(of=("self",)).select_related("episode").get(pk=version.plan_id)
        policies.same_client(version, plan.client_id)
        now, words = standing_of(plan, by.partnership), words.strip()
        policies.check_put_off(now, by)
        policies.check_in_force(now, version.pk)
        policies.check_put_off_until(now, reason, words, until, local_settings.of(by.partnership))
        assert until  # check_put_off_until saw it
        made = ReviewPutOff(
            partnership_id=plan.partnership_id,
            client_id=plan.client_id,
            agency_id=plan.agency_id,
            plan=plan,
            of_version_id=version.pk,
            reason=reason,
            words=words,
            until=until,
            put_off_at=clock.now(),
            put_off_by=by.person,
        )
        if reason == NOT_SEEN:
            made.task = _open_tasks(plan).first() or _ask_to_find(plan, made, by)
        made.save(force_insert=True)
        events.record("plan.review-put-off", by=by, client=plan.client_id, subject=made, reason=reason)
    return made


def found_again(plan: CarePlan, by: Actor) -> None:
    """Part of holding a review: whoever was to be found has been seen."""
    _open_tasks(plan).update(done_at=clock.now(), done_by=by.person)


def _open_tasks(plan: CarePlan):
    put_off_with = ReviewPutOff.objects.filter(plan=plan, task__isnull=False)
    return Task.objects.filter(pk__in=put_off_with.values("task_id"), done_at__isnull=True)


def _ask_to_find(plan: CarePlan, made: ReviewPutOff, by: Actor) -> Task:
    day = date_format(plan.review_due_on, "j F Y") if plan.review_due_on else ""
    return Task.objects.create(
        partnership_id=plan.partnership_id,
        client_id=plan.client_id,
        kind=RE_ENGAGE,
        subject_id=made.pk,
        words=_("Find the client again: they were not seen for the review."),
        why=_("The review was to be held by %(day)s") % {"day": day},
        due_on=made.until,
        agency_id=plan.agency_id,
        person_id=plan.episode.keyworker_id,
        made_at=made.put_off_at,
        made_by=by.person,
    )
