"""What is to be done today for somebody, before anything else: the block at the top of the work lists and of the client's page."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Case, F, OuterRef, Subquery, Value, When
from django.db.models.functions import Concat

from carehub.actors import Actor, NotAllowed
from carehub.models import Task
from clients import policies
from clients.due import Due
from clients.handing_over import REALLOCATE
from clients.models import Client, Episode

SHOWN = 10


@dataclass(frozen=True)
class OpenTask:
    task: Task
    name: str
    due: Due
    #: Why this person cannot close it; '' where they can.
    waits_for: str


def open_tasks(actor: Actor, *, client_id: UUID | None = None, mine: bool = False, today) -> list[OpenTask]:
    """Open tasks of the actor's agency, imminent risk and safeguarding first, then the oldest; last who needs another keyworker. One query.

    Of one client, of one's own caseload (``mine``), or of all.
    """
    tasks = Task.objects.visible_to(actor).open().filter(agency_id=actor.agency_id)
    if client_id:
        tasks = tasks.filter(client_id=client_id)
    if mine:
        tasks = tasks.filter(
            client_id__in=Episode.objects.visible_to(actor).of_keyworker(actor.caseload_person_id).open().values("client_id")
        )
    named = Client.objects.filter(pk=OuterRef("client_id")).values(name=Concat(F("first_name"), Value(" "), F("last_name")))
    # A whole caseload to be shared out must not push what is urgent about one person off the list.
    can_wait = Case(When(kind=REALLOCATE, then=1), default=0)
    tasks = tasks.annotate(name=Subquery(named), can_wait=can_wait).order_by("-countersigned", "can_wait", "due_on", "made_at", "pk")[
        :SHOWN
    ]
    return [OpenTask(task, task.name, Due(task.due_on, today), _refusal(actor, task)) for task in tasks]


def _refusal(actor: Actor, task: Task) -> str:
    try:
        policies.may_close(actor, task)
    except NotAllowed as reason:
        return str(reason)
    return ""
