"""A notice stays as it was told, and says beside it what has become of what it is about."""

from datetime import timedelta
from uuid import uuid4

import pytest

from carehub import clock, context
from carehub.models import Event, Notice, Task
from careplans import notices
from clients.actions.tasks import SENT_BACK, TO_COUNTERSIGN
from clients.actions.written_down import SAME_DAY
from clients.models import Episode
from tests import factories

pytestmark = pytest.mark.django_db


def told(client, *, to, kind, subject, day=None):
    with factories.loading(client.partnership_id):
        Notice.objects.create(
            partnership_id=client.partnership_id,
            client_id=client.pk,
            person=to.person,
            kind=kind,
            subject_id=subject,
            about_day=day or clock.today(),
            made_at=clock.now() - timedelta(hours=3),
        )


def test_all_that_stood_on_the_page_is_read_with_one_button_and_nothing_grave(signed_in, keyworker):
    """What cannot wait, what was told since, and what was told a colleague stays unread, whatever is posted."""
    client = factories.client_of(keyworker.agency, keyworker=keyworker)
    colleague = factories.actor(role="keyworker", agency=keyworker.agency)
    for to, kind in ((keyworker, notices.REVIEW_SOON), (keyworker, notices.RETURNED), (keyworker, SAME_DAY), (keyworker, SENT_BACK)):
        told(client, to=to, kind=kind, subject=uuid4())
    told(client, to=colleague, kind=notices.REVIEW_SOON, subject=uuid4())
    browser = signed_in(keyworker)
    page = browser.get("/notices/")
    assert "Mark all as read" in page.content.decode()
    assert len(page.context["together"]) == 2
    told(client, to=keyworker, kind=notices.REVIEW_OVERDUE, subject=uuid4())
    with factories.loading(client.partnership_id):
        grave = [str(pk) for pk in Notice.objects.exclude(kind=notices.REVIEW_OVERDUE).values_list("pk", flat=True)]
    said = browser.post("/notices/read/", {"notice": [*grave, "no key"]}, follow=True).content.decode()
    assert "2 notices marked as read." in said
    assert "Mark all as read" in said
    with factories.loading(client.partnership_id):
        unread = set(Notice.objects.filter(read_at__isnull=True).values_list("kind", "person_id"))
    ours, other = keyworker.person_id, colleague.person_id
    assert unread == {(SAME_DAY, ours), (SENT_BACK, ours), (notices.REVIEW_OVERDUE, ours), (notices.REVIEW_SOON, other)}
    with context.acting(keyworker):
        assert Event.objects.filter(verb="notice.read-together").count() == 1


def asked_for(client, *, by, **more) -> Task:
    with factories.loading(client.partnership_id):
        return Task.objects.create(
            partnership_id=client.partnership_id,
            client_id=client.pk,
            kind="trigger.overdose",
            subject_id=uuid4(),
            words="Make an overdose plan.",
            due_on=clock.today(),
            agency=by.agency,
            made_at=clock.now(),
            **more,
        )


def carried_out(by) -> dict:
    return {"carried_out_at": clock.now(), "carried_out_by": by.person, "carried_out_words": "Rang them", "told": ["gp"]}


def done(by) -> dict:
    return {"done_at": clock.now(), "done_by": by.person}


def shown(browser) -> tuple[str, str]:
    """The one notice's look and what stands beside it."""
    answer = browser.get("/notices/")
    assert answer.status_code == 200
    (row,) = answer.context["rows"]
    assert row["stands"].words in answer.content.decode()
    return row["stands"].look, row["stands"].words


def test_what_a_triage_asked_for_says_done_when_all_of_it_is(a_client, keyworker, manager, signed_in):
    told(a_client, to=manager, kind=SAME_DAY, subject=a_client.pk)
    here = signed_in(manager)
    first, second = asked_for(a_client, by=keyworker), asked_for(a_client, by=keyworker)
    assert shown(here) == ("due", "")
    with context.acting(keyworker):
        Task.objects.filter(pk=first.pk).update(**done(keyworker))
    assert shown(here) == ("due", "1 of 2 done")
    with context.acting(keyworker):
        Task.objects.filter(pk=second.pk).update(**done(manager))
    look, words = shown(here)
    assert look == "done"
    assert words.startswith(manager.person.name)


def test_another_days_task_or_another_clients_says_nothing_about_it(a_client, keyworker, manager, signed_in):
    told(a_client, to=manager, kind=SAME_DAY, subject=a_client.pk, day=clock.today() - timedelta(days=9))
    asked_for(a_client, by=keyworker, **done(keyworker))
    assert shown(signed_in(manager)) == ("due", "")


def test_what_waits_for_a_countersignature_says_so_and_then_by_whom(a_client, keyworker, manager, signed_in):
    task = asked_for(a_client, by=keyworker, countersigned=True, **carried_out(keyworker))
    told(a_client, to=manager, kind=TO_COUNTERSIGN, subject=task.pk)
    here = signed_in(manager)
    assert shown(here)[0] == "waiting"
    with context.acting(manager):
        Task.objects.filter(pk=task.pk).update(**done(manager))
    assert shown(here)[0] == "done"


def test_what_was_sent_back_says_so_until_it_is_said_anew_what_was_done(a_client, keyworker, manager, signed_in):
    said = carried_out(keyworker)
    said |= {"sent_back_at": clock.now(), "sent_back_by": manager.person, "sent_back_words": "And the GP?"}
    task = asked_for(a_client, by=keyworker, countersigned=True, **said)
    told(a_client, to=keyworker, kind=SENT_BACK, subject=task.pk)
    here = signed_in(keyworker)
    assert shown(here)[0] == "returned"
    clock.move_on(1)
    with context.acting(keyworker):
        Task.objects.filter(pk=task.pk).update(carried_out_at=clock.now())
    here = signed_in(keyworker)
    assert shown(here)[0] == "waiting"


def test_a_review_that_was_signed_since_is_done(a_client, keyworker, signed_in):
    with context.acting(keyworker):
        episode = Episode.objects.get(client=a_client)
    factories.plan_version(a_client, by=keyworker, state="signed")
    with factories.loading(a_client.partnership_id):
        Notice.objects.create(
            partnership_id=a_client.partnership_id,
            client_id=a_client.pk,
            person=keyworker.person,
            kind=notices.REVIEW_OVERDUE,
            subject_id=episode.pk,
            about_day=clock.today(),
            made_at=clock.now(),
        )
    here = signed_in(keyworker)
    assert shown(here) == ("overdue", ""), "the version before it was told does not count"
    with context.acting(keyworker):
        Notice.objects.update(made_at=clock.now() - timedelta(days=1))
    look, words = shown(here)
    assert look == "done"
    assert words.startswith(keyworker.person.name)
