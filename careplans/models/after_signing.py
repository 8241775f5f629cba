"""What is said of a version after it was agreed: beside its text, never in it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from carehub.models.access import Part
from carehub.models.base import ClientRecordQuerySet, OfAgency
from careplans.models.plans import PlanVersion
from clients.models.base import AboutClient


class Addendum(AboutClient, OfAgency):
    """A note on a signed version, with its own author and time; or what was not there yet when it was signed.

    That is the signature of a client who had agreed by word, and whether they took their copy: it is printed of what is signed.
    """

    class Kind(models.TextChoices):
        NOTE = "note", _("Note")
        SIGNED_LATER = "signed-later", _("Signed later")
        COPY_TAKEN = "copy-taken", _("Copy taken")
        COPY_LEFT = "copy-left", _("Copy offered, not taken")

    PART = Part.PLANS

    version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="addenda")
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.NOTE)
    words = models.TextField()
    #: Said by or about somebody else: never on paper.
    third_party = models.BooleanField(default=False)
    #: Of a signature that came later: the day on the sheet, and the sheet.
    signed_on = models.DateField(null=True, blank=True)
    scan = models.ForeignKey("carehub.StoredFile", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    written_at = models.DateTimeField()
    written_by = models.ForeignKey("carehub.Person", on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["written_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(words=""), name="addendum_says_something"),
            models.CheckConstraint(
                condition=Q(kind="signed-later", signed_on__isnull=False)
                | ~Q(kind="signed-later") & Q(signed_on__isnull=True, scan__isnull=True),
                name="addendum_signed_later_says_when",
            ),
        ]
        indexes = [models.Index(fields=["version"], name="addendum_version"), models.Index(fields=["client"], name="addendum_client")]


class PlanReturnQuerySet(ClientRecordQuerySet):
    def open(self):
        """Not mended yet."""
        return self.filter(mended_at__isnull=True)


class PlanReturn(AboutClient, OfAgency):
    """A manager sends a version back: to be mended now, or at the next review. Nobody calls a client in to sign a correction."""

    class Mend(models.TextChoices):
        NOW = "now", _("Now")
        AT_REVIEW = "at-review", _("At the next review")

    PART = Part.PLANS

    version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="returns")
    mend = models.CharField(max_length=10, choices=Mend)
    words = models.TextField()
    returned_at = models.DateTimeField()
    returned_by = models.ForeignKey("carehub.Person", on_delete=models.PROTECT, related_name="+")
    mended_at = models.DateTimeField(null=True, blank=True)
    mended_by = models.ForeignKey("carehub.Person", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    #: How it was mended.
    mended_words = models.TextField(blank=True)

    objects = PlanReturnQuerySet.as_manager()

    class Meta:
        ordering = ["returned_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(words=""), name="return_says_what"),
            models.CheckConstraint(
                condition=Q(mended_at__isnull=True, mended_by__isnull=True, mended_words="")
                | Q(mended_at__isnull=False, mended_by__isnull=False) & ~Q(mended_words=""),
                name="return_mended_when_by_whom_and_how",
            ),
        ]
        indexes = [
            models.Index(fields=["version"], name="return_version"),
            models.Index(fields=["client"], name="return_client"),
            models.Index(fields=["partnership"], condition=Q(mended_at__isnull=True), name="return_open"),
        ]
