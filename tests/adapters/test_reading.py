"""Files of an export, in any form and order, are one payload."""

import gzip
import io
import json
import os
import sys
import zipfile
from pathlib import Path

import pytest
from adapters.toys import ITEMS, as_json, as_lines, installed, saved, zipped

from support_model.adapters import Account, EventLog, read_files, slack
from support_model.adapters._export_texts import DEEPEST, decoded, documents, table_of
from support_model.errors import (
    AdapterError,
    IncompleteLog,
    InvalidLog,
    InvalidValue,
    UnknownLogFormat,
)
from support_model.events import Message
from support_model.serde import write_events

pytestmark = pytest.mark.usefixtures("toys")


@pytest.fixture
def toys(monkeypatch):
    return installed(monkeypatch)


def forms(folder):
    """The same items in every form of file."""
    halves = ITEMS[4:], ITEMS[:5]
    saved(folder, "tree/b/1.json", halves[0])
    saved(folder, "tree/a/2.json", halves[1])
    pages = [saved(folder, f"page{n}.json", half) for n, half in enumerate(halves)]
    inside = {"x/1.json": as_json(halves[0]), "x/2.jsonl": as_lines(halves[1])}
    return {
        "one": [saved(folder, "all.json", ITEMS)],
        "pages": pages,
        "pages the other way": pages[::-1],
        "a page twice": [*pages, pages[0]],
        "lines": [saved(folder, "all.jsonl", as_lines(ITEMS))],
        "lines backwards": [saved(folder, "back.ndjson", as_lines(ITEMS[::-1]))],
        "lines under another name": [saved(folder, "all.txt", as_lines(ITEMS))],
        "one after the other": [
            saved(
                folder, "two.json", json.dumps(halves[0], indent=1).encode() + as_json(halves[1])
            )
        ],
        "gzip": [saved(folder, "all.json.gz", gzip.compress(as_json(ITEMS)))],
        "gzip under another name": [saved(folder, "all2.json", gzip.compress(as_lines(ITEMS)))],
        "zip": [saved(folder, "all.zip", zipped(inside, compression=zipfile.ZIP_DEFLATED))],
        "gzip in zip": [
            saved(folder, "gz.zip", zipped({"1.json.gz": gzip.compress(as_json(ITEMS))}))
        ],
        "folder": [folder / "tree"],
        "folder and page": [folder / "tree", pages[1]],
        "UTF-16": [saved(folder, "16.json", json.dumps(ITEMS).encode("utf-16"))],
        "UTF-16 without its mark": [
            saved(folder, "16le.json", json.dumps(ITEMS).encode("utf-16-le"))
        ],
        "UTF-8 with its mark": [saved(folder, "8.json", json.dumps(ITEMS).encode("utf-8-sig"))],
    }


def test_every_form_and_order_of_files_is_the_same_reading(tmp_path):
    readings = {name: read_files(paths, "toy") for name, paths in forms(tmp_path).items()}
    assert len(readings["one"].events) == len(ITEMS)
    for name, reading in readings.items():
        assert reading.events == readings["one"].events, name


def test_standard_input_is_read_whatever_it_is(tmp_path, monkeypatch):
    for paths in forms(tmp_path).values():
        if len(paths) == 1 and paths[0].is_file():
            raw = io.BytesIO(paths[0].read_bytes())
            monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(raw))
            assert len(read_files("-", "toy").events) == len(ITEMS)


def test_documents_are_called_by_their_path_inside_the_export(tmp_path, toys):
    read_files(forms(tmp_path)["folder"], "toy")
    assert toys["toy"].read_of == ["a/2.json", "b/1.json"]
    read_files(tmp_path / "all.zip", "toy")
    assert toys["toy"].read_of == ["x/1.json", *(f"x/2.jsonl:{n}" for n in range(1, 6))]


