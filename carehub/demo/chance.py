"""Chance with a seed: the same seed gives the same partnership, to the last row."""

import random
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import TypeVar
from uuid import UUID

from carehub.clock import LONDON

Thing = TypeVar("Thing")


class Chance(random.Random):
    """A random generator of its own, and the few ways in which the demonstration asks it."""

    def key(self) -> UUID:
        return UUID(int=self.getrandbits(128), version=4)

    def happens(self, share: float) -> bool:
        return self.random() < share

    def one_of(self, weights: Mapping[Thing, float]) -> Thing:
        """One, as likely as its weight."""
        return self.choices(list(weights), list(weights.values()))[0]

    def shared_out(self, weights: Mapping[Thing, float], number: int) -> list[Thing]:
        """``number`` of them in exactly these proportions (largest remainder), in random order: 60 are too few to leave it to luck."""
        whole = sum(weights.values())
        wanted = {thing: weight * number / whole for thing, weight in weights.items()}
        found = {thing: int(share) for thing, share in wanted.items()}
        rest = sorted(wanted, key=lambda thing: found[thing] - wanted[thing])
        for thing in rest[: number - sum(found.values())]:
            found[thing] += 1
        dealt = [thing for thing, times in found.items() for _ in range(times)]
        self.shuffle(dealt)
        return dealt

    def moment_on(self, day: date, hour: int | None = None) -> datetime:
        """During opening hours, in London."""
        at = time(self.randint(9, 16) if hour is None else hour, self.randrange(0, 60, 5))
        return datetime.combine(day, at, LONDON)


def workday(day: date) -> date:
    """``day``, or the Monday after it."""
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)


def workday_before(day: date) -> date:
    """``day``, or the Friday before it."""
    return day - timedelta(days=max(0, day.weekday() - 4))
