"""GLPI: tickets with their history, follow-ups, solutions and ratings, from its REST API.

The history of a ticket ("Historical" in GLPI, the item type `Log`) tells each change as a row: a
search option (12 is the status), an old and a new value, or a linked action (15 adds a relation,
17 a sub-item, 20 creates the ticket). Follow-ups, solutions and tasks are messages. A list of
tickets alone holds present values. Stamps are the server's local clock, so the account has to say
`tz`. A history can be purged by GLPI itself; what is left is read, and said to be cut.

Sources: GLPI REST API documentation, https://github.com/glpi-project/glpi/blob/main/apirest.md;
`src/Log.php`, `src/CommonITILObject.php`.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from attrs import Factory, define, evolve

from support_model.adapters._account import (
    Account,
    group_of,
    known_role,
    priority_of,
    status_of,
)
from support_model.adapters._boards import Replay
from support_model.adapters._drafts import By, Drafts
from support_model.adapters._event_logs import EVERY, StatedFigure
from support_model.adapters._glpi_documents import (
    FOLLOWUP,
    GROUP_TICKET,
    LOG,
    MEANT,
    OWN,
    PAGE,
    SOLUTION,
    SURVEY,
    TASK,
    TICKET,
    TICKET_USER,
    VENDOR,
    Found,
    Item,
    id_of,
    in_order,
    is_error,
    kind_of,
    searched,
)
from support_model.adapters._glpi_words import (
    ACTIONS,
    ADD,
    CHANNELS,
    CLOSED,
    CREATE,
    DELETE,
    DELETED,
    NEW,
    PENDING,
    PEOPLE,
    PRIORITIES,
    PRIORITY,
    REMOVE,
    RESTORE,
    SOLVED,
    SOURCE,
    STATUS,
    STATUSES,
    SUBITEM,
    SYSTEM,
    TYPE,
    TYPES,
    doer_of,
    native_in,
    person_of,
)
from support_model.adapters._local_stamps import Stamps
from support_model.adapters._payloads import Node, Tally, pages_of
from support_model.events import Rated, RatingRequested, Worked

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from support_model._vocabulary import Status
    from support_model.adapters._event_logs import EventLog

__all__ = ["read"]

T = TypeVar("T")
TITLE = "GLPI"
STANDARD = Account()
FIRST = 20
"""Items of a list that are looked at."""
SHOWN = By("third_party", basis="snapshot")
LONGEST_DELAY = 10**9
LONGEST_NUMBER = 15
SCALE = (0.0, 5.0)
ZONE = "say the zone of the GLPI server, such as tz = 'Europe/Paris'"
READ = frozenset({STATUS, PRIORITY, TYPE, SOURCE})
LOCAL = ("requester", "agent", "group")
ASSIGNED_TO = 2
"""The type of a relation to whoever a ticket is assigned to."""
ASSIGNED = ((TICKET_USER, "users_id", "agent"), (GROUP_TICKET, "groups_id", "group"))
STAMPS = (
    ("begin_waiting_date", PENDING, frozenset({"pending", "on_hold"})),
    ("solvedate", SOLVED, frozenset({"solved", "closed"})),
    ("closedate", CLOSED, frozenset({"closed"})),
)
"""What has a stamp in a list: the key, the status, and the present ones to which it belongs."""
DELAYS = (
    ("takeintoaccount_delay_stat", "first_assigned_time"),
    ("solve_delay_stat", "last_solved_time"),
    ("waiting_duration", "pending"),
)


def recognized(value: object) -> str:
    """Return why a parsed document is one of GLPI, "" where it is not.

    Example:
        >>> recognized({"ITILFollowup": [], "ticket": {"id": 7}})
        'it holds ITILFollowup'
    """
    if isinstance(value, list | tuple):
        if value and is_error(value[0]):
            return "an error of the API of GLPI"
        return next(filter(None, map(recognized, value[:FIRST])), "")
    return _known(value) if isinstance(value, dict) else ""


def _known(value: Mapping[str, Any]) -> str:
    for key in OWN:
        if key in value:
            return f"it holds {key}"
    if searched(value):
        return "an answer of /search/Ticket"
    rows = value.get("Log", value.get("_logs"))
    row = next(iter(rows), None) if isinstance(rows, list) else None
    if kind_of(value) == LOG or (isinstance(row, dict) and kind_of(row) == LOG):
        return "rows of a history, with linked_action"
    return "tickets as GLPI writes them" if kind_of(value) == TICKET else ""


def read(payloads: object, account: Account = STANDARD) -> EventLog:
    """Return the events of all tickets in documents of GLPI, in any order.

    Who asks for help on a ticket is its customer; a user who was ever assigned one is an agent,
    unless `account.roles` says otherwise. Tasks by the cron are acts of the system. A ticket of
    which no history is in the payload is one of present values: events of basis "snapshot".

    Args:
        payloads: a document, or a list of documents or pages: answers of `GET /Ticket/{id}` (also
            `with_logs=true`), `/Ticket`, `/search/Ticket`, and of the sub-items `Log`,
            `ITILFollowup`, `ITILSolution`, `TicketTask`, `Ticket_User`, `Group_Ticket`,
            `TicketSatisfaction`; or objects that hold these by name.
        account: what ids mean, and the zone of the server.

    Raises:
        AdapterError: nothing of GLPI that tells a ticket, or an error of the API.
        NaiveDatetime: the account says no zone.

    Example:
        >>> ticket = {"id": 7, "date": "2026-03-02 09:00:00", "status": 5, "content": ""}
        >>> log = [
        ...     {"id": 1, "linked_action": 20, "id_search_option": 0, "user_name": "Cleo (31)",
        ...      "date_mod": "2026-03-02 09:00:00", "old_value": "", "new_value": ""},
        ...     {"id": 2, "linked_action": 0, "id_search_option": 12, "user_name": "Bo (42)",
        ...      "date_mod": "2026-03-02 10:00:00", "old_value": "1", "new_value": "5"}]
        >>> account = Account(tz="Europe/Paris", roles={"42": "agent"})
        >>> reading = read({"ticket": ticket, "Log": log}, account)
        >>> [(event.type, event.role, event.at.hour) for event in reading.events]
        [('created', 'customer', 8), ('changed', 'agent', 9)]
    """
    tally = Tally(VENDOR)
    found = Found(tally)
    pages = _pages(payloads)
    for page in pages:
        found.add(page)
    if pages and not found.tickets and not found.parts:
        (found.strange or pages)[0].refuse("no tickets of GLPI and no history of any", MEANT)
    for page in found.strange:
        tally.unread(page, None, "nothing that GLPI writes")
    reader = Reader(found, account, tally, Stamps(account.tz, tally, ZONE))
    reader.gather()
    for ticket in in_order(found.tickets.keys() | found.parts.keys()):
        reader.tell(ticket)
    _note_pages(found, tally)
    return tally.reading(reader.drafts.events())


def _pages(payloads: object) -> list[Node]:
    """Return documents; a list of items is one of them, and so is an error."""
    if isinstance(payloads, list | tuple) and payloads:
        if is_error(payloads[0]):
            return [Node(VENDOR, [*payloads])]
        if all(isinstance(each, dict) and kind_of(each) for each in payloads):
            return [Node(VENDOR, payloads)]
    return pages_of(VENDOR, payloads)


def _note_pages(found: Found, tally: Tally) -> None:
    """Note pages that are as long as an answer is unless another range is asked for."""
    for (kind, ticket), full in found.full.items():
        if not full:
            continue
        if kind == TICKET:
            tally.cut(EVERY, "full_page", f"{PAGE} tickets")
        elif ticket != str(None):
            tally.cut(ticket, "full_page", kind)
    if found.total > len(found.tickets):
        tally.cut(EVERY, "more_pages", f"totalcount is {found.total}")


class Row(NamedTuple):
    """One row of the history of a ticket; rows are ordered by instant and id."""

    at: datetime
    number: int
    id: str
    action: int
    option: int
    who: str | None
    value: Mapping[str, Any]


@define
class Reader:
    """One reading: what is known of people and groups, and the tickets told so far."""

    found: Found
    account: Account
    tally: Tally
    stamps: Stamps
    drafts: Drafts = Factory(Drafts)
    staff: set[str] = Factory(set)
    rows: dict[str, list[Row]] = Factory(dict)

    def gather(self) -> None:
        """Read all histories, and learn who was assigned and what groups are called."""
        named: dict[str, tuple[datetime, str]] = {}
        for ticket, parts in self.found.parts.items():
            rows = [*filter(None, map(self._row, parts.get(LOG, {}).values()))]
            rows.sort()
            self.rows[ticket] = rows
            for row in rows:
                if row.action == ADD and row.option in PEOPLE:
                    self._learn(row, named)
            for item in parts.get(TICKET_USER, {}).values():
                if _number(item.value.get("type")) == ASSIGNED_TO:
                    self._assigned(person_of(self.account, item.value.get("users_id")))
        groups: dict[object, Any] = {native: name for native, (_, name) in named.items()}
        groups.update(self.found.groups)
        if groups:
            self.account = evolve(self.account, groups=groups | dict(self.account.groups))

    def _learn(self, row: Row, named: dict[str, tuple[datetime, str]]) -> None:
        native, name = _other(row, "new")
        if PEOPLE[row.option] == "agent":
            self._assigned(native)
        elif PEOPLE[row.option] == "group" and native is not None and name:
            named[native] = max(named.get(native, (row.at, name)), (row.at, name))

    def _assigned(self, person: str | None) -> None:
        if person is not None:
            self.staff.add(person)

    def _row(self, item: Item) -> Row | None:
        """Return a row of a history; note one that cannot be read."""
        value = item.value
        at, native = self.stamps.at(value.get("date_mod")), id_of(value)
        action, option = (
            _number(value.get("linked_action")),
            _number(value.get("id_search_option")),
        )
        if at is None or native is None or action is None or option is None:
            problem = "a row of a history without its id, instant or kind"
            self.tally.unread(item.node(), item.ticket, problem)
            return None
        doer = doer_of(self.account, value.get("user_name"))
        if doer.impersonated:
            self.tally.noted.note("impersonated", None, f"Log {native}", ticket=item.ticket)
        number = int(native[:20]) if native.isdecimal() else 0
        return Row(at, number, native, action, option, doer.actor, value)

    def tell(self, ticket: str) -> None:
        """Draft the events of a ticket."""
        item, rows = self.found.tickets.get(ticket), self.rows.get(ticket, [])
        if rows:
            _History(self, ticket, item, rows).tell()
        else:
            _Present(self, ticket, item).tell()

    def role(self, ticket: Replay, actor: str | None, source: str) -> By:
        """Return who did something on a ticket."""
        if actor == SYSTEM:
            return By("system", SYSTEM, source)
        if actor is None or actor == ticket.requester or known_role(self.account, actor):
            return ticket.doer(actor, source)
        return By("agent", actor, source) if actor in self.staff else ticket.doer(actor, source)

    def requester(self, ticket: str) -> str | None:
        """Return who asks for help, as the sub-items say."""
        users = self.found.of(ticket, TICKET_USER).values()
        asking = [
            (_number(each.value.get("id")) or 0, person)
            for each in users
            if _number(each.value.get("type")) == 1
            and (person := person_of(self.account, each.value.get("users_id"))) is not None
        ]
        return min(asking)[1] if asking else None

    def beginning(self, item: Item | None, *, listed: bool) -> dict[str, Any]:
        """Return the fields that a ticket has now, as far as GLPI states them on it."""
        if item is None:
            return {}
        value, fields = item.value, dict[str, Any]()
        priority = _number(value.get("priority"))
        if priority is not None:
            fields["priority"] = self.priority(priority)
        fields["type"] = TYPES.get(str(value.get("type")))
        if not listed:
            fields["channel"] = self.channel(value.get("requesttypes_id"))
        return fields

    def priority(self, native: int) -> Any:  # noqa: ANN401 - of a field
        """Return what a priority means."""
        return priority_of(self.account, str(native), PRIORITIES, self.tally)

    def channel(self, value: object) -> str | None:
        """Return what a request source is; one of the account's own is "other"."""
        native, name = native_in(value)
        if native is None and not name:
            return None
        known = CHANNELS.get(native or "")
        if known is None:
            self.tally.met("request source", name or str(native), "other")
        return known or "other"

    def status(self, value: object) -> Any:  # noqa: ANN401 - of a field
        """Return what a status means; None where there is none."""
        native, name = native_in(value)
        if native is None and not name:
            return None
        return status_of(self.account, native or name, STATUSES, self.tally, name=name)

    def at(self, item: Item | None, *keys: str) -> datetime | None:
        """Return the first stamp of an item that there is."""
        if item is not None:
            value, read = item.value, self.stamps.at
            for key in keys:
                at = read(value.get(key))
                if at is not None:
                    return at
        return None


