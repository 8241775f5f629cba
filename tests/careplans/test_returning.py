"""A manager returns a plan, to be mended now or at the next review; whoever mends it says how."""

import pytest
from django.urls import reverse

from carehub import context
from carehub.actors import NotAllowed
from carehub.lifecycle import WrongState
from carehub.models import Event, Notice
from carehub.rules import Refused
from careplans import policies
from careplans.actions import agreeing, revising
from careplans.actions.returning import RETURNED, RETURNED_FOR_REVIEW, mend, return_version
from careplans.models import PlanReturn
from careplans.policies.returning import LONGEST
from tests import factories
from tests.careplans import plans
from tests.careplans.pages import texts

NOW, AT_REVIEW = PlanReturn.Mend.NOW.value, PlanReturn.Mend.AT_REVIEW.value


def returned(version, by, mend=NOW, words="Name the GP."):
    with context.acting(by):
        return return_version(version=version, mend=mend, words=words, by=by)


def mended(found, by, words="The GP is named."):
    with context.acting(by):
        return mend(returned=found, words=words, by=by)


@pytest.fixture
def agreed(triaged, keyworker):
    return plans.agreed(triaged, keyworker)


def test_an_agreed_version_is_signed_once_it_is_mended(agreed, triaged, keyworker, manager):
    found = returned(agreed, manager)
    with pytest.raises(Refused, match=f"{manager.person.name} returned this version, to be mended first"):
        plans.signed(triaged, keyworker, version=agreed)
    mended(found, keyworker)
    assert plans.signed(triaged, keyworker, version=agreed).state == "signed"


def test_what_waits_for_the_review_keeps_nobody_from_signing(agreed, triaged, keyworker, manager):
    returned(agreed, manager, AT_REVIEW)
    assert plans.signed(triaged, keyworker, version=agreed).state == "signed"


def test_opened_again_and_agreed_it_still_waits_for_the_word_how(agreed, keyworker, manager):
    returned(agreed, manager)
    with context.acting(keyworker):
        draft = agreeing.reopen(version=agreed, by=keyworker)
        again = agreeing.agree(version=draft, by=keyworker, seen_text=plans.content.of(draft).fingerprint())
        assert "to be mended first" in policies.why_not(policies.check_sign, again, keyworker)


@pytest.mark.parametrize(("mend", "kind"), [(NOW, RETURNED), (AT_REVIEW, RETURNED_FOR_REVIEW)])
def test_the_keyworker_is_told_once_and_the_notice_says_when_it_is_mended(agreed, keyworker, manager, signed_in, mend, kind):
    found = returned(agreed, manager, mend)
    with context.acting(keyworker):
        assert list(Notice.objects.visible_to(keyworker).values_list("kind", "subject_id")) == [(kind, found.pk)]
    browser = signed_in(keyworker)
    (row,) = browser.get(reverse("notices")).context["rows"]
    assert ("returned on" in row["words"], row["stands"].look) == (True, "returned")
    mended(found, keyworker)
    (row,) = browser.get(reverse("notices")).context["rows"]
    assert row["stands"].look == "done"
    assert row["stands"].words.startswith(keyworker.person.name)


def test_the_same_words_twice_are_one_return(agreed, manager):
    returned(agreed, manager)
    with pytest.raises(Refused, match="already in the same words"):
        returned(agreed, manager)
    returned(agreed, manager, words="And the dentist.")


@pytest.mark.parametrize(
    ("mend", "words", "field"), [("some-day", "Name the GP.", "mend"), (NOW, "  ", "words"), (NOW, "x" * 1001, "words")]
)
def test_what_is_not_said_well_is_not_returned(agreed, manager, mend, words, field):
    with pytest.raises(Refused) as no:
        returned(agreed, manager, mend, words)
    assert list(no.value.fields) == [field]
    with context.acting(manager):
        assert not PlanReturn.objects.exists()
    returned(agreed, manager, words="x" * LONGEST)


def test_nobody_returns_what_they_agreed_themselves(triaged, manager):
    version = plans.agreed(triaged, manager)
    with pytest.raises(NotAllowed, match="You agreed this version yourself"):
        returned(version, manager)


