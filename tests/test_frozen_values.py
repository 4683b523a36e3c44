"""Every frozen value of the package keeps what it was made of: one law over all classes."""

import ast
import inspect
import pickle
import pkgutil
import types
import typing
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from copy import copy, deepcopy
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import Enum
from fractions import Fraction
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from zoneinfo import ZoneInfo

import attrs
import pytest
from serde import golden_staff, golden_values

import support_model
from support_model._frozen import FrozenMap, frozen_parts
from support_model._kpi.expressions import CREATED
from support_model._report.log_views import RecordView
from support_model._workflows.workflow import StatusMap
from support_model.adapters import EventLog, Recorded, jira, onec
from support_model.adapters.table import Comments, Measured, Rating, TableMapping
from support_model.adapters.zendesk import Account
from support_model.calendars import BusinessCalendar
from support_model.errors import InconsistentLog, InvalidValue, MissingExtra
from support_model.escalation import Directory
from support_model.figures import Share
from support_model.kpi import facts_of, plain_facts
from support_model.lines import SupportLine
from support_model.patterns import ALWAYS
from support_model.presets import load_preset
from support_model.reasons import Reason
from support_model.routing import AgentState, QueuedTicket, Relax, Work, route
from support_model.sla import evaluate
from support_model.staffing import LineWork
from support_model.tickets import merged, replay, step

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
LATER = datetime(2026, 3, 20, 9, tzinfo=UTC)
PLAIN = (
    str,
    bytes,
    int,
    float,
    complex,
    bool,
    type(None),
    Fraction,
    datetime,
    date,
    timedelta,
    tzinfo,
    Enum,
    Path,
    InconsistentLog,
    partial,
)
NIGHT = BusinessCalendar.weekly({"mon-fri": "20:00-06:00"}, tz="Europe/Berlin")


def modules():
    """Yield the modules of the package, but for those of an extra that is not installed here."""
    for info in pkgutil.walk_packages(support_model.__path__, "support_model."):
        if not info.name.endswith("__main__"):
            with suppress(ImportError, MissingExtra):
                yield import_module(info.name)


def constants():
    """Yield what modules of the package hold."""
    for module in modules():
        yield from vars(module).values()


def classes():
    """Yield the attrs classes of the package."""
    for module in modules():
        for thing in vars(module).values():
            if inspect.isclass(thing) and attrs.has(thing) and thing.__module__ == module.__name__:
                yield thing


def is_frozen(kind):
    return "frozen" in getattr(kind.__setattr__, "__name__", "")


def named(kind):
    return f"{kind.__module__}.{kind.__qualname__}".removeprefix("support_model.")


FROZEN = sorted({kind for kind in classes() if is_frozen(kind)}, key=named)


def seeds():
    """Return values of every package, as a reader of the docs makes them."""
    desk, log = golden_staff.COMPLETE, golden_values.LOG
    yield from (desk, log, golden_values.DESK, golden_values.DEPOT, golden_values.NIGHTS)
    result = evaluate(log, golden_values.DESK.policies, as_of=LATER)
    yield from (result, [clock.explain() for clock in result.clocks])
    yield golden_values.DESK.agenda(result, log)
    ticket = replay(log)
    yield from (ticket, step(None, log[0]), merged({"T-1": log}), facts_of(log, as_of=LATER))
    waiting = QueuedTicket(id="T1", channel="chat", queued_at=AT)
    yield from (waiting, AgentState(work=[Work("chat")]), Relax(HOUR, lower={"sap": 1}))
    yield route(waiting, desk.agents, {}, desk.routing, as_of=AT)
    yield LineWork(level=1, handle_time=HOUR, escalates={2: 0.5})
    yield from (
        Account(groups={"1": "billing"}),
        onec.Account(tz="Europe/Moscow"),
        jira.Account(group_field="customfield_10050"),
        EventLog(events=log),
    )
    yield EventLog(
        events=log, recorded={"T-1": Recorded(instants={"created": AT, "solved": None})}
    )
    yield Measured(column="Replies", name="replies")
    yield Rating(score="Mood", words={"good": 5})
    yield Comments(column="Comment")
    yield TableMapping(
        name="m", ticket="id", at="when", status=["state"], categories={"new": "new"}
    )
    yield Share(key="met", definition="of all", numerator=3, n=4, excluded={"void": 1})
    yield from (Reason.of("on_call", who=["ann", {"bob"}]), Directory(managers={"ann": "bob"}))
    flow = golden_values.WORKFLOW
    yield StatusMap(flow, flow, {})


