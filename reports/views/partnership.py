"""Where are we weak? For the clinical lead and the partnership manager: exact counts, of services and months, never of one person."""

from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from carehub import clock
from carehub.guards import requires
from reports.models import CountedFigure
from reports.periods import first_of
from reports.views.reading import Reading, agency_names, shown

#: How far back the line goes.
SHOWN_MONTHS = 24


def since() -> date:
    return first_of(clock.today() - timedelta(days=round(30.44 * SHOWN_MONTHS)))


@requires("figures.partnership")
def partnership(request: HttpRequest) -> HttpResponse:
    key = request.actor.partnership_id
    rows = CountedFigure.objects.filter(partnership_id=key, month__gte=since())
    figures = shown(
        rows,
        agency_names(key),
        lambda figure, row: Reading(figure, row.met, row.eligible),
        note=_("The running month is counted up to yesterday."),
    )
    return render(request, "reports/partnership.html", {"figures": figures})
