"""What tests of referral links share: the page behind a link, filled in."""

from django.test import Client as Browser
from django.urls import reverse

from carehub import clock, context
from clients.models import ReceivedReferral
from tests.clients.registering import PERSON

TOKEN = "0123456789abcdef0123456789abcdef01234567"
FORM = {
    "referrer_name": "Sage Fennimore",
    "referrer_role": "Practice nurse",
    "referrer_organisation": "The Elms surgery",
    "referrer_telephone": "01632 960456",
    **PERSON,
    "who_must_not_know": "Her brother",
    "reason": "She wants to stop.",
}
SCREENING = {
    "trouble": "drugs",
    "main-drug": "1011",
    "injecting": "N",
    "suicide": "never",
    "danger": ["none"],
    "advice": ["treatment"],
    "how-soon": "week",
    "refer-to": "drug-service",
    "agrees-referral": "yes",
}


def address(token: str = TOKEN) -> str:
    return reverse("refer", args=[token])


def filled_in(browser: Browser, **other) -> dict:
    """The opened page's own hidden fields, and what somebody types."""
    page = browser.get(address())
    asked = {"once": page.context["once"], "asked__": page.context["questions"].initial["asked__"]}
    values = FORM | SCREENING | {name.replace("__", "-"): value for name, value in other.items()}
    return asked | {name: value for name, value in values.items() if value is not None}


def send(browser: Browser | None = None, **other):
    browser = browser or Browser()
    return browser.post(address(), filled_in(browser, **other))


def registration(**other) -> dict:
    """The form of a registration with what was sent, as the page that accepts shows it."""
    today = clock.today()
    of_day = {f"referred_on_{part}": str(getattr(today, part)) for part in ("day", "month", "year")}
    ours = {name: value for name, value in FORM.items() if not name.startswith("referrer") and name != "reason"}
    return ours | of_day | {"referral_source": "3"} | other


def received(actor) -> list[ReceivedReferral]:
    with context.acting(actor):
        return list(ReceivedReferral.objects.visible_to(actor).select_related("decided_by").order_by("received_at"))
