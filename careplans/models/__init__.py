"""The care plan: a head that changes, versions that do not."""

from careplans.models.after_signing import Addendum, PlanReturn
from careplans.models.parts import PARTS, Action, Domain, Goal, Involved, Need, PlanPart, RiskStep
from careplans.models.plans import HEAD_LIFECYCLE, PLAN_LIFECYCLE, CarePlan, PlanVersion
from careplans.models.reviews import ActionDone, GoalOutcome, PlanReview, ReviewAsked, ReviewPutOff, StepDone
from careplans.models.signatures import Signature

__all__ = [
    "HEAD_LIFECYCLE",
    "PARTS",
    "PLAN_LIFECYCLE",
    "Action",
    "ActionDone",
    "Addendum",
    "CarePlan",
    "Domain",
    "Goal",
    "GoalOutcome",
    "Involved",
    "Need",
    "PlanPart",
    "PlanReturn",
    "PlanReview",
    "PlanVersion",
    "ReviewAsked",
    "ReviewPutOff",
    "RiskStep",
    "Signature",
    "StepDone",
]
