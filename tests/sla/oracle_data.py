"""Scenarios as the plain data that the slow twin reads, and the engine's answers in its words."""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from conformance.calendar import calendar_of
from oracles import sla_oracle as oracle
from tickets.twin import plain as plain_event

from support_model._time import duration_text, micros_of
from support_model.calendars import BusinessCalendar, WorkingDays
from support_model.instants import micros

__all__ = [
    "answers",
    "calendar",
    "desk_hours",
    "differences",
    "kinds_of_hours",
    "plain_metric",
    "scenario",
    "twin",
]

DAY = timedelta(days=1)
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
OFFICE = {day: [["09:00", "17:00"]] for day in WEEK[:5]}


def kinds_of_hours(zone: str, day: date) -> dict[str, dict]:
    """One calendar of each kind in a zone; exceptions fall near a date."""
    near = [(day + timedelta(days=n)).isoformat() for n in (-1, 0, 1, 4)]
    office = {"tz": zone, "weekly": OFFICE}
    always = {"tz": zone, "weekly": {name: [["00:00", "24:00"]] for name in WEEK}}
    changed_at = datetime(day.year, day.month, day.day, 10, tzinfo=UTC) + 2 * DAY
    return {
        "office": office,
        "always": always,
        "split": {
            "tz": zone,
            "weekly": {name: [["08:00", "12:15"], ["13:00", "16:30"]] for name in WEEK[:6]},
        },
        "nights": {"tz": zone, "weekly": {name: [["22:00", "06:00"]] for name in WEEK}},
        "holidays": {
            **office,
            "holidays": [near[0], near[2]],
            "dates": {near[1]: [["00:30", "03:30"]], near[3]: [["10:00", "11:00"]]},
        },
        "replaced": {"replaced": [office, micros(changed_at), always]},
        "empty": {"tz": zone, "weekly": {}},
    }


def calendar(spec: dict) -> BusinessCalendar:
    """The library's calendar of such a spec."""
    if "replaced" in spec:
        old, at, new = spec["replaced"]
        since = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at)
        return calendar(old).replaced(since, calendar(new))
    return calendar_of({**spec, "overrides": spec.get("dates", {})})


@lru_cache(maxsize=50)
def desk_hours(zone: str, day: date):
    """The calendars of a zone: as plain data, as values by name, and the names by value."""
    plans = kinds_of_hours(zone, day)
    values = {name: calendar(plan) for name, plan in plans.items()}
    return plans, values, {value: name for name, value in values.items()}


def plain(event):
    row = {**plain_event(event), "seq": event.seq, "source_id": event.source_id}
    for name in ("metric", "policy", "version", "kind", "other"):
        if hasattr(event, name):
            row[name] = getattr(event, name)
    if event.type == "promised":
        row["due"] = None if event.due is None else micros(event.due)
    return row


def length(within):
    if within is None:
        return None
    if isinstance(within, WorkingDays):
        found = {"days": within.n, "end_of_day": within.end_of_day}
        return found if within.rule is None else {**found, "rule": within.rule}
    return micros_of(within)


def warning(value):
    if isinstance(value, timedelta):
        return {"offset": micros_of(value), "text": duration_text(value)}
    return {"share": str(value), "text": oracle.share_text(value)}


def plain_target(target, names):
    return {
        "metric": target.metric.name,
        "name": getattr(target, "name", None),
        "within": length(target.within),
        "calendar": names[target.calendar],
        "when": target.when.data(),
        "warn_at": [warning(value) for value in target.warn_at],
        "on_change": target.on_change,
    }


def plain_metric(metric):
    names = ("start", "stop", "pause", "reset")
    data = {name: getattr(metric, name).data() for name in names}
    return {**data, "after_stop": metric.after_stop}


def scenario(book, log, as_of, calendars, names):
    """The plain data of a book and a log; `names` tells what each calendar is called."""
    targets = [target for policy in book.policies for target in policy.targets]
    return {
        "calendars": calendars,
        "metrics": {target.metric.name: plain_metric(target.metric) for target in targets},
        "book": {
            "select": book.select,
            "policies": [
                {
                    "name": policy.name,
                    "version": policy.version,
                    "kind": policy.kind,
                    "since": None if policy.since is None else micros(policy.since),
                    "when": policy.when.data(),
                    "targets": [plain_target(target, names) for target in policy.targets],
                }
                for policy in book.policies
            ],
        },
        "events": [plain(event) for event in log],
        "as_of": micros(as_of),
    }


