"""Desks, policies, workflows and calendars as files: TOML for people, JSON for programs.

Answers have a plain form too, from which an application makes its JSON.

Every document says under `schema` what it is and in which version; older versions stay
readable. What is loaded is whole and checked, or an `InvalidDocument` says where it is not.
"""

from __future__ import annotations

from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING

from support_model import _records as doc
from support_model._checks import checked_path, must_be
from support_model._common_shapes import given
from support_model._documents import Document, dumped, loaded, text_of
from support_model._files.event_files import read_events, read_logs, read_packed, write_events
from support_model._files.policy_documents import POLICY_DOCUMENT, VERSION, schema_name
from support_model._findings import Findings
from support_model._ticket_data import event_from_data, event_to_data
from support_model.calendars import BusinessCalendar
from support_model.errors import InvalidDocument, nearest
from support_model.sla import PolicyBook

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from support_model._files.answers import answer_from_data, answer_to_data
    from support_model._files.schemas import DOCUMENTS, schema
    from support_model.desk import Desk
    from support_model.patterns import Functions
    from support_model.routing import Ranking
    from support_model.sla import SlaPolicy
    from support_model.workflows import Workflow

__all__ = [
    "DOCUMENTS",
    "Findings",
    "answer_from_data",
    "answer_to_data",
    "dump_calendar",
    "dump_desk",
    "dump_policies",
    "dump_workflow",
    "event_from_data",
    "event_to_data",
    "load_calendar",
    "load_desk",
    "load_policies",
    "load_promises",
    "load_workflow",
    "read_events",
    "read_logs",
    "read_packed",
    "resolved",
    "schema",
    "write_events",
]


_LATER: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("answer_from_data", "answer_to_data"), "answers"),
        **dict.fromkeys(("DOCUMENTS", "schema"), "schemas"),
    }
)
"""What needs the shapes of all documents and answers, and their module in `_files`."""


def __getattr__(name: str) -> object:
    """Import on its first use what most programs that read policies or events do not need."""
    if name not in _LATER:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    module = import_module(f"support_model._files.{_LATER[name]}")
    value: object = getattr(module, name)
    globals()[name] = value
    return value


def _shape(kind: str) -> doc.Shape:
    from support_model._files import schemas  # noqa: PLC0415 - imports every component

    return schemas.SHAPES[kind]


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
    known = {
        **given(functions=functions),
        "rankings": {ranking.name: ranking for ranking in rankings},
    }
    document = _document(path, "desk")
    return doc.read(_shape("desk"), document.data, document.name, known)


def dump_desk(desk: Desk, path: str | Path) -> None:
    """Write a desk to a .toml or .json file; what is loaded from it is equal.

    It is written as a person would: a ready workflow by its name, own metrics once, holidays as
    the countries they come from where the installed data has the same dates, and else as dates.
    See `resolved` for a document that holds the dates too.

    Raises:
        InvalidDocument: another suffix, the file cannot be written, or a part has no place in
            it, such as a skill without a name.
        MissingExtra: TOML without tomli-w.
    """
    from support_model.desk import Desk  # noqa: PLC0415 - imports every component

    must_be(Desk, desk, "no desk", "give Desk(...)")
    _write("desk", desk, path)


def load_policies(path: str | Path, *, functions: Functions | None = None) -> PolicyBook:
    """Return the policy book of a file: one of policies, or of a whole desk.

    Raises:
        InvalidDocument: as `load_desk`.
    """
    document = _document(path, "policies", "desk")
    data = document.data
    if data["schema"] == schema_name("desk"):  # of which the other sections are not read
        sections = ("calendars", "metrics", "select", "policies")
        book = {key: data[key] for key in sections if key in data}
        data = {"policies": [], **book, "schema": schema_name("policies")}
    known = given(functions=functions)
    pair: tuple[object, PolicyBook] = doc.read(POLICY_DOCUMENT, data, document.name, known)
    return pair[1]


def load_promises(path: str | Path, *, functions: Functions | None = None) -> PolicyBook | Desk:
    """Return what a file promises: its policy book, or the whole desk that it holds.

    Raises:
        InvalidDocument: as `load_desk`.
    """
    document = _document(path, "policies", "desk")
    if document.data["schema"] == schema_name("desk"):
        return load_desk(path, functions=functions)
    return load_policies(path, functions=functions)


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
    _write("policies", (calendars, PolicyBook.of(policies)), path)


def load_workflow(path: str | Path, *, functions: Functions | None = None) -> Workflow:
    """Return the workflow of a file.

    Raises:
        InvalidDocument: as `load_desk`.
    """
    document = _document(path, "workflow")
    known = given(functions=functions)
    pair: tuple[object, Workflow] = doc.read(
        _shape("workflow"), document.data, document.name, known
    )
    return pair[1]


def dump_workflow(workflow: Workflow, path: str | Path) -> None:
    """Write a workflow to a .toml or .json file.

    Raises:
        InvalidDocument: another suffix, or the file cannot be written.
        MissingExtra: TOML without tomli-w.
    """
    from support_model.workflows import Workflow  # noqa: PLC0415 - needed here alone

    must_be(Workflow, workflow, "not a workflow", "give Workflow(...)")
    _write("workflow", (None, workflow), path)


def load_calendar(path: str | Path) -> BusinessCalendar:
    """Return the calendar of a file; warns `DataDrift` where its holidays would differ now.

    Raises:
        InvalidDocument: as `load_desk`.
    """
    document = _document(path, "calendar")
    return doc.read(_shape("calendar"), document.data, document.name)


def dump_calendar(calendar: BusinessCalendar, path: str | Path) -> None:
    """Write a calendar to a .toml or .json file, its holidays as `dump_desk` does.

    Raises:
        InvalidDocument: another suffix, or the file cannot be written.
        MissingExtra: TOML without tomli-w.
    """
    must_be(BusinessCalendar, calendar, "not a calendar", "give BusinessCalendar.weekly(...)")
    _write("calendar", calendar, path)


def resolved(path: str | Path) -> str:
    """Return the text of a document in which every country of holidays has its dates.

    Beside the statement stand the dates and the version of the data that they come from. Such a
    document means the same under other data; loading it there warns `DataDrift` where the dates
    would differ. Comments are not kept.

    Raises:
        InvalidDocument: as `load_desk`.
        MissingExtra: TOML without tomli-w.

    Example:
        >>> from pathlib import Path
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     file = Path(folder, "office.toml")
        ...     _ = file.write_text('''
        ... schema = "support_model.calendar/1"
        ... kind = "hours"
        ... tz = "Europe/Berlin"
        ... weeks = [{mon-fri = "09:00-17:00"}]
        ... holidays = [{country = "DE", years = [2026]}]
        ... ''')
        ...     text = resolved(file)
        >>> '["2026-12-25", "Christmas Day"]' in text
        True
    """
    document = _document(path, "desk", "policies", "workflow", "calendar")
    from support_model._files.schemas import RESOLVED  # noqa: PLC0415 - imports every component

    return text_of(doc.read(RESOLVED, document.data, document.name), checked_path(path))


def _write(kind: str, value: object, path: str | Path) -> None:
    """Write a document of a kind; what its shape cannot hold is refused, not written."""
    file = checked_path(path)
    dumped(doc.write(_shape(kind), value, file.name, {"compact": True}), file)


def _document(path: str | Path, *kinds: str) -> Document:
    """Return a document that says it is of one of the kinds and of a known version."""
    document = loaded(checked_path(path))
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
    return document
