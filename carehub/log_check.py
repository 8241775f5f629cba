"""Reads the sealed log back and says where somebody touched it."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.db import connections

from carehub.sealing import EVENT, NOTHING, anchors, link

#: Nobody reads ten thousand sentences; the first ones say where to look.
SAID = 50
_CHAIN = f"""
SELECT s.position, s.sealed_at, s.previous, s.hash, e.id IS NOT NULL, {EVENT}
FROM carehub_eventseal s LEFT JOIN carehub_event e ON e.id = s.event_id ORDER BY s.position
"""
_UNSEALED = """
SELECT count(*), min(at) FROM carehub_event e
WHERE NOT EXISTS (SELECT 1 FROM carehub_eventseal s WHERE s.event_id = e.id) AND e.at < %s
"""


def broken(*, using: str = "default", now: Any) -> list[str]:
    """A sentence for each place where the log is not what was sealed; none where it is. Reads row by row, however long the log is.

    Run it as the owner, or within :func:`carehub.context.on_the_log`. ``now``: events older than a minute before it must have a seal.
    """
    return list(islice(_found(using, now), SAID))


def _found(using: str, now: Any) -> Iterator[str]:
    # All heads of a position, not the last one: after the end was cut off, sealing goes on and comes by the same position again.
    kept: dict[int, set[str]] = {}
    for head in anchors():
        kept.setdefault(head.position, set()).add(head.hash)
    position, previous = 0, NOTHING
    with connections[using].chunked_cursor() as cursor:
        cursor.execute(_CHAIN)
        for number, sealed_at, before, hashed, there, *event in cursor:
            if number != position + 1:
                yield f"Links {position + 1} to {number - 1} are gone: somebody cut them out of the chain."
            if before != previous:
                yield f"Link {number} does not follow the one before it: a link was taken out, put in, or changed place."
            if not there:
                yield f"The event of link {number} is gone: it was deleted."
            elif link(number, sealed_at, tuple(event), before) != hashed:
                yield f"Event {event[0]} (link {number}) is not what was sealed: it, or whom it showed, was changed."
            if kept.pop(number, {hashed}) != {hashed}:
                yield f"Link {number} is not the one that was written down outside the database: the chain was made anew."
            position, previous = number, hashed
    if kept:
        yield f"The chain ends at link {position}, and link {max(kept)} was written down outside the database: its end was cut off."
    with connections[using].cursor() as cursor:
        cursor.execute(_UNSEALED, [now])
        count, oldest = cursor.fetchone()
    if count:
        yield f"{count} events have no seal, the oldest of {oldest:%d %B %Y, %H:%M}: the sealer does not run, or seals were taken away."
