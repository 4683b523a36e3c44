"""A made-up log of any size as a Parquet file of event rows: `python bench/frames_log.py FILE`.

    --tickets 1000000 --seed 1 --ids text

A ticket has 5.2 events: half of the tickets wait for the customer, 7 % are reopened, 2 % are
opened by staff, one in a hundred is still open at the end. Stamps are whole seconds, so that some
of a ticket's events share one; `seq` numbers them. Rows are in order of time within a block of
tickets, as an export by month is, and a block is held in memory, not the log.
"""

import argparse
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from frames_peers import AS_OF

SECOND, HOUR, DAY = 10**6, 3600 * 10**6, 86_400 * 10**6
BEGUN = datetime(2025, 9, 1, tzinfo=UTC)
DAYS = 180
BLOCK = 1_000_000
PRIORITIES = ("urgent", "high", "normal", "low")
SHARES = (0.05, 0.2, 0.6, 0.15)
GROUPS = tuple(f"group {number}" for number in range(1, 13))
AGENTS = tuple(f"agent {number}" for number in range(1, 201))
TYPES = ("created", "message", "changed")
ROLES = ("customer", "agent", "system")
STATUSES = ("new", "open", "pending", "solved")
SLOTS = (
    # kind, role, status; what a ticket goes through, as far as it does
    ("created", "customer", "new"),
    ("message", "customer", None),  # the first contact, of a ticket opened by staff
    ("message", "agent", None),
    ("changed", "agent", "pending"),
    ("message", "customer", None),
    ("changed", "system", "open"),
    ("message", "agent", None),
    ("message", "agent", "note"),
    ("changed", "agent", "solved"),
    ("changed", "system", "open"),
    ("changed", "agent", "solved"),
)
TYPICAL = (0, 2, 3, 0, 20, 0, 4, 2, 1.5, 30, 8)
"""Hours that pass before each of them, in the median; 0: in the second of what precedes."""
SCHEMA = pa.schema(
    [
        ("ticket_id", pa.string()),
        ("at", pa.timestamp("us", "UTC")),
        ("seq", pa.int64()),
        ("type", pa.string()),
        ("role", pa.string()),
        ("actor", pa.string()),
        ("public", pa.bool_()),
        ("status", pa.string()),
        ("priority", pa.string()),
        ("group", pa.string()),
    ]
)


def _micros(at):
    return int(at.timestamp()) * SECOND


def _present(rng, tickets):
    """Return which tickets go through which slots, and which are opened by staff."""
    staff, waits, again = (rng.random(tickets) < share for share in (0.02, 0.5, 0.07))
    noted, always = rng.random(tickets) < 0.07, np.ones(tickets, np.bool_)
    columns = (always, staff, always, waits, waits, waits, waits, noted, always, again, again)
    return np.stack(columns, axis=1), staff


def _instants(rng, present, first, last):
    """Return when each slot of each ticket happens, in microseconds; its gaps are skewed."""
    tickets, slots = present.shape
    gaps = rng.lognormal(0, 1.2, (tickets, slots)) * np.array(TYPICAL) * 3600
    gaps[:, 3] *= rng.random(tickets) < 0.5  # half of the waits begin with the reply
    gaps[~present] = 0
    created = np.sort(rng.integers(first // SECOND, last // SECOND, tickets))
    return (created[:, None] + np.cumsum(gaps.astype(np.int64), axis=1)) * SECOND


def _words(codes, words):
    """Return codes as text; a negative one is nothing."""
    return pc.take(pa.array(words, pa.string()), pa.array(codes, pa.int32(), mask=codes < 0))


def _ids(numbers, kind):
    if kind == "whole":
        return pa.array(numbers)
    return pc.binary_join_element_wise("T", pa.array(numbers).cast(pa.string()), "")


def block(number, tickets, seed, *, ids="text", share=(0.0, 1.0)):
    """Return the rows of some tickets, in order of time, those after `AS_OF` left out.

    Args:
        number: how many tickets come before them.
        tickets: how many.
        seed: the same numbers give the same rows.
        ids: "text" or "whole".
        share: when they are created: from where to where in `DAYS`.
    """
    rng = np.random.default_rng((seed, number))
    begun = _micros(BEGUN)
    first, last = (begun + int(part * DAYS * DAY) for part in share)
    present, staff = _present(rng, tickets)
    at = _instants(rng, present, first, last)
    ticket, slot = np.nonzero(present & (at <= _micros(AS_OF)))
    at = at[ticket, slot]
    starts = np.flatnonzero(np.diff(ticket, prepend=-1))
    seq = np.arange(ticket.size) - np.repeat(starts, np.diff(np.append(starts, ticket.size))) + 1
    order = np.argsort(at, kind="stable")
    ticket, slot, at, seq = ticket[order], slot[order], at[order], seq[order]
    kinds = np.array([TYPES.index(kind) for kind, _, _ in SLOTS])[slot]
    roles = np.array([ROLES.index(role) for _, role, _ in SLOTS])[slot]
    roles[(slot == 0) & staff[ticket]] = ROLES.index("agent")
    places = {name: place for place, name in enumerate(STATUSES)}
    status = np.array([places.get(status, -1) for _, _, status in SLOTS])[slot]
    agents = rng.integers(0, len(AGENTS), tickets)[ticket]
    priority = rng.choice(len(PRIORITIES), tickets, p=SHARES)[ticket]
    group = rng.integers(0, len(GROUPS), tickets)[ticket]
    notes = slot == 7
    return pa.table(
        {
            "ticket_id": _ids(ticket + number, ids),
            "at": pa.array(at).cast(pa.timestamp("us", "UTC")),
            "seq": seq,
            "type": _words(kinds, TYPES),
            "role": _words(roles, ROLES),
            "actor": _words(np.where(roles == 1, agents, -1), AGENTS),
            "public": pa.array(~notes, mask=kinds != 1),
            "status": _words(status, STATUSES),
            "priority": _words(np.where(slot == 0, priority, -1), PRIORITIES),
            "group": _words(np.where(slot == 0, group, -1), GROUPS),
        }
    )


def write(path, tickets, *, seed=1, ids="text", size=BLOCK):
    """Write a log to a Parquet file, block by block; return how many events it has."""
    kind = pa.string() if ids == "text" else pa.int64()
    schema = SCHEMA.set(0, pa.field("ticket_id", kind))
    rows = 0
    with pq.ParquetWriter(path, schema) as writer:
        for number in range(0, tickets, size):
            some = min(size, tickets - number)
            share = (number / tickets, (number + some) / tickets)
            table = block(number, some, seed, ids=ids, share=share)
            writer.write_table(table.cast(schema), row_group_size=500_000)
            rows += table.num_rows
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--tickets", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--ids", choices=("text", "whole"), default="text")
    asked = parser.parse_args()
    print(write(asked.file, asked.tickets, seed=asked.seed, ids=asked.ids), "events")


if __name__ == "__main__":
    main()
