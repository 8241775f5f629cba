"""Writing the plan: saved as often as one likes, in whatever state it is."""

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction

from carehub import events, stale
from carehub.actors import Actor
from carehub.models import Agency
from careplans import content, policies
from careplans.actions.rows import write_rows
from careplans.content import Content
from careplans.interventions import tier_of
from careplans.models import Action, Involved, Need, PlanVersion


class PlanConflict(stale.Conflict):
    """A colleague saved the same lines meanwhile; nothing was written.

    ``content`` could be saved, with my text where both wrote; ``theirs`` is what stands there; ``conflicts``: address → (mine, theirs).
    """

    def __init__(self, merged: content.Merged, theirs: Content):
        super().__init__(stale.Merge(dict(merged.content.flat()), dict(merged.conflicts)))
        self.content, self.conflicts, self.theirs = merged.content, merged.conflicts, theirs


def save_plan(*, version: PlanVersion, expected: int, opened_marks: Mapping[str, str], said: Content, by: Actor) -> PlanVersion:
    """Write what stands in the form, finished or not. At most nine statements, however many rows.

    ``expected``: the row version the form was opened with; ``opened_marks``: address → mark (carehub.stale) of each field then.
    What a colleague saved since is merged in; where both wrote into one field, :class:`PlanConflict`, and nothing is written.
    A new row's key is made in the page: submitted twice it is still one row.
    """
    with transaction.atomic():
        now = load(version.pk, by)
        policies.same_client(now, version.client_id)
        policies.may_edit(now, by)
        stored = content.of(now)
        mine, opened = _own_keys(now, stored, said, opened_marks)
        mine = _tidied(now, mine, stored)
        if now.row_version != expected:
            merged = content.merge(opened=opened, mine=mine, theirs=stored)
            if merged.conflicts:
                raise PlanConflict(merged, stored)
            mine = merged.content
        if mine.fingerprint() != stored.fingerprint():
            values, unfinished = write_rows(now, stored, mine)
            now.save_over(now.row_version, **values, unfinished=unfinished)
            events.record("plan.saved", by=by, client=now.client_id, subject=now)
    return now


def load(key: UUID, by: Actor, *more: str, with_plan: bool = False) -> PlanVersion:
    """The version with all its rows, and ``more`` that hangs on it; nobody else writes in it until this transaction ends.

    ``with_plan``: nor in its plan.
    Two statements: one that waits for a colleague's save sees the version as it is then, but its rows as they were before.
    """
    versions = PlanVersion.objects.visible_to(by)
    locked = versions.select_related("plan").only("plan__state") if with_plan else versions.only("pk")
    locked.select_for_update(of=("self", "plan") if with_plan else ("self",)).get(pk=key)
    return content.loaded(versions.select_related("plan__episode", "partnership", *more)).get(pk=key)


def _own_keys(version: PlanVersion, stored: Content, said: Content, opened: Mapping[str, str]) -> tuple[Content, dict[str, str]]:
    """A row that is not known here gets a key of this version's own, always the same for the same key of the page.

    So a form that is sent twice makes one row, and a key copied from elsewhere reaches nothing there.
    """
    known = {key for rows in stored.rows.values() for key in rows}

    def own(key: str) -> str:
        return key if not key or key in known else content.own_key(version.pk, key)

    rows = {kind: {own(key): dict(row) for key, row in each.items()} for kind, each in said.rows.items()}
    marks = {}
    for address, mark in opened.items():
        kind, dot, rest = address.partition(".")
        key, _dot, name = rest.partition(".")
        marks[f"{kind}.{own(key)}.{name}" if dot else address] = mark
    for key, action in rows["action"].items():
        goal, address = action.get("goal_id", ""), f"action.{key}.goal_id"
        action["goal_id"] = own(goal)
        if marks.get(address) == stale.mark(goal):  # the goal has another key now; the action has not moved for that
            marks[address] = stale.mark(own(goal))
    return Content(dict(said.texts), rows), marks


def _tidied(version: PlanVersion, mine: Content, stored: Content) -> Content:
    """Every row whole, and what follows from one field written into another."""
    for kind, names in content.FIELDS.items():
        for key, row in mine.rows[kind].items():
            before = stored.rows[kind].get(key, {})
            for name in names:
                row[name] = content.plain(name, row.get(name, before.get(name, "")))
    gp = next((row["name"] for row in mine.rows["involved"].values() if row["role"] == Involved.Role.GP), "")
    for action in mine.rows["action"].values():
        action["tier"] = tier_of(action["intervention"])
        if action["who"] == Action.Who.GP:
            action["who_name"] = action["who_name"] or gp
    _name_agencies(version, mine, stored)
    _keep_needs(version, mine, stored)
    mine.texts = {name: content.plain(name, mine.texts.get(name, stored.texts.get(name, ""))) for name in content.TEXTS}
    return mine.without_empty_rows()


def _name_agencies(version: PlanVersion, mine: Content, stored: Content) -> None:
    """A service of the partnership is chosen once: its name and how to reach it come along. Another partnership's is none."""
    known = {row["party_id"] for row in stored.rows["involved"].values()} - {""}
    chosen = {row["party_id"] for row in mine.rows["involved"].values()} - {""}
    agencies = {}
    if chosen - known or any(row["party_id"] and not row["name"] for row in mine.rows["involved"].values()):
        agencies = {str(each.pk): each for each in Agency.objects.filter(partnership_id=version.partnership_id)}
    for row in mine.rows["involved"].values():
        if row["party_id"] in agencies:
            agency = agencies[row["party_id"]]
            row["role"], row["name"], row["contact"] = Involved.Role.AGENCY.value, agency.name, row["contact"] or agency.telephone
        elif row["party_id"] not in known:
            row["party_id"] = ""
        if row["party_id"] and row["role"] != Involved.Role.AGENCY:
            row["party_id"] = ""


def _keep_needs(version: PlanVersion, mine: Content, stored: Content) -> None:
    """What an assessment found stays on the plan, in the assessment's words: only now or later is chosen."""
    kind = policies.kind_of(version.plan)
    for key, need in mine.rows["need"].items():
        known = stored.rows["need"].get(key)
        if known is None or known["source"] == Need.Source.SAID:
            need |= {"source": Need.Source.SAID.value, "area": "", "score": ""}
        else:
            mine.rows["need"][key] = {**known, "standing": need["standing"]}
        kept = mine.rows["need"][key]
        if kept["standing"] not in (Need.Standing.NOW, Need.Standing.LATER):
            kept["standing"] = policies.first_standing(kind, kept["score"])
    taken_off = {key: need for key, need in stored.rows["need"].items() if key not in mine.rows["need"]}
    mine.rows["need"] = {
        key: mine.rows["need"].get(key) or taken_off.get(key, {})
        for key in (*stored.rows["need"], *mine.rows["need"])
        if key in mine.rows["need"] or (key in taken_off and taken_off[key]["source"] == Need.Source.ASSESSMENT)
    }
