"""Labor rules on a grid of whole hours, and rosters by trying all of them."""

from itertools import groupby, product


def broken(  # noqa: C901, PLR0912, PLR0913 - spelled out on purpose
    duties,
    *,
    min_rest,
    weekly_rest,
    max_week,
    nights,
    max_nights,
    max_days,
    forbidden,
    daily_rest=None,
    max_duty=None,
    max_day=None,
):
    """The codes of the rules that one person's (start, end, shift) duties break.

    Hours count from a Monday's midnight; a date is 24 of them. None switches a rule off; where
    rest after each duty is as long as the daily rest, only the former is told.
    """
    on = {}
    for start, end, _ in duties:
        for hour in range(start, end):
            on[hour] = on.get(hour, 0) + 1
    codes = {"overlapping_duties"} if any(count > 1 for count in on.values()) else set()
    if min_rest is not None and rests_too_short(duties, min_rest):
        codes.add("short_rest")
    if max_duty is not None and any(end - start > max_duty for start, end, _ in duties):
        codes.add("long_duty")
    dates = {start // 24 for start, _, _ in duties}
    work = {day: sum(b - a for a, b, _ in duties if a // 24 == day) for day in dates}
    if max_day is not None and max(work.values(), default=0) > max_day:
        codes.add("long_day")
    implied = max_duty is not None and min_rest is not None and min_rest >= (daily_rest or 0)
    if daily_rest is not None and not implied:
        for start, end, _ in duties:
            longest = end - start if max_duty is None else max_duty
            window = range(start, start + max(24, longest + daily_rest))
            free = [len(list(run)) for busy, run in groupby(window, on.__contains__) if not busy]
            if max(free, default=0) < daily_rest:
                codes.add("no_daily_rest")
    for week in {hour // 168 for hour in on}:
        hours = range(week * 168, week * 168 + 168)
        if sum(on.get(hour, 0) for hour in hours) > max_week:
            codes.add("long_week")
        free = [len(list(run)) for busy, run in groupby(hours, on.__contains__) if not busy]
        if max(free, default=0) < weekly_rest:
            codes.add("no_weekly_rest")
    if in_a_row(dates) > max_days:
        codes.add("days_in_a_row")
    if in_a_row({start // 24 for start, _, shift in duties if shift in nights}) > max_nights:
        codes.add("nights_in_a_row")
    follow = {
        (before, after)
        for start, _, before in duties
        for begins, _, after in duties
        if begins // 24 == start // 24 + 1
    }
    return codes | ({"forbidden_succession"} if follow & forbidden else set())


def rests_too_short(duties, min_rest):
    """Whether somebody starts again too soon after an hour in which nothing else goes on."""
    for _, end, _ in duties:
        starts = [start for start, _, _ in duties if start >= end]
        busy = any(start < end < until for start, until, _ in duties)
        if starts and not busy and min(starts) - end < min_rest:
            return True
    return False


def in_a_row(dates):
    """The longest row of consecutive dates."""
    longest = 0
    for first in dates:
        length = 0
        while first + length in dates:
            length += 1
        longest = max(longest, length)
    return longest


def best(posts, people, **rules):
    """Least (hours undone, spread) of (start, end, shift, wanted) posts over all rosters."""
    marks = list(product([0, 1], repeat=len(posts)))
    allowed = [
        row
        for row in marks
        if not broken([p[:3] for p, x in zip(posts, row, strict=True) if x], **rules)
    ]
    found = []
    for rows in product(allowed, repeat=people):
        on = [sum(column) for column in zip(*rows, strict=True)]
        if any(n > post[3] for n, post in zip(on, posts, strict=True)):
            continue
        undone = sum((p[3] - n) * (p[1] - p[0]) for n, p in zip(on, posts, strict=True))
        loads = [sum(x * (p[1] - p[0]) for x, p in zip(row, posts, strict=True)) for row in rows]
        found.append((undone, max(loads) - min(loads)))
    return min(found)
