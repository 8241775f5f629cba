"""What administrators are asked: about an agency, a person, a role, an end."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from carehub import clock
from carehub.actions.second_factor import IDENTIFIED
from carehub.formfields import DateField, LongText, OneFromList, OneOf, Text
from carehub.forms import CareHubForm, Opened, Section
from carehub.models import Agency
from carehub.permissions import ROLES
from carehub.personfield import PersonField

#: Nobody's role here is older; a year mistyped is caught.
EARLIEST = date(2000, 1, 1)
WHOLE_PARTNERSHIP = "partnership"
NOW, ON_A_DAY, OPEN = "now", "day", "open"


class AgencyForm(Opened):
    name = Text(label=_("Name"), max_length=200, missing=_("Enter the agency’s name"))
    discreet_name = Text(
        label=_("Name on paper that a client carries"),
        help_text=_("No word that says what the service is for: somebody else may read it. A house and a street are good."),
        missing=_("Enter a name for paper that a client carries"),
    )
    kind = OneOf(Agency.Kind.choices, label=_("Kind of service"), missing=_("Choose the kind of service"))
    telephone = Text(label=_("Telephone"), max_length=40, width=20, missing=_("Enter a telephone number"))
    address = LongText(label=_("Address"), max_length=300, rows=3, missing=_("Enter the address"))
    opening_hours = Text(
        label=_("Opening hours"),
        max_length=200,
        help_text=_("As they stand on a printed plan: ‘Monday to Friday 9 am to 5 pm’."),
        missing=_("Enter the opening hours"),
    )
    complaints = LongText(
        label=_("If somebody is not happy with the service"),
        max_length=300,
        rows=3,
        required=False,
        help_text=_(
            "For clients, on the plan and the leaflet, as a whole sentence: ‘If you are not happy with us, tell …’. "
            "No word that says what the service is for."
        ),
    )
    advocacy = LongText(
        label=_("Who speaks up for a client"),
        max_length=300,
        rows=3,
        required=False,
        help_text=_("The advocacy service, with its telephone number. No word that says what it is for."),
    )


class DetailsForm(Opened):
    name = Text(label=_("Name"), max_length=120, help_text=_("As colleagues and clients know them."), missing=_("Enter their name"))
    job_title = Text(label=_("Job title"), max_length=120, required=False)
    telephone = Text(label=_("Telephone at work"), max_length=40, width=20, required=False)


class RoleForm(CareHubForm):
    role = OneFromList([(role.name, role.title) for role in ROLES.values()], label=_("Role"), missing=_("Choose a role"))
    agency = OneFromList(label=_("Where"), missing=_("Choose where"))
    starts_on = DateField(label=_("From"), earliest=EARLIEST)
    ends_on = DateField(label=_("Until"), required=False, help_text=_("Leave it open if no end is known."), earliest=EARLIEST)

    def __init__(self, *args: Any, agencies: Sequence[Agency], **more: Any) -> None:
        super().__init__(*args, **more)
        self.agencies = {str(each.pk): each for each in agencies}
        self.fields["agency"].choices = [
            ("", _("Choose")),
            (WHOLE_PARTNERSHIP, _("The whole partnership")),
            *((key, each.name) for key, each in self.agencies.items()),
        ]
        self.initial.setdefault("starts_on", clock.today())

    @property
    def given(self) -> dict[str, Any]:
        """For the action."""
        said = {name: self.cleaned_data[name] for name in self.fields if name != "agency"}
        return said | {"agency": self.agencies.get(self.cleaned_data["agency"])}


class NewPersonForm(RoleForm):
    field_order = ("name", "email", "job_title", "telephone", "role", "agency", "starts_on", "ends_on")

    name = Text(label=_("Name"), max_length=120, help_text=_("As colleagues and clients know them."), missing=_("Enter their name"))
    email = forms.EmailField(
        label=_("E-mail address at work"),
        help_text=_("They sign in with it, and the link for their password goes there."),
        max_length=254,
        error_messages={"required": _("Enter their e-mail address")},
    )
    job_title = Text(label=_("Job title"), max_length=120, required=False)
    telephone = Text(label=_("Telephone at work"), max_length=40, width=20, required=False)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        wrong = _("Enter a whole e-mail address, like name@example.org")
        self.fields["email"].error_messages["invalid"] = wrong
        for validator in self.fields["email"].validators:
            validator.message = wrong if getattr(validator, "code", "") == "invalid" else validator.message

    def layout(self) -> Sequence[Any]:
        return (
            Section(_("Who they are"), "name", "email", "job_title", "telephone"),
            Section(_("What they do first"), "role", "agency", "starts_on", "ends_on"),
        )


class EndForm(CareHubForm):
    """``endless``: it may go on without an end (not a deputy’s)."""

    when = OneOf(label=_("When does it end?"), shows={ON_A_DAY: ["ends_on"]}, missing=_("Choose when it ends"))
    ends_on = DateField(label=_("Last day"), required=False)

    def __init__(self, *args: Any, endless: bool, **more: Any) -> None:
        super().__init__(*args, **more)
        choices = [(NOW, _("Now")), (ON_A_DAY, _("At the end of a day"))]
        self.fields["when"].choices = choices + ([(OPEN, _("No end is known"))] if endless else [])
        self.fields["when"].hints = {NOW: _("Refused from their next click on, wherever they are signed in.")}

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("when") == ON_A_DAY and "ends_on" in said and not said["ends_on"]:
            self.add_error("ends_on", _("Enter the last day"))
        return said


class DeputyForm(CareHubForm):
    person = PersonField(label=_("Who stands in?"), missing=_("Choose who stands in"))
    starts_on = DateField(label=_("From"), earliest=EARLIEST)
    ends_on = DateField(label=_("Until"))

    def __init__(self, *args: Any, people: QuerySet, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["person"].queryset = people
        self.initial.setdefault("starts_on", clock.today())


class LeftForm(CareHubForm):
    last_day = DateField(
        label=_("Their last day"),
        help_text=_("Today or before: they are refused from their next click on. Later: from the end of that day on."),
        earliest=EARLIEST,
    )


class ResetForm(CareHubForm):
    how = OneOf(list(IDENTIFIED.items()), label=_("How do you know that it is them?"), missing=_("Choose how you know that it is them"))
    note = Text(label=_("What else should be on record?"), max_length=200, required=False, help_text=_("For example, who the manager was."))