class _Ticket:
    """One ticket while it is told."""

    def __init__(self, reader: Reader, ticket: str, item: Item | None) -> None:
        self.reader, self.ticket, self.item = reader, ticket, item
        self.tally, self.drafts = reader.tally, reader.drafts
        self.by_row: dict[tuple[str, str], str | None] = {}

    def figures(self) -> None:
        """Keep the figures that GLPI computed."""
        value: Mapping[str, Any] = {} if self.item is None else self.item.value
        for key, name in (("solvedate", "last_solved"), ("closedate", "closed")):
            at = self.reader.at(self.item, key)
            if at is not None:
                self.tally.states(self.ticket, StatedFigure(name=name, native=key, value=at))
        waited = _number(value.get("waiting_duration"))
        for key, name in DELAYS:
            seconds = _number(value.get(key))
            if not seconds or not 0 < seconds < LONGEST_DELAY:
                continue
            paused = key == "solve_delay_stat" and waited  # theirs is without that time
            figure = StatedFigure(
                name="agent_work" if paused else name,
                native=key,
                value=timedelta(seconds=seconds),
                business=True,
            )
            self.tally.states(self.ticket, figure)

    def said(self, replay: Replay) -> None:
        """Draft what people wrote."""
        for kind in (FOLLOWUP, SOLUTION, TASK):
            parts = self.reader.found.of(self.ticket, kind)
            for native in in_order(parts) if parts else ():
                self._message(replay, kind, native, parts[native])

    def _message(self, replay: Replay, kind: str, native: str, item: Item) -> None:
        value = item.value
        private = 0 if kind == SOLUTION else _number(value.get("is_private"))
        at = self.reader.at(item, "date", "date_creation", "date_mod")
        if at is None or private not in (0, 1):
            problem = f"a {kind} without its instant, or not said if private"
            self.tally.unread(item.node(), self.ticket, problem)
            return
        if _number(value.get("sourceitems_id")):
            self.tally.left_out[f"{kind} copied from another ticket"] += 1
            return
        if at < replay.at:
            self.tally.left_out[f"{kind} before the creation"] += 1
            return
        known = id_of(value)
        actor = person_of(self.reader.account, value.get("users_id"))
        if actor is None:
            actor = self.by_row.get((kind, native))
        by = self.reader.role(replay, actor, f"{kind}/{known or ''}".rstrip("/"))
        self.drafts.message(self.ticket, at, by, public=private == 0)
        spent = _number(value.get("actiontime"))
        if kind == TASK and spent and 0 < spent < LONGEST_DELAY:
            length = timedelta(seconds=spent)
            worked = Worked(
                ticket_id=self.ticket, at=at, role=by.role, actor=by.actor, duration=length
            )
            self.drafts.add(worked)

    def rated(self, replay: Replay) -> None:
        """Draft that a rating was asked for, and the rating."""
        parts = [*self.reader.found.of(self.ticket, SURVEY).values()]
        if not parts:
            return
        item = max(parts, key=lambda each: str(each.value.get("date_answered") or ""))
        asked, at = self.reader.at(item, "date_begin"), self.reader.at(item, "date_answered")
        if asked is not None and asked >= replay.at and (at is None or asked < at):
            self.drafts.add(
                RatingRequested(ticket_id=self.ticket, at=asked, role="system", kind="csat")
            )
        score = _score(item.value)
        if at is None or score is None:
            return
        if not SCALE[0] <= score <= SCALE[1]:
            self.tally.noted.note("outside_scale", None, score, ticket=self.ticket)
        elif at < replay.at:
            self.tally.left_out["rating before the creation"] += 1
        else:
            rated = Rated(
                ticket_id=self.ticket,
                at=at,
                role="customer",
                actor=replay.requester,
                kind="csat",
                score=score,
                scale=SCALE,
            )
            self.drafts.add(rated)


