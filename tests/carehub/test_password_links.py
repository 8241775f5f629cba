"""A password set with a link from a mail: three days, once, and no answer tells a stranger anything."""

from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.tokens import default_token_generator
from django.test import Client as Browser
from django.urls import reverse

from carehub.models import Event
from carehub.signing_in import password_links
from tests import factories

GOOD = "lantern gravel teaspoon"

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture
def newcomer():
    return factories.actor(role="administrator", name="Rowan Ashgrove").person


def path_of(person) -> str:
    return urlsplit(password_links.link(person)).path


def has_run_out(answer) -> bool:
    return answer.status_code == 200 and "This link has run out" in answer.content.decode()


def set_with(link: str, password: str = GOOD, again: str | None = None, browser: Browser | None = None):
    browser = browser or Browser()
    browser.get(link)
    return browser.post(reverse("password-set"), {"password": password, "again": password if again is None else again})


def test_the_link_is_a_whole_address_and_leads_to_a_page_whose_own_address_says_nothing(newcomer, settings):
    settings.PUBLIC_ADDRESS = "https://carehub.example"
    assert password_links.link(newcomer).startswith("https://carehub.example/password/link/")
    answer = Browser().get(path_of(newcomer))
    assert (answer.status_code, answer.headers["Location"]) == (302, "/password/set/")


def test_it_sets_the_password_and_that_is_on_record(newcomer):
    answer = set_with(path_of(newcomer))
    assert (answer.status_code, answer.headers["Location"]) == (302, reverse("account_login"))
    newcomer.refresh_from_db()
    assert newcomer.check_password(GOOD)
    assert Event.objects.using("owner").get(verb="password.set").subject_id == newcomer.pk
    browser = Browser()
    assert browser.post(reverse("account_login"), {"login": newcomer.email, "password": GOOD}).status_code == 302


def test_it_works_once_and_signs_out_whoever_was_signed_in(newcomer):
    other = Browser()
    other.force_login(newcomer)
    link = path_of(newcomer)
    set_with(link)
    assert "sign-in" in other.get("/administration/").headers["Location"]
    assert has_run_out(set_with(link, "another one altogether"))
    newcomer.refresh_from_db()
    assert newcomer.check_password(GOOD)


def test_signing_in_ends_a_link_that_was_not_used(newcomer):
    newcomer.set_password(GOOD)
    newcomer.save()
    link = path_of(newcomer)
    Browser().post(reverse("account_login"), {"login": newcomer.email, "password": GOOD})
    assert has_run_out(set_with(link))


@pytest.mark.parametrize(("hours", "gone"), [(71, False), (73, True)])
def test_it_lives_for_three_days(newcomer, monkeypatch, hours, gone):
    link = path_of(newcomer)
    monkeypatch.setattr(default_token_generator, "_now", lambda: datetime.now() + timedelta(hours=hours))
    assert has_run_out(set_with(link)) == gone


def test_a_stranger_learns_nothing(newcomer):
    """Unknown, made up, used, of somebody who left: one answer."""
    good = path_of(newcomer)
    gone = factories.person(is_active=False)
    links = [
        f"{good[:-2]}x/",
        "/password/link/x/",
        "/password/link/0-0/",
        f"/password/link/{'0' * 32}-x/",
        "/password/link/%F0%9F%8C%B1-%00/",
        path_of(gone),
    ]
    pages = set()
    for link in links:
        answer = set_with(link)
        assert has_run_out(answer)
        html = answer.content.decode()
        pages.add(html.replace(answer.wsgi_request.reference, ""))
        assert newcomer.name not in html
        assert newcomer.email not in html
    assert len(pages) == 1
    assert has_run_out(Browser().get(reverse("password-set")))
    assert Event.objects.using("owner").filter(verb="password-link.refused").count() == len(links) + 1


@pytest.mark.parametrize(
    ("password", "again", "words"),
    [
        ("short", None, "at least 12 characters"),
        (GOOD, "other", "not the same"),
        ("rowanashgrove", None, "too much like your own name"),
        ("Ashgrove-Rowan-1984", None, "too much like your own name"),
        ("", "", "Enter a new password"),
        ("1q2w3e4r5t6y", None, "too common"),
        ("Password-2026!", None, "too common"),
        ("passwordpassword", None, "too common"),
        ("zzzzzzzzzzzzzzzz", None, "too common"),
        ("202604192026", None, "too common"),
        ("CareHub-Keyworker-26!", None, "words that everybody here uses"),
        ("drug.alcohol.recovery", None, "words that everybody here uses"),
    ],
)
def test_a_poor_password_is_refused_in_a_sentence_and_the_link_stays_good(newcomer, password, again, words):
    browser = Browser()
    answer = set_with(path_of(newcomer), password, again, browser)
    assert answer.status_code == 200
    assert words in answer.content.decode().replace("&#x27;", "'")
    assert browser.post(reverse("password-set"), {"password": GOOD, "again": GOOD}).status_code == 302


def test_it_is_not_taken_from_another_page(newcomer):
    browser = Browser(enforce_csrf_checks=True)
    browser.get(path_of(newcomer))
    assert browser.post(reverse("password-set"), {"password": GOOD, "again": GOOD}).status_code == 403


def test_one_address_does_not_try_for_ever(newcomer):
    browser = Browser()
    answers = {browser.get(reverse("password-set")).status_code for _ in range(70)}
    assert answers == {200, 429}
    assert set_with(path_of(newcomer), browser=Browser(REMOTE_ADDR="192.0.2.7")).status_code == 302


def test_nor_the_name_of_ones_own_agency():
    keyworker = factories.actor()
    for name in (keyworker.agency.name, keyworker.partnership.name):
        answer = set_with(path_of(keyworker.person), "-".join([*name.split()[:-1], "2026"]))
        assert answer.status_code == 200
        assert "words that everybody here uses" in answer.content.decode(), name


def test_the_list_of_our_words_stands_in_the_documents():
    from carehub.signing_in.passwords import OUR_WORDS

    text = " ".join((Path(__file__).resolve().parents[2] / "docs/operations/sign-in.md").read_text().split())
    assert f"and these words: {OUR_WORDS} ##" in text


@pytest.mark.parametrize(
    "password",
    [
        "keyworker lantern gravel",
        "the plan of a heron",
        "rowan under the lantern",
        "ash groves in teaspoons",
        "example of a lantern",
        GOOD,
    ],
)
def test_a_name_inside_a_long_password_does_no_harm(newcomer, password):
    assert set_with(path_of(newcomer), password).status_code == 302


def test_hashes_are_argon2(settings):
    from carehub import settings as ours

    assert ours.PASSWORD_HASHERS == ["django.contrib.auth.hashers.Argon2PasswordHasher"]
