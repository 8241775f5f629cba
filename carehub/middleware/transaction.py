"""Owns the request's transaction: one for the view, its rendering, its event; committed below 400, rolled back otherwise.

ATOMIC_REQUESTS would wrap the view only: a class-based list renders after it, without the context, and shows an empty list.
"""

import logging

from django.db import DatabaseError, connection, transaction

from carehub import context, drafts, events, reading
from carehub.views.reading import stopped

logger = logging.getLogger(__name__)

#: Answered without the database.
NO_TRANSACTION = ("/static/", "/health")


class RequestTransaction:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.path.startswith(NO_TRANSACTION):
            return self.get_response(request)
        with events.gathering() as entry:
            try:
                with transaction.atomic():
                    response = self.get_response(request)
                    if response.streaming:
                        raise RuntimeError("A streamed answer would be read after its transaction: write a file in a job instead.")
                    if response.status_code >= 400:
                        transaction.set_rollback(True)
                    elif worth_an_event(request, entry):
                        entry.actor = entry.actor or getattr(request, "actor", None)
                        response = self.written(request, response, entry)
            except Exception:
                # Not the view, whose errors are answers by now: the commit itself, or writing the event.
                self.after_refusal(request, 500, entry)
                raise
            if response.status_code >= 400:
                self.after_refusal(request, response.status_code, entry)
        return response

    def written(self, request, response, entry):
        """The answer with its event; for one record too many in a short time, what asks for the password instead of it."""
        about = {"page": _page(request), "method": request.method, "status": response.status_code, "reference": request.reference}
        pace = entry.write(**about, since=reading.since(request))
        if not reading.too_fast(request, pace):
            return response
        transaction.set_rollback(True)
        request.stopped_reading = True
        return stopped(request)

    def after_refusal(self, request, status: int, entry) -> None:
        """What must outlive the rollback, in a transaction of its own: that it was refused, and what had been typed."""
        try:
            with transaction.atomic():
                actor = getattr(request, "actor", None)
                if actor is None:
                    context.clear()
                else:
                    context.acting_as(actor, reference=request.reference)
                drafts.keep_what_was_typed(request)
                if is_draft(request):
                    return
                entry.actor, entry.also = actor, []
                entry.verb = _word(request, status)
                if entry.verb == reading.STOPPED:
                    reading.tell(actor)
                entry.write(page=_page(request), method=request.method, status=status, reference=request.reference)
        except DatabaseError:
            # The database may be what failed; the person still gets the error page, the log still gets a line.
            logger.exception("the refusal could not be written down", extra={"status": status})
            connection.close()


def _word(request, status: int) -> str:
    if status >= 500:
        return "failed"
    return reading.STOPPED if getattr(request, "stopped_reading", False) else "refused"


def is_draft(request) -> bool:
    """An automatic save. It comes every few seconds and is nobody's deed; not even one that is refused."""
    return getattr(request.resolver_match, "view_name", "") == "draft-save"


def worth_an_event(request, entry) -> bool:
    """Whatever was done, and whatever showed a client. A home page without a client, a draft, a style sheet is not."""
    return bool(entry.verb or entry.clients) and not is_draft(request)


def _page(request) -> str:
    match = request.resolver_match
    return (match.view_name or "")[:100] if match else ""
