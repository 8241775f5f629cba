"""Mail that is to go out. A job sends it, so that a mail server that is down loses nothing."""

from django.db import models

from carehub.models.base import Keyed


class OutgoingMail(Keyed):
    """One message to a member of staff. It never names a client: it says how many, and where to look."""

    partnership = models.ForeignKey("carehub.Partnership", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("carehub.Person", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=60)
    about_day = models.DateField()
    subject = models.CharField(max_length=200)
    body = models.TextField()
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "kind", "about_day"], name="mail_once_a_day_and_kind")]
