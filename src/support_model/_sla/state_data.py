"""The clocks of a kept state as plain data: small lists out, and strictly checked in again.

Instants are microseconds, those of a count since its start and those of pauses since one
another, so that a pause costs some twenty bytes; policies and targets are named by their place
among those that had begun, whose digest the state keeps. Of calendars it keeps one only where
something in it depends on their hours, and for the stretch on which it does.
"""

from __future__ import annotations

import hashlib
import json
from array import array
from bisect import bisect_right
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from support_model._sla.clocks import HoursRead, is_void
from support_model._sla.cycles import CountFold, CycleFold, Folded, Gap, Pause, Term
from support_model._sla.policies import Force
from support_model._time import FIRST, LAST, instant, micros
from support_model.errors import InvalidValue, StaleState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from support_model._sla.clocks import ClockFold, ClockFolds
    from support_model._sla.policies import PolicyBook, SlaPolicy
    from support_model._sla.policy_data import RuleDigest
    from support_model.tickets import Ticket


COUNT = frozenset(
    {
        *("start", "terms", "pauses", "names", "paused", "stopped", "by"),
        *("voided", "gaps", "ended"),
    }
)
BY = ("stop", "void", "back")
DIGITS = 4
"""How many digits of the digest of a policy are kept, to tell which one differs."""
REPLAY = "replay the log"


def digest(data: Mapping[str, Any]) -> str:
    """Return a digest of plain data, to notice what was changed by accident or by hand."""
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


class Begun(NamedTuple):
    """The policies that can have decided about a ticket so far, and what is kept of them."""

    book: PolicyBook
    policies: Sequence[SlaPolicy]
    rule: RuleDigest

    @classmethod
    def of(cls, folds: ClockFolds, rules: Sequence[RuleDigest], ticket: Ticket) -> Begun:
        """Return those that had begun at the last event of a ticket, or are named by its log."""
        at, book = max(micros(ticket.at), folds.named), folds.book
        policies = [policy for policy in book.policies if policy.begin <= at]
        return cls(book, policies, rules[bisect_right(book.turns, at)])

    def to_data(self) -> dict[str, Any]:
        """Return digests of the rules; those of single policies only tell which one differs."""
        return {"rules": self.rule.whole, "policies": self._codes()}

    def _codes(self) -> str:
        return "".join([text[:DIGITS] for text in self.rule.policies])

    def check(self, data: Mapping[str, Any], ticket: Ticket) -> None:
        """Refuse a state of rules that may have decided otherwise.

        Raises:
            StaleState: policies, metrics or how one is selected differ.
        """
        if data.get("rules") == self.rule.whole:
            return
        was, now = str(data.get("policies")), self._codes()
        names = [f"policy {policy.name!r} {policy.version!r}" for policy in self.policies]
        places = range(0, max(len(was), len(now)), DIGITS)
        place = next((i for i in places if was[i : i + DIGITS] != now[i : i + DIGITS]), None)
        what = "the metrics, or which targets share a calendar, differ"
        if place is not None:
            after = f"what followed {names[-1]}" if names else "policies"
            what = f"{[*names, after][min(place // DIGITS, len(names))]} differs, is new or gone"
        raise StaleState(ticket.id, f"a state made under other rules: {what}", REPLAY)


def folds_to_data(folds: ClockFolds, begun: Begun) -> dict[str, Any]:
    """Return the clocks of a book as JSON types, in the book's order, and when it was void."""
    data: dict[str, Any] = {"clocks": [_clock_out(clock, begun) for clock in folds.clocks]}
    if folds.void is not None:
        data["void"] = list(folds.void)
    if folds.voids:
        data["voids"] = [list(void) for void in folds.voids]
    return data


def folds_from_data(folds: ClockFolds, data: object, ticket: Ticket, begun: Begun) -> None:
    """Fill fresh clocks with what `folds_to_data` wrote of others of the same rules.

    Raises:
        StaleState: a calendar differs where something in the data depends on it.
        InvalidValue: the data is nothing that it could have written of the ticket.
    """
    try:
        if not isinstance(data, Mapping):
            raise InvalidValue(data, "no mapping")
        _known(data, {"clocks", "void", "voids"})
        now = micros(ticket.at)
        if "void" in data:
            since, why = data["void"]
            folds.void = (_at(since, now), _text(why))
        folds.voids = tuple(
            [Pause(_at(a), _at(b, now), _text(why)) for a, b, why in data.get("voids", ())]
        )
        if (folds.void is not None) is not is_void(ticket):
            raise InvalidValue(data.get("void"), "void differs from the ticket")
        folds.enter(ticket)
        for clock, row in zip(folds.clocks, data["clocks"], strict=True):
            _clock_in(clock, row, folds, ticket, begun)
    except StaleState:
        raise
    except (LookupError, TypeError, ValueError, AttributeError) as problem:
        raise InvalidValue(data, f"clocks cannot be read ({problem})", REPLAY) from None


