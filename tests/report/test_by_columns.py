"""A report of a log read by columns is that of the same log read row by row, to the byte."""

import json
from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from attrs import asdict, evolve
from frames.histories import drawn_book, drawn_log
from report.small_log import HEADER, MAPPING, ROWS

from support_model import __main__ as command
from support_model import report, serde
from support_model._cli import demo, report_commands
from support_model.adapters import Account, read_files, table
from support_model.calendars import BusinessCalendar
from support_model.errors import InvalidLog
from support_model.events import Related
from support_model.report import make_report, page, read_by_columns, report_to_data
from support_model.report import printed as said_of
from support_model.sla import RESOLUTION, PolicyBook, SlaPolicy, Target

HOURS = BusinessCalendar.weekly({"mon-fri": "08:00-18:00"}, tz="Europe/Berlin")
BERLIN = Account(tz=ZoneInfo("Europe/Berlin"))


def text_of(made):
    return json.dumps(report_to_data(made), indent=1)


def both(path, mapping=None, account=BERLIN, **more):
    """The report of a file by columns and by rows."""
    columnar = read_by_columns([path], mapping, account)
    assert columnar is not None
    rows = read_files([path], mapping or "events", account)
    return make_report(columnar, **more), make_report(rows, **more)


def written(tmp_path, seed, tickets=12, **more):
    path = tmp_path / f"{seed}.jsonl"
    serde.write_events(drawn_log(seed, tickets, **more), path)
    return path


@pytest.mark.parametrize("seed", range(25))
def test_a_log_of_events_gives_the_same_report(tmp_path, seed):
    path = written(tmp_path, seed)
    if read_by_columns([path]) is None:
        pytest.skip("a log that may run from the newest to the oldest is read row by row")
    by = Random(seed).choice([None, "priority", "group", "agent"])  # noqa: S311 - dice of a test
    options = {"calendar": HOURS, "hours": "office", "target": timedelta(hours=8)}
    log = read_files([path], "events")
    options["by"] = by if by is None or log.field_named(by) else None
    columnar, rows = both(path, **options)
    assert text_of(columnar) == text_of(rows)
    assert columnar.titles == rows.titles


TOLD = {
    "form": "x",
    "undated": ["priority"],
    "incomplete": {"T1": "cut_history"},
    "unknown": [["user", "ann", 2], ["user", "bob", 1], ["status", "Parked", 1]],
    "left_out": {"Cc": 2},
    "findings": [["cut_history", 1, "T1"]],
}


def test_merges_in_a_circle_give_the_same_report(tmp_path):
    path = tmp_path / "log.jsonl"
    log = drawn_log(3, 12)
    first, second, *_ = dict.fromkeys(event.ticket_id for event in log)
    at = max(event.at for event in log)
    merges = [
        Related(ticket_id=a, at=at + timedelta(hours=n), role="agent", kind="merged_into", other=b)
        for n, (a, b) in enumerate([(first, second), (second, first)], start=1)
    ]
    ordered = sorted([*log, *merges], key=lambda event: event.at)
    serde.write_events([evolve(each, seq=n) for n, each in enumerate(ordered)], path)
    columnar, rows = both(path)
    assert text_of(columnar) == text_of(rows)
    ids, into = (rows.plain.scalar(name) for name in ("ticket_id", "merged_into"))
    merged = dict(zip(ids, into, strict=True))
    assert (merged[first], merged[second]) == (second, None)


@pytest.mark.parametrize("ending", ["jsonl", "jsonl.gz"])
def test_what_a_file_says_of_its_log_is_in_the_report(tmp_path, ending):
    path = tmp_path / f"log.{ending}"
    log = sorted(drawn_log(3), key=lambda event: event.at)
    log = [evolve(each, role="third_party") if each.role == "agent" else each for each in log]
    serde.write_events(log, path, told=lambda: TOLD)
    columnar, rows = both(path)
    assert text_of(columnar) == text_of(rows)
    assert columnar.remarks == rows.remarks
    assert {"unknown_people", "unknown_status", "incomplete_tickets", "left_out"} <= {
        each.code for each in rows.remarks
    }


