"""My service: who needs help, who needs me? For the service manager."""

from datetime import date

from django.db.models import Count, Exists, F, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from carehub import clock, events, local_settings
from carehub.guards import requires
from carehub.models import Agency, Notice
from carehub.pages import NOTICES_COUNTED
from careplans.models import CarePlan
from careplans.worklist import NARROWED, as_links, numbers, page_of
from clients.models import Episode, ReceivedReferral
from clients.open_tasks import before_anything_else
from clients.policies import allocating as allocating_rules

#: Instead of a last day, of somebody who has no caseload here any more.
LEFT = "left"
#: Instead of a keyworker's key, in the address of the page.
NOBODY = "nobody"
#: What stands in every row alike.
BESIDE = ("referrals", "referrals_today", "referrals_late", "unread")


@requires("service.view")
def service(request: HttpRequest) -> HttpResponse:
    today = clock.today()
    actor = request.actor
    held = Episode.objects.visible_to(actor).of_agency(actor.agency_id).open()
    of_all = Episode.objects.visible_to(actor, many=True).of_agency(actor.agency_id).open()
    # In each row the same, so that a service with clients asks once: what the page says beside its lists.
    beside = ReceivedReferral.objects.visible_to(actor).waiting().as_numbers(today)
    beside |= {"unread": Notice.objects.visible_to(actor).unread().as_number(NOTICES_COUNTED)}
    of_all = of_all.annotate(**allocating_rules.ends_of("keyworker_id", actor.agency_id), **beside)
    keyworkers = by_keyworker(of_all, today)
    for row in keyworkers:
        row["leaves"] = row["keyworker_id"] and _leaves(row)
        row["key"] = str(row["keyworker_id"] or NOBODY)
    whose = next((row for row in keyworkers if row["key"] == request.GET.get("keyworker")), None)
    counts = {name: sum(row[name] for row in ([whose] if whose else keyworkers)) for name in NARROWED}
    shown = request.GET.get("show") if request.GET.get("show") in NARROWED else "all" if whose else "overdue"
    words, _look, rule = NARROWED[shown]
    listed = held.filter(rule(today), _of(whose))
    rows, further = page_of(listed, actor, request.GET.get("after", ""))
    first = before_anything_else(actor, today=today)
    said = keyworkers[0] if keyworkers else Agency.objects.filter(pk=actor.agency_id).values(**beside).get()
    events.saw(*(row.episode.client_id for row in rows), *first.client_ids)
    page = {
        "first": first,
        "referrals": said,
        "unread_notices": said["unread"],
        "rows": rows,
        "further": further,
        "counts": as_links(counts, request.path, f"&keyworker={whose['key']}" if whose else ""),
        "whose": whose,
        "shown": shown,
        "shown_words": words,
        "total": counts["all"],
        "keyworkers": keyworkers,
        "grace_days": local_settings.of(actor.partnership).review_grace_days,
    }
    return render(request, "careplans/service.html", page)


def _of(whose: dict | None) -> Q:
    """Everybody, one keyworker's people, or those who have none."""
    if whose is None:
        return Q()
    return Q(keyworker_id=whose["keyworker_id"]) if whose["keyworker_id"] else Q(keyworker__isnull=True)


def _leaves(row: dict) -> date | str | None:
    """The last day of the row's keyworker, LEFT, or None for somebody who stays."""
    if not row["works_here"]:
        return LEFT
    return None if row["stays"] else row["last_day"]


def by_keyworker(held, today) -> list[dict]:
    """A row a keyworker: how many under each of NARROWED, with a plan in force, at high risk. One query; the sums are the service's."""
    in_force = Exists(CarePlan.objects.filter(episode=OuterRef("pk"), state=CarePlan.State.CURRENT))
    return list(
        held.values("keyworker_id", "works_here", "stays", "last_day", *BESIDE, name=F("keyworker__name"))
        .annotate(
            with_plan=Count("pk", filter=in_force),
            high_risk=Count("pk", filter=Q(risk=Episode.Risk.HIGH)),
            **numbers(today),
        )
        .order_by("-overdue", "name", "keyworker_id")
    )
