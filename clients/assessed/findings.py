"""What the answers of an assessment say, for the worker to decide on: risks, what to do today, indications, priorities, early drop-out."""

from dataclasses import dataclass, replace
from typing import Any

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
    def number(self) -> int:
        """How many things it says."""
        return sum(len(each) for each in (self.risks, self.today, self.proposals, self.indications, self.priority, self.drop_out))

    @property
    def indicated(self) -> int:
        return sum(1 for each in self.indications if each.finding.holds)


def beside_the_client(says: Says) -> tuple[Says, Says]:
    """What a client who looks at the screen may read; and what rests on what others have said or done. Scores stand with the first."""

    def apart(found: tuple[Any, ...]) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
        return tuple(each for each in found if not each.third_party), tuple(each for each in found if each.third_party)

    today, proposals, priority, drop_out = (apart(found) for found in (says.today, says.proposals, says.priority, says.drop_out))
    risks = tuple(tuple(each for each in says.risks if each[1].third_party is told) for told in (False, True))
    hiding = [each for each in says.indications if any(one.third_party for one in each.finding.because) and each.finding.holds]
    shared = tuple(_shared(each) for each in says.indications)
    private = Says(risks[1], (), 0, today[1], proposals[1], tuple(hiding), priority[1], drop_out[1], asks_of_risk=bool(risks[1]))
    rest = {"today": today[0], "proposals": proposals[0], "priority": priority[0], "drop_out": drop_out[0], "indications": shared}
    # Where all risks are hidden, nothing may say that there is none.
    return replace(says, risks=risks[0], asks_of_risk=says.asks_of_risk and (bool(risks[0]) or not risks[1]), **rest), private


def _shared(indication: Indication) -> Indication:
    """The same verdict, without the answers that the client is not to see."""
    because = tuple(each for each in indication.finding.because if not each.third_party)
    return replace(indication, finding=replace(indication.finding, because=because))


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
