"""The page that stands before the next record when somebody has opened many: what happened, and the password to go on."""

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters

from carehub import again, drafts, events, local_settings, reading
from carehub.guards import signed_in
from carehub.signing_in.form import UnlockForm
from carehub.views.screen import next_page


def stopped(request: HttpRequest) -> HttpResponse:
    """In the place of the record that was asked for: 429, whatever the page was."""
    to = request.get_full_path() if request.method == "GET" else drafts.form_address(request) or "/"
    answer = _page(request, UnlockForm(), to, status=429)
    # It is made outside of what sets the cookie that its form needs.
    CsrfViewMiddleware(lambda request: answer).process_response(request, answer)
    return answer


@sensitive_post_parameters()
@signed_in
def go_on(request: HttpRequest) -> HttpResponse:
    """The password, or the app's code, and on to the record. Counting begins anew, for this sign-in."""
    to = next_page(request)
    form = UnlockForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            # A program may have signed in a moment ago.
            how = again.shown(
                request, form.cleaned_data["typed"], action="reading", on_record="reading.not-proven", or_just_signed_in=False
            )
        except again.NotThem as no:
            form.add_error("typed", str(no))
        else:
            reading.goes_on(request)
            events.record("reading.went-on", by=request.actor, reason=how)
            return redirect(to)
    return _page(request, form, to)


def _page(request: HttpRequest, form: UnlockForm, to: str, status: int = 200) -> HttpResponse:
    chosen = local_settings.of(request.actor.partnership)
    numbers = {"records": chosen.opened_records, "minutes": chosen.opened_within_minutes}
    about = {"form": form, "next": to, "name": request.actor.person.name, "sign_out_url": reverse("account_logout")}
    return render(request, "reading_stopped.html", about | numbers, status=status)
