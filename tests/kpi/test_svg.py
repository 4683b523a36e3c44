"""Pictures on a page: nothing cut off or covered, nothing fetched, nothing a user typed alive."""

import math
import re
from itertools import combinations
from xml.etree import ElementTree as ET

import pytest

pytest.importorskip("matplotlib")

import matplotlib as mpl
from kpi.pictures import EVERY, HEIGHTS, HOUR, a_backlog, a_trend, share, weekly
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from support_model.figures import Distribution
from support_model.inference import kaplan_meier
from support_model.kpi import funnel, trend
from support_model.plots import (
    draw_distribution,
    draw_funnel,
    draw_survival,
    draw_trend,
    svg,
    svg_of,
)

HOSTILE = [
    "<script>alert(1)</script>",
    "a & b",
    "$x^2$ and $5",
    "_hidden",
    "a\x00\x1b\n\ud800",
    "日本",
    "",
]


def shown(draw):
    """The Axes as it is drawn for a page, and a renderer that knows where everything is."""
    found = []
    svg_of(lambda ax: (draw(ax), found.append(ax)), title="a", height=HEIGHTS.get(draw, 3.6))
    canvas = FigureCanvasAgg(found[0].figure)
    found[0].figure.draw_without_rendering()
    return found[0], canvas.get_renderer()


@pytest.mark.parametrize("draw", EVERY)
def test_no_text_is_cut_off_and_none_covers_another(draw):
    ax, renderer = shown(draw)
    page, unseen = ax.figure.bbox, set(beyond_its_axis(ax.figure))
    seen = [
        text.get_window_extent(renderer)
        for text in ax.figure.findobj(Text)
        if text.get_visible() and text.get_text().strip() and text not in unseen
    ]
    assert len(seen) > 9
    for box in seen:
        assert page.x0 - 1 <= box.x0 < box.x1 <= page.x1 + 1
        assert page.y0 - 1 <= box.y0 < box.y1 <= page.y1 + 1
    head, legend = ax._left_title.get_window_extent(renderer), ax.get_legend()
    if head.width and legend is not None:
        assert 0 <= head.y0 - legend.get_window_extent(renderer).y1 < 15  # pixels
    for one, other in combinations(seen, 2):
        across = min(one.x1, other.x1) - max(one.x0, other.x0)
        along = min(one.y1, other.y1) - max(one.y0, other.y0)
        assert across <= 1 or along <= 1.5


def beyond_its_axis(figure):
    """The labels of ticks beyond the ends of their axis, which are not drawn."""
    for ax in figure.axes:
        for axis, ends in ((ax.xaxis, ax.get_xlim()), (ax.yaxis, ax.get_ylim())):
            for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks()):
                if not min(ends) <= tick.get_loc() <= max(ends):
                    yield from (tick.label1, tick.label2)


@pytest.mark.parametrize("draw", EVERY)
def test_all_that_is_drawn_lies_within_the_plot(draw):
    ax, _ = shown(draw)
    (left, right), (bottom, top) = sorted(ax.get_xlim()), sorted(ax.get_ylim())
    bars = [bar for container in ax.containers for bar in container]
    marks = [
        point
        for line in ax.lines
        if line.get_marker() != "None" and line.get_transform() == ax.transData
        for point in line.get_xydata().tolist()
        if not math.isnan(point[1])
    ]
    for x, y in marks:
        assert left <= x <= right
        assert bottom <= y <= top
    for bar in bars:
        assert left <= bar.get_x() < bar.get_x() + bar.get_width() <= right * (1 + 1e-9)
        assert bottom <= 0 <= bar.get_height() <= top
    highest = [y for _, y in marks] + [bar.get_height() for bar in bars]
    assert not highest or top < 3 * max(highest)


def parsed(text):
    return ET.fromstring(text)  # noqa: S314 - made here


def ids(text):
    return [node.get("id") for node in parsed(text).iter() if node.get("id")]


