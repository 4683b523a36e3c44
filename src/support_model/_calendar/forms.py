"""What a calendar can be made of: local hours, always open, and expressions over others.

A form lists its open stretches in a window, gives reasons, and knows between which years it is
irregular. Set operations act on instants, so forms of different zones combine exactly.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from itertools import pairwise
from typing import TYPE_CHECKING, Literal, Protocol

from attrs import field

from support_model._calendar.local_hours import LEVEL, combined
from support_model._calendar.timeline import Regular, year_of
from support_model._frozen import frozen
from support_model._time import FIRST, LAST, difference, intersection, union
from support_model.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from zoneinfo import ZoneInfo

    from support_model._calendar.local_hours import DatedRange, WeekPattern
    from support_model._time import Edges


CLOSED_SPAN = Reason.of("taken_out")
"""Why a span is closed, unless a reason is given."""
Operation = Literal["union", "intersection", "difference"]
_OPERATIONS = {
    "union": lambda left, right: union([*left, *right]),
    "intersection": intersection,
    "difference": difference,
}


class Form(Protocol):
    """What every form answers; instants are microseconds since 1970 UTC."""

    @property
    def tz(self) -> ZoneInfo:
        """The zone in which dates are meant."""
        ...

    def regular(self) -> Regular:
        """Return between which years the form is irregular."""
        ...

    def pattern(self, side: int) -> WeekPattern:
        """Return what every week opens before (side -1) or after (1) all that is dated."""
        ...

    def dated(self) -> Edges | None:
        """Return between which instants anything is dated; None if nothing is."""
        ...

    def stretches(self, start: int, end: int) -> list[Edges]:
        """Return the open stretches within [start, end): sorted, disjoint, merged."""
        ...

    def why(self, start: int, end: int) -> list[DatedRange]:
        """Return rows that cover [start, end), each open or closed, with its reason."""
        ...


@frozen
class Always:
    """Open around the clock; the zone says only what a date is."""

    tz: ZoneInfo = field(eq=str)

    def regular(self) -> Regular:
        return Regular(0, 0, 1)

    def pattern(self, side: int) -> WeekPattern:
        del side
        return LEVEL[1]

    def dated(self) -> Edges | None:
        return None

    def stretches(self, start: int, end: int) -> list[Edges]:
        return [(start, end)]

    def why(self, start: int, end: int) -> list[DatedRange]:
        return [(start, end, True, Reason.of("always"))]


@frozen
class Combined:
    """Union, intersection or difference of two forms; dates are those of the left one."""

    operation: Operation
    left: Form
    right: Form

    @property
    def tz(self) -> ZoneInfo:
        return self.left.tz

    def regular(self) -> Regular:
        return self.left.regular() | self.right.regular()

    def pattern(self, side: int) -> WeekPattern:
        return combined(self.operation, self.left.pattern(side), self.right.pattern(side))

    def dated(self) -> Edges | None:
        return _reach(self.left.dated(), self.right.dated())

    def stretches(self, start: int, end: int) -> list[Edges]:
        combine = _OPERATIONS[self.operation]
        return combine(self.left.stretches(start, end), self.right.stretches(start, end))

    def why(self, start: int, end: int) -> list[DatedRange]:
        """Return rows cut at the edges of both, with the reason of the side that decided."""
        left, right = self.left.why(start, end), self.right.why(start, end)
        rows: list[DatedRange] = []
        for a, b in pairwise(sorted({at for row in (*left, *right) for at in row[:2]})):
            (*_, mine, why), (*_, other, their) = _covering(left, a), _covering(right, a)
            rows.append((a, b, *self._decided((mine, why), (other, their))))
        return rows

    def _decided(
        self, left: tuple[bool, Reason], right: tuple[bool, Reason]
    ) -> tuple[bool, Reason]:
        (mine, why), (other, their) = left, right
        if self.operation == "union":
            return mine or other, their if other and not mine else why
        if self.operation == "intersection":
            return mine and other, their if mine and not other else why
        return mine and not other, Reason.of("excluded", by=their) if mine and other else why


def _reach(one: Edges | None, other: Edges | None) -> Edges | None:
    if one is None or other is None:
        return one or other
    return min(one[0], other[0]), max(one[1], other[1])


def settled(form: Form, side: int) -> tuple[int | None, int]:
    """Return whether a form is level for good on one side, and from which mean year on.

    0 is closed, 1 is open, None is neither, or not proven. After (side 1) that holds in the
    year returned and later ones, before (side -1) in earlier years only.
    """
    level, dated = form.pattern(side).level, form.dated()
    if dated is None:
        return level, 0
    return level, year_of(dated[1]) + 1 if side > 0 else year_of(dated[0])


def _covering(rows: Sequence[DatedRange], at: int) -> DatedRange:
    return rows[bisect_right(rows, at, key=lambda row: row[0]) - 1]


def _merged(spans: Iterable[Edges]) -> tuple[Edges, ...]:
    return tuple(union(spans))


@frozen
class Without:
    """A form minus absolute spans (start, end), all for one reason."""

    base: Form
    spans: tuple[Edges, ...] = field(converter=_merged)
    reason: Reason = CLOSED_SPAN

    @property
    def tz(self) -> ZoneInfo:
        return self.base.tz

    def regular(self) -> Regular:
        regular = self.base.regular()
        for edge in (edge for span in self.spans for edge in span if FIRST < edge <= LAST):
            regular = regular.reaching(edge, edge)
        return regular

    def pattern(self, side: int) -> WeekPattern:
        ends = self.spans and (self.spans[-1][1] > LAST if side > 0 else self.spans[0][0] <= FIRST)
        return LEVEL[0] if ends else self.base.pattern(side)

    def dated(self) -> Edges | None:
        edges = [edge for span in self.spans for edge in span if FIRST < edge <= LAST]
        return _reach(self.base.dated(), (edges[0], edges[-1]) if edges else None)

    def stretches(self, start: int, end: int) -> list[Edges]:
        return difference(self.base.stretches(start, end), self.spans)

    def why(self, start: int, end: int) -> list[DatedRange]:
        """Return the rows of the form, cut and closed where a span lies."""
        rows: list[DatedRange] = []
        edges = [edge for span in self.spans for edge in span]
        for opens, closes, opened, why in self.base.why(start, end):
            inner = edges[bisect_right(edges, opens) : bisect_left(edges, closes)]
            for a, b in pairwise([opens, *inner, closes]):
                i = bisect_right(edges, a)
                if opened and i % 2:
                    rows.append((a, b, False, self.reason))
                else:
                    rows.append((a, b, opened, why))
        return rows


@frozen
class Versions:
    """Forms that replace each other: each is in force from its instant until the next."""

    parts: tuple[tuple[int, Form], ...]

    @property
    def tz(self) -> ZoneInfo:
        return self.parts[-1][1].tz

    def windows(self, start: int, end: int) -> list[tuple[int, int, Form]]:
        """Return the versions in force in [start, end), each with its part of it."""
        ends = [since for since, _ in self.parts[1:]] + [LAST + LAST]
        cut = [
            (max(since, start), min(until, end), form)
            for (since, form), until in zip(self.parts, ends, strict=True)
        ]
        return [(since, until, form) for since, until, form in cut if since < until]

    def regular(self) -> Regular:
        regular = self.parts[0][1].regular()
        for since, form in self.parts[1:]:
            regular = (regular | form.regular()).reaching(since, since)
        return regular

    def pattern(self, side: int) -> WeekPattern:
        return self.parts[-1 if side > 0 else 0][1].pattern(side)

    def dated(self) -> Edges | None:
        dated = None
        for i, (since, form) in enumerate(self.parts):
            dated = _reach(dated, form.dated())
            dated = _reach(dated, (since, since)) if i else dated
        return dated

    def stretches(self, start: int, end: int) -> list[Edges]:
        windows = self.windows(start, end)
        return union(edges for a, b, form in windows for edges in form.stretches(a, b))

    def why(self, start: int, end: int) -> list[DatedRange]:
        return [row for a, b, form in self.windows(start, end) for row in form.why(a, b)]
