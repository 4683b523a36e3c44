"""ServiceNow: incidents with their audit and journal, from answers of the Table API.

The audit (`sys_audit`) tells each changed field of a record with its old and new value; the
journal (`sys_journal_field`) holds comments, which the caller sees, and work notes, which are
internal. A record has its state twice, `state` and `incident_state`; the reason of a hold says for
whom it waits. The creation is in no audit: it is the record's `opened_at`, where clocks start.
With `sysparm_display_value=all` each cell is a pair of which only `value` is read, in UTC.

Sources: Table API, https://www.servicenow.com/docs; History sets and the audit table.
"""

from __future__ import annotations

import json
import re
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from attrs import Factory, define, evolve

from support_model._vocabulary import Priority, Status
from support_model.adapters._account import (
    Account,
    called,
    group_of,
    known_role,
    priority_of,
    status_of,
)
from support_model.adapters._boards import LONGEST_WORD, Replay, native_id
from support_model.adapters._drafts import By, Drafts
from support_model.adapters._event_logs import EVERY, StatedFigure
from support_model.adapters._local_stamps import Stamps
from support_model.adapters._payloads import Node, Tally, pages_of, refuse_error
from support_model.adapters._stamps import duration_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from support_model.adapters._event_logs import EventLog

__all__ = ["read"]

VENDOR: Final = "servicenow"
TITLE: Final = "ServiceNow"
STANDARD = Account()
INCIDENT, AUDIT, JOURNAL = "incident", "sys_audit", "sys_journal_field"
USER, GROUP, SLA, METRIC = "sys_user", "sys_user_group", "task_sla", "metric_instance"
TABLES = (INCIDENT, AUDIT, JOURNAL, USER, GROUP, SLA, METRIC)
SIGNS: tuple[tuple[str, frozenset[str]], ...] = (
    (AUDIT, frozenset({"documentkey", "fieldname"})),
    (JOURNAL, frozenset({"element", "element_id"})),
    (SLA, frozenset({"has_breached", "task"})),
    (METRIC, frozenset({"calculation_complete", "definition"})),
    (INCIDENT, frozenset({"number", "opened_at"})),
    (USER, frozenset({"sys_id", "user_name"})),
    (GROUP, frozenset({"sys_id", "name", "manager"})),
)
"""What tells the table of a record: keys that all are there."""
MEANT: Final = (
    "ask for GET /api/now/table/incident, /sys_audit?sysparm_query=tablename=incident and "
    "/sys_journal_field?sysparm_query=name=incident"
)
NO_DISPLAY: Final = "ask with sysparm_display_value=false (or all): `value` is in UTC"
REMEDIES: Final = (
    ("not authenticated", "check the user and the password or token"),
    ("acl", "ask with a user who may read this table; sys_audit needs admin or a rule of its own"),
    ("operation failed", "ask with a user who may read this table"),
    ("maximum execution time", "ask for fewer records, with sysparm_limit and sysparm_offset"),
    ("invalid table", "check the name of the table"),
    ("no record found", "check the sys_id that was asked for"),
)
"""What to do about an error, by a word in it."""
PAGE: Final = 10_000
"""How many records an answer holds at most unless another limit is asked for."""
STATUSES: Mapping[str, Status] = MappingProxyType(
    {
        "1": Status("New", "new"),
        "2": Status("In Progress", "open"),
        "3": Status("On Hold", "on_hold"),
        "4": Status("Awaiting User Info", "pending"),
        "5": Status("Awaiting Evidence", "pending"),
        "6": Status("Resolved", "solved"),
        "7": Status("Closed", "closed"),
        "8": Status("Canceled", "void"),
    }
)
NEW, ON_HOLD, SOLVED, CLOSED = (STATUSES[number] for number in "1367")
AWAITING_CALLER = Status("On Hold: Awaiting Caller", "pending")
DELETED = Status("deleted", "void")
HOLDS: Mapping[str, Status] = MappingProxyType(
    {
        "1": AWAITING_CALLER,
        "3": Status("On Hold: Awaiting Problem", "on_hold"),
        "4": Status("On Hold: Awaiting Vendor", "on_hold"),
        "5": Status("On Hold: Awaiting Change", "on_hold"),
    }
)
"""What a hold waits for, by its reason."""
PRIORITIES: Mapping[str, Priority] = MappingProxyType(
    {
        str(rank): Priority(name, rank)
        for rank, name in enumerate(("urgent", "high", "normal", "low", "planning"), 1)
    }
)
CHANNELS: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("email", "phone", "web", "chat", "social", "api"), ""),
        "self-service": "web",
        "self_service": "web",
        "portal": "web",
        "walk-in": "other",
        "virtual_agent": "chat",
        "monitoring": "api",
        "event": "api",
        "integration": "api",
    }
)
SYS_ID: Final = re.compile(r"[0-9a-f]{32}")
SYSTEM: Final = "-1"
"""What the system itself is called, which has no record of a user."""
ROBOTS = frozenset({"system", "admin.system", "glide.maint"})
READ = frozenset({"state", "incident_state", "hold_reason", "priority"})
READ |= {"assignment_group", "assigned_to", "caller_id", "DELETED"}
SAID = frozenset({"comments", "work_notes"})
SHOWN = By("third_party", basis="snapshot")
LONGEST: Final = 10**9
STAMPS = (
    ("resolved_at", SOLVED, frozenset({"solved", "closed"})),
    ("closed_at", CLOSED, frozenset({"closed"})),
)
"""What has a stamp in a list: the key, the status, and the present ones to which it belongs."""


