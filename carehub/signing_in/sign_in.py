"""Signing in. Accounts are made by an administrator; there is no public sign-up."""

from uuid import UUID

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.mfa.stages import AuthenticateStage
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from carehub import again, clock, events
from carehub.actors import Actor
from carehub.models import Membership, Person, Session
from carehub.signing_in import browsers, screen_lock, second_factor, throttle

#: Session keys: whether the box for a shared desk was ticked, until the sign-in is complete; and with what one signed in.
SHARED_DESK, BROWSER = "shared-desk", "browser"
#: The name of that box.
SHARED_DESK_BOX = "shared_desk"
#: Sign-ins of one person. The next one ends that which was used longest ago.
MOST_AT_ONCE = 10


class StaffOnly(DefaultAccountAdapter):
    def is_open_for_signup(self, request) -> bool:
        return False

    def _get_login_attempts_cache_key(self, request, **credentials) -> str:
        """By name with address, whatever the name of the host that was asked."""
        return throttle.key(request, credentials.get("email", ""))

    def post_login(self, request, user, **more):
        """On record as of the first role; the page after it already acts in it. How long it may stand unused is decided here."""
        response = super().post_login(request, user, **more)
        if not hasattr(user, "open_memberships"):
            user.open_memberships = WithMemberships().get_user(user.pk).open_memberships
        Session.objects.sweep()
        request.session[BROWSER] = browsers.in_words(request.headers.get("User-Agent", ""))
        provider = (more.get("signal_kwargs") or {}).get("sociallogin")
        ticked = request.session.pop(SHARED_DESK, False) or bool(provider and provider.state["data"]["shared_desk"])
        screen_lock.begin(request, user, shared_desk=ticked)
        request.session[second_factor.BY_PROVIDER] = provider is not None and settings.OPENID.second_factor
        second_factor.note(request, user)
        actor = Actor(user, user.open_memberships[0]) if user.open_memberships else None
        events.record("signed-in", by=actor, subject=user, reason="organisation" if provider else "")
        others = Session.objects.open_of(user).exclude(pk=request.session.session_key)
        if ended := others.end_beyond(MOST_AT_ONCE - 1):
            events.record("sign-in.ended", by=actor, subject=user, reason=str(ended))
        return response

    def get_login_stages(self) -> list[str]:
        ours = {"allauth.mfa.stages.AuthenticateStage": "carehub.signing_in.sign_in.SecondStep"}
        return [ours.get(stage, stage) for stage in super().get_login_stages()]

    def get_reauthentication_methods(self, user) -> list[dict]:
        """One page for all of them."""
        return [{"id": "reauthenticate", "url": reverse("account_reauthenticate"), "description": ""}]

    def logout(self, request) -> None:
        events.record("signed-out", by=request.signed_in_as, subject=request.user if request.user.is_authenticated else None)
        super().logout(request)

    def is_reauthentication_required(self, *, app: str, **kwargs) -> bool:
        """Not of somebody who signed in within the last minutes."""
        if self.request is not None and again.just_signed_in(self.request):
            return False
        if self.request is not None and not again.can_show(self.request.user):
            raise PermissionDenied(_("Sign out and sign in again first: for 5 minutes after that you may change this."))
        return True

    def reauthenticate(self, user, password: str) -> bool:
        """The password typed once more by somebody who is signed in; the code, where they have none."""
        tried = throttle.try_once(self.request, "reauthenticate", user.pk)
        if user.has_usable_password():
            right = bool(tried) and user.check_password(password)
        else:
            right = bool(tried) and second_factor.fits(user, password) is not None
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


class SecondStep(AuthenticateStage):
    """Asked of whoever has a second factor; not where the organisation's sign-in has asked for one, and settings say so."""

    def _should_handle(self, request) -> bool:
        by_provider = "sociallogin" in (self.login.signal_kwargs or {}) and settings.OPENID.second_factor
        return not by_provider and super()._should_handle(request)


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
