"""Where a copy of CareHub keeps its data, and as whom its database server runs.

A copy is known by its data folder (``CAREHUB_VAR``, else ``var/`` in the clone): two folders are two copies that know
nothing of each other.

PostgreSQL refuses to run as root, and a server that has dropped to an ordinary account cannot enter a folder under a home
that only root can read. Then the server's files live under ``/var/lib/carehub/<hash of the data folder>`` instead.
"""

import fcntl
import hashlib
import json
import os
import pwd
import secrets
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path

from carehub.environment import Environment

ROOT = Path(__file__).resolve().parent.parent.parent
ELSEWHERE = Path("/var/lib/carehub")
ANOTHER = "give another data folder: CAREHUB_VAR=/some/folder"
#: A unix socket's whole path must stay below 108 bytes, its name included.
LONGEST_SOCKET_FOLDER = 107 - len("/.s.PGSQL.5432")


def data_folder() -> Path:
    return Environment().path("CAREHUB_VAR", ROOT / "var")


def make_private(folder: Path) -> Path:
    """A folder whose contents nobody else can list. Root's may be passed through: the server's account lives inside."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o711 if os.geteuid() == 0 else 0o700)
    except OSError as error:
        raise SystemExit(f"The data folder {folder} cannot be made ({error.strerror}): {ANOTHER}.") from None
    if not os.access(folder, os.W_OK | os.X_OK):
        raise SystemExit(f"You may not write into {folder}: {ANOTHER}.")
    return folder


class OneLauncher:
    """At most one launcher on a data folder. The kernel frees the lock when its holder dies, however it dies."""

    def __init__(self, var: Path) -> None:
        self.file = var / "launcher.lock"
        self.var = var
        self.handle: int | None = None

    def holder(self) -> str | None:
        """The process number of the launcher at work here, or None."""
        if self.handle is None and self.file.exists() and not self._take():
            return self.file.read_text().strip() or "unknown"
        self.release()
        return None

    def take(self) -> None:
        if not self._take():
            number = self.file.read_text().strip()
            raise SystemExit(f"CareHub is already running on {self.var} (process {number}). Stop it, or {ANOTHER}.")
        assert self.handle is not None
        os.ftruncate(self.handle, 0)
        os.write(self.handle, f"{os.getpid()}\n".encode())

    def _take(self) -> bool:
        try:
            handle = os.open(self.file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except PermissionError:
            raise SystemExit(f"{self.file} belongs to another user: start CareHub as that user, or {ANOTHER}.") from None
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return False
        self.handle = handle
        return True

    def release(self) -> None:
        if self.handle is not None:
            os.close(self.handle)
            self.handle = None


@dataclass(frozen=True)
class Account:
    """An ordinary user of this machine."""

    name: str
    uid: int
    gid: int

    def can_enter(self, path: Path) -> bool:
        """Asked of the kernel, by a process that has become this user: modes alone do not tell of access lists or mounts."""
        child = os.fork()
        if child == 0:
            try:
                os.setgroups([])
                os.setgid(self.gid)
                os.setuid(self.uid)
                os._exit(0 if os.access(path, os.X_OK) else 1)
            except OSError:
                os._exit(2)
        answer = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if answer == 2:
            raise SystemExit("PostgreSQL does not run as root, and this root may not become another user: start as an ordinary one.")
        return answer == 0


def server_account(var: Path, data: Path) -> Account | None:
    """As whom the server runs; None: as we do. Root hands it to whoever owns the data already, else whoever owns the folder,
    else the machine's ``postgres``, else ``nobody``."""
    if os.geteuid() != 0:
        return None
    existing = next(folder for folder in (data, var, *var.parents) if folder.exists())
    for uid in ([data.stat().st_uid] if data.exists() else []) + [existing.stat().st_uid]:
        if uid != 0:
            entry = pwd.getpwuid(uid)
            return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid)
    raise SystemExit("PostgreSQL does not run as root and this machine has no ordinary user: make one, or set DATABASE_URL.")


