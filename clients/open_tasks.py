"""What is to be done today for somebody, before anything else: the block at the top of the work lists and of the client's page."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from uuid import UUID

from django.db.models import BooleanField, Case, Exists, ExpressionWrapper, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Concat, JSONObject

from carehub import clock
from carehub.actors import Actor, NotAllowed
from carehub.models import Task
from carehub.models.tasks import WAITS, TaskQuerySet
from carehub.rules import Refused
from clients.assessed.urgent import URGENT
from clients.due import Due
from clients.handing_over import REALLOCATE
from clients.models import Client, Episode, Proposal, SafeContact
from clients.policies import tasks as task_rules
from clients.policies.allocating import who_stays
from clients.re_engaging import RE_ENGAGE, contact_from, contact_of

#: All of a client on their own page; of a whole caseload so many, and the page says how many more there are.
AT_MOST = 200
#: How long what is done stands on the client's page, with the way back from a wrong click.
DONE_DAYS = 14
#: So many people stand there in full, each with so many tasks; of danger to life all of it stands there.
PEOPLE, EACH = 6, 2
#: Danger to life and safeguarding; what the answers of an unfinished assessment ask for today.
GRAVE = Q(countersigned=True) | Q(kind=URGENT)
#: What was said of the task is that somebody declined what was proposed.
DECLINED = Exists(Proposal.objects.filter(task=OuterRef("pk"), state=Proposal.State.DECLINED))


@dataclass(frozen=True)
class OpenTask:
    task: Task
    name: str
    reference: str
    date_of_birth: date
    due: Due
    #: Why this person cannot close it; '' where they can.
    waits_for: str
    #: Somebody's, who leaves or has left: another keyworker is chosen, for this client or for all of theirs.
    leaver_id: UUID | None = None
    may_carry_out: bool = False
    may_send_back: bool = False
    #: What was said about it is that it was declined.
    declined: bool = False
    #: What proposed it, where nobody has decided about that yet.
    proposal: Proposal | None = None
    may_decide: bool = False
    #: To find the client again: how they may be reached, None where nobody asked them.
    is_re_engagement: bool = False
    contact: SafeContact | None = None
    may_reopen: bool = False
    #: The unfinished assessment whose answers ask for it.
    draft_id: UUID | None = None

    @property
    def is_grave(self) -> bool:
        return self.task.countersigned or self.task.kind == URGENT


@dataclass(frozen=True)
class TasksOfClient:
    """What is to be done now, what is for a later day, and what has been done lately, the newest first."""

    now: list[OpenTask]
    later: list[OpenTask]
    done: list[OpenTask]


@dataclass(frozen=True)
class OfPerson:
    """What is to be done for one client. What is grave is never folded."""

    client_id: UUID
    name: str
    reference: str
    date_of_birth: date
    tasks: tuple[OpenTask, ...]
    #: Whether the tasks stand there with their buttons; else their words alone, with a link to the client's page.
    in_full: bool

    @property
    def is_grave(self) -> bool:
        return any(each.is_grave for each in self.tasks)

    @property
    def shown(self) -> list[OpenTask]:
        most = EACH if self.in_full else 0
        return [each for place, each in enumerate(self.tasks) if place < most or each.is_grave]

    @property
    def folded(self) -> list[OpenTask]:
        shown = self.shown
        return [each for each in self.tasks if each not in shown]


@dataclass(frozen=True)
class BeforeAnythingElse:
    """The block above a work list: a person at a time, who is in most danger first."""

    #: Those that stand there, and those that are folded: nothing about them is grave.
    people: tuple[OfPerson, ...]
    folded: tuple[OfPerson, ...]
    #: Tasks that are not looked at here: each stands on its client's own page.
    beyond: int

    @property
    def tasks_folded(self) -> int:
        return sum(len(each.tasks) for each in self.folded)

    @property
    def client_ids(self) -> list[UUID]:
        return [each.client_id for each in (*self.people, *self.folded)]


def before_anything_else(actor: Actor, *, mine: bool = False, today: date) -> BeforeAnythingElse:
    """``open_tasks`` by person. One query; another one where there are more than the page looks at."""
    found = open_tasks(actor, mine=mine, today=today)
    by_person: dict[UUID | None, list[OpenTask]] = {}
    for each in found[:AT_MOST]:
        by_person.setdefault(each.task.client_id, []).append(each)
    people = [_of_person(tasks, in_full=place < PEOPLE) for place, tasks in enumerate(by_person.values())]
    beyond = _open(actor, mine, today).count() - AT_MOST if len(found) > AT_MOST else 0
    return BeforeAnythingElse(
        tuple(each for each in people if each.in_full or each.is_grave),
        tuple(each for each in people if not (each.in_full or each.is_grave)),
        beyond,
    )


def _of_person(tasks: list[OpenTask], *, in_full: bool) -> OfPerson:
    about = tasks[0]
    return OfPerson(about.task.client_id, about.name, about.reference, about.date_of_birth, tuple(tasks), in_full)


def open_tasks(actor: Actor, *, mine: bool = False, today: date) -> list[OpenTask]:
    """Open tasks of the actor's agency, the gravest first (``_gravity``), then the oldest. One query.

    Whoever countersigns finds what waits for it on top; for everybody else it comes after what they can do themselves. Of one's own
    caseload and what one was given besides (``mine``), or of all. What is for a later day, and not grave, comes on that day. ``AT_MOST``,
    and one more where there are more.
    """
    return _in_order(actor, _open(actor, mine, today), today, AT_MOST + 1)


def _open(actor: Actor, mine: bool, today: date) -> TaskQuerySet:
    tasks = Task.objects.visible_to(actor).open().filter(~_later(today), agency_id=actor.agency_id)
    if not mine:
        return tasks
    held = Episode.objects.visible_to(actor).of_keyworker(actor.caseload_person_id).open()
    return tasks.filter(Q(client_id__in=held.values("client_id")) | Q(person_id__in=actor.person_ids))


def of_client(actor: Actor, client_id: UUID, *, today: date) -> TasksOfClient:
    """All open tasks of one client, in the same order, and those done in the last days. One query."""
    # What the answers of a draft asked for ends with them, or goes on as its proposals: nobody has said 'Done'.
    lately = Q(done_at__isnull=True) | (Q(done_at__gte=clock.now() - timedelta(days=DONE_DAYS)) & ~Q(kind=URGENT))
    tasks = Task.objects.visible_to(actor).filter(lately, agency_id=actor.agency_id, client_id=client_id)
    found = _in_order(actor, tasks.annotate(is_later=ExpressionWrapper(_later(today), output_field=BooleanField())), today, AT_MOST)
    still = [each for each in found if each.task.done_at is None]
    done = sorted((each for each in found if each.task.done_at), key=lambda each: each.task.done_at, reverse=True)
    return TasksOfClient([each for each in still if not each.task.is_later], [each for each in still if each.task.is_later], done)


def _later(today: date) -> Q:
    """A day that has not come, and nothing grave. Whoever needs another keyworker has one by that day: it stands nowhere else."""
    return Q(due_on__gt=today) & ~GRAVE & ~Q(kind=REALLOCATE)


def _gravity() -> Case:
    """Danger; what an assessment asked for on the same day; everything else; last who needs another keyworker.

    A whole caseload to be shared out must not push what is urgent about one person off the list.
    """
    return Case(When(GRAVE, then=0), When(proposal__same_day=True, then=1), When(kind=REALLOCATE, then=3), default=2)


def _in_order(actor: Actor, tasks: TaskQuerySet, today: date, most: int) -> list[OpenTask]:
    about = JSONObject(name=Concat(F("first_name"), Value(" "), F("last_name")), reference="reference", born="date_of_birth")
    client = Client.objects.filter(pk=OuterRef("client_id")).values(about=about)
    waits = ExpressionWrapper(WAITS, output_field=BooleanField())
    holder = Subquery(Episode.objects.filter(pk=OuterRef("subject_id")).values("keyworker_id")[:1])
    tasks = tasks.annotate(about=Subquery(client), gravity=_gravity(), is_waiting=waits, declined=DECLINED)
    tasks = tasks.annotate(contact=Case(When(kind=RE_ENGAGE, then=contact_of("client_id"))))
    tasks = tasks.annotate(holder_id=Case(When(kind=REALLOCATE, then=holder)))
    tasks = tasks.select_related("person", "carried_out_by", "sent_back_by", "done_by", "reopened_by", "proposal__again")
    first = "-is_waiting" if actor.may("service.view") else "is_waiting"
    found = list(tasks.order_by(F("done_at").desc(nulls_first=True), first, "gravity", "due_on", "made_at", "pk")[:most])
    stays = who_stays(actor.agency_id) if any(each.holder_id for each in found) else []
    return [
        OpenTask(
            task,
            task.about["name"],
            task.about["reference"],
            date.fromisoformat(task.about["born"]),
            Due(task.due_on, today),
            _refusal(task_rules.may_close, actor, task),
            leaver_id=None if task.holder_id in stays else task.holder_id,
            may_carry_out=not _refusal(task_rules.may_carry_out, actor, task),
            may_send_back=not _refusal(task_rules.may_send_back, actor, task),
            declined=task.declined,
            proposal=proposal if (proposal := getattr(task, "proposal", None)) and proposal.is_open else None,
            may_decide=actor.may("assessment.write"),
            is_re_engagement=task.kind == RE_ENGAGE,
            contact=contact_from(task.contact),
            may_reopen=task.done_at is not None and not _refusal(partial(task_rules.may_reopen, declined=task.declined), actor, task),
            draft_id=task.subject_id if task.kind == URGENT else None,
        )
        for task in found
    ]


def _refusal(rule: Callable[[Actor, Task], None], actor: Actor, task: Task) -> str:
    try:
        rule(actor, task)
    except NotAllowed as reason:
        return str(reason)
    except Refused as reason:
        return reason.message
    return ""
