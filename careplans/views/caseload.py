"""My caseload: what is due first."""

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from carehub import clock, events, local_settings
from carehub.guards import requires
from carehub.models import Notice
from carehub.pages import NOTICES_COUNTED
from careplans.worklist import NARROWED, as_links, numbers, page_of
from clients.assessed.open_ones import open_assessments
from clients.models import Episode, ReceivedReferral
from clients.open_tasks import before_anything_else
from clients.outcomes.due import late_in_treatment, late_profiles

#: Narrowed to those whose outcome profile is late: by the partnership's own settings, so it stands beside NARROWED.
PROFILES, LATE = "profiles", _("with a late outcome profile")


@requires("caseload.view")
def caseload(request: HttpRequest) -> HttpResponse:
    today = clock.today()
    mine = Episode.objects.visible_to(request.actor).of_keyworker(request.actor.caseload_person_id).open()
    settings = local_settings.of(request.actor.partnership)
    late = Count("pk", filter=late_in_treatment(settings, today))
    sent = ReceivedReferral.objects.visible_to(request.actor).waiting().as_numbers(today)
    unread = Notice.objects.visible_to(request.actor).unread().as_number(NOTICES_COUNTED)
    # Counted in the same question: nought and how many were sent, nought and how many are unread.
    beside = {name: 0 * Count("pk") + number for name, number in sent.items()} | {"unread": 0 * Count("pk") + unread}
    counts = mine.aggregate(**numbers(today), profiles=late, **beside)
    if request.GET.get("show") == PROFILES:
        shown, words, narrowed = PROFILES, LATE, late_profiles(mine, settings, today)
    else:
        shown = request.GET.get("show") if request.GET.get("show") in NARROWED else "all"
        words, _look, rule = NARROWED[shown]
        narrowed = mine.filter(rule(today))
    rows, further = page_of(narrowed, request.actor, request.GET.get("after", ""))
    first = before_anything_else(request.actor, mine=True, today=today)
    assessments = [] if request.GET.get("after") else open_assessments(request.actor, today=today)
    events.saw(*(each.client.pk for each in assessments))
    events.saw(*(row.episode.client_id for row in rows), *first.client_ids)
    page = {
        "first": first,
        "assessments": assessments,
        "rows": rows,
        "further": further,
        "referrals": counts,
        # For the header (pages.page_context), which then asks for it no more.
        "unread_notices": counts["unread"],
        "counts": [
            *as_links(counts, request.path),
            {"number": counts["profiles"], "words": LATE, "url": f"{request.path}?show={PROFILES}", "state": "overdue"},
        ],
        "shown": shown,
        "shown_words": words,
        "total": counts["all"],
    }
    return render(request, "careplans/caseload.html", page)
