"""Assessments on a partnership's editions of a form: each is asked and shown on the one that it was begun on."""

from collections.abc import Iterator

import pypdfium2
import pytest
from django.urls import reverse

from carehub import blank_forms, context, form_editions, jobs
from carehub.actions import editions as actions
from carehub.definitions.catalogue import catalogue
from carehub.definitions.fingerprint import fingerprint
from carehub.models import Job
from clients.assessed.recorded import earlier_answers, form_of
from clients.models import Assessment
from tests import factories
from tests.clients.answering import everything
from tests.clients.test_assessing import begin, complete, save

TEETH = "local-triage-how-are-your-teeth"


@pytest.fixture
def administrator(agency):
    return factories.actor(role="administrator", agency=agency)


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    form_editions._kept.clear()
    yield
    form_editions._kept.clear()


def now(by):
    return form_editions.working(by.partnership_id, "triage")


def published(by, *, choices=("Good", "Bad"), **said):
    """Edition 1: how are your teeth?"""
    with context.acting(by):
        actions.add_question(by=by, form="triage", section="health", text="How are your teeth?", kind="one-of", choices=choices, **said)
        return publish(by)


def publish(by):
    with context.acting(by):
        return actions.publish(by=by, form="triage", opened_at=now(by).opened_at)


def retired(by, question: str = TEETH):
    with context.acting(by):
        actions.retire(by=by, form="triage", question=question, opened_at=now(by).opened_at)
    return publish(by)


def asked_of(assessment, by):
    with context.acting(by):
        return form_of(assessment)


def triaged(by, client, **answers) -> Assessment:
    draft = begin(by, client)
    return complete(by, save(by, draft, everything(asked_of(draft, by), **answers)))


def test_it_keeps_the_edition_that_it_was_begun_on(keyworker, referred, administrator):
    plain = begin(keyworker, referred)
    assert plain.form_edition == 0
    published(administrator)
    assert not asked_of(plain, keyworker).has(TEETH)
    other = factories.client_of(keyworker.agency, keyworker=keyworker, state="referral")
    assessment = begin(keyworker, other)
    assert assessment.form_edition == 1
    assert asked_of(assessment, keyworker).has(TEETH)
    assert assessment.form_fingerprint == fingerprint(asked_of(assessment, keyworker))


def test_a_draft_stays_on_its_edition_and_is_completed_on_it(keyworker, referred, administrator):
    published(administrator, mandatory=True)
    draft = begin(keyworker, referred)
    retired(administrator)
    assert asked_of(draft, keyworker).has(TEETH)
    answers = everything(asked_of(draft, keyworker), **{TEETH: "Bad"})
    assessment = complete(keyworker, save(keyworker, draft, answers))
    assert assessment.form_edition == 1
    assert assessment.answers[TEETH] == {"value": "Bad"}


def test_after_the_next_edition_it_is_shown_as_it_was_asked(signed_in, keyworker, referred, administrator):
    published(administrator)
    assessment = triaged(keyworker, referred, **{TEETH: "Bad"})
    with context.acting(administrator):
        actions.reword(by=administrator, form="triage", question="suicide", opened_at=0, text="Mine?", hint="")
    retired(administrator)
    html = signed_in(keyworker).get(reverse("assessment-show", args=[referred.pk, assessment.pk])).content.decode()
    assert "How are your teeth?" in html
    assert "Bad" in html
    assert catalogue().form("triage").question("suicide").text in html
    assert "Mine?" not in html
    assert "has been changed" not in html, "its fingerprint still agrees"


def test_the_question_is_asked_on_the_page_and_typed_in(signed_in, keyworker, referred, administrator):
    published(administrator)
    draft = begin(keyworker, referred)
    browser = signed_in(keyworker)
    address = reverse("assessment-edit", args=[referred.pk, draft.pk, "health"])
    assert "How are your teeth?" in browser.get(address).content.decode()
    browser.post(address, {TEETH: "Good", "asked__": TEETH, "opened": "{}"})
    draft.refresh_from_db()
    assert draft.answers == {TEETH: {"value": "Good"}}


def test_answers_are_copied_from_edition_to_edition_where_they_fit(keyworker, referred, administrator):
    published(administrator)
    with context.acting(administrator):
        actions.add_question(by=administrator, form="triage", section="health", text="Gums?", kind="yes-no")
    publish(administrator)
    triaged(keyworker, referred, **{TEETH: "Bad", "local-triage-gums": "yes"})
    with context.acting(administrator):
        # 'Bad' is no answer any more; the gums stay.
        actions.change_question(
            by=administrator, form="triage", question=TEETH, opened_at=now(administrator).opened_at, choices=("Good", "Hurting")
        )
    publish(administrator)
    again = begin(keyworker, referred)
    assert again.form_edition == 3
    with context.acting(keyworker):
        last = earlier_answers(by=keyworker, assessment=again, form=form_of(again))
    assert TEETH not in last
    assert last["local-triage-gums"]["value"] == "yes"
    assert last["overdose"]["value"] == "never"


def test_what_was_given_in_private_is_kept_off_the_clients_page(signed_in, keyworker, referred, administrator):
    published(administrator, third_party=True)
    assessment = triaged(keyworker, referred, **{TEETH: "Bad"})
    form = asked_of(assessment, keyworker)
    from carehub.definitions.show import show

    assert "How are your teeth?" not in str(show(form, assessment.answers, for_client=True))
    assert "How are your teeth?" in str(show(form, assessment.answers))


def test_whoever_publishes_is_told_how_many_stay_behind(signed_in, keyworker, referred, administrator):
    begin(keyworker, referred)
    elsewhere = factories.actor()
    begin(elsewhere, factories.client_of(elsewhere.agency, keyworker=elsewhere, state="referral"))
    with context.acting(administrator):
        actions.reword(by=administrator, form="triage", question="suicide", opened_at=0, text="Mine?", hint="")
        assert form_editions.open_on_others(now(administrator).laid) == 1
    html = signed_in(administrator).get(reverse("form-publish", args=["triage"])).content.decode()
    assert "1 assessment is open on what is asked now. It stays on it." in html
    assert referred.reference not in html


def test_the_paper_asks_it_too(signed_in, keyworker, administrator):
    published(administrator)
    browser, address = signed_in(keyworker), reverse("form-paper", args=["triage"])
    assert "is being made" in browser.get(address).content.decode()
    job = Job.objects.get(kind=blank_forms.KIND)
    assert jobs.do_job(str(job.pk)) == "done", "the worker acts for whoever asked, and so finds the edition"
    with pypdfium2.PdfDocument(browser.get(address).content) as document:
        text = " ".join(page.get_textpage().get_text_range() for page in document)
    assert "How are your teeth?" in text
    assert "edition 1" in text


def test_another_partnership_is_asked_nothing_of_ours(administrator):
    published(administrator)
    elsewhere = factories.actor()
    draft = begin(elsewhere, factories.client_of(elsewhere.agency, keyworker=elsewhere, state="referral"))
    assert draft.form_edition == 0
    assert not asked_of(draft, elsewhere).has(TEETH)
