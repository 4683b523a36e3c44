"""An explanation of business time: rows that cover a span and add up to its answer."""

from __future__ import annotations

from datetime import datetime, timedelta
from html import escape
from typing import TYPE_CHECKING

from support_model._frozen import frozen
from support_model._time import clock_text, instant, weekday_name
from support_model.reasons import ENGLISH, Reason, render

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from zoneinfo import ZoneInfo


@frozen(kw_only=True)
class ExplainRow:
    """A stretch [start, end) that counts wholly or not at all, and why.

    Attributes:
        start: in the zone of the calendar.
        end: likewise.
        counted: the absolute length where it counts, else zero.
        reason: why it counts or does not.
    """

    start: datetime
    end: datetime
    counted: timedelta
    reason: Reason


@frozen
class Explanation:
    """Rows that tile a span in order; their counted time sums to the elapsed time."""

    rows: tuple[ExplainRow, ...]

    @property
    def total(self) -> timedelta:
        """The counted time of all rows."""
        return sum((row.counted for row in self.rows), timedelta())

    def __iter__(self) -> Iterator[ExplainRow]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __str__(self) -> str:
        return self.text()

    def _table(self, catalogue: Mapping[str, str]) -> list[tuple[str, str, str, str]]:
        return [
            (
                _local_text(row.start, catalogue),
                _local_text(row.end, catalogue),
                clock_text(row.counted) if row.counted else "-",
                render(row.reason, catalogue),
            )
            for row in self.rows
        ]

    def text(self, catalogue: Mapping[str, str] = ENGLISH) -> str:
        """Return one line a row and the total, in the words of a catalogue."""
        total = render(Reason.of("in_all"), catalogue)
        table = [*self._table(catalogue), ("", "", clock_text(self.total), total)]
        widths = [max(len(row[i]) for row in table) for i in range(3)]
        return "\n".join(
            f"{start:<{widths[0]}}  {end:<{widths[1]}}  {counted:>{widths[2]}}  {why}"
            for start, end, counted, why in table
        )

    def _repr_html_(self) -> str:
        head = "<tr><th>from</th><th>to</th><th>counted</th><th>why</th></tr>"
        rows = [*self._table(ENGLISH), ("", "", clock_text(self.total), "in all")]
        body = "".join(
            "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows
        )
        return f"<table>{head}{body}</table>"


def explained(rows: Iterable[tuple[int, int, bool, Reason]], tz: ZoneInfo) -> Explanation:
    """Return rows of microseconds as an explanation, neighbours of one reason joined."""
    joined: list[tuple[int, int, bool, Reason]] = []
    for row in rows:
        if joined and joined[-1][2:] == row[2:] and joined[-1][1] == row[0]:
            joined[-1] = (joined[-1][0], *row[1:])
        else:
            joined.append(row)
    return Explanation(
        tuple(
            ExplainRow(
                start=instant(opens, tz),
                end=instant(closes, tz),
                counted=timedelta(microseconds=closes - opens if opened else 0),
                reason=why,
            )
            for opens, closes, opened, why in joined
        )
    )


def _local_text(at: datetime, catalogue: Mapping[str, str]) -> str:
    day = render(Reason.of(f"day_{weekday_name(at).lower()}"), catalogue)
    return f"{day} {at:%Y-%m-%d %H:%M}{_seconds(at)}"


def _seconds(at: datetime) -> str:
    if at.microsecond:
        return f":{at:%S.%f}"
    return f":{at:%S}" if at.second else ""
