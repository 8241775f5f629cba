"""What is typed or touched as a second factor. Tries are counted by person with address, and every one is on record."""

from typing import Any

from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.webauthn.forms import AddWebAuthnForm, AuthenticateWebAuthnForm
from allauth.mfa.webauthn.internal import auth as webauthn
from django import forms
from django.utils.translation import gettext_lazy as _

from carehub import events
from carehub.models import Person
from carehub.signing_in import second_factor, throttle


def _counted(person: Person) -> Any:
    tried = throttle.try_once(context.request, "second-factor", person.pk)
    if not tried:
        raise get_adapter().validation_error("rate_limited")
    return tried


def _wrong(person: Person) -> Exception:
    events.record("second-factor.failed", by=context.request.signed_in_as, subject=person)
    return get_adapter().validation_error("incorrect_code")


def _code_field(label: Any, hint: Any) -> forms.CharField:
    widget = forms.TextInput(
        attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false", "class": "govuk-input--width-10"}
    )
    return forms.CharField(
        label=label, help_text=hint, max_length=40, widget=widget, error_messages={"required": _("Enter the code that your app shows")}
    )


class CodeForm(AuthenticateForm):
    """At sign-in."""

    code = _code_field(_("The code from your app"), _("6 digits. Or, without your phone, one of your recovery codes."))

    def clean_code(self) -> str:
        tried = _counted(self.user)
        self.authenticator = second_factor.fits(self.user, self.cleaned_data["code"], recovery=True)
        if self.authenticator is None:
            raise _wrong(self.user)
        self.authenticator.user = self.user
        tried.rollback()
        return self.cleaned_data["code"]

    def save(self) -> None:
        super().save()
        used(self.user, self.authenticator)


class KeyForm(AuthenticateWebAuthnForm):
    """A security key touched at sign-in."""

    def clean_credential(self) -> Authenticator:
        tried = _counted(self.user)
        credential = self.cleaned_data["credential"]
        try:
            webauthn.parse_authentication_response(credential)
            factor = webauthn.complete_authentication(self.user, credential)
        except forms.ValidationError:
            events.record("second-factor.failed", by=None, subject=self.user)
            raise
        tried.rollback()
        return factor

    def save(self) -> None:
        factor = self.cleaned_data["credential"]
        post_authentication(context.request, factor)
        used(self.user, factor)


class AppForm(ActivateTOTPForm):
    """The first code of an app that has just been told the secret."""

    code = _code_field(_("The code that your app now shows"), _("6 digits; they change every half minute."))

    def clean_code(self) -> str:
        tried = _counted(self.user)
        code = "".join(self.cleaned_data["code"].split())
        if not totp.validate_totp_code(self.secret, code):
            raise _wrong(self.user)
        tried.rollback()
        return code


class NewKeyForm(AddWebAuthnForm):
    name = forms.CharField(
        label=_("A name for this key"), max_length=60, required=False, widget=forms.TextInput(attrs={"class": "govuk-input--width-20"})
    )


def used(person: Person, factor: Authenticator) -> None:
    kind = "recovery-code.used" if factor.type == second_factor.CODES else "second-factor.used"
    events.record(kind, by=context.request.signed_in_as, subject=person, reason=str(second_factor.NAMES[factor.type]))
