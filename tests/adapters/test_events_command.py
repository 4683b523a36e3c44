"""`events` and the options by which every command reads a log."""

import contextlib
import gzip
import io
import json
import os
import re
import signal
import subprocess
import sys

import pytest
from adapters.toys import ITEMS, as_lines, installed, saved, zipped
from attrs import evolve

from support_model import __main__ as command
from support_model._cli import demo
from support_model.adapters import _account_file, read_event_log, read_files
from support_model.serde import write_events


@pytest.fixture
def toys(monkeypatch):
    known = installed(monkeypatch)
    monkeypatch.setattr(_account_file, "SYSTEMS", tuple(known))
    monkeypatch.setattr(_account_file, "system", known.__getitem__)
    return known


pytestmark = pytest.mark.usefixtures("toys")


@pytest.fixture
def run(capsys):
    def run(*arguments):
        code = command.main([*map(str, arguments)])
        told = capsys.readouterr()
        return code, told.out, told.err

    return run


def refused(run, *arguments):
    code, out, err = run(*arguments)
    assert code == 2
    assert out == ""
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    return err


def test_it_says_what_it_took_a_file_for_and_counts_events(tmp_path, run):
    code, out, err = run("events", saved(tmp_path, "a.json", ITEMS))
    assert (code, err) == (0, "")
    assert out.startswith("a.json: taken for Toy desk: id beside at.\n")
    assert re.search(r"created +7 +7 +2026-03-02 09:01Z +2026-03-02 09:07Z", out)


@pytest.mark.parametrize("ending", [".jsonl", ".jsonl.gz", ".csv", ".csv.gz"])
def test_it_writes_the_events(tmp_path, run, ending):
    path, out = saved(tmp_path, "a.json", ITEMS), tmp_path / f"events{ending}"
    code, told, _ = run("events", path, "--from", "toy", "--out", out)
    assert code == 0
    assert f"7 events are in {out.name}." in told
    assert read_event_log(out).events == read_files(path, "toy").events


def test_several_files_are_one_log_in_any_order(tmp_path, run):
    first = saved(tmp_path, "1.json", ITEMS[:4])
    second = saved(tmp_path, "2.zip", zipped({"b.jsonl": as_lines(ITEMS[3:])}))
    written = []
    for n, paths in enumerate([(first, second), (second, first, first)]):
        out = tmp_path / f"{n}.jsonl"
        assert run("events", *paths, "--out", out)[0] == 0
        written.append(out.read_bytes())
    assert written[0] == written[1]


@pytest.mark.parametrize("name", ["events.txt", "events", "events.json", "events.xlsx"])
def test_a_name_that_says_no_form_is_refused_before_anything_is_read(tmp_path, run, name):
    err = refused(run, "events", tmp_path / "none.json", "--out", tmp_path / name)
    assert "a name that says no form of log" in err


def test_inputs_are_not_overwritten(tmp_path, run):
    path = saved(tmp_path / "tree", "a.jsonl", as_lines(ITEMS))
    before = path.read_bytes()
    assert "would overwrite the log a.jsonl" in refused(run, "events", path, "--out", path)
    assert "lies in a folder that is read" in refused(
        run, "events", tmp_path / "tree", "--out", tmp_path / "tree" / "deep" / "out.jsonl"
    )
    config = saved(tmp_path, "account.jsonl", b"")
    assert "--out would overwrite --config" in refused(
        run, "events", path, "--config", config, "--out", config
    )
    assert path.read_bytes() == before


def test_nothing_is_written_where_the_reading_is_refused(tmp_path, run):
    path = saved(tmp_path, "a.json", [*ITEMS, {**ITEMS[0], "id": 99, "cut": True}])
    out = saved(tmp_path, "out.jsonl", b"before")
    assert "not whole: 99" in refused(run, "events", path, "--out", out)
    assert "not whole: 99" in refused(run, "events", path, "--strict")
    assert out.read_bytes() == b"before"
    code, told, _ = run("events", path, "--lenient", "--out", out)
    assert code == 0
    assert "- Not whole: ticket 99." in told
    assert len(read_event_log(out).events) == len(ITEMS) + 1


