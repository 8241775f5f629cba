"""Who in treatment has a written care plan that was signed."""

from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.utils.translation import gettext_lazy as _

from careplans.models import PlanVersion
from clients.models import Episode
from reports.figures.figure import Figure
from reports.periods import Month


def rows(month: Month) -> QuerySet:
    """Episodes of people who are in treatment at the end of ``month``: triaged by then, not discharged by then.

    Worked example: 3 people triaged, of whom 1 is discharged on the last day; 1 of the other 2 has a signed plan: 1 of 2.
    """
    day = month.until
    open_then = Q(discharged_on__isnull=True) | Q(discharged_on__gt=day)
    # The plan may be held by another service that treats the same person: there is one lead plan in the partnership.
    signed_plan = PlanVersion.objects.filter(
        Q(plan__episode__discharged_on__isnull=True) | Q(plan__episode__discharged_on__gt=day),
        client_id=OuterRef("client_id"),
        signed_on__lte=day,
    )
    return Episode.objects.filter(open_then, triaged_on__lte=day).annotate(met=Exists(signed_plan), excluded=Value(False))


FIGURE = Figure(
    name="plan-coverage",
    definition=1,
    title=_("In treatment with a written care plan"),
    sentence=_("%(met)s of %(eligible)s people in treatment have a signed care plan"),
    nobody=_("Nobody was in treatment."),
    numerator=_(
        "Of those, everybody with a care plan, initial or comprehensive, that was signed on or before that day (on screen, on paper, "
        "or declined with a reason) and belongs to an episode that was still open."
    ),
    denominator=_("Everybody triaged on or before the last day of the month and not discharged on or before it, each person once."),
    exclusions=_("Nobody. People who wait for their triage are not yet in treatment and do not count."),
    source="Good practice in care planning (2007), 4.3.4; Models of care (2006), 2.7.1",
    rows=rows,
    target=95,
    target_source="Good practice in care planning (2007), 4.3.4",
)
