"""Seals the log: chains what has no seal yet, and writes the head of the chain down outside the database.

Why and what was measured: docs/decisions/0011-the-log-is-sealed.md. Reading it back: carehub.log_check.
"""

import hashlib
import json
import logging
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from celery import shared_task
from django.conf import settings
from django.core.mail import send_mail
from django.db import connection

from carehub import clock, context

logger = logging.getLogger(__name__)

#: The chain begins with this instead of a link before.
NOTHING = "0" * 64
BATCH = 5_000
#: So that two passes never chain to the same head. Any number, the same everywhere.
_LOCK = 0x5EA1
#: What of an event is sealed, in this order; its clients come after it.
_COLUMNS = (
    "id", "at", "partnership_id", "person_id", "membership_id", "verb", "page", "method", "status",
    "subject_kind", "subject_id", "reason", "reference", "shown", "also",
)  # fmt: skip
#: One row an event: its columns, then its clients.
EVENT = (
    ", ".join(f"e.{name}" for name in _COLUMNS)
    + ", (SELECT array_agg(c.client_id::text || coalesce(c.partnership_id::text, '') ORDER BY c.client_id)"
    + " FROM carehub_eventclient c WHERE c.event_id = e.id)"
)
#: By absence of a seal, not by number or time: who commits late is sealed late. The days bound what each pass looks through.
_UNSEALED = f"""
SELECT {EVENT} FROM carehub_event e
WHERE NOT EXISTS (SELECT 1 FROM carehub_eventseal s WHERE s.event_id = e.id) AND (%s OR e.at > now() - interval '2 days')
ORDER BY e.at, e.id LIMIT %s
"""
_HEAD = "SELECT position, hash FROM carehub_eventseal ORDER BY position DESC LIMIT 1"


@dataclass(frozen=True)
class Head:
    """Where the chain ends: what is kept outside the database."""

    position: int
    hash: str
    at: str = ""


def link(position: int, sealed_at: datetime, event: tuple[Any, ...], previous: str) -> str:
    """The hash of one link. ``event``: a row of :data:`EVENT`."""
    said = [position, sealed_at.astimezone(UTC).isoformat(), *(_plain(value) for value in event), previous]
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, list | dict | int | str) or value is None:
        return value
    return str(value)


@shared_task(name="carehub.seal_log")
def seal_log() -> int:
    """Everything that has no seal yet. Returns how many. A second pass at the same moment does nothing."""
    done = 0
    while sealed := seal_some():
        done += sealed
        if sealed < BATCH:
            break
    return done


def seal_some(most: int = BATCH) -> int:
    """One transaction of at most ``most`` events, and its anchor after the commit."""
    with context.on_the_log(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(_HEAD)
        position, previous = cursor.fetchone() or (0, NOTHING)
        sealed_at = clock.now()
        # The first pass, and one a day, looks through everything.
        cursor.execute(_UNSEALED, [position == 0 or _whole_pass_due(sealed_at), most])
        links = []
        for event in cursor.fetchall():
            position += 1
            hashed = link(position, sealed_at, event, previous)
            links.append((position, event[0], sealed_at, previous, hashed))
            previous = hashed
        if not links:
            return 0
        places = ", ".join(["(%s, %s, %s, %s, %s)"] * len(links))
        cursor.execute(
            f"INSERT INTO carehub_eventseal (position, event_id, sealed_at, previous, hash) VALUES {places}",
            [value for each in links for value in each],
        )
    anchor(Head(position, previous, sealed_at.astimezone(UTC).isoformat()))
    return len(links)


def _whole_pass_due(now: datetime) -> bool:
    """Once a day what was committed days late is looked for too: in the first minutes after three."""
    local = now.astimezone(clock.LONDON)
    return local.hour == 3 and local.minute < 5


# --- Outside the database ---------------------------------------------------------------------------------------------------


def anchor(head: Head) -> None:
    """Append the head to a file that the database cannot reach; once a day it also goes out by mail, where that is configured."""
    line = json.dumps(asdict(head))
    settings.LOG_ANCHORS.parent.mkdir(parents=True, exist_ok=True)
    file = os.open(settings.LOG_ANCHORS, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        # A line that a kill tore stays by itself, and this one whole.
        torn = (size := os.fstat(file).st_size) > 0 and os.pread(file, 1, size - 1) != b"\n"
        os.write(file, (("\n" if torn else "") + line + "\n").encode())
        os.fsync(file)
    finally:
        os.close(file)
    _mail(head.at[:10], line)


def anchors() -> Iterator[Head]:
    """Every head that was kept, the oldest first; a torn line is none."""
    if not settings.LOG_ANCHORS.exists():
        return
    with settings.LOG_ANCHORS.open() as lines:
        for line in lines:
            try:
                kept = json.loads(line)
                yield Head(kept["position"], kept["hash"], kept["at"])
            except (ValueError, KeyError, TypeError):
                continue


def _mail(day: str, line: str) -> None:
    """Once a day. Marked as sent when it was: a mail server that is down is tried again with the next head."""
    sent = settings.LOG_ANCHORS.with_suffix(".mailed")
    if not settings.LOG_ANCHOR_MAIL or (sent.exists() and sent.read_text() == day):
        return
    try:
        send_mail("CareHub: head of the log", line, None, [settings.LOG_ANCHOR_MAIL])
    except OSError:
        logger.exception("the head of the log could not be mailed; it stands in the file")
    else:
        sent.write_text(day)
