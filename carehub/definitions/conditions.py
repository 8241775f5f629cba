"""Whether a condition holds for the answers given: yes, no, or not known.

'Not known' is neither: a client who declined to say whether they inject has not said no. So a condition is True, False or
None, and 'not' of None is None. A question that was not asked because it does not apply counts as False.
"""

from collections.abc import Mapping
from functools import reduce
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from carehub.definitions import weeks
from carehub.definitions.following import Condition, Score
from carehub.definitions.schema import Form, Question

#: Answers as they are kept; see carehub.definitions.answers.
Answers = Mapping[str, Mapping[str, Any]]


def last_known(answer: Mapping[str, Any] | None) -> Any:
    """The answer's value; of one that was not asked again, the value it had when it was last asked. None: no value."""
    return standing(answer).get("value")


def standing(answer: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """The answer that counts: of a question that was not asked again, the last one."""
    answer = answer or {}
    return answer.get("last") or answer


def holds(form: Form, condition: Condition | None, answers: Answers) -> bool | None:
    """True, False, or None where the answers do not tell."""
    if condition is None:
        return True
    if condition.test == "not":
        inner = holds(form, condition.parts[0], answers)
        return None if inner is None else not inner
    if condition.test in ("all", "any"):
        found = [holds(form, part, answers) for part in condition.parts]
        decides = condition.test == "any"
        return decides if decides in found else (None if None in found else not decides)
    if condition.score:
        counted = points(form, form.score(condition.score), answers)
        return None if None in counted.values() else passes_number(condition, sum(filter(None, counted.values())))
    return _leaf(form, condition, answers)


def points(form: Form, score: Score, answers: Answers) -> dict[str, int | None]:
    """Question → what its answer counts. None where there is no answer, or where it cannot be told whether the question is asked.

    'Declined', 'not known' and their like never count 0; what a question counts that is not to be asked is said by the score.
    """
    found: dict[str, int | None] = {}
    for name in score.questions:
        question = form.question(name)
        reached = holds(form, question.shown_if, answers)
        chosen = question.choice(last_known(answers.get(name))) if reached else None
        found[name] = chosen.points if chosen else (score.hidden if reached is False else None)
    return found


def rests_on(form: Form, condition: Condition) -> tuple[str, ...]:
    """Every question that the condition looks at, those that a score adds up too."""
    names = [leaf.question for leaf in condition.leaves()]
    for leaf in condition.score_leaves():
        names += form.score(leaf.score).questions
    return tuple(dict.fromkeys(names))


def open_questions(form: Form, question: Question, answers: Answers) -> tuple[Question, ...]:
    """What has to be asked to know this question's answer: itself, or those that decide whether it is asked at all."""
    if shown(form, question, answers):
        known = standing(answers.get(question.id))
        return () if "value" in known or known.get("none") == "not-applicable" else (question,)
    if question.shown_if is None or holds(form, question.shown_if, answers) is False:
        return ()
    deciding = (form.question(leaf.question) for leaf in question.shown_if.leaves())
    return tuple(open_one for one in deciding for open_one in open_questions(form, one, answers))


def shown(form: Form, question: Question | str, answers: Answers) -> bool:
    """Whether the question is to be asked, given the other answers."""
    asked = form.question(question) if isinstance(question, str) else question
    return holds(form, asked.shown_if, answers) is True


def _leaf(form: Form, leaf: Condition, answers: Answers) -> bool | None:
    question = form.question(leaf.question)
    if (reached := holds(form, question.shown_if, answers)) is not True:
        return reached
    answer = answers.get(leaf.question) or {}
    value = last_known(answer)
    if leaf.test == "answered":
        return (value is not None) == leaf.value
    if leaf.test == "none":
        return answer.get("none") == leaf.value if answer else None
    if value is None:
        return False if standing(answer).get("none") == "not-applicable" else None
    return passes(question, leaf, value)


def passes(question: Question, leaf: Condition, value: Any) -> bool:
    """Whether one value passes one test; also used for what an answer raises."""
    expected: Any = leaf.value
    match leaf.test:
        case "is" | "is_not" | "at_least" | "at_most":
            return passes_number(leaf, weeks.total(value) if question.kind == "weeks" else value)
        case "is_one_of":
            return value in expected
        case "includes":
            return any(word in value for word in expected)
        case "chosen_at_least":
            return sum(1 for chosen in value if not _alone(question, chosen)) >= expected
        case "is_a":
            chosen = value if isinstance(value, list) else [value]
            return any((choice := question.choice(one)) is not None and expected in choice.kinds for one in chosen)
    raise ValueError(f"no such test: {leaf.test}")


def passes_number(leaf: Condition, value: Any) -> bool:
    """Whether a number, or one choice, is the one expected, or reaches it."""
    expected: Any = leaf.value
    match leaf.test:
        case "is":
            return bool(value == expected)
        case "is_not":
            return bool(value != expected)
        case "at_least":
            return bool(value >= expected)
        case "at_most":
            return bool(value <= expected)
    raise ValueError(f"no such test: {leaf.test}")


def _alone(question: Question, value: str) -> bool:
    choice = question.choice(value)
    return choice is not None and choice.alone


def in_words(form: Form, condition: Condition) -> str:
    """For paper and for pages without script: '“Have you ever injected?” is “Yes, now” or “Yes, in the past”'."""
    if condition.test == "not":
        return _("it is not so that %(condition)s") % {"condition": in_words(form, condition.parts[0])}
    if condition.test in ("all", "any"):
        words = [in_words(form, part) for part in condition.parts]
        both = _("%(one)s, and %(other)s") if condition.test == "all" else _("%(one)s, or %(other)s")
        return reduce(lambda one, other: both % {"one": one, "other": other}, words)
    if condition.score:
        return _test_in_words(condition).format(question=form.score(condition.score).title, answer=condition.value)
    question = form.question(condition.question)
    return _test_in_words(condition).format(question=question.text, answer=_expected(question, condition))


def _test_in_words(leaf: Condition) -> str:
    match leaf.test:
        case "is" | "is_one_of" | "is_a":
            return _("“{question}” is {answer}")
        case "is_not":
            return _("“{question}” is not {answer}")
        case "includes":
            return _("“{question}” has {answer}")
        case "at_least":
            return _("“{question}” is {answer} or more")
        case "at_most":
            return _("“{question}” is {answer} or less")
        case "chosen_at_least":
            return ngettext("“{question}” has an answer", "“{question}” has {answer} answers or more", int(str(leaf.value)))
        case "answered":
            return _("“{question}” has an answer") if leaf.value else _("“{question}” has no answer")
    return _("“{question}” was not answered ({answer})")


def _expected(question: Question, leaf: Condition) -> str:
    if leaf.test == "is_a":
        words = [f"“{choice.text}”" for choice in question.choices if leaf.value in choice.kinds]
    else:
        values = leaf.value if isinstance(leaf.value, tuple) else (leaf.value,)
        words = [f"“{choice.text}”" if (choice := question.choice(value)) else str(value) for value in values]
    return _(" or ").join(words)


def for_script(form: Form, condition: Condition, answers: Answers, on_page: frozenset[str]) -> bool | dict[str, Any] | None:
    """The condition as JSON for the page's script; questions that stand on other pages are already decided.

    A plain True, False or None where nothing on this page can change it.
    """
    if condition.question:
        if condition.question not in on_page:
            return _leaf(form, condition, answers)
        value = list(condition.value) if isinstance(condition.value, tuple) else condition.value
        question = form.question(condition.question)
        if condition.test == "is_a":
            return {"question": question.id, "test": "is_one_of", "value": [c.value for c in question.choices if value in c.kinds]}
        return {"question": question.id, "test": condition.test, "value": value}
    parts = [for_script(form, part, answers, on_page) for part in condition.parts]
    if all(part is None or isinstance(part, bool) for part in parts):
        return holds(form, condition, answers)
    return {"test": condition.test, "parts": parts}