class _Present(_Ticket):
    """A ticket without any history: its present values, and what has a stamp."""

    def tell(self) -> None:
        """Draft the ticket."""
        at = self.reader.at(self.item, "date", "date_creation")
        if self.item is None or at is None:
            self.tally.cut(self.ticket, "no_creation", self.ticket)
            return
        reader = self.reader
        asks = reader.requester(self.ticket)
        replay = Replay(self.ticket, reader.account, self.drafts, self.tally, asks, at, SHOWN)
        fields = {"status": NEW, "requester": asks, **reader.beginning(self.item, listed=True)}
        self.drafts.created(self.ticket, at, SHOWN, fields=fields)
        self.statuses(at)
        if self.ticket in reader.found.parts:
            self.said(replay)
            self.rated(replay)
        self.tally.noted.note("list_export", None, ticket=self.ticket)
        if _number(self.item.value.get("is_deleted")) == 1:
            self.tally.noted.note("since_unknown", None, "is_deleted", ticket=self.ticket)
        self.figures()

    def statuses(self, begun: datetime) -> None:
        """Draft the statuses that stamps tell, up to the present one."""
        assert self.item is not None  # noqa: S101 - asked by the caller
        now = self.reader.status(self.item.value.get("status"))
        if now is None or now.category == "new":
            return
        told: list[tuple[datetime, int, Status]] = []
        for key, status, having in STAMPS:
            if now.category in having:
                at = self.reader.stamps.at(self.item.value.get(key))
                if at is not None and at >= begun:
                    told.append((at, len(told), status))
        last = NEW.category
        for at, _, status in sorted(told):
            last = status.category
            shown = now if last == now.category else status
            self.drafts.changed(self.ticket, at, SHOWN, fields={"status": shown})
        if now.category != last:
            self.tally.noted.note("since_unknown", None, "status", ticket=self.ticket)


