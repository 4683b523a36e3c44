"""Counted time of several calendars for whole columns: C(t), and the instant where it reaches."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from attrs import define

from support_model._columns.values import NULL
from support_model.arrays import edge_table, elapsed
from support_model.errors import OutOfRange

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from support_model._columns.values import Ints
    from support_model.calendars import BusinessCalendar

YEAR = 366 * 86_400_000_000
WIDE = 200 * YEAR
"""The longest range of one table of a calendar; beyond it instants are looked up one by one."""


@define(eq=False)
class Hours:
    """A calendar over a range of instants: open time before an instant, and its inverse.

    Attributes:
        calendar: the calendar.
        low: the first instant of the range; open time counts from there.
        origin: open time before `low` in the timeline of the calendar.
        high: the last instant of the table.
        most: the open time at `high`.
        counted: open time before instants of the table; None where there is no table.
        landed: the first instant with so much open time before it, for more than nothing.
    """

    calendar: BusinessCalendar
    low: int
    origin: int
    high: int
    most: int
    counted: Callable[[Ints], Ints] | None
    landed: Callable[[Ints], Ints] | None

    @classmethod
    def of(cls, calendar: BusinessCalendar, low: int, high: int, need: int, rows: int) -> Hours:
        """Return the hours from one instant to another, and until so much more is open."""
        timeline = calendar.timeline
        origin = timeline.open_before(low)
        try:
            far = timeline.earliest(timeline.open_before(high) + need, high)
        except OutOfRange:
            far = None
        if far is None or max(far, high) - low > WIDE:
            return cls(calendar, low, origin, low, 0, None, None)
        far = max(far, high)
        table = edge_table(calendar, low, far)
        most = int(table.before[-1]) - origin
        if not table.starts.size:
            return cls(calendar, low, origin, low, 0, None, None)
        return cls(calendar, low, origin, far, most, table.counter(rows), table.lander(rows))

    def before(self, at: Ints) -> Ints:
        """Return the open time between `low` and instants."""
        if self.counted is not None and at.size and int(at.max()) <= self.high:
            return self.counted(at) - self.origin
        found = np.empty(at.size, np.int64)
        near = at <= self.high if self.counted is not None else np.zeros(at.size, np.bool_)
        if self.counted is not None:
            found[near] = self.counted(at[near]) - self.origin
        far, places = np.unique(at[~near], return_inverse=True)
        found[~near] = elapsed(self.calendar, np.full(far.size, self.low), far)[places]
        return found

    def reached(self, amounts: Ints) -> Ints:
        """Return the first instant with so much open time since `low`; `NULL` for never."""
        found = np.full(amounts.size, NULL, np.int64)
        near = (amounts > 0) & (amounts <= self.most)
        if self.landed is not None and near.any():
            if near.all():
                return self.landed(amounts + self.origin)
            found[near] = self.landed(amounts[near] + self.origin)
        far, places = np.unique(amounts[~near], return_inverse=True)
        found[~near] = np.array([self._one(amount) for amount in far.tolist()], np.int64)[places]
        return found

    def _one(self, amount: int) -> int:
        try:
            at = self.calendar.timeline.earliest(self.origin + amount, self.low)
        except OutOfRange:
            return NULL
        return NULL if at is None else at


@define(eq=False)
class HoursBy:
    """Several calendars, and the one of each row.

    Attributes:
        hours: the calendars.
        groups: the rows of each; None where all rows are of the one calendar.
    """

    hours: Sequence[Hours]
    which: Ints | None

    def before(self, at: Ints, rows: Ints | None = None) -> Ints:
        """Return the open time before instants, each of the row of its place, or of some rows."""
        return self._by(Hours.before, at, rows)

    def reached(self, amounts: Ints, rows: Ints | None = None) -> Ints:
        """Return the first instants with so much open time."""
        return self._by(Hours.reached, amounts, rows)

    def _by(self, ask: Callable[[Hours, Ints], Ints], values: Ints, rows: Ints | None) -> Ints:
        if not values.size:
            return values
        if self.which is None:
            return ask(self.hours[0], values)
        which = self.which if rows is None else self.which[rows]
        found = np.empty(values.size, np.int64)
        for number, hours in enumerate(self.hours):
            mine = np.flatnonzero(which == number)
            found[mine] = ask(hours, values[mine])
        return found
