"""What the documents of GLPI hold: tickets, their sub-items and rows of their history, each once.

A document is an answer of the REST API (one item, a list of items, an answer of `/search`), or an
object that holds several of them by the name of their type. An item tells what it is by its keys,
so pages need no names. Of two editions of an item the later updated one holds.

Sources: GLPI REST API documentation (apirest.md); `Log`, `ITILFollowup`, `ITILSolution`.
"""

from __future__ import annotations

import json
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from attrs import Factory, define

from support_model.adapters._boards import LONGEST_WORD, native_id
from support_model.adapters._payloads import Node, refuse_error

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from support_model.adapters._payloads import Tally

VENDOR: Final = "glpi"
MEANT: Final = (
    "ask for GET /apirest.php/Ticket/{id}?with_logs=true and its sub-items, "
    "/Ticket/{id}/ITILFollowup and so on"
)
PAGE: Final = 50
"""How many items an answer holds unless another range is asked for."""
TICKET, LOG, FOLLOWUP, SOLUTION, TASK = (
    "Ticket",
    "Log",
    "ITILFollowup",
    "ITILSolution",
    "TicketTask",
)
TICKET_USER, GROUP_TICKET, SURVEY = "Ticket_User", "Group_Ticket", "TicketSatisfaction"
HOLDERS: Mapping[str, str] = MappingProxyType(
    {
        **{kind: kind for kind in (TICKET, LOG, FOLLOWUP, SOLUTION, TASK)},
        **{kind: kind for kind in (TICKET_USER, GROUP_TICKET, SURVEY)},
        **dict.fromkeys(("ticket", "tickets", "Tickets"), TICKET),
        **dict.fromkeys(("_logs", "log", "logs", "Logs"), LOG),
        **dict.fromkeys(("TicketFollowup", "followups", "_followups"), FOLLOWUP),
        **dict.fromkeys(("solutions", "TicketSolution"), SOLUTION),
        **dict.fromkeys(("tasks", "_tasks"), TASK),
        "Group": "Group",
        "groups": "Group",
    }
)
"""Keys under which an object holds items, and what these are."""
WITHIN: Final = frozenset(key for key, kind in HOLDERS.items() if kind != "Ticket")
"""Of these keys the ones that a ticket itself may have."""
OWN: Final = (FOLLOWUP, SOLUTION, TICKET_USER, GROUP_TICKET, "TicketTask", "TicketFollowup")
"""Keys that no other system has."""
SIGNS: tuple[tuple[str, frozenset[str], frozenset[str]], ...] = (
    (LOG, frozenset({"linked_action", "date_mod"}), frozenset()),
    (SURVEY, frozenset({"date_answered", "tickets_id"}), frozenset()),
    (SOLUTION, frozenset({"content"}), frozenset({"solutiontypes_id", "users_id_approval"})),
    (TASK, frozenset({"is_private"}), frozenset({"actiontime", "users_id_tech"})),
    (FOLLOWUP, frozenset({"is_private", "content"}), frozenset({"items_id", "tickets_id"})),
    (TICKET_USER, frozenset({"tickets_id", "users_id", "type"}), frozenset()),
    (GROUP_TICKET, frozenset({"tickets_id", "groups_id", "type"}), frozenset()),
    (
        TICKET,
        frozenset({"id", "status", "date"}),
        frozenset({"users_id_recipient", "takeintoaccount_delay_stat", "itilcategories_id"})
        | {"urgency", "_logs"},
    ),
    ("Group", frozenset({"completename", "groups_id"}), frozenset({"is_assign", "is_requester"})),
)
"""What tells the kind of an item: keys that all are there, and keys of which one is."""
SEARCHED: Mapping[str, str] = MappingProxyType(
    {"2": "id", "12": "status", "3": "priority", "14": "type", "15": "date", "17": "solvedate"}
    | {"16": "closedate", "19": "date_mod", "9": "requesttypes_id"}
)
"""Columns of an answer of `/search/Ticket`, which are numbers of search options."""
ITEMS: Final = 2
NOTHING: Mapping[str, Any] = MappingProxyType({})
REMEDIES: Final = (
    ("session_token", "begin a new session with GET /apirest.php/initSession"),
    ("app_token", "send the App-Token of the API client"),
    ("right_missing", "ask with a user whose profile may read tickets and their history"),
    ("not_found", "check the id, and the entities that the session may see"),
    ("range", "ask for a range within the total, such as range=0-49"),
    ("login", "check the user token, and that its profile may use the API"),
)
"""What to do about an error, by a word in its code."""


class Item(NamedTuple):
    """One item of a payload: its keys and values, where it stands, and of which ticket it is."""

    value: Mapping[str, Any]
    path: str
    ticket: str | None

    def node(self) -> Node:
        """The same as a node, for a finding."""
        return Node(VENDOR, self.value, self.path)


