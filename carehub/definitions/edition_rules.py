"""What a partnership may change of a form, and why not the rest: each rule with its sentence, for the button, the action and the test."""

import re
from collections.abc import Collection, Iterator
from dataclasses import replace

from django.utils.translation import gettext as _

from carehub.definitions.conditions import rests_on
from carehub.definitions.edition import KINDS, WITH_CHOICES, Edition, LocalQuestion, base_id, value_of
from carehub.definitions.following import Condition
from carehub.definitions.read_form import LOCAL
from carehub.definitions.schema import Form, Question

#: So many questions a partnership may add: each costs every client time.
MOST_QUESTIONS = 20
LONGEST_TEXT = 300
MOST_CHOICES, LONGEST_CHOICE = 30, 150


class Wrong(Exception):
    """This cannot be done: about which question ('' for the form), beside which field, and why."""

    def __init__(self, question: str, field: str, sentence: str) -> None:
        self.question, self.field, self.sentence = question, field, sentence
        super().__init__(sentence)


# --- Before it is laid over -----------------------------------------------------------------------------------------


def check(form: Form, edition: Edition) -> None:
    """What stands in the edition alone, and that what it changes is there. Raises Wrong."""
    _check_sections(form, edition)
    known = {section.id for section in form.sections} | {section.id for section in edition.sections}
    if len(edition.asked) > MOST_QUESTIONS:
        raise Wrong("", "", _("A partnership adds %(most)s questions to a form at most: retire one first.") % {"most": MOST_QUESTIONS})
    ids = [each.id for each in edition.questions]
    for question in edition.questions:
        if not question.id.startswith(LOCAL) or form.has(question.id) or ids.count(question.id) > 1:
            raise Wrong(question.id, "", _("‘%(id)s’ cannot be the name of a new question.") % {"id": question.id})
    for question in edition.asked:
        if question.section not in known:
            raise Wrong(question.id, "section", _("The section that ‘%(text)s’ stands in is gone.") % {"text": question.text})
        for field, sentence in _wrong_alone(question):
            raise Wrong(question.id, field, sentence)
    for name, words in edition.reworded.items():
        if reason := cannot_be_reworded(form, name):
            raise Wrong(name, "text", reason)
        for sentence in _wrong_words(words.text):
            raise Wrong(name, "text", sentence)
    _check_said_once(form, edition)


def _check_sections(form: Form, edition: Edition) -> None:
    taken = {section.title.casefold() for section in form.sections}
    ids = {section.id for section in form.sections}
    for section in edition.sections:
        if not section.title.strip():
            raise Wrong(section.id, "title", _("Enter what the section is called"))
        if section.title.strip().casefold() in taken:
            raise Wrong(section.id, "title", _("This form has a section ‘%(title)s’ already") % {"title": section.title})
        if not section.id.startswith(LOCAL) or section.id in ids:
            raise Wrong(section.id, "title", _("‘%(id)s’ cannot be the name of a new section.") % {"id": section.id})
        taken.add(section.title.strip().casefold())
        ids.add(section.id)


def _wrong_words(text: str) -> Iterator[str]:
    if not text.strip():
        yield _("Enter the question, as it is read out")
    if len(text) > LONGEST_TEXT:
        yield _("The question must be %(most)s characters or fewer: nobody can follow a longer one") % {"most": LONGEST_TEXT}


def _wrong_alone(question: LocalQuestion) -> Iterator[tuple[str, str]]:
    """(field, sentence)"""
    for sentence in _wrong_words(question.text):
        yield "text", sentence
    if question.kind not in KINDS:
        yield "kind", _("Choose how the question is answered")
    if question.kind in WITH_CHOICES:
        values = [value_of(each).casefold() for each in question.choices]
        if len(values) < 2:
            yield "choices", _("Enter two answers or more, one a line")
        if len(values) > MOST_CHOICES:
            yield "choices", _("Enter %(most)s answers or fewer: more cannot be read out") % {"most": MOST_CHOICES}
        for each in question.choices:
            if values.count(value_of(each).casefold()) > 1:
                yield "choices", _("‘%(answer)s’ stands there twice") % {"answer": each}
            if len(each) > LONGEST_CHOICE:
                yield "choices", _("An answer must be %(most)s characters or fewer") % {"most": LONGEST_CHOICE}
    if question.least is not None and question.most is not None and question.least > question.most:
        yield "least", _("The least, %(least)s, is more than the most, %(most)s") % {"least": question.least, "most": question.most}
    if question.only_if and question.only_if.question == question.id:
        yield "only_if", _("A question cannot wait for its own answer")


def _check_said_once(form: Form, edition: Edition) -> None:
    """The same words twice: the second answer hides the first, and nobody knows which one counts."""
    said: dict[str, str] = {}
    for question in form.questions:
        name = base_id(question)
        if name not in edition.retired and question.entry <= 1:
            said.setdefault(_plain(question.text), name)
    ours = [(name, words.text) for name, words in edition.reworded.items()] + [(each.id, each.text) for each in edition.asked]
    for name, text in ours:
        if said.setdefault(_plain(text), name) != name:
            raise Wrong(name, "text", _("This form asks ‘%(text)s’ already") % {"text": text})


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


