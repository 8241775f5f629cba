"""A second factor that is lost: an administrator takes it away in person, and a new one is set up at the next sign-in."""

from uuid import uuid4

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from carehub import clock, events, mail, role_rules
from carehub.actors import Actor, NotAllowed
from carehub.models import Membership, Person, Session

#: How an administrator knows whom they have before them. A voice on the telephone and a mail are not among them: that is how accounts
#: are stolen.
IDENTIFIED = {
    "staff-card": gettext_lazy("Seen in person, with their staff card"),
    "known": gettext_lazy("Seen in person, and known to me"),
    "video": gettext_lazy("By video, together with their manager"),
}


def must_be_able_to_reset(person: Person, by: Actor) -> None:
    """Raise, with the reason, unless ``by`` looks after ``person``'s account."""
    by.must("configure")
    if person.pk == by.person_id:
        raise NotAllowed(_("You cannot take away your own second factor here: ask another administrator."))
    role_rules.must_look_after_account(by, person)


@transaction.atomic
def reset(*, person: Person, by: Actor, reason: str) -> int:
    """Take all second factors of ``person`` away and end their sessions; they are told by mail. Returns how many factors there were.

    ``by`` has seen the person; ``reason`` says how they knew them.
    """
    must_be_able_to_reset(person, by)
    return _take_away(person, partnership_id=by.partnership_id, by=by, reason=reason)


@transaction.atomic
def reset_from_the_server(*, person: Person, reason: str) -> int:
    """The same, by somebody who may run commands on the server: where the one who lost it is the only administrator."""
    newest = Membership.objects.filter(person=person).open_on(clock.today()).order_by("-starts_on").first()
    if newest is None:
        raise NotAllowed(_("This person has no role any more."))
    return _take_away(person, partnership_id=newest.partnership_id, by=None, reason=reason)


def _take_away(person: Person, *, partnership_id: object, by: Actor | None, reason: str) -> int:
    if not reason.strip():
        raise NotAllowed(_("Say how you know that it was this person who asked."))
    factors = Authenticator.objects.filter(user_id=person.pk)
    number = factors.exclude(type=Authenticator.Type.RECOVERY_CODES).count()
    factors.delete()
    Session.objects.filter(person_id=person.pk).end()
    events.record("second-factor.reset", by=by, subject=person, reason=reason.strip())
    mail.leave(
        person=person,
        partnership_id=partnership_id,  # type: ignore[arg-type]
        kind="second-factor.reset",
        # Each time: the second of a day may be the one that they did not ask for.
        about=uuid4(),
        subject=_("Your second factor for CareHub was taken away"),
        body=_(
            "An administrator has taken your second factor away, and you have been signed out everywhere. At your next sign-in you set "
            "up a new one. If you did not ask for this, tell your administrator at once, by telephone."
        ),
    )
    return number
