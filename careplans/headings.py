"""The words that head each part of a plan, on the page, on every sheet and where two versions are compared: said once, here."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

#: By the name of the part in careplans.content, or of what stands in it.
HEADINGS: dict[str, Promise] = {
    "goals": _("What I want"),
    "actions": _("What we agreed"),
    "who": _("Who"),
    "by_when": _("By when"),
    "treatment": _("Treatment"),
    "milestone": _("How we will know"),
    "phase": _("Where I am on my way"),
    "residential_need": _("Why residential rehabilitation"),
    "admission": _("Admission"),
    "strengths": _("What I am good at, and what helps me"),
    "needs": _("What we work on now"),
    "later_needs": _("What came up, for later"),
    "risk": _("Keeping safe"),
    "risk_steps": _("What we will do"),
    "told": _("Who has been told"),
    "supports_the_wait": _("Who supports me while I wait"),
    "harm_reduction": _("Staying as well as I can"),
    "if_difficult": _("If things get difficult"),
    "way_back": _("How I come back"),
    "aftercare": _("Afterwards"),
    "involved": _("Who does what"),
    "sharing": _("Who sees this"),
    "responsibilities": _("What I can expect, and what is expected of me"),
    "next_review_on": _("Next review"),
    "disagreement": _("I do not agree with"),
    "signatures": _("Signatures"),
}
