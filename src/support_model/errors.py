"""Everything that can go wrong, as types: each error keeps its parts and has a remedy.

Catch `SupportModelError` for all of them, or the builtin you would expect (`ValueError`,
`LookupError`, `ImportError`): every error is both. Answers are not errors: where a calendar
never opens again, `next_open` returns None, and `add`, which must return an instant, raises
`NoOpenTime`.

Before this: nothing. Next: `support_model.reasons`, `support_model.instants`.
"""

from __future__ import annotations

from difflib import get_close_matches
from reprlib import Repr
from string import Formatter
from typing import TYPE_CHECKING, ClassVar

from attrs import define, field

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from support_model.reasons import Reason

__all__ = [
    "AdapterError",
    "AmbiguousWallTime",
    "DataDrift",
    "DifferentCalendars",
    "DuplicateKey",
    "DuplicateSequence",
    "ForeignEvent",
    "HandlingOutlastsInterval",
    "IncompleteLog",
    "InconsistentLog",
    "InvalidAgents",
    "InvalidDocument",
    "InvalidEscalation",
    "InvalidEvent",
    "InvalidHours",
    "InvalidLoad",
    "InvalidLog",
    "InvalidMapping",
    "InvalidPattern",
    "InvalidRecurrence",
    "InvalidRotation",
    "InvalidRouting",
    "InvalidRow",
    "InvalidShare",
    "InvalidTarget",
    "InvalidValue",
    "InvalidWorkflow",
    "LawBroken",
    "ManagerCycle",
    "MergeCycle",
    "MissingCreation",
    "MissingExtra",
    "MixedSequence",
    "NaiveDatetime",
    "NoOpenTime",
    "OutOfOrder",
    "OutOfRange",
    "OverdispersedArrivals",
    "RepeatedCreation",
    "StaleState",
    "SupportModelError",
    "SupportModelWarning",
    "TargetUnreachable",
    "TransitionRefused",
    "UnknownAgent",
    "UnknownHolidays",
    "UnknownLogFormat",
    "UnknownMetric",
    "UnknownName",
    "UnknownPolicy",
    "UnknownVendorValue",
    "UnknownZone",
    "UnprovenCover",
    "nearest",
]

NAMED, LONGEST = 20, 2_000
"""How many known words a remedy lists, and how long a message becomes."""
_REPR = Repr()
_REPR.maxlevel = 5
_REPR.maxdict = _REPR.maxlist = _REPR.maxtuple = _REPR.maxset = _REPR.maxfrozenset = 12
_REPR.maxstring, _REPR.maxlong, _REPR.maxother = 200, 60, 200


def brief_repr(value: object) -> str:
    """Return the `repr` of a value for a message, shortened in the middle where it is long.

    Example:
        >>> brief_repr("?" * 1_000) == "'" + "?" * 97 + "..." + "?" * 98 + "'"
        True
    """
    try:
        return cleaned(_REPR.repr(value))
    except Exception:  # noqa: BLE001 - a message must not fail on the value that it is about
        return f"<{type(value).__name__}>"


