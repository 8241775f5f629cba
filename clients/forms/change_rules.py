"""What administrators are asked about a rule of change."""

import re
from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from carehub.formfields import DateField, OneFromList, OneOf, Text
from carehub.forms import CareHubForm
from clients.actions.change_rules import Laid
from clients.models import ChangeRule
from clients.outcomes.change import is_scale, item_name, items_with_rules

#: 28, 4.5 and 4.25.
_HUNDREDTHS = re.compile(r"[0-9]{1,2}(\.[0-9]{1,2})?")


class ChangedRuleForm(CareHubForm):
    kind = OneOf(
        [
            (*ChangeRule.Kind.choices[0], _("Says improved, unchanged or deteriorated.")),
            (*ChangeRule.Kind.choices[1], _("Says reliably improved, no reliable change or reliably deteriorated.")),
        ],
        label=_("What kind of rule is it?"),
        missing=_("Choose what kind of rule it is"),
    )
    least_difference = Text(
        label=_("Least difference that counts"),
        help_text=_("In days of 28, or in points of the scale from 0 to 20. Less than this is unchanged. An index may have two decimals."),
        width=4,
        missing=_("Enter the least difference"),
    )
    source = Text(
        label=_("Where the rule comes from"),
        help_text=_("A publication, or the meeting that decided it and its day. It stands beside each result."),
        max_length=300,
        missing=_("Say where the rule comes from"),
    )
    source_on = DateField(
        label=_("When it was published"),
        help_text=_("An index must have it. If only the year is known, enter 1 January."),
        latest="today",
        required=False,
    )

    def clean_least_difference(self) -> Decimal:
        typed = self.cleaned_data["least_difference"].strip()
        if not _HUNDREDTHS.fullmatch(typed):
            raise forms.ValidationError(_("‘Least difference that counts’ must be a number, such as 4 or 4.25"))
        return Decimal(typed)

    @property
    def laid(self) -> Laid:
        return Laid(**{name: self.cleaned_data[name] for name in ("least_difference", "source", "kind", "source_on")})


class NewRuleForm(ChangedRuleForm):
    item = OneFromList(label=_("Item"), missing=_("Choose the item"))
    field_order = ("item", "kind", "least_difference", "source", "source_on")

    def __init__(self, *args, **more) -> None:
        super().__init__(*args, **more)
        listed = [(each.id, f"{item_name(each)} ({_('of 20') if is_scale(each) else _('days of 28')})") for each in items_with_rules()]
        self.fields["item"].choices = [("", _("Choose")), *listed]


class EndRuleForm(CareHubForm):
    """Nothing but the button."""
