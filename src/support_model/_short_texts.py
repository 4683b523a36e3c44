"""Answers of any size in short: one line of text, a `repr` with a bound, a small table.

An answer over a whole log may hold a hundred thousand numbers. In a notebook or a debugger it
is read by what it says: what is long in it is counted, not printed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, timedelta
from fractions import Fraction
from html import escape
from typing import TYPE_CHECKING, Any

import attrs

from support_model._tables import pairs_html, row_html

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = [
    "bounds_text",
    "few_names",
    "fields_html",
    "fields_row",
    "number_text",
    "p_text",
    "plain_in_short",
    "points_text",
    "rows_html",
    "share_text",
    "short_repr",
    "short_text",
]

MOST_OF_REPR, MOST_OF_PART = 280, 60
MOST_ROWS, MOST_NAMES, MOST_NAME = 20, 3, 24


def short_repr(self: Any) -> str:  # noqa: ANN401 - the `__repr__` of any frozen value
    """Return the `repr` of an answer in at most 300 characters; assigned as `__repr__`.

    Fields that are as they are by default are left out. A container that is long is its number of
    parts in angle brackets, as is a value that is long itself; texts lose their middle.

    Example:
        >>> from support_model.figures import Share
        >>> Share(key="met", definition="on time, of all", numerator=1, n=4)
        Share(key='met', definition='on time, of all', numerator=1, n=4)
    """
    kind = type(self)
    parts: list[str] = []
    room = MOST_OF_REPR - len(kind.__name__)
    for part in attrs.fields(kind):
        value = getattr(self, part.name)
        if not part.init or part.repr is False or _is_default(value, part.default):
            continue
        text = f"{part.alias}={short_text(value)}"
        room -= len(text) + 2
        if room < 0:
            parts.append("...")
            break
        parts.append(text)
    return f"{kind.__name__}({', '.join(parts)})"


def _is_default(value: object, default: object) -> bool:
    if isinstance(default, attrs.Factory):  # type: ignore[arg-type] # a class at run time
        return isinstance(value, Mapping | AbstractSet | Sequence) and not value
    return value is default or (type(value) is type(default) and value == default)


def short_text(value: object) -> str:
    """Return a part of an answer as a `repr` shows it, in about sixty characters at most.

    Example:
        >>> short_text((1, 2)), short_text(range(400)), short_text({"void": 3})
        ('(1, 2)', '<400 int>', "{'void': 3}")
    """
    if isinstance(value, date):  # an instant too
        return value.isoformat()
    if isinstance(value, Mapping):
        items = (f"{short_text(key)}: {short_text(part)}" for key, part in value.items())
        return _of_parts(len(value), items, "{%s}", "items")
    if isinstance(value, AbstractSet):
        return _of_parts(len(value), map(short_text, sorted(value, key=str)), "{%s}", "items")
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        form = "(%s,)" if len(value) == 1 else "(%s)"
        kind = type(value[0]).__name__ if value else ""
        return _of_parts(len(value), map(short_text, value), form, kind)
    text = repr(value) if attrs.has(type(value)) else value_in_short(value)
    return text if len(text) <= MOST_OF_PART else f"<{type(value).__name__}>"


def value_in_short(value: object) -> str:
    """Return the `repr` of one value as printable text; a long one loses its middle."""
    try:
        text = repr(value)
    except ValueError:  # a whole number of more digits than Python writes
        return f"<{type(value).__name__}>"
    if not text.isprintable():
        text = text.encode("unicode_escape").decode()
    if len(text) <= MOST_OF_PART:
        return text
    kept = (MOST_OF_PART - 3) // 2
    return f"{text[:kept]}...{text[-kept:]}"


def _of_parts(count: int, parts: Iterable[str], form: str, kind: str) -> str:
    """Return parts in full where they are few and short, else how many there are."""
    texts: list[str] = []
    length = 0
    for text in parts:
        length += len(text) + 2
        if length > MOST_OF_PART:
            return f"<{count} {kind}>"
        texts.append(text)
    return form % ", ".join(texts) if texts else form.replace(",", "") % ""


# Lines


def number_text(value: float | None) -> str:
    """Return a number as a line of text has it.

    Example:
        >>> number_text(1234.5678), number_text(None)
        ('1,234.57', 'not defined')
    """
    return "not defined" if value is None else f"{value:,.6g}"


def share_text(value: float | None) -> str:
    """Return a share in percent, as a line of text has it."""
    return "not defined" if value is None else f"{100 * value:.1f}%"


def points_text(value: float | None) -> str:
    """Return a difference of shares in points of percent, with its sign."""
    return "not defined" if value is None else f"{100 * value:+.1f} points"


def p_text(p: float | None) -> str:
    """Return a p-value; a small one as what it is below.

    Example:
        >>> p_text(0.0001), p_text(0.25), p_text(None)
        ('p < 0.001', 'p 0.250', 'no test')
    """
    if p is None:
        return "no test"
    return "p < 0.001" if p < 0.001 else f"p {p:.3f}"


def bounds_text(
    bounds: tuple[float | None, float | None] | None, text: Callable[[float], str] = number_text
) -> str:
    """Return an interval in parentheses with a blank before; empty where there is none.

    Example:
        >>> bounds_text((1, None)), bounds_text(None)
        (' (1 to unknown)', '')
    """
    if bounds is None or bounds == (None, None):
        return ""
    low, high = ("unknown" if bound is None else text(bound) for bound in bounds)
    return f" ({low} to {high})"


def few_names(names: Iterable[str], count: int) -> str:
    """Return the first names, each cut, and how many there are besides.

    Example:
        >>> few_names(["a", "b"], 2), few_names(map(str, range(9)), 9)
        ('a, b', '0, 1, 2 and 6 more')
    """
    shown = [plain_in_short(name) for name, _ in zip(names, range(MOST_NAMES), strict=False)]
    more = count - len(shown)
    return ", ".join(shown) + (f" and {more:,} more" if more > 0 else "")


def plain_in_short(name: object, most: int = MOST_NAME) -> str:
    """Return a name that somebody gave as one line of printable text, cut where it is long."""
    text = "".join(c if c.isprintable() else " " for c in str(name)[: most + 1])
    return text if len(text) <= most else f"{text[: most - 3]}..."


# Rows and tables


def fields_row(self: Any) -> dict[str, Any]:  # noqa: ANN401 - the `row` of any frozen value
    """Return the plain values of an answer as one row, by name; times in seconds.

    An interval is `low` and `high`; what holds many values, such as places, is left out.

    Example:
        >>> from support_model.inference import funnel_limits
        >>> funnel_limits(10, 0.5).row()["low_count"]
        2
    """
    row: dict[str, Any] = {}
    for part in attrs.fields(type(self)):
        value = getattr(self, part.name)
        if part.name == "interval":
            row["low"], row["high"] = value or (None, None)
        elif isinstance(value, timedelta):
            row[part.name] = value.total_seconds()
        elif isinstance(value, Fraction):
            row[part.name] = float(value)
        elif value is None or isinstance(value, str | int | float | date):
            row[part.name] = value
    return row


def fields_html(self: Any) -> str:  # noqa: ANN401 - the `_repr_html_` of any frozen value
    """Return the fields of an answer as a small table; assigned as `_repr_html_`."""
    rows = [
        (part.name.replace("_", " "), _cell(getattr(self, part.name)))
        for part in attrs.fields(type(self))
        if part.init and part.repr is not False
    ]
    return pairs_html(str(self), rows)


def _cell(value: object) -> str:
    if value is None:
        return "not defined"
    if isinstance(value, bool | str | timedelta):
        return str(value) if len(str(value)) <= MOST_OF_PART else short_text(value)
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return number_text(value)
    return str(value) if attrs.has(type(value)) and "\n" not in str(value) else short_text(value)


def rows_html(title: str, head: Iterable[str], rows: Sequence[Iterable[str]]) -> str:
    """Return the first rows of a table, and below them how many more there are.

    Example:
        >>> table = rows_html("Topics", ("topic", "n"), [("<vpn>", "3")] * 50)
        >>> "&lt;vpn&gt;" in table, "30 more" in table
        (True, True)
    """
    more = len(rows) - MOST_ROWS
    shown = [row_html(row) for row in rows[:MOST_ROWS]]
    if more > 0:
        shown.append(row_html([f"and {more:,} more"]))
    body = "".join([row_html(head, "th"), *shown])
    return f"<table><caption>{escape(title)}</caption>{body}</table>"
