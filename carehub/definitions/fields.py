"""The page on which a form, or one section of it, is filled in: made from the definition, nothing written by hand.

What is typed is never cleaned on the way to the draft. ``answers``, ``problems`` and ``missing`` say what it amounts to.
"""

import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from carehub.definitions.answers import (
    Answers,
    LastAnswer,
    Missing,
    missing,
    progress,
)
from carehub.definitions.blocks import QuestionBlock, SectionBlock
from carehub.definitions.conditions import for_script, in_words, shown
from carehub.definitions.schema import Form, Question
from carehub.definitions.show import answer_words, last_words, with_headings
from carehub.definitions.typed import ASKED, Read, Typed, field_names, from_post, merge, named, none_name, read, still_name
from carehub.formfields import DateField, LongText, OneFromList, OneOf, Several, Text, WeeksField
from carehub.forms import CareHubForm

#: From this many choices on a list to open is easier than radios.
LONG_LIST = 12


class _AsTyped(forms.Field):
    """Takes whatever was typed: the question itself says what is wrong with it (carehub.definitions.cleaning)."""

    #: In grey above the field; see the form pack.
    last_answer = ""

    def clean(self, value: Any) -> Any:
        return value


class _Text(_AsTyped, Text):
    pass


class _LongText(_AsTyped, LongText):
    pass


class _Date(_AsTyped, DateField):
    pass


class _Weeks(_AsTyped, WeeksField):
    pass


class _OneOf(_AsTyped, OneOf):
    pass


class _Several(_AsTyped, Several):
    #: Before which choice stands which word.
    dividers: dict[str, str]


class _List(_AsTyped, OneFromList):
    pass


class _Still(_AsTyped, forms.BooleanField):
    pass


def answer_field(question: Question) -> _AsTyped:
    """The field for the answer itself."""
    common: dict[str, Any] = {"label": question.text, "help_text": question.hint, "required": False}
    if question.kind == "text":
        return _Text(**common)
    if question.kind == "long-text":
        return _LongText(**common)
    if question.kind == "number":
        number = _Text(width=5, suffix=question.unit, **common)
        number.widget.attrs["inputmode"] = "decimal" if question.decimals else "numeric"
        return number
    if question.kind == "date":
        return _Date(**common)
    if question.kind == "weeks":
        return _Weeks(**common)
    if question.kind == "score-1-5":
        return _OneOf([(str(score), f"{score} – {meaning}") for score, meaning in enumerate(question.anchors, start=1)], **common)
    if question.kind == "substance" or (question.kind == "one-of" and len(question.choices) >= LONG_LIST):
        return _List([(choice.value, choice.text) for choice in question.choices], **common)
    choices = [(choice.value, choice.text, choice.hint) for choice in question.choices]
    if question.kind != "many-of":
        return _OneOf(choices, inline=question.kind == "yes-no", **common)
    field = _Several(choices, **common)
    if alone := next((choice for choice in question.choices if choice.alone), None):
        field.dividers = {alone.value: _("or")}
    return field


def not_for_client(question: Question) -> bool:
    """Never on a screen that the client sees."""
    return question.third_party or question.for_worker


