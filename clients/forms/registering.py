"""What is asked when a client is looked for and registered."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from carehub import clock
from carehub.actors import Actor
from carehub.definitions.catalogue import catalogue
from carehub.formfields import BirthDateField, DateField, LongText, OneFromList, OneOf, Text, YesNo
from carehub.forms import CareHubForm, Opened, Section
from carehub.models import Membership, Person
from carehub.permissions import roles_with
from carehub.personfield import PersonField
from carehub.rules import Refused
from clients.models import Client, SafeContact
from clients.models.clients import BORN_AFTER
from clients.policies import records as policies


def keyworkers_of(actor: Actor) -> QuerySet[Person]:
    """Who may be a client's keyworker in ``actor``'s agency today: everybody there who has a caseload."""
    roles = roles_with("caseload.view")
    there = Membership.objects.open_on(clock.today()).filter(agency_id=actor.agency_id, role__in=roles)
    return Person.objects.filter(is_active=True, pk__in=there.values("person_id")).order_by("name", "pk")


def referral_sources() -> list[tuple[str, Any]]:
    """Who may have referred somebody, to choose from today."""
    return [("", _("Choose")), *((code.value, code.text) for code in catalogue().codes_on("referral-source", clock.today()).codes)]


class ReachForm(CareHubForm):
    """How somebody may be reached safely, and what those who meet them should know: asked at registration and whenever it changes."""

    name_used = Text(label=_("Name they use"), max_length=80, required=False, help_text=_("If it is not their first name."))
    telephone = Text(label=_("Telephone"), max_length=40, width=20, required=False)
    address = LongText(label=_("Address"), max_length=300, rows=3, required=False)

    by_telephone = YesNo(label=_("May we telephone?"), small=True)
    by_voicemail = YesNo(label=_("May we leave a voicemail?"), small=True)
    by_text = YesNo(label=_("May we send a text message?"), small=True)
    by_post = YesNo(label=_("May we write by post?"), small=True)
    by_visit = YesNo(label=_("May we visit at home?"), small=True)
    what_to_say = Text(
        label=_("What we may say"),
        max_length=300,
        required=False,
        help_text=_("If somebody else answers. For example, ‘It is Sam, about Tuesday’."),
    )
    who_must_not_know = Text(label=_("Who must not know"), max_length=300, required=False)
    safety_warning = Text(
        label=_("Staff-safety warning"),
        max_length=200,
        required=False,
        help_text=_("Reception sees it too. For example, ‘Two workers, no home visit’. Say nothing clinical here."),
    )

    REACH = (*SafeContact.CHANNELS, "what_to_say", "who_must_not_know")

    @staticmethod
    def sections() -> tuple[Section, Section]:
        hint = _("Ask each one. Nobody telephones, writes or visits against the answer.")
        return (
            Section(_("How we may reach them"), *ReachForm.REACH, hint=hint, anchor="reach"),
            Section(_("Safety of staff"), "safety_warning"),
        )

    @property
    def told(self) -> dict[str, Any]:
        """For an action, once the form is valid: its arguments by name, the answers about reaching them as ``safe_contact``."""
        about = {name: value for name, value in self.cleaned_data.items() if name not in self.REACH}
        return about | {"safe_contact": {name: self.cleaned_data[name] for name in self.REACH}}


class ContactForm(ReachForm, Opened):
    """The same again, later: what they answered before stands there."""

    why = Text(
        label=_("What has changed?"),
        max_length=200,
        required=False,
        help_text=_("For the record. For example, ‘New number; the old one is with her former partner’."),
    )

    def layout(self) -> Sequence[Any]:
        return (Section(_("Name, number, address"), "name_used", "telephone", "address"), *self.sections(), Section("", "why"))


class ReferredForm(CareHubForm):
    """Who sent somebody, when, and whose client they become: what an episode begins with."""

    referred_on = DateField(label=_("Date of referral"), latest="today")
    referral_source = OneFromList(label=_("Who referred them"))
    keyworker = PersonField(label=_("Keyworker"))

    def __init__(self, *args: Any, actor: Actor, **more: Any) -> None:
        self.actor = actor
        super().__init__(*args, **more)
        self.fields["referral_source"].choices = referral_sources()
        if actor.may("case.allocate"):
            self.fields["keyworker"].queryset = keyworkers_of(actor)
        else:
            del self.fields["keyworker"]
        self.initial.setdefault("referred_on", clock.today())


class RegisterForm(ReferredForm, ReachForm):
    """A person's first entry in the record: who they are, how they may be reached safely, who sent them."""

    first_name = Text(label=_("First name"), max_length=80)
    last_name = Text(label=_("Last name"), max_length=80)
    date_of_birth = BirthDateField(earliest=BORN_AFTER + timedelta(days=1), help_text=_("For example, 27 3 1981"))
    sex = OneOf(Client.Sex.choices, label=_("Sex"), inline=True)

    def layout(self) -> Sequence[Any]:
        who = ("first_name", "last_name", "name_used", "date_of_birth", "sex", "telephone", "address")
        referral = [name for name in ("referred_on", "referral_source", "keyworker") if name in self.fields]
        return (
            Section(_("Who they are"), *who),
            *self.sections(),
            Section(_("Referral"), *referral),
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("date_of_birth") and cleaned.get("referred_on"):
            try:
                policies.dates_fit(date_of_birth=cleaned["date_of_birth"], referred_on=cleaned["referred_on"])
            except Refused as refused:
                for name, messages in refused.fields.items():
                    self.add_error(name, messages)
        return cleaned
