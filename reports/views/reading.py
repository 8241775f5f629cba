"""A figure as a page says it: a sentence, its line over the months, its services, its definition."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from carehub import charts
from carehub.models import Agency
from reports.figures import FIGURES, Figure, short_of
from reports.suppression import ROUND_TO

#: By how many a rounded number can be away from the true one.
MOST_OFF = ROUND_TO // 2


@dataclass(frozen=True)
class Reading:
    """``met`` of ``eligible`` in one place and month; None is hidden. ``rounded``: to the nearest five, as commissioners read it."""

    figure: Figure
    met: int | None
    eligible: int | None
    rounded: bool = False

    @property
    def percent(self) -> int | None:
        return round(100 * self.met / self.eligible) if self.eligible and self.met is not None else None

    @property
    def short(self) -> int:
        """How many more the target asks for; not said of rounded numbers."""
        if self.figure.target is None or self.met is None or not self.eligible or self.rounded:
            return 0
        return short_of(self.met, self.eligible, self.figure.target)

    @property
    def look(self) -> str:
        """A key of carehub.states, 'met' or 'not-met'; '' where there is no target, nothing to measure, or rounding leaves it open."""
        if self.figure.target is None or self.met is None or not self.eligible:
            return ""
        if not self.rounded:
            return "not-met" if self.short else "met"
        at_worst = 100 * (self.met - MOST_OFF) / (self.eligible + MOST_OFF)
        at_best = 100 * (self.met + MOST_OFF) / (self.eligible - MOST_OFF)
        if at_worst >= self.figure.target:
            return "met"
        return "not-met" if at_best < self.figure.target else ""

    @property
    def sentence(self) -> str:
        """'412 of 455 people …: 91%.'"""
        if self.eligible is None:
            return _("Fewer than 5 are counted: not shown.")
        if not self.eligible:
            return str(self.figure.nobody)
        words = str(self.figure.sentence) % {
            "met": _("Fewer than 5") if self.met is None else f"{self.met:,}",
            "eligible": f"{self.eligible:,}",
        }
        return f"{words}." if self.percent is None else _("%(words)s: %(percent)s%%.") % {"words": words, "percent": self.percent}

    @property
    def target_words(self) -> str:
        """'Target 95%: 21 short.'"""
        if self.figure.target is None or self.percent is None:
            return ""
        target = {"target": self.figure.target, "short": self.short}
        if self.look == "met":
            return _("Target %(target)s%%: reached.") % target
        if not self.look:
            return _("Target %(target)s%%: too close to tell from rounded numbers.") % target
        return (_("Target %(target)s%%: %(short)s short.") if self.short else _("Target %(target)s%%: not reached.")) % target


@dataclass(frozen=True)
class Shown:
    """One figure on a page. ``row`` is its latest month in the whole partnership; ``services`` (name, reading) the same month in each."""

    row: Any
    reading: Reading
    services: list[tuple[str, Reading]]
    chart: charts.Figure | None

    @property
    def figure(self) -> Figure:
        return self.reading.figure

    @property
    def services_shown(self) -> bool:
        """Services stand beside each other, or none does."""
        return any(reading.eligible is not None for _name, reading in self.services)


def agency_names(partnership_id: UUID) -> dict[UUID, str]:
    return dict(Agency.objects.filter(partnership_id=partnership_id).order_by("name").values_list("pk", "name"))


def shown(rows: Iterable[Any], names: Mapping[UUID, str], reading_of: Callable[[Figure, Any], Reading], note: str = "") -> list[Shown]:
    """What a page shows of ``rows`` (of one partnership): every figure that has been counted yet."""
    rows, found = list(rows), []
    for figure in FIGURES:
        line = sorted((row for row in rows if row.figure == figure.name and row.agency_id is None), key=lambda row: row.month)
        if not line:
            continue
        latest = line[-1]
        places = {row.agency_id: row for row in rows if row.figure == figure.name and row.month == latest.month}
        services = [(name, reading_of(figure, places[key])) for key, name in names.items() if key in places]
        found.append(
            Shown(latest, reading_of(figure, latest), services, _line([(row.month, reading_of(figure, row)) for row in line], note))
        )
    return found


def _line(months: list[tuple[date, Reading]], note: str) -> charts.Figure | None:
    """The percentages over time; two months at least make a line."""
    if len(months) < 2:
        return None
    figure = months[-1][1].figure
    return charts.lines_over_time(
        figure.name,
        title=_("%(figure)s, month by month") % {"figure": figure.title},
        summary=_("Per cent of those counted."),
        days=[month for month, _reading in months],
        lines=[charts.Line(_("Partnership"), tuple(reading.percent for _month, reading in months))],
        unit="%",
        target=figure.target,
        most=100,
        note=note,
    )
