"""What was asked, as it was asked, and what was answered."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from carehub.lifecycle import Lifecycle, Step
from carehub.models.access import Part
from carehub.models.base import OfAgency, Versioned
from clients.models.base import AboutClient
from clients.models.episodes import Episode

ASSESSMENT_LIFECYCLE = Lifecycle(
    "assessment",
    {"draft": _("a draft"), "complete": _("complete")},
    [Step("assessment.complete", frozenset({"draft"}), "complete", "assessment.write", _("Complete the assessment"))],
)


class Assessment(AboutClient, Versioned):
    """One assessment on one version of a form. Complete means locked; the database refuses any change after that."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        COMPLETE = "complete", _("Complete")

    PART = Part.ASSESSMENTS

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="assessments")
    agency = models.ForeignKey("carehub.Agency", on_delete=models.PROTECT, related_name="+")
    form = models.CharField(max_length=40)
    form_version = models.PositiveSmallIntegerField()
    #: Of the definition's content: a form that was changed without a new version is noticed.
    form_fingerprint = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    #: Question → {"value": …} or {"none": "declined" | "not-known" | "not-applicable", "why": …}.
    answers = models.JSONField(default=dict)
    took_place_on = models.DateField()
    started_at = models.DateTimeField()
    started_by = models.ForeignKey("carehub.Person", on_delete=models.PROTECT, related_name="+")
    completed_at = models.DateTimeField(null=True, blank=True)
    completed_by = models.ForeignKey("carehub.Person", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    risk = models.CharField(max_length=8, choices=Episode.Risk, blank=True, default="")
    locked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="complete", completed_at__isnull=False, completed_by__isnull=False, locked_at__isnull=False)
                | Q(state="draft", completed_at__isnull=True, completed_by__isnull=True, locked_at__isnull=True),
                name="assessment_complete_is_locked",
            ),
            models.UniqueConstraint(fields=["episode", "form"], condition=Q(state="draft"), name="assessment_one_draft_of_a_form"),
        ]
        indexes = [models.Index(fields=["client", "form", "-took_place_on"], name="assessment_last")]


class RiskFound(AboutClient, OfAgency):
    """One risk that an assessment found, in one of the five areas (MoC 4.5; list risk-areas). Locked together with its assessment."""

    class Area(models.TextChoices):
        SUICIDE = "suicide", _("Suicide or self-harm")
        SUBSTANCE = "substance", _("Substance use")
        TO_OTHERS = "harm-to-others", _("Harm to others")
        FROM_OTHERS = "harm-from-others", _("Harm from others")
        SELF_NEGLECT = "self-neglect", _("Self-neglect")

    #: Whoever shares in the care knows the risks.
    PART = Part.RECORD

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="risks")
    area = models.CharField(max_length=20, choices=Area)
    level = models.CharField(max_length=8, choices=[each for each in Episode.Risk.choices if each[0] in ("low", "medium", "high")])
    words = models.CharField(max_length=200)
    third_party = models.BooleanField(default=False)
    locked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["assessment", "area", "words"], name="risk_found_once")]
        indexes = [models.Index(fields=["client"], name="risk_client")]
