from django.urls import path

from audits.views import home

urlpatterns = [
    path("audits/", home.auditor, name="auditor"),
]
