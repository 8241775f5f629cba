"""What keeps a plan from being agreed, each beside its field; who may take which step, and from where."""

from datetime import timedelta

import pytest

from carehub import clock, context
from carehub.actors import NotAllowed
from carehub.definitions.catalogue import catalogue
from carehub.lifecycle import WrongState
from carehub.permissions import ROLES
from carehub.rules import Refused
from careplans import policies
from careplans.actions import adding, agreeing, asking, closing, putting_off, returning, revising, signing, starting, writing
from careplans.models import PLAN_LIFECYCLE, CarePlan, PlanVersion
from clients.models import Episode
from tests import factories
from tests.careplans import plans


@pytest.fixture
def draft(triaged, keyworker):
    return plans.begun(triaged, keyworker)


def missing(version, by, said=None) -> dict[str, str]:
    """Field → sentence."""
    with context.acting(by):
        now = PlanVersion.objects.select_related("plan__episode", "partnership").get(pk=version.pk)
        return dict(policies.missing_before_agreed(now, said))


def saved(draft, keyworker, said) -> dict[str, str]:
    """Written down as a draft, whatever it is, and then looked at: what stands in the tables is what is missing."""
    version = plans.save(draft, said, keyworker)
    found = missing(version, keyworker)
    assert found.keys() == {own(version, address) for address in missing(version, keyworker, said)}
    return {named(version, address): sentence for address, sentence in found.items()}


def own(version, address: str) -> str:
    for key in ("g", "a", "n", "r"):
        address = address.replace(f".{key}.", f".{plans.content.own_key(version.pk, key)}.")
    return address


def named(version, address: str) -> str:
    for key in ("g", "a", "n", "r"):
        address = address.replace(plans.content.own_key(version.pk, key), key)
    return address


def test_a_plan_with_a_goal_and_an_action_lacks_nothing(draft, keyworker):
    assert saved(draft, keyworker, plans.filled(plans.said_of(draft, keyworker))) == {}


def test_an_empty_plan_lacks_a_goal(draft, keyworker):
    assert missing(draft, keyworker) == {"goal": "Write down at least one goal, in the client’s own words."}


@pytest.mark.parametrize(
    ("field", "text", "address", "sentence"),
    [
        ("what", "", "action.a.what", "Say what will be done."),
        ("what", "x" * 501, "action.a.what", "500 characters"),
        ("who", "", "action.a.who", "Choose who does it."),
        ("who", "the-cat", "action.a.who", "one of the answers given"),
        ("who", "agency", "action.a.who_name", "Say their name."),
        ("by_when", "", "action.a.by_when", "Say by when."),
        ("by_when", "31\n2\n2027", "action.a.by_when", "must be a real date"),
        ("by_when", "\n2\n2027", "action.a.by_when", "must include a day"),
        ("by_when", "1\n2\n27", "action.a.by_when", "year must have 4 numbers"),
        ("by_when", "soon\n\n", "action.a.by_when", "must include"),
    ],
)
def test_an_action_that_is_not_finished_is_kept_and_said_beside_its_field(draft, keyworker, field, text, address, sentence):
    said = plans.filled(plans.said_of(draft, keyworker), **{field: text})
    found = saved(draft, keyworker, said)
    assert list(found) == [address]
    assert sentence in found[address]
    kept = plans.said_of(draft, keyworker).rows["action"][plans.content.own_key(draft.pk, "a")]
    assert kept[field] == text


def test_an_action_in_the_past(draft, keyworker):
    found = saved(draft, keyworker, plans.filled(plans.said_of(draft, keyworker), by_when=plans.soon(-1)))
    assert found == {"action.a.by_when": "‘By when’ must be today or in the future"}


def test_an_action_that_is_to_be_done_today(draft, keyworker):
    assert saved(draft, keyworker, plans.filled(plans.said_of(draft, keyworker), by_when=plans.soon(0))) == {}


def test_a_goal_without_an_action(draft, keyworker):
    said = plans.filled(plans.said_of(draft, keyworker))
    del said.rows["action"]["a"]
    assert list(saved(draft, keyworker, said)) == ["goal.g.actions"]


def test_a_goal_in_nobodys_words_and_about_nothing(draft, keyworker):
    said = plans.filled(plans.said_of(draft, keyworker), words="")
    said.rows["goal"]["g"]["domain"] = "weather"
    assert set(saved(draft, keyworker, said)) == {"goal.g.client_words", "goal.g.domain"}


@pytest.mark.parametrize(
    ("days", "sentence"),
    [(-1, "must be in the future"), (0, "must be in the future"), (29, "or earlier"), (4000, "or earlier")],
)
def test_a_review_in_the_past_or_too_far_off(draft, keyworker, days, sentence):
    said = plans.filled(plans.said_of(draft, keyworker))
    said.texts["next_review_on"] = plans.soon(days)
    found = saved(draft, keyworker, said)
    assert list(found) == ["next_review_on"]
    assert sentence in found["next_review_on"]


