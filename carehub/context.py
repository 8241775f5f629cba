"""Tells PostgreSQL who acts, inside the current transaction. Row security reads it; without it there are no rows.

The only place that may call set_config: a test looks for others.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID, uuid4

from django.db import connection, transaction

from carehub import clock
from carehub.actors import Actor

#: Scheduled passes that must see every client of a partnership, and why. Nothing that a person's request does is one.
DUTIES = {
    "reviews": "finds due and overdue reviews, and writes the notices",
    "figures": "counts a month's figures and freezes them, suppressed",
    "unusual": "finds unusual access to records in the log, and tells the managers",
    "referrals": "deletes referrals by link that nobody has accepted, once the partnership's days are over",
    "load": "loads the demonstration partnership",
    "leavers": "says of what somebody asked for before they left that it will not be made, and asks who leads to choose other keyworkers",
}


_NO_AGENCY = UUID(int=0)
_SETTINGS = (
    "carehub.partnership",
    "carehub.agency",
    "carehub.person",
    "carehub.persons",
    "carehub.memberships",
    "carehub.duty",
    "carehub.link",
    "carehub.now",
    "pghistory.context_id",
    "pghistory.context_metadata",
)


def _set(*, partnership: object = "", duty: str = "", link: str = "", actor: Actor | None = None, history: dict | None = None) -> None:
    if not connection.in_atomic_block:
        raise RuntimeError("A context belongs to a transaction: it would be gone with the next statement, or stay for somebody else.")
    _write(
        [
            str(actor.partnership_id if actor else partnership),
            _reach(actor),
            str(actor.person_id if actor else ""),
            ",".join(map(str, actor.person_ids)) if actor else "",
            ",".join(map(str, actor.membership_ids)) if actor else "",
            duty,
            link,
            clock.now().isoformat(),
            str(uuid4()) if history else "",
            json.dumps(history) if history else "",
        ]
    )


def _reach(actor: Actor | None) -> str:
    # '' stands for the whole partnership. Who reads named files only, or suppressed figures, has neither an agency's clients nor
    # anybody's counts.
    if actor is None or actor.role.of_the_whole:
        return ""
    return str(actor.reaching_agency_id or _NO_AGENCY)


def _write(values: list[str]) -> None:
    now = values[_SETTINGS.index("carehub.now")]
    connection.carehub_moment = datetime.fromisoformat(now) if now else clock.now()  # type: ignore[attr-defined]  # ours, kept on the connection
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(f"set_config('{name}', %s, true)" for name in _SETTINGS), values)


def _read() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(f"coalesce(current_setting('{name}', true), '')" for name in _SETTINGS))
        return list(cursor.fetchone())


@contextmanager
def _for_a_while() -> Iterator[None]:
    """A transaction, or a part of one, after which acts again who acted before: nobody, where it is the whole."""
    before = _read() if connection.in_atomic_block else None
    moment_before = getattr(connection, "carehub_moment", None)
    try:
        with transaction.atomic():
            yield
            if before is not None and not connection.needs_rollback:
                _write(before)
    except BaseException:
        # The savepoint took the settings back; the instant goes with them.
        connection.carehub_moment = moment_before  # type: ignore[attr-defined]  # ours, kept on the connection
        raise


def moment() -> datetime:
    """The instant that row security takes for now in this transaction. What begins with it, is dated with it."""
    return connection.carehub_moment  # type: ignore[attr-defined]  # ours, kept on the connection


def catch_up() -> None:
    """After waiting for a lock: row security's now becomes the present, so that what was granted during the wait is in reach."""
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('carehub.now', %s, true)", [now.isoformat()])
    connection.carehub_moment = now  # type: ignore[attr-defined]  # ours, kept on the connection


def clear() -> None:
    """Nobody acts: row security shows nothing. Also wipes what a pooled connection may have been left with."""
    _set()


def acting_as(actor: Actor, *, reference: str = "") -> None:
    """From here to the end of the transaction ``actor`` acts."""
    _set(
        actor=actor,
        history={"person": str(actor.person_id), "membership": str(actor.membership.pk), "reference": reference},
    )


@contextmanager
def acting(actor: Actor) -> Iterator[None]:
    """A transaction in which ``actor`` acts, outside a request: a job's handler, a command, a test."""
    with _for_a_while():
        acting_as(actor)
        yield


@contextmanager
def on_duty(partnership_id: UUID, duty: str) -> Iterator[None]:
    """A transaction for a scheduled pass that sees all clients of one partnership, for one of DUTIES and nothing else."""
    if duty not in DUTIES:
        raise KeyError(f"no such duty: {duty}")
    with _for_a_while():
        _set(partnership=partnership_id, duty=duty, history={"duty": duty})
        yield


@contextmanager
def on_the_log() -> Iterator[None]:
    """A transaction that reads the log of all partnerships and adds seals to it, and sees nothing else: no partnership is set."""
    with _for_a_while():
        _set(duty="log")
        yield


@contextmanager
def through_link(mark: str, partnership_id: object = "") -> Iterator[None]:
    """Somebody without an account, behind a referral link: ``mark`` is what is kept of its token.

    Shows that one link, and takes what is sent through it. With its partnership, forms are shown as they are asked there.
    """
    with _for_a_while():
        _set(partnership=partnership_id, link=mark)
        yield


@contextmanager
def as_commissioner() -> Iterator[None]:
    """Queries inside are asked as the commissioner's own database role, which may read frozen, suppressed months and nothing else.

    Whose partnership it is stays as it was set. Read everything inside: a queryset evaluated later is asked as somebody else.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("A role belongs to a transaction.")
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL ROLE carehub_commissioner")
        yield
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL ROLE NONE")
