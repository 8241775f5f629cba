"""The page that answers 'what must I do?', by role; and acting in another of one's roles."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from carehub import clock, events
from carehub.actors import Actor
from carehub.guards import signed_in
from carehub.keys import key_of
from carehub.middleware.actor import CHOSEN


@signed_in
def home(request: HttpRequest) -> HttpResponse:
    return redirect(request.actor.role.home)


@require_POST
@signed_in
def switch_role(request: HttpRequest) -> HttpResponse:
    """From the next page on the person acts in another of their memberships."""
    mine = request.actor.person.memberships.open_on(clock.today())
    membership = get_object_or_404(mine.select_related("partnership", "agency"), pk=key_of(request.POST.get("membership", "")))
    request.session[CHOSEN] = str(membership.pk)
    events.record("role.switched", by=Actor(request.actor.person, membership), subject=membership)
    return redirect("home")
