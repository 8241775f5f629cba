"""Signing in. Accounts are made by an administrator; there is no public sign-up."""

from uuid import UUID

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend

from carehub import clock
from carehub.models import Membership, Person


class StaffOnly(DefaultAccountAdapter):
    def is_open_for_signup(self, request) -> bool:
        return False


class WithMemberships(AuthenticationBackend):
    """Finds the signed-in person together with their memberships: one query a request instead of four."""

    def get_user(self, user_id: UUID) -> Person | None:
        today = clock.today()
        memberships = list(
            Membership.objects.filter(person_id=user_id)
            .open_on(today)
            .select_related("person", "partnership", "agency")
            .order_by("starts_on", "pk")
        )
        person = memberships[0].person if memberships else Person.objects.filter(pk=user_id).first()
        if person is None or not self.user_can_authenticate(person):
            return None
        person.open_memberships = memberships
        return person
