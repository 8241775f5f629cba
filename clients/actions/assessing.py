"""Assessing: begun on the newest version of a form, saved as often as one likes, completed once and then locked."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction

from carehub import clock, events, local_settings, stale
from carehub.actors import Actor
from carehub.definitions.answers import Answer, Answers, kept
from carehub.definitions.catalogue import catalogue
from carehub.definitions.fingerprint import fingerprint
from carehub.definitions.forward import LastAnswer, Stamp, last_answers
from carehub.definitions.schema import Form
from carehub.models import Membership, Notice, Task
from clients import policies, risk
from clients.findings import what_answers_say
from clients.models import Assessment, Episode, RiskFound
from clients.models.episodes import EPISODE_LIFECYCLE

#: The question whose answer becomes Episode.main_substance, by the national field that it fills.
MAIN_SUBSTANCE = "DRUG1"
#: Told to the service managers when a triage asks for something today; see careplans.notices.
SAME_DAY = "assessment.same-day"


def form_of(assessment: Assessment) -> Form:
    """The form as it was asked: in the version that the assessment was recorded on."""
    return catalogue().form(assessment.form, assessment.form_version)


def start_assessment(
    *, by: Actor, client_id: UUID, episode: Episode, form: str = "triage", took_place_on: date | None = None
) -> Assessment:
    """A new draft; or the one that is open already, since there is one of a form at a time."""
    policies.about(client_id, episode)
    policies.may_assess(by, episode)
    today = clock.today()
    policies.took_place(took_place_on or today, episode)
    with transaction.atomic():
        # Two clicks on 'Start', two colleagues at once: the second finds what the first began.
        Episode.objects.select_for_update(no_key=True).get(pk=episode.pk)
        if begun := Assessment.objects.visible_to(by).filter(episode=episode, form=form, state=Assessment.State.DRAFT).first():
            return begun
        definition = catalogue().form(form)
        assessment = Assessment.objects.create(
            partnership_id=episode.partnership_id,
            client_id=episode.client_id,
            episode=episode,
            agency_id=episode.agency_id,
            form=definition.name,
            form_version=definition.version,
            form_fingerprint=fingerprint(definition),
            took_place_on=took_place_on or today,
            started_at=clock.now(),
            started_by=by.person,
        )
        events.record("assessment.started", by=by, client=assessment.client_id, subject=assessment)
    return assessment


def save_answers(
    *,
    by: Actor,
    client_id: UUID,
    assessment: Assessment,
    answers: Mapping[str, Answer],
    questions: Iterable[str],
    opened: Mapping[str, str],
) -> Assessment:
    """Write the answers to ``questions``; those that are not among ``answers`` become unanswered again.

    ``opened``: for each question that was answered when the page was opened, the mark (carehub.stale) of its answer then. What a
    colleague has saved meanwhile stays where I changed nothing; where both changed, :class:`carehub.stale.Conflict` and nothing is
    written.
    """
    policies.about(client_id, assessment)
    with transaction.atomic():
        now = Assessment.objects.select_for_update().get(pk=assessment.pk)
        policies.may_write(by, now)
        asked = list(dict.fromkeys(questions))
        merge = stale.merge(
            opened={name: mark for name, mark in opened.items() if name in asked},
            mine={name: answers[name] for name in asked if name in answers},
            theirs={name: now.answers[name] for name in asked if name in now.answers},
        )
        if merge.conflicts:
            raise stale.Conflict(merge)
        elsewhere = {name: answer for name, answer in now.answers.items() if name not in asked}
        changed = elsewhere | merge.values
        if changed != now.answers:
            now.save_over(now.row_version, answers=changed)
            events.record("assessment.saved", by=by, client=now.client_id, subject=now)
    return now


def complete_assessment(*, by: Actor, client_id: UUID, assessment: Assessment, row_version: int) -> Assessment:
    """Lock it, and write down what lists and the banner need: risk, main substance, what is due next.

    ``row_version``: of what was looked at; :class:`carehub.stale.StaleSave` where a colleague has changed an answer since.
    """
    policies.about(client_id, assessment)
    with transaction.atomic():
        row = Assessment.objects.select_for_update(of=("self",)).select_related("episode").get(pk=assessment.pk)
        policies.may_write(by, row)
        if row.row_version != row_version:
            raise stale.StaleSave(row)
        form = form_of(row)
        answers: Answers = kept(form, row.answers)
        policies.can_complete(form, answers)
        found = risk.picture(form, answers, Stamp(row.took_place_on, by.person.name))
        now = clock.now()
        _keep_risks(row, found)
        row.save_over(
            row_version,
            state=Assessment.State.COMPLETE,
            answers=answers,
            form_fingerprint=fingerprint(form),
            completed_at=now,
            completed_by=by.person,
            risk=found.level,
            locked_at=now,
        )
        _write_down(row, form, answers, found, by)
        _ask_for_today(row, form, answers)
        events.record("assessment.completed", by=by, client=row.client_id, subject=row)
    return row


def earlier_answers(*, by: Actor, assessment: Assessment) -> dict[str, LastAnswer]:
    """What the last completed assessment on this form knows, with the day it was asked and by whom; empty for a first one."""
    last = (
        Assessment.objects.visible_to(by)
        .filter(client_id=assessment.client_id, form=assessment.form, state=Assessment.State.COMPLETE)
        .select_related("completed_by")
        .order_by("-took_place_on", "-completed_at")
        .first()
    )
    if last is None:
        return {}
    return last_answers(form_of(last), last.answers, Stamp(last.took_place_on, last.completed_by.name), into=form_of(assessment))


def _keep_risks(assessment: Assessment, found: risk.Picture) -> None:
    """The rows first, then their lock: once the assessment is locked nothing can be attached to it."""
    about = {"partnership_id": assessment.partnership_id, "client_id": assessment.client_id, "assessment": assessment}
    RiskFound.objects.bulk_create(
        RiskFound(
            **about,
            area=each.area,
            level=risk.kept_level(each.level),
            words=each.words[: risk.LONGEST_WORDS],
            third_party=each.third_party,
        )
        for each in found.found
    )
    RiskFound.objects.filter(assessment=assessment).update(locked_at=clock.now())


def _write_down(assessment: Assessment, form: Form, answers: Answers, found: risk.Picture, by: Actor) -> None:
    """Onto the episode: every list and the banner read it there."""
    episode = assessment.episode
    changes: dict[str, object] = {"risk": found.level, "risk_words": found.words, "risk_asked_on": found.asked_on}
    if substance := _answer_for(form, answers, MAIN_SUBSTANCE):
        changes["main_substance"] = substance
    if form.level == "triage" and episode.state == Episode.State.REFERRAL:
        step = EPISODE_LIFECYCLE.check("episode.assess", episode.state)
        changes |= {
            "state": step.target,
            "triaged_on": assessment.took_place_on,
            "next_due_what": Episode.NextDue.PLAN,
            "next_due_on": assessment.took_place_on + timedelta(days=local_settings.of(by.partnership).plan_within_days),
        }
    episode.save_over(episode.row_version, **changes)


def _answer_for(form: Form, answers: Answers, national: str) -> str:
    question = next((each for each in form.questions if each.national == national), None)
    value = answers.get(question.id, {}).get("value") if question else None
    return value if isinstance(value, str) else ""


def _ask_for_today(assessment: Assessment, form: Form, answers: Answers) -> None:
    """What cannot wait until tomorrow becomes a task of the service, and its managers are told."""
    urgent = what_answers_say(form, answers).today
    if not urgent:
        return
    today, now = clock.today(), clock.now()
    about = {"partnership_id": assessment.partnership_id, "client_id": assessment.client_id, "made_at": now}
    Task.objects.bulk_create(
        Task(
            # In the order of the form, the gravest first: lists keep it.
            **about | {"made_at": now + timedelta(microseconds=place)},
            kind=f"trigger.{each.trigger.id}"[:60],
            subject_id=assessment.pk,
            words=each.trigger.text[:300],
            why=each.trigger.why[:300],
            countersigned=each.trigger.countersign,
            due_on=today,
            agency_id=assessment.agency_id,
            made_by_id=assessment.completed_by_id,
        )
        for place, each in enumerate(urgent)
    )
    managers = Membership.objects.managers_of([assessment.agency_id], today)
    Notice.objects.bulk_create(
        (
            Notice(**about, person_id=person, kind=SAME_DAY, subject_id=assessment.episode_id, about_day=today)
            for person in managers.order_by("person_id").values_list("person_id", flat=True).distinct()
        ),
        ignore_conflicts=True,
    )
