"""Every kind of document of a plan: what it is, from which template, and how it may be printed. One entry makes a new one."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class DocumentKind:
    """``name`` stands in Document.kind for ever; ``file`` begins the file's name, which everybody may read."""

    name: str
    #: For staff, on the page 'Print and give'.
    title: Promise
    about: Promise
    template: str
    file: str
    #: At the top of the sheet; empty: the plan's own title.
    heading: Promise | str = ""
    #: At the top of one that is discreet.
    discreet_heading: Promise | str = ""
    #: Made by itself when the plan is signed, and sealed; a discreet one is asked for and bears no seal.
    sealed: bool = False
    large: bool = False
    #: One for each agency that the client has agreed to.
    for_agency: bool = False
    #: What it says about the agency is as it stands when it is asked for, not as it stood when the plan was signed.
    agency_as_now: bool = False

    def seals(self, discreet: bool) -> bool:
        return self.sealed and not discreet


CARE_PLAN = "care-plan"

KINDS: dict[str, DocumentKind] = {
    kind.name: kind
    for kind in (
        DocumentKind(
            CARE_PLAN,
            _("The signed plan"),
            _("The whole plan as it was signed, sealed: made by itself. Discreet it is a copy to carry, without the seal."),
            "print/care_plan.html",
            "plan",
            discreet_heading=_("My plan"),
            sealed=True,
        ),
        DocumentKind(
            "short-version",
            _("Short version"),
            _("What I want, the next steps, who to ring, the next review. In plain words, to carry or put on the fridge."),
            "print/short_version.html",
            "short",
            heading=_("My plan in short"),
            discreet_heading=_("My plan in short"),
        ),
        DocumentKind(
            "large-print",
            _("Large print"),
            _("The whole plan in 18 point."),
            "print/care_plan.html",
            "large",
            discreet_heading=_("My plan"),
            large=True,
        ),
        DocumentKind(
            "map",
            _("Map"),
            _("Goals and steps as a picture on one page, with the same in words on the back."),
            "print/plan_map.html",
            "map",
            heading=_("Map of my plan"),
            discreet_heading=_("Map of my plan"),
        ),
        DocumentKind(
            "summary",
            _("Summary for another agency"),
            _("For the client to show to an agency that they have agreed to share with: nothing else stands on it."),
            "print/summary.html",
            "summary",
            heading=_("Summary of my care plan"),
            discreet_heading=_("Summary of my plan"),
            for_agency=True,
        ),
        DocumentKind(
            "rights",
            _("Leaflet: your care plan and your rights"),
            _("What a plan is, what the client can expect, what is expected of them, complaints, who speaks up for them. Fold it once."),
            "print/rights.html",
            "leaflet",
            heading=_("Your care plan and your rights"),
            discreet_heading=_("Your plan and your rights"),
            agency_as_now=True,
        ),
    )
}
