"""Drawn logs as plain rows: told to the library as events, and to its twin as they are."""

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


@st.composite
def created(draw):
    row = {"type": "created", "by": draw(st.sampled_from(["customer", "customer", "agent"]))}
    row["status"] = draw(st.sampled_from([*OPEN, "new", "new", "solved"]))
    for name, values in (
        ("requester", ["r1", "r2"]),
        ("topic", ["x", "y"]),
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


later = st.one_of(
    message("customer_message"),
    message("customer_message"),
    message("agent_reply", agent=st.sampled_from(["ann", "bob"])),
    message("agent_reply", agent=st.sampled_from(["ann", "bob"])),
    message("internal_note", agent=st.sampled_from(["ann", "bob"])),
    message("bot_reply"),
    st.fixed_dictionaries(
        {"type": st.just("status"), "status": statuses},
        optional={"by": st.sampled_from(["system", "customer"])},
    ),
    st.fixed_dictionaries(
        {"type": st.just("status"), "status": statuses, "agent": st.sampled_from(["ann", "bob"])}
    ),
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
    st.fixed_dictionaries(
        {
            "type": st.just("survey_answered"),
            "kind": st.just("csat"),
            "score": st.integers(1, 5),
            "scale": st.just([1, 5]),
        }
    ),
    st.fixed_dictionaries(
        {
            "type": st.just("survey_answered"),
            "kind": st.just("nps"),
            "score": st.integers(0, 10),
            "scale": st.just([0, 10]),
        }
    ),
    st.fixed_dictionaries(
        {"type": st.just("survey_sent"), "kind": st.sampled_from(["csat", "nps"])}
    ),
)


@st.composite
def logs(draw, tickets=3, longest=9):
    """Rows of a few tickets, in order of time; a void one ends there."""
    rows = []
    for number in range(draw(st.integers(1, tickets))):
        t = GRID * draw(st.integers(0, 6))
        life = [draw(created()) | {"t": t}]
        for row in draw(st.lists(later, max_size=longest)):
            t += GRID * draw(st.integers(0, 3))
            life.append(row | {"t": max(t, life[0]["t"] + GRID)})
        if draw(st.integers(0, 5)) == 0:
            life.append({"type": "status", "status": "void", "t": t + GRID})
        rows += [row | {"ticket": f"T{number}"} for row in life]
    return sorted(rows, key=lambda row: row["t"])
