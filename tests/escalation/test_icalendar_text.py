"""iCalendar out: RFC 5545 text that says exactly the shifts, whatever people typed."""

import re
from datetime import UTC, datetime, timedelta

from conformance import oncall as oncall_cases
from escalation import cases
from hypothesis import given
from hypothesis import strategies as st

from support_model.oncall import Every, Layer, OnCall, icalendar

WEEK = datetime(2025, 3, 28, tzinfo=UTC), datetime(2025, 4, 4, tzinfo=UTC)


def events(text):
    """The events of a text as dicts, read by the rules of the RFC alone."""
    assert text.endswith("\r\n")
    assert not re.search(r"(?<!\r)\n|\r(?!\n)", text)
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    lines = text.replace("\r\n ", "").split("\r\n")[:-1]
    assert (lines[0], lines[-1]) == ("BEGIN:VCALENDAR", "END:VCALENDAR")
    assert {"VERSION:2.0", "PRODID:-//support_model//on-call//EN"} <= set(lines)
    found = []
    for line in lines:
        name, _, value = line.partition(":")
        if line == "BEGIN:VEVENT":
            found.append({})
        elif found and name not in ("BEGIN", "END"):
            assert name not in found[-1]
            found[-1][name] = re.sub(
                r"\\([\\;,nN])", lambda m: "\n" if m[1] in "nN" else m[1], value
            )
    return found


def instant(text):
    return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


@given(cases.plans())
def test_events_are_the_shifts(drawn):
    data, first, last = drawn
    roster = oncall_cases.plan_of(data).roster(first, last)
    found = events(icalendar(roster, as_of=first))
    assert [(instant(row["DTSTART"]), instant(row["DTEND"]), row["SUMMARY"]) for row in found] == [
        (shift.span.start, shift.span.end, ", ".join(sorted(shift.who)))
        for shift in roster.shifts()
    ]
    assert len({row["UID"] for row in found}) == len(found)


@given(st.text(min_size=1), st.text())
def test_nothing_typed_gets_out_of_its_place(person, name):
    layer = Layer([person], start="2025-01-01 00:00", tz="UTC")
    text = icalendar(OnCall([layer], name=name).roster(*WEEK), as_of=WEEK[0])
    (row,) = events(text)
    assert set(row) == {"UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "CATEGORIES", "TRANSP"}
    typed = person.replace("\r\n", "\n").replace("\r", "\n")
    assert row["SUMMARY"] == "".join(
        sign
        for sign in typed.encode(errors="replace").decode()
        if sign in "\n\t" or (sign >= " " and sign != "\x7f")
    )


def test_a_handoff_inside_a_jump_is_written_as_it_is_kept():
    layer = Layer(
        ["ann", "bob"], start="2025-03-28 02:30", tz="Europe/Berlin", form=Every(1, "days")
    )
    found = events(icalendar(OnCall([layer]).roster(*WEEK), as_of=WEEK[0]))
    assert "20250330T010000Z" in {row["DTSTART"] for row in found}  # 03:00, not 03:30


def test_one_person_and_lasting_uids():
    layer = Layer(["ann", "bob"], start="2025-03-24 09:00", tz="UTC", form=Every(1, "days"))
    plan = OnCall([layer])
    short, long = plan.roster(*WEEK), plan.roster(WEEK[0], WEEK[1] + timedelta(days=30))
    mine = events(icalendar(short, as_of=WEEK[0], person="ann", domain="example.org"))
    assert {row["SUMMARY"] for row in mine} == {"ann"}
    assert all(row["UID"].endswith("@example.org") for row in mine)
    all_ = {row["UID"] for row in events(icalendar(long, as_of=WEEK[1], domain="example.org"))}
    assert {row["UID"] for row in mine} <= all_
