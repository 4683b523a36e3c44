"""A KPI as a value: what it asks of each ticket, and the fold that makes a figure of it.

Three kinds: `TimeKpi` asks how long, `ShareKpi` whether, `RateKpi` how much. Each answers for
one ticket with a result, with the code of the reason why that ticket is left out, or with None
where the ticket is not of the population at all. Void tickets are left out of every one, and
tickets read from present values of each that asks for what came before (`history`).
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

from support_model._ascending import ascending
from support_model._frozen import derived, frozen
from support_model._kpi import expressions as ask
from support_model._kpi import plain_figures
from support_model._kpi.calendars_by import CalendarsBy, must_be_clock
from support_model._kpi.plain import PlainFacts
from support_model._kpi.sources import Columnar, source_of
from support_model._short_texts import short_repr
from support_model._tables import pairs_html
from support_model._time import micros, micros_of
from support_model.errors import InvalidValue
from support_model.figures import Distribution, Rate, Share

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from fractions import Fraction

    from support_model._kpi.calendars_by import Clock
    from support_model._kpi.facts import Facts
    from support_model._kpi.sources import AnyFacts
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


def _of_population(answer: Callable[[Facts], Any], *, history: bool) -> Callable[[Facts], Any]:
    """Return a question with those that are left out of every figure of its kind."""
    if isinstance(answer, ask.Question):
        return ask.Rules(ask.HISTORY if history else ask.POPULATION, answer)
    return partial(_answered, answer, history)


def _by_record(asked: Callable[[Facts], Any]) -> Callable[[Facts], Any]:
    """Return the function of a record that a question is, to be called for many."""
    return asked.ask if isinstance(asked, ask.Question) else asked


def _answered(answer: Callable[[Facts], Any], history: bool, ticket: Facts) -> Any:  # noqa: ANN401, FBT001 - as its function, by place
    return left_out(ticket, history=history) or answer(ticket)


def question_of(kpi: TimeKpi | ShareKpi | RateKpi) -> ask.Question:
    """Return the question of a KPI as a value.

    Raises:
        InvalidValue: it is a function of records.
    """
    if not isinstance(kpi.asked, ask.Question):
        problem = "a KPI of your own is a function of records, which columns are not"
        raise InvalidValue(kpi.key, problem, "ask it of kpi.case_table(...), a record a ticket")
    return kpi.asked


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

    __repr__ = short_repr

    def __str__(self) -> str:
        return f"{self.key}: {self.definition}"

    def _repr_html_(self) -> str:
        return pairs_html(self.key, [("definition", self.definition)])

    @derived
    def asked(self) -> Callable[[Facts], Iterable[Item | str] | str]:
        """The measure, with what is left out of every figure."""
        return _of_population(self.measure, history=self.history)

    def of(
        self, facts: AnyFacts, *, calendar: Clock | None = None, min_n: int = 0
    ) -> Distribution:
        """Return the figure over some tickets; on wall time where no calendar is given.

        Args:
            facts: records, one of them, or facts by columns (see `support_model.frames.facts`).
            calendar: opening hours of all tickets, or by a field of each (`CalendarsBy`).
            min_n: below this many the value is withheld.

        Raises:
            InvalidValue: a KPI of your own, asked of columns; no calendar for a ticket.
        """
        (figure,) = self.on_clocks(facts, (calendar,), min_n=min_n)
        return figure

    def on_clocks(
        self, facts: AnyFacts, calendars: Sequence[Clock | None], *, min_n: int = 0
    ) -> tuple[Distribution, ...]:
        """Return the figure on each of some clocks, None being wall time; ask tickets once."""
        for calendar in calendars:
            must_be_clock(calendar)
        times: Iterable[Iterable[int]]
        if isinstance(records := source_of(facts), Columnar):
            from support_model._kpi import column_figures  # noqa: PLC0415 - numpy is an extra

            times, excluded = column_figures.times(records, question_of(self), calendars)
        elif isinstance(records, PlainFacts):
            times, excluded = plain_figures.times(records, question_of(self), calendars)
        else:
            measured, excluded = self._measured(records)
            times = _on_clocks(measured, calendars)
        return tuple(
            Distribution(
                key=self.key,
                clock="calendar" if calendar is None else "business",
                definition=self.definition,
                micros=ascending(micros),
                excluded=excluded,
                min_n=min_n,
            )
            for calendar, micros in zip(calendars, times, strict=True)
        )

    def _measured(
        self, records: Iterable[Facts]
    ) -> tuple[list[tuple[Facts, Item]], Mapping[str, int]]:
        """Return tickets with what is measured of them, and how many are left out by code."""
        measured: list[tuple[Facts, Item]] = []
        excluded: Counter[str] = Counter()
        asked = _by_record(self.asked)
        for ticket in records:
            for item in asked(ticket):
                if isinstance(item, str):
                    excluded[item] += 1
                else:
                    measured.append((ticket, item))
        return measured, excluded

    def per_ticket(
        self, facts: AnyFacts, *, calendar: Clock | None = None
    ) -> dict[str, tuple[timedelta, ...]]:
        """Return the measured times of each ticket that has any."""
        must_be_clock(calendar)
        if isinstance(records := source_of(facts), Columnar):
            from support_model._kpi import column_figures  # noqa: PLC0415 - numpy is an extra

            lengths = column_figures.times_of_each(records, question_of(self), calendar)
        elif isinstance(records, PlainFacts):
            lengths = plain_figures.times_of_each(records, question_of(self), calendar)
        else:
            lengths = (
                (ticket.ticket_id, duration_micros(item, clock_of(calendar, ticket)))
                for ticket, item in self._measured(records)[0]
            )
        times: dict[str, tuple[timedelta, ...]] = {}
        for ticket_id, length in lengths:
            times[ticket_id] = (*times.get(ticket_id, ()), timedelta(microseconds=length))
        return times


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

    __repr__ = short_repr

    def __str__(self) -> str:
        return f"{self.key}: {self.definition}"

    def _repr_html_(self) -> str:
        return pairs_html(self.key, [("definition", self.definition)])

    @derived
    def asked(self) -> Callable[[Facts], bool | str | None]:
        """The judgement, with what is left out of every figure."""
        return _of_population(self.judge, history=self.history)

    def of(
        self,
        facts: AnyFacts,
        *,
        method: str = "wilson",
        level: float = 0.95,
        min_n: int = 0,
    ) -> Share:
        """Return the figure over some tickets: records, one of them, or facts by columns.

        Raises:
            InvalidValue: a KPI of your own, asked of columns.
        """
        judged: Mapping[bool | str | None, int]
        if isinstance(records := source_of(facts), Columnar):
            from support_model._kpi import column_figures  # noqa: PLC0415 - numpy is an extra

            judged = column_figures.judged(records, question_of(self))
        elif isinstance(records, PlainFacts):
            judged = plain_figures.tally(records, question_of(self))
        else:
            judged = Counter(map(_by_record(self.asked), records))
        met, missed = judged.get(True, 0), judged.get(False, 0)
        return Share(
            key=self.key,
            definition=self.definition,
            numerator=met,
            n=met + missed,
            excluded={code: n for code, n in judged.items() if isinstance(code, str)},
            method=method,
            level=level,
            min_n=min_n,
        )

    def per_ticket(self, facts: AnyFacts) -> dict[str, bool]:
        """Return for each ticket that counts whether it holds: the ones to read are named."""
        if isinstance(records := source_of(facts), Columnar):
            from support_model._kpi import column_figures  # noqa: PLC0415 - numpy is an extra

            return dict(column_figures.values_of_each(records, question_of(self)))
        if isinstance(records, PlainFacts):
            return dict(plain_figures.values_of_each(records, question_of(self)))
        judged = ((ticket.ticket_id, self.asked(ticket)) for ticket in records)
        return {ticket_id: answer for ticket_id, answer in judged if isinstance(answer, bool)}


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

    __repr__ = short_repr

    def __str__(self) -> str:
        return f"{self.key}: {self.definition}"

    def _repr_html_(self) -> str:
        return pairs_html(self.key, [("definition", self.definition)])

    @derived
    def asked(self) -> Callable[[Facts], int | Fraction | str | None]:
        """The count, with what is left out of every figure."""
        return _of_population(self.count, history=self.history)

    def of(self, facts: AnyFacts, *, level: float = 0.95, min_n: int = 0) -> Rate:
        """Return the figure over some tickets: records, one of them, or facts by columns.

        Raises:
            InvalidValue: a KPI of your own, asked of columns.
        """
        if isinstance(records := source_of(facts), Columnar):
            from support_model._kpi import column_figures  # noqa: PLC0415 - numpy is an extra

            counted, scales = column_figures.counted(records, question_of(self), self.scale)
        elif isinstance(records, PlainFacts):
            counted, scales = plain_figures.counted(records, question_of(self), self.scale)
        else:
            counted, scales = self._counted(records)
        return self.figure(counted, scales, level=level, min_n=min_n)

    def figure(
        self,
        counted: Mapping[int | Fraction | str, int],
        scales: frozenset[Scale] = frozenset(),
        *,
        level: float = 0.95,
        min_n: int = 0,
    ) -> Rate:
        """Return the figure of how often each number was answered, or each code."""
        numbers = {value: n for value, n in counted.items() if not isinstance(value, str)}
        n = sum(numbers.values())
        return Rate(
            key=self.key,
            definition=self.definition,
            numerator=sum(value * n for value, n in numbers.items()),
            denominator=n,
            n=n,
            squares=sum(value * value * n for value, n in numbers.items()),
            excluded={code: n for code, n in counted.items() if isinstance(code, str)},
            level=level,
            method=self.method,
            min_n=min_n,
            scales=scales,
        )

    def per_ticket(self, facts: AnyFacts) -> dict[str, int | Fraction]:
        """Return what each ticket contributes."""
        if isinstance(records := source_of(facts), Columnar):
            from support_model._kpi import column_figures  # noqa: PLC0415 - numpy is an extra

            return dict(column_figures.values_of_each(records, question_of(self)))
        if isinstance(records, PlainFacts):
            return dict(plain_figures.values_of_each(records, question_of(self)))
        counted = ((ticket.ticket_id, self.asked(ticket)) for ticket in records)
        return {
            ticket_id: n for ticket_id, n in counted if n is not None and not isinstance(n, str)
        }

    def _counted(
        self, records: Iterable[Facts]
    ) -> tuple[Mapping[int | Fraction | str, int], frozenset[Scale]]:
        """Return how often each number or code is answered, and the scales of the numbers."""
        asked, scale_of, scales = _by_record(self.asked), self.scale, set[Scale | None]()
        if scale_of is None:
            counted = Counter(map(asked, records))
        else:
            counted = Counter()
            for ticket in records:
                value = asked(ticket)
                counted[value] += 1
                if not isinstance(value, str | None):
                    scales.add(scale_of(ticket))
        numbers = {value: n for value, n in counted.items() if value is not None}
        return numbers, frozenset(scale for scale in scales if scale is not None)


def left_out(ticket: Facts, *, history: bool = False) -> str | None:
    """Return why a ticket is left out of every figure of a kind; None if it is asked."""
    if ticket.category == "void":
        return "void"
    return "not_stated" if history and ticket.snapshot else None


def clock_of(calendar: Clock | None, ticket: Facts) -> BusinessCalendar | None:
    """Return the calendar of a ticket; None for wall time."""
    return calendar.of(ticket) if isinstance(calendar, CalendarsBy) else calendar


def _on_clocks(
    measured: Sequence[tuple[Facts, Item]], clocks: Sequence[Clock | None]
) -> Iterator[list[int]]:
    """Yield the times in microseconds on each clock, in no order."""
    lengths, whole, cut = _edges(measured)
    for clock in clocks:
        if isinstance(clock, CalendarsBy):
            yield [duration_micros(item, clock.of(ticket)) for ticket, item in measured]
        elif clock is None:
            times = [end - start for start, end in whole]
            yield [*lengths, *times, *(sum(end - start for start, end in each) for each in cut)]
        else:
            count = clock.timeline.open_before
            times = [count(end) - count(start) for start, end in whole]
            parts = (sum(count(end) - count(start) for start, end in each) for each in cut)
            yield [*lengths, *times, *parts]


Edges: TypeAlias = tuple[int, int]


def _edges(
    measured: Iterable[tuple[Facts, Item]],
) -> tuple[list[int], list[Edges], list[list[Edges]]]:
    """Return durations, whole stretches, and stretches with parts left out, in microseconds."""
    lengths: list[int] = []
    whole: list[Edges] = []
    cut: list[list[Edges]] = []
    for _, item in measured:
        if isinstance(item, timedelta):
            lengths.append(micros_of(item))
        elif len(item) == 1:  # most are
            ((start, end),) = item
            whole.append((micros(start), micros(end)))
        else:
            cut.append([(micros(start), micros(end)) for start, end in item])
    return lengths, whole, cut


def duration_micros(item: Item, calendar: BusinessCalendar | None) -> int:
    """Return a measured time in microseconds; on wall time where no calendar is given."""
    if isinstance(item, timedelta):
        return micros_of(item)
    if len(item) == 1:  # most are
        ((start, end),) = item
        if calendar is not None:
            return micros_of(calendar.elapsed(start, end))
        if start.tzinfo is end.tzinfo is UTC:
            return micros_of(end - start)
    if calendar is None:
        return sum(micros(end) - micros(start) for start, end in item)
    return sum(micros_of(calendar.elapsed(start, end)) for start, end in item)


def check_one_question(figures: Iterable[Figure], problem: str, remedy: str) -> None:
    """Raise where figures are of different definitions or kinds."""
    questions = {(type(figure).__name__, figure.key, figure.definition) for figure in figures}
    if len(questions) > 1:
        differing = sorted(f"{key}: {text}" for _, key, text in questions)
        raise InvalidValue(differing, problem, remedy)


def tallied(facts: AnyFacts, question: ask.Question) -> Counter[Any]:
    """Return how many tickets have each answer, and how many are left out by code."""
    if isinstance(records := source_of(facts), Columnar):
        from support_model._kpi import column_figures  # noqa: PLC0415 - numpy is an extra

        return column_figures.tally(records, question)
    if isinstance(records, PlainFacts):
        return plain_figures.tally(records, question)
    return Counter(map(question, records))
