"""Charts as SVG made on the server: the same in the page, in print and in a PDF, and each with its table.

No style, no script, nothing that differs from one run to the next. Each chart is drawn twice, for a wide and for a narrow page, so that its
words keep their size. What a chart says it says in words and shapes too: it reads in greyscale, and by ear (title and description).

In a page: ``{% chart figure %}``; on a sheet: ``{{ figure.wide }}`` and components/figure_table.html.
"""

from carehub.charts.bars import stacked_bars
from carehub.charts.drawing import Figure
from carehub.charts.over_time import Line, lines_over_time
from carehub.charts.profile import Area, score_profile

__all__ = ["Area", "Figure", "Line", "lines_over_time", "score_profile", "stacked_bars"]
