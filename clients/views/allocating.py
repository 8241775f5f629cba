"""Another keyworker: for one client, or for all that somebody has."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from carehub import clock, events
from carehub.asking import Asking
from carehub.guards import requires
from carehub.models import Membership, Person
from carehub.rules import Refused
from clients.actions.allocating import change_keyworker, share_out
from clients.forms.allocating import KeyworkerForm, ShareOutForm
from clients.models import Episode
from clients.policies import allocating as rules
from clients.views.of_client import client_page

#: On one page; the rest come after these are shared out.
ROWS = 100


@requires("case.allocate")
def change(request: HttpRequest, client_id: UUID) -> HttpResponse:
    client, context = client_page(request, client_id)
    episode = context["episode"]
    back = reverse("client", args=[client.pk])
    try:
        rules.may_allocate(request.actor, episode)
    except Refused as refused:
        messages.error(request, refused.message)
        return redirect(back)
    assert episode is not None
    about = {"subject": episode.pk, "client_id": client.pk, "back_url": back}
    asking = Asking(request, KeyworkerForm, kind="keyworker", actor=request.actor, episode=episode, **about)
    if form := asking.answered():
        given = form.cleaned_data
        said = _("%(name)s is the keyworker of %(client)s.") % {"name": given["keyworker"].name, "client": client.known_as}
        if asking.does(lambda: change_keyworker(by=request.actor, episode=episode, **given), said=said):
            return redirect(back)
    return asking.page("clients/keyworker_change.html", **context | {"episode": episode})


@requires("case.allocate")
def share(request: HttpRequest, pk: UUID) -> HttpResponse:
    """All the clients of one of the agency's staff, or of somebody who was."""
    actor = request.actor
    role = Membership.objects.filter(agency_id=actor.agency_id, person_id=pk).select_related("person").order_by("-starts_on").first()
    if role is None:
        raise Http404
    leaver: Person = role.person
    held = Episode.objects.visible_to(actor).of_agency(actor.agency_id).of_keyworker(pk).open()
    episodes = list(held.select_related("client").order_by("client__last_name", "client__first_name", "pk")[: ROWS + 1])
    more, episodes = len(episodes) > ROWS, episodes[:ROWS]
    events.saw(*(each.client_id for each in episodes))
    last_day = rules.last_days(actor.agency_id, [pk]).get(pk, role.ends_on)
    stands = {"reason": Episode.Handover.LEAVES if last_day else ""}
    asking = Asking(
        request, ShareOutForm, kind="share-out", subject=pk, back_url=reverse("service"), stands=stands,
        actor=actor, leaver=leaver, episodes=episodes,
    )  # fmt: skip
    if form := asking.answered():
        reason, given, gone = form.cleaned_data["reason"], form.given, form.gone
        not_given: list[int] = []
        if gone and not given:
            return _told(request, pk, gone)
        if asking.does(
            lambda: not_given.append(share_out(by=actor, leaver=leaver, given=given, since=clock.today(), reason=reason)),
            said=_("Shared out, and on record."),
        ):
            return _told(request, pk, gone + sum(not_given))
    return asking.page("clients/share_out.html", leaver=leaver, last_day=last_day, rows=len(episodes), more=more)


def _told(request: HttpRequest, pk: UUID, meanwhile: int) -> HttpResponse:
    if meanwhile:
        text = ngettext(
            "%(number)d person was given to somebody by a colleague meanwhile, and stays there.",
            "%(number)d people were given to somebody by a colleague meanwhile, and stay there.",
            meanwhile,
        )
        messages.warning(request, text % {"number": meanwhile})
    return redirect("keyworker-share-out", pk)
