"""Promise 9: with the broker down every save works, in under a second, and its job is done once when the broker is back."""

import subprocess
import time
from pathlib import Path

import pytest
from django.db import connections

from carehub import context, events, jobs
from carehub.celery import app
from carehub.models import Event, Job
from tests import factories, working

pytestmark = [pytest.mark.promise(9), pytest.mark.usefixtures("committed")]


class FilesystemBroker:
    """The default run's: a folder. Down: in its place stands a file, so that nobody can write into it (not even root)."""

    def __init__(self, folder: Path):
        self.folder = folder / "broker"
        self.url = "filesystem://"
        self.options = {"data_folder_in": str(self.folder), "data_folder_out": str(self.folder), "control_folder": str(folder / "control")}
        #: How its worker process is told.
        self.environment = {"CAREHUB_VAR": str(folder)}
        self.down()

    def down(self) -> None:
        self.folder.write_text("in the way")

    def up(self) -> None:
        self.folder.unlink()
        (self.folder / "messages").mkdir(parents=True)
        (self.folder / "control").mkdir()
        self.options |= {
            "data_folder_in": f"{self.folder}/messages",
            "data_folder_out": f"{self.folder}/messages",
            "control_folder": f"{self.folder}/control",
        }

    def gone(self) -> None:
        pass


class RedisBroker:
    """Production's. Down: nobody listens at its port."""

    def __init__(self, folder: Path):
        self.folder, self.port = folder, working.free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.options: dict = {"socket_timeout": 5, "socket_connect_timeout": 0.2, "visibility_timeout": 900}
        self.environment = {"CAREHUB_BROKER_URL": self.url, "CAREHUB_VAR": str(folder)}
        self.server: subprocess.Popen | None = None

    def up(self) -> None:
        self.server = subprocess.Popen(
            [working.redis_server(), "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self.folder)],
            stdout=subprocess.DEVNULL,
        )
        import redis

        def answers() -> bool:
            try:
                with redis.Redis(port=self.port, socket_connect_timeout=0.2) as client:
                    return client.ping()
            except redis.ConnectionError:
                return False

        working.wait_for(answers, what="redis-server")

    def gone(self) -> None:
        if self.server:
            self.server.kill()
            self.server.wait(10)


@pytest.fixture(params=[FilesystemBroker, RedisBroker], ids=["filesystem", "redis"])
def broker(request, tmp_path, monkeypatch):
    made = request.param(tmp_path)
    monkeypatch.setenv("CELERY_BROKER_URL", made.url)
    before, app.conf.broker_transport_options = app.conf.broker_transport_options, made.options
    yield made
    app.conf.broker_transport_options = before
    made.gone()


def test_saves_go_on_while_the_broker_is_down(broker, committed, how_many, report, tmp_path):
    keyworker = factories.actor()
    clients = [factories.client_of(keyworker.agency, keyworker=keyworker) for _ in range(how_many(20, 200))]
    with context.acting(keyworker):  # the first of a process loads the transport's code; the others are like any other day
        jobs.enqueue(kind="tests.count", subject=clients[0].pk, by=keyworker)
    slowest = 0.0
    for client in clients:
        began = time.monotonic()
        with context.acting(keyworker):
            client.save_over(client.row_version, telephone="07700 900321")
            events.record("client.changed", by=keyworker, client=client.pk, subject=client)
            jobs.enqueue(kind="tests.count", subject=client.pk, by=keyworker)
        slowest = max(slowest, time.monotonic() - began)
    assert slowest < 1, f"a save took {slowest:.2f} s"
    with context.acting(keyworker):
        assert Event.objects.count() == len(clients)
    assert Job.objects.filter(state="waiting").count() == len(clients)
    assert jobs.send_waiting_jobs() == 0, "nobody can be told"

    broker.up()
    Job.objects.update(not_before=Job.objects.earliest("asked_at").asked_at)  # the pass of twenty seconds later
    sent = 0
    while each := jobs.send_waiting_jobs():
        assert each <= jobs.SENT_AT_ONCE, "a long backlog trickles"
        sent += each
    assert sent == len(clients)
    env = working.environment(committed, **broker.environment)
    env.pop("CELERY_BROKER_URL")
    worker = ("-m", "celery", "-A", "carehub", "worker", "--pool=solo", "--include=tests.working", "--without-gossip", "--without-mingle")
    with working.process(*worker, env=env, log=tmp_path / "worker.log"):
        working.wait_for(
            lambda: not Job.objects.filter(state="waiting").exists(),
            90,
            lambda: f"the worker to do them: {(tmp_path / 'worker.log').read_text()[-1500:]}",
        )
    assert {working.results(client, keyworker) for client in clients} == {(1, 1)}
    assert set(Job.objects.values_list("state", "attempts")) == {("done", 1)}
    first, last = Job.objects.earliest("ended_at").ended_at, Job.objects.latest("ended_at").ended_at
    report(
        f"{type(broker).__name__}: {len(clients)} saves while it was down, slowest {slowest * 1000:.0f} ms;"
        f" every job done once when it was back, in {(last - first).total_seconds():.1f} s"
    )
    connections.close_all()
