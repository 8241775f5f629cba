"""``make run`` itself: from an empty data folder to a sign-in page, killed in every part, stopped, started again."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psycopg2
import pytest

from carehub.embedded.commands import WITH_MAKE
from carehub.embedded.folders import ROOT
from tests.embedded.conftest import alive, at_work_on, sweep, until

STARTS_WITHIN = 180
LAUNCH = (sys.executable, "-m", "carehub.embedded", "run")


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


class Run:
    """One ``make run``, as a person starts it."""

    def __init__(self, var: Path, port: int, command: tuple[str, ...] = LAUNCH, folder: Path = ROOT) -> None:
        self.var, self.port = var, port
        self.output = var.with_name(f"{var.name}.{time.monotonic_ns()}.out")
        environment = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "DATABASE_OWNER_URL")}
        environment |= {"CAREHUB_VAR": str(var), "PORT": str(port), "CAREHUB_DEMO": "1", WITH_MAKE: str(os.getpid())}
        with self.output.open("w") as out:
            self.process = subprocess.Popen(
                command, cwd=folder, env=environment, stdout=out, stderr=subprocess.STDOUT, start_new_session=True
            )

    def said(self) -> str:
        return self.output.read_text()

    def wait_until_it_serves(self) -> str:
        def told() -> bool:
            assert self.process.poll() is None, self.said()
            return "CareHub serves" in self.said()

        until(told, seconds=STARTS_WITHIN, what="CareHub serves")
        return self.said()

    def page(self, path: str) -> int | str:
        """Its status; why there was no answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except OSError as error:
            return f"{type(error).__name__}: {error}"
        finally:
            connection.close()

    def children(self) -> dict[str, int]:
        """Process numbers of the launcher's children, by what they are."""
        found = {}
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
                words = (entry / "cmdline").read_bytes().decode().split("\0")
            except OSError:
                continue
            if parent == self.process.pid:
                for name in ("postgres", "gunicorn", "worker", "beat"):
                    if any(word == name or word.endswith("/" + name) for word in words):
                        found[name] = int(entry.name)
        return found

    def ctrl_c(self) -> None:
        """What a terminal does: it tells everybody in the foreground, make too."""
        os.killpg(self.process.pid, signal.SIGINT)

    def end(self) -> None:
        if self.process.poll() is None:
            self.ctrl_c()
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


@pytest.fixture
def run(open_folder):
    started: list[Run] = []

    def begin(name: str = "var", **more) -> Run:
        started.append(Run(open_folder / name, free_port(), **more))
        return started[-1]

    yield begin
    for one in started:
        one.end()
    for var in {one.var for one in started}:
        sweep(var)


def test_from_nothing_to_the_sign_in_page_through_every_death_and_back(run):
    one = run()
    said = one.wait_until_it_serves()
    print(said)
    assert f"http://127.0.0.1:{one.port}/" in said
    assert one.page("/sign-in/") == 200
    until(lambda: set(one.children()) == {"postgres", "gunicorn", "worker", "beat"}, seconds=5, what="all four run")
    for name in ("gunicorn", "worker", "beat"):
        given = Path(f"/proc/{one.children()[name]}/environ").read_text()
        assert "DATABASE_URL=" in given
        assert "DATABASE_OWNER_URL=" not in given
        assert "carehub_owner" not in given

    # Each part killed: it comes back, and the page with it.
    for name in ("gunicorn", "worker", "beat", "postgres"):
        killed = one.children()[name]
        os.kill(killed, signal.SIGKILL)
        until(lambda name=name, killed=killed: one.children().get(name, killed) != killed, what=f"{name} is back")
        until(lambda: one.page("/sign-in/") == 200, what=f"the page after {name} was killed")
    assert one.process.poll() is None

    # Killed without a word: nothing stays, and the next start has everything.
    marks = at_work_on(one.var)
    everything = [*one.children().values(), *marks]
    one.process.kill()
    one.process.wait()
    until(lambda: not any(alive(number) for number in everything) and not at_work_on(one.var), seconds=15, what="nothing left")
    again = run()
    assert "demonstration partnership" not in again.wait_until_it_serves()
    assert again.page("/sign-in/") == 200

    # A second start beside it is refused in a sentence.
    beside = run()
    assert beside.process.wait(60) != 0
    assert re.fullmatch(r"CareHub is already running on .* \(process \d+\)\. Stop it, or .*\.", beside.said().strip())

    # Ctrl-C: all of it ends, in order, without a failure.
    stranger = subprocess.Popen(["sleep", "60"])
    again.ctrl_c()
    assert again.process.wait(40) == 0
    assert "CareHub has stopped" in again.said()
    assert not at_work_on(again.var)
    assert "database system is shut down" in (again.var / "logs" / "postgres.log").read_text()[-400:]
    assert alive(stranger.pid)
    stranger.kill()
    stranger.wait()


def test_when_make_dies_without_a_word_the_launcher_ends_too(run):
    one = run(command=("make", "run", f"PYTHON={sys.executable}"))
    until(lambda: at_work_on(one.var / "postgres") or "database" in one.said(), seconds=STARTS_WITHIN, what="the database runs")
    one.process.kill()
    one.process.wait()
    until(lambda: not at_work_on(one.var) and "CareHub has stopped" in one.said(), seconds=40, what="nothing left")


def test_a_database_of_somebody_else_is_used_and_not_ended(run, start, open_folder, monkeypatch):
    keeper = start(open_folder / "theirs")
    theirs = {name: keeper.told[name] for name in ("DATABASE_URL", "DATABASE_OWNER_URL")}
    command = ("env", *(f"{name}={value}" for name, value in theirs.items()), sys.executable, "-m", "carehub.embedded", "run")
    one = run(command=command)
    one.wait_until_it_serves()
    assert one.page("/sign-in/") == 200
    assert "postgres" not in one.children()
    assert not (one.var / "postgres").exists()
    one.end()
    assert keeper.ask("SELECT count(*) > 0 FROM carehub_partnership", role="owner") == [(True,)]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            {"DATABASE_URL": "postgresql://carehub_app:x@127.0.0.1:1/carehub"},
            r"The database does not answer: .*refused.* Check DATABASE_URL\.",
        ),
        ({"DATABASE_URL": "owner"}, r"The database role is 'carehub_owner'\. DATABASE_URL must name carehub_app: .*\."),
        ({"DATABASE_URL": "mysql://x@/y"}, r"CareHub runs on PostgreSQL only: DATABASE_URL must start with postgresql://"),
        ({"CAREHUB_DEMO": "0"}, r"CAREHUB_SECRET_KEY is not set\. .*"),
    ],
)
def test_a_database_that_will_not_do_is_one_sentence(start, open_folder, change, sentence):
    keeper = start(open_folder / "theirs")
    theirs = {name: keeper.told[name] for name in ("DATABASE_URL", "DATABASE_OWNER_URL")} | change
    if theirs["DATABASE_URL"] == "owner":
        theirs["DATABASE_URL"] = theirs["DATABASE_OWNER_URL"]
    environment = {**os.environ, "CAREHUB_DEMO": "1", "PORT": str(free_port()), "CAREHUB_VAR": str(open_folder / "var"), **theirs}
    environment.pop("CAREHUB_SECRET_KEY", None)
    done = subprocess.run(
        [sys.executable, "-m", "carehub.embedded", "run"], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode != 0
    assert re.fullmatch(sentence, done.stderr.strip()), done.stderr
    with pytest.raises(psycopg2.errors.UndefinedTable):
        keeper.ask("SELECT 1 FROM carehub_partnership", role="owner")
