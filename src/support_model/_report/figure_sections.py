"""The figures of a whole log as sections of a report, with what they count and leave out."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

from support_model._report.blocks import Bounds, Column, Section, Table, says
from support_model._report.policy_report import OF_CLOCKS, metric_name
from support_model._report.words.figures import GLOSSARY, KINDS
from support_model.figures import Distribution, Rate, Share

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from fractions import Fraction

    from support_model._report.blocks import Cell, OpenTime, Said
    from support_model._report.report import Report
    from support_model.figures import Figure

    AnyTime = timedelta | OpenTime | None

LINES_SHOWN = 5
TWINS = (
    ("first_response", "acknowledgement"),
    ("next_response", "average_response"),
    ("straight_through", "fcr_no_handoff"),
    ("transfers_per_ticket", "handoffs"),
)
"""Figures of which the second can be the first in a log, by their keys."""
Kind = TypeVar("Kind", Distribution, Share, Rate)
KEY = Column(key="key", title=says("column_key"), kind="word", shown=False)
INTERVAL = Column(key="interval", title=says("column_interval"), kind="range")


def sections(report: Report) -> Iterator[Section]:
    """Yield the figures of a whole log, what they count, and what they leave out."""
    figures = (times(report), shares(report), rates(report), clocks(report))
    yield Section(key="figures", title=says("figures_section"), tables=_filled(figures))
    notes = tuple(note.said for note in report.notes)
    yield Section(key="notes", title=says("notes_title"), notes=notes)
    for table in (absent(report), left_out(report), definitions(report), glossary()):
        yield Section(key=table.key, title=table.title, tables=_filled((table,)), folded=True)
    table = findings(report)
    yield Section(key=table.key, title=table.title, tables=_filled((table,)))


def what_was_read(report: Report) -> Section:
    """Return the size, the span and the opening hours of a log: the head of a report."""
    log = report.log
    size = {"tickets": report.plain.size, "rows": log.rows}
    code = f"kind_{log.form.replace('-', '_')}"
    kind = says(code) if log.title in KINDS.get(code, ()) else log.title
    lines = [says("read_size_of", kind=kind, **size) if kind else says("read_size", **size)]
    if report.first and report.as_of:
        zone = report.tz.key
        lines.append(says("read_span", first=report.first, last=report.as_of, zone=zone))
    if report.hours is None:
        lines.append(says("read_no_hours"))
    elif report.holidays is None:
        lines.append(says("read_hours", hours=report.hours))
    else:
        lines.append(says("read_hours_closed", hours=report.hours, country=report.holidays))
    return Section(key="log", title=says("log_title"), lines=tuple(lines))


def _filled(tables: Iterable[Table]) -> tuple[Table, ...]:
    return tuple(table for table in tables if table.rows)


def _qualified(report: Report, keys: Iterable[str]) -> Iterator[Said]:
    """Yield what qualifies some figures, by their keys, each after what these are called."""
    shown = set(keys)
    for note in report.notes:
        names = tuple(report.titles[key] for key in note.about if key in shown)
        if names:
            yield says("figures_note", figures=names, note=note.said)


def _told_once(report: Report, kind: type[Kind]) -> tuple[list[Kind], list[Said]]:
    """Return the figures of a kind, and what is said of those that are another one in this log.

    One number under two names reads like two figures.
    """
    made = [figure for figure in report.figures if isinstance(figure, kind)]
    same = {}
    for first, second in TWINS:
        both = [[_told(each) for each in made if each.key == key] for key in (first, second)]
        if both[0] and both[0] == both[1]:
            names = report.titles[second], report.titles[first]
            same[second] = says("figures_same", title=names[0], other=names[1])
    return [figure for figure in made if figure.key not in same], list(same.values())


def _told(figure: Figure) -> tuple[object, ...]:
    """Return what a table tells of a figure."""
    if isinstance(figure, Distribution):
        return figure.clock, figure.micros
    return figure.numerator, figure.n


def times(report: Report) -> Table:
    """Return how long tickets took, on every clock."""
    rows: list[tuple[Cell, ...]] = []
    made, same = _told_once(report, Distribution)
    for figure in made:
        wall = figure.clock == "calendar"
        told = _same if wall else report.in_hours
        rows.append(
            (
                report.titles[figure.key],
                says("times_wall" if wall else "times_open"),
                figure.n,
                told(figure.mean),
                told(figure.quantile(0.5)),
                Bounds(*map(told, figure.interval(0.5))),
                told(figure.quantile(0.9)),
                told(figure.quantile(0.95)),
                figure.key,
            )
        )
    read = [says("times_read"), *same]
    if report.clock.day:
        read.append(says("times_read_day", day=report.clock.day))
    if curve := _curve(report):
        rows.append(curve)
        read.append(says("times_read_curve"))
    return Table(
        key="times",
        title=says("times_title"),
        columns=(
            Column(key="figure", title=says("times_what"), kind="word"),
            Column(key="clock", title=says("times_clock"), kind="word"),
            Column(key="n", title=says("column_tickets")),
            Column(key="mean", title=says("times_mean"), kind="duration"),
            Column(key="median", title=says("times_median"), kind="duration"),
            INTERVAL,
            Column(key="p90", title=says("times_ninety"), kind="duration"),
            Column(key="p95", title=says("times_ninety_five"), kind="duration"),
            KEY,
        ),
        rows=tuple(rows),
        notes=(*read, *_qualified(report, (figure.key for figure in made))),
        by_row=True,
    )


def _same(amount: timedelta | None) -> AnyTime:
    return amount


def _curve(report: Report) -> tuple[Cell, ...]:
    """Return the row of times to a solution in which open tickets count; empty where none is."""
    half, *more = report.solved_by.values()
    if not half.n or half.n == half.events:
        return ()
    return (
        says("title_open_counted"),
        says("times_wall"),
        half.n,
        None,
        _length(half.value),
        Bounds(_length(half.low), _length(half.high)),
        *(_length(each.value) for each in more),
        "open_counted",
    )


def _length(micros: float | None) -> timedelta | None:
    return None if micros is None else timedelta(microseconds=micros)


def _bounds(interval: tuple[float, float] | None) -> Bounds | None:
    return None if interval is None else Bounds(*interval)


def shares(report: Report) -> Table:
    """Return how many tickets went how."""
    made, same = _told_once(report, Share)
    read = [says("shares_read"), *same]
    return Table(
        key="shares",
        title=says("table_shares"),
        columns=(
            Column(key="figure", title=says("column_figure"), kind="word"),
            Column(key="numerator", title=says("column_number")),
            Column(key="n", title=says("column_of")),
            Column(key="share", title=says("column_share"), kind="share"),
            INTERVAL,
            KEY,
        ),
        rows=tuple(
            (
                report.titles[figure.key],
                figure.numerator,
                figure.n,
                figure.value,
                _bounds(figure.interval),
                figure.key,
            )
            for figure in made
        ),
        notes=(*read, *_qualified(report, (figure.key for figure in made))),
    )


def rates(report: Report) -> Table:
    """Return how often things happen per ticket."""
    made, same = _told_once(report, Rate)
    return Table(
        key="rates",
        title=says("rates_title"),
        columns=(
            Column(key="figure", title=says("rates_what"), kind="word"),
            Column(key="sum", title=says("rates_sum"), kind="number"),
            Column(key="n", title=says("column_tickets")),
            Column(key="rate", title=says("rates_rate"), kind="number"),
            INTERVAL,
            KEY,
        ),
        rows=tuple(
            (
                report.titles[figure.key],
                _plain(figure.numerator),
                figure.n,
                figure.value,
                _bounds(bounds_of(figure)),
                figure.key,
            )
            for figure in made
        ),
        notes=(says("rates_read"), *same, *_qualified(report, (figure.key for figure in made))),
    )


def _plain(number: int | Fraction) -> int | float:
    """Return a sum as a whole number if it is one."""
    return int(number) if number == int(number) else float(number)


def bounds_of(figure: Figure) -> tuple[float, float] | None:
    """Return the interval of a reported figure; that of a mean of counts begins at 0 or above."""
    interval: tuple[float, float] | None = figure.interval  # type: ignore[assignment] # not a method
    if interval is None or not isinstance(figure, Rate) or figure.scales:
        return interval
    return (max(0.0, interval[0]), interval[1]) if figure.method == "normal" else interval


def clocks(report: Report) -> Table:
    """Return how many cycles of each policy's clocks were met; no rows without policies."""
    made = () if report.clocks is None else report.clocks.shares
    notes = [note.said for note in report.notes if note.about == OF_CLOCKS]
    return Table(
        key="clocks",
        title=says("clocks_title"),
        columns=(
            Column(key="policy", title=says("clocks_policy"), kind="word"),
            Column(key="metric", title=says("clocks_metric"), kind="word"),
            Column(key="met", title=says("clocks_met")),
            Column(key="n", title=says("column_of")),
            Column(key="share", title=says("column_share"), kind="share"),
            INTERVAL,
            Column(key="undecided", title=says("clocks_undecided")),
            Column(key="cancelled", title=says("clocks_cancelled")),
            KEY,
        ),
        rows=tuple(
            (
                clock.policy,
                metric_name(clock.metric),
                clock.share.numerator,
                clock.share.n,
                clock.share.value,
                _bounds(clock.share.interval),
                clock.share.excluded.get("undecided", 0),
                clock.share.excluded.get("cancelled", 0),
                clock.metric,
            )
            for clock in made
        ),
        notes=(says("clocks_read"), *notes),
    )


