"""Reads a condition: { question = "…", is = "…" }, { score = "…", at_least = 8 }, { all = […] }, { any = […] }, { not = {…} }."""

from collections.abc import Mapping
from dataclasses import replace

from carehub.definitions import weeks
from carehub.definitions.following import TESTS, Condition, Score
from carehub.definitions.schema import CHOOSING, NOT_ANSWERS, Question
from carehub.definitions.table import NEEDED, Table

_JOINED = ("all", "any", "not")
#: Which tests make sense for which kind of question; 'answered' and 'none' always do.
_TESTS_OF = {
    "text": (),
    "long-text": (),
    "number": ("is", "is_not", "at_least", "at_most"),
    "date": (),
    "yes-no": ("is", "is_not", "is_one_of"),
    "one-of": ("is", "is_not", "is_one_of", "is_a"),
    "substance": ("is", "is_not", "is_one_of", "is_a"),
    "many-of": ("includes", "chosen_at_least", "is_a"),
    "score-1-5": ("is", "is_not", "at_least", "at_most"),
    "weeks": ("at_least", "at_most"),
}


#: What an answer may be; of weeks their total.
_RANGES: dict[str, tuple[int, int]] = {"score-1-5": (1, 5), "weeks": (0, weeks.MOST)}


def read_condition(table: Table) -> Condition:
    """The condition's shape; whether its questions and answers exist is asked by ``check_condition``."""
    for test in _JOINED:
        if test in table:
            if test == "not":
                parts: tuple[Condition, ...] = (read_condition(table.table("not", "a condition")),)
            else:
                parts = tuple(read_condition(part) for part in table.tables(test, "a condition"))
            table.finish()
            if not parts:
                raise table.wrong(f"'{test}' needs at least one condition.", test)
            return Condition(test, parts=parts)
    if "score" in table:
        score = table.text("score")
        return replace(read_test(table, score), question="", score=score)
    question = table.text("question")
    return read_test(table, question)


def read_test(table: Table, question: str) -> Condition:
    """The test within a table that holds exactly one: ``is = "yes"``."""
    tests = [test for test in TESTS if test in table]
    if len(tests) != 1:
        raise table.wrong(f"A condition on '{question}' needs exactly one of {', '.join(TESTS)}.")
    value = table.value(tests[0], NEEDED)
    if isinstance(value, list):
        value = tuple(value)
    elif tests[0] in ("is_one_of", "includes"):
        value = (value,)
    table.finish()
    return Condition(tests[0], question, value)


def check_condition(table: Table, condition: Condition, questions: dict[str, Question], scores: Mapping[str, Score] | None = None) -> None:
    """Every question named exists, and could be answered as the condition asks. ``scores``: None where none may be tested."""
    for leaf in condition.score_leaves():
        if scores is None:
            raise table.wrong(
                f"'{leaf.score}' is a score: triggers and risks may test it, but whether a question is shown may not hang on it."
            )
        table.known(leaf.score, scores, "score")
        if reason := _impossible_score(scores[leaf.score], leaf):
            raise table.wrong(f"The condition on the score '{leaf.score}' can never hold: {reason}")
    for leaf in condition.leaves():
        if leaf.question not in questions:
            table.known(leaf.question, questions, "question")
        reason = _impossible(questions[leaf.question], leaf)
        if reason:
            raise table.wrong(f"The condition on '{leaf.question}' can never hold: {reason}")


def _impossible_score(score: Score, leaf: Condition) -> str:
    if leaf.test not in _TESTS_OF["number"]:
        return f"'{leaf.test}' does not go with a score; use {', '.join(_TESTS_OF['number'])}."
    if not isinstance(leaf.value, int) or isinstance(leaf.value, bool) or not score.least <= leaf.value <= score.most:
        return f"the score is a whole number from {score.least} to {score.most}."
    return ""


def _impossible(question: Question, leaf: Condition) -> str:
    """Why the question's answer could never pass the test; empty where it could."""
    value = leaf.value
    if leaf.test == "answered":
        return "" if isinstance(value, bool) else "'answered' is true or false."
    if leaf.test == "none":
        return "" if value in question.not_answers else f"'{value}' is not one of {', '.join(question.not_answers or NOT_ANSWERS)}."
    allowed = _TESTS_OF[question.kind]
    if leaf.test not in allowed:
        return f"'{leaf.test}' does not go with kind '{question.kind}'; use {', '.join((*allowed, 'answered', 'none'))}."
    if leaf.test == "is_a":
        kinds = sorted({kind for choice in question.choices for kind in choice.kinds})
        return "" if value in kinds else f"no choice is a '{value}'; there are {', '.join(kinds) or 'no kinds'}."
    if leaf.test == "chosen_at_least":
        enough = isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= len(question.choices)
        return "" if enough else f"'chosen_at_least' is a whole number from 1 to {len(question.choices)}."
    if question.kind in CHOOSING:
        return _unknown_choice(question, value)
    return _out_of_range(question, leaf)


def _unknown_choice(question: Question, value: object) -> str:
    for one in value if isinstance(value, tuple) else (value,):
        if question.choice(one) is None:
            known = [choice.value for choice in question.choices]
            return f"'{one}' is not an answer to it; there are {', '.join(known[:30])}."
    return ""


def _out_of_range(question: Question, leaf: Condition) -> str:
    value = leaf.value
    if not isinstance(value, int | float) or isinstance(value, bool):
        return f"'{leaf.test}' needs a number."
    least, most = _RANGES.get(question.kind, (question.least, question.most))
    if leaf.test != "at_most" and most is not None and value > most:
        return f"the answer is {most} at most."
    if leaf.test != "at_least" and least is not None and value < least:
        return f"the answer is {least} at least."
    return ""
