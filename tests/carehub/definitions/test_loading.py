"""What is wrong with a definition is said with file, line and reason, when it is loaded."""

from pathlib import Path

import pytest

from carehub.definitions.errors import DefinitionError
from carehub.definitions.schema import Form
from tests.carehub.definitions.writing import HEAD, choices, form_of, question, toml_table, write

SECTION = '\n[[section]]\nid = "one"\ntitle = "One"\n'
#: The line on which the first question's table begins in a form of ``form_of``: its keys follow, id first.
FIRST = 11

#: No answer is both.
BOTH = {"all": [{"question": "second", "is": "yes"}, {"question": "second", "is": "no"}]}


def wrong(folder: Path, questions: str, more: str = "") -> DefinitionError:
    with pytest.raises(DefinitionError) as caught:
        form_of(folder, questions, more)
    assert caught.value.file == folder / "local-1.toml"
    return caught.value


def wrong_question(folder: Path, kind: str = "one-of", **keys: object) -> DefinitionError:
    """The question asked for stands first; its id is on line 12, text 13, kind 14, the other keys below in their order."""
    return wrong(folder, question("first", kind, **keys))


def test_a_form_that_is_right_is_read_whole(tmp_path: Path) -> None:
    form = form_of(tmp_path, question("first", mandatory=True) + question("second", "text", shown_if={"question": "first", "is": "yes"}))
    assert isinstance(form, Form)
    assert [one.id for one in form.questions] == ["first", "second"]
    assert form.question("first").mandatory
    assert form.question("second").shown_if.question == "first"


def test_text_that_is_no_toml(tmp_path: Path) -> None:
    error = wrong(tmp_path, "\n[[section.question]]\nid = \n")
    assert (error.line, "This is not TOML" in error.reason) == (FIRST + 1, True)
    assert str(error).startswith(f"{tmp_path}/local-1.toml, line {FIRST + 1}: ")


def test_a_file_that_breaks_off(tmp_path: Path) -> None:
    assert wrong(tmp_path, "\n[[section.question]]\nchoices = [").line >= FIRST + 1


def test_a_file_that_is_not_utf_8(tmp_path: Path) -> None:
    (tmp_path / "local-1.toml").write_bytes(b"# one\n# caf\xe9\n")
    with pytest.raises(DefinitionError, match="line 2: The file must be saved as UTF-8"):
        _load_as_it_is(tmp_path)


def _load_as_it_is(folder: Path) -> None:
    from carehub.definitions.catalogue import Catalogue

    Catalogue.load([folder])


