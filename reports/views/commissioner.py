"""Are people getting help in time, and does it work? Frozen, suppressed months, read as the database role that can read nothing else."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from carehub import context
from carehub.guards import requires
from reports.models import FrozenFigure
from reports.views.partnership import since
from reports.views.reading import Reading, agency_names, shown


@requires("figures.commissioner")
def commissioner(request: HttpRequest) -> HttpResponse:
    key = request.actor.partnership_id
    with context.as_commissioner():
        rows = list(FrozenFigure.objects.filter(partnership_id=key, month__gte=since()))
    figures = shown(
        rows,
        agency_names(key),
        lambda figure, row: Reading(figure, row.numerator, row.denominator, rounded=True),
        note=_("Percentages are of the rounded numbers; a gap is a month with fewer than 5."),
    )
    return render(request, "reports/commissioner.html", {"figures": figures})
