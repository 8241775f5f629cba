"""What tests of the administrator's pages share."""

from collections.abc import Callable
from datetime import date, timedelta

from carehub import clock, jobs
from carehub.actors import Actor
from carehub.models import Event, Job
from tests import factories


def boxes(name: str, day: date | None) -> dict[str, str]:
    """A date as its three boxes are submitted."""
    parts = (day.day, day.month, day.year) if day else ("", "", "")
    return {f"{name}_{part}": str(value) for part, value in zip(("day", "month", "year"), parts, strict=True)}


def in_days(number: int) -> date:
    return clock.today() + timedelta(days=number)


def quiet(monkeypatch) -> Callable[[], list[str]]:
    """Nobody tells a worker. Gives what does the waiting jobs, in their order."""
    monkeypatch.setattr(jobs, "publish", lambda job_id: True)

    def work() -> list[str]:
        return [jobs.do_job(str(job.pk)) for job in Job.objects.filter(state=Job.State.WAITING).order_by("asked_at", "version")]

    return work


def on_record(actor: Actor, verb: str) -> list[Event]:
    """The log of their partnership, the oldest first."""
    with factories.loading(actor.partnership_id):
        return list(Event.objects.filter(verb=verb).order_by("at"))
