"""Write the semantic cases: `python tests/conformance/semantics/make.py`.

Each case is a rule of service levels told as a book, a log and an instant; what must come out
is computed by `tests/oracles/sla_oracle.py`, which counts ticks and imports nothing of the
library, and so does this script. `rules.json` has cases written for one rule each;
`pairwise.json` lets every metric meet every `after_stop`, `on_change`, kind of calendar and
order within an instant.

Before this: `tests/oracles/sla_oracle.py`. Next: `../semantics.py`.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta
from itertools import combinations, product
from pathlib import Path
from random import Random

HERE = Path(__file__).resolve().parent
sys.path[:] = [p for p in sys.path if Path(p or ".").resolve() != HERE]
sys.path.insert(0, str(HERE.parents[1]))

from oracles import sla_oracle as oracle  # noqa: E402 - only after the path is known

START = datetime(2024, 3, 28, 8, tzinfo=UTC)  # Thursday 09:00 in Berlin, clocks turn on Sunday
WINDOW = datetime(2024, 3, 20, tzinfo=UTC), datetime(2024, 5, 20, tzinfo=UTC)
TICK = 900
WEEK = oracle.WEEKDAYS
OFFICE = {day: [["09:00", "17:00"]] for day in WEEK[:5]}
BERLIN = {"tz": "Europe/Berlin", "weekly": OFFICE}
CALENDARS = {
    "office": BERLIN,
    "always": {"tz": "Europe/Berlin", "weekly": {day: [["00:00", "24:00"]] for day in WEEK}},
    "split": {
        "tz": "Europe/Berlin",
        "weekly": {day: [["08:00", "12:15"], ["13:00", "16:30"]] for day in WEEK[:6]},
    },
    "nights": {"tz": "Europe/Berlin", "weekly": {day: [["22:00", "06:00"]] for day in WEEK}},
    "holidays": {
        **BERLIN,
        "holidays": ["2024-03-29", "2024-04-01"],
        "dates": {"2024-03-31": [["01:00", "04:00"]], "2024-04-02": [["10:00", "12:00"]]},
    },
    "replaced": {
        "replaced": [
            BERLIN,
            "2024-03-30T10:00:00+00:00",
            {"tz": "Europe/Berlin", "weekly": {day: [["00:00", "24:00"]] for day in WEEK}},
        ]
    },
    "island": {"tz": "Australia/Lord_Howe", "weekly": OFFICE},
    "empty": {"tz": "Europe/Berlin", "weekly": {}},
}
KINDS = tuple(name for name in CALENDARS if name != "empty")
RANKS = {"urgent": 1, "normal": 2, "low": 3}
URGENT = {"field": "priority_rank", "at_most": 1}
LOW = {"field": "priority", "is": "low"}
NOT_PENDING = {"not": {"field": "category", "is": "pending"}}
VERDICTS = (
    *("number", "state", "policy", "start", "stop", "due_at", "elapsed", "gross_elapsed"),
    *("remaining", "breached", "was_breached", "breach_at", "earlier_breaches", "results"),
)
INSTANTS = {"start", "stop", "due_at", "breach_at"}
HEADER = {
    "format": "semantics/1",
    "note": "Expectations were computed by tests/oracles/sla_oracle.py, which counts ticks.",
    "fields": {
        "calendars": "by name: tz, weekly {mon..sun: [[HH:MM, HH:MM]]}, holidays, dates (hours of"
        " single dates), or replaced [old, at, new]",
        "metrics": "by name: `like` a ready metric, or whole; start, stop, pause, reset are"
        " patterns, after_stop a word",
        "policies": "name, version (1), kind (sla), when (always), targets: metric, within (a"
        " duration, {days, end_of_day} or null), calendar, when, warn_at (shares, or durations"
        " from the due), on_change (carry)",
        "select": "first_match (default), most_specific, shortest, all",
        "events": "type, at, seq, role (agent), and the fields of that event; a status is [name,"
        " category], a priority [name, rank]",
        "logs, ticket": "instead of events: the logs of several tickets, which are merged, and"
        " the one asked about",
        "as_of": "the instant asked about",
        "expect.clocks": "by kind (or policy, where all run)/metric, a row a cycle; instants in"
        " UTC, durations as text; due_at null: never, within two months",
        "expect.moments": "sorted [at, policy, metric, cycle, kind, threshold] of the agenda",
    },
}


def micros(text):
    return oracle.micros(text) if isinstance(text, str) else text


def iso(at):
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at)).isoformat()


def length(text):
    """Read a duration such as 1h30m, -15m, 20s."""
    sign, number, total = (-1 if text.startswith("-") else 1), "", 0
    for letter in text.lstrip("-"):
        if letter in "hms":
            total += int(number) * {"h": 3600, "m": 60, "s": 1}[letter]
            number = ""
        else:
            number += letter
    return sign * total * oracle.SECOND


def duration_text(amount):
    """Write microseconds as the library writes durations."""
    rest, parts = abs(amount), []
    for unit, scale in (("h", 3600), ("m", 60), ("s", 1)):
        count, rest = divmod(rest, scale * oracle.SECOND)
        if unit == "s" and rest:
            parts.append(f"{count}.{rest:06d}".rstrip("0") + "s")
        elif count:
            parts.append(f"{count}{unit}")
    return ("-" if amount < 0 else "") + ("".join(parts) or "0s")


def plain_calendar(spec):
    if "replaced" in spec:
        old, at, new = spec["replaced"]
        return {"replaced": [old, micros(at), new]}
    return spec


def plain_target(row):
    within = row["within"]
    text = within
    if isinstance(within, dict):
        text = f"WorkingDays(n={within['days']}, end_of_day={within.get('end_of_day', False)})"
    return {
        **row,
        "within": length(within) if isinstance(within, str) else within,
        "text": str(text),
        "when": row.get("when", {"every": []}),
        "on_change": row.get("on_change", "carry"),
        "warn_at": [
            {"offset": length(w), "text": w}
            if isinstance(w, str)
            else {"share": str(w), "text": f"{w:g}"}
            for w in row.get("warn_at", ())
        ],
    }


def plain_event(row):
    event = {"role": "agent", "actor": None, **row, "at": micros(row["at"])}
    if "due" in row:
        event["due"] = micros(row["due"])
    if "fields" in row:
        event["fields"] = {
            name: tuple(part) if name in ("status", "priority") and part else part
            for name, part in row["fields"].items()
        }
    return event


def events_of(case):
    """Return the log that is asked about; of several tickets, after their merges."""
    if "logs" not in case:
        return [plain_event(row) for row in case["events"]]
    logs = {name: [plain_event(row) for row in rows] for name, rows in case["logs"].items()}
    return oracle.merged(logs, case["ticket"])


def plain_metric(row):
    parts = {key: part for key, part in row.items() if key != "like"}
    return {**oracle.METRICS[row["like"]], **parts} if "like" in row else oracle.metric(**parts)


def scenario(case):
    return {
        "calendars": {name: plain_calendar(spec) for name, spec in CALENDARS.items()},
        "metrics": {name: plain_metric(row) for name, row in case.get("metrics", {}).items()},
        "book": {
            "select": case.get("select", "first_match"),
            "policies": [
                {
                    "version": "1",
                    "kind": "sla",
                    "when": {"every": []},
                    **row,
                    "targets": [plain_target(target) for target in row["targets"]],
                }
                for row in case["policies"]
            ],
        },
        "events": events_of(case),
        "as_of": micros(case["as_of"]),
    }


def told(cycle):
    """Return a cycle's row."""
    row = {}
    for key in VERDICTS:
        value = cycle[key]
        if key == "results":
            value = [[iso(at), state] for at, state in value]
        elif key == "earlier_breaches":
            value = [iso(at) for at in value]
        elif key == "remaining" and cycle["due_at"] == oracle.BEYOND:
            continue
        elif key in INSTANTS:
            value = None if value in (None, oracle.BEYOND) else iso(value)
        elif isinstance(value, int) and key not in ("number", "breached", "was_breached"):
            value = duration_text(value)
        row[key] = value
    return row


