"""What the documents of Freshdesk hold: tickets, conversations and so on, each item once.

A document is an answer of the API, an event of an app, a file of the activities export or of the
account export, or an object that holds several of them by name. An item tells what it is by its
keys, so pages need no names. Of two editions of an item the later updated one holds.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from attrs import Factory, define

from support_model.adapters._payloads import Node

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from support_model.adapters._payloads import Tally

VENDOR = "freshdesk"
WHERE = "ask for GET /api/v2/tickets/{id}?include=stats,conversations"
HOLDERS: Mapping[str, str] = MappingProxyType(
    {
        "ticket": "ticket",
        "tickets": "ticket",
        "results": "ticket",
        "helpdesk_ticket": "ticket",
        "conversations": "conversation",
        "notes": "conversation",
        "satisfaction_ratings": "rating",
        "time_entries": "time entry",
        "activities_data": "activity",
        "events": "app event",
        "agents": "agent",
        "groups": "group",
        "contacts": "contact",
        "ticket_fields": "ticket field",
        "business_hours": "business hours",
        "sla_policies": "SLA policy",
    }
)
"""Keys under which an object holds items, and what these are."""
INSIDE = ("conversations", "notes", "satisfaction_ratings", "time_entries")
"""Of these the ones that a ticket itself may hold."""
BESIDE = frozenset({"companies", "products", "roles", "surveys", "email_configs"})
WRAPPED = ("helpdesk_ticket", "note", "satisfaction_rating", "time_entry", "agent", "group")
"""Older answers and the account export hold each item under a name."""
PAGED = frozenset({"ticket", "conversation", "rating", "time entry"})
PAGES = (30, 100)
"""How many items a page holds at most: by default, and if asked for."""
EMBEDDED = 10
"""How many conversations `include=conversations` gives at most."""
LONGEST_ID = 64

Item: TypeAlias = "Mapping[str, Any]"


class Batch(NamedTuple):
    """Items of one kind that stand together in a document.

    Attributes:
        values: the items; anything may be among them.
        page: the document.
        key: where in it, ".conversations"; an item of a list stands behind it by its number.
        ticket: the ticket that they stand in, if they stand in one.
        alone: whether this is one item, which has no number.
    """

    values: Sequence[Any]
    page: Node
    key: str = ""
    ticket: str | None = None
    alone: bool = False

    def place(self, number: int) -> str:
        """Return where an item stands."""
        return self.key if self.alone else f"{self.key}[{number}]"

    def node(self, number: int) -> Node:
        """Return an item as a node, for a finding."""
        path = f"{self.page.path}{self.place(number)}"
        return Node(VENDOR, self.values[number], path if self.page.path else path.lstrip("."))


def native(value: object) -> str | None:
    """Return an id, a whole number or a word, as text; None for anything else.

    Example:
        >>> native(7), native("7"), native(True), native("Cleo Marsh")
        ('7', '7', None, None)
    """
    if value.__class__ is int:
        return str(value) if -(10**20) < value < 10**20 else None
    if isinstance(value, str) and 0 < len(value) <= LONGEST_ID:
        return value if value.isascii() and value.replace("-", "").isalnum() else None
    return None


SIGNS: tuple[tuple[str, frozenset[str], frozenset[str]], ...] = (
    ("conversation", frozenset({"incoming", "private"}), frozenset({"user_id", "source"})),
    ("activity", frozenset({"performed_at", "activity"}), frozenset()),
    ("app event", frozenset({"event", "data"}), frozenset()),
    ("ticket", frozenset({"requester_id"}), frozenset({"responder_id", "status"})),
    ("ticket", frozenset({"id", "status"}), frozenset({"stats", "conversations"})),
    ("rating", frozenset({"survey_id", "ticket_id"}), frozenset()),
    ("time entry", frozenset({"time_spent", "ticket_id"}), frozenset()),
    ("SLA policy", frozenset({"sla_target"}), frozenset()),
    ("business hours", frozenset({"time_zone"}), frozenset({"working_hours", "business_hours"})),
    ("agent", frozenset({"contact", "id"}), frozenset()),
    ("group", frozenset({"name"}), frozenset({"auto_ticket_assign", "unassigned_for"})),
    ("ticket field", frozenset({"label", "customers_can_edit"}), frozenset()),
    ("contact", frozenset({"name"}), frozenset({"view_all_tickets", "other_emails"})),
)
"""What tells the kind of an item: keys that all are there, and keys of which one is."""


def kind_of(item: Item) -> str:
    """Return what an item is, by its keys; "" where none tells it."""
    keys = item.keys()
    for kind, every, one in SIGNS:
        if every <= keys and (not one or not one.isdisjoint(keys)):
            return kind if kind != "app event" or str(item["event"]).startswith("on") else ""
    return ""


def unwrapped(item: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the item that an older answer holds under its name."""
    if len(item) == 1:
        key = next(iter(item))
        inner = item[key]
        if key in WRAPPED and isinstance(inner, Mapping):
            return inner
    return item


