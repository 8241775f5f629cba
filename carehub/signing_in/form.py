"""The forms of signing in, in our words. There is no 'forgot your password': an administrator sends a link."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import LoginForm, ReauthenticateForm
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from carehub.forms import CareHubForm
from carehub.models import Person
from carehub.signing_in.sign_in import SHARED_DESK


class SignInForm(LoginForm):
    shared_desk = forms.BooleanField(
        label=_("This is a shared desk"), required=False, help_text=_("The screen is then locked after 15 minutes without use.")
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        login, password = self.fields["login"], self.fields["password"]
        login.label, password.label = _("E-mail address"), _("Password")
        password.help_text = ""
        login.error_messages |= {
            "required": _("Enter your e-mail address"),
            "invalid": _("Enter a whole e-mail address, like name@example.org"),
        }
        password.error_messages["required"] = _("Enter your password")
        for validator in login.validators:
            validator.message = login.error_messages["invalid"]

    def login(self, request: HttpRequest, redirect_url: str | None = None) -> HttpResponse:
        # Kept until the second factor, if there is one, has been shown as well.
        request.session[SHARED_DESK] = bool(self.cleaned_data.get("shared_desk"))
        return super().login(request, redirect_url=redirect_url)


class AgainForm(ReauthenticateForm):
    """The password once more; the code of the app, of whoever has no password here."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        field, by_password = self.fields["password"], self.user.has_usable_password()
        field.label = _("Your password") if by_password else _("The 6 digits from your app")
        field.help_text, field.widget.attrs["placeholder"] = "", ""
        field.error_messages["required"] = _("Enter your password") if by_password else _("Enter the code that your app shows")

    def clean_password(self) -> str:
        typed = self.cleaned_data["password"]
        if not get_adapter().reauthenticate(self.user, typed):
            raise forms.ValidationError(_("That is not right, or there were too many tries: then wait a quarter of an hour"))
        return typed


def _password(label: Any, autocomplete: str, missing: Any, hint: Any = "") -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, strip=False, max_length=4096, widget=widget, help_text=hint, error_messages={"required": missing})


class NewPasswordForm(CareHubForm):
    """A new password, twice: length, not composition."""

    password = _password(
        _("New password"),
        "new-password",
        _("Enter a new password"),
        _("At least 12 characters. Three words that do not belong together make a good one. Not your own name."),
    )
    again = _password(_("New password again"), "new-password", _("Enter the new password again"))

    def __init__(self, *args: Any, person: Person, **more: Any) -> None:
        super().__init__(*args, **more)
        self.person = person

    def clean_password(self) -> str:
        password = self.cleaned_data["password"]
        validate_password(password, self.person)
        return password

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if {"password", "again"} <= typed.keys() and typed["password"] != typed["again"]:
            self.add_error("again", _("The two passwords are not the same: type it again"))
        return typed


class ChangePasswordForm(NewPasswordForm):
    old = _password(_("Your password until now"), "current-password", _("Enter your password until now"))
    field_order = ("old", "password", "again")


class UnlockForm(CareHubForm):
    """One box, so that unlocking is quick."""

    typed = _password(_("Your password, or the 6 digits from your app"), "current-password", _("Enter your password or the code"))
