"""What the pages about one version of a plan have in common: fetching it, and whose it is."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from carehub import events
from carehub.pages import Banner
from careplans import content, policies
from careplans.actions.rescoring import take_up_scores
from careplans.models import CarePlan, PlanVersion
from careplans.review_standing import told
from careplans.scored_since import scored_since, with_completed_since
from careplans.sheets import with_sharing
from clients.banner import banner
from clients.client_tabs import client_tabs

RELATED = (
    "plan__episode__keyworker",
    "plan__episode__agency",
    "plan__agency",
    "client__safe_contact",
    "partnership",
    "agreed_by",
    "begun_by",
)


def plan_version(request: HttpRequest, client_id: UUID, pk: UUID) -> PlanVersion:
    """With its rows, its review's standing and all that the pages name. One query; another client's plan does not exist here."""
    seen = PlanVersion.objects.visible_to(request.actor).select_related(*RELATED)
    versions = told(with_sharing(with_completed_since(content.loaded(seen))))
    version = get_object_or_404(versions, pk=pk, client_id=client_id)
    events.saw(version.client_id)
    return version


def takes_up_scores(request: HttpRequest, version: PlanVersion) -> bool:
    """Before a draft is shown to whoever writes it: whether scores came in that it now says. Then it is to be fetched again."""
    since = scored_since(version)
    may = bool(since) and policies.allows(policies.may_edit, version, request.actor)
    return may and take_up_scores(version=version, since=since, by=request.actor)


def address(page: str, version: PlanVersion) -> str:
    return reverse(page, args=[version.client_id, version.pk])


def plan_context(request: HttpRequest, version: PlanVersion, *, tab: str = "plan") -> dict[str, Any]:
    shown: Banner = banner(version.client, version.plan.episode, request.actor)
    return {
        "version": version,
        "plan": version.plan,
        "client": version.client,
        "banner": shown,
        "tabs": client_tabs(request.actor, version.client_id),
        "tab": tab,
        "client_url": reverse("client", args=[version.client_id]),
        "back_url": reverse("client", args=[version.client_id]),
        "back_text": _("Back to %(name)s") % {"name": version.client.known_as},
        "title": CarePlan.Kind(version.plan.kind).label,
    }
