"""With whom a client has agreed that their plan, or a part of it, may be shared: what a summary for another agency rests on."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from carehub.actors import Actor
from carehub.models import Agency
from carehub.models.access import Part
from careplans.models import PlanVersion
from clients.models import Client, Consent


@dataclass(frozen=True)
class Share:
    """One agency, and what of other agencies' records it may read under all consents in force together."""

    agency: Agency
    parts: frozenset[str]
    #: The day on which the first of these consents ends.
    until: date | None


def shares(version: PlanVersion, actor: Actor) -> list[Share]:
    """By the agency's name. The plan's own agency treats them and is no 'other'."""
    given = Consent.objects.visible_to(actor).in_force().filter(client_id=version.client_id, kind=Consent.Kind.SHARING)
    found: dict[Any, Share] = {}
    for consent in given.prefetch_related("named__to"):
        for named in consent.named.all():
            if named.to_id == version.plan.agency_id:
                continue
            known = found.get(named.to_id, Share(named.to, frozenset(), None))
            ends = [day for day in (known.until, consent.until) if day]
            found[named.to_id] = Share(named.to, known.parts | set(consent.parts), min(ends, default=None))
    return sorted(found.values(), key=lambda share: share.agency.name)


def beside(share: Share, client: Client, *, discreet: bool) -> dict[str, Any]:
    """What the summary is made from beside the version; as JSON.

    That something is left out is said only where nobody must be kept from knowing that there is more, and never on discreet paper.
    """
    whole = Part.PLANS in share.parts
    safe = getattr(client, "safe_contact", None)
    may_say = not discreet and safe is not None and not safe.who_must_not_know
    return {
        "to": share.agency.name,
        "whole_plan": whole,
        "until": share.until.isoformat() if share.until else None,
        "says_left_out": may_say and not whole,
    }
