"""Not yet due, due soon, due, overdue: decided here and nowhere else.

What an episode waits for next, and the day, are written onto it by the action that changes it (Episode.next_due_on); everything
that lists, counts or tells reads them through this module.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class DueState(StrEnum):
    """Its values are the names of their looks in carehub.states."""

    NOTHING = "nothing"
    LATER = "on-time"
    SOON = "due-soon"
    TODAY = "due"
    OVERDUE = "overdue"


WORDS: dict[DueState, Promise] = {
    DueState.NOTHING: _("Nothing due"),
    DueState.LATER: _("In date"),
    DueState.SOON: _("Due soon"),
    DueState.TODAY: _("Due today"),
    DueState.OVERDUE: _("Overdue"),
}
#: A local setting: how many days ahead 'soon' reaches.
SOON_DAYS = 7


@dataclass(frozen=True)
class Due:
    """Where one date stands on one day."""

    on: date | None
    today: date
    soon_days: int = SOON_DAYS

    @property
    def state(self) -> DueState:
        if self.on is None:
            return DueState.NOTHING
        if self.on < self.today:
            return DueState.OVERDUE
        if self.on == self.today:
            return DueState.TODAY
        return DueState.SOON if self.on <= self.today + timedelta(days=self.soon_days) else DueState.LATER

    @property
    def word(self) -> Promise:
        return WORDS[self.state]

    @property
    def days_over(self) -> int:
        return max(0, (self.today - self.on).days) if self.on else 0


def overdue(column: str, *, today: date, grace_days: int = 0) -> Q:
    """The same decision for many rows: ``column``'s day has passed, by more than ``grace_days``."""
    return Q(**{f"{column}__lt": today - timedelta(days=grace_days)})


def due_within(column: str, *, today: date, days: int = SOON_DAYS) -> Q:
    return Q(**{f"{column}__gte": today, f"{column}__lte": today + timedelta(days=days)})
