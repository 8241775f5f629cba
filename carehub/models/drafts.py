"""What somebody has typed and not yet submitted."""

from django.db import models

from carehub.models.base import Keyed


class DraftQuerySet(models.QuerySet["Draft"]):
    def visible_to(self, actor):
        """A draft is its writer's alone until it is submitted."""
        return self.filter(person_id=actor.person_id, partnership_id=actor.partnership_id)


class Draft(Keyed):
    """The fields of one form as one person left them. Only ever that person's; submitting the form deletes it."""

    partnership = models.ForeignKey("carehub.Partnership", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("carehub.Person", on_delete=models.CASCADE, related_name="+")
    #: Null for a form about somebody who is not registered yet.
    client_id = models.UUIDField(null=True)
    #: Which form, 'plan', and of what: a key, or 'new'.
    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=40)
    #: Which opened page wrote it: the same form in two windows leaves two drafts.
    page = models.CharField(max_length=20)
    #: Field name → list of values, as a browser submits them: nothing is cleaned, nothing is refused. Beside them carehub.drafts.ORDER.
    fields = models.JSONField(default=dict)
    #: Counts the page's saves; an older message that arrives late does not overwrite a newer one.
    sequence = models.PositiveBigIntegerField(default=0)
    saved_at = models.DateTimeField()

    objects = DraftQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "kind", "subject", "page"], name="draft_once_a_page")]
