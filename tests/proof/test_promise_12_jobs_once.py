"""Promise 12: a job ends the same however often it is delivered, and wherever its worker dies."""

import random
import signal

import pytest
from django.db import connection

from carehub import context, jobs
from carehub.models import Job, Notice
from clients.models import Client
from tests import factories, working

pytestmark = [pytest.mark.promise(12), pytest.mark.usefixtures("committed")]


@pytest.fixture
def keyworker():
    return factories.actor()


@pytest.fixture
def ask(keyworker, monkeypatch):
    """Asks for the counting job about a new client; no broker is told."""
    monkeypatch.setattr(jobs, "publish", lambda job_id: False)

    def asked() -> tuple[Client, Job]:
        client = factories.client_of(keyworker.agency, keyworker=keyworker)
        with context.acting(keyworker):
            return client, jobs.enqueue(kind="tests.count", subject=client.pk, by=keyworker)

    return asked


def test_delivered_three_times_done_once(ask, keyworker, how_many, chance: random.Random, report):
    asked = [ask() for _ in range(how_many(20, 200))]
    deliveries = [job.pk for _, job in asked] * 3
    chance.shuffle(deliveries)
    for job_id in deliveries:
        jobs.do_job(str(job_id))
    assert {working.results(client, keyworker) for client, _ in asked} == {(1, 1)}
    assert set(Job.objects.values_list("state", "attempts")) == {("done", 1)}
    report(f"{len(asked)} jobs, each delivered three times in mixed order: one result and one notice each")


@pytest.mark.parametrize("point", working.POINTS)
def test_killed_at_a_marked_point_done_once(ask, keyworker, committed, how_many, tmp_path, report, point):
    """SIGKILL while the worker holds the job: half of it is never seen, and the next delivery does all of it, once."""
    kills = how_many(5, 25)
    for number in range(kills):
        client, job = ask()
        mark = tmp_path / f"mark-{number}"
        env = working.environment(committed, CAREHUB_TEST_STOP_AT=point, CAREHUB_TEST_MARK=str(mark))
        with working.process("-m", "tests.proof.one_job", str(job.pk), env=env, log=tmp_path / "log") as worker:
            working.wait_for(mark.exists, what=lambda: f"the worker to be at '{point}': {(tmp_path / 'log').read_text()[-800:]}")
            before = working.results(client, keyworker)
            assert before == ((1, 1) if point == "committed" else (0, 0)), "half a job was seen"
            if point != "committed":
                assert jobs.do_job(str(job.pk)) == "nothing to do", "two had it in hand"
            worker.send_signal(signal.SIGKILL)
            worker.wait(10)
        for _ in range(3):
            working.wait_for(
                lambda job=job: jobs.do_job(str(job.pk)) and Job.objects.get(pk=job.pk).state == "done", 10, "the job to be done"
            )
        assert working.results(client, keyworker) == (1, 1)
    report(f"{kills} workers killed with SIGKILL at '{point}': one result and one notice each")
    assert Notice.objects.count() == 0, "without context"
    connection.close()
