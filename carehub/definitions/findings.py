"""What answers lead to: risks for the client's banner, and proposals that a person accepts or declines.

Nothing here decides anything. 'Not known' is told apart from 'no': a risk that nobody asked about is no absent risk.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from carehub.definitions.answers import Answer
from carehub.definitions.because import Because, because, in_one_line
from carehub.definitions.because import asked as asked_of
from carehub.definitions.conditions import holds, last_known, open_questions, passes, rests_on, shown, standing
from carehub.definitions.following import RISK_LEVELS, RiskRule, Trigger
from carehub.definitions.forward import Stamp
from carehub.definitions.schema import Form, Question
from carehub.definitions.scores import result


@dataclass(frozen=True)
class RiskFound:
    """A risk in one of the five areas, in the words of the banner, and when it was last asked about."""

    area: str
    level: str
    words: str
    question: str
    asked_on: dt.date | None = None
    asked_by: str = ""
    #: Not to be seen by the client: left out when the screen is turned to them, and of everything printed for them.
    third_party: bool = False


@dataclass(frozen=True)
class RiskNotKnown:
    """A question about risk that has no answer: 'declined', 'not asked', or nothing at all ('')."""

    areas: tuple[str, ...]
    question: str
    text: str
    none: str


@dataclass(frozen=True)
class Finding:
    """A trigger, looked at: its condition holds, does not, or cannot be told (None) until something is asked."""

    trigger: Trigger
    holds: bool | None
    #: The answers that made it so; where it cannot be told, all that were looked at.
    because: tuple[Because, ...]
    #: Questions without an answer that the condition asks about.
    not_known: tuple[Because, ...]
    #: Rests on what somebody else said or did: not to be seen by the client.
    third_party: bool = False

    @property
    def why(self) -> str:
        """The answers that made it so, in one line."""
        return in_one_line(self.because)


def risks(
    form: Form, answers: Mapping[str, Answer], asked: Stamp | None = None, *, sections: Mapping[str, Stamp] | None = None
) -> tuple[RiskFound, ...]:
    """Every risk that the answers raise, the gravest first. An answer that was not asked again still counts, with its day.

    ``asked``: when and by whom; ``sections``: of those sections that were asked at another time.
    """
    stamps = _stamps(form, asked, sections)
    found = []
    for question in form.questions:
        answer = answers.get(question.id)
        value = last_known(answer)
        if answer is None or value is None or not shown(form, question, answers):
            continue
        on, by = asked_of(answer, stamps[question.id])
        for raised in question.raises:
            if passes(question, raised.when, value):
                found.append(RiskFound(raised.area, raised.level, raised.words, question.id, on, by, question.third_party))
    found += [_by_rule(form, rule, answers, stamps) for rule in form.risks if holds(form, rule.when, answers)]
    return tuple(sorted(found, key=lambda risk: -RISK_LEVELS.index(risk.level)))


def _by_rule(form: Form, rule: RiskRule, answers: Mapping[str, Answer], stamps: Mapping[str, Stamp | None]) -> RiskFound:
    """A risk that several answers make, with the oldest day among them: the banner never says that it was asked later than it was."""
    held = [leaf for leaf in (*rule.when.leaves(), *rule.when.score_leaves()) if holds(form, leaf, answers)]
    resting = [form.question(name) for leaf in held for name in rests_on(form, leaf)]
    asked = [asked_of(answers[question.id], stamps[question.id]) for question in resting if question.id in answers]
    on, by = min(asked, key=lambda told: told[0] or dt.date.max, default=(None, ""))
    third_party = rule.third_party or any(form.question(name).third_party for name in rests_on(form, rule.when))
    return RiskFound(rule.area, rule.level, rule.words, resting[0].id if resting else "", on, by, third_party)


def gravest(found: Iterable[RiskFound]) -> dict[str, RiskFound]:
    """Area → its gravest risk."""
    by_area: dict[str, RiskFound] = {}
    for risk in found:
        known = by_area.get(risk.area)
        if known is None or RISK_LEVELS.index(risk.level) > RISK_LEVELS.index(known.level):
            by_area[risk.area] = risk
    return by_area


def risks_not_known(form: Form, answers: Mapping[str, Answer]) -> tuple[RiskNotKnown, ...]:
    """The questions about risk that were to be asked and have no answer, now or earlier."""
    asking = asks_of_risk(form)
    found = []
    for question in form.questions:
        if question.id not in asking or not shown(form, question, answers):
            continue
        known = standing(answers.get(question.id))
        if "value" not in known and known.get("none") != "not-applicable":
            areas = tuple(dict.fromkeys(asking[question.id]))
            found.append(RiskNotKnown(areas, question.id, question.text, known.get("none", "")))
    return tuple(found)


def asks_of_risk(form: Form) -> dict[str, list[str]]:
    """Each question about risk, with the areas that it tells something of."""
    asking: dict[str, list[str]] = {}
    for question in form.questions:
        if question.raises:
            asking[question.id] = [raised.area for raised in question.raises]
    for rule in form.risks:
        for name in rests_on(form, rule.when):
            asking.setdefault(name, []).append(rule.area)
    return asking


def findings(
    form: Form,
    answers: Mapping[str, Answer],
    kind: str = "",
    *,
    asked: Stamp | None = None,
    sections: Mapping[str, Stamp] | None = None,
) -> tuple[Finding, ...]:
    """Every trigger of the form, or those of one kind, with what it rests on. ``asked``, ``sections``: as of ``risks``."""
    stamps = _stamps(form, asked, sections)
    return tuple(_look(form, trigger, answers, stamps) for trigger in form.triggers if kind in ("", trigger.kind))


def proposed(
    form: Form,
    answers: Mapping[str, Answer],
    kind: str = "proposal",
    *,
    asked: Stamp | None = None,
    sections: Mapping[str, Stamp] | None = None,
) -> tuple[Finding, ...]:
    """The triggers whose condition holds; of those about one matter the one that asks for most (``Trigger.instead_of``)."""
    held = [finding for finding in findings(form, answers, kind, asked=asked, sections=sections) if finding.holds]
    said_already = {name for finding in held for name in finding.trigger.instead_of}
    return tuple(finding for finding in held if finding.trigger.id not in said_already)


def _stamps(form: Form, asked: Stamp | None, sections: Mapping[str, Stamp] | None) -> dict[str, Stamp | None]:
    """Question → who asked it and when."""
    return {each.id: (sections or {}).get(section.id, asked) for section in form.sections for each in section.questions}


def _look(form: Form, trigger: Trigger, answers: Mapping[str, Answer], stamps: Mapping[str, Stamp | None]) -> Finding:
    not_known: dict[str, Because] = {}
    for leaf in trigger.when.leaves():
        not_known |= _as_because(open_questions(form, form.question(leaf.question), answers))
    for leaf in trigger.when.score_leaves():
        not_known |= _as_because(each.question for each in result(form, form.score(leaf.score), answers).lacking)
    third_party = any(form.question(name).third_party for name in rests_on(form, trigger.when))
    held = holds(form, trigger.when, answers)
    return Finding(trigger, held, because(form, trigger.when, answers, stamps), tuple(not_known.values()), third_party)


def _as_because(questions: Iterable[Question]) -> dict[str, Because]:
    return {one.id: Because(one.id, one.text, one.third_party) for one in questions}
