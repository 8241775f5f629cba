"""Pages of the demonstration only: its clock, and the mails it did not send."""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from carehub import clock, events
from carehub.guards import signed_in
from carehub.mailbox import newest_mails

#: How far the clock may be moved at once, in days, and the button's words.
STEPS = {7: gettext_lazy("A week on"), 30: gettext_lazy("A month on"), 91: gettext_lazy("3 months on")}


def in_the_demonstration(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Outside the demonstration there is no such page, for nobody."""

    @wraps(view)
    def shown(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not settings.DEMO:
            raise Http404
        return view(request, *args, **kwargs)

    return shown


@in_the_demonstration
@signed_in
def demonstration_clock(request: HttpRequest) -> HttpResponse:
    """Moves the day that CareHub believes in forward, for everybody who uses this demonstration."""
    if request.method == "POST":
        days = next((days for days in STEPS if str(days) == request.POST.get("days")), None)
        if days:
            events.record("demonstration.clock-moved", by=request.actor, reason=f"{days} days on")
            # After the commit, so that nothing in this request lies on two days.
            transaction.on_commit(lambda: clock.move_on(days))
            messages.success(request, _("The clock has been moved on."))
        return redirect("demonstration-clock")
    return render(request, "demonstration/clock.html", {"steps": STEPS.items(), "today": clock.today(), "ahead": clock.days_ahead()})


@in_the_demonstration
@signed_in
def demonstration_mail(request: HttpRequest) -> HttpResponse:
    """The demonstration sends no mail: what it would have sent lies in a folder and can be read here."""
    return render(request, "demonstration/mail.html", {"mails": newest_mails(settings.EMAIL_FILE_PATH)})
