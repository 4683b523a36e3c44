"""The laws of service levels: what must hold of every policy, log and instant.

Each law takes an `SlaScene` (a book, a ticket's log, two instants). None knows how a clock is
folded: they call `evaluate`, change the question, and call it again. The later ones let one more
thing happen at an instant that matters (a stop at the due, a reopening, a date that is promised);
they distinguish engines that differ only there.
"""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import attrs
from hypothesis import given, settings
from hypothesis import strategies as st

from support_model._frozen import FrozenMap
from support_model._time import FIRST, duration_text, instant, micros, micros_of
from support_model._vocabulary import Status
from support_model.calendars import WorkingDays
from support_model.errors import DuplicateSequence
from support_model.events import Changed, Message, Promised, Worked
from support_model.patterns import NEVER
from support_model.sla import PolicyBook, breach_queue, evaluate
from support_model.testing._calendar_strategies import amounts
from support_model.testing._laws import FAR, holds, landing, law, met
from support_model.testing._sla_strategies import START, SlaScene, sla_scenes
from support_model.tickets import steps

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from support_model._vocabulary import Category
    from support_model.agenda import Moment
    from support_model.events import Event
    from support_model.sla import Clock, Cycle, Evaluation, Metric, SlaPolicy, Target


NEVER_DUE = micros(FAR) + 1
HOUR_MICROS = 3_600_000_000
_HALF = timedelta(minutes=30)

_LAWS: dict[str, Callable[[SlaScene], None]] = {}


def _seen(scene: SlaScene, log: Iterable[Event], as_of: datetime) -> Evaluation:
    return evaluate(log, scene.book, as_of=as_of)


def _until(scene: SlaScene, at: datetime) -> list[Event]:
    return [event for event in scene.log if event.micros <= micros(at)]


def _cycles(result: Evaluation) -> Iterator[tuple[Clock, Cycle]]:
    return ((clock, cycle) for clock in result.clocks for cycle in clock.cycles)


def _by_key(result: Evaluation) -> dict[tuple[str, str, int], Cycle]:
    return {(c.slot, c.metric.name, cycle.number): cycle for c, cycle in _cycles(result)}


def _answers(result: Evaluation) -> dict[tuple[str, str], list[tuple[object, ...]]]:
    """Return all that an evaluation states of its cycles."""
    return {
        (clock.slot, clock.metric.name): [_answer(cycle) for cycle in clock.cycles]
        for clock in result.clocks
    }


def _answer(cycle: Cycle) -> tuple[object, ...]:
    return (
        *(cycle.number, cycle.state, cycle.policy, cycle.target, cycle.start, cycle.stop),
        *(cycle.stopped_by, cycle.end, cycle.due_at, cycle.breach_at, cycle.earlier_breaches),
        *(cycle.elapsed, cycle.gross_elapsed, cycle.allowed, cycle.results, cycle.pauses),
    )


def _due(cycle: Cycle) -> int:
    return NEVER_DUE if cycle.due_at is None else micros(cycle.due_at)


def _end(cycle: Cycle) -> int:
    return cycle.as_of if cycle.end is None else micros(cycle.end)


def _promised(log: Iterable[Event], metric: str) -> bool:
    """Return whether a date is promised: on the way to it pauses count."""
    return any(isinstance(event, Promised) and event.metric == metric for event in log)


def _rules(book: PolicyBook) -> set[str]:
    """Return what the targets of a book do to an open cycle."""
    return {target.on_change for policy in book.policies for target in policy.targets}


