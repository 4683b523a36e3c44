"""Desks, policies, workflows and calendars as files: TOML for people, JSON for programs.

Every document says under `schema` what it is and in which version; older versions stay
readable. What is loaded is whole and checked, or an `InvalidDocument` says where it is not.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from support_model._files.event_files import one_of_them, read_events, read_logs, write_events
from support_model._findings import Finding, Findings
from support_model._records.documents import Document, dumped, loaded
from support_model._records.schemas import VERSION, schema, schema_name
from support_model._ticket_data import event_from_data, event_to_data
from support_model.calendars import BusinessCalendar
from support_model.desk import Desk, directory_of, lines_by_level, plans_by_name, unknown_names
from support_model.errors import InvalidDocument, nearest
from support_model.escalation import escalation_rule_to_data, read_escalation_rule
from support_model.oncall import oncall_to_data, read_oncall
from support_model.routing import (
    Routing,
    Team,
    agent_to_data,
    line_to_data,
    read_agent,
    read_line,
    read_routing,
    read_triage_rule,
    routing_to_data,
    triage_rule_to_data,
)
from support_model.sla import PolicyBook, book_of, book_to_data, read_policy
from support_model.workflows import read_workflow, workflow_to_data

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from support_model.patterns import Functions
    from support_model.routing import Ranking
    from support_model.sla import SlaPolicy
    from support_model.workflows import Workflow

__all__ = [
    "Finding",
    "Findings",
    "dump_calendar",
    "dump_desk",
    "dump_policies",
    "dump_workflow",
    "event_from_data",
    "event_to_data",
    "load_calendar",
    "load_desk",
    "load_policies",
    "load_workflow",
    "one_of_them",
    "read_events",
    "read_logs",
    "schema",
    "write_events",
]

Calendars: TypeAlias = "dict[str, BusinessCalendar]"
Whole = TypeVar("Whole")
UPGRADES: Mapping[int, Callable[[Any], Any]] = {}
"""How a document of an older version becomes one of the next; none yet."""


def load_desk(
    path: str | Path, *, functions: Functions | None = None, rankings: Iterable[Ranking] = ()
) -> Desk:
    """Return the desk of a file.

    Args:
        path: a .toml or .json file of at most 1 MiB.
        functions: the host's own tests, by the names under which patterns may use them.
        rankings: the host's own orders of agents, which routing may name.

    Raises:
        InvalidDocument: the file cannot be read, or says something unknown or impossible; the
            message names the path in it and the nearest known word.
    """
    document = _document(path, "desk")
    calendars = _calendars(document)
    workflow = None
    if "workflow" in document.data:
        workflow = _workflow(document, calendars, functions, "workflow")
    lines = document.each("lines", read_line, calendars=calendars)
    agents = document.each("agents", read_agent, calendars=calendars)
    plans = document.each("plans", read_escalation_rule, functions=functions, calendars=calendars)
    routing = Routing()
    if "routing" in document.data:
        with document.reading("routing") as data:
            routing = read_routing(data, functions=functions, rankings=rankings)
    oncall = {}
    for name in document.data.get("oncall", {}):
        with document.reading("oncall", name) as data:
            oncall[name] = read_oncall(data, name=name, calendars=calendars)
    by_level = _joined(document, "lines", lines_by_level, lines)
    parts: dict[str, Any] = {
        "lines": by_level,
        "triage": document.each("triage", read_triage_rule, functions=functions),
        "routing": routing,
        "policies": _book(document, calendars, functions),
    }
    team = _joined(document, "agents", Team, agents)
    rules = _joined(document, "plans", plans_by_name, plans)
    directory = directory_of(by_level, agents, oncall)
    for place, error in unknown_names(**parts, agents=agents, plans=plans, directory=directory):
        with document.reading(*place):
            raise error
    return Desk(
        name=document.data.get("name", ""),
        workflow=workflow,
        calendars=calendars,
        channels=document.data.get("channels", ()),
        agents=team,
        plans=rules,
        oncall=oncall,
        **parts,
    )


def _joined(
    document: Document, section: str, join: Callable[[Any], Whole], parts: list[Any]
) -> Whole:
    """Join the parts of a section; what is wrong with them together is said of the section."""
    with document.reading(*([section] if parts else [])):
        return join(parts)


def dump_desk(desk: Desk, path: str | Path) -> None:
    """Write a desk to a .toml or .json file; what is loaded from it is equal.

    Raises:
        InvalidDocument: another suffix, the file cannot be written, or a part has no place in
            it, such as a skill without a name.
        MissingExtra: TOML without tomli-w.
    """
    data: dict[str, Any] = {"name": desk.name}
    if desk.channels:
        data["channels"] = list(desk.channels)
    data |= _calendars_to_data(desk.calendars)
    if desk.workflow is not None:
        data["workflow"] = workflow_to_data(desk.workflow, desk.calendars)
    data |= book_to_data(desk.policies, desk.calendars)
    staff = {
        "lines": [line_to_data(line, desk.calendars) for line in desk.lines.values()],
        "agents": [agent_to_data(agent, desk.calendars) for agent in desk.agents],
        "triage": [triage_rule_to_data(rule) for rule in desk.triage],
        "routing": routing_to_data(desk.routing),
        "plans": [escalation_rule_to_data(rule, desk.calendars) for rule in desk.plans.values()],
        "oncall": {
            name: oncall_to_data(plan, desk.calendars) for name, plan in desk.oncall.items()
        },
    }
    _write("desk", data | {name: part for name, part in staff.items() if part}, path)


def load_policies(path: str | Path, *, functions: Functions | None = None) -> PolicyBook:
    """Return the policy book of a file: one of policies, or of a whole desk.

    Raises:
        InvalidDocument: as `load_desk`.
    """
    document = _document(path, "policies", "desk")
    return _book(document, _calendars(document), functions)


def dump_policies(
    policies: PolicyBook | SlaPolicy | Iterable[SlaPolicy],
    path: str | Path,
    *,
    calendars: Mapping[str, BusinessCalendar] | None = None,
) -> None:
    """Write policies to a .toml or .json file; calendars not named here stand inside them.

    Raises:
        InvalidDocument: another suffix, or the file cannot be written.
        MissingExtra: TOML without tomli-w.
    """
    named = calendars or {}
    data = {**_calendars_to_data(named), **book_to_data(book_of(policies), named)}
    _write("policies", data, path)


def load_workflow(path: str | Path, *, functions: Functions | None = None) -> Workflow:
    """Return the workflow of a file.

    Raises:
        InvalidDocument: as `load_desk`.
    """
    document = _document(path, "workflow")
    return _workflow(document, _calendars(document), functions)


def dump_workflow(workflow: Workflow, path: str | Path) -> None:
    """Write a workflow to a .toml or .json file.

    Raises:
        InvalidDocument: another suffix, or the file cannot be written.
        MissingExtra: TOML without tomli-w.
    """
    _write("workflow", workflow_to_data(workflow), path)


def load_calendar(path: str | Path) -> BusinessCalendar:
    """Return the calendar of a file; warns `DataDrift` where its holidays would differ now.

    Raises:
        InvalidDocument: as `load_desk`.
    """
    document = _document(path, "calendar")
    with document.reading() as data:
        return BusinessCalendar.from_data(_bare(data))


def dump_calendar(calendar: BusinessCalendar, path: str | Path) -> None:
    """Write a calendar, its holidays as resolved dates, to a .toml or .json file.

    Raises:
        InvalidDocument: another suffix, or the file cannot be written.
        MissingExtra: TOML without tomli-w.
    """
    _write("calendar", _bare(calendar.to_data()), path)


def _write(kind: str, data: Mapping[str, Any], path: str | Path) -> None:
    """Write a document of a kind; what its shape has no room for is refused, not written."""
    document = Document(Path(path).name, {"schema": schema_name(kind), **data})
    document.fit(schema(kind))
    dumped(document.data, Path(path))


def _bare(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return data without what the document around it says."""
    return {key: value for key, value in data.items() if key != "schema"}