@pytest.mark.parametrize("draw", [a_trend, a_backlog])
def test_an_svg_stands_alone(draw):
    text = svg_of(draw, title="What & <who>")
    root = parsed(text)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert root.get("viewBox") == "0 0 360 259.2"
    assert root.get("role") == "img"
    assert "width: 100%" in root.get("style")
    assert root[0].text == "What & <who>"
    assert not re.search(r"<!|<\?|<script|<style|<image|<metadata|@import|data:", text)
    assert re.findall(r"https?:[^\"]*", text) == ["http://www.w3.org/2000/svg"]
    used = re.findall(r"url\(#([^)]*)\)", text) + re.findall(r'href="#([^"]*)"', text)
    assert used
    assert set(used) == set(ids(text))


def test_svgs_of_one_page_share_no_names():
    made = [svg_of(a_trend, title="a"), svg_of(a_trend, title="b"), svg_of(a_backlog, title="a")]
    names = [name for text in made for name in ids(text)]
    assert len(set(names)) == len(names)


def test_the_same_picture_is_the_same_bytes_whatever_the_machine_is_set_to():
    first = svg_of(a_trend, title="a")
    with mpl.rc_context({"font.size": 30, "svg.fonttype": "path", "axes.facecolor": "red"}):
        before = dict(mpl.rcParams)
        assert svg_of(a_trend, title="a") == first
        assert dict(mpl.rcParams) == before
    assert svg_of(a_trend, title="b") != first


def test_text_stays_text_of_a_size_that_a_phone_can_show():
    root = parsed(svg_of(a_trend, title="a"))
    width = float(root.get("viewBox").split()[2])
    texts = [node for node in root.iter() if node.tag.endswith("}text")]
    assert "share, 95 % interval" in {node.text for node in texts}
    for node in texts:
        size = float(re.search(r"font-size: ([\d.]+)px", node.get("style"))[1])
        assert size * 360 / width >= 9  # in pixels, on the narrowest phones in use
        assert "Verdana, sans-serif" in node.get("style")
    paths = [node.get("d") for node in root.iter() if node.get("d")]
    assert not re.search(r"\.\d{3}", "".join(paths))


@pytest.mark.parametrize("name", HOSTILE)
def test_what_a_user_typed_is_shown_and_does_nothing(name):
    shares = {name: share(700, 1000), "west": share(930, 1000)}
    curves = {name: kaplan_meier([1, 2, 3], [True] * 3)}
    for draw in (
        lambda ax: draw_funnel(ax, funnel(shares)),
        lambda ax: draw_survival(ax, curves, unit=HOUR, name=name),
        lambda ax: draw_distribution(
            ax, Distribution(key=name, clock=name, definition=name, micros=[1, 2])
        ),
        lambda ax: draw_trend(ax, trend(weekly([share(1, 2)])), name=name),
    ):
        text = svg_of(draw, title=name)
        root = parsed(text)
        assert not [node for node in root.iter() if node.tag.endswith("}script")]
        said = "".join(root.itertext())
        visible = "".join(c if c.isprintable() else "\ufffd" for c in name)
        assert visible.strip("_") in said


def test_an_image_stays_in_its_picture():
    figure = Figure()
    figure.subplots().imshow([[0, 1], [1, 0]])
    with mpl.rc_context({"svg.image_inline": False}):
        text = svg(figure, title="a")
    (image,) = (node for node in parsed(text).iter() if node.tag.endswith("}image"))
    assert image.get("href").startswith("data:image/png;base64,")


def test_a_figure_of_ones_own_becomes_svg_too():
    figure = Figure(figsize=(4, 3))
    left, _ = figure.subplots(1, 2)
    left.set_title("a\x01 < b")
    text = svg(left, title="x\x02")
    assert text == svg(figure, title="x\x02")
    assert "a\ufffd &lt; b" in text
    assert parsed(text)[0].text == "x\ufffd"
    part = Figure().subfigures(1, 2)[0].subplots()
    assert parsed(svg(part, title="of a subfigure"))[0].text == "of a subfigure"