class _History(_Ticket):
    """A ticket with rows of its history."""

    def __init__(self, reader: Reader, ticket: str, item: Item | None, rows: list[Row]) -> None:
        super().__init__(reader, ticket, item)
        self.rows = rows
        self.born = next((row for row in rows if row.action == CREATE), None)
        self.there: dict[str, dict[str, None]] = {name: {} for name in LOCAL}
        self.before: Any = None

    def tell(self) -> None:
        """Draft the ticket."""
        for row in self.rows:
            if row.action == SUBITEM:
                native, name = native_in(row.value.get("new_value"))
                kind = str(row.value.get("itemtype_link")).replace("Ticket", "", 1)
                kind = {"Followup": FOLLOWUP, "Task": TASK, "Solution": SOLUTION}.get(kind, kind)
                self.by_row[kind, native or name] = row.who
        replay = self.created()
        for row in self.rows:
            if row is not self.born:
                self.row(replay, row)
        replay.ends()
        if self.born is not None and self.described():
            self.drafts.message(self.ticket, replay.at, replay.by, public=True)
        self.said(replay)
        self.rated(replay)
        self.figures()
        self.present(replay)

    def described(self) -> bool:
        """Return whether the ticket came with a description; only who strips it leaves it out."""
        return self.item is not None and bool(self.item.value.get("content", "stripped"))

    def created(self) -> Replay:
        """Begin the ticket: with what it has now, and what its first changes say it had."""
        reader, born, first = self.reader, self.born, self.rows[0]
        opened = reader.at(self.item, "date")
        at = opened if opened is not None and opened <= first.at else first.at
        asks, writes = self.asker(), None if born is None else born.who
        if asks is None and writes not in (None, SYSTEM) and self.asking(str(writes)):
            asks = writes
        replay = Replay(self.ticket, reader.account, self.drafts, self.tally, asks, at, SHOWN)
        if born is None:
            self.tally.cut(self.ticket, "no_creation", self.ticket)
        else:
            mailed = writes == SYSTEM and asks is not None  # the cron that collects mails
            replay.by = reader.role(replay, asks if mailed else writes, f"Log/{born.id}")
        now = reader.beginning(self.item, listed=False)
        replay.begins({"status": self.now() or NEW, **now, "requester": asks, **self.had()})
        return replay

    def now(self) -> Any:  # noqa: ANN401 - of a field
        """Return the status that the ticket has; None where nothing says it."""
        return None if self.item is None else self.reader.status(self.item.value.get("status"))

    def asking(self, person: str) -> bool:
        """Return whether whoever wrote a ticket asks for help on it."""
        known = known_role(self.reader.account, person)
        return known == "customer" or (known is None and person not in self.reader.staff)

    def asker(self) -> str | None:
        """Return who asked for help first, as the history or the sub-items say."""
        for row in self.rows:
            if PEOPLE.get(row.option) == "requester" and row.action in (ADD, REMOVE):
                return _other(row, "new" if row.action == ADD else "old")[0]
        return self.reader.requester(self.ticket)

    def had(self) -> dict[str, Any]:
        """Return the fields that a ticket had first, by the old values of first changes."""
        had: dict[str, Any] = {}
        seen = set[str]()
        for row in self.rows:
            name = PEOPLE.get(row.option)
            if name in self.there and row.action in (ADD, REMOVE):
                seen.add(self.was_there(name, row, seen))
            elif row.action == 0 and row.option in READ:
                had = self.field(row.option, row.value.get("old_value"), quiet=True) | had
        requester = self.reader.requester(self.ticket)
        if requester is not None and not any(each.startswith("requester") for each in seen):
            self.there["requester"][requester] = None
        for name in ("agent", "group"):
            if self.there[name]:
                had |= self.standing(name)
        return had

    def was_there(self, name: str, row: Row, seen: set[str]) -> str:
        """Note whom a removal shows to have been there before, and return who it is about."""
        other = _other(row, "new" if row.action == ADD else "old")
        key = f"{name} {other[0] or other[1]}"
        if row.action == REMOVE and key not in seen:
            self.there[name][self.called(name, *other)] = None
        return key

    def row(self, replay: Replay, row: Row) -> None:
        """Tell one row of the history."""
        fields = self.fields(replay, row)
        if not fields:
            return
        by = self.reader.role(replay, row.who, f"Log/{row.id}")
        if row.at < replay.at:
            self.tally.noted.note("before_creation", None, f"Log {row.id}", ticket=self.ticket)
        replay.sets(row.at, by, 0, fields)

    def fields(self, replay: Replay, row: Row) -> dict[str, Any]:
        """Return the fields that a row changes; what says nothing is counted."""
        if row.action == DELETE:
            self.before = replay.value("status")
            return {"status": DELETED}
        if row.action == RESTORE:
            return {"status": self.before or self.now() or NEW}
        if row.action == 0 and row.option in READ:
            return self.field(row.option, row.value.get("new_value"))
        name = PEOPLE.get(row.option)
        if row.action in (ADD, REMOVE) and name in self.there:
            return self.moved(name, row)
        if row.action not in (SUBITEM, CREATE):
            self.left_out(row, name)
        elif (
            row.action == SUBITEM and (what := _word(row.value.get("itemtype_link"))) not in KNOWN
        ):
            self.tally.left_out[f"added {what}"] += 1
        return {}

    def left_out(self, row: Row, name: str | None) -> None:
        """Count a row that no event can say; a kind that no table knows is met, too."""
        if row.action == 0:
            self.tally.left_out[f"search option {row.option}"] += 1
        elif row.action in (ADD, REMOVE):
            what = name or f"relation {_word(row.value.get('itemtype_link'))}"
            self.tally.left_out[what] += 1
        else:
            said = ACTIONS.get(row.action, "linked action")
            self.tally.left_out[f"{said} ({row.action})"] += 1
            if row.action not in ACTIONS:
                self.tally.met("linked action", str(row.action), "nothing")

    def field(self, option: int, value: object, *, quiet: bool = False) -> dict[str, Any]:
        """Return the field that a search option holds a value of."""
        native = native_in(value)[0]
        if option == STATUS:
            status = self.reader.status(value)
            return {} if status is None else {"status": status}
        if option == PRIORITY:
            return {} if native is None else {"priority": self.reader.priority(int(native))}
        if option == TYPE:
            known = TYPES.get(str(native))
            return {} if known is None else {"type": known}
        if not quiet:
            self.tally.left_out["changed request source"] += 1
            return {}
        channel = self.reader.channel(value)
        return {} if channel is None else {"channel": channel}

    def called(self, name: str, native: str | None, shown: str) -> str:
        """Return what a user or group of a row is called."""
        if native is not None or name == "group":
            return native or shown
        return person_of(self.reader.account, shown) or ""

    def moved(self, name: str, row: Row) -> dict[str, Any]:
        """Add or remove a user or group; the last who was added is the agent."""
        other = _other(row, "new" if row.action == ADD else "old")
        native, there = self.called(name, *other), self.there[name]
        if not native:
            self.tally.left_out[f"{name} without an id"] += 1
            return {}
        if row.action == REMOVE:
            there.pop(native, None)
        elif name == "requester":
            there.setdefault(native, None)
        else:
            there.pop(native, None)
            there[native] = None
        return self.standing(name)

    def standing(self, name: str) -> dict[str, Any]:
        """Return who or which group has the ticket by now."""
        there = self.there[name]
        if name == "requester":
            return {"requester": next(iter(there), None)}
        last = next(reversed(there), None)
        if name == "group":
            return group_of(self.reader.account, last, self.tally)
        return {"agent": last}

    def present(self, replay: Replay) -> None:
        """Compare the ticket as it is with what its history says."""
        if self.item is None:
            return
        told, status = replay.value("status"), self.now()
        last = self.before if told == DELETED else told
        if status is not None and last is not None and last != status:
            native = native_in(self.item.value.get("status"))[0]
            self.tally.cut(self.ticket, "cut_history", f"status {native}")
        deleted = _number(self.item.value.get("is_deleted")) == 1
        if deleted and told != DELETED:
            self.tally.noted.note("since_unknown", None, "is_deleted", ticket=self.ticket)
        for kind, key, name in ASSIGNED:
            for each in self.reader.found.of(self.ticket, kind).values():
                person = person_of(self.reader.account, each.value.get(key))
                now = _number(each.value.get("type")) == ASSIGNED_TO
                if now and person not in (None, *self.there[name]):
                    self.tally.noted.note("since_unknown", None, kind, ticket=self.ticket)


