"""What was proposed, accepted and declined: for tests."""

from carehub import context
from carehub.models import Task
from clients.actions.deciding import accept, decline
from clients.models import Proposal


def proposed(by, **answers) -> dict[str, Proposal]:
    """What there is to decide, by trigger."""
    with context.acting(by):
        return {each.trigger: each for each in Proposal.objects.visible_to(by).gravest_first().select_related("task")}


def accepts(by, proposal, **more) -> Task:
    with context.acting(by):
        return accept(by=by, client_id=proposal.client_id, proposal=proposal, **more)


def declines(by, proposal, reason="client-declines", **more) -> None:
    with context.acting(by):
        decline(by=by, client_id=proposal.client_id, proposal=proposal, reason=reason, **more)


def fresh(by, row):
    with context.acting(by):
        return type(row).objects.get(pk=row.pk)
