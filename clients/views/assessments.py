"""A client's assessments on one page: what stands, what has changed, what is due again, what can be asked now; and one as it was asked."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from carehub import clock
from carehub.definitions import show as as_asked
from carehub.definitions.fingerprint import fingerprint
from carehub.guards import requires
from carehub.offering import allows
from clients.assessed import over_time as assessed
from clients.assessed.findings import what_answers_say
from clients.assessed.proposed import of_assessment
from clients.assessed.recorded import asked_sections, form_of, one_before, part_asked, stamp_of, stamps_of
from clients.models import Assessment
from clients.outcomes.due import profile_due
from clients.policies import records as policies
from clients.views.assessing import assessment_context, assessment_of
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
        "asked": (asked := [each for each in areas if each.asked]),
        "scored_on": sorted({each.asked for each in asked if each.asked}),
        "profile": assessed.profile(areas) if history else None,
        "over_time": assessed.over_time(history, areas) if history else None,
        "listed": [(each, form := form_of(each), part_asked(form, each.only), each.pk in corrected) for each in rows],
        "form": None,
        "outcome_due": outcome_due,
    }
    return render(request, "clients/assessments.html", context)


@requires("client.view")
def show(request: HttpRequest, client_id: UUID, pk: UUID) -> HttpResponse:
    """As it was asked, in the version of the form that it was recorded on."""
    assessment = assessment_of(request, client_id, pk)
    form = form_of(assessment)
    complete = assessment.state == Assessment.State.COMPLETE
    before = one_before(request.actor, assessment) if complete else None
    sections = as_asked.show(
        form,
        assessment.answers,
        stamp=stamp_of(assessment) if complete else None,
        sections=stamps_of(assessment),
        before=before.answers if before else None,
    )
    asked = {section.id for section in asked_sections(assessment, form)}
    context = assessment_context(request, assessment, form) | {
        "sections": [each for each in sections if each.id in asked],
        "not_asked": [each for each in sections if each.id not in asked],
        "before": before,
        "corrected_by": Assessment.objects.visible_to(request.actor).filter(corrects=assessment).first() if complete else None,
        "may_correct": complete and allows(policies.may_correct, request.actor, assessment),
        "says": what_answers_say(form, assessment.answers),
        **of_assessment(request.actor, assessment),
        "form_changed": complete and fingerprint(form) != assessment.form_fingerprint,
        "may_go_on": assessment.state == Assessment.State.DRAFT
        and assessment.agency_id == request.actor.agency_id
        and request.actor.may("assessment.write"),
    }
    return render(request, "clients/assessment_show.html", context)
