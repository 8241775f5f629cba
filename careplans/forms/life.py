"""Beside a plan's text: a note, the signature that came later, why the plan ends."""

from django import forms
from django.utils.translation import gettext_lazy as _

from carehub.definitions.catalogue import catalogue
from carehub.formfields import DateField, LongText, OneOf
from carehub.forms import CareHubForm
from carehub.scanfield import ScanField
from careplans.actions.adding import LONGEST
from careplans.actions.closing import FOLLOWED


class NoteForm(CareHubForm):
    words = LongText(label=_("What is to be known beside the plan?"), max_length=LONGEST, rows=5)
    third_party = forms.BooleanField(label=_("Said by or about somebody else: never on paper"), required=False)


class SignedLaterForm(CareHubForm):
    signed_on = DateField(label=_("Which day stands beside the client’s signature?"))
    scan = ScanField(
        label=_("Scan or photograph of the signed sheet, if there is one"),
        help_text=_("A JPEG, PNG or WebP picture, or a PDF, up to 15 MB."),
        required=False,
    )


class CloseForm(CareHubForm):
    why = OneOf(label=_("Why does this plan end?"))

    def __init__(self, *args, **more):
        super().__init__(*args, **more)
        codes = catalogue().codes("plan-endings").codes
        self.fields["why"].choices = [(code.value, code.text) for code in codes if code.value != FOLLOWED]
