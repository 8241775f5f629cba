"""Whom the organisation's sign-in lets in: people who exist already and work here today. It makes nobody an account."""

import logging
from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from carehub import events, mail
from carehub.models import Person
from carehub.signing_in import openid
from carehub.signing_in.sign_in import WithMemberships

log = logging.getLogger("carehub.signing_in.sign_in")


class Organisation(DefaultSocialAccountAdapter):
    """What allauth.socialaccount asks us."""

    def list_apps(self, request: HttpRequest, provider: Any = None, client_id: Any = None) -> list[SocialApp]:
        return [openid.app()] if settings.OPENID else []

    def get_provider(self, request: HttpRequest, provider: Any, client_id: Any = None) -> openid.Provider:
        return openid.Provider(request, app=self.get_app(request, provider, client_id))

    def serialize_instance(self, instance: Any) -> Any:
        # While the second factor is asked for this waits in the session: of a person the key is enough, their password's hash too much.
        return {"key": str(instance.pk)} if isinstance(instance, Person) else super().serialize_instance(instance)

    def deserialize_instance(self, model: Any, data: Any) -> Any:
        return Person.objects.get(pk=data["key"]) if model is Person else super().deserialize_instance(model, data)

    def get_requests_session(self) -> Any:
        session = super().get_requests_session()
        # A provider that sends us on to somebody else is not the provider.
        session.max_redirects = 0
        return session

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """The person whose link this is; the first time, the one with this address, where the provider answers for it."""
        # allauth would put the provider's token into the session while the second factor is asked for.
        sociallogin.token = None
        linked = sociallogin.user if sociallogin.is_existing else None
        found = linked or self._by_address(sociallogin)
        person = WithMemberships().get_user(found.pk) if found else None
        if person is None or not person.open_memberships:
            events.record("sign-in.failed", by=None, subject=found, reason="organisation")
            raise _not_here(request)
        if linked is None:
            _link(sociallogin, person)
        sociallogin.user, sociallogin.email_addresses = person, []

    def _by_address(self, sociallogin: SocialLogin) -> Person | None:
        for address in sociallogin.email_addresses:
            # Of whoever is linked already, the account there is known: another one with their address is not theirs.
            if address.verified is True or settings.OPENID.verified_emails:
                known = SocialAccount.objects.filter(provider=openid.PROVIDER, extra_data__iss=settings.OPENID.issuer)
                return Person.objects.filter(email__iexact=address.email).exclude(pk__in=known.values("user_id")).first()
        return None

    def on_authentication_error(self, request: HttpRequest, provider: Any, error: Any = None, exception: Any = None, **more: Any) -> None:
        # The sentences are our own or allauth's: what the provider sent is not among them.
        log.warning("organisation sign-in failed: %s", exception if type(exception).__name__ == "OAuth2Error" else type(exception).__name__)
        if error != "cancelled":
            events.record("sign-in.failed", by=None, reason="organisation")
        raise _failed(request)


@transaction.atomic
def _link(sociallogin: SocialLogin, person: Person) -> None:
    sociallogin.account.user = person
    sociallogin.account.save()
    events.record("sign-in.linked", by=None, subject=person)
    mail.leave(
        person=person,
        partnership_id=person.open_memberships[0].partnership_id,  # type: ignore[attr-defined]  # see WithMemberships
        kind="sign-in.linked",
        subject=_("You can now sign in to CareHub with %(name)s") % {"name": settings.OPENID.name},
        body=_("If this was you, there is nothing to do. If it was not, tell your administrator at once, by telephone."),
    )


def _not_here(request: HttpRequest) -> ImmediateHttpResponse:
    sentence = _("Nobody who works with CareHub has this account. Ask your partnership’s administrator: accounts are made by them.")
    messages.error(request, sentence)
    return ImmediateHttpResponse(redirect("account_login"))


def _failed(request: HttpRequest) -> ImmediateHttpResponse:
    sentence = _("Signing in with %(name)s did not work. Try again, or use your e-mail address and password.")
    messages.error(request, sentence % {"name": settings.OPENID.name})
    return ImmediateHttpResponse(redirect("account_login"))
