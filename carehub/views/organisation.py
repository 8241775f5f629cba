"""To the organisation's own sign-in page, and back."""

import secrets

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from requests import RequestException

from carehub.guards import no_sign_in
from carehub.signing_in import openid, screen_lock, throttle
from carehub.signing_in.sign_in import SHARED_DESK_BOX
from carehub.views.passwords import too_often
from carehub.views.screen import next_page


@sensitive_post_parameters()
@no_sign_in("leads to the organisation's own sign-in page")
def go(request: HttpRequest) -> HttpResponse:
    """A page that goes on by itself. Sent on from the form at once, a browser would ask that our policy name the provider
    (form-action), and whoever it sends on to; this way the policy allows forms to nobody but us.
    """
    if settings.OPENID is None:
        raise Http404
    if request.method != "POST":
        return redirect("account_login")
    if not throttle.try_once(request, "organisation"):
        return too_often(request)
    provider = get_adapter().get_provider(request, openid.PROVIDER)
    nonce = secrets.token_urlsafe(24)
    try:
        there = provider.redirect(
            request,
            process="login",
            next_url=next_page(request),
            data=openid.attempt(nonce=nonce, shared_desk=_shared_desk(request)),
            # At a shared desk the provider may still know whoever sat here before: it is to ask.
            auth_params={"nonce": nonce, "prompt": "login"},
        )
    except (OAuth2Error, RequestException, ValueError) as wrong:
        return _did_not_work(request, provider, wrong)
    address = there.headers.get("Location", "")
    return render(request, "account/organisation.html", {"address": address, "name": settings.OPENID.name}) if address else there


@no_sign_in("the organisation's sign-in page sends the browser back here")
def back(request: HttpRequest) -> HttpResponse:
    if settings.OPENID is None:
        raise Http404
    if not throttle.try_once(request, "organisation-back"):
        return too_often(request)
    try:
        return openid.Back.adapter_view(openid.Adapter(request, openid.PROVIDER))(request)
    except (OAuth2Error, RequestException, ValueError, KeyError) as wrong:
        return _did_not_work(request, get_adapter().get_provider(request, openid.PROVIDER), wrong)


def _did_not_work(request: HttpRequest, provider: openid.Provider, wrong: Exception) -> HttpResponse:
    try:
        get_adapter().on_authentication_error(request, provider, exception=wrong)
    except ImmediateHttpResponse as answer:
        return answer.response
    return redirect("account_login")


def _shared_desk(request: HttpRequest) -> bool:
    """The box on the sign-in page; on a locked screen what was ticked then."""
    locked = request.signed_in_as is not None and screen_lock.minutes(request) <= screen_lock.SHARED_DESK_MINUTES
    return bool(request.POST.get(SHARED_DESK_BOX)) or locked
