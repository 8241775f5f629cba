"""What tables have in common: keys made here, the client they are about, and the version that a save checks."""

import uuid
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models

from carehub.stale import StaleSave

if TYPE_CHECKING:
    from carehub.actors import Actor


class Keyed(models.Model):
    """A row whose key is made in Python: an INSERT … RETURNING fails where row security does not show the new row yet."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)

    class Meta:
        abstract = True


class ClientRecordQuerySet(models.QuerySet):
    """Rows about clients. Nothing reaches a page except through ``visible_to``."""

    def visible_to(self, actor: "Actor", *, many: bool = False):
        """Rows about clients that ``actor`` may reach now; the database's own policies read the same table.

        ``many``: for whatever looks at thousands of them: see :func:`carehub.models.access.within_reach`.
        """
        from carehub.models.access import within_reach

        return self.filter(
            within_reach("client_id", actor, part=getattr(self.model, "PART", ""), many=many), partnership_id=actor.partnership_id
        )


class ClientRecord(Keyed):
    """A row about one client. The columns client_id and, in a part, agency_id are what row security reads; children carry them too."""

    #: Which part of what other agencies wrote it belongs to (carehub.models.access.Part); '': whoever reaches the client reads it.
    PART: ClassVar[str] = ""

    partnership = models.ForeignKey("carehub.Partnership", on_delete=models.PROTECT, related_name="+")

    objects = ClientRecordQuerySet.as_manager()

    class Meta:
        abstract = True


class OfAgency(models.Model):
    """A row that belongs to the agency that wrote it. The database fills it in, from what the row belongs to or from who acts."""

    agency = models.ForeignKey("carehub.Agency", on_delete=models.PROTECT, related_name="+", editable=False)

    class Meta:
        abstract = True


class Versioned(models.Model):
    """A row that people edit. Each save says which version it started from, and fails where somebody was first."""

    row_version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True

    def save_over(self, expected: int, **changes: Any) -> None:
        """Write ``changes`` if the row still has version ``expected``; else raise :class:`carehub.stale.StaleSave`.

        The check is in the UPDATE itself, so two saves at the same instant cannot both succeed.
        """
        changed = type(self)._base_manager.filter(pk=self.pk, row_version=expected).update(row_version=expected + 1, **changes)
        if not changed:
            raise StaleSave(self)
        self.row_version = expected + 1
        for name, value in changes.items():
            setattr(self, name, value)
