"""The rows of one kind of work, narrowed, a page at a time."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.functional import Promise

from carehub.actors import Actor
from careplans.models import CarePlan, Goal, Need
from careplans.review_standing import ReviewStanding, told
from careplans.work.kinds import KINDS, Kind
from careplans.worklist import PAGE, may_put_off, position, review_of
from clients.due import Due
from clients.models import Episode

#: Whose work: everybody's in the agency, one's own, nobody's, or a keyworker's by key.
ALL, MINE, NOBODY = "all", "mine", "nobody"


@dataclass(frozen=True)
class Work:
    """One client with one kind of work. ``episode`` comes with client, keyworker, ``at`` and, where the page needs it, ``key``."""

    episode: Episode
    kind: Kind
    today: date
    review: ReviewStanding | None = None
    #: Whoever looks may put the review off now.
    may_put_off: bool = False

    @property
    def client(self):
        return self.episode.client

    @property
    def at(self) -> date:
        return self.episode.at  # type: ignore[attr-defined]  # annotated

    @property
    def look(self) -> str:
        """By word: late is late, however it was agreed."""
        return "overdue" if self.kind is KINDS["word"] and Due(self.at, self.today).days_over else self.kind.look

    @property
    def what(self) -> str | Promise:
        return self.episode.get_next_due_what_display() if self.is_due else self.kind.words

    @property
    def is_due(self) -> bool:
        """Of what the episode waits for: there the state alone would not say what is to be done."""
        return self.kind.key is None

    @property
    def url(self) -> str:
        keys = [self.episode.client_id] + ([self.episode.key] if self.kind.key else [])  # type: ignore[attr-defined]  # annotated
        return reverse(self.kind.page, args=keys)


def reached(actor: Actor, said: dict[str, Any]) -> QuerySet[Episode]:
    """Open episodes of the actor's agency, narrowed to ``said``: whose, domain, risk (each '' for all)."""
    episodes = Episode.objects.visible_to(actor, many=True).of_agency(actor.agency_id).open()
    whose = said.get("whose") or ALL
    if whose == MINE:
        episodes = episodes.of_keyworker(actor.caseload_person_id)
    elif whose == NOBODY:
        episodes = episodes.filter(keyworker__isnull=True)
    elif whose != ALL:
        episodes = episodes.of_keyworker(UUID(whose))
    if risk := said.get("risk"):
        episodes = episodes.filter(risk="" if risk == "unknown" else risk)
    if domain := said.get("domain"):
        episodes = episodes.filter(_works_on(domain))
    return episodes


def _works_on(domain: str) -> Q:
    """A need to work on now, or a goal, in the version in force or in the one being written."""
    stands = Q(version__pk=F("version__plan__current")) | Q(version__locked_at__isnull=True)
    of = Q(version__plan__episode=OuterRef("pk"), domain=domain) & ~Q(version__plan__state=CarePlan.State.CLOSED)
    needs = Need.objects.filter(stands, of, standing=Need.Standing.NOW)
    return Q(Exists(needs)) | Q(Exists(Goal.objects.filter(stands, of)))


def numbers(episodes: QuerySet[Episode], actor: Actor) -> dict[str, int]:
    """How many clients fall under each kind. One query."""
    return episodes.aggregate(**{f"n_{name}": Count("pk", filter=kind.rule(actor)) for name, kind in KINDS.items()})


def of_kind(episodes: QuerySet[Episode], name: str, actor: Actor) -> QuerySet[Episode]:
    """Those with the longest wait, or the earliest day, first."""
    kind = KINDS[name]
    more = {"at": kind.at(actor)} | ({"key": kind.key(actor)} if kind.key else {})
    found = episodes.filter(kind.rule(actor)).select_related("client", "keyworker").annotate(**more).order_by("at", "pk")
    return told(found)


def row_of(episode: Episode, name: str, today: date, actor: Actor) -> Work:
    """``episode`` out of :func:`of_kind`."""
    review = review_of(episode, actor)
    return Work(episode, KINDS[name], today, review, may_put_off=may_put_off(review, actor))


def page_of(episodes: QuerySet[Episode], name: str, today: date, actor: Actor, after: str = "") -> tuple[list[Work], str]:
    """A page and where the next one begins ('' where there is none); ``after`` as returned, else the beginning."""
    if place := position(after):
        day, key = place
        episodes = episodes.filter(Q(at__gt=day) | Q(at=day, pk__gt=key))
    rows = [row_of(each, name, today, actor) for each in episodes[: PAGE + 1]]
    if len(rows) <= PAGE:
        return rows, ""
    return rows[:PAGE], f"{rows[PAGE - 1].at:%Y-%m-%d}.{rows[PAGE - 1].episode.pk}"
