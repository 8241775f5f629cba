from django.urls import include, path

from carehub.views import (
    accounts,
    administration,
    demonstration,
    drafts,
    gallery,
    health,
    organisation,
    passwords,
    reading,
    roles,
    screen,
    second_factor,
    staff,
)

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
    path("sign-in/code/", second_factor.authenticate, name="mfa_authenticate"),
    path("sign-in/organisation/", organisation.go, name="organisation"),
    path("sign-in/organisation/back/", organisation.back, name="organisation-back"),
    path("sign-in/again/", second_factor.reauthenticate, name="account_reauthenticate"),
    path("your-sign-in/", second_factor.your_sign_in, name="mfa_index"),
    path("your-sign-in/app/", second_factor.add_app, name="mfa_activate_totp"),
    path("your-sign-in/key/", second_factor.add_key, name="mfa_add_webauthn"),
    path("your-sign-in/remove/", second_factor.remove, name="second-factor-remove"),
    path("your-sign-in/codes/", second_factor.codes, name="mfa_view_recovery_codes"),
    path("your-sign-in/end/", second_factor.end_sign_in, name="sign-in-end"),
    *[
        path(f"accounts/{name.replace('_', '-')}/", second_factor.shut, name=f"mfa_{name}")
        for name in ("deactivate_totp", "reauthenticate", "reauthenticate_webauthn", "list_webauthn")
    ],
    path("screen/", screen.unlock, name="screen"),
    path("screen/lock/", screen.lock, name="screen-lock"),
    path("screen/state/", screen.state, name="screen-state"),
    path("reading/", reading.go_on, name="reading-go-on"),
    path("password/", passwords.change_password, name="account_change_password"),
    path("password/link/<str:token>/", passwords.follow, name="password-link"),
    path("password/set/", passwords.set_password, name="password-set"),
    *[path(f"accounts/{name}/", accounts.shut, name=f"account_{name}") for name in ("signup", "reset_password", "inactive", "email")],
    path("administration/", administration.administration, name="administration"),
    path("administration/left/", administration.leavers, name="leavers"),
    path("administration/agencies/", administration.agencies, name="agencies"),
    path("administration/agencies/add/", administration.add, name="agency-add"),
    path("administration/agencies/<uuid:pk>/", administration.change, name="agency-change"),
    path("administration/staff/add/", staff.add, name="staff-add"),
    path("administration/staff/<uuid:pk>/", staff.person_page, name="staff-person"),
    path("administration/staff/<uuid:pk>/change/", staff.change, name="staff-change"),
    path("administration/staff/<uuid:pk>/link/", staff.link, name="staff-link"),
    path("administration/staff/<uuid:pk>/left/", staff.left, name="staff-left"),
    path("administration/staff/<uuid:pk>/second-factor/", staff.reset, name="staff-second-factor"),
    path("administration/staff/<uuid:pk>/role/", roles.give, name="role-give"),
    path("administration/roles/<uuid:pk>/end/", roles.end, name="role-end"),
    path("administration/roles/<uuid:pk>/deputy/", roles.deputy, name="deputy-name"),
    path("demonstration/clock/", demonstration.demonstration_clock, name="demonstration-clock"),
    path("demonstration/mail/", demonstration.demonstration_mail, name="demonstration-mail"),
    path("gallery/", gallery.gallery, name="gallery"),
    path("gallery/<slug:page>/", gallery.gallery, name="gallery-page"),
    path("", include("clients.urls")),
    path("", include("careplans.urls")),
    path("", include("audits.urls")),
    path("", include("reports.urls")),
]
