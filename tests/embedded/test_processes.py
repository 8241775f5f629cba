"""Children never outlive the launcher, come back when they die, and nobody else is touched."""

import os
import signal
import subprocess
import sys
import time

import pytest

from carehub.embedded.folders import ROOT
from carehub.embedded.processes import LARGEST_LOG, Program, Stopped, Supervisor, open_log
from tests.embedded.conftest import PATIENCE, alive, until

LAUNCHER = """
import signal, sys
from pathlib import Path
from carehub.embedded.processes import Program, Stopped, Supervisor
supervisor = Supervisor()
deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
folder = Path(sys.argv[1])
programs = [
    Program("database", ["sleep", "60"], folder / "database.log", ends_last=True, orphan_signal=signal.SIGINT),
    Program("web", ["sleep", "60"], folder / "web.log"),
    Program("deaf", [sys.executable, "-c", deaf], folder / "deaf.log", patience=0.3),
]
print(*[supervisor.keep(program).process.pid for program in programs], flush=True)
try:
    supervisor.watch()
except Stopped:
    supervisor.stop()
    print("stopped", flush=True)
"""


@pytest.fixture
def launcher(tmp_path):
    process = subprocess.Popen([sys.executable, "-c", LAUNCHER, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    numbers = [int(word) for word in process.stdout.readline().split()]
    assert len(numbers) == 3
    until(lambda: "deaf" in (tmp_path / "deaf.log").read_text(), what="the stubborn child listens no more")
    yield process, numbers
    process.kill()
    process.communicate(timeout=PATIENCE)
    until(lambda: not any(alive(number) for number in numbers), seconds=5, what="nothing left")


@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_however_the_launcher_ends_its_children_end_and_nobody_else(launcher, sign):
    process, children = launcher
    stranger = subprocess.Popen(["sleep", "60"])
    try:
        process.send_signal(sign)
        process.wait(timeout=10)
        until(lambda: not any(alive(number) for number in children), seconds=5, what="all children gone")
        assert alive(stranger.pid)
    finally:
        stranger.kill()
        stranger.wait()


def test_a_second_ctrl_c_does_not_wait(tmp_path):
    patient = LAUNCHER.replace("patience=0.3", "patience=60")
    process = subprocess.Popen([sys.executable, "-c", patient, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    children = [int(word) for word in process.stdout.readline().split()]
    until(lambda: "deaf" in (tmp_path / "deaf.log").read_text(), what="the stubborn child listens no more")
    process.send_signal(signal.SIGINT)
    time.sleep(0.5)
    assert process.poll() is None
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=5)
    assert process.returncode == 0
    assert not any(alive(number) for number in children)


@pytest.fixture
def supervisor():
    before = {sign: signal.getsignal(sign) for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    made = Supervisor()
    yield made
    made.stop()
    for sign, handler in before.items():
        signal.signal(sign, handler)


def test_a_child_that_dies_comes_back_after_longer_and_longer_pauses(supervisor, tmp_path, capsys):
    child = supervisor.keep(Program("web", ["sleep", "60"], tmp_path / "log"))
    assert child.process
    first = child.process.pid
    os.kill(first, signal.SIGKILL)

    def back() -> bool:
        supervisor.watch_once()
        return child.running and child.process.pid != first

    until(back, seconds=5, what="back again")
    assert child.restarts == 1
    assert child.pause > 0.5
    assert "web was ended by signal 9; starting it again in 0.5 s" in capsys.readouterr().err


def test_a_step_that_fails_stops_the_start_with_its_last_words(supervisor, tmp_path):
    step = supervisor.keep(Program("tables", ["sh", "-c", "echo the disk is full >&2; exit 3"], tmp_path / "log"))
    with pytest.raises(SystemExit, match=r"the disk is full\nMaking the tables failed \(code 3\); the whole story is in .*log"):
        supervisor.finish(step, what="Making the tables")
    assert supervisor.children == []


def test_a_wish_to_stop_ends_every_wait(supervisor):
    os.kill(os.getpid(), signal.SIGTERM)
    with pytest.raises(Stopped):
        supervisor.rest(30)


def test_children_lead_their_own_groups_so_that_ctrl_c_reaches_the_launcher_alone(supervisor, tmp_path):
    child = supervisor.keep(Program("web", ["sleep", "60"], tmp_path / "log"))
    assert child.process
    assert os.getpgid(child.process.pid) == child.process.pid != os.getpgid(0)


def test_a_long_log_is_put_aside_once(tmp_path):
    log = open_log(tmp_path / "logs", "web")
    log.write_bytes(b"x" * (LARGEST_LOG + 1))
    assert open_log(tmp_path / "logs", "web").stat().st_size == 0
    assert (tmp_path / "logs" / "web.log.1").stat().st_size == LARGEST_LOG + 1
    assert log.stat().st_mode & 0o777 == 0o600
