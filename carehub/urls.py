from django.urls import include, path

from carehub.views import drafts, health

handler400 = "carehub.views.errors.bad_request"
handler403 = "carehub.views.errors.forbidden"
handler404 = "carehub.views.errors.not_found"
handler500 = "carehub.views.errors.failed"

urlpatterns = [
    path("health", health.health, name="health"),
    path("drafts/", drafts.save, name="draft-save"),
    path("drafts/discard/", drafts.discard, name="draft-discard"),
    path("accounts/", include("allauth.account.urls")),
    path("", include("clients.urls")),
    path("", include("careplans.urls")),
    path("", include("audits.urls")),
    path("", include("reports.urls")),
]
