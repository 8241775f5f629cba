"""Where the review of one plan stands: by when, which rule says so, who asked for it before its day, whether it was put off."""

from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from carehub import clock
from carehub.definitions.catalogue import catalogue
from carehub.models import Partnership
from careplans.models import CarePlan, PlanReview, PlanVersion, ReviewAsked, ReviewPutOff
from careplans.review_dates import ReviewBy, review_by
from clients.due import Due


def reason_words(codes: str, value: str) -> str:
    """Of a code of the list 'review-reasons' or 'put-off-reasons'."""
    return next((code.text for code in catalogue().codes(codes).codes if code.value == value), value)


@dataclass(frozen=True)
class ReviewStanding:
    due: Due
    rule: ReviewBy
    asked: tuple[ReviewAsked, ...]
    put_off: ReviewPutOff | None
    #: By day, the newest first.
    held: tuple[PlanReview, ...]

    @property
    def words(self) -> str:
        """The rule behind the day, as a sentence with its source."""
        if self.called_for:
            return _("asked for before its day: %(reasons)s. The rule: %(rule)s") % {
                "reasons": ", ".join(reason_words("review-reasons", each.reason) for each in self.called_for),
                "rule": self.rule.words,
            }
        if self.due.on and self.due.on < self.rule.by:
            return _("agreed with the client. The rule: %(rule)s, so %(day)s at the latest") % {
                "rule": self.rule.words,
                "day": date_format(self.rule.by, "j F Y"),
            }
        return self.rule.words

    @property
    def called_for(self) -> list[ReviewAsked]:
        """Who asked so that it is due on the day on which it is."""
        return [each for each in self.asked if each.due_on == self.due.on]

    @property
    def put_off_words(self) -> str:
        """'overdue, re-engagement open' where the client was not seen; '' where it was not put off."""
        if self.put_off is None:
            return ""
        if self.put_off.task is not None and self.put_off.task.done_at is None:
            return _("overdue, re-engagement open") if self.due.days_over else _("re-engagement open")
        words = {
            "day": date_format(self.put_off.until, "j F Y"),
            "reason": reason_words("put-off-reasons", self.put_off.reason),
        }
        return _("put off until %(day)s: %(reason)s") % words


def review_standing(plan: CarePlan, current: PlanVersion, partnership: Partnership, *, today: date | None = None) -> ReviewStanding:
    """``current``: the version of ``plan`` in force, signed. Three queries."""
    assert current.signed_on
    held = list(PlanReview.objects.filter(plan=plan).select_related("of_version", "recorded_by").order_by("-held_on", "-recorded_at"))
    return ReviewStanding(
        Due(plan.review_due_on, today or clock.today()),
        review_by(plan.kind, partnership, reviewed=bool(held), start=current.signed_on),
        tuple(ReviewAsked.objects.filter(of_version=current)),
        ReviewPutOff.objects.filter(of_version=current).select_related("task").order_by("-put_off_at").first(),
        tuple(held),
    )
