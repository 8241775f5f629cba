"""Inputs that Django does not have. How they look is the form pack's matter (templates/carehub/)."""

from datetime import date, datetime
from typing import Any

from django import forms

from carehub import clock
from carehub.definitions.weeks import WEEKS


class DateInput(forms.MultiWidget):
    """Day, month and year in three boxes: no calendar to fight with, and a month may be typed as a word."""

    PARTS = ("day", "month", "year")

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(dict.fromkeys(self.PARTS, forms.TextInput), attrs)

    def decompress(self, value: date | str | None) -> list[Any]:
        if isinstance(value, str):
            try:
                value = date.fromisoformat(value)
            except ValueError:
                return [None, None, None]
        if isinstance(value, datetime):
            value = clock.day_of(value)
        return [value.day, value.month, value.year] if value else [None, None, None]

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_day" if id_ else ""


class WeeksInput(forms.MultiWidget):
    """Days in each of four weeks, in four boxes."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({f"week{week}": forms.TextInput for week in WEEKS}, attrs)

    def decompress(self, value: Any) -> list[Any]:
        return list(value) if value else [None] * len(WEEKS)

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_week{WEEKS[0]}" if id_ else ""
