"""What the 60 have agreed to, one record opened without consent, and the files of an audit."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from carehub import clock
from carehub.demo.chance import Chance
from carehub.demo.people import Somebody
from carehub.demo.staffed import Place
from carehub.models import Access, Agency, Membership
from carehub.models.access import ALL_PARTS
from clients.models import Consent, ConsentAgency

#: Of ten clients, how many agree to each.
TREATMENT, MONITORING, SHARING = 0.97, 0.9, 0.3
PURPOSES = ("So that I am not asked everything twice.", "Because they see me too.", "In case I end up there out of hours.")
#: Files of an audit, of the statutory service, read by auditors from outside it.
FILES = 2


@dataclass
class Sharing:
    consents: list[Consent] = field(default_factory=list)
    named: list[ConsentAgency] = field(default_factory=list)
    access: list[Access] = field(default_factory=list)


def make_sharing(place: Place, people: Iterable[Somebody], chance: Chance, today: date) -> Sharing:
    """Whoever went on from one agency to another agreed that they share; a third of the others agreed to one more agency."""
    made = Sharing()
    agencies = list(place.agencies.values())
    people = list(people)
    for somebody in people:
        first = somebody.stays[0]
        _answer(made, somebody, chance, "treatment", first.registered_at, first.worker, given=chance.happens(TREATMENT))
        _answer(made, somebody, chance, "monitoring", first.registered_at, first.worker, given=chance.happens(MONITORING))
        been = {stay.episode.agency_id: stay.episode.agency for stay in somebody.stays}
        others = [agency for key, agency in been.items() if key != first.episode.agency_id]
        if not others and chance.happens(SHARING):
            others = [chance.choice([each for each in agencies if each.pk not in been])]
        if others:
            _share(made, somebody, chance, others)
    _files(made, place, people, chance, datetime.combine(today, time.min, clock.LONDON))
    return made


def _answer(made: Sharing, somebody: Somebody, chance: Chance, kind: str, at: datetime, worker: Membership, *, given: bool) -> Consent:
    consent = Consent(
        id=chance.key(),
        **somebody.about,
        agency=worker.agency,
        kind=kind,
        answer="given" if given else "refused",
        from_on=at.date(),
        how="signed" if chance.happens(0.7) else "said",
        recorded_at=at,
        recorded_by=worker.person,
    )
    made.consents.append(consent)
    return consent


def _share(made: Sharing, somebody: Somebody, chance: Chance, others: list[Agency]) -> None:
    stay = somebody.stays[-1] if len(somebody.stays) > 1 else somebody.stays[0]
    consent = _answer(made, somebody, chance, "sharing", stay.registered_at, stay.worker, given=True)
    consent.parts, consent.purpose = sorted(ALL_PARTS), chance.choice(PURPOSES)
    named = [agency for agency in others if agency.pk != stay.worker.agency_id] or [somebody.stays[0].episode.agency]
    made.named += [ConsentAgency(id=chance.key(), **somebody.about, agency=consent.agency, consent=consent, to=each) for each in named]
    for agency in (*named, stay.worker.agency):
        made.access.append(_grant(somebody, chance, consent.pk, "consent", stay.registered_at, agency=agency))


def _files(made: Sharing, place: Place, people: list[Somebody], chance: Chance, since: datetime) -> None:
    theirs = [each for each in people if each.stays[-1].episode.agency == place.agencies["S"] and each.stays[-1].episode.triaged_on]
    auditors = [each for each in place.memberships if each.role in ("peer-auditor", "visiting-auditor")]
    for somebody in theirs[:FILES]:
        sample = chance.key()
        for auditor in auditors:
            until = since + timedelta(days=42)
            made.access.append(_grant(somebody, chance, sample, "audit-sample", since, membership=auditor, until=until))


def _grant(somebody: Somebody, chance: Chance, rests_on: object, basis: str, since: datetime, **whom: object) -> Access:
    return Access(
        id=chance.key(),
        partnership_id=somebody.client.partnership_id,
        client_id=somebody.client.pk,
        basis=basis,
        rests_on=rests_on,
        parts=sorted(ALL_PARTS),
        since=since,
        **whom,
    )


def save_sharing(made: Sharing, using: str) -> None:
    Access.objects.using(using).bulk_create(made.access)
    Consent.objects.using(using).bulk_create(made.consents)
    ConsentAgency.objects.using(using).bulk_create(made.named)
