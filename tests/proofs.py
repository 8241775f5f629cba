"""Promises are proven with a printed seed, at twenty or more by default and at full count where CAREHUB_PROOF is set ('make proof')."""

import os
import random
from collections.abc import Callable

import pytest

from tests.bench.table import figures, table

FULL = os.environ.get("CAREHUB_PROOF", "") not in ("", "0")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "promise(number): proves that promise of the design (full count where CAREHUB_PROOF is set)")


@pytest.fixture
def how_many() -> Callable[[int, int], int]:
    """``how_many(20, 500)``: 20 in 'make test', 500 in 'make proof'."""
    return lambda usual, full: full if FULL else usual


@pytest.fixture
def report(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """``report("500 saves, 0 lost")``: a line at the end of the run's output."""
    marker = request.node.get_closest_marker("promise")
    about = f"promise {marker.args[0]}: " if marker else ""
    return lambda line: request.node.user_properties.append(("report", f"{about}{line}"))


@pytest.fixture
def seed(request: pytest.FixtureRequest, report: Callable[[str], None]) -> int:
    """The run's seed: CAREHUB_SEED, or the one that pytest-randomly prints. Reported, so that a failure can be had again."""
    given = os.environ.get("CAREHUB_SEED") or getattr(request.config.option, "randomly_seed", None)
    number = int(given) if str(given or "").isdigit() else random.SystemRandom().randrange(2**31)
    report(f"{request.node.name}, seed {number} (again with CAREHUB_SEED={number})")
    return number


@pytest.fixture
def chance(seed: int) -> random.Random:
    return random.Random(seed)


def pytest_terminal_summary(terminalreporter) -> None:
    lines = [
        text
        for reports in terminalreporter.stats.values()
        for each in reports
        if getattr(each, "when", "") == "teardown"
        for name, text in each.user_properties
        if name == "report"
    ]
    # A test that passed has its lines in the call's report; pytest hands on the same list with each phase, so ask once.
    called = [
        text
        for outcome in ("passed", "failed")
        for each in terminalreporter.stats.get(outcome, [])
        if getattr(each, "when", "") == "call"
        for name, text in each.user_properties
        if name == "report"
    ]
    if called or lines:
        terminalreporter.write_sep("-", "promises and figures")
        said = list(dict.fromkeys([*called, *lines]))
        measured = [text for text in said if text.startswith("{")]
        for text in [*(text for text in said if text not in measured), *table(figures(measured))]:
            terminalreporter.write_line(text)
