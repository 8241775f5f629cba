"""The plan as it will print, and then: sign here, on paper, or not."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from carehub import events
from carehub.actors import NotAllowed
from carehub.files.serving import file_response
from carehub.guards import requires
from carehub.lifecycle import WrongState
from carehub.rules import Refused
from carehub.signing_in.turned_screen import for_the_client, turned_to
from careplans import documents, policies, sheets
from careplans.actions import signing
from careplans.forms.signing import SignForm
from careplans.models import PlanVersion
from careplans.views.plan_page import plan_context, plan_version
from careplans.who_signed import signatures_of


@for_the_client
@requires("plan.sign")
def sign(request: HttpRequest, client_id: UUID, pk: UUID) -> HttpResponse:
    """For the client's eyes, before and after: no banner, no notices, nobody else's name.

    A signature is never kept as a draft, so this form is not.
    """
    version = plan_version(request, client_id, pk)
    if version.state != PlanVersion.State.AGREED:
        if request.method == "POST":
            messages.error(request, policies.why_not(policies.check_sign, version, request.actor))
        elif version.state == PlanVersion.State.SIGNED:
            return render(request, "careplans/plan_signed.html", plan_context(request, version) | {"signatures": signatures_of(version)})
        return redirect("plan-show", client_id, pk)
    turned = turned_to(request) is not None
    form = SignForm(version, request.actor, request.POST or None, request.FILES or None, turned=turned)
    problem = policies.why_not(policies.check_sign, version, request.actor)
    if request.method == "POST" and form.is_valid() and not problem:
        try:
            signing.sign(
                version=version,
                by=request.actor,
                client=form.word("client"),
                keyworker=form.word("keyworker"),
                witness=form.witness,
                seen_text=form.cleaned_data["seen_text"],
            )
        except Refused as no:
            problem = "" if no.fields else no.message
            form.take(no.fields)
        except (WrongState, NotAllowed) as no:
            problem = str(no)
        else:
            messages.success(request, _("Signed and locked. The document is being made."))
            # The client may still look at the screen.
            return redirect("plan-sign", client_id, pk)
    context = plan_context(request, version) | {
        "sheet": sheets.sheet_of(version, draft=True),
        "form": form,
        "problem": problem,
        "may_reopen": not turned and policies.allows(policies.check_reopen, version, request.actor),
    }
    return render(request, "careplans/plan_sign.html", context)


@for_the_client
@requires("plan.sign")
def paper(request: HttpRequest, client_id: UUID, pk: UUID) -> HttpResponse:
    """The agreed text as a PDF with lines to sign on."""
    version = plan_version(request, client_id, pk)
    if version.state != PlanVersion.State.AGREED:
        return redirect("plan-show", client_id, pk)
    events.record("plan.printed-to-sign", by=request.actor, client=version.client_id, subject=version)
    name = f"plan-{version.client.reference}-version-{version.number}-to-sign.pdf"
    return file_response(documents.paper_to_sign(version), documents.PDF, name)
