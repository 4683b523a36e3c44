"""A report as tables of text that a manager can read, whatever prints them.

Times are in seconds, minutes or hours, shares in percent with one decimal, and a group with
too few tickets says so instead of showing a number that means nothing.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from support_model._report.caveats import hours_text, span_text
from support_model._report.report import TEAM
from support_model._report.wording import english
from support_model._tables import TextTable
from support_model._time import duration_text
from support_model.figures import Distribution, Rate, Share, find
from support_model.kpi import EXCLUSIONS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from support_model._report.blocks import Said
    from support_model._report.report import Report
    from support_model.figures import Figure

GROUPS_SHOWN = 20
FEWEST_FOR_TIME, FEWEST_FOR_SHARE = 5, 10
LINES_SHOWN = 5


def what_was_read(report: Report) -> tuple[str, ...]:
    """Return lines that name the size, the span and the opening hours of a log."""
    log = report.log
    kind = f" ({log.title})" if log.title else ""
    lines = [f"{len(report.facts):,} tickets in {log.rows:,} rows{kind}"]
    if report.first and report.as_of:
        lines.append(f"From {report.first:%Y-%m-%d %H:%M} to {report.as_of:%Y-%m-%d %H:%M} UTC")
    hours = report.hours or "not given, so times count round the clock"
    if report.holidays is not None:
        hours += f", closed on public holidays of {report.holidays}"
    return (*lines, f"Opening hours: {hours}")


def all_of(report: Report) -> Iterator[TextTable]:
    """Yield the figures of a report as tables, the words of their columns last."""
    yield from (times(report), shares(report), rates(report), clocks(report), *groups(report))
    yield from (left_out(report), absent(report), definitions(report), GLOSSARY)


def times(report: Report) -> TextTable:
    """Return how long tickets took, on every clock."""
    rows = []
    shown = ""
    for figure in report.figures:
        if isinstance(figure, Distribution):
            title = english(report.titles[figure.key])
            rows.append(
                (
                    "" if title == shown else title,
                    figure.clock,
                    f"{figure.n:,}",
                    hours_text(figure.mean),
                    hours_text(figure.quantile(0.5)),
                    span_text(*figure.interval(0.5)),
                    hours_text(figure.quantile(0.9)),
                    hours_text(figure.quantile(0.95)),
                )
            )
            shown = title
    curve = report.curve
    if curve.n and curve.n > curve.events:
        rows.append(
            (
                "Until resolved, open ones counted",
                "calendar",
                f"{curve.n:,}",
                "-",
                hours_text(_hours(curve.quantile(0.5))),
                span_text(*map(_hours, curve.interval(0.5))),
                hours_text(_hours(curve.quantile(0.9))),
                hours_text(_hours(curve.quantile(0.95))),
            )
        )
    return TextTable(
        title="How long it took",
        columns=(
            "Time:", "Clock:", "Tickets", "Mean", "Median", "Its 95% interval", "90% in", "95% in",
        ),
        rows=tuple(rows),
        below="Counted from creation, waiting for the customer included. calendar: round the\n"
        "clock; business: opening hours only. The interval is that of the median. 90% in: nine\n"
        "in ten took no longer. Open ones counted: by Kaplan and Meier; - is not reached.",
    )  # fmt: skip


def _hours(micros: float | None) -> timedelta | None:
    return None if micros is None else timedelta(microseconds=micros)


def shares(report: Report) -> TextTable:
    """Return how many tickets went how."""
    return TextTable(
        title="How many",
        columns=("Tickets:", "Number", "Of", "Share", "95% interval"),
        rows=tuple(
            (
                english(report.titles[figure.key]),
                f"{figure.numerator:,}",
                f"{figure.n:,}",
                *_share(figure),
            )
            for figure in report.figures
            if isinstance(figure, Share)
        ),
        below="95% interval: where the share plausibly lies (Wilson's); narrow where tickets are\n"
        "many.",
    )


def rates(report: Report) -> TextTable:
    """Return how often things happen per ticket."""
    return TextTable(
        title="How often per ticket",
        columns=("What:", "Sum", "Tickets", "Per ticket", "95% interval"),
        rows=tuple(
            (
                english(report.titles[figure.key]),
                f"{float(figure.numerator):,.10g}",
                f"{figure.n:,}",
                rate_text(figure.value),
                "-" if bounds is None else " to ".join(map(rate_text, bounds)),
            )
            for figure in report.figures
            if isinstance(figure, Rate)
            for bounds in (bounds_of(figure),)
        ),
        below="May exceed 1: events are counted, not tickets.",
    )


def bounds_of(figure: Figure) -> tuple[float, float] | None:
    """Return the interval of a reported figure; that of a mean of counts begins at 0 or above."""
    interval: tuple[float, float] | None = figure.interval  # type: ignore[assignment] # not a method
    if interval is None or not isinstance(figure, Rate) or figure.scales:
        return interval
    return (max(0.0, interval[0]), interval[1]) if figure.method == "normal" else interval


def rate_text(value: float | None) -> str:
    """Write a rate for a person: two decimals, three below 0.1; "-" for None.

    Example:
        >>> rate_text(0.0123), rate_text(1.5), rate_text(0.0)
        ('0.012', '1.50', '0')
    """
    if not value:
        return "-" if value is None else "0"
    return f"{value:.3f}" if abs(value) < 0.1 else f"{value:.2f}"


def clocks(report: Report) -> TextTable:
    """Return how many cycles of each policy's clocks were met; no rows without policies."""
    clock_shares = () if report.clocks is None else report.clocks.shares
    return TextTable(
        title="What the policies promise",
        columns=(
            "Policy:", "Clock:", "Met", "Of", "Share", "95% interval", "Undecided", "Cancelled",
        ),
        rows=tuple(
            (
                clock.policy,
                clock.metric.replace("_", " "),
                f"{clock.share.numerator:,}",
                f"{clock.share.n:,}",
                *_share(clock.share),
                f"{clock.share.excluded.get('undecided', 0):,}",
                f"{clock.share.excluded.get('cancelled', 0):,}",
            )
            for clock in clock_shares
        ),
        below="Of: met, missed, or open and past their due. 95% interval: Wilson's.",
    )  # fmt: skip


