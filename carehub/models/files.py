"""Files that were taken in (a scan) or made here (a document), by what they contain."""

from django.db import models
from django.db.models import Q

from carehub.models.access import Part
from carehub.models.base import ClientRecord, OfAgency


class StoredFile(ClientRecord, OfAgency):
    """One cleaned file. Its bytes lie in the store under their SHA-256; see carehub.files."""

    PART = Part.PLANS

    client_id = models.UUIDField()
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    content_type = models.CharField(max_length=100)
    #: As the person's machine called it, for the person only; never part of a path.
    original_name = models.CharField(max_length=200, blank=True)
    purpose = models.CharField(max_length=40)
    stored_by = models.ForeignKey("carehub.Person", on_delete=models.PROTECT, related_name="+", null=True)
    stored_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="file_named_by_its_hash")]
        indexes = [models.Index(fields=["client_id"], name="file_client")]
