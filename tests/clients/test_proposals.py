"""What an assessment proposes: written once, accepted with a day or declined with a reason, and nothing of danger closed by one person."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from carehub import clock, context
from carehub.actors import NotAllowed
from carehub.definitions.catalogue import catalogue
from carehub.models import Event, Notice, Task
from carehub.rules import Refused
from clients.actions.assessing import start_correction
from clients.actions.deciding import DECLINED, accept
from clients.actions.tasks import carry_out, close_task, reopen_task, send_back
from clients.models import Assessment, ClientPathway, Proposal
from clients.policies.records import WrongClient
from tests import factories
from tests.clients.answering import everything
from tests.clients.deciding import accepts, declines, fresh, proposed
from tests.clients.test_assessing import begin, complete, save, triaged
from tests.queries import at_most

pytestmark = pytest.mark.django_db


# --- Written -----------------------------------------------------------------------------------------------------------------


def test_every_trigger_that_holds_is_a_proposal_and_what_cannot_wait_a_task(keyworker, referred):
    triaged(keyworker, referred, injecting="P", suicide="plan", alcohol_signs=["shakes"])
    found = proposed(keyworker)
    assert {"hepatitis-c-test", "hepatitis-b-vaccine", "suicide-today", "alcohol-dependence"} <= found.keys()
    assert found["hepatitis-c-test"].pathway == "blood-borne-viruses/1"
    assert found["hepatitis-c-test"].source == "Good practice in care planning, 5.4.1"
    assert found["hepatitis-c-test"].task is None
    assert found["suicide-today"].countersign
    assert found["suicide-today"].task.countersigned
    assert not found["alcohol-dependence"].task.countersigned
    assert all(each.is_open and each.agency_id == keyworker.agency_id for each in found.values())
    assert next(iter(found)) == "suicide-today"


def test_what_rests_on_others_is_kept_from_the_client(keyworker, referred):
    triaged(keyworker, referred, harm_from_others="now-home")
    assert proposed(keyworker)["harm-from-others"].third_party


def test_a_quiet_triage_proposes_nothing(keyworker, referred):
    triaged(keyworker, referred, alcohol_days=0)
    assert proposed(keyworker) == {}


def test_what_is_open_is_not_proposed_twice(keyworker, referred):
    triaged(keyworker, referred, injecting="P", suicide="plan")
    triaged(keyworker, referred, injecting="P", suicide="plan")
    with context.acting(keyworker):
        assert Proposal.objects.filter(trigger="hepatitis-c-test").count() == 1
        assert Task.objects.filter(kind="trigger.suicide-today").count() == 1


def test_what_was_accepted_is_not_proposed_again_until_it_is_done(keyworker, referred):
    triaged(keyworker, referred, injecting="P")
    task = accepts(keyworker, proposed(keyworker)["hepatitis-c-test"])
    triaged(keyworker, referred, injecting="P")
    with context.acting(keyworker):
        assert Proposal.objects.filter(trigger="hepatitis-c-test").count() == 1
        close_task(task=task, by=keyworker)
    triaged(keyworker, referred, injecting="P")
    with context.acting(keyworker):
        assert Proposal.objects.filter(trigger="hepatitis-c-test").open().count() == 1


def test_found_again_after_somebody_says_that_it_was_done_it_is_a_new_one(keyworker, referred):
    triaged(keyworker, referred, suicide="plan")
    with context.acting(keyworker):
        carry_out(task=Task.objects.open().get(), by=keyworker, words="Rang the crisis team", told=["crisis-team"])
    triaged(keyworker, referred, suicide="plan")
    with context.acting(keyworker):
        assert Task.objects.open().filter(kind="trigger.suicide-today").count() == 2


def asked_again(by, client, **answers) -> None:
    """Question 9 of the PHQ-9, which proposes under the same name as the triage."""
    form = catalogue().form("phq-9")
    complete(by, save(by, begin(by, client, form="phq-9"), everything(form, **{"phq_better_off_dead": "several-days"} | answers)))


def dangers(by) -> list[Proposal]:
    with context.acting(by):
        return list(Proposal.objects.visible_to(by).filter(trigger="suicide-now").select_related("task").order_by("made_at"))


@pytest.mark.parametrize("before", ["accepted", "said to be done", "countersigned", "declined"])
def test_danger_found_again_after_a_decision_is_always_a_new_one_for_today(keyworker, manager, referred, before):
    triaged(keyworker, referred, suicide="now")
    [first] = dangers(keyworker)
    if before == "accepted":
        accepts(keyworker, first, person=keyworker.person)
    elif before == "declined":
        declines(keyworker, first, words="Seen by the crisis team", told=["crisis-team"])
    else:
        with context.acting(keyworker):
            carry_out(task=first.task, by=keyworker, words="Rang the crisis team", told=["crisis-team"])
    if before == "countersigned":
        with context.acting(manager):
            close_task(task=first.task, by=manager, seen=Task.objects.get(pk=first.task_id).carried_out_at)
    asked_again(keyworker, referred)
    _first, second = dangers(keyworker)
    assert second.is_open
    assert (second.task.due_on, second.task.done_at, second.task.countersigned) == (clock.today(), None, True)


def test_danger_found_again_before_anybody_decides_is_shown_on_the_one_that_is_open(keyworker, manager, referred):
    triaged(keyworker, referred, suicide="now")
    asked_again(keyworker, referred)
    asked_again(keyworker, referred, phq_better_off_dead="nearly-every-day")
    [only] = dangers(keyworker)
    with context.acting(keyworker):
        newest = Assessment.objects.filter(form="phq-9").latest("completed_at")
    assert (only.is_open, only.again_id) == (True, newest.pk)


def test_an_answer_that_is_quiet_makes_none_and_marks_none(keyworker, referred):
    triaged(keyworker, referred, suicide="now")
    asked_again(keyworker, referred, phq_better_off_dead="not-at-all")
    [only] = dangers(keyworker)
    assert only.again_id is None


@pytest.mark.parametrize("decided", [False, True])
def test_a_correction_of_the_same_assessment_never_makes_a_second(keyworker, referred, decided):
    triage = triaged(keyworker, referred, suicide="now")
    if decided:
        accepts(keyworker, dangers(keyworker)[0])
    with context.acting(keyworker):
        draft = start_correction(by=keyworker, client_id=referred.pk, assessment=triage, why="The postcode was wrong")
    complete(keyworker, draft)
    [only] = dangers(keyworker)
    assert only.again_id is None


def test_an_update_of_another_part_finds_no_danger_again(keyworker, referred):
    triaged(keyworker, referred, suicide="now")
    accepts(keyworker, dangers(keyworker)[0])
    sections = [section.id for section in catalogue().form("triage").sections if not any(one.id == "suicide" for one in section.questions)]
    update = begin(keyworker, referred, only=sections[:1])
    complete(keyworker, save(keyworker, update, {name: each for name, each in everything().items() if name not in update.answers}))
    assert len(dangers(keyworker)) == 1


def test_what_was_declined_is_not_asked_for_by_an_update_that_did_not_ask_again(keyworker, referred):
    triaged(keyworker, referred, injecting="P")
    declines(keyworker, proposed(keyworker)["hepatitis-c-test"])
    update = begin(keyworker, referred, only=["safety"])
    answers = {name: answer for name, answer in everything().items() if name not in update.answers}
    complete(keyworker, save(keyworker, update, answers))
    with context.acting(keyworker):
        assert not Proposal.objects.open().filter(trigger="hepatitis-c-test").exists()


def test_completing_keeps_its_budget(keyworker, manager, referred):
    assessment = save(keyworker, begin(keyworker, referred), everything(injecting="P", suicide="plan", pregnant="yes"))
    with context.acting(keyworker), at_most(15):
        from clients.actions.assessing import complete_assessment

        complete_assessment(by=keyworker, client_id=referred.pk, assessment=assessment, row_version=assessment.row_version)


#: What practice insists on: answers → triggers, each with the pathway that begins.
PRACTICE = [
    ({"alcohol_days": 28, "alcohol_signs": ["shakes"]}, {"alcohol-dependence": "alcohol-withdrawal"}),
    ({"main_drug": "1011", "second_drug": "2200", "alcohol_days": 0}, {"overdose": ""}),
    ({"main_drug": "1011", "alcohol_days": 4}, {"overdose": ""}),
    ({"main_drug": "1011", "alcohol_days": 0, "urgent": ["just-out"]}, {"overdose": ""}),
    ({"injecting": "P"}, {"hepatitis-c-test": "blood-borne-viruses", "hepatitis-b-vaccine": "blood-borne-viruses"}),
    ({"injecting": "C"}, {"hepatitis-c-test": "blood-borne-viruses", "hepatitis-b-vaccine": "blood-borne-viruses"}),
    ({"pregnant": "yes"}, {"maternity": "maternity"}),
    ({"mental_health": "now"}, {"dual-diagnosis": "dual-diagnosis"}),
    ({"children": "11", "children_safe": "risk"}, {"children-at-risk": "safeguarding-children"}),
    ({"urgent": ["nowhere-to-sleep"]}, {"nowhere-to-sleep": "housing"}),
]


@pytest.mark.parametrize(("answers", "expected"), PRACTICE, ids=[" ".join(each[0]) for each in PRACTICE])
def test_from_the_answers_to_a_task_with_a_day(keyworker, referred, answers, expected):
    triaged(keyworker, referred, **answers)
    found = proposed(keyworker)
    for trigger, led in expected.items():
        task = accepts(keyworker, found[trigger], person=keyworker.person)
        assert clock.today() <= task.due_on <= clock.today() + timedelta(days=7)
        assert task.due_on == clock.today() or not found[trigger].same_day
        with context.acting(keyworker):
            assert ClientPathway.objects.open().filter(pathway=led).exists() == bool(led)
            assert Task.objects.visible_to(keyworker).open().filter(pk=task.pk, client_id=referred.pk).exists()


@pytest.mark.parametrize("answer", ["several-days", "nearly-every-day"])
def test_question_nine_of_the_phq_9_asks_for_suicide_now(keyworker, manager, a_client, answer):
    form = catalogue().form("phq-9")
    assessment = begin(keyworker, a_client, form="phq-9")
    assessment = save(keyworker, assessment, everything(form, phq_better_off_dead=answer))
    complete(keyworker, assessment)
    found = proposed(keyworker)["suicide-now"]
    assert found.countersign
    assert found.task.due_on == clock.today()
    with context.acting(manager):
        assert Notice.objects.visible_to(manager).filter(client_id=a_client.pk, about_day=clock.today()).exists()
    quiet = factories.client_of(keyworker.agency, keyworker=keyworker)
    complete(keyworker, save(keyworker, begin(keyworker, quiet, form="phq-9"), everything(form, phq_better_off_dead="not-at-all")))
    with context.acting(keyworker):
        assert not Proposal.objects.filter(client=quiet, trigger="suicide-now").exists()


@pytest.mark.parametrize(("score", "expected"), [(3, False), (4, True), (5, True)])
def test_a_mental_health_score_of_four_begins_the_dual_diagnosis_pathway(keyworker, a_client, score, expected):
    form = catalogue().form("comprehensive")
    answers = everything(form, score_mental_health=score)
    complete(keyworker, save(keyworker, begin(keyworker, a_client, form="comprehensive"), answers))
    found = proposed(keyworker)
    assert ("dual-diagnosis" in found) == expected
    if expected:
        assert accepts(keyworker, found["dual-diagnosis"]).due_on == clock.today() + timedelta(days=7)
        with context.acting(keyworker):
            assert ClientPathway.objects.open().filter(pathway="dual-diagnosis").exists()


# --- Accepted ----------------------------------------------------------------------------------------------------------------


def test_accepted_is_a_task_with_its_day_and_begins_the_pathway(keyworker, referred):
    triaged(keyworker, referred, injecting="P")
    proposal = proposed(keyworker)["hepatitis-c-test"]
    day = clock.today() + timedelta(days=3)
    task = accepts(keyworker, proposal, due_on=day, person=keyworker.person)
    now = fresh(keyworker, proposal)
    assert (task.due_on, task.person, task.words, task.kind) == (day, keyworker.person, proposal.words, "trigger.hepatitis-c-test")
    assert (now.state, now.decided_by_id, now.task_id) == ("accepted", keyworker.person_id, task.pk)
    with context.acting(keyworker):
        began = ClientPathway.objects.get()
        assert (began.pathway, began.version, began.proposal_id, began.because) == ("blood-borne-viruses", 1, proposal.pk, proposal.why)
        assert Event.objects.filter(verb="proposal.accepted", subject_id=proposal.pk).exists()


def test_without_a_day_it_is_the_partnerships_usual_one(keyworker, referred):
    triaged(keyworker, referred, injecting="P")
    assert accepts(keyworker, proposed(keyworker)["hepatitis-c-test"]).due_on == clock.today() + timedelta(days=7)


def test_two_proposals_of_one_pathway_begin_it_once(keyworker, referred):
    triaged(keyworker, referred, injecting="P")
    found = proposed(keyworker)
    for trigger in ("hepatitis-c-test", "hepatitis-b-vaccine"):
        accepts(keyworker, found[trigger])
    with context.acting(keyworker):
        assert ClientPathway.objects.count() == 1


def test_what_cannot_wait_keeps_its_task_and_its_day(keyworker, referred):
    triaged(keyworker, referred, alcohol_signs=["shakes"])
    proposal = proposed(keyworker)["alcohol-dependence"]
    with pytest.raises(Refused, match="cannot wait"):
        accepts(keyworker, proposal, due_on=clock.today() + timedelta(days=1))
    task = accepts(keyworker, proposal, person=keyworker.person)
    assert (task.pk, task.due_on) == (proposal.task_id, clock.today())
    assert fresh(keyworker, task).person == keyworker.person


@pytest.mark.parametrize("days", [-1, 367], ids=["yesterday", "in more than a year"])
def test_a_day_that_cannot_be(keyworker, referred, days):
    triaged(keyworker, referred, injecting="P")
    with pytest.raises(Refused) as refused:
        accepts(keyworker, proposed(keyworker)["hepatitis-c-test"], due_on=clock.today() + timedelta(days=days))
    assert "due_on" in refused.value.fields


def test_given_only_to_somebody_of_the_agency(keyworker, stranger, referred):
    triaged(keyworker, referred, injecting="P")
    with pytest.raises(Refused, match="does not work in this agency"):
        accepts(keyworker, proposed(keyworker)["hepatitis-c-test"], person=stranger.person)


def test_whoever_does_it_has_accepted_it(keyworker, referred):
    triaged(keyworker, referred, alcohol_signs=["shakes"])
    proposal = proposed(keyworker)["alcohol-dependence"]
    with context.acting(keyworker):
        close_task(task=proposal.task, by=keyworker)
        assert ClientPathway.objects.filter(pathway="alcohol-withdrawal").exists()
    assert fresh(keyworker, proposal).state == "accepted"


# --- Declined ----------------------------------------------------------------------------------------------------------------


def test_declined_with_a_reason_and_nothing_more(keyworker, referred):
    triaged(keyworker, referred, injecting="P")
    proposal = proposed(keyworker)["hepatitis-c-test"]
    declines(keyworker, proposal, "done")
    now = fresh(keyworker, proposal)
    assert (now.state, now.reason, now.reason_words, now.task) == ("declined", "done", "", None)
    with context.acting(keyworker):
        assert not ClientPathway.objects.exists()


@pytest.mark.parametrize("reason", ["", "because"])
def test_a_reason_of_the_list_is_needed(keyworker, referred, reason):
    triaged(keyworker, referred, injecting="P")
    with pytest.raises(Refused, match="Choose why"):
        declines(keyworker, proposed(keyworker)["hepatitis-c-test"], reason)


def test_declining_what_cannot_wait_takes_it_off_the_list(keyworker, referred):
    triaged(keyworker, referred, alcohol_signs=["shakes"])
    proposal = proposed(keyworker)["alcohol-dependence"]
    declines(keyworker, proposal, "arranged")
    assert fresh(keyworker, proposal.task).done_by == keyworker.person
    with context.acting(keyworker), pytest.raises(Refused, match="declined, not done"):
        reopen_task(task=proposal.task, by=keyworker)


@pytest.mark.parametrize("trigger", ["suicide-today", "children-at-risk", "harm-from-others"])
def test_declining_danger_closes_nothing_and_tells_the_manager(keyworker, manager, referred, trigger):
    triaged(keyworker, referred, suicide="plan", children="11", children_safe="risk", harm_from_others="now-home")
    proposal = proposed(keyworker)[trigger]
    declines(keyworker, proposal, "arranged", words="Their sister is with them, GP at four.", told=["gp"])
    task = fresh(keyworker, proposal.task)
    assert (task.done_at, task.waits, task.due_on) == (None, True, clock.today())
    assert "arranged already" in task.carried_out_words
    assert "Their sister is with them" in task.carried_out_words
    with context.acting(manager):
        assert Notice.objects.visible_to(manager).filter(kind=DECLINED, subject_id=task.pk, about_day=clock.today()).count() == 1


def test_danger_is_not_declined_without_words_nor_without_saying_who_was_told(keyworker, referred):
    triaged(keyworker, referred, suicide="plan")
    proposal = proposed(keyworker)["suicide-today"]
    with pytest.raises(Refused) as refused:
        declines(keyworker, proposal, told=["gp"])
    assert "words" in refused.value.fields
    with pytest.raises(Refused) as refused:
        declines(keyworker, proposal, words="They do not want to be seen.")
    assert "told" in refused.value.fields
    assert fresh(keyworker, proposal).is_open


def test_nobody_closes_danger_alone_a_manager_neither(agency, manager):
    client = factories.client_of(agency, keyworker=manager, state="referral")
    triaged(manager, client, suicide="plan")
    proposal = proposed(manager)["suicide-today"]
    declines(manager, proposal, words="Seen by the crisis team", told=["crisis-team"])
    task = fresh(manager, proposal.task)
    with context.acting(manager), pytest.raises(NotAllowed, match="another manager"):
        close_task(task=task, by=manager, seen=task.carried_out_at)
    with context.acting(manager), pytest.raises(IntegrityError), transaction.atomic():
        Task.objects.filter(pk=task.pk).update(done_at=clock.now(), done_by=manager.person)


def test_the_manager_countersigns_or_sends_it_back(keyworker, manager, referred):
    triaged(keyworker, referred, suicide="plan")
    proposal = proposed(keyworker)["suicide-today"]
    declines(keyworker, proposal, words="They do not want to be seen.", told=["nobody"])
    with context.acting(manager):
        task = Task.objects.get(pk=proposal.task_id)
        send_back(task=task, by=manager, words="Ring the crisis team all the same.")
        assert Task.objects.open().filter(pk=task.pk).exists()
    with context.acting(keyworker):
        carry_out(task=task, by=keyworker, words="Rang them; they come at six", told=["crisis-team"])
    with context.acting(manager):
        task.refresh_from_db()
        close_task(task=task, by=manager, seen=task.carried_out_at)
        assert not Task.objects.open().filter(pk=task.pk).exists()
    assert fresh(manager, proposal).state == "declined"


# --- Who, and once ------------------------------------------------------------------------------------------------------------


def test_whoever_comes_second_is_told(keyworker, agency, referred):
    triaged(keyworker, referred, injecting="P")
    proposal = proposed(keyworker)["hepatitis-c-test"]
    colleague = factories.actor(role="keyworker", agency=agency)
    accepts(keyworker, proposal)
    with pytest.raises(Refused, match=f"accepted by {keyworker.person.name}"):
        declines(colleague, proposal)
    with context.acting(keyworker):
        assert Task.objects.count() == 1


@pytest.mark.parametrize("role", ["reception", "peer-auditor"])
def test_who_may_not(keyworker, agency, referred, role):
    triaged(keyworker, referred, injecting="P")
    proposal = proposed(keyworker)["hepatitis-c-test"]
    other = factories.actor(role=role, agency=agency)
    factories.access(referred, membership=other.membership, basis="audit-sample")
    with pytest.raises(NotAllowed):
        accepts(other, proposal)
    with pytest.raises(NotAllowed):
        declines(other, proposal)


def test_another_agency_does_not_decide(keyworker, stranger, referred):
    triaged(keyworker, referred, injecting="P")
    factories.access(referred, agency=stranger.agency, basis="consent")
    with pytest.raises(NotAllowed, match="Another agency"):
        accepts(stranger, proposed(keyworker)["hepatitis-c-test"])


def test_under_another_clients_address_nothing_is_decided(keyworker, a_client, referred):
    triaged(keyworker, referred, injecting="P")
    proposal = proposed(keyworker)["hepatitis-c-test"]
    with context.acting(keyworker), pytest.raises(WrongClient):
        accept(by=keyworker, client_id=a_client.pk, proposal=proposal)


def test_the_database_rewrites_nothing(keyworker, a_client):
    assessment = factories.assessment(a_client, by=keyworker, state="complete")
    one = factories.proposal(assessment, by=keyworker)
    declines(keyworker, one)
    with context.acting(keyworker):
        mine = Proposal.objects.filter(pk=one.pk)
        for change in (
            {"state": "accepted", "reason": ""},
            {"reason": "done"},
            {"words": "Something else"},
            {"decided_by": None, "decided_at": None, "state": "", "reason": ""},
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                mine.update(**change)
        with pytest.raises((IntegrityError, Exception), match=r"permission denied|rows stay"), transaction.atomic():
            mine.delete()


@pytest.mark.parametrize(
    "changes",
    [
        {"state": "declined"},
        {"state": "accepted"},
        {"decided_at": clock.now()},
        {"reason": "done"},
        {"same_day": True},
    ],
    ids=["no reason", "no task", "nobody", "a reason alone", "today, and no task"],
)
def test_the_database_wants_who_when_and_why(keyworker, a_client, changes):
    one = factories.proposal(factories.assessment(a_client, by=keyworker, state="complete"), by=keyworker)
    with context.acting(keyworker), pytest.raises(IntegrityError), transaction.atomic():
        Proposal.objects.filter(pk=one.pk).update(**changes)
