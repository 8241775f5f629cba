"""The parts of one plan version. Each carries its own lock, so that the database can refuse without looking elsewhere."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from carehub.models.access import Part
from carehub.models.base import OfAgency
from careplans.models.plans import PlanVersion
from clients.models.assessments import RiskFound
from clients.models.base import AboutClient


class Domain(models.TextChoices):
    """The four domains (MoC 5.3.2), by the ids of the definition 'domains'."""

    DRUGS_AND_ALCOHOL = "drugs-and-alcohol", _("Drug and alcohol use")
    HEALTH = "health", _("Physical and psychological health")
    OFFENDING = "offending", _("Offending")
    SOCIAL = "social", _("Social functioning")


class PlanPart(AboutClient, OfAgency):
    """A row of one version. ``FIELDS``: what people write in it, the part of the row that is content."""

    PART = Part.PLANS
    FIELDS: tuple[str, ...]

    version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="%(class)ss")
    #: The key of the row that this one was first copied from: from version to version it stays the same goal, the same step. None: new.
    line = models.UUIDField(null=True, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    locked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True
        ordering = ["position", "pk"]


class Need(PlanPart):
    """Something that came up. The client chooses which few to work on now; the others stay as 'later', never lost."""

    FIELDS = ("domain", "area", "score", "words", "standing", "source", "third_party")

    class Standing(models.TextChoices):
        UNDECIDED = "", _("Not decided yet")
        NOW = "now", _("Now")
        LATER = "later", _("Later")

    class Source(models.TextChoices):
        ASSESSMENT = "assessment", _("From an assessment")
        SAID = "said", _("Said while the plan was written")

    domain = models.CharField(max_length=20, choices=Domain)
    #: What an assessment found keeps its words and stays on the plan; what was said here can be put in other words, or taken off again.
    source = models.CharField(max_length=10, choices=Source, default=Source.ASSESSMENT)
    #: One of the nine areas, where the assessment named it.
    area = models.CharField(max_length=30, blank=True)
    #: 1 best, 5 worst; null where the area has not been scored.
    score = models.PositiveSmallIntegerField(null=True, blank=True)
    words = models.CharField(max_length=300)
    standing = models.CharField(max_length=5, choices=Standing, default=Standing.LATER, blank=True)
    #: Said of or by somebody else: never on paper.
    third_party = models.BooleanField(default=False)

    class Meta(PlanPart.Meta):
        constraints = [models.CheckConstraint(condition=Q(score__isnull=True) | Q(score__range=(1, 5)), name="need_scored_1_to_5")]
        indexes = [models.Index(fields=["version"], name="need_version")]


class Goal(PlanPart):
    """What the client wants, in their words and in the service's."""

    FIELDS = ("domain", "client_words", "service_words")

    domain = models.CharField(max_length=20, choices=Domain)
    client_words = models.TextField()
    service_words = models.TextField(blank=True)

    class Meta(PlanPart.Meta):
        constraints = [models.CheckConstraint(condition=Q(locked_at__isnull=True) | ~Q(client_words=""), name="goal_in_the_clients_words")]
        indexes = [models.Index(fields=["version"], name="goal_version")]


