"""Jobs for tests: a handler that shows when it has run twice, and processes of ours."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

from django.db.models import F, Value
from django.db.models.functions import Concat

from carehub import clock, jobs
from carehub.actors import Actor
from carehub.models import Job, Notice
from clients.models import Client

ROOT = Path(__file__).resolve().parent.parent


@jobs.handler("tests.count")
def count(job: Job) -> dict:
    """Adds one stroke to the client's name and tells the keyworker; done twice, both would show."""
    changed = Client.objects.filter(pk=job.subject_id).update(name_used=Concat(F("name_used"), Value("|")))
    Notice.objects.create(
        partnership_id=job.partnership_id,
        client_id=job.subject_id,
        person_id=job.membership.person_id,
        kind=f"tests.count.{uuid4()}",
        subject_id=job.subject_id,
        about_day=clock.today(),
        made_at=clock.now(),
    )
    return {"changed": changed}


def results(client: Client, by: Actor) -> tuple[int, int]:
    """How often the work shows: strokes, notices."""
    from carehub import context

    with context.acting(by):
        return Client.objects.get(pk=client.pk).name_used.count("|"), Notice.objects.filter(client_id=client.pk).count()


def environment(database: str, **more: str) -> dict[str, str]:
    """For a process of its own that works on the test's database."""

    def there(name: str) -> str:
        return urlsplit(os.environ[name])._replace(path=f"/{database}").geturl()

    return os.environ | {"DATABASE_URL": there("DATABASE_URL"), "DATABASE_OWNER_URL": there("DATABASE_OWNER_URL")} | more


def wait_for(condition: Callable[[], object], seconds: float = 30, what: str | Callable[[], str] = "") -> None:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"waited {seconds} s for {what() if callable(what) else what or condition}")
        time.sleep(0.02)


@contextmanager
def process(*words: str, env: dict[str, str], log: Path) -> Iterator[subprocess.Popen]:
    """A Python program of ours; killed at the end if it has not ended by itself."""
    with log.open("ab") as out:
        child = subprocess.Popen([sys.executable, *words], cwd=ROOT, env=env, stdout=out, stderr=out)
    try:
        yield child
    finally:
        child.kill()
        child.wait(10)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def redis_server() -> str:
    """The program, which 'make test' installs where it may."""
    path = shutil.which("redis-server")
    assert path, "redis-server is missing. Install it: apt-get install --no-install-recommends -y redis-server"
    return path
