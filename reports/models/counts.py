"""Exact counts of one figure in one month. They hold no client, and yet say too much for anybody but the partnership's own roles."""

from django.db import models
from django.db.models import F, Q

from carehub.models.base import Keyed


class CountedFigure(Keyed):
    """One figure, one month, one agency, or the whole partnership where ``agency`` is empty.

    The running month is counted again each day; once it is over its row becomes final and stays.
    """

    partnership = models.ForeignKey("carehub.Partnership", on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey("carehub.Agency", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    figure = models.CharField(max_length=40)
    #: Of the figure's definition, so that a changed one does not run on under the old line.
    definition = models.PositiveSmallIntegerField()
    #: Its first day.
    month = models.DateField()
    met = models.PositiveIntegerField()
    eligible = models.PositiveIntegerField()
    excluded = models.PositiveIntegerField(default=0)
    #: The last day that was counted.
    counted_to = models.DateField()
    counted_at = models.DateTimeField()
    final = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["partnership", "figure", "month", "agency"], name="count_once_a_month", nulls_distinct=False),
            models.CheckConstraint(condition=Q(month__day=1), name="count_of_a_whole_month"),
            models.CheckConstraint(condition=Q(met__lte=F("eligible")), name="count_met_is_part_of_eligible"),
        ]