def recognized(value: object) -> str:
    """Return why a parsed document is one of ServiceNow, "" where it is not.

    Example:
        >>> recognized({"result": [{"documentkey": "a1", "fieldname": "state"}]})
        'records of sys_audit'
    """
    if isinstance(value, list | tuple):
        return next(filter(None, map(recognized, value[:20])), "")
    if not isinstance(value, dict):
        return ""
    if AUDIT in value or JOURNAL in value:
        return f"it holds {AUDIT if AUDIT in value else JOURNAL}"
    if value.get("status") == "failure" and isinstance(value.get("error"), dict):
        return "an error of the Table API"
    return _records_of(value)


def _records_of(value: Mapping[str, Any]) -> str:
    held = value.get("result", value.get("records"))
    rows = held if isinstance(held, list) else [held]
    kinds = (kind_of(row) for row in (value, *rows[:20]) if isinstance(row, dict))
    kind = next((each for each in kinds if each in (AUDIT, JOURNAL, INCIDENT, SLA)), "")
    return f"records of {kind}" if kind else ""


def kind_of(record: Mapping[str, Any]) -> str:
    """Return the table of a record, by its keys; "" where none tells it."""
    keys = record.keys()
    return next((kind for kind, every in SIGNS if every <= keys), "")


def read(payloads: object, account: Account = STANDARD) -> EventLog:
    """Return the events of all incidents in answers of the Table API, in any order.

    The caller of an incident is its customer. Whoever was ever assigned one, or wrote a work note,
    is an agent, unless `account.roles` says otherwise, by sys_id or user name. Audits call users
    by name: with the records of `sys_user` they are called by their sys_id. An incident without
    any audit in the payload is one of present values: events of basis "snapshot".

    Args:
        payloads: an answer, or a list of answers or pages, of the tables `incident`, `sys_audit`,
            `sys_journal_field`, `sys_user`, `sys_user_group`, `task_sla`; or objects that hold
            these by name.
        account: what ids mean.

    Raises:
        AdapterError: nothing that tells an incident, an error of the API, or records with display
            values alone.

    Example:
        >>> incident = {
        ...     "sys_id": "a1", "number": "INC1", "state": "6", "opened_at": "2026-03-02 09:00:00",
        ...     "caller_id": {"link": "...", "value": "u1"}, "opened_by": {"value": "u1"}}
        >>> audit = [{
        ...     "sys_id": "x1", "documentkey": "a1", "fieldname": "state", "oldvalue": "1",
        ...     "newvalue": "6", "user": "bo", "sys_created_on": "2026-03-02 10:00:00"}]
        >>> account = Account(roles={"bo": "agent"})
        >>> reading = read({"incident": incident, "sys_audit": audit}, account)
        >>> [(event.type, event.role) for event in reading.events]
        [('created', 'customer'), ('changed', 'agent')]
    """
    tally = Tally(VENDOR)
    found = Found(tally)
    pages = _pages(payloads)
    for page in pages:
        found.add(page)
    if pages and not any(found.records.get(kind) for kind in (INCIDENT, AUDIT, JOURNAL)):
        (found.strange or pages)[0].refuse("no incidents of ServiceNow and no audit of any", MEANT)
    for page in found.strange:
        tally.unread(page, None, "no table that is read")
    reader = Reader(found, account, tally)
    reader.gather()
    for ticket in sorted(reader.tickets):
        reader.tell(ticket)
    return tally.reading(reader.drafts.events())


