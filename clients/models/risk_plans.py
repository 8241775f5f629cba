"""What is done about the risks that were found: by whom, by when, who has been told (MoC 4.5)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from carehub.lifecycle import Lifecycle, Step
from carehub.models.access import Part
from carehub.models.base import OfAgency, Versioned
from clients.models.assessments import RiskFound
from clients.models.base import AboutClient
from clients.models.episodes import Episode

RISK_PLAN_LIFECYCLE = Lifecycle(
    "risk plan",
    {"draft": _("a draft"), "agreed": _("agreed")},
    [Step("risk-plan.agree", frozenset({"draft"}), "agreed", "assessment.write", _("Agree the risk management plan"))],
)


class RiskPlan(AboutClient, Versioned):
    """One version of a risk management plan. Agreed means locked; the newest agreed one is in force, the others stay to be read."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        AGREED = "agreed", _("Agreed")

    class Agreement(models.TextChoices):
        AGREES = "agrees", _("The client agrees with it")
        IN_PART = "in-part", _("The client agrees in part")
        DISAGREES = "disagrees", _("The client does not agree")
        NOT_TOLD = "not-told", _("The client has not been told")

    #: Whoever shares in the care knows what is done about the risks.
    PART = Part.RECORD

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="risk_plans")
    agency = models.ForeignKey("carehub.Agency", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=8, choices=State, default=State.DRAFT)
    review_on = models.DateField(null=True, blank=True)
    agreement = models.CharField(max_length=10, choices=Agreement, blank=True)
    #: What they do not agree with and why, or why they were not told.
    agreement_words = models.CharField(max_length=400, blank=True)
    begun_at = models.DateTimeField()
    begun_by = models.ForeignKey("carehub.Person", on_delete=models.PROTECT, related_name="+")
    agreed_at = models.DateTimeField(null=True, blank=True)
    agreed_by = models.ForeignKey("carehub.Person", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    locked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["episode", "number"], name="risk_plan_numbered"),
            models.UniqueConstraint(fields=["episode"], condition=Q(state="draft"), name="risk_plan_one_draft"),
            models.CheckConstraint(
                condition=Q(
                    state="agreed", review_on__isnull=False, agreed_at__isnull=False, agreed_by__isnull=False, locked_at__isnull=False
                )
                | Q(state="draft", agreed_at__isnull=True, agreed_by__isnull=True, locked_at__isnull=True),
                name="risk_plan_agreed_is_locked",
            ),
            models.CheckConstraint(
                condition=Q(state="draft")
                | Q(agreement="agrees")
                | (Q(agreement__in=["in-part", "disagrees", "not-told"]) & ~Q(agreement_words="")),
                name="risk_plan_says_whether_the_client_agrees",
            ),
        ]
        indexes = [models.Index(fields=["client"], name="risk_plan_client")]

    @property
    def steps_in_order(self) -> list["RiskPlanStep"]:
        """In the order of the five areas: suicide first. ``steps`` are fetched already."""
        return sorted(self.steps.all(), key=lambda step: (RiskFound.Area.values.index(step.area), step.place))


class RiskPlanStep(AboutClient, OfAgency):
    """One thing that is done about the risks of one area. Locked together with its plan."""

    PART = Part.RECORD

    plan = models.ForeignKey(RiskPlan, on_delete=models.PROTECT, related_name="steps")
    area = models.CharField(max_length=20, choices=RiskFound.Area)
    place = models.PositiveSmallIntegerField()
    what = models.CharField(max_length=400, blank=True)
    by_whom = models.CharField(max_length=120, blank=True)
    by_when = models.DateField(null=True, blank=True)
    told = models.CharField(max_length=200, blank=True)
    #: The task that it was put into the plan from: both are one matter.
    task = models.ForeignKey("carehub.Task", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    locked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["area", "place"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "area", "place"], name="risk_plan_step_in_its_place"),
            models.CheckConstraint(
                condition=Q(locked_at__isnull=True) | (~Q(what="") & ~Q(by_whom="") & Q(by_when__isnull=False)),
                name="risk_plan_step_says_what_who_and_when",
            ),
        ]
        indexes = [models.Index(fields=["client"], name="risk_plan_step_client")]
