"""What reads is GET or HEAD, what changes is POST. Nothing else is answered: pages that only ask for POST would take TRACE for GET."""

from django.http import HttpResponseNotAllowed

ANSWERED = ("GET", "HEAD", "POST")


class Methods:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request) if request.method in ANSWERED else HttpResponseNotAllowed(ANSWERED)
