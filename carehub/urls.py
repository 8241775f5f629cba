from django.urls import include, path

from carehub.views import accounts, administration, demonstration, drafts, gallery, health, passwords

handler400 = "carehub.views.errors.bad_request"
handler403 = "carehub.views.errors.forbidden"
handler404 = "carehub.views.errors.not_found"
handler500 = "carehub.views.errors.failed"

urlpatterns = [
    path("health", health.health, name="health"),
    path("drafts/", drafts.save, name="draft-save"),
    path("drafts/discard/", drafts.discard, name="draft-discard"),
    path("sign-in/", accounts.login, name="account_login"),
    path("sign-out/", accounts.logout, name="account_logout"),
    path("password/", accounts.change_password, name="account_change_password"),
    path("password/link/<str:token>/", passwords.follow, name="password-link"),
    path("password/set/", passwords.set_password, name="password-set"),
    *[path(f"accounts/{name}/", accounts.shut, name=f"account_{name}") for name in ("signup", "reset_password", "inactive", "email")],
    path("administration/", administration.administration, name="administration"),
    path("demonstration/clock/", demonstration.demonstration_clock, name="demonstration-clock"),
    path("demonstration/mail/", demonstration.demonstration_mail, name="demonstration-mail"),
    path("gallery/", gallery.gallery, name="gallery"),
    path("gallery/<slug:page>/", gallery.gallery, name="gallery-page"),
    path("", include("clients.urls")),
    path("", include("careplans.urls")),
    path("", include("audits.urls")),
    path("", include("reports.urls")),
]