def _pages(payloads: object) -> list[Node]:
    if isinstance(payloads, list | tuple) and payloads:  # noqa: SIM102 - two questions
        if all(isinstance(each, dict) and kind_of(each) for each in payloads):
            return [Node(VENDOR, payloads)]
    return pages_of(VENDOR, payloads)


def cell(record: Mapping[str, Any], key: str) -> str | None:
    """Return the value of a cell as text: plain, of a reference, or of a pair; None if empty.

    Example:
        >>> pair = {"display_value": "Closed", "value": "7"}
        >>> [cell({"state": value}, "state") for value in (pair, 7, "")]
        ['7', '7', None]
    """
    value = record.get(key)
    if value.__class__ is dict:
        value = value.get("value")
    if value.__class__ is str:
        return value if 0 < len(value) <= LONGEST_WORD else None
    if value.__class__ is int and abs(value) < LONGEST:
        return str(value)
    return None


class Record(NamedTuple):
    """A record of a table, and where it stands."""

    value: Mapping[str, Any]
    path: str

    def node(self) -> Node:
        """The same as a node, for a finding."""
        return Node(VENDOR, self.value, self.path)


@define
class Found:
    """What the documents of one payload hold: the records of each table, each once."""

    tally: Tally
    records: dict[str, dict[str, Record]] = Factory(dict)
    strange: list[Node] = Factory(list)

    def add(self, page: Node) -> None:
        """Keep what a document holds."""
        value = page.value
        if isinstance(value, dict):
            refuse_error(page, ("result", "records", *TABLES), REMEDIES)
            if value.get("status") == "failure":
                self.tally.cut(EVERY, "more_pages", "status is failure")
        self._document(value, page.path, 0)

    def _document(self, value: Any, path: str, deep: int) -> None:  # noqa: ANN401 - JSON types
        if isinstance(value, list | tuple) and deep <= 2:
            self._full(value)
            for number, each in enumerate(value):
                self._document(each, f"{path}[{number}]", deep + 1)
        elif not isinstance(value, dict):
            self.strange.append(Node(VENDOR, value, path))
        elif kind := kind_of(value):
            self._keep(kind, value, path)
        elif not self._held(value, path, deep):
            self.strange.append(Node(VENDOR, value, path))

    def _held(self, value: Mapping[str, Any], path: str, deep: int) -> bool:
        """Keep the records that an object holds, and return whether there are any."""
        held = [kind for kind in TABLES if value.get(kind) is not None]
        for kind in held:
            rows = value[kind] if isinstance(value[kind], list) else [value[kind]]
            self._full(rows)
            for number, row in enumerate(rows):
                self._row(kind, row, f"{path}.{kind}[{number}]".lstrip("."))
        for key in ("result", "records"):
            if isinstance(value.get(key), list | dict):
                held.append(key)
                self._document(value[key], f"{path}.{key}".lstrip("."), deep + 1)
        return bool(held)

    def _full(self, rows: Any) -> None:  # noqa: ANN401 - JSON types
        if rows and len(rows) % PAGE == 0:
            self.tally.cut(EVERY, "full_page", f"{len(rows)} records")

    def _row(self, kind: str, row: object, path: str) -> None:
        if not isinstance(row, dict):
            self.tally.unread(Node(VENDOR, row, path), None, "no object")
        else:
            self._keep(kind, row, path)

    def _keep(self, kind: str, value: Mapping[str, Any], path: str) -> None:
        if kind == INCIDENT:
            _refuse_display(Node(VENDOR, value, path))
        native = cell(value, "sys_id") or _canonical(value)
        record, kept = Record(value, path), self.records.setdefault(kind, {})
        earlier = kept.get(native)
        if earlier is None:
            kept[native] = record
        elif earlier.value != value:
            kept[native] = max(earlier, record, key=_age)


