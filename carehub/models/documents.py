"""Documents made for clients, and what the code on a printed sheet may say to anybody."""

from django.db import models
from django.db.models import Q

from carehub.models.access import Part
from carehub.models.base import ClientRecord, Keyed, OfAgency


class Document(ClientRecord, OfAgency):
    """A PDF of one version of one thing: asked for, made once by a job, filed, never remade; the plan itself is sealed as well."""

    class State(models.TextChoices):
        WAITING = "waiting"
        READY = "ready"
        FAILED = "failed"

    PART = Part.PLANS

    client_id = models.UUIDField()
    kind = models.CharField(max_length=40)
    subject_id = models.UUIDField()
    #: For a client who carries it where others may look: initials and reference, and no word of what the service is for.
    discreet = models.BooleanField(default=False)
    #: Of a summary: the agency that the client may show it to.
    to = models.ForeignKey("carehub.Agency", on_delete=models.PROTECT, related_name="+", null=True)
    #: What it says beside the version (an agency's complaints procedure, what may be shared): the same bytes whenever it is rendered.
    beside = models.JSONField(default=dict, blank=True)
    #: SHA-256 of ``beside``: when that changes, another document takes the place of this one.
    beside_sha256 = models.CharField(max_length=64, blank=True)
    asked_by = models.ForeignKey("carehub.Person", on_delete=models.PROTECT, related_name="+", null=True)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    asked_at = models.DateTimeField()
    made_at = models.DateTimeField(null=True)
    file = models.ForeignKey("carehub.StoredFile", on_delete=models.PROTECT, related_name="+", null=True)
    unsealed_sha256 = models.CharField(max_length=64, blank=True)
    sealed_sha256 = models.CharField(max_length=64, blank=True)
    pages = models.PositiveSmallIntegerField(null=True)
    check_entry = models.OneToOneField("carehub.DocumentCheck", on_delete=models.PROTECT, related_name="+", null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject_id", "discreet", "to", "beside_sha256"], name="document_once_a_version", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=~Q(state="ready")
                | Q(file__isnull=False, made_at__isnull=False)
                & (~Q(sealed_sha256="") | (~Q(kind="care-plan") | Q(discreet=True)) & ~Q(unsealed_sha256="")),
                name="document_ready_means_there_is_one",
            ),
        ]
        indexes = [
            models.Index(fields=["client_id"], name="document_client"),
            models.Index(fields=["agency", "subject_id"], condition=Q(state="failed"), name="document_failed"),
        ]


class DocumentCheck(Keyed):
    """Behind the printed code: current or superseded, and since when. No client, no agency, no word of what it is about."""

    class Standing(models.TextChoices):
        CURRENT = "current"
        SUPERSEDED = "superseded"
        CLOSED = "closed"

    token = models.CharField(max_length=32, unique=True)
    standing = models.CharField(max_length=12, choices=Standing, default=Standing.CURRENT)
    since = models.DateField()
    sealed_sha256 = models.CharField(max_length=64, blank=True, db_index=True)
