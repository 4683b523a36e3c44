"""A case told in rows, and what must come out of it: the language of the semantic cases.

Rows are short (`put(4, status="pending")` at hour 4); from them come the case as it is written
to a file, the plain data that the twin reads, and its answers in the words of the file.

Before this: `tests/oracles/sla_oracle.py`. Next: `rule_cases.py`.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from oracles import sla_oracle as oracle
from oracles import ticket_oracle as tickets

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
    *("number", "state", "policy", "start", "counts", "stop", "due_at", "elapsed"),
    *("gross_elapsed", "remaining", "breached", "was_breached", "breach_at", "breaches"),
    "results",
)
INSTANTS = {"start", "stop", "due_at", "breach_at"}
RULES = {
    "1.1": "clocks read the category of a status, never its name",
    "1.2": "what was closed stays as it ended, whatever is written to it",
    "2.1": "events stand in the order of (at, seq), however they are given",
    "2.2": "an equal event twice counts once",
    "2.3": "a public message of the creator at the creation is its text, no further contact",
    "2.4": "a ticket may begin paused, solved, closed or void",
    "2.5": "role and visibility say what a message is; only agents in public reply",
    "2.6": "several fields of one change are one step",
    "2.7": "of one action the message comes before the status",
    "2.8": "effort, ratings and internal notes move no clock of the customer",
    "2.9": "a first or unknown group is no transfer",
    "3.1": "time counts exactly, nothing is floored",
    "3.2": "hours are local: over a turned clock, at night, split, on single dates",
    "3.3": "due is the earliest instant with enough counted time, so it may be a closing",
    "3.4": "working days are dates; from a closed date they start with the next open one",
    "3.5": "a pause moves a date in working days by the open time that it cost",
    "3.6": "where nothing ever opens nothing elapses and nothing is due",
    "3.7": "without a target there is no clock",
    "4.01": "first response: from the first contact to a reply, or the solution; never paused",
    "4.02": "next response: from the oldest unanswered message after the first reply",
    "4.03": "periodic update: from each reply to the next, less pending",
    "4.04": "requester wait: until solved, less pending",
    "4.05": "agent work: until solved, less pending and on hold",
    "4.06": "resolution: until solved, less pending; a reopening goes on",
    "4.07": "total resolution: until solved, with everything between",
    "4.08": "ownership: from assignment to a group until another one, or solved",
    "4.09": "assignee response: from assignment to a reply of that agent",
    "4.10": "acknowledgement: until a human took notice",
    "4.11": "promise: until the date that was promised",
    "4.12": "once: a stop is final",
    "4.13": "resume: a reopening goes on, the solved gap taken out, the earlier result listed",
    "4.14": "count: a reopening goes on and the gap counts",
    "4.15": "restart: a reopening begins the same cycle from zero",
    "4.16": "again: the next start is a new cycle",
    "4.17": "again_after_due: likewise, never before the last due",
    "4.18": "within an instant: cancel and reset, stop, pause, resume, start",
    "4.19": "of several reasons to pause none may hold for time to count",
    "4.20": "pauses outlive a change of priority or policy",
    "4.21": "pauses that flap sum up exactly",
    "4.22": "a reset begins the running cycle from zero",
    "4.23": "another behavior is another pattern",
    "5.01": "the first target whose condition holds is in force",
    "5.02": "first_match: the first policy of a kind that matches",
    "5.03": "most_specific: the one with most conditions",
    "5.04": "shortest: the shortest target of each metric",
    "5.05": "all: every policy has its own clocks",
    "5.06": "kinds of agreements run side by side",
    "5.07": "that no policy matches is an answer",
    "5.08": "of several editions the last is current; one that the log names decides",
    "5.09": "carry: start and pauses stay, the target is new",
    "5.10": "restart: counting begins at the change",
    "5.11": "forward: the share that was left is left",
    "5.12": "frozen: the target of the beginning stays",
    "5.13": "what has stopped keeps the target and the hours of its stop",
    "5.14": "without a target any more it is cancelled; with one again it goes on",
    "5.15": "a target that comes into force later counts from the start",
    "5.16": "an edited calendar counts each stretch under the version then in force",
    "5.17": "a promised date holds whatever pauses and changes, until withdrawn",
    "6.01": "missed is stopped after the due; equality is on time",
    "6.02": "past its due it runs on, breached at the due and not when somebody looks",
    "6.03": "while paused, due is what it would be if it resumed now",
    "6.04": "a due that was reached is moved by no later pause; overrun stops in it",
    "6.05": "paused it cannot newly breach; a pause at the due comes too late",
    "6.06": "a due that a change puts into the past is breached at the change, or the resume",
    "6.07": "a breach outlives an extension",
    "6.08": "warnings by share and by offset to either side of the due",
    "6.09": "what was reached stays; the rest moves with a change, at the earliest to it",
    "6.10": "net and gross time differ by the pauses; what remains may be negative",
    "7.1": "a merged ticket has no clocks any more",
    "7.2": "what waited there waits in the other from the merge on, which keeps its clocks",
    "7.3": "what is written to it later is read in the other",
    "7.4": "split, copied and followed-up tickets have clocks of their own",
    "7.5": "parent and child have clocks of their own",
    "4-6": "every metric, after_stop, change of target, kind of hours and order within an instant",
}
"""What each case is about; the test asks for a case of every rule."""


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
    return merged(logs, case["ticket"])


def merged(logs, name):
    """Return a ticket's log after one round of merges.

    What is written to a merged ticket later is read in the other one; a customer message that
    waited there begins to wait here with the merge.
    """
    own, extra = list(logs[name]), []
    for number, event in enumerate(own):
        if event.get("kind") == "merged_into":
            rest = [later for later in own[number + 1 :] if "public" not in later]
            own = [*own[: number + 1], *rest]
            break
    for other, log in logs.items():
        for number, event in enumerate(log):
            if other != name and event.get("kind") == "merged_into" and event["other"] == name:
                if tickets.waiting_since(tickets.Log(log), number) is not None:
                    extra.append(
                        {
                            "type": "message",
                            "at": event["at"],
                            "role": "customer",
                            "actor": None,
                            "public": True,
                        }
                    )
                extra += [later for later in log[number:] if "public" in later]
    return sorted([*own, *extra], key=lambda event: event["at"])


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
        if key not in cycle:
            continue
        value = cycle[key]
        if key == "results":
            value = [[iso(at), state] for at, state in value]
        elif key in ("breaches", "counts"):
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
            [iso(at), policy, key[1], number, count, kind, text or "due", target]
            for key, cycles in clocks.items()
            for cycle in cycles
            for at, policy, number, count, kind, text, target in cycle["moments"]
        ),
    }


def hours(number):
    return (START + timedelta(hours=number)).isoformat()


def fields(given):
    found = {}
    for name, value in given.items():
        if name == "status":
            found[name] = [value, value] if isinstance(value, str) else [*value]
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
    assert rule in RULES, rule
    whole = targets and "targets" in targets[0]
    policies = targets if whole else [{"name": "gold", "targets": targets}]
    found = {"id": name, "rule": rule, **more, "policies": policies}
    if rows:
        found["events"] = log(*rows)
    found["as_of"] = hours(as_of)
    return {**found, "expect": expected(found)}


def policy(name, *targets, **more):
    return {"name": name, **more, "targets": list(targets)}


def fact(*names):
    return {"field": "facts", "contains": [*names]}


def related(at, kind, other):
    return {"type": "related", "at": at, "kind": kind, "other": other}
