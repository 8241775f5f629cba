"""What befalls a plan beside its text: what changed between versions, notes, a signature that came later, its end, who leads."""

from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from carehub.actors import NotAllowed
from carehub.asking import Asking
from carehub.guards import requires
from carehub.lifecycle import WrongState
from carehub.rules import Refused
from carehub.signing_in.turned_screen import for_the_client
from careplans import policies
from careplans.actions import adding, closing
from careplans.changes import changes_since
from careplans.forms.life import CloseForm, NoteForm, SignedLaterForm
from careplans.models import PlanVersion
from careplans.views.plan_page import address, plan_context, plan_version


@for_the_client
@require_safe
@requires("plan.view")
def what_changed(request: HttpRequest, client_id: UUID, pk: UUID) -> HttpResponse:
    """Any two versions of one plan. The client reads along: no banner, and nothing that others said."""
    version = plan_version(request, client_id, pk)
    of_plan = Q(plan_id=version.plan_id) | Q(pk=version.copied_from_id)
    mine = PlanVersion.objects.visible_to(request.actor).filter(of_plan, begun_at__lt=version.begun_at)
    earlier = list(mine.order_by("-begun_at"))
    asked = request.GET.get("from", "")
    before = next((each for each in earlier if str(each.pk) == asked), None) or _before(version, earlier)
    context = plan_context(request, version) | {
        "earlier": earlier,
        "before": before,
        "may_agree": policies.allows(policies.may_edit, version, request.actor),
        "may_sign": policies.allows(policies.check_sign, version, request.actor),
    }
    if before is not None:
        context["changes"] = changes_since(before.pk, version, request.actor)
    return render(request, "careplans/plan_changes.html", context)


def _before(version: PlanVersion, earlier: list[PlanVersion]) -> PlanVersion | None:
    """The one it was copied from, else the newest before it."""
    return next((each for each in earlier if each.pk == version.copied_from_id), next(iter(earlier), None))


@requires("plan.write")
def note(request: HttpRequest, client_id: UUID, pk: UUID) -> HttpResponse:
    version = plan_version(request, client_id, pk)
    if why := policies.why_not(policies.check_add, version, request.actor):
        return _not_now(request, version, why)
    back = address("plan-show", version)
    asking = Asking(request, NoteForm, kind="plan-note", subject=version.pk, client_id=version.client_id, back_url=back)
    if (form := asking.answered()) and asking.does(
        lambda: adding.add_note(version=version, by=request.actor, **form.cleaned_data), said=_("The note stands beside the plan.")
    ):
        return redirect(back)
    return asking.page("careplans/plan_note.html", **plan_context(request, version) | {"back_url": back})


@requires("plan.write")
def signed_later(request: HttpRequest, client_id: UUID, pk: UUID) -> HttpResponse:
    """The client had agreed by word, and has signed since."""
    version = plan_version(request, client_id, pk)
    if why := policies.why_not(adding.may_sign_later, version, request.actor):
        return _not_now(request, version, why)
    form, back, problem = SignedLaterForm(request.POST or None, request.FILES or None), address("plan-show", version), ""
    if request.method == "POST" and form.is_valid():
        try:
            adding.sign_later(version=version, by=request.actor, **form.cleaned_data)
        except Refused as no:
            for name, sentences in no.fields.items():
                form.add_error(name, sentences)
            problem = "" if no.fields else no.message
        else:
            messages.success(request, _("The signature is on record, beside the plan."))
            return redirect(back)
    return render(
        request, "careplans/plan_signed_later.html", plan_context(request, version) | {"form": form, "back_url": back, "problem": problem}
    )


@requires("plan.write")
def close(request: HttpRequest, client_id: UUID, pk: UUID) -> HttpResponse:
    version = plan_version(request, client_id, pk)
    if why := policies.why_not(policies.check_close, version.plan, request.actor):
        return _not_now(request, version, why)
    back = address("plan-show", version)
    asking = Asking(request, CloseForm, kind="plan-close", subject=version.plan_id, client_id=version.client_id, back_url=back)
    if (form := asking.answered()) and asking.does(
        lambda: closing.close(plan=version.plan, why=form.cleaned_data["why"], by=request.actor),
        said=_("The plan is closed. Every version of it can still be read."),
    ):
        return redirect(back)
    return asking.page("careplans/plan_close.html", **plan_context(request, version) | {"back_url": back})


@require_POST
@requires("plan.write")
def lead(request: HttpRequest, client_id: UUID, pk: UUID) -> HttpResponse:
    version = plan_version(request, client_id, pk)
    try:
        closing.lead(plan=version.plan, by=request.actor)
    except (Refused, WrongState, NotAllowed) as no:
        messages.error(request, str(no))
    else:
        messages.success(request, _("This is the lead plan now."))
    return redirect(address("plan-show", version))


def _not_now(request: HttpRequest, version: PlanVersion, why: str) -> HttpResponse:
    messages.error(request, why)
    return redirect(address("plan-show", version))
