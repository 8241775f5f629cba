"""Who signed, how, and when; or declined, and why."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from carehub.models.access import Part
from carehub.models.base import OfAgency
from careplans.models.plans import PlanVersion
from clients.models.base import AboutClient


class Signature(AboutClient, OfAgency):
    """One party's word on exactly one agreed text. A changed text needs a new one; nobody signs twice, nothing is added after the lock."""

    class Party(models.TextChoices):
        CLIENT = "client", _("Client")
        KEYWORKER = "keyworker", _("Keyworker")
        WITNESS = "witness", _("Carer or witness")

    class How(models.TextChoices):
        SCREEN = "screen", _("Signed on screen")
        PAPER = "paper", _("Signed on paper")
        VERBAL = "verbal", _("Agreed by word")
        DECLINED = "declined", _("Declined to sign")

    PART = Part.PLANS

    version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="signatures")
    party = models.CharField(max_length=10, choices=Party)
    name = models.CharField(max_length=120)
    how = models.CharField(max_length=10, choices=How)
    signed_on = models.DateField()
    reason = models.CharField(max_length=300, blank=True)
    #: The strokes drawn on screen, as SVG path data; empty where the name was typed.
    strokes = models.TextField(blank=True)
    scan = models.ForeignKey("carehub.StoredFile", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    #: Of somebody who agreed by word: when the signature is to be asked for.
    follow_up_on = models.DateField(null=True, blank=True)
    #: The text that was signed: PlanVersion.agreed_text at that moment.
    agreed_text = models.CharField(max_length=64)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey("carehub.Person", on_delete=models.PROTECT, related_name="+")
    locked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["recorded_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["version", "party", "agreed_text"], name="signature_once_a_party_and_text"),
            models.CheckConstraint(
                condition=Q(how="declined") & ~Q(reason="") | ~Q(how="declined") & Q(reason=""), name="signature_declined_says_why"
            ),
            models.CheckConstraint(condition=Q(scan__isnull=True) | Q(how="paper"), name="signature_scan_is_of_paper"),
            models.CheckConstraint(
                condition=Q(how="verbal", follow_up_on__isnull=False) | ~Q(how="verbal") & Q(follow_up_on__isnull=True),
                name="signature_by_word_is_followed_up",
            ),
        ]
        indexes = [
            models.Index(fields=["client"], name="signature_client"),
            models.Index(fields=["agency"], condition=Q(how="verbal"), name="signature_by_word"),
        ]
