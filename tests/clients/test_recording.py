"""Several people, one section alone, corrections, paper, handed on; and what stands when several assessments tell something."""

from datetime import datetime, time, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from carehub import clock, context, stale
from carehub.actors import NotAllowed
from carehub.definitions.catalogue import catalogue
from carehub.models import Notice
from carehub.rules import Refused
from clients.actions import assessing
from clients.assessed.recorded import earlier_answers, form_of, stamps_of
from clients.models import Assessment, Episode
from clients.policies.records import Incomplete
from tests import factories
from tests.clients.answering import answer, everything
from tests.clients.test_assessing import begin, complete, save, triaged

SAFETY = ["safety"]


@pytest.fixture
def colleague(agency):
    return factories.actor(role="keyworker", agency=agency)


def episode_of(by, client) -> Episode:
    with context.acting(by):
        return Episode.objects.visible_to(by).get(client=client, agency=by.agency)


def update(by, client, only=SAFETY, **more) -> Assessment:
    return begin(by, client, only=only, **more)


def answers_of(form, *sections, **other):
    wanted = {question.id for name in sections for question in form.section(name).questions}
    return {name: answer for name, answer in everything(form, **other).items() if name in wanted}


def reopen(by, assessment) -> Assessment:
    with context.acting(by):
        return Assessment.objects.visible_to(by).get(pk=assessment.pk)


# --- Who asked which section -----------------------------------------------------------------------------------------------


def test_each_section_keeps_its_day_and_who_asked(keyworker, colleague, referred):
    assessment = save(keyworker, begin(keyworker, referred), {"reason": {"value": "Sleep"}})
    assessment = save(colleague, assessment, {"suicide": {"value": "never"}})
    day = clock.today().isoformat()
    assert assessment.sections == {
        "reason": {"on": day, "by": [keyworker.person.name]},
        "safety": {"on": day, "by": [colleague.person.name]},
    }


def test_a_section_by_two_is_by_both_and_as_old_as_its_first_answer(keyworker, colleague, referred):
    assessment = save(keyworker, begin(keyworker, referred), {"reason": {"value": "Sleep"}})
    first_day = clock.today()
    clock.move_on(7)
    assessment = save(colleague, assessment, {"previous": {"value": "never"}})
    stamp = stamps_of(assessment)["reason"]
    assert (stamp.on, stamp.by) == (first_day, f"{keyworker.person.name}, {colleague.person.name}")


def test_what_is_saved_again_unchanged_names_nobody_new(keyworker, colleague, referred):
    assessment = save(keyworker, begin(keyworker, referred), {"reason": {"value": "Sleep"}})
    assert save(colleague, assessment, {"reason": {"value": "Sleep"}}).sections["reason"]["by"] == [keyworker.person.name]


# --- One section alone -------------------------------------------------------------------------------------------------------


def test_one_section_alone_leaves_the_rest_as_it_was_last_asked(keyworker, referred):
    first = triaged(keyworker, referred, overdose="recent")
    clock.move_on(56)
    assessment = update(keyworker, referred)
    carried = assessment.answers["overdose"]
    assert (carried["none"], carried["why"]) == ("not-asked", "not-re-asked")
    assert carried["last"] == {"value": "recent", "on": first.took_place_on.isoformat(), "by": keyworker.person.name}
    assert not {question.id for question in form_of(assessment).section("safety").questions} & assessment.answers.keys()


def test_only_the_sections_asked_stand_in_the_way_of_completing(keyworker, referred):
    triaged(keyworker, referred)
    assessment = update(keyworker, referred)
    with pytest.raises(Incomplete) as refused:
        complete(keyworker, assessment)
    assert {each.section for each in refused.value.missing} == {"safety"}
    done = complete(keyworker, save(keyworker, assessment, answers_of(form_of(assessment), "safety")))
    assert done.state == "complete"


def test_a_risk_told_in_week_eight_stands_beside_what_stood_before(keyworker, referred):
    triaged(keyworker, referred, overdose="recent")
    first_day = clock.today()
    clock.move_on(56)
    assessment = update(keyworker, referred)
    safety = answers_of(form_of(assessment), "safety", suicide="now")
    complete(keyworker, save(keyworker, assessment, safety))
    words = {each["words"]: each["asked_on"] for each in episode_of(keyworker, referred).risk_words}
    assert words["Overdose in the last four weeks"] == first_day.isoformat(), "no younger than it was asked"
    assert words["Suicide risk: thoughts now"] == clock.today().isoformat()


def test_an_answer_outside_the_update_is_refused(keyworker, referred):
    triaged(keyworker, referred)
    with pytest.raises(Refused, match="not part of this update"):
        save(keyworker, update(keyworker, referred), {"reason": {"value": "Sleep"}})


def test_what_was_never_asked_begins_as_a_whole(keyworker, referred):
    with pytest.raises(Refused, match="start the whole assessment"):
        update(keyworker, referred)


