"""The worker dies in the middle of a PDF, the broker is not there: what was saved is saved, and the PDF comes, once."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from random import Random

import psycopg2
import pytest
from playwright.sync_api import Response

from tests.journeys import steps
from tests.journeys.browser import Window
from tests.journeys.server import CareHub, until

#: The worker stands in its transaction and asks nothing: it renders. The signatures are what it read last.
RENDERS = """
SELECT 1 FROM pg_stat_activity
WHERE state = 'idle in transaction' AND query LIKE '%%careplans_signature%%' AND clock_timestamp() - state_change > interval '30 ms'
"""


@pytest.fixture
def agreed(window, our_carehub: CareHub) -> tuple[Window, steps.Newcomer, str]:
    """A plan that is agreed, on the page on which it is signed; whose it is, and their key."""
    who, today = steps.newcomer(), our_carehub.today()
    desk: Window = window()
    steps.sign_in(desk, steps.KEYWORKER)
    client = steps.register(desk, who, our_carehub)
    steps.triage(desk, look=False)
    steps.start_plan(desk)
    steps.write_plan(desk.page, today, review_on=today + timedelta(days=14))
    steps.agree(desk)
    return desk, who, client


def next_version(desk: Window, who: steps.Newcomer) -> None:
    """From a signed plan to the agreed text of the next one."""
    steps.press(desk.page, "Write a new version")
    desk.page.get_by_label("Who supports the client while they wait (optional)").fill(f"Her sister Wendy, and {who.first_name} herself")
    steps.agree(desk)


def sign_and_time(desk: Window, who: steps.Newcomer) -> float:
    """Seconds until the answer to 'sign and lock' stood there."""
    steps.type_signatures(desk.page, who)
    answers: list[Response] = []
    desk.page.once("response", lambda answer: answers.append(answer))
    steps.sign(desk)
    timing = answers[0].request.timing
    assert answers[0].request.method == "POST"
    return (timing["responseStart"] - timing["requestStart"]) / 1000


def what_came(carehub: CareHub, client: str) -> tuple[int, ...]:
    """Documents that are ready, others; filed PDFs; jobs done, others; notices told twice."""
    sql = """
    SELECT (SELECT count(*) FROM carehub_document WHERE client_id = %(client)s AND state = 'ready'),
           (SELECT count(*) FROM carehub_document WHERE client_id = %(client)s AND state <> 'ready'),
           (SELECT count(*) FROM carehub_storedfile WHERE client_id = %(client)s AND purpose = 'care-plan'),
           (SELECT count(*) FROM carehub_job j JOIN carehub_document d ON d.subject_id = j.subject_id
             WHERE d.client_id = %(client)s AND j.state = 'done'),
           (SELECT count(*) FROM carehub_job j JOIN carehub_document d ON d.subject_id = j.subject_id
             WHERE d.client_id = %(client)s AND j.state <> 'done'),
           (SELECT count(*) - count(DISTINCT (person_id, kind, subject_id, about_day)) FROM carehub_notice WHERE client_id = %(client)s)
    """
    return carehub.ask(sql, {"client": client})[0]


@contextmanager
def killed_while_rendering(carehub: CareHub, after: float) -> Iterator[list[int]]:
    """The worker, ``after`` seconds into a PDF. Gives the number it had, once it is dead."""
    worker = until(lambda: carehub.part("worker"), what="the worker runs")
    killed: list[int] = []
    stop = threading.Event()

    def watch() -> None:
        connection = psycopg2.connect(carehub.database_url("app"), connect_timeout=10)
        connection.autocommit = True
        with connection.cursor() as cursor:
            while not stop.wait(0.02):
                cursor.execute(RENDERS)
                if cursor.fetchone():
                    time.sleep(after)
                    os.kill(worker, signal.SIGKILL)
                    killed.append(worker)
                    break
        connection.close()

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield killed
    finally:
        stop.set()
        watcher.join(30)


def test_killed_in_the_middle_of_a_pdf_it_comes_once(agreed, our_carehub: CareHub, how_many, chance: Random, report):
    desk, who, client = agreed
    took: list[float] = []
    number, in_the_middle, kills = 0, 0, how_many(3, 20)
    while in_the_middle < kills:
        # Given a plan that is signed
        number += 1
        with killed_while_rendering(our_carehub, after=chance.uniform(0, 0.15)) as killed:
            steps.type_signatures(desk.page, who)
            steps.sign(desk)
            # When the worker is killed as it renders
            until(lambda killed=killed: killed, what="the worker renders, and is killed", seconds=90)
        began = time.monotonic()
        in_the_middle += what_came(our_carehub, client)[1] == 1
        our_carehub.is_back("worker", killed[0])

        # Then the document comes, once
        steps.wait_for_document(desk.page)
        took.append(time.monotonic() - began)
        assert what_came(our_carehub, client) == (number, 0, number, number, 0, 0)
        assert number < 4 * kills, f"only {in_the_middle} of {number} kills came before the document was ready"
        if in_the_middle < kills:
            next_version(desk, who)
    late = number - in_the_middle
    said = f"worker killed {in_the_middle} times in the middle of a PDF, {late} times just after it"
    report(f"{said}: each came once, {max(took):.0f} s after the kill at the latest")


def test_without_a_broker_the_plan_is_signed_and_its_pdf_comes_when_it_is_back(agreed, our_carehub: CareHub, report):
    desk, who, client = agreed
    folder: Path = our_carehub.var / "broker" / "messages"
    aside = folder.with_name("messages-aside")

    # Given a broker into which nobody can write
    folder.rename(aside)
    folder.write_text("in the way")
    try:
        # When the plan is signed
        seconds = sign_and_time(desk, who)

        # Then it is signed and locked, in under a second
        assert seconds < 1, f"signing took {seconds:.2f} s without a broker"
        assert what_came(our_carehub, client) == (0, 1, 0, 0, 1, 0)
    finally:
        folder.unlink()
        aside.rename(folder)

    # And its document comes when the broker is back
    began = time.monotonic()
    steps.wait_for_document(desk.page)
    assert what_came(our_carehub, client) == (1, 0, 1, 1, 0, 0)
    report(f"without a broker: signed in {seconds:.2f} s, the PDF {time.monotonic() - began:.0f} s after it was back")
