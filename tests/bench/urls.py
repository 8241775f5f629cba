"""CareHub's pages, and an empty one to compare them with: signed in, in its frame, nothing in it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from carehub.guards import signed_in
from carehub.urls import handler400, handler403, handler404, handler500
from carehub.urls import urlpatterns as carehub

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


@signed_in
def empty(request: HttpRequest) -> HttpResponse:
    return render(request, "layouts/list.html")


urlpatterns = [path("bench/empty/", empty, name="bench-empty"), *carehub]
