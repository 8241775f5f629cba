"""What a manager has sent back of a plan, as its pages show it."""

from dataclasses import dataclass

from carehub.actors import Actor
from careplans import policies
from careplans.models import PlanReturn, PlanVersion


@dataclass(frozen=True)
class Shown:
    """``open``: of any version of the plan, each knows whether the reader may say how it was ``mended``; those of this version alone."""

    open: tuple[PlanReturn, ...] = ()
    mended: tuple[PlanReturn, ...] = ()


def of_plan(version: PlanVersion, actor: Actor) -> Shown:
    """One query; none for another agency, whose business it is not."""
    if version.plan.agency_id != actor.agency_id:
        return Shown()
    found = list(PlanReturn.objects.visible_to(actor).filter(version__plan=version.plan_id).select_related("returned_by", "mended_by"))
    for each in found:
        each.may_mend = policies.allows(policies.check_mend, each, actor)  # type: ignore[attr-defined]  # for the template
    waits = tuple(each for each in found if each.mended_at is None)
    return Shown(waits, tuple(each for each in found if each.mended_at and each.version_id == version.pk))
