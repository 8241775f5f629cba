"""Promise 12, of the pass over reviews: run twice, at once, or killed in the middle of it, everybody is told once and nobody is missed."""

import signal
import threading
from datetime import timedelta

import pytest
from django.db import connection

from carehub import clock, context
from carehub.models import Notice, OutgoingMail
from careplans import notices
from careplans.actions.reviews import tell_of_reviews
from careplans.models import CarePlan, ReviewAsked
from careplans.tasks import find_due_reviews
from clients.models import Episode
from tests import factories, working
from tests.careplans import plans

pytestmark = [pytest.mark.promise(12), pytest.mark.usefixtures("committed")]
#: As in tests.proof.one_pass, which cannot be imported here: it sets Django up.
POINTS = ("asked", "told", "committed")


@pytest.fixture
def keyworker():
    return factories.actor()


@pytest.fixture
def world(keyworker):
    """One whose risk has risen since the plan was signed, one whose review is late, one in whose service the manager must hear."""
    manager = factories.actor(role="service-manager", agency=keyworker.agency)
    today = clock.today()
    risen = plans.signed(plans.triaged(keyworker), keyworker)
    for days in (-1, -30):
        factories.client_of(keyworker.agency, keyworker=keyworker, next_due=("review", today + timedelta(days=days)))
    with factories.loading(keyworker.partnership_id):
        Episode.objects.filter(pk=risen.plan.episode_id).update(risk="high", risk_asked_on=today)
    me, them = keyworker.person.name, manager.person.name
    expected = [(notices.RISK_ROSE, me), (notices.REVIEW_SOON, me), (notices.REVIEW_OVERDUE, me), (notices.REVIEW_OVERDUE, me)]
    return risen, sorted([*expected, (notices.REVIEW_OVERDUE_IN_SERVICE, them)])


def results(by) -> tuple[list[tuple[str, str]], int, int, set]:
    """Who was told what; reviews asked for; mails; the days of the plan whose risk rose, from now."""
    with context.on_duty(by.partnership_id, "reviews"):
        told = sorted(Notice.objects.values_list("kind", "person__name"))
        days = {(each.due_on - clock.today()).days for each in ReviewAsked.objects.all()}
        days |= {(each.review_due_on - clock.today()).days for each in CarePlan.objects.all()}
        return told, ReviewAsked.objects.count(), OutgoingMail.objects.count(), days


def test_two_passes_at_the_same_time(world, keyworker, how_many, report):
    _risen, expected = world
    times = how_many(4, 20)
    start, problems = threading.Barrier(times), []

    def run() -> None:
        try:
            start.wait(10)
            tell_of_reviews(keyworker.partnership)
        except Exception as problem:
            problems.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert problems == []
    assert results(keyworker) == (expected, 1, 2, {7})
    report(f"{times} passes at the same instant: one notice each, one review asked for, one mail each")


@pytest.mark.parametrize("point", POINTS)
def test_killed_in_the_middle_of_a_pass(world, keyworker, committed, tmp_path, report, point):
    _risen, expected = world
    mark = tmp_path / "mark"
    env = working.environment(committed, CAREHUB_TEST_STOP_AT=point, CAREHUB_TEST_MARK=str(mark))
    with working.process("-m", "tests.proof.one_pass", env=env, log=tmp_path / "log") as worker:
        working.wait_for(mark.exists, what=lambda: f"the pass to be at '{point}': {(tmp_path / 'log').read_text()[-800:]}")
        seen = results(keyworker)
        assert seen == ((expected, 1, 2, {7}) if point == "committed" else ([], 0, 0, {28})), "half a pass was seen"
        worker.send_signal(signal.SIGKILL)
        worker.wait(10)
    working.wait_for(lambda: find_due_reviews() >= 0 and results(keyworker) == (expected, 1, 2, {7}), 10, "the next pass to catch up")
    assert find_due_reviews() == 0
    report(f"killed with SIGKILL at '{point}': the next pass told everybody, once")
