"""One row of a plan as fields: a need, a goal, an action, a step about a risk, somebody who has a part."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import uuid4

from django import forms
from django.forms.utils import ErrorDict
from django.utils.translation import gettext_lazy as _

from carehub.formfields import DateField, LongText, OneFromList, OneOf, Text
from carehub.forms import CareHubForm
from carehub.models import Task
from careplans.content import DATES, YES, Row
from careplans.forms.posted import REMOVE, date_boxes
from careplans.interventions import interventions
from careplans.models import Action, Domain, Involved, Need, RiskStep
from clients.models import RiskFound

Choices = Sequence[tuple[str, str]]


class PartForm(CareHubForm):
    """One row, or the texts. ``problems``: field → sentences."""

    kind = ""
    #: The empty row that was asked for.
    added = False
    #: What the row was put in from.
    task: Task | None = None

    def __init__(self, key: str, row: Row, problems: Mapping[str, list[str]] | None = None):
        self.key, self.row = key, row
        initial = {name: date_boxes(text) if name in DATES else text for name, text in row.items()}
        super().__init__(prefix=f"{self.kind}-{key}" if self.kind else None, initial=initial)
        self.problems = problems or {}
        self._errors = ErrorDict(
            {name: self.error_class(sentences, renderer=self.renderer) for name, sentences in self.problems.items() if name in self.fields}
        )

    @property
    def anchor(self) -> str:
        return f"{self.kind}-{self.key}"


class NeedForm(PartForm):
    kind = "need"
    #: The day of its score, where that is newer than the draft.
    newer: date | None = None
    standing = OneOf([(Need.Standing.NOW, _("Now")), (Need.Standing.LATER, _("Later"))], label=_("When"), inline=True, small=True)

    def __init__(self, key: str, row: Row, problems: Mapping[str, list[str]] | None = None):
        super().__init__(key, {"standing": Need.Standing.LATER.value if not row else "", **row}, problems)
        self.fields["standing"].label = row.get("words") or _("When to work on it")
        if row.get("source", Need.Source.SAID) == Need.Source.SAID:
            more = {
                "words": Text(label=_("What came up"), max_length=Need._meta.get_field("words").max_length),
                "domain": OneFromList(Domain.choices, label=_("What it is about")),
                "third_party": forms.BooleanField(label=_("Said by or about somebody else: never on paper"), required=False),
                REMOVE: forms.BooleanField(label=_("Remove this"), required=False),
            }
            self.fields = {**more, "standing": self.fields["standing"]}

    @property
    def is_said(self) -> bool:
        return REMOVE in self.fields

    @property
    def score(self) -> int | None:
        return int(self.row["score"]) if self.row.get("score") else None


class GoalForm(PartForm):
    kind = "goal"
    client_words = LongText(label=_("What the client wants, in their own words"), rows=2)
    domain = OneFromList(Domain.choices, label=_("What this is about"))
    service_words = LongText(label=_("What this means for the service"), rows=2, required=False)
    remove = forms.BooleanField(label=_("Remove this goal"), required=False)

    actions: list["ActionForm"]
    number = 0

    @property
    def without_actions(self) -> list[str]:
        return self.problems.get("actions", [])


class ActionForm(PartForm):
    kind = "action"
    goal_id = forms.CharField(widget=forms.HiddenInput)
    what = Text(label=_("What will be done"), max_length=Action._meta.get_field("what").max_length)
    who = OneFromList(Action.Who.choices, label=_("Who"))
    who_name = Text(label=_("Name, if somebody else"), max_length=Action._meta.get_field("who_name").max_length, required=False)
    by_when = DateField(label=_("By when"))
    intervention = OneFromList((), label=_("Which treatment, if it is one"), required=False)
    milestone = Text(label=_("How we will see it is on its way"), max_length=Action._meta.get_field("milestone").max_length, required=False)
    remove = forms.BooleanField(label=_("Remove this action"), required=False)

    def __init__(self, key: str, row: Row, problems: Mapping[str, list[str]] | None = None):
        super().__init__(key, row, problems)
        self.fields["intervention"].choices = [("", _("None"))] + [(each.value, each.text) for each in interventions()]

    @property
    def has_more(self) -> bool:
        """Something stands in the fields that are folded away."""
        return bool(self.row.get("intervention") or self.row.get("milestone"))


class StepForm(PartForm):
    kind = "risk"
    area = OneFromList(RiskFound.Area.choices, label=_("Which risk"))
    what = Text(label=_("What will be done"), max_length=RiskStep._meta.get_field("what").max_length)
    who_name = Text(label=_("Who does it"), max_length=RiskStep._meta.get_field("who_name").max_length)
    by_when = DateField(label=_("By when"))
    told = Text(label=_("Who has been told"), max_length=RiskStep._meta.get_field("told").max_length, required=False)
    third_party = forms.BooleanField(label=_("Not for the client: never on paper"), required=False)
    remove = forms.BooleanField(label=_("Remove this step"), required=False)


class InvolvedForm(PartForm):
    kind = "involved"
    role = OneFromList(Involved.Role.choices, label=_("Who is it"))
    party_id = OneFromList((), label=_("Which service"), required=False)
    name = Text(label=_("Name"), max_length=Involved._meta.get_field("name").max_length, required=False)
    contact = Text(label=_("How to reach them"), max_length=Involved._meta.get_field("contact").max_length, required=False)
    does = Text(label=_("Their part in the plan"), max_length=Involved._meta.get_field("does").max_length)
    receives = forms.BooleanField(label=_("This plan is passed on to them"), required=False)
    remove = forms.BooleanField(label=_("Remove this"), required=False)

    def __init__(self, key: str, row: Row, agencies: Choices, problems: Mapping[str, list[str]] | None = None):
        super().__init__(key, row, problems)
        self.fields["party_id"].choices = [("", _("None of these")), *agencies]


def new_key() -> str:
    """Of a row that the page offers: saved twice, it is still one row."""
    return str(uuid4())


def empty_step(area: str, key: str = "") -> StepForm:
    kept_off = YES if RiskStep.kept_off(area) else ""
    return StepForm(key or new_key(), {"area": area, "third_party": kept_off})
