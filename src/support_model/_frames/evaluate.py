"""Service levels of a whole log: the cycles of every ticket, as one Arrow table.

What can be answered by columns is; the clocks that need more are folded one ticket at a time,
and the answer does not say which. `ways` counts them by reason.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from attrs import define

from support_model._columns.pattern_masks import has_mask
from support_model._columns.step_columns import StepColumns
from support_model._columns.threads import in_threads, threads_for
from support_model._columns.values import NONE, NULL, Words
from support_model._frames.clock_passes import ODD, OVERDUE, counts_of
from support_model._frames.clock_rows import (
    REOPEN,
    RESETS,
    VOID,
    Instants,
    bits_of,
    laid_out,
    voided,
)
from support_model._frames.cycles import SCHEMA, Names, joined, parts_of, table_of
from support_model._frames.forces import ForceTable
from support_model._frames.logs import Events, must_be_log
from support_model._frames.measures import Measures
from support_model._frames.workers import folding
from support_model._time import micros
from support_model.sla import PolicyBook

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from numpy.typing import NDArray

    from support_model._columns.event_columns import EventColumns
    from support_model._columns.values import Flags, Ints
    from support_model._frames.clock_passes import Counts
    from support_model._frames.clock_rows import Laid
    from support_model._frames.cycles import Parts
    from support_model._frames.forces import ForceCodes, Key, Turns
    from support_model._frames.measures import Measured
    from support_model._frames.workers import Fold
    from support_model.sla import Metric, SlaPolicy

    Policies = PolicyBook | SlaPolicy | Iterable[SlaPolicy]

CHUNK = 1 << 17
"""About how many events are looked at together."""
LONGEST = 20_000
"""The most instants of a ticket at which a clock may change; one with more is folded."""


def evaluate(events: Events, policies: Policies, *, as_of: datetime, workers: int = 1) -> pa.Table:
    """Return the cycles of every ticket that existed at an instant, one row a cycle.

    The answers are those of `sla.evaluate`, to the microsecond. Tickets are in the order in which
    they appear, their clocks in the order of the book, cycles by number. A clock in which a
    target is in force and that has no cycle yet has one row, of state `not_started` and number
    0; a ticket without any clock has one row without a metric and state. Text is a dictionary
    with int32 codes; null in text and in timestamps is none, flags and numbers are never null.

    - `ticket_id`, `category` (text): the ticket, and its category at `as_of`.
    - `slot`, `kind` (text): what the clock goes by: the kind; where all policies run, a name.
    - `metric`, `repeats` (text, bool): the metric, and whether its cycles repeat.
    - `policy`, `version` (text): the policy whose target is, or was last, in force.
    - `target` (text): its name or its length, as agenda keys spell it.
    - `number`, `count` (int32): 1 for the first cycle; how many counts it has begun.
    - `state` (text): running, paused, met, missed, cancelled, ended; not_started.
    - `start`, `due`, `stop` (timestamp[us, UTC]): of its last count.
    - `elapsed`, `allowed` (duration[us]): the counted time, and what the target allows.
    - `warned`, `breached` (bool): whether a warning, and the due, was reached in time.
    - `breach` (timestamp[us, UTC]): when it was breached under the target in force.
    - `late` (bool): not stopped and past due, also if it paused since.

    What columns can answer, they do, in some microseconds a ticket, those of a million events
    and more in as many threads as `pyarrow.cpu_count()` says, with the same answer. The clocks
    that need more are folded one ticket at a time: `ways` tells how many, and why.

    Args:
        events: the log, of `frames.events`.
        policies: a book, or policies in order of precedence.
        as_of: the instant that is "now"; later events are not looked at.
        workers: how many processes fold tickets; 1 is this process alone. Few tickets are folded
            in this process in any case. A script that asks for more needs to be importable, as
            `multiprocessing` demands of a spawned process.

    Raises:
        NaiveDatetime: `as_of` has no zone.
        InconsistentLog: the events of a ticket are no log; see `readable` to leave it out.
        UnknownPolicy: an event names a policy that is not in the book.
        InvalidValue: no log, no number of processes, or a book that no other process can be
            given.

    Example:
        >>> from datetime import UTC, datetime, timedelta
        >>> from support_model import BusinessCalendar
        >>> from support_model.events import Created
        >>> from support_model.sla import RESOLUTION, SlaPolicy, Target
        >>> from support_model.vocabulary import Status
        >>> hours = BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="UTC")
        >>> day = Target(metric=RESOLUTION, within=timedelta(hours=8), calendar=hours)
        >>> nine = datetime(2026, 3, 2, 9, tzinfo=UTC)
        >>> new = {"status": Status("new", "new")}
        >>> log = [Created(ticket_id="T1", at=nine, role="customer", fields=new)]
        >>> gold = SlaPolicy(name="gold", targets=[day])
        >>> cycles = evaluate(Events.of(log), gold, as_of=nine + timedelta(hours=3))
        >>> cycles.select(["metric", "state", "elapsed"]).to_pylist()[0]
        {'metric': 'resolution', 'state': 'running', 'elapsed': datetime.timedelta(seconds=10800)}
    """
    log = _Log.of(events, policies, as_of)
    with folding(log.table.book, as_of, workers) as fold:

        def made(chunk: _Chunk) -> pa.Table:
            return chunk.table([*chunk.parts(), chunk.folded(fold)])

        threads = threads_for(log.columns.raw.size)
        tables = [*in_threads(made, log.chunks(), threads)]
    return pa.concat_tables(tables) if tables else SCHEMA.empty_table()


def ways(events: Events, policies: Policies, *, as_of: datetime) -> dict[str, int]:
    """Return how many tickets `evaluate` answers by columns, and how many it folds, and why.

    "columns" counts the tickets all of whose clocks columns answer; any other key is the reason
    for which the first clock that is folded is folded. The keys without a ticket are left out.

    Raises:
        NaiveDatetime: `as_of` has no zone.
        InconsistentLog: the events of a ticket are no log.
        InvalidValue: no log.

    Example:
        >>> from datetime import UTC, datetime
        >>> from support_model.events import Created, PolicyApplied
        >>> from support_model.sla import SlaPolicy
        >>> from support_model.vocabulary import Status
        >>> at = datetime(2026, 3, 2, 9, tzinfo=UTC)
        >>> new = {"status": Status("new", "new")}
        >>> who = {"at": at, "role": "system"}
        >>> log = [Created(ticket_id=name, fields=new, **who) for name in ("T1", "T2")]
        >>> log.append(PolicyApplied(ticket_id="T2", policy="gold", version="1", **who))
        >>> ways(Events.of(log), SlaPolicy(name="gold", targets=[]), as_of=at)
        {'columns': 1, 'policy named by the log': 1}
    """
    log = _Log.of(events, policies, as_of)
    counts: Counter[str] = Counter()
    for chunk in log.chunks():
        chunk.parts()
        counts.update(chunk.reasons())
    return {way: counts[way] for way in WAYS if counts[way]}


WAYS = (
    "columns",
    "void, or merged, and back",
    "policy named by the log",
    "a date promised",
    "a function of the host",
    "begins after the due of the cycle before",
    "very many events",
    *ODD[1:],
)
"""How the clock of a ticket is answered: by columns, or why it is folded."""
RESTORED, NAMED, PROMISED, FUNCTION, AFTER_DUE, MANY = range(1, 7)


@define(eq=False)
class _Log:
    """A log and a book, ready to be evaluated at an instant."""

    columns: EventColumns
    table: ForceTable
    measures: Measures
    names: Names
    fixed: tuple[int, ...]
    as_of: datetime

    @classmethod
    def of(cls, events: Events, policies: Policies, as_of: datetime) -> _Log:
        """Return them; raise the first problem of a ticket whose rows are no log."""
        must_be_log(events)
        now, book = micros(as_of), PolicyBook.of(policies)
        columns = events.known_by(now)
        columns.must_be_sound("frames.readable")
        at, table = columns.raw.at, ForceTable.of(book)
        low, high = (int(at.min()), int(at.max())) if at.size else (now, now)
        measures = Measures.of(table, low, high, now, at.size)
        return cls(columns, table, measures, Names.of(book), _fixed(book), as_of)

    def chunks(self) -> Iterator[_Chunk]:
        """Yield stretches of tickets with their events."""
        starts = self.columns.segments.starts
        begin, count = 0, self.columns.segments.count
        while begin < count:
            end = int(starts.searchsorted(starts[begin] + CHUNK, "right")) - 1
            end = min(max(end, begin + 1), count)
            yield _Chunk.of(self, begin, end)
            begin = end


def _fixed(book: PolicyBook) -> tuple[int, ...]:
    """Return for each clock of a book why it is folded for every ticket; 0: it is not."""
    picks = all(has_mask(policy.when) for policy in book.policies)
    found = []
    for (slot, name), metric in book.slots:
        targets = [
            target
            for policy in book.policies
            if book.slot(policy) == slot
            for target in policy.by_metric.get(name, ())
        ]
        patterns = [metric.start, metric.stop, metric.pause, metric.reset]
        patterns += [target.when for target in targets]
        plain = picks and all(map(has_mask, patterns))
        after_due = AFTER_DUE if metric.after_stop == "again_after_due" else 0
        found.append(after_due if plain else FUNCTION)
    return tuple(found)


@define(eq=False)
class _Chunk:
    """Some tickets of a log; `why` tells how each of their clocks is answered."""

    log: _Log
    begin: int
    steps: StepColumns
    why: NDArray[np.int8]
    apart: NDArray[np.int8]

    @classmethod
    def of(cls, log: _Log, begin: int, end: int) -> _Chunk:
        """Return the tickets from one place to another."""
        steps = StepColumns(log.columns.stretch(begin, end))
        why = np.zeros((end - begin, len(log.fixed)), np.int8)
        return cls(log, begin, steps, why, _apart(steps))

    def parts(self) -> list[Parts]:
        """Return the cycles that columns answer, clock by clock."""
        log = self.log
        lives = _Lives.of(log, self.steps)
        promised, found = self._promised(), [parts_of(())]
        for place, (key, metric) in enumerate(log.table.book.slots):
            why = self.apart.copy()
            why[(why == 0) & lives.back] = RESTORED
            if key[1] in promised:
                why[(why == 0) & promised[key[1]]] = PROMISED
            if log.fixed[place]:
                why[:] = log.fixed[place]
            else:
                laid = lives.laid_out(key, metric, why)
                counts = counts_of(metric, log.table, laid, why.size)
                odd = counts.odd != 0
                why[odd] = counts.odd[odd] + MANY
                measured = log.measures.measured(counts)
                why[counts.ticket[measured.odd]] = OVERDUE + MANY
                found.append(self._cycles(place, counts, measured, why))
                found.append(self._unbegun(place, counts, lives.held(key), why))
            self.why[:, place] = why
        return found

    def _promised(self) -> dict[str, Flags]:
        """Return the tickets with a promise, by metric."""
        steps = self.steps
        metrics, rows = steps.raw.parts.get("metric"), steps.is_type("promised")
        if not isinstance(metrics, Words) or not rows.any():
            return {}
        return {
            word: steps.segments.counts(rows & (metrics.codes == code)) > 0
            for code, word in enumerate(metrics.words)
        }

    def _cycles(
        self, place: int, counts: Counts, measured: Measured, why: NDArray[np.int8]
    ) -> Parts:
        plain = why[counts.ticket] == 0
        policies, targets = self.log.names.of_force
        found = {
            "ticket": counts.ticket,
            "clock": np.full(counts.ticket.size, place, np.int32),
            "number": counts.number,
            "count": counts.place,
            "policy": policies.take(counts.code),
            "target": targets.take(counts.code),
            "state": measured.state.astype(np.int32),
            "start": counts.start,
            "due": measured.due,
            "stop": counts.stop,
            "breach": measured.breach,
            "elapsed": measured.elapsed,
            "allowed": measured.allowed,
            "warned": measured.warned,
            "breached": measured.breach != NULL,
            "late": measured.late,
        }
        return found if plain.all() else {name: part[plain] for name, part in found.items()}

    def _unbegun(self, place: int, counts: Counts, held: Flags, why: NDArray[np.int8]) -> Parts:
        """Return a row for each clock in which a target is in force and no cycle is."""
        held = held & (why == 0)
        held[counts.ticket] = False
        return _empty(np.flatnonzero(held), place)

    def folded(self, fold: Fold) -> Parts:
        """Return the cycles of the clocks that columns do not answer."""
        some = (self.why != 0).any(axis=1) | (self.apart == NAMED)  # it may be an unknown one
        if not some.any():
            return parts_of(())
        tickets = np.flatnonzero(some)
        found = fold(self.steps.events.of_tickets(tickets))
        found["ticket"] = tickets[found["ticket"]]
        mine = self.why[found["ticket"], found["clock"]] != 0
        return {name: part[mine] for name, part in found.items()}

    def table(self, parts: list[Parts]) -> pa.Table:
        """Return rows as a table, with one row for each ticket that has none."""
        last = self.steps.segments.starts[1:] - 1
        alone = np.ones(last.size, np.bool_)
        for part in parts:
            alone[part["ticket"]] = False
        found = joined([_empty(np.flatnonzero(alone), NONE), *parts])
        ids, categories = self.log.columns.raw.ids, self.steps.category[last]
        return table_of(found, ids, self.begin, categories, self.log.names)

    def reasons(self) -> Counter[str]:
        """Return how many tickets are answered in which way, each by its first reason."""
        whys = self.apart
        if self.log.fixed:
            rows = np.arange(whys.size)
            whys = self.why[rows, (self.why != 0).argmax(axis=1)]
        return Counter({WAYS[why]: int(n) for why, n in enumerate(np.bincount(whys)) if n})


def _apart(steps: StepColumns) -> NDArray[np.int8]:
    """Return why tickets are folded whole."""
    named = steps.segments.counts(steps.is_type("policy_applied")) > 0
    return np.where(named, NAMED, 0).astype(np.int8)


@define(eq=False)
class _Lives:
    """The instants of tickets, and what is in force after them.

    Attributes:
        instants: the instants.
        void: the rows from which on tickets are void, or None.
        back: the tickets that come back out of void.
        codes: what is in force in each clock after the instant of each row.
        turns: the editions that come into force between two events, or after the last.
    """

    instants: Instants
    void: Flags | None
    back: Flags
    codes: Mapping[Key, ForceCodes]
    turns: Turns

    @classmethod
    def of(cls, log: _Log, steps: StepColumns) -> _Lives:
        """Return those of some tickets."""
        instants = Instants.of(steps)
        void, back = voided(instants)
        clocks = zip(log.table.book.slots, log.fixed, strict=True)
        asked = log.table.asked(steps, [key for (key, _), fixed in clocks if not fixed])
        codes = {key: instants.spread(held) for key, held in asked.codes().items()}
        if void is not None:
            codes = {key: np.where(void, NONE, held) for key, held in codes.items()}
        return cls(instants, void, back, codes, asked.turns(log.measures.as_of, void))

    def laid_out(self, key: Key, metric: Metric, why: NDArray[np.int8]) -> Laid:
        """Return the rows of a clock, and write why tickets are left to the fold."""
        bits = bits_of(metric, self.instants)
        if self.void is not None:
            steps = self.instants.seen.steps
            again = self.void & ((bits & (REOPEN | RESETS)) != 0) & ~steps.first
            why[(why == 0) & (steps.segments.counts(again) > 0)] = RESTORED
            bits[self.void] = VOID
        turns = self.turns.row, self.turns.at, self.turns.codes[key]
        laid, long = laid_out(self.instants, bits, self.codes[key], turns, why != 0, LONGEST)
        why[long] = MANY
        return laid

    def held(self, key: Key) -> Flags:
        """Return in which tickets a target is in force at the end."""
        ends = self.instants.seen.steps.segments.starts[1:] - 1
        codes = self.codes[key][ends]
        late = np.isin(self.turns.row, ends)  # of several the last one, which is told last
        codes[self.instants.ticket[self.turns.row[late]]] = self.turns.codes[key][late]
        held: Flags = codes != NONE
        return held


def _empty(tickets: Ints, clock: int) -> Parts:
    """Return a row for each of some tickets in which there is no cycle."""
    parts = parts_of(())
    size = tickets.size
    for name, part in parts.items():
        nothing = NULL if part.dtype == np.int64 else NONE if part.dtype == np.int32 else 0
        parts[name] = np.full(size, nothing, part.dtype)
    parts["ticket"] = tickets
    parts["clock"][:] = clock
    parts["number"][:] = parts["count"][:] = 0
    parts["state"][:] = NONE if clock == NONE else 0
    return parts
