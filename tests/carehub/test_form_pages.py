"""The pages on which an administrator changes a form: added, reworded, retired, looked at, published."""

import re

import pytest
from django.urls import reverse

from carehub import form_editions, form_rows
from carehub.definitions import read_form
from carehub.definitions.catalogue import catalogue
from carehub.models import FormEdition
from tests import factories

QUESTION = {"text": "How are your teeth?", "kind": "one-of", "choices": "Good\nBad\n", "opened_at": "0"}
FIRST = {"text": "First?", "kind": "yes-no"}


@pytest.fixture
def administrator(partnership):
    return factories.actor(role="administrator", partnership=partnership)


@pytest.fixture
def browser(signed_in, administrator):
    return signed_in(administrator)


def page(browser, name: str, *args: object) -> str:
    answer = browser.get(reverse(name, args=args))
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def opened_at(browser, name: str, *args: object) -> str:
    return re.search(r'name="opened_at" value="(\d+)"', page(browser, name, *args))[1]


def post(browser, name: str, *args: object, **data: object):
    return browser.post(reverse(name, args=args), data)


def add(browser, section: str = "health", **more: object):
    at = opened_at(browser, "form-question-add", "triage", section)
    return post(browser, "form-question-add", "triage", section, **QUESTION | {"opened_at": at} | more)


def publish(browser):
    return post(browser, "form-publish", "triage", opened_at=opened_at(browser, "form-publish", "triage"))


def edition(administrator, number: int) -> FormEdition:
    with factories.loading(administrator.partnership_id):
        return FormEdition.objects.get(partnership_id=administrator.partnership_id, form="triage", number=number)


# --- The way through -----------------------------------------------------------------------------------------------------


def test_from_the_list_to_a_published_question(browser, administrator):
    assert catalogue().form("triage").title in page(browser, "forms")
    assert add(browser).url == reverse("form-show", args=["triage"])
    html = page(browser, "form-show", "triage")
    for words in ("Changed, and not published yet", "New in ‘Your health’: ‘How are your teeth?’", "Yours"):
        assert words in html
    for name in ("form-preview", "form-blank"):
        assert "How are your teeth?" in page(browser, name, "triage")
    html = page(browser, "form-publish", "triage")
    assert "Publish edition 1" in html
    assert "0 assessments are open" in html
    assert publish(browser).status_code == 302
    html = page(browser, "form-show", "triage")
    assert "with your edition 1 laid over it" in html
    assert "not published yet" not in html
    html = page(browser, "form-history", "triage")
    assert administrator.person.name in html
    assert "New in ‘Your health’" in html
    assert "How are your teeth?" in page(browser, "form-edition", edition(administrator, 1).pk)
    assert administrator.person.name in page(browser, "forms")


def test_reworded_beside_our_words_retired_and_asked_again(browser):
    ours = catalogue().form("triage").question("overdose").text
    html = page(browser, "form-question", "triage", "overdose")
    assert f"CareHub asks:</strong> {ours}" in html
    assert "It asks: Overdose history" in html
    at = opened_at(browser, "form-question", "triage", "overdose")
    post(browser, "form-question", "triage", "overdose", text="Have you ever gone over?", hint="", opened_at=at)
    html = page(browser, "form-show", "triage")
    assert "Have you ever gone over?" in html
    assert f"CareHub asks: {ours}" in html
    assert "Best practice: Overdose history" in html
    at = opened_at(browser, "form-question-retire", "triage", "agrees")
    post(browser, "form-question-retire", "triage", "agrees", opened_at=at)
    retired = catalogue().form("triage").question("agrees").text[:30]
    assert f"Not asked any more: ‘{retired}" in page(browser, "form-show", "triage")
    assert "Assessments in which it was asked still show it" in page(browser, "form-show", "triage")
    at = opened_at(browser, "form-publish", "triage")
    post(browser, "form-question-again", "triage", "agrees", opened_at=at)
    assert "Not asked any more" not in page(browser, "form-show", "triage")


def test_a_section_of_ones_own(browser, administrator):
    post(browser, "form-section-add", "triage", title="Your mouth", opened_at="0")
    assert "No question yet" in page(browser, "form-show", "triage")
    add(browser, "local-1")
    publish(browser)
    asked = form_editions.compose(catalogue().form("triage"), form_editions.Edition.from_json(edition(administrator, 1).content))
    assert asked.sections[-1].title == "Your mouth"


def test_a_question_is_changed_with_all_that_it_was(browser):
    add(
        browser,
        kind="number",
        least="0",
        most="5",
        unit="a week",
        third_party="on",
        mandatory="on",
        only_if="health-now pain",
        expectations=["abscesses"],
    )
    html = page(browser, "form-question", "triage", "local-triage-how-are-your-teeth")
    assert re.search(r'name="least" value="0"', html)
    assert '<option value="health-now pain" selected>' in html
    assert re.search(r'value="abscesses"[^>]* checked', html)
    at = opened_at(browser, "form-question", "triage", "local-triage-how-are-your-teeth")
    post(browser, "form-question", "triage", "local-triage-how-are-your-teeth", text="How is your mouth?", kind="yes-no", opened_at=at)
    html = page(browser, "form-show", "triage")
    assert "How is your mouth?" in html
    assert "(yes or no)" in html