@define
class Found:
    """What the documents of one payload hold.

    Attributes:
        tally: where what cannot be read is noted.
        tickets: as they are now, by id.
        parts: by ticket and kind, each once.
        groups: what groups are called, by id.
        full: whether all pages of a kind, or of the history of one ticket, are full ones.
    """

    tally: Tally
    tickets: dict[str, Item] = Factory(dict)
    parts: dict[str, dict[str, dict[str, Item]]] = Factory(dict)
    groups: dict[str, str] = Factory(dict)
    full: dict[tuple[str, str], bool] = Factory(dict)
    total: int = 0
    strange: list[Node] = Factory(list)

    def of(self, ticket: str, kind: str) -> dict[str, Item]:
        """Return the items of one kind of a ticket."""
        return self.parts.get(ticket, {}).get(kind, {})

    def add(self, page: Node) -> None:
        """Keep what a document holds."""
        refuse_answer(page)
        self._document(page.value, page.path, 0)

    def _document(self, value: Any, path: str, deep: int) -> None:  # noqa: ANN401 - JSON types
        if isinstance(value, list | tuple) and deep <= ITEMS:
            self._listed(value, path, deep)
        elif not isinstance(value, dict):
            self.strange.append(Node(VENDOR, value, path))
        elif kind := kind_of(value):
            self._item(kind, value, path, None)
        elif rows := searched(value):
            total = value.get("totalcount")
            self.total = max(self.total, total if total.__class__ is int else 0)
            self._items(TICKET, rows, f"{path}.data".lstrip("."), None)
        elif not self._held(value, path, None):
            self.strange.append(Node(VENDOR, value, path))

    def _listed(self, values: Sequence[Any], path: str, deep: int) -> None:
        """Keep the items of a list; mostly they are of one kind."""
        kinds = {kind_of(each) if isinstance(each, dict) else "" for each in values}
        kind = kinds.pop() if len(kinds) == 1 else ""
        if kind:
            self._items(kind, values, path, None)
            return
        for number, each in enumerate(values):
            self._document(each, f"{path}[{number}]", deep + 1)

    def _held(self, value: Mapping[str, Any], path: str, ticket: str | None) -> bool:
        """Keep the items that an object holds by name, and return whether there are any."""
        kinds = [(key, kind) for key, kind in HOLDERS.items() if value.get(key) is not None]
        if ticket is None:
            ticket = _sole(value)
        for key, kind in kinds:
            self._items(kind, value[key], f"{path}.{key}".lstrip("."), ticket)
        if kinds:
            for key, rest in value.items():
                if key not in HOLDERS and isinstance(rest, list) and rest:
                    self.tally.left_out[_kind_word(key)] += len(rest)
        return bool(kinds)

    def _items(self, kind: str, held: Any, path: str, ticket: str | None) -> None:  # noqa: ANN401 - JSON types
        """Keep items: a list, an object of items by their ids, or one item."""
        if isinstance(held, dict):
            inside = [each for each in held.values() if isinstance(each, dict)]
            by_id = "id" not in held and bool(inside) and len(inside) == len(held)
            held = inside if by_id else [held]
        if not isinstance(held, list | tuple):
            self.tally.unread(Node(VENDOR, held, path), ticket, f"no list of {kind}")
            return
        of = {self._item(kind, each, f"{path}[{n}]", ticket) for n, each in enumerate(held)}
        filled = bool(held) and len(held) % PAGE == 0
        if kind == TICKET:
            self._paged(kind, "", filled=filled)
        elif len(of) == 1:
            self._paged(kind, str(of.pop()), filled=filled)

    def _paged(self, kind: str, ticket: str, *, filled: bool) -> None:
        """Remember whether all pages are as long as an answer is."""
        self.full[kind, ticket] = self.full.get((kind, ticket), True) and filled

    def _item(self, kind: str, value: Any, path: str, ticket: str | None) -> str | None:  # noqa: ANN401 - JSON types
        """Keep an item with its ticket, and return which it is."""
        if value.__class__ is not dict:
            self.tally.unread(Node(VENDOR, value, path), ticket, "no object")
            return None
        if kind == TICKET:
            return self._ticket(value, path)
        if kind == "Group":
            native, name = native_id(value.get("id")), value.get("completename", value.get("name"))
            if native is not None and isinstance(name, str) and name:
                self.groups[native] = name[:LONGEST_WORD]
            return None
        itemtype = value.get("itemtype", TICKET)
        if itemtype != TICKET and itemtype not in ("", None):
            self.tally.left_out[f"{kind} of another type of item"] += 1
            return None
        own = _ticket_of(value) or ticket
        if own is None:
            self.tally.unread(Node(VENDOR, value, path), None, f"a {kind} of no ticket")
            return None
        self._keep(own, kind, Item(value, path, own))
        return own

    def _ticket(self, value: Mapping[str, Any], path: str) -> str | None:
        native = id_of(value)
        if native is None:
            self.tally.unread(Node(VENDOR, value, path), None, "a ticket without its id")
        else:
            item, earlier = Item(value, path, native), self.tickets.get(native)
            self.tickets[native] = item if earlier is None else later(earlier, item)
        self._inside(value, path, native)
        return native

    def _inside(self, value: Mapping[str, Any], path: str, ticket: str | None) -> None:
        """Keep what stands within a ticket."""
        for key in WITHIN & value.keys():
            if value[key] is not None:
                self._items(HOLDERS[key], value[key], f"{path}.{key}", ticket)

    def _keep(self, ticket: str, kind: str, item: Item) -> None:
        kept = self.parts.setdefault(ticket, {}).setdefault(kind, {})
        native = id_of(item.value) or canonical(item.value)
        earlier = kept.get(native)
        kept[native] = item if earlier is None else later(earlier, item)


