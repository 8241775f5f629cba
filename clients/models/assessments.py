"""What was asked, as it was asked, and what was answered."""

from datetime import UTC, datetime, timedelta

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from carehub import clock
from carehub.lifecycle import Lifecycle, Step
from carehub.models.access import Part
from carehub.models.base import ClientRecordQuerySet, OfAgency, Versioned
from clients.models.base import AboutClient
from clients.models.episodes import Episode

ASSESSMENT_LIFECYCLE = Lifecycle(
    "assessment",
    {"draft": _("a draft"), "complete": _("complete")},
    [Step("assessment.complete", frozenset({"draft"}), "complete", "assessment.write", _("Complete the assessment"))],
)


#: Entered within a day of having been asked on paper (Rotherham's practice, GP 5.3.1; local).
ENTERED_WITHIN = timedelta(hours=24)


class AssessmentQuerySet(ClientRecordQuerySet):
    def standing(self):
        """Complete, and not corrected by a later one; the newest first: the day it took place, then when it was completed."""
        corrected = Assessment.objects.filter(corrects=OuterRef("pk"), state=Assessment.State.COMPLETE)
        return self.filter(~Exists(corrected), state=Assessment.State.COMPLETE).order_by("-took_place_on", "-completed_at")

    def that_count(self) -> "list[Assessment]":
        """Of each form the newest whole assessment and every update of a part since; the newest of all first. One query.

        A correction counts from when what it corrects was complete: it does not go before what was asked since.
        """
        rows = self.standing().select_related("completed_by", "corrects", "corrects__corrects")
        whole: set[str] = set()
        found = []
        for each in sorted(rows, key=lambda each: (each.took_place_on, each.counts_from), reverse=True):
            if each.form not in whole:
                found.append(each)
            if not each.only:
                whole.add(each.form)
        return found


class Assessment(AboutClient, Versioned):
    """One assessment on one version of a form. Complete means locked; the database refuses any change after that.

    Each completed one is the whole picture: where one section alone was asked (``only``), every other answer stands as 'not
    re-asked', with the day it was last asked and by whom.
    """

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
    #: Of the partnership's own questions, laid over the version; 0: none.
    form_edition = models.PositiveSmallIntegerField(default=0)
    #: The sections that were asked, where not all were; empty: all.
    only = models.JSONField(default=list, blank=True, db_column="only_sections")  # ONLY is a word of SQL
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    #: Question → {"value": …} or {"none": "declined" | "not-known" | "not-applicable", "why": …}.
    answers = models.JSONField(default=dict)
    #: Section → {"on": the day its first answer was given, "by": [names of those who asked]}.
    sections = models.JSONField(default=dict, blank=True)
    took_place_on = models.DateField()
    #: Asked on paper and typed in later: the time of day it took place, where it is known.
    on_paper = models.BooleanField(default=False)
    took_place_at = models.TimeField(null=True, blank=True)
    #: Asked elsewhere and sent by a referral link: who asked, and where they work.
    by_link_from = models.CharField(max_length=330, blank=True)
    started_at = models.DateTimeField()
    started_by = models.ForeignKey("carehub.Person", on_delete=models.PROTECT, related_name="+")
    completed_at = models.DateTimeField(null=True, blank=True)
    completed_by = models.ForeignKey("carehub.Person", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    #: Who goes on with it, where whoever began it has handed it on.
    handed_to = models.ForeignKey("carehub.Person", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    #: The completed assessment that this one puts right, and why; the other stays as it was.
    corrects = models.OneToOneField("self", on_delete=models.PROTECT, related_name="corrected_by", null=True, blank=True)
    corrects_why = models.CharField(max_length=300, blank=True)
    risk = models.CharField(max_length=8, choices=Episode.Risk, blank=True, default="")
    locked_at = models.DateTimeField(null=True, blank=True)

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(corrects__isnull=True, corrects_why="")
                | (Q(corrects__isnull=False) & ~Q(corrects_why="") & ~Q(corrects=F("id"))),
                name="assessment_correction_says_why",
            ),
            models.CheckConstraint(
                condition=Q(took_place_at__isnull=True) | Q(on_paper=True), name="assessment_time_of_day_of_paper_alone"
            ),
            models.CheckConstraint(
                condition=Q(state="complete", completed_at__isnull=False, completed_by__isnull=False, locked_at__isnull=False)
                | Q(state="draft", completed_at__isnull=True, completed_by__isnull=True, locked_at__isnull=True),
                name="assessment_complete_is_locked",
            ),
            models.UniqueConstraint(fields=["episode", "form"], condition=Q(state="draft"), name="assessment_one_draft_of_a_form"),
        ]
        indexes = [
            models.Index(fields=["client", "form", "-took_place_on"], name="assessment_last"),
            models.Index(fields=["started_by"], condition=Q(state="draft"), name="assessment_begun"),
            models.Index(fields=["handed_to"], condition=Q(state="draft", handed_to__isnull=False), name="assessment_handed"),
        ]

    @property
    def counts_from(self) -> datetime:
        """When it, or the first of those that it corrects, was complete."""
        first = self
        while first.corrects is not None:
            first = first.corrects
        return first.completed_at or first.started_at

    @property
    def typed_in_after(self) -> timedelta | None:
        """From having been asked on paper to being complete here. None where it was not on paper, or is not complete.

        Where the time of day is not known it is taken to have been the end of the day: nobody is called late who was not.
        """
        if not self.on_paper or self.completed_at is None:
            return None
        at = self.took_place_at or datetime.max.time()
        # In UTC: two times of one zone are subtracted as if no clock had changed between them.
        asked = datetime.combine(self.took_place_on, at, tzinfo=clock.LONDON).astimezone(UTC)
        return max(self.completed_at.astimezone(UTC) - asked, timedelta())

    @property
    def typed_in_time(self) -> bool | None:
        """Within 24 hours; None where that is not asked."""
        after = self.typed_in_after
        return None if after is None else after <= ENTERED_WITHIN


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
