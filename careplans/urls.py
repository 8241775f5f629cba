from django.urls import path

from careplans.views import caseload, home, notices, service

urlpatterns = [
    path("", home.home, name="home"),
    path("role/", home.switch_role, name="switch-role"),
    path("caseload/", caseload.caseload, name="caseload"),
    path("service/", service.service, name="service"),
    path("notices/", notices.notices, name="notices"),
    path("notices/<uuid:pk>/", notices.notice_read, name="notice-read"),
]
