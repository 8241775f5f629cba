"""The locked screen: locking it, asking whether it is locked, unlocking it. None of these pages knows a client."""

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from carehub import again, events
from carehub.guards import LOCKED, signed_in_even
from carehub.signing_in import screen_lock, turned_screen
from carehub.signing_in.form import UnlockForm
from carehub.signing_in.turned_screen import for_the_client


@for_the_client
@require_POST
@signed_in_even(LOCKED)
def lock(request: HttpRequest) -> HttpResponse:
    """'Lock the screen'."""
    if not request.shut:
        screen_lock.lock(request)
        events.record("screen.locked", by=request.signed_in_as)
    if _by_script(request):
        return JsonResponse({"locked": True})
    return redirect_to_login(next_page(request), reverse("screen"))


@for_the_client
@signed_in_even(LOCKED)
def state(request: HttpRequest) -> HttpResponse:
    """For the page's own script. GET asks, which keeps nothing open; POST says that somebody is at this desk."""
    left = screen_lock.left(request).total_seconds()
    return JsonResponse({"locked": request.shut == LOCKED, "seconds": max(0, round(left))})


@for_the_client
@sensitive_post_parameters()
@signed_in_even(LOCKED)
def unlock(request: HttpRequest) -> HttpResponse:
    """The password, or the app's six digits, of whoever is signed in; then the page one was on."""
    to = next_page(request)
    # A page that a script has hidden asks for the password even where the server had not locked yet.
    if not request.shut and not _by_script(request):
        return redirect(to)
    form = UnlockForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _is_them(request, form):
        return JsonResponse({"locked": False}) if _by_script(request) else redirect(to)
    if _by_script(request):
        return JsonResponse({"locked": True, "errors": [str(error) for errors in form.errors.values() for error in errors]})
    context = {
        "name": request.signed_in_as.person.name,
        "given_back": screen_lock.why(request) == turned_screen.GIVEN_BACK,
        "sign_out_url": reverse("account_logout"),
        "form": form,
        "next": to,
    }
    return render(request, "locked.html", context)


@for_the_client
@signed_in_even(LOCKED)
def turned(request: HttpRequest) -> HttpResponse:
    """In the place of a page that is not for the client's eyes; POST gives the screen back, for whoever works here to unlock."""
    to = next_page(request)
    if turned_screen.turned_to(request) is None:
        return redirect(to)
    if request.method == "POST":
        return given_back(request, to)
    if request.shut:
        return redirect_to_login(to, reverse("screen"))
    return render(request, "turned.html", {"turned_next": to, "back": turned_screen.came_from(request)})


def given_back(request: HttpRequest, to: str) -> HttpResponse:
    """From the client to the keyworker, who unlocks it first; then ``to`` opens."""
    turned_screen.give_back(request)
    events.record("screen.locked", by=request.signed_in_as, reason=turned_screen.GIVEN_BACK)
    return redirect_to_login(to, reverse("screen"))


def _is_them(request: HttpRequest, form: UnlockForm) -> bool:
    try:
        # Who signed in a moment ago may have left the desk since.
        how = again.shown(request, form.cleaned_data["typed"], action="unlock", on_record="screen.not-unlocked", or_just_signed_in=False)
    except again.NotThem as no:
        form.add_error("typed", str(no))
        return False
    turned_from = turned_screen.turn_back_where_given(request)
    screen_lock.unlock(request)
    events.record("screen.unlocked", by=request.signed_in_as, reason="" if how == again.PASSWORD else how)
    if turned_from:
        events.record("screen.turned-back", by=request.signed_in_as, client=turned_from)
    return True


def _by_script(request: HttpRequest) -> bool:
    return request.headers.get("X-Requested-With") == "fetch"


def next_page(request: HttpRequest) -> str:
    """The page that was locked; the person's own home where it does not say, or where a form was sent."""
    to = request.POST.get("next") or request.GET.get("next") or ""
    return to if to.startswith("/") and url_has_allowed_host_and_scheme(to, allowed_hosts=None) else "/"
