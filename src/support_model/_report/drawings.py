"""Small drawings for a page: each one SVG element of its own, made of plain numbers and texts.

A drawing takes well under a millisecond and needs no extra. Its colors are the variables of the
page's style sheet, with colors of their own where there is none, so it follows a dark screen and
paper. No difference is one of color alone. None is a gap, never a zero. The last value may be
said to be incomplete, as the running week of a log is: it is then drawn dashed and hollow. What
is written in a drawing is given by the caller in its language, and escaped.
"""

from __future__ import annotations

import math
import re
from html import escape
from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, TypeAlias

from support_model._checks import checked_number, must_be_known
from support_model._frozen import FrozenMap, frozen
from support_model._report.directions import apart
from support_model.errors import InvalidValue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

Tone: TypeAlias = Literal["ink", "link", "dim", "good", "bad"]
Look: TypeAlias = Literal["line", "dots", "thin", "area"]
Values: TypeAlias = "Sequence[float | None]"
Point: TypeAlias = tuple[int, int]

UNIT = 10
"""Units of a drawing to a pixel, so that coordinates are short whole numbers."""
LARGEST = 1e15
SMALLEST_RANGE = 1e-9
SMALL_NUMBER = 0.001  # a number below is written with more decimals
SPARK_WIDTH, SPARK_HEIGHT, SPARK_EDGE = 1200, 280, 40
BAR_WIDTH, BAR_HEIGHT = 960, 120
CHART_WIDTH, PLOT_HEIGHT = 4000, 1200
LETTER, TEXT_SIZE, LINE_HEIGHT, GAP = 74, 130, 190, 80
CELL_HEIGHT, SHADES = 150, 5
MOST_STEPS = 4
TONES: Mapping[str, str] = MappingProxyType(
    {
        "ink": "var(--ink,#1b1f24)",
        "link": "var(--link,#0b57a4)",
        "dim": "var(--dim,#55606e)",
        "good": "var(--good,#05603a)",
        "bad": "var(--bad,#9a3412)",
    }
)
PAPER, LINE = "var(--paper,#fff)", "var(--line,#c9ced6)"
LOOKS: Mapping[str, str] = MappingProxyType(
    {
        "line": 'stroke-width="20"',
        "dots": 'stroke-width="28" stroke-dasharray="0 50" stroke-linecap="round"',
        "thin": 'stroke-width="10" stroke-dasharray="60 40"',
        "area": 'stroke-width="12"',
    }
)
NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@frozen
class Series:
    """The values of one line of a chart.

    Attributes:
        name: what the line is called beside the chart; may be empty.
        values: one for each place of the chart; None is a gap.
        look: a line, round dots, a thin dashed line, or an area down to zero.
        tone: its color.
        limits: for each place, between which values nothing is unusual; None where unknown.
        marks: places whose values stand out, with their color; a diamond each.

    Raises:
        InvalidValue: a value or limit is no finite number or beyond 1e15, the limits are not as
            many as the values, a place is not among them, or a look or tone is unknown.
    """

    name: str
    values: tuple[float | None, ...]
    look: Look = "line"
    tone: Tone = "ink"
    limits: tuple[tuple[float, float] | None, ...] = ()
    marks: Mapping[int, Tone] = FrozenMap()

    def __attrs_post_init__(self) -> None:
        must_be_known(self.look, LOOKS, "no look of a series")
        for tone in (self.tone, *self.marks.values()):
            must_be_known(tone, TONES, "no tone of a drawing")
        for value in (*self.values, *(edge for pair in self.limits if pair for edge in pair)):
            _drawable(0.0 if value is None else value)
        if self.limits and len(self.limits) != len(self.values):
            raise InvalidValue(len(self.limits), "limits are not one for each value")
        for place in self.marks:
            if not 0 <= place < len(self.values):
                raise InvalidValue(place, "a mark stands at no value")


