"""One stay in treatment: referral, triage, treatment, discharge."""

from datetime import date
from typing import Any

import pghistory
from django.db import models
from django.db.models import Case, F, Q, When
from django.utils.translation import gettext_lazy as _

from carehub import clock
from carehub.lifecycle import Lifecycle, Step
from carehub.models.access import Part
from carehub.models.base import ClientRecordQuerySet, Versioned
from clients import due
from clients.models.base import AboutClient

EPISODE_LIFECYCLE = Lifecycle(
    "episode",
    {"referral": _("referred"), "triage": _("assessed"), "treatment": _("in treatment"), "discharged": _("discharged")},
    [
        Step("episode.assess", frozenset({"referral"}), "triage", "assessment.write", _("Complete the triage")),
        Step("episode.treat", frozenset({"triage"}), "treatment", "plan.sign", _("Sign the first plan")),
        Step("episode.discharge", frozenset({"referral", "triage", "treatment"}), "discharged", "plan.write", _("Discharge")),
    ],
)


class EpisodeQuerySet(ClientRecordQuerySet):
    def open(self):
        return self.exclude(state=Episode.State.DISCHARGED)

    def of_keyworker(self, person_id):
        return self.filter(keyworker_id=person_id)

    def of_agency(self, agency_id):
        return self.filter(agency_id=agency_id)

    def overdue(self, today: date | None = None, grace_days: int = 0):
        return self.open().filter(due.overdue("next_due_on", today=today or clock.today(), grace_days=grace_days))

    def review_overdue(self, today: date | None = None, grace_days: int = 0):
        return self.overdue(today, grace_days).filter(next_due_what=Episode.NextDue.REVIEW)

    def nearest_first(self, actor):
        """What ``actor`` means by the client's stay comes first: with their own agency, open, the latest."""
        ours = Case(When(agency_id=actor.agency_id, then=0), default=1)
        still = Case(When(discharged_on__isnull=True, then=0), default=1)
        return self.order_by(ours, still, "-referred_on", "-pk")


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent())
class Episode(AboutClient, Versioned):
    """A client's stay with one agency. Carries, written down, what lists need: what is due next, risk, keyworker."""

    class State(models.TextChoices):
        REFERRAL = "referral", _("Referred")
        TRIAGE = "triage", _("Assessed")
        TREATMENT = "treatment", _("In treatment")
        DISCHARGED = "discharged", _("Discharged")

    class NextDue(models.TextChoices):
        TRIAGE = "triage", _("Triage")
        PLAN = "plan", _("Care plan")
        SIGNATURE = "signature", _("Signatures")
        REVIEW = "review", _("Review")

    class Risk(models.TextChoices):
        NOT_ASSESSED = "", _("Risk not assessed")
        NONE = "none", _("No risk found")
        LOW = "low", _("Low risk")
        MEDIUM = "medium", _("Medium risk")
        HIGH = "high", _("High risk")

    class Urgency(models.TextChoices):
        NOT_SAID = "", _("Not said yet")
        TODAY = "today", _("Today")
        WEEK = "week", _("Within a week")
        USUAL = "usual", _("Within the usual three weeks")

        @property
        def days(self) -> int:
            """Three weeks at most, priority groups less (Models of Care: Update 2006, 2.7.1)."""
            return {"today": 0, "week": 7}.get(self.value, 21)

    class Ending(models.TextChoices):
        PLANNED = "planned", _("Planned")
        UNPLANNED = "unplanned", _("Unplanned")
        NEUTRAL = "neutral", _("Neutral")

    class Handover(models.TextChoices):
        """Why a client is given to another keyworker; kept with the event."""

        LEAVES = "leaves", _("The keyworker leaves, or has left")
        ABSENT = "absent", _("The keyworker is away for long")
        CASELOADS = "caseloads", _("Caseloads are shared out anew")
        ASKED = "client-asked", _("The client asked for somebody else")
        SKILLS = "skills", _("The client needs other skills")
        NOBODY = "nobody", _("Nobody was the keyworker")
        OTHER = "other", _("Another reason")

    PART = Part.RECORD

    client = models.ForeignKey("clients.Client", on_delete=models.PROTECT, related_name="episodes")
    agency = models.ForeignKey("carehub.Agency", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=State, default=State.REFERRAL)
    referred_on = models.DateField()
    #: A code of the list 'referral-source'.
    referral_source = models.CharField(max_length=10)
    keyworker = models.ForeignKey("carehub.Person", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    #: The first day on which they answer for the client; empty where it was not written down.
    keyworker_since = models.DateField(null=True, blank=True)
    #: A code of the list 'problem-substance', from the triage.
    main_substance = models.CharField(max_length=10, blank=True)
    triaged_on = models.DateField(null=True, blank=True)
    discharged_on = models.DateField(null=True, blank=True)
    discharge_reason = models.CharField(max_length=10, blank=True)
    #: What the dated code list said of the reason on the day of discharge.
    ending = models.CharField(max_length=10, choices=Ending, blank=True)

    next_due_what = models.CharField(max_length=12, choices=NextDue, blank=True)
    next_due_on = models.DateField(null=True, blank=True)
    risk = models.CharField(max_length=8, choices=Risk, blank=True, default=Risk.NOT_ASSESSED)
    #: What the banner says, in words, and the day each was last asked: [{"words": …, "level": …}].
    risk_words = models.JSONField(default=list, blank=True)
    risk_asked_on = models.DateField(null=True, blank=True)
    #: What unfinished assessments have found that cannot wait: [{"assessment": key, "on": day, "words": …, "third_party": …}].
    risk_begun = models.JSONField(default=list, blank=True)
    #: When the risk management plan is to be looked at again; None while there is none.
    risk_plan_review_on = models.DateField(null=True, blank=True)
    #: The risks that stood when the plan in force was agreed: [[area, words], …].
    risk_plan_covers = models.JSONField(default=list, blank=True)
    urgency = models.CharField(max_length=8, choices=Urgency, blank=True, default=Urgency.NOT_SAID)
    #: By when the comprehensive assessment is to be done that the triage asked for; None while none is waited for.
    comprehensive_due_on = models.DateField(null=True, blank=True)
    #: Why the one that was asked for will not be done; who said so and when is the event's.
    comprehensive_declined_why = models.CharField(max_length=300, blank=True)
    #: The newest score of each of the nine areas, {area: 1 to 5}, and their sum: the higher, the more is needed.
    scores = models.JSONField(default=dict, blank=True)
    score_sum = models.PositiveSmallIntegerField(null=True, blank=True)

    objects = EpisodeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client", "agency"], condition=~Q(state="discharged"), name="episode_one_open_in_an_agency"),
            models.CheckConstraint(
                condition=Q(state="discharged", discharged_on__isnull=False) & ~Q(discharge_reason="") & ~Q(ending="")
                | (~Q(state="discharged") & Q(discharged_on__isnull=True, discharge_reason="", ending="")),
                name="episode_discharged_on_why_and_how",
            ),
            models.CheckConstraint(
                condition=Q(discharged_on__isnull=True) | Q(discharged_on__gte=F("referred_on")), name="episode_ends_after_it_began"
            ),
            models.CheckConstraint(
                condition=Q(next_due_what="", next_due_on__isnull=True) | (~Q(next_due_what="") & Q(next_due_on__isnull=False)),
                name="episode_next_due_what_and_when",
            ),
            models.CheckConstraint(
                condition=Q(comprehensive_declined_why="") | Q(comprehensive_due_on__isnull=True),
                name="episode_comprehensive_due_or_declined",
            ),
            models.CheckConstraint(
                condition=Q(keyworker_since__isnull=True) | Q(keyworker__isnull=False), name="episode_keyworker_since_has_one"
            ),
        ]
        indexes = [
            models.Index(fields=["keyworker", "next_due_on"], condition=~Q(state="discharged"), name="episode_caseload"),
            models.Index(fields=["agency", "next_due_on"], condition=~Q(state="discharged"), name="episode_service"),
            models.Index(fields=["partnership", "next_due_on"], condition=~Q(state="discharged"), name="episode_due"),
            models.Index(fields=["client"], name="episode_client"),
        ]

    @property
    def comprehensive_due(self) -> due.Due | None:
        waited = self.comprehensive_due_on and self.state != self.State.DISCHARGED
        return due.Due(self.comprehensive_due_on, clock.today()) if waited else None

    @property
    def due(self) -> due.Due:
        return due.Due(self.next_due_on, clock.today())

    @property
    def risk_plan_look(self) -> str:
        """What is amiss with the risk management plan: none although a risk was found, a new risk since, not looked at in time. '' else."""
        if self.state == self.State.DISCHARGED or self.risk not in (self.Risk.LOW, self.Risk.MEDIUM, self.Risk.HIGH):
            return ""
        if self.risk_plan_review_on is None:
            return "risk-plan-missing"
        if self.new_since_risk_plan:
            return "risk-plan-new"
        return "risk-plan-late" if due.Due(self.risk_plan_review_on, clock.today()).state == due.DueState.OVERDUE else ""

    @property
    def new_since_risk_plan(self) -> list[dict[str, Any]]:
        """The risks that stand now and did not when the plan in force was agreed; none while there is no plan."""
        if self.state == self.State.DISCHARGED or self.risk_plan_review_on is None:
            return []
        covered = {(area, words) for area, words in self.risk_plan_covers}
        return [each for each in self.risk_words if each["level"] and (each["area"], each["words"]) not in covered]

    @property
    def risk_look(self) -> str:
        """The name of its look in carehub.states; never assessed is never drawn as none, nor danger that was reported as not assessed."""
        if self.risk_begun and self.risk != self.Risk.HIGH:
            return "risk-begun"
        return f"risk-{self.risk or 'unknown'}"
