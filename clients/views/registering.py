"""Registering a client: one page, and a second one where somebody on record looks like the same person."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from carehub import events
from carehub.guards import requires
from carehub.keeping import Keeping, as_left
from carehub.rules import Refused
from clients import policies
from clients.actions.registering import register_client
from clients.forms import RegisterForm
from clients.views.finding import with_episodes

#: Fields of the second page, beside those of the form.
LOOKED_AT, CHANGE, SAME = "looked_at", "change", "same"


@requires("client.register")
def register(request: HttpRequest) -> HttpResponse:
    keeping = Keeping(request, kind="register")
    if request.method != "POST":
        form = as_left(RegisterForm(keeping.data, actor=request.actor)) if keeping.data else RegisterForm(actor=request.actor)
        return _page(request, form, keeping)
    form = RegisterForm(request.POST, actor=request.actor)
    if CHANGE in request.POST:
        keeping.not_taken()
        return _page(request, as_left(form), keeping)
    if SAME in request.POST and (same := _key(request.POST[SAME])):
        keeping.done()
        return redirect("client", same)
    if not form.is_valid():
        keeping.not_taken()
        return _page(request, form, keeping)
    try:
        client = register_client(by=request.actor, looked_at_duplicates=_keys(request.POST), **form.client)
    except policies.LikelyDuplicates as likely:
        keeping.not_taken()
        return _duplicates_page(request, form, likely, keeping)
    except Refused as refused:
        for name, sentences in refused.fields.items():
            form.add_error(name if name in form.fields else None, sentences)
        keeping.not_taken()
        return _page(request, form, keeping)
    keeping.done()
    said = _("%(name)s is registered. Their reference is %(reference)s.") % {"name": client.full_name, "reference": client.reference}
    messages.success(request, said)
    return redirect("client", client.pk)


def _page(request: HttpRequest, form: RegisterForm, keeping: Keeping) -> HttpResponse:
    return render(request, "clients/register.html", {"form": form, "keeping": keeping, "draft_ticket": keeping.ticket})


def _duplicates_page(request: HttpRequest, form: RegisterForm, likely: policies.LikelyDuplicates, keeping: Keeping) -> HttpResponse:
    """Who it might be, and the whole form carried along, so that nothing typed is lost whichever way it goes on."""
    rows = with_episodes(likely.clients, request.actor)
    events.saw(*(row.client.pk for row in rows))
    seen = {*_keys(request.POST), *(row.client.pk for row in rows)}
    ours = {"csrfmiddlewaretoken", "draft_ticket", "draft_form", "draft_sequence", LOOKED_AT, CHANGE, SAME}
    carried = [(name, value) for name, values in request.POST.lists() if name not in ours for value in values]
    carried += [(LOOKED_AT, str(key)) for key in sorted(seen)]
    context = {"rows": rows, "carried": carried, "draft_ticket": keeping.ticket, "new": form.cleaned_data}
    return render(request, "clients/duplicates.html", context)


def _key(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _keys(data: QueryDict) -> list[UUID]:
    return [key for text in data.getlist(LOOKED_AT)[:100] if (key := _key(text))]
