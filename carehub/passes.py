"""A scheduled pass over every partnership, each in a transaction of its own, which the pass itself opens (carehub.context.on_duty)."""

import logging
from collections.abc import Callable

from carehub.models import Partnership

logger = logging.getLogger(__name__)


def over_partnerships(kind: str, one: Callable[[Partnership], int]) -> int:
    """The sum of what ``one`` returns. One that fails, whatever of, does not keep the others waiting: the next pass repeats it."""
    done = 0
    for partnership in Partnership.objects.order_by("pk"):
        try:
            done += one(partnership)
        except Exception:
            logger.exception("a pass failed; the next one repeats it", extra={"kind": kind})
    return done
