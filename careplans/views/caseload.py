"""My caseload: what is due first."""

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from carehub import clock, events
from carehub.guards import requires
from careplans.worklist import page_of
from clients import due
from clients.models import Episode
from clients.open_tasks import open_tasks

NARROWED = {
    "overdue": (_("overdue"), lambda today: due.overdue("next_due_on", today=today)),
    "week": (_("due this week"), lambda today: due.due_within("next_due_on", today=today)),
    "sign": (_("to be signed"), lambda today: Q(next_due_what=Episode.NextDue.SIGNATURE)),
    "all": (_("people I work with"), lambda today: Q()),
}
LOOKS = {"overdue": "overdue", "week": "due-soon", "sign": "agreed", "all": ""}


def numbers(today) -> dict[str, Count]:
    """For one query: how many fall under each of NARROWED."""
    return {name: Count("pk", filter=rule(today)) for name, (_words, rule) in NARROWED.items()}


@requires("caseload.view")
def caseload(request: HttpRequest) -> HttpResponse:
    today = clock.today()
    mine = Episode.objects.visible_to(request.actor).of_keyworker(request.actor.person_id).open()
    shown = request.GET.get("show") if request.GET.get("show") in NARROWED else "all"
    counts = mine.aggregate(**numbers(today))
    rows, further = page_of(mine.filter(NARROWED[shown][1](today)), request.GET.get("after", ""))
    events.saw(*(row.episode.client_id for row in rows))
    items = [
        {"number": counts[name], "words": words, "url": f"{request.path}?show={name}", "state": LOOKS[name]}
        for name, (words, _rule) in NARROWED.items()
    ]
    tasks = open_tasks(request.actor, mine=True, today=today)
    events.saw(*(each.task.client_id for each in tasks))
    page = {
        "tasks": tasks,
        "rows": rows,
        "further": further,
        "counts": items,
        "shown": shown,
        "shown_words": NARROWED[shown][0],
        "total": counts["all"],
    }
    return render(request, "careplans/caseload.html", page)
