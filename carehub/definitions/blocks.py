"""How the questions of a definition stand on the page: a section, a question with all that belongs to it."""

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from crispy_forms.layout import LayoutObject
from crispy_forms.utils import render_field
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from carehub.definitions.answers import NOT_ANSWER_WORDS, LastAnswer, not_answers_of
from carehub.definitions.schema import NOT_ANSWERS, Form, Question, Section
from carehub.definitions.typed import none_name, still_name

if TYPE_CHECKING:
    from carehub.definitions.fields import DefinitionForm


class SectionBlock(LayoutObject):
    """The questions of a section, with what is said to the client before them. No title where the page bears it already."""

    def __init__(self, section: Section, blocks: Sequence["QuestionBlock"], *, titled: bool) -> None:
        self.section, self.titled = section, titled
        self.fields = list(blocks)

    def render(self, form: "DefinitionForm", context: Any, template_pack: str = "carehub", **more: Any) -> str:
        content = self.get_rendered_fields(form, context, template_pack, **more)
        return render_to_string("carehub/layout/questions.html", {"section": self.section, "titled": self.titled, "content": content})


class QuestionBlock(LayoutObject):
    """A question with its last answer, 'still true', and the place to say why there is no answer.

    ``heading``: 'Child 2' over the first question of an entry; it is hidden and shown together with it.
    """

    def __init__(self, question: Question, heading: str = "") -> None:
        self.question, self.heading = question, heading
        self.fields = [question.id]

    def render(self, form: "DefinitionForm", context: Any, template_pack: str = "carehub", **more: Any) -> str:
        question = self.question
        condition, words = form.only_if(question)
        last = form.last.get(question.id)
        chosen = "".join((form.typed.get(none_name(question)) or [""])[-1:])
        still = still_name(question)
        about = {
            "question": question,
            "heading": self.heading,
            "above": form.above.get(question.id, ""),
            "answer": render_field(question.id, form, context, template_pack=template_pack),
            "still": render_field(still, form, context, template_pack=template_pack) if still in form.fields else "",
            "no_answer": no_answer_options(form.definition, question, last, chosen),
            "no_answer_name": none_name(question),
            "no_answer_open": bool(chosen),
            "condition": condition,
            "only_if": words,
            "last": json.dumps({key: last[key] for key in ("value", "none") if key in last}) if last else "",
            "alone": " ".join(choice.value for choice in question.choices if choice.alone),
        }
        return render_to_string("carehub/layout/question.html", about)


def no_answer_options(form: Form, question: Question, last: LastAnswer | None, chosen: str) -> SafeString:
    """The options of the list that says why there is no answer, grouped by declined, not known, does not apply, not asked.

    Kept, since most questions of a form have the same.
    """
    return _options(tuple(not_answers_of(form, question, asked_before=last is not None)), chosen, get_language())


@lru_cache(maxsize=1000)
def _options(offered: tuple[tuple[str, str, str], ...], chosen: str, language: str | None) -> SafeString:
    groups = []
    for none in NOT_ANSWERS:
        words = str(NOT_ANSWER_WORDS[none])
        of_none = [(f"{none}/{why}" if why else none, text or words) for one, why, text in offered if one == none]
        if of_none:
            groups.append({"words": "" if of_none[0][0] == none and len(of_none) == 1 else words, "options": of_none})
    return render_to_string("carehub/layout/no_answer.html", {"groups": groups, "chosen": chosen}) if groups else SafeString("")
