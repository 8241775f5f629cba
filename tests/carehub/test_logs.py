"""Logs: one JSON object a line, and never what a record says."""

import json
import logging
import sys

import pytest

from carehub.logs import JsonLines, reference

SECRET = "Rowan Ashgrove, heroin"


@pytest.fixture
def line():
    """``line("carehub.jobs", "job failed", kind="x")`` as it would be written."""

    def written(logger: str, message: str, *arguments, exc_info=None, level=logging.ERROR, **extra) -> dict:
        record = logging.getLogger(logger).makeRecord(logger, level, __file__, 1, message, arguments, exc_info, extra=extra)
        text = JsonLines().format(record)
        assert "\n" not in text
        return json.loads(text)

    return written


def raised():
    try:
        raise ValueError(SECRET)
    except ValueError:
        return sys.exc_info()


def test_a_line_is_an_object(line):
    found = line("carehub.jobs", "job failed", kind="careplans.seal_plan", attempt=2)
    assert found["message"] == "job failed"
    assert (found["kind"], found["attempt"], found["level"], found["logger"]) == ("careplans.seal_plan", 2, "ERROR", "carehub.jobs")


def test_what_is_not_on_the_list_is_left_out(line):
    assert SECRET not in json.dumps(line("carehub.jobs", "job failed", client_name=SECRET, answers={"drug": SECRET}))


@pytest.mark.parametrize("logger", ["carehub.jobs", "django.request", "celery.app.trace", "weasyprint"])
def test_an_error_says_where_and_not_what(line, logger):
    found = line(logger, "it failed" if logger.startswith("carehub") else f"it failed: {SECRET}", exc_info=raised())
    assert SECRET not in json.dumps(found)
    assert found["error"] == "ValueError"
    assert found["where"][-1].endswith("raised")


def test_an_address_is_not_in_the_log(line):
    assert SECRET not in json.dumps(line("django.request", "Not Found: %s", f"/clients/?name={SECRET}", level=logging.WARNING))


def test_nor_is_the_secret_of_a_link(line):
    """A form without its token is refused by Django, which writes the address down: behind a referral link that is the key to it."""
    found = line(
        "django.security.csrf", "Forbidden (%s): %s", "CSRF cookie not set.", "/refer/the-secret-of-a-link/", level=logging.WARNING
    )
    assert "the-secret-of-a-link" not in json.dumps(found)
    assert found["logger"] == "django.security.csrf"


def test_the_reference_ties_lines_together(line):
    token = reference.set("7K2MQX4B")
    try:
        assert line("carehub", "x")["reference"] == "7K2MQX4B"
    finally:
        reference.reset(token)
    assert "reference" not in line("carehub", "x")
