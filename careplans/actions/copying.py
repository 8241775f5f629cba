"""From one version into a draft: the same words under new keys, each row knowing where its line began."""

from collections.abc import Collection, Mapping
from uuid import uuid4

from careplans import content
from careplans.actions.rows import write_rows
from careplans.content import Content, Row
from careplans.models import PlanVersion

#: Belongs to the version it was said of.
NOT_COPIED = ("disagreement", "next_review_on")


def copy_forward(
    signed: PlanVersion,
    draft: PlanVersion,
    *,
    without_goals: Collection[str] = (),
    done: Collection[str] = (),
    needs: Mapping[str, Row] | None = None,
    more: Content | None = None,
) -> None:
    """Fill the empty ``draft`` with what ``signed`` says, and save it.

    ``without_goals``: keys of goals of ``signed`` that are left behind, with their actions; ``done``: of actions and steps left
    behind alone. ``needs``: key of a need of ``signed`` → what is said of it now.
    ``more``: rows and texts that come beside what is copied, or in its place where a text has the same name.
    """
    said = content.of(signed)
    for key in without_goals:
        said.rows["goal"].pop(key, None)
    said.rows["action"] = {key: row for key, row in said.rows["action"].items() if row["goal_id"] in said.rows["goal"] and key not in done}
    said.rows["risk"] = {key: row for key, row in said.rows["risk"].items() if key not in done}
    for key, now in (needs or {}).items():
        said.rows["need"][key] = said.rows["need"][key] | now
    keys = {key: str(uuid4()) for rows in said.rows.values() for key in rows}
    rows = {kind: {keys[key]: dict(row) for key, row in each.items()} for kind, each in said.rows.items()}
    for action in rows["action"].values():
        action["goal_id"] = keys[action["goal_id"]]
    texts = {name: "" if name in NOT_COPIED else text for name, text in said.texts.items()}
    texts["next_review_on"] = draft.next_review_on.isoformat() if draft.next_review_on else ""
    if more is not None:
        texts |= more.texts
        rows = {kind: {**each, **more.rows[kind]} for kind, each in rows.items()}
    began = content.lines_of(signed)
    values, unfinished = write_rows(draft, Content(), Content(texts, rows), {new: began[old] for old, new in keys.items()})
    draft.save_over(draft.row_version, **values, unfinished=unfinished)
