"""What is asked when somebody looks into what a member of staff has seen."""

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from carehub.formfields import DateField, LongText, Text
from carehub.forms import CareHubForm
from clients.finding import searching

#: Longer is no question about a day, but a file about a person.
LONGEST = timedelta(days=92)


class DaysForm(CareHubForm):
    since = DateField(label=_("From"), latest="today")
    until = DateField(label=_("Until"), latest="today")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", _("‘Until’ lies before ‘From’"))
        elif since and until and until - since > LONGEST:
            self.add_error("until", _("Choose three months at most"))
        return cleaned


class SearchedForm(CareHubForm):
    words = Text(
        label=_("Did they search for somebody?"),
        help_text=_("The log does not keep what was searched for. Type the name exactly, and it says when these words were."),
        max_length=searching.LONGEST,
    )


class LookIntoForm(CareHubForm):
    words = LongText(label=_("What was it?"), help_text=_("Whom you asked, and what you found."), max_length=500, rows=4)
