"""What somebody has to do about a client (task), and what somebody has been told (notice)."""

import pghistory
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from carehub import clock
from carehub.models.access import Access, Part
from carehub.models.base import ClientRecord, ClientRecordQuerySet

#: Said to be done, and not sent back since.
WAITS = Q(carried_out_at__isnull=False, done_at__isnull=True) & (Q(sent_back_at__isnull=True) | Q(sent_back_at__lt=F("carried_out_at")))


class TaskQuerySet(ClientRecordQuerySet):
    def open(self):
        return self.filter(done_at__isnull=True)

    def waiting(self):
        """For the countersignature of a manager."""
        return self.filter(WAITS)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent())
class Task(ClientRecord):
    """Something to be done for a client by a day, by a person or by whoever is on duty in an agency.

    What is countersigned is first carried out: one person says what was done and who was told, another countersigns or sends it back.
    """

    class Told(models.TextChoices):
        """Who was told (MoC 4.5)."""

        MANAGER = "manager", _("Service manager")
        SAFEGUARDING = "safeguarding", _("Safeguarding lead")
        GP = "gp", _("GP")
        CRISIS_TEAM = "crisis-team", _("Mental health crisis team")
        AMBULANCE = "ambulance", _("Ambulance or emergency department")
        CHILDREN = "children", _("Children’s social services")
        POLICE = "police", _("Police")
        NOBODY = "nobody", _("Nobody yet")

    PART = Part.RECORD

    client_id = models.UUIDField()
    kind = models.CharField(max_length=60)
    subject_id = models.UUIDField()
    #: What is to be done, and why, as it was said on the day it was asked for.
    words = models.CharField(max_length=300)
    why = models.CharField(max_length=1000, blank=True)
    #: Somebody else than who asked for it, a manager, must see that it was done: safeguarding and imminent risk.
    countersigned = models.BooleanField(default=False)
    due_on = models.DateField()
    agency = models.ForeignKey("carehub.Agency", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("carehub.Person", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("carehub.Person", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    #: What somebody says they did, whom they told, and what belongs to it (a name, a time, a reference). The last time it was said.
    carried_out_at = models.DateTimeField(null=True, blank=True)
    carried_out_by = models.ForeignKey("carehub.Person", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    carried_out_words = models.CharField(max_length=500, blank=True)
    told = ArrayField(models.CharField(max_length=20, choices=Told), default=list, blank=True)
    told_words = models.CharField(max_length=200, blank=True)
    #: Not enough: what is still to be done. The last time; open until it is said anew what was done.
    sent_back_at = models.DateTimeField(null=True, blank=True)
    sent_back_by = models.ForeignKey("carehub.Person", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    sent_back_words = models.CharField(max_length=300, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey("carehub.Person", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    #: 'Done' was a mistake, and it is open again: the last time. Who had said 'Done' stands in the history.
    reopened_at = models.DateTimeField(null=True, blank=True)
    reopened_by = models.ForeignKey("carehub.Person", on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    objects = TaskQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "subject_id", "due_on"], name="task_made_once"),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True, done_by__isnull=True) | Q(done_at__isnull=False, done_by__isnull=False),
                name="task_done_at_and_by",
            ),
            models.CheckConstraint(
                condition=Q(reopened_at__isnull=True, reopened_by__isnull=True)
                | Q(reopened_at__isnull=False, reopened_by__isnull=False, countersigned=False),
                name="task_reopened_at_and_by_unless_countersigned",
            ),
            models.CheckConstraint(
                condition=Q(countersigned=False) | Q(done_by__isnull=True) | ~Q(done_by=F("made_by")), name="task_countersigned_by_another"
            ),
            models.CheckConstraint(
                condition=Q(carried_out_at__isnull=True, carried_out_by__isnull=True, carried_out_words="", told=[], told_words="")
                | (
                    Q(countersigned=True, carried_out_at__isnull=False, carried_out_by__isnull=False, told__len__gt=0)
                    & ~Q(carried_out_words="")
                ),
                name="task_carried_out_who_when_and_whom_told",
            ),
            models.CheckConstraint(condition=~Q(told__contains=["nobody"]) | Q(told__len=1), name="task_told_nobody_or_somebody"),
            models.CheckConstraint(
                condition=Q(sent_back_at__isnull=True, sent_back_by__isnull=True, sent_back_words="")
                | (Q(sent_back_at__isnull=False, sent_back_by__isnull=False, carried_out_at__isnull=False) & ~Q(sent_back_words="")),
                name="task_sent_back_who_when_and_why",
            ),
            models.CheckConstraint(
                condition=Q(countersigned=False)
                | Q(done_at__isnull=True)
                | (Q(carried_out_by__isnull=False) & ~Q(done_by=F("carried_out_by")) & ~Q(sent_back_at__gte=F("carried_out_at"))),
                name="task_countersigned_once_carried_out",
            ),
        ]
        indexes = [models.Index(fields=["agency", "due_on"], condition=Q(done_at__isnull=True), name="task_open")]

    @property
    def is_overdue(self) -> bool:
        return self.done_at is None and self.due_on < clock.today()

    @property
    def is_sent_back(self) -> bool:
        return self.sent_back_at is not None and self.carried_out_at is not None and self.sent_back_at >= self.carried_out_at

    @property
    def waits(self) -> bool:
        """Like WAITS, of one task."""
        return self.carried_out_at is not None and self.done_at is None and not self.is_sent_back

    @property
    def told_whom(self) -> str:
        return ", ".join(str(label) for value, label in self.Told.choices if value in self.told)


class NoticeQuerySet(ClientRecordQuerySet):
    def visible_to(self, actor, *, many: bool = False):
        """One's own notices, as a deputy the absent colleague's too, about clients whom one may still reach, or about no client."""
        # EXISTS: as IN beside 'or none' it would work out everybody in reach, on every page.
        reached = Exists(Access.objects.reached_by(actor).filter(client_id=OuterRef("client_id")))
        return self.filter(Q(reached) | Q(client_id__isnull=True), partnership_id=actor.partnership_id, person_id__in=actor.person_ids)

    def unread(self):
        return self.filter(read_at__isnull=True)

    def as_number(self, most: int) -> Func:
        """How many, ``most`` at most, inside another query: a home page asks one question less."""
        return Func(ArraySubquery(self.order_by().values("pk")[:most]), function="cardinality", output_field=models.IntegerField())


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
