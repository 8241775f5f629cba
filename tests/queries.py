"""Counting what a page asks of the database; the design's budgets do not count transactions and savepoints."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.test.utils import CaptureQueriesContext

_NOT_COUNTED = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT", "BEGIN", "COMMIT")


def _counted(captured: CaptureQueriesContext) -> list[str]:
    return [query["sql"] for query in captured.captured_queries if not query["sql"].startswith(_NOT_COUNTED)]


def count_of(captured: CaptureQueriesContext) -> int:
    return len(_counted(captured))


@contextmanager
def at_most(number: int) -> Iterator[list[str]]:
    """``with at_most(8): browser.get(…)``: fails with the list of queries where there were more."""
    asked: list[str] = []
    with CaptureQueriesContext(connection) as captured:
        yield asked
    asked += _counted(captured)
    listed = "\n".join(f"{at:>3} {sql[:180]}" for at, sql in enumerate(asked, start=1))
    assert len(asked) <= number, f"{len(asked)} queries where {number} are allowed:\n{listed}"