@pytest.mark.parametrize("line", ['{"schema": "support_model.events/1", "log": 5}', '{"log": '])
def test_what_a_file_should_not_say_of_its_log_is_left_to_rows(tmp_path, line):
    path = tmp_path / "log.jsonl"
    serde.write_events(drawn_log(3), path)
    path.write_text(path.read_text("utf-8") + line + "\n", "utf-8")
    assert read_by_columns([path]) is None


def test_most_logs_of_events_are_read_by_columns(tmp_path):
    views = [read_by_columns([written(tmp_path, seed)]) for seed in range(25)]
    assert sum(view is not None for view in views) > 8


@pytest.mark.parametrize("seed", range(6))
def test_policies_give_the_same_shares(tmp_path, seed):
    path = written(tmp_path, 100 + seed, without=("apply",))
    if read_by_columns([path]) is None:
        pytest.skip("a log that may run from the newest to the oldest is read row by row")
    columnar, rows = both(path, policies=drawn_book(seed))
    assert text_of(columnar) == text_of(rows)
    first, last = (listed(made.clocks.cycles) for made in (columnar, rows))
    assert first == last
    assert first


LIST_MAPPING = table.TableMapping(
    name="ours",
    shape="list",
    ticket="id",
    status="state",
    group="team",
    created="opened",
    solved="done",
    categories={"New": "new", "Open": "open", "Done": "solved", "Spam": "void"},
    tz=ZoneInfo("Europe/Berlin"),
)
PROMISE = PolicyBook(
    policies=[
        SlaPolicy(
            name="ours",
            targets=[Target(metric=RESOLUTION, within=timedelta(hours=9), calendar=HOURS)],
        )
    ]
)


def list_of_tickets(weeks=20, daily=6):
    """Rows of which every sixth is spam, and every sixth done, with no stamp since when."""
    yield "id,state,team,opened,done"
    for number in range(weeks * 5 * daily):
        day, place = divmod(number, daily)
        at = datetime(2026, 1, 5, 8 + place, number % 60, tzinfo=UTC) + timedelta(
            days=day // 5 * 7 + day % 5
        )
        last = day >= weeks * 5 - 8
        state = ("Spam", "Done", "Open" if last else "Done", *["Done"] * 3)[place]
        done = f"{at + timedelta(hours=2 + number % 7):%Y-%m-%d %H:%M}" if place > 1 else ""
        team = ("north", "south")[number % 2]
        yield f"{number},{state},{team},{at:%Y-%m-%d %H:%M},{'' if state == 'Open' else done}"


def test_a_list_of_tickets_gives_the_same_report_and_no_time_in_a_status(tmp_path):
    """Who left at an unknown time is open at no time, breaks no promise and keeps none."""
    path = tmp_path / "list.csv"
    path.write_text("\n".join(list_of_tickets()), "utf-8")
    columnar, rows = both(path, LIST_MAPPING, policies=PROMISE)
    assert text_of(columnar) == text_of(rows)
    said = " ".join(" ".join(line.text for line in said_of(rows)).split())
    assert "8 tickets are open; the oldest since" in said
    assert '200 tickets are over (100 as "Done" and 100 as "Spam")' in said
    assert "in which status cannot be told" in said
    assert "“New”" not in said
    assert len(rows.clocks.cycles.state) == 400
    assert min(rows.clocks.cycles.elapsed)


def listed(cycles):
    """Cycles as tuples, in the order of tickets."""
    lists = [value for value in asdict(cycles).values() if isinstance(value, tuple)]
    return sorted(zip(*lists, strict=True), key=repr)


@pytest.fixture
def seen(monkeypatch):
    """How many logs a command has read by columns."""
    views = []

    def read(*arguments, **more):
        views.append(read_by_columns(*arguments, **more))
        return views[-1]

    monkeypatch.setattr(report, "read_by_columns", read)
    return views


