"""Answers that do not go together. Said gently, beside the questions: nobody is stopped by it, and a person finds out which is true."""

from collections.abc import Mapping
from dataclasses import dataclass

from carehub.definitions.answers import Answer
from carehub.definitions.because import Because, because, in_one_line
from carehub.definitions.conditions import holds, rests_on
from carehub.definitions.following import Check
from carehub.definitions.forward import Stamp
from carehub.definitions.schema import Form


@dataclass(frozen=True)
class Contradiction:
    """A check that holds, with the answers that do not go together."""

    check: Check
    because: tuple[Because, ...]

    @property
    def answers(self) -> str:
        return in_one_line(self.because)

    @property
    def third_party(self) -> bool:
        """Rests on what others have said or done: not for the client."""
        return any(each.third_party for each in self.because)

    def stands_in(self, form: Form, section: str) -> bool:
        return any(form.section_of(each.question).id == section for each in self.because)


def contradictions(form: Form, answers: Mapping[str, Answer], *, sections: Mapping[str, Stamp] | None = None) -> tuple[Contradiction, ...]:
    """In the order of the form. ``sections``: who asked which and when."""
    stamps = {each.id: (sections or {}).get(section.id) for section in form.sections for each in section.questions}
    return tuple(Contradiction(one, because(form, one.when, answers, stamps)) for one in form.checks if holds(form, one.when, answers))


def compares(form: Form, check: Check) -> bool:
    """It looks at two questions at least: one answer cannot contradict itself."""
    return len(rests_on(form, check.when)) > 1
