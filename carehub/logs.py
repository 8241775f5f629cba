"""Logs: one JSON object a line. Keys and words of ours only; a client's data never gets into one."""

import json
import logging
from contextvars import ContextVar

#: The reference of the request that is being answered; on the error page and in every line of the log.
reference: ContextVar[str] = ContextVar("carehub_reference", default="")

#: What may stand beside the message. Anything else that was passed along is left out rather than trusted.
ALLOWED = ("job", "kind", "attempt", "problem", "page", "status", "milliseconds", "queries", "count")


class JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {"time": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"), "level": record.levelname, "logger": record.name}
        if record.name.startswith(("django.request", "django.security")):
            # Django's own line holds the address, and an address can hold what somebody typed, or the secret of a link.
            line["message"] = "request ended in an error"
        elif record.exc_info and not record.name.startswith("carehub"):
            # Others put the error's text into theirs, and that may quote a record.
            line["message"] = "error"
        else:
            line["message"] = record.getMessage()
        if current := reference.get():
            line["reference"] = current
        line.update({name: getattr(record, name) for name in ALLOWED if hasattr(record, name)})
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
            line["where"] = where(record.exc_info[2])
        return json.dumps(line, default=str)


def where(traceback) -> list[str]:
    """File, line and function of each step; not the text of the error, which may quote a record."""
    steps = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        steps.append(f"{code.co_filename.rsplit('/', 3)[-1]}:{traceback.tb_lineno} {code.co_name}")
        traceback = traceback.tb_next
    return steps[-8:]
