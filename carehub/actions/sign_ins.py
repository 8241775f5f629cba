"""What changes how, and where, somebody is signed in."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth import update_session_auth_hash
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from carehub import events, mail
from carehub.models import Person, Session
from carehub.signing_in.sign_in import BROWSER


@transaction.atomic
def set_password(*, person: Person, password: str) -> None:
    """By the holder of a link from a mail. Whoever was signed in as this person is so no longer."""
    person.set_password(password)
    person.save(update_fields=["password"])
    Session.objects.filter(person_id=person.pk).end()
    events.record("password.set", by=None, subject=person)


@transaction.atomic
def change_password(request: HttpRequest, password: str) -> None:
    """By somebody who is signed in and has typed the old one. Stays signed in here, and nowhere else."""
    who = request.signed_in_as  # type: ignore[attr-defined]
    who.person.set_password(password)
    who.person.save(update_fields=["password"])
    update_session_auth_hash(request, who.person)
    Session.objects.filter(person_id=who.person_id).exclude(pk=request.session.session_key).end()
    events.record("password.changed", by=who, subject=who.person)
    mail.leave(
        person=who.person,
        partnership_id=who.partnership_id,
        kind="password.changed",
        subject=_("Your CareHub password was changed"),
        body=_("If this was you, there is nothing to do. If it was not, tell your administrator at once, by telephone."),
    )


@dataclass(frozen=True)
class SignIn:
    """One of somebody's own sign-ins, for a page. Its session's key never stands on one."""

    handle: str
    browser: str
    began_at: datetime
    seen_at: datetime
    locked: bool
    here: bool


def own(request: HttpRequest) -> list[SignIn]:
    """This one first, then those used last."""
    found = [_shown(request, row) for row in Session.objects.open_of(request.user)]
    return sorted(found, key=lambda each: (each.here, each.seen_at), reverse=True)


def _shown(request: HttpRequest, row: Session) -> SignIn:
    here = row.pk == request.session.session_key
    browser = str(request.session.of(row).get(BROWSER, "")) or _("A browser that does not say which")  # type: ignore[attr-defined]
    return SignIn(_handle(row), browser, row.began_at, row.seen_at, row.locked_at is not None, here)


def _handle(row: Session) -> str:
    return hashlib.sha256(row.pk.encode()).hexdigest()[:32]


@transaction.atomic
def end(request: HttpRequest, handle: str = "") -> int:
    """End one of one's own other sign-ins, or all of them. Refused from their next request on."""
    ended = list(_others(request, handle))
    Session.objects.filter(pk__in=[row.pk for row in ended]).end()
    if ended:
        events.record("sign-in.ended", by=request.signed_in_as, subject=request.user, reason=str(len(ended)))  # type: ignore[attr-defined]
    return len(ended)


def _others(request: HttpRequest, handle: str) -> Iterator[Session]:
    for row in Session.objects.open_of(request.user).exclude(pk=request.session.session_key):
        if not handle or _handle(row) == handle:
            yield row