def _refuse_display(node: Node) -> None:
    """Raise `AdapterError` for records with display values alone, whose stamps are nowhere's."""
    value = node.value
    state = value.get("state")
    shown = isinstance(state, str) and state.isalpha()
    if shown and any(isinstance(v, dict) and "value" not in v for v in value.values()):
        node.refuse("display values alone: stamps in the zone of whoever asked", NO_DISPLAY)


def _age(record: Record) -> tuple[str, str]:
    stamp = cell(record.value, "sys_updated_on") or cell(record.value, "sys_created_on") or ""
    return stamp, _canonical(record.value)


def _canonical(value: object) -> str:
    try:
        return json.dumps(value, sort_keys=True, default=str)
    except (TypeError, ValueError, RecursionError):
        return repr(value)


class Change(NamedTuple):
    """One row of the audit; rows are ordered by instant, count of updates and id."""

    at: datetime
    checkpoint: int
    id: str
    field: str
    old: str
    new: str
    user: str


def _change_of(value: Mapping[str, Any], of: tuple[datetime, str, str, str]) -> Change:
    at, native, field, user = of
    count = cell(value, "record_checkpoint") or ""
    checkpoint = int(count) if count.isdecimal() else 0
    old, new = cell(value, "oldvalue") or "", cell(value, "newvalue") or ""
    return Change(at, checkpoint, native, field, old, new, user)


class Said(NamedTuple):
    """One row of the journal."""

    at: datetime
    id: str
    public: bool
    user: str


