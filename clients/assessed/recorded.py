"""Completed assessments, read: on which form, who asked each section and when, what the next one starts from, what stands of risk."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from django.utils.translation import gettext as _

from carehub.actors import Actor
from carehub.definitions.answers import NOT_RE_ASKED, Answer, Answers, assumed, is_asked
from carehub.definitions.forward import LastAnswer, Stamp, last_answers
from carehub.definitions.schema import Form, Section
from carehub.form_editions import form_as_recorded
from clients import risk
from clients.models import Assessment


def form_of(assessment: Assessment) -> Form:
    """The form as it was asked: in the version and the edition that the assessment was recorded on."""
    return form_as_recorded(assessment.partnership_id, assessment.form, assessment.form_version, assessment.form_edition)


def stamp_of(assessment: Assessment) -> Stamp:
    """When it took place and who completed it or, of a draft, began it."""
    return Stamp(assessment.took_place_on, (assessment.completed_by or assessment.started_by).name)


def stamps_of(assessment: Assessment) -> dict[str, Stamp]:
    """Section → who asked it and when: the day of its first answer, so that nothing seems younger than it is."""
    return {name: Stamp(date.fromisoformat(told["on"]), ", ".join(told["by"])) for name, told in assessment.sections.items()}


def asked_sections(assessment: Assessment, form: Form) -> list[Section]:
    """The sections that are this assessment's: all of them, or those that are asked alone."""
    return [section for section in form.sections if not assessment.only or section.id in assessment.only]


def part_asked(form: Form, only: Sequence[str]) -> str:
    """'‘Keeping safe’ only': the sections that were asked alone (Assessment.only); '' where it was all of them."""
    if not only:
        return ""
    titles = [_("‘%(section)s’") % {"section": section.title} for section in form.sections if section.id in only]
    listed = _("%(sections)s and %(last)s") % {"sections": ", ".join(titles[:-1]), "last": titles[-1]} if len(titles) > 1 else titles[0]
    return _("%(sections)s only") % {"sections": listed}


def told_by(assessment: Assessment) -> risk.Told:
    return risk.Told(form_of(assessment), assessment.answers, stamp_of(assessment), stamps_of(assessment))


def standing_risk(assessments: Iterable[Assessment]) -> risk.Picture | None:
    """What stands of risk; ``assessments``: those that count, newest first (AssessmentQuerySet.that_count)."""
    told = [told_by(each) for each in assessments]
    asking = [each for each in told if risk.asks_of_risk(each.form)]
    return risk.picture(*asking) if asking else None


def earlier_answers(*, by: Actor, assessment: Assessment, form: Form) -> dict[str, LastAnswer]:
    """What is known from completed assessments on any form: question → the newest answer that fits, with its day and who asked.

    Forms ask the same thing under the same id: nobody is asked twice what the triage knows, or another agency that shares it.
    """
    standing = Assessment.objects.visible_to(by).filter(client_id=assessment.client_id).exclude(pk=assessment.corrects_id)
    return newest_answers(standing.that_count(), into=form)


def with_assumed(by: Actor, assessment: Assessment, form: Form, last: Mapping[str, LastAnswer] | None = None) -> Answers:
    """The answers, and what of the rest need not be asked, by what is recorded of the client. ``last``: earlier_answers, where known."""
    answers = assessment.answers
    asked = {question.id for section in asked_sections(assessment, form) for question in section.questions}
    # Of nobody else the earlier answers are looked for.
    if asked.isdisjoint(assumed(form, answers, sex=assessment.client.sex, last={})):
        return answers
    if last is None:
        last = earlier_answers(by=by, assessment=assessment, form=form)
    taken = assumed(form, answers, sex=assessment.client.sex, last=last)
    return answers | {name: answer for name, answer in taken.items() if name in asked}


def asked_then_carried(assessments: Sequence[Assessment]) -> Iterator[tuple[Assessment, Answers]]:
    """First what each of them asked itself, then what each carried over, which may have been corrected since where it was asked."""
    for asked in (True, False):
        for each in assessments:
            yield each, {name: answer for name, answer in each.answers.items() if is_asked(answer) is asked}


def newest_answers(assessments: Sequence[Assessment], *, into: Form) -> dict[str, LastAnswer]:
    """``assessments``: those that count, newest first."""
    found: dict[str, LastAnswer] = {}
    for each, answers in asked_then_carried(assessments):
        for name, last in last_answers(form_of(each), answers, stamp_of(each), sections=stamps_of(each), into=into).items():
            # The newest day wins, whichever form it was asked on.
            if name not in found or last["on"] > found[name]["on"]:
                found[name] = last
    return found


def carried_over(form: Form, only: Iterable[str], last: Mapping[str, LastAnswer]) -> Answers:
    """For an update of some sections alone: everything outside them, as it was last known and not asked again."""
    asked = set(only)
    outside = [question.id for section in form.sections if section.id not in asked for question in section.questions]
    return {name: Answer(none="not-asked", why=NOT_RE_ASKED, last=last[name]) for name in outside if name in last}


def one_before(actor: Actor, assessment: Assessment) -> Assessment | None:
    """The one before, on the same form: what this one corrects, or what stood when it was asked."""
    mine = Assessment.objects.visible_to(actor)
    if assessment.corrects_id:
        return mine.filter(pk=assessment.corrects_id).first()
    earlier = mine.standing().filter(client_id=assessment.client_id, form=assessment.form, completed_at__lt=assessment.completed_at)
    return earlier.filter(took_place_on__lte=assessment.took_place_on).exclude(pk=assessment.pk).first()
