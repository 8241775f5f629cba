"""Two people wrote in one plan: the lines that both changed, side by side."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from carehub import conflicts, stale
from carehub.keeping import Keeping
from careplans.actions.writing import PlanConflict
from careplans.content import APART, DATES, FIELDS, Content
from careplans.forms import posted
from careplans.forms.rows import ActionForm, GoalForm, InvolvedForm, NeedForm, StepForm
from careplans.forms.writing import TextsForm
from careplans.interventions import words_of
from careplans.models import Action, Domain, Involved, Need, PlanVersion
from careplans.sheets import day_of
from clients.models import RiskFound

FORMS = {"need": NeedForm, "goal": GoalForm, "action": ActionForm, "risk": StepForm, "involved": InvolvedForm}
WORDS = {
    "who": dict(Action.Who.choices),
    "domain": dict(Domain.choices),
    "standing": dict(Need.Standing.choices),
    "area": dict(RiskFound.Area.choices),
    "role": dict(Involved.Role.choices),
    "phase": dict(PlanVersion.Phase.choices),
    "admission": dict(PlanVersion.Admission.choices),
}
#: Where two texts can be kept in one.
LONG = ("client_words", "service_words", "what", "told")


def conflict_page(
    request: HttpRequest,
    conflict: PlanConflict,
    *,
    submitted: QueryDict,
    keys: dict[str, str],
    keeping: Keeping,
    **context: Any,
) -> HttpResponse:
    """``keys``: what the record calls a row → what this page calls it, where they differ (a row that a colleague took off)."""
    marks = stale.marks({_in_page(address, keys): text for address, text in conflict.theirs.flat().items()})
    lines, also = [], []
    for address, (mine, theirs) in conflict.conflicts.items():
        line = _in_page(address, keys)
        lines.append(_disagreement(line, mine, theirs))
        if None in (mine, theirs):  # one of the two took the row off: the choice is about all of it
            rows = _with_its_actions(line.rpartition(".")[0], submitted)
            also += [name for name in (*marks, *conflicts.opened(submitted)) if name.rpartition(".")[0] in rows]
    return conflicts.page(
        request,
        lines,
        submitted=submitted,
        marks=marks,
        also=also,
        keeping=keeping,
        theirs_by=_("A colleague, or you in another window,"),
        **context,
    )


def settled(data: QueryDict, stored: Content) -> QueryDict:
    """The form with the choices of the conflict page made in it."""
    theirs: dict[str, dict[str, list[str]]] = {}
    for name in data:
        if name.startswith(conflicts.KEEP):
            line = name.removeprefix(conflicts.KEEP)
            theirs[line] = dict(_as_it_stands(data, stored, line))
    return conflicts.settled(data, theirs=theirs, texts={line: posted.field_name(line) for line in theirs})


def _as_it_stands(data: QueryDict, stored: Content, line: str) -> Iterator[tuple[str, list[str]]]:
    """The page's fields where 'what stands there' was chosen: of the line, or of the whole row that one had taken off."""
    row = line.rpartition(".")[0]
    if not row:
        yield from posted.fields_of(line, stored.get(line))
        return
    kind, _dot, key = row.partition(".")
    removed, stands = posted.field_name(f"{row}.{posted.REMOVE}"), stored.rows.get(kind, {}).get(key)
    if stands is None:
        yield removed, ["on"]
        return
    for name in FIELDS[kind] if removed in data else [line.rpartition(".")[2]]:
        yield from posted.fields_of(f"{row}.{name}", stands[name])
    yield removed, []


def _with_its_actions(row: str, submitted: QueryDict) -> set[str]:
    """A goal that stays or goes does so with its actions."""
    kind, _dot, key = row.partition(".")
    rows = {row}
    if kind == "goal":
        said = posted.read(submitted, Content())
        rows |= {f"action.{each}" for each, action in said.rows["action"].items() if action.get("goal_id") == key}
    return rows


def _in_page(address: str, keys: dict[str, str]) -> str:
    kind, dot, rest = address.partition(".")
    key, _dot, name = rest.partition(".")
    return f"{kind}.{keys.get(key, key)}.{name}" if dot else address


def _disagreement(line: str, mine: str | None, theirs: str | None) -> conflicts.Disagreement:
    kind, dot, rest = line.partition(".")
    name = rest.rpartition(".")[2] if dot else line
    fields = FORMS[kind].base_fields if dot else TextsForm.base_fields
    label = str(fields[name].label) if name in fields else name
    whole_row = mine is None or theirs is None
    long = not whole_row and (not dot or name in LONG) and name not in DATES
    return conflicts.Disagreement(line, label, _words(name, mine), _words(name, theirs), posted.field_name(line) if long else "")


def _words(name: str, text: str | None) -> str:
    if text is None:
        return _("(taken off the plan)")
    if name in DATES:
        day = day_of(text)
        return day if isinstance(day, str) else date_format(day, "j F Y")
    if name == "intervention":
        return words_of(text) or text
    return str(WORDS.get(name, {}).get(text, text)).replace(APART, "\n")
