"""The tabs over every page about a client: the same everywhere, only what may be read."""

from uuid import UUID

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from carehub.actors import Actor

#: Name, words, page, permission: in the order in which they stand.
TABS: tuple[tuple[str, Promise, str, str], ...] = (
    ("summary", _("Summary"), "client", "client.view"),
    ("assessments", _("Assessments"), "assessments", "client.view"),
    ("plan", _("Plan"), "client-plan", "plan.view"),
    ("pathways", _("Pathways"), "client-pathways", "client.view"),
    ("sharing", _("Sharing"), "client-sharing", "access.view"),
    ("looked", _("Who has looked"), "client-looked", "access.view"),
)


def client_tabs(actor: Actor, client_id: UUID) -> list[dict[str, str]]:
    return [
        {"name": name, "text": str(words), "url": reverse(page, args=[client_id])}
        for name, words, page, permission in TABS
        if actor.may(permission)
    ]
