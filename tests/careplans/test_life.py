"""What befalls a plan: another kind takes its place, it is closed, notes are added, a word becomes a signature, somebody leads."""

from datetime import timedelta

import pytest
from django.urls import reverse

from carehub import clock, context
from carehub.definitions.catalogue import catalogue
from carehub.lifecycle import WrongState
from carehub.models import Document, DocumentCheck, Event, Task
from carehub.rules import Refused
from careplans import content, policies
from careplans.actions import adding, closing, signing, starting
from careplans.actions.agreeing import agree
from careplans.actions.needs import brought_together
from careplans.models import Addendum, CarePlan, PlanVersion, Signature
from careplans.proposals import Proposal
from clients.models import Episode
from tests import factories
from tests.careplans import plans
from tests.careplans.pages import form_of
from tests.careplans.test_signing import a_scan

pytestmark = pytest.mark.django_db

#: What a care plan must say beside goal and review.
AROUND = {
    "if_difficult": "I ring the duty worker.",
    "harm_reduction": "Never alone.",
    "sharing": "My GP may know.",
    "disagreement": "Nothing.",
    "way_back": "I walk in.",
    "aftercare": "The drop-in; Weir House holds it.",
    "residential_need": "Three detoxes at home have not held.",
}
PHARMACY = {"role": "outside", "name": "Corner pharmacy", "contact": "At the counter", "does": "Supervised doses"}


def begin(client, by, kind, **more) -> PlanVersion:
    with context.acting(by):
        return starting.start_plan(episode=Episode.objects.get(client=client), kind=kind, by=by, **more)


def write(version, by, *, texts=None, rows=None, decide="later") -> PlanVersion:
    said = plans.filled(plans.said_of(version, by))
    said.texts |= AROUND if texts is None else texts
    said.rows["involved"]["i"] = dict(PHARMACY)
    for row in said.rows["need"].values():
        row["standing"] = row["standing"] or decide
    for kind, more in (rows or {}).items():
        said.rows[kind] |= more
    plans.save(version, said, by)
    with context.acting(by):
        return PlanVersion.objects.select_related("plan__episode").get(pk=version.pk)


def problems_of(version, by) -> dict[str, str]:
    with context.acting(by):
        return dict(policies.missing_before_agreed(PlanVersion.objects.select_related("plan__episode", "partnership").get(pk=version.pk)))


def sign(version, by, **words) -> PlanVersion:
    with context.acting(by):
        now = agree(version=version, by=by, seen_text=content.of(PlanVersion.objects.get(pk=version.pk)).fingerprint())
        client = now.client
    return plans.signed(client, by, version=now, **words)


@pytest.fixture
def browser(signed_in, keyworker):
    return signed_in(keyworker)


@pytest.fixture
def assessed(keyworker):
    """With a comprehensive assessment in which two areas were scored, one of them a concern."""
    client = plans.triaged(keyworker)
    answers = {"score-mental-health": {"value": 4}, "score-housing": {"value": 2}}
    factories.assessment(client, by=keyworker, form="comprehensive", state="complete", risks=0, answers=answers)
    return client


# --- One kind takes the place of another -------------------------------------------------------------------------------


def test_a_care_plan_goes_on_from_the_initial_one_and_takes_its_place(assessed, keyworker):
    first = sign(write(begin(assessed, keyworker, "initial"), keyworker), keyworker)
    version = begin(assessed, keyworker, "comprehensive")
    said = plans.said_of(version, keyworker)
    assert [goal["client_words"] for goal in said.rows["goal"].values()] == ["I want to sleep through"]
    with context.acting(keyworker):
        assert CarePlan.objects.get(pk=first.plan_id).state == "current"
    version = sign(write(version, keyworker), keyworker)
    with context.acting(keyworker):
        before, now = CarePlan.objects.get(pk=first.plan_id), CarePlan.objects.get(pk=version.plan_id)
        assert (before.state, before.closed_why, before.followed_by_id, before.lead) == ("closed", "followed", now.pk, False)
        assert (now.state, now.lead) == ("current", True)
        old = Document.objects.get(kind="care-plan", subject_id=first.pk).check_entry_id
        assert DocumentCheck.objects.get(pk=old).standing == "superseded"


def test_no_initial_plan_beside_the_one_that_took_its_place(assessed, keyworker):
    sign(write(begin(assessed, keyworker, "comprehensive"), keyworker), keyworker)
    with pytest.raises(Refused, match="takes the place"):
        begin(assessed, keyworker, "initial")


# --- Concerns: now, or later with one click ----------------------------------------------------------------------------


