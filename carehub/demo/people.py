"""The rows of the 60: who they are, how they may be reached, their episodes, and which agency reaches them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from carehub.definitions.catalogue import catalogue
from carehub.definitions.schema import CodeList
from carehub.demo import names, sayings
from carehub.demo.chance import Chance
from carehub.demo.courses import SETTINGS, Course, Stay
from carehub.demo.lives import CRACK, CRIMINAL_JUSTICE, OPIOIDS, REFERRED_BY, Life
from carehub.demo.staffed import Place
from carehub.models import Access, Membership
from clients.finding.reference import new_reference
from clients.models import Client, Episode, SafeContact

Due = Episode.NextDue
State = Episode.State


@dataclass
class StayRows:
    """One stay with its row and who works with the client in it."""

    stay: Stay
    episode: Episode
    #: The keyworker's; of somebody who waits for one, whoever took the referral.
    worker: Membership
    registered_at: datetime


@dataclass
class Somebody:
    """One client: the story, and the rows made from it."""

    life: Life
    course: Course
    client: Client
    contact: SafeContact
    stays: list[StayRows] = field(default_factory=list)

    @property
    def about(self) -> dict[str, object]:
        return {"partnership": self.client.partnership, "client": self.client}


def make_people(place: Place, courses: list[Course], lives: list[Life], chance: Chance, today: date) -> list[Somebody]:
    first_names = names.first_names(chance, [life.sex for life in lives])
    last_names = names.surnames(chance, len(lives))
    sources = chance.shared_out(REFERRED_BY, len(lives))
    reasons = catalogue().codes_on("discharge-reason", today)
    people = []
    taken: dict[tuple[str, bool], int] = {}
    for number, (course, life) in enumerate(zip(courses, lives, strict=True)):
        workers = []
        for stay in course.stays:
            staff = place.workers(stay.agency)
            # The first keyworker has the caseload made for them; the others take turns.
            if course.first_caseload and stay.agency == "S":
                workers.append(staff[0])
                continue
            rest = staff[1:] if stay.agency == "S" else staff
            pile = stay.agency, stay.discharged_on is None
            turn = taken[pile] = taken.get(pile, -1) + 1
            workers.append(rest[turn % len(rest)])
        source = chance.one_of(CRIMINAL_JUSTICE) if course.stays[0].agency == "C" else sources[number]
        somebody = _somebody(place, course, life, workers[0], (first_names[number], last_names[number]), number, chance)
        for stay, worker in zip(course.stays, workers, strict=True):
            at = chance.moment_on(stay.referred_on) if somebody.stays else somebody.client.registered_at
            somebody.stays.append(StayRows(stay, _episode(place, somebody, stay, worker, source, reasons, chance), worker, at))
            source = {"S": "1", "V": "2"}.get(stay.agency, "1")  # whoever comes again was sent by the service before
        people.append(somebody)
    return people


def _somebody(place: Place, course: Course, life: Life, worker: Membership, name: tuple[str, str], number: int, chance: Chance) -> Somebody:
    first = course.stays[0]
    born = first.referred_on - timedelta(days=round(365.25 * life.age) + chance.randint(1, 360))
    has_home = life.housing != "1"
    client = Client(
        id=chance.key(),
        partnership=place.partnership,
        reference=new_reference(chance),
        first_name=name[0],
        last_name=name[1],
        name_used=names.NAMES_USED.get(name[0], "") if chance.happens(0.6) else "",
        date_of_birth=born,
        sex=life.sex,
        telephone=names.mobile(number * 13 + 7) if chance.happens(0.85) else "",
        address=names.address(chance) if has_home else "",
        safety_warning=sayings.SAFETY_WARNINGS[number % 3] if number % 17 == 5 else "",
        registered_at=chance.moment_on(first.referred_on),
        registered_by=worker.person,
    )
    discreet = place.agencies[first.agency].discreet_name
    contact = SafeContact(
        id=chance.key(),
        partnership=place.partnership,
        client=client,
        by_telephone=bool(client.telephone),
        by_voicemail=bool(client.telephone) and chance.happens(0.45),
        by_text=bool(client.telephone) and chance.happens(0.7),
        by_post=has_home and chance.happens(0.4),
        by_visit=has_home and not client.safety_warning and chance.happens(0.3),
        what_to_say=chance.choice(sayings.WHAT_TO_SAY).format(discreet=discreet) if chance.happens(0.6) else "",
        who_must_not_know=chance.choice(sayings.MUST_NOT_KNOW) if chance.happens(0.35) else "",
        asked_on=first.referred_on,
    )
    return Somebody(life, course, client, contact)


def _episode(place: Place, somebody: Somebody, stay: Stay, worker: Membership, source: str, reasons: CodeList, chance: Chance) -> Episode:
    what, on = _next_due(stay)
    reason = _reason(stay, somebody.life, chance)
    return Episode(
        id=chance.key(),
        partnership=place.partnership,
        client=somebody.client,
        agency=place.agencies[stay.agency],
        state=_state(stay),
        referred_on=stay.referred_on,
        referral_source=source,
        keyworker=None if stay.waiting_for_keyworker else worker.person,
        triaged_on=stay.triaged_on,
        discharged_on=stay.discharged_on,
        discharge_reason=reason,
        ending=str(reasons.code(reason).property("end")) if reason else "",
        next_due_what=what,
        next_due_on=on,
    )


def _state(stay: Stay) -> str:
    if stay.discharged_on:
        return State.DISCHARGED
    if any(plan.signed for plan in stay.plans):
        return State.TREATMENT
    return State.TRIAGE if stay.triaged_on else State.REFERRAL


def _next_due(stay: Stay) -> tuple[str, date | None]:
    """As the actions write it: registering, completing the triage, agreeing and signing."""
    if stay.discharged_on:
        return "", None
    if stay.triaged_on is None:
        return Due.TRIAGE, stay.referred_on + timedelta(days=SETTINGS.triage_within_days)
    signed = [version for plan in stay.plans for version in plan.signed]
    if signed:
        return Due.REVIEW, signed[-1].review_by
    agreed = any(plan.unfinished == "agreed" for plan in stay.plans)
    return (Due.SIGNATURE if agreed else Due.PLAN), stay.triaged_on + timedelta(days=SETTINGS.plan_within_days)


def _reason(stay: Stay, life: Life, chance: Chance) -> str:
    """The code of the list that has been in force since April 2009."""
    if not stay.reason:
        return ""
    if stay.reason == "completed":
        return "80" if life.main in (*OPIOIDS, CRACK) else "81"
    return {"referred-on": "83", "prison": "84", "dropped-out": "85", "withdrawn": "86", "declined": "88"}[stay.reason]


def save_people(people: list[Somebody], chance: Chance, using: str) -> None:
    """Access first: the rows of a client are then in their agencies' reach from the first moment."""
    Client.objects.using(using).bulk_create(somebody.client for somebody in people)
    Access.objects.using(using).bulk_create(_access(people, chance))
    SafeContact.objects.using(using).bulk_create(somebody.contact for somebody in people)
    Episode.objects.using(using).bulk_create(each.episode for somebody in people for each in somebody.stays)


def _access(people: list[Somebody], chance: Chance) -> Iterable[Access]:
    return [
        Access(
            id=chance.key(),
            partnership_id=each.episode.partnership_id,
            client_id=somebody.client.pk,
            agency=each.episode.agency,
            basis=Access.Basis.EPISODE,
            rests_on=each.episode.pk,
            since=each.registered_at,
        )
        for somebody in people
        for each in somebody.stays
    ]