def test_a_section_that_the_form_has_not(keyworker, referred):
    triaged(keyworker, referred)
    with pytest.raises(Refused, match="no such section"):
        update(keyworker, referred, only=["weather"])


# --- Corrections ---------------------------------------------------------------------------------------------------------------


def correct(by, assessment, why="The overdose was last year") -> Assessment:
    with context.acting(by):
        return assessing.start_correction(by=by, client_id=assessment.client_id, assessment=assessment, why=why)


def test_a_correction_stands_in_the_place_of_what_it_corrects(keyworker, referred):
    first = triaged(keyworker, referred, overdose="recent")
    draft = correct(keyworker, first)
    assert (draft.answers, draft.took_place_on, draft.sections) == (first.answers, first.took_place_on, first.sections)
    complete(keyworker, save(keyworker, draft, {"overdose": {"value": "never"}}, questions=["overdose"]))
    assert reopen(keyworker, first).answers["overdose"] == {"value": "recent"}, "the other stays as it was"
    assert episode_of(keyworker, referred).risk == "none"
    with context.acting(keyworker):
        assert [each.pk for each in Assessment.objects.visible_to(keyworker).standing()] == [draft.pk]


def test_until_it_is_complete_the_first_one_stands(keyworker, referred):
    first = triaged(keyworker, referred)
    correct(keyworker, first)
    with context.acting(keyworker):
        assert [each.pk for each in Assessment.objects.visible_to(keyworker).standing()] == [first.pk]


def test_correcting_an_old_one_does_not_bring_back_an_old_risk(keyworker, referred):
    first = triaged(keyworker, referred, overdose="recent")
    clock.move_on(30)
    triaged(keyworker, referred, overdose="never")
    draft = correct(keyworker, first, why="It was heroin, not methadone")
    complete(keyworker, save(keyworker, draft, {"main-drug": {"value": "1011"}}, questions=["main-drug"]))
    episode = episode_of(keyworker, referred)
    assert (episode.risk, episode.main_substance) == ("none", "1000")


def test_correcting_the_first_takes_away_nothing_that_was_told_since(keyworker, referred):
    """On one day: a triage, violence disclosed in an update, then an age in the triage put right."""
    first = triaged(keyworker, referred, overdose="recent")
    told = update(keyworker, referred)
    complete(keyworker, save(keyworker, told, answers_of(form_of(told), "safety", suicide="now")))
    draft = correct(keyworker, first, why="No overdose: it was somebody else")
    assert draft.answers["suicide"] == {"value": "never"}
    complete(keyworker, save(keyworker, draft, {"overdose": {"value": "never"}}, questions=["overdose"]))
    words = {each["words"] for each in episode_of(keyworker, referred).risk_words}
    assert "Suicide risk: thoughts now" in words, "what was told since stands"
    assert "Overdose in the last four weeks" not in words, "what was put right is put right"
    again = begin(keyworker, referred)
    with context.acting(keyworker):
        last = earlier_answers(by=keyworker, assessment=again, form=form_of(again))
    assert (last["suicide"]["value"], last["overdose"]["value"]) == ("now", "never")


@pytest.mark.parametrize("why", ["", "   "])
def test_a_correction_says_why(keyworker, referred, why):
    with pytest.raises(Refused) as refused:
        correct(keyworker, triaged(keyworker, referred), why=why)
    assert "why" in refused.value.fields


def test_corrected_once(keyworker, referred):
    first = triaged(keyworker, referred)
    correct(keyworker, first)
    with pytest.raises(Refused, match="corrected already"):
        correct(keyworker, first)


def test_a_draft_is_changed_where_it_stands(keyworker, referred):
    with pytest.raises(Refused, match="not complete yet"):
        correct(keyworker, begin(keyworker, referred))


def test_another_agency_corrects_nothing(keyworker, stranger, referred):
    first = triaged(keyworker, referred)
    factories.access(referred, agency=stranger.agency, basis="consent")
    with pytest.raises(NotAllowed):
        correct(stranger, first)


def test_the_database_wants_a_reason_and_another_assessment(keyworker, referred):
    first = triaged(keyworker, referred)
    with context.acting(keyworker):
        for wrong in ({"corrects": first}, {"corrects_why": "Because"}):
            with pytest.raises(IntegrityError), transaction.atomic():
                Assessment.objects.create(
                    **{name: getattr(first, name) for name in ("partnership_id", "client_id", "episode_id", "agency_id", "form")},
                    form_version=1,
                    took_place_on=clock.today(),
                    started_at=clock.now(),
                    started_by=keyworker.person,
                    **wrong,
                )


# --- Handed on -----------------------------------------------------------------------------------------------------------------


def hand_on(by, assessment, to) -> Assessment:
    with context.acting(by):
        return assessing.hand_on(by=by, client_id=assessment.client_id, assessment=assessment, to=to)


