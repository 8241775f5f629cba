"""Signing in. Accounts are made by an administrator; there is no public sign-up."""

from uuid import UUID

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from django.utils.http import url_has_allowed_host_and_scheme

from carehub import again, browsers, clock, events, password_links, screen_lock, second_factor, throttle
from carehub.actors import Actor
from carehub.models import Membership, Person, Session

#: Session keys: whether the box for a shared desk was ticked, until the sign-in is complete; and with what one signed in.
SHARED_DESK, BROWSER = "shared-desk", "browser"


def password_link(person: Person) -> str:
    """The address at which ``person`` sets a password: good for 72 hours, once. For a mail to them and for nobody else."""
    return password_links.link(person)


class StaffOnly(DefaultAccountAdapter):
    def is_open_for_signup(self, request) -> bool:
        return False

    def _get_login_attempts_cache_key(self, request, **credentials) -> str:
        """By name with address, whatever the name of the host that was asked."""
        return throttle.key(request, credentials.get("email", ""))

    def post_login(self, request, user, **kwargs):
        """On record as of the first role; the page after it already acts in it. How long it may stand unused is decided here."""
        response = super().post_login(request, user, **kwargs)
        if not hasattr(user, "open_memberships"):
            user.open_memberships = WithMemberships().get_user(user.pk).open_memberships
        Session.objects.sweep()
        request.session[BROWSER] = browsers.in_words(request.headers.get("User-Agent", ""))
        screen_lock.begin(request, user, shared_desk=bool(request.session.pop(SHARED_DESK, False)))
        second_factor.note(request, user)
        events.record("signed-in", by=Actor(user, user.open_memberships[0]) if user.open_memberships else None, subject=user)
        return response

    def logout(self, request) -> None:
        events.record("signed-out", by=request.signed_in_as, subject=request.user if request.user.is_authenticated else None)
        super().logout(request)

    def is_reauthentication_required(self, *, app: str, **kwargs) -> bool:
        """Not of somebody who signed in within the last minutes."""
        return self.request is None or not again.just_signed_in(self.request)

    def reauthenticate(self, user, password: str) -> bool:
        """The password typed once more by somebody who is signed in."""
        tried = throttle.try_once(self.request, "reauthenticate", user.pk)
        right = bool(tried) and user.check_password(password)
        if right:
            tried.rollback()
        else:
            events.record("password.wrong", by=self.request.signed_in_as, subject=user)
        return right

    def authentication_failed(self, request, **credentials) -> None:
        """A wrong password is on record without what was typed: people type passwords into the wrong field."""
        super().authentication_failed(request, **credentials)
        person = Person.objects.filter(email__iexact=credentials.get("email", "")).first()
        events.record("sign-in.failed", by=None, subject=person)

    def add_message(self, *args, **kwargs) -> None:
        """allauth's remarks ('Successfully signed in as …'): our pages say what happened, in our words."""

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
