"""The rules of service levels, each with the cases written for it.

Before this: `telling.py`. Next: `make.py`.
"""

from __future__ import annotations

from itertools import product

from telling import (
    KINDS,
    LOW,
    NOT_PENDING,
    RANKS,
    URGENT,
    applied,
    case,
    created,
    fact,
    log,
    policy,
    promised,
    put,
    related,
    says,
    target,
)


def section_1_2():
    """Statuses and events: what clocks read of them, and in which order."""
    two = [target(name, "3h", "always") for name in ("resolution", "first_response")]
    named = [created(status=("neu", "new")), put(1, status=("wartet", "pending"))]
    named += [put(2, status=("geparkt", "pending")), put(4, status=("solved", "open"))]
    named += [put(5, status=("fertig", "solved"))]
    for as_of in (1.5, 3, 4.5, 6):
        yield case(f"names-of-statuses-{as_of}", "1.1", two, named, as_of)
    closed = [created(), says(1), put(2, status="closed"), says(3, "customer"), says(9)]
    closed += [put(10, priority="urgent"), put(11, status="solved")]
    for as_of in (2.5, 8, 12):
        yield case(f"closed-{as_of}", "1.2", two, closed, as_of)
    told = [created(), put(1, status="pending"), put(1, status="open"), says(1), says(2)]
    told += [put(2, status="solved")]
    for name, rows in {
        "backwards": [*reversed(log(*told))],
        "shuffled": [log(*told)[i] for i in (3, 0, 5, 2, 4, 1)],
    }.items():
        yield case(f"given-{name}", "2.1", two, [], 3, events=rows)
    again = log(created(), says(1), put(1, status="pending"), put(3, status="open"))
    yield case("told-twice", "2.2", two, [], 4, events=[*again, again[1], again[3], again[2]])
    atomic = [target(within="1h", when=URGENT), target(within="8h", when=NOT_PENDING)]
    one = [created(priority="low"), put(2, priority="urgent", status="pending")]
    pair = [one[0], put(2, priority="urgent"), put(2, status="pending")]
    for number, rows in enumerate((one, pair), 1):
        yield case(f"{number}-changes", "2.6", atomic, rows, 3)
    both = [*two, target("next_response", "3h", "always"), target("periodic_update", "3h")]
    action = [created(), says(1), put(1, status="pending"), says(2, "customer")]
    action += [put(2, status="open"), says(3), put(3, status="solved")]
    for as_of in (1, 2.5, 4):
        yield case(f"message-then-status-{as_of}", "2.7", both, action, as_of)
    effort = [created(), {"type": "worked", "at": 1, "role": "agent", "duration": "20m"}]
    effort += [{"type": "rating_requested", "at": 2, "role": "system", "kind": "csat"}]
    effort += [says(2.5, public=False), related(2.75, "article", "KB1")]
    yield case("beside-the-clocks", "2.8", both, effort, 3.5)
    moved = {
        "fresh": {"like": "resolution", "reset": {"field": "facts", "contains": ["transferred"]}}
    }
    groups = [created(), put(1, group="a"), put(2, group=None), put(3, group="a")]
    groups += [put(4, group=None), put(5, group="b")]
    for as_of in (1.5, 3.5, 4.5, 6):
        fresh = [target("fresh", "4h", "always")]
        yield case(f"no-transfer-{as_of}", "2.9", fresh, groups, as_of, metrics=moved)


