"""What each page asks of whoever opens it. A page without a rule fails a test."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import resolve_url

from carehub import drafts
from carehub.actors import NotAllowed
from carehub.permissions import PERMISSIONS

View = Callable[..., HttpResponse]
#: Why somebody who is signed in may not act (``request.shut``), and how a page's rule says that it opens all the same.
LOCKED, NO_SECOND_FACTOR = "locked", "no second factor"
EVEN = {LOCKED: "while the screen is locked", NO_SECOND_FACTOR: "before there is a second factor"}


def requires(permission: str) -> Callable[[View], View]:
    """Signed in, and in a role that has ``permission``; otherwise the sign-in page, or 403 with the reason.

    So too where the page, or the action behind it, says NotAllowed about what it is asked for.
    """
    if permission not in PERMISSIONS:
        raise KeyError(f"no such permission: {permission}")

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            if request.actor is None:
                return _not_yet(request)
            try:
                request.actor.must(permission)
                return view(request, *args, **kwargs)
            except NotAllowed as reason:
                raise PermissionDenied(str(reason)) from reason

        guarded.rule = permission
        return guarded

    return guard


def signed_in(view: View) -> View:
    """Anybody who is signed in and has a role."""

    @wraps(view)
    def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if request.actor is None:
            return _not_yet(request)
        return view(request, *args, **kwargs)

    guarded.rule = "signed in"
    return guarded


def no_sign_in(why: str) -> Callable[[View], View]:
    """A page for anybody, and the reason why it may be."""

    def guard(view: View) -> View:
        @wraps(view)
        def open_to_all(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            return view(request, *args, **kwargs)

        open_to_all.rule = f"no sign-in: {why}"
        return open_to_all

    return guard


def signed_in_even(*shut: str) -> Callable[[View], View]:
    """Anybody who is signed in and has a role, even where they may not act yet: the screen is locked, there is no second factor.

    Such a page reads nothing about clients: the database shows nothing either. Who it is stands in ``request.signed_in_as``.
    """

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            if request.signed_in_as is None or (request.shut and request.shut not in shut):
                return _not_yet(request)
            return view(request, *args, **kwargs)

        guarded.rule = "signed in, even " + " or ".join(EVEN[each] for each in shut)
        return guarded

    return guard


def _not_yet(request: HttpRequest) -> HttpResponse:
    """To the page that stands before this one: signing in, unlocking, a second factor.

    What a form carried is kept as its writer's draft and stands there again afterwards.
    """
    drafts.keep_what_was_typed(request)
    shut = getattr(request, "shut", "")
    if request.headers.get("X-Requested-With") == "fetch":
        return JsonResponse({"locked": True}, status=401)
    came_from = request.get_full_path() if request.method == "GET" else drafts.form_address(request)
    first = {LOCKED: "screen", NO_SECOND_FACTOR: "mfa_index"}.get(shut)
    return redirect_to_login(came_from or "/", resolve_url(first) if first else None)
