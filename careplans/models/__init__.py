"""The care plan: a head that changes, versions that do not."""

from careplans.models.plans import PLAN_LIFECYCLE, CarePlan, PlanVersion
from careplans.models.parts import Action, Goal, Need, RiskStep
from careplans.models.signatures import Signature

__all__ = ["PLAN_LIFECYCLE", "Action", "CarePlan", "Goal", "Need", "PlanVersion", "RiskStep", "Signature"]
