"""Decisions as tables: nobody is missing, and nothing that was typed gets out of its cell."""

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import pytest
from conformance import routing as adapter
from english import english
from hypothesis import given
from hypothesis import strategies as st
from routing.cases import backlogs, questions

from support_model._tables import TextTable
from support_model._time import local_text
from support_model.calendars import BusinessCalendar
from support_model.instants import Span
from support_model.lines import Agent, Capacity
from support_model.reasons_ru import RUSSIAN
from support_model.routing import (
    Need,
    QueuedTicket,
    Routing,
    assign_backlog,
    route,
)

AT = datetime(2026, 3, 4, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)
BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = BusinessCalendar.weekly({"mon-fri": "12:00-17:00"}, tz="Europe/Berlin")
NASTY = "</td><script>alert('x')</script>&amp;\"\x00{who}"


def waiting(**parts):
    return QueuedTicket(**{"id": "T1", "channel": "chat", "queued_at": AT, **parts})


@given(questions())
def test_every_agent_has_one_row_in_order(data):
    people, workload, routing = adapter.facts_of(data)
    ticket, now = adapter.ticket_of(data["ticket"]), adapter.at(data["as_of"])
    found = route(ticket, people, workload, routing, as_of=now)
    rows = found.table().rows
    assert [row[0] for row in rows[: len(found.ranked)]] == [*found.ranked]
    assert {row[0] for row in rows[len(found.ranked) :]} == {*found.rejected}
    assert len(rows) == len(people)
    in_the_way = [len(found.rejected[row[0]]) for row in rows[len(found.ranked) :]]
    assert in_the_way == sorted(in_the_way)
    free = [row[4] for row in rows[len(found.ranked) :] if row[4]]
    if found.retry_at is not None:
        assert local_text(found.retry_at, UTC) in free
        assert local_text(found.retry_at, UTC) in found.table().title
    elif found.agent is None:
        assert not free


def test_a_table_reads_well():
    people = [
        Agent(id="ann", skills=["sap"], capacity=Capacity(4)),
        Agent(id="bob", skills=["sap"], calendar=OFFICE),
        Agent(id="cid", line=None, absences=[Span(AT - HOUR, AT + 30 * HOUR)]),
        Agent(id="dee", line=2, skills=["sap"]),
    ]
    found = route(waiting(line=1, needs=["sap"]), people, {}, Routing(), as_of=AT + HOUR / 3)
    table = found.table(tz=BERLIN)
    assert table.title == "T1: ann takes it (Europe/Berlin)"
    assert table.rows == (
        (
            *("ann", "1", "takes it"),
            "fits best: 1 of 1 needs met, 0 levels to spare, 0% of the capacity taken",
            "",
        ),
        ("bob", "1", "cannot", "outside the agent's hours", "Wed 04 Mar 2026 12:00"),
        ("dee", "2", "cannot", "works on line 2, the ticket is on line 1", ""),
        (
            *("cid", "-", "cannot"),
            (
                "works on line none, the ticket is on line 1;"
                " absent until Thu 05 Mar 2026 17:00; lacks sap"
            ),
            "",
        ),
    )
    few = found.table(most=1, catalogue=RUSSIAN)
    assert (len(few.rows), few.below) == (1, "и ещё 3")
    assert "подходит" in few.rows[0][3]
    alone = route(waiting(), [Agent(id="ann", capacity=Capacity(0))], {}, Routing(), as_of=AT)
    assert alone.table().title == (
        "T1: nobody can take it, and only an event can change that (UTC)"
    )
    second = route(waiting(), people[:2], {}, Routing(strategy="round_robin"), as_of=AT + 2 * HOUR)
    assert second.table().rows == (
        ("ann", "1", "takes it", "has waited longest for a ticket; last given one: never", ""),
        ("bob", "1", "could", "number 2 in the order", ""),
    )


