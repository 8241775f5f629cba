"""The developers' gallery: every layout and part with invented content, in the demonstration and in debugging only."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from carehub.guards import no_sign_in
from carehub.views import gallery_samples

#: Page of the gallery → its template.
PAGES = {
    "parts": "carehub_pages/gallery.html",
    "today": "carehub_pages/gallery_today.html",
    "client": "carehub_pages/gallery_client.html",
    "form": "carehub_pages/gallery_form.html",
    "mistakes": "carehub_pages/gallery_form.html",
    "quiet": "carehub_pages/gallery_quiet.html",
    "error-400": "400.html",
    "error-403": "403.html",
    "error-404": "404.html",
    "error-500": "500.html",
    "error-stale": "403_csrf.html",
    "expired": "expired.html",
}


@no_sign_in("only in the demonstration, and shows nobody who exists")
def gallery(request: HttpRequest, page: str = "parts") -> HttpResponse:
    if not (settings.DEMO or settings.DEBUG) or page not in PAGES:
        raise Http404
    if page == "today":
        messages.success(request, _("The plan is signed and locked. The printed sheet is being made."))
    wrong = page == "mistakes"
    more = {
        "page": page,
        "pages": list(PAGES),
        "tab": "2",
        "reference": "K7QM-3HRT",
        "reason": _("As peer auditor you cannot do this: it needs a role that may write care plans."),
        "form_address": "/",
        "back_url": request.path if page in ("form", "mistakes") else "",
        "submit_text": _("Register client"),
    }
    return render(request, PAGES[page], gallery_samples.parts(wrong=wrong) | more)
