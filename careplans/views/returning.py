"""Returned by a manager: what is to be mended and when; how it was mended."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from carehub.asking import Asking
from carehub.guards import requires
from careplans import policies
from careplans.actions import returning
from careplans.actions.returning import RETURNED
from careplans.forms.returning import MendedForm, ReturnForm
from careplans.models import PlanReturn, PlanVersion
from careplans.views.plan_page import address, plan_context, plan_version


@requires("plan.return")
def return_version(request: HttpRequest, client_id: UUID, pk: UUID) -> HttpResponse:
    version = plan_version(request, client_id, pk)
    asking = _asking(request, version, ReturnForm, kind=RETURNED, subject=version.pk)
    if refused := policies.why_not(policies.check_return, version, request.actor):
        messages.error(request, refused)
        return redirect("plan-show", client_id, pk)
    if form := asking.answered():
        said = form.cleaned_data
        if asking.does(
            lambda: returning.return_version(version=version, by=request.actor, **said), said=_("Returned. The keyworker is told.")
        ):
            return redirect("plan-show", client_id, pk)
    return asking.page("careplans/plan_return.html", **_shown(request, version))


@requires("plan.write")
def mended(request: HttpRequest, client_id: UUID, pk: UUID) -> HttpResponse:
    found = PlanReturn.objects.visible_to(request.actor).select_related("returned_by")
    returned = get_object_or_404(found, pk=pk, client_id=client_id)
    version = plan_version(request, client_id, returned.version_id)
    asking = _asking(request, version, MendedForm, kind="plan.mended", subject=returned.pk)
    if refused := policies.why_not(policies.check_mend, returned, request.actor):
        messages.error(request, refused)
        return redirect("plan-show", client_id, version.pk)
    if form := asking.answered():
        said = form.cleaned_data
        if asking.does(lambda: returning.mend(returned=returned, by=request.actor, **said), said=_("On record: it is mended.")):
            drafts = PlanVersion.objects.visible_to(request.actor).filter(plan=version.plan_id, state=PlanVersion.State.DRAFT)
            # What was kept for the review is mended in the version that is written from it.
            written = drafts.exclude(pk=version.pk).first()
            return redirect("plan-edit", client_id, written.pk) if written else redirect("plan-show", client_id, version.pk)
    return asking.page("careplans/plan_mended.html", returned=returned, **_shown(request, version))


def _asking(request: HttpRequest, version: PlanVersion, form: type, **more: Any) -> Asking:
    return Asking(request, form, client_id=version.client_id, back_url=address("plan-show", version), **more)


def _shown(request: HttpRequest, version: PlanVersion) -> dict[str, Any]:
    back = {"back_url": address("plan-show", version), "back_text": _("Back to the plan")}
    return plan_context(request, version) | back
