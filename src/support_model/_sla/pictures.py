"""A picture of an evaluation: its clocks as rows of time, in SVG that a notebook shows.

Dark is time that counted, hatched a pause, pale the hours in which nobody counts; red is what
lies past the due. It is one self-contained element: no script, no style of the page, nothing
fetched, and everything that a user typed is escaped. Each piece has its reason as a tooltip.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from support_model._frozen import frozen
from support_model._time import (
    DAY,
    FIRST,
    LAST,
    instant,
    micros,
    micros_of,
    month_name,
    weekday_name,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime, timedelta
    from zoneinfo import ZoneInfo

    from support_model._sla.evaluations import Clock, Cycle, Evaluation


WIDTH, LABEL, STATE, ROW, TOP, FOOT = 960, 170, 210, 30, 46, 46
PLOT = WIDTH - LABEL - STATE
HOUR_MICROS = DAY // 24
LONGEST = 60 * DAY
"""Over a longer time than this, closed hours are not drawn one by one."""
COUNTED, OVER, CLOSED, INK, FAINT = "#2f6fb3", "#c8372d", "#dfe5ec", "#1f2933", "#7b8794"
STEPS = (
    HOUR_MICROS // 4,
    HOUR_MICROS,
    3 * HOUR_MICROS,
    6 * HOUR_MICROS,
    12 * HOUR_MICROS,
    *(n * DAY for n in (1, 2, 7, 14, 28)),
)
MOST_TICKS = 8


@frozen
class _Piece:
    """A stretch of one kind, and its tooltip."""

    start: int
    end: int
    kind: str
    text: str


@frozen(kw_only=True)
class _Axis:
    """From instants to pixels, and where its ticks are."""

    start: int
    end: int
    tz: ZoneInfo

    def x(self, at: int) -> float:
        clamped = min(max(at, self.start), self.end)
        return LABEL + PLOT * (clamped - self.start) / (self.end - self.start)

    def ticks(self) -> Iterator[tuple[int, str]]:
        """Yield round local times, few enough to be read."""
        length = self.end - self.start
        step = next((s for s in STEPS if length / s <= MOST_TICKS), length // MOST_TICKS)
        local = instant(self.start, self.tz)
        midnight = micros(local.replace(hour=0, minute=0, second=0, microsecond=0))
        at = midnight
        while at <= self.end:
            if at >= self.start:
                yield at, _tick(instant(at, self.tz), step)
            at += step


def picture(result: Evaluation) -> str:
    """Return the clocks of an evaluation as one SVG element; a line of text where it has none.

    Example:
        >>> from datetime import UTC, datetime
        >>> from support_model.events import Created
        >>> from support_model.sla import evaluate
        >>> from support_model.vocabulary import Status
        >>> at = datetime(2026, 3, 2, 9, tzinfo=UTC)
        >>> new = {"status": Status("new", "new")}
        >>> log = [Created(ticket_id="<T1>", at=at, role="customer", fields=new)]
        >>> picture(evaluate(log, [], as_of=at))
        '<p>&lt;T1&gt;: no clocks</p>'
    """
    clocks = [clock for clock in result.clocks if clock.cycles]
    if not clocks:
        return f"<p>{escape(result.ticket.id)}: no clocks</p>"
    axis = _axis(clocks, micros(result.as_of))
    height = TOP + ROW * len(clocks) + FOOT
    title = f"Clocks of {result.ticket.id} as of {date_text(result.as_of.astimezone(axis.tz))}"
    frame = f'viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(title)}"'
    style = f"width:100%;max-width:{WIDTH}px;height:auto"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {frame} style="{style}" {_FONT}>',
        _PAINTS,
        f'<rect width="{WIDTH}" height="{height}" rx="6" fill="#fff"/>',
        _text(12, 20, title, weight=600),
        *_grid(axis, height),
    ]
    for number, clock in enumerate(clocks):
        parts += _clock(clock, axis, TOP + ROW * number)
    parts += [*_now(axis, micros(result.as_of), height), *_legend(height - 14), "</svg>"]
    return "".join(parts)


def _axis(clocks: list[Clock], as_of: int) -> _Axis:
    """Return the time from the first start to the last that matters, with a margin."""
    edges = [as_of]
    for clock in clocks:
        for cycle in clock.cycles:
            edges.append(micros(cycle.start))
            due = cycle.due_at
            if due is not None and cycle.stop is None:
                edges.append(micros(due))
    start, end = min(edges), max(edges)
    margin = max((end - start) // 40, HOUR_MICROS // 60)
    last = clocks[0].cycles[-1]
    tz = last.target.calendar.tz
    return _Axis(start=max(start - margin, FIRST), end=min(end + margin, LAST), tz=tz)


_FONT = 'font-family="system-ui,sans-serif"'
_PAINTS = (
    '<defs><pattern id="sm-pause" width="6" height="6" patternUnits="userSpaceOnUse"'
    ' patternTransform="rotate(45)"><rect width="6" height="6" fill="#fdf3d8"/>'
    '<rect width="2.5" height="6" fill="#e0b040"/></pattern></defs>'
)


def _grid(axis: _Axis, height: int) -> Iterator[str]:
    for at, text in axis.ticks():
        x = axis.x(at)
        yield (
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{TOP - 6}" y2="{height - FOOT + 4}"'
            ' stroke="#d5dbe3"/>'
        )
        yield _text(x, TOP - 10, text, anchor="middle", fill=FAINT, size=10)


def _clock(clock: Clock, axis: _Axis, top: int) -> Iterator[str]:
    middle = top + ROW // 2 + 4
    last = clock.cycles[-1]
    name = clock.metric.name.replace("_", " ")
    yield _text(12, middle, _short(name, 24), title=f"{name}, policy {last.policy.name}")
    for cycle in clock.cycles:
        yield from _cycle(cycle, axis, top + 6)
    if clock.breach_at is not None:
        x = axis.x(micros(clock.breach_at))
        yield (
            f'<circle cx="{x:.1f}" cy="{top + ROW / 2:.1f}" r="4.5" fill="{OVER}"'
            f' stroke="#fff">{_title(f"breached {date_text(clock.breach_at)}")}</circle>'
        )
    fill = OVER if last.breached else INK
    yield _text(LABEL + PLOT + 10, middle, _state(last), fill=fill, title=str(last))


def _cycle(cycle: Cycle, axis: _Axis, top: int) -> Iterator[str]:
    breach = None if cycle.breach_at is None else micros(cycle.breach_at)
    for piece in _pieces(cycle, axis):
        paint = {"counted": COUNTED, "paused": "url(#sm-pause)"}.get(piece.kind, CLOSED)
        split = piece.end
        if piece.kind == "counted" and breach is not None:
            split = min(max(breach, piece.start), piece.end)
        if piece.start < split:
            yield _bar(axis, piece.start, split, top, paint, piece.text)
        if split < piece.end:
            yield _bar(axis, split, piece.end, top, OVER, piece.text)
    due = cycle.due_at
    if due is not None and (cycle.stop is None or micros(due) <= axis.end):
        x = axis.x(micros(due))
        yield (
            f'<path d="M{x:.1f} {top - 3} v{ROW - 6}" stroke="{INK}" stroke-width="2">'
            f"{_title(f'due {date_text(due)}')}</path>"
        )


def _pieces(cycle: Cycle, axis: _Axis) -> Iterator[_Piece]:
    """Yield the stretches of a cycle that are wide enough to be seen."""
    narrow = (axis.end - axis.start) // (4 * PLOT)
    pieces = _roughly(cycle) if axis.end - axis.start > LONGEST else _exactly(cycle)
    yield from (piece for piece in pieces if piece.end - piece.start >= narrow)


def _exactly(cycle: Cycle) -> Iterator[_Piece]:
    for row in cycle.explain():
        kind = "counted" if row.counted else row.reason.code
        text = f"{date_text(row.start)} to {date_text(row.end)}: {row.reason}"
        more = f", {row.counted} counted" if row.counted else ""
        yield _Piece(micros(row.start), micros(row.end), kind, text + more)


def _roughly(cycle: Cycle) -> Iterator[_Piece]:
    """Yield a whole cycle and its pauses on top: hours are too thin to be seen in it."""
    end = cycle.until
    text = f"{date_text(cycle.start)} to {date_text(end)}: {cycle.elapsed} counted"
    yield _Piece(micros(cycle.start), micros(end), "counted", text)
    for pause in cycle.pauses:
        until = end if pause.end is None else min(pause.end, end)
        text = f"{date_text(pause.start)} to {date_text(until)}: paused"
        yield _Piece(micros(pause.start), micros(until), "paused", text)


def _bar(axis: _Axis, start: int, end: int, top: int, paint: str, text: str) -> str:
    left, right = axis.x(start), axis.x(end)
    return (
        f'<rect x="{left:.1f}" y="{top}" width="{max(right - left, 0.5):.1f}"'
        f' height="{ROW - 12}" fill="{paint}">{_title(text)}</rect>'
    )


def _now(axis: _Axis, as_of: int, height: int) -> Iterator[str]:
    x = axis.x(as_of)
    yield (
        f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{TOP - 6}" y2="{height - FOOT + 4}"'
        f' stroke="{INK}" stroke-dasharray="3 3"><title>as of</title></line>'
    )
    yield _text(x, height - FOOT + 16, "as of", anchor="middle", size=10)


def _legend(y: int) -> Iterator[str]:
    x = 12.0
    kinds = (
        (COUNTED, "counted"), (OVER, "past the due"), ("url(#sm-pause)", "paused"),
        (CLOSED, "closed"),
    )  # fmt: skip
    for paint, words in kinds:
        yield f'<rect x="{x}" y="{y - 9}" width="14" height="10" fill="{paint}"/>'
        yield _text(x + 19, y, words, fill=FAINT, size=11)
        x += 38 + 6.2 * len(words)
    yield f'<path d="M{x + 4:.1f} {y - 11} v14" stroke="{INK}" stroke-width="2"/>'
    yield _text(x + 12, y, "due", fill=FAINT, size=11)
    yield f'<circle cx="{x + 52:.1f}" cy="{y - 4}" r="4.5" fill="{OVER}"/>'
    yield _text(x + 61, y, "breach", fill=FAINT, size=11)


def _state(cycle: Cycle) -> str:
    """Return the state of a cycle, short enough for its column."""
    word = "breached" if cycle.state == "running" and cycle.breached else cycle.state
    allowed = "" if cycle.allowed is None else f" of {_hours(cycle.allowed)}"
    return f"{word}, {_hours(cycle.elapsed)}{allowed}"


def _hours(amount: timedelta) -> str:
    hours, rest = divmod(micros_of(amount) // 60_000_000, 60)
    return f"{hours}:{rest:02d} h"


def date_text(at: datetime) -> str:
    return f"{weekday_name(at)} {at:%d} {month_name(at)} {at:%Y %H:%M}"


def _tick(at: datetime, step: int) -> str:
    if step > 28 * DAY:
        return f"{at:%d} {month_name(at)} {at:%Y}"
    return f"{weekday_name(at)} " + (f"{at:%d} {month_name(at)}" if step >= DAY else f"{at:%H:%M}")


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}\N{HORIZONTAL ELLIPSIS}"


def _title(text: str) -> str:
    return f"<title>{escape(text)}</title>"


def _text(
    x: float,
    y: float,
    text: str,
    *,
    anchor: str = "start",
    fill: str = INK,
    size: int = 12,
    weight: int = 400,
    title: str = "",
) -> str:
    inside = (_title(title) if title else "") + escape(text)
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{fill}"'
        f' font-size="{size}" font-weight="{weight}">{inside}</text>'
    )
