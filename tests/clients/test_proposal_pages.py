"""The pages on which is decided about what an assessment proposed, and the lists that say how much there is."""

from datetime import timedelta

import pytest
from django.urls import reverse

from carehub import clock, context
from carehub.templatetags.carehub import uk_date
from clients.models import Proposal
from tests import factories
from tests.clients.answering import everything
from tests.clients.deciding import accepts, fresh, proposed
from tests.clients.test_assessing import begin, save, triaged

pytestmark = pytest.mark.django_db


def answers_on(page) -> dict:
    """What the opened form would send back unchanged."""
    form, data = page.context["form"], {"draft_ticket": page.context["draft_ticket"]}
    for bound in form:
        value = bound.value()
        if hasattr(value, "year"):
            data |= {f"{bound.html_name}_day": value.day, f"{bound.html_name}_month": value.month, f"{bound.html_name}_year": value.year}
        elif value is not None:
            data[bound.html_name] = value
    return data


def test_completing_leads_to_what_is_to_decide(keyworker, referred, signed_in):
    for answers, page in (({"injecting": "P"}, "proposals"), ({"injecting": "N", "alcohol_days": 0}, "client")):
        browser = signed_in(keyworker)
        assessment = save(keyworker, begin(keyworker, referred), everything(**answers))
        address = reverse("assessment-edit", args=[referred.pk, assessment.pk, "check"])
        assert browser.post(address, {"row_version": assessment.row_version})["Location"] == reverse(page, args=[referred.pk])
        with context.acting(keyworker):
            Proposal.objects.open().update(state="declined", reason="done", decided_at=clock.now(), decided_by=keyworker.person)


def test_all_of_it_with_one_save(keyworker, manager, referred, signed_in):
    triaged(keyworker, referred, injecting="P", suicide="plan")
    browser, address = signed_in(keyworker), reverse("proposals", args=[referred.pk])
    found = proposed(keyworker)
    page = browser.get(address)
    test, vaccine, danger = (found[name].pk.hex for name in ("hepatitis-c-test", "hepatitis-b-vaccine", "suicide-today"))
    for proposal in found.values():
        assert proposal.words in page.content.decode()
        assert proposal.source in page.content.decode()
    data = answers_on(page) | {
        f"decision-{test}": "accept",
        f"decision-{vaccine}": "decline",
        f"reason-{vaccine}": "done",
        f"decision-{danger}": "decline",
        f"reason-{danger}": "elsewhere",
        f"words-{danger}": "Already with the crisis team",
        f"told-{danger}": ["crisis-team"],
    }
    assert browser.post(address, data)["Location"] == reverse("client", args=[referred.pk])
    now = {name: each.state for name, each in proposed(keyworker).items()}
    assert (now["hepatitis-c-test"], now["hepatitis-b-vaccine"], now["suicide-today"]) == ("accepted", "declined", "declined")
    page = browser.get(reverse("client", args=[referred.pk])).content.decode()
    assert "For a later day" in page
    assert f"Declined by {keyworker.person.name}" in page
    page = browser.get(address).content.decode()
    assert "It has been done already" in page


def test_what_is_missing_is_said_beside_it_and_nothing_is_decided(keyworker, referred, signed_in):
    triaged(keyworker, referred, injecting="P", suicide="plan")
    browser, address = signed_in(keyworker), reverse("proposals", args=[referred.pk])
    found = proposed(keyworker)
    test, danger = found["hepatitis-c-test"].pk.hex, found["suicide-today"].pk.hex
    data = answers_on(browser.get(address)) | {f"decision-{test}": "decline", f"decision-{danger}": "decline", f"reason-{danger}": "done"}
    page = browser.post(address, data)
    assert page.status_code == 200
    assert page.context["form"].errors.keys() == {f"reason-{test}", f"words-{danger}"}
    assert all(each.is_open for each in proposed(keyworker).values())


def test_what_a_colleague_decided_meanwhile_is_told(keyworker, agency, referred, signed_in):
    triaged(keyworker, referred, injecting="P")
    browser, address = signed_in(keyworker), reverse("proposals", args=[referred.pk])
    one = proposed(keyworker)["hepatitis-c-test"]
    data = answers_on(browser.get(address)) | {f"decision-{one.pk.hex}": "decline", f"reason-{one.pk.hex}": "done"}
    colleague = factories.actor(role="keyworker", agency=agency)
    accepts(colleague, one)
    page = browser.post(address, data, follow=True).content.decode()
    assert f"accepted by {colleague.person.name}" in page
    assert "What you chose was not taken" in page
    assert fresh(keyworker, one).state == "accepted"


