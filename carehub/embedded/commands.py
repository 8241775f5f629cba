"""What the Makefile can ask for, and the way there: the machine's Python first, the one in ``.venv`` after."""

import os
import signal
import socket
import sys
import time
from pathlib import Path

from carehub.embedded import packages, system_libraries
from carehub.embedded.folders import ANOTHER, OneLauncher, data_folder, make_private
from carehub.embedded.processes import die_with_parent
from carehub.embedded.progress import STARTED_AT, say, step

#: The process number of make, set by the Makefile: the launcher then ends with make, however make ends.
WITH_MAKE = "CAREHUB_STOP_WITH_MAKE"
PREPARED = "CAREHUB_PREPARED"
#: Command → what must be installed for it.
COMMANDS = {"run": "run", "manage": "run", "test": "test", "check": "test", "fix": "test", "proof": "test", "bench": "test"}


def main(words: list[str]) -> int:
    command, rest = (words or [""])[0], words[1:]
    if command not in COMMANDS:
        raise SystemExit(f"Say one of: {', '.join(COMMANDS)}.")
    if make := os.environ.pop(WITH_MAKE, ""):
        die_with_parent(int(make), signal.SIGTERM)
    os.environ.setdefault(STARTED_AT, str(time.time()))
    try:
        if command == "run":
            refuse_early()
        purpose = COMMANDS[command]
        if Path(sys.prefix) != packages.VENV or not packages.ready(purpose):
            if os.environ.get(PREPARED):
                raise SystemExit(f"{packages.VENV} has been made and still is not as the lock files say: remove it and start again.")
            prepare(command, purpose)
            os.environ[PREPARED] = "1"
            os.execv(packages.PYTHON, [str(packages.PYTHON), "-m", "carehub.embedded", *words])
        os.environ.pop(PREPARED, None)
        return inside(command, rest)
    except PermissionError as error:
        raise SystemExit(f"{error.filename} belongs to another user: start CareHub as that user, or {ANOTHER}.") from None


def port() -> int:
    said = os.environ.get("PORT", "").strip() or "8000"
    if not said.isdigit() or not 0 < int(said) < 65536:
        raise SystemExit(f"PORT is '{said}': it takes a number from 1 to 65535.")
    return int(said)


def port_trouble(number: int) -> str:
    """Why ``number`` cannot be listened on; '' if it can."""
    with socket.socket() as test:
        test.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            test.bind(("127.0.0.1", number))
        except OSError as error:
            return error.strerror or str(error)
    return ""


def refuse_early() -> None:
    """What would stop the start stops it before anything has been made."""
    number = port()
    var = data_folder()
    make_private(var)
    lock = OneLauncher(var)
    lock.take()
    lock.release()
    # A launcher that was killed this moment leaves its port a moment later.
    until = time.monotonic() + 2
    while trouble := port_trouble(number):
        if time.monotonic() > until:
            another = number + 1 if number < 65535 else 8000
            raise SystemExit(f"Port {number} cannot be used ({trouble}). Give another one: make run PORT={another}")
        time.sleep(0.1)
    if os.environ.get("DATABASE_URL") and not os.environ.get("DATABASE_OWNER_URL"):
        raise SystemExit("DATABASE_URL is set, but not DATABASE_OWNER_URL, as which the tables are made: set it too, or neither.")


def prepare(command: str, purpose: str) -> None:
    """System libraries, then ``.venv``."""
    if command == "run":
        say(f"CareHub starts in {packages.ROOT}")
    if command != "fix":
        with step("system libraries"):
            brought = system_libraries.provide(system_libraries.TO_TEST if purpose == "test" else system_libraries.TO_RUN)
        if brought:
            say(f"    installed: {', '.join(brought)}")
    if not packages.ready(purpose):
        with step("Python packages into .venv"):
            packages.provide(purpose)


def inside(command: str, rest: list[str]) -> int:
    """From here on the packages of ``.venv`` may be imported, and psycopg2 with them."""
    from carehub.embedded import running, trials

    if command == "run":
        return running.run(port())
    if command == "manage":
        return running.manage(rest)
    return {"test": trials.test, "check": trials.check, "fix": trials.fix, "proof": trials.proof, "bench": trials.bench}[command](rest)