GIVEN = {
    "CoverageRule": lambda kind: kind(weekly_hours=40),
    "_kpi.expressions.Expression": lambda _: CREATED,
    "_report.drawings.Series": lambda kind: kind("x", [1], limits=[(0, 2)], marks={0: "bad"}),
    "CameBack": lambda kind: kind(CREATED, CREATED, {("bob", "vpn"): [1, 2]}, ["desk"]),
    "EdgeTable": lambda kind: kind.of([(0, 10)], low=0, high=100),
    "patterns.Field": lambda kind: kind("channel"),
    "_records.Record": lambda kind: next(filter(lambda value: type(value) is kind, constants())),
    "HolidayQuery": lambda kind: kind.of("DE", [2026], None, ["public"]),
    "PaidAbsence": lambda kind: kind(),
    "PlainFacts": lambda _: plain_facts(facts_of(golden_values.LOG, as_of=LATER)),
    "Preset": lambda _: load_preset("zendesk"),
    "Rate": lambda kind: kind(key="k", definition="d", numerator=3, denominator=4, n=2),
    "Schema": lambda _: import_module("pyarrow").schema([]),
    "Sketch": lambda kind: kind.of([1, 10, 100]),
    "SlaState": lambda kind: kind.of([]).feed(golden_values.LOG[0]),
    "_Group": lambda _: ALWAYS,
    "adapters._survey_answers.Account": lambda kind: kind(scales={"csat": (1, 5)}),
}
"""How to make a value of a class whose checks no drawn value passes, by name."""


@cache
def names():
    """Return every name of the package, those that only a type checker imports included."""
    found = dict(vars(typing))
    for info in pkgutil.walk_packages(support_model.__path__, "support_model."):
        with suppress(ImportError, MissingExtra):
            module = import_module(info.name)
            found = vars(module) | found
            for node in ast.parse(Path(module.__file__).read_text("utf-8")).body:
                if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
                    for line in node.body:
                        with suppress(ImportError, MissingExtra, TypeError):
                            exec(ast.unparse(line), found)  # noqa: S102 - its own imports
    return found


def hints(kind):
    """Return the types of the fields that a class is made of."""
    wanted = {}
    for base in reversed(kind.__mro__[:-1]):  # a class names its types where it is written
        own = vars(import_module(base.__module__))
        said = typing.get_type_hints(base, own, {**names(), **own})
        wanted |= {name: said[name] for name in vars(base).get("__annotations__", ())}
    parts = attrs.fields(kind) if attrs.has(kind) else kind._fields
    return {getattr(p, "alias", p): wanted[getattr(p, "name", p)] for p in parts if made_of(p)}


def made_of(part):
    return getattr(part, "init", True) and not (attrs.has(type(part)) and part.default is None)


ATOMS = {
    str: "x",
    bytes: b"x",
    int: 1,
    float: 0.5,
    bool: True,
    Fraction: Fraction(1, 2),
    timedelta: HOUR,
    datetime: AT,
    date: AT.date(),
    ZoneInfo: ZoneInfo("UTC"),
    tzinfo: UTC,
    object: "x",
    typing.Any: "x",
    Path: Path("x"),
}
KNOWN = {
    "Pattern": ALWAYS,
    "Timeline": NIGHT.timeline,
    "BusinessCalendar": NIGHT,
    "Form": NIGHT.form,
    "LogView": RecordView(EventLog(events=())),
}
DRAWING = []
"""Classes of which a value is being drawn: none of them holds one of its own."""
LISTS, SETS = (tuple, list, Sequence, Iterable), (frozenset, set, AbstractSet, Collection)


