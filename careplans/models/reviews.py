"""Looking at a plan again: the review itself, what was said of each goal, and what calls for one before its day or puts it off."""

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from carehub.models.access import Part
from carehub.models.base import ClientRecordQuerySet, OfAgency
from careplans.models.parts import Action, Goal, RiskStep
from careplans.models.plans import CarePlan, PlanVersion
from clients.models.base import AboutClient


class PlanReview(AboutClient, OfAgency):
    """One review, held with the client. It leaves a draft of the next version behind; from then on it is not rewritten (MoC 5.3.5-6)."""

    PART = Part.PLANS

    plan = models.ForeignKey(CarePlan, on_delete=models.PROTECT, related_name="reviews")
    #: The signed version that was looked at, and the draft that came of it.
    of_version = models.OneToOneField(PlanVersion, on_delete=models.PROTECT, related_name="review")
    draft = models.OneToOneField(PlanVersion, on_delete=models.PROTECT, related_name="from_review")
    held_on = models.DateField()
    #: The day on which it was due, as it stood then.
    was_due_on = models.DateField()
    #: Who was there beside client and keyworker, by name.
    others_there = models.CharField(max_length=300, blank=True)
    #: Who else is involved now; whether what is to be known was exchanged with them; whether the pathway has changed.
    others_involved = models.TextField(blank=True)
    information_exchanged = models.BooleanField(null=True, blank=True)
    pathway_changed = models.TextField(blank=True)
    #: How the client sees it, in their words.
    client_says = models.TextField(blank=True)
    #: What was scored anew: an assessment of its own.
    scores = models.ForeignKey("clients.Assessment", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey("carehub.Person", on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["held_on", "pk"]
        indexes = [models.Index(fields=["client"], name="review_client"), models.Index(fields=["plan"], name="review_plan")]


class GoalOutcome(AboutClient, OfAgency):
    """What a review found of one goal, and why."""

    class Outcome(models.TextChoices):
        """By the names of their looks in carehub.states."""

        ACHIEVED = "achieved", _("Achieved")
        PARTLY = "partly", _("Partly")
        NOT_YET = "not-yet", _("Not yet")
        NO_LONGER = "no-longer-wanted", _("No longer wanted")

    #: These go on into the next version.
    GOES_ON = (Outcome.PARTLY, Outcome.NOT_YET)
    PART = Part.PLANS

    review = models.ForeignKey(PlanReview, on_delete=models.PROTECT, related_name="outcomes")
    goal = models.OneToOneField(Goal, on_delete=models.PROTECT, related_name="outcome")
    outcome = models.CharField(max_length=16, choices=Outcome)
    why = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(outcome="achieved") | ~Q(why=""), name="outcome_says_why"),
        ]
        indexes = [models.Index(fields=["review"], name="outcome_review"), models.Index(fields=["client"], name="outcome_client")]


class ActionDone(AboutClient, OfAgency):
    """An action that a review found to be done: it stays on the version that was reviewed."""

    PART = Part.PLANS

    review = models.ForeignKey(PlanReview, on_delete=models.PROTECT, related_name="actions_done")
    action = models.OneToOneField(Action, on_delete=models.PROTECT, related_name="done")

    class Meta:
        indexes = [models.Index(fields=["review"], name="action_done_review"), models.Index(fields=["client"], name="action_done_client")]


class StepDone(AboutClient, OfAgency):
    """As ActionDone: a step of 'Keeping safe'."""

    PART = Part.PLANS

    review = models.ForeignKey(PlanReview, on_delete=models.PROTECT, related_name="steps_done")
    step = models.OneToOneField(RiskStep, on_delete=models.PROTECT, related_name="done")

    class Meta:
        verbose_name_plural = "steps done"
        indexes = [models.Index(fields=["review"], name="step_done_review"), models.Index(fields=["client"], name="step_done_client")]


class AskedQuerySet(ClientRecordQuerySet):
    def open(self):
        """Not answered yet: no version that came of a later review is signed."""
        answered = PlanReview.objects.filter(plan=OuterRef("plan"), recorded_at__gte=OuterRef("asked_at"), draft__locked_at__isnull=False)
        return self.filter(~Exists(answered))


class ReviewAsked(AboutClient, OfAgency):
    """Something happened, or the client asks: the plan is looked at before its day."""

    PART = Part.PLANS

    plan = models.ForeignKey(CarePlan, on_delete=models.PROTECT, related_name="reviews_asked")
    #: The version in force then; once for each reason, cause and version.
    of_version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="+")
    #: A code of the list 'review-reasons'.
    reason = models.CharField(max_length=20)
    words = models.CharField(max_length=300, blank=True)
    #: What the scheduled pass asked for: the level to which the risk rose, the key of the stay that ended. '' by hand.
    cause = models.CharField(max_length=36, blank=True)
    due_on = models.DateField()
    asked_at = models.DateTimeField()
    #: None: the scheduled pass.
    asked_by = models.ForeignKey("carehub.Person", on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    objects = AskedQuerySet.as_manager()

    class Meta:
        ordering = ["asked_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["of_version", "reason", "cause"], name="review_asked_once_a_cause_and_version")]
        indexes = [models.Index(fields=["plan"], name="review_asked_plan"), models.Index(fields=["client"], name="review_asked_client")]


class PutOffQuerySet(ClientRecordQuerySet):
    def open(self):
        """Of plans in force whose review has not been held since."""
        held = PlanReview.objects.filter(plan=OuterRef("plan"), recorded_at__gte=OuterRef("put_off_at"))
        return self.filter(~Exists(held), plan__state=CarePlan.State.CURRENT)

    def waiting(self, today):
        """Of those of :meth:`open`: the last one of each plan, where its day has not passed."""
        return self.open().newest().filter(until__gte=today)

    def newest(self):
        """The last one of each plan: it says until when."""
        later = Q(put_off_at__gt=OuterRef("put_off_at")) | Q(put_off_at=OuterRef("put_off_at"), pk__gt=OuterRef("pk"))
        return self.filter(~Exists(ReviewPutOff.objects.filter(later, plan=OuterRef("plan"))))


class ReviewPutOff(AboutClient, OfAgency):
    """A review that is due is put off, or the client was not seen. It stays in every figure of what is overdue; the manager sees why."""

    PART = Part.PLANS

    plan = models.ForeignKey(CarePlan, on_delete=models.PROTECT, related_name="put_off")
    of_version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="+")
    #: A code of the list 'put-off-reasons'.
    reason = models.CharField(max_length=20)
    words = models.CharField(max_length=300, blank=True)
    #: Reminded again from this day on.
    until = models.DateField()
    #: To find the client again, where they were not seen.
    task = models.ForeignKey("carehub.Task", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    put_off_at = models.DateTimeField()
    put_off_by = models.ForeignKey("carehub.Person", on_delete=models.PROTECT, related_name="+")

    objects = PutOffQuerySet.as_manager()

    class Meta:
        ordering = ["put_off_at", "pk"]
        indexes = [models.Index(fields=["plan"], name="put_off_plan"), models.Index(fields=["client"], name="put_off_client")]
