"""The keyboard on a form from a definition: whatever has the focus is answered by the kind of its question."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from playwright.sync_api import Page

from carehub.definitions.schema import Form, Question
from tests.journeys.keyboard import LONGEST_WAY, Keyboard

Said = str | list[str]

_STOP = """() => {
  const element = document.activeElement
  const block = element.closest('[data-question]')
  return {
    question: block?.dataset.question ?? '',
    name: element.name ?? '',
    type: element.type ?? '',
    value: element.value ?? '',
    checked: element.checked ?? false,
    may_stand: Boolean(block?.querySelector('[name$="__still"]')),
    is_hidden: Boolean(element.closest('[hidden]')),
    is_skip: element.matches('.govuk-skip-link'),
    leads_on: element.matches('form [type=submit].govuk-button:not([name])'),
  }
}"""


@dataclass(frozen=True)
class Stop:
    """What has the focus. ``may_stand``: the question offers 'Still true'. ``leads_on``: the button under the last question."""

    question: str
    name: str
    type: str
    value: str
    checked: bool
    may_stand: bool
    is_hidden: bool
    is_skip: bool
    leads_on: bool


def usual(question: Question) -> Said:
    """An answer where nobody has said another: of choices that which says 'none', else the first."""
    match question.kind:
        case "yes-no":
            return "no"
        case "many-of":
            return [next((choice for choice in question.choices if choice.alone), question.choices[0]).value]
        case "one-of" | "substance":
            return question.choices[0].value
        case "score-1-5":
            return "3"
        case "number":
            return str(int(question.least or 0) + 1)
        case "long-text":
            return "That is how it has been since the spring. Her sister says so too."
    return "Since the spring"


class FormKeys(Keyboard):
    """``answers``: question → what is said; where nothing stands, ``usual`` does, or 'Still true' where that is offered."""

    def __init__(self, page: Page, form: Form, answers: Mapping[str, Said]) -> None:
        super().__init__(page)
        self.form, self.answers = form, answers
        self.answered: set[str] = set()
        #: For which questions 'Still true' was ticked.
        self.stood: set[str] = set()
        #: Spent on the sections' pages, in seconds.
        self.spent = 0.0

    def section(self) -> None:
        """All that is asked on the page, and on to the next."""
        began = time.monotonic()
        self.answer_up_to("")
        with self.page.expect_navigation():
            self.key("Enter")
        self.spent += time.monotonic() - began

    def answer_up_to(self, question: str) -> None:
        """From the top of the page until that question has the focus; '': until the button that leads on has it."""
        stop = self.into_main()
        for _ in range(2 * LONGEST_WAY):
            assert not stop.is_hidden, f"{self.page.url}: {stop.name} is hidden and has the focus"
            if stop.leads_on or (question and stop.question == question):
                assert stop.leads_on == (not question), f"{self.page.url}: {question} is not reached"
                return
            if stop.question:
                self.answer(self.form.question(stop.question), stop)
            self.tab()
            stop = self.stop()
        raise AssertionError(f"{self.page.url}: the button under the questions is not reached with Tab")

    def stop(self) -> Stop:
        return Stop(**self.page.evaluate(_STOP))

    def into_main(self) -> Stop:
        """Over the head of the page, by the link that is there for it. A browser stays there from one section to the next."""
        self.tab()
        if self.stop().is_skip:
            self.key("Enter")
            self.tab()
        return self.stop()

    def answer(self, question: Question, stop: Stop) -> None:
        if stop.name in ("", f"{question.id}__none"):
            return  # 'No answer?' and what it opens
        said = self.answers.get(_as_said(question))
        stands = stop.may_stand and said is None
        if stop.name.endswith("__still"):
            if stands and not stop.checked:
                self.key("Space")
                self.stood.add(question.id)
                self.answered.add(question.id)
            return
        if stands:
            return
        self.answered.add(question.id)
        said = said or usual(question)
        if stop.type == "radio":
            self.arrows_to(stop, str(said))
        elif stop.type == "checkbox":
            if (stop.value in said) != stop.checked:
                self.key("Space")
        elif stop.type == "select-one":
            self.pick_by_name(question, str(said))
        elif not stop.value:
            self.write(_of_date(stop.name) if question.kind == "date" else str(said))

    def arrows_to(self, stop: Stop, value: str) -> None:
        for _ in range(30):
            if stop.value == value:
                break
            self.key("ArrowDown")
            stop = self.stop()
        if not stop.checked:
            self.key("Space")
        stop = self.stop()
        assert (stop.value, stop.checked) == (value, True), f"{self.page.url}: {stop.name} has no answer {value}"

    def pick_by_name(self, question: Question, value: str) -> None:
        """In a list of many, its first letters are typed."""
        choice = question.choice(value)
        assert choice, f"{question.id}: {value}"
        if self.stop().value != value:
            self.write(choice.text[:12])
        assert self.stop().value == value, f"{self.page.url}: {question.id}: {choice.text} is not reached with its letters"


def _as_said(question: Question) -> str:
    """Without the number of its entry: 'child-age-1' → 'child-age'."""
    return question.id.removesuffix(f"-{question.entry}") if question.entry else question.id


#: Years ago, so that it has passed.
DAY = date(2024, 3, 14)


def _of_date(name: str) -> str:
    return str(getattr(DAY, name.rpartition("_")[2]))
