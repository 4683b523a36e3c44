"""What the documents of Intercom hold: conversations, tickets, parts, webhooks, lists of them.

All that is said of one conversation is put together in a `Case`, whichever document says it and
in whatever order: its own versions, and each part once.

Next: `intercom`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from attrs import Factory, define

from support_model._vocabulary import Status
from support_model.adapters._payloads import Node, Tally, refuse_error

if TYPE_CHECKING:
    from support_model._vocabulary import Category

VENDOR = "intercom"

Part: TypeAlias = "Mapping[str, Any]"
STATUSES: Mapping[str, Status] = MappingProxyType(
    {
        "open": Status("open", "open"),
        "snoozed": Status("snoozed", "pending"),
        "closed": Status("closed", "closed"),
        "submitted": Status("submitted", "new"),
        "in_progress": Status("in_progress", "open"),
        "waiting_on_customer": Status("waiting_on_customer", "pending"),
        "resolved": Status("resolved", "solved"),
    }
)
"""What the states of conversations and the categories of the states of tickets mean."""
CATEGORIES: Mapping[str, Category] = MappingProxyType(
    {
        "submitted": "new",
        "in_progress": "open",
        "waiting_on_customer": "pending",
        "on_hold": "on_hold",
        "resolved": "solved",
    }
)
CONVERSATION_STATES = frozenset({"open", "closed", "snoozed"})
PRIORITY = "priority_changed"
USED_TOPICS = frozenset(
    {
        *("conversation.user.created", "conversation.user.replied", "conversation.admin.replied"),
        *("conversation.admin.single.created", "conversation.admin.assigned"),
        *("conversation.admin.open.assigned", "conversation.admin.noted"),
        *("conversation.admin.closed", "conversation.admin.opened", "conversation.admin.snoozed"),
        *("conversation.admin.unsnoozed", "conversation.operator.replied"),
        *("conversation.rating.added", "conversation.rating.remarked", "conversation.deleted"),
        *("conversation.priority.updated", "ticket.created", "ticket.state.updated"),
        *("ticket.note.created", "ticket.admin.assigned", "ticket.team.assigned"),
        *("ticket.admin.replied", "ticket.contact.replied", "ticket.closed", "ticket.resolved"),
        *("ticket.rating.provided",),
    }
)
CREATIONS = frozenset(
    {"conversation.user.created", "conversation.admin.single.created", "ticket.created"}
)
LISTS = ("conversations", "tickets", "conversation_parts", "ticket_parts", "data")
"""Keys under which a document lists others."""
BESIDE = ("team", "ticket_state", "admin", "contact", "tag", "ticket_type")
HOLDERS = (*LISTS, "part_type", "created_at", "id")
"""Keys of which one holds data, where it is no error of the interface."""
REMEDIES = (
    ("rate_limit", "wait until the instant in the header X-RateLimit-Reset, then ask again"),
    ("rate limit", "wait until the instant in the header X-RateLimit-Reset, then ask again"),
    ("unauthorized", "check the access token and the region of the host that was asked"),
    ("token", "check the access token and the region of the host that was asked"),
    ("plan_restricted", "the plan of the workspace does not allow this call"),
    ("forbidden", "give the app the permission to read conversations and tickets"),
)
MOST_PARTS = 500
"""How many parts one answer holds at the most: the newest."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LAST_SECOND, LAST_DIGITS = 253_402_300_799, 12
LONGEST_ID = 200
DEEPEST = 4
"""Lists of pages of lists: how deep documents stand in one another."""
LAST_NUMBER = 10**20
WORD = re.compile(r"[A-Za-z0-9_.-]{1,60}")


def text_id(value: object) -> str | None:
    """Return an id as text; None for what is none."""
    if isinstance(value, str):
        return value if 0 < len(value) <= LONGEST_ID else None
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < LAST_NUMBER:
        return str(value)
    return None


def instant_of(value: object) -> datetime | None:
    """Return the instant of seconds since 1970, or of a stamp; None for what is neither.

    Example:
        >>> instant_of(1772442000) == instant_of("2026-03-02T10:00:00+01:00")
        True
        >>> instant_of("soon"), instant_of(True), instant_of(1772442000000)
        (None, None, None)
    """
    seconds = value
    if isinstance(value, str):
        if not (value.isascii() and value.isdecimal() and len(value) <= LAST_DIGITS):
            return _of_stamp(value)
        seconds = int(value)
    elif isinstance(value, float) and value.is_integer():
        seconds = int(value)
    if isinstance(seconds, int) and seconds is not True and 0 < seconds <= LAST_SECOND:
        return EPOCH + timedelta(seconds=seconds)
    return None


