"""The sign-in form in our words. There is no 'forgot your password': an administrator gives a new one."""

from typing import Any

from allauth.account.forms import LoginForm
from django.utils.translation import gettext_lazy as _


class SignInForm(LoginForm):
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
