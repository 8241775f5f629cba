"""Whether a page offers something: the rule that the action asks is asked beforehand, and does not stop the page."""

from collections.abc import Callable

from carehub.actors import NotAllowed
from carehub.lifecycle import WrongState
from carehub.rules import Refused


def allows(rule: Callable[..., object], *about: object, **more: object) -> bool:
    """Whether the rule lets it pass: for a button."""
    return not why_not(rule, *about, **more)


def why_not(rule: Callable[..., object], *about: object, **more: object) -> str:
    """What the rule says against it; '' where it lets it pass."""
    try:
        rule(*about, **more)
    except (WrongState, NotAllowed, Refused) as no:
        return str(no)
    return ""