def left_out(report: Report) -> Table:
    """Return which tickets are missing from which figures, and why."""
    titles: dict[tuple[str, int], dict[str, Said]] = {}
    for figure in report.figures:
        for code, count in figure.excluded.items():
            titles.setdefault((code, count), {})[figure.key] = report.titles[figure.key]
    return Table(
        key="left_out",
        title=says("left_out_title"),
        columns=(
            Column(key="tickets", title=says("column_tickets")),
            Column(key="because", title=says("left_out_because"), kind="word"),
            Column(key="figures", title=says("left_out_figures"), kind="word"),
            KEY,
        ),
        rows=tuple(
            (count, says(f"excluded_{code}"), says("listed", names=tuple(names.values())), code)
            for (code, count), names in titles.items()
        ),
    )


def absent(report: Report) -> Table:
    """Return the figures that the log cannot support, by reason."""
    titles: dict[str, list[Said]] = {}
    for each in report.absent:
        titles.setdefault(each.reason.code, []).append(each.title)
    return Table(
        key="absent",
        title=says("absent_title"),
        columns=(
            Column(key="because", title=says("absent_because"), kind="word"),
            Column(key="figures", title=says("absent_figures"), kind="word"),
        ),
        rows=tuple(
            (says(code), says("listed", names=tuple(names))) for code, names in titles.items()
        ),
        notes=(says("absent_read"),),
    )


