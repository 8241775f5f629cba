"""What was asked for on the day, and that it was done."""

from django.db import transaction

from carehub import clock, events
from carehub.actors import Actor
from carehub.models import Task
from carehub.rules import Refused
from clients import policies


def close_task(*, task: Task, by: Actor) -> None:
    """It was done. Raises NotAllowed, or Refused where somebody closed it before."""
    policies.may_close(by, task)
    with transaction.atomic():
        closed = Task.objects.open().filter(pk=task.pk).update(done_at=clock.now(), done_by=by.person)
        if not closed:
            raise Refused("Somebody has already said that this was done.")
        events.record("task.done", by=by, client=task.client_id, subject=task)
