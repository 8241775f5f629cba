"""Giving clients to another keyworker: one of them, or all that somebody has."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from carehub import clock, events
from carehub.actors import Actor
from carehub.models import Membership, Notice, Person, Task
from carehub.rules import Refused
from carehub.stale import StaleSave
from clients.handing_over import REALLOCATE
from clients.models import Episode
from clients.policies import allocating as rules

#: Told to who is the keyworker now, and to who was; see careplans.notices.
GIVEN, TAKEN = "keyworker.given", "keyworker.taken"


def change_keyworker(*, by: Actor, episode: Episode, keyworker: Person, since: date, reason: str, opened_at: int) -> Episode:
    """``keyworker`` answers for the client from the day ``since`` on. The plan stays as it was signed: who the keyworker is, is live.

    ``opened_at``: the version of the episode that was looked at; :class:`carehub.stale.StaleSave` where somebody has given the client
    to somebody meanwhile. Raises NotAllowed, or Refused beside its field.
    """
    with transaction.atomic():
        now = Episode.objects.visible_to(by).select_for_update(of=("self",)).get(pk=episode.pk)
        rules.may_allocate(by, now)
        if now.row_version != opened_at:
            raise StaleSave(now)
        _give(now, keyworker, since=since, reason=reason, by=by)
    return now


def share_out(*, by: Actor, leaver: Person, given: Mapping[UUID, Person], since: date, reason: str) -> int:
    """The clients of ``leaver``, each to somebody else, in one go. ``given``: key of the episode → who has it now.

    Returns how many stay where they are, since somebody gave them to another keyworker meanwhile.
    """
    by.must("case.allocate")
    if not given:
        raise Refused(_("Choose a keyworker for at least one of them"))
    with transaction.atomic():
        locked = Episode.objects.visible_to(by).of_agency(by.agency_id).select_for_update(of=("self",)).order_by("pk")
        held = {each.pk: each for each in locked.filter(pk__in=given)}
        done = 0
        for key, keyworker in given.items():
            now = held.get(key)
            if now is None or now.keyworker_id != leaver.pk or now.state == Episode.State.DISCHARGED:
                continue
            rules.may_allocate(by, now)
            try:
                _give(now, keyworker, since=max(since, now.referred_on), reason=reason, by=by)
            except Refused as refused:
                raise Refused(refused.message, fields={f"to-{key}": [refused.message]}) from refused
            done += 1
        if not done:
            raise Refused(_("A colleague has given them to somebody else meanwhile."))
    return len(given) - done


def _give(now: Episode, keyworker: Person, *, since: date, reason: str, by: Actor) -> None:
    rules.can_be_given(by, now, keyworker, since=since, reason=reason)
    before = now.keyworker_id
    now.save_over(now.row_version, keyworker=keyworker, keyworker_since=since)
    asked = Task.objects.open().filter(client_id=now.client_id, agency_id=now.agency_id)
    asked.filter(kind=REALLOCATE, subject_id=now.pk).update(done_at=clock.now(), done_by=by.person)
    if before:
        asked.filter(person_id=before).update(person=keyworker)
    _tell(now, before, since=since, by=by)
    events.record("episode.keyworker-changed", by=by, client=now.client_id, subject=now, reason=reason)


def _tell(now: Episode, before: UUID | None, *, since: date, by: Actor) -> None:
    """Whoever decided it knows; who has left is told nothing."""
    told = {now.keyworker_id: GIVEN}
    if before and Membership.objects.open_on(clock.today()).filter(person_id=before, agency_id=now.agency_id).exists():
        told[before] = TAKEN
    about = {"partnership_id": now.partnership_id, "client_id": now.client_id, "subject_id": now.pk, "about_day": since}
    Notice.objects.bulk_create(
        (Notice(**about, person_id=person, kind=kind, made_at=clock.now()) for person, kind in told.items() if person != by.person_id),  # type: ignore[misc]
        ignore_conflicts=True,
    )
