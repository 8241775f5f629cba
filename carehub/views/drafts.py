"""Where pages send what is being typed."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from carehub import clock, context, drafts
from carehub.guards import LOCKED, signed_in, signed_in_even
from carehub.signing_in.turned_screen import for_the_client


@for_the_client
@require_POST
@signed_in_even(LOCKED)
def save(request: HttpRequest) -> HttpResponse:
    """One form as it stands. 200 {"saved": "14:02"}; 400 without a ticket of one's own; 401 where the session has ended (kept).

    While the screen is locked it is kept too, and the page is told to hide itself: what was typed in the last seconds is not lost.
    """
    about, who = drafts.read_ticket(request.POST.get(drafts.TICKET, "")), request.signed_in_as
    if about is None:
        return JsonResponse({"saved": None}, status=400)
    if about["membership"] == str(who.membership.pk):
        if request.shut:
            context.acting_as(who)
        saved_at = drafts.write(partnership_id=who.partnership_id, person_id=who.person_id, about=about, data=request.POST)
    elif (saved_at := drafts.write_as_begun(about, acting=who, data=request.POST)) is None:
        return JsonResponse({"saved": None}, status=400)
    if request.shut:
        context.clear()
    return JsonResponse({"saved": f"{saved_at.astimezone(clock.LONDON):%H:%M}"} | ({"locked": True} if request.shut else {}))


@require_POST
@signed_in
def discard(request: HttpRequest) -> HttpResponse:
    """'Start afresh': the writer does not want the kept text."""
    if about := drafts.read_ticket(request.POST.get(drafts.TICKET, "")):
        drafts.discard(request.actor, about)
    return redirect(drafts.form_address(request) or "home")