def test_a_concern_waits_for_a_decision_and_lower_scores_stay_for_later(assessed, keyworker):
    version = begin(assessed, keyworker, "comprehensive")
    scored = {row["score"]: row["standing"] for row in plans.said_of(version, keyworker).rows["need"].values() if row["score"]}
    assert scored == {"4": "", "2": "later"}
    assert "Choose now or later." in problems_of(version, keyworker).values()
    assert "Choose now or later." not in problems_of(write(version, keyworker), keyworker).values()


def test_an_initial_plan_asks_for_no_decision(assessed, keyworker):
    version = begin(assessed, keyworker, "initial")
    assert {row["standing"] for row in plans.said_of(version, keyworker).rows["need"].values()} == {"later"}


def test_now_needs_a_goal_about_it(assessed, keyworker):
    version = begin(assessed, keyworker, "comprehensive")
    social = {"words": "Lost her flat", "domain": "social", "standing": "now"}
    found = problems_of(write(version, keyworker, rows={"need": {"n": social}}), keyworker)
    assert list(found.values()) == ["There is no goal about this yet: write one, or choose later."]


def test_the_rest_can_wait_with_one_click(assessed, keyworker, browser):
    version = begin(assessed, keyworker, "comprehensive")
    address = reverse("plan-edit", args=[assessed.pk, version.pk])
    page = browser.get(address)
    assert "1 concern is not decided yet." in page.content.decode()
    browser.post(address, form_of(page, button=("rest", "later")))
    assert {row["standing"] for row in plans.said_of(version, keyworker).rows["need"].values()} == {"later"}


# --- Residential -------------------------------------------------------------------------------------------------------


def test_a_planned_stay_sets_out_the_aftercare_first(assessed, keyworker):
    version = begin(assessed, keyworker, "residential")
    found = problems_of(write(version, keyworker, texts={**AROUND, "admission": "planned", "aftercare": ""}), keyworker)
    assert list(found) == ["aftercare"]


def test_a_crisis_waits_for_nothing_and_starts_the_work_on_the_aftercare(assessed, keyworker):
    version = begin(assessed, keyworker, "residential")
    said = plans.filled(plans.said_of(version, keyworker))
    said.texts["admission"] = "crisis"
    plans.save(version, said, keyworker)
    assert problems_of(version, keyworker) == {}
    with context.acting(keyworker):
        version = PlanVersion.objects.get(pk=version.pk)
    sign(version, keyworker)
    with context.acting(keyworker):
        task = Task.objects.get(kind=signing.AFTERCARE, subject_id=version.pk)
        assert task.due_on == clock.today() + timedelta(days=7)
        assert task.person == keyworker.person


def test_aftercare_is_passed_on_to_somebody(assessed, keyworker):
    version = begin(assessed, keyworker, "aftercare")
    assert "tick it beside their name" in problems_of(write(version, keyworker), keyworker)["involved"]
    passed_on = {**PHARMACY, "receives": "yes"}
    assert problems_of(write(version, keyworker, rows={"involved": {"i": passed_on}}), keyworker) == {}


# --- Who does what -----------------------------------------------------------------------------------------------------


def test_a_service_of_the_partnership_is_chosen_once(triaged, keyworker, agency):
    other = factories.agency(agency.partnership, name="Weir House", telephone="01632 960 301")
    version = begin(triaged, keyworker, "initial")
    rows = {"involved": {"i": {"party_id": str(other.pk), "does": "Groups"}}}
    (row,) = plans.said_of(write(version, keyworker, rows=rows), keyworker).rows["involved"].values()
    assert (row["role"], row["name"], row["contact"]) == ("agency", "Weir House", "01632 960 301")


def test_another_partnerships_service_is_none(triaged, keyworker):
    elsewhere = factories.agency()
    rows = {"involved": {"i": {"party_id": str(elsewhere.pk), "name": "Somewhere", "role": "agency", "does": "Groups"}}}
    (row,) = plans.said_of(write(begin(triaged, keyworker, "initial"), keyworker, rows=rows), keyworker).rows["involved"].values()
    assert row["party_id"] == ""


def test_a_treatment_brings_its_tier(triaged, keyworker):
    version = begin(triaged, keyworker, "initial")
    said = plans.filled(plans.said_of(version, keyworker), intervention="3")
    plans.save(version, said, keyworker)
    (action,) = plans.said_of(version, keyworker).rows["action"].values()
    assert (action["intervention"], action["tier"]) == ("3", "3")


# --- By word, then on paper --------------------------------------------------------------------------------------------


def by_word(client, keyworker, days=7):
    word = plans.word(how="verbal", name="", follow_up_on=clock.today() + timedelta(days=days))
    return plans.signed(client, keyworker, client=word)


