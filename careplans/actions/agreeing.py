"""Client and keyworker agree on the text: from here on it is signed as it stands, or opened again."""

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from carehub import clock, events
from carehub.actors import Actor
from carehub.rules import Refused
from careplans import content, policies
from careplans.actions.writing import load
from careplans.models import CarePlan, PlanVersion
from clients.models import Episode


def agree(*, version: PlanVersion, by: Actor, seen_text: str) -> PlanVersion:
    """``seen_text``: the fingerprint (careplans.content) of what stood on the page; a plan that was changed since is not agreed."""
    with transaction.atomic():
        now = load(version.pk, by)
        policies.same_client(now, version.client_id)
        policies.check_agree(now, by)
        text = content.of(now).fingerprint()
        if text != seen_text:
            raise Refused(_("A colleague changed the plan after this page was opened. Read it again, then agree."))
        now.save_over(now.row_version, state=PlanVersion.State.AGREED, agreed_at=clock.now(), agreed_by=by.person, agreed_text=text)
        if now.plan.state == CarePlan.State.BEGUN:
            _wait_for(now, Episode.NextDue.SIGNATURE)
        events.record("plan.agreed", by=by, client=now.client_id, subject=now)
    return now


def reopen(*, version: PlanVersion, by: Actor) -> PlanVersion:
    """Write in it again. Nobody has signed yet, and a signature names the text it stands under: none can slip onto the new one."""
    with transaction.atomic():
        now = load(version.pk, by)
        policies.same_client(now, version.client_id)
        policies.check_reopen(now, by)
        now.save_over(now.row_version, state=PlanVersion.State.DRAFT, agreed_at=None, agreed_by=None, agreed_text="")
        if now.plan.state == CarePlan.State.BEGUN:
            _wait_for(now, Episode.NextDue.PLAN)
        events.record("plan.reopened", by=by, client=now.client_id, subject=now)
    return now


def _wait_for(version: PlanVersion, what: Episode.NextDue) -> None:
    """The first plan's day stays the day it had; of a later version it is the review that is due, until it is signed."""
    episode = version.plan.episode
    on = episode.next_due_on or clock.today()
    Episode.objects.filter(pk=episode.pk).update(next_due_what=what, next_due_on=on, row_version=F("row_version") + 1)
