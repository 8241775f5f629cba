"""The order of the steps of 'Keeping safe', wherever they are read: suicide first, then the area with the gravest risk."""

from collections.abc import Sequence

from careplans.content import Rows
from clients.models import Episode, RiskFound
from clients.risk import ORDER

Area = RiskFound.Area


def areas_of(episode: Episode) -> list[str]:
    """The five areas, suicide first, then by the gravest risk that stands in each, then as the list has them."""
    worst = dict.fromkeys(Area.values, -1)
    for risk in episode.risk_words:
        if risk["level"]:
            worst[risk["area"]] = max(worst[risk["area"]], ORDER.index(risk["level"]))
    return sorted(Area.values, key=lambda area: (area != Area.SUICIDE, -worst[area], Area.values.index(area)))


def in_order(steps: Rows, areas: Sequence[str]) -> Rows:
    """``areas``: from :func:`areas_of`. Steps of one area stay as they stand; one of no area comes last."""
    at = {area: place for place, area in enumerate(areas)}
    return dict(sorted(steps.items(), key=lambda item: at.get(item[1]["area"], len(at))))
