"""``python -m tests.proof.one_pass``: a worker with one pass over reviews in its life, which a test kills where it likes."""

import django

django.setup()

from careplans.actions import reviews  # noqa: E402
from careplans.tasks import find_due_reviews  # noqa: E402
from tests.working import stop_at  # noqa: E402

#: Where it may die: reviews asked for and half the notices written; everything written, the mails too; after the commit.
POINTS = ("asked", "told", "committed")


def _and_stop(original, point: str):
    def deed(*args, **kwargs):
        result = original(*args, **kwargs)
        stop_at(point)
        return result

    return deed


if __name__ == "__main__":
    reviews.ask_where_risk_rose = _and_stop(reviews.ask_where_risk_rose, "asked")
    reviews._write_mails = _and_stop(reviews._write_mails, "told")
    find_due_reviews()
    stop_at("committed")
