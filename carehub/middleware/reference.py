"""Gives each request a short reference: on the error page, in the log, for a person to read out."""

import secrets

from carehub import logs

#: Without letters and digits that are mistaken for each other on the telephone.
_LETTERS = "23456789BCDFGHJKMNPQRSTVWXZ"


class RequestReference:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.reference = "".join(secrets.choice(_LETTERS) for _ in range(8))
        token = logs.reference.set(request.reference)
        try:
            return self.get_response(request)
        finally:
            logs.reference.reset(token)
