"""The laws of service levels at their edges: what happens if this happens now.

Each law takes an `SlaScene`, looks at the clocks at `as_of`, lets one more thing happen at an
instant that matters (a stop at the due, a reopening, a date that is promised) and says what must
come of it. They tell apart engines that differ only there.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from support_model._time import duration_text, instant, micros, micros_of
from support_model._vocabulary import Status
from support_model.events import Changed, Message, Promised
from support_model.sla import breach_queue, evaluate
from support_model.testing._law_kit import holds, met

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from support_model._vocabulary import Category
    from support_model.events import Event
    from support_model.sla import Clock, Cycle, Evaluation
    from support_model.testing._sla_strategies import SlaScene


HOUR_MICROS = 3_600_000_000


def _until(scene: SlaScene, at: int) -> list[Event]:
    return [event for event in scene.log if event.micros <= at]


def _more(
    log: Sequence[Event], at: int, *events: tuple[type[Event], dict[str, Any]]
) -> list[Event]:
    """Return the log with events of one instant after it."""
    last = log[-1]
    common: Any = {"ticket_id": last.ticket_id, "at": instant(at), "role": "agent", "actor": "ann"}
    seq = max(event.seq or 0 for event in log)
    return [
        *log,
        *(kind(**common, seq=seq + n, **parts) for n, (kind, parts) in enumerate(events, 1)),
    ]


_REPLY: tuple[type[Event], dict[str, Any]] = (Message, {"public": True})


def _put(category: Category) -> tuple[type[Event], dict[str, Any]]:
    return Changed, {"fields": {"status": Status(category, category)}}


def _open(result: Evaluation) -> Iterator[tuple[Clock, Cycle]]:
    """Yield the running cycles that have begun, whose due is still to come or has gone by."""
    for clock in result.clocks:
        for cycle in clock.cycles[-1:]:
            if cycle.state == "running" and micros(cycle.start) <= cycle.as_of:
                yield clock, cycle


def _same(result: Evaluation, clock: Clock, cycle: Cycle) -> Cycle | None:
    """Return the cycle as another evaluation has it; None under another target."""
    for other in result.clocks:
        if (other.slot, other.metric.name) == (clock.slot, clock.metric.name):
            for other_cycle in other.cycles:
                if other_cycle.number == cycle.number and other_cycle.target == cycle.target:
                    return other_cycle
    return None


def _text(warning: float | timedelta) -> str:
    """Write a threshold as keys do."""
    if isinstance(warning, timedelta):
        return duration_text(warning)
    return repr(float(warning)).removesuffix(".0")


def _need(cycle: Cycle, warning: float | timedelta) -> int:
    """Return how much must have counted for a warning, in microseconds."""
    allowed: Any = cycle.allowed
    if isinstance(warning, timedelta):
        return micros_of(allowed + warning)
    exact = Fraction(repr(warning)) * micros_of(allowed)
    return -(-exact.numerator // exact.denominator)


def _promised(log: Sequence[Event], metric: str) -> bool:
    return any(isinstance(event, Promised) and event.metric == metric for event in log)


def law_warnings(scene: SlaScene) -> None:
    """S17: a warning lies at the first instant at which its share of the target is used up.

    Asked at that instant the share is used up; asked a microsecond before it is not, unless
    something happened at the instant: a change of target, a resume, a reopening.
    """
    log = _until(scene, micros(scene.as_of))
    events = {event.micros for event in log}
    result = evaluate(log, scene.book, as_of=scene.as_of)
    for clock, cycle in _open(result):
        if cycle.allowed is None or _promised(log, clock.metric.name):
            continue
        if cycle.target.on_change == "forward":  # its lengths differ, and so do its needs
            continue
        key = (cycle.policy.name, clock.metric.name, cycle.number)
        needs = {_text(warning): _need(cycle, warning) for warning in cycle.target.warn_at}
        for moment in result.agenda:
            if moment.kind != "warning" or moment.key[1:4] != key or moment.at < cycle.start:
                continue
            at = micros(moment.at)
            need = needs.get(str(moment.key[-2]))
            later = evaluate(log, scene.book, as_of=moment.at)
            later_cycle = _same(later, clock, cycle)
            if need is None or later_cycle is None or later_cycle.start != cycle.start:
                continue
            values = {"clock": clock.metric.name, "at": moment.at, "elapsed": later_cycle.elapsed}
            met("S17: ahead" if at > cycle.as_of else "S17: now")
            used = micros_of(later_cycle.elapsed)
            holds("S17", "warned: the share is used up", when=used >= need, need=need, **values)
            if at not in events:
                holds("S17", "warned at the first instant", when=used == need, need=need, **values)


def law_warnings_reported(scene: SlaScene) -> None:
    """S18: every warning that a running clock has come to is a moment, and the rest are ahead."""
    log = _until(scene, micros(scene.as_of))
    result = evaluate(log, scene.book, as_of=scene.as_of)
    for clock, cycle in _open(result):
        if cycle.allowed is None or _promised(log, clock.metric.name):
            continue
        key = (cycle.policy.name, clock.metric.name, cycle.number, len(cycle.counts))
        reported, ahead = (
            {str(moment.key[-2]) for moment in moments if moment.key[1:6] == (*key, "warning")}
            for moments in (
                result.agenda.through(scene.as_of),
                [m for m in result.agenda if micros(m.at) > cycle.as_of],
            )
        )
        for warning in cycle.target.warn_at:
            text, reached = _text(warning), micros_of(cycle.elapsed) >= _need(cycle, warning)
            values = {"clock": clock.metric.name, "warning": text, "elapsed": cycle.elapsed}
            met("S18: told" if reached else "S18: ahead")
            if reached:
                holds(
                    "S18",
                    "what is used up was told",
                    when=text in reported,
                    told=reported,
                    **values,
                )
            elif cycle.due_at is not None:
                known = text in ahead or text in reported
                holds("S18", "what is not is ahead", when=known, ahead=ahead, **values)


def law_equality(scene: SlaScene) -> None:
    """S19: a stop at the very due is on time; a microsecond later it is missed since the due.

    Asked at the due, before anybody acts, a running clock is breached, and the agenda says so.
    """
    log = _until(scene, micros(scene.as_of))
    for clock, cycle in _open(evaluate(log, scene.book, as_of=scene.as_of)):
        if cycle.due_at is None or micros(cycle.due_at) <= cycle.as_of:
            continue
        due = micros(cycle.due_at)
        values = {"clock": clock.metric.name, "due": cycle.due_at}
        at_due = evaluate(log, scene.book, as_of=cycle.due_at)
        open_ = _same(at_due, clock, cycle)
        if open_ is not None and open_.state == "running":
            met("S19: asked at the due")
            breach = None if open_.breach_at is None else micros(open_.breach_at)
            holds("S19", "asked at the due: breached", when=breach == due, breach=breach, **values)
        for late in (0, 1):
            stopped = _more(log, due + late, _REPLY, _put("solved"))
            stopped_cycle = _same(
                evaluate(stopped, scene.book, as_of=instant(due + late)), clock, cycle
            )
            if (
                stopped_cycle is None
                or stopped_cycle.stop is None
                or micros(stopped_cycle.stop) != due + late
            ):
                continue
            if stopped_cycle.start != cycle.start:  # what stops it begins it anew before
                continue
            met("S19: late" if late else "S19: at the due")
            state = "missed" if late else "met"
            holds(
                "S19",
                "equality is on time",
                when=stopped_cycle.state == state,
                late=late,
                **values,
            )
            holds(
                "S19", "missed <=> breached", when=stopped_cycle.breached == bool(late), **values
            )
            at = None if stopped_cycle.breach_at is None else micros(stopped_cycle.breach_at)
            holds("S19", "breached at the due", when=not late or at == due, breach=at, **values)


def law_reopening(scene: SlaScene) -> None:
    """S20: a reopening does what `after_stop` says, and solved time counts for `count` alone."""
    at = micros(scene.as_of)
    log = _until(scene, at)
    for clock, cycle in _open(evaluate(log, scene.book, as_of=scene.as_of)):
        solved = _more(log, at + HOUR_MICROS, _put("solved"))
        back = _more(solved, at + 9 * HOUR_MICROS, _put("open"))
        before, after = (
            _same(evaluate(events, scene.book, as_of=instant(at_asking)), clock, cycle)
            for events, at_asking in ((solved, at + HOUR_MICROS), (back, at + 9 * HOUR_MICROS))
        )
        if before is None or after is None or before.stop is None:
            continue
        if micros(before.stop) != at + HOUR_MICROS or _promised(log, clock.metric.name):
            continue
        how = clock.metric.after_stop
        values = {"clock": clock.metric.name, "after_stop": how, "elapsed": after.elapsed}
        over = how in ("once", "again", "again_after_due")
        met("S20: over" if over else "S20: goes on")
        if over:
            holds("S20", "a stop is final", when=after.stop == before.stop, **values)
            continue
        going = after.stop is None and after.state in ("running", "paused")
        holds("S20", "a reopening goes on", when=going, state=after.state, **values)
        gap = cycle.target.calendar.elapsed(
            instant(at + HOUR_MICROS), instant(at + 9 * HOUR_MICROS)
        )
        wanted = {"resume": before.elapsed, "count": before.elapsed + gap, "restart": timedelta()}
        right = after.elapsed == wanted[how]
        holds("S20", "solved time counts for count alone", when=right, gap=gap, **values)


def law_earlier_breach(scene: SlaScene) -> None:
    """S21: a breach is not forgotten when a later date is promised: it was one, and is listed."""
    at = micros(scene.as_of) + 1
    log = _until(scene, at)
    result = evaluate(log, scene.book, as_of=instant(at))
    for clock, cycle in _open(result):
        if cycle.breach_at is None:
            continue
        date = {"metric": clock.metric.name, "due": instant(at + 1_000 * HOUR_MICROS)}
        longer = _more(log, at + 1, (Promised, date))
        later = evaluate(longer, scene.book, as_of=instant(at + 1))
        later_cycle = _same(later, clock, cycle)
        if later_cycle is None:
            continue
        met("S21: extended")
        breach = micros(cycle.breach_at)
        values = {"clock": clock.metric.name, "breach": cycle.breach_at}
        listed = breach in map(micros, later_cycle.earlier_breaches)
        holds(
            "S21", "an earlier breach is kept", when=listed and later_cycle.was_breached, **values
        )
        holds("S21", "an extension is no breach", when=not later_cycle.breached, **values)
        lost = {m for m in result.agenda.through(instant(at)) if m not in later.agenda.moments}
        holds("S21", "what was told stays", when=not lost, lost=lost, **values)


def law_agreement(scene: SlaScene) -> None:
    """S22: at each of its instants the agenda, `breached` and the queue of breaches agree."""
    log = _until(scene, micros(scene.as_of))
    ahead = [m for m in evaluate(log, scene.book, as_of=scene.as_of).agenda if m.kind == "breach"]
    for at in sorted({micros(moment.at) for moment in ahead} - {micros(scene.as_of)})[-2:]:
        as_of: datetime = instant(at)
        if at < micros(scene.as_of):
            continue
        result = evaluate(log, scene.book, as_of=as_of)
        late = {(due.metric, due.policy) for due in breach_queue([result]) if due.breached}
        due_moments = {(m.key[2], m.key[1]) for m in ahead if micros(m.at) == at}
        met("S22: asked at a breach")
        holds(
            "S22",
            "agenda and queue agree",
            when=due_moments <= late,
            at=as_of,
            told=due_moments,
            late=late,
        )
