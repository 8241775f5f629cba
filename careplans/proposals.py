"""What a completed assessment puts on a new plan: everything that came up, by domain, each as 'later' until the client chooses.

Risks and scores come from the form itself; which other answers are a need, and in which words, stands in definitions/needs-*.toml.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from carehub.definitions.answers import Answers, kept
from carehub.definitions.catalogue import catalogue
from carehub.definitions.conditions import holds, last_known
from carehub.definitions.errors import UnknownDefinition
from carehub.definitions.findings import RiskFound, risks
from carehub.definitions.following import Condition
from carehub.definitions.load import Words
from carehub.definitions.read_condition import read_test
from carehub.definitions.schema import Definition, Form, Question
from carehub.definitions.show import value_words
from carehub.definitions.table import Table
from careplans.models import Need
from clients.assessed.recorded import form_of
from clients.models import Assessment

LONGEST = Need._meta.get_field("words").max_length
#: From this score on an area is a need: all of them stay on the plan, low ones too (GP 5.4.1); 1 is 'no problem'.
SCORE = 2


@dataclass(frozen=True)
class NeedRule:
    """Answers to ``when`` become a need in these words."""

    when: Condition
    words: str


@dataclass(frozen=True)
class NeedRules(Definition):
    form: str
    rules: tuple[NeedRule, ...]

    def rests_on(self, form: str) -> frozenset[str]:
        return frozenset(rule.when.question for rule in self.rules) if form == self.form else frozenset()


def read_needs(table: Table, name: str, version: int, title: str, _words: Words) -> NeedRules:
    form, rules = table.text("form"), []
    for each in table.tables("need", "a need"):
        words = each.text("words")
        rules.append(NeedRule(read_test(each, each.text("question")), words))
    table.finish()
    return NeedRules(name, version, title, form, tuple(rules))


@dataclass(frozen=True)
class Proposal:
    """One thing that came up. ``score`` is None where the area was not scored."""

    domain: str
    area: str
    words: str
    score: int | None = None
    third_party: bool = False


def from_assessment(assessment: Assessment) -> list[Proposal]:
    """What the assessment found, in the order of the form, nothing twice. Questions without a domain propose nothing."""
    form = form_of(assessment)
    answers = kept(form, assessment.answers)
    raised: dict[str, list[RiskFound]] = {}
    for risk in risks(form, answers):
        raised.setdefault(risk.question, []).append(risk)
    rules = _rules_of(form)
    found: dict[tuple[str, str], Proposal] = {}
    for question in form.questions:
        if question.domain:
            came = [(risk.words, None, risk.third_party) for risk in raised.get(question.id, ())]
            came += [(words, score, question.third_party) for words, score in _from_answer(form, question, answers, rules)]
            for words, score, third_party in came:
                words = " ".join(words.split())[:LONGEST]
                found.setdefault((question.domain, words), Proposal(question.domain, question.area, words, score, third_party))
    return list(found.values())


def newest_of(assessments: Iterable[Assessment]) -> list[Proposal]:
    """What came up in ``assessments``, given in the order in which they took place, nothing twice.

    Where two scored one area, or said the same, the later one counts.
    """
    found: dict[tuple[str, str], Proposal] = {}
    for assessment in assessments:
        for each in from_assessment(assessment):
            key = (each.domain, f"area:{each.area}" if each.score is not None and each.area else each.words)
            found.pop(key, None)
            found[key] = each
    return list(found.values())


def _rules_of(form: Form) -> dict[str, list[NeedRule]]:
    try:
        definition = catalogue().latest(f"needs-{form.name}")
    except UnknownDefinition:
        return {}
    found: dict[str, list[NeedRule]] = {}
    for rule in definition.rules if isinstance(definition, NeedRules) else ():
        found.setdefault(rule.when.question, []).append(rule)
    return found


def _from_answer(form: Form, question: Question, answers: Answers, rules: dict[str, list[NeedRule]]) -> Iterator[tuple[str, int | None]]:
    """(words, score) of each need that the question's answer is."""
    value = last_known(answers.get(question.id))
    if value is None:
        return
    if question.kind == "score-1-5" and isinstance(value, int) and value >= SCORE:
        area = next(area.title for area in catalogue().domains().areas if area.id == question.area)
        yield f"{area}: {question.anchors[value - 1]}", value
    # A rule names a group's question without its number and means each entry.
    named = question.id.removesuffix(f"-{question.entry}") if question.group else question.id
    for rule in rules.get(named, ()):
        if holds(form, replace(rule.when, question=question.id), answers):
            given = ", ".join(value_words(question, value))
            yield rule.words.replace("{answer}", given), None