def section_3():
    """Time: what counts, when it is due."""
    one = [created()]
    for calendar in (*KINDS, "empty"):
        for within in ("1h", "8h", "20h"):
            name = f"due-{calendar}-{within}"
            rule = "3.6" if calendar == "empty" else "5.16" if calendar == "replaced" else "3.2"
            yield case(name, rule, [target(within=within, calendar=calendar)], one, 30)
    for days, late, calendar in product((1, 2), (False, True), ("office", "split", "holidays")):
        within = {"days": days, "end_of_day": late}
        name = f"days-{days}-{'close' if late else 'same-time'}-{calendar}"
        yield case(name, "3.4", [target(within=within, calendar=calendar)], [created(3)], 4)
        pause = [created(3), put(4, status="pending"), put(6, status="open")]
        yield case(f"{name}-paused", "3.5", [target(within=within, calendar=calendar)], pause, 7)
    closed = [created(60)]  # a Saturday
    over = [created(27), put(28, status="pending"), put(100, status="open")]
    for as_of in (60, 101):
        two = [target(within={"days": 2})]
        yield case(f"days-over-a-weekend-{as_of}", "3.5", two, over, as_of)
    yield case("days-from-closed", "3.4", [target(within={"days": 1})], closed, 61)
    yield case("due-at-close-met", "3.3", [target()], [created(), put(8, status="solved")], 9)
    after = [created(), put(9, status="solved")]
    yield case("due-at-close-missed-though-closed", "6.01", [target()], after, 10)
    flaps = [put(1 + n / 4, status=("pending", "open")[n % 2]) for n in range(7)]
    for as_of in (1.75, 2.5, 6):
        yield case(f"nothing-is-floored-{as_of}", "3.1", [target()], [*one, *flaps], as_of)
    for name in ("due-at-close", "due-next-morning"):
        within = "9h" if name == "due-next-morning" else "8h"
        for as_of in (7.75, 8, 8.25, 23):
            yield case(f"{name}-{as_of}", "3.3", [target(within=within)], one, as_of)
    urgent = [target(when=URGENT), target("first_response", "1h")]
    yield case("no-target", "3.7", urgent, [created(priority="low"), says(2)], 3)
    yield case("promise-without-date", "3.7", [target("promise", None)], one, 3)
    yield case("no-open-time", "3.6", [target(calendar="empty")], after, 10)


def section_4():
    """Metrics: starts, stops, pauses, cycles."""
    staff = [created(role="agent"), says(1, "customer"), says(2), put(30, status="solved")]
    first = [target("first_response", "2h", "always")]
    yield case("first-staff", "4.01", first, staff, 3)
    yield case("first-text-of-creation", "2.3", first, [created(), says(0, "customer")], 1)
    for role, public in product(("agent", "bot", "system", "third_party"), (True, False)):
        rows = [created(), says(1, role, public=public)]
        name = f"first-{role}-{'public' if public else 'internal'}"
        yield case(name, "2.5", first, rows, 5)
        own = [target("acknowledgement", "2h", "always")]
        yield case(name.replace("first", "acknowledgement"), "4.10", own, rows, 5)
    yield case("first-solved", "4.01", first, [created(), put(1, status="solved")], 5)
    paused = [created(), put(1, status="pending"), put(9, status="open"), says(10)]
    yield case("first-does-not-pause", "4.01", first, paused, 11)
    talk = [created(), says(1), says(2, "customer"), says(3, "customer"), says(5)]
    talk += [says(6, "customer"), put(7, status="solved"), says(8, "customer")]
    for as_of in (1.5, 3.5, 5, 6.5, 7, 9):
        yield case(
            f"next-oldest-{as_of}", "4.02", [target("next_response", "2h", "always")], talk, as_of
        )
        yield case(
            f"update-{as_of}", "4.03", [target("periodic_update", "2h", "always")], talk, as_of
        )
    waits = [created(), put(1, status="pending"), put(3, status="on_hold"), put(5, status="open")]
    waits += [put(6, status="solved"), put(8, status="open"), put(9, status="closed")]
    until_solved = {
        "resolution": "4.06",
        "requester_wait": "4.04",
        "agent_work": "4.05",
        "total_resolution": "4.07",
    }
    for name, rule in until_solved.items():
        for as_of in (2, 4, 5.5, 7, 8.5, 10):
            yield case(f"{name}-{as_of}", rule, [target(name, "4h", "always")], waits, as_of)


