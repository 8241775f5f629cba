"""When a manager may send a plan back, and who says that it was mended."""

from django.utils.translation import gettext as _

from carehub.actors import Actor, NotAllowed
from carehub.lifecycle import WrongState
from carehub.models import Person
from carehub.rules import Refused
from careplans.models import CarePlan, PlanReturn, PlanVersion
from careplans.policies.whose import of_own_agency
from clients.models import Episode

LONGEST = 1000


def check_return(version: PlanVersion, actor: Actor) -> None:
    """An agreed version or the one in force, of the manager's own service; whoever agreed it lets somebody else judge it."""
    actor.must("plan.return")
    of_own_agency(version.plan.agency_id, actor)
    if version.plan.state == CarePlan.State.CLOSED:
        raise WrongState(_("This plan is closed: nothing in it can be mended."))
    if version.plan.episode.state == Episode.State.DISCHARGED:
        raise Refused(_("This episode has ended: its plan can be read, not changed."))
    if version.state == PlanVersion.State.DRAFT:
        raise WrongState(_("This plan is still being written: it is returned once it is agreed."))
    if version.state == PlanVersion.State.SIGNED and version.pk != version.plan.current_id:
        raise WrongState(_("This is an earlier version: return the one that is in force."))
    if version.agreed_by_id == actor.person_id:
        raise NotAllowed(_("You agreed this version yourself: another manager judges it."))


def check_mend(returned: PlanReturn, actor: Actor) -> None:
    """By whoever writes plans in the agency. A plan that is closed meanwhile can still be crossed off."""
    actor.must("plan.write")
    of_own_agency(returned.agency_id, actor)
    if returned.mended_at is not None:
        raise WrongState(_("Somebody has said already how this was mended."))
    if returned.returned_by_id == actor.person_id:
        raise NotAllowed(_("You returned it yourself: whoever mends it says how."))


def check_nothing_to_mend(version: PlanVersion) -> None:
    """An agreed text that was returned to be mended now is not put before a client to sign."""
    waits = PlanReturn.objects.open().filter(version=version, mend=PlanReturn.Mend.NOW).select_related("returned_by")
    if found := waits.first():
        raise Refused(_returned_by(found.returned_by))


def _returned_by(manager: Person) -> str:
    return _("%(name)s returned this version, to be mended first. Mend it and say how; then it can be signed.") % {"name": manager.name}