def test_the_work_list_says_how_much_is_to_decide(keyworker, manager, a_client, signed_in):
    assessment = factories.assessment(a_client, by=keyworker, state="complete")
    factories.proposal(assessment, by=keyworker)
    factories.proposal(assessment, by=keyworker, trigger="maternity")
    for actor, name in ((keyworker, "caseload"), (manager, "service")):
        page = signed_in(actor).get(reverse(name), {"show": "decide"})
        assert [row.to_decide for row in page.context["rows"]] == [2]
        assert "2 proposals to decide" in page.content.decode()


def test_a_task_given_to_me_stands_on_my_list_though_the_client_is_a_colleagues(keyworker, agency, a_client, signed_in):
    colleague = factories.actor(role="keyworker", agency=agency)
    one = factories.proposal(factories.assessment(a_client, by=keyworker, state="complete"), by=keyworker)
    accepts(keyworker, one, due_on=clock.today(), person=colleague.person)
    assert one.words in signed_in(colleague).get(reverse("caseload")).content.decode()


def test_what_is_for_a_later_day_is_not_before_anything_else(keyworker, a_client, signed_in):
    one = factories.proposal(factories.assessment(a_client, by=keyworker, state="complete"), by=keyworker)
    accepts(keyworker, one, due_on=clock.today() + timedelta(days=2))
    browser = signed_in(keyworker)
    assert one.words not in browser.get(reverse("caseload")).content.decode()
    assert one.words in browser.get(reverse("client", args=[a_client.pk])).content.decode()


@pytest.mark.parametrize(
    ("countersign", "days", "by", "said"),
    [
        (True, 0, 0, "Asked for today."),
        (True, 7, 0, "Asked for on the same day; that was {wanted}: today."),
        (False, 7, 0, "Asked for on the same day; that was {wanted}: today."),
        (False, 30, 7, "Asked for by {wanted}, which has passed: today."),
        (False, 2, 7, "Asked for by {wanted}, in the assessment completed on {made}."),
    ],
)
def test_the_day_counts_from_the_assessment_and_is_never_over(countersign, days, by, said, keyworker, a_client, signed_in):
    assessment = factories.assessment(a_client, by=keyworker, state="complete")
    made = clock.now() - timedelta(days=days)
    wanted = clock.day_of(made) + timedelta(days=by)
    one = factories.proposal(assessment, by=keyworker, countersign=countersign, made_at=made, wanted_by=wanted)
    page = signed_in(keyworker).get(reverse("proposals", args=[a_client.pk]))
    assert said.format(wanted=uk_date(wanted), made=uk_date(made)) in page.content.decode()
    if not countersign:
        day = max(wanted, clock.today())
        assert page.context["form"].initial[f"due_on-{one.pk.hex}"] == day
        assert accepts(keyworker, one).due_on == day


def test_what_is_for_today_stands_in_one_place_and_has_no_preset(keyworker, manager, referred, signed_in):
    triaged(keyworker, referred, injecting="P", suicide="plan")
    found = proposed(keyworker)
    danger, test = found["suicide-today"], found["hepatitis-c-test"]
    browser, address = signed_in(keyworker), reverse("proposals", args=[referred.pk])
    page = browser.get(reverse("client", args=[referred.pk]))
    assert [each.proposal.pk for each in page.context["tasks"] if each.task.kind == "trigger.suicide-today"] == [danger.pk]
    listed = {each.pk for each in page.context["proposals"]}
    assert test.pk in listed
    assert danger.pk not in listed
    assert f"{address}#proposal-{danger.pk.hex}" in page.content.decode()
    data = answers_on(browser.get(address)) | {f"decision-{test.pk.hex}": "accept", f"person-{test.pk.hex}": ""}
    assert f"decision-{danger.pk.hex}" not in data
    page = browser.post(address, data)
    assert page.context["form"].errors.keys() == {f"decision-{danger.pk.hex}"}
    assert browser.post(address, data | {f"decision-{danger.pk.hex}": "later"}).status_code == 302
    assert fresh(keyworker, danger).is_open
    assert fresh(keyworker, test).state == "accepted"


def test_another_agency_that_shares_sees_what_is_for_today_among_the_proposals(keyworker, stranger, referred, signed_in):
    triaged(keyworker, referred, suicide="plan")
    factories.access(referred, agency=stranger.agency, basis="consent")
    page = signed_in(stranger).get(reverse("client", args=[referred.pk]))
    assert "suicide-today" in [each.trigger for each in page.context["proposals"]]


def test_found_again_is_said_where_it_is_decided(keyworker, referred, signed_in):
    triaged(keyworker, referred, suicide="plan")
    triaged(keyworker, referred, suicide="plan")
    browser = signed_in(keyworker)
    assert "Found again" in browser.get(reverse("client", args=[referred.pk])).content.decode()
    assert "Found again in the assessment of" in browser.get(reverse("proposals", args=[referred.pk])).content.decode()