@pytest.mark.parametrize(
    ("keys", "line", "reason"),
    [
        ({"manditory": True}, 15, "'manditory' is not a key of a question. Did you mean 'mandatory'?"),
        ({}, 11, "needs at least two 'choices', or 'codes'"),
        ({"choices": choices("one")}, 15, "needs at least two 'choices'"),
        ({"choices": [*choices("one", "one")]}, 15, "'one' stands twice."),
        ({"choices": [{"value": "a"}, {"value": "b", "text": "B"}]}, 15, "a choice needs 'text'."),
        ({"choices": [{"value": "a/b", "text": "A"}, {"value": "b", "text": "B"}]}, 15, "no '/' in it"),
        ({"codes": "problem-substances/1"}, 15, "did you mean 'problem-substance'?"),
        ({"codes": "problem-substance"}, 15, "write 'problem-substance/1'"),
        ({"codes": "problem-substance/9"}, 15, "names no version"),
        ({"codes": "route/1", "area": "houseing"}, 16, "did you mean 'housing'?"),
        ({"codes": "route/1", "area": "housing", "domain": "health"}, 17, "belongs to the domain 'social'"),
        ({"codes": "route/1", "domain": "heath"}, 16, "did you mean 'health'?"),
        ({"codes": "route/1", "expectations": ["sharing", "overdose"]}, 16, "'overdose' is not known as expectations"),
        ({"codes": "route/1", "re_ask": "sometimes"}, 16, "'sometimes' is not known as re_ask"),
        ({"codes": "route/1", "not_answers": ["declined", "unknown"]}, 16, "'unknown' is not known as not_answers"),
        ({"codes": "route/1", "most": 3}, 16, "'most' does not go with kind 'one-of'."),
        ({"codes": "route/1", "anchors": {"1": "good"}}, 16, "Only a score has anchors"),
        ({"codes": "route/1", "differs_from": ["first"]}, 16, "'first' is not known as differs_from"),
        (
            {"codes": "route/1", "raises": [{"answer": "1", "area": "substance", "level": "high", "words": "X"}]},
            16,
            'so it needs re_ask = "always"',
        ),
        (
            {"codes": "route/1", "re_ask": "always", "raises": [{"answer": "9", "area": "substance", "level": "high", "words": "X"}]},
            17,
            "'9' is not an answer to it",
        ),
        (
            {"codes": "route/1", "re_ask": "always", "raises": [{"answer": "1", "area": "drugs", "level": "high", "words": "X"}]},
            17,
            "'drugs' is not known as area",
        ),
        (
            {"codes": "route/1", "re_ask": "always", "raises": [{"answer": "1", "area": "substance", "level": "grave", "words": "X"}]},
            17,
            "'grave' is not known as level",
        ),
        (
            {"codes": "route/1", "shown_if": {"question": "secnd", "is": "yes"}},
            16,
            "'secnd' is not known as question: did you mean 'second'?",
        ),
        ({"codes": "route/1", "shown_if": {"question": "second", "is": "maybe"}}, 16, "'maybe' is not an answer to it; there are yes, no."),
        ({"codes": "route/1", "shown_if": {"question": "second", "at_least": 1}}, 16, "'at_least' does not go with kind 'yes-no'"),
        ({"codes": "route/1", "shown_if": {"question": "second"}}, 16, "needs exactly one of is, is_not"),
        ({"codes": "route/1", "shown_if": {"question": "second", "is": "yes", "is_not": "no"}}, 16, "needs exactly one of"),
        ({"codes": "route/1", "shown_if": {"any": []}}, 16, "'any' needs at least one condition."),
        ({"codes": "route/1", "shown_if": {"question": "number", "at_least": 29}}, 16, "the answer is 28 at most"),
        ({"codes": "route/1", "shown_if": {"question": "many", "chosen_at_least": 3}}, 16, "a whole number from 1 to 2"),
        ({"codes": "route/1", "shown_if": {"question": "second", "none": "refused"}}, 16, "'refused' is not one of"),
        ({"codes": "route/1", "shown_if": {"question": "first", "is": "1"}}, 16, "wait for each other: first → first"),
        (
            {
                "codes": "route/1",
                "mandatory": True,
                "shown_if": BOTH,
            },
            17,
            "'first' is mandatory and can never be shown",
        ),
        (
            {"codes": "route/1", "shown_if": {"all": [{"question": "number", "at_least": 20}, {"question": "number", "at_most": 10}]}},
            16,
            "'first' can never be shown",
        ),
    ],
)
def test_what_is_wrong_with_a_question(tmp_path: Path, keys: dict[str, object], line: int, reason: str) -> None:
    others = question("second") + question("number", "number", least=0, most=28) + question("many", "many-of", choices=choices("a", "b"))
    error = wrong(tmp_path, question("first", "one-of", **keys) + others)
    assert reason in error.reason
    assert error.line == line


@pytest.mark.parametrize(
    ("kind", "keys", "line", "reason"),
    [
        ("yes/no", {}, 14, "'yes/no' is not known as kind: did you mean 'yes-no'?"),
        ("yes-no", {"mandatory": "yes"}, 15, "'mandatory' must be true or false."),
        ("yes-no", {"hint": ""}, 15, "'hint' is empty."),
        ("yes-no", {"choices": choices("a", "b")}, 15, "A question of kind 'yes-no' has no 'choices'."),
        ("substance", {"choices": choices("a", "b")}, 14, "needs 'codes'"),
        ("number", {"least": 5, "most": 1}, 15, "'least' (5) is more than 'most' (1)."),
        ("number", {"least": "5"}, 15, "'least' must be a number."),
        ("date", {"dates": "tomorrow"}, 15, "'tomorrow' is not known as dates"),
        ("score-1-5", {"anchors": {str(score): "x" for score in range(1, 6)}}, 11, "A score needs the 'area'"),
        ("score-1-5", {"area": "housing"}, 11, "A score needs 'anchors'"),
        ("score-1-5", {"area": "housing", "anchors": {"1": "a", "2": "b", "4": "d", "5": "e"}}, 16, "The anchor for 3 is missing"),
        ("score-1-5", {"area": "housing", "anchors": {str(score): "x" for score in range(1, 7)}}, 16, "'6' is not a key of anchors"),
    ],
)
def test_what_is_wrong_with_a_kind(tmp_path: Path, kind: str, keys: dict[str, object], line: int, reason: str) -> None:
    error = wrong_question(tmp_path, kind, **keys)
    assert reason in error.reason
    assert error.line == line