def _opened(read: HoursRead) -> str | None:
    """Return a digest of the open time that was read; None where all of the calendar was."""
    if (read.start, read.end) == (FIRST, LAST):
        return None
    calendar = read.force.target.calendar
    runs = calendar.timeline.stretches(read.start, read.end)
    edges = array("q", [edge for run in runs for edge in run])
    return hashlib.sha256(edges.tobytes() + calendar.tz.key.encode()).hexdigest()[:16]


def _read_out(read: HoursRead, begun: Begun) -> list[Any]:
    policy, target, _ = _force_out(read.force, begun)
    hours = begun.rule.hours[_number(policy, 0)][_number(target, 0)]
    return [policy, target, read.start, read.end, hours, _opened(read)]


def _read_in(row: Any, clock: ClockFold, begun: Begun, ticket_id: str) -> HoursRead:  # noqa: ANN401 - JSON
    policy, target, start, end, hours, opened = row
    force = _force_in([policy, target, None], clock, begun)
    read = HoursRead(force, _at(start), _at(end))
    differs = hours != begun.rule.hours[policy][target]
    if differs and (opened is None or opened != _opened(read)):
        since, until = instant(read.start), instant(read.end)
        where = "" if opened is None else f" from {since.isoformat()} to {until.isoformat()}"
        problem = f"calendar {force.target.calendar.title!r} differs{where}"
        raise StaleState(ticket_id, f"a state made under other rules: {problem}", REPLAY)
    return read


def _clock_out(clock: ClockFold, begun: Begun) -> dict[str, Any]:
    row: dict[str, Any] = {}
    if clock.read:
        row["hours"] = [_read_out(read, begun) for read in clock.read]
    if any(clock.folded):
        row["folded"] = list(clock.folded)
    if clock.cycles:
        row["cycles"] = [
            [cycle.number, *(_count_out(count, begun) for count in cycle.counts)]
            for cycle in clock.cycles
        ]
    return row


def _count_out(count: CountFold, begun: Begun) -> dict[str, Any]:
    start, at = count.start, count.start
    names: dict[str, int] = {}
    pauses = []
    for begin, end, why in count.pauses:
        pauses.append([begin - at, end - begin, names.setdefault(why, len(names))])
        at = end
    data: dict[str, Any] = {
        "start": start,
        "terms": [
            [
                term.since - start,
                None if term.force is None else _force_out(term.force, begun),
                term.origin - start,
                term.carried,
                term.allowance,
            ]
            for term in count.terms
        ],
    }
    if pauses:
        data["pauses"], data["names"] = pauses, list(names)
    if count.paused is not None:
        data["paused"] = [count.paused[0] - start, count.paused[1]]
    if count.stopped is not None:
        data["stopped"], data["by"] = count.stopped - start, list(count.stopped_by)
    if count.voided:
        data["voided"] = True
    if count.gaps:
        data["gaps"] = [[a - start, b - start, BY.index(by)] for a, b, by in count.gaps]
    if count.ended is not None:
        data["ended"] = count.ended - start
    return data


def _force_out(force: Force, begun: Begun) -> list[int | None]:
    policy = next(i for i, held in enumerate(begun.policies) if held is force.policy)
    target = next(i for i, held in enumerate(force.policy.targets) if held is force.target)
    return [policy, target, force.promised]


def _clock_in(
    clock: ClockFold, row: Mapping[str, Any], folds: ClockFolds, ticket: Ticket, begun: Begun
) -> None:
    _known(row, {"folded", "cycles", "hours"})
    now = micros(ticket.at)
    clock.read = tuple([_read_in(read, clock, begun, ticket.id) for read in row.get("hours", ())])
    if "folded" in row:
        met, missed, cancelled, breached, first = row["folded"]
        clock.folded = Folded(
            met=_number(met, 0),
            missed=_number(missed, 0),
            cancelled=_number(cancelled, 0),
            breached=_number(breached, 0),
            first_breach=None if first is None else _at(first),
        )
    for number, *counts in row.get("cycles", ()):
        cycle = CycleFold(_number(number, 1), [])
        for data in counts:
            cycle.counts.append(_count_in(data, cycle, clock, begun))
        _check_cycle(cycle, clock, now)
        clock.cycles.append(cycle)
    _check_open(clock, folds)


