"""A slow twin of opening hours: every half hour of a date, rule by rule.

A rule is (additive, weekdays, dates or None, holidays, ranges of half hours, closed).
"""

from datetime import timedelta

HALF_HOURS = 48


def chosen(rule, day, holidays):
    _, weekdays, dates, on_holidays, _, _ = rule
    if dates is not None and day not in dates:
        return False
    return day.weekday() in weekdays or (on_holidays and day in holidays)


def open_half_hours(rules, day, holidays):
    """Return which half hours of a date the rules leave open."""
    opened = set()
    yesterday = day - timedelta(days=1)
    for rule in rules:
        additive, _, _, _, ranges, closed = rule
        said = set()
        for start, end in ranges:
            for at in range(start, end):
                if at < HALF_HOURS and chosen(rule, day, holidays):
                    said.add(at)
                if at >= HALF_HOURS and chosen(rule, yesterday, holidays):
                    said.add(at - HALF_HOURS)
        if closed and not ranges:
            opened = set() if chosen(rule, day, holidays) else opened
        elif closed:
            opened -= said
        elif chosen(rule, day, holidays) and not additive:
            opened = said
        else:
            opened |= said
    return opened
