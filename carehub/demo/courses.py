"""When things happened to each client: stays with an agency, plans and their reviews, as days.

Whoever is open today is built backwards, from what is due next; whoever was discharged is built forwards from the referral.
"""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from carehub.demo.chance import Chance, workday, workday_before
from carehub.local_settings import LocalSettings

#: History begins this many days before today: 18 months.
HISTORY_DAYS = 545
SETTINGS = LocalSettings()
#: Days between the signing of a version and its review: after an initial plan, a first care plan, any later one.
INITIAL, FIRST, LATER = 28, 89, 181
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Signed:
    """One version: agreed and signed on a day, to be reviewed by another."""

    on: date
    review_by: date


@dataclass(frozen=True)
class PlanCourse:
    """``unfinished``: '' or how far the newest version has come, 'draft' or 'agreed'."""

    kind: str
    signed: tuple[Signed, ...] = ()
    closed: bool = False
    unfinished: str = ""
    begun_on: date | None = None


@dataclass(frozen=True)
class Stay:
    """One episode with one agency. ``reason``: of discharge, a code of the list in force."""

    agency: str
    referred_on: date
    triaged_on: date | None = None
    #: The triage has been begun and waits for its second half.
    triage_begun: bool = False
    plans: tuple[PlanCourse, ...] = ()
    discharged_on: date | None = None
    reason: str = ""
    #: Nobody has taken the client on yet.
    waiting_for_keyworker: bool = False
    #: The lead plan is held by another agency; these are linked to it.
    linked: bool = False


#: Situation of today → how many of 60; those of the first keyworker's caseload, then the rest.
FIRST_CASELOAD = {
    "new-today": 1, "new-week": 1, "assessed-overdue": 1, "drafting": 1, "to-sign": 2, "overdue": 2, "late": 1, "today": 1, "this-week": 2,
    "in-date": 2, "ended": 2,
}  # fmt: skip
OTHERS = {
    "new-overdue": 1, "new-week": 2, "assessed-today": 1, "assessed-week": 1, "drafting": 1, "to-sign": 1, "overdue": 2, "late": 1,
    "today": 1, "this-week": 3, "in-date": 11, "ended": 19,
}  # fmt: skip
#: How treatment ended (2007/08, 69,612 discharges), in the words of the list of codes; drug free or not depends on the substance.
ENDINGS = {"completed": 36, "referred-on": 16, "dropped-out": 36, "prison": 6, "withdrawn": 3, "declined": 3}
#: Days in treatment by ending; half of all discharged had been in contact for 12 weeks and more after their triage.
LENGTHS = {
    "completed": (90, 400), "referred-on": (40, 200), "dropped-out": (14, 112), "prison": (30, 130), "withdrawn": (40, 100),
    "declined": (6, 16),
}  # fmt: skip


def open_stay(situation: str, agency: str, today: date, chance: Chance) -> Stay:
    """A stay that goes on, whose next step stands as ``situation`` says."""
    kind, _dash, when = situation.partition("-")
    if kind == "new":
        due = {"overdue": today - 3 * DAY, "today": today, "week": today + chance.randint(2, 6) * DAY}[when]
        return Stay(agency, due - SETTINGS.triage_within_days * DAY, triage_begun=when == "today")
    if situation == "in-date":
        # A review at some day further away than a week.
        return _treated(agency, today + chance.randint(8, 150) * DAY, today, chance)
    if kind in ("assessed", "drafting") or situation == "to-sign":
        due = {"overdue": today - 5 * DAY, "today": today, "week": today + 4 * DAY}.get(when, today + chance.randint(2, 7) * DAY)
        triaged = due - SETTINGS.plan_within_days * DAY
        unfinished = {"drafting": "draft", "to-sign": "agreed"}.get(situation)
        begun = workday_before(max(triaged, today - chance.randint(1, 4) * DAY))
        plans = (PlanCourse("initial", unfinished=unfinished, begun_on=max(begun, triaged)),) if unfinished else ()
        return Stay(agency, workday_before(triaged - _wait(chance) * DAY), triaged, plans=plans)
    days = {"overdue": -chance.randint(10, 55), "late": -chance.randint(2, 5), "today": 0, "this-week": chance.randint(1, 6)}[situation]
    return _treated(agency, today + days * DAY, today, chance)


def _wait(chance: Chance) -> int:
    """Days from referral to triage: seven by the rule, and longer for one in three."""
    return chance.one_of({chance.randint(2, 7): 65, chance.randint(8, 20): 35})


def _lateness(chance: Chance) -> int:
    """Days by which a review was late; below 0 early. A third was not reviewed in time (Joint review)."""
    return chance.one_of({-chance.randint(0, 9): 66, chance.randint(1, 45): 34})


def _treated(agency: str, review_by: date, today: date, chance: Chance) -> Stay:
    """A stay whose plan in force is to be reviewed by ``review_by``, with everything that came before."""
    intervals = _intervals(review_by, today, chance)
    signed: list[Signed] = []
    due = review_by
    for interval in reversed(intervals):
        on = min(workday(due - interval * DAY), workday_before(today - DAY))
        signed.insert(0, Signed(on, due))
        due = on - _lateness(chance) * DAY
    first = signed[0].on
    triaged = workday_before(first - chance.one_of({0: 15, chance.randint(1, 13): 43, chance.randint(15, 50): 42}) * DAY)
    plans = [PlanCourse("initial", tuple(signed[:1]), closed=len(signed) > 1)]
    if len(signed) > 1:
        plans.append(PlanCourse("comprehensive", tuple(signed[1:])))
    return Stay(agency, workday_before(triaged - _wait(chance) * DAY), triaged, plans=tuple(plans))


