"""What a peer auditor or a visiting audit lead finds: the case files opened to them by name, and nothing else."""

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from carehub import clock, events
from carehub.actors import Actor
from carehub.guards import requires
from carehub.models import Access
from clients.models import Client


@dataclass(frozen=True)
class OpenedFile:
    client: Client
    #: The last day on which it can be read; None where no end has been set.
    until: date | None


@requires("tasks.view")
def auditor(request: HttpRequest) -> HttpResponse:
    """Files come by name, for a time, and end with the role. Two queries, however many there are."""
    files = opened_files(request.actor)
    events.saw(*(each.client.pk for each in files))
    return render(request, "audits/home.html", {"files": files})


def opened_files(actor: Actor) -> list[OpenedFile]:
    """The files opened to ``actor`` by name, what ends first at the top."""
    until: dict[object, date | None] = {}
    for grant in Access.objects.reached_by(actor).filter(membership_id__in=actor.membership_ids):
        last = _last_day(grant, actor)
        # Two grants about one client: the later end counts, and none at all is the latest.
        known = until.get(grant.client_id, date.min)
        until[grant.client_id] = None if known is None or last is None else max(known, last)
    clients = Client.objects.visible_to(actor).filter(pk__in=until)
    files = [OpenedFile(client, until[client.pk]) for client in clients]
    return sorted(files, key=lambda each: (each.until or date.max, each.client.last_name, each.client.first_name, each.client.reference))


def _last_day(grant: Access, actor: Actor) -> date | None:
    """The grant's, or the role's where that ends sooner: a grant by name ends with the role it was given in."""
    ends = [clock.day_of(grant.until)] if grant.until else []
    if actor.membership.ends_on:
        ends.append(actor.membership.ends_on)
    return min(ends, default=None)
