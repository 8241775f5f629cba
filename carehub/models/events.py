"""Who saw and did what. Rows are only ever added; the application's role cannot change or remove one."""

from django.db import models

from carehub.models.base import ClientRecordQuerySet, Keyed


class Event(Keyed):
    """One request, or one piece of background work: who, as whom, what, when, why, and how it ended."""

    at = models.DateTimeField()
    partnership = models.ForeignKey("carehub.Partnership", on_delete=models.PROTECT, related_name="+", null=True)
    person = models.ForeignKey("carehub.Person", on_delete=models.PROTECT, related_name="+", null=True)
    membership = models.ForeignKey("carehub.Membership", on_delete=models.PROTECT, related_name="+", null=True)
    #: What was done, 'plan.signed'; for a page that was only read, 'viewed'.
    verb = models.CharField(max_length=60)
    #: The name of the page (never its address: that could carry a key that was guessed).
    page = models.CharField(max_length=100, blank=True)
    method = models.CharField(max_length=8, blank=True)
    status = models.PositiveSmallIntegerField(null=True)
    subject_kind = models.CharField(max_length=60, blank=True)
    subject_id = models.UUIDField(null=True)
    reason = models.TextField(blank=True)
    #: What stands on an error page, for the person to tell and us to find.
    reference = models.CharField(max_length=20, blank=True)
    #: How many clients it showed. 1 is a record that was opened, more are a list. Whoever reaches none of them reads the number alone.
    shown = models.PositiveIntegerField(default=0)
    #: Further verbs of the same request, with their subjects.
    also = models.JSONField(default=list)

    class Meta:
        indexes = [
            models.Index(fields=["partnership", "-at"], name="event_newest"),
            # What one person has seen, and how fast they open records.
            models.Index(fields=["person", "-at"], name="event_of_person"),
            # For the sealer, who looks for what has no seal yet.
            models.Index(fields=["at"], name="event_at"),
        ]


class EventClient(Keyed):
    """A client who was shown or changed by an event."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="clients")
    partnership = models.ForeignKey("carehub.Partnership", on_delete=models.PROTECT, related_name="+", null=True)
    client_id = models.UUIDField()

    objects = ClientRecordQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["client_id"], name="event_client_client")]
        constraints = [models.UniqueConstraint(fields=["event", "client_id"], name="event_names_a_client_once")]
