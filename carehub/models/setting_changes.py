"""What a partnership has changed of its local settings. Names no client."""

from uuid import UUID

from django.db import models
from django.db.models import F

from carehub.models.base import Keyed


class SettingChangeQuerySet(models.QuerySet["SettingChange"]):
    def of_partnership(self, partnership_id: UUID):
        """The newest first, with who changed it."""
        return self.filter(partnership_id=partnership_id).select_related("changed_by").order_by("-changed_at", "-pk")


class SettingChange(Keyed):
    """One change of one local setting: what it was, what it is, why. Rows are only ever added."""

    partnership = models.ForeignKey("carehub.Partnership", on_delete=models.PROTECT, related_name="+")
    #: A field of carehub.local_settings.LocalSettings.
    setting = models.CharField(max_length=40)
    before = models.PositiveSmallIntegerField()
    after = models.PositiveSmallIntegerField()
    #: Which meeting decided it, and when; or why.
    decided = models.CharField(max_length=300)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey("carehub.Person", on_delete=models.PROTECT, related_name="+")

    objects = SettingChangeQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["partnership", "setting", "-changed_at"], name="setting_change_newest")]
        constraints = [models.CheckConstraint(condition=~models.Q(before=F("after")), name="setting_change_changes_something")]