def printed(capsys, *arguments):
    assert command.main([*map(str, arguments)]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    return out


def test_the_command_prints_the_same_bytes_with_and_without_the_extra(
    capsys, seen, monkeypatch, tmp_path
):
    page_of, data = tmp_path / "page.html", tmp_path / "data.json"
    line = ("report", demo.LOG, "--mapping", demo.MAPPING, "--tz", demo.TZ, "--hours", demo.HOURS,
            "--holidays", "DE", "--target", "8h", "--by", "priority",
            "--compare", "2026-02", "2026-03", "--html", page_of, "--json", data)  # fmt: skip
    with_extra = printed(capsys, *line), page_of.read_bytes(), data.read_bytes()
    assert [view is not None for view in seen] == [True]
    monkeypatch.setattr(report, "read_by_columns", lambda *_, **__: None)
    assert (printed(capsys, *line), page_of.read_bytes(), data.read_bytes()) == with_extra


@pytest.mark.parametrize("ending", ["jsonl", "jsonl.gz", "csv", "parquet"])
def test_the_command_reads_files_of_events_by_columns_unasked(
    capsys, seen, monkeypatch, tmp_path, ending
):
    path = tmp_path / f"log.{ending}"
    serde.write_events(sorted(drawn_log(3), key=lambda event: event.at), path)
    printed_by = printed(capsys, "report", path)
    assert [view is not None for view in seen] == [True]
    assert ("recognized" in [each.code for each in seen[0].log.findings]) is (ending != "parquet")
    monkeypatch.setattr(report, "read_by_columns", lambda *_, **__: None)
    assert printed(capsys, "report", path) == printed_by


def test_a_lenient_reading_is_row_by_row(capsys, seen):
    printed(capsys, "report", demo.LOG, "--mapping", demo.MAPPING, "--tz", demo.TZ, "--lenient")
    assert seen == []


FIRST = ROWS.splitlines()[0]
CHANGES = {
    "a blank line": HEADER + "\n" + ROWS,
    "a line end in a cell": HEADER + ROWS.replace("New,,", 'New,"x\ny",', 1),
    "the header again": HEADER + ROWS + HEADER,
    "a mark of its encoding": "\ufeff" + HEADER + ROWS,
    "line ends of old machines": (HEADER + ROWS).replace("\n", "\r"),
    "text behind a quote": HEADER + ROWS.replace("New,,", 'New,""x,', 1),
    "a NUL": HEADER + ROWS + "\0",
    "a cell too many": HEADER + ROWS.replace(FIRST, FIRST + ",more"),
    "a title above": "a title above\n" + HEADER + ROWS,
    "no rows": HEADER,
    "a stamp that is none": HEADER + ROWS.replace("2026-03-02T08", "2026-33-02T08"),
    "a word that no mapping names": HEADER + ROWS.replace("Shut", "Shutt"),
}


@pytest.mark.parametrize("text", CHANGES.values(), ids=CHANGES.keys())
def test_a_file_that_is_no_plain_table_gives_the_same_report_or_none(tmp_path, text):
    path = tmp_path / "log.csv"
    path.write_text(text, "utf-8", newline="")
    if read_by_columns([path], MAPPING, BERLIN) is None:
        with pytest.raises(InvalidLog):
            read_files([path], MAPPING, BERLIN)
        return
    columnar, rows = both(path, MAPPING)
    assert text_of(columnar) == text_of(rows)


def test_the_plain_table_that_these_differ_from_is_read_by_columns(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text(HEADER + ROWS, "utf-8", newline="")
    columnar, rows = both(path, MAPPING)
    assert text_of(columnar) == text_of(rows)


@pytest.mark.parametrize("language", report.LANGUAGES)
def test_the_page_of_a_log_by_columns_is_that_of_its_records(language):
    mapping = table.load(demo.MAPPING)
    columnar, rows = both(demo.LOG, mapping, by="priority", calendar=HOURS, hours="office")
    wording = report.Wording(language, BERLIN.tz)
    assert page(columnar, wording) == page(rows, wording)
    assert columnar.figures == rows.figures


def test_an_account_of_a_system_is_read_by_its_reader(tmp_path, seen):
    config = tmp_path / "account.toml"
    config.write_text('tz = "UTC"\n', "utf-8")
    options = report_commands.LogOptions(name="zendesk", config=config)
    assert report_commands._read_by_columns([demo.LOG], options, [], None) is None
    assert seen == []