@define
class Reader:
    """One reading: what is known of people and groups, and the incidents told so far."""

    found: Found
    account: Account
    tally: Tally
    drafts: Drafts = Factory(Drafts)
    stamps: Stamps = Factory(lambda self: Stamps(ZoneInfo("UTC"), self.tally, ""), takes_self=True)
    users: dict[str, str] = Factory(dict)
    names: dict[str, str] = Factory(dict)
    staff: set[str] = Factory(set)
    tickets: dict[str, Record | None] = Factory(dict)
    changes: dict[str, list[Change]] = Factory(dict)
    said: dict[str, list[Said]] = Factory(dict)
    repeated: dict[str, list[Said]] = Factory(dict)
    known: dict[tuple[str, str | None], tuple[Any, str]] = Factory(dict)

    def gather(self) -> None:
        """Place each record with its incident, and learn who is who."""
        self._users()
        self._groups()
        for record in self._of(INCIDENT):
            ticket = native_id(cell(record.value, "sys_id"))
            if ticket is None:
                self.tally.unread(record.node(), None, "an incident without its sys_id")
                continue
            self.tickets[ticket] = record
            self._assigned(cell(record.value, "assigned_to"))
        for record in self._of(AUDIT):
            self._change(record)
        for record in self._of(JOURNAL):
            self._journal(record)
        for record in self._of(SLA):
            self._sla(record)
        count = len(self.found.records.get(METRIC, {}))
        if count:
            self.tally.left_out[METRIC] += count
        for changes in self.changes.values():
            changes.sort()
            for change in changes:
                if change.field == "assigned_to":
                    self.staff |= {self.person(each) for each in (change.old, change.new) if each}

    def _of(self, kind: str) -> Iterable[Record]:
        return self.found.records.get(kind, {}).values()

    def _users(self) -> None:
        for record in self._of(USER):
            native, name = cell(record.value, "sys_id"), cell(record.value, "user_name")
            if native is not None and name is not None:
                self.users[name] = native
                self.names[native] = name

    def _groups(self) -> None:
        groups: dict[object, Any] = {}
        for record in self._of(GROUP):
            native, name = cell(record.value, "sys_id"), cell(record.value, "name")
            if native is not None and name is not None:
                groups[native] = name
        if groups:
            self.account = evolve(self.account, groups=groups | dict(self.account.groups))

    def _assigned(self, user: str | None) -> None:
        if user is not None:
            self.staff.add(self.person(user))

    def person(self, user: str) -> str:
        """Return what a user of a field is called: the sys_id, or what stands for the name."""
        known = self.users.get(user)
        return known or (user if native_id(user) else called(self.account, user))

    def named(self, user: str) -> str:
        """Return what a user of the audit is called, who is named there by the user name."""
        if user in self.users:
            return self.users[user]
        listed = user in self.names or user in self.account.roles or user in self.account.bots
        return user if listed or SYS_ID.fullmatch(user) else called(self.account, user)

    def _of_record(self, value: Mapping[str, Any], key: str, table: str, what: str) -> str | None:
        """Return the incident of a row; "" for a record of another table, which is counted."""
        native, other = cell(value, key), cell(value, table)
        if native in self.tickets:
            return native
        if other not in (None, INCIDENT, "task"):
            self.tally.left_out[f"{what} of {_word(other)}"] += 1
            return ""
        return native_id(native)

    def _change(self, record: Record) -> None:
        """Keep a row of the audit; note one that cannot be read."""
        value = record.value
        ticket = self._of_record(value, "documentkey", "tablename", "audit")
        if ticket == "":
            return
        field, at = cell(value, "fieldname"), self.stamps.at(cell(value, "sys_created_on"))
        if ticket is None or field is None or at is None:
            problem = "a row of the audit without its record, field or instant"
            self.tally.unread(record.node(), ticket, problem)
            return
        self.tickets.setdefault(ticket, None)
        user = cell(value, "user") or cell(value, "sys_created_by") or ""
        native = cell(value, "sys_id") or ""
        if field in READ:
            change = _change_of(value, (at, native, field, user))
            self.changes.setdefault(ticket, []).append(change)
        elif field in SAID:
            said = Said(at, native, field == "comments", user)
            self.repeated.setdefault(ticket, []).append(said)
        else:
            self.tally.left_out[f"field {_word(field)}"] += 1

    def _journal(self, record: Record) -> None:
        value = record.value
        ticket = self._of_record(value, "element_id", "name", "journal")
        if ticket == "":
            return
        element = cell(value, "element")
        if element not in SAID:
            self.tally.left_out[f"journal {_word(element)}"] += 1
            return
        at = self.stamps.at(cell(value, "sys_created_on"))
        if ticket is None or at is None:
            problem = "a row of the journal without its record or instant"
            self.tally.unread(record.node(), ticket, problem)
            return
        user = cell(value, "sys_created_by") or ""
        if element == "work_notes" and user and user not in ROBOTS:
            self.staff.add(self.named(user))
        said = Said(at, cell(value, "sys_id") or "", element == "comments", user)
        self.tickets.setdefault(ticket, None)
        self.said.setdefault(ticket, []).append(said)

    def written(self, ticket: str) -> list[Said]:
        """Return what was written on an incident; what the audit repeats of the journal once."""
        told = self.said.get(ticket, [])
        if ticket in self.repeated:
            known = {(each.at, each.public, each.user) for each in told}
            audit = self.repeated[ticket]
            told = told + [row for row in audit if (row.at, row.public, row.user) not in known]
        return sorted(told)

    def _sla(self, record: Record) -> None:
        ticket = native_id(cell(record.value, "task"))
        breached = (cell(record.value, "has_breached") or "").lower()
        if ticket in self.tickets and ticket is not None and breached in ("true", "false"):
            figure = StatedFigure(
                name="within_resolution",
                native="task_sla.has_breached",
                value=int(breached == "false"),
            )
            self.tally.states(ticket, figure)
        else:
            self.tally.left_out[SLA] += 1

    def by(self, replay: Replay, user: str | None, source: str, actor: str | None = None) -> By:
        """Return who did something on an incident, by the user name or what it stands for."""
        if not user:
            return replay.doer(None, source)
        if user in ROBOTS:
            return By("system", SYSTEM, source)
        key = user, actor
        known = self.known.get(key)
        if known is None:
            known = self.known[key] = self._who(user, actor or self.named(user))
        role, actor = known
        if role is not None and (role != "staff" or actor != replay.requester):
            return By("agent" if role == "staff" else role, actor, source)
        return replay.doer(actor, source)

    def _who(self, user: str, actor: str) -> tuple[Any, str]:
        """Return the role of a user, as far as it is the same on every incident, and the id."""
        for name in (user, actor, self.names.get(actor, "")):
            role = known_role(self.account, name)
            if role is not None:
                return role, actor
        return "staff" if actor in self.staff else None, actor

    def tell(self, ticket: str) -> None:
        """Draft the events of an incident."""
        record, changes = self.tickets[ticket], self.changes.get(ticket, [])
        value: Mapping[str, Any] = {} if record is None else record.value
        opened = self.stamps.at(cell(value, "opened_at"))
        opened = opened or self.stamps.at(cell(value, "sys_created_on"))
        if opened is None:
            self.tally.cut(ticket, "no_creation", ticket)
        at = opened
        if at is None:
            stamps = [change.at for change in changes[:1]]
            stamps += [said.at for said in self.written(ticket)[:1]]
            if not stamps:
                return
            at = min(stamps)
        _Incident(self, ticket, value, at, changes, whole=opened is not None).tell()


