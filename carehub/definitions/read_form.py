"""Reads an assessment form, then asks of it as a whole what no question can be asked alone."""

from dataclasses import replace
from itertools import islice, product

from carehub.definitions.conditions import shown
from carehub.definitions.read_codes import refuse_twice
from carehub.definitions.read_condition import check_condition, read_condition
from carehub.definitions.read_question import Words, find_codes, read_question
from carehub.definitions.read_score import check_tool, read_scores
from carehub.definitions.schema import NOT_ANSWERS, TRIGGER_KINDS, Condition, Form, Question, Reason, Section, Trigger
from carehub.definitions.table import Table

LEVELS = ("screening", "triage", "comprehensive", "risk", "aftercare", "outcome", "tool", "local")
#: Beyond this many combinations of answers the check 'can it ever be shown?' gives up and believes the form.
_COMBINATIONS = 20_000


def read_form(table: Table, name: str, version: int, title: str, words: Words) -> Form:
    sections = tuple(_read_section(section, words) for section in table.tables("section", "a section"))
    if not sections:
        raise table.wrong("A form needs at least one [[section]].")
    refuse_twice(table, [section.id for section in sections], "section")
    form = Form(
        name,
        version,
        title,
        sections,
        level=table.one_of("level", LEVELS),
        about=table.text("about", ""),
        source=table.text("source", ""),
        triggers=tuple(_read_trigger(trigger) for trigger in table.tables("trigger", "a trigger")),
        reasons=_read_reasons(table, words),
        minutes=table.whole("minutes", 0),
        most_questions=table.whole("most_questions", 0),
        scores=read_scores(table, {question.id: question for section in sections for question in section.questions}),
        licence=table.text("licence", ""),
        words_are_ours=table.flag("words_are_ours"),
    )
    table.finish()
    if form.level == "tool":
        check_tool(table, form.scores)
    _check_as_a_whole(table, form)
    return form


def _read_section(table: Table, words: Words) -> Section:
    shown_if = read_condition(table.table("shown_if", "a condition")) if "shown_if" in table else None
    questions = [read_question(question, words) for question in table.tables("question", "a question")]
    if shown_if is not None:
        # A section's condition is each of its questions' condition: one rule, one place to look at it.
        questions = [
            replace(one, shown_if=Condition("all", parts=(shown_if, one.shown_if)) if one.shown_if else shown_if) for one in questions
        ]
    section = Section(table.identifier(), table.text("title"), tuple(questions), table.text("intro", ""), table.text("competence", ""))
    table.finish()
    if not questions:
        raise table.wrong(f"The section '{section.id}' has no [[section.question]].")
    return section


def _read_trigger(table: Table) -> Trigger:
    trigger = Trigger(
        id=table.identifier(),
        kind=table.one_of("kind", TRIGGER_KINDS, "proposal"),
        text=table.text("text"),
        when=read_condition(table.table("when", "a condition")),
        why=table.text("why", ""),
        source=table.text("source", ""),
        pathway=table.text("pathway", ""),
        tell=table.one_of("tell", ("manager", "safeguarding-lead"), ""),
        same_day=table.flag("same_day"),
        countersign=table.flag("countersign"),
    )
    table.finish()
    if trigger.countersign and not trigger.tell:
        raise table.wrong("A trigger with countersign = true must say whom to 'tell'.", "countersign")
    return trigger


def _read_reasons(table: Table, words: Words) -> tuple[Reason, ...]:
    if "reasons" not in table:
        return ()
    codes = find_codes(table, words, "reasons")
    if any(code.property("of") not in NOT_ANSWERS for code in codes.codes):
        raise table.wrong(f"Each code of '{codes.name}' needs a property 'of': {', '.join(NOT_ANSWERS)}.", "reasons")
    return tuple(Reason(code.value, code.text, str(code.property("of"))) for code in codes.codes)


