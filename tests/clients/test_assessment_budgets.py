"""What a whole comprehensive assessment asks of the database: saved with 15 queries at most, opened with 12; 500 questions still fine."""

import time
from pathlib import Path

import pytest
from django.urls import reverse

from carehub import clock, context
from carehub.definitions import typed
from carehub.definitions.answers import complete
from carehub.definitions.catalogue import catalogue
from carehub.definitions.fields import build
from carehub.definitions.forward import Stamp, last_answers
from carehub.definitions.show import show
from clients.models import Assessment
from clients.policies.records import still_missing
from tests.carehub.definitions.writing import HEAD, load, question
from tests.clients.answering import as_post, everything
from tests.clients.test_assessing import begin, save, triaged
from tests.clients.test_assessing import complete as completed
from tests.queries import at_most


@pytest.fixture
def comprehensive():
    return catalogue().form("comprehensive")


@pytest.fixture
def filled(keyworker, referred, comprehensive):
    """Every section that a keyworker answers, filled in; still a draft."""
    triaged(keyworker, referred)
    mine = {each.id for section in comprehensive.sections if not section.competence for each in section.questions}
    answers = {name: answer for name, answer in everything(comprehensive).items() if name in mine}
    assessment = save(keyworker, begin(keyworker, referred, form="comprehensive"), answers)
    assert still_missing(comprehensive, assessment.answers) == []
    return assessment


def test_a_section_is_saved_with_15_queries(signed_in, keyworker, filled, comprehensive):
    browser = signed_in(keyworker)
    section = next(each.id for each in comprehensive.sections[2:] if not each.competence)
    changed = everything(comprehensive, **{})
    data = as_post(comprehensive, section, changed) | {"opened": ""}
    with at_most(15):
        answer = browser.post(reverse("assessment-edit", args=[filled.client_id, filled.pk, section]), data)
    assert answer.status_code in (200, 302)


def test_a_section_is_opened_with_12_queries(signed_in, keyworker, filled, comprehensive):
    browser = signed_in(keyworker)
    for section in comprehensive.sections:
        with at_most(12):
            assert browser.get(reverse("assessment-edit", args=[filled.client_id, filled.pk, section.id])).status_code == 200


def test_it_is_completed_with_15_queries(signed_in, keyworker, filled):
    browser = signed_in(keyworker)
    address = reverse("assessment-edit", args=[filled.client_id, filled.pk, "check"])
    with at_most(15):
        answer = browser.post(address, {"row_version": filled.row_version})
    assert answer.status_code == 302
    with context.acting(keyworker):
        assert Assessment.objects.visible_to(keyworker).get(pk=filled.pk).state == "complete"


def test_the_completed_one_and_the_page_of_all_are_opened_with_12_queries(signed_in, keyworker, filled):
    done = completed(keyworker, filled)
    browser = signed_in(keyworker)
    for address in (reverse("assessment-show", args=[done.client_id, done.pk]), reverse("assessments", args=[done.client_id])):
        with at_most(12):
            assert browser.get(address).status_code == 200


def test_500_questions(tmp_path: Path, report):
    """From what is typed to what is shown, in one go: drafts of such a form are read with each automatic save."""
    sections = "".join(
        f'\n[[section]]\nid = "s{number}"\ntitle = "Section {number}"\n'
        + "".join(
            question(f"q{number}-{place}", "text", mandatory=True)
            if place % 2
            else question(f"q{number}-{place}", "yes-no", **({"shown_if": {"question": f"q{number}-0", "is": "yes"}} if place else {}))
            for place in range(25)
        )
        for number in range(20)
    )
    form = load(tmp_path, HEAD + sections).form("local")
    assert len(form.questions) == 500
    draft = {each.id: ["Words" if each.kind == "text" else "yes"] for each in form.questions}
    began = time.process_time()
    page = build(form, section="s3", draft=draft)
    answers = complete(form, page.answers)
    assert len(answers) == 500
    assert typed.read(form, typed.from_answers(form, answers)).answers == answers
    stamp = Stamp(clock.today(), "Sam Field")
    assert len(last_answers(form, answers, stamp)) == 500
    assert sum(len(section.rows) for section in show(form, answers, stamp=stamp)) == 500
    took = time.process_time() - began
    report(f"500 questions: one section built, all read, completed, copied forward and shown in {took * 1000:.0f} ms of processor time")
    assert took < 2
