"""``make run``: the database, the tables, the web, the worker and beat, until Ctrl-C."""

import hashlib
import http.client
import os
import sys
import time
from pathlib import Path

from carehub.embedded.folders import ROOT, Home, OneLauncher, data_folder, make_private
from carehub.embedded.postgres import EmbeddedPostgres, database_urls
from carehub.embedded.processes import Child, Program, Stopped, Supervisor, open_log, tail
from carehub.embedded.progress import STARTED_AT, say, step

SERVES_WITHIN = 60.0
FAILS_FOR = 5.0


def given_database() -> dict[str, str] | None:
    """The addresses of a server somebody else runs."""
    names = ("DATABASE_URL", "DATABASE_OWNER_URL")
    return {name: os.environ[name] for name in names} if all(os.environ.get(name) for name in names) else None


def run(port: int) -> int:
    var = make_private(data_folder())
    lock = OneLauncher(var)
    lock.take()
    supervisor = Supervisor()
    try:
        start(var, port, supervisor)
        supervisor.watch()
    except Stopped:
        say("\nCareHub stops …")
    finally:
        supervisor.stop()
        lock.release()
    say("CareHub has stopped; its data stay.")
    return 0


def start(var: Path, port: int, supervisor: Supervisor) -> None:
    urls = given_database()
    if urls is None:
        with step("database: PostgreSQL of its own"):
            urls = EmbeddedPostgres(var, supervisor).bring_up()
    environment = {**os.environ, **product_environment(var, port), "DATABASE_URL": urls["DATABASE_URL"]}
    environment.pop("DATABASE_OWNER_URL", None)
    logs = var / "logs"
    python = sys.executable
    for folder in (var / "broker" / "messages", var / "broker" / "control"):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    static = collect_static(var, environment, supervisor)
    tables = supervisor.keep(Program("tables", [python, "-m", "carehub.embedded.tables"], None, {**environment, **urls}))
    supervisor.finish(tables, what="Making the tables")
    if static:
        supervisor.finish(static, what="Collecting the static files")
        (var / "static-stamp").write_text(static_stamp())

    celery: list[str | Path] = [python, "-m", "celery", "-A", "carehub.celery"]
    with step("web"):
        web = supervisor.keep(
            Program(
                "web",
                [python, "-m", "gunicorn", "-c", "python:carehub.embedded.web_settings", "carehub.wsgi"],
                open_log(logs, "web"),
                environment,
            )
        )
        wait_for_web(web, port, supervisor)
        # After the page: on two processors three programs that all load at once are three late programs.
        worker = [*celery, "worker", "--pool=solo", "--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel=INFO"]
        supervisor.keep(Program("worker", worker, open_log(logs, "worker"), environment))
        supervisor.keep(Program("beat", [*celery, "beat", "--loglevel=INFO"], open_log(logs, "beat"), environment))
    welcome(var, port)


def static_stamp() -> str:
    """Changes with our static files and with the packages that bring some."""
    found = hashlib.sha256((ROOT / "requirements.lock").read_bytes())
    for path in sorted((ROOT / "static").rglob("*")):
        if path.is_file():
            found.update(f"{path}{path.stat().st_size}{path.stat().st_mtime_ns}".encode())
    return found.hexdigest()


def collect_static(var: Path, environment: dict[str, str], supervisor: Supervisor) -> Child | None:
    """Beside the tables, on the other processor: hashing and compressing takes seconds. Not at all if nothing has changed."""
    stamp = var / "static-stamp"
    if stamp.exists() and stamp.read_text() == static_stamp():
        return None
    # django_htmx brings four builds of htmx; ours is in static/vendor.
    command: list[str | Path] = [sys.executable, ROOT / "manage.py", "collectstatic", "--noinput", "-v0", "--ignore=django_htmx"]
    return supervisor.keep(Program("static files", command, open_log(var / "logs", "static"), environment))


def product_environment(var: Path, port: int) -> dict[str, str]:
    return {
        "CAREHUB_DEMO": os.environ.get("CAREHUB_DEMO", "1"),
        "CAREHUB_VAR": str(var),
        "CAREHUB_ADDRESS": os.environ.get("CAREHUB_ADDRESS", f"http://127.0.0.1:{port}"),
        "PORT": str(port),
        "PYTHONUNBUFFERED": "1",
    }


def wait_for_web(web: Child, port: int, supervisor: Supervisor) -> None:
    """Until the health page answers 200, so that it reaches its database, and the page that people see first has answered too.

    One that keeps failing is not waited for.
    """
    until = time.monotonic() + SERVES_WITHIN
    answer: int | None = None
    failing_since: float | None = None
    while time.monotonic() < until and web.running:
        try:
            answer = status_of("/health", port)
            if answer == 200:
                answer = status_of("/sign-in/", port)
                # Redirected, or refused for its name, where a proxy is to stand in front: an answer too.
                if answer < 500:
                    return
        except OSError:
            supervisor.rest(0.05)
            continue
        failing_since = failing_since or time.monotonic()
        if time.monotonic() - failing_since > FAILS_FOR:
            break
        supervisor.rest(0.2)
    log = web.program.log
    assert log
    raise SystemExit(f"{tail(log)}\nThe web process does not serve (it answers {answer or 'nothing'}); the whole story is in {log}.")


def status_of(path: str, port: int) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    finally:
        connection.close()


def welcome(var: Path, port: int) -> None:
    taken = time.time() - float(os.environ.get(STARTED_AT, time.time()))
    say(f"\nCareHub serves http://127.0.0.1:{port}/ after {taken:.1f} s. Data and logs are in {var}. Ctrl-C stops it.")
    sign_ins = var / "sign-ins.txt"
    if sign_ins.exists():
        say(sign_ins.read_text().rstrip())


def manage(words: list[str]) -> int:
    """``manage.py`` on the data of this copy: beside a running launcher, or with the database started for it alone."""
    var = make_private(data_folder())
    supervisor = Supervisor()
    lock = OneLauncher(var)
    urls = given_database()
    try:
        if urls is None:
            if lock.holder():
                home = Home(var)
                urls = database_urls(home.passwords(), home.socket_folder())
            else:
                lock.take()
                urls = EmbeddedPostgres(var, supervisor).bring_up()
        port = int(os.environ.get("PORT") or 8000)
        environment = {**os.environ, **product_environment(var, port), **urls}
        child = supervisor.keep(Program("manage", [sys.executable, ROOT / "manage.py", *words], None, environment, in_terminal=True))
        while child.running:
            supervisor.rest(0.05)
        return child.code or 0
    except Stopped:
        return 130
    finally:
        supervisor.stop()
        lock.release()
