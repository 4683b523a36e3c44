"""Files written by any earlier version mean today what they meant then.

The files in tests/data/golden are never written again: a new version of a document adds files.
"""

import json
from pathlib import Path

import pytest
from serde.golden_staff import COMPLETE
from serde.golden_values import DEPOT, DESK, LOG, OFFICE, WORKFLOW

from support_model import serde
from support_model._sla.policy_data import rule_digests
from support_model.serde import read_events, write_events

GOLDEN = Path(__file__).parents[1] / "data" / "golden"
both = pytest.mark.parametrize("form", ["toml", "json"])


@both
def test_a_desk_of_version_1(form):
    read = serde.load_desk(GOLDEN / f"desk-1.{form}")
    assert read == DESK
    assert read.calendars["office"].name == "office"


@both
def test_a_complete_desk_of_version_1(form):
    assert serde.load_desk(GOLDEN / f"desk-1-complete.{form}") == COMPLETE


@both
def test_policies_of_version_1(form):
    read = serde.load_policies(GOLDEN / f"policies-1.{form}")
    assert read == DESK.policies
    assert rule_digests(read) == rule_digests(DESK.policies)
    assert serde.load_policies(GOLDEN / f"desk-1.{form}") == DESK.policies


@both
def test_a_workflow_of_version_1(form):
    assert serde.load_workflow(GOLDEN / f"workflow-1.{form}") == WORKFLOW


@both
def test_a_calendar_of_version_1(form):
    assert serde.load_calendar(GOLDEN / f"calendar-1.{form}") == DEPOT


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_events_of_version_1(form):
    assert list(read_events(GOLDEN / f"events-1.{form}")) == LOG


def test_events_of_version_1_in_parquet():
    pytest.importorskip("pyarrow")
    assert list(read_events(GOLDEN / "events-1.parquet")) == LOG


@both
def test_what_is_written_today_is_read_today(form, tmp_path):
    path = tmp_path / f"it.{form}"
    for desk in (DESK, COMPLETE):
        serde.dump_desk(desk, path)
        assert serde.load_desk(path) == desk
    serde.dump_policies(DESK.policies, path)
    assert serde.load_policies(path) == DESK.policies
    serde.dump_policies(DESK.policies, path, calendars={"hours": OFFICE})
    assert serde.load_policies(path) == DESK.policies
    assert path.read_text("utf-8").count("15:00") < 5, "a calendar with a name stands once"
    serde.dump_workflow(WORKFLOW, path)
    assert serde.load_workflow(path) == WORKFLOW
    serde.dump_calendar(DEPOT, path)
    assert serde.load_calendar(path) == DEPOT


@pytest.mark.parametrize("form", ["jsonl", "csv", "jsonl.gz", "csv.gz", "parquet"])
def test_events_written_today_are_read_today(form, tmp_path):
    if form == "parquet":
        pytest.importorskip("pyarrow")
    path = tmp_path / f"log.{form}"
    assert write_events(iter(LOG), path) == len(LOG)
    assert list(read_events(path)) == LOG


def test_both_formats_hold_the_same_but_for_null():
    lines = (GOLDEN / "desk-1.json").read_text("utf-8")
    assert json.loads(lines)["schema"] == "support_model.desk/1"
    assert (
        (GOLDEN / "desk-1.toml").read_text("utf-8").startswith('schema = "support_model.desk/1"')
    )
