"""The scheduled pass over figures: months that are over are counted and frozen once; the running month is counted anew each day.

Set-based: two queries a figure and month, whatever the number of clients. Running it twice, late, or in two workers at once changes
nothing: a month is one row for each place, and a row that is there stays.
"""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import Min

from carehub import clock, context
from carehub.models import Agency, Partnership
from clients.models import Episode
from reports.figures import FIGURES, Figure
from reports.models import CountedFigure, FrozenFigure
from reports.periods import Month, first_of, months
from reports.suppression import Counted, safe_together

#: *Local*: what happened on the last day of a month is typed in by then (the aim is 24 hours).
SETTLING_DAYS = 2
#: How far back months are counted when the pass runs for the first time.
MOST_MONTHS = 24
NOBODY = Counted(0, 0)


def freeze(partnership: Partnership, *, today: date | None = None) -> int:
    """Count and freeze whatever is not yet there. Returns how many months of figures were frozen."""
    today = today or clock.today()
    with context.on_duty(partnership.pk, "figures"):
        began = Episode.objects.filter(partnership_id=partnership.pk).aggregate(day=Min("referred_on"))["day"]
        if began is None:
            return 0
        earliest = max(first_of(began), first_of(today - timedelta(days=round(30.44 * MOST_MONTHS))))
        over = list(months(earliest, today - timedelta(days=SETTLING_DAYS - 1)))
        agencies = list(Agency.objects.filter(partnership_id=partnership.pk).values_list("pk", flat=True))
        frozen = _freeze_months(partnership, over, agencies)
        _count_running(partnership, today, agencies, after=over)
    return frozen


def _freeze_months(partnership: Partnership, over: list[Month], agencies: list) -> int:
    have = set(FrozenFigure.objects.filter(partnership=partnership, agency=None).values_list("figure", "month"))
    counted, frozen, done = [], [], 0
    for figure in FIGURES:
        for month in over:
            if (figure.name, month.first) in have:
                continue
            whole, parts = count(figure, partnership, month, agencies)
            counted += _rows(partnership, figure, month, whole, parts, final=True)
            frozen += _safe_rows(partnership, figure, month, whole, parts)
            done += 1
    _write(counted)
    FrozenFigure.objects.bulk_create(frozen, ignore_conflicts=True)
    return done


def _count_running(partnership: Partnership, today: date, agencies: list, *, after: list[Month]) -> None:
    """The month that runs, and one that is over but still settles, up to yesterday. Once a day."""
    yesterday = today - timedelta(days=1)
    first = after[-1].until + timedelta(days=1) if after else first_of(yesterday)
    fresh = set(CountedFigure.objects.filter(partnership=partnership, agency=None, counted_to=yesterday).values_list("figure", "month"))
    rows = []
    for month in (*months(first, today), Month.of(today)):
        month = month.up_to(yesterday)
        if month.until < month.first:
            continue
        for figure in FIGURES:
            if (figure.name, month.first) not in fresh:
                rows += _rows(partnership, figure, month, *count(figure, partnership, month, agencies), final=False)
    _write(rows)


def count(figure: Figure, partnership: Partnership, month: Month, agencies: Iterable) -> tuple[Counted, dict]:
    """The partnership's count, and each agency's, those without anybody too."""
    by_agency = figure.count_by_agency(month)
    return figure.count(month), {agency: by_agency.get(agency, NOBODY) for agency in agencies}


def _rows(partnership: Partnership, figure: Figure, month: Month, whole: Counted, parts: dict, *, final: bool) -> list[CountedFigure]:
    return [
        CountedFigure(
            partnership=partnership,
            agency_id=agency,
            figure=figure.name,
            definition=figure.definition,
            month=month.first,
            met=counted.met,
            eligible=counted.eligible,
            excluded=counted.excluded,
            counted_to=month.until,
            counted_at=clock.now(),
            final=final,
        )
        for agency, counted in {None: whole, **parts}.items()
    ]


def _safe_rows(partnership: Partnership, figure: Figure, month: Month, whole: Counted, parts: dict) -> list[FrozenFigure]:
    safe_whole, safe_parts = safe_together(whole, parts)
    return [
        FrozenFigure(
            partnership=partnership,
            agency_id=agency,
            figure=figure.name,
            definition=figure.definition,
            month=month.first,
            numerator=safe.numerator,
            denominator=safe.denominator,
            frozen_at=clock.now(),
        )
        for agency, safe in {None: safe_whole, **safe_parts}.items()
    ]


def _write(rows: list[CountedFigure]) -> None:
    CountedFigure.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["partnership", "figure", "month", "agency"],
        update_fields=["definition", "met", "eligible", "excluded", "counted_to", "counted_at", "final"],
        batch_size=1000,
    )
