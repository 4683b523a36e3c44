"""A KPI as a value: what it asks of each ticket, and the fold that makes a figure of it.

Three kinds: `TimeKpi` asks how long, `ShareKpi` whether, `RateKpi` how much. Each answers for
one ticket with a result, with the code of the reason why that ticket is left out, or with None
where the ticket is not of the population at all. Void tickets are left out of every one, and
tickets read from present values of each that asks for what came before (`history`).
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

from support_model._frozen import frozen
from support_model._time import micros, micros_of
from support_model.errors import InvalidValue
from support_model.figures import Distribution, Rate, Share

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from fractions import Fraction

    from support_model._kpi.facts import Facts
    from support_model.calendars import BusinessCalendar
    from support_model.figures import Figure


EXCLUSIONS: Mapping[str, str] = MappingProxyType(
    {
        "abandoned": "the caller gave up",
        "agent_created": "not opened by a customer, as far as is told",
        "before_start": "it ended before it began",
        "cancelled": "no target holds any more, as for a void ticket",
        "close_untold": "not closed, or closed and it is not told when",
        "early_abandon": "the caller gave up within the target",
        "immature": "too young to be followed for the whole window, decided or not",
        "never_assigned": "never assigned to an agent",
        "no_bot": "no bot replied",
        "no_contact": "the customer never wrote",
        "no_group": "no known group",
        "no_history": "too near the start of the log to know what came before",
        "no_line": "no known line",
        "no_solution_recorded": "solved, but it is not recorded when",
        "no_target": "nothing was promised",
        "no_work_recorded": "no effort was recorded",
        "not_acknowledged": "nobody acted on it",
        "not_closed": "not closed",
        "not_stated": "its history is not told (present values), or not in full",
        "nothing_stated": "the ticket system states nothing",
        "open_again": "reopened and not solved again",
        "other_scale": "answered on another scale than the figure is of",
        "short_abandon": "the caller gave up at once",
        "solved_without_reply": "solved without an answer",
        "unattributed": "it is not known by whom",
        "undecided": "running, and in time so far",
        "unknown_people": "people whose role is not told wrote or acted on it",
        "unknown_requester": "requester unknown or shared",
        "unknown_topic": "topic unknown",
        "unsolved": "not solved",
        "void": "cancelled, deleted, merged or spam",
        "waiting": "not answered yet",
    }
)
"""Why something is left out of a figure, by code."""

Scale: TypeAlias = tuple[float, float]
Item: TypeAlias = tuple[tuple[datetime, datetime], ...] | timedelta
"""One measured time: stretches that a clock adds up, or a duration that needs no clock."""


@frozen(kw_only=True)
class TimeKpi:
    """How long something takes.

    Attributes:
        key: stable name.
        definition: from what to what, over which tickets, in words.
        measure: yields for a ticket each time to be measured, or the code of its exclusion.
        history: whether it asks for what present values do not tell.

    Example:
        >>> from support_model.kpi import MTTA
        >>> MTTA.of([]).mean is None
        True
    """

    key: str
    definition: str
    measure: Callable[[Facts], Iterable[Item | str]]
    history: bool = False

    def of(
        self, facts: Iterable[Facts], *, calendar: BusinessCalendar | None = None, min_n: int = 0
    ) -> Distribution:
        """Return the figure over some tickets; on wall time where no calendar is given."""
        (figure,) = self.on_clocks(facts, (calendar,), min_n=min_n)
        return figure

    def on_clocks(
        self,
        facts: Iterable[Facts],
        calendars: Sequence[BusinessCalendar | None],
        *,
        min_n: int = 0,
    ) -> tuple[Distribution, ...]:
        """Return the figure on each of some clocks, None being wall time; ask tickets once."""
        items: list[Item] = []
        excluded: Counter[str] = Counter()
        for ticket in facts:
            for item in self._asked(ticket):
                if isinstance(item, str):
                    excluded[item] += 1
                else:
                    items.append(item)
        return tuple(
            Distribution(
                key=self.key,
                clock="calendar" if calendar is None else "business",
                definition=self.definition,
                micros=[duration_micros(item, calendar) for item in items],
                excluded=excluded,
                min_n=min_n,
            )
            for calendar in calendars
        )

    def per_ticket(
        self, facts: Iterable[Facts], *, calendar: BusinessCalendar | None = None
    ) -> dict[str, tuple[timedelta, ...]]:
        """Return the measured times of each ticket that has any."""
        times: dict[str, tuple[timedelta, ...]] = {}
        for ticket in facts:
            items = [each for each in self._asked(ticket) if not isinstance(each, str)]
            if items:
                lengths = (
                    timedelta(microseconds=duration_micros(item, calendar)) for item in items
                )
                times[ticket.ticket_id] = tuple(lengths)
        return times

    def _asked(self, ticket: Facts) -> Iterable[Item | str]:
        reason = left_out(ticket, history=self.history)
        return self.measure(ticket) if reason is None else (reason,)


@frozen(kw_only=True)
class ShareKpi:
    """Whether something holds: k of n tickets.

    Attributes:
        key: stable name.
        definition: what holds, of which tickets, in words.
        judge: says for a ticket whether, or the code of its exclusion; None: not asked.
        history: whether it asks for what present values do not tell.
    """

    key: str
    definition: str
    judge: Callable[[Facts], bool | str | None]
    history: bool = False

    def of(
        self,
        facts: Iterable[Facts],
        *,
        method: str = "wilson",
        level: float = 0.95,
        min_n: int = 0,
    ) -> Share:
        """Return the figure over some tickets."""
        judged = Counter(answer for _, answer in self._judged(facts))
        return Share(
            key=self.key,
            definition=self.definition,
            numerator=judged[True],
            n=judged[True] + judged[False],
            excluded={code: n for code, n in judged.items() if isinstance(code, str)},
            method=method,
            level=level,
            min_n=min_n,
        )

    def per_ticket(self, facts: Iterable[Facts]) -> dict[str, bool]:
        """Return for each ticket that counts whether it holds: the ones to read are named."""
        judged = self._judged(facts)
        return {ticket.ticket_id: answer for ticket, answer in judged if isinstance(answer, bool)}

    def _judged(self, facts: Iterable[Facts]) -> Iterator[tuple[Facts, bool | str | None]]:
        for ticket in facts:
            yield ticket, left_out(ticket, history=self.history) or self.judge(ticket)


@frozen(kw_only=True)
class RateKpi:
    """How much of something per ticket: the mean of what each contributes.

    Attributes:
        key: stable name.
        definition: how much of what, per what, in words.
        count: says for a ticket how much, or the code of its exclusion; None: not asked.
        method: of the interval; see `Rate`.
        history: whether it asks for what present values do not tell.
        scale: of a mean of ratings, says on which scale a ticket's contribution is.
    """

    key: str
    definition: str
    count: Callable[[Facts], int | Fraction | str | None]
    method: str = "normal"
    history: bool = False
    scale: Callable[[Facts], Scale | None] | None = None

    def of(self, facts: Iterable[Facts], *, level: float = 0.95, min_n: int = 0) -> Rate:
        """Return the figure over some tickets."""
        total: int | Fraction = 0
        squares: int | Fraction = 0
        n = 0
        excluded: Counter[str] = Counter()
        scales: set[Scale] = set()
        for ticket, value in self._counted(facts):
            if isinstance(value, str):
                excluded[value] += 1
                continue
            total, squares, n = total + value, squares + value * value, n + 1
            scale = None if self.scale is None else self.scale(ticket)
            if scale is not None:
                scales.add(scale)
        return Rate(
            key=self.key,
            definition=self.definition,
            numerator=total,
            denominator=n,
            n=n,
            squares=squares,
            excluded=excluded,
            level=level,
            method=self.method,
            min_n=min_n,
            scales=frozenset(scales),
        )

    def per_ticket(self, facts: Iterable[Facts]) -> dict[str, int | Fraction]:
        """Return what each ticket contributes."""
        counted = self._counted(facts)
        return {ticket.ticket_id: n for ticket, n in counted if not isinstance(n, str)}

    def _counted(self, facts: Iterable[Facts]) -> Iterator[tuple[Facts, int | Fraction | str]]:
        for ticket in facts:
            value = left_out(ticket, history=self.history) or self.count(ticket)
            if value is not None:
                yield ticket, value


def left_out(ticket: Facts, *, history: bool = False) -> str | None:
    """Return why a ticket is left out of every figure of a kind; None if it is asked."""
    if ticket.category == "void":
        return "void"
    return "not_stated" if history and ticket.snapshot else None


def duration_micros(item: Item, calendar: BusinessCalendar | None) -> int:
    """Return a measured time in microseconds; on wall time where no calendar is given."""
    if isinstance(item, timedelta):
        return micros_of(item)
    if calendar is None:
        return sum(micros(end) - micros(start) for start, end in item)
    return sum(micros_of(calendar.elapsed(start, end)) for start, end in item)


def check_one_question(figures: Iterable[Figure], problem: str, remedy: str) -> None:
    """Raise where figures are of different definitions or kinds."""
    questions = {(type(figure).__name__, figure.key, figure.definition) for figure in figures}
    if len(questions) > 1:
        differing = sorted(f"{key}: {text}" for _, key, text in questions)
        raise InvalidValue(differing, problem, remedy)
