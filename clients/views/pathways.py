"""The pathways that there are, to read; those that a client is on."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from carehub import clock
from carehub.asking import Asking
from carehub.definitions.catalogue import catalogue
from carehub.guards import requires
from carehub.offering import allows, why_not
from carehub.rules import Refused
from clients.actions import pathways as actions
from clients.forms.pathways import AttachForm, EndForm
from clients.models import ClientPathway
from clients.pathways import Pathway, pathway, pathways
from clients.policies import pathways as rules
from clients.views.of_client import client_page


@requires("client.view")
def listed(request: HttpRequest) -> HttpResponse:
    return render(request, "clients/pathways.html", {"pathways": pathways()})


@requires("client.view")
def show(request: HttpRequest, name: str) -> HttpResponse:
    """The thirteen elements, to read and to print."""
    if (found := pathway(name)) is None:
        raise Http404
    return render(request, "clients/pathway_show.html", {"pathway": found, "back_url": reverse("pathways")})


@dataclass(frozen=True)
class Line:
    """One pathway of a client: its definition as it began (None where the file is gone), and how it ended."""

    row: ClientPathway
    led: Pathway | None
    how: str
    may_end: bool

    @property
    def title(self) -> str:
        return self.led.title if self.led else self.row.pathway


@requires("client.view")
def of_client(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """Those that are open, those that ended, and one more by hand."""
    client, context = client_page(request, client_id, tab="pathways")
    actor = request.actor
    rows = ClientPathway.objects.visible_to(actor).filter(client=client).select_related("started_by", "ended_by", "agency")
    lines = [_line(request, each) for each in rows.order_by("-started_on", "pathway", "pk")]
    open_lines = [each for each in lines if each.row.ended_on is None]
    episode = context["episode"]
    refused = why_not(rules.may_put_on, actor, episode)
    on = {each.row.pathway for each in open_lines if each.row.agency_id == actor.agency_id}
    offered = [each for each in pathways() if each.name not in on]
    asking = Asking(
        request,
        AttachForm,
        kind="pathway-attach",
        subject=client.pk,
        client_id=client.pk,
        back_url=reverse("client", args=[client.pk]),
        offered=offered,
    )
    if request.method == "POST" and refused:
        raise PermissionDenied(refused)
    if (form := asking.answered()) and episode is not None:
        said = form.cleaned_data
        if asking.does(
            lambda: actions.attach(by=actor, client_id=client.pk, episode=episode, name=said["pathway"], because=said["because"])
        ):
            return redirect("client-pathways", client.pk)
    shown: dict[str, Any] = {
        "open_lines": open_lines,
        "ended_lines": [each for each in lines if each.row.ended_on is not None],
        "may_attach": not refused and bool(offered),
    }
    return asking.page("clients/client_pathways.html", **context | shown)


def _line(request: HttpRequest, row: ClientPathway) -> Line:
    code = catalogue().codes_on("pathway-endings", clock.today()).code(row.ended_how)
    ended = code.text if code else row.ended_how
    return Line(row, pathway(row.pathway, row.version), ended, allows(rules.may_end, request.actor, row))


@requires("assessment.write")
def end(request: HttpRequest, client_id: UUID, pk: UUID) -> HttpResponse:
    client, context = client_page(request, client_id, tab="pathways")
    row = get_object_or_404(ClientPathway.objects.visible_to(request.actor).select_related("ended_by"), pk=pk, client=client)
    address = reverse("client-pathways", args=[client.pk])
    asking = Asking(request, EndForm, kind="pathway-end", subject=row.pk, client_id=client.pk, back_url=address)
    try:
        rules.may_end(request.actor, row)
    except Refused as refused:
        return render(request, "clients/pathway_end.html", context | {"refused": refused.message, "back_url": address})
    if form := asking.answered():
        said = form.cleaned_data
        if asking.does(lambda: actions.end(by=request.actor, client_id=client.pk, on_pathway=row, how=said["how"], words=said["words"])):
            return redirect("client-pathways", client.pk)
    return asking.page("clients/pathway_end.html", **context | {"line": _line(request, row)})
