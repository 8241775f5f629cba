"""The CareHub that journeys visit: started as 'make run' starts it, or one that somebody has started with 'make run'."""

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import psycopg2

from carehub.embedded.commands import WITH_MAKE
from carehub.embedded.folders import ROOT, Home
from carehub.embedded.postgres import database_urls

#: Python packages are there already; what is left is the database, the demonstration and the web.
STARTS_WITHIN = 240.0
#: For whatever the background does: beat's pass, a job, a process that comes back. The machine may be busy.
PATIENCE = 120.0


def until(condition: Callable[[], Any], *, what: str, seconds: float = PATIENCE, every: float = 0.1) -> Any:
    """What ``condition`` gives once it is true."""
    end = time.monotonic() + seconds
    while not (given := condition()):
        assert time.monotonic() < end, f"{what}: not within {seconds:.0f} s"
        time.sleep(every)
    return given


@dataclass
class CareHub:
    """One CareHub at work. ``process``: its launcher, where it is ours; only then are its parts ever killed."""

    url: str
    var: Path
    process: subprocess.Popen[bytes] | None = None

    @property
    def is_ours(self) -> bool:
        return self.process is not None

    @property
    def output(self) -> Path:
        return self.var.with_suffix(".out")

    # --- What stands in it ---------------------------------------------------------------------------------------------

    def database_url(self, role: str) -> str:
        home = Home(self.var)
        return database_urls(home.passwords(), home.socket_folder())["DATABASE_OWNER_URL" if role == "owner" else "DATABASE_URL"]

    def ask(self, sql: str, values: Mapping[str, object] | None = None, *, role: str = "owner") -> list[tuple[Any, ...]]:
        """Rows of one statement, committed at once. The owner sees every client's rows."""
        connection = psycopg2.connect(self.database_url(role), connect_timeout=10)
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(sql, values)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    def today(self) -> date:
        """The day it believes in; its clock may have been moved on."""
        clock = self.var / "clock"
        ahead = timedelta(seconds=float(clock.read_text())) if clock.exists() else timedelta()
        return (datetime.now(UTC) + ahead).astimezone(ZoneInfo("Europe/London")).date()

    def manage(self, *words: str) -> subprocess.CompletedProcess[str]:
        """manage.py beside the running server, as 'make manage' calls it."""
        command = [sys.executable, "-m", "carehub.embedded", "manage", *words]
        return subprocess.run(
            command, cwd=ROOT, env=_environment(self.var, _port(self.url)), capture_output=True, text=True, timeout=PATIENCE
        )

    # --- Its processes -------------------------------------------------------------------------------------------------

    def answers(self, path: str = "/health") -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", _port(self.url), timeout=10)
        try:
            connection.request("GET", path)
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def part(self, name: str) -> int | None:
        """The process number of 'gunicorn', 'worker' or 'beat'; None while there is none."""
        assert self.process
        for number, words in _children(self.process.pid):
            if any(word == name or word.endswith(f"/{name}") for word in words):
                return number
        return None

    def kill(self, name: str) -> int:
        """Without a word, with whatever it has started. Returns the number it had; the launcher starts it again."""
        number = until(lambda: self.part(name), what=f"{name} runs", seconds=60)
        for each in (number, *(child for child, _words in _children(number))):
            os.kill(each, signal.SIGKILL)
        return number

    def is_back(self, name: str, instead_of: int) -> None:
        until(lambda: self.part(name) not in (None, instead_of), what=f"{name} is back")
        until(self.answers, what="CareHub answers again")

    def stop(self) -> None:
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def launch(var: Path, port: int) -> CareHub:
    """The program behind 'make run', on a data folder of its own; returns when it serves."""
    carehub = CareHub(f"http://127.0.0.1:{port}", var)
    with carehub.output.open("wb") as out:
        carehub.process = subprocess.Popen(
            [sys.executable, "-m", "carehub.embedded", "run"],
            cwd=ROOT,
            env=_environment(var, port) | {WITH_MAKE: str(os.getpid())},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def serves() -> bool:
        said = carehub.output.read_text()
        assert carehub.process
        assert carehub.process.poll() is None, said
        return "CareHub serves" in said

    try:
        until(serves, what=f"CareHub serves ({carehub.output})", seconds=STARTS_WITHIN)
    except BaseException:
        carehub.stop()
        raise
    return carehub


def _port(url: str) -> int:
    return urlsplit(url).port or 80


def _environment(var: Path, port: int) -> dict[str, str]:
    """A terminal's, in which nobody has set anything for CareHub but where its data stand and where it serves."""
    theirs = ("CAREHUB_", "DATABASE_", "DJANGO_")
    plain = {name: value for name, value in os.environ.items() if not name.startswith(theirs)}
    return plain | {"CAREHUB_VAR": str(var), "CAREHUB_DEMO": "1", "PORT": str(port)}


def _children(parent: int) -> list[tuple[int, list[str]]]:
    """(process number, words of its command line), zombies left out."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            state, its_parent = (entry / "stat").read_text().rsplit(")", 1)[1].split()[:2]
            words = (entry / "cmdline").read_bytes().decode(errors="replace").split("\0")
        except OSError:
            continue
        if int(its_parent) == parent and state != "Z":
            found.append((int(entry.name), words))
    return found