def test_an_identifier_that_no_field_can_bear(tmp_path: Path) -> None:
    error = wrong(tmp_path, question("First One"))
    assert (error.line, "'First One' is no good as id" in error.reason) == (12, True)


def test_two_questions_of_one_name_even_in_two_sections(tmp_path: Path) -> None:
    error = wrong(tmp_path, question("first") + SECTION.replace("one", "two") + question("first"))
    assert (error.line, error.reason) == (21, "The question 'first' stands twice in this form.")


def test_questions_that_wait_for_each_other(tmp_path: Path) -> None:
    circle = [question(name, shown_if={"question": after, "is": "yes"}) for name, after in (("a", "b"), ("b", "c"), ("c", "a"))]
    error = wrong(tmp_path, "".join(circle))
    assert (error.line, error.reason) == (15, "These questions wait for each other: a → b → c → a.")


def test_a_question_behind_one_that_can_never_be_shown(tmp_path: Path) -> None:
    behind = question("behind", mandatory=True, shown_if={"question": "first", "is": "yes"})
    error = wrong(tmp_path, question("second") + behind + question("first", shown_if=BOTH))
    assert "can never be shown" in error.reason


def test_a_trigger_with_a_wrong_reference(tmp_path: Path) -> None:
    trigger = toml_table("trigger", {"id": "t", "text": "Do it", "when": {"question": "frist", "is": "yes"}})
    error = wrong(tmp_path, question("first") + trigger)
    assert (error.line, error.reason) == (19, "'frist' is not known as question: did you mean 'first'?")


def test_a_countersigned_trigger_says_whom_to_tell(tmp_path: Path) -> None:
    trigger = toml_table("trigger", {"id": "t", "text": "Do it", "when": {"question": "first", "is": "yes"}, "countersign": True})
    assert "must say whom to 'tell'" in wrong(tmp_path, question("first") + trigger).reason


@pytest.mark.parametrize("key", ["same_day = true", 'kind = "priority"'])
def test_a_day_of_its_own_is_for_what_can_wait(tmp_path: Path, key: str) -> None:
    trigger = f'[[trigger]]\nid = "t"\ntext = "T"\nwithin_days = 0\n{key}\nwhen = {{ question = "q", is = "yes" }}\n'
    assert "can wait until tomorrow" in wrong(tmp_path, question("q") + trigger).reason


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"sex": "X"}, "'X' is not known as sex"),
        ({"mandatory": False}, "no risk is assumed"),
        ({"not_answers": ["declined"]}, "no risk is assumed"),
    ],
)
def test_only_a_key_question_without_a_risk_is_assumed(tmp_path: Path, more: dict, reason: str) -> None:
    assumed = {"sex": more.get("sex", "M"), "why": "recorded so"}
    keys = {"mandatory": True} | {key: each for key, each in more.items() if key != "sex"}
    assert reason in wrong(tmp_path, question("q", assumed=assumed, **keys)).reason


@pytest.mark.parametrize(
    ("instead", "reason"),
    [
        ('same_day = true\ninstead_of = ["ohter"]', "'ohter' is not known as instead_of: did you mean 'other'?"),
        ('instead_of = ["other"]', "no less urgent"),
        ('same_day = true\ninstead_of = ["t"]', "'t' is not known"),
    ],
)
def test_what_is_asked_for_instead_of_something_is_more_urgent(tmp_path: Path, instead: str, reason: str) -> None:
    when = 'when = { question = "q", is = "yes" }\n'
    triggers = f'[[trigger]]\nid = "t"\ntext = "T"\n{instead}\n{when}[[trigger]]\nid = "other"\ntext = "O"\n{when}'
    assert reason in wrong(tmp_path, question("q") + triggers).reason


def test_more_questions_than_the_form_allows_itself(tmp_path: Path) -> None:
    error = wrong(tmp_path, question("first") + question("second"), "most_questions = 1\n")
    assert (error.line, error.reason) == (6, "The form asks 2 questions, 1 at most are wanted.")


def test_a_section_without_questions(tmp_path: Path) -> None:
    assert "has no [[section.question]]" in wrong(tmp_path, "").reason


def test_an_unknown_kind_of_definition(tmp_path: Path) -> None:
    write(tmp_path, HEAD.replace('"form"', '"from"'))
    with pytest.raises(DefinitionError, match="did you mean 'form'"):
        _load_as_it_is(tmp_path)


