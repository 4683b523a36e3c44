"""Pictures of figures and of a week of staffing: Axes in, Axes out.

Needs the extra `plots` (matplotlib). Each function draws a ready value on the Axes it is given,
and returns it: figures, sizes and files are the caller's. Nothing is estimated here. Where a
`name` is a parameter, it is what the picture is called. Colors are those that color-blind people
distinguish, no difference is one of color alone, and everything remains readable in gray.

Source of the colors: M. Okabe, K. Ito 2008.
"""

from support_model.plots._limits import draw_funnel, draw_trend
from support_model.plots._rare import draw_rare
from support_model.plots._svg import svg, svg_of
from support_model.plots._times import draw_ages, draw_backlog, draw_distribution, draw_survival
from support_model.plots._week import (
    draw_arrivals,
    draw_cover,
    draw_requirement,
    draw_service_level,
)

__all__ = [
    "draw_ages",
    "draw_arrivals",
    "draw_backlog",
    "draw_cover",
    "draw_distribution",
    "draw_funnel",
    "draw_rare",
    "draw_requirement",
    "draw_service_level",
    "draw_survival",
    "draw_trend",
    "svg",
    "svg_of",
]