def _document(path: str | Path, *kinds: str) -> Document:
    """Return a document of one of the kinds, in the newest version, that fits its shape."""
    document = loaded(Path(path))
    said = document.data.get("schema")
    kind, _, version = str(said).removeprefix("support_model.").partition("/")
    if said is None:
        remedy = f"write schema = {schema_name(kinds[0])!r}"
        raise InvalidDocument(document.name, "", None, "lacks the key 'schema'", remedy)
    if kind not in kinds or not version.isdecimal():
        remedy = nearest(str(said), map(schema_name, kinds))
        raise InvalidDocument(document.name, "schema", said, "another kind of document", remedy)
    number = int(version)
    if not 1 <= number <= VERSION:
        remedy = f"this version of the library reads up to {VERSION}"
        raise InvalidDocument(document.name, "schema", said, "an unknown version", remedy)
    for old in range(number, VERSION):
        document = UPGRADES[old](document)
    document.fit(schema(kind))
    return document


def _calendars(document: Document) -> Calendars:
    found = {}
    for name in document.data.get("calendars", {}):
        with document.reading("calendars", name) as data:
            found[name] = BusinessCalendar.from_data({"name": name, **data})
    return found


def _calendars_to_data(calendars: Mapping[str, BusinessCalendar]) -> dict[str, Any]:
    found = {}
    for name, calendar in calendars.items():
        data = _bare(calendar.to_data())
        if data["name"] in ("", name):
            del data["name"]
        found[name] = data
    return {"calendars": found} if found else {}


def _workflow(
    document: Document, calendars: Calendars, functions: Functions | None, *path: str
) -> Workflow:
    with document.reading(*path) as data:
        held = data
        if not path:
            held = {key: data[key] for key in data if key not in {"schema", "calendars"}}
        return read_workflow(held, calendars=calendars, functions=functions)


def _book(document: Document, calendars: Calendars, functions: Functions | None) -> PolicyBook:
    policies = document.each("policies", read_policy, calendars=calendars, functions=functions)
    with document.reading():
        return PolicyBook(policies, document.data.get("select", "first_match"))
