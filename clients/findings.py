"""What the answers of an assessment say, for the worker to decide on: risks, what to do today, indications, priorities, early drop-out."""

from dataclasses import dataclass

from carehub.definitions.answers import Answers
from carehub.definitions.findings import Finding, RiskFound, findings, proposed, risks, risks_not_known
from carehub.definitions.schema import Form
from clients.risk import kept_level


@dataclass(frozen=True)
class Says:
    risks: tuple[tuple[str, RiskFound], ...]
    #: Questions about risk without an answer, as they are asked.
    not_known: tuple[str, ...]
    today: tuple[Finding, ...]
    proposals: tuple[Finding, ...]
    #: The six indications for a comprehensive assessment (MoC 4.4): all of them, each with why, why not, or what is not known.
    indications: tuple[Finding, ...]
    priority: tuple[Finding, ...]
    drop_out: tuple[Finding, ...]

    @property
    def indicated(self) -> int:
        return sum(1 for each in self.indications if each.holds)


def what_answers_say(form: Form, answers: Answers) -> Says:
    proposals = proposed(form, answers)
    return Says(
        risks=tuple((f"risk-{kept_level(each.level)}", each) for each in risks(form, answers)),
        not_known=tuple(each.text for each in risks_not_known(form, answers)),
        today=tuple(each for each in proposals if each.trigger.same_day),
        proposals=tuple(each for each in proposals if not each.trigger.same_day),
        indications=findings(form, answers, "indication"),
        priority=proposed(form, answers, "priority"),
        drop_out=proposed(form, answers, "drop-out"),
    )
