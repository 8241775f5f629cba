"""What was scored while a plan was being written: the draft says the score as it is today, and that it is newer than the draft."""

from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef

from careplans.models import PlanVersion
from clients.assessed.over_time import scored
from clients.models import Assessment

if TYPE_CHECKING:
    from django.db.models import QuerySet


def with_completed_since(versions: "QuerySet[PlanVersion]") -> "QuerySet[PlanVersion]":
    """Each with ``completed_since``: whether an assessment was completed after it was begun."""
    mine = Assessment.objects.filter(episode_id=OuterRef("plan__episode_id"), completed_at__gt=OuterRef("begun_at"))
    return versions.annotate(completed_since=Exists(mine))


def scored_since(version: PlanVersion) -> dict[str, date]:
    """Area → the day of the score that it has today, where that was given after the draft was begun.

    ``version``: of :func:`with_completed_since`. One query, asked once of a version; none where nothing was completed since.
    """
    if not hasattr(version, "newer_scores"):
        asks = version.state == PlanVersion.State.DRAFT and version.completed_since and version.plan.episode.scores
        version.newer_scores = _scored_since(version) if asks else {}
    return version.newer_scores


def _scored_since(version: PlanVersion) -> dict[str, date]:
    episode = version.plan.episode
    since = Assessment.objects.filter(episode=episode, completed_at__gt=version.begun_at).that_count()
    found: dict[str, date] = {}
    for each in scored(since):
        for area, (score, on) in each.scores.items():
            # One that was typed in late is not the newest, however lately it was completed.
            if episode.scores.get(area) == score:
                found.setdefault(area, on)
    return found