def _of_stamp(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
        return None if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def inner(value: object) -> Mapping[str, Any]:
    """Return an object inside a document; an empty one where there is none."""
    return value if value.__class__ is dict or isinstance(value, Mapping) else {}


def word_of(value: object) -> str | None:
    """Return a word of the vendor's vocabulary; None for what can be none."""
    return value if isinstance(value, str) and WORD.fullmatch(value) else None


def count_of(value: object) -> int:
    """Return a count; 0 where there is none."""
    return value if isinstance(value, int) and 0 < value < LAST_NUMBER else 0


class Place(NamedTuple):
    """Where a part stands: the list that holds it, and its number there."""

    holder: Node
    number: int

    @property
    def node(self) -> Node:
        """The part, with its path."""
        part = self.holder.value[self.number]
        return Node(VENDOR, part, f"{self.holder.path}[{self.number}]")


class After(NamedTuple):
    """What a webhook says of the state after its newest part."""

    sent: datetime
    state: str
    until: datetime | None


def _sent(after: After) -> tuple[datetime, str, datetime]:
    return after.sent, after.state, after.until or EPOCH


@define
class Case:
    """What all documents say of one conversation or ticket.

    Attributes:
        ticket: its id.
        versions: it itself, as each document has it.
        parts: its parts by id.
        others: further versions of them.
        places: where each was found first.
        after: what webhooks say of the state after a part, the one sent first.
        whole: whether a document claims to hold all parts.
        hooked: whether webhooks tell of it.
        begun: whether a webhook of its creation is there.
        expected: how many parts a document says there are.
        full: whether a document holds as many as one can.
        deleted: when it was deleted.
        is_ticket: whether a document calls it a ticket.
        is_conversation: whether a document calls it a conversation.
    """

    ticket: str
    versions: list[Node] = Factory(list)
    parts: dict[str, Part] = Factory(dict)
    others: dict[str, list[Part]] = Factory(dict)
    places: dict[str, Place] = Factory(dict)
    after: dict[str, After] = Factory(dict)
    whole: bool = False
    hooked: bool = False
    begun: bool = False
    expected: int = 0
    full: bool = False
    deleted: datetime | None = None
    is_ticket: bool = False
    is_conversation: bool = False

    def keep(self, part: Part, place: Place) -> str:
        """Keep a part and return its id; of two versions the one updated later holds."""
        native = text_id(part.get("id")) or _made_id(part)
        earlier = self.parts.get(native)
        if earlier is None:
            self.parts[native] = part
            self.places[native] = place
        elif earlier is not part and earlier != part:
            self.others.setdefault(native, []).append(part)
        return native

    def made(self, native: str) -> datetime:
        """Return when a part was made; the first instant of all where nothing says it."""
        return instant_of(self.parts[native].get("created_at")) or EPOCH

    def settle(self) -> None:
        """Put the versions of each part together, when all are known, whatever came first."""
        for native, versions in self.others.items():
            self.parts[native] = newest([self.parts[native], *versions])
        self.others.clear()

    def told(self) -> Mapping[str, Any]:
        """Return what the newest version says; what it leaves out, an earlier one says."""
        if len(self.versions) == 1:
            return inner(self.versions[0].value)
        return newest([inner(each.value) for each in self.versions])


def number_of(native: str) -> int:
    """Return the number that an id is; ids that are none come after all numbers."""
    return int(native) if native.isascii() and native.isdecimal() else LAST_NUMBER


def _made_id(part: Part) -> str:
    """Return what stands for the id of a part that has none: what tells it from others."""
    shown = (part.get("part_type"), part.get("created_at"), inner(part.get("author")).get("id"))
    return f"without id: {shown!r}"[:LONGEST_ID]


def newest(versions: list[Mapping[str, Any]]) -> dict[str, Any]:
    """Return versions of one thing put together, the one updated last on top."""

    def age(version: Mapping[str, Any]) -> tuple[datetime, int, str]:
        at = instant_of(version.get("updated_at")) or instant_of(version.get("created_at"))
        shown = sorted((str(key), repr(value)) for key, value in version.items())
        return at or EPOCH, sum(map(bool, version.values())), repr(shown)

    told: dict[str, Any] = {}
    for version in sorted(versions, key=age):
        told.update({key: value for key, value in version.items() if value is not None})
    return told


@define
class Found:
    """What the documents of one payload hold.

    Attributes:
        cases: conversations and tickets by id.
        teams: names of teams by id.
        states: what states of tickets mean that the workspace defines itself.
        merged: contacts that became another, by their former id.
    """

    tally: Tally
    cases: dict[str, Case] = Factory(dict)
    teams: dict[str, str] = Factory(dict)
    states: dict[str, Status] = Factory(dict)
    merged: dict[str, str] = Factory(dict)
    _listed: int = 0
    _told: int = 0

    def add(self, node: Node, depth: int = 0) -> None:
        """Take in one document, or a list of documents."""
        value = node.value
        if isinstance(value, list | tuple) and depth < DEEPEST:
            for each in node.items():
                self.add(each, depth + 1)
            return
        if not isinstance(value, Mapping):
            self.tally.unread(node, None, "no document")
            return
        refuse_error(node, () if value.get("type") == "error.list" else HOLDERS, REMEDIES)
        form = form_of(value)
        if form == "list":
            self.list_of(node, depth)
        elif form == "webhook":
            self.webhook(node)
        elif form == "part":
            self.part(node)
        elif form == "beside":
            self.beside(node)
        else:
            self.thing(node)

    def list_of(self, node: Node, depth: int) -> None:
        """Take in what a document lists."""
        doc = node.mapping()
        known = False
        for key in (*LISTS, "teams", "ticket_states", "admins", "contacts"):
            inside = doc.get(key)
            if isinstance(inside, list | tuple | Mapping) and depth < DEEPEST:
                known = True
                path = f"{node.path}.{key}".lstrip(".")
                self.add(Node(VENDOR, inside, path), depth + 1)
        if not known:
            self.tally.left_out["document of another kind"] += 1
        if "conversations" in doc or "tickets" in doc:
            self._listed = max(self._listed, count_of(doc.get("total_count")))

    def beside(self, node: Node) -> None:
        """Take in a team or a state of tickets; other things say nothing of a ticket."""
        doc = node.mapping()
        native, kind = text_id(doc.get("id")), doc["type"]
        if kind == "team" and native is not None and isinstance(doc.get("name"), str):
            self.teams[native] = doc["name"] or native
        elif kind == "ticket_state" and native is not None:
            label, category = doc.get("internal_label"), doc.get("category")
            if isinstance(category, str) and category in CATEGORIES:
                self.states[native] = declared(label, category)

    def case(self, node: Node, native: str | None) -> Case | None:
        """Return the case of an id; None, and a finding, where there is no id."""
        if native is None:
            self.tally.unread(node, None, "no id of a conversation")
            return None
        return self.cases.setdefault(native, Case(native))

    def thing(self, node: Node, topic: str | None = None) -> Case | None:
        """Take in a conversation or a ticket."""
        doc = node.mapping()
        case = self.case(node, text_id(doc.get("id")) or text_id(doc.get("conversation_id")))
        if case is None:
            return None
        case.versions.append(node)
        ticket = doc.get("type") == "ticket" or (
            "ticket_parts" in doc and "conversation_parts" not in doc
        )
        case.is_ticket |= ticket
        case.is_conversation |= not ticket
        added: list[str] = []
        for key in ("conversation_parts", "ticket_parts"):
            added += self.parts(node, key, case, whole=topic is None)
        if topic is not None:
            self.hooked(case, doc, topic, added)
        return case

    def parts(self, node: Node, key: str, case: Case, *, whole: bool) -> list[str]:
        """Take in the parts of a conversation and return their ids."""
        holder = node.get(key)
        if holder is None:
            return []
        total = 0
        if isinstance(holder.value, Mapping):
            total = count_of(holder.value.get("total_count"))
            inside = holder.get(key) or holder.get("data")
            if inside is None and not total:
                inside = Node(VENDOR, [], holder.path)
            holder = inside or holder
        if not isinstance(holder.value, list | tuple):
            self.tally.unread(holder, None, "no list of parts")
            return []
        added = []
        for number, part in enumerate(holder.value):
            place = Place(holder, number)
            if part.__class__ is dict or isinstance(part, Mapping):
                added.append(case.keep(part, place))
            else:
                self.tally.unread(place.node, case.ticket, "no part")
        if whole:
            case.whole = True
            case.full |= len(added) >= MOST_PARTS
            case.expected = max(case.expected, total)
        self._told += 1
        return added

    def part(self, node: Node) -> None:
        """Take in a part that stands alone, with the id of its conversation."""
        doc = node.mapping()
        native = text_id(doc.get("conversation_id")) or text_id(doc.get("ticket_id"))
        case = self.case(node, native)
        if case is not None:
            case.keep(doc, Place(Node(VENDOR, [doc], node.path), 0))
            self._told += 1

    def webhook(self, node: Node) -> None:
        """Take in a notification; one of a topic that says nothing here is counted."""
        doc = node.mapping()
        topic = word_of(doc.get("topic"))
        data = inner(doc.get("data"))
        item = data.get("item")
        if topic is None or not isinstance(item, Mapping):
            self.tally.unread(node, None, "a webhook without topic or data.item")
            return
        if topic == "contact.merged":
            former, now = (
                text_id(inner(item.get("merged_from")).get("id")),
                text_id(item.get("id")),
            )
            if former is not None and now is not None:
                self.merged[former] = now
        if topic not in USED_TOPICS:
            self.tally.left_out[f"topic {topic}"] += 1
            return
        case = self.thing(_thing_of(node, item), topic)
        if case is not None and topic == "conversation.deleted":
            case.deleted = instant_of(doc.get("created_at"))
            self._told += 1
        elif case is not None and topic == "conversation.priority.updated":
            self.priority(case, node)

    def priority(self, case: Case, node: Node) -> None:
        """Take in that the priority changed, where no part says so."""
        parts = (case.parts[each] for each in case.parts)
        if not any(str(part.get("part_type")).startswith(PRIORITY) for part in parts):
            doc = node.mapping()
            made = {
                "id": doc.get("id"),
                "part_type": PRIORITY,
                "created_at": doc.get("created_at"),
            }
            case.keep(made, Place(Node(VENDOR, [made], node.path), 0))

    def hooked(self, case: Case, doc: Mapping[str, Any], topic: str, added: list[str]) -> None:
        """Take in what a webhook tells beside the newest part."""
        case.hooked = True
        case.begun |= topic in CREATIONS
        self._told += 1
        state = word_of(doc.get("state"))
        if state in CONVERSATION_STATES and added:
            last = max(added, key=lambda each: (case.made(each), number_of(each), each))
            sent = instant_of(doc.get("updated_at")) or EPOCH
            after = After(sent, state, instant_of(doc.get("snoozed_until")))
            earlier = case.after.get(last, after)
            case.after[last] = min(earlier, after, key=_sent)

    def must_have_parts(self, pages: list[Node]) -> None:
        """Refuse a payload that tells nothing, or lists conversations without their parts.

        Raises:
            AdapterError: it does.
        """
        if not pages:
            return
        if not self.cases:
            pages[0].refuse(
                "no conversation and no ticket",
                "ask for GET /conversations/{id} or GET /tickets/{id}",
            )
        if self._told == 0:
            ticket = all(each.is_ticket for each in self.cases.values())
            key, call = ("ticket_parts", "GET /tickets/{id}")
            if not ticket:
                key, call = ("conversation_parts", "GET /conversations/{id}")
            first = next(iter(self.cases.values())).versions[0]
            first.refuse(
                f"no {key}: a list or a search says nothing of replies and closes",
                f"ask for {call} for each id in the list",
            )
        held = sum(bool(each.versions) for each in self.cases.values())
        if self._listed > held:
            problem = f"total_count is {self._listed}, and {held} are there"
            self.tally.noted.note("more_pages", None, problem)


def form_of(doc: Mapping[str, Any]) -> str:
    """Return what kind of document it is: a webhook, a thing, a part, beside them, or a list."""
    kind = doc.get("type")
    if kind == "notification_event" or ("topic" in doc and "data" in doc):
        return "webhook"
    if kind in ("conversation", "ticket") or _has_parts(doc):
        return "thing"
    if kind in ("conversation_part", "ticket_part") or "part_type" in doc:
        return "part"
    return "beside" if kind in BESIDE else "list"


def _thing_of(node: Node, item: Mapping[str, Any]) -> Node:
    """Return the conversation or ticket of a webhook, which is its item or stands in it."""
    for key in ("conversation", "ticket"):
        if isinstance(item.get(key), Mapping) and not _has_parts(item):
            return Node(VENDOR, item[key], f"{node.path}.data.item.{key}".lstrip("."))
    return Node(VENDOR, item, f"{node.path}.data.item".lstrip("."))


def _has_parts(doc: Mapping[str, Any]) -> bool:
    """Tell whether a document is a conversation or a ticket, whatever it calls itself."""
    own = "created_at" in doc or "conversation_id" in doc
    return own and "id" in doc and ("conversation_parts" in doc or "ticket_parts" in doc)


def declared(label: object, category: str) -> Status:
    """Return a state of tickets; one that is called as its category is is the vendor's own."""
    plain = label.strip().casefold().replace(" ", "_") if isinstance(label, str) else category
    if plain == category or not isinstance(label, str) or not label.strip():
        return STATUSES.get(category, Status(category, CATEGORIES[category]))
    return Status(label.strip(), CATEGORIES[category])
