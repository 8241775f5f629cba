"""What a peer auditor finds: the case files given to them, and nothing else."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from carehub import clock
from carehub.guards import requires
from carehub.models import Access


@requires("tasks.view")
def auditor(request: HttpRequest) -> HttpResponse:
    """How many case files are open to the auditor today. Files come by an audit sample, to a person by name, and end with the audit."""
    given = Access.objects.filter(
        membership__isnull=False,
        basis=Access.Basis.AUDIT_SAMPLE,
    ).reached_by(request.actor)
    return render(request, "audits/home.html", {"files": given.count(), "today": clock.today()})
