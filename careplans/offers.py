"""What was accepted and is not in the plan yet: put in by one click, with who and by when as the task has it.

Row and task stay one matter: the row names the task, the plan's pages say when it was done, and a review that finds the action done
closes the task (careplans.actions.reviewing). What is put with harm reduction is a line of a text: its task goes on by itself.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.utils.text import Truncator
from django.utils.translation import gettext as _

from carehub.actors import Actor
from carehub.models import Task
from careplans.content import YES, Content, Row
from careplans.models import Action, Domain, PlanVersion, RiskStep
from clients.assessed.accepted import Accepted, accepted
from clients.models import Episode

RISK, NEW_GOAL, GOAL = "risk", "domain-", "goal-"
#: The text of the plan that takes one as a line.
HARM_REDUCTION = "harm_reduction"


@dataclass(frozen=True)
class Offer:
    """``places``: (where, words) of everywhere that it may stand; ``place``: where it most likely belongs."""

    accepted: Accepted
    places: tuple[tuple[str, str], ...]
    place: str

    @property
    def key(self) -> str:
        return str(self.accepted.task.pk)

    @property
    def for_client(self) -> bool:
        """Whether it may stand on a screen that the client sees. Not where others' safety rests on it: its manager decides what is said."""
        each = self.accepted
        return each.seen_by_client and not each.is_risk and not RiskStep.kept_off(each.area)


def offers(actor: Actor, version: PlanVersion, said: Content) -> list[Offer]:
    """One query."""
    taken, lines = tasks_of(said), set(_lines(said))
    found = accepted(actor, version.plan.episode)
    return [_offer(each, said) for each in found if each.task.pk not in taken and each.words not in lines]


def _lines(said: Content) -> list[str]:
    return [line.strip() for line in said.texts.get(HARM_REDUCTION, "").splitlines() if line.strip()]


def _offer(each: Accepted, said: Content) -> Offer:
    risk = (RISK, _("Keeping safe"))
    if each.third_party:  # a goal's actions are all on paper
        return Offer(each, (risk,), RISK)
    goals = [
        (f"{GOAL}{key}", _("Goal %(number)s: %(words)s") % {"number": number, "words": Truncator(goal["client_words"]).chars(40)}, goal)
        for number, (key, goal) in enumerate(said.rows["goal"].items(), start=1)
        if goal.get("client_words") or goal.get("domain")
    ]
    places = [(where, words) for where, words, _goal in goals]
    of_domain = next((where for where, _words, goal in goals if each.domain and goal.get("domain") == each.domain), "")
    new = f"{NEW_GOAL}{each.domain}"
    places.append((new, _("A new goal: %(domain)s") % {"domain": Domain(each.domain).label} if each.domain else _("A new goal")))
    harm = (HARM_REDUCTION, _("Staying as well as they can"))
    return Offer(each, (*places, risk, harm), RISK if each.is_risk else of_domain or (RISK if each.area else new))


def put_in(version: PlanVersion, said: Content, offer: Offer, where: str) -> tuple[Content, str]:
    """``said`` with the row at ``where``, a place of the offer; anywhere else is its own place. And 'kind-key' of the row, or the text.

    Done twice it is one row.
    """
    where = where if where in dict(offer.places) else offer.place
    if where == HARM_REDUCTION:
        said.texts[where] = "\n".join([*_lines(said), offer.accepted.words])
        return said, where
    key = f"task-{offer.key}"
    if where == RISK:
        said.rows["risk"][key] = _step(offer.accepted, version.plan.episode)
        return said, f"risk-{key}"
    goal = where.removeprefix(GOAL)
    if where.startswith(NEW_GOAL):
        goal = f"for-{offer.key}"
        said.rows["goal"][goal] = {"domain": where.removeprefix(NEW_GOAL)}
    said.rows["action"][key] = {"goal_id": goal, **_action(offer.accepted, version.plan.episode)}
    return said, f"action-{key}"


def _action(each: Accepted, episode: Episode) -> Row:
    person = each.task.person
    ours = person is None or person.pk == episode.keyworker_id
    return {
        "what": each.words,
        "who": (Action.Who.KEYWORKER if ours else Action.Who.OTHER).value,
        "who_name": "" if ours or person is None else person.name,
        "by_when": each.by_when.isoformat(),
        "task_id": str(each.task.pk),
    }


def _step(each: Accepted, episode: Episode) -> Row:
    person = each.task.person or episode.keyworker
    return {
        "area": each.area,
        "what": each.words,
        "who_name": person.name if person else "",
        "by_when": each.by_when.isoformat(),
        "third_party": YES if each.third_party or RiskStep.kept_off(each.area) else "",
        "task_id": str(each.task.pk),
    }


def rows_from_tasks(said: Content) -> list[Row]:
    """The actions and steps of ``said`` that were put in from a task."""
    return [row for kind in ("action", "risk") for row in said.rows[kind].values() if row.get("task_id")]


def tasks_of(said: Content) -> set[UUID]:
    """The keys of the tasks that rows of ``said`` were put in from."""
    return {UUID(row["task_id"]) for row in rows_from_tasks(said)}


def tasks_in(actor: Actor, said: Content) -> dict[str, Task]:
    """The tasks that rows of ``said`` were put in from, by key. A query, where there are any."""
    keys = tasks_of(said)
    found: Iterable[Task] = Task.objects.visible_to(actor).filter(pk__in=keys).select_related("done_by", "person") if keys else ()
    return {str(each.pk): each for each in found}
