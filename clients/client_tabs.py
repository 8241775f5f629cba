"""The tabs over every page about a client: only what exists and may be read."""

from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from carehub.actors import Actor


def client_tabs(actor: Actor, client_id: UUID, *between: dict[str, str]) -> list[dict[str, str]]:
    """Summary and assessments first, then what the page adds (the plan), then who may see all of it."""
    found = [{"name": "summary", "text": _("Summary"), "url": reverse("client", args=[client_id])}]
    if actor.may("client.view"):
        found.append({"name": "assessments", "text": _("Assessments"), "url": reverse("assessments", args=[client_id])})
    found += between
    if actor.may("client.view"):
        found.append({"name": "pathways", "text": _("Pathways"), "url": reverse("client-pathways", args=[client_id])})
    if actor.may("access.view"):
        found.append({"name": "sharing", "text": _("Sharing"), "url": reverse("client-sharing", args=[client_id])})
        found.append({"name": "looked", "text": _("Who has looked"), "url": reverse("client-looked", args=[client_id])})
    return found