def _intervals(review_by: date, today: date, chance: Chance) -> tuple[int, ...]:
    """Between the versions so far: an initial plan, then a care plan reviewed after three months, then after six."""
    ahead = (review_by - today).days
    possible = {
        (INITIAL,): 25 if ahead < INITIAL - 1 else 0,
        (INITIAL, FIRST): 40 if ahead < FIRST - 1 else 0,
        (INITIAL, FIRST, LATER): 35,
        (INITIAL, FIRST, LATER, LATER): 12 if ahead > 0 else 4,
    }
    return chance.one_of(possible)


def ended_stay(ending: str, agency: str, today: date, chance: Chance, *, before: date | None = None) -> Stay:
    """A stay that is over, by ``before`` if that is given; how it ended says how long it was."""
    length = chance.randint(*LENGTHS[ending])
    latest = (before or today) - chance.randint(3, 40) * DAY
    earliest = today - (HISTORY_DAYS - length) * DAY
    discharged = workday_before(latest if before else today - chance.randint(3, max(4, (today - earliest).days)) * DAY)
    referred = workday_before(discharged - length * DAY)
    triaged = workday(referred + _wait(chance) * DAY)
    stay = Stay(agency, referred, discharged_on=discharged, reason=ending)
    if triaged >= discharged - 2 * DAY:
        return stay
    return replace(stay, triaged_on=triaged, plans=_until(discharged, triaged, chance) if ending != "declined" else ())


def _until(discharged: date, triaged: date, chance: Chance) -> tuple[PlanCourse, ...]:
    """The plans of a stay from its triage to its end; some left before there was one."""
    signed: list[Signed] = []
    on = workday(triaged + chance.one_of({0: 15, chance.randint(1, 13): 43, chance.randint(15, 50): 42}) * DAY)
    for interval in (INITIAL, FIRST, LATER, LATER):
        if on >= discharged:
            break
        signed.append(Signed(on, on + interval * DAY))
        on = workday(signed[-1].review_by + _lateness(chance) * DAY)
    if not signed:
        return ()
    plans = [PlanCourse("initial", tuple(signed[:1]), closed=True)]
    if len(signed) > 1:
        plans.append(PlanCourse("comprehensive", tuple(signed[1:]), closed=True))
    return tuple(plans)


@dataclass
class Course:
    """A client's stays, the first first. ``situation`` is that of the last."""

    situation: str
    stays: list[Stay] = field(default_factory=list)
    #: With the first keyworker of the statutory service.
    first_caseload: bool = False


def courses(chance: Chance, today: date) -> list[Course]:
    """One for each of 60 clients: 16 with the first keyworker, the others shared out among the agencies."""
    first = [situation for situation, number in FIRST_CASELOAD.items() for _ in range(number)]
    others = chance.shared_out(OTHERS, sum(OTHERS.values()))
    agencies = chance.shared_out({"S": 15, "V": 11, "G": 8, "R": 4, "C": 6}, len(others))
    endings = chance.shared_out(ENDINGS, (first + others).count("ended"))
    found = []
    for place, (situation, agency) in enumerate(zip(first + others, ["S"] * len(first) + agencies, strict=True)):
        stay = ended_stay(endings.pop(), agency, today, chance) if situation == "ended" else open_stay(situation, agency, today, chance)
        found.append(Course(situation, [stay], first_caseload=place < len(first)))
    _before(found, today, chance)
    _in_review(found, today)
    return found


def _in_review(found: list[Course], today: date) -> None:
    """Of the first keyworker's one has been reviewed, late; the next version is being written."""
    course = next(each for each in found if each.first_caseload and each.situation == "overdue")
    stay = course.stays[-1]
    plan = replace(stay.plans[-1], unfinished="draft", begun_on=workday_before(today - DAY))
    course.stays[-1] = replace(stay, plans=(*stay.plans[:-1], plan))


def _before(found: list[Course], today: date, chance: Chance) -> None:
    """Some were here before: came back after a break, or were referred on from another service; two are with two services."""
    starts = {id(course): course.stays[0].referred_on for course in found}
    earliest = today - (HISTORY_DAYS - 300) * DAY
    open_ones = [course for course in found if course.situation != "ended" and starts[id(course)] > earliest]
    chance.shuffle(open_ones)
    for course in open_ones[:4]:
        course.stays.insert(0, ended_stay("dropped-out", course.stays[0].agency, today, chance, before=starts[id(course)] - 30 * DAY))
    onward = [course for course in open_ones[4:] if course.stays[0].agency in "RGV"]
    for course in onward[:3]:
        course.stays.insert(0, ended_stay("referred-on", "S", today, chance, before=starts[id(course)] + 3 * DAY))
    lead_elsewhere = [course for course in found if course.situation == "in-date" and course.stays[0].agency == "S"]
    for course in lead_elsewhere[:2]:
        linked = _treated("C", today + chance.randint(9, 20) * DAY, today, chance)
        course.stays.append(replace(linked, plans=linked.plans, linked=True))
    waiting = next((course for course in found if course.situation == "new-week" and not course.first_caseload), None)
    if waiting:
        waiting.stays[-1] = replace(waiting.stays[-1], waiting_for_keyworker=True)