@define
class Shapes:
    """What the documents of one payload hold.

    Attributes:
        tally: where what cannot be read is noted.
        batches: all items, by kind.
        full: whether all pages of a kind, and of conversations of a ticket, hold as many items
            as a page can.
        embedded: how many conversations a ticket came with.
        paged: the tickets of which there are pages of conversations, or all of them.
        total: how many tickets a search says that there are.
        counts: how many activities a file says that it holds, by what it says of its time.
    """

    tally: Tally
    batches: dict[str, list[Batch]] = Factory(dict)
    full: dict[tuple[str, str | None], bool] = Factory(dict)
    embedded: dict[str, int] = Factory(dict)
    paged: set[str] = Factory(set)
    total: int = 0
    counts: dict[tuple[str, str], int] = Factory(dict)

    def of(self, kind: str) -> list[Batch]:
        """Return the batches of a kind."""
        return self.batches.get(kind, [])

    def each(self, kind: str) -> Iterator[tuple[Batch, int, Item]]:
        """Yield each item of a kind that is an object, with its place; note what is none."""
        for batch in self.of(kind):
            for number, value in enumerate(batch.values):
                if value.__class__ is dict or isinstance(value, Mapping):
                    yield batch, number, unwrapped(value) if len(value) == 1 else value
                else:
                    self.tally.unread(batch.node(number), batch.ticket, "no object")

    def add(self, page: Node) -> None:
        """Keep what a document holds; note one that holds nothing known."""
        value = page.value
        if isinstance(value, list | tuple):
            self._listed(value, page)
        elif not isinstance(value, Mapping):
            self.tally.unread(page, None, "no object")
        elif kind := kind_of(unwrapped(value)):
            self._put(kind, Batch([value], page, alone=True))
        elif not self._held(value, page):
            self.tally.unread(page, None, "an object of nothing that is known")

    def _listed(self, values: Sequence[Any], page: Node) -> None:
        """Keep the items of a list; mostly they are of one kind."""
        kinds = [
            kind_of(unwrapped(each)) if isinstance(each, Mapping) else None for each in values
        ]
        known = {kind for kind in kinds if kind}
        if len(known) == 1 and len({*kinds}) == 1:
            kind = known.pop()
            self._put(kind, Batch(values, page))
            self._counted(kind, values)
            return
        for number, (told, each) in enumerate(zip(kinds, values, strict=True)):
            one = Batch([each], page, f"[{number}]", alone=True)
            if told:
                self._put(told, one)
            elif _is_page(each):
                self._listed(each, Node(VENDOR, each, f"{page.path}[{number}]"))
            elif told is None:
                self.tally.unread(one.node(0), None, "no object")
            elif not self._held(each, page, f"[{number}]"):
                self.tally.left_out["item of no known kind"] += 1

    def _held(self, value: Item, page: Node, place: str = "") -> bool:
        """Keep the items that an object holds by name, and return whether there are any."""
        seen = False
        for key, kind in HOLDERS.items():
            held = value.get(key)
            if held is None:
                continue
            seen = True
            if isinstance(held, list | tuple):
                self._put(kind, Batch(held, page, f"{place}.{key}"))
                self._counted(kind, held)
            else:
                self._put(kind, Batch([held], page, f"{place}.{key}", alone=True))
        for key in BESIDE & value.keys():
            self.tally.left_out[key] += 1
        if seen:
            self._says(value)
        return seen

    def _says(self, value: Item) -> None:
        """Keep what an answer or a file says of its own length."""
        total, about = value.get("total"), value.get("metadata")
        if total.__class__ is int and "results" in value:
            self.total = max(self.total, total)
        if isinstance(about, Mapping):
            count = about.get("activities_count")
            window = str(about.get("start_at")), str(about.get("end_at"))
            self.counts[window] = count if isinstance(count, int) else 0

    def _put(self, kind: str, batch: Batch) -> None:
        self.batches.setdefault(kind, []).append(batch)
        if kind != "ticket":
            return
        for number, each in enumerate(batch.values):
            if isinstance(each, Mapping):
                self._inside(unwrapped(each), batch, number)

    def _inside(self, item: Item, batch: Batch, number: int) -> None:
        """Keep what stands within a ticket."""
        for key in INSIDE:
            held = item.get(key)
            if isinstance(held, list | tuple):
                ticket = ticket_id(item)
                place = f"{batch.place(number)}.{key}"
                self._put(HOLDERS[key], Batch(held, batch.page, place, ticket))
                if key == "conversations" and ticket is not None:
                    self.embedded[ticket] = max(len(held), self.embedded.get(ticket, 0))
                if key == "notes" and ticket is not None:
                    self.paged.add(ticket)

    def _counted(self, kind: str, held: Iterable[Any]) -> None:
        """Remember whether a page is as long as a page can be, of what may go on."""
        if kind not in PAGED:
            return
        rows = [unwrapped(each) for each in held if isinstance(each, Mapping)]
        if not rows:
            return
        of = {native(each.get("ticket_id")) for each in rows} if kind == "conversation" else {None}
        self.paged.update(ticket for ticket in of if ticket is not None)
        if len(of) == 1:
            key = kind, of.pop()
            self.full[key] = self.full.get(key, True) and len(rows) in PAGES


