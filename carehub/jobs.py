"""Work to be done in the background: asked for in the change's own transaction, done once, however often it is delivered.

``enqueue`` writes a row beside the change. After the commit a message says 'look now'; if the broker is down, nobody is told,
and the scheduled pass ``send_waiting_jobs`` tells the worker later. The handler's changes and the row's 'done' are one transaction,
so a worker killed at any point leaves either nothing or everything.
"""

import logging
from collections.abc import Callable, Iterable
from datetime import timedelta
from uuid import UUID

from celery import shared_task
from django.db import connection, transaction
from django.db.models import F

from carehub import clock, context, events
from carehub.actors import Actor
from carehub.celery import app
from carehub.logs import where
from carehub.models import Job, Membership

logger = logging.getLogger(__name__)

Handler = Callable[[Job], dict | None]
_handlers: dict[str, Handler] = {}
_failed: dict[str, Callable[[Job], None]] = {}
_most_attempts: dict[str, int] = {}

#: A message is repeated when the job has not ended after this time: the worker that had it may be dead.
RESEND_AFTER = timedelta(seconds=20)
#: A long backlog trickles: the scheduled passes, which tell people what is overdue, do not wait behind it.
SENT_AT_ONCE = 20
MOST_ATTEMPTS = 6
#: So many workers may die in one job, killed or out of memory; the next one would too.
MOST_DEATHS = 10
#: The pause between two attempts grows, up to this.
LONGEST_PAUSE_SECONDS = 60 * 60
#: A save must not wait for a broker that is down.
PUBLISH_TIMEOUT_SECONDS = 0.2


def handler(kind: str, *, failed: Callable[[Job], None] | None = None, most_attempts: int = MOST_ATTEMPTS) -> Callable[[Handler], Handler]:
    """Register the function that does jobs of ``kind``; ``failed`` is told when the last attempt has failed."""

    def register(function: Handler) -> Handler:
        if kind in _handlers:
            raise ValueError(f"two handlers for {kind}")
        _handlers[kind] = function
        _most_attempts[kind] = most_attempts
        if failed:
            _failed[kind] = failed
        return function

    return register


def enqueue(*, kind: str, subject: UUID, by: Actor | None = None, partnership_id: UUID | None = None, version: int = 1) -> Job:
    """Ask for ``kind`` on version ``version`` of ``subject``. Asking twice asks once."""
    if not connection.in_atomic_block:
        raise RuntimeError("A job is asked for in the transaction of the change it belongs to.")
    now = clock.now()
    job, made = Job.objects.get_or_create(
        kind=kind,
        subject_id=subject,
        version=version,
        defaults={
            "partnership_id": by.partnership_id if by else partnership_id,
            "membership": by.membership if by else None,
            "asked_at": now,
            "not_before": now,
        },
    )
    if made:
        transaction.on_commit(lambda: publish(job.pk))
    return job


def enqueue_many(*, kind: str, subjects: Iterable[UUID], partnership_id: UUID) -> None:
    """Ask for ``kind`` on each of ``subjects``, in one query. Nobody is told now: the scheduled pass sends them, a few at a time."""
    if not connection.in_atomic_block:
        raise RuntimeError("A job is asked for in the transaction of the change it belongs to.")
    now = clock.now()
    made = (Job(kind=kind, subject_id=each, partnership_id=partnership_id, asked_at=now, not_before=now) for each in subjects)
    Job.objects.bulk_create(made, batch_size=2000, ignore_conflicts=True)


def retry(job: Job, *, by: Actor | None = None) -> None:
    """Try a failed job again, from the beginning: for ``by``, where whoever asked first may have left."""
    now = clock.now()
    failed = Job.objects.filter(pk=job.pk, state=Job.State.FAILED)
    anew = {"membership": by.membership} if by else {}
    if failed.update(state=Job.State.WAITING, ended_at=None, attempts=0, begun=0, error="", not_before=now, **anew):
        transaction.on_commit(lambda: publish(job.pk))


def publish(job_id: UUID) -> bool:
    """Tell the worker to look at a job. Never raises, never waits: what is not told now is told by the next pass."""
    try:
        with app.connection_for_write(connect_timeout=PUBLISH_TIMEOUT_SECONDS, transport_options=_transport_options()) as broker:
            do_job.apply_async(args=[str(job_id)], connection=broker, retry=False)
    except Exception as problem:  # every transport has its own errors; the row is safe whatever it was
        logger.warning("broker not reached, the job waits for the next pass", extra={"job": str(job_id), "problem": type(problem).__name__})
        return False
    return True