def cells(text):
    """Read a table back: title, headings, rows of text."""
    root = ET.fromstring(text)  # noqa: S314 - our own
    assert root.tag == "table"
    assert {node.tag for node in root.iter()} <= {
        *("table", "caption", "b", "thead", "tbody", "tfoot", "tr", "th", "td")
    }
    assert all(name in {"style", "colspan"} for node in root.iter() for name in node.attrib)
    rows = [["".join(cell.itertext()) for cell in row] for row in root.find("tbody")]
    return "".join(root.find("caption").itertext()), rows


def test_html_holds_the_table_and_nothing_that_was_typed_gets_out():
    people = [Agent(id=NASTY.replace("\x00", ""), skills=["<b>sap</b>"]), Agent(id="z")]
    item = waiting(id="<T1>", needs=["<b>sap</b>"], exclude={"z": "<img src=x>"})
    found = route(item, people, {}, Routing(), as_of=AT)
    text = found._repr_html_()
    title, rows = cells(text)
    assert rows == [list(row) for row in found.table().rows]
    assert title == found.table().title
    assert "<T1>" in title
    assert "<img src=x>" in rows[1][3]
    assert "color" not in text  # light and dark pages lend their own


def test_words_stand_left_and_numbers_right():
    table = TextTable(title="t", columns=("a:", "b"), rows=(("x", "1"),), below="<i>")
    root = ET.fromstring(table.html())  # noqa: S314 - our own
    for cells_of in (root.find("thead")[0], root.find("tbody")[0]):
        sides = [cell.get("style").split(";")[0] for cell in cells_of]
        assert sides == ["text-align:left", "text-align:right"]
    assert "".join(root.find("tfoot").itertext()) == "<i>"
    assert root.find("tfoot")[0][0].get("colspan") == "2"
    for broken in (("x",), ("x", "1", "2")):
        with pytest.raises(ValueError, match="zip"):
            TextTable(title="t", columns=("a:", "b"), rows=(broken,)).html()


def test_a_notebook_shows_the_first_of_many():
    crowd = [Agent(id=f"a{number:03}") for number in range(80)]
    _, rows = cells(route(waiting(), crowd, {}, Routing(), as_of=AT)._repr_html_())
    assert len(rows) == 50
    many = [waiting(id=f"T{number:03}") for number in range(80)]
    found = assign_backlog(many, crowd[:3], {}, Routing(), as_of=AT)
    text = found._repr_html_()
    assert len(cells(text)[1]) == 50
    assert "and 30 more; 80 of 80 assigned, 0 left" in text


@given(backlogs())
def test_a_backlog_shows_every_turn_and_counts_what_stands_in_the_way(data):
    people, workload, routing = adapter.facts_of(data)
    tickets, now = [adapter.ticket_of(row) for row in data["tickets"]], adapter.at(data["as_of"])
    found = assign_backlog(tickets, people, workload, routing, as_of=now)
    _, rows = cells(found._repr_html_())
    assert [row[0] for row in rows] == [*found.order]
    retries = found.retries
    assert found.why_left.keys() == {*found.left} == retries.keys()
    for name, agent, why, again in rows:
        assert agent == (found.assigned[name] or "nobody")
        if found.assigned[name] is None:
            counts = found.counts(name)
            assert found.why_left[name] == counts == found.decision(name).counts
            said = [part.split(": ") for part in why.split(", ")]
            assert {code.replace(" ", "_"): int(count) for code, count in said} == counts
            numbers = [int(count) for _, count in said]
            assert numbers == sorted(numbers, reverse=True)
            at = retries[name]
            assert again == ("" if at is None else local_text(at, found.team.tz))


@given(st.datetimes(min_value=datetime(2020, 1, 1), timezones=st.just(UTC)))
def test_an_instant_is_shown_on_the_clock_asked_for(at):
    assert local_text(at, BERLIN).startswith(english(at.astimezone(BERLIN), "%a %d %b %Y %H:%M"))


def test_a_skill_that_reads_like_a_date_stays_as_it_was_typed():
    needs = [Need("20260304")]
    found = route(waiting(needs=needs), [Agent(id="ann")], {}, Routing(), as_of=AT)
    assert "20260304" in " ".join(found.table().rows[0])
