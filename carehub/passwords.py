"""Passwords: long enough, of whatever letters; common ones and one's own name are not taken."""

import re

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

#: Of a password without its person's own names, this much must be left.
_LEAST_LEFT = 8


class NotCommon(CommonPasswordValidator):
    """Not one of the 20,000 that everybody tries, nor such a one with a year behind it, or twice, or one key held down."""

    def validate(self, password: str, user: object | None = None) -> None:
        typed = password.strip().casefold()
        once = typed[: (typed + typed).find(typed, 1)]
        bare = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", typed)
        if {typed, once, bare} & self.passwords or len(once) < min(_LEAST_LEFT, len(typed)) or not bare:
            raise ValidationError(_("This password is too common: choose something else"), code="common")

    def get_help_text(self) -> str:
        return _("Not a common password.")


class NotYourOwnName:
    """Not made of the person's name or e-mail address, whatever year stands behind.

    Django's own check compares which letters there are: three words that have nothing to do with the name were refused by it.
    """

    def validate(self, password: str, user: object | None = None) -> None:
        typed = left = password.casefold()
        for word in _words(f"{getattr(user, 'name', '')} {getattr(user, 'email', '')}"):
            left = left.replace(word, "")
        if left != typed and len(left) < _LEAST_LEFT:
            raise ValidationError(_("This is too much like your own name or e-mail address: choose something else"), code="own-name")

    def get_help_text(self) -> str:
        return _("Not your own name or e-mail address.")


def _words(text: str) -> list[str]:
    """Longest first; what is shorter than three letters stands in too many other words."""
    return sorted({word for word in re.split(r"[\W_]+", text.casefold()) if len(word) > 2}, key=len, reverse=True)
