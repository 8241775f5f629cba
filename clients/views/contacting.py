"""Changing how a client may be reached."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from carehub.asking import Asking
from carehub.guards import requires
from clients.actions.contacting import change_contact
from clients.forms.registering import ContactForm
from clients.models import SafeContact
from clients.policies import sharing as rules
from clients.views.of_client import client_page, warn_if_no_way


@requires("contact.change")
def change(request: HttpRequest, client_id: UUID) -> HttpResponse:
    client, context = client_page(request, client_id)
    rules.must_treat(request.actor, client, "contact.change")
    safe = getattr(client, "safe_contact", None)
    if safe is None:
        raise Http404
    stands = {name: getattr(safe, name) for name in ContactForm.REACH} | {"opened_at": safe.row_version}
    stands |= {name: getattr(client, name) for name in SafeContact.OF_THE_CLIENT}
    back = reverse("client-contact", args=[client.pk])
    asking = Asking(request, ContactForm, kind="contact", subject=client.pk, client_id=client.pk, back_url=back, stands=stands)
    if form := asking.answered():
        said = form.cleaned_data
        if asking.does(lambda: change_contact(by=request.actor, client=client, **said), said=_("Saved. Asked today.")):
            warn_if_no_way(request, SafeContact.objects.visible_to(request.actor).select_related("client").get(pk=safe.pk))
            return redirect(back)
    return asking.page("clients/contact_change.html", **context | {"asked_on": safe.asked_on})
