"""They have left: access ends at the next request in every page, job, draft and file, and what they leave is counted and handed over."""

from uuid import uuid4

import pytest
from django.db import transaction

from carehub import clock, context, drafts, jobs
from carehub.actions.leaving import leave
from carehub.actors import NotAllowed
from carehub.files import store
from carehub.models import Document, Draft, Job, Membership, OutgoingMail, Session, StoredFile, Task
from carehub.rules import Refused
from clients.models import Client
from clients.open_tasks import open_tasks
from tests import factories
from tests.carehub.administering import boxes, in_days, on_record, quiet

pytestmark = pytest.mark.usefixtures("committed")
DISCHARGED = {"discharged_on": clock.today(), "discharge_reason": "5", "ending": "neutral"}


@pytest.fixture
def keyworker():
    return factories.actor()


@pytest.fixture
def manager(keyworker):
    return factories.actor(role="service-manager", agency=keyworker.agency)


@pytest.fixture
def administrator(keyworker):
    return factories.actor(role="administrator", partnership=keyworker.partnership)


@pytest.fixture
def someone(keyworker):
    return factories.client_of(keyworker.agency, keyworker=keyworker)


@pytest.fixture
def work(monkeypatch):
    return quiet(monkeypatch)


def gone(administrator, actor, day: int = 0):
    """By the page, as an administrator does it."""
    typed = boxes("last_day", in_days(day))
    return factories.signed_in(administrator).post(f"/administration/staff/{actor.person_id}/left/", typed)


def is_shut_out(answer) -> bool:
    return answer.status_code == 302 and answer.headers["Location"].startswith("/sign-in/")


# --- Everywhere, at the next request ----------------------------------------------------------------------------------------


def test_no_page(administrator, keyworker, someone, work):
    here, elsewhere = factories.signed_in(keyworker), factories.signed_in(keyworker)
    path = f"/clients/{someone.pk}/"
    assert here.get(path).status_code == 200
    assert gone(administrator, keyworker).status_code == 302
    for browser in (here, elsewhere):
        answer = browser.get(path)
        assert is_shut_out(answer)
        assert someone.last_name.encode() not in answer.content
    assert not Session.objects.filter(person=keyworker.person).exists()
    # Nor by signing in once more, though the account still stands.
    assert is_shut_out(factories.signed_in(keyworker).get(path))


def test_no_job(administrator, keyworker, someone, work, monkeypatch):
    seen: list[int] = []
    monkeypatch.setitem(jobs._handlers, "tests.count", lambda job: seen.append(Client.objects.count()) or {})
    with transaction.atomic(), context.acting(keyworker):
        job = jobs.enqueue(kind="tests.count", subject=someone.pk, by=keyworker)
    gone(administrator, keyworker)
    work()
    assert not seen
    job.refresh_from_db()
    assert (job.state, job.error) == (Job.State.FAILED, "whoever asked has left")


def test_no_draft(administrator, keyworker, someone, work):
    browser = factories.signed_in(keyworker)
    ticket = drafts.ticket(keyworker, kind="plan", client_id=someone.pk)
    before = browser.post("/drafts/", {drafts.TICKET: ticket, "goal": "Typed before leaving"}, headers={"X-Requested-With": "fetch"})
    assert before.status_code == 200
    gone(administrator, keyworker)
    # Kept for its writer alone, should they come back; it tells them nothing.
    after = browser.post("/drafts/", {drafts.TICKET: ticket, "goal": "Typed after leaving"}, headers={"X-Requested-With": "fetch"})
    assert after.status_code != 200
    # What they typed before is nobody else's to read, the manager's and the administrator's neither.
    manager = factories.actor(role="service-manager", agency=keyworker.agency)
    for actor in (manager, administrator):
        with context.acting(actor):
            assert not Draft.objects.exists()