# --- What stays -----------------------------------------------------------------------------------------------------


def cannot_be_reworded(form: Form, name: str) -> str:
    """Why the question keeps the form's words; '' where it may be reworded."""
    asked = entries(form, name)
    if not asked:
        return _("This question is not in the form.")
    if _opens_an_entry(asked[0]):
        return _("It only opens the next entry, so it keeps its words.")
    counting = [score.title for score in form.scores if {each.id for each in asked} & set(score.questions)]
    if counting and not form.words_are_ours:
        # Bands were found with these words. Where they are ours in place of the instrument's, whoever may use those puts them in.
        return _("It counts in ‘%(score)s’, which was tried with these words, so it keeps them.") % {"score": counting[0]}
    return ""


def must_stay(form: Form, name: str, elsewhere: Collection[str] = ()) -> str:
    """Why the question cannot be retired; '' where it can. ``form``: as it is asked now; ``elsewhere``: see ``editions.lay_over``."""
    asked = entries(form, name)
    if not asked:
        return _("This question is not in the form.")
    one = asked[0]
    if one.expectations:
        return _("Best practice expects this question: it can be reworded, and it stays.")
    if one.raises or any(rests_on_risk(form, each.id) for each in asked):
        return _("Its answer can mean a risk, so it stays.")
    if one.national:
        return _("National monitoring asks for its answer, so it stays.")
    if one.fills:
        return _("Lists of clients show its answer, so it stays.")
    if one.kind == "score-1-5":
        return _("The picture of the nine areas shows its score, so it stays.")
    if not name.startswith(LOCAL) and form.section_of(one.id).assesses:
        return _("Its section looks into a risk in full, so it stays.")
    if _opens_an_entry(one):
        return _("It opens the next entry, so it stays.")
    return _rested_on(form, {each.id for each in asked}) or (
        _("What is proposed for the care plan rests on its answer, so it stays.") if name in elsewhere else ""
    )


def rests_on_risk(form: Form, question: str) -> bool:
    return any(question in rests_on(form, rule.when) for rule in form.risks)


def _rested_on(form: Form, names: set[str]) -> str:
    for other in form.questions:
        if other.id not in names and (_leaves(other.shown_if) & names or names & set(other.differs_from)):
            return _("‘%(question)s’ is asked by its answer, so it stays.") % {"question": other.name}
    for trigger in form.triggers:
        if names & set(rests_on(form, trigger.when)):
            return _("‘%(what)s’ is proposed by its answer, so it stays.") % {"what": trigger.text.rstrip(".")}
    for check in form.checks:
        if names & set(rests_on(form, check.when)):
            return _("It is compared with other answers, so it stays.")
    for score in form.scores:
        if names & set(score.questions) or any(_leaves(band.when) & names for band in score.bands):
            return _("It counts in ‘%(score)s’, so it stays.") % {"score": score.title}
    return ""


def check_retired(form: Form, edition: Edition, laid: Form, elsewhere: Collection[str]) -> None:
    """Nothing is retired that stays. What rests on a question is looked up in what is still asked. Raises Wrong."""
    for name in sorted(edition.retired):
        if edition.question(name) is not None:
            if rest := _rested_on(laid, {name}):
                raise Wrong(name, "", rest)
            continue
        asked = entries(form, name)
        if not asked:
            raise Wrong(name, "", _("This question is not in the form."))
        with_it = _with(laid, form, asked)
        if reason := must_stay(with_it, name, elsewhere):
            raise Wrong(name, "", reason)


def _with(laid: Form, form: Form, asked: tuple[Question, ...]) -> Form:
    """``laid`` as it would be with these questions of ``form`` asked still, so that a rule looks at one form."""
    section = form.section_of(asked[0].id).id
    return replace(
        laid, sections=tuple(replace(one, questions=one.questions + asked) if one.id == section else one for one in laid.sections)
    )


def entries(form: Form, name: str) -> tuple[Question, ...]:
    """The question, or all its entries."""
    return tuple(question for question in form.questions if base_id(question) == name)


def _opens_an_entry(question: Question) -> bool:
    return bool(question.group) and not question.entry_title


def _leaves(condition: Condition | None) -> set[str]:
    return {leaf.question for leaf in condition.leaves()} if condition else set()


def in_names(reason: str, form: Form | None) -> str:
    """A loader's reason with the questions' words in the place of their ids."""
    if form is None:
        return reason

    def named(found: re.Match[str]) -> str:
        name = found[1] or found[2]
        return f"‘{form.question(name).name}’" if form.has(name) else found[0]

    return re.sub(r"'([a-z0-9-]+)'|(?<![\w-])([a-z0-9]+(?:-[a-z0-9]+)*)(?= →|\.$)", named, reason)
