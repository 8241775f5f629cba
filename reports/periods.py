"""Months, as figures count them: days of the calendar, in London."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta


def first_of(day: date) -> date:
    return day.replace(day=1)


def next_month(day: date) -> date:
    """The first day of the month after ``day``'s."""
    return (first_of(day) + timedelta(days=31)).replace(day=1)


@dataclass(frozen=True)
class Month:
    """From its first day to ``until``, both counted in; a month that is not over ends with the last day that is."""

    first: date
    until: date

    @classmethod
    def of(cls, day: date) -> "Month":
        """The whole month in which ``day`` falls."""
        return cls(first_of(day), next_month(day) - timedelta(days=1))

    def up_to(self, day: date) -> "Month":
        return Month(self.first, min(self.until, day))

    @property
    def is_whole(self) -> bool:
        return self.until == next_month(self.first) - timedelta(days=1)


def months(since: date, before: date) -> Iterator[Month]:
    """Every whole month from the one of ``since``; the last one ends before ``before``."""
    month = Month.of(since)
    while month.until < before:
        yield month
        month = Month.of(next_month(month.first))
