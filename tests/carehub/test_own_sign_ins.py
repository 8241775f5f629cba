"""One's own sign-ins: seen, ended; and the access of somebody who leaves, which ends with their next request wherever they are."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client as Browser
from django.urls import reverse

from carehub import clock, context, drafts, jobs
from carehub.actions import sign_ins
from carehub.models import Document, Draft, Event, Job, OutgoingMail, Session
from carehub.signing_in import browsers
from carehub.signing_in.sign_in import MOST_AT_ONCE
from clients.models import Client
from tests import factories
from tests.carehub import signing_in
from tests.carehub.signing_in import PASSWORD, sign_in

pytestmark = pytest.mark.usefixtures("committed")
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0"


@pytest.fixture
def keyworker():
    return signing_in.keyworker()


@pytest.fixture
def here(keyworker):
    return sign_in(keyworker.person, browser=Browser(headers={"User-Agent": FIREFOX}))


@pytest.fixture
def elsewhere(keyworker):
    return sign_in(keyworker.person, browser=Browser(headers={"User-Agent": EDGE}))


def is_in(browser) -> bool:
    return browser.get("/notices/").status_code == 200


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (FIREFOX, "Firefox on Linux"),
        (EDGE, "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0) AppleWebKit/605.1.15 Version/19.0 Mobile/15E148 Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 Chrome/140.0.0.0 Mobile Safari/537.36", "Chrome on Android"),
        ("", "A browser that does not say which"),
        ("<script>alert(1)</script>", "A browser that does not say which"),
    ],
)
def test_a_browser_in_words(said, words):
    assert browsers.in_words(said) == words


def test_they_are_listed_and_no_key_of_a_session_is(here, elsewhere):
    html = here.get("/your-sign-in/").content.decode()
    assert html.index("Firefox on Linux") < html.index("Edge on Windows")
    assert html.count("This one.") == 1
    for browser in (here, elsewhere):
        assert browser.session.session_key not in html


def test_one_is_ended_and_refused_at_its_next_request(keyworker, here, elsewhere):
    third = sign_in(keyworker.person)
    [edge] = [each.handle for each in here.get("/your-sign-in/").context["sign_ins"] if each.browser == "Edge on Windows"]
    here.post(reverse("sign-in-end"), {"sign-in": edge})
    assert [is_in(browser) for browser in (here, elsewhere, third)] == [True, False, True]
    assert Event.objects.using("owner").get(verb="sign-in.ended").person_id == keyworker.person_id


def test_all_others_are_ended(keyworker, here, elsewhere):
    others = [elsewhere, sign_in(keyworker.person), sign_in(keyworker.person)]
    here.post(reverse("sign-in-end"))
    assert is_in(here)
    assert not any(is_in(browser) for browser in others)


def test_there_are_ten_at_most_and_the_next_ends_the_one_used_longest_ago(keyworker, here, elsewhere):
    more = [sign_in(keyworker.person) for _ in range(MOST_AT_ONCE - 2)]
    Session.objects.filter(pk=elsewhere.session.session_key).update(seen_at=clock.real_now() - timedelta(minutes=5))
    assert is_in(here)
    newest = sign_in(keyworker.person)
    assert not is_in(elsewhere)
    assert all(is_in(browser) for browser in (here, newest, *more))
    assert Session.objects.open_of(keyworker.person).count() == MOST_AT_ONCE == 10
    [ended] = Event.objects.using("owner").filter(verb="signed-in").latest("at").also
    assert (ended["verb"], ended["reason"]) == ("sign-in.ended", "1")


@pytest.mark.parametrize("handle", ["x", "0" * 32, "\x00", "x" * 5000])
def test_an_odd_one_ends_none(here, elsewhere, handle):
    here.post(reverse("sign-in-end"), {"sign-in": handle})
    assert is_in(elsewhere)


def test_a_colleagues_is_not_to_be_ended(keyworker, here):
    colleague = factories.actor(agency=keyworker.agency, password=PASSWORD)
    theirs = sign_in(colleague.person)
    handle = sign_ins._handle(Session.objects.get(pk=theirs.session.session_key))
    here.post(reverse("sign-in-end"), {"sign-in": handle})
    here.post(reverse("sign-in-end"))
    assert is_in(theirs)


def test_a_changed_password_ends_all_others_and_says_so_by_mail(keyworker, here, elsewhere):
    new = {"old": PASSWORD, "password": "saucer thimble harbour", "again": "saucer thimble harbour"}
    assert here.post(reverse("account_change_password"), new).status_code == 302
    assert is_in(here)
    assert not is_in(elsewhere)
    keyworker.person.refresh_from_db()
    assert keyworker.person.check_password("saucer thimble harbour")
    assert Event.objects.using("owner").filter(verb="password.changed", person=keyworker.person).count() == 1
    assert OutgoingMail.objects.get(person=keyworker.person).kind == "password.changed"


def test_not_without_the_old_one_and_not_for_ever(keyworker, here):
    new = {"old": "wrong", "password": "saucer thimble harbour", "again": "saucer thimble harbour"}
    answers = [here.post(reverse("account_change_password"), new).content.decode() for _ in range(11)]
    assert "That is not your password" in answers[9]
    assert "Too many tries" in answers[10]
    keyworker.person.refresh_from_db()
    assert keyworker.person.check_password(PASSWORD)


def test_it_begins_when_one_signed_in_though_the_password_changes(keyworker, here, monkeypatch):
    later = signing_in.moves(monkeypatch)
    began = Session.objects.get(pk=here.session.session_key).began_at
    later(minutes=10)
    here.post(
        reverse("account_change_password"), {"old": PASSWORD, "password": "saucer thimble harbour", "again": "saucer thimble harbour"}
    )
    assert Session.objects.get(pk=here.session.session_key).began_at == began


def test_sessions_that_ran_out_are_swept_away(keyworker, here):
    Session.objects.filter(pk=here.session.session_key).update(expire_date=clock.real_now() - timedelta(seconds=1))
    sign_in(keyworker.person)
    assert Session.objects.filter(person=keyworker.person).count() == 1


# --- Somebody leaves ---------------------------------------------------------------------------------------------------


def ends_yesterday(actor) -> None:
    type(actor.membership).objects.filter(pk=actor.membership.pk).update(ends_on=clock.today() - timedelta(days=1))


def is_shut(actor) -> None:
    type(actor.person).objects.filter(pk=actor.person_id).update(is_active=False)


LEAVING = pytest.mark.parametrize("leaves", [ends_yesterday, is_shut])


@LEAVING
def test_a_leaver_opens_nothing_from_the_next_request_on(keyworker, here, elsewhere, leaves):
    someone = factories.client_of(keyworker.agency, keyworker=keyworker)
    path = f"/clients/{someone.pk}/"
    assert here.get(path).status_code == 200
    leaves(keyworker)
    for browser in (here, elsewhere):
        answer = browser.get(path)
        assert answer.status_code == 302
        assert "sign-in" in answer.headers["Location"]
        assert someone.last_name.encode() not in answer.content
        assert browser.get("/your-sign-in/").status_code == 302
        assert browser.post("/screen/state/").status_code == 302


@LEAVING
def test_a_leaver_is_shown_the_sign_in_page_and_not_sent_round_for_ever(keyworker, here, leaves):
    leaves(keyworker)
    answer = here.get("/caseload/", follow=True)
    assert answer.status_code == 200
    assert "E-mail address" in answer.content.decode()


@LEAVING
def test_a_leaver_does_not_come_back_in(keyworker, leaves):
    leaves(keyworker)
    again = sign_in(keyworker.person)
    assert not is_in(again)


@LEAVING
def test_a_leavers_open_page_writes_no_draft_that_anybody_reads(keyworker, here, leaves):
    """What was typed is kept for whom it belongs to, should they come back; nothing is given out."""
    ticket = drafts.ticket(keyworker, kind="plan")
    leaves(keyworker)
    answer = here.post("/drafts/", {drafts.TICKET: ticket, "goal": "Typed after leaving"}, headers={"X-Requested-With": "fetch"})
    assert (answer.status_code, answer.json()) == (401, {"locked": True})
    assert not Draft.objects.exists()


@LEAVING
def test_a_job_for_a_leaver_reaches_nothing(keyworker, monkeypatch, leaves):
    from django.db import transaction

    someone = factories.client_of(keyworker.agency, keyworker=keyworker)
    seen: list[int] = []
    monkeypatch.setattr(jobs, "_handlers", {"tests.count": lambda job: seen.append(Client.objects.count()) or {}})
    monkeypatch.setattr(jobs, "publish", lambda job_id: True)
    with transaction.atomic(), context.acting(keyworker):
        job = jobs.enqueue(kind="tests.count", subject=someone.pk, by=keyworker)
    leaves(keyworker)
    jobs.do_job(str(job.pk))
    assert seen == []
    assert Job.objects.get(pk=job.pk).state == Job.State.FAILED


def test_what_a_leaver_had_asked_for_says_failed_and_a_colleague_may_ask_again(keyworker, monkeypatch):
    from careplans.actions.documents import make_again
    from careplans.documents import SEAL_PLAN

    monkeypatch.setattr(jobs, "publish", lambda job_id: True)
    someone = factories.client_of(keyworker.agency, keyworker=keyworker)
    colleague = factories.actor(agency=keyworker.agency)
    with context.acting(keyworker):
        document = Document.objects.create(
            partnership_id=someone.partnership_id,
            client_id=someone.pk,
            kind="care-plan",
            subject_id=uuid4(),
            state="waiting",
            asked_at=clock.now(),
            agency=keyworker.agency,
        )
        job = jobs.enqueue(kind=SEAL_PLAN, subject=document.subject_id, by=keyworker)
    ends_yesterday(keyworker)
    assert jobs.do_job(str(job.pk)) == "failed"
    with context.acting(colleague):
        assert Document.objects.get().state == "failed"
        make_again(document=document, by=colleague)
    assert Job.objects.get(pk=job.pk).membership_id == colleague.membership.pk


def test_somebody_with_another_role_goes_on_in_that_one(keyworker, here):
    factories.actor(role="reception", agency=keyworker.agency, person=keyworker.person)
    ends_yesterday(keyworker)
    assert here.get("/", follow=True).request["PATH_INFO"] == reverse("reception")
