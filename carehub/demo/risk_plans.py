"""The risk management plans of the demonstration: most who are at risk have one; some were never written, some not looked at again."""

from datetime import date, timedelta

from carehub.demo.chance import Chance
from carehub.demo.people import Somebody, StayRows
from clients.models import Assessment, RiskPlan, RiskPlanStep
from clients.risk_planning import covered, risks_by_area

#: Area → what is done about it, and who has been told.
SAID = {
    "suicide": ("Ring the crisis team when the thoughts come; numbers on a card. Medicine is kept by a friend.", "GP and crisis team"),
    "substance": ("Naloxone at home and how to use it. Never alone after a break.", "Partner, with consent"),
    "harm-to-others": ("Two workers at each visit. Appointments in the morning.", "Reception and duty"),
    "harm-from-others": ("Reached by text alone, after ten. A bag is packed and a place is known.", "Domestic violence adviser"),
    "self-neglect": ("A meal at the day centre three times a week; a nurse looks at the legs.", "GP"),
}
#: Of a hundred who are at risk so many have a plan, and of those so many were not looked at again in time.
WITH, LATE = 82, 15


class RiskPlans:
    """Collects the rows, then writes them and locks them."""

    def __init__(self, chance: Chance, today: date):
        self.chance, self.today = chance, today
        self.plans: list[RiskPlan] = []
        self.steps: list[RiskPlanStep] = []

    def add(self, somebody: Somebody, stay: StayRows, assessment: Assessment | None) -> None:
        episode = stay.episode
        areas = risks_by_area(episode)
        if assessment is None or assessment.completed_at is None or not areas or self.chance.randint(1, 100) > WITH:
            return
        late = self.chance.randint(1, 100) <= LATE
        review = self.today + timedelta(days=-12 if late else self.chance.randint(5, 60))
        at = assessment.completed_at + timedelta(minutes=20)
        worker = stay.worker.person
        review = max(review, assessment.took_place_on + timedelta(days=14))
        plan = RiskPlan(
            id=self.chance.key(),
            **somebody.about,
            episode=episode,
            agency=episode.agency,
            number=1,
            begun_at=at,
            begun_by=worker,
            state=RiskPlan.State.AGREED,
            review_on=review,
            agreement=RiskPlan.Agreement.AGREES,
            agreed_at=at,
            agreed_by=worker,
            locked_at=at,
        )
        self.plans.append(plan)
        episode.risk_plan_review_on = plan.review_on
        episode.risk_plan_covers = covered(episode)
        for area in areas:
            what, told = SAID[area]
            by_when = assessment.took_place_on + timedelta(days=self.chance.randint(1, 14))
            self.steps.append(
                RiskPlanStep(
                    id=self.chance.key(),
                    **somebody.about,
                    plan=plan,
                    area=area,
                    place=1,
                    what=what,
                    by_whom=worker.name,
                    by_when=by_when,
                    told=told,
                    agency=episode.agency,
                    locked_at=at,
                )
            )

    def save(self, using: str) -> None:
        """Begun first, then locked, as the database demands."""
        locks = ("state", "agreed_at", "agreed_by", "locked_at")
        finished = [{name: getattr(plan, name) for name in locks} for plan in self.plans]
        for plan in self.plans:
            plan.state, plan.agreed_at, plan.agreed_by, plan.locked_at = RiskPlan.State.DRAFT, None, None, None
        for step in self.steps:
            step.locked_at = None
        RiskPlan.objects.using(using).bulk_create(self.plans)
        RiskPlanStep.objects.using(using).bulk_create(self.steps)
        for plan, values in zip(self.plans, finished, strict=True):
            for name, value in values.items():
                setattr(plan, name, value)
        for step in self.steps:
            step.locked_at = step.plan.locked_at
        RiskPlanStep.objects.using(using).bulk_update(self.steps, ["locked_at"])
        RiskPlan.objects.using(using).bulk_update(self.plans, locks)
