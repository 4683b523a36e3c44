"""Drawn logs as plain rows: told to the library as events, and to its twin as they are.

Half of the lives are drawn by what should happen, such as reopened and solved again, handed back
and forth, offered in vain; windows and instants are half drawn from the log, so that something
lies exactly on their ends.
"""

from datetime import UTC, datetime, timedelta

from conformance.kpi import events_of
from hypothesis import strategies as st

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
GRID = 600  # seconds; few instants, so that ties happen
OPEN = ("new", "open", "pending", "on_hold")
AGENTS = ("ann", "bob", None)


def at(t):
    return START + timedelta(seconds=t)


def told(row):
    """A row as the library's reader of logs wants it."""
    return row | {"at": at(row["t"]).isoformat()}


def events(rows):
    return list(events_of(map(told, rows)))


statuses = st.sampled_from([*OPEN, "open", "solved", "solved", "closed"])
maybe = st.booleans()
agents = st.sampled_from(["ann", "bob"])


@st.composite
def created(draw):
    row = {"type": "created", "by": draw(st.sampled_from(["customer", "customer", "agent"]))}
    row["status"] = draw(st.sampled_from([*OPEN, "new", "new", "solved"]))
    for name, values in (("requester", ["r1", "r1", "r2"]), ("topic", ["x", "x", "y"])):
        if draw(st.integers(0, 4)):
            row[name] = draw(st.sampled_from(values))
    for name, values in (
        ("group", "AB"),
        ("line", [1, 2]),
        ("agent", ["ann", "bob"]),
    ):
        if draw(maybe):
            row[name] = draw(st.sampled_from(list(values)))
    return row


def message(kind, **more):
    fixed = {"type": st.just(kind)} | more
    return st.fixed_dictionaries(fixed, optional={"status": statuses})


SCALES = {"csat": ([1, 5], [1, 5], [0, 10], [0, 1]), "nps": ([0, 10], [0, 10], [1, 5])}


@st.composite
def answers(draw):
    """An answer on its own scale; some are fractional."""
    kind = draw(st.sampled_from(["csat", "nps"]))
    low, high = draw(st.sampled_from(SCALES[kind]))
    halves = draw(st.integers(2 * low, 2 * high))
    whole = halves % 2 == 0 or draw(maybe)
    score = halves // 2 if whole else halves / 2
    return {"type": "survey_answered", "kind": kind, "score": score, "scale": [low, high]}


later = st.one_of(
    message("customer_message"),
    message("customer_message"),
    message("agent_reply", agent=agents),
    message("agent_reply", agent=agents),
    message("internal_note", agent=agents),
    message("bot_reply"),
    st.fixed_dictionaries(
        {"type": st.just("status"), "status": statuses},
        optional={"by": st.sampled_from(["system", "customer"])},
    ),
    st.fixed_dictionaries({"type": st.just("status"), "status": statuses, "agent": agents}),
    st.fixed_dictionaries(
        {"type": st.just("assigned"), "group": st.sampled_from(["A", "B", "C", None])},
        optional={"by": st.just("system")},
    ),
    st.fixed_dictionaries(
        {"type": st.just("assigned"), "line": st.sampled_from([1, 2, 3, None])},
    ),
    st.fixed_dictionaries(
        {"type": st.just("assigned"), "agent": st.sampled_from(AGENTS)},
        optional={"by": st.just("system")},
    ),
    answers(),
    st.fixed_dictionaries(
        {"type": st.just("survey_sent"), "kind": st.sampled_from(["csat", "nps"])}
    ),
)


def turned(*names, by="agent"):
    return [{"type": "status", "status": name, "by": by} for name in names]


def handed(field, *values, **more):
    return [{"type": "assigned", field: value, **more} for value in values]


ASKED, REPLIED = {"type": "customer_message"}, {"type": "agent_reply", "agent": "ann"}
THEMES = (
    [*turned("open", "solved", "open", "solved"), *turned("open", by="customer")],
    [REPLIED, *turned("solved", "open", "solved")],
    [ASKED, REPLIED, ASKED, ASKED, REPLIED, *turned("solved"), ASKED, *turned("open")],
    handed("group", "A", "B", "A", "B"),
    handed("group", "A", "B", "C", "A"),
    [*handed("line", 1, 2, 1, 3, 1), *turned("solved")],
    [*handed("agent", "ann", None, by="system"), *turned("solved")],
    [*handed("agent", "ann", by="system"), REPLIED, *handed("agent", "bob", "ann", by="system")],
    [*handed("agent", "ann"), *turned("solved", "open"), *handed("agent", "bob"),
     *turned("solved")],
    [*handed("agent", "ann"), {"type": "status", "status": "solved", "agent": "bob"}],
    [*handed("agent", "ann"), {"type": "agent_reply", "agent": "bob", "status": "solved"}],
    [REPLIED, {"type": "internal_note", "agent": "ann"}, REPLIED, REPLIED | {"agent": "bob"}],
    [{"type": "bot_reply"}, *handed("agent", "ann", None, by="system"), *turned("solved")],
    [{"type": "survey_sent", "kind": "csat"}, *turned("solved"),
     *({"type": "survey_answered", "kind": "csat", "score": n, "scale": [1, 5]} for n in (2, 5)),
     *({"type": "survey_answered", "kind": "nps", "score": n, "scale": [0, 10]} for n in (9, 6))],
)  # fmt: skip
"""What happens to a ticket in order, whenever it does."""


@st.composite
def lives(draw, longest):
    """The rows after the creation: of one or two themes, or each drawn by itself."""
    if longest > 4 and draw(maybe):
        return [*draw(st.sampled_from(THEMES)), *draw(st.sampled_from(([], *THEMES)))]
    return draw(st.lists(later, max_size=longest))


@st.composite
def logs(draw, tickets=3, longest=9):
    """Rows of a few tickets, in order of time; a void one ends there."""
    rows = []
    for number in range(draw(st.integers(1, tickets))):
        t = GRID * draw(st.integers(0, 6))
        life = [draw(created()) | {"t": t}]
        for row in draw(lives(longest)):
            t += GRID * draw(st.integers(0, 3))
            life.append(row | {"t": max(t, life[0]["t"] + GRID)})
        if draw(st.integers(0, 5)) == 0:
            life.append({"type": "status", "status": "void", "t": t + GRID})
        rows += [row | {"ticket": f"T{number}"} for row in life]
    return sorted(rows, key=lambda row: row["t"])


instants = st.integers(6, 60).map(lambda n: n * GRID)
windows = st.integers(1, 8).map(lambda n: n * GRID)


@st.composite
def scenes(draw, **more):
    """Rows, an instant of asking, and a window: half of them with something on their ends."""
    rows = draw(logs(**more))
    seen = sorted({row["t"] for row in rows})
    apart = sorted({b - a for a in seen for b in seen if b > a})
    window = draw(st.sampled_from(apart)) if apart and draw(maybe) else draw(windows)
    ends = [t + window for t in seen] if draw(maybe) else [seen[-1], seen[-1] + GRID]
    as_of = draw(st.sampled_from(ends)) if draw(st.integers(0, 3)) else draw(instants)
    return rows, as_of, window
