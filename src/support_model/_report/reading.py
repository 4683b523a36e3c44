"""What a reading could not tell, as findings of a report: people, words, tickets, parts.

A reading says it beside its events. A figure is quoted without them, so the report repeats what
bears on figures: unknown people and statuses first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from support_model._frozen import frozen
from support_model._report.blocks import says
from support_model._report.caveats import Caveat
from support_model._report.words.findings import WHATS
from support_model.adapters import EVERY

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from support_model._report.blocks import Said
    from support_model._report.log_views import LogView
    from support_model.adapters import EventLog
    from support_model.kpi import PlainFacts


PEOPLE = ("user", "person", "author")
"""What readings call somebody whose role nobody told."""
WITHOUT_ROLE = "third_party"
NAMED = 5
OF_REPLIES = ("first_response", "next_response", "average_response", "fcr_one_reply")
OF_STATUSES = ("first_resolution", "time_to_close", "reopened", "backlog_age")
"""Keys of the figures that what is not told bears on."""


@frozen(kw_only=True)
class Remark:
    """Something that a reading says of a log.

    Attributes:
        code: stable name of the kind.
        text: what is odd.
        count: how often.
        done: what was done, and the remedy where there is one.
        lines: 1-based lines of the first thousand.
        example: the text at the first of them; ids and words of the system.
    """

    code: str
    text: Said
    count: int
    done: Said
    lines: tuple[int, ...] = ()
    example: str | Said = ""

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
            text=says("finding_unknown_people"),
            count=view.acts_of(met),
            done=says("done_unknown_people"),
            example=_some(sorted(met)),
        )


def _words(log: EventLog) -> Iterator[Remark]:
    met: dict[str, dict[str, int]] = {}
    for (what, value), count in log.unknown.items():
        if what not in PEOPLE:
            met.setdefault(what, {})[value] = count
    for what in sorted(met, key=lambda each: (each != "status", each)):
        named = what in ("status", "priority")
        kind = f"unknown_{what}" if named else "unknown_word"
        counts = met[what]
        often = sorted(counts, key=lambda value: (-counts[value], value))
        yield Remark(
            code=f"unknown_{what.replace(' ', '_')}",
            text=says(f"finding_{kind}", what=_called(what)),
            count=sum(counts.values()),
            done=says(f"done_{kind}"),
            example=_some(often),
        )


def _incomplete(log: EventLog) -> Iterator[Remark]:
    cut = [ticket for ticket in log.incomplete if ticket != EVERY]
    if EVERY in log.incomplete:
        text, done = says("finding_incomplete"), says("done_incomplete")
        yield Remark(code="incomplete", text=text, count=1, done=done)
    if cut:
        yield Remark(
            code="incomplete_tickets",
            text=says("finding_incomplete_tickets"),
            count=len(cut),
            done=says("done_incomplete_tickets"),
            example=_some(cut),
        )


def _found(log: EventLog) -> Iterator[Remark]:
    for each in log.findings:
        yield Remark(
            code=each.code,
            text=says(f"finding_{each.code}"),
            count=each.count,
            done=says(f"done_{each.code}"),
            lines=each.lines,
            example=each.example,
        )


def _left_out(log: EventLog) -> Iterator[Remark]:
    if log.left_out:
        often = sorted(log.left_out, key=lambda name: (-log.left_out[name], name))
        yield Remark(
            code="left_out",
            text=says("finding_left_out"),
            count=sum(log.left_out.values()),
            done=says("done_left_out"),
            example=_some(often),
        )


def _called(what: str) -> Said | str:
    """Return what a word is; a reader of one's own may have a name for it that no language has."""
    code = f"what_{what.replace(' ', '_')}"
    return says(code) if code in WHATS else what


def _some(names: Sequence[str]) -> Said | str:
    first = ", ".join(names[:NAMED])
    return says("some_and_more", names=first, n=len(names) - NAMED) if names[NAMED:] else first


def notes(view: LogView, facts: PlainFacts) -> Iterator[Caveat]:
    """Yield what to know of a reading before quoting any figure of its tickets."""
    log = view.log
    touched = sum(at is not None for at in facts.scalar("unknown_acted"))
    if touched:
        names = _some(sorted(view.unknown_people()))
        said = says("note_unknown_people", touched=touched, total=facts.size, names=names)
        yield Caveat(said, OF_REPLIES)
    statuses = {value: n for (what, value), n in log.unknown.items() if what == "status"}
    if statuses:
        said = says("note_unknown_statuses", names=_some(sorted(statuses)))
        yield Caveat(said, OF_STATUSES)
