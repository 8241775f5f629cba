"""The page on which a plan is signed: each party's word."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from carehub.actors import Actor
from carehub.definitions.catalogue import catalogue
from carehub.formfields import DateField, DrawingField, OneOf, Text
from carehub.forms import CareHubForm
from carehub.scanfield import ScanField
from careplans.models import PlanVersion, Signature
from careplans.policies import Word

How = Signature.How
LONGEST_NAME = Signature._meta.get_field("name").max_length


def _name(label: Any) -> Text:
    return Text(label=label, max_length=LONGEST_NAME, required=False)


class SignForm(CareHubForm):
    """Nothing is asked that the choice above it does not need; what is missing is said by the policy (careplans.policies.signing)."""

    mark_optional = False

    seen_text = forms.CharField(widget=forms.HiddenInput, required=False)
    client_how = OneOf(
        [
            (How.SCREEN, _("Here, on this screen")),
            (How.PAPER, _("On the printed sheet")),
            (How.VERBAL, _("Not today: they agree by word, and sign later")),
            (How.DECLINED, _("They do not want to sign")),
        ],
        label=_("How does the client sign?"),
    )
    client_name = _name(_("Client: type your name"))
    client_strokes = DrawingField()
    client_signed_on = DateField(label=_("Which day stands beside the client’s signature?"), required=False)
    client_scan = ScanField(
        label=_("Scan or photograph of the signed sheet, if there is one"),
        help_text=_("A JPEG, PNG or WebP picture, or a PDF, up to 15 MB."),
        required=False,
    )
    client_follow_up_on = DateField(label=_("When will you ask them to sign?"), required=False)
    client_reason = OneOf(label=_("Why not?"), small=True, required=False)
    keyworker_how = OneOf([(How.SCREEN, _("Here, on this screen")), (How.PAPER, _("On the printed sheet"))], label=_("How do you sign?"))
    keyworker_name = _name(_("Keyworker: type your name"))
    keyworker_strokes = DrawingField()
    keyworker_paper_name = _name(_("Name of the keyworker who signed"))
    keyworker_signed_on = DateField(label=_("Which day stands beside your signature?"), required=False)
    witness_how = OneOf(
        [("", _("Nobody else")), (How.SCREEN, _("Yes, here on this screen")), (How.PAPER, _("Yes, on the printed sheet"))],
        label=_("Does a carer or a witness sign too?"),
        required=False,
    )
    witness_name = _name(_("Carer or witness: type your name"))
    #: The same, asked beside the day on the paper.
    witness_paper_name = _name(_("Name of the carer or witness"))
    witness_strokes = DrawingField()
    witness_signed_on = DateField(label=_("Which day stands beside their signature?"), required=False)

    def __init__(self, version: PlanVersion, actor: Actor, data: Any = None, files: Any = None, *, turned: bool):
        """``turned``: the screen is turned to the client. Only then do client or witness sign on it."""
        self.version, self.actor = version, actor
        starts = {
            "seen_text": version.agreed_text,
            "client_how": How.SCREEN.value if turned else "",
            "keyworker_how": How.SCREEN.value,
            "keyworker_paper_name": actor.person.name,
        }
        super().__init__(data, files, initial=starts)
        for name in () if turned else ("client_how", "witness_how"):
            choices = self.fields[name].choices
            self.fields[name].choices = [(how, words) for how, words in choices if how != How.SCREEN]
            self.fields[name].error_messages["invalid_choice"] = _("To sign on this screen, turn it to the client first")
        self.fields["client_reason"].choices = [(code.text, code.text) for code in catalogue().codes("reasons-not-signed").codes]

    def word(self, party: str) -> Word:
        said = self.cleaned_data
        how = said.get(f"{party}_how", "")
        return Word(
            how=how,
            name=said.get(f"{party}_name" if how == How.SCREEN else f"{party}_paper_name", ""),
            reason=said.get(f"{party}_reason", ""),
            strokes=said.get(f"{party}_strokes", ""),
            signed_on=said.get(f"{party}_signed_on"),
            follow_up_on=said.get(f"{party}_follow_up_on"),
            scan=said.get(f"{party}_scan"),
        )

    @property
    def witness(self) -> Word | None:
        return self.word("witness") if self.cleaned_data.get("witness_how") else None

    def take(self, problems: dict[str, list[str]]) -> None:
        """What the policy says, at its fields."""
        for name, sentences in problems.items():
            party, _dash, what = name.partition("_")
            if what == "name" and self.cleaned_data.get(f"{party}_how") == How.PAPER:
                name = f"{party}_paper_name"
            self.add_error(name if name in self.fields else None, sentences)