def expected(case):
    first, last = (int(at.timestamp()) // TICK for at in WINDOW)
    clocks = oracle.Twin(scenario(case), first, last, TICK).clocks
    return {
        "clocks": {
            "/".join(key): [told(c) for c in cycles] for key, cycles in clocks.items() if cycles
        },
        "moments": sorted(
            [iso(at), policy, key[1], cycle["number"], kind, text]
            for key, cycles in clocks.items()
            for cycle in cycles
            for (policy, kind, text), at in cycle["moments"].items()
        ),
    }


def hours(number):
    return (START + timedelta(hours=number)).isoformat()


def fields(given):
    found = {}
    for name, value in given.items():
        if name == "status":
            found[name] = [value, value]
        elif name == "priority" and value is not None:
            found[name] = [value, RANKS[value]]
        else:
            found[name] = value
    return found


def created(at=0, role="customer", status="open", **more):
    return {
        "type": "created",
        "at": at,
        "role": role,
        "fields": fields({"status": status, **more}),
    }


def put(at, role="agent", **more):
    return {"type": "changed", "at": at, "role": role, "fields": fields(more)}


def says(at, role="agent", *, public=True, actor=None):
    return {"type": "message", "at": at, "role": role, "public": public, "actor": actor}


def promised(at, metric, due):
    due = None if due is None else hours(due)
    return {"type": "promised", "at": at, "metric": metric, "due": due}


def applied(at, policy, version="1"):
    return {"type": "policy_applied", "at": at, "policy": policy, "version": version}


def log(*rows):
    return [{**row, "at": hours(row["at"]), "seq": number} for number, row in enumerate(rows)]


def target(metric="resolution", within="8h", calendar="office", **more):
    return {"metric": metric, "within": within, "calendar": calendar, **more}


def case(name, rule, targets, rows, as_of, **more):
    """Return a case; `targets` are those of one policy, or whole policies."""
    whole = targets and "targets" in targets[0]
    policies = targets if whole else [{"name": "gold", "targets": targets}]
    found = {"id": name, "rule": rule, **more, "policies": policies}
    if rows:
        found["events"] = log(*rows)
    found["as_of"] = hours(as_of)
    return {**found, "expect": expected(found)}


def policy(name, *targets, **more):
    return {"name": name, **more, "targets": list(targets)}


def section_3():
    """Time: what counts, when it is due."""
    rule = "3 time"
    one = [created()]
    for calendar in (*KINDS, "empty"):
        for within in ("1h", "8h", "20h"):
            name = f"due-{calendar}-{within}"
            yield case(name, rule, [target(within=within, calendar=calendar)], one, 30)
    for days, late, calendar in product((1, 2), (False, True), ("office", "split", "holidays")):
        within = {"days": days, "end_of_day": late}
        name = f"days-{days}-{'close' if late else 'same-time'}-{calendar}"
        yield case(name, rule, [target(within=within, calendar=calendar)], [created(3)], 4)
        pause = [created(3), put(4, status="pending"), put(6, status="open")]
        yield case(f"{name}-paused", rule, [target(within=within, calendar=calendar)], pause, 7)
    closed = [created(60)]  # a Saturday
    yield case("days-from-closed", rule, [target(within={"days": 1})], closed, 61)
    yield case("due-at-close-met", rule, [target()], [created(), put(8, status="solved")], 9)
    after = [created(), put(9, status="solved")]
    yield case("due-at-close-missed-though-closed", rule, [target()], after, 10)
    yield case("no-open-time", rule, [target(calendar="empty")], after, 10)


def section_4():
    """Metrics: starts, stops, pauses, cycles."""
    rule = "4 metrics"
    staff = [created(role="agent"), says(1, "customer"), says(2), put(30, status="solved")]
    first = [target("first_response", "2h", "always")]
    yield case("first-staff", rule, first, staff, 3)
    yield case("first-text-of-creation", rule, first, [created(), says(0, "customer")], 1)
    for role, public in product(("agent", "bot", "system", "third_party"), (True, False)):
        rows = [created(), says(1, role, public=public)]
        name = f"first-{role}-{'public' if public else 'internal'}"
        yield case(name, rule, first, rows, 5)
        own = [target("acknowledgement", "2h", "always")]
        yield case(name.replace("first", "acknowledgement"), rule, own, rows, 5)
    yield case("first-solved", rule, first, [created(), put(1, status="solved")], 5)
    paused = [created(), put(1, status="pending"), put(9, status="open"), says(10)]
    yield case("first-does-not-pause", rule, first, paused, 11)
    talk = [created(), says(1), says(2, "customer"), says(3, "customer"), says(5)]
    talk += [says(6, "customer"), put(7, status="solved"), says(8, "customer")]
    for as_of in (1.5, 3.5, 5, 6.5, 7, 9):
        yield case(
            f"next-oldest-{as_of}", rule, [target("next_response", "2h", "always")], talk, as_of
        )
        yield case(
            f"update-{as_of}", rule, [target("periodic_update", "2h", "always")], talk, as_of
        )
    waits = [created(), put(1, status="pending"), put(3, status="on_hold"), put(5, status="open")]
    waits += [put(6, status="solved"), put(8, status="open"), put(9, status="closed")]
    for name in ("resolution", "requester_wait", "agent_work", "total_resolution"):
        for as_of in (2, 4, 5.5, 7, 8.5, 10):
            yield case(f"{name}-{as_of}", rule, [target(name, "4h", "always")], waits, as_of)


def section_4_cycles():
    """Metrics that repeat, that begin in odd places, that pause for several reasons."""
    rule = "4 metrics"
    moves = [created(), put(1, group="a"), put(2, group="b"), put(3, group=None)]
    moves += [put(4, group="a"), put(5, status="solved")]
    own = [target("ownership", "1h", "always")]
    for as_of in (0.5, 1.5, 2.5, 3.5, 4.5, 6):
        yield case(f"ownership-{as_of}", rule, own, moves, as_of)
    owner = [created(), put(1, agent="ann"), says(2, actor="bob"), says(3, actor="ann")]
    owner += [put(4, agent="bob"), put(5, agent="ann"), put(6, agent=None)]
    answer = [target("assignee_response", "1h", "always")]
    for as_of in (1.5, 2.5, 3.5, 4.5, 5.5, 7):
        yield case(f"assignee-{as_of}", rule, answer, owner, as_of)
    notice = [created(), put(1, status="on_hold", role="system"), put(2, status="open")]
    yield case("acknowledged-by-status", rule, [target("acknowledgement", "2h")], notice, 3)
    accept = [created(), {"type": "acknowledged", "at": 1, "role": "system"}]
    yield case("acknowledged", rule, [target("acknowledgement", "2h")], accept, 3)
    word = [created(), promised(1, "promise", 3), says(4), promised(5, "promise", 9)]
    for as_of in (2, 3, 3.5, 4, 6):
        yield case(f"promise-{as_of}", rule, [target("promise", None, "always")], word, as_of)
    for status in ("pending", "solved", "void", "closed"):
        begun = [created(status=status), put(2, status="open"), put(3, status="solved")]
        for name in ("resolution", "first_response"):
            yield case(f"begun-{status}-{name}", rule, [target(name, "2h", "always")], begun, 4)
    flap = [created(), *(put(n / 4, status=s) for n, s in enumerate(["pending", "open"] * 8, 1))]
    yield case("flapping-sums-exactly", rule, [target()], flap, 6)
    reset = {
        "fresh": {"like": "resolution", "reset": {"field": "facts", "contains": ["transferred"]}}
    }
    moved = [
        created(group="a"),
        put(1, status="pending"),
        put(2, group="b"),
        put(3, status="open"),
    ]
    for as_of in (2, 6):
        yield case(f"reset-{as_of}", rule, [target("fresh")], moved, as_of, metrics=reset)
    both = {"either": {"like": "resolution", "pause": {"some": [LOW, {"not": NOT_PENDING}]}}}
    held = [created(priority="low"), put(1, status="pending"), put(2, priority="normal")]
    held += [put(3, status="open")]
    for as_of in (0.5, 1.5, 2.5, 4):
        yield case(f"two-reasons-{as_of}", rule, [target("either")], held, as_of, metrics=both)
    at_once = [created(), put(1, status="pending"), put(1, status="solved")]
    yield case("stop-wins-over-pause", rule, [target()], at_once, 2)
    yield case("stop-then-cancel", rule, [target()], [*at_once, put(1, status="void")], 2)


def section_5():
    """Targets and policies: selection, and what a change does."""
    rule = "5 targets"
    for change, new in product(("carry", "restart", "forward", "frozen"), ("2h", "20h")):
        pair = [
            target(within=new, when=URGENT, on_change=change, warn_at=[0.5]),
            target(within="8h", warn_at=[0.5], on_change=change),
        ]
        rows = [created(priority="normal"), put(4, priority="urgent"), put(6, status="pending")]
        rows += [put(7, status="open"), put(25, priority="low"), put(27, status="solved")]
        for as_of in (3, 4, 5, 6.5, 24.5, 26, 28):
            yield case(f"{change}-{new}-{as_of}", rule, pair, rows, as_of)
    gap = [target(when=NOT_PENDING, within="4h", calendar="always")]
    rows = [created(), put(2, status="pending"), put(3, status="open"), put(6, status="solved")]
    for as_of in (1, 2.5, 3.5, 5, 7):
        yield case(f"no-target-gap-{as_of}", rule, gap, rows, as_of)
    void = [created(), put(2, status="void"), put(3, status="open"), put(3.5, status="solved")]
    for as_of in (1, 2.5, 3.25, 4):
        plain = [target(within="4h", calendar="always")]
        yield case(f"void-and-restore-{as_of}", rule, plain, void, as_of)
    books = [
        policy(
            "vip",
            target(within="2h"),
            when={"every": [URGENT, {"field": "channel", "is": "chat"}]},
        ),
        policy("urgent", target(within="1h"), when=URGENT),
        policy("rest", target(within="8h"), target("first_response", "30m")),
        policy("inner", target(within="3h"), kind="ola"),
    ]
    for select in ("first_match", "most_specific", "shortest", "all"):
        for number, more in enumerate(
            ({}, {"priority": "urgent"}, {"priority": "urgent", "channel": "chat"})
        ):
            yield case(f"{select}-{number}", rule, books, [created(**more)], 1, select=select)
    turned = [books[2], books[1], books[0]]
    rows = [created(priority="urgent", channel="chat")]
    yield case("most-specific-not-first", rule, turned, rows, 1, select="most_specific")
    none = [policy("urgent", target(), when=URGENT)]
    yield case("no-policy-matches", rule, none, [created(priority="low")], 5)
    late = [created(priority="low"), put(2, priority="urgent")]
    yield case("attached-later-counts-from-the-start", rule, none, late, 3)
    editions = [
        policy("gold", target(within="4h"), version="1"),
        policy("gold", target(), version="2"),
    ]
    yield case("latest-edition", rule, editions, [created()], 1)
    yield case("named-edition", rule, editions, [created(), applied(0, "gold", "1")], 1)
    change = [created(), applied(0, "gold", "1"), applied(2, "gold", "2")]
    yield case("edition-changed", rule, editions, change, 3)
    agreed = [created(), promised(1, "resolution", 5), put(2, status="pending")]
    agreed += [put(4, status="open", priority="urgent"), promised(7, "resolution", None)]
    for as_of in (1, 3, 4.5, 5, 6, 7.5):
        yield case(f"promised-date-{as_of}", rule, [target(calendar="always")], agreed, as_of)


def section_6():
    """States, due, breach, warnings."""
    rule = "6 states"
    warn = ["-30m", "0s", 0.5, 0.75, 1.5, "1h"]
    two = [target(within="2h", calendar="always", warn_at=warn)]
    for stop in (1, 2, 2.25):
        for as_of in (0.5, 2, 2.5, 4):
            rows = [created(), put(stop, status="solved")]
            yield case(f"stop-{stop}-{as_of}", rule, two, rows, as_of)
    for since, until in ((1, 3), (2, 3), (2.25, 5), (0, 0.25)):
        rows = [created(), put(since, status="pending"), put(until, status="open")]
        for as_of in (0.5, since, 2.5, 6):
            yield case(f"pause-{since}-{until}-{as_of}", rule, two, rows, as_of)
    extended = [
        target(within="20h", when=URGENT, calendar="always", warn_at=[0.5]),
        target(within="2h", calendar="always", warn_at=[0.5]),
    ]
    rows = [created(), put(3, priority="urgent"), put(12, priority="low")]
    for as_of in (2, 2.5, 4, 13, 30):
        yield case(f"sticky-{as_of}", rule, extended, rows, as_of)
    shorter = [
        target(within="2h", when=URGENT, calendar="always", warn_at=[0.5]),
        target(within="8h", calendar="always", warn_at=[0.5]),
    ]
    rows = [created(), put(3, status="pending"), put(5, priority="urgent"), put(7, status="open")]
    for as_of in (4, 6, 7, 7.25, 9):
        yield case(f"due-put-into-the-past-while-paused-{as_of}", rule, shorter, rows, as_of)
    yield case(
        "warnings-before-the-change", rule, shorter, [created(), put(3, priority="urgent")], 3.25
    )
    again = [created(), put(3, status="solved"), put(5, status="open"), put(5.5, status="solved")]
    for as_of in (4, 5, 5.25, 6):
        yield case(f"earlier-result-{as_of}", rule, two, again, as_of)


def related(at, kind, other):
    return {"type": "related", "at": at, "kind": kind, "other": other}


def section_7():
    """Merge, split, follow-up, parent and child."""
    rule = "7 merge"
    names = ("first_response", "next_response", "resolution")
    both = [target(name, "4h", "always") for name in names]
    asked = [says(3, "customer"), related(5, "merged_into", "T2"), put(5, status="void")]
    sources = {
        "unanswered": [created(), says(1), *asked],
        "never-answered": [created(), *asked],
        "answered": [created(), says(1), *asked, says(4)],
        "written-to-later": [created(), says(1), *asked, says(4), says(6, "customer"), says(8)],
        "solved-before": [created(), says(1), put(2, status="solved"), *asked[1:]],
    }
    for source, rows in sources.items():
        rows.sort(key=lambda row: row["at"])
        logs = {"T1": rows, "T2": [created(2), says(2.5), put(30, status="solved")]}
        logs = {
            name: [{k: v for k, v in row.items() if k != "seq"} for row in log(*rows)]
            for name, rows in logs.items()
        }
        for ticket, as_of in product(("T1", "T2"), (5, 7, 10)):
            more = {"logs": logs, "ticket": ticket}
            yield case(f"merge-{source}-{ticket}-{as_of}", rule, both, [], as_of, **more)
    for kind in ("split_from", "follow_up", "parent", "duplicate", "linked"):
        for role in ("customer", "agent"):
            rows = [created(3, role), related(3, kind, "T0"), says(4, "customer"), says(6)]
            yield case(f"{kind}-by-{role}", rule, both, rows, 7)


def rules():
    for section in (section_3, section_4, section_4_cycles, section_5, section_6, section_7):
        yield from section()


ORDERS = {
    "reply-solve": [says(6, actor="ann"), put(6, status="solved")],
    "solve-reply": [put(6, status="solved"), says(6, actor="ann")],
    "pause-solve": [put(6, status="pending"), put(6, status="solved")],
    "solve-reopen-pause": [
        put(6, status="solved"),
        put(6, status="open"),
        put(6, status="pending"),
    ],
    "message-reply": [says(6, "customer"), says(6, actor="ann")],
    "reply-message": [says(6, actor="ann"), says(6, "customer")],
    "void-restore": [put(6, status="void"), put(6, status="open")],
}
AFTER = ("once", "resume", "count", "restart", "again", "again_after_due")
CHANGES = ("carry", "restart", "forward", "frozen")
FACTORS = (tuple(oracle.METRICS), AFTER, CHANGES, KINDS, tuple(ORDERS))


def life(metric, order, number):
    """Return a log that lets a metric start, pause, change its target, stop and go on."""
    rows = [
        created(0, "agent" if number % 5 == 4 else "customer", priority="normal", group="a"),
        promised(0.25, "promise", 5 + number % 7),
        put(0.5, agent="ann"),
        says(1, "customer"),
        says(1.5, actor="ann"),
        says(2, "customer"),
        put(3, status="pending" if number % 3 else "on_hold"),
        put(3.5, priority="urgent"),
        put(4, status="open", group="b"),
        *ORDERS[order],
        put(7, status="open"),
        says(26, "customer"),
        put(27, priority="low", agent="bob"),
        says(29, actor="bob"),
        put(30, status="solved"),
    ]
    if number % 4 == 3 and metric not in ("promise", "first_response"):
        rows.insert(8, promised(3.75, "mixed", 9))
    return [{**row, "at": row["at"] + (number % 9) / 4} for row in rows]


def mixed(combination, number):
    metric, after, change, calendar, order = combination
    within = ("2h", "3h30m", "6h", "9h", "26h")[number % 5]
    other = ("1h", "5h", "12h")[number % 3]
    pair = [
        target("mixed", other, calendar, when=URGENT, on_change=change, warn_at=[0.5, "-15m"]),
        target("mixed", within, calendar, on_change=change, warn_at=[0.75]),
    ]
    return case(
        "-".join((*combination, str(number))),
        "4-6 pairwise",
        pair,
        life(metric, order, number),
        (5, 6, 6.5, 10, 25, 28, 29, 31, 60)[number % 9] + (number % 9) / 4,
        metrics={"mixed": {"like": metric, "after_stop": after}},
    )


def pairwise():
    """Let every two values of any two factors meet; metric x after_stop x on_change in full."""
    dice, number = Random(20), 0  # noqa: S311 - a test plan is no secret
    places = [*combinations(range(len(FACTORS)), 2)]
    missing = {(a, b, one, two) for a, b in places for one in FACTORS[a] for two in FACTORS[b]}
    wanted = [dict(enumerate(head)) for head in product(*FACTORS[:3])]
    while wanted or missing:
        if not wanted:
            a, b, one, two = min(missing)
            wanted.append({a: one, b: two})
        head = wanted.pop(0)
        combination = [head.get(i) or dice.choice(factor) for i, factor in enumerate(FACTORS)]
        number += 1
        missing -= {(a, b, combination[a], combination[b]) for a, b in places}
        yield mixed(combination, number)


def write(name, rows):
    head = json.dumps({**HEADER, "calendars": CALENDARS}, indent=1)[:-2]
    body = ",\n".join("  " + json.dumps(row) for row in rows)
    text = f'{head},\n "cases": [\n{body}\n ]\n}}\n'
    assert len({row["id"] for row in rows}) == len(rows), "an id twice"
    (HERE / name).write_text(text, "utf-8")
    print(name, len(rows))


if __name__ == "__main__":
    write("rules.json", [*rules()])
    write("pairwise.json", [*pairwise()])
