"""The command line prints what it should where it should, and never a traceback."""

import gc
import gzip
import json
import os
import re
import subprocess
import sys
import warnings
from pathlib import Path

import pytest
from report.small_log import HEADER, ROWS
from report.test_table import BROKEN

from support_model import __main__ as command
from support_model._cli import demo, desk_commands
from support_model.errors import DataDrift

MAPPING_FILE = """
[columns]
ticket = "ticket"
at = "at"
status = "status"
group = "team"
[statuses]
new = ["New"]
open = ["Open"]
pending = ["Wait"]
solved = ["Done"]
closed = ["Shut"]
"""


@pytest.fixture
def mapped(tmp_path):
    path = tmp_path / "mapping.toml"
    path.write_text(MAPPING_FILE)
    return ["--mapping", str(path)]


def fresh(*arguments, **more):
    """Run the command in a fresh interpreter."""
    line = [sys.executable, "-m", "support_model", *map(str, arguments)]
    options = {"capture_output": True, "text": True, "encoding": "utf-8"} | more
    return subprocess.run(line, check=False, **options)


def test_without_arguments_it_explains_itself(capsys):
    assert command.main([]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("usage: python -m support_model")
    assert "report" in out
    assert err == ""


def test_the_report_is_plain_text_of_at_most_a_hundred_columns(small, mapped):
    done = fresh(
        "report", small(), *mapped, "--tz", "Europe/Berlin", "--hours", "Mo-Fr 08:00-18:00",
        "--holidays", "DE-BY", "--target", "8h", "--by", "group",
        env=os.environ | {"FORCE_COLOR": "1", "TERM": "xterm-256color"},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert "\x1b" not in done.stdout
    lines = done.stdout.splitlines()
    assert max(map(len, lines)) <= 100
    assert all(line == line.rstrip() for line in lines)
    for text in (
        "2 tickets in 6 rows",
        "Mo-Fr 08:00-18:00 Europe/Berlin, closed on public holidays of DE-BY",
        "Until acknowledged",
        "Resolved within 8 h of opening hours",
        "The whole log by group",
        "Times are in opening hours.",
        "not first response",
    ):
        assert text in " ".join(done.stdout.split())


def test_an_ascii_terminal_gets_ascii(small, mapped):
    path = small((HEADER + ROWS).replace("vpn", "M\xfcll"))
    done = fresh(
        "report", path, *mapped, "--by", "topic",
        env=os.environ | {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert "M\\xfcll" in done.stdout
    assert done.stdout.isascii()


def test_json(small, mapped, tmp_path, capsys):
    path = tmp_path / "out.json"
    assert command.main(["report", str(small()), *mapped, "--json", str(path)]) == 0
    assert json.loads(path.read_text("utf-8"))["log"]["cases"] == 2
    assert command.main(["report", str(small()), *mapped, "--json", str(tmp_path)]) == 2
    assert "the JSON file cannot be written" in capsys.readouterr().err


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_log_is_one_line_and_code_2(what, small, mapped, capsys):
    path = small(BROKEN[what][0])
    assert command.main(["report", str(path), *mapped]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("error: log.csv")
    assert err.count("\n") == 1
    assert command.main(["report", str(path), *mapped, "--lenient"]) == 0
    assert "What is odd in the file" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "columns of no known log format"),
        (["--from", "bpi2012"], "did you mean 'bpi2013'"),
        (["--mapping", "nowhere.toml"], "cannot read the mapping"),
        (["--tz", "Europe/Berln"], "use an IANA name"),
        (["--hours", "Mo-Fr 08:00-18:00"], "opening hours need the zone of their clock"),
        (["--hours", "Mo-Fr 08:00-18:00", "--tz", "Mars"], "unknown time zone"),
        (["--hours", "Mo-Fr 08:00-1800", "--tz", "UTC"], "1800"),
        (["--hours", "24/7", "--holidays", "XX"], "XX"),
        (["--holidays", "DE"], "holidays need opening hours"),
        (["--target", "8h"], "a target needs opening hours"),
        (["--hours", "24/7", "--target", "8 days"], "not a duration"),
        (["--by", "topics"], "did you mean 'topic'"),
    ],
)
def test_what_makes_no_sense_is_said_in_one_line(arguments, says, small, mapped, capsys):
    chosen = [] if {"--from", "--mapping"} & set(arguments) or not arguments else mapped
    assert command.main(["report", str(small()), *chosen, *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert says in err


def test_24_7_needs_no_zone(small, mapped, capsys):
    arguments = ["--hours", "24/7", "--target", "8h"]
    assert command.main(["report", str(small()), *mapped, *arguments]) == 0
    assert "Opening hours: 24/7" in capsys.readouterr().out


def test_interrupted(small, mapped, monkeypatch, capsys):
    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(command.report_commands, "read_log", interrupt)
    assert command.main(["report", str(small()), *mapped]) == 130
    assert capsys.readouterr().err == ""


def test_without_rich_it_says_what_to_install(small, mapped, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "rich.console", None)
    assert command.main(["report", str(small()), *mapped]) == 2
    assert "pip install 'support-model[report]'" in capsys.readouterr().err


@pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")
def test_progress_goes_to_a_terminal_on_standard_error(small, mapped):
    ours, theirs = os.openpty()
    done = fresh(
        "report", small(), *mapped, capture_output=False, stdout=subprocess.PIPE, stderr=theirs
    )
    os.close(theirs)
    shown = os.read(ours, 100_000).decode()
    os.close(ours)
    assert done.returncode == 0
    assert "Reading log.csv" in shown
    assert "Reading" not in done.stdout


@pytest.mark.skipif(os.name != "posix", reason="needs a shell")
def test_a_reader_who_has_seen_enough_is_no_error():
    done = subprocess.run(  # noqa: S602 - a fixed command
        f"{sys.executable} -m support_model demo | head -1",
        shell=True, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.startswith("A made-up help desk")
    assert done.stderr == ""


@pytest.mark.parametrize("on", [True, False])
def test_the_collector_is_left_as_it_was_found(on, capsys, tmp_path):
    was = gc.isenabled()
    try:
        (gc.enable if on else gc.disable)()
        assert command.main(["report", str(tmp_path / "none.csv"), "--from", "bpi2013"]) == 2
        assert gc.isenabled() is on
    finally:
        (gc.enable if was else gc.disable)()
    assert "none.csv" in capsys.readouterr().err


def test_what_a_log_holds_cannot_steer_the_terminal(small, mapped, capsys):
    path = small((HEADER + ROWS).replace("vpn", "\x1b[2J[red]evil[/red]"))
    assert command.main(["report", str(path), *mapped, "--by", "topic"]) == 0
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "[red]evil[/red]" in out


def test_demo(capsys, small):
    assert command.main(["demo"]) == 0
    out = capsys.readouterr().out
    assert "made-up" in out
    assert "994 tickets in 4,841 rows" in out
    path = small(HEADER + ROWS)
    assert command.main(["demo", str(path)]) == 2
    assert "columns of no known log format; say which with --from" in capsys.readouterr().err


@pytest.mark.parametrize("page", ["README.md", "docs/tutorials/first-report.md"])
def test_what_pages_quote_of_the_demo_is_what_it_prints(page, capsys):
    assert command.main(["demo"]) == 0
    printed = capsys.readouterr().out
    text = (Path(__file__).parents[2] / page).read_text("utf-8")
    quotes = re.findall(r"```text\n(.*?)```", text, re.DOTALL)
    assert quotes
    for quote in quotes:
        assert quote in printed


def test_demo_knows_the_shipped_formats_by_their_columns(small, capsys):
    columns = (
        "SR Number,Change Date+Time,Status,Sub Status,"
        "Involved ST,SR Latest Impact,Owner First Name,ST Level,Product"
    )
    row = "1,2012-05-02T01:55:13+01:00,Accepted,In Progress,V30,High,owner1,L1,PROD1"
    assert command.main(["demo", str(small(f"{columns}\n{row}\n"))]) == 0
    assert "Volvo IT VINST incidents" in capsys.readouterr().out


def test_the_bundled_log_is_what_its_generator_writes():
    line = [sys.executable, "-m", "support_model._cli.demo"]
    written = subprocess.run(line, capture_output=True, text=True, check=True).stdout
    with gzip.open(demo.LOG, "rt", encoding="utf-8") as file:
        assert written == file.read()


def test_a_warning_is_one_line_without_a_place_in_the_code(tmp_path, monkeypatch, capsys):
    def drifted(*_):
        warnings.warn(DataDrift("two dates\x1b differ"), stacklevel=2)
        return ()

    monkeypatch.setattr(desk_commands, "linted", drifted)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        assert command.main(["lint", str(tmp_path)]) == 0
    assert capsys.readouterr().err == "note: two dates\\x1b differ\n"


def test_a_fault_of_ours_is_one_line_too(small, mapped, monkeypatch, capsys):
    def broken(*_, **__):
        said = "no\nway\x1b"
        raise ZeroDivisionError(said)

    monkeypatch.setattr(command.report_commands, "read_log", broken)
    assert command.main(["report", str(small()), *mapped]) == 70
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert "a fault of support_model, please report it: ZeroDivisionError: no w" in err
    assert "\x1b" not in err


@pytest.mark.parametrize("option", [["--target", "8h"], ["--lenient"], ["--by", "priority"]])
def test_demo_refuses_options_of_a_log_where_it_names_none(option, capsys):
    assert command.main(["demo", *option]) == 2
    assert option[0] in capsys.readouterr().err


@pytest.mark.parametrize(
    "end", ["9999-12-31T23:59:59+00:00", "0001-01-01T00:00:00+14:00", "2026-03-02"]
)
def test_instants_that_no_zone_shows_are_refused(end, tmp_path, capsys):
    log = tmp_path / "log.jsonl"
    log.write_text(
        '{"type": "created", "ticket_id": "T1", "at": "2026-03-02T09:00:00+00:00",'
        ' "role": "customer", "fields": {"status": {"name": "new", "category": "new"}}}\n'
    )
    desk = tmp_path / "desk.toml"
    assert command.main(["init", "technical_support", "--to", str(desk)]) == 0
    for line in (
        ["route", str(desk), str(log), "--as-of", end],
        ["lint", str(desk), "--from", end],
        ["compare", str(log), "--as-of", end],
    ):
        assert command.main(line) == 2
        assert "instant" in capsys.readouterr().err
    assert command.main(["lint", str(desk), "--from", "9998-12-31T00:00:00+00:00"]) == 2
    assert command.main(["compare", str(log), "--as-of", "2020-01-01T00:00:00+00:00"]) == 2
    assert "does not exist yet" in capsys.readouterr().err


def test_a_file_without_tickets_says_so(tmp_path, capsys):
    empty = tmp_path / "log.csv"
    empty.touch()
    assert command.main(["compare", str(empty)]) == 2
    assert "holds no ticket" in capsys.readouterr().err


def test_hours_beside_policies_are_refused(tmp_path, capsys):
    """Policies have calendars of their own, so that these hours would count for nothing."""
    desk = tmp_path / "desk.toml"
    assert command.main(["init", "two_offices", "--to", str(desk)]) == 0
    log = tmp_path / "log.jsonl"
    new = {"name": "new", "category": "new"}
    event = {"type": "created", "ticket_id": "T1", "at": "2026-03-02T09:00:00+01:00"}
    log.write_text(json.dumps({**event, "role": "customer", "fields": {"status": new}}), "utf-8")
    capsys.readouterr()
    arguments = ["compare", str(log), "--policy", str(desk)]
    assert command.main(arguments) == 0
    assert command.main([*arguments, "--hours", "Mo-Fr 09:00-17:00"]) == 2
    assert "leave out --hours or --policy" in capsys.readouterr().err


def test_what_a_log_is_split_by_is_refused_in_words_of_the_command(tmp_path, capsys):
    log = tmp_path / "log.jsonl"
    new = {"name": "new", "category": "new"}
    event = {"type": "created", "ticket_id": "T1", "at": "2026-03-02T09:00:00+01:00"}
    event |= {"role": "customer", "fields": {"status": new, "topic": "login"}}
    log.write_text(json.dumps(event), "utf-8")
    assert command.main(["report", str(log), "--from", "events", "--by", "nosuch"]) == 2
    said = capsys.readouterr().err
    assert "no column or field of the log: 'nosuch'; known: status, topic" in said
    assert "keep" not in said


def test_the_language_is_that_of_the_report_and_of_the_page(small, mapped, tmp_path, capsys):
    path = tmp_path / "page.html"
    line = ["report", str(small()), *mapped, "--html", str(path)]
    assert command.main([*line, "--lang", "ru"]) == 0
    assert "Отчёт: log.csv" in capsys.readouterr().out
    assert '<html lang="ru">' in path.read_text("utf-8")
    assert command.main(line) == 0
    assert "Report on log.csv" in capsys.readouterr().out
    assert '<html lang="en">' in path.read_text("utf-8")
