"""The page on which a plan is written: rows and texts as fields, each problem beside its own.

The forms draw what stands there and never judge it: everything may be saved as a draft. What keeps it from being agreed comes
from careplans.policies.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from carehub.formfields import DateField, LongText, OneFromList
from carehub.models import Task
from carehub.templatetags.form_tags import anchor
from careplans.content import Content, Row
from careplans.forms.rows import (
    ActionForm,
    Choices,
    GoalForm,
    InvolvedForm,
    NeedForm,
    PartForm,
    StepForm,
    empty_step,
    new_key,
)
from careplans.models import Domain, Need, PlanVersion


class TextsForm(PartForm):
    phase = OneFromList(PlanVersion.Phase.choices, label=_("Where they are on their way"), required=False)
    admission = OneFromList(PlanVersion.Admission.choices, label=_("Is the admission planned, or in a crisis?"), required=False)
    residential_need = LongText(label=_("Why residential rehabilitation is needed"), rows=3, required=False)
    aftercare = LongText(
        label=_("Afterwards"), help_text=_("Support with drugs and alcohol, other support, and who holds it."), rows=3, required=False
    )
    responsibilities = LongText(
        label=_("What is expected of the client"), help_text=_("Appointments too: how often, and what happens if one is missed."), rows=2,
        required=False,
    )  # fmt: skip
    strengths = LongText(label=_("What the client is good at, and what helps"), rows=2, required=False)
    supports_the_wait = LongText(label=_("Who supports the client while they wait"), rows=2, required=False)
    if_difficult = LongText(
        label=_("If things get difficult"), help_text=_("What to do, and how we may reach the client."), rows=3, required=False
    )
    way_back = LongText(label=_("How they come back"), rows=2, required=False)
    harm_reduction = LongText(label=_("Staying as well as they can"), help_text=_("One on each line."), rows=3, required=False)
    sharing = LongText(label=_("Who may see this plan"), help_text=_("One on each line: who, what, until when."), rows=3, required=False)
    disagreement = LongText(label=_("What the client does not agree with"), help_text=_("In their own words."), rows=2, required=False)
    next_review_on = DateField(label=_("Next review"))


MAIN_TEXTS = ("phase", "if_difficult", "way_back", "sharing")
#: Which stand open, by kind of plan; the others fold away. An initial plan is a few fields, written at the first visit.
OF_KIND = {
    "initial": ("supports_the_wait", "if_difficult"),
    "residential": ("phase", "admission", "residential_need", "aftercare", *MAIN_TEXTS),
    "aftercare": ("aftercare", *MAIN_TEXTS),
}
NOT_OF_OTHERS = {"admission": "residential", "residential_need": "residential"}
ALL_TEXTS = tuple(name for name in PlanVersion.TEXTS)


class PlanPage:
    """All that the page shows, from what the plan says. ``problems``: (address, sentence) as the policy gives them.

    ``add``: which empty row was asked for: 'goal', 'risk' or 'action-<goal>'. ``areas``: risks that were found and have no step yet.
    ``agencies``: services of the partnership, (key, name). ``tasks``: those that rows were put in from, by key.
    """

    def __init__(
        self,
        kind: str,
        said: Content,
        problems: Iterable[tuple[str, str]] = (),
        *,
        add: str = "",
        areas: Iterable[str] = (),
        agencies: Choices = (),
        tasks: Mapping[str, Task] | None = None,
    ) -> None:
        self.kind, self.said, self.add, self.tasks = kind, said, add, tasks or {}
        self.problems = list(problems)
        self._at: dict[str, dict[str, list[str]]] = {}
        for address, sentence in self.problems:
            row, _dot, name = address.rpartition(".")
            self._at.setdefault(row, {}).setdefault(name, []).append(sentence)
        self.texts = TextsForm("", said.texts, self._at.get("", {}))
        self.needs = [NeedForm(key, row, self._at.get(f"need.{key}")) for key, row in said.rows["need"].items()]
        self.goals = [self._goal(key, row, number) for number, (key, row) in enumerate(said.rows["goal"].items(), start=1)]
        if not self.goals or add == "goal":
            self.goals.append(self._goal(new_key(), {}, len(self.goals) + 1))
            self.goals[-1].added = add == "goal"
        self.steps = [StepForm(key, row, self._at.get(f"risk.{key}")) for key, row in said.rows["risk"].items()]
        for step in self.steps:
            step.task = self.tasks.get(step.row.get("task_id", ""))
        covered = {row.get("area") for row in said.rows["risk"].values()}
        self.steps += [empty_step(area) for area in areas if area not in covered]
        if add == "risk":
            self.steps.append(empty_step(""))
            self.steps[-1].added = True
        self.agencies = agencies
        self.involved = [InvolvedForm(key, row, agencies, self._at.get(f"involved.{key}")) for key, row in said.rows["involved"].items()]
        if add == "involved":
            self.involved.append(InvolvedForm(new_key(), {}, agencies))
            self.involved[-1].added = True

    def say_newer(self, since: Mapping[str, date]) -> None:
        """``since``: areas that were scored after the draft was begun, with the day (careplans.scored_since)."""
        for need in self.needs:
            if need.score:
                need.newer = since.get(need.row.get("area", ""))

    def _goal(self, key: str, row: Row, number: int) -> GoalForm:
        goal = GoalForm(key, row, self._at.get(f"goal.{key}"))
        goal.number = number
        goal.actions = [ActionForm(each, action, self._at.get(f"action.{each}")) for each, action in self.said.actions_of(key).items()]
        for action in goal.actions:
            action.task = self.tasks.get(action.row.get("task_id", ""))
        if not goal.actions or self.add == f"action-{key}":
            goal.actions.append(ActionForm(new_key(), {"goal_id": key}))
            goal.actions[-1].added = self.add == f"action-{key}"
        return goal

    @cached_property
    def new_need(self) -> NeedForm:
        return NeedForm(new_key(), {})

    @property
    def by_domain(self) -> list[tuple[str, list[NeedForm]]]:
        """What came up, under the four domains in their order; one without a domain (yet) last."""
        groups: dict[str, list[NeedForm]] = {}
        for need in self.needs:
            groups.setdefault(need.row.get("domain", ""), []).append(need)
        labels: dict[str, Any] = dict(Domain.choices)
        order = [name for name in (*labels, *(name for name in groups if name not in labels)) if name in groups]
        return [(str(labels.get(name, _("Something else"))), groups[name]) for name in order]

    @property
    def first_texts(self) -> list:
        """Texts that stand there open; in the order of the page."""
        first = OF_KIND.get(self.kind, MAIN_TEXTS)
        wanted = {address for address, _sentence in self.problems}
        return [self.texts[name] for name in ALL_TEXTS if name in first or name in wanted]

    @property
    def more_texts(self) -> list:
        shown = {field.name for field in self.first_texts}
        return [self.texts[name] for name in ALL_TEXTS if name not in shown and NOT_OF_OTHERS.get(name, self.kind) == self.kind]

    @property
    def more_written(self) -> bool:
        return any(self.said.texts.get(field.name) for field in self.more_texts)

    @property
    def missing(self) -> list[dict[str, str]]:
        """What is missing, each as a link to its place; the same in many places once, with the first of them."""
        found: dict[str, list[str]] = {}
        for address, sentence in self.problems:
            found.setdefault(sentence, []).append(self._place(address))
        listed = []
        for sentence, places in found.items():
            often = _("%(sentence)s (in %(number)s places)") % {"sentence": sentence, "number": len(places)}
            listed.append({"text": sentence if len(places) == 1 else often, "url": f"#{places[0]}" if places[0] else ""})
        return listed

    def _place(self, address: str) -> str:
        row, _dot, name = address.rpartition(".")
        if not row:
            places = {"goal": "goals", "risk": "risks", "involved": "involved"}
            return places.get(name) or (anchor(self.texts[name]) if name in self.texts.fields else "")
        form = next((each for each in self._rows() if f"{each.kind}.{each.key}" == row), None)
        if form is None:
            return ""
        return anchor(form[name]) if name in form.fields else form.anchor

    def _rows(self) -> Iterable[PartForm]:
        yield from (*self.needs, *self.goals, *(action for goal in self.goals for action in goal.actions), *self.steps, *self.involved)

    # For rows that a script adds: '__key__' and '__goal__' become keys of the row and of its goal.

    @property
    def goal_template(self) -> GoalForm:
        goal = GoalForm("__key__", {})
        goal.actions = []
        return goal

    @property
    def action_template(self) -> ActionForm:
        return ActionForm("__key__", {"goal_id": "__goal__"})

    @property
    def step_template(self) -> StepForm:
        return empty_step("", "__key__")

    @property
    def involved_template(self) -> InvolvedForm:
        return InvolvedForm("__key__", {}, self.agencies)

    @property
    def undecided(self) -> int:
        return sum(need.get("standing") == Need.Standing.UNDECIDED for need in self.said.rows["need"].values())