def drawn(wanted):
    """Draw a value of a type; containers come as what a caller can write: list, dict and set."""
    origin, args = typing.get_origin(wanted) or wanted, typing.get_args(wanted)
    if origin in (typing.Union, types.UnionType):
        return next((drawn(arg) for arg in args if arg not in (type(None), *DRAWING)), None)
    draw = [
        (ATOMS, lambda: ATOMS[origin]),
        ([typing.Literal], lambda: args[0]),
        (LISTS, lambda: [drawn(arg) for arg in args if arg not in (..., *DRAWING)]),
        (SETS, lambda: {frozen_parts(drawn(args[0]))}),
        ((dict, Mapping, FrozenMap), lambda: {drawn(args[0]): drawn(args[1])}),
        ([Callable], lambda: len),
    ]
    for kinds, made in draw:
        if origin in kinds:
            return made()
    if origin.__name__ in KNOWN:
        return KNOWN[origin.__name__]
    if hasattr(origin, "_fields"):
        return origin(**{name: frozen_parts(drawn(part)) for name, part in hints(origin).items()})
    return example(origin)


@cache
def example(kind):
    """Return a value of a class: one that the seeds lead to, one that is given, or one drawn."""
    if kind in REACHED:
        return REACHED[kind][0]
    make = GIVEN.get(kind.__name__) or GIVEN.get(named(kind))
    if make is not None:
        return make(kind)
    DRAWING.append(kind)
    wanted = hints(kind)
    later = {name: LATER for name in ("end", "until") if wanted.get(name) is datetime}
    value = kind(**{name: drawn(part) for name, part in wanted.items()} | later)
    DRAWING.remove(kind)
    return value


def reach(value, found, path):
    """Collect the values that lead from one, and refuse what could be written through it."""
    if isinstance(value, PLAIN) or inspect.isroutine(value) or isinstance(value, type):
        return
    if isinstance(value, tuple | frozenset):
        for part in value:
            reach(part, found, path)
    elif isinstance(value, FrozenMap):
        reach(tuple(value.items()), found, path)
    elif is_frozen(type(value)):
        if any(value is other for other in found.setdefault(type(value), [])):
            return
        found[type(value)].append(value)
        for part in attrs.fields(type(value)):
            if not part.name.startswith("_"):
                reach(getattr(value, part.name), found, f"{named(type(value))}.{part.name}")
    else:
        refuse(value, path)


def refuse(value, path):
    """Refuse what is neither a container nor of a frozen class, unless nothing can be set."""
    if hasattr(value, "flags"):
        assert not value.flags.writeable, path
        return
    # A compiled line of a calendar hands out nothing that it holds.
    assert not hasattr(value, "__dict__"), f"{path}: {value!r} can be written"
    for name in filter(lambda name: not name.startswith("_"), dir(value)):
        with pytest.raises(AttributeError):
            setattr(value, name, None)


def reached():
    found = {}
    for seed in seeds():
        reach(tuple(seed) if isinstance(seed, list) else seed, found, "seed")
    return found


REACHED = reached()


def thawed(value):
    if type(value) is tuple:
        return [thawed(part) for part in value]
    if isinstance(value, FrozenMap):
        return {key: thawed(part) for key, part in value.items()}
    return set(value) if isinstance(value, frozenset) else value


def emptied(value):
    """Empty what can be emptied, to any depth."""
    if isinstance(value, list | dict):
        for part in value if isinstance(value, list) else value.values():
            emptied(part)
    if isinstance(value, list | dict | set):
        value.clear()


@pytest.mark.parametrize("kind", FROZEN, ids=named)
def test_nothing_that_is_reached_from_a_frozen_value_can_be_written(kind):
    value = example(kind)
    reach(value, {}, named(kind))
    for part in attrs.fields(kind):
        with pytest.raises(AttributeError):
            setattr(value, part.name, None)
        with pytest.raises(AttributeError):
            delattr(value, part.name)