def _check_cycle(cycle: CycleFold, clock: ClockFold, now: int) -> None:
    """Refuse counts out of order, and instants after the last that the ticket knows."""
    last = clock.cycles[-1] if clock.cycles else None
    if not cycle.counts or (last is not None and last.number >= cycle.number):
        raise InvalidValue(cycle.number, "cycles out of order")
    ended = [count.ended for count in cycle.counts]
    if None in ended[:-1] or ended[-1] is not None:
        raise InvalidValue(cycle.number, "only the last count of a cycle is open")
    if last is not None and last.last.stopped is None:
        raise InvalidValue(cycle.number, "a cycle begun while another runs")
    for count in cycle.counts:
        _check_instants(count, cycle.number, now)


def _check_instants(count: CountFold, number: int, now: int) -> None:
    points, marks = _edges(count.pauses), _edges(count.gaps)
    since = [max(term.since, count.start) for term in count.terms]  # it may begin later
    if any(row != sorted(row) for row in (points, marks, since)):
        raise InvalidValue(number, "instants out of order")
    paused = [] if count.paused is None else [count.paused[0]]
    closed = [*points, *marks, *paused, count.stopped or now, count.ended or now]
    if max(closed) > now or since[-1] > max(now, count.start):
        raise InvalidValue(number, "instants after the last event")


def _edges(spans: Sequence[Pause | Gap]) -> list[int]:
    return [edge for span in spans for edge in (span.start, span.end)]


def _check_open(clock: ClockFold, folds: ClockFolds) -> None:
    """Refuse an open count that disagrees with what is in force for the ticket."""
    count = clock.cycles[-1].last if clock.cycles else None
    if count is None or count.stopped is not None:
        return
    if count.voided is not (folds.void is not None) or (count.voided and count.paused is None):
        raise InvalidValue(count.voided, "a clock and its ticket differ in void")
    if not count.voided and (count.terms[-1].force is None) is not (clock.force is None):
        raise InvalidValue(clock.key, "a clock and its ticket differ in what is in force")


def _count_in(
    data: Mapping[str, Any], cycle: CycleFold, clock: ClockFold, begun: Begun
) -> CountFold:
    _known(data, COUNT)
    start = at = _at(data["start"])
    terms = [
        Term(
            _at(start + since),
            None if held is None else _force_in(held, clock, begun),
            _at(start + origin),
            _number(carried, -2 * LAST),
            None if allowance is None else _number(allowance, -2 * LAST),
        )
        for since, held, origin, carried, allowance in data["terms"]
    ]
    if not terms:
        raise InvalidValue(data, "a count without a term")
    count = CountFold(cycle.number, len(cycle.counts) + 1, start, terms)
    for gap, length, name in data.get("pauses", ()):
        begin, why = _at(at + gap), data["names"][_number(name, 0)]
        at = _at(begin + _number(length, 1))
        count.pauses.append(Pause(begin, at, _text(why)))
    if "paused" in data:
        since, why = data["paused"]
        count.paused = (_at(start + since), _text(why))
    if "stopped" in data:
        count.stopped = _at(start + data["stopped"])
        count.stopped_by = tuple([_text(name) for name in data["by"]])
    count.voided = _one_of(data.get("voided", False), (True, False))
    count.gaps = [
        Gap(_at(start + a), _at(start + b), _one_of(BY[_number(by, 0)], BY))
        for a, b, by in data.get("gaps", ())
    ]
    count.ended = _at(start + data["ended"]) if "ended" in data else None
    return count


def _force_in(held: Any, clock: ClockFold, begun: Begun) -> Force:  # noqa: ANN401 - JSON
    place, within, promised = held
    policy = begun.policies[_number(place, 0)]
    target = policy.targets[_number(within, 0)]
    if clock.key != (begun.book.slot(policy), target.metric.name):
        raise InvalidValue(held, f"no target of the clock {clock.key!r}")
    return Force(policy, target, None if promised is None else _at(promised))


def _known(data: Mapping[str, Any], keys: frozenset[str] | set[str]) -> None:
    if not isinstance(data, Mapping) or not data.keys() <= keys:
        raise InvalidValue(data, "unknown keys")


def _number(value: Any, low: int) -> int:  # noqa: ANN401 - JSON
    if type(value) is not int or not low <= value <= LAST:
        raise InvalidValue(value, f"no whole number from {low}")
    return value


def _at(value: Any, most: int = LAST) -> int:  # noqa: ANN401 - JSON
    at = _number(value, FIRST)
    if at > most:
        raise InvalidValue(value, "an instant after the last event")
    return at


def _text(value: Any) -> str:  # noqa: ANN401 - JSON
    if not isinstance(value, str):
        raise InvalidValue(value, "no text")
    return value


def _one_of(value: Any, known: tuple[Any, ...]) -> Any:  # noqa: ANN401 - JSON
    if value not in known or isinstance(value, bool) is not isinstance(known[0], bool):
        raise InvalidValue(value, f"not one of {known}")
    return value
