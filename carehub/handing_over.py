"""What somebody leaves behind when a role of theirs ends: counted in the background, handed to who leads the agency, shown as numbers.

Each app registers what it looks after (``counts``): called on the duty 'leavers', it makes the tasks that are needed and returns how
many there are. The administrator sees the numbers and nothing else; no request of theirs reaches a client.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from carehub import clock, context, jobs, mail
from carehub.actors import Actor
from carehub.models import Draft, Job, Membership, Person, Task

KIND = "carehub.hand_over"
Counter = Callable[[Membership], int]
_counters: dict[str, tuple[str | Promise, Counter]] = {}


def counts(name: str, words: str | Promise) -> Callable[[Counter], Counter]:
    """Register what ``name`` is counted by; ``words``: what the number is of, for the administrator's page."""

    def register(function: Counter) -> Counter:
        if name in _counters:
            raise ValueError(f"{name} is counted already")
        _counters[name] = (words, function)
        return function

    return register


def ask(membership: Membership) -> None:
    """In the transaction in which ``membership`` got its end. Nothing is left behind where they stay at the agency, or as a deputy."""
    if membership.agency_id is None or membership.stands_in_for_id or membership.ends_on is None:
        return
    stays = Membership.objects.not_over(clock.today()).filter(
        person_id=membership.person_id, agency_id=membership.agency_id, stands_in_for__isnull=True
    )
    if any(each.ends_on is None or each.ends_on > membership.ends_on for each in stays.exclude(pk=membership.pk)):
        return
    version = Job.objects.filter(kind=KIND, subject_id=membership.pk).count() + 1
    # Not for whoever asked: it is done even if they have left meanwhile.
    jobs.enqueue(kind=KIND, subject=membership.pk, partnership_id=membership.partnership_id, version=version)


@jobs.handler(KIND)
def hand_over(job: Job) -> dict:
    membership = Membership.objects.with_all().get(pk=job.subject_id)
    with context.on_duty(job.partnership_id, "leavers"):
        found = {name: counter(membership) for name, (_words, counter) in _counters.items()}
    # Their own eyes only: how many, and not a word of them.
    with context.acting(Actor(membership.person, membership)):
        found["drafts"] = Draft.objects.filter(person_id=membership.person_id, partnership_id=membership.partnership_id).count()
    told = _tell(membership, found.get("clients", 0), job.pk) if found.get("clients") else 0
    return {"found": found, "told": told}


@counts("tasks", gettext_lazy("open tasks in their name"))
def _tasks(membership: Membership) -> int:
    return Task.objects.open().filter(agency_id=membership.agency_id, person_id=membership.person_id).count()


def _tell(membership: Membership, clients: int, about: UUID) -> int:
    """By mail, which names no client; the tasks stand on their page. Returns how many were told."""
    managers = Membership.objects.managers_of([membership.agency_id], clock.today())
    people = list(
        Person.objects.filter(pk__in=managers.values("person_id"), is_active=True).exclude(pk=membership.person_id).order_by("pk")
    )
    last_day: date = membership.ends_on or clock.today()
    body = ngettext(
        "The last day of %(name)s is %(day)s. %(number)d person needs another keyworker: the task stands on your page ‘My service’.",
        "The last day of %(name)s is %(day)s. %(number)d people need another keyworker: the tasks stand on your page ‘My service’.",
        clients,
    )
    words = {"name": membership.person.name, "day": date_format(last_day, "j F Y"), "number": clients}
    for each in people:
        mail.leave(
            person=each,
            partnership_id=membership.partnership_id,
            kind="hand-over",
            about=about,
            subject=_("To allocate in CareHub"),
            body=body % words,
        )
    return len(people)


@dataclass(frozen=True)
class LeftBehind:
    """For the administrator's page. ``found`` is None while it is still being counted."""

    where: str
    found: list[tuple[int, str | Promise]] | None
    clients: int
    told: int
    failed: bool


def left_behind(memberships: list[Membership]) -> list[LeftBehind]:
    """The newest count of each role that ended or will end; not where they go on at the agency, or have come back to it."""
    today = clock.today()
    there = {each.agency_id for each in memberships if each.ends_on is None and not each.is_over(today)}
    memberships = [each for each in memberships if each.agency_id not in there]
    newest: dict[UUID, Job] = {}
    for job in Job.objects.filter(kind=KIND, subject_id__in=[each.pk for each in memberships]).order_by("version"):
        newest[job.subject_id] = job
    return [_shown(each, newest[each.pk]) for each in memberships if each.pk in newest]


def _shown(membership: Membership, job: Job) -> LeftBehind:
    done = job.state == Job.State.DONE
    found = job.result.get("found", {})
    named: dict[str, str | Promise] = {name: words for name, (words, _counter) in _counters.items()}
    named["drafts"] = gettext_lazy("forms begun and not sent, which only they can read")
    rows = [(found[name], words) for name, words in named.items() if found.get(name)]
    return LeftBehind(
        where=membership.where,
        found=rows if done else None,
        clients=found.get("clients", 0),
        told=job.result.get("told", 0),
        failed=job.state == Job.State.FAILED,
    )
