"""Who should be seen first: for those who share out the work."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from carehub import clock, events
from carehub.guards import requires
from clients.seen_first import waiting

#: Nobody pages further: who stands here is not urgent.
LAST_PAGE = 200


@requires("case.allocate")
def seen_first(request: HttpRequest) -> HttpResponse:
    asked = request.GET.get("page", "1")
    page = min(int(asked), LAST_PAGE) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1
    rows, more = waiting(request.actor, today=clock.today(), page=page)
    events.saw(*(row.episode.client_id for row in rows))
    return render(request, "careplans/seen_first.html", {"rows": rows, "page": page, "next_page": page + 1 if more else None})