def test_hidden_and_other_files_are_counted(tmp_path):
    members = {
        "a.json": as_json(ITEMS),
        "__MACOSX/._a.json": b"\0",
        ".DS_Store": b"\0",
        "logo.png": b"\x89PNG",
        "files/scan.pdf": b"%PDF",
        "LICENSE": b"MIT",
    }
    saved(tmp_path, "all.zip", zipped(members))
    for name, value in members.items():
        saved(tmp_path / "tree", name, value)
    for path in (tmp_path / "all.zip", tmp_path / "tree"):
        reading = read_files(path, "toy")
        assert len(reading.events) == len(ITEMS)
        assert reading.left_out == {
            "hidden file": 2,
            "file .png": 1,
            "file .pdf": 1,
            "file without ending": 1,
        }


@pytest.mark.parametrize(
    ("name", "raw", "said"),
    [
        ("a.json", b"", "no JSON and no table"),
        ("a.json", b" \n ", "no JSON and no table"),
        ("a.json", b'{"id": 1, "at": "2026', "no JSON"),
        ("a.jsonl", b'{"id": 1}\n{"id": \n', "a.jsonl, line 2: no JSON"),
        ("a.jsonl", b'{"id": 1}\n{"id": 2} {"id": 3}\n', "line 2: no JSON"),
        ("a.json", b'{"id": NaN}', "NaN or Infinity"),
        ("a.json", b'{"id": -Infinity}', "NaN or Infinity"),
        ("a.json", b'{"id": ' + b"9" * 5000 + b"}", "too many digits"),
        ("a.json", b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1), "nested too deep"),
        ("a.json", b"[" * 100_000, "nested too deep"),
        ("a.json", b"\xef\xbb\xbf\xff{", "no utf-8-sig"),
        ("a.json", b"<!DOCTYPE html><html>Sign in</html>", "HTML or XML"),
        ("a.json", b"PAR1....", "a Parquet file"),
        ("a.json.gz", b'{"id": 1}', "damaged or cut short"),
        ("a.json.gz", gzip.compress(b'{"id": 1}')[:-9], "damaged or cut short"),
        ("a.json.gz", gzip.compress(gzip.compress(b"{}")), "an archive inside an archive"),
        ("a.json.gz", gzip.compress(b" " * 2**25, 9), "expands without measure"),
        ("a.zip", b"PK\x03\x04rubbish", "no zip archive that can be unpacked"),
        ("a.zip", zipped({}), "no JSON and no table"),
        ("a.zip", zipped({"b.json": zipped({"c.json": b"{}"})}), "an archive inside an archive"),
        (
            "a.zip",
            zipped({"b.json": b" " * 2**25}, compression=zipfile.ZIP_DEFLATED),
            "expands without measure",
        ),
        (
            "a.zip",
            zipped(
                {f"{n}.json": b" " * 2**22 for n in range(5)}, compression=zipfile.ZIP_DEFLATED
            ),
            "expands without measure",
        ),
    ],
    ids=map(str, range(22)),
)
def test_what_cannot_be_read_is_refused_in_one_line(tmp_path, name, raw, said):
    path = saved(tmp_path, name, raw)
    with pytest.raises(InvalidLog) as caught:
        read_files(path, "toy")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_locked_archive_is_refused(tmp_path):
    raw = bytearray(zipped({"a.json": as_json(ITEMS)}))
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(InvalidLog, match="locked by a password"):
        read_files(saved(tmp_path, "a.zip", bytes(raw)), "toy")


def test_a_damaged_member_is_refused_and_leniently_left_out(tmp_path):
    raw = zipped({"a.json": as_json(ITEMS), "b.json": b'{"id": '})
    path = saved(tmp_path, "a.zip", raw)
    with pytest.raises(InvalidLog, match=r"b\.json"):
        read_files(path, "toy")
    reading = read_files(path, "toy", lenient=True)
    assert len(reading.events) == len(ITEMS)
    assert reading.incomplete == {"*": "no_document"}
    assert "b.json" in reading.findings[0].example


def test_a_broken_line_is_leniently_left_out(tmp_path):
    path = saved(tmp_path, "a.jsonl", as_lines(ITEMS[:3]) + b"{oops\n" + as_lines(ITEMS[3:]))
    with pytest.raises(InvalidLog, match="line 4"):
        read_files(path, "toy")
    reading = read_files(path, "toy", lenient=True)
    assert len(reading.events) == len(ITEMS)
    assert reading.findings[0].lines == (4,)


