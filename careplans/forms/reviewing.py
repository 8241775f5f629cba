"""The page on which a plan is reviewed: of each goal what became of it, what is worked on next, scores, the next day."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from carehub.definitions.schema import Form
from carehub.formfields import DateField, LongText, OneFromList, OneOf, Several, Text, YesNo
from carehub.forms import CareHubForm
from carehub.models import Task
from carehub.rules import Refused
from careplans.content import Content, Row
from careplans.forms.posted import field_name
from careplans.keeping_safe import in_order
from careplans.models import GoalOutcome, Need, PlanReview, PlanVersion
from careplans.policies import Held
from clients.assessed.over_time import AreaNow
from clients.models import RiskFound

#: Field → whether its steps are said by or about others.
STEPS = {"steps": False, "steps_kept_off": True}


class ReviewForm(CareHubForm):
    """Nothing is judged here but whether a date is one; what a review must say stands in careplans.policies.reviewing.

    ``said``: what the reviewed version says. ``scores``: the form on which areas are scored, None for whoever may not assess.
    ``risks``: the areas of risk in the order of careplans.keeping_safe. ``tasks``: those that its rows were put in from, by key.
    """

    #: What must be answered is said by the policy; 'optional' beside it would be wrong.
    mark_optional = False

    held_on = DateField(label=_("When you met"), latest="today")
    others_there = Text(label=_("Who else was there"), max_length=PlanReview._meta.get_field("others_there").max_length, required=False)
    client_says = LongText(label=_("How the client sees it"), help_text=_("In their own words."), rows=2, required=False)
    promoted = Several(label=_("Which of these do you work on from now on?"), required=False, small=True)
    phase = OneFromList(PlanVersion.Phase.choices, label=_("Where they are on their way"), required=False)
    others_involved = LongText(label=_("Who else is involved now"), rows=2, required=False)
    information_exchanged = YesNo(label=_("Has what they need to know been exchanged with them?"), required=False)
    pathway_changed = LongText(
        label=_("Has the way through treatment changed?"), help_text=_("How; leave this empty if it has not."), rows=2, required=False
    )
    next_review_on = DateField(label=_("Next review"))

    def __init__(
        self,
        version: PlanVersion,
        said: Content,
        areas: Sequence[AreaNow],
        scores: Form | None,
        risks: Sequence[str],
        *args: Any,
        tasks: Mapping[str, Task] | None = None,
        **more: Any,
    ) -> None:
        self.said, self.areas, self.tasks = said, areas, tasks or {}
        super().__init__(*args, **more)
        for key in said.rows["goal"]:
            self.fields[_name(key, "outcome")] = OneOf(
                GoalOutcome.Outcome.choices, label=_("What has become of it?"), inline=True, small=True, required=False
            )
            self.fields[_name(key, "why")] = Text(
                label=_("Why, if it was not achieved"), max_length=GoalOutcome._meta.get_field("why").max_length, required=False
            )
            done = Several(
                label=_("Which of these are done?"), choices=[(each, step["what"]) for each, step in said.actions_of(key).items()],
                required=False, small=True,
            )  # fmt: skip
            done.initial = [each for each, step in said.actions_of(key).items() if self._task_done(step)]
            if said.actions_of(key):
                self.fields[_name(key, "done")] = done
        self.steps = in_order(said.rows["risk"], risks)
        for name, third_party in STEPS.items():
            if steps := self._steps(third_party=third_party):
                self.fields[name] = Several(
                    label=_("Which of these are done?"), choices=[(each, _in_words(step)) for each, step in steps.items()],
                    required=False, small=True,
                )  # fmt: skip
                self.fields[name].initial = [each for each, step in steps.items() if self._task_done(step)]
        self.fields["promoted"].choices = [(key, need["words"]) for key, need in self.waiting.items()]
        if not self.waiting:
            del self.fields["promoted"]
        self.scored: list[str] = []
        for question in scores.questions if scores else ():
            if question.kind == "score-1-5":
                name = f"score-{question.area}"
                anchors = [(str(number), f"{number}: {words}") for number, words in enumerate(question.anchors, start=1)]
                title = next((area.name for area in areas if area.area == question.area), question.short)
                self.fields[name] = OneFromList([("", _("Not scored today")), *anchors], label=title, required=False)
                self.scored.append(name)

    @property
    def waiting(self) -> dict[str, Row]:
        return {key: need for key, need in self.said.rows["need"].items() if need["standing"] != Need.Standing.NOW}

    @property
    def goals(self) -> list[dict[str, Any]]:
        return [
            {
                "goal": goal,
                "done": self[_name(key, "done")] if _name(key, "done") in self.fields else None,
                "tasks": [(step["what"], task) for step in self.said.actions_of(key).values() if (task := self._task_of(step))],
                "outcome": self[_name(key, "outcome")],
                "why": self[_name(key, "why")],
            }
            for key, goal in self.said.rows["goal"].items()
        ]

    @property
    def safe(self) -> list[dict[str, Any]]:
        """The steps of 'Keeping safe': those that the client sees, then those that they do not."""
        return [
            {
                "third_party": third_party,
                "done": self[name],
                "tasks": [(step["what"], task) for step in self._steps(third_party=third_party).values() if (task := self._task_of(step))],
            }
            for name, third_party in STEPS.items()
            if name in self.fields
        ]

    def _steps(self, *, third_party: bool) -> dict[str, Row]:
        return {key: step for key, step in self.steps.items() if bool(step["third_party"]) is third_party}

    def _task_of(self, step: Row) -> Task | None:
        return self.tasks.get(step["task_id"])

    def _task_done(self, step: Row) -> bool:
        """Whoever did the task has said so: it is ticked already."""
        return (task := self._task_of(step)) is not None and task.done_at is not None

    @property
    def score_fields(self) -> list[tuple[forms.BoundField, AreaNow | None]]:
        known = {f"score-{area.area}": area for area in self.areas}
        return [(self[name], known.get(name)) for name in self.scored]

    @property
    def held(self) -> Held:
        """What can be read, once the form was asked whether it is valid."""
        given = self.cleaned_data
        texts = ("phase", "others_there", "others_involved", "pathway_changed", "client_says")
        return Held(
            held_on=given.get("held_on"),
            next_review_on=given.get("next_review_on"),
            outcomes={key: (given.get(_name(key, "outcome"), ""), given.get(_name(key, "why"), "")) for key in self.said.rows["goal"]},
            promoted=given.get("promoted", ()),
            done=[each for name in (*(_name(key, "done") for key in self.said.rows["goal"]), *STEPS) for each in given.get(name, ())],
            scores={name.removeprefix("score-"): int(given[name]) for name in self.scored if given.get(name)},
            information_exchanged=given.get("information_exchanged"),
            **{name: given.get(name, "") for name in texts},
        )

    def say_the_rest(self, check: Callable[[], None]) -> None:
        """A date that is none does not hide what else is missing. ``check``: of what can be read."""
        wrong = set(self.errors)
        try:
            check()
        except Refused as no:
            self.refuse({name: sentences for name, sentences in no.fields.items() if field_name(name) not in wrong})

    def refuse(self, fields: dict[str, list[str]]) -> None:
        """Each sentence beside its field, or above the form."""
        for address, sentences in fields.items():
            name = field_name(address)
            for sentence in sentences:
                self.add_error(name if name in self.fields else None, sentence)


def _in_words(step: Row) -> str:
    area = dict(RiskFound.Area.choices).get(step["area"], "")
    return f"{area}: {step['what']}" if area else step["what"]


def _name(key: str, what: str) -> str:
    return field_name(f"goal.{key}.{what}")
