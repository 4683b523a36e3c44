"""What a reading could not tell, as findings of a report: people, words, tickets, parts.

A reading says it beside its events. A figure is quoted without them, so the report repeats what
bears on figures: unknown people and statuses first.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from support_model._frozen import frozen
from support_model._report.caveats import Caveat
from support_model.adapters import EVERY

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from support_model._report.log_views import LogView
    from support_model.adapters import EventLog


PEOPLE = ("user", "person", "author")
"""What readings call somebody whose role nobody told."""
WITHOUT_ROLE = "third_party"
NAMED = 5
_WORDS = {
    "status": ("a status that no table names", "taken as open; say it in [statuses]"),
    "priority": ("a priority that no table names", "ranked last; say it in [priorities]"),
}
WORDS: Mapping[str, tuple[str, str]] = MappingProxyType(_WORDS)


@frozen(kw_only=True)
class Remark:
    """Something that a reading says of a log.

    Attributes:
        code: stable name of the kind.
        text: what is odd, in words.
        count: how often.
        done: what was done, and the remedy where there is one.
        lines: 1-based lines of the first thousand.
        example: the text at the first of them; ids and words of the system.
    """

    code: str
    text: str
    count: int
    done: str
    lines: tuple[int, ...] = ()
    example: str = ""

    @property
    def shown(self) -> bool:
        """Whether the example says what was met, and is shown beside the text."""
        return bool(self.example) and not self.lines


def unknown_people(log: EventLog) -> frozenset[str]:
    """Return the people of a log whose role nobody told, as its events call them.

    Example:
        >>> from datetime import UTC, datetime
        >>> from support_model.adapters import EventLog
        >>> from support_model.events import Message
        >>> at = datetime(2026, 3, 2, 9, tzinfo=UTC)
        >>> said = Message(ticket_id="T1", at=at, role="third_party", actor="U7", public=True)
        >>> sorted(unknown_people(EventLog(events=[said], unknown={("user", "U7"): 1})))
        ['U7']
    """
    met = {value for what, value in log.unknown if what in PEOPLE}
    if not met:
        return frozenset()
    return frozenset(
        event.actor
        for event in log.events
        if event.role == WITHOUT_ROLE and event.actor is not None and event.actor in met
    )


def remarks(view: LogView) -> tuple[Remark, ...]:
    """Return what a reading says of a log, what bears most on figures first.

    Example:
        >>> from support_model._report.log_views import RecordView
        >>> from support_model.adapters import EventLog
        >>> log = EventLog(events=(), unknown={("status", "Parked"): 3})
        >>> [(one.code, one.count, one.example) for one in remarks(RecordView(log))]
        [('unknown_status', 3, 'Parked')]
    """
    log = view.log
    return (*_people(view), *_words(log), *_incomplete(log), *_found(log), *_left_out(log))


def _people(view: LogView) -> Iterator[Remark]:
    met = view.unknown_people()
    if met:
        yield Remark(
            code="unknown_people",
            text="people whose role is not told",
            count=view.acts_of(met),
            done="their tickets left out of figures of replies; name them in [roles] of --config",
            example=_some(sorted(met)),
        )


def _words(log: EventLog) -> Iterator[Remark]:
    met: dict[str, dict[str, int]] = {}
    for (what, value), count in log.unknown.items():
        if what not in PEOPLE:
            met.setdefault(what, {})[value] = count
    for what in sorted(met, key=lambda each: (each != "status", each)):
        text, done = WORDS.get(what, (f"a {what} that no table names", "taken as little as known"))
        counts = met[what]
        often = sorted(counts, key=lambda value: (-counts[value], value))
        yield Remark(
            code=f"unknown_{what.replace(' ', '_')}",
            text=text,
            count=sum(counts.values()),
            done=done,
            example=_some(often),
        )


def _incomplete(log: EventLog) -> Iterator[Remark]:
    cut = [ticket for ticket in log.incomplete if ticket != EVERY]
    if EVERY in log.incomplete:
        text = "an export that is not whole: any ticket may go on"
        yield Remark(code="incomplete", text=text, count=1, done="fetch the rest")
    if cut:
        yield Remark(
            code="incomplete_tickets",
            text="tickets whose history is not whole",
            count=len(cut),
            done="what only the whole shows is not stated; fetch the rest",
            example=_some(cut),
        )


def _found(log: EventLog) -> Iterator[Remark]:
    for each in log.findings:
        yield Remark(
            code=each.code,
            text=each.problem.text,
            count=each.count,
            done=each.problem.lenient,
            lines=each.lines,
            example=each.example,
        )


def _left_out(log: EventLog) -> Iterator[Remark]:
    if log.left_out:
        often = sorted(log.left_out, key=lambda name: (-log.left_out[name], name))
        yield Remark(
            code="left_out",
            text="parts of the files that no event says",
            count=sum(log.left_out.values()),
            done="left out",
            example=_some(often),
        )


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - NAMED:,} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more


def notes(view: LogView, touched: int, tickets: int) -> Iterator[Caveat]:
    """Yield what to know of a reading before quoting any figure.

    `touched` is on how many of the tickets people acted whose role is not told.
    """
    log = view.log
    if touched:
        yield Caveat(
            "unknown_people",
            f"On {touched:,} of {tickets:,} tickets people acted whose role is not told "
            f"({_some(sorted(view.unknown_people()))}). Figures of replies leave out what they "
            "wrote on. Name them in [roles] of the file for --config: customer, agent, bot, "
            "system or third_party.",
        )
    statuses = {value: n for (what, value), n in log.unknown.items() if what == "status"}
    if statuses:
        yield Caveat(
            "unknown_statuses",
            f"Statuses that no table names count as open: {_some(sorted(statuses))}. What is "
            "solved, closed and reopened may be wrong until they are in [statuses].",
        )
