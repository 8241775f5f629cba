"""What gunicorn serves here: CareHub, with what each request cost written on its answer, and one page more with nothing on it.

``X-Bench: costs`` adds ``X-Bench-Cost`` (JSON: queries, web_ms, database_ms, both of processor time). ``X-Bench: statements`` gives the SQL
that the request asked instead of its page, and takes back what it changed.
"""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection, transaction

from carehub.wsgi import application as carehub
from tests.queries import Asked

settings.ROOT_URLCONF = "tests.bench.urls"


def database_seconds() -> float | None:
    """Of the server process behind our connection; None before there is one, or where it is on another machine."""
    behind = connection.connection
    if behind is None or behind.closed:
        return None
    try:
        return int(Path(f"/proc/{behind.info.backend_pid}/schedstat").read_text().split()[0]) / 1e9
    except OSError:
        return None


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    wanted = environ.get("HTTP_X_BENCH")
    if wanted is None:
        return carehub(environ, start_response)
    asked, head = Asked(whole=wanted == "statements"), {}

    def keep(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
        head.update(status=status, headers=headers)

    def answered() -> bytes:
        answer = carehub(environ, keep)
        try:
            return b"".join(answer)
        finally:
            close: Callable[[], None] = getattr(answer, "close", lambda: None)
            close()

    before, begun = database_seconds(), time.process_time()
    with connection.execute_wrapper(asked):
        if not asked.whole:
            body = answered()
        else:
            # A connection in the middle of a transaction would be taken for a broken one.
            for signal in (request_started, request_finished):
                signal.disconnect(close_old_connections)
            with transaction.atomic():
                body = answered()
                transaction.set_rollback(True)
            for signal in (request_started, request_finished):
                signal.connect(close_old_connections)
    web, after = time.process_time() - begun, database_seconds()
    if asked.whole:
        start_response(head["status"], [("Content-Type", "application/json")])
        return [json.dumps(asked.statements).encode()]
    known = before is not None and after is not None
    cost = {"queries": asked.number, "web_ms": web * 1000, "database_ms": (after - before) * 1000 if known else None}
    start_response(head["status"], [*head["headers"], ("X-Bench-Cost", json.dumps(cost))])
    return [body]