def _is_page(value: object) -> bool:
    """Tell whether an item of a list is itself a page of items."""
    return isinstance(value, list | tuple) and all(isinstance(each, Mapping) for each in value)


def ticket_id(item: Item) -> str | None:
    """Return the number of a ticket; the account export calls it `display_id`."""
    number = item.get("display_id")
    return native(item.get("id") if number is None else number)


def in_order(several: Sequence[Item]) -> Sequence[Item]:
    """Return the editions of one item from the first to the last, equal ones once."""
    if len(several) == 1:
        return several
    by_age: dict[str, list[Item]] = {}
    for item in several:
        by_age.setdefault(_age(item), []).append(item)
    return [item for age in sorted(by_age) for item in _different(by_age[age])]


def _different(several: list[Item]) -> Sequence[Item]:
    """Return editions of one age, equal ones once, in an order of their own."""
    first = several[0]
    if all(item is first or item == first for item in several):
        return several[:1]
    texts = {canonical(item): item for item in several}
    return [texts[text] for text in sorted(texts)]


def later(one: Item, other: Item) -> Item:
    """Return the later updated of two editions of an item."""
    return one if one == other else in_order([one, other])[-1]


def _age(item: Item) -> str:
    return str(item.get("updated_at") or "")


def canonical(value: object) -> str:
    """Return a value as text that is the same for equal values, whatever the order of keys."""
    try:
        return json.dumps(value, sort_keys=True, default=str)
    except (TypeError, ValueError, RecursionError):
        return repr(value)
