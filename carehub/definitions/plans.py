"""Rules about care plans that a partnership may set: which kinds there are, their reviews, the domains they cover."""

import calendar
import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from carehub.definitions.read_codes import refuse_twice
from carehub.definitions.read_question import Words
from carehub.definitions.schema import Definition
from carehub.definitions.table import Table

_T = TypeVar("_T")


@dataclass(frozen=True)
class Area:
    """One of the nine areas that carry a score from 1, best, to 5, worst."""

    id: str
    title: str
    local: bool = False


@dataclass(frozen=True)
class Domain:
    """One of the four domains of need that a care plan covers."""

    id: str
    title: str
    areas: tuple[Area, ...]


@dataclass(frozen=True)
class Domains(Definition):
    domains: tuple[Domain, ...]
    source: str = ""

    def domain(self, name: str) -> Domain:
        return next(domain for domain in self.domains if domain.id == name)

    @property
    def areas(self) -> tuple[Area, ...]:
        return tuple(area for domain in self.domains for area in domain.areas)


@dataclass(frozen=True)
class Interval:
    """A time between reviews: whole months, or whole weeks."""

    months: int = 0
    weeks: int = 0

    def after(self, day: dt.date) -> dt.date:
        """31 August and six months is the last day of February."""
        if self.weeks:
            return day + dt.timedelta(weeks=self.weeks)
        year, month = divmod(day.month - 1 + self.months, 12)
        year, month = day.year + year, month + 1
        return dt.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


@dataclass(frozen=True)
class ReviewRule:
    """When a plan is to be reviewed: first counted from the plan's date, then from the last review."""

    first: Interval
    then: Interval
    source: str
    local: bool = False

    def interval(self, *, reviewed_before: bool) -> Interval:
        return self.then if reviewed_before else self.first


@dataclass(frozen=True)
class GoalsNow:
    """How many goals are worked on at one time: steered to ('steer') or demanded ('must')."""

    at_least: int
    at_most: int
    how: str
    local: bool = False


@dataclass(frozen=True)
class PlanKind:
    """A kind of care plan with its rules."""

    id: str
    title: str
    review: ReviewRule
    goals_now: GoalsNow
    #: What must be on the plan before it can be agreed: ids of ``PlanKinds.parts``.
    required: tuple[str, ...]
    #: From this score on a need is a concern: the client decides 'now' or 'later' before the plan is agreed. 0: nobody has to.
    concern_from: int = 0
    #: The assessment, by the name of its form, that must be complete before the plan is begun; '': none.
    follows: str = ""
    #: Kinds of plan whose place this one takes: copied forward from, and closed when this one is signed.
    replaces: tuple[str, ...] = ()
    #: What of ``required`` an admission in a crisis does without; it is set out afterwards.
    crisis_without: tuple[str, ...] = ()
    about: str = ""
    source: str = ""


@dataclass(frozen=True)
class PlanKinds(Definition):
    kinds: tuple[PlanKind, ...]
    parts: tuple[tuple[str, str], ...]

    def kind(self, name: str) -> PlanKind:
        return next(kind for kind in self.kinds if kind.id == name)

    def part(self, name: str) -> str:
        """The part's title, as a person reads it."""
        return dict(self.parts)[name]


def read_domains(table: Table, name: str, version: int, title: str) -> Domains:
    domains = tuple(_read_titled(domain, _read_domain, "a domain") for domain in table.tables("domain", "a domain"))
    source = table.text("source", "")
    table.finish()
    if not domains:
        raise table.wrong("The list of domains needs at least one [[domain]].")
    refuse_twice(table, [domain.id for domain in domains], "domain")
    found = Domains(name, version, title, domains, source)
    if twice := next((area.id for area in found.areas if [one.id for one in found.areas].count(area.id) > 1), ""):
        raise table.wrong(f"The area '{twice}' stands in two places; each area belongs to one domain.", "domain")
    return found


def read_plan_kinds(table: Table, name: str, version: int, title: str, words: Words) -> PlanKinds:
    named = table.table("parts", "parts")
    parts = tuple((part, named.text(part)) for part in named.data)
    plans = table.tables("plan", "a kind of plan")
    kinds = tuple(_read_titled(plan, _read_kind, "a kind of plan") for plan in plans)
    table.finish()
    if not kinds:
        raise table.wrong("The list of kinds needs at least one [[plan]].")
    refuse_twice(table, [kind.id for kind in kinds], "plan")
    for kind, plan in zip(kinds, plans, strict=True):
        for position, part in enumerate(kind.required):
            plan.known(part, dict(parts), "required", position)
        for position, other in enumerate(kind.replaces):
            plan.known(other, [one.id for one in kinds], "replaces", position)
        for position, part in enumerate(kind.crisis_without):
            plan.known(part, kind.required, "crisis_without", position)
        if kind.follows:
            plan.known(kind.follows, words.forms, "follows")
    return PlanKinds(name, version, title, kinds, parts)


def _read_titled(table: Table, read: Callable[[Table], _T], what: str) -> _T:
    table.what = what
    found = read(table)
    table.finish()
    return found


def _read_domain(table: Table) -> Domain:
    areas = tuple(_read_titled(area, _read_area, "an area") for area in table.tables("area", "an area"))
    return Domain(table.identifier(), table.text("title"), areas)


def _read_area(table: Table) -> Area:
    return Area(table.identifier(), table.text("title"), table.flag("local"))


def _read_kind(table: Table) -> PlanKind:
    return PlanKind(
        id=table.identifier(),
        title=table.text("title"),
        review=_read_titled(table.table("review", "a review rule"), _read_review, "a review rule"),
        goals_now=_read_titled(table.table("goals_now", "goals_now"), _read_goals, "goals_now"),
        required=table.texts("required"),
        concern_from=table.whole("concern_from", 0, least=1),
        follows=table.text("follows", ""),
        replaces=table.texts("replaces"),
        crisis_without=table.texts("crisis_without"),
        about=table.text("about", ""),
        source=table.text("source", ""),
    )


def _read_review(table: Table) -> ReviewRule:
    first = _read_titled(table.table("first", "an interval"), _read_interval, "an interval")
    then = _read_titled(table.table("then", "an interval"), _read_interval, "an interval")
    return ReviewRule(first, then, table.text("source", ""), table.flag("local"))


def _read_interval(table: Table) -> Interval:
    months, weeks = table.whole("months", 0, least=1), table.whole("weeks", 0, least=1)
    if bool(months) == bool(weeks):
        raise table.wrong("An interval is in months or in weeks: { months = 3 } or { weeks = 4 }.")
    return Interval(months, weeks)


def _read_goals(table: Table) -> GoalsNow:
    goals = GoalsNow(table.whole("at_least"), table.whole("at_most", least=1), table.one_of("how", ("steer", "must")), table.flag("local"))
    if goals.at_least > goals.at_most:
        raise table.wrong(f"'at_least' ({goals.at_least}) is more than 'at_most' ({goals.at_most}).", "at_least")
    return goals