def test_a_begun_assessment_goes_on_with_a_colleague(signed_in, keyworker, colleague, referred):
    assessment = save(keyworker, begin(keyworker, referred), {"reason": {"value": "Sleep"}})
    assert hand_on(keyworker, assessment, colleague.person).handed_to == colleague.person
    assert "was handed on to you" in signed_in(colleague).get(reverse("notices")).content.decode()
    with context.acting(colleague):
        assert Notice.objects.visible_to(colleague).filter(kind=assessing.HANDED_ON, client_id=referred.pk).count() == 1
    assert complete(colleague, save(colleague, reopen(colleague, assessment), everything())).state == "complete"


@pytest.mark.parametrize("role", ["reception", "administrator"])
def test_not_to_somebody_who_does_not_assess(keyworker, agency, referred, role):
    at = {"partnership": agency.partnership} if role == "administrator" else {"agency": agency}
    other = factories.actor(role=role, **at)
    with pytest.raises(Refused) as refused:
        hand_on(keyworker, begin(keyworker, referred), other.person)
    assert "to" in refused.value.fields


def test_not_to_another_agency(keyworker, stranger, referred):
    with pytest.raises(Refused):
        hand_on(keyworker, begin(keyworker, referred), stranger.person)


# --- Paper -----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "complete", "in_time"),
    [
        (time(14, 0), datetime(2026, 6, 2, 13, 59), True),
        (time(14, 0), datetime(2026, 6, 2, 14, 1), False),
        (None, datetime(2026, 6, 2, 23, 58), True),
        (None, datetime(2026, 6, 3, 0, 1), False),
        (time(14, 0), datetime(2026, 6, 1, 13, 0), True),
    ],
    ids=["just", "a minute late", "no time said: the day after", "the day after that", "before it was asked: nobody's clock goes wrong"],
)
def test_typed_in_within_a_day(at, complete, in_time):
    assessment = Assessment(on_paper=True, took_place_on=datetime(2026, 6, 1).date(), took_place_at=at)
    assessment.completed_at = complete.replace(tzinfo=clock.LONDON)
    assert assessment.typed_in_time is in_time


def test_what_was_on_paper_is_as_old_as_the_paper(keyworker, referred):
    asked = clock.today() - timedelta(days=3)
    assessment = begin(keyworker, referred, took_place_on=asked, on_paper=True, took_place_at=time(9, 30))
    done = complete(keyworker, save(keyworker, assessment, everything()))
    assert {stamp.on for stamp in stamps_of(done).values()} == {asked}
    assert done.typed_in_time is False


def test_what_was_not_on_paper_is_not_asked_about(keyworker, referred):
    done = triaged(keyworker, referred)
    assert (done.typed_in_after, done.typed_in_time) == (None, None)


def test_a_day_when_the_clocks_change():
    """25 October 2026 has 25 hours: from two in the afternoon to half past one on the day after are 24 and a half, and too late."""
    assessment = Assessment(on_paper=True, took_place_on=datetime(2026, 10, 24).date(), took_place_at=time(14, 0))
    assessment.completed_at = datetime(2026, 10, 25, 13, 30, tzinfo=clock.LONDON)
    assert assessment.typed_in_after == timedelta(hours=24, minutes=30)
    assert assessment.typed_in_time is False


# --- Competence ------------------------------------------------------------------------------------------------------------------


def medical(form):
    return next((section for section in form.sections if section.competence), None)


def test_a_prescribers_section_is_theirs_and_nobody_waits_for_it(keyworker, agency, referred):
    form = catalogue().form("comprehensive")
    section = medical(form)
    assert section is not None, "the comprehensive assessment has a section for a prescriber"
    assessment = begin(keyworker, referred, form="comprehensive")
    question = section.questions[0]
    given = answer(question)
    with pytest.raises(NotAllowed, match="for a doctor or a prescriber"):
        save(keyworker, assessment, {question.id: given})
    prescriber = factories.actor(role="prescriber", agency=agency)
    assert save(prescriber, assessment, {question.id: given}).sections[section.id]["by"] == [prescriber.person.name]


# --- What stands -----------------------------------------------------------------------------------------------------------------


def test_urgency_and_scores_are_written_down(keyworker, referred):
    triaged(keyworker, referred, how_soon="week")
    assert episode_of(keyworker, referred).urgency == "week"


def test_stale_saves_of_two_in_one_section_give_both_texts_back(keyworker, colleague, referred):
    assessment = begin(keyworker, referred)
    save(colleague, assessment, {"reason": {"value": "Theirs"}})
    with pytest.raises(stale.Conflict) as conflict:
        save(keyworker, assessment, {"reason": {"value": "Mine"}}, opened={})
    ((name, texts),) = conflict.value.merge.conflicts.items()
    assert name == "reason"
    assert "Mine" in str(texts)
    assert "Theirs" in str(texts)
