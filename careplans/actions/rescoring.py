"""A draft takes up the scores that were given since it was begun. What was typed stays."""

from collections.abc import Iterable

from django.db import transaction

from carehub import events
from carehub.actors import Actor
from carehub.definitions.plans import PlanKind
from careplans import content, policies
from careplans.actions.needs import in_words, rescored, row_of
from careplans.actions.rows import write_rows
from careplans.actions.writing import load
from careplans.content import Row, Rows
from careplans.models import Need, PlanVersion
from careplans.proposals import SCORE, Proposal
from clients.models import Episode


def take_up_scores(*, version: PlanVersion, since: Iterable[str], by: Actor) -> bool:
    """Whether anything came in. ``since``: areas scored since the draft was begun (careplans.scored_since).

    A need keeps its place and what was chosen for it; where it was no concern and is one now, whether it can wait is asked again.
    """
    since = list(since)
    if not _taken_up(version, content.of(version).rows["need"], since):
        return False
    with transaction.atomic():
        now = load(version.pk, by)
        policies.may_edit(now, by)
        stored, new = content.of(now), content.of(now)
        for key, row in _taken_up(now, stored.rows["need"], since).items():
            new.rows["need"][key] = {**new.rows["need"].get(key, {}), **row}
        values, unfinished = write_rows(now, stored, new.whole())
        now.save_over(now.row_version, **values, unfinished=unfinished)
        events.record("plan.rescored", by=by, client=now.client_id, subject=now)
    return True


def _taken_up(version: PlanVersion, known: Rows, since: Iterable[str]) -> dict[str, Row]:
    """Need's key → what is new about it, the whole row of one that is new itself."""
    episode, kind = version.plan.episode, policies.kind_of(version.plan)
    found: dict[str, Row] = {}
    for key, row in rescored(known, episode).items():
        found[key] = row | asked_again(known[key], row["score"], kind)
    scored = {need["area"] for need in known.values() if need["score"]}
    for each in _new(episode, (area for area in since if area not in scored)):
        found[content.own_key(version.pk, f"scored:{each.area}")] = row_of(each, kind)
    return found


def asked_again(need: Row, score: str, kind: PlanKind) -> Row:
    """Of a need that could wait and is a concern now: that it is to be decided; of any other, nothing."""
    later = Need.Standing.LATER.value
    could_wait = need["standing"] == later and policies.first_standing(kind, need["score"]) == later
    return {"standing": policies.first_standing(kind, score)} if could_wait else {}


def _new(episode: Episode, areas: Iterable[str]) -> list[Proposal]:
    found = {area: score for area in areas if (score := episode.scores.get(area, 0)) >= SCORE}
    return [Proposal(domain, area, words, found[area]) for area, (domain, words) in in_words(episode, found).items()]
