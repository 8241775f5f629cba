"""What an assessment proposed: all that is to be decided about a client on one page, and what was decided."""

from collections.abc import Iterable
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from carehub import clock
from carehub.actors import Actor
from carehub.asking import Asking
from carehub.definitions.catalogue import catalogue
from carehub.guards import requires
from carehub.offering import allows
from clients.actions.deciding import accept, decline
from clients.forms.proposals import ACCEPT, DECISION, DECLINE, DecideForm, Decision
from clients.models import Client, Proposal
from clients.pathways import pathway
from clients.policies import proposals as rules
from clients.views.of_client import client_page

NEWEST = 30


@requires("client.view")
def proposals(request: HttpRequest, client_id: UUID) -> HttpResponse:
    client, context = client_page(request, client_id)
    actor = request.actor
    found = (
        Proposal.objects.visible_to(actor)
        .filter(client=client)
        .select_related("decided_by", "task__person", "agency", "assessment", "again")
    )
    waiting = list(found.open().gravest_first())
    mine = [each for each in waiting if allows(rules.may_decide, actor, each)]
    if request.method == "POST":
        _must_decide(actor)
    address = reverse("client", args=[client.pk])
    asking = Asking(
        request, DecideForm, kind="proposals", subject=client.pk, client_id=client.pk, back_url=address, proposals=mine, actor=actor
    )
    if request.method == "POST":
        told = _decided_meanwhile(request, client, request.POST, mine)
        if form := asking.answered():
            chosen = list(form.decisions())
            if not chosen:
                if not told:
                    messages.info(request, _("Nothing is decided yet: it all stands there as before."))
                return redirect("proposals" if told else "client", client.pk)
            if asking.does(lambda: _decide(actor, client, chosen), said=_said(chosen)):
                return redirect("client", client.pk)
    shown = {
        "mine": mine,
        "others": [each for each in waiting if each not in mine],
        "decided": [Shown(each) for each in found.exclude(state="").order_by("-decided_at", "place", "pk")[:NEWEST]],
    }
    return asking.page("clients/proposals.html", **context | shown)


class Shown:
    """A proposal that was decided, with the words of its code and the title of its pathway."""

    def __init__(self, proposal: Proposal) -> None:
        self.proposal = proposal
        code = catalogue().codes_on("decline-reasons", clock.today()).code(proposal.reason)
        self.reason = code.text if code else proposal.reason
        led = pathway(proposal.pathway.split("/")[0]) if proposal.pathway else None
        self.pathway = led.title if led else ""


def _must_decide(actor: Actor) -> None:
    actor.must("assessment.write")


def _decide(actor: Actor, client: Client, chosen: Iterable[Decision]) -> None:
    """All of them, or none: whoever comes second is told, and nothing of theirs is written unseen."""
    for each in chosen:
        about = {"by": actor, "client_id": client.pk, "proposal": each.proposal}
        if each.accepts:
            accept(**about, **each.said)
        else:
            decline(**about, **each.said)


def _said(chosen: list[Decision]) -> str:
    accepted = sum(1 for each in chosen if each.accepts)
    declined = len(chosen) - accepted
    parts = [
        ngettext("%(number)d accepted", "%(number)d accepted", accepted) % {"number": accepted} if accepted else "",
        ngettext("%(number)d declined", "%(number)d declined", declined) % {"number": declined} if declined else "",
    ]
    return _("On record: %(decided)s.") % {"decided": ", ".join(part for part in parts if part)}


def _decided_meanwhile(request: HttpRequest, client: Client, data: QueryDict, waiting: list[Proposal]) -> bool:
    """Tells what a colleague has decided since the page was opened, of what is decided now. Whether there was any."""
    open_ones = {each.pk.hex for each in waiting}
    answered = [
        name.removeprefix(f"{DECISION}-")
        for name, value in data.items()
        if name.startswith(f"{DECISION}-") and value in (ACCEPT, DECLINE) and name.removeprefix(f"{DECISION}-") not in open_ones
    ]
    keys = [UUID(hex=key) for key in answered if len(key) == 32 and set(key) <= set("0123456789abcdef")]
    late = Proposal.objects.visible_to(request.actor).filter(pk__in=keys, client=client).exclude(state="").select_related("decided_by")
    sentences = [rules.decided_meanwhile(each) for each in late] if keys else []
    for sentence in sentences:
        messages.warning(request, _("%(decided)s What you chose was not taken.") % {"decided": sentence})
    return bool(sentences)
