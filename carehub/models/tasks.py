"""What somebody has to do about a client (task), and what somebody has been told (notice)."""

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from carehub.models.access import Access, Part
from carehub.models.base import ClientRecord, ClientRecordQuerySet


class TaskQuerySet(ClientRecordQuerySet):
    def open(self):
        return self.filter(done_at__isnull=True)


class Task(ClientRecord):
    """Something to be done for a client by a day, by a person or by whoever is on duty in an agency."""

    PART = Part.RECORD

    client_id = models.UUIDField()
    kind = models.CharField(max_length=60)
    subject_id = models.UUIDField()
    #: What is to be done, and why, as it was said on the day it was asked for.
    words = models.CharField(max_length=300)
    why = models.CharField(max_length=300, blank=True)
    #: Somebody else than who asked for it, a manager, must see that it was done: safeguarding and imminent risk.
    countersigned = models.BooleanField(default=False)
    due_on = models.DateField()
    agency = models.ForeignKey("carehub.Agency", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("carehub.Person", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("carehub.Person", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey("carehub.Person", on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    objects = TaskQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "subject_id", "due_on"], name="task_made_once"),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True, done_by__isnull=True) | Q(done_at__isnull=False, done_by__isnull=False),
                name="task_done_at_and_by",
            ),
            models.CheckConstraint(
                condition=Q(countersigned=False) | Q(done_by__isnull=True) | ~Q(done_by=F("made_by")), name="task_countersigned_by_another"
            ),
        ]
        indexes = [models.Index(fields=["agency", "due_on"], condition=Q(done_at__isnull=True), name="task_open")]


class NoticeQuerySet(ClientRecordQuerySet):
    def visible_to(self, actor, *, many: bool = False):
        """One's own notices, as a deputy the absent colleague's too, about clients whom one may still reach, or about no client."""
        # EXISTS: as IN beside 'or none' it would work out everybody in reach, on every page.
        reached = Exists(Access.objects.reached_by(actor).filter(client_id=OuterRef("client_id")))
        return self.filter(Q(reached) | Q(client_id__isnull=True), partnership_id=actor.partnership_id, person_id__in=actor.person_ids)

    def unread(self):
        return self.filter(read_at__isnull=True)


class Notice(ClientRecord):
    """Told to one person, once: the kind, what about, and for which due date make it unique."""

    #: None: about a member of staff, who is not named in it.
    client_id = models.UUIDField(null=True)
    person = models.ForeignKey("carehub.Person", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=60)
    subject_id = models.UUIDField()
    #: The day the notice is about (a review's due date): a new due date is a new notice.
    about_day = models.DateField()
    made_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "kind", "subject_id", "about_day"], name="notice_told_once")]
        indexes = [models.Index(fields=["person", "-made_at"], name="notice_newest")]
