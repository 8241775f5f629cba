"""Where the review of one plan stands: by when, which rule says so, who asked for it before its day, whether it was put off.

One place for a page and for a list: :func:`told` puts what is to be known beside the rows of any query, :func:`standing` reads it.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from carehub import clock
from carehub.definitions.catalogue import catalogue
from carehub.models import Partnership
from careplans.models import CarePlan, PlanReview, PlanVersion, ReviewAsked, ReviewPutOff
from careplans.review_dates import ReviewBy, review_by
from clients.due import Due, DueState
from clients.models import Episode

REASONS, PUT_OFF_REASONS = "review-reasons", "put-off-reasons"
Rows = TypeVar("Rows", bound=QuerySet)


def reason_words(codes: str, value: str) -> str:
    """Of a code of the list 'review-reasons' or 'put-off-reasons'."""
    return next((code.text for code in catalogue().codes(codes).codes if code.value == value), value)


@dataclass(frozen=True)
class Asked:
    """``by``: '' for the scheduled pass."""

    reason: str
    words: str
    due_on: date
    asked_on: date
    by: str
    version_id: UUID

    @property
    def reason_words(self) -> str:
        return reason_words(REASONS, self.reason)


@dataclass(frozen=True)
class PutOff:
    """The last time; ``times``: how often since the review before. ``task_open``: the client is still to be found again."""

    reason: str
    words: str
    until: date
    put_off_on: date
    by: str
    task_open: bool
    times: int

    @property
    def reason_words(self) -> str:
        return reason_words(PUT_OFF_REASONS, self.reason)

    @property
    def times_words(self) -> str:
        return ngettext("once", "%(number)s times", self.times) % {"number": self.times}


@dataclass(frozen=True)
class ReviewStanding:
    plan_id: UUID
    #: The version in force; None before the first signature.
    version_id: UUID | None
    agency_id: UUID
    lead: bool
    #: CarePlan.State, and whether the episode has ended.
    state: str
    ended: bool
    due: Due
    rule: ReviewBy | None
    #: What is not answered by a review yet, the earliest first.
    asked: tuple[Asked, ...]
    put_off: PutOff | None
    #: The version in force has been reviewed, and the next one is not signed yet.
    reviewed: bool

    @property
    def words(self) -> str:
        """The rule behind the day, as a sentence with its source."""
        if self.rule is None:
            return ""
        if self.called_for:
            return _("asked for before its day: %(reasons)s. The rule: %(rule)s") % {
                "reasons": ", ".join(each.reason_words for each in self.called_for),
                "rule": self.rule.words,
            }
        said = {"rule": self.rule.words, "day": date_format(self.rule.by, "j F Y")}
        if self.due.on and self.due.on < self.rule.by:
            return _("agreed with the client. The rule: %(rule)s, so %(day)s at the latest") % said
        if self.due.on and self.due.on > self.rule.by:
            return _("as it was agreed. The rule is another one now: %(rule)s, so %(day)s at the latest") % said
        return self.rule.words

    @property
    def why(self) -> str:
        """The same in a few words, for a row of a list."""
        if self.called_for:
            return _("asked for: %(reasons)s") % {"reasons": ", ".join(each.reason_words for each in self.called_for)}
        if self.rule is None or self.due.on != self.rule.by:
            return _("as agreed with the client")
        return self.rule.short

    @property
    def called_for(self) -> list[Asked]:
        """Who asked so that it is due on the day on which it is."""
        return [each for each in self.asked if each.due_on == self.due.on]

    @property
    def put_off_words(self) -> str:
        """'overdue, re-engagement open' where the client was not seen; 'was put off' once its day passed; '' where it was not."""
        if self.put_off is None:
            return ""
        words = {"day": date_format(self.put_off.until, "j F Y"), "reason": self.put_off.reason_words}
        said = (_("put off until %(day)s: %(reason)s") if self.is_put_off else _("was put off until %(day)s: %(reason)s")) % words
        if not self.put_off.task_open:
            return said
        return f"{_('overdue, re-engagement open') if self.due.state == DueState.OVERDUE else _('re-engagement open')}; {said}"

    @property
    def is_put_off(self) -> bool:
        """The day has not passed."""
        return self.put_off is not None and self.put_off.until >= self.due.today

    @property
    def who_put_off(self) -> str:
        """How often, and who the last time, in which words."""
        if self.put_off is None:
            return ""
        said = [self.put_off.times_words, self.put_off.by, date_format(self.put_off.put_off_on, "j F Y")]
        return ", ".join(said) + (f": {self.put_off.words}" if self.put_off.words else "")


def _of_a_plan() -> JSONObject:
    """What is to be known of a row of CarePlan, worked out by the database."""
    mine = OuterRef("pk")
    asked = ReviewAsked.objects.open().filter(plan=mine).order_by("asked_at", "pk")
    put_off = ReviewPutOff.objects.open().filter(plan=mine).order_by("-put_off_at", "-pk")
    return JSONObject(
        plan_id="pk",
        version_id="current_id",
        agency_id="agency_id",
        lead="lead",
        state="state",
        episode="episode__state",
        kind="kind",
        due_on="review_due_on",
        signed_on="current__signed_on",
        reviewed_before=Exists(PlanReview.objects.filter(plan=mine)),
        reviewed=Exists(PlanReview.objects.filter(of_version=OuterRef("current"))),
        asked=ArraySubquery(
            asked.values(
                said=JSONObject(
                    reason="reason", words="words", due_on="due_on", at="asked_at", by="asked_by__name", version_id="of_version_id"
                )
            )
        ),
        put_off=ArraySubquery(
            put_off.values(
                said=JSONObject(
                    reason="reason", words="words", until="until", at="put_off_at", by="put_off_by__name",
                    task="task_id", task_done="task__done_at",
                )
            )
        ),
    )  # fmt: skip


def told(rows: Rows) -> Rows:
    """``rows`` of episodes, plans or versions, each with what :func:`standing` reads. No query more.

    Of an episode: of its plan in force, the one that is reviewed first.
    """
    if rows.model is CarePlan:
        return rows.annotate(review_told=_of_a_plan())
    if rows.model is PlanVersion:
        plans = CarePlan.objects.filter(pk=OuterRef("plan_id"))
    else:
        assert rows.model is Episode
        plans = CarePlan.objects.filter(episode=OuterRef("pk"), state=CarePlan.State.CURRENT).order_by("review_due_on", "pk")
    return rows.annotate(review_told=Subquery(plans.values(review_told=_of_a_plan())[:1]))


def standing(row: Any, partnership: Partnership, *, today: date | None = None) -> ReviewStanding | None:
    """Of a row that came through :func:`told`; None for an episode without a plan in force."""
    said: dict[str, Any] | None = row.review_told
    if said is None:
        return None
    signed_on = _day(said["signed_on"])
    rule = review_by(said["kind"], partnership, reviewed=said["reviewed_before"], start=signed_on) if signed_on else None
    return ReviewStanding(
        plan_id=UUID(said["plan_id"]),
        version_id=UUID(said["version_id"]) if said["version_id"] else None,
        agency_id=UUID(said["agency_id"]),
        lead=said["lead"],
        state=said["state"],
        ended=said["episode"] == Episode.State.DISCHARGED,
        due=Due(_day(said["due_on"]), today or clock.today()),
        rule=rule,
        asked=tuple(
            Asked(each["reason"], each["words"], date.fromisoformat(each["due_on"]), _on(each["at"]), each["by"] or "",
                  UUID(each["version_id"]))
            for each in said["asked"]
        ),
        put_off=_put_off(said["put_off"]),
        reviewed=said["reviewed"],
    )  # fmt: skip


def _put_off(rows: list[dict[str, Any]]) -> PutOff | None:
    if not rows:
        return None
    last = rows[0]
    open_task = any(each["task"] and not each["task_done"] for each in rows)
    until = date.fromisoformat(last["until"])
    return PutOff(last["reason"], last["words"], until, _on(last["at"]), last["by"], open_task, len(rows))


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _on(text: str) -> date:
    return clock.day_of(datetime.fromisoformat(text))


def standing_of(plan: CarePlan, partnership: Partnership, *, today: date | None = None) -> ReviewStanding:
    """One query."""
    found = standing(told(CarePlan.objects.filter(pk=plan.pk)).get(), partnership, today=today)
    assert found is not None
    return found
