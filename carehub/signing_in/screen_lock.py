"""The locked screen. A sign-in that nobody uses is locked, not ended: it may still write its drafts, and reads nothing until unlocked.

``lock(request)`` locks the sign-in that a request came with, whatever the reason; whoever was signed in unlocks it. How it stands
costs no query: it is read with the session. When it was used is written once a minute at most.
"""

from datetime import timedelta
from enum import Enum

from django.http import HttpRequest

from carehub import clock, local_settings
from carehub.models import Session
from carehub.models.people import Person

#: Session key: after how many minutes without use it locks. Decided by the place, at sign-in.
MINUTES = "lock-after-minutes"
SHARED_DESK_MINUTES = 15
#: However much it is used: then one signs in again.
LONGEST = timedelta(hours=12)
#: How old the written time of last use may become; so much later than the minutes say it locks.
WRITTEN_EVERY = timedelta(minutes=1)


class State(Enum):
    OPEN = "open"
    LOCKED = "locked"
    #: Twelve hours are over.
    OVER = "over"


def begin(request: HttpRequest, person: Person, *, shared_desk: bool) -> None:
    """At sign-in: the clock starts, and the place says how long it may stand unused."""
    if not request.session.session_key:
        request.session.create()
    partnerships = [membership.partnership for membership in person.open_memberships]
    own = min((local_settings.of(each).lock_after_minutes for each in partnerships), default=SHARED_DESK_MINUTES)
    request.session[MINUTES] = min(own, SHARED_DESK_MINUTES) if shared_desk else own
    now = clock.real_now()
    write(request, began_at=now, seen_at=now, locked_at=None, locked_for="")


def lock(request: HttpRequest, *, why: str = "") -> None:
    """From here on this sign-in reads nothing, until :func:`unlock`. ``why``: a word for the page that says so."""
    write(request, locked_at=clock.real_now(), locked_for=why)


def unlock(request: HttpRequest) -> None:
    """Whoever calls this has seen the password, or the second factor, of the person who was signed in."""
    write(request, locked_at=None, locked_for="", seen_at=clock.real_now())


def state(request: HttpRequest) -> State:
    row = request.session.row
    if row is None:
        return State.OPEN
    if clock.real_now() - row.began_at >= LONGEST:
        return State.OVER
    return State.LOCKED if row.locked_at or left(request) <= timedelta() else State.OPEN


def left(request: HttpRequest) -> timedelta:
    """How long until it locks if nobody uses it."""
    row = request.session.row
    seen = row.seen_at if row else clock.real_now()
    return seen + timedelta(minutes=minutes(request)) + WRITTEN_EVERY - clock.real_now()


def minutes(request: HttpRequest) -> int:
    return request.session.get(MINUTES, SHARED_DESK_MINUTES)


def why(request: HttpRequest) -> str:
    return request.session.row.locked_for if request.session.row else ""


def used(request: HttpRequest) -> None:
    """Somebody is at this desk."""
    row = request.session.row
    if row is not None and clock.real_now() - row.seen_at >= WRITTEN_EVERY:
        write(request, seen_at=clock.real_now())


def write(request: HttpRequest, **columns: object) -> None:
    """Columns of the session's row: each at once and by itself (see Session)."""
    Session.objects.filter(pk=request.session.session_key).update(**columns)
    if row := request.session.row:
        for name, value in columns.items():
            setattr(row, name, value)
