"""What changes somebody's own second factor: on record, noted in their session, and told by mail."""

from allauth.mfa.base.internal.flows import delete_dangling_recovery_codes
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from carehub import events, mail
from carehub.signing_in import second_factor


@transaction.atomic
def added(request: HttpRequest, kind: Authenticator.Type) -> None:
    who = request.signed_in_as  # type: ignore[attr-defined]
    second_factor.note(request, who.person)
    events.record("second-factor.added", by=who, subject=who.person, reason=str(second_factor.NAMES[kind]))
    _tell(request, "second-factor.added", _("A second factor was added to your CareHub account"))


@transaction.atomic
def remove(request: HttpRequest, factor: Authenticator) -> None:
    who = request.signed_in_as  # type: ignore[attr-defined]
    factor.delete()
    delete_dangling_recovery_codes(who.person)
    second_factor.note(request, who.person)
    events.record("second-factor.removed", by=who, subject=who.person, reason=str(second_factor.NAMES[factor.type]))
    _tell(request, "second-factor.removed", _("A second factor was removed from your CareHub account"))


@transaction.atomic
def new_codes(request: HttpRequest) -> None:
    who = request.signed_in_as  # type: ignore[attr-defined]
    Authenticator.objects.filter(user_id=who.person_id, type=second_factor.CODES).delete()
    if second_factor.has_one(who.person):
        RecoveryCodes.activate(who.person)
    events.record("recovery-codes.made", by=who, subject=who.person)
    _tell(request, "recovery-codes.made", _("New recovery codes were made for your CareHub account"))


def _tell(request: HttpRequest, kind: str, subject: str) -> None:
    who = request.signed_in_as  # type: ignore[attr-defined]
    body = _("If this was you, there is nothing to do. If it was not, tell your administrator at once, by telephone.")
    mail.leave(person=who.person, partnership_id=who.partnership_id, kind=kind, subject=subject, body=body)
