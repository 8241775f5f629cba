"""What looked unusual in how a member of staff used records, and what somebody who looked into it found. It names no client."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q

from carehub.models.base import Keyed

if TYPE_CHECKING:
    from carehub.actors import Actor


class UnusualAccessQuerySet(models.QuerySet["UnusualAccess"]):
    def visible_to(self, actor: "Actor"):
        """Of staff of one's own agency; in a role of the whole partnership, of everybody."""
        found = self.filter(partnership_id=actor.partnership_id)
        return found.filter(agency_id=actor.agency_id) if actor.agency_id else found

    def to_look_into(self):
        """Nobody has yet, or there was more of it since."""
        return self.filter(Q(looked_at__isnull=True) | Q(last_at__gt=F("looked_at")))


class UnusualAccess(Keyed):
    """One rule, one person in one role, one day: how often."""

    partnership = models.ForeignKey("carehub.Partnership", on_delete=models.PROTECT, related_name="+")
    #: Whose manager looks into it; none where the role is the partnership's.
    agency = models.ForeignKey("carehub.Agency", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    membership = models.ForeignKey("carehub.Membership", on_delete=models.PROTECT, related_name="+")
    #: A name of clients.looked.unusual.RULES, the version of the rules, and the partnership's number at that time.
    rule = models.CharField(max_length=20)
    version = models.PositiveSmallIntegerField()
    limit = models.PositiveIntegerField()
    day = models.DateField()
    #: What the rule counts: records, or how often the password was asked for.
    times = models.PositiveIntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    found_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True, blank=True)
    looked_at = models.DateTimeField(null=True, blank=True)
    looked_by = models.ForeignKey("carehub.Person", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    words = models.TextField(blank=True)

    objects = UnusualAccessQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "unusual access"
        constraints = [
            models.UniqueConstraint(fields=["membership", "rule", "day"], name="unusual_once_a_day"),
            models.CheckConstraint(
                condition=Q(looked_at__isnull=True, looked_by__isnull=True, words="") | Q(looked_at__isnull=False, looked_by__isnull=False),
                name="unusual_looked_into_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["partnership", "agency", "-day"], name="unusual_newest")]

    @property
    def is_open(self) -> bool:
        return self.looked_at is None or self.last_at > self.looked_at

    @property
    def more_since(self) -> datetime | None:
        """The last time, where there was more of it after somebody had looked into it."""
        return self.last_at if self.looked_at and self.is_open else None
