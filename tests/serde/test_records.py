"""The laws of every record: what is written is read back, and schema and reader refuse alike.

Every table of keys in the package is found, whoever made it; a table without a value here, or
with a key that no value here writes, fails.
"""

import copy
import gc
import importlib
import json
import pkgutil
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import attrs
import jsonschema
import pytest
from serde import answer_values
from serde.golden_staff import COMPLETE
from serde.golden_values import DEPOT, DESK, LOG, NIGHTS, OFFICE, URGENT, WORKFLOW
from serde.test_staff_documents import TODAY

import support_model
from support_model import closures
from support_model._common_shapes import CALENDAR_DATA
from support_model._escalation.data import PLAN
from support_model._files.schemas import SHAPES
from support_model._oncall.data import ONCALL
from support_model._records import Fault, Record, path_text, read, schema_of, write
from support_model._routing.data import AGENT, LINE, ROUTING, TRIAGE_RULE
from support_model._sla.policy_data import METRIC, POLICY
from support_model._workflows.data import WORKFLOW as WORKFLOW_RECORD
from support_model.calendars import BusinessCalendar, WorkingDays
from support_model.desk import Desk
from support_model.errors import InvalidDocument
from support_model.events import Changed, Created, Message, PolicyApplied, Promised, Related
from support_model.figures import Distribution, Rate, Share
from support_model.instants import Span
from support_model.oncall import ByWorkedDates
from support_model.routing import Ranking, Routing
from support_model.serde import event_from_data
from support_model.sla import METRICS, Target
from support_model.summaries import Lifetimes, summarize
from support_model.tickets import replay
from support_model.vocabulary import Priority, Status
from support_model.workflows import Ask, Cascade, FollowUp, LastMessage, Relate, Say, Transition

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
SENIORITY = Ranking("seniority", lambda candidate: candidate.agent.id)
GIVEN = {"calendars": {}, "functions": {}, "rankings": {"seniority": SENIORITY}}
DRAWN = closures.Closures(
    holidays=[(date(2026, 1, 1), "New Year")],
    working=[(date(2026, 1, 3), 0, "worked")],
    shortened=[(date(2026, 12, 24), 3_600_000_000, "eve")],
    breaks=[(date(2026, 2, 1), 0, 3_600_000_000, "upkeep")],
    source=[("yearly", "2026")],
)
EVERY_HOUR = BusinessCalendar.always()
BANK = BusinessCalendar.weekly(
    {"mon-fri": "09:00-16:00"}, tz="Europe/Berlin", holidays=closures.country("DE", years=[2026])
)
SHIFTS = BusinessCalendar.rotating(
    [{"mon": "09:00-17:00"}, {"tue": "22:00-06:00"}],
    tz="Europe/Berlin",
    anchor=date(2026, 1, 5),
    holidays=DRAWN,
    dates={date(2026, 5, 5): "10:00-12:00"},
    breaks={"mon": "12:00-13:00", date(2026, 5, 6): "12:00-13:00"},
    overnight="start",
    name="shifts",
)
TIMES = Distribution.of(
    [timedelta(hours=h) for h in (0, 1, 2)], key="t", clock="c", definition="d"
)
NEW, WAITING = Status("new", "new"), Status("waiting", "pending")
EVERYTHING = {"actor": "ann", "seq": 1, "source_id": "x1", "basis": "snapshot"}
HEAD = {"ticket_id": "T1", "at": AT, "role": "agent"}
LATER = {**HEAD, "at": AT + timedelta(hours=1)}
STORY = [
    Created(**{**HEAD, "role": "customer"}, seq=0, fields={"status": NEW, "group": "a"}),
    Message(**{**LATER, "role": "customer"}, seq=1, public=True),
    Changed(**LATER, seq=2, fields={"status": WAITING}, until=AT + timedelta(days=9)),
    Related(**LATER, seq=3, kind="parent", other="T2"),
    Promised(**LATER, seq=4, metric="resolution", due=AT + timedelta(days=8)),
    PolicyApplied(**LATER, seq=5, policy="gold", version="1"),
]
OF_TABLES = [METRICS["ownership"], attrs.evolve(METRICS["resolution"], reset=URGENT)]
PAIRS = {
    ("from", "calendar"): [(0, OFFICE.form)],
    (*ONCALL.by_key,): [attrs.evolve(each, name="on-call") for each in TODAY.oncall.values()],
    (*METRIC.by_key,)[1:]: [attrs.evolve(each, name="metric") for each in OF_TABLES],
    ("since", "steps"): [(AT, next(iter(COMPLETE.plans.values())).steps)],
}
"""What records read that make no value of a class of their own."""
VALUES = [
    *(DESK, COMPLETE, TODAY, *LOG, DEPOT, NIGHTS, OFFICE, WORKFLOW, EVERY_HOUR, SHIFTS),
    *(BANK, SHIFTS | EVERY_HOUR, OFFICE - [Span(AT, AT + timedelta(hours=1))]),
    OFFICE.replaced(AT, NIGHTS),
    attrs.evolve(DESK.policies.policies[0], since=AT),
    *(attrs.evolve(event, **EVERYTHING) for event in LOG),
    replay(STORY),
    Desk(priorities=[Priority("high", 1)]),
    *(attrs.evolve(rule, kind="ola", when=URGENT) for rule in COMPLETE.plans.values()),
    ByWorkedDates(2, timedelta(hours=8)),
    Transition("close", "waiting", after=timedelta(days=1), anchor=LastMessage("agent")),
    Target(
        metric=METRICS["resolution"],
        within=WorkingDays(1, rule="keep_time"),
        calendar=OFFICE,
        name="soon",
    ),
    *(Say(public=True), Ask("nps"), Relate("parent"), FollowUp(), Cascade("close")),
    *(WorkingDays(2, end_of_day=True), WorkingDays(1, rule="keep_time"), *METRICS.values()),
    Routing(strategy=SENIORITY),
    Share(key="met", definition="d", numerator=1, n=2, excluded={"void": 3}),
    Rate(
        key="r",
        definition="d",
        numerator=Fraction(5, 3),
        denominator=3,
        n=3,
        squares=5,
        method="normal",
        scales=frozenset({(1.0, 5.0)}),
    ),
    summarize(TIMES),
    TIMES,
    Lifetimes.of([2, 3, 5], [True, False, True], key="k", definition="d"),
    *answer_values.ANSWERS,
]
"""Values of every class that is written."""


