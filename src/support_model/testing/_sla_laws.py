"""The laws of service levels: what must hold of every policy, log and instant.

Each law takes an `SlaScene` (a book, a ticket's log, two instants) and raises `LawBroken` with
the values it saw. None knows how a clock is folded: they ask `evaluate`, change the question,
and ask again.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import attrs

from support_model._time import instant, micros
from support_model.calendars import WorkingDays
from support_model.errors import DuplicateSequence
from support_model.events import Message, Promised, Worked
from support_model.patterns import NEVER
from support_model.sla import PolicyBook, evaluate
from support_model.testing._law_kit import FAR, holds, landing, met
from support_model.tickets import steps

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from support_model.agenda import Moment
    from support_model.events import Event
    from support_model.sla import Clock, Cycle, Evaluation, Metric, Target
    from support_model.testing._sla_strategies import SlaScene


NEVER_DUE = micros(FAR) + 1


def _cycle_answers(result: Evaluation) -> dict[tuple[str, str], list[tuple[object, ...]]]:
    """Return all that an evaluation says of its cycles."""
    return {
        (clock.slot, clock.metric.name): [_cycle(cycle) for cycle in clock.cycles]
        for clock in result.clocks
    }


def _cycle(cycle: Cycle) -> tuple[object, ...]:
    return (
        *(cycle.number, cycle.state, cycle.policy, cycle.target, cycle.start, cycle.stop),
        *(cycle.stopped_by, cycle.end, cycle.due_at, cycle.breach_at, cycle.earlier_breaches),
        *(cycle.elapsed, cycle.gross_elapsed, cycle.allowed, cycle.results, cycle.pauses),
    )


def _seen(scene: SlaScene, log: Iterable[Event], as_of: datetime) -> Evaluation:
    return evaluate(log, scene.book, as_of=as_of)


def _until(scene: SlaScene) -> tuple[Event, ...]:
    """Return the events that `as_of` sees."""
    return tuple(event for event in scene.log if micros(event.at) <= micros(scene.as_of))


def _cycles(result: Evaluation) -> Iterator[tuple[Clock, Cycle]]:
    return ((clock, cycle) for clock in result.clocks for cycle in clock.cycles)


def _due(cycle: Cycle) -> int:
    return NEVER_DUE if cycle.due_at is None else micros(cycle.due_at)


def _end(cycle: Cycle) -> int:
    return cycle.as_of if cycle.end is None else micros(cycle.end)


def _promised(scene: SlaScene, metric: str) -> bool:
    return any(isinstance(event, Promised) and event.metric == metric for event in scene.log)


def _one_length(scene: SlaScene) -> bool:
    """Tell whether open cycles keep their start and count under every target of the book."""
    targets = [target for policy in scene.book.policies for target in policy.targets]
    return all(target.on_change in ("carry", "frozen") for target in targets)


def _with(
    book: PolicyBook,
    change: Callable[[Metric], Metric] = lambda metric: metric,
    within: Callable[[Any], Any] = lambda within: within,
) -> PolicyBook:
    """Return a book whose metrics and lengths are changed."""

    def changed(target: Target) -> Target:
        return attrs.evolve(target, metric=change(target.metric), within=within(target.within))

    return PolicyBook(
        [attrs.evolve(policy, targets=map(changed, policy.targets)) for policy in book.policies],
        book.select,
    )


def _by_key(result: Evaluation) -> dict[tuple[str, str, int], Cycle]:
    return {(c.slot, c.metric.name, cycle.number): cycle for c, cycle in _cycles(result)}


def law_deterministic(scene: SlaScene) -> None:
    """S1: asked twice, of a list or of what can be read only once, the answer is the same."""
    once = _cycle_answers(_seen(scene, iter(scene.log), scene.as_of))
    again = _cycle_answers(_seen(scene, list(scene.log), scene.as_of))
    met("S1: several events", when=len(_until(scene)) > 1)
    holds("S1", "the answer is a function of log, policies and as_of", when=once == again)


def law_any_order(scene: SlaScene) -> None:
    """S2: numbered events give the same clocks in whatever order they are delivered."""
    answers = _cycle_answers(_seen(scene, scene.log, scene.as_of))
    middle = len(scene.log) // 2
    instants = {micros(event.at) for event in scene.log}
    met("S2: several events", when=len(instants) > 1)
    met("S2: of one instant", when=len(instants) < len(scene.log))
    for log in (scene.log[::-1], (*scene.log[middle:], *scene.log[:middle])):
        shuffled = _cycle_answers(_seen(scene, log, scene.as_of))
        holds("S2", "delivery order is irrelevant", when=answers == shuffled, log=log)


def law_repetition(scene: SlaScene) -> None:
    """S3: an equal event told twice is no news; another one in its place raises."""
    answers = _cycle_answers(_seen(scene, scene.log, scene.as_of))
    twice = _cycle_answers(_seen(scene, (*scene.log, *scene.log[::-1]), scene.as_of))
    holds("S3", "repeated events change nothing", when=answers == twice)
    last = scene.log[-1]
    other = Worked(
        ticket_id=last.ticket_id,
        at=last.at,
        seq=last.seq,
        role="agent",
        source_id="another",
        duration=timedelta(),
    )
    try:
        _seen(scene, (*scene.log, other), scene.later)
    except DuplicateSequence:
        met("S3: another in its place")
        return
    holds("S3", "the same (at, seq) with other content raises", when=last.seq is None, other=other)


def law_prefix(scene: SlaScene) -> None:
    """S4: the answer at an instant depends on no event after it."""
    whole, cut = _seen(scene, scene.log, scene.as_of), _seen(scene, _until(scene), scene.as_of)
    same = _cycle_answers(whole) == _cycle_answers(cut) and whole.agenda == cut.agenda
    met("S4: something follows", when=len(_until(scene)) < len(scene.log))
    holds("S4", "later events are not looked at", when=same, as_of=scene.as_of)


def law_time_counts(scene: SlaScene) -> None:
    """S5: while nothing happens a running clock counts its calendar, any other one nothing."""
    now, later = (_by_key(_seen(scene, _until(scene), at)) for at in (scene.as_of, scene.later))
    for key, cycle in now.items():
        if _promised(scene, key[1]):  # on the way to a promised date pauses count
            continue
        met("S5: running" if cycle.state == "running" else "S5: not running")
        grown = later[key].elapsed - cycle.elapsed
        since = max(cycle.start, scene.as_of, key=micros)
        running = cycle.state == "running" and micros(since) < micros(scene.later)
        wanted = timedelta()
        if running:
            wanted = cycle.target.calendar.elapsed(since, scene.later)
        holds("S5", "elapsed grows as the calendar", when=grown == wanted, key=key, grown=grown)


def law_breach(scene: SlaScene) -> None:
    """S6, the breach law: the target is used up if and only if the due has come.

    Of a promised date, or one in working days, only that what came due is used up: such a date
    may lie in closed time.
    """
    for clock, cycle in _cycles(_seen(scene, scene.log, scene.as_of)):
        if cycle.allowed is None:
            continue
        met("S6: come" if _end(cycle) >= _due(cycle) else "S6: to come")
        used, come = cycle.elapsed >= cycle.allowed, _end(cycle) >= _due(cycle)
        exact = isinstance(cycle.target.within, timedelta) and not _promised(
            scene, clock.metric.name
        )
        holds(
            "S6",
            "elapsed >= target <=> as_of >= due",
            when=used == come if exact else used or not come,
            clock=clock.metric.name,
            elapsed=cycle.elapsed,
            target=cycle.allowed,
            due=cycle.due_at,
        )


def law_on_time(scene: SlaScene) -> None:
    """S7: missed is stopped after the due, equality is on time; a breach lies between them.

    An open cycle is breached at its very due, since all that happens then is known. What is
    cancelled is not breached; what was breached before is among the earlier breaches.
    """
    for _, cycle in _cycles(_seen(scene, scene.log, scene.as_of)):
        due, end, values = _due(cycle), _end(cycle), {"due": cycle.due_at, "stop": cycle.stop}
        if cycle.state in ("met", "missed"):
            missed = cycle.state == "missed"
            holds("S7", "missed <=> stop > due", when=missed == (end > due), **values)
            holds("S7", "missed <=> breached", when=missed == cycle.breached, **values)
        if cycle.state == "cancelled":
            holds("S7", "cancelled => not breached", when=not cycle.breached, **values)
        earlier = {micros(at) for at in cycle.earlier_breaches}
        met(f"S7: {cycle.state}")
        met("S7: breached before", when=bool(earlier))
        holds("S7", "an earlier breach < end", when=max(earlier, default=0) < end, **values)
        if cycle.breach_at is not None:
            at = micros(cycle.breach_at)
            before = at < end if cycle.state == "ended" else at <= end
            met("S7: breached")
            forward = cycle.target.on_change == "forward"  # may have been breached before it left
            due = at if forward else due
            holds("S7", "due <= breach <= end", when=due <= at and before, breach=at, **values)
        sticky = cycle.was_breached or not (cycle.breached or earlier)
        holds("S7", "breached is sticky", when=sticky, **values)


def law_more_pauses(scene: SlaScene) -> None:
    """S8: a metric that pauses is due no earlier than the same metric without pauses."""
    free = _with(scene.book, lambda metric: attrs.evolve(metric, pause=NEVER))
    _no_earlier("S8", "a pause never moves a due earlier", scene, free, scene.book)


def law_larger_targets(scene: SlaScene) -> None:
    """S9: twice the target is due no earlier.

    Said of books that do not forward: what a clock long overdue hands on is no share that grows.
    """
    if any(t.on_change == "forward" for policy in scene.book.policies for t in policy.targets):
        return

    def double(within: timedelta | WorkingDays | None) -> timedelta | WorkingDays | None:
        if isinstance(within, WorkingDays):
            return attrs.evolve(within, n=2 * within.n)
        return None if within is None else 2 * within

    doubled = _with(scene.book, within=double)
    _no_earlier("S9", "a larger target is due no earlier", scene, scene.book, doubled)


def _no_earlier(
    law: str, statement: str, scene: SlaScene, less: PolicyBook, more: PolicyBook
) -> None:
    early, late = (_by_key(evaluate(scene.log, book, as_of=scene.as_of)) for book in (less, more))
    for key, cycle in early.items():
        if _promised(scene, key[1]):
            continue
        met(f"{law}: compared")
        other = late.get(key)
        same = other is not None and _due(cycle) <= _due(other)
        holds(law, statement, when=same, key=key, first=cycle, second=other)


def law_time_is_shared_out(scene: SlaScene) -> None:
    """S10: counted, paused and closed time make up the time from start to stop.

    Said of cycles that count from their start, as they do unless a change restarts or forwards.
    """
    if not _one_length(scene):
        return
    for clock, cycle in _cycles(_seen(scene, scene.log, scene.as_of)):
        if _promised(scene, clock.metric.name):  # on the way to a promised date pauses count
            continue
        met("S10: paused" if cycle.pauses else "S10: not paused")
        start, end = cycle.start, instant(max(_end(cycle), micros(cycle.start)))
        calendar = cycle.target.calendar
        gross = calendar.elapsed(start, end)
        late = cycle.target.on_change in ("restart", "forward")  # may count from a later target
        if late or cycle.promised is not None:  # pauses count on the way to a date
            continue
        net = (calendar - cycle.pauses).elapsed(start, end)
        values = {"clock": clock.metric.name, "elapsed": cycle.elapsed, "gross": gross}
        holds("S10", "gross is the calendar's", when=cycle.gross_elapsed == gross, **values)
        holds("S10", "net is less the pauses", when=cycle.elapsed == net, net=net, **values)
        rows = cycle.explain().rows
        counted = sum((row.counted for row in rows), timedelta())
        joined = [start, *(row.end for row in rows)]
        holds("S10", "an explanation adds up", when=counted == cycle.elapsed, **values)
        holds(
            "S10",
            "an explanation leaves no time out",
            when=[*map(micros, joined)] == [*(micros(row.start) for row in rows), micros(end)],
            **values,
        )


def law_states(scene: SlaScene) -> None:
    """S11: a state fits stop and status; cycles begin with events and follow each other."""
    instants = {micros(event.at) for event in scene.log}
    *_, last = steps(_until(scene))
    for clock in _seen(scene, scene.log, scene.as_of).clocks:
        numbers = [cycle.number for cycle in clock.cycles]
        holds("S11", "cycles are numbered in order", when=numbers == sorted(set(numbers)))
        for cycle in clock.cycles:
            begun = micros(cycle.start) in instants or clock.metric.after_stop == "again_after_due"
            holds("S11", "a cycle begins with an event", when=begun, start=cycle.start)
            ended = cycle.stop is None or micros(cycle.stop) in instants
            met("S11: stopped" if cycle.stop is not None else "S11: open")
            holds("S11", "a cycle stops with an event", when=ended, stop=cycle.stop)
            if cycle.state == "cancelled":
                continue
            known: tuple[str, ...] = ("met", "missed")
            if cycle.stop is None:
                known = ("paused",) if clock.metric.pause.holds(last) else ("running",)
            values = {"state": cycle.state, "stop": cycle.stop, "pauses": cycle.pauses}
            holds("S11", "a state fits stop and status", when=cycle.state in known, **values)
            paused = any(pause.end is None for pause in cycle.pauses)
            alike = paused == (cycle.state == "paused")
            holds("S11", "only what is paused has an open pause", when=alike, **values)
        for cycle in clock.cycles[:-1]:
            holds("S11", "only the last cycle is open", when=cycle.stop is not None, cycle=cycle)


def law_stopped_stays(scene: SlaScene) -> None:
    """S12: what has stopped stays as it is, whatever follows, unless its metric resumes."""
    log = (*scene.log, _reply(scene)) if scene.log[-1].seq is not None else scene.log
    before = _seen(scene, _until(scene), scene.as_of)
    after = _by_key(_seen(scene, log, instant(micros(scene.later) + 1)))
    for clock, cycle in _cycles(before):
        if cycle.stop is None or clock.metric.after_stop in ("resume", "count", "restart"):
            continue
        met("S12: stopped")
        same = _cycle(after[clock.slot, clock.metric.name, cycle.number]) == _cycle(cycle)
        holds("S12", "a stopped cycle is final", when=same, clock=clock.metric.name, cycle=cycle)


def _reply(scene: SlaScene) -> Event:
    last = scene.log[-1]
    at = instant(max(micros(last.at), micros(scene.later)) + 1)
    seq = 1 + max(event.seq or 0 for event in scene.log)
    return Message(ticket_id=last.ticket_id, at=at, seq=seq, role="agent", public=True)


def law_no_pauses(scene: SlaScene) -> None:
    """S13: without pauses, and where nothing begins anew, a clock is its calendar."""
    if not _one_length(scene):
        return

    def plain(metric: Metric) -> Metric:
        after = "count" if metric.after_stop == "resume" else metric.after_stop
        return attrs.evolve(metric, pause=NEVER, after_stop=after)

    result = evaluate(scene.log, _with(scene.book, plain), as_of=scene.as_of)
    for clock, cycle in _cycles(result):
        calendar, start = cycle.target.calendar, cycle.start
        late = cycle.target.on_change in ("restart", "forward")  # may count from a later target
        if cycle.pauses or late:  # the time in void is a pause of every metric
            continue
        end = instant(max(_end(cycle), micros(start)))
        opened = calendar.elapsed(start, end)
        met("S13: counted", when=bool(opened))
        holds("S13", "elapsed is the calendar's", when=cycle.elapsed == opened, opened=opened)
        within = cycle.target.within
        if not isinstance(within, timedelta) or _promised(scene, clock.metric.name):
            continue
        due = landing(calendar.add, start, within)
        same = _due(cycle) == (NEVER_DUE if due is None else micros(due))
        met("S13: due")
        holds("S13", "due is the calendar's", when=same, due=cycle.due_at, add=due)


def law_windows(scene: SlaScene) -> None:
    """S14: however time is cut into windows, each moment falls into one; keys are unique."""
    result = _seen(scene, scene.log, scene.as_of)
    agenda = result.agenda
    parts = (
        agenda.through(scene.as_of),
        agenda.between(scene.as_of, scene.later),
        agenda.between(scene.later, FAR),
    )
    met("S14: more than one window", when=sum(map(bool, parts)) > 1)
    joined = tuple(moment for part in parts for moment in part)
    holds("S14", "windows make up the whole", when=joined == agenda.moments, parts=parts)
    keys = {moment.key for moment in agenda}
    holds("S14", "keys are unique", when=len(keys) == len(agenda), moments=agenda.moments)
    later = [moment.at for moment in agenda if micros(moment.at) > micros(scene.as_of)]
    holds("S14", "next_at is the next one", when=agenda.next_at == min(later, default=None))
    next_at = result.next_at
    holds("S14", "next_at is the agenda's", when=next_at == agenda.next_at, asked=next_at)
    for clock, cycle in _cycles(result):
        key = (clock.metric.name, cycle.number)
        reported = {
            micros(moment.at)
            for moment in agenda.through(scene.as_of)
            if moment.key[2:4] == key and moment.kind == "breach" and _in_slot(clock, moment)
        }
        breaches = {*map(micros, (*cycle.earlier_breaches, *filter(None, [cycle.breach_at])))}
        holds(
            "S14",
            "every breach is a moment, and conversely",
            when=reported == breaches,
            clock=clock.metric.name,
            told=reported,
            breaches=breaches,
        )


def _in_slot(clock: Clock, moment: Moment) -> bool:
    """Tell whether a moment is one of a clock: clocks of two kinds share no policy."""
    return any(
        reached.policy == moment.key[1] for cycle in clock.cycles for _, reached in cycle.moments()
    )


def law_foretold(scene: SlaScene) -> None:
    """S15: what an agenda foretells is what comes about if nobody acts."""
    now, later = (_seen(scene, _until(scene), at).agenda for at in (scene.as_of, scene.later))
    met("S15: something comes", when=bool(now.between(scene.as_of, scene.later)))
    holds(
        "S15",
        "time alone changes no agenda",
        when=now.moments == later.moments,
        foretold=now.moments,
        found=later.moments,
    )


def law_reached_stays(scene: SlaScene) -> None:
    """S16: a moment that was reached, and a breach, stay, whatever happens later."""
    now, later = _seen(scene, scene.log, scene.as_of), _seen(scene, scene.log, scene.later)
    met("S16: reached", when=bool(now.agenda.through(scene.as_of)))
    lost = set(now.agenda.through(scene.as_of)) - set(later.agenda)
    holds("S16", "reached stays reached", when=not lost, lost=lost)
    after = _by_key(later)
    for key, cycle in _by_key(now).items():
        kept = after[key].was_breached or not cycle.was_breached
        holds("S16", "a breach is sticky", when=kept, key=key, cycle=cycle)
