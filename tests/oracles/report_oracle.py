"""A slow twin of the report: plain csv, plain datetimes, business time by walking days."""

import csv
import gzip
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

DONE = {"solved", "closed"}


def cases(path, *, ticket, at, status, category, group):
    """Return ticket -> [(instant, category, group)], in file order."""
    opened = gzip.open if path.suffix == ".gz" else open
    found = {}
    with opened(path, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            moment = datetime.fromisoformat(row[at]).astimezone(UTC)
            found.setdefault(row[ticket], []).append((moment, category[row[status]], row[group]))
    return found


def open_hours(start, end, *, zone, first, last, holidays=frozenset()):
    """Return the time between two instants within Mon-Fr first-last, hours of a local day."""
    zone = ZoneInfo(zone)
    total = timedelta()
    day = start.astimezone(zone).date()
    while day <= end.astimezone(zone).date():
        if day.weekday() < 5 and day not in holidays:
            opens = datetime.combine(day, time(first), zone).astimezone(UTC)
            closes = datetime.combine(day, time(last), zone).astimezone(UTC)
            total += max(min(end, closes) - max(start, opens), timedelta())
        day += timedelta(days=1)
    return total


def times(rows, acknowledged_by):
    """Return (created, acknowledged, solved, closed) of one case; None for what is not."""
    acknowledged = [at for at, category, _ in rows if category in acknowledged_by]
    solved = [at for at, category, _ in rows if category in DONE]
    closed = rows[-1][0] if rows[-1][1] == "closed" else None
    return rows[0][0], min(acknowledged, default=None), min(solved, default=None), closed


def reopenings(rows):
    count = 0
    for i in range(1, len(rows)):
        if rows[i - 1][1] in DONE and rows[i][1] not in DONE:
            count += 1
    return count


def groups(rows):
    """Return the known groups in order, equal neighbors once."""
    order = []
    for _, _, group in rows:
        if group and (not order or order[-1] != group):
            order.append(group)
    return order


def linear_quantile(values, numerator, denominator):
    """Return the quantile numerator/denominator of timedeltas, on the line through them."""
    values = sorted(values)
    position = (len(values) - 1) * numerator
    index, rest = divmod(position, denominator)
    if rest == 0:
        return values[index]
    step = (values[index + 1] - values[index]) / denominator
    return values[index] + step * rest
