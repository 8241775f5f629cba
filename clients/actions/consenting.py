"""A client's answer goes on record, and opens or closes what it is about in the same transaction."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from carehub import clock, events
from carehub.actors import Actor
from carehub.models import Access, Agency, StoredFile, Task
from carehub.models.access import Part
from clients.models import Client, Consent, ConsentAgency, Episode
from clients.policies import sharing as rules

#: Task.kind of what somebody must settle after a withdrawal.
HANDOVER = "consent.handover"


def record_consent(
    *,
    by: Actor,
    client: Client,
    kind: str,
    answer: str = Consent.Answer.GIVEN,
    agencies: Collection[Agency] = (),
    parts: Collection[str] = (),
    purpose: str = "",
    from_on: date | None = None,
    until: date | None = None,
    how: str = "",
    scan: StoredFile | None = None,
    ground: str = "",
    told: str = "",
) -> Consent:
    """One answer of the client. Sharing opens ``parts``, and always who treats them and the risks, to ``agencies``, and what those
    write to the agency that recorded it. Raises Refused with the field's own message, or NotAllowed.
    """
    from_on = from_on or clock.today()
    wanted = tuple(parts)
    rules.may_record(
        by, client, kind=kind, answer=answer, agencies=agencies, parts=wanted, from_on=from_on, until=until, ground=ground, told=told
    )
    sharing = kind == Consent.Kind.SHARING
    opened = sorted({Part.RECORD.value, *wanted}) if sharing and answer == Consent.Answer.GIVEN else []
    about = {"partnership_id": client.partnership_id, "client": client}
    said = {"kind": kind, "answer": answer, "parts": opened, "purpose": purpose, "from_on": from_on, "until": until, "how": how}
    said |= {"ground": ground, "told": told}
    with transaction.atomic():
        # A form that is sent twice: the second finds what the first wrote.
        Client.objects.visible_to(by).select_for_update(of=("self",), no_key=True).get(pk=client.pk)
        same = Consent.objects.visible_to(by).filter(**about, **said, withdrawn_at__isnull=True, agency_id=by.agency_id)
        rules.not_on_record_already(same.prefetch_related("named"), agencies if sharing else ())
        consent = Consent.objects.create(
            **about,
            **said,
            scan=scan,
            recorded_at=clock.now(),
            recorded_by=by.person,
        )
        if sharing:
            ConsentAgency.objects.bulk_create(ConsentAgency(**about, consent=consent, to=each) for each in agencies)
        if opened:
            # Both ways: what they write under it is read here too.
            for agency in (*agencies, by.agency):
                Access.objects.grant(
                    client=client,
                    agency=agency,
                    basis=Access.Basis.CONSENT,
                    rests_on=consent.pk,
                    parts=opened,
                    since=clock.begins(from_on) if from_on > clock.today() else None,
                    until=clock.begins(until + timedelta(days=1)) if until else None,
                )
        events.record(f"consent.{kind}-{answer}", by=by, client=client.pk, subject=consent, reason=ground)
    return consent


def withdraw_consent(*, by: Actor, client: Client, consent: Consent, why: str = "no-reason", client_told: bool = False) -> list[Task]:
    """From the next request on nobody reads under it. What an agency wrote stays theirs.

    Returns the tasks: one for each agency that goes on treating the client, since care must not fall between two chairs, and one to tell
    the client what stops, unless they have been told (``client_told``).
    """
    rules.may_withdraw(by, consent, client, why=why)
    now = clock.now()
    with transaction.atomic():
        still_given = Consent.objects.filter(pk=consent.pk, withdrawn_at__isnull=True)
        changed = still_given.update(withdrawn_at=now, withdrawn_by=by.person, withdrawn_why=why, **(_told(by) if client_told else {}))
        if changed:
            treating = _treating_too(client, consent, by)
            Access.objects.about(client.pk).filter(basis=Access.Basis.CONSENT, rests_on=consent.pk).end()
            tasks = [_handover(client, consent, agency, by) for agency in treating]
            tasks += [] if client_told else [_tell(client, consent, by)]
            Task.objects.bulk_create(tasks)
            events.record("consent.withdrawn", by=by, client=client.pk, subject=consent, reason=why)
            return tasks
    return []


def still_shared_with(by: Actor, consent: Consent) -> list[Agency]:
    """Agencies of a consent that was withdrawn, to which another one still opens something."""
    others = Consent.objects.visible_to(by).in_force().filter(client_id=consent.client_id, kind=Consent.Kind.SHARING)
    open_to = ConsentAgency.objects.filter(consent__in=others, to__in=consent.named.values("to_id"))
    return list(Agency.objects.filter(pk__in=open_to.values("to_id")).order_by("name"))


def _treating_too(client: Client, consent: Consent, by: Actor) -> list[Agency]:
    """Agencies that the consent names and that have the client in treatment: seen before the door closes."""
    named = consent.named.values("to_id")
    stays = Episode.objects.visible_to(by).open().filter(client=client, agency_id__in=named)
    return list(Agency.objects.filter(pk__in=stays.values("agency_id")).exclude(pk=by.agency_id).order_by("name"))  # type: ignore[misc]


def _handover(client: Client, consent: Consent, agency: Agency, by: Actor) -> Task:
    words = _("Agree with the client how care goes on beside %(agency)s, now that nothing is shared with it") % {"agency": agency.name}
    why = _("Consent was withdrawn. Open transfers and shared prescribing need somebody who answers for them")
    return _task(client, consent, by, kind=f"{HANDOVER}.{agency.pk}", words=words, why=why)


def _tell(client: Client, consent: Consent, by: Actor) -> Task:
    why = _("Consent was withdrawn, and they have not been told: %(what)s") % {"what": consent.get_kind_display()}
    return _task(client, consent, by, kind=rules.TELL, words=_("Tell the client what stops now, and what stays"), why=why)


def _task(client: Client, consent: Consent, by: Actor, **said: str) -> Task:
    """For the keyworker, today."""
    held = Episode.objects.visible_to(by).open().filter(client=client, agency_id=by.agency_id).first()
    return Task(  # type: ignore[misc]
        **said,
        partnership_id=client.partnership_id,
        client_id=client.pk,
        subject_id=consent.pk,
        due_on=clock.today(),
        agency_id=by.agency_id,
        person_id=held.keyworker_id if held else by.person_id,
        made_at=clock.now(),
        made_by=by.person,
    )


def note_client_told(*, by: Actor, client: Client, consent: Consent) -> None:
    """The client has been told what stops; the task that asks for it is done with that. Raises NotAllowed, or Refused."""
    rules.may_note_told(by, consent, client)
    with transaction.atomic():
        if consent_told(by=by, consent_id=consent.pk):
            Task.objects.open().filter(kind=rules.TELL, subject_id=consent.pk).update(done_at=clock.now(), done_by=by.person)


def consent_told(*, by: Actor, consent_id: UUID) -> bool:
    """Inside a transaction, after its rule. False where somebody has said so already."""
    untold = Consent.objects.filter(pk=consent_id, withdrawn_at__isnull=False, client_told_on__isnull=True)
    ids = list(untold.select_for_update().values_list("client_id", flat=True))
    if ids:
        untold.update(**_told(by))
        events.record("consent.client-told", by=by, client=ids[0])
    return bool(ids)


def _told(by: Actor) -> dict[str, Any]:
    return {"client_told_on": clock.today(), "client_told_by": by.person}
