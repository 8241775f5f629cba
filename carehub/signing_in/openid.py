"""Signing in with the organisation's own account (OpenID Connect), where settings name a provider.

allauth carries the protocol: authorization code, PKCE, state. What it leaves open is checked here: that the provider's description is
the one of the issuer we know, that the signature of the ID token holds, that it was made for us and for this very attempt.
"""

import hashlib
import hmac
from typing import Any

import jwt
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from carehub import clock
from carehub.signing_in.openid_settings import safe

#: The provider's key in allauth's tables: there is one.
PROVIDER = "organisation"
#: Signed with the provider's own key. 'none', or a secret that both sides know, is not among them.
SIGNED_WITH = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
#: How far the clocks of the provider and of this server may be apart.
_CLOCKS_APART_SECONDS = 60
_ADDRESSES = ("authorization_endpoint", "token_endpoint", "jwks_uri")


def app() -> SocialApp:
    """What the settings say, in allauth's words. No provider stands in the database."""
    said = settings.OPENID
    return SocialApp(
        provider="openid_connect",
        provider_id=PROVIDER,
        name=said.name,
        client_id=said.client_id,
        secret=said.client_secret,
        settings={
            "server_url": said.issuer.rstrip("/") + "/.well-known/openid-configuration",
            "oauth_pkce_enabled": True,
            "scope": ["openid", "email"],
        },
    )


class Adapter(OpenIDConnectOAuth2Adapter):
    """One attempt to sign in. ``attempt`` is what was kept in the session when it began."""

    attempt: dict[str, Any]

    @property
    def openid_config(self) -> dict[str, Any]:
        said = super().openid_config
        if said.get("issuer") != settings.OPENID.issuer:
            raise OAuth2Error("the provider describes itself as another issuer")
        if not all(safe(said.get(name)) for name in _ADDRESSES):
            raise OAuth2Error("the provider names an address without TLS")
        return said

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        return settings.PUBLIC_ADDRESS.rstrip("/") + reverse("organisation-back")

    def complete_login(self, request: HttpRequest, app: SocialApp, token: Any, **more: Any) -> Any:
        claims = self._checked(more["response"].get("id_token"))
        if "email" not in claims and self.openid_config.get("userinfo_endpoint"):
            told = self._fetch_user_info(token.token)
            if told.get("sub") != claims["sub"]:
                raise OAuth2Error("the provider speaks of two people")
            claims |= {name: told[name] for name in ("email", "email_verified") if name in told}
        return self.get_provider().sociallogin_from_response(request, claims)

    def _checked(self, id_token: object) -> dict[str, Any]:
        """What the ID token says, if it is to be believed."""
        try:
            claims = jwt.decode(
                str(id_token),
                key=self._key(str(id_token)),
                algorithms=list(SIGNED_WITH),
                audience=settings.OPENID.client_id,
                issuer=settings.OPENID.issuer,
                leeway=_CLOCKS_APART_SECONDS,
                options={"require": ["exp", "iat", "iss", "aud", "sub"]},
            )
        except jwt.PyJWTError as wrong:
            raise OAuth2Error(f"the ID token is not to be believed: {type(wrong).__name__}") from wrong
        if isinstance(claims["aud"], list) and len(claims["aud"]) > 1 and claims.get("azp") != settings.OPENID.client_id:
            raise OAuth2Error("the ID token was made for somebody else")
        if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), self.attempt["nonce"].encode()):
            raise OAuth2Error("the ID token belongs to another attempt")
        # At a shared desk the provider may still know whoever sat here before. We asked it to ask (prompt=login); did it?
        if "auth_time" in claims and int(claims["auth_time"]) < self.attempt["at"] - _CLOCKS_APART_SECONDS:
            raise OAuth2Error("the provider did not ask who it is")
        return claims

    def _key(self, id_token: str) -> jwt.PyJWK:
        with get_adapter().get_requests_session() as session:
            answer = session.get(self.openid_config["jwks_uri"])
            answer.raise_for_status()
        keys = jwt.PyJWKSet.from_dict(answer.json()).keys
        named = jwt.get_unverified_header(id_token).get("kid")
        fitting = [key for key in keys if key.public_key_use in ("sig", None) and (named is None or key.key_id == named)]
        if len(fitting) != 1:
            raise OAuth2Error("the ID token is signed with a key that the provider does not name")
        return fitting[0]


class Provider(OpenIDConnectProvider):
    oauth2_adapter_class = Adapter

    def extract_uid(self, data: dict[str, Any]) -> str:
        # With the issuer: where the settings name another one, the same 'sub' is another person.
        return hashlib.sha256(f"{settings.OPENID.issuer} {data['sub']}".encode()).hexdigest()

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        """Who they are there; no more of what the provider tells is kept."""
        return {"iss": data["iss"], "sub": data["sub"]}

    def get_callback_url(self) -> str:
        return reverse("organisation-back")

    def get_login_url(self, request: HttpRequest, **more: Any) -> str:
        return reverse("organisation")


class Back(OAuth2CallbackView):
    """The provider sends the browser back here."""

    def _get_state(self, request: HttpRequest, provider: Any) -> tuple[Any, Any]:
        state, response = super()._get_state(request, provider)
        self.adapter.attempt = (state or {}).get("data") or {}
        return state, response


def attempt(*, nonce: str, shared_desk: bool) -> dict[str, Any]:
    return {"nonce": nonce, "at": int(clock.real_now().timestamp()), "shared_desk": shared_desk}
