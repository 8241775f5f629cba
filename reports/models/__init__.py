"""Counts of months: exact for the partnership, suppressed for commissioners."""

from reports.models.counts import CountedFigure
from reports.models.frozen import FrozenFigure

__all__ = ["CountedFigure", "FrozenFigure"]
