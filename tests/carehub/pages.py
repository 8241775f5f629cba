"""Pages that exist in tests only: each does one thing that a view might do, right or wrong."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.template import engines
from django.template.response import TemplateResponse
from django.urls import path
from django.views.generic import ListView

from carehub import clock, context, events
from carehub.guards import no_sign_in, requires, signed_in
from carehub.keeping import Keeping
from carehub.models import Event
from carehub.urls import handler400, handler403, handler404, handler500  # noqa: F401
from carehub.urls import urlpatterns as ours
from clients.models import Client


class ClientList(ListView):
    """Django's own list view: its queryset is read while the template renders, after the view has returned."""

    def get_queryset(self):
        return Client.objects.visible_to(self.request.actor)

    def get_template_names(self):
        return engines["django"].from_string("{% for client in object_list %}[{{ client.reference }}]{% empty %}nobody{% endfor %}")


class ForgetfulList(ClientList):
    """What happens without a context: the transaction is there, whoever acts is not."""

    def render_to_response(self, *args, **kwargs):
        context.clear()
        return super().render_to_response(*args, **kwargs)


def rename(request, pk: UUID) -> Client:
    client = get_object_or_404(Client.objects.visible_to(request.actor), pk=pk)
    client.save_over(client.row_version, name_used=request.POST.get("name_used", "Changed"))
    events.record("client.renamed", by=request.actor, client=client.pk, subject=client, reason="asked for it")
    return client


def then(outcome: str):
    """A page that writes something and then ends in some way."""

    def view(request, pk: UUID):
        rename(request, pk)
        if outcome == "404":
            raise Http404
        if outcome == "403":
            raise PermissionDenied("Not on a Sunday.")
        if outcome == "500":
            raise ZeroDivisionError(f"about {pk}")
        if outcome == "400":
            return HttpResponse("no", status=400)
        if outcome == "broken transaction":
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1/0")
        if outcome == "fails at the commit":
            # The foreign key of its writer is checked at the end of the transaction.
            Event.objects.create(person_id=pk, verb="written", at=clock.now())
        if outcome == "streams":
            return StreamingHttpResponse(str(client) for client in Client.objects.all())
        return HttpResponse("done")

    return requires("client.view")(view)


@requires("client.view")
def two_clients(request, pk: UUID, other: UUID):
    """Shows two clients and does two things in one request."""
    for key in (pk, other):
        get_object_or_404(Client.objects.visible_to(request.actor), pk=key)
        events.saw(key)
    if request.method == "POST":
        events.record("client.merged", by=request.actor, client=pk, subject=Client(pk=pk), reason="the same person")
        events.record("client.closed", by=request.actor, client=other)
    return HttpResponse("two")


@signed_in
def nobody_shown(request):
    return HttpResponse("nothing to see")


@no_sign_in("a test")
def open_page(request):
    return HttpResponse(f"{Client.objects.count()} clients")


@requires("plan.write")
def kept_form(request, pk: UUID):
    """A form that loses nothing. POST 'good' is taken; anything else comes back as it was typed."""
    keeping = Keeping(request, kind="plan", subject=pk)
    if request.method == "POST" and request.POST.get("goal") == "good":
        keeping.done()
        return HttpResponse("taken")
    data = request.POST or keeping.data or {}
    return HttpResponse(f"{keeping.ticket}\n{data.get('goal', '')}")


@signed_in
def late_rendering(request):
    """A lazy answer: rendered by Django after the view, inside the transaction all the same."""
    template = engines["django"].from_string("{{ count }} in {{ inside }}")
    response = TemplateResponse(request, template, {})
    response.context_data = {"count": Client.objects.count, "inside": lambda: connection.in_atomic_block}
    return response


urlpatterns = [
    *ours,
    path("test/list", requires("client.view")(ClientList.as_view()), name="test-list"),
    path("test/forgetful", requires("client.view")(ForgetfulList.as_view()), name="test-forgetful"),
    path("test/two/<uuid:pk>/<uuid:other>", two_clients, name="test-two"),
    path("test/nobody", nobody_shown, name="test-nobody"),
    path("test/open", open_page, name="test-open"),
    path("test/late", late_rendering, name="test-late"),
    path("test/form/<uuid:pk>", kept_form, name="test-form"),
    *[
        path(f"test/{outcome.replace(' ', '-')}/<uuid:pk>", then(outcome), name=f"test-{outcome.replace(' ', '-')}")
        for outcome in ("done", "400", "403", "404", "500", "broken transaction", "fails at the commit", "streams")
    ],
]
