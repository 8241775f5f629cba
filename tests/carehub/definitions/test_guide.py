"""The examples of docs/guides/definitions.md work as they stand there."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from carehub.definitions import following, read_question, schema, scores
from carehub.definitions.catalogue import Catalogue, catalogue
from carehub.definitions.conditions import shown
from carehub.definitions.findings import proposed, risks
from carehub.definitions.typed import read
from tests.carehub.definitions.writing import SHIPPED, write

GUIDE = (settings.BASE_DIR / "docs/guides/definitions.md").read_text(encoding="utf-8")


@pytest.fixture
def examples(tmp_path: Path) -> Catalogue:
    for text in re.findall(r"```toml\n(.*?)```", GUIDE, re.DOTALL):
        name = re.search(r'^name = "(.*)"', text, re.MULTILINE)
        assert name
        write(tmp_path, text, f"{name[1]}-1")
    return Catalogue.load([*SHIPPED, tmp_path])


def test_the_form_and_the_code_list_load(examples: Catalogue) -> None:
    form = examples.form("sleep")
    found = read(form, {"trouble": ["yes"], "hours": ["4"], "dark-thoughts": ["plan"]})
    assert [finding.trigger.id for finding in proposed(form, found.answers)] == ["doctor-today"]
    assert examples.codes("sleep-aid").with_property("medicine", True)[0].text == "A tablet"


def test_every_kind_test_and_key_is_told() -> None:
    words = set(re.findall(r"[a-z0-9_-]+", GUIDE))
    for word in (
        *schema.KINDS,
        *following.TESTS,
        *following.TRIGGER_KINDS,
        *following.RISK_LEVELS,
        *schema.NOT_ANSWERS,
        *read_question._KEYS,
    ):
        assert word in words, word


def test_the_tool_scores(examples: Catalogue) -> None:
    form = examples.form("tired")
    (found,) = scores.of(form, read(form, {"tired": ["all"], "asleep": ["some"]}).answers)
    assert str(found) == "Tiredness: 3 of 4. Very tired"
    assert [finding.trigger.id for finding in proposed(form, {"tired": {"value": "no"}})] == []


def test_the_group_asks_again_for_each_child_and_the_risk_means_any_of_them(examples: Catalogue) -> None:
    form = examples.form("household")
    found = read(form, {"tablets": ["open"], "child-more-0": ["yes"], "child-lives-1": ["elsewhere"], "child-more-1": ["yes"]})
    assert risks(form, found.answers) == ()
    found = read(form, {"tablets": ["open"], "child-more-0": ["yes"], "child-more-1": ["yes"], "child-lives-2": ["here"]})
    assert [risk.words for risk in risks(form, found.answers)] == ["Tablets where a child could reach them"]
    assert shown(form, "child-sleeps-2", found.answers)
    assert not shown(form, "child-sleeps-1", found.answers)


def test_the_guide_counts_the_questions_of_the_shipped_forms_truly() -> None:
    for name in ("screening", "triage", "comprehensive", "risk", "aftercare"):
        asked = catalogue().form(name)
        opening = {question.id for question in asked.questions if question.id.startswith(f"{question.group}-more-")}
        written = [question for question in asked.questions if question.entry <= 1 and question.id not in opening]
        assert f"| `{name}` |" in GUIDE
        row = next(line for line in GUIDE.splitlines() if line.startswith(f"| `{name}` |"))
        assert row.split("|")[3].strip().startswith(str(len(written))), (row, len(written))
