"""What is asked when something was done that a manager countersigns."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from carehub.formfields import LongText, Several, Text
from carehub.forms import CareHubForm
from carehub.models import Task
from carehub.rules import Refused
from clients.policies import tasks as task_rules


class CarryOutForm(CareHubForm):
    words = LongText(label=_("What was done?"), help_text=_("In a sentence or two, and by which local protocol."), max_length=500, rows=3)
    told = Several(Task.Told.choices, label=_("Who was told?"), missing=_("Say who was told, or ‘Nobody yet’"), small=True)
    told_words = Text(
        label=_("Names, times, references"), help_text=_("For example, whom you spoke to, and when."), max_length=200, required=False
    )

    def clean_told(self) -> list[str]:
        try:
            return task_rules.told_fits(self.cleaned_data["told"])
        except Refused as refused:
            self.add_error("told", refused.message)
            return []


class SendBackForm(CareHubForm):
    words: Any = LongText(
        label=_("What is still to be done?"), help_text=_("Whoever did it reads this on their page."), max_length=300, rows=3
    )
