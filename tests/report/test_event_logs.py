"""A log of events fills what a table of statuses cannot: responses, ratings, effort."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve

from support_model import __main__ as command
from support_model._report.comparison_tables import topics
from support_model.errors import InvalidLog, InvalidValue
from support_model.events import Changed, Created, Message, Rated, RatingRequested, Worked
from support_model.figures import find
from support_model.report import compare_periods, period, read_event_log, summarize, to_data
from support_model.serde import write_events
from support_model.sla import PolicyBook
from support_model.vocabulary import Priority, Status

START = datetime(2026, 2, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
NEW, SOLVED = Status("new", "new"), Status("solved", "solved")
TICKETS = 80


def answer_after(number):
    """Hours until the first answer: a day in the second half, for mail."""
    return 24 if number >= TICKETS // 2 and number % 2 else 1


def events_of(number):
    at = START + number * 12 * HOUR
    said = {"ticket_id": f"T{number}"}
    agent = said | {"role": "agent", "actor": "ann"}
    customer = said | {"role": "customer"}
    answered = at + answer_after(number) * HOUR
    fields = {
        "status": NEW, "group": "desk", "channel": "mail" if number % 2 else "chat",
        "priority": Priority("high", 1) if number % 4 < 2 else Priority("low", 2),
        "requester": f"r{number}", "topic": "vpn", "custom.site": "north",
    }  # fmt: skip
    yield Created(**customer, at=at, seq=0, fields=fields)
    yield Message(**agent, at=answered, seq=1, public=True)
    yield Worked(**agent, at=answered, seq=2, duration=HOUR / 4)
    yield Changed(**agent, at=answered + HOUR, seq=3, fields={"status": SOLVED})
    yield RatingRequested(**said, role="system", at=answered + HOUR, seq=4, kind="csat")
    if number % 3 == 0:
        yield Rated(
            **customer, at=answered + 2 * HOUR, seq=5, kind="csat", score=5 - number % 2 * 3,
            scale=(1, 5),
        )  # fmt: skip


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("events") / "desk.jsonl"
    write_events((event for number in range(TICKETS) for event in events_of(number)), path)
    return path


@pytest.fixture(scope="module")
def made(path):
    return summarize(read_event_log(path), by="priority")


def test_what_only_events_hold_is_told(made):
    hours = [answer_after(number) for number in range(TICKETS)]
    first = find(made.figures, "first_response")
    assert sorted(first.micros) == sorted(h * 3_600_000_000 for h in hours)
    assert find(made.figures, "handle_time").total == TICKETS * HOUR / 4
    rated = range(0, TICKETS, 3)
    satisfied = find(made.figures, "csat_top_boxes")
    assert (satisfied.numerator, satisfied.n) == (sum(n % 2 == 0 for n in rated), len(rated))
    assert find(made.figures, "csat_response").n == TICKETS
    titles = {each.title for each in made.absent}
    assert not titles & {"Until first response", "Satisfied (top boxes)", "Effort recorded"}
    assert {"Net promoter score", "Moved to a higher line"} <= titles
    assert "no_first_response" not in {note.code for note in made.notes}


def test_groups_are_named_by_their_words(made, path):
    assert {name: find(part, "first_response").n for name, part in made.groups.items()} == {
        "high": TICKETS // 2,
        "low": TICKETS // 2,
    }
    by_site = summarize(read_event_log(path), by="site")
    assert list(by_site.groups) == ["north"]
    with pytest.raises(InvalidValue, match="read without this column"):
        summarize(read_event_log(path), by="planet")


def test_slower_answers_are_found_where_they_are(made):
    tz = ZoneInfo("UTC")
    spans = period("2026-02-02..2026-02-21", tz), period("2026-02-22..2026-03-13", tz)
    found = compare_periods(made, *spans, tz=tz)
    first = next(c for c in found.worse if c.asked.title == "Until first response")
    assert (first.groups[0].field, first.groups[0].group) == ("channel", "mail")


def test_the_data_and_the_command_know_it(made, path, capsys):
    data = to_data(made)
    assert data["log"]["format"] == "events"
    assert (data["log"]["cases"], data["log"]["rows"]) == (TICKETS, len(made.log.cases) * 5 + 27)
    line = ["report", str(path), "--from", "events", "--by", "channel"]
    assert command.main(line) == 0
    out = capsys.readouterr().out
    assert "Until first response" in out
    assert "Satisfied (top boxes)" in out
    assert command.main([*line[:3], "evnts"]) == 2


def test_no_events_and_policies_are_refused(tmp_path, made):
    empty = tmp_path / "empty.jsonl"
    empty.write_text("")
    with pytest.raises(InvalidLog, match="no events"):
        read_event_log(empty)
    with pytest.raises(InvalidValue, match="measures no policies on events"):
        summarize(made.log, policies=PolicyBook([]))


def test_what_is_asked_about_names_the_new_and_the_grown_first(tmp_path):
    path = tmp_path / "topics.jsonl"
    words = ["vpn"] * 60 + ["mail"] * 30 + ["vpn"] * 40 + ["mail"] * 60 + ["<phish>"] * 20
    write_events(
        (
            Created(ticket_id=str(n), at=START + n * 5 * HOUR, role="customer", seq=0,
                    fields={"status": NEW, "topic": word})
            for n, word in enumerate(words)
        ),
        path,
    )  # fmt: skip
    made = summarize(read_event_log(path))
    tz = ZoneInfo("UTC")
    split = (START + 90 * 5 * HOUR).date()
    spans = (
        period(f"2026-02-02..{split - timedelta(days=1)}", tz),
        period(f"{split}..2026-03-16", tz),
    )
    found = compare_periods(made, *spans, tz=tz)
    rows = topics(found).rows
    assert [(row[0], row[-1]) for row in rows] == [
        ("mail", "really more"), ("<phish>", "new"), ("vpn", "really less"),
    ]  # fmt: skip
    assert topics(evolve(found, topics=None)).rows == ()
    told = to_data(made, found)["comparison"]["topics"]
    assert [each["topic"] for each in told] == ["mail", "vpn", "<phish>"]
