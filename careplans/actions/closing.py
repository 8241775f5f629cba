"""A plan ends: another takes its place, treatment ends, or it is no longer wanted. Its versions stay."""

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from carehub import clock, events
from carehub.actors import Actor
from carehub.definitions.catalogue import catalogue
from carehub.models import Document, DocumentCheck
from carehub.rules import Refused
from careplans import policies
from careplans.models import CarePlan, PlanVersion
from clients.models import Episode

#: Code of the list 'plan-endings' that no person chooses: another plan was signed.
FOLLOWED = "followed"


def close(*, plan: CarePlan, why: str, by: Actor) -> CarePlan:
    """``why``: a code of the list 'plan-endings'. The episode waits for a plan again, if it is open and this was its only one."""
    with transaction.atomic():
        plan = CarePlan.objects.visible_to(by).select_for_update(of=("self",)).select_related("episode").get(pk=plan.pk)
        policies.check_close(plan, by)
        if why not in {code.value for code in catalogue().codes("plan-endings").codes} - {FOLLOWED}:
            raise Refused(_("Choose why the plan ends."), fields={"why": [_("Choose why the plan ends")]})
        _end(plan, why, by)
        others = CarePlan.objects.filter(episode=plan.episode_id).exclude(state=CarePlan.State.CLOSED)
        if plan.episode.state != Episode.State.DISCHARGED and not others.exists():
            waits = {"next_due_what": Episode.NextDue.PLAN, "next_due_on": clock.today()}
            Episode.objects.filter(pk=plan.episode_id).update(**waits, row_version=F("row_version") + 1)
        events.record("plan.closed", by=by, client=plan.client_id, subject=plan, reason=why)
    return plan


def close_followed(plan: CarePlan, follower: CarePlan, by: Actor) -> None:
    """Part of signing ``follower``: what the client holds of ``plan`` says from now on that it is superseded."""
    _end(plan, FOLLOWED, by, follower)
    events.record("plan.closed", by=by, client=plan.client_id, subject=plan, reason=FOLLOWED)


def _end(plan: CarePlan, why: str, by: Actor, follower: CarePlan | None = None) -> None:
    now = clock.now()
    values = {"state": CarePlan.State.CLOSED, "closed_at": now, "closed_by": by.person, "closed_why": why, "followed_by": follower}
    plan.save_over(plan.row_version, **values, lead=False)
    printed = Document.objects.filter(subject_id__in=PlanVersion.objects.filter(plan=plan).values("pk"), check_entry__isnull=False)
    current = DocumentCheck.Standing.CURRENT
    DocumentCheck.objects.filter(pk__in=printed.values("check_entry_id"), standing=current).update(
        standing=DocumentCheck.Standing.SUPERSEDED if follower else DocumentCheck.Standing.CLOSED, since=clock.day_of(now)
    )


def lead(*, plan: CarePlan, by: Actor) -> CarePlan:
    """From now on this is the plan of the client that somebody answers for in the partnership."""
    with transaction.atomic():
        plan = CarePlan.objects.visible_to(by).select_for_update(of=("self",)).select_related("episode").get(pk=plan.pk)
        others = CarePlan.objects.filter(client_id=plan.client_id, lead=True).exclude(pk=plan.pk).exclude(state=CarePlan.State.CLOSED)
        policies.check_lead(plan, by, other_leads=others.exists())
        plan.save_over(plan.row_version, lead=True)
        events.record("plan.leads", by=by, client=plan.client_id, subject=plan)
    return plan
