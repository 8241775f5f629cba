"""What administrators are asked about a rule of change."""

from django import forms
from django.utils.translation import gettext_lazy as _

from carehub.formfields import OneFromList, Text
from carehub.forms import CareHubForm
from clients.outcome import is_scale, item_name, items_with_rules


class _Difference(CareHubForm):
    least_difference = Text(
        label=_("Least difference that counts"),
        help_text=_("In days of 28, or in points of the scale from 0 to 20. Less than this is unchanged."),
        width=3,
        missing=_("Enter the least difference"),
    )
    source = Text(
        label=_("Where the rule comes from"),
        help_text=_("A publication, or the meeting that decided it and its day. It stands beside each result."),
        max_length=300,
        missing=_("Say where the rule comes from"),
    )

    def clean_least_difference(self) -> int:
        typed = self.cleaned_data["least_difference"].strip()
        if not (typed.isascii() and typed.isdigit() and len(typed) <= 3):
            raise forms.ValidationError(_("‘Least difference that counts’ must be a whole number, such as 4"))
        return int(typed)


class NewRuleForm(_Difference):
    item = OneFromList(label=_("Item"), missing=_("Choose the item"))
    field_order = ("item", "least_difference", "source")

    def __init__(self, *args, **more) -> None:
        super().__init__(*args, **more)
        listed = [(each.id, f"{item_name(each)} ({_('of 20') if is_scale(each) else _('days of 28')})") for each in items_with_rules()]
        self.fields["item"].choices = [("", _("Choose")), *listed]


class ChangedRuleForm(_Difference):
    pass


class EndRuleForm(CareHubForm):
    """Nothing but the button."""