@frozen
class _Frame:
    """The rectangle that values are drawn in, and the values of its edges."""

    left: int
    top: int
    width: int
    height: int
    count: int
    low: float
    high: float

    def x(self, place: float) -> int:
        if self.count == 1:
            return self.left + self.width // 2
        return self.left + round(self.width * place / (self.count - 1))

    def y(self, value: float) -> int:
        if self.high == self.low:
            return self.top + self.height // 2
        part = (value - self.low) / (self.high - self.low)
        return self.top + round(self.height * (1 - min(max(part, 0.0), 1.0)))

    def points(self, values: Values) -> list[Point | None]:
        return [
            None if value is None else (self.x(place), self.y(value))
            for place, value in enumerate(values)
        ]


def sparkline(
    values: Values,
    *,
    title: str,
    last_incomplete: bool = False,
    least: float | None = None,
    band: tuple[float, float] | None = None,
    since: int | None = None,
    tone: Tone = "ink",
) -> str:
    """Return a line as high as a line of text; its last value is a dot.

    Args:
        values: in the order of time; None is a gap.
        title: what the drawing is read as: say what the values are, and the last of them.
        last_incomplete: whether the last value is of a time that still runs.
        least: value of the lower edge, such as 0; None is the least one drawn.
        band: values between which nothing is unusual, drawn as a soft area.
        since: place of the value from which on something has changed, drawn as an upright line.
        tone: color of the last value.

    Raises:
        InvalidValue: a value is no finite number, or beyond 1e15; or the tone is unknown.

    Example:
        >>> drawn = sparkline([3, 4, None, 6, 2], title="Created by week", last_incomplete=True)
        >>> drawn.startswith("<svg "), "<title>Created by week</title>" in drawn, len(drawn) < 1000
        (True, True, True)
    """
    must_be_known(tone, TONES, "no tone of a drawing")
    known = [_drawable(value) for value in (*values, *(band or ()), least) if value is not None]
    low, high = (min(known), max(known)) if known else (0.0, 0.0)
    frame = _Frame(
        SPARK_EDGE,
        SPARK_EDGE,
        SPARK_WIDTH - 2 * SPARK_EDGE,
        SPARK_HEIGHT - 2 * SPARK_EDGE,
        max(len(values), 1),
        low if least is None else least,
        high,
    )
    parts = []
    if band is not None:
        bottom, top = frame.y(min(band)), frame.y(max(band))
        parts.append(_box(frame.left, top, frame.width, max(bottom - top, 1), _faint("ink")))
    if since is not None:
        parts.append(_stroke(f"M{frame.x(since)} 0v{SPARK_HEIGHT}", TONES["dim"], LOOKS["thin"]))
    parts.append(_line(frame, values, "ink", 'stroke-width="15"', tail=int(last_incomplete)))
    points = [point for point in frame.points(values) if point is not None]
    if points and values[-1] is not None:
        parts.append(_dot(points[-1], 28, tone, hollow=last_incomplete))
    return _svg(SPARK_WIDTH, SPARK_HEIGHT, title, parts, fixed=True)


def bar(
    value: float | None,
    *,
    most: float,
    title: str,
    least: float = 0.0,
    interval: tuple[float, float] | None = None,
    tone: Tone = "link",
) -> str:
    """Return a bar from zero to a value, for a cell of a table.

    Args:
        value: None draws no bar.
        most: value of the right edge, the same for all bars of a column.
        title: what the bar is read as, the value in words.
        least: value of the left edge, at most 0; below 0, zero is an upright line.
        interval: drawn as a thin line over the bar, cut at the edges.
        tone: color of the bar.

    Raises:
        InvalidValue: a number is not finite, or beyond 1e15; `least` is above 0 or `most` not
            above `least`; or the tone is unknown.

    Example:
        >>> bar(0.5, most=1, title="50 %").count("<rect")
        1
    """
    must_be_known(tone, TONES, "no tone of a drawing")
    if _drawable(least) > 0 or _drawable(most) <= least:
        raise InvalidValue((least, most), "edges of a bar that hold no zero", "give least <= 0")

    def x(given: float) -> int:
        part = (min(max(_drawable(given), least), most) - least) / (most - least)
        return round(BAR_WIDTH * part)

    parts = []
    if value is not None:
        left, right = sorted((x(0.0), x(value)))
        fill = f'fill="{TONES[tone]}" fill-opacity=".45"'
        parts.append(_box(left, 0, max(right - left, UNIT), BAR_HEIGHT, fill))
    if interval is not None:
        first, last = x(min(interval)), x(max(interval))
        path = f"M{first} {BAR_HEIGHT // 2}H{last}M{first} 30v60M{last} 30v60"
        parts.append(_stroke(path, TONES["ink"], 'stroke-width="12"'))
    if least < 0:
        parts.append(_stroke(f"M{x(0.0)} 0v{BAR_HEIGHT}", TONES["dim"], 'stroke-width="10"'))
    return _svg(BAR_WIDTH, BAR_HEIGHT, title, parts, fixed=True)


