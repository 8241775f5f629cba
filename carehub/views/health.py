"""For load balancers and the launcher: is this process answering, and can it reach its database?"""

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse

from carehub.guards import no_sign_in


@no_sign_in("a load balancer asks; the answer is one word")
def health(request: HttpRequest) -> HttpResponse:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return HttpResponse("database not reached\n", status=503, content_type="text/plain")
    return HttpResponse("ok\n", content_type="text/plain")
