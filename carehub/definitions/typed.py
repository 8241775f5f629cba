"""What stands in a draft: the fields of the form as a browser sends them, nothing cleaned, nothing refused.

A question has its own field or, for a date, three, for weeks four; beside it ``<id>__none`` ('declined/someone-present') for
why there is no answer, and ``<id>__still`` for 'still true'.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext as _

from carehub.definitions import weeks
from carehub.definitions.answers import NOT_RE_ASKED, Answer, Answers, LastAnswer
from carehub.definitions.cleaning import WrongAnswer, as_typed, clean
from carehub.definitions.schema import Form, Question
from carehub.definitions.show import value_words
from carehub.widgets import DateInput

Typed = dict[str, list[str]]
#: The hidden field that names the questions on a page.
ASKED = "asked__"


@dataclass(frozen=True)
class Read:
    """What a draft amounts to."""

    answers: Answers
    #: question → what is wrong with what was typed there
    problems: dict[str, str]


def field_names(question: Question) -> tuple[str, ...]:
    """The names of the HTML fields that hold the answer itself."""
    if question.kind == "weeks":
        return weeks.names(question.id)
    return tuple(f"{question.id}_{part}" for part in DateInput.PARTS) if question.kind == "date" else (question.id,)


def none_name(question: Question) -> str:
    return f"{question.id}__none"


def still_name(question: Question) -> str:
    return f"{question.id}__still"


def from_post(form: Form, data: QueryDict | Mapping[str, Sequence[str]], questions: Iterable[str] | None = None) -> Typed:
    """The fields of the questions that the page held. A box that was unticked is an empty list, so that it clears the draft's.

    The page says itself which questions it held (``ASKED``): what it did not hold must not be cleared.
    """

    def sent(name: str) -> list[str]:
        return list(data.getlist(name) if isinstance(data, QueryDict) else data.get(name, ()))

    held = set(" ".join(sent(ASKED)).split()) if questions is None else set(questions)
    asked = [question for question in form.questions if question.id in held]
    return {name: sent(name) for question in asked for name in (*field_names(question), none_name(question), still_name(question))}


def merge(draft: Mapping[str, Sequence[str]], newer: Typed) -> Typed:
    """The draft of the whole form after a part of it was saved."""
    return {**{name: list(values) for name, values in draft.items()}, **newer}


def read(form: Form, typed: Mapping[str, Sequence[str]], last: Mapping[str, LastAnswer] | None = None) -> Read:
    """The answers in a draft, those of hidden questions too (see ``answers.kept``), and what is wrong with the rest."""
    answers: Answers = {}
    problems: dict[str, str] = {}
    for question in form.questions:
        try:
            answer = read_one(form, question, typed, (last or {}).get(question.id))
        except WrongAnswer as wrong:
            problems[question.id] = named(question, str(wrong))
        else:
            if answer is not None:
                answers[question.id] = answer
    return Read(answers, problems | _repeated(form, answers))


def read_one(form: Form, question: Question, typed: Mapping[str, Sequence[str]], last: LastAnswer | None) -> Answer | None:
    """Raises WrongAnswer."""
    value = clean(question, [one for name in field_names(question) for one in (typed.get(name) or [""])])
    none = (typed.get(none_name(question)) or [""])[-1]
    still = bool((typed.get(still_name(question)) or [""])[-1])
    if value is not None and question.re_ask != "always":
        # What is said today overrules what was said before; the page's script unticks the box, without it both come in.
        still = False
    if bool(none) + still + (value is not None) > 1:
        raise WrongAnswer(_("there is more than one answer: keep the answer, ‘Still true’, or why there is none"))
    if none:
        return _read_none(form, question, none, last)
    if still:
        return _read_still(question, last)
    return None if value is None else {"value": value}


def words_of(question: Question) -> str:
    """As it is asked: what somebody looks for on the page, the entry first where it is asked of several ('Child 2')."""
    return f"{question.entry_title}: {question.text}" if question.entry_title else question.text


def named(question: Question, message: str) -> str:
    """The message as it stands beside the question and at the top of the page: '‘On how many days do you drink?’: enter …'."""
    return _("‘%(question)s’: %(message)s") % {"question": words_of(question), "message": message}


def _repeated(form: Form, answers: Answers) -> dict[str, str]:
    """Questions that were given the answer of another one, where both are to differ."""
    found = {}
    for question in form.questions:
        value = answers.get(question.id, {}).get("value")
        if value is None:
            continue
        for other in question.differs_from:
            if answers.get(other, {}).get("value") == value:
                words = {"answer": value_words(question, value)[0], "other": words_of(form.question(other))}
                found[question.id] = named(question, _("“%(answer)s” stands under “%(other)s” already") % words)
    return found


def from_answers(form: Form, answers: Mapping[str, Answer]) -> Typed:
    """A draft that reads as these answers: where a completed assessment is opened again to correct it."""
    typed: Typed = {}
    for question in form.questions:
        answer = answers.get(question.id)
        # What was assumed nobody has typed: it stands open again.
        if not answer or (question.assumed and answer.get("why") == question.assumed.why):
            continue
        if "still" in answer:
            typed[still_name(question)] = ["1"]
        elif "value" in answer:
            parts, names = as_typed(question, answer["value"]), field_names(question)
            typed |= {names[0]: parts} if len(names) == 1 else {name: [part] for name, part in zip(names, parts, strict=True)}
        else:
            typed[none_name(question)] = ["/".join(filter(None, (answer["none"], answer.get("why", ""))))]
    return typed


def _read_none(form: Form, question: Question, typed: str, last: LastAnswer | None) -> Answer:
    none, _slash, why = typed.partition("/")
    known = why == "" or any(reason.value == why and reason.of == none for reason in form.reasons)
    if none == "not-asked" and why == NOT_RE_ASKED and last:
        return {"none": none, "why": why, "last": last}
    if none not in question.not_answers or not known:
        raise WrongAnswer(_("choose one of the reasons listed"))
    return {"none": none, "why": why} if why else {"none": none}


def _read_still(question: Question, last: LastAnswer | None) -> Answer:
    if question.re_ask == "always":
        raise WrongAnswer(_("this is asked again every time: give the answer, or record that it was not re-asked"))
    if last is None or "value" not in last:
        raise WrongAnswer(_("there is no earlier answer that could still be true: give the answer"))
    return {"value": last["value"], "still": {"on": last["on"], "by": last["by"]}}