def plain_number(value: float) -> str:
    """Return a number as English writes it, without needless digits.

    Example:
        >>> plain_number(1200.0), plain_number(0.25), plain_number(5e-10)
        ('1,200', '0.25', '0.0000000005')
    """
    if value == int(value):
        return f"{value:,.0f}"
    decimals = 6 if abs(value) >= SMALL_NUMBER else 12
    return f"{value:,.{decimals}f}".rstrip("0")


def chart(
    labels: Sequence[str],
    series: Sequence[Series],
    *,
    title: str,
    tail: int = 0,
    periods: Sequence[tuple[int, int]] = (),
    since: int | None = None,
    number: Callable[[float], str] = plain_number,
) -> str:
    """Return lines and areas over weeks, days or months, on one scale that holds zero.

    It is as wide as its place, at most 30 rem, and its text can be read at 360 pixels.

    Args:
        labels: what each place is called, in the order of time; as many are written as fit.
        series: what is drawn, the later above the earlier; each is named above the chart.
        title: what the drawing is read as.
        tail: how many of the last places still run or hold hardly anything.
        periods: first and last places of spans that are shaded.
        since: place from which on something has changed, drawn as an upright dashed line.
        number: writes a value of the scale.

    Raises:
        InvalidValue: a series has not one value for each label.

    Example:
        >>> created = Series(name="Created", values=(120, 131, 40))
        >>> solved = Series(name="Solved", values=(110, None, 38), look="dots")
        >>> drawn = chart(["2 Mar", "9 Mar", "16 Mar"], [created, solved], title="Weeks")
        >>> "Created" in drawn, "16 Mar" in drawn, len(drawn) < 2000
        (True, True, True)
    """
    low, high, ticks = _scale(_all_values(series, len(labels)))
    names, top = _names([each for each in series if each.name])
    texts = [number(tick) for tick in ticks]
    left = max(map(len, texts)) * LETTER + GAP
    frame = _Frame(left, top, CHART_WIDTH - left - GAP, PLOT_HEIGHT, len(labels) or 1, low, high)
    parts = [_shade(frame, first, last) for first, last in periods]
    parts.append(_grid(frame, ticks, texts))
    if since is not None:
        path = f"M{frame.x(since)} {frame.top}v{frame.height}"
        parts.append(_stroke(path, TONES["dim"], LOOKS["thin"]))
    parts += [_series(frame, each, tail=tail) for each in series]
    parts += [_marks(frame, each) for each in series]
    parts += [names, _below(frame, labels)]
    return _svg(CHART_WIDTH, top + PLOT_HEIGHT + LINE_HEIGHT + 40, title, parts)


