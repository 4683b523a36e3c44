"""A roster as iCalendar text: one event a shift, for any calendar application.

Every shift is written with its own instants in UTC, not as a recurrence: RFC 5545 moves a
reading inside a DST gap by the length of the gap (02:30 becomes 03:30), while here duty begins
at the first instant that shows it or later (03:00), and no rule can say that.

Source: RFC 5545; escaping in section 3.3.11, folding in 3.1.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from attrs import evolve

from support_model._time import instant, micros

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from support_model._oncall.rosters import OnCallShift, Roster


OCTETS = 75
"""The longest line, its break not counted."""


def icalendar(
    roster: Roster, *, as_of: datetime, person: str | None = None, domain: str = "invalid"
) -> str:
    """Return the shifts of a roster as iCalendar text, lines ended by CRLF.

    Args:
        roster: the window to write.
        as_of: when the text was made, for DTSTAMP.
        person: only the duty of this one, an event for each unbroken stretch, whoever else is
            on call beside.
        domain: what makes UIDs unique in the world, such as "example.org"; an event keeps its
            UID while its plan's name, people and start stay.

    Raises:
        NaiveDatetime: `as_of` has no zone.

    Example:
        >>> from datetime import UTC, datetime
        >>> from support_model.oncall import Layer, OnCall
        >>> monday, next_ = datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 9, tzinfo=UTC)
        >>> week = OnCall([Layer(["ann"], start="2026-03-02 09:00", tz="UTC")])
        >>> text = icalendar(week.roster(monday, next_), as_of=monday)
        >>> [line for line in text.splitlines() if line.startswith(("SUMMARY", "DTSTART"))]
        ['DTSTART:20260302T090000Z', 'SUMMARY:ann']
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//support_model//on-call//EN",
        f"NAME:{escaped(roster.name)}",
        f"X-WR-CALNAME:{escaped(roster.name)}",
    ]
    shifts = roster.shifts() if person is None else _own(roster, person)
    for shift in shifts:
        lines += _event(roster.name, shift, _utc(as_of), domain)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in folded(line))


def _own(roster: Roster, person: str) -> tuple[OnCallShift, ...]:
    """Return the unbroken stretches in which somebody is on call, alone or with others."""
    only = [frozenset({person}) if person in crew else frozenset() for crew in roster.crews]
    return evolve(roster, crews=tuple(only)).joined().shifts()


def _event(name: str, shift: OnCallShift, stamp: str, domain: str) -> Iterator[str]:
    assert shift.span.end is not None  # noqa: S101 - a roster ends
    who, start = ", ".join(sorted(shift.who)), _utc(shift.span.start)
    identity = "\0".join([name, start, *sorted(shift.who)])
    uid = hashlib.sha256(identity.encode(errors="replace")).hexdigest()[:32]
    yield "BEGIN:VEVENT"
    yield f"UID:{uid}@{escaped(domain)}"
    yield f"DTSTAMP:{stamp}"
    yield f"DTSTART:{start}"
    yield f"DTEND:{_utc(shift.span.end)}"
    yield f"SUMMARY:{escaped(who)}"
    yield f"CATEGORIES:{escaped(name)}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _utc(at: datetime) -> str:
    # iCalendar counts whole seconds; shifts still tile, since all edges are cut alike
    return instant(micros(at)).strftime("%Y%m%dT%H%M%SZ").rjust(16, "0")


def escaped(text: str) -> str:
    r"""Return text as an iCalendar value: nothing in it can end its line or its property.

    Example:
        >>> escaped("a;b,c\nEND:VEVENT")
        'a\\;b\\,c\\nEND:VEVENT'
    """
    for plain, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,")):
        text = text.replace(plain, written)
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\n")
    text = text.encode(errors="replace").decode()  # half a surrogate pair is no text
    return "".join(sign for sign in text if sign == "\t" or (sign >= " " and sign != "\x7f"))


def folded(line: str) -> Iterator[str]:
    """Yield a line in parts of at most 75 octets; each after the first begins with a space."""
    part = ""
    for sign in line:
        if len((part + sign).encode()) > OCTETS:
            yield part
            part = " "
        part += sign
    yield part
