"""The demonstration's own pages: its clock and its mails, and none of them elsewhere."""

import time
from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.test import override_settings

from carehub import clock
from carehub.mailbox import newest_mails
from carehub.models import Event

PAGES = ("/demonstration/clock/", "/demonstration/mail/")


@pytest.mark.parametrize("address", PAGES)
def test_there_is_none_outside_the_demonstration(signed_in, keyworker, client, address):
    with override_settings(DEMO=False):
        assert signed_in(keyworker).get(address).status_code == 404
        assert client.get(address).status_code == 404


@pytest.mark.parametrize("address", PAGES)
def test_it_asks_for_a_sign_in(client, db, address):
    answer = client.get(address)
    assert answer.status_code == 302
    assert "/sign-in/" in answer.url


def test_the_clock_moves_on_for_everybody_and_is_on_record(signed_in, keyworker, django_capture_on_commit_callbacks):
    today = clock.today()
    browser = signed_in(keyworker)
    with django_capture_on_commit_callbacks(execute=True):
        answer = browser.post("/demonstration/clock/", {"days": "30"})
    assert answer.status_code == 302
    assert clock.today() == today + timedelta(days=30)
    assert "30 days ahead" in browser.get("/demonstration/clock/").content.decode()
    from carehub import context

    with context.acting(keyworker):
        event = Event.objects.get(verb="demonstration.clock-moved")
    assert (event.person_id, event.reason) == (keyworker.person_id, "30 days on")


@pytest.mark.parametrize("days", ["-30", "0", "31", "", "a week", "9" * 40])
def test_it_moves_by_the_steps_offered_only(signed_in, keyworker, days, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        assert signed_in(keyworker).post("/demonstration/clock/", {"days": days}).status_code == 302
    assert clock.days_ahead() == 0


@pytest.fixture
def mailbox(tmp_path):
    with override_settings(EMAIL_BACKEND="django.core.mail.backends.filebased.EmailBackend", EMAIL_FILE_PATH=tmp_path):
        yield tmp_path


def test_mails_stand_there_the_newest_first(mailbox):
    for number in (1, 2, 3):
        EmailMessage(f"{number} reviews need you – today", "Sign in.\n-- \nÉmile", "carehub@localhost", ["imogen@carehub.example"]).send()
        time.sleep(0.02)
    with mail.get_connection() as both:
        both.send_messages([EmailMessage(f"Together {n}", "x", "carehub@localhost", ["a@carehub.example"]) for n in (1, 2)])
    found = newest_mails(mailbox)
    assert [each.subject for each in found] == [
        "Together 2",
        "Together 1",
        "3 reviews need you – today",
        "2 reviews need you – today",
        "1 reviews need you – today",
    ]
    assert "Émile" in found[-1].body
    assert found[-1].to == "imogen@carehub.example"
    assert len(newest_mails(mailbox, most=2)) == 2


def test_a_mail_is_shown_as_text(signed_in, keyworker, mailbox):
    EmailMessage("<script>alert(1)</script>", "<b>bold</b>", "carehub@localhost", ["a@carehub.example"]).send()
    html = signed_in(keyworker).get("/demonstration/mail/").content.decode()
    assert "<script>alert" not in html
    assert "&lt;b&gt;bold" in html


def test_no_mails_no_folder(signed_in, keyworker, tmp_path):
    with override_settings(EMAIL_FILE_PATH=tmp_path / "none"):
        assert "No mails yet" in signed_in(keyworker).get("/demonstration/mail/").content.decode()
