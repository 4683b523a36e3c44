"""A log of events fills what a table of statuses cannot: responses, ratings, effort."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from support_model import __main__ as command
from support_model._cli import demo
from support_model._report.log_views import RecordView
from support_model._report.policy_report import clock_shares
from support_model._report.wording import english
from support_model.adapters import EventLog, read_event_log, table
from support_model.adapters.table import load
from support_model.calendars import BusinessCalendar
from support_model.errors import InvalidLog, InvalidValue
from support_model.events import Changed, Created, Message, Rated, RatingRequested, Worked
from support_model.figures import find
from support_model.patterns import Field
from support_model.report import make_report, period, report_to_data
from support_model.serde import dump_policies, write_events
from support_model.sla import FIRST_RESPONSE, RESOLUTION, PolicyBook, SlaPolicy, Target
from support_model.vocabulary import Priority, Status

UTC_ZONE = ZoneInfo("UTC")
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
    return make_report(read_event_log(path), by="priority")


def test_what_only_events_hold_is_told(made):
    hours = [answer_after(number) for number in range(TICKETS)]
    first = find(made.figures, "first_response")
    assert sorted(first.micros) == sorted(h * 3_600_000_000 for h in hours)
    assert find(made.figures, "handle_time").total == TICKETS * HOUR / 4
    rated = range(0, TICKETS, 3)
    satisfied = find(made.figures, "csat_top_boxes")
    assert (satisfied.numerator, satisfied.n) == (sum(n % 2 == 0 for n in rated), len(rated))
    assert find(made.figures, "csat_response").n == TICKETS
    titles = {english(each.title) for each in made.absent}
    assert not titles & {"Until first response", "Satisfied (top boxes)", "Effort recorded"}
    assert {"Net promoter score", "Moved to a higher line"} <= titles
    assert "no_first_response" not in {note.code for note in made.notes}


def test_groups_are_named_by_their_words(made, path):
    assert {name: find(part, "first_response").n for name, part in made.groups.items()} == {
        "high": TICKETS // 2,
        "low": TICKETS // 2,
    }
    by_site = make_report(read_event_log(path), by="site")
    assert list(by_site.groups) == ["north"]
    with pytest.raises(InvalidValue, match="read without this column"):
        make_report(read_event_log(path), by="planet")


def test_the_data_and_the_command_know_it(made, path, capsys):
    data = report_to_data(made)
    assert data["log"]["format"] == "events"
    assert (data["log"]["cases"], data["log"]["rows"]) == (TICKETS, made.plain.size * 5 + 27)
    line = ["report", str(path), "--from", "events", "--by", "channel"]
    assert command.main(line) == 0
    out = capsys.readouterr().out
    assert "Until first response" in out
    assert "Satisfied (top boxes)" in out
    assert command.main([*line[:3], "evnts"]) == 2


def test_a_file_without_events_is_refused(tmp_path):
    empty = tmp_path / "empty.jsonl"
    empty.write_text("")
    with pytest.raises(InvalidLog, match="no events"):
        read_event_log(empty)


def promises(*targets, **more):
    return PolicyBook([SlaPolicy(name="gold", targets=targets, **more)])


ALWAYS = BusinessCalendar.always("UTC")
ANSWER = Target(metric=FIRST_RESPONSE, within=2 * HOUR, calendar=ALWAYS)


def test_policies_are_measured_on_events_by_the_group_asked_for(path):
    made = make_report(read_event_log(path), by="channel", policies=promises(ANSWER))
    late = sum(answer_after(number) > 2 for number in range(TICKETS))
    (whole,) = made.clocks.shares
    assert (whole.metric, whole.share.numerator, whole.share.n) == (
        "first_response", TICKETS - late, TICKETS,
    )  # fmt: skip
    assert {name: part[0].share.numerator for name, part in made.clocks.groups.items()} == {
        "chat": TICKETS // 2,
        "mail": TICKETS // 2 - late,
    }
    assert not {note.code for note in made.notes} & {"clocks_untold", "clocks_last_value"}


def test_what_policies_ask_of_events_may_be_any_field(path):
    high = promises(ANSWER, when=Field("priority").is_("high") & Field("custom.site").is_("north"))
    log = read_event_log(path)
    (clock,) = clock_shares(RecordView(log), high).shares
    assert clock.share.n == TICKETS // 2
    slip = clock_shares(RecordView(log), promises(ANSWER, when=Field("tags").contains("vip")))
    assert "80 of 80 tickets fall under no policy" in english(slip.notes[-1].said)
    (note,) = clock_shares(
        RecordView(log), promises(ANSWER, when=Field("type").is_("incident"))
    ).notes[:1]
    assert "Policies ask for type 'incident', which no ticket of the log has" in english(note.said)


def test_without_messages_no_response_is_measured(path):
    log = read_event_log(path)
    silent = EventLog(events=[event for event in log.events if event.type != "message"])
    found = clock_shares(RecordView(silent), promises(ANSWER))
    assert found.shares == ()
    assert "holds events, but no messages, so first response cannot be" in english(
        found.notes[0].said
    )


def test_the_command_measures_policies_on_events(path, tmp_path, capsys):
    dump_policies(promises(ANSWER), tmp_path / "sla.toml", calendars={"always": ALWAYS})
    line = ["report", str(path), "--from", "events", "--policy", str(tmp_path / "sla.toml")]
    assert command.main(line) == 0
    assert "75.0%" in capsys.readouterr().out


def test_a_table_written_as_events_keeps_its_promises(tmp_path):
    log = table.read(demo.LOG, load(demo.MAPPING))
    path = tmp_path / "demo.jsonl.gz"
    write_events(log.events, path)
    solved = Target(metric=RESOLUTION, within=24 * HOUR, calendar=ALWAYS)
    urgent = promises(solved, when=Field("priority").is_("P1") | Field("channel").is_("portal"))
    (before,), (after,) = (
        clock_shares(RecordView(each), urgent).shares for each in (log, read_event_log(path))
    )
    assert before == after
    assert before.share.n > 100


@pytest.mark.parametrize("name", ["log.jsonl", "log.csv", "log.csv.gz", "log.parquet"])
def test_progress_is_called_with_the_bytes_read(path, tmp_path, name):
    if name.endswith("parquet"):
        pytest.importorskip("pyarrow")
    log = tmp_path / name
    write_events(read_event_log(path).events, log)
    seen = []
    read_event_log(log, progress=seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == log.stat().st_size


def test_a_topic_that_is_new_is_named(tmp_path):
    path = tmp_path / "topics.jsonl"
    words = ["vpn", "mail"] * 60 + ["vpn", "mail", "<phish>"] * 40
    write_events(
        (
            Created(ticket_id=str(n), at=START + n * 5 * HOUR, role="customer", seq=0,
                    fields={"status": NEW, "topic": word})
            for n, word in enumerate(words)
        ),
        path,
    )  # fmt: skip
    split = (START + 120 * 5 * HOUR).date()
    spans = (
        period(f"2026-02-02..{split - timedelta(days=1)}", UTC_ZONE),
        period(f"{split}..2026-03-23", UTC_ZONE),
    )
    made = make_report(read_event_log(path), tz=UTC_ZONE, periods=spans)
    told = [each for each in made.changes.items if each.where == (("topic", "<phish>"),)]
    assert [(each.measure, each.verdict) for each in told] == [("created", "more")]


@pytest.mark.parametrize("mixed", [False, True])
def test_a_log_is_split_by_ticket_whether_its_events_are_together_or_not(mixed):
    one, other = (
        [
            Created(ticket_id=name, at=START, role="customer", fields={"status": NEW}),
            Message(ticket_id=name, at=START + HOUR, role="agent", public=True),
        ]
        for name in ("B", "A")
    )
    events = (one[0], *other, one[1]) if mixed else (*one, *other)
    assert EventLog(events=events).logs() == {"B": tuple(one), "A": tuple(other)}
    assert [*EventLog(events=events).logs()] == ["B", "A"]


def test_a_log_without_events_has_no_tickets():
    assert EventLog(events=()).logs() == {}


WITHOUT = """
import sys
sys.modules.update(dict.fromkeys(sys.argv[1].split(",") if sys.argv[1] else ()))  # absent
from support_model._report.wording import english
from support_model.__main__ import main
sys.exit(main(["report", "--from", "events", sys.argv[2]]))
"""


def test_a_report_is_the_same_without_any_extra_of_columns(tmp_path):
    path = tmp_path / "log.jsonl"
    write_events([event for number in range(20) for event in events_of(number)], path)
    said = [
        subprocess.run(
            [sys.executable, "-c", WITHOUT, absent, str(path)], capture_output=True, check=False
        )
        for absent in ("", "numpy,pyarrow")
    ]
    assert [each.returncode for each in said] == [0, 0], said[1].stderr
    assert said[0].stdout == said[1].stdout