@pytest.mark.parametrize(("text", "sentence"), [("", "Set the day"), ("30\n2\n2027", "real date"), ("1\nFoo\n2027", "the month must be")])
def test_a_review_on_no_day(draft, keyworker, text, sentence):
    said = plans.filled(plans.said_of(draft, keyworker))
    said.texts["next_review_on"] = text
    assert sentence in saved(draft, keyworker, said)["next_review_on"]


def test_the_last_day_of_the_kinds_rule_is_taken(draft, keyworker):
    said = plans.filled(plans.said_of(draft, keyworker))
    rule = catalogue().plan_kinds().kind("initial").review
    said.texts["next_review_on"] = rule.interval(reviewed_before=False).after(clock.today()).isoformat()
    assert saved(draft, keyworker, said) == {}


def test_a_partnerships_own_shorter_interval_counts(draft, keyworker):
    keyworker.partnership.local_settings = {"initial_review_weeks": 2}
    keyworker.partnership.save()
    said = plans.filled(plans.said_of(draft, keyworker))
    said.texts["next_review_on"] = plans.soon(15)
    assert "or earlier" in saved(draft, keyworker, said)["next_review_on"]


def test_a_longer_one_does_not(draft, keyworker):
    keyworker.partnership.local_settings = {"initial_review_weeks": 20}
    keyworker.partnership.save()
    said = plans.filled(plans.said_of(draft, keyworker))
    said.texts["next_review_on"] = plans.soon(29)
    assert "or earlier" in saved(draft, keyworker, said)["next_review_on"]


@pytest.mark.parametrize("risk", ["low", "medium", "high"])
def test_a_risk_that_was_found_asks_for_a_step(draft, keyworker, risk):
    with factories.loading(draft.partnership_id):
        Episode.objects.filter(client_id=draft.client_id).update(risk=risk)
    said = plans.filled(plans.said_of(draft, keyworker))
    assert list(saved(draft, keyworker, said)) == ["risk"]
    said = plans.said_of(draft, keyworker)
    said.rows["risk"]["r"] = {"area": "substance", "what": "Carry naloxone", "who_name": "", "by_when": plans.soon(-3)}
    assert set(saved(draft, keyworker, said)) == {"risk.r.who_name", "risk.r.by_when"}


def test_nobody_is_the_keyworker(draft, keyworker):
    with factories.loading(draft.partnership_id):
        Episode.objects.filter(client_id=draft.client_id).update(keyworker=None)
    assert "keyworker" in missing(draft, keyworker, plans.filled(plans.said_of(draft, keyworker)))


def test_a_need_that_was_said_here(draft, keyworker):
    said = plans.filled(plans.said_of(draft, keyworker))
    said.rows["need"]["n"] = {"words": "Teeth " * 60, "domain": ""}
    assert set(saved(draft, keyworker, said)) == {"need.n.domain", "need.n.words"}


# --- Starting -----------------------------------------------------------------------------------------------------------------


def start(client, by, kind="initial"):
    with context.acting(by):
        return starting.start_plan(episode=Episode.objects.get(client=client), kind=kind, by=by)


def test_no_plan_without_a_triage(agency, keyworker):
    client = factories.client_of(agency, keyworker=keyworker, state="triage")
    with pytest.raises(Refused, match="Complete this first: Triage"):
        start(client, keyworker)


def test_no_plan_after_discharge(triaged, keyworker):
    with factories.loading(triaged.partnership_id):
        Episode.objects.filter(client=triaged).update(
            state="discharged", discharged_on=clock.today(), discharge_reason="5", ending="neutral"
        )
    with pytest.raises(Refused, match="has ended"):
        start(triaged, keyworker)


@pytest.mark.parametrize("kind", ["", "weekend"])
def test_no_plan_of_a_kind_that_cannot_be_written_here(triaged, keyworker, kind):
    with pytest.raises(Refused, match="Choose what kind"):
        start(triaged, keyworker, kind)


def test_a_care_plan_rests_on_a_comprehensive_assessment(triaged, keyworker):
    with pytest.raises(Refused, match="Complete this first: Comprehensive assessment"):
        start(triaged, keyworker, "comprehensive")


def test_one_plan_of_a_kind(triaged, keyworker):
    plans.signed(triaged, keyworker)
    with pytest.raises(Refused, match="There is one already"):
        start(triaged, keyworker)


# --- Every step from every state in every role ------------------------------------------------------------------------------


def due_now(version: PlanVersion) -> PlanVersion:
    with factories.loading(version.partnership_id):
        CarePlan.objects.filter(pk=version.plan_id, state="current").update(review_due_on=clock.today())
    return version


def in_days(days: int):
    return clock.today() + timedelta(days=days)


