"""Somebody new is invited: what goes out, what it says and does not say, and what happens where the address is known."""

import re

import pytest
from django.test import Client as Browser

from carehub import clock
from carehub.actions.leaving import leave
from carehub.models import Membership, OutgoingMail, Person
from tests import factories
from tests.carehub.administering import boxes, in_days, on_record, quiet
from tests.carehub.signing_in import PASSWORD, sign_in

pytestmark = pytest.mark.usefixtures("committed")
EMAIL = "wren.saltmarsh@vale.example"
#: What CareHub is for, who it is about, where somebody works.
TELLING = re.compile(r"drug|alcohol|treatment|client|care ?plan|partnership|agency|Millrace|service|health", re.IGNORECASE)


@pytest.fixture
def agency():
    return factories.agency()


@pytest.fixture
def administrator(agency):
    return factories.actor(role="administrator", partnership=agency.partnership, name="Piran Oxbow")


@pytest.fixture
def work(monkeypatch):
    return quiet(monkeypatch)


def add(administrator, agency, /, **other):
    typed = {"name": "Wren Saltmarsh", "email": EMAIL, "job_title": "Drug worker", "telephone": "01632 960 777", "role": "keyworker"}
    typed |= {"agency": str(agency.pk) if agency else "partnership", **boxes("starts_on", clock.today()), **boxes("ends_on", None)}
    return factories.signed_in(administrator).post("/administration/staff/add/", typed | other)


def link_in(mail) -> str:
    return re.search(r"https?://[^/]+(/password/link/\S+)", mail.body)[1]


def set_password(link: str, password: str = PASSWORD):
    browser = Browser()
    browser.get(link)
    return browser.post("/password/set/", {"password": password, "again": password})


def test_from_the_invitation_to_the_first_page(administrator, agency, work, mailoutbox):
    answer = add(administrator, agency)
    person = Person.objects.get(email=EMAIL)
    assert answer.headers["Location"] == f"/administration/staff/{person.pk}/"
    assert (person.name, person.job_title, person.account_of_id) == ("Wren Saltmarsh", "Drug worker", agency.partnership_id)
    assert not person.has_usable_password()
    assert work() == ["done"]
    (mail,) = mailoutbox
    assert mail.to == [EMAIL]
    assert set_password(link_in(mail)).headers["Location"] == "/sign-in/"
    assert sign_in(person).get("/", follow=True).request["PATH_INFO"] == "/caseload/"
    (event,) = on_record(administrator, "role.given")
    assert [each["verb"] for each in event.also] == ["person.invited"]


def test_it_says_nothing_of_what_carehub_is_for(administrator, agency, work, mailoutbox):
    add(administrator, agency)
    work()
    (mail,) = mailoutbox
    words = re.sub(r"https?://\S+", "", f"{mail.subject}\n{mail.body}")
    assert "CareHub" in words
    assert not TELLING.search(words)
    assert agency.name not in words


def test_the_link_lies_in_no_table(administrator, agency, work, mailoutbox):
    add(administrator, agency)
    work()
    token = link_in(mailoutbox[0]).split("/")[-2]
    assert not OutgoingMail.objects.filter(body__contains=token[:20]).exists()


def test_once_and_for_a_time(administrator, agency, work, mailoutbox, monkeypatch):
    add(administrator, agency)
    work()
    link = link_in(mailoutbox[0])
    set_password(link)
    answer = set_password(link, "gravel lantern teaspoon")
    assert "has run out" in answer.content.decode()
    assert Person.objects.get(email=EMAIL).check_password(PASSWORD)


def test_sent_again_the_one_before_ends(administrator, agency, work, mailoutbox):
    add(administrator, agency)
    work()
    person = Person.objects.get(email=EMAIL)
    again = factories.signed_in(administrator).post(f"/administration/staff/{person.pk}/link/")
    assert again.status_code == 302
    assert work() == ["done"]
    before, after = map(link_in, mailoutbox)
    assert "has run out" in set_password(before).content.decode()
    assert set_password(after).status_code == 302
    assert len(on_record(administrator, "person.link-sent")) == 1


