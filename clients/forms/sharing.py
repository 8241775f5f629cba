"""What is asked when a client agrees, withdraws, or a record is opened without them."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from carehub import clock
from carehub.actors import Actor
from carehub.definitions.catalogue import catalogue
from carehub.formfields import BirthDateField, DateField, LongText, OneOf, Several, Text, YesNo
from carehub.forms import CareHubForm, Section
from carehub.models import Agency
from carehub.models.access import Part
from carehub.scanfield import ScanField
from clients.models import Consent
from clients.models.clients import BORN_AFTER

Kind, Answer, How = Consent.Kind, Consent.Answer, Consent.How
#: What is opened with every consent to share, and said with it.
CHOSEN_PARTS = [(Part.ASSESSMENTS.value, _("Assessments")), (Part.PLANS.value, _("Care plans and their documents"))]


def _codes(name: str) -> list[tuple[str, str]]:
    return [(str(code.value), str(code.text)) for code in catalogue().codes_on(name, clock.today()).codes]


class ConsentForm(CareHubForm):
    """One question at a time: what it is about shows what else is asked."""

    mark_optional = False

    kind = OneOf(
        [
            (Kind.SHARING, _("Sharing with other agencies of the partnership")),
            (Kind.TREATMENT, _("Being treated here")),
            (Kind.MONITORING, _("Reporting to national monitoring"), _("Initials, date of birth and sex go with it. No name, no address.")),
            (Kind.EXCEPTION, _("Passed on without consent, as the law requires")),
        ],
        label=_("What is it about?"),
        shows={
            Kind.SHARING: ["agencies", "parts", "purpose"],
            Kind.EXCEPTION: ["ground", "told"],
        },
    )
    agencies = Several(label=_("With whom?"), required=False, small=True)
    parts = Several(
        CHOSEN_PARTS,
        label=_("What may they read?"),
        help_text=_("Their name, who treats them, risks and what is due always go with it."),
        required=False,
        small=True,
    )
    purpose = Text(label=_("What for?"), max_length=300, required=False, help_text=_("For example, ‘so that I am not asked twice’."))
    ground = OneOf(label=_("On which ground?"), required=False, small=True)
    told = LongText(label=_("Who was told what?"), max_length=300, rows=3, required=False)
    answer = OneOf(
        [(Answer.GIVEN, _("Yes, they agree")), (Answer.REFUSED, _("No"))], label=_("Do they agree?"), required=False, inline=True
    )
    how = OneOf(
        [(How.SIGNED, _("They signed the form")), (How.SAID, _("They said so"))],
        label=_("How did they answer?"),
        required=False,
        shows={How.SIGNED: ["scan"]},
    )
    scan = ScanField(
        label=_("Scan or photograph of the form, if there is one"),
        help_text=_("A JPEG, PNG or WebP picture, or a PDF, up to 15 MB."),
        required=False,
    )
    from_on = DateField(label=_("From"))
    until = DateField(label=_("Until"), required=False, help_text=_("Leave it open if they did not say."))

    def __init__(self, *args: Any, actor: Actor, **more: Any) -> None:
        super().__init__(*args, **more)
        others = Agency.objects.filter(partnership_id=actor.partnership_id).exclude(pk=actor.agency_id).order_by("name")
        self.others = {str(each.pk): each for each in others}
        self.fields["agencies"].choices = [(key, each.name) for key, each in self.others.items()]
        self.fields["ground"].choices = _codes("sharing-exceptions")
        self.initial.setdefault("from_on", clock.today())

    def layout(self) -> Sequence[Any]:
        return (
            Section(_("What was asked"), "kind"),
            Section(_("What they answered"), "answer", "how", hint=_("Not asked where the law requires it.")),
            Section(_("For how long"), "from_on", "until"),
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("kind") and cleaned["kind"] != Kind.EXCEPTION:
            for name, sentence in (("answer", _("Say whether they agree")), ("how", _("Say how they answered"))):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, sentence)
        return cleaned

    @property
    def answered(self) -> dict[str, Any]:
        """For actions.consenting.record_consent, but for the scan, which is filed first."""
        said = self.cleaned_data
        exception = said["kind"] == Kind.EXCEPTION
        sharing = said["kind"] == Kind.SHARING
        return {
            "kind": said["kind"],
            "answer": Answer.GIVEN if exception else said["answer"],
            "how": "" if exception else said["how"],
            "agencies": [self.others[key] for key in said["agencies"]] if sharing else [],
            "parts": said["parts"] if sharing else [],
            "purpose": said["purpose"] if sharing else "",
            "ground": said["ground"] if exception else "",
            "told": said["told"] if exception else "",
            "from_on": said["from_on"],
            "until": said["until"],
        }


class WithdrawForm(CareHubForm):
    why = OneOf(label=_("Why?"), help_text=_("They do not have to say."))
    client_told = YesNo(label=_("Have you told them what stops?"))

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["why"].choices = _codes("withdrawal-reasons")


class _SaidOnce(forms.HiddenInput):
    """Never shown again: a key's answer is good once."""

    def format_value(self, value: Any) -> None:
        return None


class OpenRecordForm(CareHubForm):
    """Whom they look for, why, and that it is really them."""

    mark_optional = False

    reference = Text(
        label=_("Reference"), max_length=12, width=10, required=False, help_text=_("On their papers: nothing else is needed then.")
    )
    first_name = Text(label=_("First name"), max_length=80, required=False)
    last_name = Text(label=_("Last name"), max_length=80, required=False)
    date_of_birth = BirthDateField(earliest=BORN_AFTER, required=False)
    reason = OneOf(label=_("Why do you open it?"))
    words = LongText(label=_("What happened, and why can it not wait?"), max_length=500, rows=4)
    #: Not required here: whoever signs in with the organisation's account may have neither (carehub.again).
    password = forms.CharField(
        label=_("Your password, or the 6 digits from your app"),
        strip=False,
        required=False,
        max_length=4096,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    #: What a security key answered, put there by static/js/security-key.js.
    credential = forms.CharField(required=False, max_length=20_000, widget=_SaidOnce)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["reason"].choices = _codes("opening-reasons")

    def layout(self) -> Sequence[Any]:
        return (
            Section(
                _("Whose record"),
                "reference",
                "first_name",
                "last_name",
                "date_of_birth",
                hint=_("Either the reference, or the whole name and the date of birth."),
            ),
            Section(_("Why"), "reason", "words"),
            Section(_("That it is you"), "password", "credential"),
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        named = all(cleaned.get(name) for name in ("first_name", "last_name", "date_of_birth"))
        if not cleaned.get("reference") and not named and "date_of_birth" not in self.errors:
            self.add_error("reference", _("Give the reference, or first name, last name and date of birth"))
        return cleaned


class JudgeForm(CareHubForm):
    justified = OneOf([("yes", _("Yes, it was right to open it")), ("no", _("No"))], label=_("Was it justified?"))
    words = LongText(label=_("Why?"), max_length=500, rows=3)