def test_no_file(administrator, keyworker, someone, work):
    about = {"partnership_id": someone.partnership_id, "client_id": someone.pk, "agency": keyworker.agency}
    content = b"%PDF-1.7 a plan"
    sha256 = store.put(content)
    with factories.loading(someone.partnership_id):
        file = StoredFile.objects.create(
            **about, sha256=sha256, size=len(content), content_type="application/pdf", purpose="document", stored_at=clock.now()
        )
        document = Document.objects.create(
            **about, kind="care-plan", subject_id=uuid4(), state="ready", asked_at=clock.now(), made_at=clock.now(),
            file=file, sealed_sha256=sha256, pages=1,
        )  # fmt: skip
    browser = factories.signed_in(keyworker)
    assert browser.get(f"/documents/{document.pk}/").content == content
    gone(administrator, keyworker)
    answer = browser.get(f"/documents/{document.pk}/")
    assert is_shut_out(answer)
    assert content not in answer.content


def test_not_as_a_deputy_and_no_deputy_of_theirs(administrator, keyworker, someone, work):
    from carehub.actions.roles import name_deputy

    colleague = factories.actor(agency=keyworker.agency)
    of_theirs = name_deputy(
        by=administrator, absent=keyworker.membership, person=colleague.person, starts_on=in_days(0), ends_on=in_days(9)
    )
    by_theirs = name_deputy(
        by=administrator, absent=colleague.membership, person=keyworker.person, starts_on=in_days(0), ends_on=in_days(9)
    )
    gone(administrator, keyworker)
    for each in (of_theirs, by_theirs, keyworker.membership):
        each.refresh_from_db()
        assert each.ended_at is not None
    assert Membership.objects.open_on(clock.today()).get(person=colleague.person) == colleague.membership


def test_a_role_in_another_partnership_goes_on(administrator, keyworker, work):
    elsewhere = factories.actor(person=keyworker.person)
    gone(administrator, keyworker)
    assert factories.signed_in(elsewhere).get("/caseload/").status_code == 200
    assert on_record(administrator, "person.left")


# --- On which day -----------------------------------------------------------------------------------------------------------


def test_a_day_to_come(administrator, keyworker, someone, work):
    later = factories.actor(role="reception", agency=keyworker.agency, person=keyworker.person, starts_on=in_days(20))
    browser = factories.signed_in(keyworker)
    gone(administrator, keyworker, 5)
    assert browser.get(f"/clients/{someone.pk}/").status_code == 200
    keyworker.membership.refresh_from_db()
    later.membership.refresh_from_db()
    assert (keyworker.membership.ends_on, keyworker.membership.ended_at) == (in_days(5), None)
    assert later.membership.ended_at is not None, "what would begin afterwards never does"
    clock.move_on(6)
    assert is_shut_out(browser.get(f"/clients/{someone.pk}/"))


def test_a_day_that_is_over_stands_on_record_and_it_ends_now(administrator, keyworker, work):
    gone(administrator, keyworker, -4)
    keyworker.membership.refresh_from_db()
    assert keyworker.membership.ends_on == in_days(-4)
    (event,) = on_record(administrator, "person.left")
    assert (event.subject_id, event.reason) == (keyworker.person_id, in_days(-4).isoformat())
    assert [each["verb"] for each in event.also] == ["role.ended"]


def test_who_has_left_stands_apart(administrator, keyworker, work):
    gone(administrator, keyworker)
    browser = factories.signed_in(administrator)
    assert keyworker.person.name not in browser.get("/administration/").content.decode()
    assert keyworker.person.name in browser.get("/administration/left/").content.decode()
    assert "No role here any more" in browser.get(f"/administration/staff/{keyworker.person_id}/").content.decode()
    with pytest.raises(Refused, match="no role here any more"):
        leave(by=administrator, person=keyworker.person, last_day=clock.today())


def test_the_last_administrator_does_not_leave(administrator, work):
    answer = gone(administrator, administrator)
    assert "last administrator" in answer.content.decode()
    administrator.membership.refresh_from_db()
    assert administrator.membership.ends_on is None


@pytest.mark.parametrize("role", ["keyworker", "service-manager"])
def test_only_an_administrator_of_theirs_may(role, keyworker):
    for by in (factories.actor(role=role, agency=keyworker.agency), factories.actor(role="administrator")):
        with pytest.raises(NotAllowed):
            leave(by=by, person=keyworker.person, last_day=clock.today())


# --- What they leave --------------------------------------------------------------------------------------------------------


