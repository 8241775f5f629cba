"""The second factor: an app's six digits, a security key, or a recovery code. Secrets are encrypted before they are stored."""

import base64
import hashlib
import io
import json
from typing import Any

import segno
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth as webauthn
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from carehub.models import Person

#: Session key: whether whoever signed in has a second factor. A page then asks the database for nothing.
HAS_ONE = "second-factor"
#: Session key: whether the organisation's sign-in has asked for one, so that ours is not.
BY_PROVIDER = "second-factor-by-provider"
TOTP, KEY, CODES = Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN, Authenticator.Type.RECOVERY_CODES
#: For the log and for pages; Authenticator's own words are not ours.
NAMES = {TOTP: gettext_lazy("authenticator app"), KEY: gettext_lazy("security key"), CODES: gettext_lazy("recovery code")}
#: An app's code is right for a minute and a half (settings.MFA_TOTP_TOLERANCE); so long, and longer, it is known as used.
_REMEMBERED_SECONDS = 180


def _safe() -> MultiFernet:
    """Under the secret key, and under the former ones while they are still named: see docs/operations/settings.md."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"second factor " + key.encode()).digest())) for key in keys])


class SecondFactor(DefaultMFAAdapter):
    """What allauth.mfa asks us."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": gettext_lazy("That is not the code: look again, and check that the clock of your phone is right"),
        "rate_limited": gettext_lazy("Too many tries. Wait a quarter of an hour, then try again"),
    }

    def encrypt(self, text: str) -> str:
        return _safe().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _safe().decrypt(encrypted_text.encode()).decode()

    def get_totp_issuer(self) -> str:
        return "CareHub"

    def build_totp_svg(self, url: str) -> str:
        out = io.BytesIO()
        segno.make_qr(url, error="M").save(out, kind="svg", border=4, scale=5, xmldecl=False, svgclass=None, lineclass=None, nl=False)
        return out.getvalue().decode()

    def generate_authenticator_name(self, user: Any, type: Authenticator.Type) -> str:
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return _("My key") if not number else _("Key %(number)s") % {"number": number + 1}

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return super().get_public_key_credential_rp_entity() | {"name": "CareHub"}


def of(person: Person) -> list[Authenticator]:
    """Their factors, recovery codes aside."""
    return list(Authenticator.objects.filter(user_id=person.pk).exclude(type=CODES).order_by("created_at"))


def has_one(person: Person) -> bool:
    return Authenticator.objects.filter(user_id=person.pk).exclude(type=CODES).exists()


def has_app(person: Person) -> bool:
    return Authenticator.objects.filter(user_id=person.pk, type=TOTP).exists()


def note(request: HttpRequest, person: Person) -> None:
    """Into the session, at sign-in and whenever a factor was added or removed."""
    request.session[HAS_ONE] = bool(request.session.get(BY_PROVIDER)) or has_one(person)


def fits(person: Person, code: str, *, recovery: bool = False) -> Authenticator | None:
    """The factor that ``code`` is right for; each code is good once. Recovery codes count only where ``recovery`` says so."""
    kinds = [TOTP, CODES] if recovery else [TOTP]
    code = "".join(code.split()).replace("-", "")
    if not code.isascii() or not code.isdigit():
        return None
    for factor in Authenticator.objects.filter(user_id=person.pk, type__in=kinds).order_by("-type"):
        if factor.wrap().validate_code(code) and cache.add(f"carehub.code-used.{person.pk}.{code}", True, _REMEMBERED_SECONDS):
            return factor
    return None


def key_question(person: Person) -> str:
    """What the browser asks a security key of theirs, as JSON, for this session and once; '' where they have no key."""
    if not Authenticator.objects.filter(user_id=person.pk, type=KEY).exists():
        return ""
    return json.dumps(webauthn.begin_authentication(person), default=str)


def key_fits(person: Person, answer: str) -> Authenticator | None:
    """The key that ``answer`` (JSON, from the browser) came from, if it is theirs and answers what :func:`key_question` asked last."""
    try:
        said = json.loads(answer)
        webauthn.parse_authentication_response(said)
        return webauthn.complete_authentication(person, said)
    except (ValidationError, ValueError, TypeError, KeyError, AttributeError):
        return None


def codes_left(person: Person) -> int:
    factor = Authenticator.objects.filter(user_id=person.pk, type=CODES).first()
    return len(factor.wrap().get_unused_codes()) if factor else 0
