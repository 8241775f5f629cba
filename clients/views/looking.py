"""Who has looked at this client, and when; and the same as a sheet for the client."""

from datetime import date, datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from carehub import clock, events
from carehub.guards import requires
from clients.looked.at_client import Place, visits
from clients.views.of_client import client_page

#: Visits: what one person did on one day.
PAGE, ON_PAPER = 20, 200


@requires("access.view")
def looked(request: HttpRequest, client_id: UUID) -> HttpResponse:
    client, context = client_page(request, client_id, tab="looked")
    found = visits(request.actor, client.pk, after=place(request.GET.get("after", "")), most=PAGE + 1)
    last = found[PAGE - 1] if len(found) > PAGE else None
    further = f"?after={last.day.isoformat()}_{last.newest.at.isoformat()}".replace("+00:00", "Z") if last else ""
    page = {"visits": found[:PAGE], "further": further, "first_page": not request.GET.get("after")}
    return render(request, "clients/looked.html", context | page)


@requires("access.view")
def looked_paper(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """For the client: who, where, when and what in plain words. No reasons: they may carry what somebody else has said."""
    client, context = client_page(request, client_id, tab="sharing")
    found = visits(request.actor, client.pk, most=ON_PAPER)
    events.record("looked.printed", by=request.actor, client=client.pk)
    return render(request, "clients/looked_paper.html", context | {"visits": found, "today": clock.today()})


def place(text: str) -> Place | None:
    """'2026-03-03_2026-03-03T10:00:00Z', the last visit seen; anything else is the beginning."""
    day, _line, at = text.partition("_")
    try:
        found = date.fromisoformat(day), datetime.fromisoformat(at)
    except ValueError:
        return None
    return found if found[1].tzinfo else None
