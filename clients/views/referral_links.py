"""Links by which other services refer: who holds one, how often it was used, a new one, stopping one. No client stands here."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from carehub import clock
from carehub.asking import Asking
from carehub.definitions.catalogue import catalogue
from carehub.forms import CareHubForm
from carehub.guards import requires
from carehub.models import Agency
from carehub.rules import Refused
from carehub.views.administration import tabs
from clients.actions.referral_links import Made, make_link, stop_link
from clients.forms.referring import LinkForm
from clients.models import ReferralLink
from clients.policies import referring as rules

#: Session key: the token of the link that was made a moment ago.
_TOKEN = "referral-link-made"


@requires("referral.link")
def links(request: HttpRequest) -> HttpResponse:
    found = ReferralLink.objects.visible_to(request.actor).select_related("agency", "made_by", "stopped_by").order_by("-made_at", "pk")
    codes = catalogue().codes_on("referral-source", clock.today())
    rows = [(each, code.text if (code := codes.code(each.referral_source)) else "") for each in found]
    works = [row for row in rows if row[0].standing == "current"]
    context = {
        "works": works,
        "over": [row for row in rows if row not in works],
        "tabs": tabs() if request.actor.may("configure") else [],
        "tab": "referral-links",
        "of_all": request.actor.agency_id is None,
    }
    return render(request, "clients/referral_links.html", context)


@requires("referral.link")
def add(request: HttpRequest) -> HttpResponse:
    agencies = Agency.objects.filter(partnership_id=request.actor.partnership_id).order_by("name")
    if request.actor.agency_id:
        agencies = agencies.filter(pk=request.actor.agency_id)
    back_url = reverse("referral-links")
    asking = Asking(request, LinkForm, kind="referral-link", back_url=back_url, agencies=list(agencies))
    new: list[Made] = []
    if (form := asking.answered()) and asking.does(
        lambda: new.append(make_link(by=request.actor, **form.made)), said=_("The link works from now on.")
    ):
        # Until the next page has shown it: reloading that makes no second link.
        request.session[_TOKEN] = {str(new[0].link.pk): new[0].token}
        return redirect("referral-link-made", new[0].link.pk)
    return asking.page(
        "administration/form.html", heading=_("Make a referral link"), submit_text=_("Make the link"), caption=_where(request)
    )


@requires("referral.link")
def made(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The address of a new link, once: it is kept nowhere."""
    link = get_object_or_404(ReferralLink.objects.visible_to(request.actor).select_related("agency"), pk=pk)
    token = request.session.pop(_TOKEN, {}).get(str(pk))
    if token is None:
        messages.warning(request, _("The address of a link is shown once. If it is lost, stop the link and make another."))
        return redirect("referral-links")
    address = settings.PUBLIC_ADDRESS.rstrip("/") + reverse("refer", args=[token])
    return render(request, "clients/referral_link_made.html", {"link": link, "address": address, "back_url": reverse("referral-links")})


@requires("referral.link")
def stop(request: HttpRequest, pk: UUID) -> HttpResponse:
    link = get_object_or_404(ReferralLink.objects.visible_to(request.actor).select_related("agency"), pk=pk)
    try:
        rules.may_stop_link(request.actor, link)
    except Refused as refused:
        messages.error(request, refused.message)
        return redirect("referral-links")
    asking = Asking(request, CareHubForm, kind="referral-link.stop", subject=pk, back_url=reverse("referral-links"))
    if asking.answered() and asking.does(lambda: stop_link(by=request.actor, link=link), said=_("Stopped.")):
        return redirect("referral-links")
    context = {"heading": _("Stop this link?"), "submit_text": _("Stop the link"), "caption": link.for_whom, "link": link}
    return asking.page("clients/referral_link_stop.html", **context)


def _where(request: HttpRequest) -> str:
    return str(request.actor.agency or request.actor.partnership)
