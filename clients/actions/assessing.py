"""Assessing: begun on the newest version of a form, saved as often as one likes, handed on, completed once and then locked."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, time
from typing import Any
from uuid import UUID

from django.db import transaction

from carehub import clock, events, stale
from carehub.actors import Actor
from carehub.definitions.answers import Answer, Answers, kept
from carehub.definitions.fingerprint import fingerprint
from carehub.definitions.schema import Form
from carehub.form_editions import form_for
from carehub.models import Notice, Person
from clients import risk
from clients.actions import proposing, urgent_drafts, written_down
from clients.assessed.recorded import carried_over, earlier_answers, form_of, stamp_of, stamps_of, with_assumed
from clients.models import Assessment, Episode, RiskFound
from clients.policies import records as policies

#: Told to whoever a begun assessment is handed to.
HANDED_ON = "assessment.handed-on"


def start_assessment(
    *,
    by: Actor,
    client_id: UUID,
    episode: Episode,
    form: str = "triage",
    only: Sequence[str] = (),
    took_place_on: date | None = None,
    on_paper: bool = False,
    took_place_at: time | None = None,
) -> Assessment:
    """A new draft; or the one that is open already, since there is one of a form at a time.

    ``only``: the sections that are asked alone; every other question is carried over as 'not re-asked'. ``on_paper``: it was asked on
    paper and is typed in now; ``took_place_at``: the time of day in London, where it is known.
    """
    policies.about(client_id, episode)
    policies.may_assess(by, episode)
    today = clock.today()
    policies.took_place(took_place_on or today, episode)
    definition = form_for(episode.partnership_id, form)
    policies.may_ask_alone(definition, only)
    with transaction.atomic():
        # Two clicks on 'Start', two colleagues at once: the second finds what the first began.
        Episode.objects.select_for_update(no_key=True).get(pk=episode.pk)
        if begun := Assessment.objects.visible_to(by).filter(episode=episode, form=form, state=Assessment.State.DRAFT).first():
            return begun
        assessment = Assessment(
            partnership_id=episode.partnership_id,
            client_id=episode.client_id,
            episode=episode,
            agency_id=episode.agency_id,
            form=definition.name,
            form_version=definition.version,
            form_edition=definition.edition,
            form_fingerprint=fingerprint(definition),
            only=list(only),
            took_place_on=took_place_on or today,
            on_paper=on_paper,
            took_place_at=took_place_at if on_paper else None,
            started_at=clock.now(),
            started_by=by.person,
        )
        if only:
            last = earlier_answers(by=by, assessment=assessment, form=definition)
            policies.has_been_asked(definition, last)
            assessment.answers = carried_over(definition, only, last)
        assessment.save(force_insert=True)
        events.record("assessment.started", by=by, client=assessment.client_id, subject=assessment)
    return assessment


def start_correction(*, by: Actor, client_id: UUID, assessment: Assessment, why: str) -> Assessment:
    """A new draft with the answers of a completed assessment, on the form as it was asked then. The other stays as it is."""
    policies.about(client_id, assessment)
    why = why.strip()
    with transaction.atomic():
        row = Assessment.objects.select_for_update(of=("self",), no_key=True).select_related("episode").get(pk=assessment.pk)
        policies.may_correct(by, row)
        policies.says_why(why)
        draft = Assessment.objects.create(
            partnership_id=row.partnership_id,
            client_id=row.client_id,
            episode=row.episode,
            agency_id=row.agency_id,
            form=row.form,
            form_version=row.form_version,
            form_edition=row.form_edition,
            form_fingerprint=fingerprint(form_of(row)),
            only=row.only,
            answers=row.answers,
            sections=row.sections,
            took_place_on=row.took_place_on,
            on_paper=row.on_paper,
            took_place_at=row.took_place_at,
            by_link_from=row.by_link_from,
            started_at=clock.now(),
            started_by=by.person,
            corrects=row,
            corrects_why=why,
        )
        events.record("assessment.correction-started", by=by, client=row.client_id, subject=draft, reason=why)
    return draft


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
        form = form_of(now)
        asked = list(dict.fromkeys(questions))
        policies.may_answer(by, form, now.only, asked)
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
            sections = _asked_by(now, form, {name for name in asked if changed.get(name) != now.answers.get(name)}, by)
            now.save_over(now.row_version, answers=changed, sections=sections)
            events.record("assessment.saved", by=by, client=now.client_id, subject=now)
            urgent_drafts.keep_in_sight(now, form, by)
    return now


def _asked_by(assessment: Assessment, form: Form, changed: set[str], by: Actor) -> dict[str, Any]:
    """Assessment.sections, with whoever answers now. What is typed in on the day that it was begun was asked when it took place."""
    today = clock.today()
    day = assessment.took_place_on if assessment.on_paper or clock.day_of(assessment.started_at) == today else today
    sections = dict(assessment.sections)
    for section in form.sections:
        if any(question.id in changed for question in section.questions):
            told = sections.get(section.id, {"on": day.isoformat(), "by": []})
            names = told["by"] if by.person.name in told["by"] else [*told["by"], by.person.name]
            sections[section.id] = {"on": told["on"], "by": names}
    return sections


def hand_on(*, by: Actor, client_id: UUID, assessment: Assessment, to: Person) -> Assessment:
    """A begun assessment goes on with a colleague of the agency, who is told. Everything saved stays."""
    policies.about(client_id, assessment)
    with transaction.atomic():
        row = Assessment.objects.select_for_update().get(pk=assessment.pk)
        policies.may_write(by, row)
        policies.may_be_handed(row, to)
        row.save_over(row.row_version, handed_to=to)
        urgent_drafts.goes_to(row, to)
        notice = Notice(
            partnership_id=row.partnership_id,
            client_id=row.client_id,
            person=to,
            kind=HANDED_ON,
            subject_id=row.episode_id,
            about_day=clock.today(),
            made_at=clock.now(),
        )
        Notice.objects.bulk_create([notice], ignore_conflicts=True)
        events.record("assessment.handed-on", by=by, client=row.client_id, subject=row)
    return row


def decline_comprehensive(*, by: Actor, client_id: UUID, episode: Episode, why: str) -> None:
    """The comprehensive assessment that the triage asked for will not be done, and why. The next triage may ask for it again."""
    policies.about(client_id, episode)
    with transaction.atomic():
        row = Episode.objects.select_for_update(no_key=True).get(pk=episode.pk)
        policies.may_decline_comprehensive(by, row)
        policies.says_why(why)
        row.save_over(row.row_version, comprehensive_due_on=None, comprehensive_declined_why=why.strip())
        events.record("comprehensive.declined", by=by, client=row.client_id, subject=row, reason=why.strip())


def complete_assessment(*, by: Actor, client_id: UUID, assessment: Assessment, row_version: int) -> Assessment:
    """Lock it, and write down what lists and the banner need: risk, main substance, urgency, scores, what is due next.

    ``row_version``: of what was looked at; :class:`carehub.stale.StaleSave` where a colleague has changed an answer since.
    """
    policies.about(client_id, assessment)
    with transaction.atomic():
        # With the episode, onto which it is written down: what a pass or a colleague writes there meanwhile is waited for.
        found = Assessment.objects.select_for_update(of=("self", "episode"), no_key=True)
        found = found.select_related("episode", "started_by", "partnership", "client")
        row = found.get(pk=assessment.pk)
        policies.may_write(by, row)
        if row.row_version != row_version:
            raise stale.StaleSave(row)
        form = form_of(row)
        answers: Answers = kept(form, with_assumed(by, row, form))
        policies.can_complete(form, answers, row.only)
        picture = risk.picture(risk.Told(form, answers, stamp_of(row), stamps_of(row)))
        now = clock.now()
        _keep_risks(row, picture)
        row.save_over(
            row_version,
            state=Assessment.State.COMPLETE,
            answers=answers,
            form_fingerprint=fingerprint(form),
            completed_at=now,
            completed_by=by.person,
            risk=picture.level,
            locked_at=now,
        )
        written_down.write_down(row, by)
        proposing.propose(row, form, answers)
        urgent_drafts.over(row, by, why="completed")
        events.record("assessment.completed", by=by, client=row.client_id, subject=row)
    return row


def _keep_risks(assessment: Assessment, found: risk.Picture) -> None:
    """The rows first, then their lock: once the assessment is locked nothing can be attached to it."""
    if not found.found:
        return
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
