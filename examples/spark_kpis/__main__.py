"""Facts, figures by week and cycles of a log with Spark: `python -m examples.spark_kpis OUT`."""

import argparse
import os
import sys
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet
from pyspark.sql import SparkSession

from examples.sample_log import write_sample
from support_model import BusinessCalendar, SlaPolicy, Target, frames, kpi
from support_model.sla import METRICS

ZONE = "Europe/Berlin"
HOURS = BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz=ZONE)
POLICY = SlaPolicy(
    name="desk",
    targets=[
        Target(metric=METRICS["first_response"], within=timedelta(hours=4), calendar=HOURS),
        Target(metric=METRICS["resolution"], within=timedelta(hours=24), calendar=HOURS),
    ],
)


def weekly(log: frames.Events, as_of: datetime) -> pa.Table:
    """Return the figures of each week, of the tickets of one call."""
    facts = frames.facts(log, as_of=as_of)
    return kpi.table(facts, [kpi.FIRST_RESPONSE, kpi.REOPENED], by=["week"], tz=ZONE)


def main() -> None:
    """Read files of Parquet, or a made-up log; write the three answers."""
    parser = argparse.ArgumentParser(prog="python -m examples.spark_kpis", description=__doc__)
    parser.add_argument("out", type=Path, help="the folder of the answers")
    parser.add_argument("--events", type=Path, help="a file or folder of Parquet")
    parser.add_argument("--as-of", type=datetime.fromisoformat, help="an instant with its zone")
    given = parser.parse_args()
    as_of = given.as_of or datetime(2026, 5, 1, tzinfo=UTC)
    given.out.mkdir(parents=True, exist_ok=True)
    events = given.events or write_sample(given.out / "events.parquet")

    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # workers of this machine
    builder = SparkSession.builder.appName("kpis")
    # its default form, INT96, is read by others as times without a zone
    builder = builder.config("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS")
    session = builder.getOrCreate()
    log = session.read.parquet(str(events))

    facts = frames.spark(log, partial(frames.facts, as_of=as_of))
    facts.write.mode("overwrite").parquet(str(given.out / "facts"))
    cycles = frames.spark(log, partial(frames.evaluate, policies=[POLICY], as_of=as_of))
    cycles.write.mode("overwrite").parquet(str(given.out / "cycles"))
    parts = frames.spark(log, partial(weekly, as_of=as_of)).toArrow()
    weeks = kpi.merged([parts])
    parquet.write_table(weeks, given.out / "weeks.parquet")
    session.stop()
    for week in weeks.select(["week", "key", "n", "value"]).to_pylist():
        print(*week.values())


if __name__ == "__main__":
    main()
