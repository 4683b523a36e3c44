"""Draws plans as the plain data of reference cases, which library and twins both read."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

# zones with a clock change near a date: half an hour, at midnight, by a whole day, twice a year
CHANGES = (
    ("Europe/Berlin", "2025-03-30"),
    ("Europe/Berlin", "2025-10-26"),
    ("America/New_York", "2025-03-09"),
    ("America/Havana", "2025-03-09"),
    ("America/Havana", "2025-11-02"),
    ("Atlantic/Azores", "2025-03-30"),
    ("Atlantic/Azores", "2025-10-26"),
    ("Australia/Lord_Howe", "2025-04-06"),
    ("Australia/Lord_Howe", "2025-10-05"),
    ("Africa/Cairo", "2025-04-25"),
    ("Pacific/Apia", "2011-12-30"),
    ("Asia/Kathmandu", "2025-06-01"),
)
PEOPLE = ("ann", "bob", "cid", "dee")
TIMES = ("00:00", "00:30", "01:30", "02:00", "02:30", "03:00", "09:00", "18:30", "23:30")
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

entries = st.sampled_from(PEOPLE) | st.lists(
    st.sampled_from(PEOPLE), min_size=2, max_size=3, unique=True
)
durations = st.sampled_from([{"hours": 1}, {"hours": 7}, {"days": 1}, {"days": 3, "minutes": 30}])
days_of_week = st.lists(st.sampled_from(WEEK), max_size=4, unique=True)
RULES = (
    "FREQ=WEEKLY;BYDAY=MO,TH",
    "FREQ=DAILY;INTERVAL=2",
    "FREQ=MONTHLY",
    "FREQ=DAILY;BYHOUR=2,14;BYMINUTE=30",
    "FREQ=HOURLY;INTERVAL=7",
)


@st.composite
def rotations(draw):
    form = draw(st.sampled_from(["every", "every", "rrule", "worked"]))
    if form == "rrule":
        rotation = {"unit": "rrule", "rrule": draw(st.sampled_from(RULES))}
        if draw(st.booleans()):
            rotation["duration"] = draw(durations)
            rotation["rrule"] += draw(st.sampled_from(["", ";COUNT=5"]))
        return rotation
    unit = draw(st.sampled_from(["hours", "days", "weeks"])) if form == "every" else "days"
    rotation = {"every": draw(st.integers(1, 13 if unit == "hours" else 3)), "unit": unit}
    if form == "worked":
        rotation["advance"] = "worked"
    if draw(st.integers(0, 3)) == 0:
        rotation["duration"] = draw(durations)
    return rotation


@st.composite
def windows(draw):
    start, end = draw(st.sampled_from(TIMES)), draw(st.sampled_from((*TIMES, "24:00")))
    if draw(st.integers(0, 3)) == 0:
        first, last = draw(st.sampled_from(WEEK)), draw(st.sampled_from(WEEK))
        return {"from_day": first, "from": start, "to_day": last, "to": end}
    return {"days": draw(days_of_week), "from": start, "to": end}


@st.composite
def layers(draw, day):
    start = day - timedelta(days=draw(st.integers(0, 9)))
    row = {
        "participants": draw(st.lists(entries, min_size=1, max_size=4)),
        "start": f"{start:%Y-%m-%d}T{draw(st.sampled_from(TIMES))}",
        "tz": None,
        "rotation": draw(rotations()),
    }
    if draw(st.booleans()):
        row["restrictions"] = draw(st.lists(windows(), min_size=1, max_size=2))
    if draw(st.integers(0, 2)) == 0:
        time = draw(st.sampled_from(TIMES))
        row["handoff"] = draw(
            st.just(time) | st.builds(lambda d: {"day": d, "time": time}, st.sampled_from(WEEK))
        )
    if draw(st.integers(0, 3)) == 0:
        row["active_from"] = f"{day - timedelta(days=1):%Y-%m-%d}T02:30"
    if draw(st.integers(0, 3)) == 0:
        row["until"] = f"{day + timedelta(days=2):%Y-%m-%d}T02:30"
    if draw(st.integers(0, 2)) == 0:
        row["priority"] = draw(st.integers(0, 2))
    return row


@st.composite
def plans(draw):
    """A plan and the window around a clock change in which to ask it."""
    zone, text = draw(st.sampled_from(CHANGES))
    day = datetime.fromisoformat(text)
    first = (day - timedelta(days=4)).replace(tzinfo=UTC)

    def span():
        """Somewhere in the window, of whole days that meet handoffs, or all of the window."""
        kind = draw(st.sampled_from(["somewhere", "days", "all"]))
        if kind == "all":
            return first - timedelta(days=1), first + timedelta(days=9)
        if kind == "days":
            start = first + timedelta(days=draw(st.integers(-1, 6)))
            return start, start + timedelta(days=draw(st.integers(1, 3)))
        start = first + timedelta(minutes=30 * draw(st.integers(-50, 300)))
        return start, start + timedelta(minutes=30 * draw(st.integers(1, 120)))

    rows = draw(st.lists(layers(day), min_size=1, max_size=3))
    for row in rows:
        row["tz"] = zone if draw(st.booleans()) else draw(st.sampled_from(CHANGES))[0]
    data = {"layers": rows, "options": {}}
    for name in ("overrides", "absences"):
        data[name] = []
        for _ in range(draw(st.integers(0, 2))):
            start, end = span()
            person = draw(st.sampled_from(PEOPLE))
            data[name].append({"person": person, "from": start.isoformat(), "to": end.isoformat()})
    if draw(st.booleans()):
        (start, end), (back, until) = span(), span()
        giver, taker = draw(st.permutations(PEOPLE))[:2]
        swap = {"a": giver, "b": taker, "a_from": start.isoformat(), "a_to": end.isoformat()}
        if draw(st.booleans()):
            swap |= {"b_from": back.isoformat(), "b_to": until.isoformat()}
        data["swaps"] = [swap]
    data["options"]["absence"] = draw(st.sampled_from(["hole", "next"]))
    data["options"]["same_priority"] = draw(st.sampled_from(["later", "union"]))
    return data, first, first + timedelta(days=8)


@st.composite
def seats(draw):
    """Two or three layers of the same people, always open, of whom some are away for days."""
    zone, text = draw(st.sampled_from(CHANGES))
    day = datetime.fromisoformat(text)
    first = (day - timedelta(days=4)).replace(tzinfo=UTC)
    names = draw(st.permutations(PEOPLE))[: draw(st.sampled_from([3, 4, 2]))]
    begin = f"{day - timedelta(days=draw(st.integers(5, 9))):%Y-%m-%d}T09:00"
    rows = [
        {
            "participants": [*names[turn:], *names[:turn]],
            "start": begin,
            "tz": zone,
            "rotation": {"every": draw(st.integers(1, 2)), "unit": "days"},
            "priority": draw(st.integers(0, 1)),
        }
        for turn in range(draw(st.integers(2, 3)))
    ]
    away = [first - timedelta(days=1), first + timedelta(days=draw(st.integers(2, 9)))]
    start, end = (at.isoformat() for at in away)
    absent = draw(st.permutations(names))[: draw(st.sampled_from([1, 2, len(names)]))]
    data = {
        "layers": rows,
        "absences": [{"person": person, "from": start, "to": end} for person in absent],
        "options": {
            "absence": draw(st.sampled_from(["next", "next", "hole"])),
            "same_priority": draw(st.sampled_from(["later", "union"])),
        },
    }
    return data, first, first + timedelta(days=8)


NINE_TO_FIVE = {
    "tz": "Europe/Berlin",
    "weekly": {day: [["09:00", "17:00"]] for day in WEEK[:5]},
    "holidays": ["2025-03-28"],
}
BEGIN = datetime(2025, 3, 27, 8, tzinfo=UTC)


def shown(minutes):
    return (BEGIN + timedelta(minutes=minutes)).isoformat()


offsets = st.sampled_from([-90, -30, 0, 0, 0, 15, 60, 240])


@st.composite
def steps(draw, number):
    anchor = draw(
        st.sampled_from(["start", "threshold", "due", "due", "ack_missing", "line_timeout"])
    )
    step = {
        "id": f"s{number}",
        "anchor": anchor,
        "base": draw(st.sampled_from(["clock", "wall"])),
        "level": draw(st.integers(1, 3)),
        "kind": draw(st.sampled_from(["notify", "functional", "hierarchical"])),
        "target": draw(st.sampled_from(["full", "empty", "later", "sooner"])),
    }
    offset = draw(offsets)
    step["offset_s"] = 60 * (max(offset, 0) if step["base"] == "wall" else offset)
    if anchor == "threshold":
        step["percent"] = draw(st.sampled_from([50, 75, 100, 150]))
    if anchor == "ack_missing" and number and draw(st.booleans()):
        step["of"] = f"s{draw(st.integers(0, number - 1))}"
    if anchor == "line_timeout":
        step["line"] = draw(st.sampled_from(["L1", "L2"]))
    if draw(st.booleans()):
        times = draw(st.sampled_from([0, 1, 3, None]))
        step["repeat"] = {"times": times, "every_s": 60 * draw(st.sampled_from([30, 45, 300]))}
    if draw(st.integers(0, 3)) == 0:
        step["until"] = "ack"
    return step


@st.composite
def escalations(draw):
    """A clock, the editions of a plan and resolvers, in whole minutes."""
    clock = {
        "ticket": "T1",
        "metric": "resolution",
        "cycle": 1,
        "start": shown(0),
        "base": draw(st.sampled_from(["wall", NINE_TO_FIVE])),
    }
    clock["targets"] = [
        {"from": shown(since), "seconds": draw(st.sampled_from([3600, 14400, 28800]))}
        for since in sorted(draw(st.sets(st.integers(0, 600), max_size=2)) | {0})
    ][: draw(st.integers(0, 3))]
    edges = sorted(draw(st.sets(st.integers(0, 2000), max_size=4)))
    clock["pauses"] = [
        [shown(start), shown(end)] for start, end in zip(edges[::2], edges[1::2], strict=False)
    ]
    if len(edges) % 2:
        clock["pauses"].append([shown(edges[-1]), None])
    for name in ("stop", "cancel", "ack"):
        if draw(st.integers(0, 2)) == 0:
            clock[name] = shown(draw(st.integers(0, 3000)))
    if draw(st.booleans()):
        clock["lines"] = [
            {"line": draw(st.sampled_from(["L1", "L2"])), "at": shown(at)}
            for at in sorted(draw(st.sets(st.integers(0, 1500), min_size=1, max_size=3)))
        ]
    if draw(st.booleans()):
        clock["levels"] = [
            {
                "at": shown(draw(st.integers(0, 600))),
                "kind": draw(st.sampled_from(["functional", "hierarchical"])),
                "level": draw(st.integers(1, 3)),
            }
        ]

    def edition(n):
        return [draw(steps(number)) for number in range(n)]

    editions = [{"steps": edition(draw(st.integers(1, 4)))}]
    if draw(st.booleans()):
        later = edition(draw(st.integers(1, 4)))
        editions.append({"from": shown(draw(st.integers(-100, 900))), "steps": later})
    return {
        "clock": clock,
        "plans": editions,
        "plan_mode": draw(st.sampled_from(["snapshot", "live"])),
        "resolvers": {
            "full": [{"who": ["ann"]}, {"who": ["bob"]}],
            "later": [{"who": ["cid"], "from": shown(120)}],
            "sooner": [{"who": ["dee"], "to": shown(120)}],
        },
    }
