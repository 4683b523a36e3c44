"""A made-up log as a file of Parquet: rows of events, as `frames.events` reads them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
from pyarrow import parquet

MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)
SCHEMA = pa.schema(
    [
        *(("ticket_id", pa.string()), ("at", pa.timestamp("us", "UTC")), ("seq", pa.int64())),
        *(("type", pa.string()), ("role", pa.string()), ("public", pa.bool_())),
        *(("status", pa.string()), ("priority", pa.string()), ("group", pa.string())),
        *(("kind", pa.string()), ("other", pa.string())),
    ]
)


def write_sample(path: Path, tickets: int = 300, seed: int = 1) -> Path:
    """Write the events of some tickets in the order of time; return the path."""
    dice = Random(seed)  # noqa: S311 - made-up data
    rows = [row for number in range(tickets) for row in ticket(f"T{number:05}", number, dice)]
    rows.sort(key=lambda row: (row["at"], row["ticket_id"], row["seq"]))
    parquet.write_table(pa.Table.from_pylist(rows, schema=SCHEMA), path)
    return path


def ticket(name: str, number: int, dice: Random) -> list[dict[str, Any]]:
    """Return the events of one ticket: asked, answered, solved, now and then merged."""
    at, rows = MONDAY + timedelta(minutes=97 * number), list[dict[str, Any]]()

    def add(what: str, role: str, **parts: object) -> None:
        row = {"ticket_id": name, "at": at, "seq": len(rows), "type": what, "role": role}
        rows.append(row | parts)

    priority, group = dice.choice(("high", "normal", "low")), dice.choice(("billing", "field"))
    add("created", "customer", status="new", priority=priority, group=group)
    if number and dice.random() < 0.03:
        at += timedelta(minutes=5)
        add("related", "agent", kind="merged_into", other=f"T{number - 1:05}")
        return rows
    for _ in range(dice.randint(1, 4)):
        at += timedelta(minutes=dice.randint(2, 600))
        add("message", dice.choice(("agent", "agent", "customer")), public=True)
    if dice.random() < 0.9:
        at += timedelta(minutes=dice.randint(1, 2_000))
        add("changed", "agent", status="solved")
    return rows
