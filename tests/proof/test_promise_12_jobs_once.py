"""Promise 12: a job ends the same however often it is delivered, and wherever its worker dies."""

import itertools
import json
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connection

from carehub import clock, context, jobs
from carehub.documents.verify import verify
from carehub.files import store
from carehub.models import Document, DocumentCheck, Job, Notice, OutgoingMail, StoredFile
from careplans import documents, notices, tasks
from careplans.actions.documents import ask_for
from careplans.document_kinds import CARE_PLAN, KINDS
from clients.models import Client
from tests import factories, working
from tests.careplans import plans

pytestmark = [pytest.mark.promise(12), pytest.mark.usefixtures("committed")]

AT_JOBS = ("taken", "worked", "done", "committed")
#: Where the worker dies that makes a document: the plan itself is sealed.
AT_DOCUMENTS = [(kind, point) for kind in (CARE_PLAN, "map") for point in ("taken", "rendered", "stored", "done", "committed")]
AT_DOCUMENTS.append((CARE_PLAN, "sealed"))
AT_REVIEWS = ("keyworkers told", "managers told", "mails written", "one partnership told")


class Workers:
    """Processes that wait at a marked point, to be killed there; see tests/proof/killable.py."""

    def __init__(self, database: str, folder: Path) -> None:
        self.folder, self.log = folder, folder / "log"
        self.marks = itertools.count()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.proof.killable"],
                cwd=working.ROOT,
                env=working.environment(database),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        self.database = ""

    @contextmanager
    def killed_at(self, point: str, *, work: str, key: object = "") -> Iterator[None]:
        """In the body a worker stands at ``point`` of its ``work``; after it, it is dead."""
        mark = self.folder / f"mark-{next(self.marks)}"
        self._say(json.dumps({"database": self.database, "work": work, "key": str(key), "point": point, "mark": str(mark)}))
        working.wait_for(mark.exists, 60, lambda: f"the worker to be at '{point}': {self.log.read_text()[-1500:]}")
        yield
        self._say("kill")
        assert self.process.stdout
        assert self.process.stdout.readline() == "-9\n", self.log.read_text()[-1500:]

    def _say(self, line: str) -> None:
        assert self.process.stdin
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()

    def end(self) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.fixture(scope="module")
def _workers(databases, tmp_path_factory) -> Iterator[Workers]:
    made = Workers(databases.shared, tmp_path_factory.mktemp("killed"))
    yield made
    made.end()


@pytest.fixture
def workers(_workers, committed) -> Workers:
    _workers.database = committed
    return _workers


@pytest.fixture
def keyworker(monkeypatch):
    """No broker is told of what they ask for."""
    monkeypatch.setattr(jobs, "publish", lambda job_id: False)
    return factories.actor()


@pytest.fixture
def ask(keyworker):
    """Asks for the counting job about a new client."""

    def asked() -> tuple[Client, Job]:
        client = factories.client_of(keyworker.agency, keyworker=keyworker)
        with context.acting(keyworker):
            return client, jobs.enqueue(kind="tests.count", subject=client.pk, by=keyworker)

    return asked


def delivered_thrice(job: Job) -> None:
    """The server takes a moment to notice that whoever held the row is dead."""
    working.wait_for(lambda: jobs.do_job(str(job.pk)) and Job.objects.get(pk=job.pk).state == "done", 10, "the job to be done")
    assert [jobs.do_job(str(job.pk)) for _ in range(2)] == ["nothing to do"] * 2


def test_delivered_three_times_done_once(ask, keyworker, how_many, chance: random.Random, report):
    asked = [ask() for _ in range(how_many(20, 200))]
    deliveries = [job.pk for _, job in asked] * 3
    chance.shuffle(deliveries)
    for job_id in deliveries:
        jobs.do_job(str(job_id))
    assert {working.results(client, keyworker) for client, _ in asked} == {(1, 1)}
    assert set(Job.objects.values_list("state", "attempts")) == {("done", 1)}
    report(f"{len(asked)} jobs, each delivered three times in mixed order: one result and one notice each")


def test_killed_at_a_marked_point_done_once(ask, keyworker, workers, how_many, report):
    """SIGKILL while the worker holds the job: half of it is never seen, and the next delivery does all of it, once."""
    kills: Counter[str] = Counter()
    for point in itertools.islice(itertools.cycle(AT_JOBS), how_many(20, 100)):
        client, job = ask()
        with workers.killed_at(point, work="job", key=job.pk):
            assert working.results(client, keyworker) == ((1, 1) if point == "committed" else (0, 0)), "half a job was seen"
            if point != "committed":
                assert jobs.do_job(str(job.pk)) == "nothing to do", "two had it in hand"
        delivered_thrice(job)
        assert working.results(client, keyworker) == (1, 1)
        kills[point] += 1
    report(f"{kills.total()} workers killed with SIGKILL at marked points, {dict(kills)}: one result and one notice each")
    assert Notice.objects.count() == 0, "without context"
    connection.close()