def test_the_file_is_called_after_name_and_version(tmp_path: Path) -> None:
    write(tmp_path, HEAD + SECTION + question("first"), "other-1")
    with pytest.raises(DefinitionError, match=r"line 2: The file must be called 'local-1.toml'"):
        _load_as_it_is(tmp_path)


def test_the_same_version_twice(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        write(tmp_path / folder, HEAD + SECTION + question("first"))
    with pytest.raises(DefinitionError, match=r"b/local-1.toml, line 3: There is another 'local' version 1"):
        _load_as_it_is(tmp_path)


CODES = """kind = "codes"
name = "local-codes"
version = 1
title = "Local codes"
from = 2006-04-01
"""


@pytest.mark.parametrize(
    ("more", "line", "reason"),
    [
        ("", 1, "A code list needs at least one"),
        ('code = [{ value = "1", text = "One" }, { value = "1", text = "Two" }]\n', 6, "'1' stands twice."),
        ('code = [\n{ value = "1", text = "One", tier = 3 }]\n', 7, "'tier' is not a key of a code."),
        ('code = [\n{ value = "1", text = "One" }]\n[properties]\ntier = [1, 2]\n', 7, "a code needs 'tier'."),
        ('code = [\n{ value = "1", text = "One", tier = 3 }]\n[properties]\ntier = [1, 2]\n', 7, "'tier' is 3; it may be 1, 2."),
        ('code = [\n{ value = "1", text = "One", yes = 1 }]\n[properties]\nyes = [true]\n', 7, "'yes' is 1; it may be True."),
        ('code = [{ value = "1", text = "One" }]\n[properties]\ntext = [1, 2]\n', 8, "'text' already means something in a code"),
        ('not_answers = { refused = "Z" }\ncode = [{ value = "1", text = "One" }]\n', 6, "'refused' is not a key of not_answers."),
        ('until = 2005-04-01\ncode = [{ value = "1", text = "One" }]\n', 6, "'until' lies before 'from'."),
        ('until = "2009-04-01"\ncode = [{ value = "1", text = "One" }]\n', 6, "'until' must be a date such as 2006-04-01"),
    ],
)
def test_what_is_wrong_with_a_code_list(tmp_path: Path, more: str, line: int, reason: str) -> None:
    write(tmp_path, CODES + more, "local-codes-1")
    with pytest.raises(DefinitionError) as caught:
        _load_as_it_is(tmp_path)
    assert reason in caught.value.reason
    assert caught.value.line == line


PLAN = """kind = "plan-kinds"
name = "plan-kinds"
version = 7
title = "Kinds"
parts = { goals = "Goals" }
[[plan]]
id = "short"
title = "Short plan"
review = { first = { weeks = 4 }, then = { weeks = 4 } }
goals_now = { at_least = 1, at_most = 3, how = "steer" }
required = ["goals"]
"""


@pytest.mark.parametrize(
    ("before", "after", "line", "reason"),
    [
        ('["goals"]', '["gaols"]', 11, "did you mean 'goals'?"),
        ("{ weeks = 4 } }", "{ weeks = 4, months = 1 } }", 9, "An interval is in months or in weeks"),
        ("{ weeks = 4 } }", "{ } }", 9, "An interval is in months or in weeks"),
        ("at_least = 1", "at_least = 4", 10, "'at_least' (4) is more than 'at_most' (3)."),
        ('"steer"', '"ask"', 10, "'ask' is not known as how"),
        ('required = ["goals"]', 'required = ["goals"]\nfollows = "triage"', 12, "'triage' is not known as follows"),
        ("required", "requierd", 11, "'requierd' is not a key of a kind of plan. Did you mean 'required'?"),
    ],
)
def test_what_is_wrong_with_a_kind_of_plan(tmp_path: Path, before: str, after: str, line: int, reason: str) -> None:
    write(tmp_path, PLAN.replace(before, after), "plan-kinds-7")
    with pytest.raises(DefinitionError) as caught:
        _load_as_it_is(tmp_path)
    assert reason in caught.value.reason
    assert caught.value.line == line


def test_every_wrong_file_is_reported_at_the_start(tmp_path: Path, settings) -> None:
    from carehub.definitions.checks import definitions_can_be_read

    write(tmp_path, HEAD, "local-1")
    write(tmp_path, "kind =", "other-1")
    settings.DEFINITION_FOLDERS = [tmp_path]
    found = [str(error.msg) for error in definitions_can_be_read(None)]
    assert len(found) == 2
    assert any("local-1.toml, line 1: A form needs at least one [[section]]." in error for error in found)