def test_a_word_is_followed_up_by_a_signature(triaged, keyworker):
    version = by_word(triaged, keyworker)
    with context.acting(keyworker):
        task = Task.objects.get(kind=signing.TO_BE_SIGNED, subject_id=version.pk)
        assert task.due_on == clock.today() + timedelta(days=7)
        adding.sign_later(version=version, signed_on=clock.today(), scan=None, by=keyworker)
        assert Task.objects.get(pk=task.pk).done_by == keyworker.person
        assert Addendum.objects.get(version=version).kind == "signed-later"
        with pytest.raises(WrongState, match="has signed this version since"):
            adding.sign_later(version=version, signed_on=clock.today(), scan=None, by=keyworker)


@pytest.mark.parametrize("days", [None, 0, -1, 400])
def test_a_word_says_when_it_is_followed_up(days, triaged, keyworker):
    version = plans.agreed(triaged, keyworker)
    day = None if days is None else clock.today() + timedelta(days=days)
    with pytest.raises(Refused) as no:
        plans.signed(triaged, keyworker, version=version, client=plans.word(how="verbal", follow_up_on=day))
    assert list(no.value.fields) == ["client_follow_up_on"]
    with context.acting(keyworker):
        assert not Signature.objects.filter(version=version).exists()


@pytest.mark.parametrize("days", [1, -1])
def test_the_signature_came_between_the_word_and_today(days, triaged, keyworker):
    version = by_word(triaged, keyworker)
    with context.acting(keyworker), pytest.raises(Refused, match="from the day on which they agreed"):
        adding.sign_later(version=version, signed_on=clock.today() + timedelta(days=days), scan=None, by=keyworker)


# --- Notes, the end, the lead ------------------------------------------------------------------------------------------


def test_a_note_changes_nothing_that_was_signed(triaged, keyworker):
    version = plans.signed(triaged, keyworker)
    with context.acting(keyworker):
        before = content.of(PlanVersion.objects.get(pk=version.pk)).fingerprint()
        adding.add_note(version=version, words="  She rang: the appointment moved. ", third_party=False, by=keyworker)
        assert Addendum.objects.get(version=version).words == "She rang: the appointment moved."
        assert content.of(PlanVersion.objects.get(pk=version.pk)).fingerprint() == before == version.agreed_text
        assert Event.objects.filter(verb="plan.note-added").count() == 1


@pytest.mark.parametrize("words", ["", "   ", "x" * (adding.LONGEST + 1)])
def test_a_note_says_something_that_fits(words, triaged, keyworker):
    version = plans.signed(triaged, keyworker)
    with context.acting(keyworker), pytest.raises(Refused) as no:
        adding.add_note(version=version, words=words, third_party=False, by=keyworker)
    assert list(no.value.fields) == ["words"]


def test_a_closed_plan_is_read_and_a_new_one_is_due(triaged, keyworker):
    version = plans.signed(triaged, keyworker)
    with context.acting(keyworker):
        plan = closing.close(plan=CarePlan.objects.get(pk=version.plan_id), why="not-wanted", by=keyworker)
        assert (plan.state, plan.lead) == ("closed", False)
        episode = Episode.objects.get(client=triaged)
        assert (episode.next_due_what, episode.next_due_on) == ("plan", clock.today())
        printed = Document.objects.get(kind="care-plan", subject_id=version.pk).check_entry_id
        assert DocumentCheck.objects.get(pk=printed).standing == "closed"
        assert content.of(PlanVersion.objects.get(pk=version.pk)).rows["goal"]


@pytest.mark.parametrize("why", ["", "followed", "bored"])
def test_a_plan_ends_for_a_reason_of_the_list(why, triaged, keyworker):
    version = plans.signed(triaged, keyworker)
    with context.acting(keyworker), pytest.raises(Refused, match="Choose why"):
        closing.close(plan=CarePlan.objects.get(pk=version.plan_id), why=why, by=keyworker)


def test_a_linked_plan_leads_once_nobody_does(triaged, keyworker, agency):
    lead = plans.signed(triaged, keyworker)
    other = factories.actor(agency=factories.agency(agency.partnership))
    factories.access(triaged, agency=other.agency, basis="consent")
    with factories.loading(triaged.partnership_id):
        factories.episode_of(triaged, other.agency, keyworker=other, state="triage")
    factories.assessment(triaged, by=other, state="complete", risks=0, answers=plans.ANSWERS)
    linked = plans.begun(triaged, other)
    with context.acting(other), pytest.raises(Refused, match="Another plan leads"):
        closing.lead(plan=CarePlan.objects.get(pk=linked.plan_id), by=other)
    with context.acting(keyworker):
        closing.close(plan=CarePlan.objects.get(pk=lead.plan_id), why="other-service", by=keyworker)
    with context.acting(other):
        assert closing.lead(plan=CarePlan.objects.get(pk=linked.plan_id), by=other).lead


