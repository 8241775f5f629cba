"""What an assessment proposed, and what somebody decided; the pathways that a client is on."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from carehub.models.access import Part
from carehub.models.base import ClientRecordQuerySet
from clients.models.assessments import Assessment
from clients.models.base import AboutClient
from clients.models.episodes import Episode


class ProposalQuerySet(ClientRecordQuerySet):
    def open(self):
        return self.filter(state=Proposal.State.OPEN)

    def gravest_first(self):
        """What is countersigned, what cannot wait, then as the form has it."""
        return self.order_by("-countersign", "-same_day", "made_at", "place", "pk")


class Proposal(AboutClient):
    """A trigger whose condition held when an assessment was completed. A person accepts or declines it, once."""

    class State(models.TextChoices):
        OPEN = "", _("To decide")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")

    PART = Part.RECORD

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="proposals")
    agency = models.ForeignKey("carehub.Agency", on_delete=models.PROTECT, related_name="+")
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="proposals")
    #: The newest assessment that found the same anew while this was open.
    again = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    #: The trigger's id in the form, and where it stands there.
    trigger = models.CharField(max_length=60)
    place = models.PositiveSmallIntegerField()
    #: What is proposed and the guidance, as the form said it on that day.
    words = models.CharField(max_length=300)
    #: The answers that it rests on, each with the day on which it was asked.
    why = models.CharField(max_length=1000, blank=True)
    source = models.CharField(max_length=200, blank=True)
    #: The pathway that begins when it is accepted, as 'name/version' of that day; '' where there is none.
    pathway = models.CharField(max_length=70, blank=True)
    #: Who is told besides: 'manager' or 'safeguarding-lead'.
    tell = models.CharField(max_length=20, blank=True)
    #: Cannot wait until tomorrow: it is a task from the first minute, whatever is decided.
    same_day = models.BooleanField(default=False)
    #: Safeguarding or imminent risk: nobody closes it alone.
    countersign = models.BooleanField(default=False)
    third_party = models.BooleanField(default=False)
    made_at = models.DateTimeField()
    #: By when it is asked for, counted from the day on which the assessment was completed.
    wanted_by = models.DateField()

    state = models.CharField(max_length=10, choices=State, blank=True, default=State.OPEN)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey("carehub.Person", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    #: Why it was declined: a code of the list 'decline-reasons', and words where it cannot be closed alone.
    reason = models.CharField(max_length=40, blank=True)
    reason_words = models.CharField(max_length=300, blank=True)
    task = models.OneToOneField("carehub.Task", on_delete=models.PROTECT, related_name="proposal", null=True, blank=True)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="", decided_at__isnull=True, decided_by__isnull=True, reason="", reason_words="")
                | Q(
                    state="accepted",
                    decided_at__isnull=False,
                    decided_by__isnull=False,
                    task__isnull=False,
                    reason="",
                    reason_words="",
                )
                | (Q(state="declined", decided_at__isnull=False, decided_by__isnull=False) & ~Q(reason="")),
                name="proposal_decided_by_whom_when_and_why",
            ),
            models.CheckConstraint(
                condition=Q(same_day=False, countersign=False) | Q(same_day=True, task__isnull=False), name="proposal_of_today_is_a_task"
            ),
            models.CheckConstraint(
                condition=~Q(state="declined", countersign=True) | ~Q(reason_words=""), name="proposal_of_danger_declined_in_words"
            ),
            models.CheckConstraint(
                condition=~Q(state="declined", same_day=False) | Q(task__isnull=True), name="proposal_declined_is_no_task"
            ),
            models.UniqueConstraint(fields=["assessment", "trigger"], name="proposal_once_an_assessment"),
            models.UniqueConstraint(fields=["episode", "trigger"], condition=Q(state=""), name="proposal_open_once_an_episode"),
        ]
        indexes = [models.Index(fields=["client", "-made_at"], name="proposal_client")]

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    @property
    def look(self) -> str:
        """Of carehub.states."""
        return "completed" if self.state == self.State.ACCEPTED else "declined" if self.state == self.State.DECLINED else "to-do"


class ClientPathwayQuerySet(ClientRecordQuerySet):
    def open(self):
        return self.filter(ended_on__isnull=True)


class ClientPathway(AboutClient):
    """One way through several services that a client is on, in the version in which it began. One open of each in an episode."""

    PART = Part.RECORD

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="pathways")
    agency = models.ForeignKey("carehub.Agency", on_delete=models.PROTECT, related_name="+")
    #: Name and version of a definition of kind 'pathway'.
    pathway = models.CharField(max_length=60)
    version = models.PositiveSmallIntegerField()
    started_on = models.DateField()
    started_by = models.ForeignKey("carehub.Person", on_delete=models.PROTECT, related_name="+")
    #: What it came from; None where somebody attached it by hand. ``because`` says why in words.
    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="pathways", null=True, blank=True)
    because = models.CharField(max_length=1000)
    third_party = models.BooleanField(default=False)
    ended_on = models.DateField(null=True, blank=True)
    ended_by = models.ForeignKey("carehub.Person", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    #: A code of the list 'pathway-endings', and what else is to be said.
    ended_how = models.CharField(max_length=40, blank=True)
    ended_words = models.CharField(max_length=300, blank=True)

    objects = ClientPathwayQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True, ended_by__isnull=True, ended_how="", ended_words="")
                | (Q(ended_on__gte=F("started_on"), ended_by__isnull=False) & ~Q(ended_how="")),
                name="pathway_ended_when_by_whom_and_how",
            ),
            models.UniqueConstraint(fields=["episode", "pathway"], condition=Q(ended_on__isnull=True), name="pathway_open_once_an_episode"),
        ]
        indexes = [models.Index(fields=["client", "-started_on"], name="pathway_client")]
