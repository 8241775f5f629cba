"""Error pages: what happened, what to do, and that nothing typed is lost. An outsider learns nothing from them."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import loader
from django.utils.translation import gettext as _

from carehub import drafts
from carehub.guards import no_sign_in


def _page(request: HttpRequest, template: str, status: int, **more: object) -> HttpResponse:
    return render(request, template, {"reference": getattr(request, "reference", ""), **more}, status=status)


@no_sign_in("an error page says nothing about anybody")
def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, "400.html", 400)


@no_sign_in("an error page says nothing about anybody")
def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    reason = str(exception) if exception and str(exception) else _("Your role does not allow this.")
    return _page(request, "403.html", 403, reason=reason)


@no_sign_in("an error page says nothing about anybody")
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, "404.html", 404)


@no_sign_in("an error page says nothing about anybody")
def failed(request: HttpRequest) -> HttpResponse:
    # Without context processors: they might need what has just failed.
    page = loader.get_template("500.html").render({"reference": getattr(request, "reference", "")})
    return HttpResponse(page, status=500)


@no_sign_in("an error page says nothing about anybody")
def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page was opened before the last sign-in. Its text has been kept; it stands in the form when that is opened again."""
    return _page(request, "403_csrf.html", 403, form_address=drafts.form_address(request))
