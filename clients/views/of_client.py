"""What every page about a client begins with."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from carehub import events
from clients.banner import banner, episode_for_banner
from clients.client_tabs import client_tabs
from clients.models import Client, SafeContact


def client_page(request: HttpRequest, client_id: UUID, *, tab: str = "") -> tuple[Client, dict[str, Any]]:
    """The client, in reach or 404, and what every page about them shows."""
    client = get_object_or_404(Client.objects.visible_to(request.actor).select_related("safe_contact"), pk=client_id)
    events.saw(client.pk)
    episode = episode_for_banner(client, request.actor)
    context = {
        "client": client,
        "episode": episode,
        "banner": banner(client, episode, request.actor),
        "tabs": client_tabs(request.actor, client.pk),
        "tab": tab,
    }
    return client, context


def warn_if_no_way(request: HttpRequest, safe: SafeContact | None) -> None:
    """After it was saved how they may be reached: refused is nothing, said it is."""
    if safe is not None and safe.no_way:
        messages.warning(request, SafeContact.NO_WAY)
