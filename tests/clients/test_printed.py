"""Pages about a client on paper: nothing that was said in private, no warning of the banner, nobody who must not know."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse
from lxml import html

from carehub import context
from clients.models import SafeContact
from tests.clients.test_assessing import triaged
from tests.clients.test_risk_plans import begin, save, step

#: What a partner who finds the paper must not read, of somebody who told of violence at home.
SECRET = (
    "Domestic violence now",
    "ever hurt, threatened or controlled",
    "any child at risk of harm",
    "safe ways to reach",
    "safeguarding",
    "A bag is packed",
    "Says that he reads her post",
    "Thornwick",
    "Suicide risk",
)
PAGES = (
    "client",
    "assessments",
    "assessment-show",
    "risk-plan",
    "proposals",
    "client-pathways",
    "client-outcomes",
    "client-sharing",
    "client-contact",
)


def hidden_on_paper() -> set[str]:
    """The classes that print.css takes away."""
    sheet = (Path(settings.BASE_DIR) / "static" / "css" / "print.css").read_text()
    rules = re.findall(r"([^{}]+)\{[^{}]*display: none !important[^{}]*\}", sheet)
    return {each.strip().removeprefix(".") for rule in rules for each in rule.split(",") if re.fullmatch(r"\s*\.[a-z_-]+\s*", each)}


def on_paper(page: str) -> str:
    tree = html.fromstring(page)
    gone = hidden_on_paper()
    assert {"not-printed", "client-banner__risks", "client-banner__secret"} <= gone
    for each in [each for each in tree.iter("*") if set((each.get("class") or "").split()) & gone]:
        each.drop_tree()
    return str(tree.text_content())


@pytest.fixture
def told(keyworker, referred):
    """Violence at home, a child there, a plan for it; he must not know that she comes here. Returns client and assessment."""
    assessment = triaged(keyworker, referred, harm_from_others="now-home", children="11", children_safe="risk", suicide="now")
    with context.acting(keyworker):
        SafeContact.objects.filter(client=referred).update(who_must_not_know="Mr Thornwick")
    steps = [step("suicide"), step("harm-to-others", "Ring the safeguarding lead"), step("harm-from-others", "A bag is packed")]
    save(keyworker, begin(keyworker, referred), steps, agreement="in-part", why="Says that he reads her post")
    return referred, assessment


def test_what_was_said_in_private_is_on_no_paper(signed_in, keyworker, told):
    client, assessment = told
    browser = signed_in(keyworker)
    read = ""
    for name in PAGES:
        page = browser.get(reverse(name, args=[client.pk, assessment.pk] if name == "assessment-show" else [client.pk]))
        assert page.status_code == 200, name
        read += (whole := page.content.decode())
        paper = on_paper(whole)
        assert client.reference in paper, name
        assert [each for each in SECRET if each in paper] == [], name
    assert [each for each in SECRET if each not in read] == [], "the screen shows them, or this test proves nothing"


def test_the_assessment_still_says_on_paper_what_is_the_clients_own(signed_in, keyworker, told):
    client, assessment = told
    browser = signed_in(keyworker)
    paper = on_paper(browser.get(reverse("assessment-show", args=[client.pk, assessment.pk])).content.decode())
    assert "What brings you here" in paper or "What brings" in paper
    assert "Printed without risks" in paper
    paper = on_paper(browser.get(reverse("risk-plan", args=[client.pk])).content.decode())
    assert "Naloxone, and how to use it" in paper


def test_who_must_not_know_stands_in_the_banner_open(signed_in, keyworker, told):
    page = html.fromstring(signed_in(keyworker).get(reverse("assessments", args=[told[0].pk])).content.decode())
    (said,) = page.find_class("client-banner__secret")
    assert "Mr Thornwick" in said.text_content()
    assert not [each for each in said.iterancestors() if each.tag == "details" or each.get("id") == "client-more"]
