"""What the launcher tells the person who started it: one line a step, with the seconds it took."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

STARTED_AT = "CAREHUB_STARTED_AT"


def say(line: str = "") -> None:
    print(line, flush=True)


def warn(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


@contextmanager
def step(what: str) -> Iterator[None]:
    """Prints ``what`` when it is done, with its seconds. Of a step that fails, the failure speaks."""
    begun = time.monotonic()
    yield
    say(f"  {what:<58} {time.monotonic() - begun:6.1f} s")