def test_what_is_odd_left_out_and_unknown_is_said(tmp_path, run, toys):
    read = toys["toy"].read

    def odd(payloads, account):
        return evolve(read(payloads, account), unknown={("status", "In QA"): 3})

    toys["toy"].read = odd
    path = saved(tmp_path, "a.zip", zipped({"a.jsonl": as_lines(ITEMS), "b.png": b""}))
    code, out, err = run("events", path)
    assert (code, err) == (0, "")
    assert "- Left out, because no event says it: file .png (1)." in out
    assert "- Not known: status 'In QA' (3)." in out
    text = out[out.index("# Not known: each stands") :].replace("solved = []\n", "")
    config = saved(tmp_path, "account.toml", text.replace("open = [", "solved = [").encode())
    assert _account_file.load_account(config).statuses["In QA"].category == "solved"


def test_an_account_and_a_zone_reach_the_system(tmp_path, run, toys):
    path = saved(tmp_path, "a.json", ITEMS)
    config = saved(tmp_path, "account.toml", b'tz = "Europe/Berlin"\nbots = [7]\n')
    assert run("events", path, "--config", config)[0] == 0
    assert toys["toy"].account.tz.key == "Europe/Berlin"
    assert toys["toy"].account.bots == {"7"}
    assert run("events", path, "--config", config, "--tz", "Europe/Berlin")[0] == 0
    said = refused(run, "events", path, "--config", config, "--tz", "Europe/Rome")
    assert "two zones of stamps, and the account says Europe/Berlin" in said
    assert run("events", path, "--tz", "Europe/Rome")[0] == 0
    assert toys["toy"].account.tz.key == "Europe/Rome"


def test_what_the_account_names_and_nobody_is_called_is_said(tmp_path, run):
    path = saved(tmp_path, "a.json", ITEMS)
    words = b'[roles]\nagent = ["nobody-7"]\n[statuses]\npending = ["Inbx"]\n'
    out = run("events", path, "--config", saved(tmp_path, "account.toml", words))[1]
    assert "- In the account and in no event: people nobody-7." in out
    assert "- In the account and in no event: statuses Inbx." in out
    assert "In the account" not in run("events", path)[1]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--hours", "24/7"], "an option of --check, which is not said: --hours"),
        (["--check", "--holidays", "DE"], "an option of --hours, which is not said: --holidays"),
        (["--check", "--hours", "Mo-Fr 09:00-17:00"], "need the zone of their clock"),
    ],
)
def test_hours_without_what_they_are_for_are_refused(tmp_path, run, options, says):
    path = saved(tmp_path, "a.json", ITEMS)
    assert says in refused(run, "events", path, *options).replace("'", "")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--from", "toyy"], "did you mean 'toy'"),
        (["--tz", "Berlin"], "Berlin"),
        (["--config", "none.toml"], "none.toml: cannot be opened"),
        (["--mapping", "none.toml"], "none.toml"),
    ],
)
def test_slips_are_found_before_a_file_is_read(tmp_path, run, arguments, said):
    assert said in refused(run, "events", tmp_path / "none.json", *arguments)


def test_a_mapping_of_ones_own_serves_too(tmp_path, run):
    out = tmp_path / "events.jsonl"
    code, told, _ = run("events", demo.LOG, "--mapping", demo.MAPPING, "--out", out)
    assert code == 0
    assert "5,832 events" in told


def test_report_reads_a_system_as_it_reads_its_events(tmp_path, run):
    path = saved(tmp_path, "a.json", ITEMS)
    written = tmp_path / "a.jsonl"
    write_events(read_files(path, "toy").events, written)
    texts = []
    for name, file in (("toy", path), ("auto", path), ("auto", written), ("events", written)):
        target = tmp_path / "report.json"
        assert run("report", file, "--from", name, "--json", target)[0] == 0
        texts.append(json.loads(target.read_text())["figures"])
    assert texts[0] == texts[1] == texts[2] == texts[3]


