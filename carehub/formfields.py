"""The questions that forms are made of. Each says what is wrong in plain English, naming the question, and loses nothing that was typed."""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from carehub import clock
from carehub.widgets import DateInput, WeeksInput

Choice = tuple[Any, Any] | tuple[Any, Any, Any]

_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
)  # fmt: skip

#: No date here lies outside: '0026' is a slip of the finger, and the day after the last of all days cannot be reckoned.
YEARS = range(1900, 2200)


def month_number(text: str) -> int | None:
    """3 from '3', '03', 'March', 'mar' or 'MAR.'."""
    text = text.strip().rstrip(".").casefold()
    if text.isascii() and text.isdigit():
        return int(text)
    if len(text) >= 3:
        for number, name in enumerate(_MONTHS, start=1):
            if name.startswith(text) or (text == "sept" and number == 9):
                return number
    return None


class DateField(forms.Field):
    """A date in three boxes. ``earliest`` and ``latest`` are dates or 'today', both included."""

    widget = DateInput

    def __init__(self, *, earliest: date | str | None = None, latest: date | str | None = None, missing: Any = "", **more: Any) -> None:
        if missing:
            more.setdefault("error_messages", {})["required"] = missing
        super().__init__(**more)
        self.earliest, self.latest = earliest, latest

    def _wrong(self, message: Any, code: str, *parts: str, **params: Any) -> ValidationError:
        name = self.label or _("The date")
        return ValidationError(message, code=code, params={"name": name, "parts": parts or DateInput.PARTS, **params})

    def to_python(self, value: Any) -> date | None:
        if value in self.empty_values or isinstance(value, date):
            return value or None
        typed = dict(zip(DateInput.PARTS, (str(part or "").strip() for part in value), strict=True))
        lacking = [part for part in DateInput.PARTS if not typed[part]]
        if len(lacking) == 3:
            return None
        if lacking:
            words = {"day": _("a day"), "month": _("a month"), "year": _("a year")}
            listed = (
                words[lacking[0]] if len(lacking) == 1 else _("%(one)s and %(two)s") % {"one": words[lacking[0]], "two": words[lacking[1]]}
            )
            raise self._wrong(_("‘%(name)s’ must include %(lacking)s"), "incomplete", *lacking, lacking=listed)
        if not re.fullmatch(r"[0-9]{4}", typed["year"]):
            raise self._wrong(_("‘%(name)s’: the year must have 4 numbers, like 1981"), "year", "year")
        month = month_number(typed["month"])
        if not month or not 1 <= month <= 12:
            raise self._wrong(_("‘%(name)s’: the month must be a number from 1 to 12, or its name"), "month", "month")
        if not re.fullmatch(r"[0-9]{1,2}", typed["day"]):
            raise self._wrong(_("‘%(name)s’: the day must be a number from 1 to 31"), "day", "day")
        try:
            return date(int(typed["year"]), month, int(typed["day"]))
        except ValueError:
            raise self._wrong(_("‘%(name)s’ must be a real date, like 27 3 1981"), "unreal") from None

    def validate(self, value: date | None) -> None:
        super().validate(value)
        if value is None:
            return
        today = clock.today()
        earliest = today if self.earliest == "today" else self.earliest
        latest = today if self.latest == "today" else self.latest
        if latest and value > latest:
            if latest == today:
                raise self._wrong(_("‘%(name)s’ must be today or in the past"), "too late")
            raise self._wrong(_("‘%(name)s’ must be %(day)s or earlier"), "too late", day=date_format(latest, "j F Y"))
        if earliest and value < earliest:
            if earliest == today:
                raise self._wrong(_("‘%(name)s’ must be today or in the future"), "too early")
            raise self._wrong(_("‘%(name)s’ must be %(day)s or later"), "too early", day=date_format(earliest, "j F Y"))
        if value.year not in YEARS:
            raise self._wrong(_("‘%(name)s’: check the year"), "year", "year")

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            before = self.to_python(self.widget.decompress(initial)) if initial else None
            return self.to_python(data) != before
        except ValidationError:
            return True


class WeeksField(forms.Field):
    """Days in each of four weeks, as they were typed: the question itself says what is wrong with them (carehub.definitions.weeks)."""

    widget = WeeksInput


class BirthDateField(DateField):
    autocomplete_birth = False  # it is the client's, not that of whoever sits at the keyboard

    def __init__(self, **more: Any) -> None:
        more.setdefault("latest", "today")
        more.setdefault("earliest", date(1900, 1, 1))
        more.setdefault("label", _("Date of birth"))
        super().__init__(**more)


