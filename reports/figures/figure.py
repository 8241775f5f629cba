"""What a figure is: a definition that can be read, and the rows behind each of its numbers."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.utils.functional import Promise

from reports.periods import Month
from reports.suppression import Counted


@dataclass(frozen=True)
class Figure:
    """One figure. ``rows`` gives what is counted in a month, each with ``met`` and ``excluded`` (booleans), agency and client."""

    name: str
    #: Raised when what is counted changes; a line does not run on across it.
    definition: int
    title: Promise
    #: With places for %(met)s and %(eligible)s.
    sentence: Promise
    #: Where the denominator is 0.
    nobody: Promise
    numerator: Promise
    denominator: Promise
    exclusions: Promise
    source: str
    rows: Callable[[Month], QuerySet]
    #: What one of the counted is: its client (then counted once, however many rows) or the row itself.
    counts: str = "client_id"
    #: Per cent; None where none is agreed.
    target: int | None = None
    target_source: str = ""

    def eligible(self, month: Month) -> QuerySet:
        """The denominator's rows, to be listed by those who may see them."""
        return self.rows(month).filter(excluded=False)

    def met(self, month: Month) -> QuerySet:
        return self.eligible(month).filter(met=True)

    def not_met(self, month: Month) -> QuerySet:
        return self.eligible(month).filter(met=False)

    def excluded(self, month: Month) -> QuerySet:
        return self.rows(month).filter(excluded=True)

    def count(self, month: Month) -> Counted:
        """The whole partnership, everybody once."""
        return _counted(self.rows(month).aggregate(**self._sums()))

    def count_by_agency(self, month: Month) -> dict:
        """Agency's key → its count; somebody with two agencies counts in both. An agency without anybody is absent."""
        rows = self.rows(month).order_by().values("agency_id").annotate(**self._sums())
        return {row["agency_id"]: _counted(row) for row in rows}

    def _sums(self) -> dict[str, Count]:
        apart = self.counts != "pk"
        return {
            "number_met": Count(self.counts, distinct=apart, filter=Q(met=True, excluded=False)),
            "number_eligible": Count(self.counts, distinct=apart, filter=Q(excluded=False)),
            "number_excluded": Count(self.counts, distinct=apart, filter=Q(excluded=True)),
        }


def _counted(row: dict) -> Counted:
    return Counted(row["number_met"], row["number_eligible"], row["number_excluded"])


def short_of(met: int, eligible: int, target: int) -> int:
    """How many more must meet it to reach ``target`` per cent: 412 of 455 at 95% are 21 short."""
    return max(0, -(-target * eligible // 100) - met)
