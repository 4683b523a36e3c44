"""Agenda: what has come due and what will, if nobody acts, each under a stable key.

Warnings, breaches, auto-closing, waits that end, handoffs and retries are all moments. A host
takes those up to now, sends each key once, and sleeps until `next_at`; however it cuts time
into windows, every moment falls into exactly one of them.

Before this: `support_model.reasons`. Next: `support_model.tickets`, `support_model.sla`.
"""

from __future__ import annotations

from bisect import bisect_right
from json import dumps
from typing import TYPE_CHECKING

from attrs import field
from attrs.converters import optional

from support_model._checks import must_be, must_be_several, word
from support_model._frozen import frozen, words
from support_model._time import micros, utc
from support_model._vocabulary import MomentKind
from support_model.errors import DuplicateKey, InvalidValue
from support_model.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from support_model._sentences import Catalogue

__all__ = ["Agenda", "Moment", "changes"]


def _is_key(_: object, __: object, key: object) -> None:
    if not isinstance(key, tuple) or not key:
        raise InvalidValue(key, "a key is a tuple with something in it", "(ticket, kind)")
    if not {*map(type, key)} <= {str, int}:
        raise InvalidValue(key, "a key holds text and whole numbers", "say str(...)")


def _are_names(_: object, __: object, names: tuple[str, ...]) -> None:
    for name in names:
        if not isinstance(name, str) or not name:
            raise InvalidValue(name, "recipients are named by text", "give str(number)")


@frozen(kw_only=True)
class Moment:
    """Something that comes due at an instant: what, about which ticket (or person), and why.

    The key names it for good: the same moment found again has the same key. A host decides by
    the kind and by what goes with it, which `docs/reference/answers.md` lists; the reason is for
    people to read.

    Attributes:
        at: when.
        key: its name.
        kind: what comes due, one of a closed list.
        subject: the ticket; of a handoff the on-call plan.
        reason: why, in words of any language.
        action: which action of the workflow is due.
        recipients: whom to tell, or who takes over.
        metric: what the clock measures.
        policy: by which policy it was promised.
        plan: which escalation plan asks for it.
        level: the level of the escalation: a line, or a level of management.

    Raises:
        NaiveDatetime: `at` has no zone.
        InvalidValue: the key is empty or holds other than text and whole numbers, the kind is
            unknown, or a recipient is no text.
    """

    at: datetime = field(converter=utc)
    key: tuple[str | int, ...] = field(validator=_is_key)
    kind: MomentKind = field(validator=word(MomentKind, InvalidValue, "unknown kind of moment"))
    subject: str
    reason: Reason
    action: str | None = None
    recipients: tuple[str, ...] = field(default=(), converter=words, validator=_are_names)
    metric: str | None = None
    policy: str | None = None
    plan: str | None = None
    level: int | None = None

    @property
    def key_text(self) -> str:
        """The key as text, for a column that must be unique: a JSON array in ASCII.

        Example:
            >>> from datetime import UTC, datetime
            >>> why, at = Reason.of("always"), datetime(2026, 3, 2, 17, tzinfo=UTC)
            >>> Moment(at=at, key=("T1", 2), kind="breach", subject="T1", reason=why).key_text
            '["T1", 2]'
        """
        return dumps(self.key)

    def text(self, catalogue: Catalogue | None = None) -> str:
        """Return when, for what and why in the words of a catalogue, by default English."""
        said = Reason.of("moment", at=self.at, subject=self.subject, reason=self.reason)
        return said.text(catalogue)

    def __str__(self) -> str:
        return self.text()


def _place(moment: Moment) -> tuple[int, list[tuple[bool, str | int]]]:
    """Order by instant, then key; numbers come before text, which they cannot be compared to."""
    return micros(moment.at), [(isinstance(part, str), part) for part in moment.key]


def _arranged(moments: Iterable[Moment]) -> tuple[Moment, ...]:
    by_key: dict[tuple[str | int, ...], Moment] = {}
    for moment in moments:
        known = by_key.setdefault(moment.key, moment)
        if known != moment:
            raise DuplicateKey(
                moment, f"another moment has this key: {known!r}", "give each a key"
            )
    return tuple(sorted(by_key.values(), key=_place))


