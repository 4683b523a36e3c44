"""Observed and expected outcomes of each group in each week, one table a measure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from attrs import Factory, define, evolve

from support_model._changes.hazards import reference_of, squared
from support_model._changes.kernels import kernels
from support_model._changes.labels import kinds_of
from support_model._changes.rows import UNIT, Cells, Measure, Spells
from support_model._changes.scan import FEWEST
from support_model._changes.weeks import (
    HOURS,
    ONE,
    days_off,
    parts_that_come,
    rhythm_of,
    slots_of,
    weights_of,
    with_days_off,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from support_model._changes.hazards import Reference
    from support_model._changes.kernels import Kernels
    from support_model._changes.labels import Kinds, Labels, Where
    from support_model._changes.rows import Lives, Marks, Rows
    from support_model._changes.scan import Term
    from support_model._changes.weeks import Rhythm, Slots, Weeks
    from support_model.calendars import BusinessCalendar

KNOWN = 200
"""How many outcomes the rhythm of the whole desk counts as, in that of a measure."""
LEAST_FLOOR = 0.05
"""The least that chance alone leaves of what outcomes of shares differ."""
MANY_BAD = 8
"""Bad answers a week of a group whose own share of them tells how much they vary by chance."""
FLOW_FLOOR = 2.0
"""Arrivals vary as solutions do, so a ratio of both varies twice as much."""


class Table(Protocol):
    """Outcomes of a measure by group and week, and the spells or marks that they are of."""

    measure: Measure
    source: Spells | Marks
    observed: list[list[int]]

    def expected(self, label: int) -> list[float]:
        """Return what was to be expected of a group in each week."""

    def floor(self, label: int) -> float:
        """Return the least dispersion of a group."""

    def explain(self, term: Term, label: int, others: Iterable[int]) -> None:
        """Change what is expected of other groups by what a change of a group explains."""


@define
class CellTable:
    """A measure whose outcomes are expected of each ticket.

    Attributes:
        reference: how many, by kind and age; None of a queue, where solutions are outcomes and
            one is expected of each arrival.
        rhythm: in which ages are counted; None of what has no age.
    """

    measure: Measure
    source: Spells | Marks
    kinds: Kinds
    cells: Cells
    observed: list[list[int]]
    sums: list[list[int]]
    loops: Kernels
    floors: list[float]
    reference: Reference | None = None
    rhythm: Rhythm | None = None

    def expected(self, label: int) -> list[float]:
        """Return what was to be expected of a group in each week."""
        return [value / UNIT for value in self.sums[label]]

    def observed_of(self, place: int) -> int:
        """Return the outcomes of a spell or a mark, in `UNIT`."""
        if isinstance(self.source, Spells):
            return UNIT * self.source.ended[place]
        return UNIT * max(0, self.source.value[place])

    def expected_of(self, place: int) -> int:
        """Return the outcomes that were to be expected of a spell or a mark, in `UNIT`."""
        source, reference = self.source, self.reference
        if reference is None:
            return UNIT * max(0, -source.value[place]) if not isinstance(source, Spells) else 0
        kind = self.kinds.of_unit[source.unit[place]]
        if self.rhythm is None or not isinstance(source, Spells):
            return reference.up_to(kind, 1)
        young, old = _ages(source, place, self.rhythm)
        return reference.up_to(kind, old) - reference.up_to(kind, young)

    def floor(self, label: int) -> float:
        """Return the least dispersion."""
        return self.floors[label]

    def explain(self, term: Term, label: int, others: Iterable[int]) -> None:
        """Multiply what is expected of the tickets of a group by what it does more."""
        weeks, more = (term.since, term.until), term.ratio - 1
        self.loops.change_cells(self.kinds, self.cells, self.sums, label, others, weeks, more)


def _ages(spells: Spells, place: int, rhythm: Rhythm) -> tuple[int, int]:
    """Return the ages at the start and at the end of a spell, or of a further part of one."""
    young, first = 0, place
    while spells.follows[first]:
        first -= 1
        young += rhythm.at(spells.end[first]) - rhythm.at(spells.start[first])
    return young, young + rhythm.at(spells.end[place]) - rhythm.at(spells.start[place])


@define
class CountTable:
    """A measure that is counted: what is expected is the past of a group, or a share of all.

    Attributes:
        cells: what is counted, by set of groups and week.
        loops: over all tickets.
        curves: what is expected of each group in each week, but for a factor.
        known: which part of each week is known.
        whole: of shares, how many there are in each week: more of one group is less of others.
    """

    measure: Measure
    source: Spells | Marks
    labels: Labels
    kinds: Kinds
    cells: Cells
    observed: list[list[int]]
    loops: Kernels
    curves: list[list[float]]
    known: list[list[float]]
    whole: list[int] = Factory(list)

    def expected(self, label: int) -> list[float]:
        """Return what was to be expected of a group in each week, but for a factor."""
        return self.curves[label]

    def floor(self, label: int) -> float:
        """Return the least dispersion: a share of all varies less than a count."""
        every = sum(self.whole)
        return max(LEAST_FLOOR, 1 - sum(self.observed[label]) / every) if every else 1.0

    def explain(self, term: Term, label: int, others: Iterable[int]) -> None:
        """Multiply what is expected of groups by their part of what a group does more."""
        more, weeks = term.ratio - 1, (term.since, term.until)
        size = len(self.observed[0])
        sizes, inside = self.loops.overlaps(self.kinds, self.cells, label, weeks, size)
        parts = [part / size if size else 0.0 for part, size in zip(inside, sizes, strict=True)]
        whole = 1 + more * parts[0] if self.whole else 1.0
        for other in others:
            factor = (1 + more * parts[other]) / whole
            curve = self.curves[other]
            for week in range(term.since, term.until):
                curve[week] *= factor


@define
class Desk:
    """What all tables of a log share.

    Attributes:
        rhythm: the weights of the hours of the week.
        coming: how much is to be expected in each week by part of the week, if days are off.
    """

    rows: Rows
    weeks: Weeks
    labels: Labels
    kinds: Kinds
    slots: Slots
    loops: Kernels
    rhythm: list[int] = Factory(list)
    coming: dict[str, list[float]] = Factory(dict)


def desk_of(
    rows: Rows, weeks: Weeks, labels: Labels, calendar: BusinessCalendar | None = None
) -> Desk:
    """Return what all tables of a log share, the rhythm of all outcomes among it."""
    loops = kernels(len(rows.ids))
    desk = Desk(rows, weeks, labels, kinds_of(rows, labels), slots_of(weeks), loops)
    if calendar is not None:
        off, works = days_off(weeks, calendar.timeline.open_before)
        if off:
            desk.slots = with_days_off(desk.slots, weeks, _ends_by_hour(desk), off)
            desk.coming = parts_that_come(weeks, rows.created, off, works)
    desk.rhythm = weights_of(_ends_by_hour(desk), [ONE] * HOURS, HOURS)
    return desk


def _ends_by_hour(desk: Desk) -> list[int]:
    """Return how many outcomes of all measures came in each hour of the week."""
    counts = [0] * HOURS
    for spells in desk.rows.times.values():
        own = desk.loops.ends_by_hour(spells, desk.slots)
        counts = [a + b for a, b in zip(counts, own, strict=True)]
    return counts


def rhythm_of_spells(desk: Desk, spells: Spells) -> Rhythm:
    """Return the rhythm in which spells of a measure end."""
    counts = desk.loops.ends_by_hour(spells, desk.slots)
    return rhythm_of(desk.slots, weights_of(counts, desk.rhythm, KNOWN))


def wall_clock(desk: Desk) -> Rhythm:
    """Return the time of the wall clock: that of timers."""
    return rhythm_of(desk.slots, [ONE] * HOURS)


_SERVICE = {"more": "better", "fewer": "worse"}
_TROUBLE = {"more": "worse", "fewer": "better"}
_TIMER = {"more": "different", "fewer": "different"}


def _times(rows: Rows) -> Mapping[tuple[str, str], Spells]:
    """Return the spells of times that are told: present values tell none in a status."""
    if not rows.listed:
        return rows.times
    return {name: spells for name, spells in rows.times.items() if name[0] != "status_time"}


def tables_of(desk: Desk) -> Iterator[Table]:
    """Yield a table for each measure of which a log holds enough outcomes for any group."""
    rows = desk.rows
    for (key, status), spells in _times(rows).items():
        words: Mapping[str, str] = _TIMER if key == "closing_delay" else _SERVICE
        if spells.ended.count(1) >= FEWEST:
            yield spell_table(desk, Measure(key, "time", status, **words), spells)
    for key, spells in rows.chances.items():
        counted = {} if key == "void" else _TROUBLE
        if spells.ended.count(1) >= FEWEST:
            yield spell_table(desk, Measure(key, "share", **counted), spells)
    for key, marks in rows.trials.items():
        if marks.value.count(1) >= FEWEST:
            yield trial_table(desk, Measure(key, "share", **_TROUBLE), marks)
    created: CountTable | None = None
    for key, marks in rows.counts.items():
        if key == "backlog":
            yield flow_table(desk, Measure(key, "flow", **_SERVICE), marks)
        else:
            created = count_table(desk, Measure(key, "count"), marks)
            yield created
    if created is not None:
        yield mix_table(created)


def spell_table(desk: Desk, measure: Measure, spells: Spells) -> Table:
    """Return the table of spells."""
    timed = measure.key == "closing_delay"
    rhythm = wall_clock(desk) if timed else rhythm_of_spells(desk, spells)
    lives = desk.loops.lives(spells, rhythm, desk.weeks, desk.kinds)
    table = _table_of(desk, measure, spells, lives)
    table.rhythm = rhythm
    return table


def trial_table(desk: Desk, measure: Measure, marks: Marks) -> Table:
    """Return the table of answers; bad ones are outcomes."""
    lives = desk.loops.lives_of_marks(marks, desk.weeks, desk.kinds)
    table = _table_of(desk, measure, marks, lives)
    table.floors = _floors_of_answers(desk, table, lives)
    return table


def _floors_of_answers(desk: Desk, table: CellTable, lives: Lives) -> list[float]:
    """Return the dispersion by chance of answers that are known at once, by group.

    An answer of which p is expected to be bad varies by p (1 - p), not by p. Where bad ones are
    few, they are too far from a normal distribution for less than what is usual in all groups.
    """
    loops, kinds, size = desk.loops, desk.kinds, desk.weeks.size
    assert table.reference is not None  # noqa: S101 - answers have one
    squares = loops.cells(lives, squared(table.reference), kinds, size)
    every = 1 - sum(lives.came) / max(1, len(lives.came))
    floors = []
    for square, due, came in zip(
        loops.count_cells(kinds, squares, size)[1], table.sums, table.observed, strict=True
    ):
        floor = max(LEAST_FLOOR, 1 - sum(square) / max(1, sum(due)))
        floors.append(floor if sum(came) >= MANY_BAD * size else max(floor, every))
    return floors


def flow_table(desk: Desk, measure: Measure, marks: Marks) -> Table:
    """Return the table of a queue: solutions are outcomes, arrivals what is to be expected."""
    cells = desk.loops.flow_cells(marks, desk.weeks, desk.kinds)
    return _cell_table(desk, measure, marks, cells, FLOW_FLOOR)


def _table_of(desk: Desk, measure: Measure, source: Spells | Marks, lives: Lives) -> CellTable:
    reference = reference_of(lives, desk.kinds.codes, desk.loops)
    cells = desk.loops.cells(lives, reference, desk.kinds, desk.weeks.size)
    table = _cell_table(desk, measure, source, cells)
    table.reference = reference
    return table


def _cell_table(
    desk: Desk, measure: Measure, source: Spells | Marks, cells: Cells, floor: float = 1.0
) -> CellTable:
    observed, sums = desk.loops.count_cells(desk.kinds, cells, desk.weeks.size)
    floors = [floor] * len(sums)
    return CellTable(measure, source, desk.kinds, cells, observed, sums, desk.loops, floors)


def count_table(desk: Desk, measure: Measure, marks: Marks) -> CountTable:
    """Return the table of what is counted, by the part of each week that is known."""
    cells = desk.loops.count_marks(marks, desk.weeks, desk.kinds)
    observed, early = desk.loops.count_cells(desk.kinds, cells, desk.weeks.size)
    known = [_parts_known(own, sum(n)) for own, n in zip(observed, early, strict=True)]
    curves = [
        _coming(desk, where, own) for where, own in zip(desk.labels.where, known, strict=True)
    ]
    return CountTable(
        *(measure, marks, desk.labels, desk.kinds, cells, observed, desk.loops, curves, known)
    )


def _coming(desk: Desk, where: Where, known: list[float]) -> list[float]:
    """Return what is to be expected of a group in each week, but for a factor."""
    if not desk.coming:
        return [*known]
    hours = dict(where).get("hours", "")
    return [part * own for part, own in zip(known, desk.coming[hours], strict=True)]


def _parts_known(observed: list[int], early: int) -> list[float]:
    """Return which part of each week is known of what comes to a group at hours of its own.

    Args:
        observed: what came in each week.
        early: how much of that in whole weeks came before the hour up to which the last is known.
    """
    whole = len(observed) - 1
    every = sum(observed[:whole])
    return [1.0] * whole + [(early + 0.5) / (every + 0.5) if every else 1.0]


def mix_table(created: CountTable) -> CountTable:
    """Return the table of the values of each field as parts of all that comes.

    Of all that came in a week a group has the part that it has of all that was to be expected. A
    week with days off has more tickets of the weekend, and one that is not over has fewer of its
    later hours.
    """
    whole, every = created.observed[0], created.curves[0]
    observed, curves = [], []
    for label, where in enumerate(created.labels.where):
        own = zip(whole, created.curves[label], every, strict=True)
        curves.append([n * part / due if due else 0.0 for n, part, due in own])
        observed.append(created.observed[label] if len(where) == 1 else [0] * len(whole))
    return evolve(
        created,
        measure=Measure("mix", "count"),
        observed=observed,
        curves=curves,
        whole=[*whole],
    )
