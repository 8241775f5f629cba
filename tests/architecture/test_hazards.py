"""Promise 19: the hazards are known, and each has a living test."""

import ast

import pytest
import yaml

from tests.architecture.source import ROOT

REGISTER = yaml.safe_load((ROOT / "docs/safety/hazards.yml").read_text())
HAZARDS = REGISTER["hazards"]
#: What is left above this is accepted in the register by whom and why, or the build fails.
MOST_LEFT = 10
#: Marks that take a test out of the run.
DEAD = ("skip", "xfail")


def living_tests(path: str) -> set[str]:
    """The test functions of a file; those that are skipped or expected to fail do not count."""
    file = ROOT / path
    if not file.exists():
        return set()
    functions = [
        node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    ]
    return {node.name for node in functions if not any(word in ast.unparse(mark) for mark in node.decorator_list for word in DEAD)}


def weight(judged: dict[str, int]) -> int:
    assert judged["severity"] in REGISTER["severity"]
    assert judged["likelihood"] in REGISTER["likelihood"]
    return judged["severity"] * judged["likelihood"]


@pytest.mark.promise(19)
def test_the_first_fifteen_and_more(report):
    assert len(HAZARDS) >= 15
    assert [each["id"] for each in HAZARDS] == [f"H{number:02}" for number in range(1, len(HAZARDS) + 1)], "numbers are never given twice"
    report(f"{len(HAZARDS)} hazards, guarded by {len({name for each in HAZARDS for name in each['tests']})} tests")


@pytest.mark.promise(19)
@pytest.mark.parametrize("hazard", HAZARDS, ids=[each["id"] for each in HAZARDS])
def test_it_is_described_judged_controlled_and_guarded(hazard):
    assert hazard.keys() - {"accepted"} == {"id", "hazard", "cause", "effect", "before", "control", "after", "tests"}
    for part in ("hazard", "cause", "effect", "control"):
        assert len(hazard[part].split()) >= 5, f"{part}: say it in a sentence"
        assert hazard[part].endswith("."), part
    before, after = weight(hazard["before"]), weight(hazard["after"])
    assert after < before, "a control that changes nothing"
    assert after <= MOST_LEFT or hazard.get("accepted"), "say who accepts it, and why"
    assert hazard["tests"], "nothing guards it"
    for name in hazard["tests"]:
        path, _, function = name.partition("::")
        assert function in living_tests(path), f"{name}: no such test that runs"


def test_a_guard_that_is_gone_is_noticed():
    assert "test_the_first_fifteen_and_more" in living_tests("tests/architecture/test_hazards.py")
    assert not living_tests("tests/no_such_file.py")
