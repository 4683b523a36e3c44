"""How a figure looks in a notebook: a small table that says what it rests on.

Names of figures and groups may have been typed by anybody, so every cell is escaped. What is
not defined says so and is no 0; what is withheld says why.
"""

from __future__ import annotations

from datetime import timedelta
from html import escape
from typing import TYPE_CHECKING, TypeAlias, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from support_model.figures import Distribution, Rate, Share
    from support_model.kpi import Compliance, Topics
    from support_model.summaries import Summary

    Times: TypeAlias = Distribution | Summary


T = TypeVar("T")
SECOND = timedelta(seconds=1)
WITHHELD = {"small_n": "withheld: too few", "several_scales": "not defined: several scales"}
QUANTILES = {"median": 0.5, "90th percentile": 0.9}


def share_html(figure: Share) -> str:
    """Return the table of a share."""
    rows = [
        ("share", _value(figure, figure.value, _percent)),
        ("interval", _interval(figure, figure.interval, _percent)),
        ("how many", f"{figure.numerator:,} of {figure.n:,}"),
    ]
    return _html(figure, rows)


def rate_html(figure: Rate) -> str:
    """Return the table of a rate."""
    sums = f"{_number(float(figure.numerator))} per {_number(float(figure.denominator))}"
    rows = [
        ("rate", _value(figure, figure.value, _number)),
        ("interval", _interval(figure, figure.interval, _number)),
        ("sums", sums),
        ("how many", f"{figure.n:,}"),
    ]
    return _html(figure, rows)


def times_html(figure: Times) -> str:
    """Return the table of durations, as hours:minutes:seconds."""
    rows = [("mean", _value(figure, figure.mean, _time))]
    for name, q in QUANTILES.items():
        bounds = _interval(figure, figure.interval(q), _time)
        rows += [(name, _value(figure, figure.quantile(q), _time)), ("interval", bounds)]
    rows += [("clock", figure.clock), ("how many", f"{figure.n:,}")]
    return _html(figure, rows)


def compliance_html(compliance: Compliance) -> str:
    """Return the table of how clocks stand: the share, and all counts."""
    open_or_done = ("met", "missed", "running_late", "undecided", "cancelled")
    states = (*open_or_done, "no_contact", "no_target")
    rows = [
        ("share", _value(compliance.share, compliance.share.value, _percent)),
        ("interval", _interval(compliance.share, compliance.share.interval, _percent)),
        *((state.replace("_", " "), f"{getattr(compliance, state):,}") for state in states),
        ("unit", compliance.unit.replace("_", " ")),
    ]
    return _table(compliance.metric, rows)


def topics_html(topics: Topics) -> str:
    """Return the table of topics, the most frequent first."""
    head = ("topic", "tickets", "share", "interval", "through", "change", "p, adjusted", "")
    rows = [
        (
            topic.name,
            f"{topic.share.numerator:,}",
            _value(topic.share, topic.share.value, _percent),
            _interval(topic.share, topic.share.interval, _percent),
            _percent(topic.through),
            "" if topic.change.value is None else f"{100 * topic.change.value:+.1f} points",
            "" if topic.p_adjusted is None else f"{topic.p_adjusted:.3f}",
            "new" if topic.new else "",
        )
        for topic in topics.topics
    ]
    lines = [_line("th", head), *(_line("td", row) for row in rows)]
    return f"<table>{''.join(lines)}</table>"


def _line(tag: str, cells: Iterable[str]) -> str:
    return f"<tr>{''.join(f'<{tag}>{escape(cell)}</{tag}>' for cell in cells)}</tr>"


def _html(figure: Share | Rate | Times, rows: Iterable[tuple[str, str]]) -> str:
    rows_out = [*rows, ("left out", _left_out(figure.excluded)), ("definition", figure.definition)]
    return _table(figure.key, rows_out)


def _table(caption: str, rows: Iterable[tuple[str, str]]) -> str:
    body = "".join(
        f"<tr><th>{escape(name)}</th><td>{escape(text)}</td></tr>" for name, text in rows if text
    )
    return f"<table><caption>{escape(caption)}</caption>{body}</table>"


def _value(figure: Share | Rate | Times, value: T | None, text: Callable[[T], str]) -> str:
    if value is None:
        return WITHHELD.get(figure.suppressed or "", "not defined")
    return text(value)


def _interval(
    figure: Share | Rate | Times,
    bounds: tuple[T | None, T | None] | None,
    text: Callable[[T], str],
) -> str:
    """Return what bounds there are; a side that too few values leave open is named."""
    if bounds is None or bounds == (None, None):
        return ""
    low, high = ("unknown" if bound is None else text(bound) for bound in bounds)
    return f"{low} to {high} ({figure.method.replace('_', ' ')}, level {figure.level})"


def _left_out(excluded: Mapping[str, int]) -> str:
    return ", ".join(f"{n:,} {code.replace('_', ' ')}" for code, n in excluded.items())


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _number(value: float) -> str:
    return f"{value:,.6g}"


def _time(length: timedelta) -> str:
    minutes, seconds = divmod(round(length / SECOND), 60)
    return f"{minutes // 60:,}:{minutes % 60:02}:{seconds:02}"