def test_a_ticket_that_is_not_whole_is_refused_unless_lenient(tmp_path):
    path = saved(tmp_path, "a.json", [*ITEMS, {**ITEMS[0], "id": 99, "cut": True}])
    with pytest.raises(IncompleteLog) as caught:
        read_files(path, "toy")
    assert caught.value.tickets == ("99",)
    assert caught.value.codes == ("cut_history",)
    assert "99" in str(caught.value)
    assert "--lenient" in str(caught.value)
    assert read_files(path, "toy", lenient=True).incomplete == {"99": "cut_history"}


def test_auto_says_what_it_took_the_files_for(tmp_path):
    reading = read_files(saved(tmp_path, "a.json", ITEMS), "auto")
    assert reading.events == read_files(tmp_path / "a.json", "toy").events
    assert reading.findings[0].code == "recognized"
    assert reading.findings[0].example == "Toy desk: id beside at"


def test_auto_refuses_none_and_several_and_names_them(tmp_path):
    with pytest.raises(InvalidLog, match=r"no known system.*toy, tables"):
        read_files(saved(tmp_path, "a.json", {"cards": []}), "auto")
    both = [{**ITEMS[0]}, {"board": 7}]
    with pytest.raises(InvalidLog, match=r"several systems.*Toy desk: .*Tables desk: "):
        read_files(saved(tmp_path, "b.jsonl", as_lines(both)), "auto")


def test_an_unknown_system_and_no_file_are_refused(tmp_path):
    with pytest.raises(UnknownLogFormat, match="did you mean 'bpi2013'"):
        read_files(tmp_path / "a.json", "bpi213")
    with pytest.raises(InvalidValue, match="no file"):
        read_files([], "toy")
    with pytest.raises(InvalidLog, match="cannot be opened"):
        read_files(tmp_path / "no.json", "toy")


def test_the_error_of_an_interface_names_its_file(tmp_path):
    saved(tmp_path / "tree", "a.json", ITEMS)
    saved(tmp_path / "tree", "b.json", {"error": "rate limit"})
    with pytest.raises(AdapterError, match=r"b\.json.*rate limit"):
        read_files(tmp_path / "tree", "toy")


def test_a_zone_said_beside_the_account_is_that_of_an_account_without_one(tmp_path, toys):
    path = saved(tmp_path, "a.json", ITEMS)
    read_files(path, "toy", Account(tz="Europe/Berlin"), tz="Europe/Rome")
    assert toys["toy"].account.tz.key == "Europe/Berlin"
    read_files(path, "toy", Account(), tz="Europe/Rome")
    assert toys["toy"].account.tz.key == "Europe/Rome"


TABLE = "Number;At\n1;2026-03-02T09:01:00Z\n2;2026-03-02T09:02:00Z\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1251"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_a_table_is_read_whatever_its_delimiter_and_encoding(tmp_path, toys, encoding, delimiter):
    text = TABLE.replace(";", delimiter).replace("Number", "Номер")
    reading = read_files(saved(tmp_path, "a.csv", text.encode(encoding)), "tables")
    assert len(reading.events) == 2
    assert toys["tables"].tables["a.csv"][0] == ["Номер", "At"]


def test_a_table_for_a_system_without_tables_is_refused(tmp_path):
    with pytest.raises(InvalidLog, match="a table, and none of Toy desk"):
        read_files(saved(tmp_path, "a.csv", TABLE.encode()), "toy")


def test_json_beside_tables_is_refused(tmp_path):
    files = [saved(tmp_path, "a.csv", TABLE.encode()), saved(tmp_path, "b.json", ITEMS)]
    with pytest.raises(InvalidLog, match="both JSON"):
        read_files(files, "tables")


def test_progress_tells_all_bytes(tmp_path):
    paths = [saved(tmp_path, f"{n}.json", [item]) for n, item in enumerate(ITEMS)]
    told = []
    read_files(paths, "toy", progress=told.append)
    assert told == sorted(told)
    assert told[-1] == sum(path.stat().st_size for path in paths)


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("a;b;c\n1,5;2;3\n2,5;2;3\n", ";"),
        ("a,b,c\n1;5,2,3\n", ","),
        ("Report\nPeriod: March\n\na\tb\n1\t2,3\n4\t5,6\n", "\t"),
        ('a,b\n"x;y;z;w",2\n"x;y;z;w",3\n', ","),
    ],
)
def test_lines_tell_the_delimiter(text, delimiter):
    assert table_of(text, "a.csv").delimiter == delimiter


