"""The only clock."""

import time
from datetime import UTC, date, datetime, timedelta

import pytest

from carehub import clock


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2030-06-30T22:59:59", date(2030, 6, 30)),
        ("2030-06-30T23:30:00", date(2030, 7, 1)),  # half past midnight in London, in summer
        ("2030-12-31T23:59:59", date(2030, 12, 31)),
        ("2031-01-01T00:00:00", date(2031, 1, 1)),
        ("2030-03-31T00:59:59", date(2030, 3, 31)),  # the night when the clocks go forward
        ("2030-10-26T23:00:00", date(2030, 10, 27)),  # the last midnight of summer time
        ("2030-10-27T23:30:00", date(2030, 10, 27)),  # the same evening, in winter time
        ("2032-02-29T12:00:00", date(2032, 2, 29)),
    ],
)
def test_a_day_is_a_day_in_london(moment, day):
    assert clock.day_of(at(moment)) == day


def test_now_is_aware_and_utc():
    assert clock.now().tzinfo is UTC
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)
    assert clock.today() == clock.day_of(clock.now())


def test_the_demonstration_clock_is_moved_on_for_everybody(settings):
    clock.move_on(91)
    clock.move_on(7)
    assert clock.days_ahead() == 98
    assert clock.now() - datetime.now(UTC) > timedelta(days=97, hours=23)
    assert float(settings.CLOCK_FILE.read_text()) == 98 * 24 * 3600


def test_another_process_notices_within_a_second(settings, monkeypatch):
    clock.now()
    settings.CLOCK_FILE.write_text(str(24 * 3600.0))
    really = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: really + 1.1)
    assert clock.days_ahead() == 1


@pytest.mark.parametrize("text", ["", "nonsense", "\x00"])
def test_a_spoilt_clock_file_is_no_reason_to_stop(settings, text):
    settings.CLOCK_FILE.write_text(text)
    assert clock.days_ahead() == 0


def test_it_is_never_moved_back():
    with pytest.raises(ValueError, match="forward only"):
        clock.move_on(-1)


def test_no_other_clock_can_be_moved(settings):
    clock.move_on(30)
    settings.DEMO = False
    assert clock.days_ahead() == 0
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)
    with pytest.raises(RuntimeError, match="demonstration only"):
        clock.move_on(1)
