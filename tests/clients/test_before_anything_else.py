"""The block above the work lists: a person at a time, who is in danger first, nothing grave folded, every fold with its number."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from carehub import clock, context
from carehub.models import Task
from clients import open_tasks
from clients.assessed.urgent import URGENT
from clients.open_tasks import before_anything_else
from tests import factories
from tests.factories import loading
from tests.queries import at_most

pytestmark = pytest.mark.django_db


def asks(client, by, words, *, countersigned=False, days=0, kind="trigger.overdose") -> Task:
    with loading(client.partnership_id):
        return Task.objects.create(
            partnership_id=client.partnership_id,
            client_id=client.pk,
            kind=kind,
            subject_id=uuid4(),
            words=words,
            countersigned=countersigned,
            due_on=clock.today() - timedelta(days=days),
            agency=by.agency,
            made_at=clock.now(),
            made_by=by.person,
        )


@pytest.fixture
def caseload(keyworker):
    """Twelve people: the first eleven with five things that can wait, the last with one of those and one of danger."""
    people = [factories.client_of(keyworker.agency, keyworker=keyworker) for _number in range(12)]
    for place, client in enumerate(people[:11]):
        for number in range(5):
            asks(client, keyworker, f"Thing {number} of {place}", days=30 - place)
    asks(people[11], keyworker, "Do not leave them alone.", countersigned=True)
    asks(people[11], keyworker, "Ring the housing team.")
    return people


def test_a_person_stands_once_and_who_is_in_danger_first(keyworker, caseload):
    with context.acting(keyworker):
        first = before_anything_else(keyworker, mine=True, today=clock.today())
    assert [each.client_id for each in first.people] == [each.pk for each in [caseload[11], *caseload[:5]]]
    assert [each.task.words for each in first.people[0].tasks] == ["Do not leave them alone.", "Ring the housing team."]
    assert [(len(each.shown), len(each.folded)) for each in first.people] == [(2, 0), *[(2, 3)] * 5]
    assert ([each.client_id for each in first.folded], first.tasks_folded, first.beyond) == ([each.pk for each in caseload[5:11]], 30, 0)


def test_the_gravest_first_and_nothing_that_is_not_due_for_days(keyworker, a_client):
    long_overdue = asks(a_client, keyworker, "Sign on paper.", days=60, kind="plan.to-be-signed")
    same_day = asks(a_client, keyworker, "Ring the housing team today.", days=1)
    with loading(a_client.partnership_id):
        one = factories.assessment(a_client, by=keyworker, state="complete")
        factories.proposal(one, by=keyworker, same_day=True, task=same_day)
    urgent = asks(a_client, keyworker, "Have them seen by a doctor.", kind=URGENT)
    danger = asks(a_client, keyworker, "Tell the safeguarding lead.", countersigned=True, days=-8)
    asks(a_client, keyworker, "Find them again.", days=-8, kind="client.re-engage")
    with context.acting(keyworker):
        found = open_tasks.open_tasks(keyworker, today=clock.today())
        page = open_tasks.of_client(keyworker, a_client.pk, today=clock.today())
    assert [each.task.pk for each in found] == [urgent.pk, danger.pk, same_day.pk, long_overdue.pk]
    assert [each.task.words for each in page.later] == ["Find them again."]


def test_all_that_is_grave_stands_unfolded_however_much_it_is(keyworker, manager, caseload, signed_in):
    for place, client in enumerate(caseload):
        for number in range(5):
            asks(client, keyworker, f"Danger {number} of {place}.", countersigned=True)
    for actor, name in ((keyworker, "caseload"), (manager, "service")):
        page = signed_in(actor).get(reverse(name)).content.decode()
        unfolded = re.sub(r"<details.*?</details>", "", page, flags=re.S)
        assert all(f"Danger {number} of {place}." in unfolded for place in range(12) for number in range(5))
        assert "Do not leave them alone." in unfolded
        assert "Ring the housing team." not in unfolded


def test_a_fold_says_how_many_and_holds_them_all(keyworker, caseload, signed_in):
    page = signed_in(keyworker).get(reverse("caseload")).content.decode()
    assert f"3 more for {caseload[0].full_name}" in page
    assert "6 more people: 30 to do" in page
    assert all(f"Thing {number} of {place}" in page for place in range(11) for number in range(5))
    assert page.count(f"{caseload[0].reference} ·") >= 1


def test_more_than_the_page_looks_at_is_counted(keyworker, caseload, monkeypatch, signed_in):
    monkeypatch.setattr(open_tasks, "AT_MOST", 20)
    with context.acting(keyworker):
        assert before_anything_else(keyworker, mine=True, today=clock.today()).beyond == 37
    assert "37 more are not listed here" in signed_in(keyworker).get(reverse("caseload")).content.decode()


def test_one_query_however_many(keyworker, caseload):
    with context.acting(keyworker), at_most(1):
        before_anything_else(keyworker, mine=True, today=clock.today())
