"""Registering a client: one page, and a second one where somebody on record looks like the same person."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from carehub import events
from carehub.asking import Asking
from carehub.guards import requires
from carehub.keeping import Keeping, as_left
from carehub.keys import key_of
from carehub.rules import Refused
from clients.actions.registering import begin_episode, register_client
from clients.forms.registering import ReferredForm, RegisterForm
from clients.models import Client, Episode
from clients.policies import records as policies
from clients.views.finding import with_episodes
from clients.views.of_client import client_page, warn_if_no_way

#: Fields of the second page, beside those of the form.
LOOKED_AT, CHANGE, SAME = "looked_at", "change", "same"


@requires("client.register")
def register(request: HttpRequest) -> HttpResponse:
    return Registering(request, Keeping(request, kind="register")).answer()


@requires("client.register")
def begin_again(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """A new episode of somebody on record: they are back, or come from another agency. Nothing that is known is typed again."""
    client, context = client_page(request, client_id)
    back = reverse("client", args=[client.pk])
    try:
        policies.may_begin_episode(request.actor, Episode.objects.visible_to(request.actor).filter(client=client))
    except Refused as refused:
        messages.error(request, refused.message)
        return redirect(back)
    asking = Asking(request, ReferredForm, kind="episode-begin", subject=client.pk, client_id=client.pk, back_url=back, actor=request.actor)
    if (form := asking.answered()) and asking.does(
        lambda: begin_episode(by=request.actor, client=client, **form.cleaned_data),
        said=_("An episode is begun. What is to be asked again stands below."),
    ):
        return redirect(back)
    return asking.page("clients/episode_begin.html", **context)


class Registering:
    """One opened registration. ``stands``: what the form begins with."""

    template = "clients/register.html"
    #: For both pages, beside the form.
    more: Mapping[str, Any] = {}
    #: What is done when the form is right: its arguments of register_client, and who was looked at.
    registers: Callable[[dict[str, Any], list[UUID]], Client]
    #: What is done where somebody says that it is somebody on record; None: their record is opened.
    is_same: Callable[[UUID, dict[str, Any]], Client] | None = None
    said_of_same = ""

    def __init__(self, request: HttpRequest, keeping: Keeping, *, stands: Mapping[str, Any] | None = None) -> None:
        self.request, self.keeping, self.stands = request, keeping, dict(stands or {})
        self.registers = lambda said, seen: register_client(by=request.actor, looked_at_duplicates=seen, **said)

    def _form(self, data: QueryDict | None = None) -> RegisterForm:
        return RegisterForm(data, actor=self.request.actor, initial=dict(self.stands))

    def answer(self) -> HttpResponse:
        request, keeping = self.request, self.keeping
        if request.method != "POST":
            return self._page(as_left(self._form(keeping.data)) if keeping.data else self._form())
        form = self._form(request.POST)
        if CHANGE in request.POST:
            keeping.not_taken()
            return self._page(as_left(form))
        same = key_of(request.POST.get(SAME, ""))
        if same and self.is_same is None:
            keeping.done()
            return redirect("client", same)
        if not form.is_valid():
            return self._not_taken(form)
        try:
            if same and self.is_same is not None:
                client, said = self.is_same(same, form.told), self.said_of_same
            else:
                client = self.registers(form.told, _keys(request.POST))
                said = _("%(name)s is registered. Their reference is %(reference)s.")
        except policies.LikelyDuplicates as likely:
            keeping.not_taken()
            return self._duplicates_page(form, likely)
        except Refused as refused:
            for name, sentences in (refused.fields or {"": [refused.message]}).items():
                form.add_error(name if name in form.fields else None, sentences)
            return self._not_taken(form)
        keeping.done()
        messages.success(request, said % {"name": client.full_name, "reference": client.reference})
        warn_if_no_way(request, getattr(client, "safe_contact", None))
        return redirect("client", client.pk)

    def _not_taken(self, form: RegisterForm) -> HttpResponse:
        self.keeping.not_taken()
        return self._page(form)

    def _page(self, form: RegisterForm) -> HttpResponse:
        shown = {"form": form, "keeping": self.keeping, "draft_ticket": self.keeping.ticket}
        return render(self.request, self.template, shown | self.more)

    def _duplicates_page(self, form: RegisterForm, likely: policies.LikelyDuplicates) -> HttpResponse:
        """Who it might be, and the whole form carried along, so that nothing typed is lost whichever way it goes on."""
        rows = with_episodes(likely.clients, self.request.actor)
        events.saw(*(row.client.pk for row in rows))
        seen = {*_keys(self.request.POST), *(row.client.pk for row in rows)}
        ours = {"csrfmiddlewaretoken", "draft_ticket", "draft_form", "draft_sequence", LOOKED_AT, CHANGE, SAME}
        carried = [(name, value) for name, values in self.request.POST.lists() if name not in ours for value in values]
        carried += [(LOOKED_AT, str(key)) for key in sorted(seen)]
        context = {"rows": rows, "carried": carried, "draft_ticket": self.keeping.ticket, "new": form.cleaned_data}
        return render(self.request, "clients/duplicates.html", context | self.more)


def _keys(data: QueryDict) -> list[UUID]:
    return [key for text in data.getlist(LOOKED_AT)[:100] if (key := key_of(text))]
