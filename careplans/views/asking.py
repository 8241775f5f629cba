"""Asking for a review before its day, and putting one off that is due."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from carehub import clock, local_settings
from carehub.actors import Actor
from carehub.asking import Asking
from carehub.guards import requires
from careplans import policies
from careplans.actions import asking as asks
from careplans.actions import putting_off
from careplans.forms.asking import AskForm, PutOffForm
from careplans.models import PlanVersion
from careplans.review_standing import ReviewStanding, standing
from careplans.views.plan_page import address, plan_context, plan_version


@requires("plan.write")
def ask(request: HttpRequest, client_id: UUID, pk: UUID) -> HttpResponse:
    version = plan_version(request, client_id, pk)
    now, settings = standing(version, version.partnership), local_settings.of(version.partnership)
    if why := _why_not(policies.check_ask, now, version, request.actor):
        return _not_now(request, version, why)
    days = min(settings.review_asked_days, settings.review_asked_most_days)
    asking = Asking(
        request,
        AskForm,
        kind="review-ask",
        subject=version.plan_id,
        client_id=version.client_id,
        back_url=address("plan-show", version),
        stands={"by_when": clock.today() + timedelta(days=days)},
        said=[each.reason for each in now.asked if each.version_id == now.version_id],
    )
    if (form := asking.answered()) and asking.does(
        lambda: asks.ask_for_review(version=version, by=request.actor, **form.cleaned_data),
        said=_("Asked for. The review is due by the earlier of the two days."),
    ):
        return redirect("plan-show", client_id, pk)
    return asking.page("careplans/plan_ask_review.html", **_shown(request, version), standing=now)


@requires("plan.write")
def put_off(request: HttpRequest, client_id: UUID, pk: UUID) -> HttpResponse:
    version = plan_version(request, client_id, pk)
    now = standing(version, version.partnership)
    if why := _why_not(policies.check_put_off, now, version, request.actor):
        return _not_now(request, version, why)
    first, latest = policies.put_off_days(now, local_settings.of(version.partnership))
    asking = Asking(
        request,
        PutOffForm,
        kind="review-put-off",
        subject=version.plan_id,
        client_id=version.client_id,
        back_url=address("plan-show", version),
        stands={"until": min(max(first, clock.today() + timedelta(days=14)), latest)},
    )
    if (form := asking.answered()) and asking.does(
        lambda: putting_off.put_off(version=version, by=request.actor, **form.cleaned_data),
        said=_("On record. The review stays due, and overdue, until it is held."),
    ):
        return redirect("plan-show", client_id, pk)
    contact = getattr(version.client, "safe_contact", None)
    return asking.page("careplans/plan_put_off.html", **_shown(request, version), standing=now, latest=latest, contact=contact)


def _why_not(rule: Callable[..., None], now: ReviewStanding, version: PlanVersion, actor: Actor) -> str:
    return policies.why_not(rule, now, actor) or policies.why_not(policies.check_in_force, now, version.pk)


def _not_now(request: HttpRequest, version: PlanVersion, why: str) -> HttpResponse:
    messages.error(request, why)
    return redirect(address("plan-show", version))


def _shown(request: HttpRequest, version: PlanVersion) -> dict[str, object]:
    return plan_context(request, version) | {"back_url": address("plan-show", version), "back_text": _("Back to the plan")}
