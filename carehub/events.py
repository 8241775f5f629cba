"""The log's pen. One request makes one event; actions and pages add to it, the middleware writes it in the same transaction."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import connection

from carehub import clock
from carehub.actors import Actor

_WRITE = """
WITH event AS (
    INSERT INTO carehub_event (id, at, partnership_id, person_id, membership_id, verb, page, method, status,
                               subject_kind, subject_id, reason, reference, shown, also)
    VALUES (%(id)s, %(at)s, %(partnership)s, %(person)s, %(membership)s, %(verb)s, %(page)s, %(method)s, %(status)s,
            %(subject_kind)s, %(subject_id)s, %(reason)s, %(reference)s, %(shown)s, %(also)s)
), clients AS (
    INSERT INTO carehub_eventclient (id, event_id, partnership_id, client_id)
    SELECT gen_random_uuid(), %(id)s, %(partnership)s, shown FROM unnest(%(clients)s::uuid[]) AS shown
)
"""
#: How many *other* records the same person has opened since, and whether this one was among what they opened. Rows that the same
#: statement writes are not seen by it.
_PACE = """
SELECT count(DISTINCT c.client_id) FILTER (WHERE c.client_id <> %(one)s), coalesce(bool_or(c.client_id = %(one)s), false)
FROM carehub_event e JOIN carehub_eventclient c ON c.event_id = e.id
WHERE e.person_id = %(person)s AND e.at > %(since)s AND e.shown = 1 AND e.status < 400
"""


@dataclass(frozen=True)
class Pace:
    """Of whoever has just opened one record: how many others they opened lately, and whether they had this one open already."""

    others: int = 0
    again: bool = False


@dataclass
class Entry:
    """What will be one event: first what was done (the strongest word), further deeds beside it, and the clients shown."""

    actor: Actor | None = None
    #: Of what nobody of the partnership did: somebody without an account, a scheduled pass.
    partnership_id: UUID | None = None
    verb: str = ""
    subject: tuple[str, UUID | None] = ("", None)
    reason: str = ""
    also: list[dict[str, str]] = field(default_factory=list)
    clients: set[UUID] = field(default_factory=set)

    def add(self, verb: str, subject: Any, reason: str) -> None:
        named = (type(subject).__name__.lower() if subject is not None else "", getattr(subject, "pk", None))
        if not self.verb:
            self.verb, self.subject, self.reason = verb, named, reason
        else:
            self.also.append({"verb": verb, "subject_kind": named[0], "subject_id": str(named[1] or ""), "reason": reason})

    def write(
        self, *, page: str = "", method: str = "", status: int | None = None, reference: str = "", since: datetime | None = None
    ) -> Pace:
        """The event and its clients in one statement: every page pays for it. ``since``: it also says how many were opened since then."""
        actor = self.actor
        counts = bool(since and actor and len(self.clients) == 1)
        with connection.cursor() as cursor:
            cursor.execute(
                _WRITE + (_PACE if counts else "SELECT 0, false"),
                {
                    "id": uuid4(),
                    "at": clock.now(),
                    "partnership": actor.partnership_id if actor else self.partnership_id,
                    "person": actor.person_id if actor else None,
                    "membership": actor.membership.pk if actor else None,
                    "verb": self.verb or "viewed",
                    "page": page,
                    "method": method,
                    "status": status,
                    "subject_kind": self.subject[0],
                    "subject_id": self.subject[1],
                    "reason": self.reason,
                    "reference": reference,
                    "shown": len(self.clients),
                    "also": json.dumps(self.also),
                    "clients": [str(client_id) for client_id in sorted(self.clients)],
                    "one": next(iter(self.clients), None),
                    "since": since,
                },
            )
            return Pace(*cursor.fetchone())


_entry: ContextVar[Entry | None] = ContextVar("carehub_event", default=None)


def current() -> Entry | None:
    return _entry.get()


@contextmanager
def gathering() -> Iterator[Entry]:
    """Everything recorded inside becomes one event; the caller writes it (or drops it)."""
    entry = Entry()
    token = _entry.set(entry)
    try:
        yield entry
    finally:
        _entry.reset(token)


def record(
    verb: str,
    *,
    by: Actor | None,
    client: UUID | None = None,
    subject: Any = None,
    reason: str = "",
    partnership_id: UUID | None = None,
) -> None:
    """Put on record that ``by`` did ``verb``. Inside a request it joins the request's event; outside it is an event of its own.

    ``partnership_id``: whose log it stands in, where nobody of theirs did it.
    """
    entry = _entry.get()
    alone = entry is None
    if entry is None:
        entry = Entry(actor=by)
    if by is not None:
        entry.actor = by
    entry.partnership_id = partnership_id or entry.partnership_id
    entry.add(verb, subject, reason)
    if client is not None:
        entry.clients.add(client)
    if alone:
        entry.write()


def saw(*clients: UUID) -> None:
    """These clients were shown on the page that is being made."""
    entry = _entry.get()
    if entry is not None:
        entry.clients.update(clients)
