"""Facts, figures by week and cycles of a log with Dask: `python -m examples.dask_kpis OUT`."""

import argparse
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import dask.dataframe as dd
import pyarrow as pa
from pyarrow import parquet

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
    """Return the figures of each week, of the tickets of one partition."""
    facts = frames.facts(log, as_of=as_of)
    return kpi.table(facts, [kpi.FIRST_RESPONSE, kpi.REOPENED], by=["week"], tz=ZONE)


def main() -> None:
    """Read files of Parquet, or a made-up log; write the three answers."""
    parser = argparse.ArgumentParser(prog="python -m examples.dask_kpis", description=__doc__)
    parser.add_argument("out", type=Path, help="the folder of the answers")
    parser.add_argument("--events", type=Path, help="a file or folder of Parquet")
    parser.add_argument("--as-of", type=datetime.fromisoformat, help="an instant with its zone")
    given = parser.parse_args()
    as_of = given.as_of or datetime(2026, 5, 1, tzinfo=UTC)
    given.out.mkdir(parents=True, exist_ok=True)
    events = given.events or write_sample(given.out / "events.parquet")

    # types of Arrow: flags with nulls would become text otherwise
    log = dd.read_parquet(events, dtype_backend="pyarrow")
    facts = frames.dask(log, partial(frames.facts, as_of=as_of), partitions=4)
    facts.to_parquet(given.out / "facts", write_index=False)
    cycles = frames.dask(
        log, partial(frames.evaluate, policies=[POLICY], as_of=as_of), partitions=4
    )
    cycles.to_parquet(given.out / "cycles", write_index=False)
    parts = frames.dask(log, partial(weekly, as_of=as_of), partitions=4).compute()
    weeks = kpi.merged([pa.Table.from_pandas(parts, preserve_index=False)])
    parquet.write_table(weeks, given.out / "weeks.parquet")
    for week in weeks.select(["week", "key", "n", "value"]).to_pylist():
        print(*week.values())


if __name__ == "__main__":
    main()
