"""``python -m tests.proof.killable``: a worker that waits at a marked point to be killed.

Everything is loaded once; each piece of work is done by a process forked from that, so that three hundred kills take minutes. A line
in is JSON: ``database``, ``work`` ("job" or "reviews"), ``key`` of the job, ``point`` (of POINTS), ``mark`` (a path, written when the
point is reached). The next line, whatever it says, has the process killed; the line out is its exit code.
"""

import json
import os
import pkgutil
import signal
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import django

django.setup()

from django.db import connections  # noqa: E402

from carehub import jobs  # noqa: E402
from carehub.documents import render, seal  # noqa: E402, F401 (slow to load, and needed by each)
from carehub.embedded.processes import die_with_parent  # noqa: E402
from careplans import tasks  # noqa: E402
from tests import working  # noqa: E402, F401 (its handler)
from tests.carehub.documents.example import USUAL, page_of  # noqa: E402

#: Point → before or after which function, at which of its calls.
POINTS: Mapping[str, tuple[str, str, int]] = {
    "taken": ("after", "carehub.jobs._act_for", 1),
    "rendered": ("after", "careplans.documents.pdf_of", 1),
    "sealed": ("after", "carehub.documents.seal.seal", 1),
    "stored": ("after", "carehub.files.store.put", 1),
    "worked": ("before", "carehub.models.Job.end", 1),
    "done": ("after", "carehub.models.Job.end", 1),
    "committed": ("after", "carehub.jobs.do_job", 1),
    "review asked for": ("after", "careplans.actions.reviews.ask_where_risk_rose", 1),
    "keyworkers told": ("after", "careplans.actions.reviews.tell", 2),
    "managers told": ("after", "careplans.actions.reviews.tell", 5),
    "mails written": ("after", "careplans.actions.reviews._write_mails", 1),
    "one partnership told": ("after", "careplans.tasks.tell_of_reviews", 1),
}
WORK: Mapping[str, Callable[[str], object]] = {"job": lambda key: jobs.do_job(key), "reviews": lambda key: tasks.find_due_reviews()}


def stop_at(point: str, mark: Path) -> None:
    when, name, at_call = POINTS[point]
    owner, _, function = name.rpartition(".")
    original, calls = pkgutil.resolve_name(name), 0

    def stopping(*args: Any, **more: Any) -> Any:
        nonlocal calls
        calls += 1
        if when == "after":
            result = original(*args, **more)
        if calls == at_call:
            mark.write_text(point)
            time.sleep(120)
        return result if when == "after" else original(*args, **more)

    setattr(pkgutil.resolve_name(owner), function, stopping)


def work(told: dict[str, str]) -> None:
    for connection in connections.all():
        connection.settings_dict["NAME"] = told["database"]
    stop_at(told["point"], Path(told["mark"]))
    WORK[told["work"]](told["key"])


def main() -> None:
    html, pictures = page_of(USUAL)
    render.render(html, identifier="the first", pictures=pictures)  # style sheet and fonts are read once, for all
    parent = os.getpid()
    while line := sys.stdin.readline():
        number = os.fork()
        if number == 0:
            try:
                die_with_parent(parent, signal.SIGKILL)
                work(json.loads(line))
            except BaseException:
                traceback.print_exc()
            finally:
                sys.stderr.flush()
                os._exit(1)
        sys.stdin.readline()
        # Not yet waited for: the number is still its own, though it may have ended.
        os.kill(number, signal.SIGKILL)
        print(os.waitstatus_to_exitcode(os.waitpid(number, 0)[1]), flush=True)


if __name__ == "__main__":
    main()
