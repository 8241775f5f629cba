"""A client's assessments on one page: what stands, what has changed, what is due again, what can be asked now."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from carehub import clock
from carehub.guards import requires
from carehub.offering import allows
from clients import assessed, policies
from clients.models import Assessment
from clients.profile_due import profile_due
from clients.recorded import form_of, part_asked
from clients.views.of_client import client_page

#: The newest so many are listed; older ones stay in the record.
SHOWN = 60


@requires("client.view")
def assessments(request: HttpRequest, client_id: UUID) -> HttpResponse:
    actor, today = request.actor, clock.today()
    client, context = client_page(request, client_id, tab="assessments")
    episode = context["episode"]
    rows = Assessment.objects.visible_to(actor).filter(client=client).select_related("completed_by", "started_by", "agency", "handed_to")
    rows = list(rows.order_by("-took_place_on", "-completed_at", "-started_at")[:SHOWN])
    corrected = {each.corrects_id for each in rows if each.state == Assessment.State.COMPLETE and each.corrects_id}
    standing = [each for each in rows if each.state == Assessment.State.COMPLETE and each.pk not in corrected]
    drafts = [each for each in rows if each.state == Assessment.State.DRAFT]
    history = assessed.scored(standing)
    areas = assessed.areas_now(history)
    outcome_due = profile_due(actor, episode)
    context |= {
        "may_assess": episode is not None and allows(policies.may_assess, actor, episode),
        "kinds": assessed.kinds(standing, drafts, partnership=actor.partnership, today=today, outcome_due=outcome_due),
        "areas": areas if history else [],
        "scored_on": sorted({each.asked for each in areas if each.asked}),
        "profile": assessed.profile(areas) if history else None,
        "over_time": assessed.over_time(history, areas) if history else None,
        "listed": [(each, form := form_of(each), part_asked(form, each.only), each.pk in corrected) for each in rows],
        "form": None,
        "outcome_due": outcome_due,
    }
    return render(request, "clients/assessments.html", context)