def heat(
    rows: Sequence[Values],
    *,
    names: Sequence[str],
    columns: Sequence[str],
    title: str,
    most: float | None = None,
    number: Callable[[float], str] = plain_number,
) -> str:
    """Return a strip of cells, the stronger the larger: arrivals by hour and day of the week.

    Args:
        rows: values >= 0 of each row, one for each column; None and 0 leave a cell empty.
        names: what each row is called, such as the days.
        columns: what is written below each column; empty where nothing is.
        title: what the drawing is read as: say where the largest value is.
        most: value of the strongest cell; None is the largest one.
        number: writes the largest value, beside the strongest cell of the key.

    Raises:
        InvalidValue: rows, names and columns do not agree, or a value is no finite number >= 0.

    Example:
        >>> drawn = heat([[0, 4, 8]], names=["Mon"], columns=["0", "", "2"], title="Busiest at 2")
        >>> drawn.count("<path"), ">8<" in drawn
        (5, True)
    """
    largest = _largest(rows, names, columns)
    top = largest if most is None else _drawable(most)
    left = max(map(len, names), default=0) * LETTER + GAP
    width = (CHART_WIDTH - left) // max(len(columns), 1)
    below = CELL_HEIGHT * len(rows) + 140
    key = below + 60
    first = left + len(number(0.0)) * LETTER + GAP
    cells = "".join(
        f'<path d="M{first + 200 * (shade - 1)} {key + CELL_HEIGHT // 2}h200'
        f'{_cells(rows, shade, top, left, width)}" stroke-opacity="{shade / SHADES:g}"/>'
        for shade in range(1, SHADES + 1)
    )
    texts = [_text(0, CELL_HEIGHT * place + 115, name) for place, name in enumerate(names)]
    texts += [
        _text(left + place * width, below, name) for place, name in enumerate(columns) if name
    ]
    texts.append(_text(left, key + 115, number(0.0)))
    texts.append(_text(first + 200 * SHADES + GAP // 2, key + 115, number(top)))
    parts = (
        f'<g stroke="{TONES["link"]}" stroke-width="{CELL_HEIGHT - 15}">{cells}</g>',
        f'<g font-size="{TEXT_SIZE}" fill="{TONES["ink"]}">{"".join(texts)}</g>',
    )
    return _svg(CHART_WIDTH, key + CELL_HEIGHT, title, parts)


def _drawable(value: float) -> float:
    """Return a number that a drawing has room for."""
    number = checked_number(value, "a value of a drawing")
    if abs(number) > LARGEST:
        raise InvalidValue(value, "a value too large to draw", "give it in a larger unit")
    return number


def _svg(width: int, height: int, title: str, parts: Iterable[str], *, fixed: bool = False) -> str:
    """Return the element: of a fixed size beside text, else as wide as its place."""
    size = (
        f'width="{width // UNIT}" height="{height // UNIT}"'
        if fixed
        else 'style="width:100%;max-width:30rem;height:auto"'
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {width} {height}" '
        f"{size}><title>{_escaped(title)}</title>{''.join(parts)}</svg>"
    )


def _escaped(text: str) -> str:
    return escape(apart(NO_XML.sub("\ufffd", text)))


def _text(x: int, y: int, text: str, anchor: str = "") -> str:
    placed = f' text-anchor="{anchor}"' if anchor else ""
    return f'<text x="{x}" y="{y}"{placed}>{_escaped(text)}</text>'


def _box(x: int, y: int, width: int, height: int, fill: str) -> str:
    return f'<rect x="{x}" y="{y}" width="{width}" height="{height}" {fill}/>'


def _faint(tone: Tone) -> str:
    return f'fill="{TONES[tone]}" fill-opacity=".1"'


def _stroke(path: str, color: str, look: str) -> str:
    return f'<path d="{path}" fill="none" stroke="{color}" {look}/>'


def _dot(point: Point, radius: int, tone: Tone, *, hollow: bool) -> str:
    fill = f'fill="{PAPER if hollow else TONES[tone]}"'
    edge = f' stroke="{TONES[tone]}" stroke-width="12"' if hollow else ""
    return f'<circle cx="{point[0]}" cy="{point[1]}" r="{radius}" {fill}{edge}/>'


def _runs_of_points(points: Iterable[Point | None]) -> Iterator[list[Point]]:
    """Yield the points that stand together between gaps."""
    run: list[Point] = []
    for point in (*points, None):
        if point is not None:
            run.append(point)
        elif run:
            yield run
            run = []


def _steps(run: Sequence[Point]) -> str:
    """Return the steps from the first point to the last; points on a level step are left out."""
    kept = [
        point
        for place, point in enumerate(run)
        if place in {0, len(run) - 1} or not run[place - 1][1] == point[1] == run[place + 1][1]
    ]
    steps = (
        f"{x1 - x0}{'' if y1 < y0 else ' '}{y1 - y0}" for (x0, y0), (x1, y1) in pairwise(kept)
    )
    return "l" + " ".join(steps).replace(" -", "-") if len(kept) > 1 else "h0"


def _path(points: Iterable[Point | None]) -> str:
    """Return the line through points, broken at gaps; a point between two gaps is a dot."""
    runs = _runs_of_points(points)
    return "".join(f"M{run[0][0]} {run[0][1]}{_steps(run)}" for run in runs)


def _line(frame: _Frame, values: Values, tone: Tone, look: str, *, tail: int) -> str:
    """Return a line, the steps to the values of its tail dashed."""
    points = frame.points(values)
    solid = _path(points[:-tail] if tail else points)
    rounded = "" if "linecap" in look else ' stroke-linecap="round"'
    drawn = _stroke(solid, TONES[tone], look + rounded) if solid else ""
    last = [run for run in _runs_of_points(points[-tail - 1 :]) if len(run) > 1]
    if tail and last:
        dashed = "".join(map(_path, last))
        drawn += _stroke(dashed, TONES[tone], 'stroke-width="12" stroke-dasharray="30 30"')
    return drawn


def _series(frame: _Frame, series: Series, *, tail: int) -> str:
    """Return the limits of a series, its area, its line, and the last value of a tail."""
    drawn = _limits(frame, series.limits)
    if series.look == "area":
        drawn += _area(frame, series)
    look = LOOKS[series.look]
    drawn += _line(frame, series.values, series.tone, look, tail=tail)
    last = frame.points(series.values)[-1:]
    if tail and last and last[0] is not None:
        drawn += _dot(last[0], 35, series.tone, hollow=True)
    return drawn


def _area(frame: _Frame, series: Series) -> str:
    """Return what lies between the values of a series and zero."""
    zero = frame.y(0.0)
    path = "".join(
        f"M{run[0][0]} {zero}V{run[0][1]}{_steps(run)}V{zero}z"
        for run in _runs_of_points(frame.points(series.values))
        if len(run) > 1
    )
    fill = f'fill="{TONES[series.tone]}" fill-opacity=".15"'
    return f'<path d="{path}" {fill}/>' if path else ""


def _limits(frame: _Frame, limits: Sequence[tuple[float, float] | None]) -> str:
    """Return the area between the limits, with a dashed edge."""
    lows, highs = (
        list(_runs_of_points(frame.points([pair and pair[side] for pair in limits])))
        for side in (0, 1)
    )
    edges = "".join(map(_path, (*lows, *highs)))
    inside = "".join(
        f"{_path(high)}L{low[-1][0]} {low[-1][1]}{_steps(low[::-1])}z"
        for low, high in zip(lows, highs, strict=True)
        if len(low) > 1
    )
    if not edges:
        return ""
    return f'<path d="{inside}" {_faint("ink")}/>' + _stroke(edges, TONES["dim"], LOOKS["thin"])


def _shade(frame: _Frame, first: int, last: int) -> str:
    half = frame.width // (2 * max(frame.count - 1, 1))
    left = max(frame.x(first) - half, frame.left)
    right = min(frame.x(last) + half, frame.left + frame.width)
    return _box(left, frame.top, right - left, frame.height, _faint("link"))


def _marks(frame: _Frame, series: Series) -> str:
    """Return a diamond at each value that stands out; none where the value is missing."""
    points = frame.points(series.values)
    return "".join(
        f'<path d="M{point[0]} {point[1] - 60}l60 60-60 60-60-60z" fill="{TONES[tone]}" '
        f'stroke="{PAPER}" stroke-width="10"/>'
        for place, tone in series.marks.items()
        if (point := points[place]) is not None
    )


def _all_values(series: Sequence[Series], count: int) -> Iterator[Values]:
    """Yield all values and limits of series that have one value for each label."""
    for each in series:
        if len(each.values) != count:
            raise InvalidValue(len(each.values), f"{each.name} has not one value for each label")
        yield each.values
        yield from filter(None, each.limits)


def _scale(values: Iterable[Values]) -> tuple[float, float, list[float]]:
    """Return the edges of a scale that holds zero and all values, and its round numbers."""
    known = [0.0, *(_drawable(value) for some in values for value in some if value is not None)]
    low, high = min(known), max(known)
    if high - low < SMALLEST_RANGE:
        high = low + 1
    power = 10.0 ** math.floor(math.log10((high - low) / MOST_STEPS))
    step = next(
        power * factor
        for factor in (1, 2, 5, 10, 20)
        if (high - low) / (power * factor) <= MOST_STEPS
    )
    if all(value == int(value) for value in known):
        step = max(step, 1.0)
    first, last = math.floor(low / step), math.ceil(high / step)
    ticks = [round(place * step, 12) for place in range(first, last + 1)]
    return ticks[0], ticks[-1], ticks


def _grid(frame: _Frame, ticks: Sequence[float], texts: Sequence[str]) -> str:
    """Return the lines of the scale with their numbers; that of zero is darker."""
    lines = "".join(f"M{frame.left} {frame.y(tick)}h{frame.width}" for tick in ticks)
    zero = f"M{frame.left} {frame.y(0.0)}h{frame.width}"
    words = "".join(
        _text(frame.left - 40, frame.y(tick) + 45, text, "end")
        for tick, text in zip(ticks, texts, strict=True)
    )
    return (
        _stroke(lines, LINE, 'stroke-width="8"')
        + _stroke(zero, TONES["dim"], 'stroke-width="10"')
        + f'<g font-size="{TEXT_SIZE}" fill="{TONES["dim"]}">{words}</g>'
    )


def _names(series: Sequence[Series]) -> tuple[str, int]:
    """Return the names of the series with a piece of each, and where the plot below begins."""
    parts, x, y = [], 0, 130
    for each in series:
        width = 300 + len(each.name) * LETTER + 2 * GAP
        if x and x + width > CHART_WIDTH:
            x, y = 0, y + LINE_HEIGHT
        if each.look == "area":
            parts.append(_box(x, y - 95, 240, 95, f'fill="{TONES[each.tone]}" fill-opacity=".3"'))
        else:
            parts.append(_stroke(f"M{x + 20} {y - 45}h240", TONES[each.tone], LOOKS[each.look]))
        parts.append(_text(x + 300, y, each.name))
        x += width
    if not parts:
        return "", 100
    return f'<g font-size="{TEXT_SIZE}" fill="{TONES["ink"]}">{"".join(parts)}</g>', y + 120


def _below(frame: _Frame, labels: Sequence[str]) -> str:
    """Return as many labels as fit side by side, the first and the last always."""
    if not labels:
        return ""
    room = max(map(len, labels)) * LETTER + 2 * GAP
    many = min(len(labels), max(frame.width // room, 2))
    last = len(labels) - 1
    places = sorted({round(last * turn / max(many - 1, 1)) for turn in range(many)})
    y = frame.top + frame.height + 160

    def anchor(place: int) -> str:
        if last == 0 or 0 < place < last:
            return "middle"
        return "end" if place else "start"

    words = "".join(_text(frame.x(place), y, labels[place], anchor(place)) for place in places)
    return f'<g font-size="{TEXT_SIZE}" fill="{TONES["dim"]}">{words}</g>'


def _shade_of(value: float | None, top: float) -> int:
    """Return how dark a cell is: 0 is empty, and the largest value is the strongest."""
    if not value or top <= 0:
        return 0
    return min(max(math.ceil(SHADES * value / top), 1), SHADES)


def _largest(rows: Sequence[Values], names: Sequence[str], columns: Sequence[str]) -> float:
    """Return the largest value of a strip whose rows and columns all have a name."""
    if len(names) != len(rows) or any(len(row) != len(columns) for row in rows):
        raise InvalidValue(len(rows), "rows of a strip that names and columns do not fit")
    known = [_drawable(value) for row in rows for value in row if value is not None]
    if min(known, default=0.0) < 0:
        raise InvalidValue(min(known), "a value of a strip is below 0")
    return max(known, default=0.0)


def _cells(rows: Sequence[Values], shade: int, top: float, left: int, width: int) -> str:
    """Return the path through the cells of one shade."""
    return "".join(
        f"M{left + start * width} {CELL_HEIGHT * place + CELL_HEIGHT // 2}h{many * width}"
        for place, row in enumerate(rows)
        for start, many in _runs(row, shade, top)
    )


def _runs(row: Values, shade: int, top: float) -> Iterator[tuple[int, int]]:
    """Yield the first place and the number of cells of one shade that stand side by side."""
    first, many = 0, 0
    for place, value in enumerate((*row, None)):
        if _shade_of(value, top) == shade:
            first, many = (first, many + 1) if many else (place, 1)
        elif many:
            yield first, many
            many = 0
