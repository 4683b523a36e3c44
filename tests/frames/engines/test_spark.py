"""Spark on this machine: the same answers as without it."""

from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from frames.engines.logs import JOBS, chained, drawn, here, told

from support_model import frames
from support_model.errors import InvalidValue

pytestmark = pytest.mark.filterwarnings("ignore")  # what Spark warns of is not ours
LENGTH = "timestamp_micros(duration) - timestamp_micros(0) AS duration"
"""Spark reads as a number what Parquet keeps as a length."""


def read(session, rows, path, *, files=1):
    """Write rows to files of Parquet and read them with Spark."""
    size = -(-rows.num_rows // files)
    for place in range(files):
        pq.write_table(rows.slice(place * size, size), path / f"{place}.parquet")
    df = session.read.parquet(str(path))
    if "duration" not in rows.column_names:
        return df
    return df.selectExpr(
        *[name for name in map(quoted, df.columns) if name != "`duration`"], LENGTH
    )


def quoted(name):
    return f"`{name}`"


@pytest.fixture(scope="module")
def rows():
    return drawn(range(40))


@pytest.mark.parametrize("job", JOBS)
def test_spark_answers_as_the_same_function_does_without_it(job, rows, session, tmp_path):
    df = read(session, rows, tmp_path)
    answer = frames.spark(df, JOBS[job], rows=50).toArrow()
    assert told(answer, job) == told(here(JOBS[job], rows), job)
    assert str(answer.schema.field("ticket_id").type) == "string"


@pytest.mark.parametrize("number", [1, 8])
def test_spark_gives_long_tickets_and_merged_ones_whole_to_one_call(number, session, tmp_path):
    rows = pa.table(chained(6, 40))
    df = read(session, rows, tmp_path)
    answer = frames.spark(df, JOBS["facts"], rows=1, partitions=number).toArrow()
    assert told(answer, "facts") == told(here(JOBS["facts"], rows), "facts")
    assert max(len(row["merged"]) for row in told(answer, "facts")) == 5


def test_spark_keeps_instants_in_any_zone_of_the_session(session, tmp_path):
    late = datetime(2026, 3, 8, 7, 30, tzinfo=UTC)  # within the hour after New York's clock change
    df = read(session, pa.table(chained(2, 1) | {"at": [late] * 5}), tmp_path)
    (first, _) = told(frames.spark(df, JOBS["facts"]).toArrow(), "facts")
    assert first["created"] == late
    assert first["created"].utcoffset() is not None


def test_spark_gives_a_column_of_a_field_that_no_ticket_of_a_call_has(session, tmp_path):
    rows = {
        "ticket_id": ["A", "B", "C"],
        "at": [datetime(2026, 3, 2, tzinfo=UTC)] * 3,
        "type": ["created"] * 3,
        "role": ["customer"] * 3,
        "status": ["new"] * 3,
        "custom.size": [7, None, None],
        "custom.note": [None, "x", None],
        "custom.labels": [None, None, ["p"]],
    }
    df = read(session, pa.table(rows), tmp_path)
    answer = frames.spark(df, JOBS["facts"], rows=1, partitions=3)
    found = {row["ticket_id"]: row for row in answer.toArrow().to_pylist()}
    assert [found[name]["custom.size"] for name in "ABC"] == [7, None, None]
    assert [found[name]["created.custom.note"] for name in "ABC"] == [None, "x", None]
    assert [found[name]["custom.labels"] for name in "ABC"] == [None, None, ["p"]]
    assert dict(answer.dtypes)["custom.size"] == "bigint"


def test_spark_asks_for_the_column_of_the_ticket(session):
    df = session.createDataFrame([("A",)], "id STRING")
    with pytest.raises(InvalidValue, match="no such column of the ticket: 'ticket_id'; one of id"):
        frames.spark(df, JOBS["facts"])
