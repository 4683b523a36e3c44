"""Every file of reference cases passes, and the script that grades them can be run anywhere."""

import json
import subprocess
import sys
from datetime import UTC, date, datetime
from importlib.util import find_spec
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from conformance.common import Case, NotSupported, differs
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
    assert failures == {}
    assert not skipped or find_spec("ortools") is None, "only for want of an extra"
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


HOUR_TWICE = ZoneInfo("Europe/Berlin")


def test_instants_are_compared_as_instants():
    later = datetime(2024, 10, 27, 2, 30, fold=1, tzinfo=HOUR_TWICE)
    same_instant = datetime(2024, 10, 27, 1, 30, tzinfo=UTC)
    assert later != same_instant  # Python compares no reading of an hour that comes twice
    assert differs(later, same_instant) is None
    assert differs({"periods": [(later, None)]}, {"periods": [[same_instant, None]]}) is None
    assert differs(later.replace(fold=0), same_instant) is not None
    assert differs(later.replace(fold=0), later) is not None
    assert differs(date(2024, 10, 27), later) is not None


@pytest.mark.parametrize(
    ("function", "given", "out"),
    [
        ("utilisation", {"load": 9.0, "servers": 12}, {"utilisation": "0.75"}),
        ("utilisation", {"talk": 5, "hold": 0, "wrap": 1, "paid": 8}, {"utilisation": "0.75"}),
        ("on_call_share", {"simultaneous": 2, "headcount": 6, "sites": 2}, {"share": "1/6"}),
        (
            "erlang_c",
            {"load": 0.5, "servers": 1, "aht": 240, "quantile": 0.9},
            {"wait_quantile": "772.5301979683682", "p_wait": "0.5"},  # 480 ln 5
        ),
        ("erlang_c_wait_quantile", {"load": 5, "servers": 5, "share": 0.5}, {"wait": "inf"}),
        (
            "required_agents_erlang_a",
            {"load": 10, "aht": 60, "patience": 300, "metric": "mean_wait", "target": 1},
            {"agents": 15},  # 0.988 s; one fewer waits 1.953 s
        ),
        ("required_agents_erlang_c", {"load": 10, "aht": 180, "mean_wait": 20}, {"agents": 13}),
        ("effective_hours", {"contract": 1979, "leave": 160, "sick": 48}, {"hours": 1771}),
        (
            "required_chat_agents",
            {
                "arrival_rate": 0.015,
                "single_chat_aht": 600,
                "slots": 3,
                "speedup": [1, 1.7, 2.5],
                "max_waiting": 0.2,
            },
            {"agents": 5},
        ),
    ],
)
def test_a_function_that_no_bundled_case_asks_is_answered(function, given, out):
    row = {"id": "x", "source": "", "fn": function, "in": given, "out": out, "tol": {"rel": 1e-12}}
    assert adapter("staffing").run(Case("x", "", row)) is None


def test_what_no_adapter_knows_is_skipped_with_the_reason():
    unknown = {"fn": "tarot", "in": {}, "out": {}, "tol": {}}
    with pytest.raises(NotSupported, match="function 'tarot'"):
        adapter("staffing").run(Case("x", "", unknown))
    with pytest.raises(NotSupported, match="definition 'luck'"):
        adapter("kpi").run(Case("x", "", {"kpi": "luck"}))
    with pytest.raises(NotSupported, match="operation 'dice'"):
        adapter("kpi").run(Case("x", "", {"op": "dice"}))


def test_an_empty_window_of_a_roster_holds_nothing():
    layer = {
        "participants": ["ann", "bob"],
        "start": "2024-01-01T00:00",
        "tz": "UTC",
        "rotation": {"every": 1, "unit": "weeks"},
    }
    window = {"from": "2024-01-02T00:00:00Z", "to": "2024-01-02T00:00:00Z"}
    answers = {"shifts": [], "gaps": [], "handoffs": [], "single_absence": {"ann": [], "bob": []}}
    for name, expected in answers.items():
        row = {"layers": [layer], "op": name, "args": window, "expected": expected}
        assert adapter("oncall").run(Case("x", "", row)) is None