def test_two_that_wait_are_one_mail(administrator, agency, work, mailoutbox):
    add(administrator, agency)
    person = Person.objects.get(email=EMAIL)
    factories.signed_in(administrator).post(f"/administration/staff/{person.pk}/link/")
    assert work() == ["done", "done"]
    assert len(mailoutbox) == 1


def test_who_has_left_sets_no_password(administrator, agency, work, mailoutbox):
    add(administrator, agency)
    work()
    leave(by=administrator, person=Person.objects.get(email=EMAIL), last_day=clock.today())
    assert "has run out" in set_password(link_in(mailoutbox[0])).content.decode()


def test_who_forgot_theirs_keeps_it_until_the_new_one_is_set(administrator, agency, work, mailoutbox):
    keyworker = factories.actor(agency=agency, password=PASSWORD)
    factories.signed_in(administrator).post(f"/administration/staff/{keyworker.person_id}/link/")
    work()
    keyworker.person.refresh_from_db()
    assert keyworker.person.check_password(PASSWORD)
    assert "a new password" in mailoutbox[0].body
    set_password(link_in(mailoutbox[0]), "gravel lantern teaspoon")
    keyworker.person.refresh_from_db()
    assert keyworker.person.check_password("gravel lantern teaspoon")


def test_an_address_that_is_here_already(administrator, agency, work):
    there = factories.actor(agency=agency, email=EMAIL, name="Tamsin Ashgrove", ends_on=in_days(-3))
    answer = add(administrator, agency, email=EMAIL.upper())
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "Tamsin Ashgrove has this address here already" in html
    assert "01632 960 777" in html, "what was typed stands there"
    assert there.person.memberships.count() == 1


def test_an_address_that_is_known_elsewhere_gets_the_role_and_shows_nothing(administrator, work, mailoutbox):
    elsewhere = factories.actor(
        email=EMAIL, name="Tamsin Ashgrove", job_title="Nurse at Elsewhere", telephone="01632 960 999", password=PASSWORD
    )
    agency = factories.agency(administrator.partnership)
    answer = add(administrator, agency)
    elsewhere.person.refresh_from_db()
    assert answer.headers["Location"] == f"/administration/staff/{elsewhere.person_id}/"
    assert (elsewhere.person.name, elsewhere.person.telephone) == ("Tamsin Ashgrove", "01632 960 999")
    assert Membership.objects.filter(person=elsewhere.person, agency=agency, role="keyworker").exists()
    browser = factories.signed_in(administrator)
    html = browser.get(f"/administration/staff/{elsewhere.person_id}/").content.decode() + browser.get("/administration/").content.decode()
    for words in ("Nurse at Elsewhere", "01632 960 999", elsewhere.agency.name, elsewhere.partnership.name, "Last sign-in"):
        assert words not in html
    assert work() == ["done"]
    (mail,) = mailoutbox
    assert "further role" in mail.subject
    assert "/password/" not in mail.body
    assert not TELLING.search(mail.body)


@pytest.mark.parametrize("page", ["change", "link", "second-factor"])
def test_the_account_stays_where_it_was_made(administrator, page):
    elsewhere = factories.actor(email=EMAIL)
    factories.actor(role="commissioner", partnership=administrator.partnership, person=elsewhere.person, starts_on=in_days(-4000))
    answer = factories.signed_in(administrator).post(f"/administration/staff/{elsewhere.person_id}/{page}/")
    assert answer.status_code == 403
    assert "Another administrator looks after this" in answer.content.decode()


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"email": ""}, "Enter their e-mail address"),
        ({"email": "wren at vale"}, "Enter a whole e-mail address"),
        ({"name": ""}, "Enter their name"),
        ({"role": "commissioner"}, "a role of the whole partnership"),
        ({"agency": "partnership"}, "a role at an agency"),
        ({"role": "emperor"}, "‘Role’"),
        ({"agency": ""}, "Choose where"),
        (boxes("starts_on", None), "‘From’ needs an answer"),
        (boxes("ends_on", in_days(-1)), "before ‘From’"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(administrator, agency, typed, words):
    answer = add(administrator, agency, **typed)
    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert "01632 960 777" in answer.content.decode()
    assert not Person.objects.filter(email=EMAIL).exists()
