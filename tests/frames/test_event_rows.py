"""A row of events is refused when, and only when, the event that it means refuses it."""

from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest
from frames.event_strategies import EVENTS, exactly
from hypothesis import given
from hypothesis import strategies as st

from support_model import frames
from support_model._columns.event_columns import raw_of_events
from support_model._columns.event_tables import EVENT_SCHEMA, TEXT, table_of_raw
from support_model.errors import InvalidRow, SupportModelError
from support_model.events import EVENTS as KINDS
from support_model.vocabulary import Priority, Status


def read(source, **how):
    raw = frames.events(source, **how).raw
    return [raw.event(row) for row in range(raw.size)]


TEXT_BREAKS = st.sampled_from([None, "", "a", "T1", "T0", "merged_into", "open", "csat"])
INSTANT_BREAKS = st.sampled_from(
    [
        None,
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(1, 1, 1, 23, tzinfo=UTC),
        datetime(2026, 3, 2, tzinfo=UTC),
        datetime(9999, 12, 31, 2, tzinfo=UTC),
    ]
)
SCALES = [None, [1.0, 5.0], [5.0, 1.0], [1.0], [1.0, 2.0, 3.0], [], [float("-inf"), 5.0]]
CLEARED = [
    *(
        None,
        [],
        ["group"],
        ["status"],
        ["category"],
        ["type"],
        ["ticket_type"],
        ["group", "group"],
    ),
    *(["priority"], ["custom.z"], ["custom."], ["nope"], ["at"], ["line", "tags"]),
]
NUMBERS = [None, 0.0, 3.0, 9.0, float("nan"), float("inf"), float("-inf")]
BREAKS = {
    **{part.name: TEXT_BREAKS for part in EVENT_SCHEMA if part.type == TEXT},
    "type": st.sampled_from([None, "", "mesage", *KINDS]),
    "role": st.sampled_from([None, "agent", "Agent", "customer"]),
    "basis": st.sampled_from([None, "merge", "guess"]),
    **dict.fromkeys(["at", "due", "until"], INSTANT_BREAKS),
    "public": st.sampled_from([None, True, False]),
    "seq": st.sampled_from([None, 0, -5]),
    "line": st.sampled_from([None, 0, 1, 6]),
    "management_level": st.sampled_from([None, -1, 9]),
    "priority_rank": st.sampled_from([None, -1, 0, 1]),
    "priority": st.sampled_from([None, "", "High", "p9"]),
    "tags": st.sampled_from([None, [], ["a", "a"], [""]]),
    "cleared": st.sampled_from(CLEARED),
    "duration": st.sampled_from([None, timedelta(0), timedelta(-1), timedelta(hours=1)]),
    "score": st.sampled_from(NUMBERS),
    "scale": st.sampled_from(SCALES),
    "custom.z": st.sampled_from([None, 1.5, float("nan"), float("inf")]),
}
SHAPE = pa.schema([*EVENT_SCHEMA, ("custom.z", pa.float64())])
NO_FIELD = {"ticket_id", "at", "type", "role", "actor", "seq", "source_id", "basis", "public"} | {
    *("until", "duration", "metric", "due", "kind", "score", "scale", "other", "policy"),
    *("version", "cleared", "category", "priority_rank"),
}
PLAIN_EVENTS = EVENTS.filter(
    lambda event: not any(name[:7] == "custom." for name, _ in getattr(event, "fields", ()))
)


@st.composite
def nearly_events(draw):
    """A row of an event in which up to two columns hold something else."""
    row = table_of_raw(raw_of_events([draw(PLAIN_EVENTS)]), SHAPE).to_pylist()[0]
    for name in draw(st.lists(st.sampled_from(sorted(BREAKS)), max_size=2)):
        row[name] = draw(BREAKS[name])
    return row


def event_of(row):
    """The event that a row means, made by the classes of events alone."""
    said = {name: value for name, value in row.items() if value is not None}
    fields = {"type" if n == "ticket_type" else n: said[n] for n in said.keys() - NO_FIELD}
    name, category = said.get("status"), said.get("category")
    if name is not None or category is not None:
        fields["status"] = Status(category if name is None else name, category or name)
    rank = said.get("priority_rank", {"High": 2, "open": None}.get(said.get("priority")))
    if "priority" in said or "priority_rank" in said:
        fields["priority"] = Priority(said.get("priority"), rank)
    for name in said.get("cleared", ()):
        field = {"ticket_type": "type", "type": "?"}.get(name, name)
        if field in fields and fields[field] is not None:
            raise KeyError(name)
        fields[field] = None
    parts = {
        n: said[n]
        for n in said.keys() & NO_FIELD - {"type", "cleared", "category", "priority_rank"}
    }
    if "scale" in parts:
        parts["scale"] = tuple(parts["scale"])
    if fields:
        parts["fields"] = fields
    if said.get("type") == "promised":
        parts.setdefault("due", None)
    return KINDS[said.get("type")](**parts)


def made(row):
    try:
        return event_of(row)
    except (SupportModelError, TypeError, KeyError):
        return None


@given(st.lists(nearly_events(), min_size=1, max_size=3))
def test_rows_are_refused_when_the_events_themselves_refuse_them(rows):
    table = pa.Table.from_pylist(rows, schema=SHAPE)
    events = [made(row) for row in rows]
    if None not in events:
        assert exactly(read(table)) == exactly(events)
        return
    with pytest.raises(InvalidRow) as caught:
        frames.events(table)
    error = caught.value
    assert events[error.line - 1] is None
    assert error.column in SHAPE.names
    assert error.remedy
