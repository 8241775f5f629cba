"""The risk management plan of a client: the one in force, those before it, and the page on which it is written."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from carehub.actors import NotAllowed
from carehub.asking import Asking
from carehub.guards import requires
from carehub.offering import allows
from carehub.rules import Refused
from clients import risk_planning
from clients.actions.planning_risk import begin_risk_plan, save_risk_plan
from clients.assessed.accepted import accepted
from clients.banner import said
from clients.forms.risk_plans import RiskPlanForm
from clients.models import Episode, RiskFound, RiskPlan
from clients.views.of_client import client_page


def _client(request: HttpRequest, client_id: UUID) -> tuple[Episode, dict[str, Any]]:
    """The stay that the plan belongs to, and what the page shows; 404 without one."""
    _person, context = client_page(request, client_id, tab="assessments")
    if context["episode"] is None:
        raise Http404
    return context["episode"], context


@requires("client.view")
def risk_plan(request: HttpRequest, client_id: UUID) -> HttpResponse:
    episode, context = _client(request, client_id)
    plans = RiskPlan.objects.visible_to(request.actor).filter(episode=episode).select_related("agreed_by", "begun_by")
    plans = list(plans.prefetch_related("steps__task__done_by", "steps__task__person").order_by("-number"))
    agreed = [each for each in plans if each.state == RiskPlan.State.AGREED]
    context |= {
        "in_force": agreed[0] if agreed else None,
        "older": agreed[1:],
        "draft": next((each for each in plans if each.state == RiskPlan.State.DRAFT), None),
        "found": [(RiskFound.Area(each["area"]).label, said(each)) for each in episode.risk_words],
        "new": [said(each) for each in episode.new_since_risk_plan],
        "off_paper": risk_planning.off_paper(episode),
        "may_write": allows(risk_planning.may_plan_risk, request.actor, episode),
        "form": None,
    }
    return render(request, "clients/risk_plan.html", context)


@require_POST
@requires("assessment.write")
def begin(request: HttpRequest, client_id: UUID) -> HttpResponse:
    episode, _page = _client(request, client_id)
    try:
        plan = begin_risk_plan(by=request.actor, client_id=client_id, episode=episode)
    except (NotAllowed, Refused):
        return redirect("risk-plan", client_id)
    return redirect("risk-plan-edit", client_id, plan.pk)


@requires("assessment.write")
def edit(request: HttpRequest, client_id: UUID, pk: UUID) -> HttpResponse:
    episode, context = _client(request, client_id)
    plans = RiskPlan.objects.visible_to(request.actor).prefetch_related("steps")
    plan = get_object_or_404(plans, pk=pk, client_id=client_id)
    if plan.state == RiskPlan.State.AGREED:
        return redirect("risk-plan", client_id)
    stands = {
        "opened_at": plan.row_version,
        "review_on": plan.review_on or risk_planning.latest_review(request.actor, episode),
        "agreement": plan.agreement,
        "agreement_words": plan.agreement_words,
    }
    asking = Asking(
        request,
        RiskPlanForm,
        kind="risk-plan",
        subject=plan.pk,
        client_id=client_id,
        back_url=reverse("risk-plan", args=[client_id]),
        stands=stands,
        risks=risk_planning.risks_by_area(episode),
        steps=list(plan.steps.all()),
    )
    agree = request.POST.get("then") == "agree"
    steps = {str(each.task_id) for each in plan.steps.all() if each.task_id}
    offered = [each for each in accepted(request.actor, episode) if str(each.task.pk) not in steps]
    taken = next((each for each in offered if str(each.task.pk) == request.POST.get("take")), None)
    if form := asking.answered():
        keyworker = episode.keyworker.name if episode.keyworker else ""
        area = request.POST.get(f"where-{taken.task.pk}", "") if taken else ""

        def save() -> None:
            save_risk_plan(
                by=request.actor,
                client_id=client_id,
                plan=plan,
                opened_at=form.cleaned_data["opened_at"] or 0,
                steps=form.with_task(taken, area, keyworker) if taken else form.steps,
                said=form.said,
                agree=agree,
            )

        if asking.does(save, said=_("Agreed and locked.") if agree else _("Saved. It is not agreed yet.")):
            return redirect("risk-plan", client_id) if agree else redirect("risk-plan-edit", client_id, pk)
    areas = [(area, RiskFound.Area(area).label) for area in asking.form.places]
    return asking.page("clients/risk_plan_edit.html", **context | {"offered": offered, "areas": areas})
