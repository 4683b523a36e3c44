"""The examples for Spark and Dask run as scripts, and answer as the library does without them."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from support_model import frames, kpi

ROOT = Path(__file__).resolve().parents[3]
NOON = datetime(2026, 5, 1, tzinfo=UTC)


@pytest.mark.parametrize("engine", ["spark", "dask"])
def test_an_example_writes_what_the_library_answers(engine, tmp_path):
    pytest.importorskip("pyspark" if engine == "spark" else "dask", reason=engine)
    command = [sys.executable, "-m", f"examples.{engine}_kpis", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    log = frames.events(tmp_path / "events.parquet")
    facts = frames.facts(log, as_of=NOON)
    weeks = kpi.table(facts, [kpi.FIRST_RESPONSE, kpi.REOPENED], by=["week"], tz="Europe/Berlin")
    told = pq.read_table(tmp_path / "weeks.parquet").select(["week", "key", "n"])
    assert told.equals(weeks.select(["week", "key", "n"]).cast(told.schema))
    assert len(done.stdout.splitlines()) == told.num_rows
    names = ["ticket_id", "created", "first_reply", "merged_into", "created.priority"]
    assert rows(tmp_path / "facts", names) == sorted_rows(facts.select(names))
    cycles = pq.read_table(tmp_path / "cycles").select(["ticket_id", "metric", "state"])
    assert set(cycles["state"].to_pylist()) >= {"met", "missed"}
    assert set(cycles["ticket_id"].to_pylist()) == set(facts["ticket_id"].to_pylist())


def rows(path, names):
    return sorted_rows(pq.read_table(path).select(names))


def sorted_rows(table):
    return sorted(table.to_pylist(), key=lambda row: row["ticket_id"])