def _changed(
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


@law("S1", _LAWS)
def law_deterministic(scene: SlaScene) -> None:
    """The answer is a function of log, policies and `as_of`, of a list or of an iterator."""
    once = _answers(_seen(scene, iter(scene.log), scene.as_of))
    again = _answers(_seen(scene, list(scene.log), scene.as_of))
    met("S1: several events", when=len(_until(scene, scene.as_of)) > 1)
    holds("the answer is a function of log, policies and as_of", once == again)


@law("S2", _LAWS)
def law_any_order(scene: SlaScene) -> None:
    """Numbered events give the same clocks in any order in which they are delivered."""
    answers = _answers(_seen(scene, scene.log, scene.as_of))
    middle = len(scene.log) // 2
    instants = {event.micros for event in scene.log}
    met("S2: several events", when=len(instants) > 1)
    met("S2: of one instant", when=len(instants) < len(scene.log))
    for log in (scene.log[::-1], (*scene.log[middle:], *scene.log[:middle])):
        shuffled = _answers(_seen(scene, log, scene.as_of))
        holds("delivery order is irrelevant", answers == shuffled, log=log)


@law("S3", _LAWS)
def law_repetition(scene: SlaScene) -> None:
    """An equal event given twice changes nothing; another one at its (at, seq) raises."""
    answers = _answers(_seen(scene, scene.log, scene.as_of))
    twice = _answers(_seen(scene, (*scene.log, *scene.log[::-1]), scene.as_of))
    holds("repeated events change nothing", answers == twice)
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
    holds("the same (at, seq) with other content raises", last.seq is None, other=other)


@law("S4", _LAWS)
def law_prefix(scene: SlaScene) -> None:
    """The answer at an instant depends on no event after it."""
    log = _until(scene, scene.as_of)
    whole, cut = _seen(scene, scene.log, scene.as_of), _seen(scene, log, scene.as_of)
    met("S4: something follows", when=len(log) < len(scene.log))
    same = _answers(whole) == _answers(cut) and whole.agenda == cut.agenda
    holds("later events are not looked at", same, as_of=scene.as_of)


@law("S5", _LAWS)
def law_time_counts(scene: SlaScene) -> None:
    """While nothing happens a running clock counts its calendar, any other one nothing."""
    log = _until(scene, scene.as_of)
    now, later = (_by_key(_seen(scene, log, at)) for at in (scene.as_of, scene.later))
    for key, cycle in now.items():
        if _promised(scene.log, key[1]):
            continue
        met("S5: running" if cycle.state == "running" else "S5: not running")
        grown = later[key].elapsed - cycle.elapsed
        since = max(cycle.start, scene.as_of, key=micros)
        wanted = timedelta()
        if cycle.state == "running" and micros(since) < micros(scene.later):
            wanted = cycle.target.calendar.elapsed(since, scene.later)
        holds("elapsed grows as the calendar", grown == wanted, key=key, grown=grown)


@law("S6", _LAWS)
def law_breach(scene: SlaScene) -> None:
    """The target is used up if and only if the due has come.

    Of a promised date, or one in working days, only that what came due is used up: such a date
    may lie in closed time.
    """
    for clock, cycle in _cycles(_seen(scene, scene.log, scene.as_of)):
        if cycle.allowed is None:
            continue
        used, come = cycle.elapsed >= cycle.allowed, _end(cycle) >= _due(cycle)
        met("S6: come" if come else "S6: to come")
        date = not isinstance(cycle.target.within, timedelta)
        one_way = date or _promised(scene.log, clock.metric.name)
        holds(
            "elapsed >= target <=> as_of >= due",
            used or not come if one_way else used == come,
            clock=clock.metric.name,
            elapsed=cycle.elapsed,
            target=cycle.allowed,
            due=cycle.due_at,
        )


@law("S7", _LAWS)
def law_on_time(scene: SlaScene) -> None:
    """Missed is stopped after the due, equality is on time; a breach lies between them.

    An open cycle is breached at its very due, since all that happens then is known. What is
    cancelled is not breached; what was breached before is among the earlier breaches.
    """
    for _, cycle in _cycles(_seen(scene, scene.log, scene.as_of)):
        due, end, values = _due(cycle), _end(cycle), {"due": cycle.due_at, "stop": cycle.stop}
        if cycle.state in ("met", "missed"):
            missed = cycle.state == "missed"
            holds("missed <=> stop > due", missed == (end > due), **values)
            holds("missed <=> breached", missed == cycle.breached, **values)
        if cycle.state == "cancelled":
            holds("cancelled => not breached", not cycle.breached, **values)
        earlier = {micros(at) for at in cycle.earlier_breaches}
        met(f"S7: {cycle.state}")
        met("S7: breached before", when=earlier)
        holds("an earlier breach < end", max(earlier, default=0) < end, **values)
        if cycle.breach_at is not None:
            at = micros(cycle.breach_at)
            before = at < end if cycle.state == "ended" else at <= end
            met("S7: breached")
            forward = cycle.target.on_change == "forward"  # may have been breached before it left
            first = forward or due <= at
            holds("due <= breach <= end", first and before, breach=at, **values)
        sticky = cycle.was_breached or not (cycle.breached or earlier)
        holds("breached is sticky", sticky, **values)


@law("S8", _LAWS)
def law_more_pauses(scene: SlaScene) -> None:
    """A metric that pauses is due no earlier than the same metric without pauses."""
    free = _changed(scene.book, lambda metric: attrs.evolve(metric, pause=NEVER))
    _no_earlier("S8: compared", scene, free, scene.book)


@law("S9", _LAWS)
def law_larger_targets(scene: SlaScene) -> None:
    """Twice the target is due no earlier, in a book that does not forward."""
    if "forward" in _rules(scene.book):
        return  # what a clock long overdue hands on is no share that grows

    def double(within: timedelta | WorkingDays | None) -> timedelta | WorkingDays | None:
        if isinstance(within, WorkingDays):
            return attrs.evolve(within, n=2 * within.n)
        return None if within is None else 2 * within

    _no_earlier("S9: compared", scene, scene.book, _changed(scene.book, within=double))


def _no_earlier(branch: str, scene: SlaScene, less: PolicyBook, more: PolicyBook) -> None:
    early, late = (_by_key(evaluate(scene.log, book, as_of=scene.as_of)) for book in (less, more))
    for key, cycle in early.items():
        if _promised(scene.log, key[1]):
            continue
        met(branch)
        other = late.get(key)
        no_earlier = other is not None and _due(cycle) <= _due(other)
        holds("it is due no earlier", no_earlier, key=key, first=cycle, second=other)


@law("S10", _LAWS)
def law_time_is_shared_out(scene: SlaScene) -> None:
    """Counted, paused and closed time make up all time; an explanation adds up.

    This holds of cycles that count from their start, unless a change restarts or forwards.
    """
    if not _rules(scene.book) <= {"carry", "frozen"}:
        return
    for clock, cycle in _cycles(_seen(scene, scene.log, scene.as_of)):
        if _promised(scene.log, clock.metric.name):
            continue
        met("S10: paused" if cycle.pauses else "S10: not paused")
        start, end = cycle.start, instant(max(_end(cycle), micros(cycle.start)))
        if cycle.promised is not None:
            continue
        calendar = cycle.target.calendar
        gross, net = (hours.elapsed(start, end) for hours in (calendar, calendar - cycle.pauses))
        values = {"clock": clock.metric.name, "elapsed": cycle.elapsed, "gross": gross}
        holds("gross is the calendar's", cycle.gross_elapsed == gross, **values)
        holds("net is less the pauses", cycle.elapsed == net, net=net, **values)
        rows = cycle.explain().rows
        counted = sum((row.counted for row in rows), timedelta())
        holds("an explanation adds up", counted == cycle.elapsed, **values)
        ends = [micros(start), *(micros(row.end) for row in rows)]
        joined = ends == [*(micros(row.start) for row in rows), micros(end)]
        holds("an explanation leaves no time out", joined, **values)


@law("S11", _LAWS)
def law_states(scene: SlaScene) -> None:
    """A state fits stop and status; cycles begin and stop with events and follow each other."""
    instants = {event.micros for event in scene.log}
    *_, last = steps(_until(scene, scene.as_of))
    for clock in _seen(scene, scene.log, scene.as_of).clocks:
        numbers = [cycle.number for cycle in clock.cycles]
        holds("cycles are numbered in order", numbers == sorted(set(numbers)))
        paused = clock.metric.pause.holds(last)
        for cycle in clock.cycles:
            begun = micros(cycle.start) in instants or clock.metric.after_stop == "again_after_due"
            holds("a cycle begins with an event", begun, start=cycle.start)
            ended = cycle.stop is None or micros(cycle.stop) in instants
            met("S11: stopped" if cycle.stop is not None else "S11: open")
            holds("a cycle stops with an event", ended, stop=cycle.stop)
            if cycle.state != "cancelled":
                _fits(cycle, "paused" if paused else "running")
        for cycle in clock.cycles[:-1]:
            holds("only the last cycle is open", cycle.stop is not None, cycle=cycle)


def _fits(cycle: Cycle, while_open: str) -> None:
    known = (while_open,) if cycle.stop is None else ("met", "missed")
    values = {"state": cycle.state, "stop": cycle.stop, "pauses": cycle.pauses}
    holds("a state fits stop and status", cycle.state in known, **values)
    pausing = any(pause.end is None for pause in cycle.pauses)
    alike = pausing == (cycle.state == "paused")
    holds("only what is paused has an open pause", alike, **values)


@law("S12", _LAWS)
def law_stopped_stays(scene: SlaScene) -> None:
    """What has stopped stays in its present form, unless its metric resumes."""
    log: Sequence[Event] = scene.log
    if log[-1].seq is not None:
        log = _more(log, 1 + max(log[-1].micros, micros(scene.later)), _REPLY)
    before = _seen(scene, _until(scene, scene.as_of), scene.as_of)
    later = _by_key(_seen(scene, log, instant(micros(scene.later) + 1)))
    for clock, cycle in _cycles(before):
        if cycle.stop is None or clock.metric.after_stop in ("resume", "count", "restart"):
            continue
        met("S12: stopped")
        same = _answer(later[clock.slot, clock.metric.name, cycle.number]) == _answer(cycle)
        holds("a stopped cycle is final", same, clock=clock.metric.name, cycle=cycle)


@law("S13", _LAWS)
def law_no_pauses(scene: SlaScene) -> None:
    """Without pauses, and where nothing begins anew, a clock is its calendar."""
    if not _rules(scene.book) <= {"carry", "frozen"}:
        return

    def plain(metric: Metric) -> Metric:
        after = "count" if metric.after_stop == "resume" else metric.after_stop
        return attrs.evolve(metric, pause=NEVER, after_stop=after)

    result = evaluate(scene.log, _changed(scene.book, plain), as_of=scene.as_of)
    for clock, cycle in _cycles(result):
        if cycle.pauses:  # the time in void is a pause of every metric
            continue
        calendar, start = cycle.target.calendar, cycle.start
        end = instant(max(_end(cycle), micros(start)))
        opened = calendar.elapsed(start, end)
        met("S13: counted", when=opened)
        holds("elapsed is the calendar's", cycle.elapsed == opened, opened=opened)
        within = cycle.target.within
        if not isinstance(within, timedelta) or _promised(scene.log, clock.metric.name):
            continue
        due = landing(calendar.add, start, within)
        met("S13: due")
        same = _due(cycle) == (NEVER_DUE if due is None else micros(due))
        holds("due is the calendar's", same, due=cycle.due_at, add=due)


@law("S14", _LAWS)
def law_windows(scene: SlaScene) -> None:
    """Each moment falls into one window, keys are unique, breaches are moments and conversely."""
    result = _seen(scene, scene.log, scene.as_of)
    agenda = result.agenda
    parts = (
        agenda.through(scene.as_of),
        agenda.between(scene.as_of, scene.later),
        agenda.between(scene.later, FAR),
    )
    met("S14: more than one window", when=sum(map(bool, parts)) > 1)
    joined = tuple(moment for part in parts for moment in part)
    holds("windows make up the whole", joined == agenda.moments, parts=parts)
    keys = {moment.key for moment in agenda}
    holds("keys are unique", len(keys) == len(agenda), moments=agenda.moments)
    later = [moment.at for moment in agenda if micros(moment.at) > micros(scene.as_of)]
    holds("next_at is the next one", agenda.next_at == min(later, default=None))
    next_at = result.next_at
    holds("next_at is the agenda's", next_at == agenda.next_at, next_at=next_at)
    for clock, cycle in _cycles(result):
        key = (clock.metric.name, cycle.number)
        reported = {
            micros(moment.at)
            for moment in agenda.through(scene.as_of)
            if moment.key[2:4] == key and moment.kind == "breach" and _in_slot(clock, moment)
        }
        breaches = {*map(micros, (*cycle.earlier_breaches, *filter(None, [cycle.breach_at])))}
        values = {"clock": clock.metric.name, "reported": reported, "breaches": breaches}
        holds("every breach is a moment, and conversely", reported == breaches, **values)


def _in_slot(clock: Clock, moment: Moment) -> bool:
    """Return whether a moment is one of a clock: clocks of two kinds share no policy."""
    return any(
        reached.policy == moment.key[1] for cycle in clock.cycles for _, reached in cycle.moments()
    )


@law("S15", _LAWS)
def law_foretold(scene: SlaScene) -> None:
    """What an agenda foretells is what comes about if nobody acts."""
    log = _until(scene, scene.as_of)
    now, later = (_seen(scene, log, at).agenda for at in (scene.as_of, scene.later))
    met("S15: something comes", when=now.between(scene.as_of, scene.later))
    same = now.moments == later.moments
    holds("time alone changes no agenda", same, foretold=now.moments, come=later.moments)


@law("S16", _LAWS)
def law_reached_stays(scene: SlaScene) -> None:
    """A moment that was reached, and a breach, stay, whatever happens later."""
    now, later = _seen(scene, scene.log, scene.as_of), _seen(scene, scene.log, scene.later)
    met("S16: reached", when=now.agenda.through(scene.as_of))
    lost = set(now.agenda.through(scene.as_of)) - set(later.agenda)
    holds("reached stays reached", not lost, lost=lost)
    after = _by_key(later)
    for key, cycle in _by_key(now).items():
        kept = after[key].was_breached or not cycle.was_breached
        holds("a breach is sticky", kept, key=key, cycle=cycle)


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
    """Yield the running cycles that have begun, whether their due is past or to come."""
    for clock in result.clocks:
        for cycle in clock.cycles[-1:]:
            if cycle.state == "running" and micros(cycle.start) <= cycle.as_of:
                yield clock, cycle


def _bounded(scene: SlaScene) -> Iterator[tuple[Evaluation, Clock, Cycle]]:
    """Yield the running cycles at `as_of` that a length bounds, and no promised date."""
    log = _until(scene, scene.as_of)
    result = _seen(scene, log, scene.as_of)
    for clock, cycle in _open(result):
        if cycle.allowed is not None and not _promised(log, clock.metric.name):
            yield result, clock, cycle


def _same(result: Evaluation, clock: Clock, cycle: Cycle) -> Cycle | None:
    """Return the cycle as another evaluation has it; None under another target."""
    other = _by_key(result).get((clock.slot, clock.metric.name, cycle.number))
    return other if other is not None and other.target == cycle.target else None


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


@law("S17", _LAWS)
def law_warnings(scene: SlaScene) -> None:
    """A warning lies at the first instant at which its share of the target is used up.

    A microsecond before it is not, unless something happened at the instant: a change of target,
    a resume, a reopening.
    """
    for result, clock, cycle in _bounded(scene):
        if cycle.target.on_change == "forward":  # its lengths differ, and so do its needs
            continue
        key = ("warning", cycle.policy.name, clock.metric.name, cycle.number)
        needs = {_text(warning): _need(cycle, warning) for warning in cycle.target.warn_at}
        for moment in result.agenda:
            need = needs.get(str(moment.key[-2]))
            if (moment.kind, *moment.key[1:4]) == key and need is not None:
                _warned(scene, clock, cycle, moment.at, need)


def _warned(scene: SlaScene, clock: Clock, cycle: Cycle, at: datetime, need: int) -> None:
    if micros(at) < micros(cycle.start):
        return
    log = _until(scene, scene.as_of)
    later = _same(_seen(scene, log, at), clock, cycle)
    if later is None or later.start != cycle.start:
        return
    used = micros_of(later.elapsed)
    values = {"clock": clock.metric.name, "at": at, "used": used, "need": need}
    met("S17: ahead" if micros(at) > cycle.as_of else "S17: now")
    holds("warned: the share is used up", used >= need, **values)
    first = used == need or micros(at) in {event.micros for event in log}
    holds("warned at the first instant", first, **values)


@law("S18", _LAWS)
def law_warnings_reported(scene: SlaScene) -> None:
    """Every warning that a running clock has reached is a moment, and the rest are ahead."""
    for result, clock, cycle in _bounded(scene):
        key = (cycle.policy.name, clock.metric.name, cycle.number, len(cycle.counts), "warning")
        reported, ahead = (
            {str(moment.key[-2]) for moment in moments if moment.key[1:6] == key}
            for moments in (
                result.agenda.through(scene.as_of),
                [m for m in result.agenda if micros(m.at) > cycle.as_of],
            )
        )
        for warning in cycle.target.warn_at:
            text, reached = _text(warning), micros_of(cycle.elapsed) >= _need(cycle, warning)
            values = {"warning": text, "elapsed": cycle.elapsed, "reported": reported}
            met("S18: reported" if reached else "S18: ahead")
            if reached:
                holds("what is used up was reported", text in reported, **values)
            elif cycle.due_at is not None:
                holds("what is not is ahead", text in ahead or text in reported, **values)


@law("S19", _LAWS)
def law_equality(scene: SlaScene) -> None:
    """A stop at the due is on time, a later one missed; at the due, a running clock is breached.

    That is: at the due, before anybody acts. What is missed is breached since the due.
    """
    log = _until(scene, scene.as_of)
    for clock, cycle in _open(_seen(scene, log, scene.as_of)):
        if cycle.due_at is None or micros(cycle.due_at) <= cycle.as_of:
            continue
        due = micros(cycle.due_at)
        values = {"clock": clock.metric.name, "due": cycle.due_at}
        at_due = _same(_seen(scene, log, cycle.due_at), clock, cycle)
        if at_due is not None and at_due.state == "running":
            met("S19: at the due")
            breach = at_due.breach_at
            breached = breach is not None and micros(breach) == due
            holds("breached at the due", breached, breach=breach, **values)
        for late in (0, 1):
            _stopped_at(scene, log, clock, cycle, due + late, late)


def _stopped_at(
    scene: SlaScene, log: list[Event], clock: Clock, cycle: Cycle, at: int, late: int
) -> None:
    result = _seen(scene, _more(log, at, _REPLY, _put("solved")), instant(at))
    stopped = _same(result, clock, cycle)
    if stopped is None or stopped.stop is None or micros(stopped.stop) != at:
        return
    if stopped.start != cycle.start:  # what stops it begins it anew before
        return
    met("S19: late" if late else "S19: on time")
    values = {"clock": clock.metric.name, "due": cycle.due_at, "breach": stopped.breach_at}
    holds("equality is on time", stopped.state == ("missed" if late else "met"), **values)
    holds("missed <=> breached", stopped.breached == bool(late), **values)
    breach = stopped.breach_at
    since_due = breach is not None and micros(breach) == at - late
    holds("missed since the due", not late or since_due, **values)


@law("S20", _LAWS)
def law_reopening(scene: SlaScene) -> None:
    """A reopening does what `after_stop` says; solved time counts for `count` alone."""
    log = _until(scene, scene.as_of)
    solved_at, back_at = (micros(scene.as_of) + hours * HOUR_MICROS for hours in (1, 9))
    for clock, cycle in _open(_seen(scene, log, scene.as_of)):
        solved = _more(log, solved_at, _put("solved"))
        back = _more(solved, back_at, _put("open"))
        before, after = (
            _same(_seen(scene, events, instant(at)), clock, cycle)
            for events, at in ((solved, solved_at), (back, back_at))
        )
        if before is None or after is None or before.stop is None:
            continue
        if micros(before.stop) != solved_at or _promised(log, clock.metric.name):
            continue
        how = clock.metric.after_stop
        over = how in ("once", "again", "again_after_due")
        values = {"clock": clock.metric.name, "after_stop": how, "elapsed": after.elapsed}
        met("S20: over" if over else "S20: goes on")
        if over:
            holds("a stop is final", after.stop == before.stop, **values)
            continue
        going = after.stop is None and after.state in ("running", "paused")
        holds("a reopening goes on", going, state=after.state, **values)
        gap = cycle.target.calendar.elapsed(instant(solved_at), instant(back_at))
        wanted = {"resume": before.elapsed, "count": before.elapsed + gap, "restart": timedelta()}
        right = after.elapsed == wanted[how]
        holds("solved time counts for count alone", right, gap=gap, **values)


@law("S21", _LAWS)
def law_earlier_breach(scene: SlaScene) -> None:
    """A breach is kept, and listed, when a later date is promised."""
    at = micros(scene.as_of) + 1
    log = _until(scene, instant(at))
    result = _seen(scene, log, instant(at))
    for clock, cycle in _open(result):
        if cycle.breach_at is None:
            continue
        date = {"metric": clock.metric.name, "due": instant(at + 1_000 * HOUR_MICROS)}
        later = _seen(scene, _more(log, at + 1, (Promised, date)), instant(at + 1))
        later_cycle = _same(later, clock, cycle)
        if later_cycle is None:
            continue
        met("S21: extended")
        values = {"clock": clock.metric.name, "breach": cycle.breach_at}
        listed = micros(cycle.breach_at) in map(micros, later_cycle.earlier_breaches)
        holds("an earlier breach is kept", listed and later_cycle.was_breached, **values)
        holds("an extension is no breach", not later_cycle.breached, **values)
        lost = {m for m in result.agenda.through(instant(at)) if m not in later.agenda.moments}
        holds("what was reported stays", not lost, lost=lost, **values)


@law("S22", _LAWS)
def law_agreement(scene: SlaScene) -> None:
    """At each of its instants the agenda and the queue of breaches agree."""
    log = _until(scene, scene.as_of)
    ahead = [m for m in _seen(scene, log, scene.as_of).agenda if m.kind == "breach"]
    for at in sorted({micros(moment.at) for moment in ahead} - {micros(scene.as_of)})[-2:]:
        if at < micros(scene.as_of):
            continue
        queue = breach_queue([_seen(scene, log, instant(at))])
        late = {(due.metric, due.policy) for due in queue if due.breached}
        expected = {(m.key[2], m.key[1]) for m in ahead if micros(m.at) == at}
        met("S22: at a breach")
        values = {"at": instant(at), "agenda": expected, "queue": late}
        holds("agenda and queue agree", expected <= late, **values)


@law("S23", _LAWS)
def law_edition(scene: SlaScene) -> None:
    """Nothing dated before an edition of a policy depends on it, and it waits for no event."""
    if not scene.book.policies or scene.book.turns:
        return
    half = _changed(scene.book, within=lambda length: length and _HALF)
    edition = attrs.evolve(half.policies[0], version=f"after {scene.book.policies[-1].version}")
    new = attrs.evolve(scene, book=scene.book.replaced(scene.as_of, edition))
    old, seen = (_seen(one, scene.log, scene.later).agenda for one in (scene, new))
    before, after = ([m for m in agenda if m.at < scene.as_of] for agenda in (old, seen))
    met("S23: a moment before", when=bool(before))
    met("S23: another moment after", when=old.moments != seen.moments)
    holds("nothing dated before an edition changes", before == after, old=before, new=after)
    log = _until(scene, instant(micros(scene.as_of) - 1))
    if log:
        _waits_for_no_event(new, log)


def _waits_for_no_event(scene: SlaScene, log: Sequence[Event]) -> None:
    targets = (target for policy in scene.book.policies for target in policy.targets)
    if any(target.metric.reset != NEVER for target in targets):
        return  # any event may reset
    noted = _more(log, micros(scene.as_of), (Worked, {"duration": timedelta(minutes=1)}))
    foreseen, late = (_seen(scene, one, scene.later).agenda for one in (log, noted))
    early = _seen(scene, log, log[-1].at).agenda
    agree = early.moments == foreseen.moments == late.moments
    holds("an edition waits for no event", agree, early=early, late=late)


SLA_LAWS: Mapping[str, Callable[[SlaScene], None]] = FrozenMap(_LAWS)
"""Every law of service levels by its id."""


def check_policy_at(scene: SlaScene) -> None:
    """Judge a book by every law in one scene."""
    for check in SLA_LAWS.values():
        check(scene)


def check_policy(policy: PolicyBook | SlaPolicy | Iterable[SlaPolicy]) -> None:
    """Judge your own policy by every law, under logs that Hypothesis draws.

    Editions that begin at an instant are judged as if they had always held, those in force
    together at a time.

    Raises:
        LawBroken: a law does not hold; Hypothesis shows the smallest log that breaks it.

    Example:
        >>> from support_model.calendars import BusinessCalendar
        >>> from support_model.sla import RESOLUTION, SlaPolicy, Target
        >>> hours = BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="Europe/Berlin")
        >>> eight = Target(metric=RESOLUTION, within=timedelta(hours=8), calendar=hours)
        >>> check_policy(SlaPolicy(name="gold", targets=[eight]))
    """
    start = amounts(max_value=timedelta(days=700)).map(lambda after: START + after)
    book = PolicyBook.of(policy)
    books = [
        PolicyBook(
            [attrs.evolve(p, since=None) for p in book.policies if p.begin <= turn], book.select
        )
        for turn in (FIRST, *book.turns)
    ]

    @settings(deadline=None)  # how fast the machine is does not concern a policy
    @given(sla_scenes(books=st.sampled_from(books), start=st.just(START) | start))
    def judge(scene: SlaScene) -> None:
        check_policy_at(scene)

    judge()