def section_4_cycles():
    """Metrics that repeat, that begin in odd places, that pause for several reasons."""
    moves = [created(), put(1, group="a"), put(2, group="b"), put(3, group=None)]
    moves += [put(4, group="a"), put(5, status="solved")]
    own = [target("ownership", "1h", "always")]
    for as_of in (0.5, 1.5, 2.5, 3.5, 4.5, 6):
        yield case(f"ownership-{as_of}", "4.08", own, moves, as_of)
    owner = [created(), put(1, agent="ann"), says(2, actor="bob"), says(3, actor="ann")]
    owner += [put(4, agent="bob"), put(5, agent="ann"), put(6, agent=None)]
    answer = [target("assignee_response", "1h", "always")]
    for as_of in (1.5, 2.5, 3.5, 4.5, 5.5, 7):
        yield case(f"assignee-{as_of}", "4.09", answer, owner, as_of)
    notice = [created(), put(1, status="on_hold", role="system"), put(2, status="open")]
    yield case("acknowledged-by-status", "4.10", [target("acknowledgement", "2h")], notice, 3)
    accept = [created(), {"type": "acknowledged", "at": 1, "role": "system"}]
    yield case("acknowledged", "4.10", [target("acknowledgement", "2h")], accept, 3)
    word = [created(), promised(1, "promise", 3), says(4), promised(5, "promise", 9)]
    for as_of in (2, 3, 3.5, 4, 6):
        yield case(f"promise-{as_of}", "4.11", [target("promise", None, "always")], word, as_of)
    for status in ("pending", "solved", "void", "closed"):
        begun = [created(status=status), put(2, status="open"), put(3, status="solved")]
        for name in ("resolution", "first_response"):
            yield case(f"begun-{status}-{name}", "2.4", [target(name, "2h", "always")], begun, 4)
    flap = [created(), *(put(n / 4, status=s) for n, s in enumerate(["pending", "open"] * 8, 1))]
    yield case("flapping-sums-exactly", "4.21", [target()], flap, 6)
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
        yield case(f"reset-{as_of}", "4.22", [target("fresh")], moved, as_of, metrics=reset)
    both = {"either": {"like": "resolution", "pause": {"some": [LOW, {"not": NOT_PENDING}]}}}
    held = [created(priority="low"), put(1, status="pending"), put(2, priority="normal")]
    held += [put(3, status="open")]
    for as_of in (0.5, 1.5, 2.5, 4):
        yield case(f"two-reasons-{as_of}", "4.19", [target("either")], held, as_of, metrics=both)
    at_once = [created(), put(1, status="pending"), put(1, status="solved")]
    yield case("stop-wins-over-pause", "4.18", [target()], at_once, 2)
    yield case("stop-then-cancel", "4.18", [target()], [*at_once, put(1, status="void")], 2)


def section_4_after():
    """What follows a stop, and clocks that are other values."""
    names = {
        "once": "4.12",
        "resume": "4.13",
        "count": "4.14",
        "restart": "4.15",
        "again": "4.16",
        "again_after_due": "4.17",
    }
    begun = {"some": [{"field": "event", "is": "created"}, fact("reopened")]}
    rows = [created(), put(1, status="pending"), put(2, status="open"), put(4, status="solved")]
    rows += [put(5, status="open"), put(6, status="pending"), put(7, status="open")]
    rows += [put(11, status="solved"), put(12, status="closed"), put(13, status="open")]
    for after, rule in names.items():
        own = {"mixed": {"like": "resolution", "start": begun, "after_stop": after}}
        for as_of in (3, 4.5, 5.5, 6.5, 10, 11.5, 14):
            goal = [target("mixed", "4h", "always", warn_at=[0.5])]
            yield case(f"after-{after}-{as_of}", rule, goal, rows, as_of, metrics=own)
    pair = [
        target(within="4h", when=URGENT, calendar="always"),
        target(within="8h", calendar="always"),
    ]
    paused = [created(priority="normal"), put(1, status="pending"), put(3, status="open")]
    paused += [put(4, status="pending"), put(5, priority="urgent"), put(6, status="open")]
    for as_of in (3.5, 4.5, 5.5, 7, 12):
        yield case(f"pauses-stay-{as_of}", "4.20", pair, paused, as_of)
    others = {
        "since-taken": {
            "like": "resolution",
            "start": {"every": [fact("acknowledged"), {"field": "agent", "has": True}]},
        },
        "waits-for-all": {
            "like": "resolution",
            "pause": {"field": "category", "in": ["pending", "on_hold"]},
        },
        "bots-reply": {
            "like": "first_response",
            "stop": {
                "some": [
                    fact("replied", "resolved"),
                    {
                        "every": [
                            {"field": "event", "is": "message"},
                            {"field": "role", "is": "bot"},
                            {"field": "public", "is": True},
                        ]
                    },
                ]
            },
        },
        "silent-when-settled": {
            "like": "next_response",
            "pause": {"field": "category", "in": ["solved", "closed"]},
        },
    }
    rows = [created(), says(0.5, "bot"), put(1, agent="ann"), put(2, status="on_hold"), says(3)]
    rows += [put(4, status="open"), put(5, status="solved"), says(6, "customer")]
    goals = [target(name, "2h", "always") for name in others]
    for as_of in (0.75, 1.5, 2.5, 4.5, 7, 12):
        yield case(f"other-values-{as_of}", "4.23", goals, rows, as_of, metrics=others)


