"""Outcome profiles for tests: every question answered, little of everything."""

from datetime import date
from typing import Any

from carehub.actors import Actor
from carehub.definitions.answers import Answers
from carehub.definitions.catalogue import catalogue
from carehub.definitions.fingerprint import fingerprint
from carehub.definitions.schema import Form
from clients.models import Assessment, Client
from clients.outcomes.due import FORM
from tests import factories

#: No use, no crime, the middle of each scale.
QUIET = {"weeks": [0, 0, 0, 0], "yes-no": "no", "number": 10, "text": "Something"}


def form() -> Form:
    return catalogue().form(FORM, 1)


def answers(stage: str, **other: Any) -> Answers:
    """``other``: an item without its prefix (with _ for -) → its value, or a whole answer such as {"none": "declined"}."""
    given = {f"outcome-{name.replace('_', '-')}": one if isinstance(one, dict) else {"value": one} for name, one in other.items()}
    found: Answers = {"outcome-stage": {"value": stage}}
    for question in form().questions:
        if question.kind in ("weeks", "yes-no") or question.most == 20:
            found[question.id] = given.get(question.id) or {"value": QUIET[question.kind]}
    return found | given


def profile_of(client: Client, on: date, stage: str, *, by: Actor, state: str = "complete", **other: Any) -> Assessment:
    return factories.assessment(
        client,
        by=by,
        state=state,
        risks=0,
        form=FORM,
        form_fingerprint=fingerprint(form()),
        answers=answers(stage, **other),
        took_place_on=on,
    )
