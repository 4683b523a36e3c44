"""Lines of JSON read ticket by ticket say what they say read at once."""

import gzip
import warnings
from importlib import import_module

import pytest
from adapters.toys import ITEMS, as_json, as_lines, installed, saved
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support_model import __main__ as command
from support_model.adapters import _streaming, combined, read_event_log, read_files, read_in_parts
from support_model.errors import IncompleteLog, InvalidLog

MANY = [{"id": n, "at": f"2026-03-02T09:00:{n % 60:02}Z"} for n in range(300)]
USERS = [{"user": n} for n in range(3)]


@pytest.fixture
def toys(monkeypatch):
    monkeypatch.setattr(_streaming, "LARGE", 0)
    monkeypatch.setattr(_streaming, "PART", 1000)
    return installed(monkeypatch)


pytestmark = pytest.mark.usefixtures("toys")


def said(reading):
    """All that a reading says, tickets in any order."""
    return (
        reading.logs(),
        dict(reading.left_out),
        dict(reading.unknown),
        dict(reading.incomplete),
        {each.code: (each.count, {*each.tickets}) for each in reading.findings},
        reading.file,
        reading.fields,
    )


def both(paths, name="toy", **options):
    parts = [*read_in_parts(paths, name, **options)]
    return parts, read_files(paths, name, **options)


def test_parts_say_what_the_whole_says(tmp_path):
    path = saved(tmp_path, "a.jsonl", as_lines([*USERS[:2], *MANY, USERS[2]]))
    parts, whole = both(path)
    assert len(parts) > 5
    assert said(combined(parts)) == said(whole)
    assert len(combined(parts).events) == len(MANY)


@pytest.mark.parametrize("form", ["gzip", "two files", "folder", "BOM", "no last line end"])
def test_every_form_of_lines_is_parted(tmp_path, form):
    lines = as_lines(MANY)
    paths = {
        "gzip": lambda: saved(tmp_path, "a.jsonl.gz", gzip.compress(lines)),
        "two files": lambda: [
            saved(tmp_path, "1.jsonl", as_lines(MANY[:200])),
            saved(tmp_path, "2.ndjson", as_lines(MANY[150:])),
        ],
        "folder": lambda: saved(tmp_path / "tree", "b/a.jsonl", lines).parents[1],
        "BOM": lambda: saved(tmp_path, "a.jsonl", b"\xef\xbb\xbf" + lines),
        "no last line end": lambda: saved(tmp_path, "a.jsonl", lines.rstrip()),
    }[form]()
    parts, whole = both(paths)
    assert len(parts) > 5
    assert said(combined(parts)) == said(whole)


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("a.json", as_json(MANY)),
        ("a.jsonl", as_json(MANY)),
        ("a.jsonl", as_lines([MANY[:150], MANY[150:]])),
        ("a.jsonl", b"[\n" + b",\n".join(map(as_json, MANY)) + b"\n]"),
        ("a.jsonl", as_lines(MANY).decode().encode("utf-16")),
    ],
    ids=["document", "one line", "pages", "a document over lines", "UTF-16"],
)
def test_what_cannot_be_parted_is_read_at_once(tmp_path, name, raw):
    parts, whole = both(saved(tmp_path, name, raw))
    assert len(parts) == 1
    assert said(parts[0]) == said(whole)


def test_a_system_whose_lines_name_no_ticket_is_read_at_once(tmp_path, monkeypatch, toys):
    monkeypatch.delattr(type(toys["toy"]), "ticket_of")
    parts, whole = both(saved(tmp_path, "a.jsonl", as_lines(MANY)))
    assert [said(part) for part in parts] == [said(whole)]


def test_users_beyond_measure_are_read_at_once(tmp_path, monkeypatch):
    monkeypatch.setattr(_streaming, "MOST_SHARED", 20)
    parts, whole = both(saved(tmp_path, "a.jsonl", as_lines([*MANY, *USERS])))
    assert [said(part) for part in parts] == [said(whole)]


def test_a_broken_line_is_refused_or_leniently_left_out(tmp_path):
    raw = as_lines(MANY[:9]) + b"{oops\n" + as_lines(MANY[9:])
    path = saved(tmp_path, "a.jsonl", raw)
    with pytest.raises(InvalidLog, match=r"a\.jsonl, line 10: no JSON"):
        list(read_in_parts(path, "toy"))
    parts, whole = both(path, lenient=True)
    assert len(parts) > 5
    assert said(combined(parts)) == said(whole)


