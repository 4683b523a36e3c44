"""Desks, policies, workflows and calendars as files: TOML for people, JSON for programs.

Every document says under `schema` what it is and in which version; older versions stay
readable. What is loaded is whole and checked, or an `InvalidDocument` says where it is not.

Before this: `support_model.files.documents`, `support_model.desk`. Next:
`support_model.files.event_files`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from support_model.calendars import BusinessCalendar
from support_model.desk import Desk
from support_model.errors import InvalidDocument, nearest
from support_model.files.documents import dumped, loaded
from support_model.files.schemas import VERSION, schema, schema_name
from support_model.lifecycle.workflow_data import read_workflow, workflow_to_data
from support_model.service_levels.policies import PolicyBook, book_of
from support_model.service_levels.policy_data import book_to_data, read_policy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from support_model.files.documents import Document
    from support_model.lifecycle.workflows import Workflow
    from support_model.patterns import Functions
    from support_model.service_levels.policies import SlaPolicy

__all__ = [
    "dump_calendar",
    "dump_desk",
    "dump_policies",
    "dump_workflow",
    "load_calendar",
    "load_desk",
    "load_policies",
    "load_workflow",
]

Calendars: TypeAlias = "dict[str, BusinessCalendar]"
UPGRADES: Mapping[int, Callable[[Any], Any]] = {}
"""How a document of an older version becomes one of the next; none yet."""


def load_desk(path: str | Path, *, functions: Functions | None = None) -> Desk:
    """Return the desk of a file.

    Args:
        path: a .toml or .json file of at most 1 MiB.
        functions: the host's own tests, by the names under which patterns may use them.

    Raises:
        InvalidDocument: the file cannot be read, or says something unknown or impossible; the
            message names the path in it and the nearest known word.
    """
    document = _document(path, "desk")
    calendars = _calendars(document)
    workflow = None
    if "workflow" in document.data:
        workflow = _workflow(document, calendars, functions, "workflow")
    policies = _book(document, calendars, functions)
    name = document.data.get("name", "")
    return Desk(name=name, workflow=workflow, calendars=calendars, policies=policies)


def dump_desk(desk: Desk, path: str | Path) -> None:
    """Write a desk to a .toml or .json file; what is loaded from it is equal.

    Raises:
        InvalidDocument: another suffix, or the file cannot be written.
        MissingExtra: TOML without tomli-w.
    """
    data: dict[str, Any] = {"schema": schema_name("desk"), "name": desk.name}
    data |= _calendars_to_data(desk.calendars)
    if desk.workflow is not None:
        data["workflow"] = workflow_to_data(desk.workflow, desk.calendars)
    dumped({**data, **book_to_data(desk.policies, desk.calendars)}, Path(path))


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
    data = {"schema": schema_name("policies"), **_calendars_to_data(named)}
    dumped({**data, **book_to_data(book_of(policies), named)}, Path(path))


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
    dumped({"schema": schema_name("workflow"), **workflow_to_data(workflow)}, Path(path))


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
    dumped({"schema": schema_name("calendar"), **_bare(calendar.to_data())}, Path(path))


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
    """Read policies one by one, so that an error knows which it is in."""
    policies = []
    for i in range(len(document.data.get("policies", ()))):
        with document.reading("policies", i) as data:
            policies.append(read_policy(data, calendars=calendars, functions=functions))
    with document.reading():
        return PolicyBook(policies, document.data.get("select", "first_match"))