class DefinitionForm(CareHubForm):
    """A form from a definition. Make it with ``build``."""

    mark_optional = False

    def __init__(
        self,
        definition: Form,
        *,
        section: str = "",
        draft: Mapping[str, Sequence[str]] | None = None,
        data: QueryDict | None = None,
        last: Mapping[str, LastAnswer] | None = None,
        completing: bool = False,
        for_client: bool = False,
    ) -> None:
        self.definition, self.section, self.last, self.completing = definition, section, last or {}, completing
        #: Question → what stands above it: what is to be read before it is answered.
        self.above: dict[str, SafeString] = {}
        sections = (definition.section(section),) if section else definition.sections
        wanted = [question for one in sections for question in one.questions if not (for_client and not_for_client(question))]
        before = {name: list(values) for name, values in (draft or {}).items()}
        self.typed: Typed = merge(before, from_post(definition, data)) if data is not None else before
        answers = read(definition, before, last).answers
        self.questions = _not_ruled_out(definition, _up_to_the_next_entry(definition, wanted, answers, self.typed), answers)
        super().__init__(data, initial=self._initial())
        for question in self.questions:
            self._add(question)
        self.fields[ASKED] = forms.CharField(widget=forms.HiddenInput, required=False)
        self.initial[ASKED] = " ".join(question.id for question in self.questions)

    @cached_property
    def read(self) -> Read:
        return read(self.definition, self.typed, self.last)

    @property
    def answers(self) -> Answers:
        """Everything that can be read, hidden questions included; ``answers.complete`` leaves those out."""
        return self.read.answers

    @property
    def problems(self) -> dict[str, str]:
        """What is wrong, in the whole form: question → message."""
        return {name: message for name, message in self.read.problems.items() if shown(self.definition, name, self.answers)}

    @property
    def missing(self) -> list[Missing]:
        """What the whole form lacks for completion."""
        return [one for one in missing(self.definition, self.answers) if one.question not in self.read.problems]

    @property
    def progress(self) -> dict[str, tuple[int, int]]:
        return progress(self.definition, self.answers)

    def clean(self) -> None:
        """On this page: what was typed wrongly and, when completing, what is missing. Hidden questions ask for nothing."""
        here = {question.id for question in self.questions}
        for name, message in self.problems.items():
            if name in here:
                self.add_error(name, message)
        for one in self.missing if self.completing else ():
            if one.question in here:
                self.add_error(one.question, named(self.definition.question(one.question), one.reason))

    def layout(self) -> Sequence[Any]:
        parts: list[Any] = []
        for section in self.definition.sections:
            here = {question.id for question in section.questions}
            blocks = [QuestionBlock(question, heading) for question, heading in with_headings(self.questions) if question.id in here]
            if blocks:
                parts.append(SectionBlock(section, blocks, titled=not self.section))
        return parts

    def only_if(self, question: Question) -> tuple[str, str]:
        """For a question that other answers on this page may hide: the condition as JSON for the script, and in words."""
        if question.shown_if is None:
            return "", ""
        on_page = frozenset(one.id for one in self.questions)
        condition = for_script(self.definition, question.shown_if, self.answers, on_page)
        if condition is None or isinstance(condition, bool):
            return "", ""
        return json.dumps(condition, ensure_ascii=False), in_words(self.definition, question.shown_if)

    def _add(self, question: Question) -> None:
        last = self.last.get(question.id)
        field = self.fields[question.id] = answer_field(question)
        if last:
            field.last_answer = last_words(self.definition, question, last)
            last_answer = "; ".join(answer_words(self.definition, question, last))
            if "value" in last and question.re_ask != "always":
                self.fields[still_name(question)] = _Still(label=_("Still true: %(answer)s") % {"answer": last_answer}, required=False)

    def _initial(self) -> dict[str, Any]:
        """The draft as it was typed, an impossible date included."""
        found: dict[str, Any] = {}
        for question in self.questions:
            parts = [self.typed.get(name) or [] for name in field_names(question)]
            if question.kind == "many-of":
                found[question.id] = parts[0]
            elif len(parts) > 1:
                found[question.id] = [part[-1] if part else "" for part in parts]
            else:
                found[question.id] = parts[0][-1] if parts[0] else ""
            found[still_name(question)] = bool("".join((self.typed.get(still_name(question)) or [""])[-1:]))
        return found


def _up_to_the_next_entry(definition: Form, questions: list[Question], answers: Answers, typed: Typed) -> list[Question]:
    """Of each group the entries that are open, those that hold something, and one more that the page may open."""
    reached: dict[str, int] = {}
    for question in questions:
        held = any("".join(typed.get(name) or []) for name in (*field_names(question), none_name(question)))
        if question.group and (held or shown(definition, question, answers)):
            reached[question.group] = max(reached.get(question.group, 0), question.entry)
    return [question for question in questions if not question.group or question.entry <= reached.get(question.group, 0) + 1]


def _not_ruled_out(definition: Form, questions: list[Question], answers: Answers) -> list[Question]:
    """Without the questions that answers given on other pages hide, whatever is answered on this one."""
    on_page = frozenset(question.id for question in questions)
    left = [
        question
        for question in questions
        if question.shown_if is None or for_script(definition, question.shown_if, answers, on_page) not in (False, None)
    ]
    return left if len(left) == len(questions) else _not_ruled_out(definition, left, answers)


def build(
    definition: Form,
    *,
    section: str = "",
    draft: Mapping[str, Sequence[str]] | None = None,
    data: QueryDict | None = None,
    last: Mapping[str, LastAnswer] | None = None,
    completing: bool = False,
    for_client: bool = False,
) -> DefinitionForm:
    """The Django form for a definition, or for one section of it.

    draft: the whole form as typed so far (``Draft.fields``, or ``typed.from_answers`` of a completed assessment). data: what
    was just posted. last: ``forward.last_answers`` of the assessment before. completing: mandatory questions on this page
    must be answered. for_client: without what comes from other people and what
    is the worker's to judge; it stays in the draft.

    Afterwards: ``form.typed`` is the draft to keep, ``form.answers``, ``form.problems``, ``form.missing``, ``form.progress``.
    """
    return DefinitionForm(definition, section=section, draft=draft, data=data, last=last, completing=completing, for_client=for_client)