@frozen
class Agenda:
    """Moments in order, as seen at `as_of`; equal ones count once.

    `known_until` is the instant up to which it is known what comes due: where it lies before
    the next moment, evaluate again then. None: there is no such limit.

    Raises:
        DuplicateKey: two different moments under one key.
        NaiveDatetime: `as_of` has no zone.

    Example:
        >>> from datetime import UTC, datetime
        >>> from support_model.reasons import Reason
        >>> due = datetime(2026, 3, 2, 17, tzinfo=UTC)
        >>> why = Reason.of("breach", metric="resolution")
        >>> breach = Moment(at=due, key=("T1", "breach"), kind="breach", subject="T1", reason=why)
        >>> agenda = Agenda([breach], as_of=datetime(2026, 3, 2, 9, tzinfo=UTC))
        >>> agenda.next_at == due, agenda.through(due) == (breach,)
        (True, True)
    """

    moments: tuple[Moment, ...] = field(converter=_arranged)
    as_of: datetime = field(converter=utc, kw_only=True)
    known_until: datetime | None = field(default=None, converter=optional(utc), kw_only=True)

    def between(self, after: datetime, through: datetime) -> tuple[Moment, ...]:
        """Return the moments with after < at <= through."""
        first, last = self._upto(after), self._upto(through)
        return self.moments[first:last]

    def through(self, at: datetime) -> tuple[Moment, ...]:
        """Return the moments with at <= `at`, however long ago."""
        return self.moments[: self._upto(at)]

    @property
    def next_at(self) -> datetime | None:
        """The earliest instant after `as_of` at which something comes due or to evaluate again.

        None if nothing can come due without an event.
        """
        ahead = [moment.at for moment in self.moments[self._upto(self.as_of) :][:1]]
        if self.known_until is not None and self.known_until > self.as_of:
            ahead.append(self.known_until)
        return min(ahead, default=None)

    def _upto(self, at: datetime) -> int:
        return bisect_right(self.moments, micros(at), key=lambda moment: micros(moment.at))

    def __or__(self, other: Agenda) -> Agenda:
        """Return both agendas as one.

        Raises:
            InvalidValue: they were made at different instants, so `next_at` would mean two.
            DuplicateKey: they know different moments under one key.
        """
        if not isinstance(other, Agenda):
            raise InvalidValue(
                other, "no agenda", "give the agenda of a decision or an evaluation"
            )
        if self.as_of != other.as_of:
            remedy = f"evaluate both as of {self.as_of.isoformat()}"
            raise InvalidValue(other.as_of, "agendas of different instants", remedy)
        limits = [row.known_until for row in (self, other) if row.known_until is not None]
        until = min(limits, default=None)
        moments = (*self.moments, *other.moments)
        return Agenda(moments, as_of=self.as_of, known_until=until)

    def text(self, catalogue: Catalogue | None = None) -> str:
        """Return a line for each moment in the words of a catalogue, by default English."""
        if not self.moments:
            return Reason.of("no_moments").text(catalogue)
        return "\n".join(moment.text(catalogue) for moment in self.moments)

    def __str__(self) -> str:
        return self.text()

    def __iter__(self) -> Iterator[Moment]:
        return iter(self.moments)

    def __len__(self) -> int:
        return len(self.moments)


def changes(
    before: Iterable[Moment], after: Iterable[Moment]
) -> tuple[tuple[Moment, ...], tuple[Moment, ...]]:
    """Return (new, withdrawn): what late or corrected events added, and what they took back.

    A moment that moved, or has another reason or other recipients, is both: the old one
    withdrawn, the new one new, under the same key.

    Example:
        >>> changes((), ())
        ((), ())
    """
    remedy = "give agendas: changes(before.agenda, after.agenda)"
    for moments in (before, after):
        must_be_several(moments, "moments", remedy)
    old, now = tuple(before), tuple(after)
    for moment in (*old, *now):
        must_be(Moment, moment, "no moment", remedy)
    was, now_is = frozenset(old), frozenset(now)
    new = _arranged(moment for moment in now if moment not in was)
    withdrawn = _arranged(moment for moment in old if moment not in now_is)
    return new, withdrawn