class Home:
    """The folders of one embedded server: its data, its socket, its binaries, its passwords."""

    def __init__(self, var: Path) -> None:
        self.var = make_private(var)
        self.elsewhere = ELSEWHERE / hashlib.sha256(os.fsencode(var)).hexdigest()[:12]
        near, far = var / "postgres", self.elsewhere
        started_far = os.geteuid() == 0 and (far / "data").exists()
        self.account = server_account(var, (far if started_far else near) / "data")
        closed = self.account is not None and not self.account.can_enter(var)
        if closed and (near / "data").exists():
            raise SystemExit(f"The database in {near} can no longer be reached by its user {near.owner()}: open the way with 'chmod a+x'.")
        self.moved = started_far or closed
        self.base = far if self.moved else near
        self.data = self.base / "data"
        self.passwords_file = var / "database-passwords.json"

    def prepare(self) -> None:
        """Makes what is missing. A server's data whose passwords are gone is set aside, never deleted."""
        if self.moved:
            ELSEWHERE.mkdir(parents=True, exist_ok=True, mode=0o755)
        self.base.mkdir(exist_ok=True, mode=0o711 if self.account else 0o700)
        if not self.account and self.base.stat().st_uid != os.geteuid():
            owner = self.base.owner()
            raise SystemExit(f"{self.base} belongs to {owner}: start CareHub as root again, or {ANOTHER}.")
        if self.data.exists() and not self.passwords_file.exists():
            number = 1
            while (aside := self.base / f"data.set-aside-{number}").exists():
                number += 1
            self.data.rename(aside)

    def owned(self, folder: Path) -> Path:
        """``folder``, made if missing, the server's alone."""
        folder.mkdir(exist_ok=True, mode=0o700)
        found = folder.lstat()
        if stat.S_ISLNK(found.st_mode):
            raise SystemExit(f"{folder} is a link somebody else may have laid: remove it and start again.")
        if self.account and found.st_uid == 0:
            os.chown(folder, self.account.uid, self.account.gid)
        elif found.st_uid != (self.account.uid if self.account else os.geteuid()):
            raise SystemExit(f"{folder} belongs to somebody else: remove it, or {ANOTHER}.")
        folder.chmod(0o700)
        return folder

    def socket_folder(self) -> Path:
        """Near the data, unless that path is too long for a socket, or holds what PostgreSQL reads as a list."""
        folder = self.base / "socket"
        if len(os.fsencode(folder)) > LONGEST_SOCKET_FOLDER or any(sign in str(folder) for sign in ',"'):
            folder = Path("/tmp") / f"carehub-{os.geteuid()}-{self.elsewhere.name}"
        return folder

    def binaries(self, source: Path, version: str) -> Path:
        """``source`` (the folder above ``bin``), or a copy that the server's account can reach."""
        if self.account is None or self.account.can_enter(source / "bin"):
            return source
        ELSEWHERE.mkdir(parents=True, exist_ok=True, mode=0o755)
        self.elsewhere.mkdir(exist_ok=True, mode=0o711)
        copy = self.elsewhere / f"postgresql-{version}"
        if not copy.exists():
            half = self.elsewhere / "postgresql.half"
            shutil.rmtree(half, ignore_errors=True)
            shutil.copytree(source, half, symlinks=True, ignore=shutil.ignore_patterns("*.a", "pgxs"))
            half.rename(copy)
        return copy

    def passwords(self) -> dict[str, str]:
        """Of the bootstrap superuser, the owner and the application; made once, readable by us alone."""
        if not self.passwords_file.exists():
            made = {role: secrets.token_urlsafe(24) for role in ("bootstrap", "owner", "app")}
            half = self.passwords_file.with_suffix(".half")
            half.unlink(missing_ok=True)
            with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
                json.dump(made, out)
            half.rename(self.passwords_file)
        found: dict[str, str] = json.loads(self.passwords_file.read_text())
        return found

    def remove(self, but: Path) -> None:
        """Everything of a throw-away server, except the lock that is held on it."""
        for entry in self.var.iterdir():
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            elif entry != but:
                entry.unlink()
        shutil.rmtree(self.elsewhere, ignore_errors=True)
        if self.socket_folder().parent == Path("/tmp"):
            shutil.rmtree(self.socket_folder(), ignore_errors=True)
