"""What keeps a draft from being agreed, each as a sentence that stands beside its field. All of it may be saved as a draft."""

from datetime import date

from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from carehub import clock
from carehub.definitions.catalogue import catalogue
from carehub.definitions.plans import PlanKind
from carehub.formfields import DateField
from careplans import content
from careplans.content import APART, Content
from careplans.models import PARTS, Action, CarePlan, Domain, Need, PlanReview, PlanVersion
from careplans.review_dates import review_by
from clients.models import Episode, RiskFound

#: Where a part of the definition is written: a text of the version; '' where it is asked of rows or of the episode.
PARTS_HELD = {
    "needs": "",
    "goals": "",
    "actions": "",
    "keyworker": "",
    "risk-plan": "",
    "next-review": "next_review_on",
    "who-does-what": "",
    "receiving-agencies": "",
    "admission": "admission",
    "residential-need": "residential_need",
    "aftercare": "aftercare",
    "responsibilities": "responsibilities",
    "waiting-support": "supports_the_wait",
    "difficulties": "if_difficult",
    "harm-reduction": "harm_reduction",
    "sharing": "sharing",
    "client-view": "disagreement",
    "way-back": "way_back",
}
RISKS_FOUND = (Episode.Risk.LOW, Episode.Risk.MEDIUM, Episode.Risk.HIGH)

#: (address of the field, sentence).
Missing = list[tuple[str, str]]


def kind_of(plan: CarePlan) -> PlanKind:
    return catalogue().plan_kinds().kind(plan.kind)


def first_standing(kind: PlanKind, score: str) -> str:
    """Of a need that nobody has decided: a concern waits for the client's word, everything lower stays as 'later' by itself (GP 5.4.1)."""
    concern = bool(kind.concern_from) and bool(score) and int(score) >= kind.concern_from
    return Need.Standing.UNDECIDED.value if concern else Need.Standing.LATER.value


def latest_review(version: PlanVersion, *, reviewed: bool | None = None) -> date:
    """The last day that the next review of a version signed today may have (careplans.review_dates).

    What was changed without a review is reviewed when it was to be reviewed; where that day has come, the plan's head keeps it.
    ``reviewed``: this version comes from a review, where that is not written down yet.
    """
    plan, today = version.plan, clock.today()
    held = PlanReview.objects.filter(plan=plan).values_list("draft_id", flat=True) if plan.current_id else ()
    drafts = set(held)
    latest = review_by(plan.kind, version.partnership, reviewed=bool(reviewed or drafts), start=today).by
    from_review = reviewed if reviewed is not None else version.pk in drafts
    if plan.review_due_on and plan.review_due_on > today and not from_review:
        return min(latest, plan.review_due_on)
    return latest


def missing_before_agreed(version: PlanVersion, said: Content | None = None) -> Missing:
    """What keeps ``version`` from being agreed: (address of the field, sentence), in the order of the page. Empty: nothing.

    ``said``: what stands in the form, where that is not (yet) what is saved.
    """
    said, kind = (said or content.of(version)).whole(), kind_of(version.plan)
    found: Missing = []
    required = _required(kind, said)
    if "goals" in kind.required and not said.rows["goal"]:
        found.append(("goal", _("Write down at least one goal, in the client’s own words.")))
    if kind.goals_now.how == "must" and len(said.rows["goal"]) > kind.goals_now.at_most:
        found.append(("goal", _("Choose at most %(number)s goals to work on now.") % {"number": kind.goals_now.at_most}))
    for key, goal in said.rows["goal"].items():
        found += _of_goal(said, key, goal, actions_needed="actions" in kind.required)
    found += [problem for key, need in said.rows["need"].items() for problem in _of_need(said, key, need, "needs" in required)]
    if "risk-plan" in kind.required and not said.rows["risk"] and version.plan.episode.risk in RISKS_FOUND:
        found.append(("risk", _("A risk was found. Say what will be done about it, who does it and by when.")))
    for key, step in said.rows["risk"].items():
        found += _of_step(f"risk.{key}", step, name="who_name", who=_("Say who does it."))
        found += _too_long("risk", f"risk.{key}", step)
        if step["area"] not in RiskFound.Area.values:
            found.append((f"risk.{key}.area", _("Choose which risk this is about.")))
    found += _of_involved(said, required)
    for part in required:
        name = PARTS_HELD.get(part, "")
        if name and name != "next_review_on" and not said.texts.get(name, "").strip():
            found.append((name, _("Still to be written: %(part)s.") % {"part": catalogue().plan_kinds().part(part)}))
    if "keyworker" in kind.required and version.plan.episode.keyworker_id is None:
        found.append(("keyworker", _("Nobody is the keyworker yet. The service manager decides who is.")))
    return found + _of_review(version, said)