def test_quoted_cells_keep_line_ends_and_unusual_separators():
    rows = table_of('a,b\n"x\r\ny\u2028z",\x0b2\n', "a.csv").rows
    assert rows == (("a", "b"), ("x\r\ny\u2028z", "\x0b2"))


def test_the_last_of_two_equal_keys_holds():
    (page,) = documents('{"id": 1, "id": 2}', "a.json", None)
    assert page.value == {"id": 2}


@pytest.mark.parametrize(
    ("text", "encoding"),
    [("Größe, Straße", "cp1252"), ("Заявка № 7", "cp1251"), ("plain", "utf-8"), ("Ёж", "utf-8")],
)
def test_an_encoding_is_told_by_the_bytes(text, encoding):
    assert decoded(text.encode(encoding), "a.csv") == (text, encoding)


def test_readings_are_event_logs(tmp_path):
    assert isinstance(read_files(saved(tmp_path, "a.json", ITEMS), "toy"), EventLog)


def test_auto_knows_the_files_of_the_library_itself(tmp_path):
    events = read_files(saved(tmp_path, "a.json", ITEMS), "toy").events
    for name in ("events.jsonl", "events.csv", "events.jsonl.gz"):
        write_events(events, tmp_path / name)
        assert read_files(tmp_path / name, "auto").events == events
        assert read_files(tmp_path / name, "events").events == events


def test_a_ticket_may_be_in_several_files_of_events(tmp_path):
    first = read_files(saved(tmp_path, "a.json", ITEMS), "toy").events
    later = [
        Message(ticket_id=event.ticket_id, at=event.at, seq=2, role="agent", public=True)
        for event in first
    ]
    write_events(later, tmp_path / "1.jsonl")
    write_events(first, tmp_path / "2.jsonl")
    paths = [tmp_path / "1.jsonl", tmp_path / "2.jsonl"]
    assert len(read_files(paths, "events").logs()["1"]) == 2
    assert read_files(paths[::-1], "events").logs() == read_files(paths, "events").logs()
    with pytest.raises(InvalidLog, match="2 files: no creation"):
        read_files([paths[0], paths[0]], "events")


def test_auto_tells_tables_by_their_rows_and_a_file_of_no_kind_by_its_own_fault(tmp_path, toys):
    path = saved(tmp_path, "a.csv", TABLE.encode())
    toys["tables"].recognized_rows = lambda rows: "a column At" if "At" in rows[0] else ""
    reading = read_files(path, "auto")
    assert reading.findings[0].example == "Tables desk: a column At"
    for lenient in (False, True):
        with pytest.raises(InvalidLog, match="HTML or XML"):
            read_files(saved(tmp_path, "b.json", b"<html>Sign in</html>"), "auto", lenient=lenient)


def test_the_shared_account_serves_a_system_that_knows_more(tmp_path, toys, monkeypatch):
    monkeypatch.setattr(toys["toy"], "Account", slack.Account, raising=False)
    read_files(saved(tmp_path, "a.json", ITEMS), "toy", Account(bots=["7"], tz="Europe/Rome"))
    assert toys["toy"].account == slack.Account(bots=["7"], tz="Europe/Rome")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a system without pipes that have names")
def test_a_pipe_or_a_device_in_a_folder_is_counted_and_not_opened(tmp_path):
    saved(tmp_path, "tree/a.json", ITEMS)
    os.mkfifo(tmp_path / "tree" / "b.json")
    (tmp_path / "tree" / "c.json").symlink_to("/dev/zero")
    reading = read_files(tmp_path / "tree", "toy")
    assert len(reading.events) == len(ITEMS)
    assert reading.left_out["no ordinary file"] == 2


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="a system without devices")
def test_a_device_is_refused_before_its_bytes_are_held():
    with pytest.raises(InvalidLog, match="zero: a device, no file; name the files of an export"):
        read_files("/dev/zero", "toy")
