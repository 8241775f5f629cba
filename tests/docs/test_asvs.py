"""The table of security requirements names what exists, leaves none out, and is counted right where it is spoken of."""

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TABLE = ROOT / "docs" / "safety" / "asvs.csv"
#: Of ASVS 5.0.0: how many requirements there are at levels 1 and 2.
LEVELS = {"1": 70, "2": 183}
ANSWERS = {"met", "partly", "not met", "not applicable"}


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    with TABLE.open(newline="") as table:
        return list(csv.DictReader(table))


def test_every_requirement_once_in_order(rows):
    ids = [row["id"] for row in rows]
    assert all(re.fullmatch(r"V([1-9]|1[0-7])\.[1-9]\d?\.[1-9]\d?", each) for each in ids)
    numbers = [tuple(int(part) for part in each[1:].split(".")) for each in ids]
    assert numbers == sorted(set(numbers))
    assert {chapter for chapter, *_ in numbers} == set(range(1, 18))
    assert Counter(row["level"] for row in rows) == LEVELS


def test_each_answer_names_what_exists_or_says_why(rows):
    for row in rows:
        assert row["answer"] in ANSWERS, row
        assert row["asks"], row
        if row["answer"] in ("met", "partly"):
            name, _, test = row["where"].partition("::")
            place = ROOT / name
            assert place.is_file(), row
            assert not test or f"def {test}(" in place.read_text(), row
        else:
            assert not row["where"], row
        if row["answer"] != "met":
            assert len(row["why"].split()) >= 3, row


def test_it_is_counted_right_where_it_is_spoken_of(rows, report):
    counts = Counter(row["answer"] for row in rows)
    sentence = (
        f"Of {len(rows)}, {counts['met']} are met, {counts['partly']} partly, {counts['not met']} not met,"
        f" and {counts['not applicable']} do not apply"
    )
    assert sentence in " ".join((ROOT / "docs" / "safety" / "README.md").read_text().split())
    report(f"ASVS 5.0.0, levels 1 and 2: {sentence[0].lower()}{sentence[1:]}")
