"""The page behind a referral link: for whoever holds it, without an account. It takes something in and shows nothing of anybody."""

import hashlib
import json
from uuid import UUID, uuid4, uuid5

from django.core import signing
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from carehub import context
from carehub.definitions.fields import build
from carehub.form_editions import form_for
from carehub.guards import no_sign_in
from carehub.rules import Refused
from carehub.signing_in import throttle
from carehub.views.passwords import too_often
from clients.actions.referral_links import take_in
from clients.forms.referring import ReferForm
from clients.models import ReferralLink
from clients.models.referrals import mark_of
from clients.policies import referring as rules

#: Nobody types more than this; what is longer was not typed here.
LARGEST = 200_000
#: Hidden in the form: the same words sent twice are one referral.
ONCE, _SALT = "once", "clients.refer"


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@no_sign_in("whoever holds the link sends a referral; the page can only be written to, and answers alike for any link that does not work")
def refer(request: HttpRequest, token: str) -> HttpResponse:
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST:
        raise RequestDataTooBig("more than anybody types")
    if not throttle.try_once(request, "refer"):
        return too_often(request)
    mark = mark_of(token)
    with context.through_link(mark):
        # Stopped, run out, never made: one question, one page.
        link = ReferralLink.objects.working().filter(token_sha256=mark).select_related("agency").first()
    if link is None:
        return render(request, "clients/refer_closed.html")
    with context.through_link(mark, link.partnership_id):
        return _page(request, link, mark)


def _page(request: HttpRequest, link: ReferralLink, mark: str) -> HttpResponse:
    definition = form_for(link.partnership_id, rules.FORM)
    shown = {"link": link, "agency": link.agency}
    if request.method != "POST":
        once = signing.dumps(uuid4().hex, salt=_SALT)
        return render(
            request,
            "clients/refer.html",
            shown | {"form": ReferForm(initial={"referrer_organisation": link.for_whom}), "questions": build(definition), "once": once},
        )
    form, questions = ReferForm(request.POST), build(definition, data=request.POST, completing=True)
    fine = [form.is_valid(), questions.is_valid()]
    if all(fine):
        tried = throttle.try_once(request, "refer-send", mark)
        if not tried:
            return too_often(request)
        try:
            reference = take_in(link=link, key=_key(request), told=form.told, form=definition, answers=questions.answers)
        except Refused as refused:
            tried.rollback()
            questions.add_error(None, refused.message)
        else:
            return render(request, "clients/refer_sent.html", shown | {"reference": reference})
    once = request.POST.get(ONCE, "")
    return render(request, "clients/refer.html", shown | {"form": form, "questions": questions, "once": once})


def _key(request: HttpRequest) -> UUID:
    """Of this opened form with these words in it: sent twice it is the same, with other words it is another referral."""
    try:
        opened = UUID(signing.loads(request.POST.get(ONCE, ""), salt=_SALT))
    except (signing.BadSignature, ValueError):
        opened = uuid4()
    typed = sorted((name, values) for name, values in request.POST.lists() if name != "csrfmiddlewaretoken")
    return uuid5(opened, hashlib.sha256(json.dumps(typed).encode("utf-8", "surrogatepass")).hexdigest())
