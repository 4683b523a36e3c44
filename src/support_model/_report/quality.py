"""How well the tickets of a period were handled: the figures of a whole log, for its solutions.

All are of the same tickets, those solved for the first time in the period, so that they can be
read beside each other. What the first part of a report tells of the period is not told again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import define

from support_model import kpi
from support_model._report.blocks import Bounds, Column, Section, Table, Withheld, says
from support_model._report.figure_sections import bounds_of
from support_model._report.period_figures import FEWEST_FOR_SHARE, FEWEST_FOR_TIME
from support_model._report.period_names import period_said
from support_model.figures import Distribution, Rate, Share

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support_model._report.blocks import Cell, Kind, Said
    from support_model._report.catalogue import ReportedKpi
    from support_model._report.report import Report
    from support_model._time import Span
    from support_model.figures import Figure
    from support_model.kpi import PlainFacts

SEEN_FIRST = frozenset({"first_response", "first_resolution", "csat_top_boxes"})
"""Figures that the first part has, dated by what they measure."""
IN_SHORT = (
    *("first_level", "fcr_one_reply", "fcr_no_further_contact", "straight_through"),
    "reopened_within",
)
"""Those that are told in short, by key; of these the first three that the log has."""
MOST_IN_SHORT = 3
KEY = Column(key="key", title=says("column_key"), kind="word", shown=False)


@define
class Quality:
    """The figures of both periods.

    Attributes:
        report: the report.
        pairs: of each figure that is asked, what it is called and its values before and after.
    """

    report: Report
    pairs: list[tuple[Said, Figure, Figure]]

    @classmethod
    def of(cls, report: Report) -> Quality:
        """Return the figures of a report; none of a log too short, or that tells no solutions."""
        if report.periods is None or "status" in report.log.undated:
            return cls(report, [])
        asked = [one for one in report.asked if one.kpi is not None]
        asked = [one for one in asked if one.code not in SEEN_FIRST]
        before, after = (_solved_in(report.plain, span) for span in report.periods)
        pairs = [
            (one.title, _figure(one, report, before), _figure(one, report, after)) for one in asked
        ]
        return cls(report, [pair for pair in pairs if pair[2].n])

    def sections(self) -> Iterator[Section]:
        """Yield the tables of the later period; none where nothing is to be told."""
        if self.report.periods is None or not self.pairs:
            return
        before, after = map(period_said, self.report.periods)
        yield Section(
            key="quality",
            title=says("quality_title", period=after),
            notes=(says("quality_note", period=after, before=before),),
            tables=tuple(each for each in self.tables() if each.rows),
        )

    def tables(self) -> Iterator[Table]:
        """Yield a table of each kind of figure."""
        yield self.table("quality_shares", Share, "share", "table_shares", "column_figure")
        yield self.table("quality_times", Distribution, "duration", "times_title", "times_what")
        yield self.table("quality_rates", Rate, "number", "rates_title", "rates_what")

    def table(self, key: str, of: type, kind: Kind, title: str, what: str) -> Table:
        """Return the figures of a kind: each with its interval and the value before."""
        value = says({"share": "column_share", "duration": "times_median"}.get(kind, "rates_rate"))
        return Table(
            key=key,
            title=says(title),
            columns=(
                Column(key="figure", title=says(what), kind="word"),
                Column(key="n", title=says("quality_of")),
                Column(key="value", title=value, kind=kind),
                Column(key="interval", title=says("column_interval"), kind="range"),
                Column(key="before", title=says("whom_before", title=value), kind=kind),
                KEY,
            ),
            rows=tuple(
                (name, after.n, *self.cells(after), self.cells(before)[0], after.key)
                for name, before, after in self.pairs
                if isinstance(after, of)
            ),
            notes=(says("quality_times_note"),) if kind == "duration" else (),
            by_row=True,
        )

    def cells(self, figure: Figure) -> tuple[Cell, Bounds | None]:
        """Return a value and its interval; withheld where it is of too few."""
        if isinstance(figure, Distribution):
            return self.median(figure)
        if not figure.n:
            return None, None
        if figure.n < FEWEST_FOR_SHARE:
            return Withheld(FEWEST_FOR_SHARE), None
        bounds = bounds_of(figure)
        return figure.value, None if bounds is None else Bounds(*bounds)

    def median(self, figure: Distribution) -> tuple[Cell, Bounds | None]:
        """Return a median and its interval, on the clock of the figure."""
        if figure.n < FEWEST_FOR_TIME:
            return Withheld(FEWEST_FOR_TIME) if figure.n else None, None
        median, ends = figure.quantile(0.5), figure.interval(0.5)
        if figure.clock == "calendar":
            return median, Bounds(*ends)
        return self.report.in_hours(median), Bounds(*map(self.report.in_hours, ends))

    def in_short(self) -> Iterator[Said]:
        """Yield the figures of first contact and of what came back, in a sentence."""
        told = {
            after.key: says("quality_part", figure=name, share=after.value, n=after.n)
            for name, _, after in self.pairs
            if isinstance(after, Share) and after.n >= FEWEST_FOR_SHARE
        }
        parts = tuple(told[key] for key in IN_SHORT if key in told)[:MOST_IN_SHORT]
        if parts and self.report.periods is not None:
            yield says("brief_quality", parts=parts, period=period_said(self.report.periods[1]))


def sections(report: Report) -> Iterator[Section]:
    """Yield how well the tickets solved in the later period were handled."""
    yield from Quality.of(report).sections()


def _solved_in(plain: PlainFacts, span: Span) -> PlainFacts:
    """Return the tickets that were solved for the first time in a period."""
    low, high = span.edges
    firsts = enumerate(plain.entries("solves").each())
    places = [place for place, own in firsts if own and low <= own[0][0] < high]
    return kpi.picked(plain, places)


def _figure(one: ReportedKpi, report: Report, facts: PlainFacts) -> Figure:
    """Return a figure over some tickets, on the clock of the report."""
    return one.of(facts, report.calendar)
