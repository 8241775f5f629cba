"""From what was typed or ticked to what is kept, question by question, with the words to say when it cannot be.

Text is kept as it was typed: only line endings are made alike. What stands in a draft is not cleaned at all.
"""

import datetime as dt
import re
from collections.abc import Sequence

from django.utils.translation import gettext as _

from carehub import clock
from carehub.definitions import weeks
from carehub.definitions.schema import CHOOSING, Question, Value
from carehub.formfields import month_number

#: Characters that a text may have where its question sets no other limit.
LONGEST_TEXT = 20_000
EARLIEST_YEAR = 1900
_NUMBER = re.compile(r"-?[0-9]{1,12}([.][0-9]{1,6})?")


class WrongAnswer(ValueError):
    """What was typed is no answer to this question; the message, which follows the question's name, tells what would be."""


def clean(question: Question, typed: Sequence[str]) -> Value | None:
    """The value to keep, or None where nothing was typed. A date is typed as day, month and year."""
    if not any(one.strip() for one in typed):
        return None
    if question.kind == "date":
        return _date(question, typed)
    if question.kind == "many-of":
        return _several(question, typed)
    if question.kind == "weeks":
        return _weeks(typed)
    return _CLEAN[question.kind](question, typed[-1])


def check(question: Question, value: object) -> bool:
    """Whether a value that was kept earlier, perhaps by another version of the form, still answers this question."""
    try:
        return clean(question, as_typed(question, value)) == value
    except (WrongAnswer, TypeError, ValueError, AttributeError):
        return False


def as_typed(question: Question, value: object) -> list[str]:
    """What somebody would type or tick to give this value."""
    if question.kind == "date":
        day = dt.date.fromisoformat(str(value))
        return [str(day.day), str(day.month), str(day.year)]
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]


def number_text(value: float) -> str:
    return f"{value:.6f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def _text(question: Question, typed: str) -> str:
    text = typed.replace("\r\n", "\n").replace("\r", "\n")
    longest = int(question.most) if question.most else LONGEST_TEXT
    if len(text) > longest:
        raise WrongAnswer(
            _("this is %(number)s characters long: keep it to %(most)s or fewer") % {"number": f"{len(text):,}", "most": f"{longest:,}"}
        )
    if "\x00" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise WrongAnswer(_("it has a character in it that cannot be kept: copy the text again without it"))
    return text


def _number(question: Question, typed: str) -> int | float:
    text = typed.strip().replace(" ", "").replace(",", "")
    if not _NUMBER.fullmatch(text):
        raise WrongAnswer(_("enter a number in digits, such as 14"))
    value: int | float = float(text) if "." in text else int(text)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, float) and not question.decimals:
        raise WrongAnswer(_("enter a whole number, such as 14"))
    least, most = question.least, question.most
    if (least is not None and value < least) or (most is not None and value > most):
        raise WrongAnswer(_range_words(least, most))
    return value


def _range_words(least: float | None, most: float | None) -> str:
    if least is None:
        return _("enter a number that is %(most)s or less") % {"most": number_text(most or 0)}
    if most is None:
        return _("enter a number that is %(least)s or more") % {"least": number_text(least)}
    return _("enter a number from %(least)s to %(most)s") % {"least": number_text(least), "most": number_text(most)}


def _date(question: Question, typed: Sequence[str]) -> str:
    parts = [one.strip() for one in typed]
    if len(parts) == 1 and (found := re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)", parts[0], re.ASCII)):
        parts = [found[3], found[2], found[1]]
    parts = [*parts, "", "", ""][:3]
    names = (_("a day"), _("a month"), _("a year"))
    missing = [name for name, part in zip(names, parts, strict=True) if not part]
    if missing:
        raise WrongAnswer(_("the date must include %(parts)s") % {"parts": _(" and ").join(missing)})
    parts[1] = str(month_number(parts[1]) or parts[1])
    if not all(part.isascii() and part.isdigit() and len(part) <= 4 for part in parts):
        raise WrongAnswer(_("enter the date in numbers, such as 27 3 2006"))
    if len(parts[2]) != 4:
        raise WrongAnswer(_("the year must have four digits, such as 2006"))
    try:
        day = dt.date(int(parts[2]), int(parts[1]), int(parts[0]))
    except ValueError:
        raise WrongAnswer(_("this date does not exist: enter a real one, such as 27 3 2006")) from None
    if day.year < EARLIEST_YEAR:
        raise WrongAnswer(_("the year must be %(year)s or later") % {"year": EARLIEST_YEAR})
    if question.dates == "past" and day > clock.today():
        raise WrongAnswer(_("the date lies in the future: it must be today or earlier"))
    if question.dates == "future" and day < clock.today():
        raise WrongAnswer(_("the date has passed: it must be today or later"))
    return day.isoformat()


def _one(question: Question, typed: str) -> str:
    if question.choice(typed) is None:
        raise WrongAnswer(_("choose one of the answers listed"))
    return typed


def _several(question: Question, typed: Sequence[str]) -> list[str]:
    for one in typed:
        _one(question, one)
    chosen = [choice for choice in question.choices if choice.value in typed]
    alone = next((choice for choice in chosen if choice.alone), None)
    if alone and len(chosen) > 1:
        raise WrongAnswer(_("“%(answer)s” goes with no other answer: untick it, or untick the others") % {"answer": alone.text})
    return [choice.value for choice in chosen]


def _weeks(typed: Sequence[str]) -> list[int]:
    try:
        return weeks.clean(typed)
    except ValueError as wrong:
        raise WrongAnswer(str(wrong)) from None


def _score(question: Question, typed: str) -> int:
    if typed.strip() not in ("1", "2", "3", "4", "5"):
        raise WrongAnswer(_("choose a score from 1, best, to 5, worst"))
    return int(typed)


_CLEAN = {
    "text": _text,
    "long-text": _text,
    "number": _number,
    "score-1-5": _score,
    **{kind: _one for kind in CHOOSING if kind != "many-of"},
}
