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

    def may(self, permission: str) -> bool:
        if permission not in PERMISSIONS:
            raise KeyError(f"no such permission: {permission}")
        return permission in self.role.permissions

    def must(self, permission: str) -> None:
        """Raise :class:`NotAllowed`, saying what is needed, unless the role has ``permission``."""
        if not self.may(permission):
            raise NotAllowed(f"As {str(self.role.title).lower()} you cannot do this: it needs a role that may {PERMISSIONS[permission]}.")

    def __str__(self) -> str:
        return f"{self.person.name} ({self.role.title})"
