"""Who has looked at this client, and when; and the same as a sheet for the client."""

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from carehub import clock, events
from carehub.guards import requires
from clients.looked import looks
from clients.views.of_client import client_page

PAGE, ON_PAPER = 50, 500


@requires("access.view")
def looked(request: HttpRequest, client_id: UUID) -> HttpResponse:
    client, context = client_page(request, client_id, tab="looked")
    found = looks(request.actor, client.pk, before=position(request.GET.get("before", "")), most=PAGE + 1)
    further = f"?before={found[PAGE - 1].at.isoformat()}_{found[PAGE - 1].key}".replace("+00:00", "Z") if len(found) > PAGE else ""
    page = {"looks": found[:PAGE], "further": further, "first_page": not request.GET.get("before")}
    return render(request, "clients/looked.html", context | page)


@requires("access.view")
def looked_paper(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """For the client: who, where, when and what in plain words. No reasons: they may carry what somebody else has said."""
    client, context = client_page(request, client_id, tab="sharing")
    found = looks(request.actor, client.pk, most=ON_PAPER)
    events.record("looked.printed", by=request.actor, client=client.pk)
    return render(request, "clients/looked_paper.html", context | {"looks": found, "most": ON_PAPER, "today": clock.today()})


def position(text: str) -> tuple[datetime, UUID] | None:
    """'2026-03-03T10:00:00Z_<key>' of the last row seen; anything else is the beginning."""
    at, _line, key = text.partition("_")
    try:
        moment, row = datetime.fromisoformat(at), UUID(key)
    except ValueError:
        return None
    return (moment, row) if moment.tzinfo else None
