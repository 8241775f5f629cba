"""What can only be asked of a form as a whole, once all its questions are known."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from carehub.definitions import weeks
from carehub.definitions.conditions import holds, rests_on
from carehub.definitions.contradictions import compares
from carehub.definitions.following import Condition, RiskRule, Trigger
from carehub.definitions.read_codes import refuse_twice
from carehub.definitions.read_condition import check_condition
from carehub.definitions.schema import Form, Question
from carehub.definitions.table import Table

#: Where each question stands in the file, to say what is wrong there.
Places = dict[str, Table]
#: One answer to one question, as it is kept.
Answer = dict[str, object]
#: Beyond this many combinations of answers the check 'can it ever be shown?' gives up and believes the form.
_COMBINATIONS = 20_000


def check_as_a_whole(table: Table, form: Form, places: Places) -> None:
    """Every condition names what exists and can hold, no questions wait for each other, every question can come up. DefinitionError."""
    questions = {question.id: question for question in form.questions}
    scores = {score.id: score for score in form.scores}
    for question in form.questions:
        place = places[question.id]
        if question.shown_if:
            check_condition(place.at("shown_if"), question.shown_if, questions)
        for position, other in enumerate(question.differs_from):
            if other not in questions or other == question.id:
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
        check_condition(table.at("trigger", position, "when"), trigger.when, questions, scores)
        _check_instead(table.at("trigger", position), trigger, form)
    for position, rule in enumerate(form.risks):
        place = table.at("risk", position)
        check_condition(place.at("when"), rule.when, questions, scores)
        _check_risk(place, rule, form)
    _check_checks(table, form)
    if form.most_questions and len(questions) > form.most_questions:
        raise table.wrong(f"The form asks {len(questions)} questions, {form.most_questions} at most are wanted.", "most_questions")


def _check_instead(place: Table, trigger: Trigger, form: Form) -> None:
    """What cannot wait may be asked for instead of what can, and never the other way round: so no two stand in for each other."""
    lesser = {each.id: each for each in form.triggers if each.kind == trigger.kind and each.id != trigger.id}
    for position, name in enumerate(trigger.instead_of):
        place.known(name, list(lesser), "instead_of", position)
        other = lesser[name]
        if (other.countersign, other.same_day) >= (trigger.countersign, trigger.same_day):
            raise place.wrong(f"'{trigger.id}' stands for '{name}', which is no less urgent: that would be lost.", "instead_of")


def _check_checks(table: Table, form: Form) -> None:
    """Each compares two answers at least, and there are answers that it would find."""
    questions = {question.id: question for question in form.questions}
    refuse_twice(table, [check.id for check in form.checks], "check")
    for position, check in enumerate(form.checks):
        place = table.at("check", position)
        check_condition(place.at("when"), check.when, questions)
        if not compares(form, check):
            raise place.wrong(f"'{check.id}' looks at one answer: a check compares those to two questions at least.", "when")
        if not _can_hold(form, check.when):
            raise place.wrong(f"'{check.id}' can never hold: no answers that are asked for contradict each other so.", "when")


def _check_risk(place: Table, rule: RiskRule, form: Form) -> None:
    for name in rests_on(form, rule.when):
        if form.question(name).re_ask != "always":
            raise place.wrong(f"The risk rests on '{name}', which needs re_ask = \"always\": no risk is confirmed with one click.")


def _circle(questions: dict[str, Question], name: str, path: tuple[str, ...]) -> tuple[str, ...]:
    if name in path:
        return (*path[path.index(name) :], name)
    condition = questions[name].shown_if
    for leaf in condition.leaves() if condition else ():
        if found := _circle(questions, leaf.question, (*path, name)):
            return found
    return ()


def _can_be_shown(form: Form, question: Question) -> bool:
    """Tries the answers that the condition can tell apart. Of a group the first entry is tried: the others are asked alike."""
    if question.entry > 1:
        return True
    return question.shown_if is None or _can_hold(form, question.shown_if)


def _can_hold(form: Form, condition: Condition) -> bool:
    """Some answers to the questions that it looks at, and to those that bring these up, fulfil it."""
    first = _of_first_entry(form, condition)
    trials = [(name, _telling_answers(form, name)) for name in sorted(_needed(form, first, set()))]
    tried = iter(range(_COMBINATIONS))
    return _some_hold(form, first, trials, {}, tried) or next(tried, None) is None


def _some_hold(
    form: Form, condition: Condition, trials: Sequence[tuple[str, list[Answer]]], answers: dict[str, Answer], tried: Iterator[int]
) -> bool:
    """One question after the other is answered. What is False while answers are missing stays so: none of the others can mend it.

    Not where it is asked whether there is an answer at all: that is False before it is given.
    """
    found = holds(form, condition, answers)
    if found:
        return True
    if not trials or next(tried, None) is None or (found is False and not _asks_whether_answered(form, condition)):
        return False
    (name, possible), *rest = trials
    return any(_some_hold(form, condition, rest, {**answers, name: answer} if answer else answers, tried) for answer in possible)


def _asks_whether_answered(form: Form, condition: Condition) -> bool:
    names = _needed(form, condition, set())
    reached = [form.question(name).shown_if for name in names]
    return any(leaf.test == "answered" for each in (condition, *reached) if each for leaf in each.leaves())


def _of_first_entry(form: Form, condition: Condition) -> Condition:
    """Where any entry of a group will do, the first will."""
    if not condition.parts:
        return condition
    firsts = tuple(part for part in condition.parts if not (part.question and form.question(part.question).entry > 1))
    if condition.test != "any" or not firsts:
        firsts = condition.parts
    return replace(condition, parts=tuple(_of_first_entry(form, part) for part in firsts))


def _needed(form: Form, condition: Condition | None, found: set[str]) -> set[str]:
    for leaf in condition.leaves() if condition else ():
        if leaf.question not in found:
            found.add(leaf.question)
            _needed(form, form.question(leaf.question).shown_if, found)
    return found


def _telling_answers(form: Form, name: str) -> list[Answer]:
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
    elif question.kind == "weeks":
        totals = _telling_numbers(form, replace(question, least=0, most=weeks.MOST))
        values = [[min(weeks.DAYS, max(0, int(str(total)) - weeks.DAYS * before)) for before in range(4)] for total in totals]
    else:
        values = ["2006-04-01"]
    with_value: list[Answer] = [{"value": value} for value in values]
    return [*with_value, *[Answer(none=none) for none in question.not_answers], {}]


def _telling_numbers(form: Form, question: Question) -> list[object]:
    """Either side of every threshold that a condition of this form names."""
    named = {
        leaf.value + step
        for condition in (*(other.shown_if for other in form.questions), *(check.when for check in form.checks))
        if condition
        for leaf in condition.leaves()
        if leaf.question == question.id and isinstance(leaf.value, int | float) and not isinstance(leaf.value, bool)
        for step in (-1, 0, 1)
    }
    least = float("-inf") if question.least is None else question.least
    most = float("inf") if question.most is None else question.most
    return [number for number in sorted(named) if least <= number <= most] or [0]
