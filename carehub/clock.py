"""The only clock. Times are UTC; a day is a day in London. The demonstration's clock can be moved on, no other can."""

import time
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

LONDON = ZoneInfo("Europe/London")

_kept: tuple[float, timedelta] = (0.0, timedelta())


def _moved_on() -> timedelta:
    """How far the demonstration's clock is ahead; read at most once a second, all processes share the file."""
    global _kept
    if not settings.DEMO:
        return timedelta()
    read_at, ahead = _kept
    if time.monotonic() - read_at > 1 or not read_at:
        try:
            ahead = timedelta(seconds=float(settings.CLOCK_FILE.read_text()))
        except (FileNotFoundError, ValueError):
            ahead = timedelta()
        _kept = (time.monotonic(), ahead)
    return ahead


def now() -> datetime:
    return datetime.now(UTC) + _moved_on()


def real_now() -> datetime:
    """The time on the wall, for how long somebody is signed in and away: moving the demonstration's clock on signs nobody out."""
    return datetime.now(UTC)


def today() -> date:
    return day_of(now())


def day_of(moment: datetime) -> date:
    """The day in London on which ``moment`` falls: half past midnight in summer belongs to that day, not the one before."""
    return moment.astimezone(LONDON).date()


def begins(day: date) -> datetime:
    """Midnight in London."""
    return datetime(day.year, day.month, day.day, tzinfo=LONDON)


def move_on(days: int) -> None:
    """Move the demonstration's clock on by ``days``; it is never moved back, since records would come from the future."""
    global _kept
    if not settings.DEMO:
        raise RuntimeError("The clock can be moved in the demonstration only.")
    if days < 0:
        raise ValueError("The demonstration's clock moves forward only.")
    _kept = (0.0, timedelta())
    ahead = _moved_on() + timedelta(days=days)
    new = settings.CLOCK_FILE.with_suffix(".new")
    new.write_text(str(ahead.total_seconds()))
    new.replace(settings.CLOCK_FILE)
    _kept = (0.0, timedelta())


def days_ahead() -> int:
    """By how many days the demonstration's clock has been moved on."""
    return round(_moved_on() / timedelta(days=1))