KNOWN = frozenset({FOLLOWUP, SOLUTION, TASK, "TicketFollowup", "TicketSolution"})


def _number(value: object) -> int | None:
    """Return a whole number, or the digits of one; None for anything else."""
    if value.__class__ is not str and isinstance(value, int):
        return int(value) if abs(value) < 10**LONGEST_NUMBER else None
    if isinstance(value, str) and value.isascii() and value.isdecimal():
        return int(value) if len(value) <= LONGEST_NUMBER else None
    return None


def _score(value: Mapping[str, Any]) -> float | None:
    """Return the score of a rating, of 5 where GLPI states it so."""
    for key in ("satisfaction_scaled_to_5", "satisfaction"):
        score = value.get(key)
        if isinstance(score, str):
            try:
                score = float(score[:20])
            except ValueError:
                continue
        if isinstance(score, bool) or not isinstance(score, int | float):
            continue
        if abs(score) < LONGEST_DELAY:  # NaN is not
            return score
    return None


def _other(row: Row, which: str) -> tuple[str | None, str]:
    """Return the id and name of what a row added or removed."""
    native = _number(row.value.get(f"{which}_id"))
    found, name = native_in(row.value.get(f"{which}_value"))
    return (str(native), name) if native else (found, name)


def _word(value: object) -> str:
    fits = isinstance(value, str) and value.isidentifier() and len(value) < PAGE
    return str(value) if fits else "item"