# --- What is refused stands beside the field --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"text": " "}, "Enter the question, as it is read out"),
        ({"kind": ""}, "Choose how it is answered"),
        ({"kind": "score-1-5"}, "choose one of the answers given"),
        ({"choices": "Good"}, "Enter two answers or more, one a line"),
        ({"choices": "Good\ngood"}, "‘Good’ stands there twice"),
        ({"kind": "number", "least": "5", "most": "1"}, "The least, 5, is more than the most, 1"),
        ({"kind": "number", "least": "few"}, "‘The least’ must be a whole number"),
        ({"only_if": "nothing yes"}, "choose one of the answers given"),
        ({"expectations": ["everything"]}, "choose one of the answers given"),
        ({"text": "Have you ever injected?"}, "This form asks ‘Have you ever injected?’ already"),
    ],
)
def test_a_question_that_cannot_be_asked(browser, administrator, typed, sentence):
    answer = add(browser, **typed)
    assert answer.status_code == 200
    html = answer.content.decode()
    assert sentence in html
    assert 'class="govuk-error-message"' in html
    with factories.loading(administrator.partnership_id):
        assert not FormEdition.objects.filter(partnership_id=administrator.partnership_id).exists()


def test_what_waits_for_each_other_is_refused_beside_the_condition(browser):
    add(browser, **FIRST)
    add(browser, text="Second?", kind="yes-no", only_if="local-triage-first yes")
    at = opened_at(browser, "form-question", "triage", "local-triage-first")
    answer = post(
        browser,
        "form-question",
        "triage",
        "local-triage-first",
        text="First?",
        kind="yes-no",
        only_if="local-triage-second yes",
        opened_at=at,
    )
    assert "These questions wait for each other: ‘First?’ → ‘Second?’ → ‘First?’" in answer.content.decode()


@pytest.mark.parametrize("question", [each.id for each in catalogue().form("triage").questions if each.expectations or each.raises])
def test_no_safety_question_is_retired_in_the_browser(browser, administrator, question):
    html = page(browser, "form-question-retire", "triage", question)
    assert "Retire it" not in html
    answer = post(browser, "form-question-retire", "triage", question, opened_at="0")
    assert answer.status_code == 200
    with factories.loading(administrator.partnership_id):
        assert not FormEdition.objects.filter(partnership_id=administrator.partnership_id).exists()


def test_a_published_question_keeps_how_it_is_answered_and_its_privacy(browser):
    add(browser, third_party="on")
    publish(browser)
    at = opened_at(browser, "form-question", "triage", "local-triage-how-are-your-teeth")
    answer = post(browser, "form-question", "triage", "local-triage-how-are-your-teeth", **QUESTION | {"opened_at": at})
    assert "Answers were given in private" in answer.content.decode()


# --- Two administrators -----------------------------------------------------------------------------------------------------


def test_the_second_to_save_sees_both(browser, signed_in, administrator):
    other = signed_in(factories.actor(role="administrator", partnership=administrator.partnership))
    at = opened_at(browser, "form-question", "triage", "suicide")
    post(browser, "form-question", "triage", "suicide", text="First words?", hint="", opened_at=at)
    answer = post(other, "form-question", "triage", "suicide", text="Second words?", hint="", opened_at=at)
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "it says ‘First words?’ now" in html
    assert "Second words?" in html
    assert "save again to put it in place" in html
    again = re.search(r'name="opened_at" value="(\d+)"', html)[1]
    assert post(other, "form-question", "triage", "suicide", text="Second words?", hint="", opened_at=again).status_code == 302
    assert "Second words?" in page(browser, "form-show", "triage")


def test_nobody_publishes_what_they_have_not_seen(browser):
    add(browser)
    at = opened_at(browser, "form-publish", "triage")
    add(browser, text="How are your gums?")
    assert "A colleague saved this" in post(browser, "form-publish", "triage", opened_at=at).content.decode()
    assert post(browser, "form-discard", "triage", opened_at=at).status_code == 302
    assert "not published yet" in page(browser, "form-show", "triage")
    post(browser, "form-discard", "triage", opened_at=opened_at(browser, "form-publish", "triage"))
    assert "not published yet" not in page(browser, "form-show", "triage")


# --- Who may -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["keyworker", "service-manager", "clinical-lead", "commissioner"])
def test_nobody_else_changes_forms(signed_in, agency, role):
    other = signed_in(factories.actor(role=role, agency=agency))
    for name, args in (
        ("forms", ()),
        ("form-show", ("triage",)),
        ("form-publish", ("triage",)),
        ("form-question-add", ("triage", "health")),
        ("form-question-retire", ("triage", "main-days")),
    ):
        assert other.post(reverse(name, args=args)).status_code == 403


def test_what_is_not_there(browser):
    for address in (
        "/forms/nothing/",
        "/forms/nothing/preview/",
        "/forms/triage/sections/nothing/add/",
        "/forms/triage/questions/nothing/",
        "/forms/triage/questions/nothing/retire/",
        "/forms/nothing/audit/",
        "/forms/problem-substance/",
    ):
        assert browser.get(address).status_code == 404, address


def test_odd_versions_are_no_failure(browser):
    for odd in ("", "x", "-1", "9" * 30, "١"):
        assert post(browser, "form-discard", "triage", opened_at=odd).status_code == 302
        assert post(browser, "form-publish", "triage", opened_at=odd).status_code == 200


def test_every_form_of_the_catalogue_opens_from_the_list(browser):
    links = set(re.findall(r'href="(/forms/[a-z0-9-]+/)"', page(browser, "forms")))
    names = {form.name for form in catalogue().forms()}
    assert {reverse("form-show", args=[name]) for name in names} <= links
    assert {"audit", "audit-c"} <= names
    for name in names:
        assert browser.get(reverse("form-show", args=[name])).context["form"].name == name
    assert browser.get(reverse("form-audits")).status_code == 200


def test_every_level_of_a_form_has_its_word():
    assert set(form_rows.LEVELS) == set(read_form.LEVELS)
