"""What is to be done for a client next: the row of every work list, and the button in it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Case, Count, Exists, OuterRef, Q, Subquery, When
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from carehub import clock
from carehub.actors import Actor
from carehub.offering import allows
from careplans import policies
from careplans.models import PlanVersion, ReviewPutOff
from careplans.review_standing import ReviewStanding, standing, told
from clients import due
from clients.models import Assessment, Episode, Proposal
from clients.outcomes.due import FORM as PROFILE

Next = Episode.NextDue
#: What the button says, and the page it opens: the work itself where there is one way to begin it, else the client's page.
_BUTTONS: dict[str, tuple[str, Promise]] = {
    Next.TRIAGE: ("assessment-start", _("Do triage")),
    Next.PLAN: ("plan-start", _("Write plan")),
    Next.SIGNATURE: ("client", _("Sign plan")),
    Next.REVIEW: ("client", _("Review plan")),
}
_WHAT = {what.value: what.label for what in Next}
#: When what an episode waits for was begun and left as a draft: the work of an hour does not look untouched.
_BEGUN = Case(
    When(
        next_due_what=Next.TRIAGE,
        then=Subquery(Assessment.objects.filter(episode=OuterRef("pk"), form="triage", state="draft").values("started_at")[:1]),
    ),
    When(
        next_due_what=Next.PLAN,
        then=Subquery(PlanVersion.objects.filter(plan__episode=OuterRef("pk"), state="draft").values("begun_at")[:1]),
    ),
)
#: What assessments proposed for the client of an episode and nobody has decided.
_UNDECIDED = Proposal.objects.open().filter(episode=OuterRef("pk")).order_by()
_PUT_OFF = ReviewPutOff.objects.filter(plan__episode=OuterRef("pk"))
_TO_DECIDE = Coalesce(Subquery(_UNDECIDED.values("episode").annotate(number=Count("pk")).values("number")), 0)


@dataclass(frozen=True)
class WorkRow:
    """One client in a work list. ``episode`` comes with its client and keyworker, ``review`` from :func:`page_of`."""

    episode: Episode
    review: ReviewStanding | None = None
    #: Whoever looks may put the review off now.
    may_put_off: bool = False
    #: Whoever looks writes care plans: the button opens the review, or the version that is being written.
    may_review: bool = False

    @property
    def client(self):
        return self.episode.client

    @property
    def what(self) -> str:
        # Not get_…_display(): for each row that makes a dictionary of all choices anew.
        return str(_WHAT.get(self.episode.next_due_what, ""))

    @property
    def begun_on(self) -> date | None:
        """The day on which it was begun and left as a draft; rows of :func:`page_of` alone know."""
        begun_at = getattr(self.episode, "begun_at", None)
        return clock.day_of(begun_at) if begun_at else None

    @property
    def to_decide(self) -> int:
        """How many proposals nobody has decided; rows of :func:`page_of` alone know."""
        return getattr(self.episode, "to_decide", 0)

    @property
    def profile_due_on(self) -> date | None:
        """Of a row in the list of late outcome profiles (clients.outcomes.due.late_profiles): the day on which it was due."""
        return getattr(self.episode, "profile_due_on", None)

    @property
    def button(self) -> Promise:
        if self.profile_due_on:
            return _("Ask the profile")
        if self.begun_on or (self.review and self.review.draft_id):
            return _("Go on")
        return _BUTTONS.get(self.episode.next_due_what, ("client", _("Open")))[1]

    @property
    def button_url(self) -> str:
        if self.profile_due_on:
            return reverse("assessment-start", args=[self.episode.client_id, PROFILE])
        if self.review and self.may_review and (key := self.review.draft_id or self.review.version_id):
            return reverse("plan-edit" if self.review.draft_id else "plan-review", args=[self.episode.client_id, key])
        return reverse(_BUTTONS.get(self.episode.next_due_what, ("client", _("Open")))[0], args=[self.episode.client_id])

    @property
    def url(self) -> str:
        return reverse("client", args=[self.episode.client_id])


#: What a work list can be narrowed to: its words, its look in carehub.states, its rule.
NARROWED: dict[str, tuple[Promise, str, Callable[[date], Q]]] = {
    "overdue": (_("overdue"), "overdue", lambda today: due.overdue("next_due_on", today=today)),
    "week": (_("due this week"), "due-soon", lambda today: due.due_within("next_due_on", today=today)),
    "sign": (_("to be signed"), "agreed", lambda today: Q(next_due_what=Next.SIGNATURE)),
    "decide": (_("waiting for a decision"), "to-do", lambda today: Q(Exists(_UNDECIDED))),
    "put_off": (_("put off"), "waiting", lambda today: Q(Exists(_PUT_OFF.waiting(today)))),
    "all": (_("everybody"), "", lambda today: Q()),
}


def numbers(today: date) -> dict[str, Count]:
    """For one query: how many episodes fall under each of NARROWED."""
    return {name: Count("pk", filter=rule(today)) for name, (_words, _look, rule) in NARROWED.items()}


def as_links(counts: Mapping[str, int], path: str, also: str = "") -> list[dict[str, object]]:
    """The counts on top of a work list, each a link that narrows it; ``also``: what it is narrowed to besides ('&keyworker=…')."""
    return [
        {"number": counts[name], "words": words, "url": f"{path}?show={name}{also}", "state": look}
        for name, (words, look, _rule) in NARROWED.items()
    ]


#: Keyset paging: a page begins after the last row of the one before, so page 400 costs what page 1 costs.
PAGE = 25


def page_of(episodes, actor: Actor, after: str = "") -> tuple[list[WorkRow], str]:
    """25 rows in order of what is due first, and where the next page begins ('' where there is none).

    ``after``: '2026-03-03.<key>' of the last row seen, as returned; anything else is taken for the beginning.
    """
    episodes = episodes.select_related("client", "keyworker").filter(next_due_on__isnull=False).order_by("next_due_on", "pk")
    episodes = told(episodes.annotate(begun_at=_BEGUN, to_decide=_TO_DECIDE))
    if place := position(after):
        day, key = place
        episodes = episodes.filter(Q(next_due_on__gt=day) | Q(next_due_on=day, pk__gt=key))
    rows = [_row(episode, actor) for episode in episodes[: PAGE + 1]]
    if len(rows) <= PAGE:
        return rows, ""
    last = rows[PAGE - 1].episode
    return rows[:PAGE], f"{last.next_due_on:%Y-%m-%d}.{last.pk}"


def _row(episode: Episode, actor: Actor) -> WorkRow:
    review = review_of(episode, actor)
    return WorkRow(episode, review, may_put_off=may_put_off(review, actor), may_review=actor.may("plan.write"))


def review_of(episode: Episode, actor: Actor) -> ReviewStanding | None:
    """Of an episode that came through review_standing.told; None where it waits for another thing than a review."""
    return standing(episode, actor.partnership) if episode.next_due_what == Next.REVIEW else None


def may_put_off(review: ReviewStanding | None, actor: Actor) -> bool:
    return review is not None and allows(policies.check_put_off, review, actor)


def position(after: str) -> tuple[date, UUID] | None:
    """Day and key of the last row seen, as it was returned; None for the beginning."""
    day, _dot, key = after.partition(".")
    try:
        return date.fromisoformat(day), UUID(key)
    except ValueError:
        return None
