"""Integrated care pathways as data: what each of the thirteen elements of Models of Care: Update 2006, 6.2 says, agreed locally."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from carehub.definitions.catalogue import catalogue
from carehub.definitions.errors import UnknownDefinition
from carehub.definitions.read_question import Words
from carehub.definitions.schema import Definition
from carehub.definitions.table import Table

#: In the order of 6.2; every pathway says something of each.
ELEMENTS: dict[str, Promise] = {
    "interventions": _("What is provided"),
    "aims": _("Aims and objectives"),
    "clients": _("Who it is for"),
    "eligibility": _("Who is eligible, and who comes first"),
    "exclusions": _("Who it is not for, and contraindications"),
    "referral": _("How somebody is referred"),
    "assessment": _("Screening and assessment"),
    "goals": _("How goals are agreed"),
    "process": _("The treatment, phase by phase"),
    "co-ordination": _("Who co-ordinates care"),
    "departure": _("Leaving, aftercare and support"),
    "onward": _("Where it leads on to"),
    "interfaces": _("Services that it works with"),
}


@dataclass(frozen=True)
class Element:
    """``source``: the guidance that it rests on; '' where it is ours."""

    id: str
    text: str
    source: str = ""

    @property
    def title(self) -> Promise:
        return ELEMENTS[self.id]


@dataclass(frozen=True)
class Pathway(Definition):
    KIND = "pathway"
    elements: tuple[Element, ...]
    about: str
    source: str = ""


def read_pathway(table: Table, name: str, version: int, title: str, _words: Words) -> Pathway:
    """A file with kind = "pathway". Refused with file and line: an element that is missing, empty, or none of the thirteen."""
    about, source = table.text("about"), table.text("source", "")
    said = table.table("elements", "the elements of a pathway")
    said.only(ELEMENTS)
    resting = table.table("sources", "sources") if "sources" in table else None
    if resting is not None:
        resting.only(ELEMENTS)
    elements = tuple(
        Element(element, said.text(element).strip(), resting.text(element, "") if resting is not None else "") for element in ELEMENTS
    )
    table.finish()
    return Pathway(name, version, title, elements, about, source)


def pathways() -> list[Pathway]:
    """The newest version of each, by title."""
    found = {one.name: one for one in sorted(catalogue(), key=lambda one: one.version) if isinstance(one, Pathway)}
    return sorted(found.values(), key=lambda one: one.title)


def pathway(name: str, version: int | None = None) -> Pathway | None:
    """The newest version, or the one asked for; None where there is none (any more)."""
    try:
        found = catalogue().latest(name) if version is None else catalogue().get(name, version)
    except UnknownDefinition:
        return None
    return found if isinstance(found, Pathway) else None
