"""What was asked for on the day: who sees it, who may say that it was done."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from carehub import clock, context
from carehub.actors import NotAllowed
from carehub.models import Event, Task
from carehub.rules import Refused
from clients.actions.tasks import close_task
from clients.open_tasks import open_tasks
from tests import factories

pytestmark = pytest.mark.django_db


def asked_for(client, *, by, countersigned: bool = False, words: str = "Make an overdose plan and offer naloxone.") -> Task:
    with context.acting(by):
        return Task.objects.create(
            partnership_id=by.partnership_id,
            client_id=client.pk,
            kind="trigger.overdose",
            subject_id=uuid4(),
            words=words,
            why="Overdose in the last year",
            countersigned=countersigned,
            due_on=clock.today() - timedelta(days=1),
            agency=by.agency,
            made_at=clock.now(),
            made_by=by.person,
        )


def test_it_stands_on_the_caseload_the_service_page_and_the_clients_page(a_client, keyworker, manager, signed_in):
    task = asked_for(a_client, by=keyworker)
    for actor, address in ((keyworker, "/caseload/"), (manager, "/service/"), (keyworker, f"/clients/{a_client.pk}/")):
        page = signed_in(actor).get(address).content.decode()
        assert task.words in page
        assert "Overdue" in page


def test_a_colleagues_client_is_not_on_my_caseload_and_another_agencys_nowhere(a_client, keyworker, stranger, signed_in):
    task = asked_for(a_client, by=keyworker)
    colleague = factories.actor(role="keyworker", agency=keyworker.agency)
    assert task.words not in signed_in(colleague).get("/caseload/").content.decode()
    with context.acting(stranger):
        assert open_tasks(stranger, today=clock.today()) == []


def test_done_closes_it_and_is_on_record(a_client, keyworker, signed_in):
    task = asked_for(a_client, by=keyworker)
    response = signed_in(keyworker).post(f"/clients/{a_client.pk}/tasks/{task.pk}/done/")
    assert response.status_code == 302
    with context.acting(keyworker):
        task.refresh_from_db()
        assert task.done_by == keyworker.person
        assert Event.objects.filter(verb="task.done", subject_id=task.pk).count() == 1
    assert task.words not in signed_in(keyworker).get("/caseload/").content.decode()


def test_nobody_closes_it_twice(a_client, keyworker):
    task = asked_for(a_client, by=keyworker)
    with context.acting(keyworker):
        close_task(task=task, by=keyworker)
        with pytest.raises(Refused, match="already"):
            close_task(task=task, by=keyworker)


def test_what_is_countersigned_is_closed_by_the_manager_alone(a_client, keyworker, manager, signed_in):
    task = asked_for(a_client, by=keyworker, countersigned=True)
    with context.acting(keyworker), pytest.raises(NotAllowed, match="service manager"):
        close_task(task=task, by=keyworker)
    assert signed_in(keyworker).post(f"/clients/{a_client.pk}/tasks/{task.pk}/done/").status_code == 403
    with context.acting(manager):
        close_task(task=task, by=manager)


def test_a_manager_does_not_countersign_what_they_asked_for_themselves(agency, manager):
    client = factories.client_of(agency, keyworker=manager)
    task = asked_for(client, by=manager, countersigned=True)
    with context.acting(manager):
        with pytest.raises(NotAllowed, match="another manager"):
            close_task(task=task, by=manager)
        with pytest.raises(IntegrityError), transaction.atomic():
            Task.objects.filter(pk=task.pk).update(done_at=clock.now(), done_by=manager.person)


def test_the_task_of_one_client_does_not_exist_under_another(a_client, keyworker, signed_in):
    task = asked_for(a_client, by=keyworker)
    other = factories.client_of(keyworker.agency, keyworker=keyworker)
    assert signed_in(keyworker).post(f"/clients/{other.pk}/tasks/{task.pk}/done/").status_code == 404


def test_what_is_countersigned_comes_first(a_client, keyworker):
    asked_for(a_client, by=keyworker, words="Ring the housing team today.")
    with context.acting(keyworker):
        Task.objects.update(subject_id=uuid4(), kind="trigger.housing")
    asked_for(a_client, by=keyworker, countersigned=True, words="Do not leave them alone.")
    with context.acting(keyworker):
        assert [each.task.words for each in open_tasks(keyworker, today=clock.today())] == [
            "Do not leave them alone.",
            "Ring the housing team today.",
        ]
