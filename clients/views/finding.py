"""Finding a client, the front desk, and what everybody may know of a client: how they may be reached, and what to beware of."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from carehub import clock, events
from carehub.actors import Actor
from carehub.guards import requires
from carehub.keys import key_of
from carehub.rules import Refused
from clients.banner import banner, episode_for_banner
from clients.finding import searching
from clients.models import Client, Episode
from clients.policies import sharing as sharing_rules

PAGE = 25


@dataclass(frozen=True)
class Found:
    """A client in a list of people who were found. ``episode``: the one with the reader's agency, or the latest they can see."""

    client: Client
    episode: Episode | None
    url: str


def with_episodes(clients: Iterable[Client], actor: Actor) -> list[Found]:
    """One query for all of them."""
    clients = list(clients)
    stays: dict[UUID, Episode] = {}
    episodes = Episode.objects.visible_to(actor).filter(client_id__in=[client.pk for client in clients]).select_related("keyworker")
    for episode in sorted(episodes, key=lambda each: (each.agency_id == actor.agency_id, each.discharged_on is None, each.referred_on)):
        stays[episode.client_id] = episode
    page = "client" if actor.may("client.view") else "client-contact"
    return [Found(client, stays.get(client.pk), reverse(page, args=[client.pk])) for client in clients]


@requires("client.find")
def find(request: HttpRequest) -> HttpResponse:
    """The words are posted; the result stands at an address of its own, so that Back and the next page work."""
    if request.method != "POST":
        return _page(request)
    typed = request.POST.get("words", "")
    try:
        searching.read(typed)
    except Refused as refused:
        return _page(request, words=typed, problem=refused.message)
    return redirect("client-found", searching.keep(request.session, typed))


def _page(request: HttpRequest, **context: str) -> HttpResponse:
    return render(request, "clients/find.html", context | {"may_register": request.actor.may("client.register")})


@requires("client.find")
def found(request: HttpRequest, token: str) -> HttpResponse:
    typed = searching.kept(request.session, token)
    if not typed:
        return _page(request, problem=_("This search is no longer kept. Type it again"))
    sought = searching.read(typed)
    everybody = Client.objects.visible_to(request.actor, many=True).matching(sought.words, born=sought.born)
    clients = everybody
    after = request.GET.get("after", "")
    if last := _row(everybody, after):
        clients = everybody.after(last)
    page = list(clients[: PAGE + 1])
    rows = with_episodes(page[:PAGE], request.actor)
    events.saw(*(row.client.pk for row in rows))
    events.record("client.searched", by=request.actor, reason=searching.on_record(typed))
    context = {
        "words": typed,
        "rows": rows,
        "clinical": request.actor.may("client.view"),
        "may_register": request.actor.may("client.register"),
        "first_page": not last,
        "first_url": request.path,
        "next_url": f"{request.path}?after={rows[-1].client.pk}" if len(page) > PAGE else "",
    }
    return render(request, "clients/found.html", context)


def _row(clients, key: str) -> Client | None:
    return clients.filter(pk=key_of(key)).first()


@requires("client.contact")
def contact(request: HttpRequest, pk: UUID) -> HttpResponse:
    """For reception and everybody: nothing clinical stands here."""
    client = get_object_or_404(Client.objects.visible_to(request.actor).select_related("safe_contact"), pk=pk)
    episode = episode_for_banner(client, request.actor)
    events.saw(client.pk)
    safe = getattr(client, "safe_contact", None)
    channels = [(safe._meta.get_field(name).verbose_name, getattr(safe, name)) for name in safe.CHANNELS] if safe else []
    context = {
        "client": client,
        "episode": episode,
        "safe": safe,
        "channels": channels,
        "banner": banner(client, episode, request.actor),
        "clinical": request.actor.may("client.view"),
        "may_change": bool(safe) and request.actor.may("contact.change") and sharing_rules.treats(request.actor, client),
    }
    return render(request, "clients/contact.html", context)


@requires("client.contact")
def reception(request: HttpRequest) -> HttpResponse:
    """The front desk: find somebody, and who was registered here today."""
    today = clock.today()
    new = Client.objects.visible_to(request.actor).filter(registered_at__gte=clock.begins(today)).order_by("-registered_at", "pk")
    rows = with_episodes(new[:PAGE], request.actor)
    events.saw(*(row.client.pk for row in rows))
    return render(request, "clients/reception.html", {"rows": rows, "today": today})
