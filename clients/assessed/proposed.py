"""What an assessment proposed, for the pages around it."""

from typing import Any

from django.urls import reverse

from carehub.actors import Actor
from clients.models import Assessment, Proposal


def after_completing(assessment: Assessment) -> str:
    """The address to go to: where there is something to decide, there."""
    page = "proposals" if Proposal.objects.open().filter(assessment=assessment).exists() else "client"
    return reverse(page, args=[assessment.client_id])


def of_assessment(actor: Actor, assessment: Assessment) -> dict[str, Any]:
    """For clients/to_decide.html: its proposals, and whether the actor's agency decides about any of them."""
    found = list(Proposal.objects.visible_to(actor).filter(assessment=assessment).select_related("again").gravest_first())
    own = assessment.agency_id == actor.agency_id and actor.may("assessment.write")
    return {"proposals": found, "may_decide": own and any(each.is_open for each in found)}
