"""Assessing: begun once, saved without losing a colleague's words, completed when nothing is missing, then locked."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from carehub import clock, context, stale
from carehub.actors import NotAllowed
from carehub.definitions.catalogue import catalogue
from carehub.lifecycle import WrongState
from carehub.models import Notice, Task
from carehub.rules import Refused
from clients.actions import assessing
from clients.actions.written_down import SAME_DAY
from clients.assessed.recorded import earlier_answers, form_of
from clients.models import Assessment, Client, Episode, RiskFound
from clients.policies.records import Incomplete, WrongClient
from tests import factories
from tests.clients.answering import everything, triage


def begin(by, client, **more) -> Assessment:
    with context.acting(by):
        episode = Episode.objects.visible_to(by).get(client=client, agency=by.agency)
        return assessing.start_assessment(by=by, client_id=client.pk, episode=episode, **more)


def save(by, assessment, answers, *, opened=None, client=None, questions=None) -> Assessment:
    with context.acting(by):
        return assessing.save_answers(
            by=by,
            client_id=client.pk if client else assessment.client_id,
            assessment=assessment,
            answers=answers,
            questions=questions or list(answers),
            opened=opened if opened is not None else stale.marks(assessment.answers),
        )


def complete(by, assessment, *, version=None, client=None) -> Assessment:
    with context.acting(by):
        return assessing.complete_assessment(
            by=by, client_id=(client or assessment.client).pk, assessment=assessment, row_version=version or assessment.row_version
        )


def triaged(by, client, **answers) -> Assessment:
    return complete(by, save(by, begin(by, client), everything(**answers)))


# --- Begin -----------------------------------------------------------------------------------------------------------------


def test_begins_on_the_newest_version(keyworker, referred):
    assessment = begin(keyworker, referred)
    newest = catalogue().form("triage")
    assert (assessment.form, assessment.form_version, assessment.state) == ("triage", newest.version, "draft")
    assert len(assessment.form_fingerprint) == 64
    assert assessment.took_place_on == clock.today()


def test_beginning_twice_begins_once(keyworker, referred, agency):
    colleague = factories.actor(role="keyworker", agency=agency)
    assert begin(keyworker, referred).pk == begin(colleague, referred).pk


def test_reception_does_not_assess(referred, agency):
    with pytest.raises(NotAllowed):
        begin(factories.actor(role="reception", agency=agency), referred)


def test_another_agency_does_not_assess_in_this_episode(keyworker, stranger, referred):
    factories.access(referred, agency=stranger.agency, basis="consent")
    with context.acting(stranger):
        episode = Episode.objects.visible_to(stranger).get(client=referred)
        with pytest.raises(NotAllowed):
            assessing.start_assessment(by=stranger, client_id=referred.pk, episode=episode)


@pytest.mark.parametrize("days", [1, -31], ids=["tomorrow", "before the referral"])
def test_day_that_cannot_be(keyworker, referred, days):
    with pytest.raises(Refused) as refused:
        begin(keyworker, referred, took_place_on=clock.today() + timedelta(days=days))
    assert "took_place_on" in refused.value.fields


# --- Save ------------------------------------------------------------------------------------------------------------------


def test_saves_a_part_and_leaves_the_rest(keyworker, referred):
    assessment = save(keyworker, begin(keyworker, referred), {"reason": {"value": "Sleep"}})
    assessment = save(keyworker, assessment, {"previous": {"value": "never"}})
    assert assessment.answers == {"reason": {"value": "Sleep"}, "previous": {"value": "never"}}
    assert assessment.row_version == 3


def test_an_answer_can_be_taken_back(keyworker, referred):
    assessment = save(keyworker, begin(keyworker, referred), {"reason": {"value": "Sleep"}})
    assert save(keyworker, assessment, {}, questions=["reason"]).answers == {}


def test_nothing_new_writes_nothing(keyworker, referred):
    assessment = save(keyworker, begin(keyworker, referred), {"reason": {"value": "Sleep"}})
    assert save(keyworker, assessment, {"reason": {"value": "Sleep"}}).row_version == assessment.row_version


def test_what_only_one_changed_is_merged(keyworker, referred):
    opened = save(keyworker, begin(keyworker, referred), {"reason": {"value": "Sleep"}, "previous": {"value": "never"}})
    save(keyworker, opened, {"reason": {"value": "Sleep and work"}, "previous": {"value": "never"}})
    merged = save(keyworker, opened, {"reason": {"value": "Sleep"}, "previous": {"value": "finished"}})
    assert merged.answers == {"reason": {"value": "Sleep and work"}, "previous": {"value": "finished"}}


def test_what_both_changed_is_given_back_and_nothing_is_written(keyworker, referred):
    opened = save(keyworker, begin(keyworker, referred), {"reason": {"value": "Sleep"}})
    theirs = save(keyworker, opened, {"reason": {"value": "Theirs"}})
    with pytest.raises(stale.Conflict) as conflict:
        save(keyworker, opened, {"reason": {"value": "Mine"}})
    assert conflict.value.merge.conflicts == {"reason": ({"value": "Mine"}, {"value": "Theirs"})}
    with context.acting(keyworker):
        assert Assessment.objects.get(pk=opened.pk).answers == theirs.answers


def test_another_clients_page_writes_nothing(keyworker, referred):
    other = factories.client_of(keyworker.agency, keyworker=keyworker)
    assessment = begin(keyworker, referred)
    with pytest.raises(WrongClient):
        save(keyworker, assessment, {"reason": {"value": "For the other"}}, client=other)
    with pytest.raises(WrongClient):
        complete(keyworker, assessment, client=other)


@pytest.mark.promise(10)
def test_pairs_of_stale_saves(keyworker, referred, chance, how_many, report):
    """Two pages of one section, saved one after the other: every text is in the record or is given back."""
    number, given_back = how_many(20, 500), 0
    assessment = begin(keyworker, referred)
    names = ["reason", "urgent", "previous", "motivation"]
    for each in range(number):
        at_first = {name: {"value": f"{name} {each}"} for name in names}
        opened = save(keyworker, assessment, at_first, opened=stale.marks(assessment.answers))
        pages = [
            at_first | {name: {"value": f"{who} {each} {chance.random()}"} for name in chance.sample(names, chance.randint(1, 3))}
            for who in ("one", "two")
        ]
        save(keyworker, opened, pages[0])
        try:
            assessment = save(keyworker, opened, pages[1])
        except stale.Conflict as conflict:
            given_back += 1
            for name, (mine, theirs) in conflict.merge.conflicts.items():
                assert (mine, theirs) == (pages[1][name], pages[0][name])
            with context.acting(keyworker):
                assessment = Assessment.objects.get(pk=opened.pk)
            assert assessment.answers == pages[0]
        else:
            for name in names:
                changed = [page[name] for page in pages if page[name] != at_first[name]]
                assert assessment.answers[name] in (changed or [at_first[name]])
                assert len(changed) < 2
    report(f"{number} pairs of stale saves of an assessment: 0 silent losses, {given_back} given back")


# --- Complete --------------------------------------------------------------------------------------------------------------


def test_says_what_is_missing(keyworker, referred):
    assessment = save(keyworker, begin(keyworker, referred), {"reason": {"value": "Sleep"}})
    with pytest.raises(Incomplete) as incomplete:
        complete(keyworker, assessment)
    assert "urgent" in incomplete.value.fields
    assert "reason" not in incomplete.value.fields


def test_a_reason_is_as_good_as_an_answer_where_one_is_expected(keyworker, referred):
    reason = next(reason for reason in triage().reasons if reason.of == "declined")
    refused = {"none": "declined", "why": reason.value}
    assert triaged(keyworker, referred, suicide=refused, overdose=refused).state == "complete"


def test_declined_without_a_reason_is_missing_where_a_reason_is_expected(keyworker, referred):
    with pytest.raises(Incomplete) as incomplete:
        triaged(keyworker, referred, overdose={"none": "declined"})
    assert list(incomplete.value.fields) == ["overdose"]


def test_writes_down_what_lists_need(keyworker, referred):
    assessment = triaged(keyworker, referred, main_drug="1000", overdose="year", injecting="C", sharing="recent")
    with context.acting(keyworker):
        episode = Episode.objects.get(pk=assessment.episode_id)
    assert (episode.state, episode.triaged_on, episode.main_substance) == ("triage", clock.today(), "1000")
    assert (episode.next_due_what, episode.next_due_on) == ("plan", clock.today() + timedelta(days=14))
    assert (episode.risk, episode.risk_asked_on) == ("high", clock.today())
    assert [(each["words"], each["level"], each["area"]) for each in episode.risk_words] == [
        ("Shares injecting equipment", "high", "substance"),
        ("Injects now", "medium", "substance"),
        ("Overdose in the last year", "medium", "substance"),
    ]


def test_finds_each_risk_once_and_locks_it(keyworker, referred):
    assessment = triaged(keyworker, referred, overdose="year", suicide="past", self_harm="long-ago", harm_from_others="past")
    with context.acting(keyworker):
        found = {each.words: each for each in RiskFound.objects.filter(assessment=assessment)}
        assert set(found) == {
            "Overdose in the last year",
            "Thoughts of suicide in the past",
            "Self-harm more than a year ago",
            "Hurt by others in the past",
        }
        assert all(each.locked_at for each in found.values())
        assert found["Hurt by others in the past"].third_party
        for change in (
            lambda: found["Overdose in the last year"].delete(),
            lambda: RiskFound.objects.create(
                partnership_id=assessment.partnership_id,
                client_id=assessment.client_id,
                assessment=assessment,
                area="suicide",
                level="low",
                words="x",
            ),
            lambda: Assessment.objects.filter(pk=assessment.pk).update(answers={}),
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                change()


def test_answers_under_hidden_questions_are_left_out(keyworker, referred):
    assessment = begin(keyworker, referred)
    answers = everything() | {"sharing": {"value": "recent"}}
    assessment = complete(keyworker, save(keyworker, assessment, answers))
    assert "sharing" not in assessment.answers
    assert assessment.risk == "none"


def test_complete_is_complete(keyworker, referred):
    assessment = triaged(keyworker, referred)
    with pytest.raises(WrongState):
        save(keyworker, assessment, {"reason": {"value": "Something else"}})
    with pytest.raises(WrongState):
        complete(keyworker, assessment)


def test_not_completed_over_a_colleagues_change(keyworker, referred):
    looked_at = save(keyworker, begin(keyworker, referred), everything())
    save(keyworker, looked_at, {"suicide": {"value": "plan"}})
    with pytest.raises(stale.StaleSave):
        complete(keyworker, looked_at, version=looked_at.row_version)


def test_a_second_triage_in_treatment_changes_risk_and_not_what_is_due(keyworker):
    client = factories.client_of(keyworker.agency, keyworker=keyworker, state="treatment", next_due=("review", clock.today()))
    triaged(keyworker, client, overdose="recent")
    with context.acting(keyworker):
        episode = Episode.objects.get(client=client)
    assert (episode.state, episode.next_due_what, episode.next_due_on, episode.risk) == ("treatment", "review", clock.today(), "high")


def test_what_cannot_wait_is_a_task_and_the_managers_are_told(keyworker, manager, referred):
    assessment = triaged(keyworker, referred, suicide="plan")
    with context.acting(manager):
        task = Task.objects.visible_to(manager).open().get(subject_id=assessment.pk)
        assert (task.kind, task.due_on, task.agency_id, task.person_id) == ("trigger.suicide-today", clock.today(), manager.agency_id, None)
        notice = Notice.objects.visible_to(manager).get(client_id=referred.pk)
        assert (notice.kind, notice.subject_id, notice.about_day) == (SAME_DAY, assessment.episode_id, clock.today())


def test_a_quiet_triage_asks_nobody(keyworker, manager, referred):
    triaged(keyworker, referred)
    with context.acting(manager):
        assert not Task.objects.exists()
        assert not Notice.objects.visible_to(manager).exists()


def test_the_next_assessment_knows_the_last_answers(keyworker, referred):
    triaged(keyworker, referred, main_drug="1000")
    second = begin(keyworker, referred)
    with context.acting(keyworker):
        last = earlier_answers(by=keyworker, assessment=second, form=form_of(second))
    assert last["main-drug"] == {"value": "1000", "on": clock.today().isoformat(), "by": keyworker.person.name}


def test_the_first_assessment_knows_none(keyworker, referred):
    first = begin(keyworker, referred)
    with context.acting(keyworker):
        assert earlier_answers(by=keyworker, assessment=first, form=form_of(first)) == {}


@pytest.mark.promise(18)
def test_two_tabs_two_clients(keyworker, chance, how_many, report):
    """Saves for two clients, interleaved, each sent now and then to the other's address: nothing is ever written to the wrong one."""
    number, refused = how_many(20, 200), 0
    people = [factories.client_of(keyworker.agency, keyworker=keyworker, state="referral") for _ in range(2)]
    drafts = {client.pk: begin(keyworker, client) for client in people}
    expected: dict = {client.pk: "" for client in people}
    for each in range(number):
        client = chance.choice(people)
        mixed_up = chance.random() < 0.5
        address = next(other for other in people if other != client) if mixed_up else client
        text = f"for {client.reference}, {each}"
        try:
            drafts[client.pk] = save(keyworker, drafts[client.pk], {"reason": {"value": text}}, client=address)
            expected[client.pk] = text
        except WrongClient:
            refused += 1
            assert mixed_up
    with context.acting(keyworker):
        for client in people:
            kept = Assessment.objects.get(client=client).answers.get("reason", {}).get("value", "")
            assert kept == expected[client.pk]
    assert refused
    report(f"{number} saves of two clients interleaved: 0 to the wrong client, {refused} mixed-up ones refused")


def test_client_is_never_taken_from_elsewhere(keyworker, referred):
    """What a draft belongs to is the database's matter too."""
    other = factories.client_of(keyworker.agency, keyworker=keyworker)
    assessment = begin(keyworker, referred)
    with context.acting(keyworker):
        assert Client.objects.visible_to(keyworker).count() == 2
        with pytest.raises(IntegrityError), transaction.atomic():
            Assessment.objects.filter(pk=assessment.pk).update(client_id=other.pk)
