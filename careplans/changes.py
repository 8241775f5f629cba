"""What changed between two versions of a plan: in a few plain sentences, and side by side. To be read together before signing.

Rows are the same where their line is (careplans.models.PlanPart). What is said by or about others is left out: the client reads this.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from operator import itemgetter
from uuid import UUID

from django.db.models import F, Value
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from carehub.actors import Actor
from carehub.templatetags.print_sheet import unstopped
from careplans import content
from careplans.content import Content, Row, Rows
from careplans.headings import HEADINGS
from careplans.models import Action, ActionDone, GoalOutcome, Need, PlanVersion, StepDone
from careplans.sheets import day_of, names_of, treatment_of, treatments_of, who_does
from clients.assessed.over_time import CONCERN

Outcome = GoalOutcome.Outcome
#: Of an action or a step, beside the outcomes of goals.
DONE = "done"
#: Before a line that belongs to the one above it.
UNDER = "\N{EM SPACE}"


@dataclass(frozen=True)
class Pair:
    """One thing as both versions have it, line by line; empty where a version has it not."""

    title: str
    before: tuple[str, ...]
    now: tuple[str, ...]

    @property
    def changed(self) -> bool:
        return self.before != self.now


@dataclass
class Changes:
    sentences: list[str] = field(default_factory=list)
    #: Heading → what stands under it.
    beside: dict[str, list[Pair]] = field(default_factory=dict)


@dataclass(frozen=True)
class _Side:
    """One version: its rows by the line that they belong to."""

    said: Content
    lines: Mapping[str, str]
    #: Code → words of the interventions in it.
    treatments: dict[str, str]
    #: Who client and keyworker are, as the sheet names them.
    names: dict[str, str]

    @classmethod
    def of(cls, version: PlanVersion) -> "_Side":
        said = content.of(version)
        if about := version.as_signed:
            names = names_of(about["keyworker"]["name"], about["client"]["known_as"])
        else:
            keyworker = version.plan.episode.keyworker
            names = names_of(keyworker.name if keyworker else "", version.client.known_as)
        return cls(said, content.lines_of(version), treatments_of(version, said), names)

    def rows(self, kind: str) -> Rows:
        rows = {self.lines.get(key, key): row for key, row in self.said.rows[kind].items()}
        return {line: row for line, row in rows.items() if not row.get("third_party")}

    def steps(self, goal_line: str) -> Rows:
        """The actions under the goal of this line."""
        keys = {key for key in self.said.rows["goal"] if self.lines.get(key, key) == goal_line}
        return {self.lines.get(key, key): row for key, row in self.said.rows["action"].items() if row["goal_id"] in keys}


def changes(before: PlanVersion, now: PlanVersion, outcomes: Mapping[str, str] | None = None) -> Changes:
    """``outcomes``: line of a goal, action or step → what reviews between the two found of it (:func:`outcomes_between`)."""
    old, new = _Side.of(before), _Side.of(now)
    found = Changes()
    found.sentences += _of_goals(old, new, outcomes or {})
    found.sentences += _of_needs(old.rows("need"), new.rows("need"))
    safe = (old.rows("risk"), new.rows("risk"), "what", _("Keeping safe, new: %(words)s"), _("No longer: %(words)s"))
    found.sentences += _of_rows(*safe, outcomes or {})
    found.sentences += _of_rows(
        old.rows("involved"), new.rows("involved"), "name", _("Takes part now: %(words)s"), _("Takes no part any more: %(words)s")
    )
    found.sentences += _of_texts(old.said.texts, new.said.texts)
    found.beside = _beside(old, new)
    return found


def changes_since(before: UUID, now: PlanVersion, actor: Actor) -> Changes | None:
    """With what reviews found between the two; None where the actor may not read the version ``before``."""
    earlier = content.loaded(PlanVersion.objects.visible_to(actor)).filter(pk=before).first()
    return changes(earlier, now, outcomes_between(earlier, now)) if earlier else None


def outcomes_between(before: PlanVersion, now: PlanVersion) -> dict[str, str]:
    """Line of a goal → outcome, of an action or a step → DONE, from every review of this plan's versions from ``before``
    on and before ``now``.

    One query: the latest review of a line is read last.
    """
    between = {
        "review__plan_id": now.plan_id, "review__of_version__number__gte": before.number, "review__of_version__number__lt": now.number
    }  # fmt: skip
    at = F("review__of_version__number")
    goals = GoalOutcome.objects.filter(**between).values_list(at, "goal__line", "goal_id", "outcome")
    actions = ActionDone.objects.filter(**between).values_list(at, "action__line", "action_id", Value(DONE))
    steps = StepDone.objects.filter(**between).values_list(at, "step__line", "step_id", Value(DONE))
    return {str(line or key): outcome for _at, line, key, outcome in sorted(goals.union(actions, steps, all=True), key=itemgetter(0))}


def _of_goals(old: _Side, new: _Side, outcomes: Mapping[str, str]) -> Iterator[str]:
    was, now = old.rows("goal"), new.rows("goal")
    ended = {
        Outcome.ACHIEVED.value: _("Done: %(words)s"),
        Outcome.NO_LONGER.value: _("No longer wanted: %(words)s"),
    }
    for line, goal in was.items():
        if line not in now:
            sentence = ended.get(outcomes.get(line, ""), _("Taken off: %(words)s"))
            yield sentence % {"words": goal["client_words"]}
    for line, goal in now.items():
        if line not in was:
            yield _("New goal: %(words)s") % {"words": goal["client_words"]}
        elif goal["client_words"] != was[line]["client_words"]:
            words = {"old": was[line]["client_words"], "new": goal["client_words"]}
            yield _("In other words: ‘%(new)s’, before: ‘%(old)s’") % words
        yield from _of_steps(old.steps(line), new.steps(line), outcomes, new_goal=line not in was)


def _of_steps(was: Rows, now: Rows, outcomes: Mapping[str, str], *, new_goal: bool) -> Iterator[str]:
    for line, step in now.items():
        if line not in was:
            if not new_goal:
                yield _("New step: %(words)s") % {"words": step["what"]}
            continue
        if step["by_when"] != was[line]["by_when"] and step["what"] == was[line]["what"]:
            words = {"words": unstopped(step["what"]), "new": _day(step["by_when"]), "old": _day(was[line]["by_when"])}
            yield _("Another day: %(words)s, by %(new)s instead of %(old)s") % words
        if any(step[name] != was[line][name] for name in ("what", "who", "who_name", "milestone", "intervention")):
            yield _("Step changed: %(words)s") % {"words": step["what"]}
    for line, step in was.items():
        if line not in now:
            sentence = _("Done: %(words)s") if outcomes.get(line) == DONE else _("Step taken off: %(words)s")
            yield sentence % {"words": step["what"]}


def _of_needs(was: Rows, now: Rows) -> Iterator[str]:
    taken_up, for_later = Need.Standing.NOW.value, Need.Standing.LATER.value
    for line, need in now.items():
        before = was.get(line)
        if before is None and (need["standing"] == taken_up or _is_concern(need["score"])):
            yield _("Came up: %(words)s") % {"words": need["words"]}
        elif before and before["standing"] != need["standing"] and need["standing"] == taken_up:
            yield _("Taken up now: %(words)s") % {"words": need["words"]}
        elif before and before["standing"] == taken_up and need["standing"] == for_later:
            yield _("Moved to later: %(words)s") % {"words": need["words"]}
        if before and before["score"] and need["score"] and before["score"] != need["score"]:
            words = {"words": unstopped(need["words"]), "new": need["score"], "old": before["score"]}
            yield _("Scored anew: %(words)s, %(new)s of 5 instead of %(old)s") % words
    for line, need in was.items():
        if line not in now:
            yield _("Taken off: %(words)s") % {"words": need["words"]}


def _is_concern(score: str) -> bool:
    """What nobody scored, and a score from CONCERN on; a lower one stays on the plan as 'later' without a word (GP 5.4.1)."""
    return not score or int(score) >= CONCERN


def _of_rows(was: Rows, now: Rows, name: str, new: str, gone: str, outcomes: Mapping[str, str] | None = None) -> Iterator[str]:
    for line, row in now.items():
        if line not in was:
            yield new % {"words": row[name]}
        elif {**row, "by_when": ""} == {**was[line], "by_when": ""} and row != was[line]:
            words = {"words": unstopped(row[name]), "new": _day(row["by_when"]), "old": _day(was[line]["by_when"])}
            yield _("Another day: %(words)s, by %(new)s instead of %(old)s") % words
        elif row != was[line]:
            yield _("Changed: %(words)s") % {"words": row[name]}
    for line, row in was.items():
        if line not in now:
            sentence = _("Done: %(words)s") if (outcomes or {}).get(line) == DONE else gone
            yield sentence % {"words": row[name]}


def _of_texts(was: Mapping[str, str], now: Mapping[str, str]) -> Iterator[str]:
    for name in content.TEXTS:
        title = HEADINGS[name]
        old, new = _words(name, was.get(name, "")), _words(name, now.get(name, ""))
        if old == new:
            continue
        if name in ("phase", "admission", "next_review_on") and new:
            words = {"title": title, "new": new, "old": old or _("nothing")}
            yield _("%(title)s: %(new)s, before: %(old)s") % words
        elif not old:
            yield _("Written down for the first time: %(title)s") % {"title": title}
        elif not new:
            yield _("Nothing is said any more: %(title)s") % {"title": title}
        else:
            yield _("Written anew: %(title)s") % {"title": title}


def _beside(old: _Side, new: _Side) -> dict[str, list[Pair]]:
    found: dict[str, list[Pair]] = {}
    goals = [*new.rows("goal"), *(line for line in old.rows("goal") if line not in new.rows("goal"))]
    found[str(HEADINGS["goals"])] = [Pair("", _goal(old, line), _goal(new, line)) for line in goals]
    for heading, standing in (("needs", Need.Standing.NOW), ("later_needs", Need.Standing.LATER)):
        found[str(HEADINGS[heading])] = [Pair("", _needs(old, standing), _needs(new, standing))]
    found[str(HEADINGS["risk"])] = [Pair("", _risks(old), _risks(new))]
    found[str(HEADINGS["involved"])] = [Pair("", _involved(old), _involved(new))]
    found[_("Around the plan")] = [
        Pair(
            str(HEADINGS[name]),
            tuple(_words(name, old.said.texts.get(name, "")).splitlines()),
            tuple(_words(name, new.said.texts.get(name, "")).splitlines()),
        )
        for name in content.TEXTS
    ]
    filled = {heading: [pair for pair in pairs if pair.before or pair.now] for heading, pairs in found.items()}
    return {heading: pairs for heading, pairs in filled.items() if pairs}


def _goal(side: _Side, line: str) -> tuple[str, ...]:
    goal = side.rows("goal").get(line)
    if goal is None:
        return ()
    return (goal["client_words"], *(said for step in side.steps(line).values() for said in _step(step, side)))


def _step(step: Row, side: _Side) -> Iterator[str]:
    who = who_does(step, side.names) or (str(Action.Who(step["who"]).label) if step["who"] in Action.Who.values else "")
    yield "– " + ", ".join(each for each in (unstopped(step["what"]), who, _day(step["by_when"])) if each)
    for name, words in (("treatment", treatment_of(step, side.treatments)), ("milestone", step["milestone"])):
        if words:
            yield f"{UNDER}{HEADINGS[name]}: {words}"


def _needs(side: _Side, standing: Need.Standing) -> tuple[str, ...]:
    rows = (need for need in side.rows("need").values() if need["standing"] == standing)
    return tuple(f"{need['words']} ({need['score']})" if need["score"] else need["words"] for need in rows)


def _risks(side: _Side) -> tuple[str, ...]:
    return tuple(f"{unstopped(step['what'])}, {step['who_name']}, {_day(step['by_when'])}" for step in side.rows("risk").values())


def _involved(side: _Side) -> tuple[str, ...]:
    return tuple(f"{row['name']}: {row['does']}" for row in side.rows("involved").values())


_CHOICES = {"phase": PlanVersion.Phase, "admission": PlanVersion.Admission}


def _words(name: str, text: str) -> str:
    if name == "next_review_on":
        return _day(text)
    choices = _CHOICES.get(name)
    return str(choices(text).label) if choices and text in choices.values else text


def _day(text: str) -> str:
    day = day_of(text)
    return date_format(day, "j F Y") if isinstance(day, date) else day