def groups(report: Report) -> tuple[TextTable, ...]:
    """Return the main figures of the largest groups: of the split, and of the teams.

    Times are in opening hours if there are any.
    """
    splits = ((report.by, report.groups), (TEAM, report.teams))
    return tuple(_groups(report, by, parts) for by, parts in splits if by is not None and parts)


def _groups(report: Report, by: str, parts: Mapping[str, Sequence[Figure]]) -> TextTable:
    clock, words = (
        ("calendar", "calendar time") if report.hours is None else ("business", "opening hours")
    )
    headings = _group_headings(report)
    sizes = {name: _size(part) for name, part in parts.items()}
    largest = set(sorted(sizes, key=lambda name: -sizes[name])[:GROUPS_SHOWN])
    rows = tuple(
        (
            name,
            f"{sizes[name]:,}",
            _quantile(part, "acknowledgement", clock, 0.5),
            _quantile(part, "first_resolution", clock, 0.5),
            _quantile(part, "first_resolution", clock, 0.9),
            *(_group_share(part, key) for key in headings),
        )
        for name, part in parts.items()
        if name in largest
    )
    rest = len(sizes) - len(rows)
    below = (
        f"The {len(rows)} largest; --json has {rest} smaller ones with --by {by}. " if rest else ""
    )
    if by == TEAM:
        below += "A ticket counts for the group that held it last."
    return TextTable(
        title=f"By {by} (in {words})",
        columns=(
            f"{by}:", "Tickets", "Until\nacknowledged\nmedian", "Until\nresolved\nmedian",
            "Until\nresolved\n90% in", *headings.values(),
        ),
        rows=rows,
        below=below.strip(),
    )  # fmt: skip


def _group_headings(report: Report) -> dict[str, str]:
    """Return the headings of the shares shown by group, by key, those that the log supports."""
    target = "" if report.target is None else duration_text(report.target)
    headings = {
        "solved_in_time": f"Resolved\nwithin\n{target}",
        "stated_within_sla": "Within\nSLA\nstated",
        "reopened": "Reopened",
        "transferred": "Handed to\nanother\ngroup",
    }
    return {key: text for key, text in headings.items() if find(report.figures, key) is not None}