def all_records():
    """Return every table of keys that any module of the package makes."""
    for module in pkgutil.walk_packages(support_model.__path__, "support_model."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    return [
        each for each in gc.get_objects() if isinstance(each, Record) and each.made is not dict
    ]


def name_of(record):
    keys = (f"{key}={record.said[key]}" if key in record.said else key for key in record.by_key)
    return f"{record.made.__name__}({', '.join(keys)})"


RECORDS = sorted(all_records(), key=name_of)
every_record = pytest.mark.parametrize("record", RECORDS, ids=name_of)


def parts_of(value, seen):
    """Yield a value and all that it is made of."""
    if id(value) in seen or isinstance(value, str | bytes | int | float | type):
        return
    seen[id(value)] = value
    yield value
    if isinstance(value, Mapping):
        for part in value.values():
            yield from parts_of(part, seen)
    elif isinstance(value, list | tuple | set | frozenset):
        for part in value:
            yield from parts_of(part, seen)
    if attrs.has(type(value)):
        for part in attrs.fields(type(value)):
            yield from parts_of(getattr(value, part.name), seen)


POOL: dict = {}
for each in parts_of(VALUES, {}):
    POOL.setdefault(type(each), []).append(each)


def forms(record):
    """Yield what a record may be able to write: a value of its class, or one in a pair."""
    for value in PAIRS.get((*record.by_key,), POOL.get(record.made, [])):
        yield value
        yield (value, "name")
        yield ({"office": OFFICE}, value)


def samples(record):
    """Return values that together write every key of a record, each with its data."""
    found, keys = [], set()
    for value in forms(record):
        for given in (GIVEN, {**GIVEN, "compact": True}):
            try:
                data = record.write(value, given)
            except (AttributeError, Fault, TypeError, KeyError, StopIteration):
                continue
            if not data.keys() <= keys:
                keys |= data.keys()
                found.append((value, json.loads(json.dumps(data))))
    return found


@every_record
def test_every_key_of_every_record_is_tried(record):
    written = {key for _, data in samples(record) for key in data}
    assert record.by_key.keys() - written == set()


@every_record
def test_what_is_written_fits_the_schema(record):
    validator = jsonschema.Draft202012Validator(schema_of(record))
    assert all(validator.is_valid(data) for _, data in samples(record))


@every_record
def test_what_is_written_is_read_as_an_equal_value_unless_it_is_computed(record):
    for value, data in samples(record):
        assert read(record, data, "it", GIVEN) == value or record.make is dict


JUNK = [None, True, -1, 0, 1.5, 10**9, "", "x", [], {}, [[]], {"x": "x"}]


def broken(record, data):
    """Yield data with one key gone that must be there, or misspelt."""
    for key in data:
        rest = {name: part for name, part in data.items() if name != key}
        if record.by_key[key].needed:
            yield rest
        yield {**rest, f"{key}q": data[key]}


def replaced(data):
    """Yield data with something else under one key; it may fit by chance."""
    for key in data:
        for junk in JUNK:
            yield {**data, key: junk}


def places(error):
    """Return where the reference implementation places an error, and how many it counts.

    Of several alternatives those are meant that the data misses by the fewest errors.
    """
    if not error.context:
        return {tuple(error.absolute_path)}, 1
    branches: dict = {}
    for inner in error.context:
        found, count = branches.get(inner.schema_path[0], (set(), 0))
        where, more = places(inner)
        branches[inner.schema_path[0]] = found | where, count + more
    least = min(count for _, count in branches.values())
    near = [where for where, count in branches.values() if count == least]
    return set().union(*near), least


@every_record
def test_schema_and_reader_refuse_alike(record):
    validator = jsonschema.Draft202012Validator(schema_of(record))
    for _, whole in samples(record):
        assert not any(map(validator.is_valid, broken(record, whole)))
        for data in (*broken(record, whole), *replaced(whole)):
            errors = [*validator.iter_errors(data)]
            if not errors:
                continue
            with pytest.raises(Fault) as caught:
                record.read(data, GIVEN)
            where = set().union(*(places(error)[0] for error in errors))
            assert tuple(reversed(caught.value.path)) in where, (caught.value.problem, data)


WITHIN = [
    (("policies", 0), POLICY),
    (("lines", 0), LINE),
    (("agents", 0), AGENT),
    (("triage", 0), TRIAGE_RULE),
    (("plans", 0), PLAN),
    (("routing",), ROUTING),
    (("workflow",), WORKFLOW_RECORD),
    (("calendars", "office"), CALENDAR_DATA),
    (("oncall", "primary"), ONCALL),
]


def fault_of(shape, data, given=GIVEN):
    with pytest.raises(InvalidDocument) as caught:
        read(shape, data, "it", given)
    return caught.value


@pytest.mark.parametrize(("place", "shape"), WITHIN, ids=[path_text(each) for each, _ in WITHIN])
def test_a_fault_is_the_same_alone_and_within_a_desk(place, shape):
    for key in part_at(place):
        desk = copy.deepcopy(DESK_DATA)
        part = part_at(place, desk)
        part[key] = object()
        alone = fault_of(shape, part, {**GIVEN, "calendars": COMPLETE.calendars})
        inside = fault_of(SHAPES["desk"], desk)
        assert inside.problem == alone.problem
        assert inside.remedy == alone.remedy
        assert inside.path == f"{path_text(place)}.{alone.path}"


DESK_DATA = write(SHAPES["desk"], COMPLETE, "desk")


def part_at(place, data=None):
    """Return the part of a whole desk's data at a place."""
    part = DESK_DATA if data is None else data
    for key in place:
        part = part[key]
    return part


@pytest.mark.parametrize("depth", [60, 5_000])
def test_a_value_of_any_depth_is_refused_at_its_place(depth):
    deep: list = []
    for _ in range(depth):
        deep = [deep]
    with pytest.raises(InvalidDocument) as caught:
        event_from_data({"type": "changed", **EVENT_HEAD, "fields": {"group": deep}})
    assert caught.value.path == "fields.group"


EVENT_HEAD = {"ticket_id": "T1", "at": AT.isoformat(), "role": "agent"}
