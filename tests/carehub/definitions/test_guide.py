"""The examples of docs/guides/definitions.md work as they stand there."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from carehub.definitions import read_question, schema, scores
from carehub.definitions.catalogue import Catalogue
from carehub.definitions.findings import proposed
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
    for word in (*schema.KINDS, *schema.TESTS, *schema.TRIGGER_KINDS, *schema.RISK_LEVELS, *schema.NOT_ANSWERS, *read_question._KEYS):
        assert word in words, word


def test_the_tool_scores(examples: Catalogue) -> None:
    form = examples.form("tired")
    (found,) = scores.of(form, read(form, {"tired": ["all"], "asleep": ["some"]}).answers)
    assert str(found) == "Tiredness: 3 of 4. Very tired"
    assert [finding.trigger.id for finding in proposed(form, {"tired": {"value": "no"}})] == []
