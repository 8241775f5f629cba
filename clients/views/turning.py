"""'The client can see this screen': from here on only what they may look at (carehub.signing_in.turned_screen)."""

from collections.abc import Callable
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from carehub import events
from carehub.definitions import fields
from carehub.definitions.schema import Section
from carehub.definitions.typed import field_names
from carehub.guards import requires
from carehub.models import Draft
from carehub.signing_in import turned_screen
from carehub.views.screen import next_page
from clients.models import Client


@require_POST
@requires("client.view")
def turn(request: HttpRequest, client_id: UUID) -> HttpResponse:
    turn_to(request, get_object_or_404(Client.objects.visible_to(request.actor), pk=client_id))
    return redirect(next_page(request))


def turn_to(request: HttpRequest, client: Client) -> None:
    turned_screen.turn(request, client.pk)
    events.record("screen.turned", by=request.actor, client=client.pk)


def not_for_client(section: Section) -> Callable[[Draft], bool]:
    """Whether kept text holds an answer to what a client must not see of ``section``."""
    names = [name for question in section.questions if fields.not_for_client(question) for name in field_names(question)]
    return lambda draft: any("".join(draft.fields.get(name, [])) for name in names)
