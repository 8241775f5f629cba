"""Who can see this client, and why; what the client has agreed to, and withdraws."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from carehub import clock, events
from carehub.definitions.catalogue import catalogue
from carehub.files.filing import file_scan
from carehub.guards import requires
from carehub.keeping import Keeping, as_left
from carehub.models import Access, Agency
from carehub.models.access import Part
from carehub.rules import Refused
from clients.actions import consenting
from clients.forms.sharing import ConsentForm, WithdrawForm
from clients.models import Client, Consent, Opening
from clients.policies import sharing as rules
from clients.views.of_client import client_page


@requires("access.view")
def sharing(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """Who, why, since when, until when; then every answer of the client, newest first."""
    client, context = client_page(request, client_id, tab="sharing")
    actor = request.actor
    grants = Access.objects.about(client.pk).open().select_related("agency", "membership__person", "membership__agency")
    consents = Consent.objects.visible_to(actor).filter(client=client).prefetch_related("named__to").order_by("-recorded_at")
    consents = list(consents.select_related("recorded_by", "agency", "withdrawn_by", "client_told_by", "scan"))
    treats = rules.treats(actor, client)
    return render(
        request,
        "clients/sharing.html",
        context
        | {
            "grants": _rows(grants, {each.pk: each for each in consents}),
            "consents": consents,
            "openings": Opening.objects.visible_to(actor)
            .filter(client=client)
            .select_related("membership__person")
            .order_by("-opened_at")[:20],
            "reasons": _texts("opening-reasons"),
            "grounds": _texts("sharing-exceptions"),
            "whys": _texts("withdrawal-reasons"),
            "treats": treats and actor.may("consent.record"),
            "unasked": [kind.label for kind in (Consent.Kind.TREATMENT, Consent.Kind.MONITORING) if not _asked(consents, kind)],
        },
    )


def _asked(consents: list[Consent], kind: str) -> bool:
    return any(each.kind == kind for each in consents)


def _texts(name: str) -> dict[str, str]:
    return {str(code.value): str(code.text) for code in catalogue().codes_on(name, clock.today()).codes}


def _rows(grants: Any, consents: dict[UUID, Consent]) -> list[dict[str, Any]]:
    """A row a grant: agencies that treat them first, then by name."""
    rows = [
        {
            "who": grant.agency.name if grant.agency else grant.membership.person.name,
            "where": "" if grant.agency else str(grant.membership.agency or grant.membership.title),
            "why": Access.Basis(grant.basis).label,
            "basis": grant.basis,
            "parts": [Part(part).label for part in grant.parts],
            "since": grant.since,
            "until": grant.until,
            "consent": consents.get(grant.rests_on),
        }
        for grant in grants
    ]
    return sorted(rows, key=lambda row: (row["basis"] != Access.Basis.EPISODE, row["who"]))


@requires("consent.record")
def record(request: HttpRequest, client_id: UUID) -> HttpResponse:
    client, context = client_page(request, client_id, tab="sharing")
    keeping = Keeping(request, kind="consent", subject=client.pk, client_id=client.pk)
    context |= {"keeping": keeping, "draft_ticket": keeping.ticket, "back_url": reverse("client-sharing", args=[client.pk])}
    rules.must_treat(request.actor, client, "consent.record")
    if request.method != "POST":
        form = as_left(ConsentForm(keeping.data, actor=request.actor)) if keeping.data else ConsentForm(actor=request.actor)
        return render(request, "clients/consent_record.html", context | {"form": form})
    form = ConsentForm(request.POST, request.FILES, actor=request.actor)
    if form.is_valid():
        try:
            # Together or not at all: a scan of what was refused would stay behind in the record.
            with transaction.atomic():
                signed = form.answered["how"] == Consent.How.SIGNED
                scan = file_scan(client, form.cleaned_data["scan"], by=request.actor) if signed else None
                consenting.record_consent(by=request.actor, client=client, scan=scan, **form.answered)
        except Refused as refused:
            for name, sentences in refused.fields.items():
                form.add_error(name if name in form.fields else None, sentences)
        else:
            keeping.done()
            messages.success(request, _("On record."))
            return redirect("client-sharing", client.pk)
    keeping.not_taken()
    return render(request, "clients/consent_record.html", context | {"form": form})


@requires("consent.record")
def withdraw(request: HttpRequest, client_id: UUID, pk: UUID) -> HttpResponse:
    """What stops is said before; after it, who must settle what."""
    client, context = client_page(request, client_id, tab="sharing")
    consent = get_object_or_404(Consent.objects.visible_to(request.actor).prefetch_related("named__to"), pk=pk, client=client)
    context |= {"consent": consent, "back_url": reverse("client-sharing", args=[client.pk])}
    form = WithdrawForm(request.POST or None)
    try:
        rules.may_withdraw(request.actor, consent, client)
        if request.method == "POST" and form.is_valid():
            said = form.cleaned_data
            tasks = consenting.withdraw_consent(
                by=request.actor, client=client, consent=consent, why=said["why"], client_told=bool(said["client_told"])
            )
            messages.success(request, _("Withdrawn. Nobody reads under it from now on. What an agency wrote stays with it."))
            if others := consenting.still_shared_with(request.actor, consent):
                names = {"agencies": ", ".join(each.name for each in others)}
                messages.warning(
                    request, _("Another consent is still in force for %(agencies)s: withdraw that as well, if it is to end.") % names
                )
            for task in tasks:
                messages.warning(request, task.words)
            return redirect("client-sharing", client.pk)
    except Refused as refused:
        messages.error(request, refused.message)
        return redirect("client-sharing", client.pk)
    return render(request, "clients/consent_withdraw.html", context | {"form": form})


@require_POST
@requires("consent.record")
def told(request: HttpRequest, client_id: UUID, pk: UUID) -> HttpResponse:
    """The client has been told what stops."""
    client = get_object_or_404(Client.objects.visible_to(request.actor), pk=client_id)
    consents = Consent.objects.visible_to(request.actor).select_related("client_told_by")
    try:
        consenting.note_client_told(by=request.actor, client=client, consent=get_object_or_404(consents, pk=pk, client=client))
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, _("On record: they have been told what stops."))
    return redirect("client-sharing", client.pk)


@requires("consent.record")
def paper(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """The form to read together and sign, with the limits of confidentiality; printed by the browser."""
    client, context = client_page(request, client_id, tab="sharing")
    others = Agency.objects.filter(partnership_id=client.partnership_id).exclude(pk=request.actor.agency_id).order_by("name")
    events.record("consent.form-printed", by=request.actor, client=client.pk)
    return render(
        request, "clients/consent_paper.html", context | {"others": others, "grounds": _texts("sharing-exceptions"), "today": clock.today()}
    )
