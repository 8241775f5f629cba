"""What was asked for on the day: who sees it, who may say that it was done."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction

from carehub import clock, context
from carehub.actors import NotAllowed
from carehub.models import Event, Notice, Task
from carehub.rules import Refused
from clients.actions.tasks import SENT_BACK, TO_COUNTERSIGN, carry_out, close_task, reopen_task, send_back
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
    page = signed_in(keyworker).post(f"/clients/{a_client.pk}/tasks/{task.pk}/done/", follow=True).content.decode()
    assert f"Done, and on record as done by you: {task.words}" in page
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


def test_a_wrong_click_is_taken_back_and_who_did_both_is_on_record(a_client, keyworker, manager, signed_in):
    task, here = asked_for(a_client, by=keyworker), signed_in(keyworker)
    page = here.post(f"/clients/{a_client.pk}/tasks/{task.pk}/done/", follow=True).content.decode()
    back = f"/clients/{a_client.pk}/tasks/{task.pk}/not-done/"
    assert f'action="{back}"' in page
    page = here.post(back, follow=True).content.decode()
    assert f"Not done after all, and open again: {task.words}" in page
    assert f"<strong>not done after all</strong>: {keyworker.person.name}" in page
    assert back not in page
    for actor, address in ((keyworker, "/caseload/"), (manager, "/service/")):
        html = signed_in(actor).get(address).content.decode()
        assert task.words in html
        assert "Overdue" in html
    with context.acting(keyworker):
        task.refresh_from_db()
        assert (task.done_at, task.done_by, task.reopened_by) == (None, None, keyworker.person)
        changes = apps.get_model("carehub", "TaskEvent").objects.filter(pgh_obj_id=task.pk).order_by("pgh_id")
        assert [each.done_by_id for each in changes] == [None, keyworker.person_id, None]
        with pytest.raises(Refused, match="open already"):
            reopen_task(task=task, by=keyworker)
        close_task(task=task, by=keyworker)
    assert verbs(task, keyworker) == ["task.done", "task.reopened", "task.done"]


def test_what_was_countersigned_stays_closed(grave, a_client, keyworker, manager, stranger, signed_in):
    carried_out(grave, by=keyworker)
    with context.acting(manager):
        close_task(task=grave, by=manager, seen=grave.carried_out_at)
    for actor in (keyworker, manager):
        with context.acting(actor), pytest.raises(Refused, match="countersigned"):
            reopen_task(task=grave, by=actor)
    with context.acting(manager), pytest.raises(IntegrityError), transaction.atomic():
        nobody = {"done_at": None, "done_by": None}
        Task.objects.filter(pk=grave.pk).update(**nobody, reopened_at=clock.now(), reopened_by=manager.person)
    html = signed_in(keyworker).get(f"/clients/{a_client.pk}/").content.decode()
    assert f"countersigned by {manager.person.name}" in html
    assert "Not done after all" not in html
    assert signed_in(stranger).post(f"/clients/{a_client.pk}/tasks/{grave.pk}/not-done/").status_code == 404


# --- What is countersigned --------------------------------------------------------------------------------------------------

SAID = {"words": "Stayed with them and rang the crisis team", "told": ["crisis-team", "manager"], "told_words": "Pat, 14:05"}


@pytest.fixture
def grave(a_client, keyworker):
    return asked_for(a_client, by=keyworker, countersigned=True, words="Do not leave them alone.")


def carried_out(task, *, by, **said):
    with context.acting(by):
        carry_out(task=task, by=by, **(SAID | said))
        task.refresh_from_db()


def verbs(task, by) -> list[str]:
    with context.acting(by):
        return list(Event.objects.filter(subject_id=task.pk).order_by("at").values_list("verb", flat=True))


def test_the_keyworker_says_what_was_done_and_the_manager_countersigns(grave, a_client, keyworker, manager, signed_in):
    page = f"/clients/{a_client.pk}/tasks/{grave.pk}/carried-out/"
    here = signed_in(keyworker)
    assert "Who was told?" in here.get(page).content.decode()
    assert here.post(page, SAID).status_code == 302
    html = here.get("/caseload/").content.decode()
    assert "Waits for the countersignature of a manager" in html
    assert f"Done by {keyworker.person.name}" in html
    assert "Service manager, Mental health crisis team" in html
    assert "Say what was done" not in html
    assert ">Countersign<" not in html
    html = signed_in(manager).get("/service/").content.decode()
    assert SAID["words"] in html
    with context.acting(manager):
        grave.refresh_from_db()
        assert grave.done_at is None
        assert Notice.objects.filter(person=manager.person, kind=TO_COUNTERSIGN, subject_id=grave.pk).count() == 1
    assert (
        signed_in(manager).post(page.replace("carried-out", "countersign"), {"seen": grave.carried_out_at.isoformat()}).status_code == 302
    )
    with context.acting(manager):
        grave.refresh_from_db()
        assert (grave.done_by, grave.carried_out_by) == (manager.person, keyworker.person)
    assert verbs(grave, manager) == ["task.carried-out", "task.countersigned"]


def test_no_click_in_a_list_countersigns_what_was_asked_and_done_is_read_first(grave, a_client, keyworker, manager, signed_in):
    carried_out(grave, by=keyworker)
    there, place = signed_in(manager), f"/clients/{a_client.pk}/tasks/{grave.pk}/"
    html = there.get("/service/").content.decode()
    assert f'href="{place}countersign/?from=home"' in html
    assert f"{place}done/" not in html
    there.post(f"{place}done/", {"seen": grave.carried_out_at.isoformat()})
    with context.acting(manager):
        grave.refresh_from_db()
        assert grave.done_at is None
    html = there.get(f"{place}countersign/?from=home").content.decode()
    for each in (
        grave.words,
        grave.why,
        keyworker.person.name,
        SAID["words"],
        "Mental health crisis team",
        SAID["told_words"],
        "send-back/?from=home",
    ):
        assert each in html
    answer = there.post(f"{place}countersign/?from=home", {"seen": grave.carried_out_at.isoformat()})
    assert answer["Location"] == "/service/"
    assert "Countersigned by you, and closed" in there.get("/service/").content.decode()
    assert signed_in(keyworker).get(f"{place}countersign/").status_code == 403


def test_who_did_it_reads_it_and_may_send_it_back_and_not_countersign(grave, a_client, manager, signed_in):
    carried_out(grave, by=manager)
    html = signed_in(manager).get(f"/clients/{a_client.pk}/tasks/{grave.pk}/countersign/").content.decode()
    assert "You did this yourself" in html
    assert "this was enough" not in html
    assert f"/tasks/{grave.pk}/send-back/" in html


def test_done_on_today_stays_there_with_the_way_back_beside_it(a_client, keyworker, signed_in):
    task, here = asked_for(a_client, by=keyworker), signed_in(keyworker)
    place = f"/clients/{a_client.pk}/tasks/{task.pk}/"
    assert f'action="{place}done/?from=home"' in here.get("/caseload/").content.decode()
    answer = here.post(f"{place}done/?from=home")
    assert answer["Location"] == "/caseload/"
    assert f'action="{place}not-done/?from=home"' in here.get("/caseload/").content.decode()
    answer = here.post(f"{place}not-done/?from=home")
    assert answer["Location"] == "/caseload/"
    assert task.words in here.get("/caseload/").content.decode()


def test_it_is_closed_by_a_manager_alone_and_not_before_somebody_says_what_was_done(grave, a_client, keyworker, manager, signed_in):
    with context.acting(keyworker), pytest.raises(NotAllowed, match="service manager"):
        close_task(task=grave, by=keyworker)
    assert signed_in(keyworker).post(f"/clients/{a_client.pk}/tasks/{grave.pk}/done/").status_code == 403
    with context.acting(manager):
        with pytest.raises(Refused, match="says what was done"):
            close_task(task=grave, by=manager)
        with pytest.raises(IntegrityError), transaction.atomic():
            Task.objects.filter(pk=grave.pk).update(done_at=clock.now(), done_by=manager.person)


def test_nobody_countersigns_what_they_asked_for_or_did_themselves(agency, manager):
    client, second = factories.client_of(agency, keyworker=manager), factories.actor(role="service-manager", agency=agency)
    mine = asked_for(client, by=manager, countersigned=True)
    carried_out(mine, by=second)
    for by, reason in ((manager, "asked for this yourself"), (second, "did this yourself")):
        with context.acting(by):
            with pytest.raises(NotAllowed, match=reason):
                close_task(task=mine, by=by, seen=mine.carried_out_at)
            with pytest.raises(IntegrityError), transaction.atomic():
                Task.objects.filter(pk=mine.pk).update(done_at=clock.now(), done_by=by.person)
    third = factories.actor(role="service-manager", agency=agency)
    with context.acting(third):
        close_task(task=mine, by=third, seen=mine.carried_out_at)


def test_a_manager_sends_it_back_and_it_is_as_open_as_before(grave, a_client, keyworker, manager, signed_in):
    carried_out(grave, by=keyworker)
    page = f"/clients/{a_client.pk}/tasks/{grave.pk}/send-back/"
    assert signed_in(keyworker).get(page).status_code == 403
    there = signed_in(manager)
    assert "What is still to be done" in there.post(page, {"words": ""}).content.decode()
    assert there.post(page, {"words": "Tell children’s services as well"}).status_code == 302
    html = signed_in(keyworker).get("/caseload/").content.decode()
    assert "Tell children’s services as well" in html
    assert "Say what was done" in html
    with context.acting(manager):
        with pytest.raises(Refused, match="says what was done"):
            close_task(task=grave, by=manager, seen=grave.carried_out_at)
        with pytest.raises(IntegrityError), transaction.atomic():
            Task.objects.filter(pk=grave.pk).update(done_at=clock.now(), done_by=manager.person)
    with context.acting(keyworker):
        assert Notice.objects.filter(person=keyworker.person, kind=SENT_BACK).count() == 1
    with context.acting(keyworker), pytest.raises(Refused, match="since it was sent back"):
        carry_out(task=grave, by=keyworker, **SAID)
    # What was said before stands there to be added to, and nothing of it is lost.
    assert SAID["words"] in signed_in(keyworker).get(f"/clients/{a_client.pk}/tasks/{grave.pk}/carried-out/").content.decode()
    clock.move_on(1)
    carried_out(grave, by=keyworker, words="Told them too", told=["children"])
    with context.acting(manager):
        close_task(task=grave, by=manager, seen=grave.carried_out_at)
        kept = list(grave.events.order_by("pgh_id").values_list("carried_out_words", flat=True))
    assert kept == ["", SAID["words"], SAID["words"], "Told them too", "Told them too"]


def test_nobody_countersigns_something_else_than_they_have_read(grave, keyworker, manager):
    carried_out(grave, by=keyworker)
    read = grave.carried_out_at
    with context.acting(manager):
        send_back(task=grave, by=manager, words="And the GP?")
    clock.move_on(1)
    carried_out(grave, by=keyworker, words="And the GP")
    with context.acting(manager), pytest.raises(Refused, match="read it first"):
        close_task(task=grave, by=manager, seen=read)


def test_two_say_what_was_done_and_the_second_sees_that_it_was_said(grave, keyworker):
    colleague = factories.actor(role="keyworker", agency=keyworker.agency)
    carried_out(grave, by=keyworker)
    with context.acting(colleague), pytest.raises(Refused, match=keyworker.person.name):
        carry_out(task=grave, by=colleague, **SAID)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"told": []}, "Say who was told"),
        ({"told": ["nobody", "gp"]}, "not both"),
        ({"told": ["the cat"]}, "choose"),
        ({"words": " "}, "needs an answer"),
        ({"words": "x" * 501}, "500 characters or fewer"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(typed, sentence, grave, a_client, keyworker, signed_in):
    answer = signed_in(keyworker).post(f"/clients/{a_client.pk}/tasks/{grave.pk}/carried-out/", SAID | typed)
    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    assert verbs(grave, keyworker) == []


@pytest.mark.parametrize(
    "halves",
    [
        {"carried_out_at": clock.now()},
        {"carried_out_words": "Rang"},
        {"told": ["gp"]},
        {"sent_back_words": "No"},
        {"told": ["nobody", "gp"]},
    ],
)
def test_the_database_refuses_half_of_it(halves, grave, keyworker):
    with context.acting(keyworker), pytest.raises(IntegrityError), transaction.atomic():
        Task.objects.filter(pk=grave.pk).update(**halves)


def test_nobody_told_yet_is_said_loudly(grave, keyworker, manager, signed_in):
    carried_out(grave, by=keyworker, told=["nobody"])
    assert "Nobody told yet" in signed_in(manager).get("/service/").content.decode()


def test_what_waits_for_the_manager_is_their_first_and_the_keyworkers_last(grave, a_client, keyworker, manager):
    carried_out(grave, by=keyworker)
    asked_for(a_client, by=keyworker, countersigned=True, words="Tell the safeguarding lead today.")
    asked_for(a_client, by=keyworker, words="Ring the housing team today.")
    ours = ["Tell the safeguarding lead today.", "Ring the housing team today."]
    for by, words in ((manager, [grave.words, *ours]), (keyworker, [*ours, grave.words])):
        with context.acting(by):
            assert [each.task.words for each in open_tasks(by, today=clock.today())] == words


def test_another_agency_says_nothing_about_it(grave, a_client, stranger, keyworker):
    factories.access(a_client, agency=stranger.agency, basis="consent")
    with context.acting(stranger), pytest.raises(NotAllowed, match="Another agency"):
        carry_out(task=grave, by=stranger, **SAID)


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
