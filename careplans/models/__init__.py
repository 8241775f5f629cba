"""The care plan: a head that changes, versions that do not."""

from careplans.models.parts import PARTS, Action, Domain, Goal, Need, PlanPart, RiskStep
from careplans.models.plans import PLAN_LIFECYCLE, CarePlan, PlanVersion
from careplans.models.signatures import Signature

__all__ = [
    "PARTS",
    "PLAN_LIFECYCLE",
    "Action",
    "CarePlan",
    "Domain",
    "Goal",
    "Need",
    "PlanPart",
    "PlanVersion",
    "RiskStep",
    "Signature",
]
