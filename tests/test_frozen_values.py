"""Every frozen value of the package keeps what it was made of: one law over all classes."""

import inspect
import pickle
import pkgutil
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from copy import copy, deepcopy
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from importlib import import_module
from types import MappingProxyType
from zoneinfo import ZoneInfo

import attrs
import pytest
from serde import golden_staff, golden_values

import support_model
from support_model._frozen import FrozenMap
from support_model._workflows.workflow import StatusMap
from support_model.adapters import EventLog, Stated
from support_model.adapters.onec import Installation
from support_model.adapters.table import TableMapping
from support_model.adapters.zendesk import Account
from support_model.errors import MissingExtra
from support_model.escalation import Directory
from support_model.figures import Share
from support_model.kpi import facts_of
from support_model.lines import SupportLine
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
    datetime,
    date,
    timedelta,
    ZoneInfo,
    Enum,
)


def classes():
    """Yield the attrs classes of the package."""
    for found in pkgutil.walk_packages(support_model.__path__, "support_model."):
        if found.name.endswith("__main__"):
            continue
        try:
            module = import_module(found.name)
        except (ImportError, MissingExtra):  # an extra that is not installed here
            continue
        for thing in vars(module).values():
            if inspect.isclass(thing) and attrs.has(thing) and thing.__module__ == found.name:
                yield thing


def is_frozen(kind):
    return "frozen" in getattr(kind.__setattr__, "__name__", "")


def named(kind):
    return f"{kind.__module__}.{kind.__qualname__}".removeprefix("support_model.")


FROZEN = sorted({kind for kind in classes() if is_frozen(kind)}, key=named)
INSIDE = {"Document", "_Index", "_People", "_Audit", "LocalHours"}
"""Made and read within one module; they hand out nothing that they hold."""


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
    yield from (Account(groups={"1": "billing"}), Installation(), EventLog(events=log))
    yield EventLog(events=log, stated={"T-1": Stated(recorded={"created": AT, "solved": None})})
    yield TableMapping(
        name="m", ticket="id", at="when", status=["state"], categories={"new": "new"}
    )
    yield Share(key="met", definition="of all", numerator=3, n=4, excluded={"void": 1})
    yield from (Reason.of("on_call", who=["ann", {"bob"}]), Directory(managers={"ann": "bob"}))
    flow = golden_values.WORKFLOW
    yield StatusMap(flow, flow, {})


def reachable(value, found):
    """Collect the attrs values that lead from one value, and refuse what could be written."""
    if isinstance(value, PLAIN) or inspect.isroutine(value) or isinstance(value, type):
        return
    if attrs.has(type(value)):
        if any(value is other for other in found.get(type(value), ())):
            return
        found.setdefault(type(value), []).append(value)
        if type(value).__name__ in INSIDE or not is_frozen(type(value)):
            return
        for part in attrs.fields(type(value)):
            reachable(getattr(value, part.name), found)
    elif isinstance(value, Mapping):
        assert not isinstance(value, dict | MappingProxyType), value
        reachable(tuple(value.items()), found)
    elif isinstance(value, tuple | AbstractSet):
        assert not isinstance(value, set), value
        for part in value:
            reachable(part, found)
    else:
        assert not isinstance(value, list | bytearray), value


def examples():
    found = {}
    for seed in seeds():
        reachable(tuple(seed) if isinstance(seed, list) else seed, found)
    return {kind: found[kind] for kind in sorted(filter(is_frozen, found), key=named)}


EXAMPLES = examples()


def thawed(value):
    if type(value) is tuple:
        return [thawed(part) for part in value]
    if isinstance(value, FrozenMap):
        return {key: thawed(part) for key, part in value.items()}
    return set(value) if isinstance(value, frozenset) else value


def test_the_examples_are_of_most_packages():
    assert len(EXAMPLES) > 70
    packages = {kind.__module__.split(".")[1] for kind in EXAMPLES}
    assert len(packages) > 15


# The classes INSIDE are read within their modules alone.
GIVEN = [kind for kind in FROZEN if kind.__name__ not in INSIDE]


@pytest.mark.parametrize("kind", GIVEN, ids=named)
def test_a_frozen_class_freezes_the_mappings_it_is_given(kind):
    for part in attrs.fields(kind):
        told = str(part.type)
        assert not told.startswith(("dict[", "list[", "set[")), part.name
        if told.startswith("Mapping[") and part.init:
            assert part.converter is not None, part.name


@pytest.mark.parametrize("kind", EXAMPLES, ids=named)
def test_a_frozen_value_copies_pickles_and_cannot_be_written(kind):
    for value in EXAMPLES[kind][:4]:
        parts = attrs.fields(kind)
        for part in parts[:1]:
            with pytest.raises(AttributeError):
                setattr(value, part.name, None)
        for twin in (copy(value), deepcopy(value), attrs.evolve(value)):
            assert twin == value
            assert hash(twin) == hash(value)
        if not names_a_function(value):
            loaded = pickle.loads(pickle.dumps(value))  # noqa: S301 - made here
            assert loaded == value


def names_a_function(value):
    return any(inspect.isroutine(getattr(value, part.name)) for part in attrs.fields(type(value)))


@pytest.mark.parametrize(
    "kind", [kind for kind in EXAMPLES if any(p.init and p.converter for p in attrs.fields(kind))],
    ids=named,
)  # fmt: skip
def test_a_frozen_value_copies_the_mutable_parts_it_is_made_of(kind):
    for value in EXAMPLES[kind][:4]:
        mutable = {
            part.alias: thawed(getattr(value, part.name))
            for part in attrs.fields(kind)
            if part.init and part.converter is not None
        }
        made = attrs.evolve(value, **mutable)
        assert made == value
        kept = deepcopy(value)
        for part in mutable.values():
            if isinstance(part, list | dict | set):
                part.clear()
        assert made == kept


def test_module_tables_cannot_be_written():
    for found in pkgutil.walk_packages(support_model.__path__, "support_model."):
        if found.name.endswith(("__main__", "shape_words", "suite", "testing", "strategies")):
            continue
        try:
            module = import_module(found.name)
        except (ImportError, MissingExtra):
            continue
        for name in getattr(module, "__all__", ()):
            thing = getattr(module, name)
            assert not isinstance(thing, dict | list | set), f"{found.name}.{name}"


def test_one_text_is_one_word():
    """A name alone fell apart into letters: the group was paged as "a", "n", "n"."""
    house = Directory(groups={"net": "ann"}, lines={"1": "bob"}, agents="ann")
    assert (house.groups["net"], house.lines["1"]) == (("ann",), ("bob",))
    assert house.agents == {"ann"}
    assert SupportLine(level=1, duties="register", qualifications="sap").duties == ("register",)
    assert Relax(timedelta(minutes=5), drop="sap").drop == ("sap",)
    mapping = TableMapping(name="m", ticket="id", at="when", status="state", missing="n/a")
    assert (mapping.status, mapping.missing) == (("state",), {"n/a"})
