"""Referrals received by link: the list, one of them, accepting it as a new client or one on record, declining it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from carehub import clock, events
from carehub.asking import Asking
from carehub.definitions import show as as_asked
from carehub.definitions.forward import Stamp
from carehub.definitions.schema import Form
from carehub.form_editions import form_as_recorded
from carehub.guards import requires
from carehub.keeping import Keeping
from carehub.rules import Refused
from clients.actions import referring
from clients.actions.registering import DUPLICATES_SHOWN
from clients.assessed.findings import what_answers_say
from clients.forms.referring import DeclineReferralForm
from clients.models import Client, ReceivedReferral, SafeContact
from clients.policies import referring as rules
from clients.risk import highest
from clients.views.finding import with_episodes
from clients.views.registering import Registering

#: Of those that are decided, the newest so many.
SHOWN = 50


@requires("client.register")
def referrals(request: HttpRequest) -> HttpResponse:
    """Those that wait, the most urgent first; below them the newest that were decided."""
    mine = ReceivedReferral.objects.visible_to(request.actor).select_related("link", "client", "decided_by").defer("reason")
    waiting = [(each, *_risk_of(each)) for each in mine.waiting().most_urgent_first()]
    decided = list(mine.exclude(state=ReceivedReferral.State.WAITING).defer("answers").order_by("-decided_at", "pk")[:SHOWN])
    events.record("referrals.listed", by=request.actor)
    events.saw(*(each.client_id for each in decided if each.client_id))
    return render(request, "clients/referrals.html", {"waiting": waiting, "decided": decided})


def _risk_of(referral: ReceivedReferral) -> tuple[str, str]:
    """The look of the gravest risk that the screening found, and its words; never 'none' where something was not asked."""
    says = what_answers_say(_form_of(referral), referral.answers)
    level = highest((look.removeprefix("risk-") for look, _risk in says.risks), all_asked=not says.not_known and not says.to_ask)
    look = f"risk-{level or 'unknown'}"
    return look, "; ".join(risk.words for each, risk in says.risks if each == look)


def _form_of(referral: ReceivedReferral) -> Form:
    return form_as_recorded(referral.partnership_id, referral.form, referral.form_version, referral.form_edition)


def _found(request: HttpRequest, pk: UUID) -> ReceivedReferral:
    mine = ReceivedReferral.objects.visible_to(request.actor).select_related("link", "agency", "client", "decided_by")
    referral = get_object_or_404(mine, pk=pk)
    if referral.client_id:
        events.saw(referral.client_id)
    return referral


@requires("client.register")
def show(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What was sent, what its answers say, and who on record here looks like the same person."""
    referral = _found(request, pk)
    form = _form_of(referral)
    alike, again = [], []
    if referral.is_waiting:
        who = {name: getattr(referral, name) for name in ("first_name", "last_name", "date_of_birth")}
        alike = with_episodes(Client.objects.visible_to(request.actor, many=True).resembling(**who)[:DUPLICATES_SHOWN], request.actor)
        events.saw(*(row.client.pk for row in alike))
        twice = ReceivedReferral.objects.visible_to(request.actor).waiting().exclude(pk=pk)
        again = list(twice.filter(date_of_birth=referral.date_of_birth, last_name__iexact=referral.last_name)[:DUPLICATES_SHOWN])
    events.record("referral.read", by=request.actor, subject=referral)
    context = {
        "referral": referral,
        "channels": _channels(referral),
        "alike": alike,
        "again": again,
        "says": what_answers_say(form, referral.answers),
        "sections": as_asked.show(form, referral.answers, stamp=Stamp(clock.day_of(referral.received_at), referral.sent_by)),
        "definition": form,
        "back_url": reverse("referrals"),
    }
    return render(request, "clients/referral_show.html", context)


def _channels(referral: ReceivedReferral) -> list[tuple[str, bool]]:
    return [(str(SafeContact._meta.get_field(name).verbose_name), bool(referral.safe_contact.get(name))) for name in SafeContact.CHANNELS]


@requires("client.register")
def accept(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The form of a registration, filled in with what was sent; a person checks it. Then as with any other registration."""
    referral = _found(request, pk)
    try:
        rules.may_decide(request.actor, referral)
    except Refused as refused:
        messages.error(request, refused.message)
        return redirect("referral-show", pk)
    asking = Registering(request, Keeping(request, kind="referral.accept", subject=pk), stands=_stands(referral))
    asking.template, asking.more = "clients/referral_accept.html", {"referral": referral, "back_url": reverse("referral-show", args=[pk])}
    asking.registers = lambda said, seen: referring.accept_as_new(
        by=request.actor, referral=referral, registered=said, looked_at_duplicates=seen
    )
    asking.is_same = lambda key, said: referring.accept_for(by=request.actor, referral=referral, client_id=key, registered=said)
    asking.said_of_same = _("Accepted: the screening is in the record of %(name)s. Compare how they may be reached with what was sent.")
    return asking.answer()


def _stands(referral: ReceivedReferral) -> dict[str, Any]:
    """What was sent, under the names of the registration's questions."""
    same = ("first_name", "last_name", "name_used", "date_of_birth", "sex", "telephone", "address", "safety_warning")
    of_episode = {"referred_on": clock.day_of(referral.received_at), "referral_source": referral.link.referral_source}
    return {name: getattr(referral, name) for name in same} | referral.safe_contact | of_episode


@requires("client.register")
def decline(request: HttpRequest, pk: UUID) -> HttpResponse:
    referral = _found(request, pk)
    asking = Asking(request, DeclineReferralForm, kind="referral.decline", subject=pk, back_url=reverse("referral-show", args=[pk]))

    def do() -> None:
        said = asking.form.cleaned_data
        referring.decline(by=request.actor, referral=referral, why=said["why"], words=said["why_words"], told=said["referrer_told"])

    if asking.answered() and asking.does(do, said=_("Declined, and on record.")):
        return redirect("referrals")
    return asking.page("clients/referral_decline.html", referral=referral)
