"""A made-up help desk of a thousand tickets, for `python -m support_model demo`.

No line of it comes from a real desk: `rows` draws every ticket from a seeded generator. The
log that ships with the package is `rows(random.Random(SEED))`, written once:
`python -m support_model._cli.demo > src/support_model/reporting/data/demo.csv`, then gzip.
"""

from __future__ import annotations

import random
import sys
from datetime import UTC, date, datetime, timedelta
from math import cos, exp, log, pi, sqrt
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from support_model._time import moved
from support_model.calendars import BusinessCalendar

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


HERE = Path(__file__).parent / "data"
LOG = HERE / "demo.csv.gz"
"""The made-up log."""
MAPPING = HERE / "demo.toml"
"""What its columns mean."""
TZ = "Europe/Berlin"
HOURS = "Mo-Fr 08:00-18:00"
TARGET = timedelta(hours=8)
SEED = 20260105

COLUMNS = ("ticket", "at", "status", "priority", "team", "agent", "channel")
TICKETS = 1000
FIRST, LAST = date(2026, 1, 5), datetime(2026, 4, 1, tzinfo=UTC)
AGENTS = MappingProxyType(
    {
        "Service desk": ("Ana", "Bo", "Chris", "Dee"),
        "Applications": ("Eli", "Fay"),
        "Network": ("Gus",),
    }
)
PRIORITIES = MappingProxyType(
    {"1 critical": 0.05, "2 high": 0.20, "3 normal": 0.60, "4 low": 0.15}
)
CHANNELS = MappingProxyType({"email": 0.5, "portal": 0.3, "phone": 0.2})
MEDIAN_WORK = MappingProxyType({"1 critical": 2.0, "2 high": 4.0, "3 normal": 7.0, "4 low": 16.0})
"""Hours of opening time until half of the tickets of a priority are solved."""
SLOWED, SLOW_CHANNEL, SLOWER = datetime(2026, 3, 2, tzinfo=UTC), "portal", 3.0
"""The change to be found: from this Monday on tickets of one channel take three times as long."""
MINUTE = timedelta(minutes=1)


def rows(rng: random.Random) -> Iterator[tuple[str, ...]]:
    """Yield the cells of every row, in order of ticket and time, without the header.

    A ticket arrives (one in five at night or on a weekend), is taken, perhaps handed to
    another team and back, perhaps waits for its requester, is solved, perhaps comes back, and
    closes by itself five days after it was solved. From March on, the portal's tickets are
    slow. What lies after March 2026 is not in the log, so its last tickets are unfinished.

    Example:
        >>> next(rows(random.Random(1)))[2:4]
        ('New', '2 high')
    """
    desk = BusinessCalendar.weekly({"mon-fri": "08:00-18:00"}, tz=TZ)
    days = (LAST.date() - FIRST).days
    arrivals = sorted(_arrival(rng, days, desk) for _ in range(TICKETS))
    for number, created in enumerate(arrivals, start=1):
        priority, channel = _pick(rng, PRIORITIES), _pick(rng, CHANNELS)
        slow = created >= SLOWED and channel == SLOW_CHANNEL
        work = MEDIAN_WORK[priority] * (SLOWER if slow else 1.0)
        for at, status, team, agent in _life(rng, created, work, desk):
            if at < LAST:
                stamp = at.isoformat().replace("+00:00", "Z")
                yield f"T{number:04d}", stamp, status, priority, team, agent, channel


def _life(
    rng: random.Random, created: datetime, work: float, desk: BusinessCalendar
) -> Iterator[tuple[datetime, str, str, str]]:
    """Yield (instant, status, team, agent) of every change of one ticket."""

    def later(hours: float) -> datetime:
        return _minute(desk.add(at, timedelta(hours=hours)))

    team, agent = "Service desk", ""
    at = created
    yield at, "New", team, agent
    at = later(_skewed(rng, 0.3, 1.2))
    agent = _choice(rng, AGENTS[team])
    yield at, "In progress", team, agent
    if rng.random() < 0.3:
        at = later(_skewed(rng, 1.0, 0.8))
        team = _choice(rng, ("Applications", "Network"))
        agent = _choice(rng, AGENTS[team])
        yield at, "In progress", team, agent
        if rng.random() < 0.3:
            at = later(_skewed(rng, 1.0, 0.8))
            team = "Service desk"
            agent = _choice(rng, AGENTS[team])
            yield at, "In progress", team, agent
    if rng.random() < 0.25:
        at = later(_skewed(rng, 0.5, 0.8))
        yield at, "Waiting for requester", team, agent
        at = _minute(moved(at, timedelta(hours=_skewed(rng, 20.0, 1.0))))
        yield at, "In progress", team, agent
    at = later(_skewed(rng, work, 1.0))
    yield at, "Solved", team, agent
    if rng.random() < 0.06:
        at = _minute(moved(at, timedelta(hours=_skewed(rng, 24.0, 0.6))))
        yield at, "In progress", team, agent
        at = later(_skewed(rng, 4.0, 0.8))
        yield at, "Solved", team, agent
    yield moved(at, timedelta(days=5)), "Closed", team, "timer"


def _arrival(rng: random.Random, days: int, desk: BusinessCalendar) -> datetime:
    """Draw an instant: four in five move on to opening hours, spread over the day."""
    start = datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=UTC)
    at = start + timedelta(days=days * rng.random())
    if rng.random() < 0.8:
        noon = at.replace(hour=12, minute=0, second=0, microsecond=0)
        at = desk.add(noon, timedelta(hours=10 * rng.random()))
    return _minute(at)


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def _pick(rng: random.Random, weights: Mapping[str, float]) -> str:
    """Draw a key by weight; with `random()` alone, whose numbers no Python version changes."""
    mark = rng.random() * sum(weights.values())
    for key, weight in weights.items():
        mark -= weight
        if mark < 0:
            return key
    return key


def _choice(rng: random.Random, values: Sequence[str]) -> str:
    return values[int(rng.random() * len(values))]


def _skewed(rng: random.Random, median: float, spread: float) -> float:
    """Draw from a log-normal distribution (Box and Muller's normal)."""
    normal = sqrt(-2 * log(1 - rng.random())) * cos(2 * pi * rng.random())
    return median * exp(spread * normal)


if __name__ == "__main__":
    sys.stdout.write(",".join(COLUMNS) + "\n")
    generator = random.Random(SEED)  # noqa: S311 - invents tickets, not secrets
    sys.stdout.writelines(",".join(cells) + "\n" for cells in rows(generator))
