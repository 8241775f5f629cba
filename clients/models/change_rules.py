"""From which difference on an item of the outcome profile is called improved or worse: a partnership's own rules. They name no client."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from carehub.models.base import Keyed

if TYPE_CHECKING:
    from carehub.actors import Actor


class ChangeRuleQuerySet(models.QuerySet["ChangeRule"]):
    def visible_to(self, actor: "Actor"):
        return self.filter(partnership_id=actor.partnership_id)

    def in_force(self):
        return self.filter(ended_at__isnull=True)


class ChangeRule(Keyed):
    """One item of the outcome profile, the least difference that counts, and who says so. A rule is never changed: it ends, and the
    next one begins."""

    partnership = models.ForeignKey("carehub.Partnership", on_delete=models.PROTECT, related_name="+")
    #: A question of the outcome profile.
    item = models.CharField(max_length=60)
    #: In days of 28, or points of 20.
    least_difference = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=300)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey("carehub.Person", on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey("carehub.Person", on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    objects = ChangeRuleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["partnership", "item"], condition=Q(ended_at__isnull=True), name="change_rule_one_in_force"),
            models.CheckConstraint(condition=Q(least_difference__gte=1) & ~Q(source=""), name="change_rule_has_a_source"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True) | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="change_rule_ended_by_somebody",
            ),
        ]
