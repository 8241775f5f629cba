"""For load balancers and the launcher: is this process answering, and can it reach its database?"""

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse

from carehub.guards import no_sign_in

PLAIN = "text/plain; charset=utf-8"


@no_sign_in("a load balancer asks; the answer is one word")
def health(request: HttpRequest) -> HttpResponse:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return HttpResponse("database not reached\n", status=503, content_type=PLAIN)
    return HttpResponse("ok\n", content_type=PLAIN)