# --- After a break -----------------------------------------------------------------------------------------------------


def test_a_new_stay_begins_from_the_last_plan(triaged, keyworker, browser):
    before = plans.signed(triaged, keyworker)
    with factories.loading(triaged.partnership_id):
        Episode.objects.filter(client=triaged).update(
            state="discharged", discharged_on=clock.today(), discharge_reason="5", ending="neutral", next_due_what="", next_due_on=None
        )
        again = factories.episode_of(triaged, keyworker.agency, keyworker=keyworker, state="triage")
    factories.assessment(triaged, by=keyworker, state="complete", risks=0, answers=plans.ANSWERS, episode=again)
    with context.acting(keyworker):
        closing.close(plan=CarePlan.objects.get(pk=before.plan_id), why="treatment-ended", by=keyworker)
        stay = Episode.objects.exclude(state="discharged").get(client=triaged)
    offered = browser.get(reverse("plan-start", args=[triaged.pk])).content.decode()
    assert all(f'name="before" value="{answer}"' in offered for answer in (before.pk, "anew"))
    with context.acting(keyworker):
        assert list(policies.earlier_versions(stay, keyworker)) == [before]
        version = starting.start_plan(episode=stay, kind="initial", by=keyworker, again=before)
        said = content.of(PlanVersion.objects.get(pk=version.pk))
        assert [goal["client_words"] for goal in said.rows["goal"].values()] == ["I want to sleep through"]
        assert said.texts["disagreement"] == ""


def test_an_area_that_was_scored_again_has_one_need():
    """What is worked on now stays so; what waits is decided anew, as the kind of plan has it."""
    now = {"domain": "health", "area": "mental-health", "score": "2", "words": "Mental health: as it was", "standing": "now"}
    waits = now | {"area": "housing", "domain": "social", "words": "Housing: as it was", "standing": "later"}
    found = [Proposal("health", "mental-health", "Mental health: worse", 4), Proposal("social", "housing", "Housing: worse", 4)]
    found += [Proposal("social", "employment-and-benefits", "Work: none", 3)]
    changed, new = brought_together({"m": now, "h": waits}, found, catalogue().plan_kinds().kind("comprehensive"))
    assert changed == {
        "m": {"words": "Mental health: worse", "score": "4"},
        "h": {"words": "Housing: worse", "score": "4", "standing": ""},
    }
    assert [each.area for each in new] == ["employment-and-benefits"]


# --- The pages ---------------------------------------------------------------------------------------------------------


def test_the_sheet_that_came_later_is_opened_from_the_plan(triaged, keyworker, browser, stranger, signed_in):
    version = by_word(triaged, keyworker)
    show, scan = (reverse(page, args=[triaged.pk, version.pk]) for page in ("plan-show", "plan-scan-later"))
    assert browser.get(scan).status_code == 404
    with context.acting(keyworker):
        adding.sign_later(version=version, signed_on=clock.today(), scan=a_scan(), by=keyworker)
    assert scan in browser.get(show).content.decode()
    answer = browser.get(scan)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")
    assert signed_in(stranger).get(scan).status_code == 404
    with context.acting(keyworker):
        assert Event.objects.filter(verb="scan.opened").count() == 1


def test_the_pages_beside_the_text(triaged, keyworker, browser):
    version = by_word(triaged, keyworker)

    def at(page):
        return reverse(page, args=[triaged.pk, version.pk])

    for page in ("plan-show", "client"):
        assert "Still to sign" in browser.get(reverse(page, args=[triaged.pk, version.pk][: 1 + (page != "client")])).content.decode()
    assert "first version" in browser.get(at("plan-changes")).content.decode()
    assert browser.post(at("plan-note"), {"words": "The appointment moved."}).url == at("plan-show")
    day = clock.today()
    signed_on = {"signed_on_0": day.day, "signed_on_1": day.month, "signed_on_2": day.year}
    names = [each for each in browser.get(at("plan-signed-later")).content.decode().split('name="') if each.startswith("signed_on")]
    fields = {each.split('"')[0]: value for each, value in zip(names, signed_on.values(), strict=True)}
    assert browser.post(at("plan-signed-later"), fields).url == at("plan-show")
    page = browser.get(at("plan-show")).content.decode()
    assert "The appointment moved." in page
    assert "The client signed." in page
    assert "Signed since" in page
    assert "Still to sign" not in page
    assert "govuk-error-message" in browser.post(at("plan-close"), {}).content.decode()
    assert browser.post(at("plan-close"), {"why": "not-wanted"}).url == at("plan-show")
    assert "The client does not want a plan any more" in browser.get(at("plan-show")).content.decode()
    assert browser.get(at("plan-close")).url == at("plan-show")
