"""By when a plan is looked at again, and which rule says so: worked out here and nowhere else.

The kind of plan has its rule (definition 'plan-kinds'), the partnership its own interval (local settings); the shorter one counts.
"""

from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from carehub import local_settings
from carehub.definitions.catalogue import catalogue
from carehub.definitions.plans import Interval
from carehub.models import Partnership
from careplans.models import CarePlan


@dataclass(frozen=True)
class ReviewBy:
    """The last day, counted from ``start``, and why it is that day."""

    by: date
    start: date
    interval: Interval
    #: Nobody has reviewed the plan yet.
    first: bool
    source: str

    @property
    def words(self) -> str:
        """'first review within 3 months of 3 March 2026: Joint review 2006'."""
        return _("%(rule)s: %(source)s") % {"rule": self.short, "source": self.source}

    @property
    def short(self) -> str:
        """Without its source."""
        said = {"time": _length(self.interval), "day": date_format(self.start, "j F Y")}
        if self.first:
            return _("first review within %(time)s of %(day)s") % said
        return _("next review within %(time)s of %(day)s") % said


def review_by(kind: str, partnership: Partnership, *, reviewed: bool, start: date) -> ReviewBy:
    """Of a plan of ``kind`` (CarePlan.Kind) signed on ``start``; ``reviewed``: it has been reviewed before, and not only changed."""
    rule, own = catalogue().plan_kinds().kind(kind).review, local_settings.of(partnership)
    if kind == CarePlan.Kind.INITIAL:
        local = Interval(weeks=own.initial_review_weeks)
    else:
        local = Interval(months=own.later_review_months if reviewed else own.first_review_months)
    shipped = rule.interval(reviewed_before=reviewed)
    if local.after(start) < shipped.after(start):
        return ReviewBy(local.after(start), start, local, not reviewed, _("our own setting"))
    return ReviewBy(shipped.after(start), start, shipped, not reviewed, rule.source)


def _length(interval: Interval) -> str:
    if interval.weeks:
        return ngettext("%(number)s week", "%(number)s weeks", interval.weeks) % {"number": interval.weeks}
    return ngettext("%(number)s month", "%(number)s months", interval.months) % {"number": interval.months}