def _of_goal(said: Content, key: str, goal: content.Row, *, actions_needed: bool) -> Missing:
    found: Missing = []
    if not goal["client_words"].strip():
        found.append((f"goal.{key}.client_words", _("Say what the client wants, in their own words.")))
    if goal["domain"] not in Domain.values:
        found.append((f"goal.{key}.domain", _("Choose what this goal is about.")))
    actions = said.actions_of(key)
    if actions_needed and not actions:
        found.append((f"goal.{key}.actions", _("Say what will be done towards this goal, who does it and by when.")))
    for each, action in actions.items():
        address = f"action.{each}"
        found += _of_step(address, action, name="who", who=_("Choose who does it."))
        if action["who"] and action["who"] not in Action.Who.values:
            found.append((f"{address}.who", _("Choose one of the answers given.")))
        elif action["who"] not in ("", Action.Who.KEYWORKER, Action.Who.CLIENT, Action.Who.GP) and not action["who_name"].strip():
            found.append((f"{address}.who_name", _("Say their name.")))
        found += _too_long("action", address, action)
    return found


def _required(kind: PlanKind, said: Content) -> tuple[str, ...]:
    """What this plan must say. An admission in a crisis waits for nothing that can be set out afterwards (GP 4.1.6)."""
    if said.texts["admission"] == PlanVersion.Admission.CRISIS:
        return tuple(part for part in kind.required if part not in kind.crisis_without)
    return kind.required


def _of_involved(said: Content, required: tuple[str, ...]) -> Missing:
    found: Missing = []
    rows = said.rows["involved"]
    if "who-does-what" in required and not rows:
        found.append(("involved", _("Say who else has a part in this plan, and how to reach them.")))
    for key, row in rows.items():
        address = f"involved.{key}"
        if not row["role"]:
            found.append((f"{address}.role", _("Choose who this is.")))
        if not row["name"].strip():
            found.append((f"{address}.name", _("Say their name.")))
        if not row["does"].strip():
            found.append((f"{address}.does", _("Say what their part is.")))
        found += _too_long("involved", address, row)
    if "receiving-agencies" in required and not any(row["receives"] for row in rows.values()):
        found.append(("involved", _("Say who this plan is passed on to: tick it beside their name.")))
    return found


def _of_need(said: Content, key: str, need: content.Row, decided: bool) -> Missing:
    found = _too_long("need", f"need.{key}", need)
    if decided and need["standing"] == Need.Standing.UNDECIDED:
        found.append((f"need.{key}.standing", _("Choose now or later.")))
    elif (
        decided
        and need["standing"] == Need.Standing.NOW
        and not any(goal["domain"] == need["domain"] for goal in said.rows["goal"].values())
    ):
        found.append((f"need.{key}.standing", _("There is no goal about this yet: write one, or choose later.")))
    if need["domain"] not in Domain.values:
        found.append((f"need.{key}.domain", _("Choose what this is about.")))
    return found


def _of_step(address: str, step: content.Row, *, name: str, who: str) -> Missing:
    """What, who and by when: of an action, and of a step of the risk plan."""
    found: Missing = []
    if not step["what"].strip():
        found.append((f"{address}.what", _("Say what will be done.")))
    if not step[name].strip():
        found.append((f"{address}.{name}", who))
    label = _("By when")
    if problem := _not_a_date(step["by_when"], label):
        found.append((f"{address}.by_when", problem))
    elif not step["by_when"]:
        found.append((f"{address}.by_when", _("Say by when.")))
    elif date.fromisoformat(step["by_when"]) < clock.today():
        found.append((f"{address}.by_when", _("‘%(name)s’ must be today or in the future") % {"name": label}))
    return found


def _of_review(version: PlanVersion, said: Content) -> Missing:
    label, text = _("Next review"), said.texts.get("next_review_on", "")
    if problem := _not_a_date(text, label):
        return [("next_review_on", problem)]
    if not text:
        return [("next_review_on", _("Set the day of the next review."))]
    day, latest = date.fromisoformat(text), latest_review(version)
    if day <= clock.today():
        return [("next_review_on", _("‘%(name)s’ must be in the future") % {"name": label})]
    if day > latest:
        words = {"kind": kind_of(version.plan).title, "day": date_format(latest, "j F Y")}
        return [("next_review_on", _("%(kind)s: the next review must be %(day)s or earlier") % words)]
    return []


def _not_a_date(text: str, label: str) -> str:
    """Why what was typed is no date; '' where it is one, or nothing."""
    try:
        date.fromisoformat(text)
    except ValueError:
        try:
            DateField(label=label, required=False).clean([*text.split(APART), "", "", ""][:3])
        except ValidationError as wrong:
            return wrong.messages[0]
    return ""


def _too_long(kind: str, address: str, row: content.Row) -> Missing:
    found: Missing = []
    for name in content.FIELDS[kind]:
        most = getattr(PARTS[kind]._meta.get_field(name), "max_length", None)
        if most and name not in ("domain", "area", "who", "role") and len(row.get(name, "")) > most:
            found.append((f"{address}.{name}", _("This must be %(most)s characters or fewer.") % {"most": most}))
    return found
