"""'Done': closes a task."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from carehub.actors import NotAllowed
from carehub.guards import requires
from carehub.models import Task
from carehub.rules import Refused
from clients.actions.tasks import close_task


@require_POST
@requires("assessment.write")
def done(request: HttpRequest, client_id: UUID, pk: UUID) -> HttpResponse:
    task = get_object_or_404(Task.objects.visible_to(request.actor), pk=pk, client_id=client_id)
    try:
        close_task(task=task, by=request.actor)
    except NotAllowed as reason:
        raise PermissionDenied(str(reason)) from reason
    except Refused as reason:
        messages.error(request, reason.message)
    else:
        messages.success(request, _("Done, and on record as done by you."))
    return redirect("client", task.client_id)
