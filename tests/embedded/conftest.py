"""Real launchers on data folders of their own, and a certain end for each."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg2
import pytest

from carehub.embedded.folders import ROOT, Home

PATIENCE = 60.0


def until(condition: Callable[[], object], *, seconds: float = PATIENCE, what: str) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"{what}: not within {seconds} s"
        time.sleep(0.02)


def alive(number: int) -> bool:
    """A zombie is dead: it only waits to be counted."""
    try:
        return Path(f"/proc/{number}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def at_work_on(folder: Path | str) -> list[int]:
    """Processes that name ``folder`` in their command line or stand in it, zombies left out."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid() or not alive(int(entry.name)):
            continue
        try:
            words = (entry / "cmdline").read_bytes().decode(errors="replace")
            here = os.readlink(entry / "cwd")
        except OSError:
            continue
        if str(folder) in words or here.startswith(str(folder)):
            found.append(int(entry.name))
    return found


class Keeper:
    """A launcher process that keeps one database server."""

    def __init__(self, var: Path) -> None:
        self.var = var
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.embedded.keeper", str(var)], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert self.process.stdout
        line = self.process.stdout.readline()
        self.told: dict[str, str] = json.loads(line) if line else {}

    def refusal(self) -> str:
        """What a launcher that would not start said; it must have ended with a failure."""
        out, err = self.process.communicate(timeout=PATIENCE)
        assert self.process.returncode not in (0, None)
        assert not out
        return err

    def connect(self, role: str = "app", database: str = "carehub"):
        assert self.told, self.refusal()
        if role == "bootstrap":
            connection = psycopg2.connect(
                host=self.told["socket"], user="carehub_bootstrap", password=self.told["bootstrap"], dbname=database, connect_timeout=5
            )
        else:
            connection = psycopg2.connect(self.told["DATABASE_URL" if role == "app" else "DATABASE_OWNER_URL"], connect_timeout=5)
        connection.autocommit = True
        return connection

    def ask(self, sql: str, *values: object, role: str = "app", database: str = "carehub"):
        connection = self.connect(role, database)
        try:
            with connection.cursor() as cursor:
                cursor.execute(sql, values)
                return cursor.fetchall() if cursor.description else None
        finally:
            connection.close()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(PATIENCE)

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        self.process.communicate(timeout=PATIENCE)


@pytest.fixture
def start(open_folder: Path) -> Iterator[Callable[[Path], Keeper]]:
    """Starts launchers; afterwards all of them are stopped, and what they kept is gone."""
    started: list[Keeper] = []

    def begin(var: Path) -> Keeper:
        started.append(Keeper(var))
        return started[-1]

    yield begin
    for keeper in started:
        keeper.stop()
    for var in {keeper.var for keeper in started}:
        if var.exists():
            sweep(var)


def sweep(var: Path) -> None:
    home = Home(var)
    shutil.rmtree(home.elsewhere, ignore_errors=True)
    if home.socket_folder().parent == Path("/tmp"):
        shutil.rmtree(home.socket_folder(), ignore_errors=True)
    shutil.rmtree(var, ignore_errors=True)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that everybody may pass through; pytest's own are closed to all but their user."""
    folder = Path(tempfile.mkdtemp(prefix="carehub-test-", dir="/tmp"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)