def left_out(report: Report) -> TextTable:
    """Return which tickets are missing from which figures, and why."""
    titles: dict[tuple[str, int], dict[str, None]] = {}
    for figure in report.figures:
        for code, count in figure.excluded.items():
            titles.setdefault((code, count), {})[english(report.titles[figure.key])] = None
    return TextTable(
        title="Left out",
        columns=("Tickets", "Because:", "From the figures:"),
        rows=tuple(
            (f"{count:,}", EXCLUSIONS[code], ", ".join(names))
            for (code, count), names in titles.items()
        ),
    )


def absent(report: Report) -> TextTable:
    """Return the figures that the log cannot support, by reason."""
    titles: dict[str, list[str]] = {}
    for each in report.absent:
        titles.setdefault(english(each.reason), []).append(english(each.title))
    return TextTable(
        title="Not to be had from this log",
        columns=("Because:", "Figures:"),
        rows=tuple((reason, ", ".join(names)) for reason, names in titles.items()),
        below="Absent is not zero.",
    )


def definitions(report: Report) -> TextTable:
    """Return what each figure counts, in words."""
    meant = {figure.key: figure.definition for figure in report.figures}
    return TextTable(
        title="What each figure counts",
        columns=("Figure:", "Counts:"),
        rows=tuple((english(report.titles[key]), text) for key, text in meant.items()),
    )


def findings_table(report: Report) -> TextTable:
    """Return what was odd in the file, and what was done about it."""
    return TextTable(
        title="Findings",
        columns=("What is odd in the file:", "Times", "What was done:", "Lines:"),
        rows=tuple(
            (
                english(finding.text) + (f": {_text(finding.example)}" if finding.shown else ""),
                f"{finding.count:,}",
                english(finding.done),
                ", ".join(map(str, finding.lines[:LINES_SHOWN]))
                + (", ..." if len(finding.lines) > LINES_SHOWN else ""),
            )
            for finding in report.remarks
        ),
    )


def _text(example: str | Said) -> str:
    return example if isinstance(example, str) else english(example)


def _share(figure: Share) -> tuple[str, str]:
    if figure.value is None or figure.interval is None:
        return "-", "-"
    low, high = figure.interval
    return f"{figure.value:.1%}", f"{low:.1%} to {high:.1%}"


def _size(part: Sequence[Figure]) -> int:
    figure = find(part, "acknowledgement", "calendar")
    return figure.n + sum(figure.excluded.values()) if figure else 0


def _quantile(part: Sequence[Figure], key: str, clock: str, q: float) -> str:
    figure = find(part, key, clock)
    if not isinstance(figure, Distribution):
        return "-"
    few = 0 < figure.n < FEWEST_FOR_TIME
    return f"n < {FEWEST_FOR_TIME}" if few else hours_text(figure.quantile(q))


def _group_share(part: Sequence[Figure], key: str) -> str:
    figure = find(part, key)
    if not isinstance(figure, Share) or figure.value is None:
        return "-"
    few = figure.n < FEWEST_FOR_SHARE
    return f"n < {FEWEST_FOR_SHARE}" if few else f"{figure.value:.1%}"


GLOSSARY = TextTable(
    title="What the words mean",
    columns=("Word:", "Means:"),
    rows=(
        ("95% interval", "where the true value plausibly lies; a wide one means: hardly known"),
        ("at risk", "tickets still unsolved, and still watched, after so long"),
        ("Benjamini-Hochberg", "a way to raise p for how many figures were looked at"),
        ("control limits", "how far weeks differ when nothing happens; beyond them is news"),
        ("Kaplan-Meier", "a curve of how many are still unsolved, open tickets counted too"),
        ("Laney p', XmR", "how control limits are drawn: of shares, and of times or means"),
        ("median", "half of the tickets took no longer"),
        ("mix", "of which kinds tickets are: more of the hard ones, and the total gets worse"),
        ("p", "how often chance alone would move a figure so far: 0.05 is one time in twenty"),
        ("pt, points", "percentage points: from 60% to 63% is 3"),
        ("Wilson", "an interval of a share that also holds for few tickets"),
    ),
)
"""The words, in the order of the alphabet."""
