"""Beginning an assessment: a new one, an update of a part, a correction; or handing a begun one on."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from carehub import clock
from carehub.actors import Actor, NotAllowed
from carehub.asking import Asking
from carehub.definitions.errors import UnknownDefinition
from carehub.definitions.schema import Form
from carehub.form_editions import form_for
from carehub.guards import requires
from carehub.rules import Refused
from clients.actions import assessing
from clients.assessed.recorded import asked_sections, form_of
from clients.forms.assessing import CorrectForm, DeclineComprehensiveForm, HandOnForm, StartForm
from clients.models import Assessment
from clients.policies import records as policies
from clients.views.assessing import assessment_context, assessment_of
from clients.views.of_client import client_page


@requires("assessment.write")
def start(request: HttpRequest, client_id: UUID, form: str = "triage") -> HttpResponse:
    """Begins an assessment on a form, or goes on with the one that is begun."""
    actor = request.actor
    client, shown = client_page(request, client_id, tab="assessments")
    episode = shown["episode"]
    definition = _definition(request.actor, form)
    if episode is None:
        raise Http404
    here = Assessment.objects.visible_to(actor).filter(client_id=client.pk, form=definition.name)
    begun = here.filter(episode=episode, state=Assessment.State.DRAFT).first()
    if begun and begun.agency_id == actor.agency_id:
        return redirect("assessment-edit", client.pk, begun.pk)
    # A button elsewhere posts nothing: all of it, today.
    asked = "took_place_on_day" in request.POST
    asked_before = here.filter(state=Assessment.State.COMPLETE).exists()
    page = StartForm(request.POST if asked else None, definition=definition, asked_before=asked_before)
    refused = ""
    try:
        policies.may_assess(actor, episode)
        if request.method == "POST" and (not asked or page.is_valid()):
            said: dict[str, Any] = page.answered if asked else {"took_place_on": clock.today()}
            assessment = assessing.start_assessment(by=actor, client_id=client.pk, episode=episode, form=definition.name, **said)
            return redirect("assessment-edit", client.pk, assessment.pk)
    except (NotAllowed, Refused) as reason:
        refused = str(reason)
        if isinstance(reason, Refused) and reason.fields and page.is_bound:
            refused = ""
            for name, sentences in reason.fields.items():
                page.add_error(name if name in page.fields else None, sentences)
    context = shown | {
        "form": page,
        "refused": refused,
        "definition": definition,
        "back_url": reverse("assessments", args=[client.pk]),
    }
    return render(request, "clients/assessment_start.html", context)


def _definition(by: Actor, name: str) -> Form:
    try:
        return form_for(by.partnership_id, name)
    except UnknownDefinition:
        raise Http404 from None


def _of_client(request: HttpRequest, client_id: UUID, pk: UUID) -> tuple[Assessment, dict[str, Any]]:
    assessment = assessment_of(request, client_id, pk)
    return assessment, assessment_context(request, assessment, form_of(assessment))


@requires("assessment.write")
def correct(request: HttpRequest, client_id: UUID, pk: UUID) -> HttpResponse:
    """Why, and then the same answers again, to be changed. The other assessment stays as it was."""
    assessment, context = _of_client(request, client_id, pk)
    asking = Asking(
        request,
        CorrectForm,
        kind="assessment-correct",
        subject=assessment.pk,
        client_id=client_id,
        back_url=reverse("assessment-show", args=[client_id, pk]),
    )
    begun: list[Assessment] = []

    def begin() -> None:
        why = asking.form.cleaned_data["why"]
        begun.append(assessing.start_correction(by=request.actor, client_id=client_id, assessment=assessment, why=why))

    if asking.answered() and asking.does(begin, said=_("Change what was wrong, then complete it again.")):
        return redirect("assessment-edit", client_id, begun[0].pk, asked_sections(begun[0], form_of(begun[0]))[0].id)
    return asking.page("clients/assessment_correct.html", **context)


@requires("assessment.write")
def decline_comprehensive(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """Why the comprehensive assessment that the triage asked for will not be done."""
    client, context = client_page(request, client_id, tab="assessments")
    episode = context["episode"]
    if episode is None:
        raise Http404
    back = reverse("client", args=[client.pk])
    asking = Asking(request, DeclineComprehensiveForm, kind="comprehensive-decline", subject=episode.pk, client_id=client.pk, back_url=back)
    if (form := asking.answered()) and asking.does(
        lambda: assessing.decline_comprehensive(by=request.actor, client_id=client.pk, episode=episode, why=form.cleaned_data["why"]),
        said=_("On record: the comprehensive assessment will not be done."),
    ):
        return redirect("client", client.pk)
    return asking.page("clients/comprehensive_decline.html", **context)


@requires("assessment.write")
def hand_on(request: HttpRequest, client_id: UUID, pk: UUID) -> HttpResponse:
    assessment, context = _of_client(request, client_id, pk)
    back = reverse("assessment-edit", args=[client_id, pk])
    asking = Asking(
        request, HandOnForm, kind="assessment-hand-on", subject=assessment.pk, client_id=client_id, back_url=back, actor=request.actor
    )
    form = asking.answered()
    if form and asking.does(
        lambda: assessing.hand_on(by=request.actor, client_id=client_id, assessment=assessment, to=form.person),
        said=_("Handed on. %(name)s has a notice.") % {"name": form.person.name},
    ):
        return redirect("client", client_id)
    return asking.page("clients/assessment_hand_on.html", **context)
