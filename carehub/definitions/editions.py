"""Lays a partnership's edition over a form, and carries it to the form's next version.

What comes out is a form like any other, checked by the same checks as a file; whatever they refuse is said beside the field.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from carehub.definitions import edition_rules as rules
from carehub.definitions.edition import WITH_CHOICES, Edition, LocalQuestion, base_id, value_of
from carehub.definitions.edition_rules import Wrong
from carehub.definitions.errors import DefinitionError
from carehub.definitions.following import Condition
from carehub.definitions.read_question import Words, read_question
from carehub.definitions.schema import Form, Question, Section
from carehub.definitions.table import Table
from carehub.definitions.whole_form import check_as_a_whole

_FILE = Path("edition")


#: A form that refers to nothing else.
_NO_WORDS = Words({}, {}, frozenset())


def lay_over(form: Form, edition: Edition, *, number: int = 0, words: Words = _NO_WORDS, elsewhere: Collection[str] = ()) -> Form:
    """``form`` as this partnership would ask it, checked. Raises Wrong.

    ``words``: the code lists, for questions that say which item of best practice they ask; ``elsewhere``: the questions that other
    definitions rest on.
    """
    rules.check(form, edition)
    laid = compose(form, edition, number=number, words=words)
    rules.check_retired(form, edition, laid, elsewhere)
    _check(laid)
    return laid


def compose(form: Form, edition: Edition, *, number: int = 0, words: Words = _NO_WORDS) -> Form:
    """The same of an edition that was checked when it was published: a rule that is made later hides no old assessment."""
    if edition.is_empty:
        return replace(form, edition=number)
    # The file's own limit is for its own questions; how many a partnership adds is a rule of editions.
    most = form.most_questions and form.most_questions + len(edition.asked)
    return replace(form, sections=tuple(_sections(form, edition, words)), edition=number, most_questions=most)


def _sections(form: Form, edition: Edition, words: Words) -> Iterator[Section]:
    several = _with_several_answers(form, edition)
    for section in form.sections:
        asked = tuple(_reworded(each, edition) for each in section.questions if base_id(each) not in edition.retired)
        own = tuple(_read(each, words, several, section.shown_if) for each in edition.asked if each.section == section.id)
        if not asked + own:
            first = base_id(section.questions[0])
            raise Wrong(first, "", _("The section ‘%(title)s’ would have no question left.") % {"title": section.title})
        yield replace(section, questions=asked + own)
    for section in edition.sections:
        if own := tuple(_read(each, words, several, None) for each in edition.asked if each.section == section.id):
            yield Section(section.id, section.title, own)


def _reworded(question: Question, edition: Edition) -> Question:
    words = edition.reworded.get(base_id(question))
    return replace(question, text=words.text, hint=words.hint) if words else question


def _with_several_answers(form: Form, edition: Edition) -> frozenset[str]:
    return frozenset(each.id for each in (*form.questions, *edition.questions) if each.kind == "many-of")


def _read(question: LocalQuestion, words: Words, several: Collection[str], of_section: Condition | None) -> Question:
    """Through the reader of files. What holds for the section's questions holds for this one."""
    table = Table(as_table(question, several), ("question", question.id), _FILE, "", "a question")
    try:
        read = read_question(table, words)
    except DefinitionError as error:
        raise _wrong(error) from None
    if of_section is None:
        return read
    return replace(read, shown_if=Condition("all", parts=(of_section, read.shown_if)) if read.shown_if else of_section)


def as_table(question: LocalQuestion, several: Collection[str] = ()) -> dict[str, Any]:
    """As it would stand in a file. ``several``: questions to which more than one answer is given."""
    said: dict[str, Any] = {"id": question.id, "text": question.text, "kind": question.kind}
    said |= {key: getattr(question, key) for key in ("hint", "unit") if getattr(question, key)}
    said |= {key: getattr(question, key) for key in ("least", "most") if getattr(question, key) is not None}
    said |= {key: True for key in ("mandatory", "third_party") if getattr(question, key)}
    if question.only_if:
        test = "includes" if question.only_if.question in several else "is"
        said["shown_if"] = {"question": question.only_if.question, test: question.only_if.answer}
    if question.expectations:
        said["expectations"] = list(question.expectations)
    if question.kind in WITH_CHOICES:
        said["choices"] = [{"value": value_of(each), "text": each} for each in question.choices]
        if question.last_alone and question.choices:
            said["choices"][-1]["alone"] = True
    return said


def _check(laid: Form) -> None:
    whole = Table({}, (), _FILE, "", "a form")
    places = {each.id: Table({}, ("question", base_id(each)), _FILE, "", "a question") for each in laid.questions}
    try:
        check_as_a_whole(whole, laid, places)
    except DefinitionError as error:
        raise _wrong(error, laid) from None


#: A key of the file → the field that it is asked in.
_FIELDS: Mapping[str, str] = {"shown_if": "only_if", "id": "text"}


def _wrong(error: DefinitionError, form: Form | None = None) -> Wrong:
    """What the loader refuses, in a sentence that names questions by their words."""
    question = str(error.keys[1]) if len(error.keys) > 1 and error.keys[0] == "question" else ""
    key = str(error.keys[2]) if len(error.keys) > 2 else ""
    return Wrong(question, _FIELDS.get(key, key), _("This cannot be asked: %(reason)s") % {"reason": rules.in_names(error.reason, form)})
