"""My caseload: what is due first."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from carehub import clock, events
from carehub.guards import requires
from careplans.worklist import NARROWED, as_links, numbers, page_of
from clients.models import Episode
from clients.open_assessments import open_assessments
from clients.open_tasks import open_tasks


@requires("caseload.view")
def caseload(request: HttpRequest) -> HttpResponse:
    today = clock.today()
    mine = Episode.objects.visible_to(request.actor).of_keyworker(request.actor.caseload_person_id).open()
    shown = request.GET.get("show") if request.GET.get("show") in NARROWED else "all"
    words, _look, rule = NARROWED[shown]
    counts = mine.aggregate(**numbers(today))
    rows, further = page_of(mine.filter(rule(today)), request.GET.get("after", ""))
    tasks = open_tasks(request.actor, mine=True, today=today)
    assessments = [] if request.GET.get("after") else open_assessments(request.actor, today=today)
    events.saw(*(each.client.pk for each in assessments))
    events.saw(*(row.episode.client_id for row in rows), *(each.task.client_id for each in tasks))
    page = {
        "tasks": tasks,
        "assessments": assessments,
        "rows": rows,
        "further": further,
        "counts": as_links(counts, request.path),
        "shown": shown,
        "shown_words": words,
        "total": counts["all"],
    }
    return render(request, "careplans/caseload.html", page)
