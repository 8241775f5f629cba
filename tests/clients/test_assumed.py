"""Pregnancy is asked of everybody who may be pregnant: whoever is recorded as male need not answer, and can."""

import pytest
from django.urls import reverse

from carehub import clock, context
from clients.actions.assessing import start_correction
from clients.models import Assessment, Proposal
from clients.policies.records import Incomplete
from tests import factories
from tests.careplans.pages import form_of
from tests.clients.answering import everything, triage
from tests.clients.test_assessing import begin, complete, save

pytestmark = pytest.mark.django_db

ASSUMED = {"none": "not-applicable", "why": "recorded as male"}
UNASKED = {name: answer for name, answer in everything().items() if name != "pregnant"}


def draft_of(keyworker, sex: str, answers=UNASKED) -> Assessment:
    client = factories.client_of(keyworker.agency, keyworker=keyworker, state="referral", next_due=("triage", clock.today()), sex=sex)
    return save(keyworker, begin(keyworker, client), answers)


@pytest.mark.parametrize("sex", ["F", "Z"])
def test_of_whoever_is_not_recorded_as_male_it_is_a_key_question(keyworker, sex):
    with pytest.raises(Incomplete) as lacking:
        complete(keyworker, draft_of(keyworker, sex))
    assert list(lacking.value.fields) == ["pregnant"]


def test_of_a_man_it_costs_no_click_and_the_record_says_why(keyworker, signed_in):
    draft, browser = draft_of(keyworker, "M"), signed_in(keyworker)
    address = reverse("assessment-edit", args=[draft.client_id, draft.pk])
    check = f"{address}check/"
    assert browser.get(address, follow=True).redirect_chain[-1][0] == check, "nothing is left to answer"
    page = browser.get(check)
    assert page.context["missing"] == []
    assert [each.not_known for each in page.context["says"].indications] == [()] * 6
    done = complete(keyworker, draft)
    assert done.answers["pregnant"] == ASSUMED
    assert "recorded as male" in browser.get(reverse("assessment-show", args=[done.client_id, done.pk])).content.decode()
    # Open again in a correction, whose section is saved as it stands.
    with context.acting(keyworker):
        one = start_correction(by=keyworker, client_id=done.client_id, assessment=done, why="A wrong click.")
    section = reverse("assessment-edit", args=[one.client_id, one.pk, triage().section_of("pregnant").id])
    assert browser.post(section, form_of(browser.get(section))).status_code == 302
    with context.acting(keyworker):
        again = Assessment.objects.get(pk=one.pk)
    assert "pregnant" not in again.answers
    assert complete(keyworker, again).answers["pregnant"] == ASSUMED


def test_a_man_can_be_pregnant_and_is_asked_again_from_then_on(keyworker):
    first = complete(keyworker, draft_of(keyworker, "M", everything(pregnant="yes")))
    with context.acting(keyworker):
        assert Proposal.objects.filter(trigger="maternity").exists()
    with pytest.raises(Incomplete) as lacking:
        complete(keyworker, save(keyworker, begin(keyworker, first.client), UNASKED))
    assert list(lacking.value.fields) == ["pregnant"]