def section_5_changes():
    """Targets: what a change does to an open cycle, and what it leaves alone."""
    changes = {"carry": "5.09", "restart": "5.10", "forward": "5.11", "frozen": "5.12"}
    for change, new in product(changes, ("2h", "20h")):
        pair = [
            target(within=new, when=URGENT, on_change=change, warn_at=[0.5]),
            target(within="8h", warn_at=[0.5], on_change=change),
        ]
        rows = [created(priority="normal"), put(4, priority="urgent"), put(6, status="pending")]
        rows += [put(7, status="open"), put(25, priority="low"), put(27, status="solved")]
        for as_of in (3, 4, 5, 6.5, 24.5, 26, 28):
            yield case(f"{change}-{new}-{as_of}", changes[change], pair, rows, as_of)
    gap = [target(when=NOT_PENDING, within="4h", calendar="always")]
    rows = [created(), put(2, status="pending"), put(3, status="open"), put(6, status="solved")]
    for as_of in (1, 2.5, 3.5, 5, 7):
        yield case(f"no-target-gap-{as_of}", "5.14", gap, rows, as_of)
    void = [created(), put(2, status="void"), put(3, status="open"), put(3.5, status="solved")]
    for as_of in (1, 2.5, 3.25, 4):
        plain = [target(within="4h", calendar="always")]
        yield case(f"void-and-restore-{as_of}", "5.14", plain, void, as_of)
    stop = [target(within="9h", when=URGENT, calendar="always"), target(within="2h")]
    rows = [created(), put(3, status="solved"), put(4, priority="urgent"), put(6, status="open")]
    for as_of in (3.5, 5, 7):
        yield case(f"stopped-keeps-its-target-{as_of}", "5.13", stop, rows, as_of)
    edited = [target(within="20h", calendar="replaced", warn_at=[0.5])]
    rows = [created(), put(30, status="pending"), put(54, status="open"), put(56, status="solved")]
    for as_of in (8, 40, 55, 57):
        yield case(f"edited-hours-{as_of}", "5.16", edited, rows, as_of)
    agreed = [created(), promised(1, "resolution", 5), put(2, status="pending")]
    agreed += [put(4, status="open", priority="urgent"), promised(7, "resolution", None)]
    for as_of in (1, 3, 4.5, 5, 6, 7.5):
        warned = [target(calendar="always", warn_at=[0.5, "-30m", "1h"])]
        yield case(f"promised-date-warned-{as_of}", "5.17", warned, agreed, as_of)
        yield case(f"promised-date-{as_of}", "5.17", [target(calendar="always")], agreed, as_of)


def section_5_policies():
    """Policies: which are in force."""
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
    selects = {"first_match": "5.02", "most_specific": "5.03", "shortest": "5.04", "all": "5.05"}
    for select, rule in selects.items():
        for number, more in enumerate(
            ({}, {"priority": "urgent"}, {"priority": "urgent", "channel": "chat"})
        ):
            yield case(f"{select}-{number}", rule, books, [created(**more)], 1, select=select)
    turned = [books[2], books[1], books[0]]
    rows = [created(priority="urgent", channel="chat")]
    yield case("most-specific-not-first", "5.03", turned, rows, 1, select="most_specific")
    ways = [target(within="1h", when=URGENT), target(within="2h", when={"not": LOW}), target()]
    for name in RANKS:
        yield case(f"condition-{name}", "5.01", ways, [created(priority=name)], 1)
    beside = [
        policy("customer", target(calendar="always"), target("first_response", "1h")),
        policy("teams", target(within="4h", calendar="always"), kind="ola"),
        policy("carrier", target(within="6h", calendar="always"), kind="underpinning_contract"),
        policy("own", target(within="1h", calendar="always"), kind="custom"),
    ]
    rows = [created(), put(1, status="pending"), put(2, status="open"), put(7, status="solved")]
    for as_of in (3, 6.5, 8):
        yield case(f"kinds-{as_of}", "5.06", beside, rows, as_of)
    none = [policy("urgent", target(), when=URGENT)]
    yield case("no-policy-matches", "5.07", none, [created(priority="low")], 5)
    late = [created(priority="low"), put(2, priority="urgent")]
    yield case("attached-later-counts-from-the-start", "5.15", none, late, 3)
    editions = [
        policy("gold", target(within="4h"), version="1"),
        policy("gold", target(), version="2"),
    ]
    yield case("latest-edition", "5.08", editions, [created()], 1)
    yield case("named-edition", "5.08", editions, [created(), applied(0, "gold", "1")], 1)
    change = [created(), applied(0, "gold", "1"), applied(2, "gold", "2")]
    yield case("edition-changed", "5.08", editions, change, 3)


