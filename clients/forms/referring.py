"""What is asked of whoever refers by a link, of whoever makes one, and of whoever declines what came."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from carehub import clock
from carehub.formfields import BirthDateField, DateField, LongText, OneFromList, OneOf, Text, YesNo
from carehub.forms import CareHubForm, Section
from carehub.models import Agency
from clients.forms.registering import ReachForm, referral_sources
from clients.models import Client, ReceivedReferral
from clients.models.clients import BORN_AFTER

#: How long a link works unless somebody says otherwise.
USUALLY = timedelta(days=365)


class ReferForm(ReachForm):
    """Who refers, whom, and how that person may be reached. The screening stands below it."""

    referrer_name = Text(label=_("Your name"), max_length=120)
    referrer_role = Text(label=_("What you do there"), max_length=120, help_text=_("For example, ‘Practice nurse’."))
    referrer_organisation = Text(label=_("Where you work"), max_length=200)
    referrer_telephone = Text(label=_("Your telephone at work"), max_length=40, width=20)

    first_name = Text(label=_("First name"), max_length=80)
    last_name = Text(label=_("Last name"), max_length=80)
    date_of_birth = BirthDateField(earliest=BORN_AFTER + timedelta(days=1), help_text=_("For example, 27 3 1981"))
    sex = OneOf(Client.Sex.choices, label=_("Sex"), inline=True)
    reason = LongText(label=_("Why do you refer them, and what would help?"), rows=5, help_text=_("In their words where you can."))

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["safety_warning"].label = _("What should staff beware of when they meet them?")
        self.fields["safety_warning"].help_text = _("For example, ‘Two workers, no home visit’. Nothing about their health.")
        self.fields["telephone"].label = _("Their telephone")
        self.fields["address"].label = _("Their address")

    def layout(self) -> Sequence[Any]:
        referrer = ("referrer_name", "referrer_role", "referrer_organisation", "referrer_telephone")
        person = ("first_name", "last_name", "name_used", "date_of_birth", "sex", "telephone", "address")
        return (
            Section(_("Who refers"), *referrer),
            Section(_("Whom you refer"), *person),
            *self.sections(),
            Section(_("Reason"), "reason"),
        )


class LinkForm(CareHubForm):
    for_whom = Text(label=_("Who refers with it?"), max_length=120, help_text=_("One service, for example ‘The Elms surgery’."))
    agency = OneFromList(label=_("To which agency?"))
    referral_source = OneFromList(label=_("What kind of service is it?"), help_text=_("Entered as who referred them."))
    runs_out_on = DateField(label=_("Last day"), earliest="today", help_text=_("After that day it stops by itself."))

    def __init__(self, *args: Any, agencies: Sequence[Agency], **more: Any) -> None:
        super().__init__(*args, **more)
        self.agencies = {str(each.pk): each for each in agencies}
        self.fields["agency"].choices = [("", _("Choose")), *((key, each.name) for key, each in self.agencies.items())]
        if len(self.agencies) == 1:
            del self.fields["agency"]
        self.fields["referral_source"].choices = referral_sources()
        self.initial.setdefault("runs_out_on", clock.today() + USUALLY)

    @property
    def made(self) -> dict[str, Any]:
        """For actions.make_link, once the form is valid."""
        chosen = self.cleaned_data.get("agency") or next(iter(self.agencies))
        return self.cleaned_data | {"agency": self.agencies[chosen]}


class DeclineReferralForm(CareHubForm):
    why = OneOf(
        ReceivedReferral.Why.choices,
        label=_("Why is it declined?"),
        shows={ReceivedReferral.Why.OTHER: ["why_words"]},
        missing=_("Choose why it is declined"),
    )
    why_words = Text(label=_("Say why"), max_length=300, required=False)
    referrer_told = YesNo(
        label=_("Have you told whoever sent it?"),
        missing=_("Say whether whoever sent it has been told"),
        help_text=_("They answer for the person until somebody else does."),
    )
