"""What a commissioner may read: months that are over, suppressed before they were written. The database refuses a number that is not."""

from django.db import models
from django.db.models import Q

from carehub.models.base import Keyed


class FrozenFigure(Keyed):
    """One figure, one month, one agency, or the whole partnership where ``agency`` is empty. Never changed, never removed.

    An empty ``numerator`` or ``denominator`` is hidden, because it, or another that it would give away, is from 1 to 4.
    """

    partnership = models.ForeignKey("carehub.Partnership", on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey("carehub.Agency", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    figure = models.CharField(max_length=40)
    definition = models.PositiveSmallIntegerField()
    #: Its first day.
    month = models.DateField()
    numerator = models.PositiveIntegerField(null=True)
    denominator = models.PositiveIntegerField(null=True)
    frozen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["partnership", "figure", "month", "agency"], name="frozen_once_a_month", nulls_distinct=False),
            models.CheckConstraint(condition=Q(month__day=1), name="frozen_of_a_whole_month"),
            models.CheckConstraint(
                condition=Q(numerator__isnull=True) | Q(denominator__isnull=False), name="frozen_nothing_of_something_hidden"
            ),
        ]

    @property
    def percent(self) -> int | None:
        """Of the rounded numbers, never of the true ones."""
        if not self.denominator or self.numerator is None:
            return None
        return round(100 * self.numerator / self.denominator)
