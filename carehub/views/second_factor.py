"""Setting up, using and removing a second factor: allauth's own views with our rules, words and records around them."""

import json
from typing import Any

from allauth.account.internal.flows import reauthentication
from allauth.account.views import ReauthenticateView
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST

from carehub import events
from carehub.actions import factors, sign_ins
from carehub.guards import NO_SECOND_FACTOR, no_sign_in, signed_in, signed_in_even
from carehub.signing_in import second_factor

before_there_is_one = signed_in_even(NO_SECOND_FACTOR)


class Authenticate(AuthenticateView):
    template_name = "account/second_factor.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        made = super().get_context_data(**more)
        has_keys = any(factor.type == second_factor.KEY for factor in second_factor.of(self.stage.login.user))
        options = made.pop("js_data", {}).get("request_options") if has_keys else None
        return made | {"key_options": json.dumps(options, default=str) if options else ""}


class AddApp(ActivateTOTPView):
    template_name = "account/second_factor_app.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        made = super().get_context_data(**more)
        secret = made["form"].secret
        return made | {"secret_in_fours": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))}

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        factors.added(self.request, second_factor.TOTP)
        return response


class AddKey(AddWebAuthnView):
    template_name = "account/second_factor_key.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        # allauth's own view forgets the form that was refused.
        made = super().get_context_data(**more) | more
        return made | {"key_options": json.dumps(made["js_data"]["creation_options"], default=str)}

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        factors.added(self.request, second_factor.KEY)
        return response


class PasswordAgain(ReauthenticateView):
    template_name = "account/reauthenticate.html"

    def form_valid(self, form: Any) -> HttpResponse:
        # To the page that asked, not into the middle of what was sent to it: allauth would run that without our guards.
        reauthentication.reauthenticate_by_password(self.request)
        self.request.session.pop(reauthentication.STATE_SESSION_KEY, None)
        events.record("password.again", by=self.request.signed_in_as, subject=self.request.user)
        return redirect(self.get_success_url())


authenticate = no_sign_in("the second step of signing in")(Authenticate.as_view())
add_app = before_there_is_one(AddApp.as_view())
add_key = before_there_is_one(AddKey.as_view())
reauthenticate = before_there_is_one(PasswordAgain.as_view())


@before_there_is_one
def your_sign_in(request: HttpRequest) -> HttpResponse:
    """What one signs in with, and what is still missing."""
    held = second_factor.of(request.user)
    rows = [
        {"factor": each, "name": each.wrap().name if each.type == second_factor.KEY else second_factor.NAMES[each.type]} for each in held
    ]
    return render(
        request,
        "account/your_sign_in.html",
        {
            "rows": rows,
            "sign_ins": [] if request.shut else sign_ins.own(request),
            "has_app": any(each.type == second_factor.TOTP for each in held),
            "codes_left": second_factor.codes_left(request.user) if held else 0,
            "required": settings.SECOND_FACTOR_REQUIRED,
            "linked": SocialAccount.objects.filter(user_id=request.user.pk).first() if settings.OPENID else None,
            "may_remove": len(held) > 1 or not settings.SECOND_FACTOR_REQUIRED,
        },
    )


@require_POST
@signed_in
def remove(request: HttpRequest) -> HttpResponse:
    reauthentication.raise_if_reauthentication_required(request, app="allauth.mfa")
    key = request.POST.get("factor", "")
    held = Authenticator.objects.filter(user_id=request.user.pk).exclude(type=second_factor.CODES)
    factor = get_object_or_404(held, pk=int(key) if key.isascii() and key.isdigit() and len(key) < 12 else 0)
    if settings.SECOND_FACTOR_REQUIRED and held.count() < 2:
        raise PermissionDenied(_("This is your only second factor. Set up another one first, then remove this one."))
    factors.remove(request, factor)
    messages.success(request, _("Removed."))
    return redirect("mfa_index")


@sensitive_variables()
@signed_in
def codes(request: HttpRequest) -> HttpResponse:
    """The recovery codes that are left; POST makes new ones, and the old ones are good for nothing."""
    reauthentication.raise_if_reauthentication_required(request, app="allauth.mfa")
    if request.method == "POST":
        factors.new_codes(request)
        messages.success(request, _("These are your new codes. The old ones no longer work."))
        return redirect("mfa_view_recovery_codes")
    factor = get_object_or_404(Authenticator, user_id=request.user.pk, type=second_factor.CODES)
    return render(
        request, "account/recovery_codes.html", {"codes": RecoveryCodes(factor).get_unused_codes(), "back_url": reverse("mfa_index")}
    )


@require_POST
@signed_in
def end_sign_in(request: HttpRequest) -> HttpResponse:
    """One of one's own other sign-ins; without a word which, all of them."""
    ended = sign_ins.end(request, request.POST.get("sign-in", ""))
    messages.success(request, ngettext("%(count)s sign-in ended.", "%(count)s sign-ins ended.", ended) % {"count": ended})
    return redirect("mfa_index")


@no_sign_in("does not exist: keys are added and removed on one page")
def shut(request: HttpRequest) -> HttpResponse:
    return redirect("mfa_index")
