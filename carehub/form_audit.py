"""A form held against what best practice expects of it: the 13 items that services most often left out (code list 'expectations').

They are not the review's whole set, so nothing here is its score.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from carehub.charts.bars import stacked_bars
from carehub.charts.drawing import Figure
from carehub.definitions.catalogue import catalogue
from carehub.definitions.schema import CodeList, Form

#: The list keeps the items of a comprehensive and of a risk assessment apart.
PARTS: dict[str, Promise] = {
    "comprehensive": gettext_lazy("Comprehensive assessment"),
    "risk": gettext_lazy("Risk assessment"),
}
#: Forms of other kinds ask something else.
AUDITED = ("screening", "triage", "comprehensive", "risk", "local")


@dataclass(frozen=True)
class Item:
    value: str
    text: str
    #: Percentage of services, nationally, whose form did not ask it.
    lacking: int
    asked: bool
    #: The questions that ask it; none where somebody ticked it of a form on paper.
    by: tuple[str, ...] = ()


@dataclass(frozen=True)
class Part:
    """The items of one kind of assessment, apart from those of the other."""

    name: str
    title: str | Promise
    items: tuple[Item, ...]

    @property
    def number(self) -> int:
        return len(self.items)

    @property
    def asked(self) -> int:
        return sum(item.asked for item in self.items)

    @property
    def missing(self) -> tuple[Item, ...]:
        """Those that services most often lacked stand first."""
        return tuple(sorted((item for item in self.items if not item.asked), key=lambda item: -item.lacking))

    @property
    def sentence(self) -> str:
        said = {"asked": self.asked, "all": self.number, "missing": ", ".join(item.text for item in self.missing)}
        if not self.missing:
            return _("All %(all)s items are asked.") % said
        if not self.asked:
            return _("None of the %(all)s items is asked: %(missing)s.") % said
        return _("%(asked)s of %(all)s items are asked. Not asked: %(missing)s.") % said


def items() -> CodeList:
    return catalogue().codes("expectations")


def of_form(form: Form) -> tuple[Part, ...]:
    """Which question asks which item."""
    found: dict[str, dict[str, None]] = {}
    for question in form.questions:
        for item in question.expectations:
            # Of a group one entry says it for all.
            if question.entry <= 1:
                found.setdefault(item, {})[question.text] = None
    return _parts({item: tuple(questions) for item, questions in found.items()})


def of_items(ticked: Collection[str]) -> tuple[Part, ...]:
    """Of a form that is not ours: what somebody ticked."""
    return _parts(dict.fromkeys(ticked, ()))


def of_all(audits: Iterable[tuple[Part, ...]]) -> tuple[Part, ...]:
    """What is asked in one form or another."""
    return of_items({item.value for parts in audits for part in parts for item in part.items if item.asked})


def _parts(asked: Mapping[str, tuple[str, ...]]) -> tuple[Part, ...]:
    return tuple(
        Part(
            name,
            title,
            tuple(
                Item(code.value, code.text, int(code.property("missing") or 0), code.value in asked, asked.get(code.value, ()))
                for code in items().with_property("form", name)
            ),
        )
        for name, title in PARTS.items()
    )


def picture(name: str, rows: Iterable[tuple[str | Promise, Part]], *, title: str | Promise, about: str | Promise) -> Figure:
    """How many items are asked and how many are not, a bar a row; its table says the same."""
    drawn = [(label, (part.asked, len(part.missing))) for label, part in rows]
    summary = _("How many of the items are asked, and how many are not.")
    return stacked_bars(name, title=title, summary=summary, about=about, parts=(_("Asked"), _("Not asked")), rows=drawn, note=not_a_score())


def not_a_score() -> str:
    return _("Items that a national review found missing most often. They are not all that it looked at: this is not its score.")
