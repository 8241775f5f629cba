"""Passwords: long enough, of whatever letters; common ones, one's own name and the service's own words are not taken."""

import re

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from carehub.models import Person

#: Of a password without its person's own names, this much must be left.
_LEAST_LEFT = 8
#: As docs/operations/sign-in.md lists them.
OUR_WORDS = (
    "care hub carehub plan careplan keyworker caseload client service treatment drug alcohol addiction recovery harm reduction detox "
    "methadone needle exchange triage assessment review audit consent partnership agency manager administrator prescriber commissioner "
    "reception worker team staff office admin login password passphrase secret welcome"
)


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
        if _made_of(f"{getattr(user, 'name', '')} {getattr(user, 'email', '')}", password):
            raise ValidationError(_("This is too much like your own name or e-mail address: choose something else"), code="own-name")

    def get_help_text(self) -> str:
        return _("Not your own name or e-mail address.")


class NotOurWords:
    """Not made of what everybody here says: the words of this trade, and the names of the person's partnerships and agencies."""

    def validate(self, password: str, user: Person | None = None) -> None:
        places = user.memberships.with_all() if user is not None and user.pk else ()
        names = [name for each in places for name in (each.partnership.name, each.agency.name if each.agency else "")]
        if _made_of(" ".join([OUR_WORDS, *names]), password):
            raise ValidationError(_("This is made of words that everybody here uses: choose something else"), code="our-words")

    def get_help_text(self) -> str:
        return _("Not made of the words of this service.")


def _made_of(text: str, password: str) -> bool:
    """Whether ``password`` holds words of ``text``, and too little besides."""
    typed = left = password.casefold()
    for word in _words(text):
        left = left.replace(word, "")
    return left != typed and len(re.sub(r"[\W_]+", "", left)) < _LEAST_LEFT


def _words(text: str) -> list[str]:
    """Longest first; what is shorter than three letters stands in too many other words."""
    return sorted({word for word in re.split(r"[\W_]+", text.casefold()) if len(word) > 2}, key=len, reverse=True)