def test_an_earlier_version_is_not_returned(triaged, keyworker, manager):
    first = plans.signed(triaged, keyworker)
    with context.acting(keyworker):
        draft = revising.start_revision(plan=first.plan, by=keyworker)
    with pytest.raises(WrongState, match="still being written"):
        returned(draft, manager)
    said = plans.said_of(draft, keyworker)
    for action in said.rows["action"].values():
        action["by_when"] = plans.soon()
    said.texts["next_review_on"] = plans.soon(20)
    draft = plans.save(draft, said, keyworker)
    with context.acting(keyworker):
        second = agreeing.agree(version=draft, by=keyworker, seen_text=plans.content.of(draft).fingerprint())
    plans.signed(triaged, keyworker, version=second)
    with pytest.raises(WrongState, match="earlier version"):
        returned(first, manager)


def test_it_is_mended_once_and_not_by_whoever_returned_it(agreed, triaged, keyworker, manager, stranger):
    found = returned(agreed, manager)
    with pytest.raises(NotAllowed, match="You returned it yourself"):
        mended(found, manager)
    with pytest.raises(Refused, match="Say how"):
        mended(found, keyworker, " ")
    with pytest.raises(PlanReturn.DoesNotExist):
        mended(found, stranger)
    factories.access(triaged, agency=stranger.agency, basis="consent")
    with pytest.raises(NotAllowed, match="Another agency"):
        mended(found, stranger)
    mended(found, keyworker)
    with pytest.raises(WrongState, match="already how"):
        mended(found, factories.actor(agency=keyworker.agency))


def test_the_pages_of_the_plan_say_it_to_the_agency_and_to_nobody_else(triaged, keyworker, manager, stranger, signed_in):
    version = plans.signed(triaged, keyworker)
    here, managing = reverse("plan-show", args=[triaged.pk, version.pk]), signed_in(manager)
    assert texts(managing.get(here), "//a[normalize-space()='Return it']")
    answer = managing.post(
        reverse("plan-return", args=[triaged.pk, version.pk]), {"words": "The dentist <moved>.", "mend": AT_REVIEW}, follow=True
    )
    assert "Returned. The keyworker is told." in answer.content.decode()
    factories.access(triaged, agency=stranger.agency, basis="consent")
    assert "The dentist" not in signed_in(stranger).get(here).content.decode()
    browser = signed_in(keyworker)
    with context.acting(keyworker):
        draft = revising.start_revision(plan=version.plan, by=keyworker)
    for page in (here, reverse("plan-edit", args=[triaged.pk, draft.pk])):
        answer = browser.get(page).content.decode()
        assert "to mend at the next review" in answer
        assert "The dentist &lt;moved&gt;." in answer
    with context.acting(keyworker):
        found = PlanReturn.objects.get()
    answer = browser.post(reverse("plan-mended", args=[triaged.pk, found.pk]), {"words": "The new address stands there."}, follow=True)
    assert "On record: it is mended." in answer.content.decode()
    assert "to mend at the next review" not in answer.content.decode()
    assert "The new address stands there." in browser.get(here).content.decode()


def test_a_second_word_how_it_was_mended_is_told_that_somebody_was_first(agreed, keyworker, manager, signed_in):
    found = returned(agreed, manager)
    mended(found, keyworker)
    page = reverse("plan-mended", args=[agreed.client_id, found.pk])
    answer = signed_in(keyworker).post(page, {"words": "Once more"}, follow=True)
    assert "Somebody has said already how" in answer.content.decode()
    with context.acting(keyworker):
        assert PlanReturn.objects.get().mended_words == "The GP is named."


def test_both_are_on_record(agreed, keyworker, manager):
    mended(returned(agreed, manager), keyworker)
    with factories.loading(agreed.partnership_id):
        told = Event.objects.filter(clients__client_id=agreed.client_id, subject_id=PlanReturn.objects.get().pk)
        assert sorted(told.values_list("verb", flat=True)) == ["plan.mended", "plan.returned"]