def twin(given, window, tick=900, **options):
    """What the slow twin says of a scenario, looking at a window of instants."""
    first, last = (micros(at) // (tick * oracle.SECOND) for at in window)
    return oracle.Twin(given, first, last, tick, **options).clocks


def number(value):
    """An instant or a duration as the integer that the twin says."""
    if isinstance(value, datetime):
        return micros(value)
    return micros_of(value) if isinstance(value, timedelta) else value


def answers(result):
    """The clocks of an evaluation in the twin's words, the moments with their cycles."""
    clocks = {
        (clock.slot, clock.metric.name): [told(cycle) for cycle in clock.cycles]
        for clock in result.clocks
    }
    moments = {}
    for moment in result.agenda:
        _, policy, metric, cycle, count, kind, threshold, target = moment.key
        row = (micros(moment.at), policy, cycle, count, kind, threshold, target)
        moments.setdefault(metric, []).append(row)
    return clocks, {metric: sorted(rows) for metric, rows in moments.items()}


def told(cycle):
    breaches = {*cycle.earlier_breaches, *filter(None, [cycle.breach_at])}
    names = ("start", "stop", "due_at", "elapsed", "gross_elapsed", "allowed", "remaining")
    return {
        "number": cycle.number,
        "state": cycle.state,
        "policy": [cycle.policy.name, cycle.policy.version],
        "counts": [number(count.start) for count in cycle.counts],
        "breached": cycle.breached,
        "was_breached": cycle.was_breached,
        "results": [[number(result.stopped), result.state] for result in cycle.results],
        "breach_at": number(cycle.breach_at),
        "breaches": sorted(map(micros, breaches)),
        "pauses": pauses(cycle),
        **{name: number(getattr(cycle, name)) for name in names},
    }


def pauses(cycle):
    """The pauses from the start to the end, touching ones as one."""
    start, end = micros(cycle.start), cycle.as_of if cycle.end is None else micros(cycle.end)
    spans = [
        (max(start, micros(span.start)), min(end, end if span.end is None else micros(span.end)))
        for span in cycle.pauses
    ]
    return oracle.joined(spans)


def foreseen(given, window):
    """What the twin says once all editions that are known have begun, if nobody acts."""
    begins = [policy["since"] for policy in given["book"]["policies"] if policy["since"]]
    later = max([given["as_of"], *begins])
    events = [event for event in given["events"] if event["at"] <= given["as_of"]]
    return twin({**given, "events": events, "as_of": later}, window)


def differences(mine, theirs, end, later=None):
    """What engine and twin say differently of every clock; beyond `end` nothing is known.

    Moments are compared with those of a later look, if one is given.
    """
    clocks, told_moments = mine
    found = []
    for key in sorted({*clocks, *theirs}):
        ours, others = clocks.get(key, []), theirs.get(key, [])
        if [one["number"] for one in ours] != [other["number"] for other in others]:
            found.append(
                (key, "cycles", [o["number"] for o in ours], [o["number"] for o in others])
            )
            continue
        for one, other in zip(ours, others, strict=True):
            found += [
                (key, one["number"], name, one[name], other[name])
                for name in sorted(one.keys() & other.keys())
                if known(one[name], end) != known(other[name], end)
            ]
    wanted = {}
    for key, cycles in (theirs if later is None else later).items():
        wanted.setdefault(key[1], []).extend(row for cycle in cycles for row in cycle["moments"])
    for metric in sorted({*wanted, *told_moments}):
        ours, others = (
            {
                row if row[4] == "warning" else (*row[:5], "", row[6])
                for row in rows
                if row[0] < end
            }
            for rows in (told_moments.get(metric, ()), wanted.get(metric, ()))
        )
        found += [(metric, "moment", row, None) for row in sorted(ours - others)]
        found += [(metric, "moment", None, row) for row in sorted(others - ours)]
    return found


def known(value, end):
    """A value, or None for an instant beyond what is looked at."""
    beyond = isinstance(value, int) and not isinstance(value, bool) and abs(value) >= end
    return None if beyond else value
