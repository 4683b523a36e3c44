"""Pictures of figures and of a week of staffing: Axes in, Axes out.

Needs the extra `plots` (matplotlib). Each function draws a value that another room computed on
the Axes it is given, and returns it: figures, sizes and files are the caller's. Nothing is
estimated here. Colors are those that color-blind people tell apart, no difference is one of
color alone, and everything remains readable in gray.

Source of the colors: M. Okabe, K. Ito 2008.
"""

from support_model.plots._arrivals import draw_arrivals
from support_model.plots._backlogs import draw_ages, draw_backlog
from support_model.plots._distributions import draw_distribution
from support_model.plots._funnels import draw_funnel
from support_model.plots._staffing import draw_cover, draw_requirement, draw_service_level
from support_model.plots._survival import draw_survival
from support_model.plots._svg import svg, svg_of
from support_model.plots._trends import draw_trend

__all__ = [
    "draw_ages",
    "draw_arrivals",
    "draw_backlog",
    "draw_cover",
    "draw_distribution",
    "draw_funnel",
    "draw_requirement",
    "draw_service_level",
    "draw_survival",
    "draw_trend",
    "svg",
    "svg_of",
]
