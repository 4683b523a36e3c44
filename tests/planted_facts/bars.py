"""How often a detector names what is planted: a table by kind, and the bars it has to reach."""

from __future__ import annotations

from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from support_model.changes import find_changes
from support_model.opening_hours import parse

from . import desk, logs
from .crowded import crowded
from .judge import judge
from .pages import judged_page
from .plants import dice, draw
from .simulation import simulate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from .judge import Judged

CALENDAR = parse(desk.HOURS, tz=desk.ZONE)
NAMED_BAR, FALSE_BAR = 0.90, 0.10
CROWDED, ON_A_PAGE = "twelve_at_once", "twelve_on_a_page"
"""Logs with twelve facts, told by `find_changes` and in a row of the page; no part of the sum."""
NOTHING = frozenset({"nothing", "restless_weeks", "small_desk", "bursts", "small_extreme_weeks"})
"""Kinds in which there is nothing to say."""
EACH_KIND = 0.75
"""What every single kind has to reach, so that none hides in the mean of all."""


@dataclass(frozen=True)
class Row:
    """The outcome of one kind over its seeds.

    Attributes:
        kind: its name.
        reports: how many logs were drawn.
        truths: how many facts were planted in them.
        named: how many were named.
        in_time: how many were named with the right start.
        false: how many items nothing explains.
        items: how many items there were.
        blamed: how many of the false ones say worse or better.
    """

    kind: str
    reports: int
    truths: int
    named: int
    in_time: int
    false: int
    items: int
    blamed: int = 0


def judged(kind: str, seed: int, strength: float = 1.0) -> Judged:
    """Draw a log, let the detector look at it, and judge what it says."""
    if kind == ON_A_PAGE:
        return judged_page(seed)
    if kind == CROWDED:
        scenario, plant = crowded(seed)
    else:
        scenario, plant = draw(kind, seed=seed, strength=strength)
    tickets = simulate(scenario, rng=dice(kind, seed))
    changes = find_changes(logs.facts(tickets, scenario), tz=desk.ZONE, calendar=CALENDAR)
    return judge(plant, scenario, tickets, changes)


def _judged(job: tuple[str, int, float]) -> Judged:
    return judged(*job)


def outcomes(
    kinds: Iterable[str],
    seeds: Sequence[int],
    *,
    strength: float = 1.0,
    workers: int = 1,
    verbose: bool = False,
) -> Iterator[Row]:
    """Yield the outcome of each kind, kind by kind; a verbose one prints what went wrong."""
    with ProcessPoolExecutor(workers) as pool:
        for kind in kinds:
            reports = list(pool.map(_judged, [(kind, seed, strength) for seed in seeds]))
            if verbose:
                for seed, report in zip(seeds, reports, strict=True):
                    for fault in report.faults:
                        print(f"  {kind} {seed}: {fault}")
            yield row(kind, reports)


def row(kind: str, reports: Sequence[Judged]) -> Row:
    """Sum up the reports of one kind."""
    return Row(
        kind,
        len(reports),
        sum(len(report.named) for report in reports),
        sum(sum(report.named) for report in reports),
        sum(sum(report.in_time) for report in reports),
        sum(len(report.false) for report in reports),
        sum(report.items for report in reports),
        sum(item.verdict in {"worse", "better"} for each in reports for item in each.false),
    )


HEAD = (
    f"{'kind':32} {'logs':>4} {'named':>6} {'in time':>8} {'items':>6} {'false':>6} {'blamed':>6}"
)
"""Items and false ones a log; the false ones that say worse or better in all logs."""


def line(row: Row) -> str:
    """Return a row of the table as text."""
    named, in_time = (
        f"{count / row.truths:.0%}" if row.truths else "-" for count in (row.named, row.in_time)
    )
    counts = f"{row.items / row.reports:6.1f} {row.false / row.reports:6.2f} {row.blamed:6}"
    return f"{row.kind:32} {row.reports:4} {named:>6} {in_time:>8} {counts}"


def total(rows: Iterable[Row]) -> Row | None:
    """Return the sum of rows."""
    counts = [
        (
            *(each.reports, each.truths, each.named, each.in_time),
            *(each.false, each.items, each.blamed),
        )
        for each in rows
        if each.kind not in {CROWDED, ON_A_PAGE}
    ]
    return Row("all kinds", *map(sum, zip(*counts, strict=True))) if counts else None


def summary(rows: Sequence[Row]) -> str:
    """Return the last line of the table."""
    whole = total(rows)
    return line(whole) if whole else ""


def below(rows: Sequence[Row]) -> list[str]:
    """Return which bars are not reached, in words."""
    short = defaultdict(list)
    for each in rows:
        if each.truths and each.in_time < EACH_KIND * each.truths:
            short[f"named in time in under {EACH_KIND:.0%}"].append(each.kind)
        if each.kind in NOTHING and each.false > FALSE_BAR * each.reports:
            short["more than one false item in ten reports"].append(each.kind)
        if each.kind.startswith("mix") and each.blamed:
            short["better or worse where only the mix shifts"].append(each.kind)
    whole = total(rows)
    if whole and whole.in_time < NAMED_BAR * whole.truths:
        short[f"named in time in under {NAMED_BAR:.0%}"].append(whole.kind)
    return [f"{what}: {', '.join(kinds)}" for what, kinds in short.items()]
