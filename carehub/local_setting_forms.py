"""What administrators are asked about a local setting."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from carehub.formfields import Text
from carehub.forms import CareHubForm
from carehub.local_settings import About


class SettingForm(CareHubForm):
    number = Text(label=_("New number"), width=3, missing=_("Enter the new number"))
    decided = Text(
        label=_("Who decided it, and when"),
        help_text=_("The meeting and its day, such as ‘Joint commissioning group, 3 March’. It stands beside the number."),
        max_length=300,
        missing=_("Say who decided it, and when"),
    )
    #: The number that stood there when the form was opened.
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, about: About, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["number"].help_text = _now("A whole number from %(bounds)s.") % {"bounds": about.bounds}

    def clean_number(self) -> int:
        typed = self.cleaned_data["number"].strip()
        if not (typed.isascii() and typed.isdigit() and len(typed) <= 4):
            raise forms.ValidationError(_("‘New number’ must be a whole number, such as 14"))
        return int(typed)
