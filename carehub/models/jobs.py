"""Durable background work. The row is the truth; a message to the worker only says 'look now'."""

from django.db import models
from django.db.models import Q

from carehub import clock
from carehub.models.base import Keyed


class JobQuerySet(models.QuerySet["Job"]):
    def to_send(self, now):
        """Jobs that nobody has been told of, or that were told of and did not end in time: a worker may have died."""
        return self.filter(state=Job.State.WAITING, not_before__lte=now)


class Job(Keyed):
    """One piece of work on one version of one thing: asked for once, done once, however often it is delivered.

    Holds keys and no client data, so it needs no row security: the worker must see every partnership's jobs.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        DONE = "done"
        FAILED = "failed"

    kind = models.CharField(max_length=60)
    subject_id = models.UUIDField()
    version = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    partnership = models.ForeignKey("carehub.Partnership", on_delete=models.PROTECT, related_name="+")
    #: Whom the work is done for: it runs with what they may reach, no more.
    membership = models.ForeignKey("carehub.Membership", on_delete=models.PROTECT, related_name="+", null=True)
    asked_at = models.DateTimeField()
    #: Not sent again before this moment: after sending, and after a failure with growing distance.
    not_before = models.DateTimeField()
    #: Times it ended, done or failed; and times a worker began it. Where the second runs ahead, workers died in it.
    attempts = models.PositiveSmallIntegerField(default=0)
    begun = models.PositiveSmallIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)
    #: For staff who look after the machine; no client data.
    error = models.TextField(blank=True)
    result = models.JSONField(default=dict)

    objects = JobQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "subject_id", "version"], name="job_asked_once"),
            models.CheckConstraint(
                condition=Q(state="waiting", ended_at__isnull=True) | (~Q(state="waiting") & Q(ended_at__isnull=False)),
                name="job_ended_when_it_ended",
            ),
        ]
        indexes = [models.Index(fields=["not_before"], condition=Q(state="waiting"), name="job_waiting")]

    def end(self, state: "Job.State", *, result: dict | None = None, error: str = "") -> None:
        self.state, self.ended_at, self.result, self.error = state, clock.now(), result or {}, error
        self.save(update_fields=["state", "ended_at", "result", "error", "attempts"])
