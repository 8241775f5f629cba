"""The review of a plan: one page, one save. It leads to the draft of the next version."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from carehub import clock
from carehub.actors import NotAllowed
from carehub.form_editions import form_for
from carehub.guards import requires
from carehub.keeping import Keeping, as_left
from carehub.lifecycle import WrongState
from carehub.rules import Refused
from careplans import content, offers, policies, returns
from careplans.actions import reviewing
from careplans.actions.needs import SCORES
from careplans.content import Content
from careplans.forms.reviewing import ReviewForm
from careplans.keeping_safe import areas_of
from careplans.models import PlanVersion
from careplans.review_standing import standing
from careplans.views.plan_page import address, plan_context, plan_version
from clients.assessed import over_time as assessed
from clients.models import Assessment
from clients.outcomes.due import profile_due

NO = (Refused, WrongState, NotAllowed)


@requires("plan.write")
def review(request: HttpRequest, client_id: UUID, pk: UUID) -> HttpResponse:
    version = plan_version(request, client_id, pk)
    keeping = Keeping(request, kind="plan-review", subject=version.pk, client_id=version.client_id)
    draft, reviewed = reviewing.standing_of(version.plan)
    if why_not := policies.why_not(policies.check_review, version.plan, request.actor, draft=draft, reviewed=reviewed):
        return _not_now(request, version, draft, why_not, keeping)
    said = content.of(version)
    latest = policies.latest_review(version, reviewed=True)
    if request.method == "POST":
        form = _form(request, version, said, request.POST)
        if form.is_valid():
            try:
                made = reviewing.review(plan=version.plan, version=version, held=form.held, by=request.actor)
            except Refused as no:
                if not no.fields:
                    return _not_now(request, version, reviewing.standing_of(version.plan)[0], no.message, keeping)
                form.refuse(no.fields)
            except (WrongState, NotAllowed) as no:
                return _not_now(request, version, None, str(no), keeping)
            else:
                keeping.done()
                messages.success(
                    request,
                    _("The review is saved, and the next version is written from it. Read together what has changed, then agree and sign."),
                )
                return redirect("plan-edit", client_id, made.draft_id)
        else:
            form.say_the_rest(lambda: policies.check_held(version, said, form.held, latest=latest))
        keeping.not_taken()
    elif (left := keeping.data) is not None:
        form = as_left(_form(request, version, said, left))
    else:
        form = _form(request, version, said, initial={"held_on": clock.today(), "next_review_on": latest, "phase": version.phase})
    return render(request, "careplans/plan_review.html", _context(request, version, form, keeping) | {"latest": latest})


def _not_now(request: HttpRequest, version: PlanVersion, draft: PlanVersion | None, why_not: str, keeping: Keeping) -> HttpResponse:
    """A colleague was first, or the plan is closed. What somebody typed here stands on the page, to be taken over; else on to the draft."""
    typed = request.POST if request.method == "POST" else keeping.data
    onward = draft if draft is not None and policies.allows(policies.may_edit, draft, request.actor) else None
    go_on = address("plan-edit", onward) if onward else address("plan-show", version)
    if typed is None:
        messages.info(request, why_not)
        return HttpResponseRedirect(go_on)
    if request.method == "POST":
        keeping.not_taken()
    form = as_left(_form(request, version, content.of(version), typed))
    return render(request, "careplans/plan_review.html", _context(request, version, form, keeping) | {"why_not": why_not, "go_on": go_on})


def _form(request: HttpRequest, version: PlanVersion, said: Content, data: Any = None, **more: Any) -> ReviewForm:
    actor = request.actor
    rows = Assessment.objects.visible_to(actor).filter(client_id=version.client_id).standing().select_related("completed_by", "started_by")
    areas = assessed.areas_now(assessed.scored(list(rows)))
    scores = form_for(actor.partnership_id, SCORES) if actor.may("assessment.write") else None
    return ReviewForm(version, said, areas, scores, areas_of(version.plan.episode), data, tasks=offers.tasks_in(actor, said), **more)


def _context(request: HttpRequest, version: PlanVersion, form: ReviewForm, keeping: Keeping) -> dict[str, Any]:
    episode = version.plan.episode
    return plan_context(request, version) | {
        "form": form,
        "keeping": keeping,
        "draft_ticket": keeping.ticket,
        "here": address("plan-review", version),
        "standing": (now := standing(version, version.partnership)),
        "may_put_off": policies.allows(policies.check_put_off, now, request.actor),
        "returns": returns.of_plan(version, request.actor),
        "profile_due": profile_due(request.actor, episode),
        "risk_plan_on": episode.risk_plan_review_on,
    }