class Action(PlanPart):
    """One step towards a goal: what, who, by when. A draft may leave any of them open; once locked, none is."""

    FIELDS = ("goal_id", "what", "who", "who_name", "by_when", "intervention", "tier", "milestone", "task_id")

    class Who(models.TextChoices):
        KEYWORKER = "keyworker", _("Keyworker")
        CLIENT = "client", _("Client")
        GP = "gp", _("GP")
        AGENCY = "agency", _("Another agency")
        CARER = "carer", _("A carer")
        OTHER = "other", _("Somebody else")

    goal = models.ForeignKey(Goal, on_delete=models.PROTECT, related_name="actions")
    what = models.CharField(max_length=500)
    who = models.CharField(max_length=10, choices=Who, blank=True)
    #: Named: the agency, the carer; empty where 'who' says it. The GP's comes from who has a part in the plan.
    who_name = models.CharField(max_length=120, blank=True)
    by_when = models.DateField(null=True, blank=True)
    #: A code of the list 'modality', where the step is an intervention; its tier as the list had it on the day of writing.
    intervention = models.CharField(max_length=10, blank=True)
    tier = models.PositiveSmallIntegerField(null=True, blank=True)
    #: How both will see that it is on its way.
    milestone = models.CharField(max_length=200, blank=True)
    #: The task that it was put into the plan from: both are one matter.
    task = models.ForeignKey("carehub.Task", on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    class Meta(PlanPart.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(tier__isnull=True) | Q(tier__range=(1, 4)), name="action_tier_1_to_4"),
            models.CheckConstraint(
                condition=Q(locked_at__isnull=True) | (~Q(what="") & ~Q(who="") & Q(by_when__isnull=False)),
                name="action_says_what_who_and_when",
            ),
            models.CheckConstraint(
                condition=Q(locked_at__isnull=True) | Q(who__in=["keyworker", "client", "gp"]) | ~Q(who_name=""), name="action_names_who"
            ),
        ]
        indexes = [models.Index(fields=["version"], name="action_version"), models.Index(fields=["goal"], name="action_goal")]


class RiskStep(PlanPart):
    """A step of the risk management plan: what will be done, by whom, by when, who has been told (MoC 4.5)."""

    FIELDS = ("area", "what", "who_name", "by_when", "told", "third_party", "task_id")

    #: One of the five areas of clients.RiskFound.
    area = models.CharField(max_length=20)
    what = models.CharField(max_length=500)
    who_name = models.CharField(max_length=120, blank=True)
    by_when = models.DateField(null=True, blank=True)
    told = models.CharField(max_length=200, blank=True)
    third_party = models.BooleanField(default=False)
    #: As of an action.
    task = models.ForeignKey("carehub.Task", on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    @staticmethod
    def kept_off(area: str) -> bool:
        """Whether a step about ``area`` begins as one that is never on paper: whoever does violence to the client may find the sheet."""
        return area == RiskFound.Area.FROM_OTHERS

    class Meta(PlanPart.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(locked_at__isnull=True) | (~Q(what="") & ~Q(who_name="") & Q(by_when__isnull=False)),
                name="risk_step_says_what_who_and_when",
            ),
        ]
        indexes = [models.Index(fields=["version"], name="risk_step_version")]


class Involved(PlanPart):
    """Who else has a part: an agency of the partnership, GP and pharmacy, a service from outside, a carer; and how to reach them."""

    FIELDS = ("role", "party_id", "name", "contact", "does", "receives")

    class Role(models.TextChoices):
        AGENCY = "agency", _("A service of the partnership")
        GP = "gp", _("The client’s GP")
        PHARMACY = "pharmacy", _("A pharmacy, or who prescribes")
        OUTSIDE = "outside", _("Another service")
        CO_ORDINATION = "co-ordination", _("Co-ordination from outside: mental health, probation, community care")
        CARER = "carer", _("A carer, family or a friend")

    role = models.CharField(max_length=14, choices=Role, blank=True)
    #: Of the partnership: a party to the plan. What it may read is for the client's consent to say, not for this row.
    party = models.ForeignKey("carehub.Agency", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    name = models.CharField(max_length=120, blank=True)
    contact = models.CharField(max_length=200, blank=True)
    does = models.CharField(max_length=300, blank=True)
    #: The plan is passed on to them.
    receives = models.BooleanField(default=False)

    class Meta(PlanPart.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(locked_at__isnull=True) | (~Q(role="") & ~Q(name="") & ~Q(does="")), name="involved_says_who_and_what"
            ),
            models.CheckConstraint(condition=Q(party__isnull=True) | Q(role="agency"), name="involved_party_is_an_agency"),
        ]
        indexes = [models.Index(fields=["version"], name="involved_version")]


#: Each kind of part, in the order of the sheet.
PARTS: dict[str, type[PlanPart]] = {"need": Need, "goal": Goal, "action": Action, "risk": RiskStep, "involved": Involved}
