"""Counting what a page asks of the database; the design's budgets do not count transactions and savepoints."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

_NOT_COUNTED = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT", "BEGIN", "COMMIT")


class Asked:
    """``with connection.execute_wrapper(Asked(…)):`` counts what is asked, however much; ``whole``: keeps it too, as it was sent."""

    def __init__(self, *, whole: bool) -> None:
        self.number, self.whole, self.statements = 0, whole, []

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        if not sql.startswith(_NOT_COUNTED):
            self.number += 1
            if self.whole:
                cursor = context["cursor"].cursor
                self.statements += [cursor.mogrify(sql, each).decode() for each in (params if many else [params])]
        return execute(sql, params, many, context)


@contextmanager
def at_most(number: int) -> Iterator[list[str]]:
    """``with at_most(8): browser.get(…)``: fails with the list of queries where there were more."""
    asked: list[str] = []
    with CaptureQueriesContext(connection) as captured:
        yield asked
    asked += [query["sql"] for query in captured.captured_queries if not query["sql"].startswith(_NOT_COUNTED)]
    listed = "\n".join(f"{at:>3} {sql[:180]}" for at, sql in enumerate(asked, start=1))
    assert len(asked) <= number, f"{len(asked)} queries where {number} are allowed:\n{listed}"