# --- Documents -------------------------------------------------------------------------------------------------------------------


def asked_for(kind: str, by) -> Document:
    """Of a plan that was signed just now."""
    client = plans.triaged(by)
    version = plans.signed(client, by)
    with context.acting(by):
        if kind == CARE_PLAN:
            return Document.objects.get(kind=CARE_PLAN, subject_id=version.pk)
        return ask_for(version=version, kind=KINDS[kind], discreet=False, by=by)


def as_it_stands(document: Document, by) -> tuple[str, int]:
    """Its state, and how many files of its kind are on record for the client."""
    with context.acting(by):
        return (
            Document.objects.get(pk=document.pk).state,
            StoredFile.objects.filter(client_id=document.client_id, purpose=document.kind).count(),
        )


def test_killed_while_a_document_is_made_there_is_one(keyworker, workers, how_many, chance: random.Random, report):
    """Wherever the worker dies nothing of it is seen, or all of it; the next delivery makes it, and the file is the one on record."""
    kills: Counter[str] = Counter()
    turns = chance.sample(AT_DOCUMENTS, len(AT_DOCUMENTS))
    for kind, point in itertools.islice(itertools.cycle(turns), how_many(6, 180)):
        document = asked_for(kind, keyworker)
        about, subject = documents.job_of(document)
        job = Job.objects.get(kind=about, subject_id=subject)
        with workers.killed_at(point, work="job", key=job.pk):
            assert as_it_stands(document, keyworker) == (("ready", 1) if point == "committed" else ("waiting", 0))
            if point != "committed":
                assert jobs.do_job(str(job.pk)) == "nothing to do", "two had it in hand"
        delivered_thrice(job)
        assert as_it_stands(document, keyworker) == ("ready", 1)
        with context.acting(keyworker):
            made = Document.objects.select_related("file").get(pk=document.pk)
            assert Document.objects.filter(kind=kind, subject_id=made.subject_id).count() == 1
        pdf = store.get(made.file.sha256)
        if kind == CARE_PLAN:
            assert verify(pdf, made.sealed_sha256).genuine
            assert DocumentCheck.objects.get(pk=made.check_entry_id).sealed_sha256 == made.sealed_sha256
        kills[f"{kind}, {point}"] += 1
    assert Job.objects.filter(kind=documents.SEAL_PLAN).exclude(state="waiting").exclude(attempts=1).count() == 0
    report(f"{kills.total()} workers killed with SIGKILL while they made a document, {dict(kills)}: one document each")


# --- The pass over reviews -------------------------------------------------------------------------------------------------------


class Overdue:
    """An agency in which a client's review is long overdue; its keyworker and its manager are to hear of it once."""

    def __init__(self, partnership) -> None:
        agency = factories.agency(partnership)
        self.partnership_id: UUID = partnership.pk
        self.keyworker, self.manager = (factories.actor(role=role, agency=agency) for role in ("keyworker", "service-manager"))
        due = ("review", clock.today() - timedelta(days=60))
        self.client = factories.client_of(agency, keyworker=self.keyworker, next_due=due)

    def told(self) -> Counter[str]:
        """Notices by kind; mails; jobs that send them."""
        people = [self.keyworker.person_id, self.manager.person_id]
        with context.on_duty(self.partnership_id, "reviews"):
            kinds = Counter(Notice.objects.filter(person_id__in=people, client_id=self.client.pk).values_list("kind", flat=True))
            mails = list(OutgoingMail.objects.filter(person_id__in=people).values_list("pk", flat=True))
        return kinds + Counter(mails=len(mails), jobs=Job.objects.filter(kind="carehub.send_mail", subject_id__in=mails).count())


ALL_TOLD = Counter({notices.REVIEW_OVERDUE: 1, notices.REVIEW_OVERDUE_IN_SERVICE: 1, "mails": 2, "jobs": 2})


def test_killed_while_it_passes_over_reviews_everybody_is_told_once(workers, how_many, report):
    """Two partnerships, each a transaction of its own: what the dead pass had not committed is not seen, and told by the next, once."""
    kills: Counter[str] = Counter()
    places = (factories.partnership(), factories.partnership())
    for point in itertools.islice(itertools.cycle(AT_REVIEWS), how_many(8, 120)):
        waiting = [Overdue(place) for place in places]
        with workers.killed_at(point, work="reviews"):
            seen = [each.told() for each in waiting]
            assert seen.count(ALL_TOLD) == (point == "one partnership told")
            assert seen.count(Counter()) == 2 - seen.count(ALL_TOLD), "half a pass was seen"
        for _ in range(3):
            tasks.find_due_reviews()
        assert [each.told() for each in waiting] == [ALL_TOLD] * 2
        kills[point] += 1
    report(f"{kills.total()} passes over reviews killed with SIGKILL, {dict(kills)}: one notice and one mail a person each")
