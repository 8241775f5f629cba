"""What has changed since the start of treatment."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from carehub.guards import requires
from clients.outcomes.page import outcomes_of
from clients.views.of_client import client_page


@requires("client.view")
def outcomes(request: HttpRequest, client_id: UUID) -> HttpResponse:
    client, context = client_page(request, client_id, tab="assessments")
    found = outcomes_of(client.pk, request.actor, context["episode"])
    return render(request, "clients/outcomes.html", context | {"outcomes": found})