def cleaned(text: str) -> str:
    r"""Return text that a terminal or a log can show: no control or direction characters.

    Texts above 2,000 characters lose their middle.

    Example:
        >>> print(cleaned("to \x1b[31mred"))
        to \x1b[31mred
    """
    text = _cut(text)
    if text.isprintable():
        return text
    return _cut(
        "".join([c if c.isprintable() else c.encode("unicode_escape").decode() for c in text])
    )


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 500]} ... {text[-490:]}"


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the remedy for an unknown word: the nearest known one, or all known ones, if any.

    Example:
        >>> nearest("fistr_match", ["first_match", "all"])
        "did you mean 'first_match'?"
    """
    names = sorted(known)
    close = get_close_matches(word[: NAMED * 5], names, n=1)
    if close:
        return f"did you mean {close[0]!r}?"
    if not names:
        return "none is known"
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f"known: {', '.join(names[:NAMED])}{more}"


def _all(items: Iterable[object]) -> tuple[object, ...]:
    return tuple(items)


def _texts(items: Iterable[str]) -> tuple[str, ...]:
    return tuple(items)


class _Wording(Formatter):
    """`str.format` in which `!r` is `brief_repr`."""

    def convert_field(self, value: object, conversion: str | None) -> object:
        if conversion == "r":
            return brief_repr(value)
        return super().convert_field(value, conversion)


class _Worded:
    """A message in one line that a terminal can show, whatever the values in it are.

    `words` is the message with the names of the parts in braces; without it the message is what
    the error was made with.
    """

    words: ClassVar[str] = ""

    def __str__(self) -> str:
        return cleaned(self._text())

    def _text(self) -> str:
        return _Wording().vformat(self.words, (), vars(self)) or super().__str__()


class SupportModelError(_Worded, Exception):
    """The root of every error that this library raises; `str()` is one line.

    Errors keep their parts: mostly a `problem` in words, the `value` (or `event`, ...) that has
    it as it was given, and a `remedy` in words, which may be empty.
    """


@define(slots=False)
class InvalidValue(SupportModelError, ValueError):
    """A value that cannot mean anything, whatever the context."""

    value: object
    problem: str
    remedy: str = ""

    def _text(self) -> str:
        return f"{self.problem}: {brief_repr(self.value)}" + _remedy(self.remedy)


def _remedy(remedy: str) -> str:
    return f"; {remedy}" if remedy else ""


def _about(value: object) -> str:
    """Return the value for a message that may be about none."""
    return "" if value is None else f": {brief_repr(value)}"


class UnknownName(InvalidValue, KeyError):
    """An unknown name where it is looked up: a key, a ticket, a status, a preset."""


@define(slots=False)
class NaiveDatetime(InvalidValue):
    """A datetime without a zone, which names no instant."""

    value: object
    problem: str = "a datetime without a zone names no instant"
    remedy: str = "attach one: value.replace(tzinfo=ZoneInfo('Europe/Berlin'))"


class OutOfRange(InvalidValue):
    """An instant or a duration outside the years 1 to 9999, which `datetime` cannot hold."""


class UnknownZone(InvalidValue):
    """A time zone name that the IANA database on this machine does not have."""


class InvalidHours(InvalidValue):
    """Opening hours that cannot be read: a bad time, an unknown weekday, an impossible range."""


class InvalidRecurrence(InvalidValue):
    """A recurrence rule that cannot be expanded to dates: unreadable, too fine, unbounded."""


class UnknownHolidays(InvalidValue):
    """Holiday data that the installed package does not have: country, part, kind or year."""


class InvalidTarget(InvalidValue):
    """A metric, target or policy that cannot mean anything."""


class InvalidShare(InvalidValue):
    """A share outside [0, 1]."""


class DifferentCalendars(InvalidValue):
    """Times on the opening hours of two calendars, which neither add up nor compare."""


class InvalidMapping(InvalidValue):
    """A table mapping that cannot be followed: an unknown key, a bad format, a double status."""


class UnknownLogFormat(InvalidMapping, UnknownName):
    """A log format for which no mapping ships with the library."""


@define(slots=False)
class InvalidLog(SupportModelError, ValueError):
    """A log that cannot be read in its present form.

    Attributes:
        file: name of the file.
        line: 1-based line in it; None when the whole file is meant.
        value: the text that is wrong; None where there is none to show.
    """

    file: str
    line: int | None
    problem: str
    value: object
    remedy: str

    def _text(self) -> str:
        where = self.file if self.line is None else f"{self.file}, line {self.line}"
        return f"{where}: {self.problem}{_about(self.value)}; {self.remedy}"


@define(slots=False)
class InvalidRow(InvalidLog):
    """A row of a table of events that is no event; `line` is the row, counted from 1.

    Attributes:
        column: the column in which it shows.
    """

    column: str

    def _text(self) -> str:
        where = f"{self.file}, row {self.line}, column {brief_repr(self.column)}"
        return f"{where}: {self.problem}{_about(self.value)}" + _remedy(self.remedy)


@define(slots=False)
class IncompleteLog(SupportModelError, ValueError):
    """A log of which some tickets are not whole, so their figures would be of half a ticket.

    Attributes:
        file: name of the file, or how many files.
        tickets: whose history is not whole; "*" stands for all of them.
        codes: of the findings that say why.
        problem: why, in words.
    """

    file: str
    tickets: tuple[str, ...] = field(converter=_texts)
    codes: tuple[str, ...] = field(converter=_texts)
    problem: str
    remedy: str

    def _text(self) -> str:
        named = [ticket for ticket in self.tickets if ticket != "*"]
        which = "any ticket may go on" if len(named) < len(self.tickets) else ""
        if named:
            more = f" and {len(named) - NAMED} more" if len(named) > NAMED else ""
            which = f"tickets that are not whole: {', '.join(named[:NAMED])}{more}"
        return f"{self.file}: {which}: {self.problem}; {self.remedy}"


@define(slots=False)
class InvalidDocument(InvalidValue):
    """A document that cannot be read in its present form: a desk, policies, a calendar.

    Attributes:
        document: the file's name, or what kind of document it is.
        path: where in it, as `policies[0].targets[1].within`; empty for the whole.
        value: what is there, or the key that should not be.
    """

    document: str
    path: str
    value: object
    problem: str
    remedy: str = ""

    def _text(self) -> str:
        where = f"{self.document} at {self.path}" if self.path else self.document
        return f"{where}: {self.problem}{_about(self.value)}" + _remedy(self.remedy)


class InvalidAgents(InvalidValue):
    """A number of agents that is negative, not finite, or not whole where people are counted."""


class InvalidLoad(InvalidValue):
    """A load, volume or rate that is negative or not finite."""


@define(slots=False)
class NoOpenTime(SupportModelError, LookupError):
    """The calendar is proven never to open far enough after (or before) this instant.

    Raised only by proof (the regular pattern and everything dated after it hold too little
    open time), never because a search limit was reached.

    Attributes:
        start: the instant from which open time was sought in the calendar.
    """

    calendar: object
    start: datetime

    def _text(self) -> str:
        return (
            f"no open time left from {self.start.isoformat()} in {brief_repr(self.calendar)};"
            " give the calendar hours, or ask next_open, which answers None"
        )


class InvalidPattern(InvalidValue):
    """A condition that cannot be asked: an unknown field, a test its field cannot answer."""


class InvalidEvent(InvalidValue):
    """An event that cannot have happened: an unknown role, an unknown field, a negative effort."""


class DuplicateKey(InvalidValue):
    """Two different moments under one key, which a host could not send exactly once."""


@define(slots=False)
class InvalidWorkflow(SupportModelError, ValueError):
    """A workflow whose definition contradicts itself, with a reason for each contradiction."""

    name: str
    findings: tuple[object, ...] = field(converter=_all)

    def _text(self) -> str:
        return f"workflow {brief_repr(self.name)}: {'; '.join(map(str, self.findings))}"


@define(slots=False)
class TransitionRefused(SupportModelError):
    """An action that the workflow does not allow now; the ticket is as it was.

    Attributes:
        status: the name of the ticket's status.
        reasons: why not, complete.
    """

    ticket_id: str
    status: str
    action: str
    reasons: tuple[Reason, ...] = field(converter=_all)

    def text(self, catalogue: Mapping[str, str] | None = None) -> str:
        """Return the reasons, for the one who acted, in the words of a catalogue.

        Example:
            >>> from support_model.reasons import Reason
            >>> refused = TransitionRefused("T1", "new", "merge", [Reason.of("no_initial_status")])
            >>> refused.text()
            'no status to begin in'
        """
        return "; ".join([reason.text(catalogue) for reason in self.reasons])

    def _text(self) -> str:
        why = self.text()
        where = f"ticket {brief_repr(self.ticket_id)} in {brief_repr(self.status)}"
        return f"{brief_repr(self.action)} refused for {where}: {why}"


@define(slots=False)
class InconsistentLog(SupportModelError, ValueError):
    """Events that cannot be the log of one ticket, and the event at which it is seen."""

    event: object
    problem: str
    remedy: str

    def _text(self) -> str:
        return f"{self.problem}: {_event_text(self.event)}; {self.remedy}"


def _event_text(event: object) -> str:
    """Return which event is meant; all of its parts would be the longest part of a message."""
    ticket, at = getattr(event, "ticket_id", None), getattr(event, "at", None)
    if ticket is None or at is None:
        return brief_repr(event)
    return f"{type(event).__name__} of ticket {brief_repr(ticket)} at {at.isoformat()}"


class ForeignEvent(InconsistentLog):
    """An event of another ticket."""


class DuplicateSequence(InconsistentLog):
    """Two different events with the same instant and sequence number."""


class MixedSequence(InconsistentLog):
    """Some events of one ticket have a sequence number and others have none."""


class MissingCreation(InconsistentLog):
    """A log whose first event is not the creation of the ticket."""


class RepeatedCreation(InconsistentLog):
    """A second, different creation of one ticket."""


class OutOfOrder(InconsistentLog):
    """An event placed before one that the ticket has already seen."""


class MergeCycle(InconsistentLog):
    """Tickets merged into each other in a circle, so none of them survives."""


@define(slots=False)
class TargetUnreachable(SupportModelError, ValueError):
    """No staffing within the limits meets the target.

    Attributes:
        target: what should be met.
        best: the best that is reachable, as the call would have returned it.
        reason: what prevents more, in words.
    """

    words: ClassVar[str] = "target out of reach: {target!r}; {reason}; best: {best!r}"
    target: object
    best: object
    reason: str


@define(slots=False)
class LawBroken(SupportModelError, AssertionError):
    """A law that must hold of every such value does not hold of this one.

    Attributes:
        law: the id of the law, as in the documentation: "C4".
        statement: what should hold.
        values: what was found instead, by name; the message shows them whole, for a test's author.
    """

    law: str
    statement: str
    values: Mapping[str, object]

    def __str__(self) -> str:
        seen = "".join(f"; {name} = {value!s}" for name, value in self.values.items())
        return f"law {self.law} does not hold: {self.statement}{seen}"


@define(slots=False)
class StaleState(SupportModelError, ValueError):
    """A kept state does not belong to the rules; `found` is what the state was made with."""

    words: ClassVar[str] = "{problem}: {found!r}; {remedy}"
    found: object
    problem: str
    remedy: str


class InvalidRotation(InvalidValue):
    """An on-call plan that cannot mean anything: nobody in it, a turn without end, two swaps."""


class InvalidRouting(InvalidValue):
    """A routing rule that cannot mean anything: an unknown skill, lines falling back in a ring."""


@define(slots=False)
class UnknownAgent(SupportModelError, KeyError):
    """An id that none of the agents has; the remedy is the nearest one."""

    words: ClassVar[str] = "unknown agent: {agent!r}; {remedy}"
    agent: str
    remedy: str


@define(slots=False)
class UnknownMetric(SupportModelError, KeyError):
    """A metric that no clock of the ticket measures; the remedy is the nearest one."""

    words: ClassVar[str] = "no clock of this metric: {metric!r}; {remedy}"
    metric: str
    remedy: str


class InvalidEscalation(InvalidValue):
    """An escalation plan that cannot mean anything: a step twice, a wall offset below zero."""


class ManagerCycle(InvalidValue):
    """People who manage each other in a circle, so that nobody is above them."""


@define(slots=False)
class UnknownPolicy(SupportModelError, KeyError):
    """A policy, by name and version, that the policy book does not hold."""

    words: ClassVar[str] = "unknown policy: {policy!r}; {remedy}"
    policy: tuple[str, str]
    remedy: str


@define(slots=False)
class UnprovenCover(SupportModelError, RuntimeError):
    """A solver returned no shift cover (`found` is None), or one that a check refutes."""

    words: ClassVar[str] = "{problem}: {found!r}; allow more time or a wider gap"
    found: object
    problem: str


@define(slots=False)
class AdapterError(SupportModelError, ValueError):
    """A payload of another system that is not what that system writes.

    Attributes:
        vendor: the adapter that read it, by its short name.
        path: where in the payload: "audits[3].created_at".
        value: what is there; None where something is missing.
        hint: the remedy.
    """

    vendor: str
    path: str
    value: object
    problem: str
    hint: str

    def _text(self) -> str:
        where = f"{self.vendor} payload at {self.path or 'its top'}"
        return f"{where}: {self.problem}{_what_stands(self)}; {self.hint}"


def _what_stands(error: AdapterError) -> str:
    """Return the value for the message; a whole object or list only where another was needed."""
    if error.value in CONTAINERS:
        return f": {error.value}" if error.problem.startswith("not ") else ""
    return _about(error.value)


CONTAINERS = ("an object", "a list")
"""What a message about a payload says of a value that holds others."""


@define(slots=False)
class MissingExtra(SupportModelError, ImportError):
    """A module of the library whose optional packages, named in `needs`, are not installed."""

    words: ClassVar[str] = "{extra} need {needs}: pip install 'support-model[{extra}]'"
    extra: str
    needs: str


class SupportModelWarning(_Worded, UserWarning):
    """The root of every warning of this library: the answer is valid, but look at this.

    Silence one kind with `warnings.filterwarnings("ignore", category=...)`.
    """


class AmbiguousWallTime(SupportModelWarning):
    """A local wall time that the clock showed twice, or never, in its zone."""


class DataDrift(SupportModelWarning):
    """Stored holiday dates differ from those of the installed holiday data."""


class OverdispersedArrivals(SupportModelWarning):
    """Arrivals vary more than a Poisson process: figures that assume one are too hopeful."""


class HandlingOutlastsInterval(SupportModelWarning):
    """Work lasts longer than the intervals it is staffed by: the load lags behind arrivals."""


@define(slots=False)
class UnknownVendorValue(SupportModelWarning):
    """A value of another system that the adapter's tables do not know.

    One log of `vendor` has the `value`, which states `what`, `count` times; each time it was
    taken as `taken_as`.
    """

    vendor: str
    what: str
    value: str
    count: int
    taken_as: str

    def _text(self) -> str:
        times = "time" if self.count == 1 else "times"
        what = f"unknown {self.what} {brief_repr(self.value)}, met {self.count} {times}"
        return f"{self.vendor}: {what}; taken as {self.taken_as}"