def _check_as_a_whole(table: Table, form: Form) -> None:
    places: dict[str, Table] = {}
    for number, section in enumerate(form.sections):
        for position, question in enumerate(section.questions):
            place = table.at("section", number, "question", position)
            if question.id in places:
                raise place.wrong(f"The question '{question.id}' stands twice in this form.", "id")
            places[question.id] = place
    questions = {question.id: question for question in form.questions}
    for question in form.questions:
        place = places[question.id]
        if question.shown_if:
            check_condition(place.at("shown_if"), question.shown_if, questions)
        for position, other in enumerate(question.differs_from):
            place.known(other, [name for name in questions if name != question.id], "differs_from", position)
        for position, raised in enumerate(question.raises):
            check_condition(place.at("raises", position), raised.when, questions)
    for question in form.questions:
        if circle := _circle(questions, question.id, ()):
            raise places[question.id].wrong(f"These questions wait for each other: {' → '.join(circle)}.", "shown_if")
    for question in form.questions:
        if question.shown_if and not _can_be_shown(form, question):
            what = "is mandatory and can" if question.mandatory else "can"
            raise places[question.id].wrong(f"'{question.id}' {what} never be shown: no answers fulfil its condition.", "shown_if")
    refuse_twice(table, [trigger.id for trigger in form.triggers], "trigger")
    for position, trigger in enumerate(form.triggers):
        check_condition(table.at("trigger", position, "when"), trigger.when, questions, {score.id: score for score in form.scores})
    if form.most_questions and len(questions) > form.most_questions:
        raise table.wrong(f"The form asks {len(questions)} questions, {form.most_questions} at most are wanted.", "most_questions")


def _circle(questions: dict[str, Question], name: str, path: tuple[str, ...]) -> tuple[str, ...]:
    if name in path:
        return (*path[path.index(name) :], name)
    condition = questions[name].shown_if
    for leaf in condition.leaves() if condition else ():
        if found := _circle(questions, leaf.question, (*path, name)):
            return found
    return ()


def _can_be_shown(form: Form, question: Question) -> bool:
    """Tries the answers that the condition can tell apart."""
    names = sorted(_needed(form, question, set()))
    trials = [_telling_answers(form, name) for name in names]
    for values in islice(product(*trials), _COMBINATIONS):
        answers = {name: answer for name, answer in zip(names, values, strict=True) if answer}
        if shown(form, question, answers):
            return True
    total = 1
    for trial in trials:
        total *= len(trial)
    return total > _COMBINATIONS


def _needed(form: Form, question: Question, found: set[str]) -> set[str]:
    for leaf in question.shown_if.leaves() if question.shown_if else ():
        if leaf.question not in found:
            found.add(leaf.question)
            _needed(form, form.question(leaf.question), found)
    return found


def _telling_answers(form: Form, name: str) -> list[dict[str, object]]:
    question = form.question(name)
    values: list[object]
    if question.kind == "many-of":
        one_each = [[choice.value] for choice in question.choices]
        values = [*one_each, [choice.value for choice in question.choices if not choice.alone], [c.value for c in question.choices]]
    elif question.choices:
        values = [choice.value for choice in question.choices]
    elif question.kind == "score-1-5":
        values = [1, 2, 3, 4, 5]
    elif question.kind == "number":
        values = _telling_numbers(form, question)
    else:
        values = ["2006-04-01"]
    with_value: list[dict[str, object]] = [{"value": value} for value in values]
    return [{}, *with_value, *[dict[str, object](none=none) for none in question.not_answers]]


def _telling_numbers(form: Form, question: Question) -> list[object]:
    """Either side of every threshold that a condition of this form names."""
    named = {
        leaf.value + step
        for other in form.questions
        if other.shown_if
        for leaf in other.shown_if.leaves()
        if leaf.question == question.id and isinstance(leaf.value, int | float) and not isinstance(leaf.value, bool)
        for step in (-1, 0, 1)
    }
    least = float("-inf") if question.least is None else question.least
    most = float("inf") if question.most is None else question.most
    return [number for number in sorted(named) if least <= number <= most] or [0]
