"""Whether care plans are reviewed when they said they would be."""

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from careplans.models import PlanVersion
from reports.figures.figure import Figure
from reports.periods import Month


def rows(month: Month) -> QuerySet:
    """Signed versions whose next review fell due in ``month``, each review once.

    Worked example: 4 reviews fell due; 2 were signed by their day, 1 a week late, 1 person had been discharged before: 2 of 3.
    """
    # A review makes the next version of the plan; or, where an initial plan has done its work, the first of the plan that follows it.
    on_time = PlanVersion.objects.filter(
        client_id=OuterRef("client_id"),
        plan__episode_id=OuterRef("plan__episode_id"),
        locked_at__gt=OuterRef("locked_at"),
        signed_on__lte=OuterRef("next_review_on"),
    )
    # Discharged first, and not reviewed before: nothing was left to review.
    discharged = Q(plan__episode__discharged_on__isnull=False, plan__episode__discharged_on__lte=F("next_review_on"))
    return (
        PlanVersion.objects.filter(signed_on__isnull=False, next_review_on__gte=month.first, next_review_on__lte=month.until)
        .annotate(met=Exists(on_time))
        .annotate(excluded=discharged & ~Q(met=True))
    )


FIGURE = Figure(
    name="reviews-on-time",
    definition=1,
    title=_("Care plans reviewed on time"),
    sentence=_("%(met)s of %(eligible)s reviews were done by the day that the care plan had set"),
    nobody=_("No review fell due."),
    numerator=_(
        "Of those, every review whose new version of the plan, or the plan that followed it, was signed on or before the day that the "
        "plan itself had set."
    ),
    denominator=_("Every review that a signed plan had set for a day in the month."),
    exclusions=_("Reviews of people who were discharged before the day, and had not been reviewed early."),
    source="Joint review (2006); Good practice in care planning (2007), 3.2.4: first within 3 months, then every 6 months",
    rows=rows,
    counts="pk",
)
