"""Lifecycles as one table each: from which state, by what, to which state. The diagram in the guide is made from the same table."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _


class WrongState(Exception):
    """The step cannot be taken from where the thing stands. Its text is a sentence for the person who tried."""


@dataclass(frozen=True)
class Step:
    """``name`` is also the event's verb, 'plan.agree'; ``permission`` is what the step asks of a role."""

    name: str
    sources: frozenset[str]
    target: str
    permission: str
    #: The button.
    label: Promise | str


class Lifecycle:
    def __init__(self, thing: str, words: dict[str, Promise | str], steps: Iterable[Step]):
        self.thing, self.words, self.steps = thing, words, {step.name: step for step in steps}
        for step in self.steps.values():
            if unknown := ({step.target, *step.sources} - words.keys()):
                raise ValueError(f"{thing}: step {step.name} names unknown states {sorted(unknown)}")

    def check(self, name: str, state: str) -> Step:
        """The step, if it can be taken from ``state``; else :class:`WrongState`."""
        step = self.steps[name]
        if state not in step.sources:
            raise WrongState(
                _("This %(thing)s is %(state)s: it cannot be %(target)s.")
                % {"thing": self.thing, "state": self.words[state], "target": self.words[step.target]}
            )
        return step

    def diagram(self) -> str:
        """The lifecycle as a Mermaid state diagram."""
        lines = ["stateDiagram-v2"]
        lines += [f"    {source} --> {step.target}: {step.label}" for step in self.steps.values() for source in sorted(step.sources)]
        return "\n".join(lines)
