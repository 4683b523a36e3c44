"""What reading a table costs, beside `csv.reader` over the same file.

The tables are drawn: an event log as BPI Challenge 2013 has it, one row a change, and a view of
Zendesk, one row a ticket. There is no bar: a row becomes no event, one, or several, while the
reader of the standard library makes texts of it.
"""

import csv
import gc
import random
import tempfile
import time
import warnings
from datetime import UTC, datetime, timedelta
from pathlib import Path

from support_model.adapters import Account, table

TICKETS, ROUNDS = 2000, 7
BEGUN = datetime(2026, 3, 2, 8, tzinfo=UTC)
STATES = (
    *(("Accepted", "In Progress"), ("Accepted", "Wait - User"), ("Accepted", "Assigned")),
    *(("Accepted", "Wait"), ("Completed", "Resolved"), ("Completed", "Closed")),
)
WORDS = ("printer", "invoice", "again", "the", "screen", "of", "my", "order", "please", "since")


def bpi2013(rng):
    """Yield the rows of a log of changes, each ticket's in order."""
    yield (
        *("SR Number", "Change Date+Time", "Status", "Sub Status", "Involved ST"),
        *("SR Latest Impact", "Product", "Owner First Name", "ST Level"),
    )
    for number in range(TICKETS):
        at, impact = BEGUN + timedelta(minutes=7 * number), rng.choice(("Low", "Medium", "High"))
        for status, sub in (("Queued", "Awaiting Assignment"), *STATES):
            line = rng.choice(("L1", "L2", "L3"))
            yield (
                f"1-{364_285_768 + number}", f"{at:%Y-%m-%dT%H:%M:%S}+01:00", status, sub,
                f"{rng.choice('ABCDEFGH')}{rng.randrange(90)}", impact,
                f"PROD{rng.randrange(500)}", rng.choice(("Frederic", "Anne", "Siebel")), line,
            )  # fmt: skip
            at += timedelta(seconds=rng.randint(60, 90_000))


def zendesk_view(rng):
    """Yield the rows of a view: tickets as they are now."""
    yield (
        *("Summation column", "Id", "Requester", "Requester id", "Requester email", "Subject"),
        *("Status", "Priority", "Via", "Ticket type", "Group", "Assignee", "Organization"),
        *("Created at", "Updated at", "Solved at", "Group stations", "Assignee stations"),
        *("Reopens", "Replies", "First reply time in minutes"),
        *("Full resolution time in minutes", "Satisfaction Score"),
    )
    for number in range(1, TICKETS + 1):
        at = BEGUN + timedelta(minutes=7 * number)
        stamps = [f"{at + timedelta(hours=hours):%Y-%m-%d %H:%M}" for hours in (0, 30, 26)]
        yield (
            "1", number, "Cleo Marsh", 900_000 + rng.randrange(TICKETS), "cleo@example.com",
            " ".join(rng.choices(WORDS, k=8)), rng.choice(("Solved", "Closed")),
            rng.choice(("Low", "Normal", "High", "Urgent")), rng.choice(("Mail", "Web form")),
            "Incident", rng.choice(("Front", "Back", "Field")), "Ada Pine", "Harbour Ltd",
            *stamps, 1, 2, 0, rng.randint(1, 5), rng.randint(5, 600), 26 * 60, "Not Offered",
        )  # fmt: skip


def best_of(act):
    """Return the least processor time of one reading, in milliseconds."""
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.process_time()
        act()
        best = min(best, time.process_time() - start)
    return best * 1000


def plain(path):
    with path.open(encoding="utf-8", newline="") as file:
        return sum(1 for _ in csv.reader(file))


def measured(path, name):
    mapping, account = table.named(name), Account(tz="UTC")

    def read():
        return table.read(path, mapping, account=account, lenient=True)

    gc.disable()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        log, alone, whole = read(), best_of(lambda: plain(path)), best_of(read)
    gc.enable()
    return {
        "table": name,
        "rows": log.rows,
        "events": len(log.events),
        "csv.reader, ms": alone,
        "read, ms": whole,
        "us a row": whole * 1000 / max(log.rows, 1),
        "times csv.reader": whole / alone,
    }


def measure():
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for name, drawn in (("bpi2013", bpi2013), ("zendesk-view", zendesk_view)):
            path = Path(folder) / f"{name}.csv"
            with path.open("w", encoding="utf-8", newline="") as file:
                csv.writer(file).writerows(drawn(random.Random(7)))  # noqa: S311 - the same rows
            rows.append(measured(path, name))
    return {"tables": rows}
