"""What the client has agreed to, and what may be passed on without them: consents, and records opened with a reason."""

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from carehub import clock
from carehub.models.access import Part
from carehub.models.base import ClientRecordQuerySet, OfAgency
from clients.models.base import AboutClient


class ConsentQuerySet(ClientRecordQuerySet):
    def in_force(self):
        """Given, begun, and neither over nor withdrawn."""
        today = clock.today()
        return self.filter(Q(until__isnull=True) | Q(until__gte=today), answer="given", from_on__lte=today, withdrawn_at__isnull=True)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent())
class Consent(AboutClient, OfAgency):
    """One answer of the client to one question: may this be shared, may we treat you, may we report you. Withdrawn, never changed.

    A legal exception stands here too: what was passed on without consent, and on which ground.
    """

    PART = Part.RECORD

    class Kind(models.TextChoices):
        SHARING = "sharing", _("Sharing with another agency")
        TREATMENT = "treatment", _("Treatment")
        MONITORING = "monitoring", _("National monitoring")
        EXCEPTION = "exception", _("Passed on without consent, as the law requires")

    class Answer(models.TextChoices):
        GIVEN = "given", _("Agreed")
        REFUSED = "refused", _("Did not agree")

    class How(models.TextChoices):
        SIGNED = "signed", _("Signed the form")
        SAID = "said", _("Said so")

    kind = models.CharField(max_length=12, choices=Kind)
    answer = models.CharField(max_length=8, choices=Answer, default=Answer.GIVEN)
    #: Sharing: with these agencies and no other. One that joins the partnership later is asked for anew.
    with_agencies = models.ManyToManyField("carehub.Agency", through="ConsentAgency", through_fields=("consent", "to"), related_name="+")
    parts = ArrayField(models.CharField(max_length=12, choices=Part), default=list, blank=True)
    purpose = models.CharField(max_length=300, blank=True)
    from_on = models.DateField()
    until = models.DateField(null=True, blank=True)
    how = models.CharField(max_length=8, choices=How, blank=True)
    scan = models.ForeignKey("carehub.StoredFile", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    #: Of an exception: a code of the list 'sharing-exceptions', and who was told what.
    ground = models.CharField(max_length=30, blank=True)
    told = models.CharField(max_length=300, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey("carehub.Person", on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey("carehub.Person", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    #: A code of the list 'withdrawal-reasons'.
    withdrawn_why = models.CharField(max_length=30, blank=True)
    #: When the client was told what stops, and by whom.
    client_told_on = models.DateField(null=True, blank=True)
    client_told_by = models.ForeignKey("carehub.Person", on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(until__isnull=True) | Q(until__gte=F("from_on")), name="consent_ends_after_start"),
            models.CheckConstraint(
                condition=Q(kind="exception", how="") & ~Q(ground="") & ~Q(told="") & Q(answer="given")
                | (~Q(kind="exception") & Q(ground="", told="") & ~Q(how="")),
                name="consent_says_how_or_on_which_ground",
            ),
            models.CheckConstraint(condition=Q(kind="sharing") | Q(parts=[]), name="consent_to_share_names_parts"),
            models.CheckConstraint(condition=Q(scan__isnull=True) | Q(how="signed"), name="consent_scan_is_of_a_signed_form"),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True, withdrawn_why="")
                | (Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False, answer="given") & ~Q(withdrawn_why="") & ~Q(kind="exception")),
                name="consent_withdrawn_when_by_whom_and_why",
            ),
            models.CheckConstraint(
                condition=Q(client_told_on__isnull=True, client_told_by__isnull=True)
                | Q(client_told_on__isnull=False, client_told_by__isnull=False, withdrawn_at__isnull=False),
                name="consent_client_told_when_and_by_whom",
            ),
        ]
        indexes = [models.Index(fields=["client", "-recorded_at"], name="consent_client")]

    @property
    def state(self) -> str:
        """A key of carehub.states."""
        if self.withdrawn_at:
            return "withdrawn"
        if self.answer == self.Answer.REFUSED:
            return "declined"
        today = clock.today()
        if self.until and self.until < today:
            return "closed"
        return "waiting" if self.from_on > today else "current"


class ConsentAgency(AboutClient, OfAgency):
    """One agency that a consent names."""

    PART = Part.RECORD

    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, related_name="named")
    to = models.ForeignKey("carehub.Agency", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name_plural = "consent agencies"
        constraints = [models.UniqueConstraint(fields=["consent", "to"], name="consent_names_an_agency_once")]
        indexes = [models.Index(fields=["client"], name="consent_agency_client")]


class Opening(AboutClient, OfAgency):
    """A record opened without consent by somebody with a duty of care: with a reason, for an hour, told and judged (break-glass)."""

    membership = models.ForeignKey("carehub.Membership", on_delete=models.PROTECT, related_name="+")
    #: A code of the list 'opening-reasons'.
    reason = models.CharField(max_length=30)
    words = models.CharField(max_length=500)
    opened_at = models.DateTimeField()
    until = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    justified = models.BooleanField(null=True, blank=True)
    judged_words = models.CharField(max_length=500, blank=True)
    judged_at = models.DateTimeField(null=True, blank=True)
    judged_by = models.ForeignKey("carehub.Person", on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(reason="") & ~Q(words=""), name="opening_says_why"),
            models.CheckConstraint(condition=Q(until__gt=F("opened_at")), name="opening_ends"),
            models.CheckConstraint(
                condition=Q(justified__isnull=True, judged_at__isnull=True, judged_by__isnull=True)
                | (Q(justified__isnull=False, judged_at__isnull=False, judged_by__isnull=False) & ~Q(judged_words="")),
                name="opening_judged_when_by_whom_and_why",
            ),
        ]
        indexes = [
            models.Index(fields=["client", "-opened_at"], name="opening_client"),
            models.Index(fields=["partnership", "opened_at"], condition=Q(judged_at__isnull=True), name="opening_to_judge"),
        ]

    @property
    def is_open(self) -> bool:
        return self.closed_at is None and self.until > clock.now()
