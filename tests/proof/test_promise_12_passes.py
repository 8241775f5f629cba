"""Promise 12, of the pass over reviews: run twice, at once, or killed in the middle of it, everybody is told once and nobody is missed."""

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
from tests.proof import test_promise_12_jobs_once as killing

pytestmark = [pytest.mark.promise(12), pytest.mark.usefixtures("committed")]
# Fixtures.
_workers, workers = killing._workers, killing.workers
POINTS = ("review asked for", "mails written", "one partnership told")


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
    expected = [(notices.RISK_HIGH, me), (notices.REVIEW_SOON, me), (notices.REVIEW_OVERDUE, me), (notices.REVIEW_OVERDUE, me)]
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
def test_killed_in_the_middle_of_a_pass(world, keyworker, workers, report, point):
    _risen, expected = world
    whole = (expected, 1, 2, {7})
    with workers.killed_at(point, work="reviews"):
        assert results(keyworker) == (whole if point == "one partnership told" else ([], 0, 0, {28})), "half a pass was seen"
    # The server takes a moment to notice that whoever held the rows is dead.
    working.wait_for(lambda: find_due_reviews() >= 0 and results(keyworker) == whole, 10, "the next pass to catch up")
    assert find_due_reviews() == 0
    report(f"killed with SIGKILL at '{point}': the next pass told everybody, once")
