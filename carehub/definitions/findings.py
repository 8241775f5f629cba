"""What answers lead to: risks for the client's banner, and proposals that a person accepts or declines.

Nothing here decides anything. 'Not known' is told apart from 'no': a risk that nobody asked about is no absent risk.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from carehub.definitions.answers import Answer
from carehub.definitions.conditions import holds, last_known, open_questions, passes, rests_on, shown, standing
from carehub.definitions.forward import Stamp
from carehub.definitions.schema import RISK_LEVELS, Form, Question, RiskRule, Trigger
from carehub.definitions.scores import result
from carehub.definitions.show import answer_words


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
class Because:
    """What a finding rests on: a question with its answer, or one that has none yet."""

    question: str
    words: str
    third_party: bool

    def __str__(self) -> str:
        return self.words


@dataclass(frozen=True)
class Finding:
    """A trigger, looked at: its condition holds, does not, or cannot be told (None) until something is asked."""

    trigger: Trigger
    holds: bool | None
    #: Where it holds, the answers that made it so; else all answers that were looked at.
    because: tuple[Because, ...]
    #: Questions without an answer that the condition asks about.
    not_known: tuple[Because, ...]
    #: Rests on what somebody else said or did: not to be seen by the client.
    third_party: bool = False


def risks(
    form: Form, answers: Mapping[str, Answer], asked: Stamp | None = None, *, sections: Mapping[str, Stamp] | None = None
) -> tuple[RiskFound, ...]:
    """Every risk that the answers raise, the gravest first. An answer that was not asked again still counts, with its day.

    ``asked``: when and by whom; ``sections``: of those sections that were asked at another time.
    """
    stamps = {each.id: (sections or {}).get(section.id, asked) for section in form.sections for each in section.questions}
    found = []
    for question in form.questions:
        answer = answers.get(question.id)
        value = last_known(answer)
        if answer is None or value is None or not shown(form, question, answers):
            continue
        on, by = _asked(answer, stamps[question.id])
        for raised in question.raises:
            if passes(question, raised.when, value):
                found.append(RiskFound(raised.area, raised.level, raised.words, question.id, on, by, question.third_party))
    found += [_by_rule(form, rule, answers, stamps) for rule in form.risks if holds(form, rule.when, answers)]
    return tuple(sorted(found, key=lambda risk: -RISK_LEVELS.index(risk.level)))


def _by_rule(form: Form, rule: RiskRule, answers: Mapping[str, Answer], stamps: Mapping[str, Stamp | None]) -> RiskFound:
    """A risk that several answers make, with the oldest day among them: the banner never says that it was asked later than it was."""
    held = [leaf for leaf in (*rule.when.leaves(), *rule.when.score_leaves()) if holds(form, leaf, answers)]
    resting = [form.question(name) for leaf in held for name in rests_on(form, leaf)]
    asked = [_asked(answers[question.id], stamps[question.id]) for question in resting if question.id in answers]
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


def findings(form: Form, answers: Mapping[str, Answer], kind: str = "") -> tuple[Finding, ...]:
    """Every trigger of the form, or those of one kind, with what it rests on."""
    return tuple(_look(form, trigger, answers) for trigger in form.triggers if kind in ("", trigger.kind))


def proposed(form: Form, answers: Mapping[str, Answer], kind: str = "proposal") -> tuple[Finding, ...]:
    """The triggers whose condition holds."""
    return tuple(finding for finding in findings(form, answers, kind) if finding.holds)


def _look(form: Form, trigger: Trigger, answers: Mapping[str, Answer]) -> Finding:
    held = holds(form, trigger.when, answers)
    because: dict[str, Because] = {}
    not_known: dict[str, Because] = {}
    for leaf in trigger.when.leaves():
        question = form.question(leaf.question)
        not_known |= _as_because(open_questions(form, question, answers))
        answer = answers.get(question.id)
        if answer is None or question.id in not_known or not shown(form, question, answers):
            continue
        if not held or holds(form, leaf, answers):
            because[question.id] = _because(form, question, answer)
    for leaf in trigger.when.score_leaves():
        scored = result(form, form.score(leaf.score), answers)
        not_known |= _as_because(each.question for each in scored.lacking)
        if scored.value is not None and (not held or holds(form, leaf, answers)):
            because[leaf.score] = Because(scored.score.questions[0], str(scored), scored.third_party)
    third_party = any(form.question(name).third_party for name in rests_on(form, trigger.when))
    return Finding(trigger, held, tuple(because.values()), tuple(not_known.values()), third_party)


def _as_because(questions: Iterable[Question]) -> dict[str, Because]:
    return {one.id: Because(one.id, one.text, one.third_party) for one in questions}


def _because(form: Form, question: Question, answer: Answer) -> Because:
    words = ", ".join(answer_words(form, question, answer.get("last", answer)))
    return Because(question.id, f"{question.text} {words}", question.third_party)


def _asked(answer: Answer, stamp: Stamp | None) -> tuple[dt.date | None, str]:
    told = answer.get("still") or answer.get("last")
    if told:
        return dt.date.fromisoformat(told["on"]), told["by"]
    return (stamp.on, stamp.by) if stamp else (None, "")
