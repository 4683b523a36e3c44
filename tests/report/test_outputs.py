"""What a command writes is whole, or the old file is as it was; no output overwrites an input."""

import json
import os
import stat

import openpyxl
import pytest
from report.small_log import HEADER, ROWS
from report.test_command import mapped  # noqa: F401 - a fixture
from report.test_event_logs import events_of

from support_model import __main__ as command
from support_model import serde
from support_model._bounded_files import apart, save_text, saving
from support_model._cli.csv_folder import save_tables
from support_model.desk import Desk
from support_model.errors import InvalidDocument, InvalidValue
from support_model.serde import write_events


def refused(arguments, capsys):
    assert command.main([*map(str, arguments)]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    return err


def test_no_output_overwrites_an_input_or_another_output(small, mapped, tmp_path, capsys):  # noqa: F811
    log = small()
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    link = tmp_path / "link.html"
    link.symlink_to(log)
    hard = tmp_path / "hard.json"
    os.link(log, hard)
    folder = tmp_path / "a"
    folder.mkdir()
    report = ["report", log, *mapped]
    for wrong, says in (
        (["--json", log], "--json would overwrite the log"),
        (["--html", folder / ".." / log.name], "--html would overwrite the log"),
        (["--html", link], "--html would overwrite the log"),
        (["--json", hard], "--json would overwrite the log"),
        (["--json", mapped[1]], "--json would overwrite --mapping"),
        (["--json", tmp_path / "o", "--html", tmp_path / "o"], "--html would overwrite --json"),
    ):
        assert says in refused([*report, *wrong], capsys)
    several = ["demo", log, log, *mapped, "--html", tmp_path / "o"]
    assert "one --html for several logs" in refused(several, capsys)
    assert "one --csv for several logs" in refused([*several[:-2], "--csv", tmp_path], capsys)
    table = tmp_path / "sentences.csv"
    table.write_bytes(log.read_bytes())
    wrong = ["report", table, *mapped, "--csv", tmp_path]
    assert "--csv (sentences.csv) would overwrite the log" in refused(wrong, capsys)
    assert {path: path.read_bytes() for path in before} == before


def test_every_table_is_a_file_and_a_sheet(small, mapped, tmp_path, capsys):  # noqa: F811
    folder, book, page = tmp_path / "tables", tmp_path / "book.xlsx", tmp_path / "page.html"
    line = ["report", small(), *mapped, "--csv", folder, "--xlsx", book, "--html", page]
    assert command.main([*map(str, line)]) == 0
    names = {path.name for path in folder.iterdir()}
    assert {"times.csv", "definitions.csv", "sentences.csv"} <= names
    sheets = openpyxl.load_workbook(book).sheetnames
    assert len(sheets) >= len(names - {"_tables.txt"})
    assert command.main([*map(str, line), "--lang", "ru"]) == 0
    assert "Отчёт" in page.read_text("utf-8")
    capsys.readouterr()
    assert "cannot be made" in refused([*line[:4], "--csv", book], capsys)
    assert "cannot be made" in refused([*line[:4], "--csv", tmp_path / "no" / "way"], capsys)
    assert "cannot be written" in refused([*line[:4], "--xlsx", tmp_path], capsys)


def test_tables_that_a_report_does_not_have_any_more_are_removed_and_named(
    small,
    mapped,  # noqa: F811
    tmp_path,
    capsys,
):
    folder = tmp_path / "tables"
    line = [*map(str, ["report", small(), *mapped, "--csv", folder])]
    assert command.main([*line, "--by", "topic"]) == 0
    (folder / "mine.csv").write_text("mine")
    first = {path.name for path in folder.iterdir()}
    assert capsys.readouterr().err == ""
    assert command.main(line) == 0
    err, second = capsys.readouterr().err, {path.name for path in folder.iterdir()}
    gone = first - second
    assert "groups_topic.csv" in gone
    assert err == (
        f"{folder}: tables of an earlier report were removed: {', '.join(sorted(gone))}\n"
    )
    listed = (folder / "_tables.txt").read_text("utf-8").splitlines()
    assert second == {*listed, "mine.csv", "_tables.txt"}


def test_only_files_of_the_folder_that_no_report_reads_are_removed(tmp_path):
    folder = tmp_path / "tables"
    save_tables({"a.csv": "a", "b.csv": "b"}, folder)
    (tmp_path / "c.csv").write_text("c")
    (folder / "_tables.txt").write_text("../c.csv\na.csv\nb.csv\nno.csv\n")
    assert save_tables({"d.csv": "d"}, folder, [folder / "b.csv"]) == ["a.csv"]
    assert {path.name for path in folder.iterdir()} == {"b.csv", "d.csv", "_tables.txt"}
    assert (tmp_path / "c.csv").exists()
    (folder / "_tables.txt").write_bytes(b"\xff")
    assert save_tables({}, folder) == []


def test_the_demo_writes_the_same_files(tmp_path, capsys):
    page = tmp_path / "page.html"
    assert command.main(["demo", "--html", str(page), "--csv", str(tmp_path / "tables")]) == 0
    assert "March 2026" in page.read_text("utf-8")
    assert (tmp_path / "tables" / "changes.csv").exists()
    capsys.readouterr()


def test_a_report_that_fails_leaves_the_files_of_the_last_one(small, mapped, tmp_path, capsys):  # noqa: F811
    figures = tmp_path / "figures.json"
    assert command.main(["report", str(small()), *mapped, "--json", str(figures)]) == 0
    before = figures.read_bytes()
    missing = tmp_path / "no" / "page.html"
    capsys.readouterr()
    err = refused(
        ["report", small(), *mapped, "--json", tmp_path / "x", "--html", missing], capsys
    )
    assert "the HTML file cannot be written" in err
    refused(["report", small(HEADER + ROWS + "x"), *mapped, "--json", figures], capsys)
    assert figures.read_bytes() == before


def test_the_new_file_takes_the_place_and_the_rights_of_the_old_one(tmp_path):
    path, link = tmp_path / "a.json", tmp_path / "link.json"
    path.write_text("old")
    path.chmod(0o640)
    link.symlink_to(path)
    with pytest.raises(LookupError), saving(link) as new:  # noqa: PT012 - fails half way
        new.write_text("half")
        raise LookupError
    assert [path.read_text(), *sorted(each.name for each in tmp_path.iterdir())] == [
        "old", "a.json", "link.json",
    ]  # fmt: skip
    save_text("new", link)
    assert link.is_symlink()
    assert (path.read_text(), stat.S_IMODE(path.stat().st_mode)) == ("new", 0o640)
    with pytest.raises(IsADirectoryError):
        save_text("new", tmp_path)


@pytest.mark.skipif(os.name != "posix", reason="needs a pipe with a name")
def test_what_is_no_ordinary_file_is_written_to_directly(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    save_text("told", pipe)
    assert os.read(reader, 10) == b"told"
    os.close(reader)
    apart({}, {"--json": pipe, "--html": pipe})


def test_files_are_apart_whatever_they_are_called(tmp_path):
    one, other = tmp_path / "a", tmp_path / "b"
    apart({"the log": one}, {"--json": other, "--html": None})
    with pytest.raises(InvalidValue, match="--json would overwrite the log"):
        apart({"the log": one}, {"--json": tmp_path / "c" / ".." / "a"})


@pytest.mark.parametrize("form", ["toml", "json"])
def test_a_document_that_cannot_be_read_again_is_not_written(form, tmp_path):
    path = tmp_path / f"desk.{form}"
    serde.dump_desk(Desk(name="old"), path)
    before = path.read_bytes()
    names = ["half \ud800", "x" * 2**20] + (["a." * 70] if form == "toml" else [])
    for name in names:
        with pytest.raises(InvalidDocument):
            serde.dump_desk(Desk(name=name), path)
        assert path.read_bytes() == before
    assert [*tmp_path.iterdir()] == [path]


def test_what_is_no_document_is_called_what_it_is(tmp_path):
    path = tmp_path / "desk.json"
    for raw, says in ((b"PAR1\x15", "a Parquet file, not JSON"), (b"PK\x03\x04", "a zip archive")):
        path.write_bytes(raw)
        with pytest.raises(InvalidDocument, match=says):
            serde.load_desk(path)


def test_leniently_a_report_of_events_lists_what_it_leaves_out(tmp_path, capsys):
    path = tmp_path / "desk.jsonl"
    write_events((event for number in range(4) for event in events_of(number)), path)
    lines = path.read_text("utf-8").splitlines(keepends=True)
    without = [line for line in lines if '"created"' not in line or '"T2"' not in line]
    path.write_text("".join([*without[:2], "{\n", *without[2:]]), "utf-8")
    report = ["report", path, "--from", "events"]
    assert "desk.jsonl, line 3: no JSON" in refused(report, capsys)
    figures = tmp_path / "figures.json"
    assert command.main([*map(str, report), "--lenient", "--json", str(figures)]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "a line that is no event" in out
    assert "the events of a ticket are no log of it" in out
    assert json.loads(figures.read_text("utf-8"))["log"]["cases"] == 3
    path.write_text("".join(without), "utf-8")
    assert "line 13: no creation: 'T2'" in refused(report, capsys)


def test_events_that_run_backwards_are_said_to(tmp_path, capsys):
    path = tmp_path / "desk.csv"
    log = [event for event in events_of(1) if event.type in {"created", "changed"}]
    rows = [type(event)(**{**fields(event), "seq": None}) for event in log]
    write_events(reversed(rows), path)
    assert command.main(["report", str(path), "--from", "events"]) == 0
    out = capsys.readouterr().out
    assert "rows that run from the newest" in out
    assert "read from the end" in out
    assert command.main(["compare", str(path), "--presets", "otrs"]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "desk.csv: rows that run from the newest to the oldest; read from the end" in out


def fields(event):
    names = ("ticket_id", "at", "role", "actor", "fields")
    return {name: getattr(event, name) for name in names}


def test_what_failed_writes_left_behind_is_in_nobodys_way(tmp_path):
    path = tmp_path / "a.json"
    for number in range(3):
        (tmp_path / f".a.json.{os.getpid()}.{number}.new").write_text("left")
    save_text("new", path)
    assert path.read_text() == "new"


def test_a_disk_that_is_full_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "desk.json"
    serde.dump_desk(Desk(name="old"), path)
    before = path.read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("support_model._bounded_files.os.fsync", full)
    with pytest.raises(InvalidDocument, match="No space left"):
        serde.dump_desk(Desk(name="new"), path)
    assert (path.read_bytes(), [*tmp_path.iterdir()]) == (before, [path])
