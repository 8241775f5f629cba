"""The page on which a risk management plan is written: each area with a risk, its steps and room for one more."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from carehub.formfields import DateField, LongText, OneOf, Text
from carehub.forms import CareHubForm, Section
from carehub.rules import Refused
from clients.assessed.accepted import Accepted
from clients.models import RiskFound, RiskPlan, RiskPlanStep
from clients.risk_planning import Agreed, Written

LINES = ("what", "by_whom", "by_when", "told")
#: Steps of one area at most.
MOST = 6


class RiskPlanForm(CareHubForm):
    mark_optional = False

    opened_at = forms.IntegerField(widget=forms.HiddenInput, required=False)
    agreement = OneOf(label=_("Does the client agree with this plan?"), choices=RiskPlan.Agreement.choices, required=False)
    agreement_words = LongText(
        label=_("If they do not, or in part: what do they not agree with, and why? Not told: why?"),
        rows=2,
        max_length=RiskPlan._meta.get_field("agreement_words").max_length,
        required=False,
    )
    review_on = DateField(label=_("When is this plan looked at again?"), required=False)

    def __init__(self, *args: Any, risks: Mapping[str, Sequence[Mapping[str, str]]], steps: Sequence[RiskPlanStep], **more: Any) -> None:
        super().__init__(*args, **more)
        self.risks = risks
        self.places: dict[str, int] = {}
        for area in RiskFound.Area.values:
            if area in risks or any(each.area == area for each in steps):
                self.places[area] = self._open(area, [each for each in steps if each.area == area])

    def _open(self, area: str, steps: Sequence[RiskPlanStep]) -> int:
        """The fields of an area: its steps, those just submitted, and one more. Returns how many."""
        submitted = [place for place in range(1, MOST + 1) if f"what-{area}-{place}" in self.data]
        count = min(max(len(steps) + 1, *submitted, 1), MOST)
        for place in range(1, count + 1):
            for name, field in _fields().items():
                self.fields[f"{name}-{area}-{place}"] = field
            if place <= len(steps):
                for name in (*LINES, "task_id"):
                    self.initial.setdefault(f"{name}-{area}-{place}", getattr(steps[place - 1], name))
        return count

    def layout(self) -> Sequence[Any]:
        sections: list[Any] = []
        for area, count in self.places.items():
            for place in range(1, count + 1):
                legend = RiskFound.Area(area).label if place == 1 else _("Another step")
                hint = "; ".join(each["words"] for each in self.risks.get(area, ())) if place == 1 else ""
                lines = (f"{name}-{area}-{place}" for name in (*LINES, "task_id"))
                sections.append(Section(legend, *lines, hint=hint, anchor=f"{area}-{place}"))
        client = Section(_("The client"), "agreement", "agreement_words")
        return (*sections, client, Section(_("Looked at again"), "review_on"), "opened_at")

    @property
    def steps(self) -> list[Written]:
        """As typed, once the form is valid. A step that was emptied is gone."""
        said = self.cleaned_data
        found = []
        for area, count in self.places.items():
            for place in range(1, count + 1):
                what, by_whom, by_when, told = (said.get(f"{name}-{area}-{place}") for name in LINES)
                task = said.get(f"task_id-{area}-{place}")
                found.append(Written(area, what or "", by_whom or "", by_when, told or "", str(task or "")))
        return found

    def with_task(self, each: Accepted, area: str, keyworker: str) -> list[Written]:
        """Its steps, and one for what was accepted, in ``area`` or where it belongs; who and by when as the task has it."""
        area = next((one for one in (area, each.area) if one in self.places), next(iter(self.places), ""))
        if not area or any(step.task == str(each.task.pk) for step in self.steps):
            return self.steps
        if sum(step.area == area and not step.is_empty for step in self.steps) >= MOST:
            raise Refused(gettext("%(area)s: there is no room for another step") % {"area": RiskFound.Area(area).label})
        person = each.task.person.name if each.task.person else keyworker
        return [*self.steps, Written(area, each.words, person, each.by_when, task=str(each.task.pk))]

    @property
    def said(self) -> Agreed:
        of = self.cleaned_data
        return Agreed(of.get("review_on"), of.get("agreement") or "", of.get("agreement_words") or "")


def _fields() -> dict[str, forms.Field]:
    longest = {name: RiskPlanStep._meta.get_field(name).max_length for name in ("what", "by_whom", "told")}
    return {
        "what": LongText(label=_("What will be done?"), rows=2, max_length=longest["what"], required=False),
        "by_whom": Text(label=_("By whom?"), max_length=longest["by_whom"], required=False),
        "by_when": DateField(label=_("By when?"), required=False),
        "task_id": forms.UUIDField(widget=forms.HiddenInput, required=False),
        "told": Text(label=_("Who has been told?"), help_text=_("Write ‘nobody yet’ if so."), max_length=longest["told"], required=False),
    }
