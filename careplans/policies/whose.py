"""Whose a plan is: one agency writes it, others read it as far as it is shared."""

from uuid import UUID

from django.utils.translation import gettext as _

from carehub.actors import Actor, NotAllowed


def of_own_agency(agency_id: UUID | None, actor: Actor) -> None:
    """``agency_id``: of the plan, or of what hangs on it."""
    if agency_id != actor.agency_id:
        raise NotAllowed(_("Another agency writes this plan. You can read it."))