def _transport_options() -> dict[str, object]:
    quick = {"socket_timeout": PUBLISH_TIMEOUT_SECONDS, "socket_connect_timeout": PUBLISH_TIMEOUT_SECONDS, "max_retries": 0}
    return {**app.conf.broker_transport_options, **quick}


@shared_task(name="carehub.do_job")
def do_job(job_id: str) -> str:
    """Do one job unless somebody else is doing it or it is done. Returns how it went, for the worker's log."""
    if not _begin(job_id):
        return "nothing to do"
    failure: Exception | None = None
    try:
        with transaction.atomic():
            job = Job.objects.select_for_update(skip_locked=True).filter(pk=job_id, state=Job.State.WAITING).first()
            if job is None:
                return "nothing to do"
            if _has_left(job):
                with context.on_duty(job.partnership_id, "leavers"):
                    return _give_up(job, "whoever asked has left")
            if job.begun - job.attempts > MOST_DEATHS:
                logger.error("job given up: workers die in it", extra={"job": job_id, "kind": job.kind})
                _act_for(job)
                return _give_up(job, f"{MOST_DEATHS} workers died in it")
            _act_for(job)
            with events.gathering() as entry:
                result = _handlers[job.kind](job)
                job.attempts += 1
                job.end(Job.State.DONE, result=result)
                if entry.verb:
                    entry.write(page=f"job {job.kind}")
            return "done"
    except Exception as problem:
        failure = problem
    return _note_failure(job_id, failure)


def _has_left(job: Job) -> bool:
    """Whoever asked has left since: their access ended, in the background too."""
    if job.membership_id is None:
        return False
    asked_as = Membership.objects.open_on(clock.today()).filter(pk=job.membership_id, person__is_active=True)
    return not asked_as.exists()


def _begin(job_id: str) -> bool:
    """Counts before the work, in a transaction of its own: a worker that dies in it leaves its trace."""
    with transaction.atomic():
        job = Job.objects.select_for_update(skip_locked=True).filter(pk=job_id, state=Job.State.WAITING).first()
        if job is None:
            return False
        Job.objects.filter(pk=job.pk).update(begun=F("begun") + 1)
    return True


def _give_up(job: Job, why: str) -> str:
    """Not tried again by itself; who waits for it is told by the kind's own ``failed``."""
    job.end(Job.State.FAILED, error=why)
    if job.kind in _failed:
        _failed[job.kind](job)
    return "failed"


def _act_for(job: Job) -> None:
    if job.membership is None:
        context.clear()
        return
    membership = job.membership
    context.acting_as(Actor(membership.person, membership), reference=f"job {job.pk}")


def _note_failure(job_id: str, failure: Exception) -> str:
    """After the rollback, in a transaction of its own: count the attempt, and give up after the last."""
    with transaction.atomic():
        job = Job.objects.select_for_update(skip_locked=True).filter(pk=job_id, state=Job.State.WAITING).first()
        if job is None:
            return "nothing to do"
        job.attempts += 1
        logger.error("job failed", extra={"job": job_id, "kind": job.kind, "attempt": job.attempts}, exc_info=failure)
        # Not the text of the error: it may quote a record, and this table is read across partnerships.
        error = f"{type(failure).__name__} at {' < '.join(reversed(where(failure.__traceback__)))}"[:2000]
        if job.attempts >= _most_attempts.get(job.kind, MOST_ATTEMPTS):
            _act_for(job)
            return _give_up(job, error)
        pause = min(5 * 3**job.attempts, LONGEST_PAUSE_SECONDS)
        job.error, job.not_before = error, clock.now() + timedelta(seconds=pause)
        job.save(update_fields=["attempts", "error", "not_before"])
    return "will be tried again"


@shared_task(name="carehub.send_waiting_jobs")
def send_waiting_jobs() -> int:
    """Tell the worker of every job that waits: those that were never sent, and those whose worker may have died."""
    now = clock.now()
    with transaction.atomic():
        waiting = list(
            Job.objects.to_send(now).order_by("asked_at").select_for_update(skip_locked=True).values_list("pk", flat=True)[:SENT_AT_ONCE]
        )
        Job.objects.filter(pk__in=waiting).update(not_before=now + RESEND_AFTER)
    return sum(publish(job_id) for job_id in waiting)
