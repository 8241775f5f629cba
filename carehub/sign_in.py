"""Signing in. Accounts are made by an administrator; there is no public sign-up."""

from uuid import UUID

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from django.utils.http import url_has_allowed_host_and_scheme

from carehub import clock, events, password_links
from carehub.actors import Actor
from carehub.models import Membership, Person


def password_link(person: Person) -> str:
    """The address at which ``person`` sets a password: good for 72 hours, once. For a mail to them and for nobody else."""
    return password_links.link(person)


class StaffOnly(DefaultAccountAdapter):
    def is_open_for_signup(self, request) -> bool:
        return False

    def _get_login_attempts_cache_key(self, request, **credentials) -> str:
        """Tries are counted by name *with* address: counted by name alone, a stranger could lock the real person out."""
        return f"{super()._get_login_attempts_cache_key(request, **credentials)}:{self.get_client_ip(request)}"

    def post_login(self, request, user, **kwargs):
        """On record as of the first role; the page after it already acts in it."""
        response = super().post_login(request, user, **kwargs)
        memberships = getattr(user, "open_memberships", None) or WithMemberships().get_user(user.pk).open_memberships
        events.record("signed-in", by=Actor(user, memberships[0]) if memberships else None, subject=user)
        return response

    def authentication_failed(self, request, **credentials) -> None:
        """A wrong password is on record without what was typed: people type passwords into the wrong field."""
        super().authentication_failed(request, **credentials)
        person = Person.objects.filter(email__iexact=credentials.get("email", "")).first()
        events.record("sign-in.failed", by=None, subject=person)

    def is_safe_url(self, url) -> bool:
        return url_has_allowed_host_and_scheme(url, allowed_hosts=None)


class WithMemberships(AuthenticationBackend):
    """Finds the signed-in person together with their memberships: one query a request instead of four."""

    def get_user(self, user_id: UUID) -> Person | None:
        today = clock.today()
        memberships = list(Membership.objects.filter(person_id=user_id).open_on(today).with_all().order_by("starts_on", "pk"))
        person = memberships[0].person if memberships else Person.objects.filter(pk=user_id).first()
        if person is None or not self.user_can_authenticate(person):
            return None
        person.open_memberships = memberships
        return person
