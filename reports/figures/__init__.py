"""Every figure there is, in the order in which pages show them. Each stands in a module of its own."""

from reports.figures import plan_coverage, reviews
from reports.figures.figure import Figure, short_of

FIGURES: tuple[Figure, ...] = (plan_coverage.FIGURE, reviews.FIGURE)
BY_NAME = {figure.name: figure for figure in FIGURES}

__all__ = ["BY_NAME", "FIGURES", "Figure", "short_of"]