@pytest.mark.parametrize("kind", FROZEN, ids=named)
def test_a_frozen_value_is_equal_to_its_copies(kind):
    for value in filter(is_compared, REACHED.get(kind, [example(kind)])[:4]):
        twins = [copy(value), deepcopy(value), attrs.evolve(value)]
        if not names_a_function(value):
            twins.append(pickle.loads(pickle.dumps(value)))  # noqa: S301 - made here
        for twin in twins:
            assert twin == value
            assert hash(twin) == hash(value)


def is_compared(value):
    """Return whether values of a class are told apart by what they hold."""
    return type(value).__eq__ is not object.__eq__


def names_a_function(value):
    if isinstance(value, tuple):
        return any(map(names_a_function, value))
    if attrs.has(type(value)):
        return any(names_a_function(getattr(value, p.name)) for p in attrs.fields(type(value)))
    return inspect.isfunction(value)


@pytest.mark.parametrize("kind", FROZEN, ids=named)
def test_a_frozen_value_copies_the_mutable_parts_it_is_made_of(kind):
    for value in filter(is_compared, REACHED.get(kind, [example(kind)])[:4]):
        given = {
            part.alias: thawed(getattr(value, part.name))
            for part in attrs.fields(kind)
            if part.init and not part.name.startswith("_")
        }
        kept = deepcopy(value)
        try:
            made = attrs.evolve(value, **given)
        except InvalidValue:  # it takes nothing that can be written
            continue
        assert made == kept
        for part in given.values():
            emptied(part)
        assert made == kept
        assert hash(made) == hash(kept)


@pytest.mark.parametrize("kind", FROZEN, ids=named)
def test_a_frozen_class_freezes_the_mappings_it_is_given(kind):
    for part in attrs.fields(kind):
        told = str(part.type)
        if part.name[0] != "_":
            assert not told.startswith(("dict[", "list[", "set[")), part.name
        if told.startswith("Mapping[") and part.init:
            assert part.converter is not None, part.name


@pytest.mark.parametrize("kind", FROZEN, ids=named)
def test_what_is_derived_is_no_public_field(kind):
    assert [p.name for p in attrs.fields(kind) if not p.init and p.name[0] != "_"] == []


def test_classes_are_frozen_by_one_decorator():
    """That of attrs keeps a list that it is given as that list."""
    for module in modules():
        assert vars(module).get("frozen") is not attrs.frozen, module.__name__


TABLES = [module for module in modules() if "._records" not in module.__name__]
SCHEMAS = {name for module in modules() if module not in TABLES for name in vars(module)}
"""JSON Schemas are plain data, for `json` to write."""


@pytest.mark.parametrize("module", TABLES, ids=lambda module: module.__name__)
def test_module_tables_cannot_be_written(module):
    public = {name for name in vars(module) if name.isupper() and not name.startswith("_")}
    for name in public.union(getattr(module, "__all__", ())) - SCHEMAS:
        writable(getattr(module, name), f"{module.__name__}.{name}")


def writable(table, path):
    assert not isinstance(table, dict | list | set | bytearray), path
    if isinstance(table, types.MappingProxyType | FrozenMap):
        table = (*table, *table.values())
    if isinstance(table, tuple | frozenset):
        for part in table:
            writable(part, path)


def test_one_text_is_one_word():
    """A name alone fell apart into letters: the group was paged as "a", "n", "n"."""
    house = Directory(groups={"net": "ann"}, lines={"1": "bob"}, agents="ann")
    assert (house.groups["net"], house.lines["1"]) == (("ann",), ("bob",))
    assert house.agents == {"ann"}
    assert SupportLine(level=1, duties="register", qualifications="sap").duties == ("register",)
    assert Relax(timedelta(minutes=5), drop="sap").drop == ("sap",)
    mapping = TableMapping(name="m", ticket="id", at="when", status="state", missing="n/a")
    assert (mapping.status, mapping.missing) == (("state",), {"n/a"})
