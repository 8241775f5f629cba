from django.urls import path

from reports.views import commissioner, partnership

urlpatterns = [
    path("partnership/", partnership.partnership, name="partnership"),
    path("commissioner/", commissioner.commissioner, name="commissioner"),
]
