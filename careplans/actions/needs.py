"""What came up, as rows of a plan: one need for each of the nine areas, with its newest score."""

from collections.abc import Iterable

from carehub.definitions.plans import PlanKind
from careplans import content, policies
from careplans.content import Row, Rows
from careplans.models import Need
from careplans.proposals import Proposal


def row_of(found: Proposal, kind: PlanKind) -> Row:
    score = "" if found.score is None else str(found.score)
    return {
        "domain": found.domain,
        "area": found.area,
        "score": score,
        "words": found.words,
        "standing": policies.first_standing(kind, score),
        "source": Need.Source.ASSESSMENT.value,
        "third_party": content.YES if found.third_party else "",
    }


def brought_together(known: Rows, found: Iterable[Proposal], kind: PlanKind) -> tuple[dict[str, Row], list[Proposal]]:
    """What is said now of the needs in ``known``, by their key; and what is new beside them.

    An area that was scored again keeps its one need, in the words of the newer score. What is worked on now stays so; anything else is
    to be decided as ``kind`` has it.
    """
    scored = {need["area"]: key for key, need in known.items() if need["area"] and need["score"]}
    said = {(need["domain"], need["words"]) for need in known.values()}
    changed: dict[str, Row] = {}
    new: list[Proposal] = []
    for each in found:
        if each.score is not None and (key := scored.get(each.area)):
            row, now = row_of(each, kind), known[key]["standing"] == Need.Standing.NOW
            changed[key] = {"words": row["words"], "score": row["score"], **({} if now else {"standing": row["standing"]})}
        elif (each.domain, each.words) not in said:
            new.append(each)
    return changed, new
