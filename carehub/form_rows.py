"""A form for the page on which it is changed: each question with what it is, and what may be done with it."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from carehub.definitions import edition_rules as rules
from carehub.definitions.catalogue import catalogue
from carehub.definitions.conditions import in_words
from carehub.definitions.edition import base_id
from carehub.definitions.schema import CodeList, Form, Question
from carehub.form_editions import Working

LEVELS: dict[str, Promise] = {
    "screening": gettext_lazy("Screening"),
    "triage": gettext_lazy("Triage"),
    "comprehensive": gettext_lazy("Comprehensive assessment"),
    "risk": gettext_lazy("Risk assessment"),
    "aftercare": gettext_lazy("Aftercare"),
    "outcome": gettext_lazy("Outcomes"),
    "scores": gettext_lazy("Scores"),
    "tool": gettext_lazy("Tool"),
    "local": gettext_lazy("Local form"),
}


@dataclass(frozen=True)
class QuestionRow:
    """``name``: what changes of it are kept under."""

    name: str
    text: str
    #: The form's own words, where the partnership has others.
    ours: str
    local: bool
    only_if: str
    marks: tuple[str, ...]
    #: Why it cannot be retired; '' where it can.
    stays: str
    rewordable: bool
    #: 'Child', where it is asked for each.
    of_each: str = ""


@dataclass(frozen=True)
class SectionRows:
    id: str
    title: str
    rows: tuple[QuestionRow, ...]


def sections(working: Working) -> list[SectionRows]:
    """As it would be published; sections of one's own stand there also while they are empty."""
    laid, elsewhere, items = working.laid, catalogue().rests_on(working.form.name), items_of_best_practice()
    found = [
        SectionRows(
            section.id, section.title, tuple(_row(working, laid, each, elsewhere, items) for each in section.questions if each.entry <= 1)
        )
        for section in laid.sections
    ]
    there = {section.id for section in laid.sections}
    return found + [SectionRows(each.id, each.title, ()) for each in working.edition.sections if each.id not in there]


def items_of_best_practice() -> CodeList:
    return catalogue().codes("expectations")


def _row(working: Working, laid: Form, question: Question, elsewhere: frozenset[str], items: CodeList) -> QuestionRow:
    name = base_id(question)
    local = working.edition.question(name) is not None
    ours = "" if local or name not in working.edition.reworded else rules.entries(working.form, name)[0].text
    return QuestionRow(
        name=name,
        text=question.text,
        ours=ours,
        local=local,
        only_if=in_words(laid, question.shown_if) if question.shown_if and not question.group else "",
        marks=tuple(_marks(laid, question, items)),
        stays=rules.must_stay(laid, name, elsewhere),
        rewordable=not rules.cannot_be_reworded(laid, name),
        of_each=question.entry_title.rsplit(" ", 1)[0] if question.entry_title else "",
    )


def _marks(form: Form, question: Question, items: CodeList) -> Iterator[str]:
    for value in question.expectations:
        code = items.code(value)
        yield _("Best practice: %(item)s") % {"item": code.text if code else value}
    if question.raises or rules.rests_on_risk(form, question.id):
        yield _("Can mean a risk")
    if question.national:
        yield _("National monitoring: %(field)s") % {"field": question.national}
    if question.mandatory:
        yield _("Key question")
    if question.third_party:
        yield _("In private")


@dataclass(frozen=True)
class Retired:
    name: str
    text: str


def retired(working: Working) -> list[Retired]:
    """What is not asked any more, and can be asked again."""
    found = [Retired(each.id, each.text) for each in working.edition.questions if each.id in working.edition.retired]
    asked = {base_id(each): each.text for each in working.form.questions if each.entry <= 1}
    return found + [Retired(name, asked[name]) for name in sorted(working.edition.retired) if name in asked]