def test_a_cut_ticket_is_refused_unless_lenient(tmp_path):
    items = [*MANY, {**MANY[0], "id": "x", "cut": True}]
    path = saved(tmp_path, "a.jsonl", as_lines(items))
    with pytest.raises(IncompleteLog, match="x"):
        list(read_in_parts(path, "toy"))
    parts, whole = both(path, lenient=True)
    assert said(combined(parts)) == said(whole)


def test_auto_is_told_by_the_first_lines(tmp_path):
    parts, whole = both(saved(tmp_path, "a.jsonl", as_lines(MANY)), "auto")
    assert len(parts) > 5
    assert said(combined(parts)) == said(whole)


def test_temporary_files_are_gone_whatever_happens(tmp_path):
    path = saved(tmp_path, "a.jsonl", as_lines([*MANY, {**MANY[0], "id": "x", "cut": True}]))
    beside = tmp_path / "beside"
    beside.mkdir()
    with pytest.raises(IncompleteLog):
        list(read_in_parts(path, "toy", folder=beside))
    list(read_in_parts(path, "toy", folder=beside, lenient=True))
    some = read_in_parts(path, "toy", folder=beside, lenient=True)
    next(some)
    some.close()
    assert [*beside.iterdir()] == []


def test_the_command_writes_what_it_reads_in_parts(tmp_path, capsys):
    path = saved(tmp_path, "a.jsonl", as_lines([*USERS, *MANY]))
    out = tmp_path / "out" / "events.jsonl"
    out.parent.mkdir()
    assert command.main(["events", str(path), "--out", str(out)]) == 0
    told = capsys.readouterr().out
    assert "a.jsonl: taken for Toy desk: id beside at." in told
    assert "300 events are in events.jsonl." in told
    assert "user (3)" in told
    assert [*out.parent.iterdir()] == [out]
    assert read_event_log(out).logs() == read_files(path, "toy").logs()
    assert command.main(["events", str(path)]) == 0
    assert capsys.readouterr().out == told.replace("300 events are in events.jsonl.\n", "")


@given(
    st.lists(st.sampled_from([*ITEMS, *MANY[:20], *USERS, {"id": "x", "at": ITEMS[0]["at"]}])),
    st.integers(1, 400),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_lines_in_any_order_and_number_are_parted(tmp_path_factory, monkeypatch, items, size):
    monkeypatch.setattr(_streaming, "PART", size)
    if not any("id" in item for item in items):
        return
    path = saved(tmp_path_factory.mktemp("lines"), "a.jsonl", as_lines(items))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        parts, whole = both(path)
    assert said(combined(parts)) == said(whole)


@pytest.mark.parametrize("name", ["zendesk", "intercom"])
def test_systems_say_ticket_by_ticket_what_they_say_at_once(tmp_path, monkeypatch, name):
    monkeypatch.undo()
    monkeypatch.setattr(_streaming, "LARGE", 0)
    monkeypatch.setattr(_streaming, "PART", 20_000)
    drawn = import_module(f"bench.payloads.{name}")
    lines = getattr(drawn, "lines", drawn.payload)(40, 7)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        parts, whole = both(saved(tmp_path, "a.jsonl", as_lines(lines)), name, lenient=True)
    assert len(parts) > 5
    assert len(whole.events) > 100
    assert said(combined(parts)) == said(whole)


def test_names_of_files_and_blanks_around_lines_part_nothing(tmp_path):
    folder = tmp_path / "tree"
    folder.mkdir()
    for name in ("a\tb\nc.jsonl", "d\udcff.jsonl"):
        try:
            (folder / name).write_bytes(as_lines(MANY[:150]))
        except OSError:  # a system on which no file can be called so
            continue
    blanks = b"\n".join(b"\0\xef\xbb\xbf " + line + b"\f" for line in as_lines(MANY).splitlines())
    saved(tmp_path, "tree/z.jsonl", as_lines(MANY[:1]) * 3000 + blanks)
    parts, whole = both(folder)
    assert len(parts) > 5
    assert said(combined(parts)) == said(whole)
    assert len(whole.events) == len(MANY)
