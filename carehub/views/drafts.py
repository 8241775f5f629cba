"""Where pages send what is being typed."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from carehub import clock, drafts
from carehub.guards import signed_in


@require_POST
@signed_in
def save(request: HttpRequest) -> HttpResponse:
    """One form as it stands. 200 {"saved": "14:02"}; 400 without a ticket; 401 where the session has ended (kept all the same)."""
    about = drafts.read_ticket(request.POST.get(drafts.TICKET, ""))
    if about is None or about["membership"] != str(request.actor.membership.pk):
        return JsonResponse({"saved": None}, status=400)
    saved_at = drafts.write(partnership_id=request.actor.partnership_id, person_id=request.actor.person_id, about=about, data=request.POST)
    return JsonResponse({"saved": f"{saved_at.astimezone(clock.LONDON):%H:%M}"})


@require_POST
@signed_in
def discard(request: HttpRequest) -> HttpResponse:
    """'Start afresh': the writer does not want the kept text."""
    if about := drafts.read_ticket(request.POST.get(drafts.TICKET, "")):
        drafts.discard(request.actor, about)
    return redirect(drafts.form_address(request) or "home")
