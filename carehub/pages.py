"""What every page knows without its view saying it: who is here, where they may go, whether this is the demonstration."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from carehub import clock
from carehub.actors import Actor
from carehub.demo.place import PASSWORD
from carehub.demo.sign_ins import sign_ins
from carehub.models import Notice
from carehub.permissions import ROLES
from carehub.signing_in import screen_lock, turned_screen

#: Nobody reads more than a hundred notices one by one; the count stops there.
NOTICES_COUNTED = 100


@dataclass(frozen=True)
class Place:
    """An entry of the navigation: a URL name, its word, and the permission that shows it."""

    page: str
    text: str | Promise
    permission: str
    #: Only in roles whose home this is; others reach the same things by other pages.
    home_only: bool = False


#: In the order in which they stand. A page that is not there (yet) shows no link.
NAVIGATION: tuple[Place, ...] = (
    Place("caseload", _("Today"), "caseload.view"),
    Place("service", _("My service"), "service.view"),
    Place("reception", _("Front desk"), "client.contact", home_only=True),
    Place("partnership", _("Partnership"), "figures.partnership"),
    Place("auditor", _("Audits"), "tasks.view", home_only=True),
    Place("commissioner", _("Figures"), "figures.commissioner"),
    Place("administration", _("Agencies and staff"), "configure"),
    Place("forms", _("Forms"), "configure"),
    Place("form-audits", _("Form audit"), "form.audit"),
    Place("openings", _("Opened records"), "record.judge"),
    Place("unusual", _("Unusual access"), "staff.seen"),
    Place("referrals", _("Referrals received"), "client.register"),
    Place("client-register", _("Register a client"), "client.register"),
)
#: Other pages the header leads to: context name → URL name.
_LINKS = {
    "search_url": ("client-find", "client.find"),
    "notices_url": ("notices", "tasks.view"),
}


#: Risks that stand open in the banner; high ones always do, however many.
RISKS_OPEN = 4
_LESSER = {"risk-medium": _("%(number)s medium"), "risk-low": _("%(number)s low"), "risk-unknown": _("%(number)s not known")}


@dataclass(frozen=True)
class Risk:
    """A risk word in the banner: a key of carehub.states ('risk-high'), a word for which risk it is, the day it was last asked."""

    state: str
    word: str | Promise = ""
    asked: date | None = None
    #: Rests on what was said in private: never on paper.
    third_party: bool = False
    #: Where the assessment goes on that found it.
    url: str = ""


@dataclass(frozen=True)
class Banner:
    """Who the page is about (layouts/client.html).

    ``name`` is the one they use; ``facts`` are further pairs of a word and a value: children, pregnancy.
    """

    name: str
    reference: str
    born: date | None = None
    keyworker: str = ""
    agency: str = ""
    #: None where the reader may not know; () where nobody has asked yet.
    risks: tuple[Risk, ...] | None = ()
    facts: tuple[tuple[str | Promise, str | Promise], ...] = field(default=())
    #: Who must not learn that the client comes here. Read before anybody picks up the telephone.
    must_not_know: str = ""
    shared_with: str = ""
    url: str = ""

    @property
    def unfolded(self) -> tuple[Risk, ...]:
        """What always stands open: every warning, every high risk, and lesser risks as far as there is room."""
        return tuple(each for each in self.risks or () if each not in self.folded)

    @property
    def folded(self) -> tuple[Risk, ...]:
        """Lesser risks beyond the first few. One alone is not folded: the line that says so would take its place."""
        risks = self.risks or ()
        lesser = [each for each in risks if each.state in _LESSER]
        room = max(RISKS_OPEN - sum(1 for each in risks if each.state == "risk-high"), 0)
        return tuple(lesser[room:]) if len(lesser) - room > 1 else ()

    @property
    def folded_in_words(self) -> str:
        """'3 more: 2 medium, 1 not known'."""
        counts = Counter(each.state for each in self.folded)
        parts = [_LESSER[state] % {"number": counts[state]} for state in _LESSER if counts[state]]
        return _("%(number)s more: %(parts)s") % {"number": len(self.folded), "parts": ", ".join(str(each) for each in parts)}


def address(page: str) -> str:
    """The page's URL, or '' where there is no such page."""
    try:
        return reverse(page)
    except NoReverseMatch:
        return ""


def _navigation(actor: Actor, here: str) -> Iterable[dict[str, Any]]:
    for place in NAVIGATION:
        if not actor.may(place.permission) or (place.home_only and actor.role.home != place.page):
            continue
        if url := address(place.page):
            yield {"url": url, "text": place.text, "current": "page" if place.page == here else ""}


def _demonstration_links() -> list[dict[str, Any]]:
    pages = (("demonstration-clock", _("Move the clock on")), ("demonstration-mail", _("Mails")), ("gallery", _("Gallery of parts")))
    return [{"url": url, "text": text} for page, text in pages if (url := address(page))]


def opened_records(request: HttpRequest) -> list[dict[str, Any]]:
    """The records that this person holds open without consent: over every page, until the hour is over or they close them."""
    now = clock.now()
    held = [(pk, client, datetime.fromisoformat(until)) for pk, client, until in request.session.get("opened", [])]
    return [
        {
            "url": reverse("client", args=[client]),
            "close_url": reverse("record-close", args=[client, pk]),
            "until": until,
            "minutes": max(1, round((until - now).total_seconds() / 60)),
        }
        for pk, client, until in held
        if until > now
    ]


def _worth_trying() -> list[dict[str, str]]:
    """The demonstration's people with something to try, for beside the sign-in form."""
    return [row for row in sign_ins() if row["to_try"]]


def page_context(request: HttpRequest) -> dict[str, Any]:
    """Context processor. Asks nothing of the database until a template uses it."""
    actor: Actor | None = getattr(request, "actor", None)
    common = {
        "demo": settings.DEMO,
        "actor": actor,
        "home_url": "/",
        "printed_at": clock.now(),
        "draft_url": address("draft-save"),
        "sign_out_url": address("account_logout"),
        "organisation_name": settings.OPENID.name if settings.OPENID else "",
    }
    if actor is None:
        return common | ({"demo_sign_ins": _worth_trying, "demo_password": PASSWORD} if settings.DEMO else {})
    match = request.resolver_match
    links = {name: address(page) for name, (page, permission) in _LINKS.items() if actor.may(permission)}
    others = [each for each in getattr(actor.person, "open_memberships", ()) if each.pk != actor.membership.pk]
    return common | links | {
        "home_url": address(ROLES[actor.membership.role].home) or "/",
        "turned": turned_screen.turned_to(request),
        "turned_waits": turned_screen.words_wait(request),
        "may_turn": turned_screen.may_turn(request),
        "lock_url": address("screen-lock"),
        "lock_minutes": screen_lock.minutes(request),
        "partnership_name": actor.partnership.name,
        "navigation": list(_navigation(actor, match.view_name if match else "")),
        "unread_notices": lambda: Notice.objects.visible_to(actor).unread()[:NOTICES_COUNTED].count(),
        "other_roles": [
            {"pk": each.pk, "title": each.title, "where": each.agency or each.partnership} for each in others
        ],
        "opened_records": opened_records(request),
        "switch_role_url": address("switch-role"),
        "demonstration_links": _demonstration_links() if settings.DEMO else [],
    }  # fmt: skip
