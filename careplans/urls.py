from django.urls import path

from careplans.views import (
    caseload,
    client,
    documents,
    home,
    life,
    notices,
    reading,
    returning,
    seen_first,
    service,
    signing,
    work,
    writing,
)

_CLIENT = "clients/<uuid:client_id>/"
_PLAN = f"{_CLIENT}plan/<uuid:pk>/"

urlpatterns = [
    path("", home.home, name="home"),
    path("role/", home.switch_role, name="switch-role"),
    path("caseload/", caseload.caseload, name="caseload"),
    path("service/", service.service, name="service"),
    path("service/first/", seen_first.seen_first, name="seen-first"),
    path("work/", work.work, name="worklist"),
    path("work/export/", work.export, name="worklist-export"),
    path("notices/", notices.notices, name="notices"),
    path("notices/<uuid:pk>/", notices.notice_read, name="notice-read"),
    path(_CLIENT, client.client, name="client"),
    path(f"{_CLIENT}plan/", writing.start, name="plan-start"),
    path(_PLAN, reading.show, name="plan-show"),
    path(f"{_PLAN}edit/", writing.edit, name="plan-edit"),
    path(f"{_PLAN}agree/", writing.agree, name="plan-agree"),
    path(f"{_PLAN}reopen/", writing.reopen, name="plan-reopen"),
    path(f"{_PLAN}revise/", writing.revise, name="plan-revise"),
    path(f"{_PLAN}return/", returning.return_version, name="plan-return"),
    path(f"{_CLIENT}returned/<uuid:pk>/", returning.mended, name="plan-mended"),
    path(f"{_PLAN}sign/", signing.sign, name="plan-sign"),
    path(f"{_PLAN}paper/", signing.paper, name="plan-paper"),
    path(f"{_PLAN}print/", documents.print_and_give, name="plan-print"),
    path(f"{_PLAN}print/make/", documents.make, name="document-make"),
    path(f"{_PLAN}changes/", life.what_changed, name="plan-changes"),
    path(f"{_PLAN}note/", life.note, name="plan-note"),
    path(f"{_PLAN}signed/", life.signed_later, name="plan-signed-later"),
    path(f"{_PLAN}close/", life.close, name="plan-close"),
    path(f"{_PLAN}lead/", life.lead, name="plan-lead"),
    path(f"{_PLAN}scan/", documents.scan, name="plan-scan"),
    path("documents/<uuid:pk>/", documents.open_document, name="document-open"),
    path("documents/<uuid:pk>/again/", documents.again, name="document-again"),
    path("check/<str:token>/", documents.check, name="document-check"),
]
