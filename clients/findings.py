"""What the answers of an assessment say, for the worker to decide on: risks, what to do today, indications, priorities, early drop-out."""

from dataclasses import dataclass

from carehub.definitions.answers import Answers
from carehub.definitions.findings import Finding, RiskFound, asks_of_risk, findings, proposed, risks, risks_not_known
from carehub.definitions.following import Trigger
from carehub.definitions.schema import Form
from carehub.definitions.scores import ScoreResult, of
from clients.risk import kept_level


@dataclass(frozen=True)
class Indication:
    finding: Finding
    #: Short names of the questions without which it cannot be told.
    not_known: tuple[str, ...]


@dataclass(frozen=True)
class Says:
    risks: tuple[tuple[str, RiskFound], ...]
    #: Questions about risk that were asked and have no answer, by their short names.
    not_known: tuple[str, ...]
    #: Questions about risk that nobody has asked yet: as long as there is one, nothing is 'no risk'.
    to_ask: int
    today: tuple[Finding, ...]
    proposals: tuple[Finding, ...]
    #: The six indications for a comprehensive assessment (MoC 4.4): all of them, each with why, why not, or what is not known.
    indications: tuple["Indication", ...]
    priority: tuple[Finding, ...]
    drop_out: tuple[Finding, ...]
    #: What the answers add up to, where the form scores.
    scores: tuple[ScoreResult, ...] = ()
    #: A form that asks nothing about risk says nothing about it: not 'no risk' either.
    asks_of_risk: bool = True

    @property
    def indicated(self) -> int:
        return sum(1 for each in self.indications if each.finding.holds)


def cannot_wait(trigger: Trigger) -> bool:
    """It is for today: safeguarding and imminent risk always are."""
    return trigger.same_day or trigger.countersign


def what_answers_say(form: Form, answers: Answers) -> Says:
    proposals = proposed(form, answers)
    not_known = risks_not_known(form, answers)
    return Says(
        risks=tuple((f"risk-{kept_level(each.level)}", each) for each in risks(form, answers)),
        not_known=tuple(form.question(each.question).name for each in not_known if each.none),
        to_ask=sum(1 for each in not_known if not each.none),
        today=tuple(each for each in proposals if cannot_wait(each.trigger)),
        proposals=tuple(each for each in proposals if not cannot_wait(each.trigger)),
        indications=tuple(Indication(each, _names(form, each)) for each in findings(form, answers, "indication")),
        priority=proposed(form, answers, "priority"),
        drop_out=proposed(form, answers, "drop-out"),
        scores=of(form, answers),
        asks_of_risk=bool(asks_of_risk(form)),
    )


def _names(form: Form, finding: Finding) -> tuple[str, ...]:
    return tuple(form.question(each.question).name for each in finding.not_known) if finding.holds is None else ()
