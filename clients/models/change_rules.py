"""From which difference on an item of the outcome profile is called improved or worse: a partnership's own rules. They name no client."""

from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

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

    class Kind(models.TextChoices):
        #: What the partnership holds to be much.
        DIFFERENCE = "difference", gettext_lazy("A difference that we have agreed on")
        #: A reliable change index: less could be chance in the asking. From a publication, so with its day.
        RELIABLE = "reliable", gettext_lazy("A reliable change index from a publication")

    partnership = models.ForeignKey("carehub.Partnership", on_delete=models.PROTECT, related_name="+")
    #: A question of the outcome profile.
    item = models.CharField(max_length=60)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.DIFFERENCE)
    #: In days of 28, or points of 20; hundredths in an index alone.
    least_difference = models.DecimalField(max_digits=4, decimal_places=2)
    source = models.CharField(max_length=300)
    #: When the source was published; every index has it.
    source_on = models.DateField(null=True, blank=True)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey("carehub.Person", on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey("carehub.Person", on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    objects = ChangeRuleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["partnership", "item"], condition=Q(ended_at__isnull=True), name="change_rule_one_in_force"),
            models.CheckConstraint(condition=Q(least_difference__gt=0) & ~Q(source=""), name="change_rule_has_a_source"),
            models.CheckConstraint(
                condition=Q(kind="difference", least_difference__gte=1) | Q(kind="reliable", source_on__isnull=False),
                name="change_rule_index_has_the_day_of_its_source",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True) | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="change_rule_ended_by_somebody",
            ),
        ]

    @property
    def is_reliable(self) -> bool:
        return self.kind == self.Kind.RELIABLE

    @property
    def least(self) -> str:
        """'4', '4.25'."""
        return f"{Decimal(self.least_difference).normalize():f}"

    @property
    def source_words(self) -> str:
        if self.source_on is None:
            return self.source
        return _("%(source)s (%(day)s)") % {"source": self.source, "day": date_format(self.source_on, "j F Y")}

    @property
    def words(self) -> str:
        """What stands beside each result."""
        told = {"least": self.least, "source": self.source_words}
        if self.is_reliable:
            return _("Reliable change index %(least)s. %(source)s") % told
        return _("From a difference of %(least)s. %(source)s") % told
