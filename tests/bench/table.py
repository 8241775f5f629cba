"""The speed table as it stands on the terminal."""

import json
from collections.abc import Iterable, Iterator
from typing import Any


def figures(lines: Iterable[str]) -> dict[str, Any]:
    """From what tests report: JSON, ``{"what is measured": {…}}``."""
    found: dict[str, Any] = {}
    for line in lines:
        found |= json.loads(line)
    return found


def table(found: dict[str, Any]) -> Iterator[str]:
    """Rows of the pages in columns of their own, then the others a line each."""
    pages = {what: row for what, row in found.items() if isinstance(row, dict) and "p50_ms" in row}
    if pages:
        columns = list(next(iter(pages.values())))
        widths = [max(len(column), *(len(_said(row.get(column))) for row in pages.values())) for column in columns]
        first = max(len(what) for what in pages)
        yield f"{'':{first}}  " + "  ".join(f"{column:>{width}}" for column, width in zip(columns, widths, strict=True))
        for what, row in pages.items():
            said = (f"{_said(row.get(column)):>{width}}" for column, width in zip(columns, widths, strict=True))
            yield f"{what:{first}}  " + "  ".join(said)
    for what, row in found.items():
        if what not in pages:
            said = ", ".join(f"{name} {_said(value)}" for name, value in row.items()) if isinstance(row, dict) else _said(row)
            yield f"{what}: {said}"


def _said(value: Any) -> str:
    return "" if value is None else f"{value:,}" if isinstance(value, int) else f"{value:.1f}" if isinstance(value, float) else str(value)
