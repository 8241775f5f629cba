"""A plan's head says where it stands today; each version is what was agreed on a day, and is kept whole."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from carehub.lifecycle import Lifecycle, Step
from carehub.models.access import Part
from carehub.models.base import ClientRecordQuerySet, OfAgency, Versioned
from clients.models.base import AboutClient
from clients.models.episodes import Episode

#: Of one version. What was signed stays signed: that a later one took its place stands on the plan's head.
PLAN_LIFECYCLE = Lifecycle(
    "care plan",
    {"draft": _("a draft"), "agreed": _("agreed"), "signed": _("signed")},
    [
        Step("plan.agree", frozenset({"draft"}), "agreed", "plan.write", _("Agree the plan")),
        Step("plan.reopen", frozenset({"agreed"}), "draft", "plan.write", _("Change it again")),
        Step("plan.sign", frozenset({"agreed"}), "signed", "plan.sign", _("Sign the plan")),
    ],
)

#: Of the head: the plan as long as it lives, whatever version of it is in force.
HEAD_LIFECYCLE = Lifecycle(
    "plan of this client",
    {"begun": _("not yet signed"), "current": _("in force"), "closed": _("closed")},
    [
        Step("plan.take-effect", frozenset({"begun", "current"}), "current", "plan.sign", _("Sign a version")),
        Step("plan.close", frozenset({"begun", "current"}), "closed", "plan.write", _("Close the plan")),
    ],
)


class CarePlan(AboutClient, Versioned):
    """The head: which version is current, which is being written, when the next review is due."""

    class Kind(models.TextChoices):
        INITIAL = "initial", _("Initial care plan")
        COMPREHENSIVE = "comprehensive", _("Care plan")
        AFTERCARE = "aftercare", _("Aftercare plan")
        RESIDENTIAL = "residential", _("Care plan for residential rehabilitation")

    class State(models.TextChoices):
        BEGUN = "begun", _("Not yet signed")
        CURRENT = "current", _("Current")
        CLOSED = "closed", _("Closed")

    PART = Part.PLANS

    episode = models.ForeignKey("clients.Episode", on_delete=models.PROTECT, related_name="plans")
    agency = models.ForeignKey("carehub.Agency", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16, choices=Kind)
    #: The one plan of the client in the partnership that somebody answers for; others are linked local plans.
    lead = models.BooleanField(default=True)
    state = models.CharField(max_length=10, choices=State, default=State.BEGUN)
    current = models.ForeignKey("careplans.PlanVersion", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    review_due_on = models.DateField(null=True, blank=True)
    #: The level of risk on the day of the signature: a higher one since is a reason to review.
    risk_when_signed = models.CharField(max_length=8, choices=Episode.Risk, blank=True, default="")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey("carehub.Person", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    #: A code of the list 'plan-endings'.
    closed_why = models.CharField(max_length=20, blank=True)
    #: The plan that took this one's place.
    followed_by = models.ForeignKey("self", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    begun_at = models.DateTimeField()
    begun_by = models.ForeignKey("carehub.Person", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client"], condition=Q(lead=True) & ~Q(state="closed"), name="plan_one_lead_for_a_client"),
            models.CheckConstraint(
                condition=~Q(state="current") | Q(current__isnull=False, review_due_on__isnull=False),
                name="plan_current_has_version_and_review",
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False, closed_by__isnull=False) & ~Q(closed_why="")
                | (~Q(state="closed") & Q(closed_at__isnull=True, closed_by__isnull=True, closed_why="", followed_by__isnull=True)),
                name="plan_closed_when_by_whom_and_why",
            ),
        ]
        indexes = [models.Index(fields=["client"], name="plan_client"), models.Index(fields=["episode"], name="plan_episode")]


class PlanVersionQuerySet(ClientRecordQuerySet):
    def at_hand(self, episode: Episode):
        """The plan of this stay that is in force, and the one being written; none of a plan that is closed."""
        of_it = self.filter(Q(pk=F("plan__current_id")) | Q(locked_at__isnull=True), plan__episode=episode)
        return of_it.exclude(plan__state=CarePlan.State.CLOSED)


class PlanVersion(AboutClient, OfAgency, Versioned):
    """What client and service agreed: needs, goals, actions, what to do if things get difficult, who sees it, the next review."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        AGREED = "agreed", _("Agreed, to be signed")
        SIGNED = "signed", _("Signed")

    class Phase(models.TextChoices):
        """Where in their journey the plan meets the client (MoC 3.9.2); no straight line."""

        ENGAGEMENT = "engagement", _("Getting to know each other")
        DELIVERY = "delivery", _("Treatment")
        INTEGRATION = "integration", _("Treatment, and a place in the community")
        MAINTENANCE = "maintenance", _("Maintenance")
        COMPLETION = "completion", _("Completing treatment")

    class Admission(models.TextChoices):
        """To residential care: planned ahead, or in a crisis, which nothing holds up (GP 4.1.6)."""

        PLANNED = "planned", _("Planned")
        CRISIS = "crisis", _("In a crisis")

    #: The parts that are one text each, in the order of the sheet.
    TEXTS = (
        "phase",
        "strengths",
        "supports_the_wait",
        "admission",
        "residential_need",
        "harm_reduction",
        "if_difficult",
        "way_back",
        "aftercare",
        "responsibilities",
        "sharing",
        "disagreement",
    )

    PART = Part.PLANS

    plan = models.ForeignKey(CarePlan, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=8, choices=State, default=State.DRAFT)
    #: The version this one was copied forward from.
    copied_from = models.ForeignKey("self", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    phase = models.CharField(max_length=12, choices=Phase, blank=True)
    strengths = models.TextField(blank=True)
    #: Who supports the wait for a comprehensive assessment or a first appointment.
    supports_the_wait = models.TextField(blank=True)
    admission = models.CharField(max_length=8, choices=Admission, blank=True)
    #: Why residential rehabilitation is needed.
    residential_need = models.TextField(blank=True)
    harm_reduction = models.TextField(blank=True)
    #: Relapse and drop-out: what to do, how to reach me.
    if_difficult = models.TextField(blank=True)
    way_back = models.TextField(blank=True)
    #: Drug-related and other support afterwards, and who holds it.
    aftercare = models.TextField(blank=True)
    #: What is expected of the client, attendance too (GP 4.3.3).
    responsibilities = models.TextField(blank=True)
    sharing = models.TextField(blank=True)
    #: In the client's words: 'I do not agree with …'.
    disagreement = models.TextField(blank=True)
    next_review_on = models.DateField(null=True, blank=True)
    #: Of a draft: what was typed and cannot be kept as it is meant to be (31 February, a text too long): field → as typed.
    unfinished = models.JSONField(default=dict, blank=True)
    begun_at = models.DateTimeField()
    begun_by = models.ForeignKey("carehub.Person", on_delete=models.PROTECT, related_name="+")
    agreed_at = models.DateTimeField(null=True, blank=True)
    agreed_by = models.ForeignKey("carehub.Person", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    #: SHA-256 of everything that was agreed; each signature names it.
    agreed_text = models.CharField(max_length=64, blank=True)
    signed_on = models.DateField(null=True, blank=True)
    #: Names, addresses and rules as the sheet prints them (careplans.sheets): who moves or leaves later changes nothing that was signed.
    as_signed = models.JSONField(default=dict, blank=True)
    locked_at = models.DateTimeField(null=True, blank=True)

    objects = PlanVersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="version_number_once"),
            models.UniqueConstraint(fields=["plan"], condition=Q(locked_at__isnull=True), name="version_one_draft_of_a_plan"),
            models.CheckConstraint(
                condition=Q(state="draft", agreed_at__isnull=True, agreed_by__isnull=True, agreed_text="")
                | (~Q(state="draft") & Q(agreed_at__isnull=False, agreed_by__isnull=False) & ~Q(agreed_text="")),
                name="version_agreed_when_by_whom_and_what",
            ),
            models.CheckConstraint(
                condition=Q(state="signed", locked_at__isnull=False, signed_on__isnull=False, next_review_on__isnull=False)
                | (~Q(state="signed") & Q(locked_at__isnull=True, signed_on__isnull=True)),
                name="version_signed_is_locked",
            ),
            models.CheckConstraint(condition=Q(state="draft") | Q(unfinished={}), name="version_agreed_is_finished"),
        ]
        indexes = [models.Index(fields=["client"], name="version_client")]
