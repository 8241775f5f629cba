"""What came up, as rows of a plan: one need for each of the nine areas, with its newest score."""

from collections.abc import Iterable, Mapping

from carehub.definitions.catalogue import catalogue
from carehub.definitions.plans import PlanKind
from carehub.form_editions import form_for
from careplans import content, policies
from careplans.content import Row, Rows
from careplans.models import Need
from careplans.proposals import Proposal
from clients.models import Episode

#: The form on which areas are scored anew.
SCORES = "nine-areas"


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


def rescored(known: Rows, episode: Episode) -> dict[str, Row]:
    """Of needs whose area has another score by now, whichever assessment gave it: words and score as they are today, by their key.

    One that is better now says so, down to 1. One query, where there are any.
    """
    outdated = {key: int(score) for key, need in known.items() if need["score"] and (score := _another(need, episode))}
    said = in_words(episode, {known[key]["area"]: score for key, score in outdated.items()})
    return {key: {"words": said[area][1], "score": str(score)} for key, score in outdated.items() if (area := known[key]["area"]) in said}


def in_words(episode: Episode, scores: Mapping[str, int]) -> dict[str, tuple[str, str]]:
    """``scores``: area → score. Area → (domain, 'Housing: sleeps on sofas'), in the words of the form that scores it."""
    if not scores:
        return {}
    questions = {each.area: each for each in form_for(episode.partnership_id, SCORES).questions if each.anchors}
    titles = {area.id: area.title for area in catalogue().domains().areas}
    return {
        area: (questions[area].domain, f"{titles[area]}: {questions[area].anchors[score - 1]}")
        for area, score in scores.items()
        if area in questions
    }


def _another(need: Row, episode: Episode) -> str:
    score = str(episode.scores.get(need["area"], ""))
    return "" if score == need["score"] else score


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
