"""The screen turned to the client: what is for the keyworker's eyes is gone until it is given back, and the keyworker unlocks it.

Pages that a client may look at say so (``for_the_client``); no other page opens meanwhile (middleware.actor). The frame leaves out
banner, notices, counts, search and names (base.html, ``turned``); the page itself leaves out what comes from other people and
what is for the worker to judge. How it stands costs no query: it is read with the session.
"""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from carehub.signing_in import screen_lock

View = Callable[..., HttpResponse]
#: Why the screen is locked: it was turned to a client and is to go back to the keyworker.
GIVEN_BACK = "client"


def for_the_client(view: View) -> View:
    """This page may stand on a screen that the client sees, or shows nothing of anybody."""
    view.for_the_client = True  # type: ignore[attr-defined]  # ours, read by hides()
    return view


def turn(request: HttpRequest, client_id: UUID) -> None:
    """From here on this sign-in opens pages that ``client_id`` may look at, about nobody else, until :func:`turn_back`."""
    screen_lock.write(request, turned_to=client_id)


def give_back(request: HttpRequest) -> None:
    """Whoever presses this may be the client: the screen is locked until the keyworker unlocks it, which turns it back."""
    screen_lock.lock(request, why=GIVEN_BACK)


def turn_back_where_given(request: HttpRequest) -> UUID | None:
    """For the moment before unlocking: whose eyes it turns the screen away from; None where it stays as it is."""
    whose = turned_to(request)
    if whose is None or screen_lock.why(request) != GIVEN_BACK:
        return None
    screen_lock.write(request, turned_to=None)
    return whose


def turned_to(request: HttpRequest) -> UUID | None:
    """Whose eyes are on the screen."""
    row = getattr(request.session, "row", None)
    return row.turned_to if row else None


def words_wait(request: HttpRequest) -> bool:
    """Something grave was said to the keyworker meanwhile, and stands on the first page after the screen is turned back."""
    if turned_to(request) is None:
        return False
    waiting = messages.get_messages(request)
    found = any(each.level >= messages.ERROR for each in waiting)
    # They were looked at, not shown.
    waiting.used = False
    return found


def hides(request: HttpRequest, view: View, keys: Mapping[str, Any]) -> bool:
    """Whether ``view`` stays shut while the client sees the screen."""
    whose = turned_to(request)
    if whose is None or getattr(view, "rule", "").startswith("no sign-in"):
        return False
    return not getattr(view, "for_the_client", False) or keys.get("client_id", whose) != whose


def turned_away(wanted: str) -> HttpResponse:
    """In the place of ``wanted``, which opens as soon as the screen is turned back."""
    return redirect(f"{reverse('screen-turned')}?{urlencode({'next': wanted})}")


def may_turn(request: HttpRequest) -> UUID | None:
    """On a page about a client that they may look at: who that is."""
    match = request.resolver_match
    shows = match is not None and getattr(match.func, "for_the_client", False)
    return match.kwargs.get("client_id") if shows else None


def came_from(request: HttpRequest) -> str:
    """The page before, where it was one of ours: '' otherwise."""
    address = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(address, allowed_hosts={request.get_host()}):
        return ""
    return "/" + address.partition("://")[2].partition("/")[2] if "://" in address else address
