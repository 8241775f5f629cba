"""Who may reach which client, and on what basis: the one table that visible_to and the database's policies both read."""

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from carehub import clock
from carehub.models.base import Keyed

if TYPE_CHECKING:
    from carehub.actors import Actor


class AccessQuerySet(models.QuerySet["Access"]):
    def visible_to(self, actor: "Actor"):
        """Grants, past ones too, to the agency that ``actor`` acts for and to them by name."""
        to = Q(person_id=actor.person_id)
        if actor.agency_id:
            to |= Q(agency_id=actor.agency_id)
        return self.filter(to, partnership_id=actor.partnership_id)

    def reached_by(self, actor: "Actor"):
        """Grants that let ``actor`` reach a client now: those of the agency they act for, and those to them by name."""
        now = clock.now()
        return self.visible_to(actor).filter(Q(until__isnull=True) | Q(until__gt=now), since__lte=now, ended_at__isnull=True)

    def grant(self, *, client: Any, basis: str, rests_on: UUID, agency: Any = None, person: Any = None, until: datetime | None = None):
        """Let an agency or a person reach ``client`` from this transaction on: rows about the client can be written in it at once."""
        from carehub import context

        return self.create(
            partnership_id=client.partnership_id,
            client_id=client.pk,
            agency=agency,
            person=person,
            basis=basis,
            rests_on=rests_on,
            since=context.moment(),
            until=until,
        )

    def end(self) -> int:
        """End these grants now. Does not depend on anybody's clock: a read that starts after the commit finds them ended."""
        return self.filter(ended_at__isnull=True).update(ended_at=clock.now())


class Access(Keyed):
    """One reason why one agency, or one person, may reach one client, from a moment to a moment."""

    class Basis(models.TextChoices):
        EPISODE = "episode", _("treats them")
        CONSENT = "consent", _("the client agreed")
        BREAK_GLASS = "break-glass", _("opened with a recorded reason")
        AUDIT_SAMPLE = "audit-sample", _("in an audit sample")
        DEPUTY = "deputy", _("stands in for a colleague")
        EPISODE_ROLE = "episode-role", _("has a part in the treatment")

    partnership = models.ForeignKey("carehub.Partnership", on_delete=models.PROTECT, related_name="+")
    #: A key of clients.Client; the foreign key itself is made by that app's migration, the kernel imports no app.
    client_id = models.UUIDField()
    agency = models.ForeignKey("carehub.Agency", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    person = models.ForeignKey("carehub.Person", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    basis = models.CharField(max_length=20, choices=Basis)
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
                condition=Q(agency__isnull=False, person__isnull=True) | Q(agency__isnull=True, person__isnull=False),
                name="access_to_an_agency_or_a_person",
            ),
            models.CheckConstraint(condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="access_ends_after_start"),
            models.UniqueConstraint(
                fields=["client_id", "agency", "person", "basis", "rests_on"], name="access_once_a_basis", nulls_distinct=False
            ),
        ]
        indexes = [
            models.Index(fields=["agency", "partnership", "client_id"], include=["since", "until", "ended_at"], name="access_agency"),
            models.Index(fields=["person", "partnership", "client_id"], include=["since", "until", "ended_at"], name="access_person"),
            models.Index(fields=["client_id"], name="access_client"),
        ]


def within_reach(column: str, actor: "Actor", *, many: bool = False) -> Q:
    """The client in ``column`` is one whom ``actor`` may reach now.

    ``many``: what is asked for looks at thousands of rows (a search by name, a count over an agency). The condition that never holds
    keeps PostgreSQL from walking from grant to grant: it works out everybody in reach once, and row security does the same. Twice
    as fast for thousands, many times slower for one.
    """
    condition = Q(**{f"{column}__in": Access.objects.reached_by(actor).values("client_id")})
    return condition | Q(**{f"{column}__isnull": True}) if many else condition
