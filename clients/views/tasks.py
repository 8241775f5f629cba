"""'Done': closes a task. What is countersigned: one person says what was done, a manager reads it, and countersigns or sends it back.

Whoever came from their home page (``?from=home``) goes back there, everybody else to the client's page.
"""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from carehub.actors import NotAllowed
from carehub.asking import Asking
from carehub.guards import requires
from carehub.models import Task
from carehub.offering import allows
from carehub.rules import Refused
from clients.actions.tasks import carry_out, close_task, reopen_task, send_back
from clients.forms.tasks import CarryOutForm, SendBackForm
from clients.models import Proposal
from clients.policies import tasks as task_rules
from clients.views.of_client import client_page

#: In the address: whoever asks came from the page that answers 'what must I do?' (actor.role.home).
FROM_HOME = "from=home"


@require_POST
@requires("assessment.write")
def done(request: HttpRequest, client_id: UUID, pk: UUID) -> HttpResponse:
    task = get_object_or_404(Task.objects.visible_to(request.actor), pk=pk, client_id=client_id)
    try:
        close_task(task=task, by=request.actor)
    except Refused as reason:
        messages.error(request, reason.message)
    else:
        task.refresh_from_db()
        wrong = reverse("task-reopened", args=[client_id, pk]) + (f"?{FROM_HOME}" if _from_home(request) else "")
        may_undo = allows(partial(task_rules.may_reopen, declined=False), request.actor, task)
        said = _("Done, and on record as done by you: %(what)s") % {"what": task.words}
        messages.success(request, said, extra_tags=wrong if may_undo else "")
    return redirect(_back(request, client_id))


@require_POST
@requires("assessment.write")
def reopened(request: HttpRequest, client_id: UUID, pk: UUID) -> HttpResponse:
    """Not done after all."""
    task = get_object_or_404(Task.objects.visible_to(request.actor), pk=pk, client_id=client_id)
    try:
        reopen_task(task=task, by=request.actor)
    except Refused as reason:
        messages.error(request, reason.message)
    else:
        messages.success(request, _("Not done after all, and open again: %(what)s") % {"what": task.words})
    return redirect(_back(request, client_id))


@requires("service.view")
def countersign(request: HttpRequest, client_id: UUID, pk: UUID) -> HttpResponse:
    """All that was asked for and said, to be read before one says that it was enough."""
    task, context = _page(request, client_id, pk)
    if refused := _refusal(request, task_rules.may_send_back, task):
        return refused
    if request.method == "POST":
        try:
            close_task(task=task, by=request.actor, seen=_moment(request.POST.get("seen", "")))
        except Refused as reason:
            messages.error(request, reason.message)
            return redirect(request.get_full_path())
        said = _("Countersigned by you, and closed: %(what)s %(name)s") % {"what": task.words, "name": context["client"].full_name}
        messages.success(request, said)
        return redirect(_back(request, client_id))
    try:
        task_rules.may_close(request.actor, task)
    except NotAllowed as reason:
        context["why_not"] = str(reason)
    return render(request, "clients/task_countersign.html", context | {"back_url": _back(request, client_id)})


def _from_home(request: HttpRequest) -> bool:
    return request.GET.get("from") == "home"


def _back(request: HttpRequest, client_id: UUID) -> str:
    return reverse(request.actor.role.home) if _from_home(request) else reverse("client", args=[client_id])


def _moment(text: str):
    try:
        return parse_datetime(text)
    except ValueError:
        return None


@requires("assessment.write")
def carried_out(request: HttpRequest, client_id: UUID, pk: UUID) -> HttpResponse:
    """What was done, and who was told."""
    task, context = _page(request, client_id, pk)
    before = {"words": task.carried_out_words, "told": task.told, "told_words": task.told_words}
    asking = _asking(request, task, CarryOutForm, kind="task-carried-out", stands=before)
    if refused := _refusal(request, task_rules.may_carry_out, task):
        return refused
    if form := asking.answered():
        said = form.cleaned_data
        if asking.does(
            lambda: carry_out(task=task, by=request.actor, **said), said=_("On record. It stays open until a manager has countersigned it.")
        ):
            return redirect(asking.back_url)
    return asking.page("clients/task_carried_out.html", **context)


@requires("service.view")
def sent_back(request: HttpRequest, client_id: UUID, pk: UUID) -> HttpResponse:
    """What is still to be done."""
    task, context = _page(request, client_id, pk)
    asking = _asking(request, task, SendBackForm, kind="task-sent-back")
    if refused := _refusal(request, task_rules.may_send_back, task):
        return refused
    if form := asking.answered():
        said = form.cleaned_data
        if asking.does(lambda: send_back(task=task, by=request.actor, **said), said=_("Sent back. Whoever did it is told.")):
            return redirect(asking.back_url)
    return asking.page("clients/task_sent_back.html", **context)


def _page(request: HttpRequest, client_id: UUID, pk: UUID) -> tuple[Task, dict[str, Any]]:
    _client, context = client_page(request, client_id)
    tasks = Task.objects.visible_to(request.actor).select_related("made_by", "carried_out_by", "sent_back_by")
    task = get_object_or_404(tasks, pk=pk, client_id=client_id)
    declined = Proposal.objects.filter(task=task, state=Proposal.State.DECLINED).exists()
    return task, context | {"task": task, "declined": declined}


def _asking(request: HttpRequest, task: Task, form: type, *, kind: str, **more: Any) -> Asking:
    back_url = _back(request, task.client_id)
    return Asking(request, form, kind=kind, subject=task.pk, client_id=task.client_id, back_url=back_url, **more)


def _refusal(request: HttpRequest, rule, task: Task) -> HttpResponse | None:
    """Before a page asks: back to the client with the reason, where there is nothing to ask any more."""
    try:
        rule(request.actor, task)
    except Refused as reason:
        messages.error(request, reason.message)
        return redirect(_back(request, task.client_id))
    return None
