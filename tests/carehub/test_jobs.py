"""Background work: asked for with the change, done once, for whoever asked. Real commits, no broker."""

import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from carehub import clock, context, events, jobs
from carehub.models import Event, EventClient, Job
from clients.models import Client
from tests import factories, working

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture
def keyworker():
    return factories.actor()


@pytest.fixture
def someone(keyworker):
    return factories.client_of(keyworker.agency, keyworker=keyworker)


@pytest.fixture
def told(monkeypatch):
    """Whom the broker was told of, instead of the broker."""
    messages: list = []
    monkeypatch.setattr(jobs, "publish", lambda job_id: messages.append(job_id) or True)
    return messages


@pytest.fixture
def handler(monkeypatch):
    """``handler(function)``: what jobs of kind 'tests.own' do in this test."""
    monkeypatch.setattr(jobs, "_handlers", dict(jobs._handlers))
    monkeypatch.setattr(jobs, "_failed", dict(jobs._failed))

    def register(function, **more):
        return jobs.handler("tests.own", **more)(function)

    return register


def ask(someone, by, kind: str = "tests.own", **more) -> Job:
    with context.acting(by):
        return jobs.enqueue(kind=kind, subject=someone.pk, by=by, **more)


def test_a_job_is_asked_for_in_the_transaction_of_its_change(keyworker, someone):
    with pytest.raises(RuntimeError, match="in the transaction of the change"):
        jobs.enqueue(kind="tests.own", subject=someone.pk, by=keyworker)


def test_nobody_is_told_before_the_commit_and_nobody_after_a_rollback(keyworker, someone, told):
    with context.acting(keyworker):
        job = jobs.enqueue(kind="tests.own", subject=someone.pk, by=keyworker)
        assert told == []
    assert told == [job.pk]
    with pytest.raises(ZeroDivisionError), context.acting(keyworker):
        jobs.enqueue(kind="tests.own", subject=someone.pk, by=keyworker, version=2)
        raise ZeroDivisionError
    assert told == [job.pk]
    assert Job.objects.count() == 1


def test_asked_twice_is_asked_once_and_a_new_version_is_new_work(keyworker, someone, told):
    assert ask(someone, keyworker) == ask(someone, keyworker)
    assert len(told) == 1
    ask(someone, keyworker, version=2)
    assert Job.objects.count() == 2


def test_the_database_keeps_one_job_a_version(keyworker, someone, told):
    job = ask(someone, keyworker)
    with pytest.raises(IntegrityError):
        Job.objects.create(
            kind=job.kind, subject_id=job.subject_id, partnership_id=job.partnership_id, asked_at=job.asked_at, not_before=job.asked_at
        )


def test_two_handlers_of_one_kind_are_a_mistake(handler):
    handler(lambda job: None)
    with pytest.raises(ValueError, match="two handlers"):
        handler(lambda job: None)


def test_done_with_its_result_and_its_event(keyworker, someone, told, handler):
    def work(job):
        events.record("plan.sealed", by=keyworker, client=someone.pk, subject=someone)
        return {"pages": 2}

    handler(work)
    job = ask(someone, keyworker)
    assert jobs.do_job(str(job.pk)) == "done"
    job.refresh_from_db()
    assert (job.state, job.result, job.attempts) == ("done", {"pages": 2}, 1)
    assert job.ended_at
    with context.acting(keyworker):
        (event,) = Event.objects.all()
        assert (event.verb, event.page, event.person_id) == ("plan.sealed", "job tests.own", keyworker.person_id)
        assert EventClient.objects.get().client_id == someone.pk
    assert jobs.do_job(str(job.pk)) == "nothing to do"


def test_a_job_reaches_what_the_one_who_asked_may_reach(keyworker, someone, told, handler):
    seen = []
    handler(lambda job: seen.append(set(Client.objects.values_list("pk", flat=True))))
    factories.client_of(factories.agency(someone.partnership))
    jobs.do_job(str(ask(someone, keyworker).pk))
    assert seen == [{someone.pk}]
    factories.end_access(someone, agency=keyworker.agency)
    jobs.do_job(str(ask(someone, keyworker, version=2).pk))
    assert seen == [{someone.pk}, set()]


def test_a_job_for_nobody_reaches_nobody(someone, told, handler):
    seen = []
    handler(lambda job: seen.append(Client.objects.count()))
    with connection.cursor() as cursor:
        cursor.execute(f"SET carehub.partnership = '{someone.partnership_id}'")
        cursor.execute("SET carehub.duty = 'load'")
    with transaction.atomic():
        job = jobs.enqueue(kind="tests.own", subject=someone.pk, partnership_id=someone.partnership_id)
    assert jobs.do_job(str(job.pk)) == "done"
    assert seen == [0]
    assert not Event.objects.using("owner").exists()


def test_nothing_of_a_jobs_context_is_left_for_the_next(keyworker, someone, told, handler):
    handler(lambda job: None)
    jobs.do_job(str(ask(someone, keyworker).pk))
    assert Client.objects.count() == 0


