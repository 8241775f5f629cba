"""``make test``, ``make check``, ``make proof``, ``make bench``: the same things against a server that is thrown away afterwards."""

import hashlib
import json
import os
import secrets
import shutil
import stat
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from carehub.embedded.folders import ROOT, Home, OneLauncher, data_folder, make_private
from carehub.embedded.postgres import EmbeddedPostgres
from carehub.embedded.processes import Program, Stopped, Supervisor
from carehub.embedded.progress import STARTED_AT, say, step
from carehub.embedded.running import given_database

#: A program, not a module of Python.
DJADE = Path(sys.executable).with_name("djade")


#: pytest's word for 'ran to the end, and some failed'.
SOME_FAILED = 1
#: Memory as a folder, where the system has that; and the bytes that must be free in it.
MEMORY, ENOUGH = Path("/dev/shm"), 8 * 2**30


class Trial:
    """A server, the environment that points at it, and programs run in the terminal one after the other."""

    def __init__(self, supervisor: Supervisor, environment: dict[str, str]) -> None:
        self.supervisor = supervisor
        self.environment = environment

    def run(self, *words: str | Path, **more: str) -> int:
        environment = {**self.environment, **more}
        program = Program(str(words[0]), words, None, environment, in_terminal=True, patience=30)
        child = self.supervisor.keep(program)
        while child.running:
            self.supervisor.rest(0.05)
        self.supervisor.children.remove(child)
        return child.code or 0

    def python(self, *words: str | Path, **more: str) -> int:
        return self.run(sys.executable, *words, **more)


def _in_memory(var: Path) -> Path:
    """Where a server that is thrown away keeps its data: in memory if there is enough of it, else under ``var``.

    Hundreds of databases are made and dropped in a run; on a disk that alone takes half of the time.
    """
    if not os.access(MEMORY, os.W_OK) or shutil.disk_usage(MEMORY).free < ENOUGH:
        return var
    place = MEMORY / f"carehub-{os.geteuid()}-{hashlib.sha256(os.fsencode(var)).hexdigest()[:12]}"
    make_private(place)
    found = place.lstat()
    # Everybody writes there: a folder that somebody else has put in its place is left alone.
    return place if stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() else var


@contextmanager
def trial(*, durable: bool = False) -> Iterator[Trial]:
    """Under ``<data folder>/test``, wiped before and after. ``durable``: the disk is waited for, as in the default run."""
    var = make_private(data_folder()) / "test"
    lock = OneLauncher(make_private(var))
    lock.take()
    supervisor = Supervisor()
    home: Home | None = None
    try:
        urls = given_database()
        if urls is None:
            with step("a database for the tests"):
                place = var if durable else _in_memory(var)
                home = Home(place)
                home.remove(but=lock.file)
                urls = EmbeddedPostgres(place, supervisor, durable=durable, makes_databases=True).bring_up()
        environment = {**os.environ, **urls, "CAREHUB_VAR": str(var), "CAREHUB_DEMO": "1", "CAREHUB_SECRET_KEY": secrets.token_urlsafe(48)}
        yield Trial(supervisor, environment)
    finally:
        supervisor.stop()
        if home:
            home.remove(but=lock.file)
            if home.var != var:
                home.var.rmdir()
        lock.release()


def ended(what: str, code: int) -> int:
    taken = time.time() - float(os.environ.get(STARTED_AT, time.time()))
    say(f"{what}: {'all well' if code == 0 else 'FAILED'} after {taken:.0f} s in all")
    return code


def test(words: list[str]) -> int:
    """Four at once, each with databases of its own; browsers keep to one of them, launchers to another (tests/conftest.py)."""
    code = _pytest("make test", ["-m", "not bench", "-n", "4", *words])
    if code == SOME_FAILED:
        # Browsers, launchers and brokers share the machine with the other half: a failure counts when it comes again alone.
        say("What failed is tried once more, alone; both results stand above and below.")
        code = _pytest("make test, what had failed", ["-m", "not bench", "--last-failed", *words])
    return code


def proof(words: list[str]) -> int:
    """The promises at their full count."""
    return _pytest("make proof", ["-m", "promise", *words], durable=True, CAREHUB_PROOF="full")


def bench(words: list[str]) -> int:
    """The speed table: printed, and written as JSON. In order, with nothing beside it, on a server that waits for its disk."""
    told = make_private(make_private(data_folder()) / "bench") / "figures.xml"
    code = _pytest("make bench", ["-m", "bench", "-p", "no:randomly", f"--junitxml={told}", *words], durable=True)
    if told.exists():
        figures = figures_in(told)
        told.unlink()
        file = told.with_suffix(".json")
        file.write_text(json.dumps({"taken": datetime.now(UTC).isoformat(timespec="seconds"), "figures": figures}, indent=2) + "\n")
        say(f"{len(figures)} rows written to {file}")
    return code


def figures_in(report: Path) -> dict[str, Any]:
    """Tests report a row as JSON, ``{"what is measured": {…}}``; pytest writes what they report into its XML."""
    found: dict[str, Any] = {}
    for each in ElementTree.parse(report).iter("property"):
        if each.get("name") == "report" and (line := each.get("value", "")).startswith("{"):
            found.update(json.loads(line))
    return found


def _pytest(what: str, words: list[str], *, durable: bool = False, **environment: str) -> int:
    try:
        with trial(durable=durable) as one:
            code = one.python("-m", "pytest", *words, **environment)
    except Stopped:
        code = 130
    return ended(what, code)


def check(words: list[str]) -> int:
    """Everything that can be said of the code without running it. All are tried, so that one run tells all."""
    failed = []
    templates = sorted(str(path) for path in (ROOT / "templates").rglob("*.html"))
    production = {
        "CAREHUB_DEMO": "",
        "CAREHUB_ADDRESS": "https://carehub.example.org",
        "CAREHUB_HOSTS": "carehub.example.org",
        "CAREHUB_TRUSTED_PROXY": "1",
    }
    with trial() as one:
        steps = {
            "lint": lambda: one.python("-m", "ruff", "check", "--quiet", "."),
            "format": lambda: one.python("-m", "ruff", "format", "--check", "--quiet", "."),
            "types": lambda: one.python("-m", "mypy"),
            "templates": lambda: one.run(DJADE, "--check", *templates),
            "system check": lambda: one.python("manage.py", "check"),
            "system check, production": lambda: one.python("manage.py", "check", "--deploy", "--fail-level", "WARNING", **production),
            "migrations": lambda: one.python("manage.py", "makemigrations", "--check", "--dry-run"),
            "architecture": lambda: one.python("-m", "pytest", "-q", "tests/architecture"),
        }
        for what, go in steps.items():
            with step(what):
                if go() != 0:
                    failed.append(what)
    if failed:
        say(f"To mend: {', '.join(failed)}. 'make fix' mends format and some of the lint.")
    return ended("make check", 1 if failed else 0)


def fix(words: list[str]) -> int:
    """Formats, and mends what can be mended without thinking."""
    one = Trial(Supervisor(), dict(os.environ))
    templates = sorted(str(path) for path in (ROOT / "templates").rglob("*.html"))
    codes = [one.python("-m", "ruff", "check", "--fix", "."), one.python("-m", "ruff", "format", ".")]
    # djade answers 1 when it has changed something.
    one.run(DJADE, *templates)
    return max(codes)