class _Incident:
    """One incident while it is told."""

    def __init__(
        self,
        reader: Reader,
        ticket: str,
        value: Mapping[str, Any],
        at: datetime,
        changes: list[Change],
        *,
        whole: bool,
    ) -> None:
        self.reader, self.ticket, self.value, self.changes = reader, ticket, value, changes
        self.tally, self.account = reader.tally, reader.account
        self.now = {name: cell(value, name) or "" for name in READ}
        caller = cell(value, "caller_id")
        asks = None if caller is None else reader.person(caller)
        drafts = reader.drafts
        self.replay = Replay(ticket, self.account, drafts, self.tally, asks, at, SHOWN)
        if whole and changes:
            writes = cell(value, "opened_by") or caller
            source, named = f"incident/{ticket}", cell(value, "sys_created_by")
            actor = None if writes is None else reader.person(writes)
            self.replay.by = reader.by(self.replay, writes or named, source, actor)
        self.whole = whole

    def tell(self) -> None:
        """Draft the incident."""
        if self.changes:
            self._history()
        else:
            self._present()
        for said in self.reader.written(self.ticket):
            if said.at < self.replay.at:
                self.tally.left_out["comment before the creation"] += 1
                continue
            by = self.reader.by(self.replay, said.user, f"{JOURNAL}/{said.id}")
            self.reader.drafts.message(self.ticket, said.at, by, public=said.public)
        self._stated()
        if "display_value" in _first_pair(self.value):
            example = "only `value` is read, not display_value"
            self.tally.noted.note("display_values", None, example, ticket=self.ticket)

    def _begin(self, was: Mapping[str, str]) -> None:
        channel = cell(self.value, "contact_type")
        self.replay.begins(
            {
                "status": self.status(was.get("state", ""), was.get("hold_reason", "")),
                "requester": self.replay.requester,
                "channel": None if channel is None else self.channel(channel),
                **self.fields({**was, "state": ""}),
            }
        )

    def _history(self) -> None:
        present = dict(self.now)
        was = dict(self.now)
        for change in reversed(self.changes):
            was[change.field] = change.old
        was["state"] = was["state"] or was["incident_state"]
        self.now = dict(was)
        self._begin(was)
        run: dict[str, Change] = {}
        for change in self.changes:
            last = next(reversed(run.values()), None)
            same = last is not None and (last.at, last.user) == (change.at, change.user)
            if not same or change.field in run:
                self._transaction(run)
                run = {}
            run[change.field] = change
        self._transaction(run)
        told = self.replay.value("status")
        self.replay.ends()
        if not self.value or told == DELETED or not present["state"]:
            return
        if self.status(present["state"], present["hold_reason"]) != told:
            self.tally.cut(self.ticket, "cut_history", f"state {_word(present['state'])}")

    def _transaction(self, run: dict[str, Change]) -> None:
        """Tell what one user changed at one instant; both names of the state say one thing."""
        if not run:
            return
        first = next(iter(run.values()))
        new = {name: change.new for name, change in run.items()}
        if "incident_state" in new:
            new.setdefault("state", new["incident_state"])
        self.now.update(new)
        fields = self.fields(new)
        if "DELETED" in new:
            fields = {"status": DELETED}
        by = self.reader.by(self.replay, first.user, f"{AUDIT}/{first.id}".rstrip("/"))
        if first.at < self.replay.at:
            self.tally.noted.note("before_creation", None, first.id, ticket=self.ticket)
        if fields:
            self.replay.sets(first.at, by, 0, fields)

    def fields(self, new: Mapping[str, str]) -> dict[str, Any]:
        """Return the fields that new values of a record set."""
        fields: dict[str, Any] = {}
        if new.get("state") or ("hold_reason" in new and self.now["state"] == "3"):
            fields["status"] = self.status(self.now["state"], self.now["hold_reason"])
        if new.get("priority"):
            fields["priority"] = priority_of(self.account, new["priority"], PRIORITIES, self.tally)
        if "assignment_group" in new:
            fields |= group_of(self.account, new["assignment_group"] or None, self.tally)
        for name, field in (("assigned_to", "agent"), ("caller_id", "requester")):
            if name in new:
                fields[field] = self.reader.person(new[name]) if new[name] else None
        return fields

    def status(self, state: str, reason: str) -> Status:
        """Return what a state means; a hold says by its reason for whom it waits."""
        if not state:
            return NEW
        if state == "3" and state not in self.account.statuses:
            return self.account.statuses.get(f"3/{reason}", HOLDS.get(reason, ON_HOLD))
        return status_of(self.account, state, STATUSES, self.tally)

    def channel(self, native: str) -> str:
        """Return the channel of a contact type; one that is unknown is "other"."""
        key = native.casefold()
        if key not in CHANNELS:
            self.tally.met("contact type", native, "other")
        return CHANNELS.get(key, "other") or key

    def _present(self) -> None:
        """Draft an incident without any audit: present values, and what has a stamp."""
        self.replay.begins({"status": NEW, **self.fields({"priority": self.now["priority"]})})
        self.tally.noted.note("list_export", None, ticket=self.ticket)
        state = self.now["state"] or self.now["incident_state"]
        now = self.status(state, self.now["hold_reason"])
        begun, last = self.replay.at, NEW.category
        told = [
            (at, status)
            for key, status, having in STAMPS
            if now.category in having
            and (at := self.reader.stamps.at(cell(self.value, key))) is not None
            and at >= begun
        ]
        for at, status in sorted(told, key=lambda each: each[0]):
            shown = now if status.category == now.category else status
            last = shown.category
            self.replay.settle()
            self.reader.drafts.changed(self.ticket, at, SHOWN, fields={"status": shown})
        self.replay.ends()
        if now.category != last:
            self.tally.noted.note("since_unknown", None, "state", ticket=self.ticket)

    def _stated(self) -> None:
        """Keep the figures that ServiceNow computed."""
        states = self.tally.states
        for key, name in (("resolved_at", "last_solved"), ("closed_at", "closed")):
            at = self.reader.stamps.at(cell(self.value, key))
            if at is not None:
                states(self.ticket, StatedFigure(name=name, native=key, value=at))
        for key, name in (("reopen_count", "reopens"), ("reassignment_count", "reassignments")):
            count = cell(self.value, key) or ""
            if count.isascii() and count.isdecimal():
                figure = StatedFigure(name=name, native=key, value=int(count[:9]))
                states(self.ticket, figure)
        made = (cell(self.value, "made_sla") or "").lower()
        if made in ("true", "false"):
            value = int(made == "true")
            states(
                self.ticket,
                StatedFigure(name="within_resolution", native="made_sla", value=value),
            )
        for key in ("business_stc", "calendar_stc", "business_duration"):
            length = _length(cell(self.value, key))
            if length is not None:
                business = key != "calendar_stc"
                figure = StatedFigure(
                    name="last_solved_time", native=key, value=length, business=business
                )
                states(self.ticket, figure)


def _length(text: str | None) -> timedelta | None:
    """Return a duration: seconds, or a stamp counted from 1970-01-01."""
    try:
        unit = "epoch" if "-" in (text or "") else "seconds"
        length = None if text is None else duration_of(text, unit)
    except (ValueError, TypeError):
        return None
    return length if length is not None and timedelta() < length < timedelta(days=36500) else None


def _first_pair(value: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the first cell of a record that is no plain value."""
    return next((each for each in value.values() if each.__class__ is dict), {})


def _word(value: object) -> str:
    fits = isinstance(value, str) and value.isidentifier() and value.isascii()
    return str(value)[:LONGEST_WORD] if fits else "another"
