"""What a partnership has changed of the forms, and the forms of its services that are not CareHub's. Nothing about a client."""

from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from carehub.models.base import Keyed, Versioned


class FormEditionQuerySet(models.QuerySet["FormEdition"]):
    def of_form(self, partnership_id: UUID, form: str):
        return self.filter(partnership_id=partnership_id, form=form)

    def drafts(self):
        return self.filter(state=FormEdition.State.DRAFT)

    def published(self):
        """The newest first."""
        return self.filter(state=FormEdition.State.PUBLISHED).order_by("-number")


class FormEdition(Keyed, Versioned):
    """One edition of a form: what a partnership has laid over one version of it. Published, the database refuses any change."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")

    partnership = models.ForeignKey("carehub.Partnership", on_delete=models.PROTECT, related_name="+")
    form = models.CharField(max_length=40)
    form_version = models.PositiveSmallIntegerField()
    #: 1, 2, 3 … of one form, over all its versions; assessments keep it, and 0 where nothing was laid over their form.
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    #: carehub.definitions.edition.Edition
    content = models.JSONField(default=dict)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey("carehub.Person", on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey("carehub.Person", on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    objects = FormEditionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["partnership", "form", "number"], name="edition_number_once"),
            models.UniqueConstraint(fields=["partnership", "form"], condition=Q(state="draft"), name="edition_one_draft_of_a_form"),
            models.CheckConstraint(
                condition=Q(state="published", published_at__isnull=False, published_by__isnull=False)
                | Q(state="draft", published_at__isnull=True, published_by__isnull=True),
                name="edition_published_by_somebody",
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="edition_numbers_begin_with_1"),
        ]

    def __str__(self) -> str:
        return f"{self.form} {self.form_version}, edition {self.number}"


class PaperForm(Keyed, Versioned):
    """A form that is not CareHub's, on paper or elsewhere: which of the items that best practice expects it asks."""

    partnership = models.ForeignKey("carehub.Partnership", on_delete=models.PROTECT, related_name="+")
    #: Whose it is; empty where the whole partnership uses it.
    agency = models.ForeignKey("carehub.Agency", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    name = models.CharField(max_length=120)
    #: The day that stands on it, or since when it has been in use.
    dated = models.DateField()
    #: Of the code list 'expectations'.
    items = models.JSONField(default=list)
    looked_at = models.DateTimeField()
    looked_by = models.ForeignKey("carehub.Person", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["partnership", "agency", "name", "dated"], name="paper_form_once", nulls_distinct=False)
        ]

    def __str__(self) -> str:
        return self.name
