"""SLA compliance: met, missed, running late and undecided clocks, counted apart.

Counting stopped clocks alone hides the open ones that are late; counting open ones in time as
met, or as missed, decides what is not decided. Each clock is measured by
`support_model.sla.evaluate`, so the target is the one in force then.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Literal, Self

from attrs import evolve

from support_model._frozen import frozen
from support_model._short_texts import plain_in_short, short_repr
from support_model._tables import interval_text, pairs_html, percent, value_text
from support_model.errors import InvalidValue
from support_model.figures import Share

if TYPE_CHECKING:
    from collections.abc import Iterable

    from support_model._columns.fact_columns import FactColumns
    from support_model._kpi.sources import ArrowStream
    from support_model.sla import Cycle, Evaluation


ComplianceUnit = Literal["cycle", "ticket_last", "ticket_any"]
STATES = (
    *("met", "missed", "running_late", "undecided", "cancelled"),
    *("no_contact", "no_target"),
)
WORST_FIRST = ("missed", "running_late", "undecided", "met", "cancelled")


@frozen(kw_only=True)
class Compliance:
    """How the clocks of a metric stand.

    Attributes:
        metric: its name.
        unit: what is counted: cycles, tickets by their last cycle, or by their worst.
        met: stopped in time.
        missed: stopped late.
        running_late: not stopped and past due, also if paused since.
        undecided: not stopped and in time; equal to due is in time.
        cancelled: cancelled clocks, which promise nothing any more, and tickets that are void.
        no_contact: tickets whose clock never started.
        no_target: tickets to which nothing was promised.
    """

    metric: str
    unit: ComplianceUnit
    met: int = 0
    missed: int = 0
    running_late: int = 0
    undecided: int = 0
    cancelled: int = 0
    no_contact: int = 0
    no_target: int = 0

    __repr__ = short_repr

    @property
    def share(self) -> Share:
        """Met, of all that are met, missed or running late."""
        return Share(
            key=f"sla_compliance_{self.metric}",
            definition=f"{self.metric} clocks met, of those met, missed or running late, by "
            f"{self.unit.replace('_', ' ')}",
            numerator=self.met,
            n=self.met + self.missed + self.running_late,
            excluded={
                "undecided": self.undecided,
                "cancelled": self.cancelled,
                "no_contact": self.no_contact,
                "no_target": self.no_target,
            },
        )

    def row(self) -> dict[str, Any]:
        """Return its share as one row of plain values."""
        return self.share.row()

    def __str__(self) -> str:
        return f"{plain_in_short(self.metric)}: {self.share.text()}"

    def _repr_html_(self) -> str:
        share = self.share
        rows = [
            ("share", value_text(share.value, percent, share.suppressed)),
            ("interval", interval_text(share.interval, percent, share.method, share.level)),
            *((state.replace("_", " "), f"{getattr(self, state):,}") for state in STATES),
            ("unit", self.unit.replace("_", " ")),
        ]
        return pairs_html(self.metric, rows)

    def __add__(self, other: Self) -> Self:
        """Return the compliance of two disjoint sets of tickets together.

        Raises:
            InvalidValue: another metric or unit.
        """
        if (self.metric, self.unit) != (other.metric, other.unit):
            raise InvalidValue(other.metric, "another metric or unit", "compute both alike")
        sums = {name: getattr(self, name) + getattr(other, name) for name in STATES}
        return evolve(self, **sums)


def sla_compliance(
    evaluations: Iterable[Evaluation] | ArrowStream,
    metric: str,
    *,
    unit: ComplianceUnit = "cycle",
    facts: FactColumns | ArrowStream | None = None,
) -> Compliance:
    """Return how the clocks of a metric stand over some tickets.

    A ticket whose clock never started is left out by name where the clock waits for the first
    contact, and is not of the population where it waits for a further one. A ticket to which
    nothing was promised is left out by name. A cycle that was begun anew is as its last
    count is.

    Args:
        evaluations: one a ticket, as of one instant; or the table of `frames.evaluate`, the rows
            of a ticket in its order, whoever hands it back.
        metric: name of the metric.
        unit: "cycle", "ticket_last" or "ticket_any", in which the worst cycle counts for the
            ticket: missed, running late, undecided, met; cancelled if all are.
        facts: with a table, count only the tickets of these facts, such as a part of
            `kpi.by(facts, "priority")`.

    Raises:
        InvalidValue: an unknown unit; facts without a table, or of a ticket that it lacks; a
            table that `frames.evaluate` did not make, or a metric that is neither among its cycles
            nor one of `METRICS`.

    Example:
        >>> sla_compliance([], "resolution").share.value is None
        True
    """
    if unit not in {"cycle", "ticket_last", "ticket_any"}:
        raise InvalidValue(unit, "unknown unit", "write 'cycle', 'ticket_last' or 'ticket_any'")
    if hasattr(evaluations, "__arrow_c_stream__"):
        from support_model._kpi.cycle_tables import counted  # noqa: PLC0415 - numpy is an extra

        return Compliance(metric=metric, unit=unit, **counted(evaluations, metric, unit, facts))
    if facts is not None:
        raise InvalidValue(facts, "facts beside evaluations", "give those of some tickets alone")
    counts: Counter[str] = Counter()
    for result in evaluations:
        if result.ticket.category == "void":
            counts["cancelled"] += 1
            continue
        if metric not in result:
            counts["no_target"] += 1
            continue
        cycles = result[metric].cycles
        states = [_state(cycle) for cycle in cycles]
        if not states:
            counts["no_contact"] += not result[metric].metric.repeats
        elif unit == "cycle":
            counts.update(states)
        elif unit == "ticket_last":
            counts[states[-1]] += 1
        else:
            counts[min(states, key=WORST_FIRST.index)] += 1
    return Compliance(metric=metric, unit=unit, **counts)


def _state(cycle: Cycle) -> str:
    if cycle.state in {"met", "missed", "cancelled"}:
        return cycle.state
    return "running_late" if cycle.late else "undecided"
