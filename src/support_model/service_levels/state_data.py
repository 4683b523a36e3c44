"""The clocks of a kept state as plain data: small lists out, and strictly checked in again.

Instants are microseconds, those of a cycle since its start and those of pauses since one
another, so that a pause costs some twenty bytes; policies and targets are told by their place
in the book, whose fingerprint the state keeps.

Before this: `support_model.service_levels.clocks`. Next:
`support_model.service_levels.sla_states`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, get_args

from support_model.errors import InvalidValue
from support_model.instants import FIRST, LAST
from support_model.lifecycle.vocabulary import whole
from support_model.service_levels.cycles import (
    CycleFold,
    Folded,
    Force,
    Pause,
    Reached,
    Result,
    State,
    Term,
)

if TYPE_CHECKING:
    from support_model.service_levels.clocks import ClockFold, ClockFolds
    from support_model.service_levels.policies import PolicyBook

__all__ = ["clocks_from_data", "clocks_to_data"]

CYCLE = frozenset(
    {
        *("number", "start", "terms", "pauses", "names", "paused"),
        *("stopped", "by", "voided", "reached", "results"),
    }
)
KINDS = ("warning", "breach")
STATES = get_args(State)


def clocks_to_data(folds: ClockFolds) -> list[dict[str, Any]]:
    """Return the clocks of a book as JSON types, in the book's order."""
    return [_clock_out(clock, folds.book) for clock in folds.clocks]


def clocks_from_data(folds: ClockFolds, data: object) -> None:
    """Fill fresh clocks with what `clocks_to_data` wrote of others of the same book.

    Raises:
        InvalidValue: the data is nothing that it could have written.
    """
    try:
        if not isinstance(data, list | tuple):
            raise InvalidValue(data, "no list")
        for clock, row in zip(folds.clocks, data, strict=True):
            _clock_in(clock, row, folds.book)
    except (LookupError, TypeError, ValueError, AttributeError) as problem:
        raise InvalidValue(data, f"clocks cannot be read ({problem})", "replay the log") from None


def _clock_out(clock: ClockFold, book: PolicyBook) -> dict[str, Any]:
    row: dict[str, Any] = {}
    if any(clock.folded):
        row["folded"] = list(clock.folded)
    if clock.cycles:
        row["cycles"] = [_cycle_out(cycle, book) for cycle in clock.cycles]
    return row


def _cycle_out(cycle: CycleFold, book: PolicyBook) -> dict[str, Any]:
    start, at = cycle.start, cycle.start
    names: dict[str, int] = {}
    pauses = []
    for begin, end, why in cycle.pauses:
        pauses.append([begin - at, end - begin, names.setdefault(why, len(names))])
        at = end
    found: dict[str, Any] = {
        "number": cycle.number,
        "start": start,
        "terms": [
            [
                term.since - start,
                None if term.force is None else _force_out(term.force, book),
                term.origin - start,
                term.carried,
                term.allowance,
            ]
            for term in cycle.terms
        ],
    }
    if pauses:
        found["pauses"], found["names"] = pauses, list(names)
    if cycle.paused is not None:
        found["paused"] = [cycle.paused[0] - start, cycle.paused[1]]
    if cycle.stopped is not None:
        found["stopped"], found["by"] = cycle.stopped - start, list(cycle.stopped_by)
    if cycle.voided:
        found["voided"] = True
    if cycle.reached:
        found["reached"] = [[reached.when - start, *reached[1:]] for reached in cycle.reached]
    if cycle.results:
        found["results"] = [[result.stopped - start, result.state] for result in cycle.results]
    return found


def _force_out(force: Force, book: PolicyBook) -> list[int | None]:
    policy = next(i for i, held in enumerate(book.policies) if held is force.policy)
    target = next(i for i, held in enumerate(force.policy.targets) if held is force.target)
    return [policy, target, force.promised]


def _clock_in(clock: ClockFold, row: Mapping[str, Any], book: PolicyBook) -> None:
    _known(row, {"folded", "cycles"})
    if "folded" in row:
        met, missed, cancelled, breached, first = row["folded"]
        clock.folded = Folded(
            met=_number(met, 0),
            missed=_number(missed, 0),
            cancelled=_number(cancelled, 0),
            breached=_number(breached, 0),
            first_breach=None if first is None else _at(first),
        )
    clock.cycles = tuple([_cycle_in(data, clock, book) for data in row.get("cycles", ())])


def _cycle_in(data: Mapping[str, Any], clock: ClockFold, book: PolicyBook) -> CycleFold:
    _known(data, CYCLE)
    start = at = _at(data["start"])
    cycle = CycleFold(_number(data["number"], 1), start)
    cycle.terms = tuple(
        [
            Term(
                _at(start + since),
                None if held is None else _force_in(held, clock, book),
                _at(start + origin),
                _number(carried, -LAST),
                None if allowance is None else _number(allowance, -LAST),
            )
            for since, held, origin, carried, allowance in data["terms"]
        ]
    )
    if not cycle.terms:
        raise InvalidValue(data, "a cycle without a term")
    for gap, length, name in data.get("pauses", ()):
        begin, why = _at(at + gap), data["names"][_number(name, 0)]
        at = _at(begin + _number(length, 1))
        cycle.pauses += (Pause(begin, at, _text(why)),)
    if "paused" in data:
        since, why = data["paused"]
        cycle.paused = (_at(start + since), _text(why))
    if "stopped" in data:
        cycle.stopped = _at(start + data["stopped"])
        cycle.stopped_by = tuple([_text(name) for name in data["by"]])
    cycle.voided = _one_of(data.get("voided", False), (True, False))
    cycle.results = tuple(
        [
            Result(_at(start + stopped), _one_of(state, STATES))
            for stopped, state in data.get("results", ())
        ]
    )
    cycle.reached = tuple(
        [
            Reached(_at(start + when), _one_of(kind, KINDS), _text(text), _text(policy))
            for when, kind, text, policy in data.get("reached", ())
        ]
    )
    return cycle


def _force_in(held: Any, clock: ClockFold, book: PolicyBook) -> Force:  # noqa: ANN401 - JSON
    place, within, promised = held
    policy = book.policies[_number(place, 0)]
    target = policy.targets[_number(within, 0)]
    if clock.key != (book.slot(policy), target.metric.name):
        raise InvalidValue(held, f"no target of the clock {clock.key!r}")
    return Force(policy, target, None if promised is None else _at(promised))


def _known(data: Mapping[str, Any], keys: frozenset[str] | set[str]) -> None:
    if not isinstance(data, Mapping) or not data.keys() <= keys:
        raise InvalidValue(data, "unknown keys")


def _number(value: Any, low: int) -> int:  # noqa: ANN401 - JSON
    if not whole(value) or not low <= value <= LAST:
        raise InvalidValue(value, f"no whole number from {low}")
    return int(value)


def _at(value: Any) -> int:  # noqa: ANN401 - JSON
    return _number(value, FIRST)


def _text(value: Any) -> str:  # noqa: ANN401 - JSON
    if not isinstance(value, str):
        raise InvalidValue(value, "no text")
    return value


def _one_of(value: Any, known: tuple[Any, ...]) -> Any:  # noqa: ANN401 - JSON
    if value not in known or isinstance(value, bool) is not isinstance(known[0], bool):
        raise InvalidValue(value, f"not one of {known}")
    return value
