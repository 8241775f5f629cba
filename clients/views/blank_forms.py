"""A form to fill in by hand, from the same definition as the page."""

from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string

from carehub import events
from carehub.definitions.errors import UnknownDefinition
from carehub.definitions.fingerprint import fingerprint
from carehub.definitions.show import blank
from carehub.documents.render import render as as_pdf
from carehub.files.detection import PDF
from carehub.files.serving import file_response
from carehub.form_editions import form_for
from carehub.guards import requires

STYLESHEET = "css/blank-form.css"


@requires("assessment.write")
def paper(request: HttpRequest, form: str) -> HttpResponse:
    """Nothing about anybody stands on it: the reference is written by hand."""
    try:
        definition = form_for(request.actor.partnership_id, form)
    except UnknownDefinition:
        raise Http404 from None
    html = render_to_string("print/blank_form.html", {"form": definition, "sections": blank(definition)})
    events.record("form.printed", by=request.actor, reason=f"{definition.name} {definition.version}")
    data = as_pdf(html, identifier=f"{definition.name}-{definition.version}-{fingerprint(definition)[:16]}", stylesheet=STYLESHEET)
    return file_response(data, PDF, f"{definition.name}-{definition.version}.pdf")
