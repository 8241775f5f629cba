"""Who may reach which client, and on what basis: the one table that visible_to and the database's policies both read."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from carehub import clock
from carehub.models.base import Keyed

if TYPE_CHECKING:
    from carehub.actors import Actor


#: What says whether a grant is open, in the index, so that the table need not be read.
_OPEN = ["since", "until", "ended_at", "parts"]


class AccessQuerySet(models.QuerySet["Access"]):
    def visible_to(self, actor: "Actor"):
        """Grants, past ones too, to the agency that ``actor`` acts for and to them by name."""
        to = Q(membership_id__in=actor.membership_ids)
        if actor.reaching_agency_id:
            to |= Q(agency_id=actor.reaching_agency_id)
        return self.filter(to, partnership_id=actor.partnership_id)

    def about(self, client_id: UUID):
        """Every grant about one client, past ones too. The database shows others' grants to the agencies that treat the client."""
        return self.filter(client_id=client_id)

    def open(self):
        now = clock.now()
        return self.filter(Q(until__isnull=True) | Q(until__gt=now), since__lte=now, ended_at__isnull=True)

    def reached_by(self, actor: "Actor"):
        """Grants that let ``actor`` reach a client now: those of the agency they act for, and those to them by name."""
        return self.visible_to(actor).open()

    def grant(
        self,
        *,
        client: Any,
        basis: str,
        rests_on: UUID,
        agency: Any = None,
        membership: Any = None,
        parts: Iterable[str] = (),
        since: datetime | None = None,
        until: datetime | None = None,
    ):
        """Let an agency, or a person in one role, reach ``client``; ``parts`` of what other agencies wrote with it.

        From this transaction on, unless ``since`` is later: rows about the client can be written in it at once.
        """
        from carehub import context

        return self.create(
            partnership_id=client.partnership_id,
            client_id=client.pk,
            agency=agency,
            membership=membership,
            basis=basis,
            parts=sorted(parts),
            rests_on=rests_on,
            since=max(since or context.moment(), context.moment()),
            until=until,
        )

    def end(self) -> int:
        """End these grants now. Does not depend on anybody's clock: a read that starts after the commit finds them ended."""
        return self.filter(ended_at__isnull=True).update(ended_at=clock.now())


class Part(models.TextChoices):
    """What a grant can open of what *other* agencies wrote. What one's own agency wrote it may always read while it reaches the client."""

    RECORD = "record", _("who treats them, risks, what is due")
    ASSESSMENTS = "assessments", _("assessments")
    PLANS = "plans", _("care plans and their documents")


ALL_PARTS = tuple(Part.values)


class Access(Keyed):
    """One reason why one agency, or one person in one role, may reach one client, from a moment to a moment."""

    class Basis(models.TextChoices):
        EPISODE = "episode", _("treats them")
        CONSENT = "consent", _("the client agreed")
        BREAK_GLASS = "break-glass", _("opened with a recorded reason")
        AUDIT_SAMPLE = "audit-sample", _("in an audit sample")
        EPISODE_ROLE = "episode-role", _("has a part in the treatment")
        EXCEPTION = "exception", _("the law requires it")

    partnership = models.ForeignKey("carehub.Partnership", on_delete=models.PROTECT, related_name="+")
    #: A key of clients.Client; the foreign key itself is made by that app's migration, the kernel imports no app.
    client_id = models.UUIDField()
    agency = models.ForeignKey("carehub.Agency", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    #: To a person, in one role and no other: it ends with the role, and whoever stands in for them has it too.
    membership = models.ForeignKey("carehub.Membership", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    basis = models.CharField(max_length=20, choices=Basis)
    #: Of what other agencies wrote: see Part. Empty for the agency that treats: it reads what it wrote itself.
    parts = ArrayField(models.CharField(max_length=12, choices=Part), default=list, blank=True)
    #: The episode, consent, audit file or break-glass entry that it rests on.
    rests_on = models.UUIDField()
    since = models.DateTimeField()
    #: A planned end: of a consent, of an hour.
    until = models.DateTimeField(null=True, blank=True)
    #: Ended before that, or without one: withdrawn, discharged, left.
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = AccessQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "access"
        constraints = [
            models.CheckConstraint(
                condition=Q(agency__isnull=False, membership__isnull=True) | Q(agency__isnull=True, membership__isnull=False),
                name="access_to_an_agency_or_a_person",
            ),
            models.CheckConstraint(condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="access_ends_after_start"),
            models.UniqueConstraint(
                fields=["client_id", "agency", "membership", "basis", "rests_on"], name="access_once_a_basis", nulls_distinct=False
            ),
        ]
        indexes = [
            models.Index(fields=["agency", "partnership", "client_id"], include=_OPEN, name="access_agency"),
            models.Index(fields=["membership", "partnership", "client_id"], include=_OPEN, name="access_membership"),
            models.Index(fields=["client_id"], name="access_client"),
        ]


def within_reach(column: str, actor: "Actor", *, part: str = "", many: bool = False) -> Q:
    """The client in ``column`` is one whom ``actor`` may reach now; with ``part``, also: their agency wrote the row, or the part is shared.

    ``part``: rows of a table that belongs to a part have the agency that wrote them in ``agency``.
    ``many``: what is asked for looks at thousands of rows (a search by name, a count over an agency). The condition that never holds
    keeps PostgreSQL from walking from grant to grant: it works out everybody in reach once, and row security does the same. Twice
    as fast for thousands, many times slower for one.
    """
    reached = Access.objects.reached_by(actor)
    if not part:
        condition = Q(**{f"{column}__in": reached.values("client_id")})
        return condition | Q(**{f"{column}__isnull": True}) if many else condition
    if many:
        own = Q(**{f"{column}__in": reached.values("client_id")}, agency_id=actor.reaching_agency_id)
        return own | Q(**{f"{column}__in": reached.filter(parts__contains=[part]).values("client_id")})
    opened = Q(agency_id=OuterRef("agency_id")) | Q(parts__contains=[part])
    return Q(Exists(reached.filter(opened, client_id=OuterRef(column))))
