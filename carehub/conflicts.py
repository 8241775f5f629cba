"""Two people saved the same lines: the page on which the second one chooses, field by field, with both texts in view.

Nothing of the submitted form is lost on the way: the page carries it along, with the choices beside it, and posts it where the form
would have gone. A view that saves over a record::

    data = conflicts.settled(request.POST, theirs=…, texts=…)
    try:
        save(…, opened=conflicts.opened(request.POST))
    except stale.Conflict as conflict:
        return conflicts.page(request, […], submitted=data, marks=stale.marks(…), keeping=keeping)

A third save meanwhile, or a line left open, shows the page again. A form that is filled from a draft keeps the draft's own marks
(``opened(keeping.data)``): what a colleague has saved since then is not overwritten by a text that is older.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from carehub.formfields import LongText, OneOf
from carehub.forms import CareHubForm
from carehub.keeping import Keeping

MINE, THEIRS, BOTH = "mine", "theirs", "both"
KEEP, _MERGED, _ASKED = "keep--", "merged--", "conflicts--"
_NOT_CARRIED = frozenset({"csrfmiddlewaretoken", "opened", "draft_ticket", "draft_form", "draft_sequence"})
#: A mark that no value has: a line about which nothing was chosen is still in conflict.
_UNDECIDED = "undecided"


@dataclass(frozen=True)
class Disagreement:
    """One line of a record that both have changed. ``mine`` and ``theirs`` as a person reads them."""

    name: str
    label: str
    mine: str
    theirs: str
    #: The field a text is typed into, where both texts can be kept in one; '' for what can only be chosen.
    text_field: str = ""


class ConflictForm(CareHubForm):
    """For each line: mine, theirs or, of texts, both in one that can be mended."""

    def __init__(self, disagreements: Iterable[Disagreement], data: QueryDict | None = None):
        self.disagreements = list(disagreements)
        super().__init__(data)
        for each in self.disagreements:
            choices = [(MINE, _("Keep what I wrote")), (THEIRS, _("Keep what stands there"))]
            shows: dict[Any, Sequence[str]] = {}
            if each.text_field:
                merged = f"{_MERGED}{each.name}"
                choices.insert(0, (BOTH, _("Keep both")))
                shows = {BOTH: [merged]}
                self.fields[merged] = LongText(label=_("Both texts: change what you like"), required=False)
                self.initial[merged] = "\n\n".join(filter(None, (each.theirs, each.mine)))
                self.initial[f"{KEEP}{each.name}"] = BOTH
            self.fields[f"{KEEP}{each.name}"] = OneOf(
                choices, label=_("What is to stand there?"), shows=shows, missing=_("‘%s’: choose what is to stand there") % each.label
            )

    def rows(self) -> list[dict[str, Any]]:
        """For components/conflict.html."""
        return [
            {"label": each.label, "mine": each.mine, "theirs": each.theirs, "field": self[f"{KEEP}{each.name}"]}
            for each in self.disagreements
        ]


def _chosen(data: QueryDict) -> dict[str, str]:
    return {name.removeprefix(KEEP): str(data[name]) for name in data if name.startswith(KEEP) and data[name]}


def as_text(marks: Mapping[str, str]) -> str:
    """For the hidden field 'opened' of a form that is saved over a record."""
    return json.dumps(marks)


def opened(data: QueryDict) -> dict[str, str]:
    """The marks that a form was opened with, from its hidden field 'opened'. What is no such table counts as none: all is compared."""
    try:
        marks = json.loads(data.get("opened", "") or "{}")
    except ValueError:
        marks = {}
    marks = {str(name): str(mark) for name, mark in marks.items()} if isinstance(marks, dict) else {}
    undecided = set(data.get(_ASKED, "").split()) - _chosen(data).keys()
    return marks | dict.fromkeys(undecided, _UNDECIDED)


def settled(data: QueryDict, theirs: Mapping[str, Mapping[str, Sequence[str]]], texts: Mapping[str, str]) -> QueryDict:
    """The submitted form with the choices made on the conflict page; unchanged where there are none.

    ``theirs``: line → how the form would carry what stands in the record now. ``texts``: line → the field its text is typed into.
    """
    result = data.copy()
    for name, choice in _chosen(data).items():
        merged = data.get(f"{_MERGED}{name}", "")
        if choice == THEIRS:
            for typed, values in theirs.get(name, {}).items():
                result.setlist(typed, list(values))
        elif choice == BOTH and name in texts:
            result[texts[name]] = merged
    return result


def page(
    request: HttpRequest,
    disagreements: Iterable[Disagreement],
    *,
    submitted: QueryDict,
    marks: Mapping[str, str],
    keeping: Keeping,
    also: Iterable[str] = (),
    **context: Any,
) -> HttpResponse:
    """The page itself. ``marks``: of the record as it stands now. ``context``: banner, back_url.

    The second save starts from them in the lines in question, and in ``also`` (the rest of a row that somebody took off); in all
    others from where the form started: a line that I never touched must not go over what a colleague wrote there meanwhile.
    """
    ours = (KEEP, _MERGED, _ASKED)
    names = [name for name in submitted if name not in _NOT_CARRIED and not name.startswith(ours)]
    carried = [(name, value) for name in names for value in submitted.getlist(name)]
    asked_before = _ASKED in submitted
    form = ConflictForm(disagreements, submitted if asked_before else None)
    keeping.not_taken()
    carried.append((_ASKED, " ".join(each.name for each in form.disagreements)))
    starts = opened(submitted)
    for name in {*also, *(each.name for each in form.disagreements)}:
        starts.pop(name, None)
        if name in marks:
            starts[name] = marks[name]
    carried.append(("opened", as_text(starts)))
    shown = {"form": form, "rows": form.rows(), "carried": carried, "draft_ticket": keeping.ticket}
    return render(request, "carehub_pages/conflict.html", shown | context)