STEPS = {
    "plan.agree": lambda version, by: agreeing.agree(version=version, by=by, seen_text=plans.content.of(version).fingerprint()),
    "plan.reopen": lambda version, by: agreeing.reopen(version=version, by=by),
    "plan.sign": lambda version, by: signing.sign(
        version=version,
        by=by,
        client=plans.word(),
        keyworker={"how": "screen", "name": by.person.name},
        seen_text=version.agreed_text,
    ),
    "save": lambda version, by: writing.save_plan(
        version=version, expected=version.row_version, opened_marks={}, said=plans.content.of(version), by=by
    ),
    "revise": lambda version, by: revising.start_revision(plan=version.plan, by=by),
    "note": lambda version, by: adding.add_note(version=version, words="She rang: the appointment moved.", third_party=False, by=by),
    "plan.return": lambda version, by: returning.return_version(version=version, mend="now", words="Name the GP.", by=by),
    "ask": lambda version, by: asking.ask_for_review(version=version, reason="asked", words="", by_when=in_days(3), by=by),
    "put-off": lambda version, by: putting_off.put_off(version=due_now(version), reason="not-seen", words="", until=in_days(3), by=by),
    "plan.close": lambda version, by: closing.close(plan=version.plan, why="treatment-ended", by=by),
}
#: What is no step of a version: from which states of it, and what it asks of a role.
BESIDE = {
    "save": {"draft"},
    "revise": {"signed"},
    "note": {"signed"},
    "plan.return": {"agreed", "signed"},
    "ask": {"signed"},
    "put-off": {"signed"},
    "plan.close": {"draft", "agreed", "signed"},
}
ALLOWED = {name: step.sources for name, step in PLAN_LIFECYCLE.steps.items()} | BESIDE
NEEDS = (
    {name: step.permission for name, step in PLAN_LIFECYCLE.steps.items()}
    | dict.fromkeys(BESIDE, "plan.write")
    | {"plan.return": "plan.return"}
)


@pytest.mark.parametrize("role", [role for role in ROLES if not ROLES[role].partnership_wide and not ROLES[role].named_files_only])
@pytest.mark.parametrize("state", PLAN_LIFECYCLE.words)
@pytest.mark.parametrize("step", STEPS)
def test_step_from_state_in_role(step, state, role, triaged, keyworker, agency):
    version = {"draft": plans.written, "agreed": plans.agreed, "signed": plans.signed}[state](triaged, keyworker)
    someone = factories.actor(role=role, agency=agency)
    with context.acting(someone):
        version = PlanVersion.objects.select_related("plan").get(pk=version.pk)
        if not someone.may(NEEDS[step]):
            with pytest.raises(NotAllowed, match="you cannot do this"):
                STEPS[step](version, someone)
        elif state not in ALLOWED[step]:
            with pytest.raises(WrongState):
                STEPS[step](version, someone)
        else:
            STEPS[step](version, someone)
            return
        assert PlanVersion.objects.get(pk=version.pk).state == state
        assert PlanVersion.objects.filter(plan=version.plan).count() == 1


@pytest.mark.parametrize("step", [step for step in STEPS if step != "ask"])
def test_another_agency_with_consent_reads_and_does_not_write(step, triaged, keyworker, stranger):
    signed = dict.fromkeys(("revise", "note", "put-off"), plans.signed)
    version = ({"plan.reopen": plans.agreed, "plan.sign": plans.agreed} | signed).get(step, plans.written)(triaged, keyworker)
    factories.access(triaged, agency=stranger.agency, basis="consent")
    if step == "plan.return":
        stranger = factories.actor(role="service-manager", agency=stranger.agency)
    with context.acting(stranger), pytest.raises(NotAllowed, match="Another agency writes this plan"):
        STEPS[step](PlanVersion.objects.select_related("plan").get(pk=version.pk), stranger)


@pytest.mark.parametrize("step", STEPS)
def test_out_of_reach_there_is_no_plan(step, triaged, keyworker, stranger):
    version = plans.signed(triaged, keyworker)
    with context.acting(stranger), pytest.raises((PlanVersion.DoesNotExist, CarePlan.DoesNotExist)):
        STEPS[step](version, stranger)


@pytest.mark.parametrize("step", [step for step in STEPS if step not in ("revise", "note", "plan.return", "plan.close")])
def test_nothing_is_changed_after_discharge(step, triaged, keyworker):
    version = plans.agreed(triaged, keyworker) if step in ("plan.sign", "plan.reopen") else plans.written(triaged, keyworker)
    with factories.loading(triaged.partnership_id):
        Episode.objects.filter(client=triaged).update(
            state="discharged", discharged_on=clock.today() + timedelta(days=1), discharge_reason="5", ending="neutral"
        )
    with context.acting(keyworker), pytest.raises(Refused, match="episode has ended"):
        STEPS[step](PlanVersion.objects.select_related("plan").get(pk=version.pk), keyworker)


def test_why_not_says_what_the_rule_says(draft, keyworker):
    with context.acting(keyworker):
        assert policies.why_not(policies.may_edit, draft, keyworker) == ""
        assert "cannot be" in policies.why_not(policies.check_sign, draft, keyworker)
        assert not policies.allows(policies.check_agree, draft, keyworker)