class _Choices:
    """Radios and checkboxes whose choices may carry a hint, and may open further questions of the same form."""

    def _take(
        self,
        choices: Iterable[Choice],
        *,
        inline: bool,
        small: bool,
        shows: dict[Any, Sequence[str]] | None,
        missing: Any,
        more: dict[str, Any],
    ) -> list[tuple[Any, Any]]:
        listed = list(choices)
        self.hints = {str(choice[0]): choice[2] for choice in listed if len(choice) > 2 and choice[2]}
        self.inline, self.small = inline, small
        self.shows = {str(value): tuple(names) for value, names in (shows or {}).items()}
        if missing:
            more.setdefault("error_messages", {})["required"] = missing
        return [(choice[0], choice[1]) for choice in listed]


class OneOf(_Choices, forms.TypedChoiceField):
    """One of a few answers, as radios. Choices: (value, label) or (value, label, hint). ``shows``: value → names of questions it opens."""

    widget = forms.RadioSelect

    def __init__(
        self, choices: Iterable[Choice] = (), *, inline: bool = False, small: bool = False, shows: dict[Any, Sequence[str]] | None = None,
        missing: Any = "", **more: Any
    ) -> None:  # fmt: skip
        kept = self._take(choices, inline=inline, small=small, shows=shows, missing=missing, more=more)
        super().__init__(choices=kept, **more)


class YesNo(OneOf):
    """Yes or no; True, False, or None where it may be left open."""

    def __init__(self, **more: Any) -> None:
        more.setdefault("inline", True)
        super().__init__([("yes", _("Yes")), ("no", _("No"))], coerce=lambda value: value == "yes", empty_value=None, **more)

    def prepare_value(self, value: Any) -> Any:
        return {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


class Several(_Choices, forms.TypedMultipleChoiceField):
    """Any number of answers, as checkboxes."""

    widget = forms.CheckboxSelectMultiple

    def __init__(
        self, choices: Iterable[Choice] = (), *, inline: bool = False, small: bool = False, shows: dict[Any, Sequence[str]] | None = None,
        missing: Any = "", **more: Any
    ) -> None:  # fmt: skip
        kept = self._take(choices, inline=inline, small=small, shows=shows, missing=missing, more=more)
        super().__init__(choices=kept, **more)


class OneFromList(forms.TypedChoiceField):
    """One of many answers, as a list that unfolds; begins with 'Choose'. For up to some sixty: more are looked for by name."""

    def __init__(self, choices: Iterable[tuple[Any, Any]] = (), *, missing: Any = "", **more: Any) -> None:
        if missing:
            more.setdefault("error_messages", {})["required"] = missing
        super().__init__(choices=[("", _("Choose")), *choices], **more)


class Text(forms.CharField):
    """One line. ``width``: 2, 3, 4, 5, 10, 20 or 30 characters; ``prefix`` and ``suffix`` stand at its ends ('£', 'units')."""

    def __init__(self, *, width: int | None = None, prefix: Any = "", suffix: Any = "", missing: Any = "", **more: Any) -> None:
        if missing:
            more.setdefault("error_messages", {})["required"] = missing
        more.setdefault("max_length", 200)
        super().__init__(**more)
        self.width, self.prefix, self.suffix = width, prefix, suffix


class LongText(forms.CharField):
    """Several lines. ``word_limit``: how many characters it takes, counted down as one types where script runs."""

    widget = forms.Textarea

    def __init__(self, *, rows: int = 4, word_limit: int | None = None, missing: Any = "", **more: Any) -> None:
        if missing:
            more.setdefault("error_messages", {})["required"] = missing
        more.setdefault("max_length", word_limit or 10_000)
        super().__init__(**more)
        self.widget.attrs["rows"] = rows
        self.widget.attrs.pop("cols", None)
        self.word_limit = word_limit

    def to_python(self, value: Any) -> str:
        return super().to_python(value).replace("\r\n", "\n").replace("\r", "\n")


class DrawingField(forms.CharField):
    """A signature drawn in the box of components/signature.html: an SVG path of whole numbers in 600 by 180, made by js/signature.js.

    Nothing but moves, lines and numbers passes, so that it can be set as it is into a page or a PDF.
    """

    widget = forms.HiddenInput
    WIDTH, HEIGHT = 600, 180
    _PATH = re.compile(r"(?:M-?[0-9]{1,3} -?[0-9]{1,3}(?:L-?[0-9]{1,3} -?[0-9]{1,3})*)+")

    def __init__(self, **more: Any) -> None:
        super().__init__(**{"required": False, "max_length": 40_000, "label": _("Drawn signature"), **more})

    def validate(self, value: str) -> None:
        super().validate(value)
        if value and not self._PATH.fullmatch(value):
            raise ValidationError(_("The drawing did not arrive whole: clear the box and sign again"), code="drawing")
