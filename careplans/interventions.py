"""Interventions that a step of a plan can be, from the dated list 'modality'. An intervention has a tier, an agency never does."""

from carehub import clock
from carehub.definitions.catalogue import catalogue
from carehub.definitions.schema import Choice


def interventions() -> tuple[Choice, ...]:
    """As the list stands today."""
    return catalogue().codes_on("modality", clock.today()).codes


def _of(code: str) -> Choice | None:
    return next((each for each in interventions() if each.value == code), None)


def tier_of(code: str) -> str:
    """'3'; '' for none. Written beside the code, so that a later list changes no plan that was signed."""
    found = _of(code)
    return str(dict(found.properties)["tier"]) if found else ""


def words_of(code: str) -> str:
    found = _of(code)
    return found.text if found else ""
