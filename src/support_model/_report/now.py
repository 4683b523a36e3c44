"""What is open now: by status, group and agent, how old, and whose promise comes due when."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from datetime import date, timedelta
from functools import cached_property
from statistics import median
from typing import TYPE_CHECKING

from attrs import define

from support_model._report.blocks import Column, Section, Table, says
from support_model._report.conclusions import field_said
from support_model._report.period_figures import held_now
from support_model._report.policy_report import metric_name
from support_model._time import instant, instant_of_reading

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from support_model._report.blocks import Cell, Said
    from support_model._report.cycle_rows import CycleRows
    from support_model._report.report import Report

AGES = (("now_age_1", 1), ("now_age_3", 3), ("now_age_7", 7), ("now_age_30", 30))
AGES_PART, PROMISES_PART = says("now_part_ages"), says("now_part_promises")
DAY = timedelta(days=1)
MICROS_OF_DAY = DAY // timedelta.resolution
SHOWN, LISTED = 12, 15
STATES = ("late", "today", "next")
FIELDS = ("group", "agent", "priority", "channel", "line", "organization", "topic")


def sections(report: Report) -> Iterator[Section]:
    """Yield what is open at the end of the log; nothing of a log without statuses."""
    state = Now.of_report(report)
    if state is None:
        return
    yield Section(
        key="now",
        title=says("now_title", at=report.as_of),
        lines=tuple(state.lines()),
        tables=tuple(table for table in state.tables() if table.rows),
    )


def next_working_day(report: Report, after: date) -> date:
    """Return the first day after another that is worked; the day after where none is near."""
    for n in range(1, 15):
        day = after + n * DAY
        if report.working_days(day, day + DAY):
            return day
    return after + DAY


@define(slots=False)
class Now:
    """What is open now.

    Attributes:
        report: the report.
        units: the unit that holds each open ticket, by the place of the ticket.
        status: the status of each of them.
        due: the state of each running promise that is late or due soon: (cycle, state).
        day: the next business day.
        later: how many promises come due later, by policy and metric.
        paused: how many are paused.
    """

    report: Report
    units: dict[int, int]
    status: dict[int, str]
    due: list[tuple[int, str]]
    day: date
    paused: Counter[tuple[str, str]]
    later: Counter[tuple[str, str]]

    @classmethod
    def of_report(cls, report: Report) -> Now | None:
        """Return what is open at the end of a log; None of one without statuses."""
        if report.as_of is None or "status" in report.log.undated:
            return None
        units, status = held_now(report.rows, report.stays)
        today = report.as_of.astimezone(report.tz).date()
        now = cls(report, units, status, [], next_working_day(report, today), Counter(), Counter())
        if report.clocks is not None:
            now._sort_promises(today)
        return now

    def _sort_promises(self, today: date) -> None:
        """Note which promises are late, due today, and due on the next business day."""
        assert self.report.clocks is not None  # noqa: S101 - asked before
        cycles, tz = self.report.clocks.cycles, self.report.tz
        ends = [instant_of_reading(tz, (day + DAY).toordinal(), 0) for day in (today, self.day)]
        for place, state in enumerate(cycles.state):
            key = cycles.policy[place], cycles.metric[place]
            due = cycles.due[place]
            if state == "paused" and not cycles.late[place]:
                self.paused[key] += 1
            elif state in {"running", "paused"} and due is not None:
                if cycles.late[place]:
                    self.due.append((place, "late"))
                elif due < ends[0]:
                    self.due.append((place, "today"))
                elif due < ends[1]:
                    self.due.append((place, "next"))
                else:
                    self.later[key] += 1

    def lines(self) -> Iterator[Said]:
        """Yield how many are open, and how many promises come due."""
        if not self.units:
            yield says("now_none")
            return
        created = self.report.rows.created
        oldest = instant(min(created[ticket] for ticket in self.units), self.report.tz)
        yield says("now_open", n=len(self.units), oldest=oldest)
        if self.report.clocks is None:
            yield says("now_no_policy")
        else:
            states = Counter(state for _, state in self.due)
            told = {state: states[state] for state in STATES}
            yield says("now_due", day=self.day, paused=self.paused.total(), **told)

    def tables(self) -> Iterator[Table]:
        """Yield the tables: what to do first, by status and field, and the promises."""
        if self.report.clocks is not None:
            yield self.soon()
            yield self.late()
            yield self.clocks()
        rows = self.report.rows
        if not rows.listed:  # else all are in the status that tickets begin in
            yield self.table("status", dict(self.status), says("now_table_status"))
        for name in FIELDS:
            if name in rows.fields and len(rows.names[name]) > 1:
                names = (*rows.names[name], None)  # the code -1 is nothing
                values = {at: names[rows.fields[name][unit]] for at, unit in self.units.items()}
                yield self.table(name, values, says("now_table", field=field_said(name)))

    def table(self, name: str, values: dict[int, str | None], title: Said) -> Table:
        """Return the open tickets by a value of each, by age, with the promises that come due."""
        parts: dict[str | None, list[int]] = {}
        for ticket, value in values.items():
            parts.setdefault(value, []).append(ticket)
        largest = sorted(parts, key=lambda value: (-len(parts[value]), str(value)))
        word = says("now_column_status") if name == "status" else field_said(name)
        return Table(
            key=f"now_by_{name}",
            title=title,
            columns=(
                Column(key=name, title=says("word", word=word), kind="word"),
                *_age_columns(),
                *(
                    Column(key=state, title=says(f"now_column_{state}"), part=PROMISES_PART)
                    for state in self.told
                ),
            ),
            rows=tuple(self._row(value, parts[value], len(values)) for value in largest),
            shown=SHOWN,
        )

    def _row(self, value: str | None, tickets: Sequence[int], every: int) -> tuple[Cell, ...]:
        """Return the cells of the tickets of a value."""
        ages = sorted(self._age(ticket) for ticket in tickets)
        ids, due = self.report.rows.ids, self._due_by_ticket
        states = Counter(state for ticket in tickets for state in due.get(ids[ticket], ()))
        return (
            says("missing_value") if value is None else value,
            len(tickets),
            len(tickets) / every,
            *_by_age(ages),
            timedelta(microseconds=ages[-1]),
            *(states[state] for state in self.told),
        )

    @property
    def told(self) -> tuple[str, ...]:
        """The states of promises that are told; none without policies."""
        return () if self.report.clocks is None else STATES

    def _age(self, ticket: int) -> int:
        return max(0, self.report.rows.as_of - self.report.rows.created[ticket])

    @cached_property
    def _due_by_ticket(self) -> dict[str, list[str]]:
        due: dict[str, list[str]] = {}
        if self.report.clocks is not None:
            for place, state in self.due:
                due.setdefault(self.report.clocks.cycles.ticket[place], []).append(state)
        return due

    def clocks(self) -> Table:
        """Return how many promises run, by policy and metric."""
        assert self.report.clocks is not None  # noqa: S101 - asked before
        cycles = self.report.clocks.cycles
        states: dict[tuple[str, str], Counter[str]] = {}
        for place, state in self.due:
            key = cycles.policy[place], cycles.metric[place]
            states.setdefault(key, Counter())[state] += 1
        every = sorted({*states, *self.paused, *self.later})
        return Table(
            key="now_promises",
            title=says("now_clocks"),
            columns=(
                Column(key="policy", title=says("now_column_policy"), kind="word"),
                Column(key="metric", title=says("now_column_metric"), kind="word"),
                *(Column(key=state, title=says(f"now_column_{state}")) for state in STATES),
                Column(key="later", title=says("now_column_later")),
                Column(key="paused", title=says("now_column_paused")),
            ),
            rows=tuple(
                (
                    key[0],
                    metric_name(key[1]),
                    *(states.get(key, Counter())[state] for state in STATES),
                    self.later[key],
                    self.paused[key],
                )
                for key in every
            ),
        )

    def soon(self) -> Table:
        """Return the promises that come due soon, the nearest first."""
        cycles = self._cycles
        soon = [entry for entry in self.due if entry[1] != "late"]
        soon.sort(key=lambda entry: (cycles.due[entry[0]] or 0, cycles.ticket[entry[0]]))
        return self._listed("now_soon", soon, "state")

    def late(self) -> Table:
        """Return the promises that are past due, those that are exceeded by most first."""
        cycles = self._cycles
        late = [entry for entry in self.due if entry[1] == "late"]
        late.sort(key=lambda entry: (-self._late_by(entry[0]), cycles.ticket[entry[0]]))
        return self._listed("now_late", late, "late_by", says("now_late_note"))

    def _late_by(self, place: int) -> int:
        """Return by how much a promise is exceeded, on its own clock."""
        cycles = self._cycles
        return max(0, cycles.elapsed[place] - (cycles.allowed[place] or 0))

    @property
    def _cycles(self) -> CycleRows:
        assert self.report.clocks is not None  # noqa: S101 - asked before
        return self.report.clocks.cycles

    def _listed(
        self, key: str, entries: Sequence[tuple[int, str]], urgency: str, *notes: Said
    ) -> Table:
        """Return promises, each with its state or with how late it is."""
        cycles, rows = self._cycles, self.report.rows
        places = {name: at for at, name in enumerate(rows.ids)}
        made: list[tuple[Cell, ...]] = []
        for place, state in entries:
            ticket = places[cycles.ticket[place]]
            due = cycles.due[place]
            made.append((
                cycles.ticket[place],
                metric_name(cycles.metric[place]),
                says(f"now_state_{state}")
                if urgency == "state"
                else timedelta(microseconds=self._late_by(place)),
                None if due is None else instant(due, self.report.tz),
                *(self.value(ticket, name) for name in ("priority", "group", "agent")),
                timedelta(microseconds=self._age(ticket)),
            ))  # fmt: skip
        return Table(
            key=key,
            title=says(key),
            columns=(
                Column(key="ticket", title=says("now_column_ticket"), kind="word"),
                Column(key="metric", title=says("now_column_metric"), kind="word"),
                Column(
                    key=urgency,
                    title=says(f"now_column_{urgency}"),
                    kind="word" if urgency == "state" else "duration",
                ),
                Column(key="due", title=says("now_column_due"), kind="instant"),
                Column(key="priority", title=says("now_column_priority"), kind="word"),
                Column(key="group", title=says("now_column_group"), kind="word"),
                Column(key="agent", title=says("now_column_holder"), kind="word"),
                Column(key="age", title=says("now_column_age"), kind="duration"),
            ),
            rows=tuple(made),
            notes=notes,
            shown=LISTED,
        )

    def tickets_due(self, *states: str) -> tuple[str, ...]:
        """Return the tickets whose promises are in some states, the first due first."""
        cycles = self._cycles
        due = [place for place, state in self.due if state in states]
        due.sort(key=lambda place: (cycles.due[place] or 0, cycles.ticket[place]))
        return tuple(dict.fromkeys(cycles.ticket[place] for place in due))

    def late_tickets(self) -> tuple[str, ...]:
        """Return the tickets whose promises are past due, the most late first."""
        return tuple(dict.fromkeys(str(row[0]) for row in self.late().rows))

    def oldest(self, n: int) -> tuple[str, ...]:
        """Return the tickets that are open for longest."""
        rows = self.report.rows
        ranked = sorted(self.units, key=lambda ticket: (rows.created[ticket], rows.ids[ticket]))
        return tuple(rows.ids[ticket] for ticket in ranked[:n])

    def ages(self) -> tuple[timedelta, timedelta]:
        """Return the age that half of the open tickets exceed at most, and that of the oldest."""
        ages = [self._age(ticket) for ticket in self.units]
        return timedelta(microseconds=median(ages)), timedelta(microseconds=max(ages))

    def late_of(self, name: str, value: str) -> int:
        """Return how many promises are past due on the open tickets with a value."""
        own = {self.report.rows.ids[at] for at in self.units if self.value(at, name) == value}
        ticket = self._cycles.ticket if self.due else []
        return sum(state == "late" and ticket[place] in own for place, state in self.due)

    def late_by(self, name: str) -> Counter[str]:
        """Return how many promises are past due by the value of the open tickets they are of."""
        places = {name: at for at, name in enumerate(self.report.rows.ids)}
        tickets = (
            places[self._cycles.ticket[place]] for place, state in self.due if state == "late"
        )
        return Counter(filter(None, (self.value(ticket, name) for ticket in tickets)))

    def value(self, ticket: int, name: str) -> str | None:
        rows, unit = self.report.rows, self.units.get(ticket)
        if unit is None or name not in rows.fields:
            return None
        code = rows.fields[name][unit]
        return rows.names[name][code] if code >= 0 else None


def _age_columns() -> Iterator[Column]:
    """Yield the columns of how many are open and how old."""
    yield Column(key="open", title=says("now_column_open"), part=AGES_PART)
    yield Column(key="share", title=says("now_column_share"), kind="share", part=AGES_PART)
    for code in (*dict(AGES), "now_age_more"):
        yield Column(key=code.removeprefix("now_"), title=says(code), part=AGES_PART)
    yield Column(key="oldest", title=says("now_column_oldest"), kind="duration", part=AGES_PART)


def _by_age(ages: Sequence[int]) -> Iterator[int]:
    """Yield how many ages lie in each bin of `AGES`, and beyond."""
    so_far = 0
    for _, days in AGES:
        upto = bisect_left(ages, days * MICROS_OF_DAY)
        yield upto - so_far
        so_far = upto
    yield len(ages) - so_far