def test_a_failure_takes_everything_back_and_is_tried_again_later(keyworker, someone, told, handler):
    def work(job):
        Client.objects.update(name_used="Half done")
        events.record("plan.sealed", by=keyworker, client=someone.pk)
        raise ValueError("the font is missing")

    handler(work)
    job = ask(someone, keyworker)
    assert jobs.do_job(str(job.pk)) == "will be tried again"
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("waiting", 1)
    assert job.error.startswith("ValueError at ")
    assert "test_jobs.py" in job.error
    assert "font" not in job.error, "the text of an error may quote a record"
    assert job.not_before > clock.now() + timedelta(seconds=10)
    with context.acting(keyworker):
        assert Client.objects.get().name_used == ""
        assert not Event.objects.exists()


def test_it_waits_longer_each_time_and_gives_up_in_the_end(keyworker, someone, told, handler):
    gave_up = []

    def work(job):
        raise ValueError

    handler(work, failed=lambda job: gave_up.append((job.pk, Client.objects.count())))
    job = ask(someone, keyworker)
    waits = []
    for _ in range(jobs.MOST_ATTEMPTS):
        jobs.do_job(str(job.pk))
        job.refresh_from_db()
        waits.append(job.not_before - clock.now())
    assert waits[:-1] == sorted(waits[:-1])
    assert (job.state, job.attempts) == ("failed", jobs.MOST_ATTEMPTS)
    assert gave_up == [(job.pk, 1)], "told once, for whoever asked"
    assert jobs.do_job(str(job.pk)) == "nothing to do"


def test_a_job_in_which_workers_die_is_given_up(keyworker, someone, told, handler):
    done, given_up = [], []
    handler(lambda job: done.append(job), failed=given_up.append)
    job = ask(someone, keyworker)
    Job.objects.filter(pk=job.pk).update(begun=jobs.MOST_DEATHS)
    assert jobs.do_job(str(job.pk)) == "failed"
    job.refresh_from_db()
    assert (done, given_up) == ([], [job])
    assert (job.state, job.error) == (Job.State.FAILED, "10 workers died in it")
    jobs.retry(job)
    assert jobs.do_job(str(job.pk)) == "done", "asked for again it begins anew"
    assert done == [job]


def test_a_worker_that_dies_in_a_job_leaves_its_trace(keyworker, someone, told, handler):
    def dies(job):
        raise SystemExit

    handler(dies)
    job = ask(someone, keyworker)
    with pytest.raises(SystemExit):
        jobs.do_job(str(job.pk))
    job.refresh_from_db()
    assert (job.state, job.begun, job.attempts) == (Job.State.WAITING, 1, 0)


def test_a_failed_job_can_be_asked_for_again(keyworker, someone, told, handler):
    handler(lambda job: {"ok": True})
    job = ask(someone, keyworker)
    Job.objects.update(state="failed", ended_at=clock.now(), attempts=jobs.MOST_ATTEMPTS, error="ValueError")
    with transaction.atomic():
        jobs.retry(job)
    assert told == [job.pk, job.pk]
    assert jobs.do_job(str(job.pk)) == "done"
    with transaction.atomic():
        jobs.retry(job)
    assert told == [job.pk, job.pk], "what is done is not done again"


def test_a_kind_that_nobody_handles_is_kept(keyworker, someone, told):
    job = ask(someone, keyworker, kind="tests.of-a-newer-version")
    assert jobs.do_job(str(job.pk)) == "will be tried again"
    assert Job.objects.get().state == "waiting"


def test_two_workers_with_one_message_do_it_once(keyworker, someone, told, handler):
    begun, go_on = threading.Event(), threading.Event()

    def work(job):
        begun.set()
        go_on.wait(10)
        return working.count(job)

    handler(work)
    job = ask(someone, keyworker)

    def other():
        jobs.do_job(str(job.pk))
        connection.close()

    thread = threading.Thread(target=other)
    thread.start()
    assert begun.wait(10)
    assert jobs.do_job(str(job.pk)) == "nothing to do"
    go_on.set()
    thread.join(10)
    assert working.results(someone, keyworker) == (1, 1)


def test_waiting_jobs_are_sent_again_and_not_all_the_time(keyworker, someone, told):
    job = ask(someone, keyworker)
    assert jobs.send_waiting_jobs() == 1
    assert jobs.send_waiting_jobs() == 0, "the worker gets its time"
    Job.objects.update(not_before=clock.now() - timedelta(seconds=1))
    assert jobs.send_waiting_jobs() == 1
    assert told == [job.pk] * 3
    Job.objects.update(state="done", ended_at=clock.now(), not_before=clock.now() - timedelta(seconds=1))
    assert jobs.send_waiting_jobs() == 0


def test_a_job_in_somebodys_hands_is_not_sent_again(keyworker, someone, told):
    ask(someone, keyworker)
    held, let_go = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            list(Job.objects.select_for_update())
            held.set()
            let_go.wait(10)
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    assert held.wait(10)
    assert jobs.send_waiting_jobs() == 0
    let_go.set()
    thread.join(10)
    assert jobs.send_waiting_jobs() == 1


def test_a_message_carries_a_key_and_nothing_else(keyworker, someone, settings):
    from pathlib import Path

    folder = Path(settings.CELERY_BROKER_TRANSPORT_OPTIONS["data_folder_in"])
    for message in folder.iterdir():
        message.unlink()
    job = ask(someone, keyworker)
    (message,) = folder.iterdir()
    import base64
    import json

    body = json.loads(base64.b64decode(json.loads(message.read_text())["body"]))
    assert body[:2] == [[str(job.pk)], {}]
    assert someone.last_name not in message.read_text()
    message.unlink()
