"""The log of 18 months: who did what, when. Looking at records is not made up."""

from collections.abc import Iterable, Iterator
from datetime import datetime, time, timedelta
from typing import Any

from carehub.clock import LONDON
from carehub.demo.chance import Chance
from carehub.demo.people import Somebody, StayRows
from carehub.demo.planned import PlanRows
from carehub.models import Event, EventClient, Membership
from careplans.models import PlanVersion, Signature
from clients.models import Assessment

Deed = tuple[datetime, str, Membership, Any]


def save_log(
    people: list[Somebody],
    assessments: Iterable[Assessment],
    plans: Iterable[PlanRows],
    chance: Chance,
    using: str,
    *,
    more: Iterable[Deed] = (),
) -> None:
    deeds = [*_of_people(people), *_of_triages(people, assessments), *_of_plans(plans), *more]
    events = []
    for at, verb, by, subject in sorted(deeds, key=lambda deed: deed[0]):
        reason = _reason(subject) if verb == "plan.signed" else subject.closed_why if verb == "plan.closed" else ""
        subject = subject.version if isinstance(subject, _Signed) else subject
        event = Event(
            id=chance.key(),
            at=at,
            partnership_id=by.partnership_id,
            person_id=by.person_id,
            membership=by,
            verb=verb,
            page="load_demo",
            subject_kind=type(subject).__name__.lower(),
            subject_id=subject.pk,
            reason=reason,
            shown=1,
        )
        events.append((event, subject.client_id))
    Event.objects.using(using).bulk_create(event for event, _client in events)
    EventClient.objects.using(using).bulk_create(
        EventClient(id=chance.key(), event=event, partnership_id=event.partnership_id, client_id=client) for event, client in events
    )


class _Signed:
    """A signed version together with its signatures."""

    def __init__(self, version: PlanVersion, signatures: list[Signature]):
        self.version, self.signatures = version, signatures


def _reason(signed: _Signed) -> str:
    return next((each.reason for each in signed.signatures if each.reason), "")


def _of_people(people: list[Somebody]) -> Iterator[Deed]:
    for somebody in people:
        yield somebody.client.registered_at, "client.registered", somebody.stays[0].worker, somebody.client
        for stay in somebody.stays:
            if stay.stay.discharged_on:
                at = datetime.combine(stay.stay.discharged_on, time(16, 30), LONDON)
                yield at, "episode.discharged", stay.worker, stay.episode


def _of_triages(people: list[Somebody], assessments: Iterable[Assessment]) -> Iterator[Deed]:
    workers: dict[Any, StayRows] = {stay.episode.pk: stay for somebody in people for stay in somebody.stays}
    for row in assessments:
        by = workers[row.episode_id].worker
        yield row.started_at, "assessment.started", by, row
        if row.completed_at:
            yield row.completed_at, "assessment.completed", by, row


def _of_plans(plans: Iterable[PlanRows]) -> Iterator[Deed]:
    for rows in plans:
        for each in rows.versions:
            by, version = each.worker.worker, each.version
            yield version.begun_at, "plan.started" if version.number == 1 else "plan.revision-started", by, version
            if version.agreed_at:
                yield version.agreed_at, "plan.agreed", by, version
            if each.at:
                yield each.at + timedelta(seconds=1), "plan.signed", by, _Signed(version, each.signatures)