def refuse_answer(page: Node) -> None:
    """Raise `AdapterError` for an error of the API, which is a list of a code and its words."""
    value = page.value
    if isinstance(value, list) and len(value) in (1, ITEMS) and is_error(value[0]):
        words = [each for each in value if isinstance(each, str)]
        page = Node(VENDOR, {"error": words}, page.path)
    elif isinstance(value, dict) and is_error(value.get("status")):
        page = Node(VENDOR, {"error": [value["status"], value.get("title")]}, page.path)
    if isinstance(page.value, dict):
        refuse_error(page, HOLDERS, REMEDIES)


def is_error(value: object) -> bool:
    """Return whether a text is the code of an error of the API.

    Example:
        >>> is_error("ERROR_SESSION_TOKEN_INVALID"), is_error("Error 7")
        (True, False)
    """
    return isinstance(value, str) and value.startswith("ERROR") and value.isupper()


def kind_of(item: Mapping[str, Any]) -> str:
    """Return what an item is, by its keys; "" where none tells it."""
    keys = item.keys()
    for kind, every, one in SIGNS:
        if every <= keys and (not one or not one.isdisjoint(keys)):
            return kind
    return ""


def searched(value: Mapping[str, Any]) -> list[Any]:
    """Return the rows of an answer of `/search/Ticket`, under the names of a ticket's fields."""
    rows = value.get("data")
    if "totalcount" not in value or not isinstance(rows, list | dict):
        return []
    found = [*rows.values()] if isinstance(rows, dict) else rows
    if not any(isinstance(each, dict) and {"2", "12"} <= each.keys() for each in found):
        return []
    return [_row(each) if isinstance(each, dict) else each for each in found]


def _row(row: Mapping[str, Any]) -> dict[str, Any]:
    return {SEARCHED[key]: each for key, each in row.items() if key in SEARCHED}


def _sole(value: Mapping[str, Any]) -> str | None:
    """Return the one ticket of an object that holds items by name."""
    held = next((value[key] for key in ("ticket", TICKET) if value.get(key) is not None), None)
    if isinstance(held, list) and len(held) == 1:
        held = held[0]
    return native_id(held.get("id")) if isinstance(held, dict) else None


def id_of(value: Mapping[str, Any], key: str = "id") -> str | None:
    """Return a native id of an item as text, None where it has none."""
    native = value.get(key)
    if native.__class__ is int and 0 <= native < 10**15:
        return str(native)
    return native_id(native)


def _ticket_of(value: Mapping[str, Any]) -> str | None:
    """Return which ticket an item names; where names stand for ids, a link holds the id."""
    for key in ("tickets_id", "items_id"):
        native = value.get(key)
        if native.__class__ is int or (native.__class__ is str and native.isdecimal()):
            return id_of(value, key)
    links = value.get("links")
    for each in links if isinstance(links, list) else ():
        if isinstance(each, dict) and each.get("rel") == TICKET:
            return native_id(str(each.get("href")).rpartition("/")[2])
    return None


def later(one: Item, other: Item) -> Item:
    """Return the later updated of two editions of an item."""
    if one.value == other.value:
        return one
    return max(one, other, key=lambda item: (_age(item.value), canonical(item.value)))


def _age(value: Mapping[str, Any]) -> str:
    return max(str(value.get(key) or "") for key in ("date_mod", "date_answered"))


def canonical(value: object) -> str:
    """Return a value as text that is the same for equal values, whatever the order of keys."""
    try:
        return json.dumps(value, sort_keys=True, default=str)
    except (TypeError, ValueError, RecursionError):
        return repr(value)


def _kind_word(key: object) -> str:
    return key[:LONGEST_WORD] if isinstance(key, str) and key.isidentifier() else "another list"


def in_order(natives: Any) -> Iterator[str]:  # noqa: ANN401 - any iterable of ids
    """Yield native ids in order, numbers by what they count."""
    yield from sorted(natives, key=lambda each: (len(each), each))
