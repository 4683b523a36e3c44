"""Routing cases drawn at random, in the shape of the reference cases."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

NOW = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SKILLS, CHANNELS, LINES = ("db", "sap", "de"), ("email", "chat", "phone"), ("L1", "L2", "L3")
IDS = ("a", "b", "c", "a1", "a10")
BLOCKING = ("busy", "away", "offline")
CALENDARS = {
    "berlin": {
        "tz": "Europe/Berlin",
        "weekly": {day: [["09:00", "12:00"], ["12:40", "17:30"]] for day in ("tue", "wed", "thu")},
        "holidays": ["2026-03-05"],
    },
    "ny": {
        "tz": "America/New_York",
        "weekly": {day: [["08:10", "16:00"]] for day in ("mon", "wed", "thu", "fri")},
        "holidays": [],
    },
    "never": {"tz": "UTC", "weekly": {}, "holidays": []},
}


MICROSECOND = timedelta(microseconds=1)


def text(at):
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ" if at.microsecond else "%Y-%m-%dT%H:%M:%SZ")


def instants(before=600, after=2000):
    """Whole minutes around now, often now itself or on the same few."""
    near = st.sampled_from([0, -30, -60, 60, 120, 450])
    return (near | st.integers(-before, after)).map(lambda minutes: text(NOW + minutes * MINUTE))


def edges(before=600, after=2000):
    """As `instants`, and an edge is met from either side."""
    beside = st.sampled_from([-1, 0, 0, 1]).map(lambda n: text(NOW + n * MICROSECOND))
    return instants(before, after) | beside


def maybe(strategy):
    return st.none() | strategy


def only(row):
    return {name: value for name, value in row.items() if value is not None}


skills = st.builds(
    lambda name, level, until: only({"name": name, "level": level, "valid_until": until}),
    st.sampled_from(SKILLS),
    st.integers(1, 5),
    maybe(edges() | st.sampled_from(["2026-03-03", "2026-03-04", "2026-03-05"])),
)
capacities = st.builds(
    lambda units, channels: only({"units": units, "channels": channels}),
    maybe(st.integers(0, 6)),
    maybe(st.dictionaries(st.sampled_from(CHANNELS), st.integers(0, 3))),
)
absences = st.builds(
    lambda start, minutes: [
        text(NOW + start * MINUTE),
        text(NOW + (start + minutes) * MINUTE),
    ],
    st.integers(-300, 600) | st.just(0),
    st.integers(1, 900),
)


@st.composite
def agents(draw, names=IDS):
    return [
        only(
            {
                "id": name,
                "line": draw(st.sampled_from([None, "L1", "L1", "L2", "L2", "L3"])),
                "team": draw(st.sampled_from([None, "red", "red", "red", "blue"])),
                "skills": draw(st.lists(skills, max_size=3, unique_by=lambda s: s["name"])),
                "capacity": draw(maybe(capacities)),
                "calendar": draw(st.sampled_from([None, None, *CALENDARS])),
                "absences": draw(st.just([]) | st.lists(absences, max_size=2)),
                "presence": draw(st.sampled_from([*[None] * 7, "online", *BLOCKING])),
                "last_assigned_at": draw(maybe(edges(after=0))),
                "idle_since": draw(maybe(edges(after=0))),
                "deputy": draw(maybe(st.sampled_from([x for x in IDS if x != name]))),
                "recent": draw(st.lists(instants(before=90, after=0), max_size=3)),
            }
        )
        for name in draw(st.lists(st.sampled_from(names), min_size=2, unique=True))
    ]


needs = st.builds(
    lambda skill, level, required: {"skill": skill, "level": level, "required": required},
    st.sampled_from(SKILLS),
    st.integers(1, 5),
    st.booleans(),
)


@st.composite
def tickets(draw, name="T1"):
    row = {
        "id": name,
        "channel": draw(st.sampled_from(CHANNELS)),
        "queued_at": draw(instants(before=300, after=0)),
        "line": draw(st.sampled_from([None, "L1", "L1", "L2"])),
        "team": draw(st.sampled_from([None, None, None, "red"])),
        "needs": draw(st.lists(needs, max_size=2, unique_by=lambda need: need["skill"])),
        "exclude": [
            {"agent": agent, "why": "author"}
            for agent in draw(st.just(()) | st.sets(st.sampled_from(IDS), max_size=1))
        ],
        "priority": draw(st.integers(1, 2)),
        "due": draw(maybe(instants())),
    }
    if draw(st.booleans()):
        owner = {"agent": draw(st.sampled_from(IDS)), "since": draw(instants(after=0))}
        row["owner"] = owner
    return only(row)


relaxations = st.builds(
    lambda after, lower, drop: {"after_s": after * 60, "lower": lower, "drop": drop},
    st.integers(0, 400),
    st.dictionaries(st.sampled_from(SKILLS), st.integers(1, 4), min_size=1),
    st.lists(st.sampled_from(SKILLS), max_size=1),
)
options = st.builds(
    lambda **parts: only(parts),
    strategy=st.sampled_from(
        [
            *("default", "skill_fit", "least_loaded", "least_active"),
            *("most_available", "round_robin", "longest_idle"),
        ]
    ),
    sticky_ttl_s=maybe(st.integers(1, 600).map(lambda minutes: minutes * 60)),
    ageing_s=maybe(st.sampled_from([60, 3600, 7200])),
    relax=st.lists(relaxations, max_size=3),
    fallback=st.lists(
        st.builds(
            lambda after, line: {"after_s": after * 60, "line": line},
            st.integers(0, 400),
            st.sampled_from(LINES),
        ),
        max_size=2,
    ),
    rate_limit=maybe(
        st.builds(
            lambda most, minutes: {"max": most, "window_s": minutes * 60},
            st.integers(1, 3),
            st.integers(1, 120),
        )
    ),
    count=st.sampled_from(["open_new", "timer_on", "all"]),
    fit=st.sampled_from(["closest", "highest"]),
)
work = st.lists(
    st.builds(
        lambda agent, channel, status, timer: {
            "agent": agent,
            "channel": channel,
            "status": status,
            "timer": timer,
        },
        st.sampled_from(IDS),
        st.sampled_from(CHANNELS),
        st.sampled_from(["new", "open", "open", "pending", "on_hold", "solved"]),
        st.booleans(),
    ),
    max_size=8,
)
weights = st.dictionaries(st.sampled_from(CHANNELS), st.integers(0, 3))


@st.composite
def worlds(draw):
    return {
        "as_of": text(NOW),
        "agents": draw(agents()),
        "calendars": CALENDARS,
        "options": draw(options),
        "weights": draw(weights),
        "work": draw(work),
    }


@st.composite
def questions(draw):
    return {**draw(worlds()), "ticket": draw(tickets())}


@st.composite
def backlogs(draw):
    names = draw(st.lists(st.sampled_from(["t1", "t2", "t9", "t10", "t11"]), unique=True))
    return {**draw(worlds()), "tickets": [draw(tickets(name)) for name in names]}