def definitions(report: Report) -> Table:
    """Return what each figure counts, in words."""
    rows = [
        (says(f"headline_{key}"), means, f"period_{key}") for key, means in report.measures.items()
    ]
    rows += ((one.title, one.means, one.code) for one in report.asked)
    if _curve(report):
        rows.append((says("title_open_counted"), says("means_open_counted"), "open_counted"))
    return Table(
        key="definitions",
        title=says("definitions_title"),
        columns=(
            Column(key="figure", title=says("definitions_figure"), kind="word"),
            Column(key="counts", title=says("definitions_counts"), kind="word"),
            KEY,
        ),
        rows=tuple(rows),
    )


def glossary() -> Table:
    """Return what the words of statistics and of a desk mean."""
    codes = [code for code in GLOSSARY if code.startswith("word_") and not code.endswith("_means")]
    return Table(
        key="words",
        title=says("glossary_title"),
        columns=(
            Column(key="word", title=says("glossary_word"), kind="word"),
            Column(key="means", title=says("glossary_means"), kind="word"),
        ),
        rows=tuple((says(code), says(f"{code}_means")) for code in codes),
    )


def findings(report: Report) -> Table:
    """Return what was odd in the file, and what was done about it."""
    return Table(
        key="findings",
        title=says("findings_title"),
        columns=(
            Column(key="odd", title=says("findings_odd"), kind="word"),
            Column(key="times", title=says("findings_times")),
            Column(key="done", title=says("findings_done"), kind="word"),
            Column(key="lines", title=says("findings_lines"), kind="word"),
            Column(key="example", title=says("findings_example"), kind="word"),
            KEY,
        ),
        rows=tuple(
            (
                one.text,
                one.count,
                one.done,
                ", ".join(map(str, one.lines[:LINES_SHOWN]))
                + (", ..." if len(one.lines) > LINES_SHOWN else ""),
                one.example if one.shown else None,
                one.code,
            )
            for one in report.remarks
        ),
    )
