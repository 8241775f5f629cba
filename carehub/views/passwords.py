"""Setting a password with a link out of a mail, and changing it. A link that ran out, was used, or never was one: the same answer."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from carehub import events
from carehub.actions import sign_ins
from carehub.guards import no_sign_in, signed_in
from carehub.signing_in import password_links, throttle
from carehub.signing_in.form import ChangePasswordForm, NewPasswordForm

#: Session key: the link that was followed. The address of the page itself then holds nothing that could be passed on.
_LINK = "password-link"


@no_sign_in("a link from a mail, good once, leads here")
def follow(request: HttpRequest, token: str) -> HttpResponse:
    """Takes the token out of the address, so that it stands in no history and no referrer."""
    request.session[_LINK] = token
    return redirect("password-set")


@sensitive_post_parameters()
@no_sign_in("sets the password of whoever holds a link from a mail")
def set_password(request: HttpRequest) -> HttpResponse:
    if not throttle.try_once(request, "password-link"):
        return too_often(request)
    person = password_links.whose(request.session.get(_LINK, ""))
    if person is None:
        request.session.pop(_LINK, None)
        events.record("password-link.refused", by=None)
        # 200: an error would take back the count of tries with everything else.
        return render(request, "expired.html", {"what": "link", "reference": request.reference})
    form = NewPasswordForm(request.POST or None, person=person)
    if request.method == "POST" and form.is_valid():
        sign_ins.set_password(person=person, password=form.cleaned_data["password"])
        request.session.flush()
        messages.success(request, _("Your password is set. Sign in with it."))
        return redirect("account_login")
    return render(request, "account/password_set.html", {"form": form, "person": person})


@sensitive_post_parameters()
@signed_in
def change_password(request: HttpRequest) -> HttpResponse:
    if not request.user.has_usable_password():
        raise PermissionDenied(_("You sign in with your organisation’s account, and have no password here."))
    form = ChangePasswordForm(request.POST or None, person=request.user)
    if request.method == "POST" and form.is_valid() and _is_the_old_one(request, form):
        sign_ins.change_password(request, form.cleaned_data["password"])
        messages.success(request, _("Your password is changed. You are signed out everywhere else."))
        return redirect("mfa_index")
    return render(request, "account/password_change.html", {"form": form, "back_url": reverse("mfa_index")})


def _is_the_old_one(request: HttpRequest, form: ChangePasswordForm) -> bool:
    tried = throttle.try_once(request, "change-password", request.user.pk)
    if not tried:
        form.add_error("old", _("Too many tries. Wait a quarter of an hour, then try again"))
        return False
    if not request.user.check_password(form.cleaned_data["old"]):
        events.record("password.wrong", by=request.actor, subject=request.user)
        form.add_error("old", _("That is not your password"))
        return False
    tried.rollback()
    return True


def too_often(request: HttpRequest) -> HttpResponse:
    return render(request, "429.html", {"reference": request.reference}, status=429)
