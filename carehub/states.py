"""What a state looks like: a word and a shape, the colour only beside them, so that print, greyscale and colour-blind eyes lose nothing."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

#: tone → what it tells: alert (act now), warn (act soon), good (done or safe), busy (under way), quiet (no more to do, or nothing known).
TONES = ("alert", "warn", "good", "busy", "quiet")
#: Drawn in templates/components/shape.html.
SHAPES = ("triangle", "diamond", "circle", "half", "ring", "square", "tick", "cross", "dash", "lock", "pause")


@dataclass(frozen=True)
class State:
    word: str | Promise
    shape: str = "ring"
    tone: str = "quiet"


STATES: dict[str, State] = {
    # when something is to be done
    "overdue": State(_("Overdue"), "triangle", "alert"),
    "due": State(_("Due"), "diamond", "warn"),
    "due-soon": State(_("Due soon"), "half", "warn"),
    "on-time": State(_("On time"), "tick", "good"),
    "done": State(_("Done"), "tick", "good"),
    "to-do": State(_("To do"), "ring", "busy"),
    "waiting": State(_("Waiting"), "pause", "warn"),
    "returned": State(_("Returned"), "triangle", "warn"),
    # the life of a plan or an assessment
    "draft": State(_("Draft"), "ring", "busy"),
    "agreed": State(_("Agreed"), "half", "busy"),
    "signed": State(_("Signed"), "lock", "good"),
    "completed": State(_("Completed"), "lock", "good"),
    "in-review": State(_("In review"), "half", "busy"),
    "current": State(_("In force"), "tick", "good"),
    "withdrawn": State(_("Withdrawn"), "cross", "warn"),
    "opened": State(_("Record opened"), "triangle", "warn"),
    "to-look-at": State(_("To look at"), "diamond", "warn"),
    "unusual-grave": State(_("Unusual"), "triangle", "alert"),
    "superseded": State(_("Superseded"), "dash", "quiet"),
    "closed": State(_("Closed"), "dash", "quiet"),
    "declined": State(_("Declined"), "cross", "warn"),
    # risk; 'unknown' is never drawn as 'none'
    "risk-high": State(_("High risk"), "triangle", "alert"),
    "risk-medium": State(_("Medium risk"), "diamond", "warn"),
    "risk-low": State(_("Low risk"), "circle", "quiet"),
    "risk-none": State(_("No risk found"), "tick", "good"),
    "risk-unknown": State(_("Risk not assessed"), "ring", "warn"),
    "risk-begun": State(_("Risk reported, assessment not completed"), "triangle", "alert"),
    "risk-plan-missing": State(_("No risk management plan"), "triangle", "warn"),
    "risk-plan-new": State(_("New risk since the risk management plan"), "triangle", "alert"),
    "risk-plan-late": State(_("Risk management plan not reviewed in time"), "triangle", "warn"),
    "risk-stale": State(_("Risk not asked again in time"), "triangle", "warn"),
    "staff-safety": State(_("Staff safety"), "triangle", "alert"),
    # what has become of a goal
    "achieved": State(_("Achieved"), "tick", "good"),
    "partly": State(_("Partly"), "half", "busy"),
    "not-yet": State(_("Not yet"), "ring", "warn"),
    "no-longer-wanted": State(_("No longer wanted"), "dash", "quiet"),
    "now": State(_("Now"), "circle", "busy"),
    "later": State(_("Later"), "ring", "quiet"),
    # audits
    "met": State(_("Met"), "tick", "good"),
    "partly-met": State(_("Partly met"), "half", "warn"),
    "not-met": State(_("Not met"), "cross", "alert"),
    "not-applicable": State(_("Not applicable"), "dash", "quiet"),
    # saving
    "saved": State(_("Saved"), "tick", "good"),
    "not-saved": State(_("Not saved"), "triangle", "alert"),
}


def state_of(key: str, word: str | Promise = "") -> State:
    """The state's look, with ``word`` instead of its own where given. A key that is not listed is shown as it is, with a neutral shape."""
    key = str(key).replace("_", "-")
    known = STATES.get(key) or State(key.replace("-", " ").capitalize())
    return State(word, known.shape, known.tone) if word else known
