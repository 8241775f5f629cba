"""Child processes that never outlive the launcher, and come back when they die.

Three things keep the promise 'stops everything it started, and nothing else':

* Each child leads a process group of its own. Ctrl-C in a terminal reaches the launcher alone, which then stops its children
  in order, the database last; and what a child has started in turn can be ended with it.
* Each child asks the kernel, before it becomes its program, for a signal at the launcher's death (PR_SET_PDEATHSIG). That
  works for ``kill -9`` too, when no code of ours runs any more. The request is lost when a process changes its user, so it
  is made after that.
* Only processes kept here are ever signalled, by number, and only before they have been waited for: a number cannot have
  passed to somebody else until then.
"""

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from carehub.embedded.folders import Account
from carehub.embedded.progress import say, warn

PR_SET_PDEATHSIG = 1
LARGEST_LOG = 5 * 1024 * 1024
SHORTEST_PAUSE, LONGEST_PAUSE, STEADY_AFTER = 0.5, 30.0, 60.0

libc = ctypes.CDLL(None, use_errno=True)


def die_with_parent(parent: int, sign: int) -> None:
    """For the calling process: ``sign`` arrives when ``parent`` dies; at once if it is dead already."""
    libc.prctl(PR_SET_PDEATHSIG, sign, 0, 0, 0)
    if os.getppid() != parent:
        os.kill(os.getpid(), sign)


class Stopped(Exception):
    """Somebody has asked the launcher to stop."""


@dataclass
class Program:
    """What is run, and how it is ended."""

    name: str
    command: Sequence[str | Path]
    log: Path | None
    env: Mapping[str, str] | None = None
    account: Account | None = None
    stop_signal: int = signal.SIGTERM
    #: Seconds it has to end after ``stop_signal``; then its whole group is killed.
    patience: float = 10.0
    #: What it gets when the launcher dies without a word. KILL where no work is lost by it.
    orphan_signal: int = signal.SIGKILL
    #: Stays in the launcher's process group: a program that speaks to the terminal (pytest).
    in_terminal: bool = False
    #: The database: stopped when all others have ended.
    ends_last: bool = False
    #: Before another start: the field must be clear of what the last one left.
    before_restart: Callable[[], None] | None = None


@dataclass
class Child:
    program: Program
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = SHORTEST_PAUSE
    due: float | None = None
    restarts: int = field(default=0)

    def start(self) -> None:
        program = self.program
        parent = os.getpid()

        def settle() -> None:
            die_with_parent(parent, program.orphan_signal)

        account = program.account
        output = open(program.log, "ab") if program.log else None  # noqa: SIM115 (handed to the child)
        try:
            self.process = subprocess.Popen(
                [str(part) for part in program.command],
                env=dict(program.env) if program.env is not None else None,
                stdin=None if program.in_terminal else subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT if output else None,
                cwd="/" if account else None,
                process_group=None if program.in_terminal else 0,
                user=account.uid if account else None,
                group=account.gid if account else None,
                extra_groups=[] if account else None,
                preexec_fn=settle,
            )
        finally:
            if output:
                output.close()
        self.started = time.monotonic()
        self.due = None

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def code(self) -> int | None:
        return None if self.process is None else self.process.poll()

    def signal(self, sign: int) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(sign)

    def kill_group(self) -> None:
        if self.process is not None and self.process.poll() is None:
            if self.program.in_terminal:
                self.process.kill()
            else:
                os.killpg(self.process.pid, signal.SIGKILL)

    def plan_restart(self) -> None:
        """After a steady while the pause is short again."""
        if time.monotonic() - self.started > STEADY_AFTER:
            self.pause = SHORTEST_PAUSE
        how = f"was ended by signal {-self.code}" if self.code is not None and self.code < 0 else f"ended with code {self.code}"
        warn(f"  {self.program.name} {how}; starting it again in {self.pause:.1f} s (log: {self.program.log})")
        self.due = time.monotonic() + self.pause
        self.pause = min(self.pause * 2, LONGEST_PAUSE)
        self.restarts += 1


def open_log(folder: Path, name: str) -> Path:
    """The log of one program; a long one is put aside once, so that a forgotten demonstration fills no disk."""
    folder.mkdir(exist_ok=True, mode=0o700)
    log = folder / f"{name}.log"
    if log.exists() and log.stat().st_size > LARGEST_LOG:
        log.replace(log.with_suffix(".log.1"))
    os.close(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600))
    return log


def tail(log: Path, lines: int = 15) -> str:
    with log.open("rb") as read:
        read.seek(max(0, log.stat().st_size - 8192))
        return "\n".join(read.read().decode(errors="replace").splitlines()[-lines:])


class Supervisor:
    """All children of one launcher."""

    def __init__(self) -> None:
        self.children: list[Child] = []
        self.stop_asked = False
        self.interrupted = False
        self.hurry = False
        for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(sign, self._ask_to_stop)

    def _ask_to_stop(self, number: int, frame: object) -> None:
        self.hurry = self.stop_asked
        self.interrupted = number == signal.SIGINT
        self.stop_asked = True

    def rest(self, seconds: float) -> None:
        """Sleeps, but not past a wish to stop."""
        until = time.monotonic() + seconds
        while True:
            if self.stop_asked:
                raise Stopped
            left = until - time.monotonic()
            if left <= 0:
                return
            time.sleep(min(0.05, left))

    def keep(self, program: Program) -> Child:
        """Starts a program, to run until the launcher stops or, a step, until ``finish``."""
        child = Child(program)
        self.children.append(child)
        child.start()
        return child

    def finish(self, child: Child, *, what: str) -> None:
        """Waits for a program that ends by itself; one that failed stops the launcher, its last words shown."""
        while child.running:
            self.rest(0.02)
        self.children.remove(child)
        if child.code == 0:
            return
        log = child.program.log
        if log is None:  # it has spoken for itself
            raise SystemExit(1)
        raise SystemExit(f"{tail(log)}\n{what} failed (code {child.code}); the whole story is in {log}.")

    def watch_once(self) -> None:
        """Starts again what has died and whose pause is over."""
        for child in self.children:
            if child.running:
                continue
            if child.due is None:
                child.plan_restart()
            elif time.monotonic() >= child.due:
                if child.program.before_restart:
                    child.program.before_restart()
                child.start()
                say(f"  {child.program.name} runs again")

    def watch(self) -> None:
        """Until somebody asks to stop."""
        while True:
            self.watch_once()
            self.rest(0.2)

    def stop(self) -> None:
        """All at once, then what is to end last."""
        self._end([child for child in self.children if not child.program.ends_last])
        self._end([child for child in self.children if child.program.ends_last])
        self.children.clear()

    def _end(self, children: list[Child]) -> None:
        for child in children:
            # Ctrl-C has reached what shares our terminal; a second one would cut its farewell short.
            if not (child.program.in_terminal and self.interrupted):
                child.signal(child.program.stop_signal)
        asked = time.monotonic()
        while waiting := [child for child in children if child.running]:
            for child in waiting:
                if self.hurry or time.monotonic() - asked > child.program.patience:
                    child.kill_group()
            time.sleep(0.02)
