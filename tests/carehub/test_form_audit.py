"""Forms held against what best practice expects: ours, the partnership's editions of them, and those that are not ours."""

import re

import pytest
from django.urls import reverse

from carehub import clock, form_audit
from carehub.definitions.catalogue import catalogue
from carehub.models import PaperForm
from tests import factories
from tests.carehub.administering import boxes

ROLES = ("administrator", "service-manager", "clinical-lead", "partnership-manager")


@pytest.fixture
def manager(agency):
    return factories.actor(role="service-manager", agency=agency)


@pytest.fixture
def browser(signed_in, manager):
    return signed_in(manager)


def words(answer) -> str:
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


# --- What is counted ----------------------------------------------------------------------------------------------------


def test_the_13_items_comprehensive_and_risk_apart():
    comprehensive, risk = form_audit.of_items(())
    assert (len(comprehensive.items), len(risk.items)) == (8, 5)
    assert {item.text: item.lacking for item in risk.items}["Transmission of blood-borne viruses"] == 62
    assert {item.text: item.lacking for item in comprehensive.items}["Domestic violence history"] == 61


def test_a_form_says_by_which_question_it_asks_what():
    form = catalogue().form("triage")
    comprehensive, risk = form_audit.of_form(form)
    asked = {item.value: item.by for part in (comprehensive, risk) for item in part.items if item.asked}
    assert asked["overdose-history"] == (form.question("overdose").text,)
    assert set(asked) == {item for question in form.questions for item in question.expectations}
    for part in (comprehensive, risk):
        assert part.asked + len(part.missing) == len(part.items)
        assert all(item.text in part.sentence for item in part.missing)


def test_what_most_services_lacked_is_said_first():
    _comprehensive, risk = form_audit.of_items(["sharing"])
    assert [item.lacking for item in risk.missing] == [62, 48, 38, 30]
    assert risk.sentence.startswith("1 of 5 items are asked. Not asked: Transmission of blood-borne viruses")
    assert form_audit.of_items([item.value for item in risk.items])[1].sentence == "All 5 items are asked."


def test_the_picture_and_its_table_say_the_same():
    parts = form_audit.of_form(catalogue().form("triage"))
    figure = form_audit.picture("x", [(part.title, part) for part in parts], title="T", about="Items")
    assert [row[1:] for row in figure.rows] == [(str(part.asked), str(len(part.missing)), str(len(part.items))) for part in parts]
    for part in parts:
        assert f"Asked {part.asked}" in str(figure.wide)


def test_forms_together_ask_what_one_of_them_asks():
    together = form_audit.of_all([form_audit.of_items(["sharing"]), form_audit.of_items(["pregnancy"])])
    assert [part.asked for part in together] == [1, 1]


# --- The pages ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ROLES)
def test_who_may_look(signed_in, agency, role):
    browser = signed_in(factories.actor(role=role, agency=agency))
    html = words(browser.get("/form-audits/"))
    assert catalogue().form("triage").title in html
    assert "Improving services for substance misuse: a joint review, 2006" in html
    assert "this is not its score" in html
    html = words(browser.get("/forms/triage/audit/"))
    assert "Symptoms of alcohol dependence" in html
    assert "47%" in html
    assert catalogue().form("triage").question("alcohol-signs").text in html


@pytest.mark.parametrize("role", ["keyworker", "reception", "commissioner"])
def test_who_may_not(signed_in, agency, role):
    browser = signed_in(factories.actor(role=role, agency=agency))
    for address in ("/form-audits/", "/forms/triage/audit/", "/form-audits/others/add/"):
        assert browser.get(address).status_code == 403


def test_what_an_edition_asks_counts_once_it_is_published(browser, manager):
    def asked() -> str:
        return words(browser.get("/forms/triage/audit/"))

    question = {"section": "health", "text": "Do you use condoms?", "kind": "yes-no", "expectations": ["safer-sex"]}
    content = {"questions": [question | {"id": "local-condoms"}]}
    factories.edition(by=manager, state="draft", **content)
    assert "Do you use condoms?" not in asked()
    factories.edition(by=factories.actor(role="service-manager"), **content)
    assert "Do you use condoms?" not in asked(), "another partnership's"
    with factories.loading(manager.partnership_id):
        from carehub.models import FormEdition

        draft = FormEdition.objects.get(partnership_id=manager.partnership_id)
        draft.save_over(1, state="published", published_at=clock.now(), published_by=manager.person)
    assert "Do you use condoms?" in asked()
    assert "Edition 1" in words(browser.get("/form-audits/"))


def test_a_form_that_is_not_ours(browser, manager):
    typed = {"name": "Risk sheet", "agency": str(manager.agency_id), "asks": ["sharing", "safer-sex"], **boxes("dated", clock.today())}
    assert browser.post("/form-audits/others/add/", typed).url == "/form-audits/"
    with factories.loading(manager.partnership_id):
        row = PaperForm.objects.get(partnership_id=manager.partnership_id)
    assert row.items == ["sharing", "safer-sex"]
    html = words(browser.get(reverse("paper-form", args=[row.pk])))
    assert "2 of 5 items are asked. Not asked: Transmission of blood-borne viruses" in html
    assert "None of the 8 items is asked" in html
    assert manager.person.name in html
    html = words(browser.get("/form-audits/"))
    assert "Risk sheet" in html
    assert "2 of 5, 40%" in html
    # The same again is refused, beside the name.
    assert "is here already" in words(browser.post("/form-audits/others/add/", typed | {"name": "risk sheet"}))
    changed = typed | {"asks": ["sharing"], "opened_at": "1"}
    assert browser.post(reverse("paper-form-change", args=[row.pk]), changed).status_code == 302
    assert "A colleague saved this" in words(browser.post(reverse("paper-form-change", args=[row.pk]), typed | {"opened_at": "1"}))
    assert browser.post(reverse("paper-form-remove", args=[row.pk])).url == "/form-audits/"
    assert "Risk sheet" not in words(browser.get("/form-audits/")).replace("‘Risk sheet’ is off the list", "")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"name": ""}, "Enter what the form is called"),
        ({"agency": ""}, "Choose whose form it is"),
        ({"dated_year": "1890"}, "must be 1 January 1990 or later"),
        ({"dated_day": "31", "dated_month": "2"}, "must be a real date"),
        ({"asks": ["everything"]}, "choose one of the answers given"),
    ],
)
def test_what_cannot_be_kept(browser, manager, typed, sentence):
    right = {"name": "Risk sheet", "agency": str(manager.agency_id), **boxes("dated", clock.today())}
    assert sentence in words(browser.post("/form-audits/others/add/", right | typed))


def test_an_agency_looks_after_its_own_and_the_partnership_after_all(signed_in, browser, manager, other_agency):
    theirs = factories.paper_form(by=factories.actor(agency=other_agency))
    whole = factories.paper_form(by=factories.actor(role="administrator", partnership=manager.partnership))
    for row in (theirs, whole):
        html = browser.get(reverse("paper-form", args=[row.pk])).content.decode()
        assert "paper-form-remove" not in html
        assert f"/form-audits/others/{row.pk}/change/" not in html
        assert browser.get(reverse("paper-form-change", args=[row.pk])).status_code == 404
        assert browser.post(reverse("paper-form-remove", args=[row.pk])).status_code == 404
    lead = signed_in(factories.actor(role="clinical-lead", partnership=manager.partnership))
    assert lead.get(reverse("paper-form-change", args=[theirs.pk])).status_code == 200
    abroad = factories.paper_form(by=factories.actor())
    assert lead.get(reverse("paper-form", args=[abroad.pk])).status_code == 404
