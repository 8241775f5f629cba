"""What a completed assessment leaves on the episode, where every list and the banner read it."""

from collections.abc import Sequence
from datetime import timedelta

from carehub import local_settings
from carehub.actors import Actor
from carehub.definitions.answers import Answers, is_asked
from carehub.definitions.conditions import last_known
from carehub.definitions.schema import Form, Question
from clients.assessed.findings import what_answers_say
from clients.assessed.recorded import asked_then_carried, form_of, standing_risk
from clients.models import Assessment, Episode
from clients.models.episodes import EPISODE_LIFECYCLE

#: The question whose answer becomes Episode.main_substance, by the national field that it fills.
MAIN_SUBSTANCE = "DRUG1"
#: Told to the service managers when an assessment asks for something today; see careplans.notices.
SAME_DAY = "assessment.same-day"


def write_down(assessment: Assessment, by: Actor) -> None:
    """From what stands: a correction of an old assessment, or one typed in late, does not undo what a newer one found."""
    episode = assessment.episode
    newest = Assessment.objects.filter(client_id=assessment.client_id, agency_id=assessment.agency_id).that_count()
    changes: dict[str, object] = {}
    if found := standing_risk(newest):
        changes |= {"risk": found.level, "risk_words": found.words, "risk_asked_on": found.asked_on}
    scores: dict[str, int] = {}
    for each, answers in asked_then_carried(newest):
        form = form_of(each)
        scores = area_scores(form, answers) | scores
        if (substance := _answer_for(form, answers, MAIN_SUBSTANCE)) and "main_substance" not in changes:
            changes["main_substance"] = substance
        if (urgency := how_soon(form, answers) if each.by_link_from else fills(form, answers, "urgency")) and "urgency" not in changes:
            changes["urgency"] = urgency
    changes |= _comprehensive(assessment, newest, by)
    changes |= {"scores": scores, "score_sum": sum(scores.values()) or None}
    # What it reported while it was unfinished is found now.
    changes["risk_begun"] = [each for each in episode.risk_begun if each["assessment"] != str(assessment.pk)]
    if form_of(assessment).level in ("triage", "comprehensive") and episode.state == Episode.State.REFERRAL:
        step = EPISODE_LIFECYCLE.check("episode.assess", episode.state)
        changes |= {
            "state": step.target,
            "triaged_on": assessment.took_place_on,
            "next_due_what": Episode.NextDue.PLAN,
            "next_due_on": assessment.took_place_on + timedelta(days=local_settings.of(by.partnership).plan_within_days),
        }
    episode.save_over(episode.row_version, **changes)


def _comprehensive(assessment: Assessment, newest: Sequence[Assessment], by: Actor) -> dict[str, object]:
    """By when the comprehensive assessment is to be done: the newest of them either asks for one, or is the one that was done."""
    settled: dict[str, object] = {"comprehensive_due_on": None, "comprehensive_declined_why": ""}
    for each in newest:
        form = form_of(each)
        if form.level == "comprehensive" and not each.only:
            return settled
        said = fills(form, {name: answer for name, answer in each.answers.items() if is_asked(answer)}, "comprehensive")
        if said == "yes":
            before = each.corrects
            if each.pk != assessment.pk or (before and fills(form_of(before), before.answers, "comprehensive") == said):
                # It was asked for before: neither its day nor that it was declined changes.
                return {}
            days = local_settings.of(by.partnership).comprehensive_within_days
            return settled | {"comprehensive_due_on": each.took_place_on + timedelta(days=days)}
        if said:
            return settled
    return {}


def area_scores(form: Form, answers: Answers) -> dict[str, int]:
    """The score of each of the nine areas that was scored: 1 best, 5 worst."""
    found: dict[str, int] = {}
    for question in form.questions:
        if question.kind == "score-1-5" and question.id in answers:
            value = last_known(answers.get(question.id))
            if isinstance(value, int):
                found[question.area] = value
    return found


def _answer_for(form: Form, answers: Answers, national: str) -> str:
    return _said(next((each for each in form.questions if each.national == national), None), answers)


def fills(form: Form, answers: Answers, column: str) -> str:
    return _said(next((each for each in form.questions if each.fills == column), None), answers)


def how_soon(form: Form, answers: Answers) -> str:
    """Of a screening sent by somebody who is no drug worker: the graver of what they said and what the answers say themselves.

    One of Episode.Urgency.
    """
    says = what_answers_say(form, answers)
    said = Episode.Urgency(fills(form, answers, "urgency"))
    if says.today or any(look == f"risk-{Episode.Risk.HIGH}" for look, _risk in says.risks):
        return Episode.Urgency.TODAY
    if says.priority and said != Episode.Urgency.TODAY:
        return Episode.Urgency.WEEK
    return said


def _said(question: Question | None, answers: Answers) -> str:
    value = last_known(answers.get(question.id)) if question else None
    return value if isinstance(value, str) else ""
