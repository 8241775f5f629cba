"""A form to fill in by hand, from the same definition as the page."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from carehub import blank_forms, events
from carehub.definitions.errors import UnknownDefinition
from carehub.files.detection import PDF
from carehub.files.serving import file_response
from carehub.form_editions import form_for
from carehub.guards import requires
from carehub.models import Job


@requires("assessment.write")
def paper(request: HttpRequest, form: str) -> HttpResponse:
    """The PDF or, the first time that a version is asked for, the page that waits for it."""
    try:
        definition = form_for(request.actor.partnership_id, form)
    except UnknownDefinition:
        raise Http404 from None
    job = blank_forms.asked_for(definition, request.actor)
    data = blank_forms.made(job)
    if data is None:
        return render(request, "clients/blank_form_wait.html", {"definition": definition, "failed": job.state == Job.State.FAILED})
    events.record("form.printed", by=request.actor, reason=f"{definition.name} {definition.version}")
    return file_response(data, PDF, f"{definition.name}-{definition.version}.pdf")
