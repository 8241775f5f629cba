"""My service: who needs help, who needs me? For the service manager."""

from django.db.models import Count, F, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from carehub import clock, events, local_settings
from carehub.guards import requires
from careplans.views.caseload import LOOKS, NARROWED, numbers
from careplans.worklist import page_of
from clients.models import Episode
from clients.open_tasks import open_tasks


@requires("service.view")
def service(request: HttpRequest) -> HttpResponse:
    today = clock.today()
    actor = request.actor
    held = Episode.objects.visible_to(actor).of_agency(actor.agency_id).open()
    shown = request.GET.get("show") if request.GET.get("show") in NARROWED else "overdue"
    rows, further = page_of(held.filter(NARROWED[shown][1](today)), request.GET.get("after", ""))
    events.saw(*(row.episode.client_id for row in rows))
    keyworkers = by_keyworker(held, today)
    counts = {name: sum(row[name] for row in keyworkers) for name in NARROWED}
    tasks = open_tasks(actor, today=today)
    events.saw(*(each.task.client_id for each in tasks))
    page = {
        "tasks": tasks,
        "rows": rows,
        "further": further,
        "shown": shown,
        "shown_words": NARROWED[shown][0],
        "counts": [
            {"number": counts[name], "words": words, "url": f"{request.path}?show={name}", "state": LOOKS[name]}
            for name, (words, _rule) in NARROWED.items()
        ],
        "keyworkers": keyworkers,
        "grace_days": local_settings.of(actor.partnership).review_grace_days,
        "total": counts["all"],
    }
    return render(request, "careplans/service.html", page)


def by_keyworker(held, today) -> list[dict]:
    """A row a keyworker: how many under each of NARROWED, with a plan in force, at high risk. One query; the sums are the service's."""
    return list(
        held.values(name=F("keyworker__name"))
        .annotate(
            with_plan=Count("pk", filter=Q(next_due_what=Episode.NextDue.REVIEW)),
            high_risk=Count("pk", filter=Q(risk=Episode.Risk.HIGH)),
            **numbers(today),
        )
        .order_by("-overdue", "name")
    )
