"""Who acts, as what, and where: the one value that policies, actions, lists and the log are given."""

from dataclasses import dataclass
from uuid import UUID

from carehub.models.people import Agency, Membership, Partnership, Person
from carehub.permissions import PERMISSIONS, ROLES, Role


class NotAllowed(Exception):
    """The role may not do this. Its text is a sentence for the person who asked."""


@dataclass(frozen=True)
class Actor:
    """A person in one of their memberships. ``agency`` is None for roles of the whole partnership."""

    person: Person
    membership: Membership

    @property
    def role(self) -> Role:
        return ROLES[self.membership.role]

    @property
    def partnership(self) -> Partnership:
        return self.membership.partnership

    @property
    def partnership_id(self) -> UUID:
        return self.membership.partnership_id

    @property
    def agency(self) -> Agency | None:
        return self.membership.agency

    @property
    def agency_id(self) -> UUID | None:
        return self.membership.agency_id

    @property
    def person_id(self) -> UUID:
        return self.membership.person_id

    @property
    def reaching_agency_id(self) -> UUID | None:
        """Whose clients they reach: none of an agency's in a role that reads named files only."""
        return None if self.role.named_files_only else self.agency_id

    @property
    def stands_in_for(self) -> Membership | None:
        """The absent colleague's membership, for a deputy."""
        return self.membership.stands_in_for

    @property
    def membership_ids(self) -> tuple[UUID, ...]:
        """Whose grants by name are theirs: their own in this role, and those of whom they stand in for."""
        absent = self.membership.stands_in_for_id
        return (self.membership.pk, absent) if absent else (self.membership.pk,)

    @property
    def caseload_person_id(self) -> UUID:
        """Whose clients 'my caseload' lists: a deputy's is the absent colleague's."""
        absent = self.stands_in_for
        return absent.person_id if absent else self.person_id

    @property
    def person_ids(self) -> tuple[UUID, ...]:
        """Whose notices are theirs to read: their own, and as a deputy the absent colleague's."""
        absent = self.stands_in_for
        return (self.person_id, absent.person_id) if absent else (self.person_id,)

    def may(self, permission: str) -> bool:
        if permission not in PERMISSIONS:
            raise KeyError(f"no such permission: {permission}")
        return permission in self.role.permissions

    def must(self, permission: str) -> None:
        """Raise :class:`NotAllowed`, saying what is needed, unless the role has ``permission``."""
        if not self.may(permission):
            raise NotAllowed(f"As {str(self.role.title).lower()} you cannot do this: it needs a role that may {PERMISSIONS[permission]}.")

    def __str__(self) -> str:
        return f"{self.person.name} ({self.membership.title})"