def test_the_caseload_is_counted_and_the_manager_is_asked(administrator, keyworker, manager, work):
    clients = [factories.client_of(keyworker.agency, keyworker=keyworker) for _ in range(3)]
    factories.client_of(keyworker.agency, keyworker=keyworker, state="discharged", next_due=("", None), episode=DISCHARGED)
    factories.client_of(keyworker.agency, keyworker=manager)
    page = f"/administration/staff/{keyworker.person_id}/"
    gone(administrator, keyworker)
    assert "is being counted" in factories.signed_in(administrator).get(page).content.decode()
    assert set(work()) == {"done"}
    html = factories.signed_in(administrator).get(page).content.decode()
    assert "<strong>3</strong> people whose keyworker they are" in html
    assert "1 service manager has been told" in html
    assert not [each for each in clients if each.reference in html or each.full_name in html]
    with context.acting(manager):
        tasks = Task.objects.visible_to(manager).open()
        assert {each.client_id for each in tasks} == {each.pk for each in clients}
        assert {each.words for each in tasks} == {"Choose another keyworker"}
    mail = OutgoingMail.objects.get(person=manager.person)
    assert "3 people need another keyworker" in mail.body
    assert not [each for each in clients if each.reference in mail.body or each.full_name in mail.body]


def test_asked_once_however_often_it_runs(administrator, keyworker, manager, someone, work):
    gone(administrator, keyworker, 9)
    work()
    gone(administrator, keyworker, 5)
    work()
    with context.acting(manager):
        assert Task.objects.visible_to(manager).count() == 1
    assert OutgoingMail.objects.filter(person=manager.person).count() == 2, "the day has changed"


def test_without_a_manager_it_says_so(administrator, keyworker, someone, work):
    gone(administrator, keyworker)
    work()
    html = factories.signed_in(administrator).get(f"/administration/staff/{keyworker.person_id}/").content.decode()
    assert "There is no service manager there" in html


def test_what_was_typed_and_not_sent_is_a_number(administrator, keyworker, someone, work):
    ticket = drafts.ticket(keyworker, kind="plan", client_id=someone.pk)
    typed = {drafts.TICKET: ticket, "goal": "Words of nobody’s business"}
    factories.signed_in(keyworker).post("/drafts/", typed, headers={"X-Requested-With": "fetch"})
    gone(administrator, keyworker, 3)
    work()
    html = factories.signed_in(administrator).get(f"/administration/staff/{keyworker.person_id}/").content.decode()
    assert "<strong>1</strong> forms begun and not sent" in html
    assert "nobody’s business" not in html


def test_a_role_that_ends_while_they_stay_leaves_nothing(administrator, keyworker, someone, work):
    from carehub.actions.roles import end_at_once

    factories.actor(role="care-manager", agency=keyworker.agency, person=keyworker.person)
    end_at_once(by=administrator, membership=keyworker.membership)
    assert not Job.objects.filter(kind="carehub.hand_over").exists()


def test_a_caseload_does_not_push_what_is_urgent_off_the_list(administrator, keyworker, manager, work):
    clients = [factories.client_of(keyworker.agency, keyworker=keyworker) for _ in range(12)]
    gone(administrator, keyworker, -5)
    work()
    with factories.loading(keyworker.partnership_id):
        Task.objects.create(
            partnership_id=keyworker.partnership_id, client_id=clients[0].pk, kind="tests.urgent", subject_id=uuid4(),
            words="Ring them today", due_on=clock.today(), agency=keyworker.agency, made_at=clock.now(),
        )  # fmt: skip
    with context.acting(manager):
        shown = open_tasks(manager, today=clock.today())
    assert [each.task.words for each in shown] == ["Ring them today", *["Choose another keyworker"] * 12]


def test_who_comes_back_is_not_shown_as_leaving(administrator, keyworker, someone, work):
    gone(administrator, keyworker)
    work()
    factories.actor(agency=keyworker.agency, person=keyworker.person, starts_on=clock.today())
    html = factories.signed_in(administrator).get(f"/administration/staff/{keyworker.person_id}/").content.decode()
    assert "Left to hand over" not in html
