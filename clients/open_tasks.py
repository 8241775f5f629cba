"""What is to be done today for somebody, before anything else: the block at the top of the work lists and of the client's page."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import BooleanField, Case, ExpressionWrapper, F, OuterRef, Subquery, Value, When
from django.db.models.functions import Concat

from carehub.actors import Actor, NotAllowed
from carehub.models import Task
from carehub.models.tasks import WAITS
from carehub.rules import Refused
from clients import policies
from clients.allocating_rules import who_stays
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
    #: Somebody's, who leaves or has left: another keyworker is chosen, for this client or for all of theirs.
    leaver_id: UUID | None = None
    may_carry_out: bool = False
    may_send_back: bool = False


def open_tasks(actor: Actor, *, client_id: UUID | None = None, mine: bool = False, today) -> list[OpenTask]:
    """Open tasks of the actor's agency, imminent risk and safeguarding first, then the oldest; last who needs another keyworker. One query.

    Whoever countersigns finds what waits for it on top; for everybody else it comes after what they can do themselves. Of one client,
    of one's own caseload (``mine``), or of all.
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
    waits = ExpressionWrapper(WAITS, output_field=BooleanField())
    tasks = tasks.annotate(name=Subquery(named), can_wait=can_wait, is_waiting=waits).select_related("carried_out_by", "sent_back_by")
    holder = Subquery(Episode.objects.filter(pk=OuterRef("subject_id")).values("keyworker_id")[:1])
    tasks = tasks.annotate(holder_id=Case(When(kind=REALLOCATE, then=holder)))
    first = "-is_waiting" if actor.may("service.view") else "is_waiting"
    found = list(tasks.order_by(first, "-countersigned", "can_wait", "due_on", "made_at", "pk")[:SHOWN])
    stays = who_stays(actor.agency_id) if any(each.holder_id for each in found) else []
    return [
        OpenTask(
            task,
            task.name,
            Due(task.due_on, today),
            _refusal(policies.may_close, actor, task),
            leaver_id=None if task.holder_id in stays else task.holder_id,
            may_carry_out=not _refusal(policies.may_carry_out, actor, task),
            may_send_back=not _refusal(policies.may_send_back, actor, task),
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
