"""The assessment forms that come with CareHub, and answers of somebody to whom nearly every question applies."""

from typing import Any

from carehub.definitions.answers import Answers
from carehub.definitions.catalogue import catalogue
from carehub.definitions.schema import Form, Question
from tests.clients.answering import everything

FORMS = ("screening", "triage", "comprehensive", "risk", "aftercare")

#: Somebody who injects, drinks, is pregnant, has overdosed, was hurt, has children and thinks of dying.
MUCH: dict[str, Any] = {
    "trouble": "both", "main-drug": "1011", "second-drug": "2200", "third-drug": "3201",
    "injecting": "C", "sharing": "recent", "alcohol-days": 20, "alcohol-signs": ["shakes", "fits"], "alcohol-past": "year",
    "overdose": "year", "pregnant": "yes", "mental-health": "now", "suicide": "now", "self-harm": "year", "harm-from-others": "now-home",
    "children": "12", "home-others": ["partner", "children"], "prescribed": ["opioid"], "prescription-wanted": "yes",
    "others-helping": ["gp", "probation"], "hepatitis-b": "A",
    "safe-today": "not-sure", "hepatitis-c-tested": "Y", "hepatitis-c-result": "yes",
    "mood": ["low"], "carer": "yes", "law-now": ["court", "drr"], "next-step": "here", "refer-to": "drug-service",
    "suicide-severity": "serious", "substance-severity": "grave", "others-severity": "slight", "from-others-severity": "serious",
    "neglect-severity": "slight", "drug-support": ["relapse"], "other-support": ["housing"], "agency-more-0": "yes", "other-more-0": "yes",
    "other-drug-1": "5000",
}  # fmt: skip


def form(name: str) -> Form:
    return catalogue().form(name)


def much(asked: Form, **other: Any) -> Answers:
    """Every question that applies to them, answered."""
    return everything(asked, **{**MUCH, **{name.replace("_", "-"): one for name, one in other.items()}})


def base(question: Question) -> str:
    """What the file calls it: a group's question without the number of its entry."""
    return question.id.removesuffix(f"-{question.entry}") if question.group else question.id


def written(asked: Form) -> list[Question]:
    """The questions as the file has them: of a group the first entry, without the questions that open the others."""
    return [question for question in asked.questions if question.entry <= 1 and not question.id.startswith(f"{question.group}-more-")]
