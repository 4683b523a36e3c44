"""Events of all ten kinds, of any content that an event can have."""

from datetime import UTC, datetime, timedelta

from attrs import evolve
from hypothesis import strategies as st

from support_model._vocabulary import BASES, CATEGORIES, RELATIONS, ROLES, Priority, Status
from support_model.events import (
    Acknowledged,
    Changed,
    Created,
    Message,
    PolicyApplied,
    Promised,
    Rated,
    RatingRequested,
    Related,
    Worked,
)

TEXTS = st.sampled_from(["a", "b", "T1", "é\0", "=1", " "]) | st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=4
)
INSTANTS = st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 28), timezones=st.just(UTC))
COMMON = {
    "ticket_id": TEXTS,
    "at": INSTANTS,
    "role": st.sampled_from(ROLES),
    "actor": st.none() | TEXTS,
    "seq": st.none() | st.integers(-(2**60), 2**60),
    "source_id": st.none() | TEXTS,
    "basis": st.sampled_from([None, *BASES]),
}
PLAIN = {
    "priority": st.builds(Priority, TEXTS, st.integers(1, 9)) | st.none(),
    "line": st.integers(1, 5) | st.none(),
    "management_level": st.integers(-3, 3) | st.none(),
    "tags": st.frozensets(TEXTS, max_size=3) | st.none(),
    **dict.fromkeys(
        ["type", "channel", "group", "agent", "topic"], TEXTS | st.just("") | st.none()
    ),
}
STATUSES = st.builds(Status, TEXTS, st.sampled_from(CATEGORIES))
CUSTOM = st.one_of(
    TEXTS | st.just(""),
    st.integers(-2, 2),
    st.sampled_from([2**63 - 1, -(2**63), 2**70, -(10**200), 2**53 + 1]),
    st.booleans(),
    st.floats(allow_nan=False, allow_infinity=False),
    INSTANTS,
    st.frozensets(TEXTS, max_size=3),
    st.none(),
)


@st.composite
def fields(draw, *, created=False):
    """Fields of a creation, or of a change; custom ones of one type or of several."""
    found = draw(st.fixed_dictionaries({}, optional=PLAIN))
    found |= draw(st.dictionaries(st.sampled_from(["custom.x", "custom.y"]), CUSTOM, max_size=2))
    if created or draw(st.booleans()) or not found:
        found["status"] = draw(STATUSES)
    return found


EVENTS = st.one_of(
    st.builds(Created, **COMMON, fields=fields(created=True)),
    st.builds(Message, **COMMON, public=st.booleans()),
    st.builds(Changed, **COMMON, fields=fields(), until=st.none() | INSTANTS),
    st.builds(Changed, **COMMON, until=INSTANTS),
    st.builds(Acknowledged, **COMMON),
    st.builds(Worked, **COMMON, duration=st.timedeltas(timedelta(0), timedelta(days=900))),
    st.builds(Promised, **COMMON, metric=TEXTS, due=st.none() | INSTANTS),
    st.builds(RatingRequested, **COMMON, kind=TEXTS),
    st.builds(Rated, **COMMON, kind=TEXTS, score=st.floats(-5, 5), scale=st.just((-5.0, 5.0))),
    st.builds(
        Related, **COMMON, kind=st.sampled_from(RELATIONS), other=st.just("T0") | st.just("T9")
    ),
    st.builds(PolicyApplied, **COMMON, policy=TEXTS, version=TEXTS),
)


def exactly(events):
    """What tells events apart, types of values too: 1 is not True."""
    return [
        (event, [type(value) for _, value in getattr(event, "fields", ())]) for event in events
    ]


def _logs():
    """A log with all ten events, two tickets, and fields of every type."""
    at = datetime(2026, 3, 2, 9, tzinfo=UTC)
    some = {"at": at, "ticket_id": "T1", "role": "agent", "actor": "ann"}
    made = {
        "status": Status("open", "open"),
        "priority": Priority("high", 2),
        "line": 1,
        "tags": frozenset({"vip", "beta"}),
        "group": "billing",
        "type": "incident",
        "custom.text": "x",
        "custom.whole": 2**53 + 1,
        "custom.number": 0.5,
        "custom.flag": True,
        "custom.at": at,
        "custom.words": frozenset({"a"}),
    }
    waits = {"status": Status("waiting", "pending"), "group": None, "custom.text": None}
    log = [
        Created(**some, fields=made),
        Created(**{**some, "ticket_id": "T2", "role": "customer"}, fields=made, basis="snapshot"),
        Message(**some, public=True),
        Message(**some, public=False),
        Changed(**some, fields=waits, until=at + timedelta(days=2)),
        Acknowledged(**some),
        Worked(**some, duration=timedelta(minutes=5, microseconds=1)),
        Promised(**some, metric="resolution", due=at + timedelta(days=1)),
        Promised(**some, metric="resolution", due=None),
        RatingRequested(**some, kind="csat"),
        Rated(**some, kind="csat", score=4.5, scale=(1.0, 5.0)),
        Related(**some, kind="split_from", other="T2"),
        PolicyApplied(**some, policy="standard", version="1"),
    ]
    return [evolve(event, source_id=f"r{row:02}") for row, event in enumerate(log)]


LOG = _logs()
