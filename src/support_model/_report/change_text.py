"""A change in words: its values, difference and interval, each with sign and unit."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from support_model._report.caveats import hours_text
from support_model._report.tables import rate_text
from support_model.figures import Distribution, Share

if TYPE_CHECKING:
    from collections.abc import Sequence

    from support_model._report.changes import Change, Counts, GroupChange
    from support_model.figures import Figure


NEARLY_ALL = 0.9
"""A group with more of the tickets of both periods than this is no narrower answer than all."""
GROUPS_SHOWN = 5
HOUR = timedelta(hours=1)
UNITS = ((HOUR, "h", 1), (timedelta(minutes=1), "min", 0), (timedelta(seconds=1), "s", 0))


def value_text(figure: Figure) -> str:
    """Write a figure's value: a median, a share or a rate."""
    if isinstance(figure, Distribution):
        return hours_text(figure.quantile(0.5))
    if isinstance(figure, Share):
        return "-" if figure.value is None else f"{figure.value:.1%}"
    return rate_text(figure.value)


def difference_text(change: Change) -> str:
    """Write a change with its sign and unit."""
    value = change.difference.value
    if value is None:
        return "-"
    if isinstance(change.before, Share):
        return f"{points_text(value)} pt"
    if isinstance(change.before, Distribution):
        text = hours_text(abs(value) * HOUR)
        return text if text == "0" else f"{'-' if value < 0 else '+'}{text}"
    return _rate(value)


def interval_text(change: Change) -> str:
    """Write the interval of a change, both bounds in one unit."""
    if change.difference.interval is None:
        return "-"
    low, high = change.difference.interval
    if isinstance(change.before, Share):
        return f"{points_text(low)} to {points_text(high)} pt"
    if isinstance(change.before, Distribution):
        return _times(low * HOUR, high * HOUR)
    return f"{_rate(low)} to {_rate(high)}"


def _times(low: timedelta, high: timedelta) -> str:
    widest = max(abs(low), abs(high))
    length, unit, digits = next((row for row in UNITS if widest >= row[0]), UNITS[-1])
    bounds = (f"{each / length:+,.{digits}f}" if each else "0" for each in (low, high))
    return f"{' to '.join(bounds)} {unit}"


def _rate(value: float) -> str:
    text = rate_text(abs(value))
    return text if not float(text) else f"{'-' if value < 0 else '+'}{text}"


def points_text(share: float | None) -> str:
    """Write a difference of shares in percentage points, without the unit; "-" for None.

    Example:
        >>> points_text(-0.032), points_text(0.0001)
        ('-3.2', '0.0')
    """
    if share is None:
        return "-"
    text = f"{100 * share:+.1f}"
    return text if float(text) else "0.0"


def share_text(counts: Counts) -> str:
    """Write k of n as a share.

    Example:
        >>> share_text((1, 3)), share_text((0, 0))
        ('33.3%', '-')
    """
    k, n = counts
    return f"{k / n:.1%}" if n else "-"


def p_text(p: float | None) -> str:
    """Write a p-value.

    Example:
        >>> p_text(0.0361), p_text(1e-9), p_text(None)
        ('0.036', '< 0.001', '-')
    """
    if p is None:
        return "-"
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


def field_text(name: str) -> str:
    """Return what people call a field.

    Example:
        >>> field_text("custom.Country"), field_text("priority")
        ('Country', 'priority')
    """
    return name.removeprefix("custom.")


def group_text(each: GroupChange) -> str:
    """Return what people call a group: its field and its value."""
    return f"{field_text(each.field)} {each.group}"


def narrower(change: Change) -> Sequence[GroupChange]:
    """Return the groups that got worse and are not nearly all tickets, real ones first."""
    if change.counts is None:
        return ()
    sizes = [n for _, n in change.counts]
    found = [
        each
        for each in change.groups
        if each.tickets > 0
        and not all(
            n > NEARLY_ALL * size
            for (_, n), size in zip((each.before, each.after), sizes, strict=True)
        )
    ]
    return sorted(found, key=lambda each: not each.worse)[:GROUPS_SHOWN]
