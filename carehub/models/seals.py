"""What makes the log show that somebody touched it: each event is chained to the one sealed before it."""

from django.db import models

from carehub.models.events import Event


class EventSeal(models.Model):
    """One link of the one chain over the whole installation. Written by the sealer, never changed."""

    position = models.BigIntegerField(primary_key=True)
    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="seal")
    sealed_at = models.DateTimeField()
    #: SHA-256, in hex, of the link before, and of this one: over position, time, event, its clients and the link before.
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"link {self.position}"