def section_6():
    """States, due, breach, warnings."""
    warn = ["-30m", "0s", 0.5, 0.75, 1.5, "1h"]
    two = [target(within="2h", calendar="always", warn_at=warn)]
    for stop in (1, 2, 2.25):
        for as_of in (0.5, 2, 2.5, 4):
            rows = [created(), put(stop, status="solved")]
            rule = "6.08" if as_of < stop else "6.01"
            yield case(f"stop-{stop}-{as_of}", rule, two, rows, as_of)
    for since, until in ((1, 3), (2, 3), (2.25, 5), (0, 0.25)):
        rows = [created(), put(since, status="pending"), put(until, status="open")]
        for as_of in (0.5, since, 2.5, 6):
            yield case(f"pause-{since}-{until}-{as_of}", "6.05", two, rows, as_of)
    late = [created(), put(3, status="pending"), put(5, status="open"), put(6, status="pending")]
    for as_of in (2.5, 4, 5.5, 7):
        yield case(f"paused-after-the-due-{as_of}", "6.04", two, late, as_of)
    again = [created(), put(3, status="solved"), put(5, status="open"), put(5.5, status="solved")]
    for as_of in (4, 5, 5.25, 6):
        yield case(f"earlier-result-{as_of}", "4.13", two, again, as_of)
    for as_of in (2.25, 20, 40):
        yield case(f"overdue-{as_of}", "6.02", [target(within="2h")], [created()], as_of)
    for as_of in (1, 1.75, 9, 30):
        rows = [created(), put(1, status="pending")]
        yield case(f"due-if-it-resumed-{as_of}", "6.03", [target(within="4h")], rows, as_of)
    for as_of in (2, 3.5, 8):
        rows = [created(), put(1, status="pending"), put(3, status="open")]
        yield case(f"net-and-gross-{as_of}", "6.10", [target(within="2h")], rows, as_of)


def section_6_changes():
    """A breach and warnings when the target changes."""
    extended = [
        target(within="20h", when=URGENT, calendar="always", warn_at=[0.5]),
        target(within="2h", calendar="always", warn_at=[0.5]),
    ]
    rows = [created(), put(3, priority="urgent"), put(12, priority="low")]
    for as_of in (2, 2.5, 4, 13, 30):
        yield case(f"sticky-{as_of}", "6.07", extended, rows, as_of)
    shorter = [
        target(within="2h", when=URGENT, calendar="always", warn_at=[0.5]),
        target(within="8h", calendar="always", warn_at=[0.5]),
    ]
    rows = [created(), put(3, status="pending"), put(5, priority="urgent"), put(7, status="open")]
    for as_of in (4, 6, 7, 7.25, 9):
        yield case(f"due-put-into-the-past-while-paused-{as_of}", "6.06", shorter, rows, as_of)
    yield case(
        "warnings-before-the-change", "6.09", shorter, [created(), put(3, priority="urgent")], 3.25
    )


def section_7():
    """Merge, split, follow-up, parent and child."""
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
            rule = "7.1" if ticket == "T1" else "7.3" if source == "written-to-later" else "7.2"
            yield case(f"merge-{source}-{ticket}-{as_of}", rule, both, [], as_of, **more)
    for kind in ("split_from", "follow_up", "parent", "duplicate", "linked"):
        for role in ("customer", "agent"):
            rows = [created(3, role), related(3, kind, "T0"), says(4, "customer"), says(6)]
            yield case(f"{kind}-by-{role}", "7.5" if kind == "parent" else "7.4", both, rows, 7)


def rules():
    yield from section_1_2()
    yield from section_3()
    yield from section_4()
    yield from section_4_cycles()
    yield from section_4_after()
    yield from section_5_changes()
    yield from section_5_policies()
    yield from section_6()
    yield from section_6_changes()
    yield from section_7()
