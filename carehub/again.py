"""That it is really them: the password, or the six digits of their app, shown once more by somebody who is signed in.

A page may ask their security key as well (``second_factor.key_question``).

Whoever signs in with the organisation's account may have neither; then a sign-in of the last minutes counts.
"""

from datetime import timedelta

from django.http import HttpRequest
from django.utils.translation import gettext as _

from carehub import clock, events
from carehub.models import Person
from carehub.signing_in import second_factor, throttle

#: Within this time after signing in nobody is asked for the password again.
JUST_SIGNED_IN = timedelta(minutes=5)
#: What :func:`shown` answers where it was the password; else it answers with the factor's name.
PASSWORD = "password"


class NotThem(Exception):
    """Its text is a sentence for the person who typed."""


def just_signed_in(request: HttpRequest) -> bool:
    row = request.session.row  # type: ignore[attr-defined]  # ours, see carehub.signing_in.sessions
    return row is not None and clock.real_now() - row.began_at <= JUST_SIGNED_IN


def can_show(person: Person) -> bool:
    """Whether they have anything that can be asked for."""
    return person.has_usable_password() or second_factor.has_app(person)


def shown(
    request: HttpRequest,
    typed: str,
    *,
    action: str,
    on_record: str,
    key_said: str = "",
    instead: str = "",
    or_just_signed_in: bool = True,
) -> str:
    """With what they showed it: a word for the log. Raises NotThem, with the wrong try on record as ``on_record``.

    ``key_said``: what their security key answered, where the page asks one; then what was typed does not count.

    Counted by person with address, each ``action`` by itself. ``instead``: what to do where there were too many tries.
    """
    who = request.signed_in_as  # type: ignore[attr-defined]  # ours, see carehub.middleware.actor
    if not can_show(who.person) and not key_said:
        if or_just_signed_in and just_signed_in(request):
            return "sign-in"
        raise NotThem(_("You have neither a password nor an app here: sign out and sign in again first"))
    if not typed and not key_said:
        raise NotThem(_("Enter your password or the code"))
    tried = throttle.try_once(request, action, who.person_id)
    if not tried:
        raise NotThem(
            _("Too many tries. Wait a quarter of an hour, or %(instead)s") % {"instead": instead or _("sign out and sign in again")}
        )
    by_password = not key_said and who.person.check_password(typed)
    factor = None
    if not by_password:
        factor = second_factor.key_fits(who.person, key_said) if key_said else second_factor.fits(who.person, typed)
    if not by_password and factor is None:
        events.record(on_record, by=who, subject=who.person)
        if key_said:
            raise NotThem(_("The key was not recognised. Touch it again, or type your password or the code"))
        raise NotThem(_("That is neither your password nor the code of your app"))
    tried.rollback()
    return str(second_factor.NAMES[factor.type]) if factor else PASSWORD
