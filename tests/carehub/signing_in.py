"""What tests of signing in share: a person with a password, an app that knows the secret, and a time that moves."""

from datetime import timedelta

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.test import Client as Browser
from django.urls import reverse

from carehub import clock
from carehub.actors import Actor
from carehub.models import Person
from tests import factories

PASSWORD = "lantern gravel teaspoon"


def keyworker(**more: object) -> Actor:
    return factories.actor(password=PASSWORD, **more)


def sign_in(person: Person, password: str = PASSWORD, browser: Browser | None = None, **fields: object) -> Browser:
    browser = browser or Browser()
    browser.answer = browser.post(reverse("account_login"), {"login": person.email, "password": password, **fields})
    return browser


def with_password(actor: Actor) -> Actor:
    """Before they sign in: changing it ends their sign-ins."""
    actor.person.set_password(PASSWORD)
    actor.person.save()
    return actor


def unlock(browser: Browser, typed: str = PASSWORD, to: str = "/"):
    return browser.post(reverse("screen"), {"typed": typed, "next": to})


def take_back(browser: Browser, to: str = "/") -> str:
    """From the client: the button, and the keyworker's password. Where that leads."""
    asks = browser.post(reverse("screen-turned"), {"next": to})
    assert asks.url == f"{reverse('screen')}?next={to}"
    return unlock(browser, to=to).url


def with_app(person: Person) -> str:
    """An authenticator app, as if set up long ago. Gives its secret."""
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(person, secret)
    RecoveryCodes.activate(person)
    return secret


def code(secret: str, step: int = 0) -> str:
    """What the app shows: now, or ``step`` half minutes from now."""
    counters = list(totp.yield_hotp_counters_from_time())
    return totp.format_hotp_value(totp.hotp_value(secret, counters[len(counters) // 2] + step))


def recovery_codes(person: Person) -> list[str]:
    return Authenticator.objects.get(user=person, type="recovery_codes").wrap().get_unused_codes()


def moves(monkeypatch):
    """``later = moves(monkeypatch)``; then ``later(minutes=31)``: the time on the wall is so much later."""
    really, ahead = clock.real_now, [timedelta()]
    monkeypatch.setattr(clock, "real_now", lambda: really() + ahead[0])

    def later(**by: float) -> None:
        ahead[0] += timedelta(**by)

    return later
