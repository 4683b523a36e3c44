"""Every file of reference cases passes, and the script that grades them can be run anywhere."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from conformance.run import adapter, document, grade

TESTS = Path(__file__).resolve().parent
RUN = TESTS / "conformance" / "run.py"
VECTORS = sorted((TESTS / "vectors").glob("*.json"))


def run(*arguments, cwd):
    return subprocess.run(
        [sys.executable, RUN, *arguments], cwd=cwd, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.stem)
def test_all_cases_pass(path):
    passed, failures, skipped = grade(adapter(path.stem), document(path))
    assert (failures, skipped) == ({}, {})
    assert passed > 0


def test_all_calendar_cases_are_counted(tmp_path):
    done = run("calendar", TESTS / "vectors" / "calendar.json", cwd=tmp_path)
    assert done.stdout == "546 passed, 0 failed\n"


def test_failures_are_shown_by_source(tmp_path):
    cases = json.loads((TESTS / "vectors" / "calendar.json").read_text("utf-8"))[:3]
    cases[0]["expected"] = "2006-01-04T15:00:01Z"
    cases[1]["calendar"] = {"tz": "Mars/Olympus"}
    cases[2]["op"] = "add_fortnights"
    (tmp_path / "cases.json").write_text(json.dumps(cases), "utf-8")
    done = run("calendar", "cases.json", cwd=tmp_path)
    lines = done.stdout.splitlines()
    assert done.returncode == 1
    assert lines[0] == "zendesk/biz: 2 failed"
    assert lines[1].startswith(f"  {cases[0]['id']}: answered 2006-01-04 15:00:00+00:00, expected")
    assert "UnknownZone" in lines[2]
    assert lines[3:] == [
        "skipped 1: operation 'add_fortnights'",
        "0 passed, 2 failed, 1 skipped",
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "usage: run.py KIND FILE"),
        (("tarot", "cases.json"), "unknown kind 'tarot'; known: calendar, sla"),
        (("calendar", "absent.json"), "cannot read 'absent.json'"),
        (("calendar", "text.json"), "cannot read 'text.json'"),
        (("calendar", "other.json"), "'other.json' is no file of calendar cases"),
    ],
)
def test_unusable_arguments_are_told_in_one_line(arguments, message, tmp_path):
    (tmp_path / "text.json").write_text("not json", "utf-8")
    (tmp_path / "other.json").write_text('{"cases": []}', "utf-8")
    done = run(*arguments, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr
    assert len(done.stderr.splitlines()) == 1
