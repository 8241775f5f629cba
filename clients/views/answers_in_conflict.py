"""Two people in one section of an assessment: what stands there, as marks and as form fields, and both answers side by side."""

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _

from carehub import conflicts, stale
from carehub.definitions import typed
from carehub.definitions.answers import Answer, Answers
from carehub.definitions.schema import Form
from carehub.definitions.show import answer_words
from carehub.keeping import Keeping
from clients.models import Assessment


def marks_of(form: Form, section: str, answers: Answers) -> dict[str, str]:
    """What a page of the section starts from: each answered question's mark."""
    return stale.marks({question.id: answers[question.id] for question in form.section(section).questions if question.id in answers})


def as_fields(form: Form, section: str, answers: Answers) -> dict[str, dict[str, list[str]]]:
    """How the page would carry what stands in the record: question → HTML fields, empty ones too."""
    stands = typed.from_answers(form, answers)
    return {
        question.id: {
            name: stands.get(name, []) for name in (*typed.field_names(question), typed.none_name(question), typed.still_name(question))
        }
        for question in form.section(section).questions
    }


def text_fields(form: Form, section: str) -> dict[str, str]:
    """Questions that are answered in words, where both answers can be kept in one: question → its field."""
    return {question.id: question.id for question in form.section(section).questions if question.kind in ("text", "long-text")}


def conflict_page(
    request: HttpRequest,
    assessment: Assessment,
    form: Form,
    section: str,
    /,
    *,
    merge: stale.Merge,
    submitted: QueryDict,
    keeping: Keeping,
    **context: Any,
) -> HttpResponse:
    """``assessment`` as it stands now; ``merge`` says which questions both have answered differently."""
    texts = text_fields(form, section)

    def words(name: str, answer: Answer | None) -> str:
        return "; ".join(answer_words(form, form.question(name), answer)) if answer else ""

    def field(name: str, sides: tuple[Answer | None, Answer | None]) -> str:
        return texts.get(name, "") if all(side and "value" in side for side in sides) else ""

    disagreements = [
        conflicts.Disagreement(name, form.question(name).text, words(name, mine), words(name, theirs), field(name, (mine, theirs)))
        for name, (mine, theirs) in merge.conflicts.items()
    ]
    return conflicts.page(
        request,
        disagreements,
        submitted=submitted,
        marks=marks_of(form, section, assessment.answers),
        keeping=keeping,
        theirs_by=_("A colleague, or you in another window,"),
        **context,
    )