def test_report_takes_its_zone_from_the_account(tmp_path, run):
    path = saved(tmp_path, "a.json", ITEMS)
    config = saved(tmp_path, "account.toml", b'tz = "Europe/Berlin"\n')
    arguments = ("report", path, "--from", "toy", "--hours", "Mo-Fr 08:00-18:00")
    assert "opening hours need the zone" in refused(run, *arguments)
    code, out, _ = run(*arguments, "--config", config)
    assert code == 0
    assert "Mo-Fr 08:00-18:00 Europe/Berlin" in out


@pytest.mark.parametrize("name", ["toy", "auto"])
def test_one_ticket_is_compared_whatever_form_it_is_in(tmp_path, run, name):
    path = saved(tmp_path, "a.json", ITEMS)
    written = tmp_path / "a.jsonl"
    write_events(read_files(path, "toy").events, written)
    own = run("compare", written, "--ticket", 3, "--presets", "zendesk")
    assert own[0] == 0
    code, told, _ = run("compare", path, "--from", name, "--ticket", 3, "--presets", "zendesk")
    assert code == 0
    assert told.partition("\n- ")[0].rstrip() == own[1].rstrip()


def test_a_cut_ticket_is_no_log_to_compare(tmp_path, run):
    path = saved(tmp_path, "a.json", [{**ITEMS[0], "cut": True}])
    assert "not whole: 1" in refused(run, "compare", path, "--from", "toy")


@pytest.mark.parametrize("form", ["zip", "folder", "two files", "standard input"])
def test_a_table_by_a_mapping_may_be_packed_too(tmp_path, run, form, monkeypatch):
    text = gzip.decompress(demo.LOG.read_bytes())
    lines = text.splitlines(keepends=True)
    halves = b"".join(lines[:2000]), lines[0] + b"".join(lines[2000:])
    paths = {
        "zip": lambda: [saved(tmp_path, "a.zip", zipped({"x/log.csv": text}))],
        "folder": lambda: [saved(tmp_path / "tree", "log.csv", text).parent],
        "two files": lambda: [saved(tmp_path, f"{n}.csv", half) for n, half in enumerate(halves)],
        "standard input": lambda: ["-"],
    }[form]()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text)))
    out = tmp_path / "events.jsonl"
    code, _, err = run("events", *paths, "--mapping", demo.MAPPING, "--out", out)
    assert (code, err) == (0, "")
    assert len(read_event_log(out).events) == 5832


def ended(running, number):
    """End a process from outside; return its code.

    Python looks at a signal that comes just between two reads only after the second, which waits
    for this test, so the signal is sent again.
    """
    for _ in range(60):
        running.send_signal(number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            return running.wait(1)
    return running.wait(1)


@pytest.mark.skipif(os.name != "posix", reason="a system without these signals")
def test_ended_from_outside_it_leaves_no_half_written_file(tmp_path):
    line = {"audits": [], "id": 7, "ticket_id": 7, "events": []}
    pipe, out = tmp_path / "log.jsonl", tmp_path / "out" / "events.jsonl"
    os.mkfifo(pipe)
    out.parent.mkdir()
    out.write_text("old")
    command = [sys.executable, "-m", "support_model", "events", str(pipe), "--out", str(out)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as running:
        with pipe.open("wb") as file:  # opens once the command reads
            file.write(json.dumps(line).encode() + b"\n")
            file.flush()
            assert ended(running, signal.SIGTERM) == 128 + signal.SIGTERM
        assert running.stderr.read() == b""
    assert [path.name for path in out.parent.iterdir()] == ["events.jsonl"]
    assert out.read_text() == "old"
