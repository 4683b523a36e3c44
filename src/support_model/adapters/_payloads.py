"""Payloads of other systems: read with the path at hand, turned into numbered logs.

A `Node` is a value and where it stands, so that whatever is missing or mangled is an
`AdapterError` that names the place. What an adapter makes of a payload is an `EventLog`: the
events, the values that no table knew (each also warned of, once), and what the ten events
have no place for, counted. Nothing is dropped without one of the three.
"""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from math import isfinite
from typing import TYPE_CHECKING, Any, NoReturn

from attrs import Factory, define

from support_model._findings import Findings
from support_model._frozen import frozen, owned
from support_model.adapters._drafts import Drafts
from support_model.adapters._event_logs import EVERY, EventLog, by_ticket, fields_of
from support_model.errors import AdapterError, NaiveDatetime, UnknownVendorValue
from support_model.events import in_order

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from support_model.adapters._event_logs import StatedFigure
    from support_model.events import Event

__all__ = [
    "Tally",
    "masked",
]

LONGEST_NUMBER = 20
LONGEST_TEXT = 200
LONGEST_SHOWN = 40
ERRORS = ("error", "errors", "odata.error", "description", "message", "details")
CHECK = "correct the request and ask again; asking for other data is no remedy"
REMEDIES = (
    ("ratelimit", "wait as long as the header Retry-After says, then ask again"),
    ("rate limit", "wait as long as the header Retry-After says, then ask again"),
    ("exceeded the limit", "wait as long as the header Retry-After says, then ask again"),
    ("too many", "wait as long as the header Retry-After says, then ask again"),
    ("authenticat", "check the token, and that its user may read tickets"),
    ("logged in", "check the token, and that its user may read tickets"),
    ("not authorized", "check the token, and that its user may read tickets"),
    ("unauthorized", "check the token, and that its user may read tickets"),
    ("forbidden", "check the token, and that its user may read tickets"),
    ("not found", "check the name or id that was asked for"),
    ("notfound", "check the name or id that was asked for"),
    ("не найден", "check the name or id that was asked for"),
)
"""What to do about an error, by a word in it."""
MORE = ("next_page", "after_url", "odata.nextLink", "@odata.nextLink", "nextLink")
ENDS = ("end_of_stream",)
COUNTS = ("count", "odata.count", "@odata.count")


@frozen
class Page:
    """One document of a payload, such as a file of an export or one answer of an interface.

    Attributes:
        name: what errors call it: "page2.json"; in an export of several files it is the path
            inside the export.
        value: its parsed JSON.

    Example:
        >>> Page("help-it/2026-03-28.json", []).name
        'help-it/2026-03-28.json'
    """

    name: str
    value: Any


def pages_of(vendor: str, payloads: object) -> list[Node]:
    """Return the documents of a payload as nodes: one document, or a list of documents or pages.

    Example:
        >>> [page.path for page in pages_of("x", [Page("a.json", {}), {"rows": []}])]
        ['a.json', '[1]']
    """
    if isinstance(payloads, Page):
        return [Node(vendor, payloads.value, payloads.name)]
    if isinstance(payloads, list | tuple):
        return [
            Node(vendor, each.value, each.name)
            if isinstance(each, Page)
            else Node(vendor, each, f"[{number}]")
            for number, each in enumerate(payloads)
        ]
    return [Node(vendor, payloads)]


def masked(value: object) -> object:
    """Return a value of a payload as a message may show it: the form of a text, not its words.

    Example:
        >>> masked("28.03.2026 9:05"), masked("Cleo Marsh"), masked([1]), masked(7)
        ('99.99.9999 9:99', 'Xxxx Xxxxx', 'a list', 7)
    """
    if isinstance(value, str):
        shown = "".join(map(_mask, value[:LONGEST_SHOWN]))
        return shown + "..." * (len(value) > LONGEST_SHOWN)
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, list | tuple):
        return "a list"
    return "an object" if isinstance(value, Mapping) else type(value).__name__


def _mask(char: str) -> str:
    if char.isdecimal():
        return "9"
    if char.isalpha():
        return "X" if char.isupper() else "x"
    return char if char.isprintable() else " "


@define
class Tally:
    """What one reading has met so far that is unknown, has no place or is not whole.

    `times` counts all unknown values: where it is the same after a value was looked up, the value
    is known, and what it means may be remembered.
    """

    vendor: str
    unknown: Counter[tuple[str, str, str]] = Factory(Counter)
    left_out: Counter[str] = Factory(Counter)
    noted: Findings = Factory(lambda self: Findings(self.vendor), takes_self=True)
    incomplete: dict[str, str] = Factory(dict)
    stated: dict[str, list[StatedFigure]] = Factory(dict)
    times: int = 0

    def cut(self, ticket: str, code: str, value: object = None) -> None:
        """Note that the history of a ticket, or of `EVERY` ticket, is not whole, and why."""
        self.incomplete.setdefault(ticket, code)
        self.noted.note(code, None, value, ticket=None if ticket == EVERY else ticket)

    def unread(self, part: Node, ticket: str | None, problem: str) -> None:
        """Note a part of the payload that cannot be read and is left out."""
        self.noted.note("unreadable", None, f"{part.path}: {problem}", ticket=ticket)
        self.incomplete.setdefault(EVERY if ticket is None else ticket, "unreadable")

    def states(self, ticket: str, figure: StatedFigure) -> None:
        """Keep a figure that the system computed itself."""
        self.stated.setdefault(ticket, []).append(figure)

    def met(self, what: str, value: str, taken_as: str) -> None:
        """Count a value that no table knows."""
        self.times += 1
        self.unknown[what, value, taken_as] += 1

    def reading(self, events: Drafts | Iterable[Event]) -> EventLog:
        """Return the events as a reading, and warn once for each unknown value.

        Drafts are in order and numbered, so nothing is looked at again.

        Raises:
            InconsistentLog: one place of a log holds two different events.
        """
        if isinstance(events, Drafts):
            told, names = tuple(events.events()), events.names()
        else:
            logs = by_ticket(events).values()
            told = tuple(event for log in logs for event in in_order(log))
            names = fields_of(told)
        reading = EventLog(
            events=told,
            fields=names,
            file=self.vendor,
            form=self.vendor,
            unknown={key[:2]: count for key, count in self.unknown.items()},
            left_out=+self.left_out,
            findings=self.noted.all(),
            incomplete=self.incomplete,
            stated=owned({ticket: tuple(figures) for ticket, figures in self.stated.items()}),
        )
        for (what, value, taken_as), count in self.unknown.items():
            warning = UnknownVendorValue(self.vendor, what, value, count, taken_as)
            warnings.warn(warning, stacklevel=3)
        return reading


@define
class Node:
    """A value inside a payload, and the path to it.

    Example:
        >>> node = Node("zendesk", {"audits": [{"id": 7}]})
        >>> node["audits"].items()[0]["id"].number()
        7
        >>> node["audits"].items()[0]["at"]
        Traceback (most recent call last):
        support_model.errors.AdapterError: zendesk payload at audits[0].at: missing; ...
    """

    vendor: str
    value: Any
    path: str = ""

    def __getitem__(self, key: str) -> Node:
        """Return what stands under a key that must be there, and not be null."""
        found = self.get(key)
        if found is None:
            raise AdapterError(
                self.vendor, self._below(key), None, "missing", "check that the export is whole"
            )
        return found

    def get(self, key: str) -> Node | None:
        """Return what stands under a key; None where it is absent or null."""
        value = self.mapping().get(key)
        return None if value is None else Node(self.vendor, value, self._below(key))

    def inside(self, *keys: str) -> object:
        """Return what stands under keys within keys, None where one is absent."""
        node: Node | None = self
        for key in keys:
            node = None if node is None else node.get(key)
        return None if node is None else node.value

    def mapping(self) -> Mapping[str, Any]:
        """Return the value, which must be an object."""
        if not isinstance(self.value, Mapping):
            self.refuse("not an object", "check that this is the payload that the page describes")
        return self.value

    def items(self) -> list[Node]:
        """Return the members of a value that must be a list."""
        if not isinstance(self.value, list | tuple):
            self.refuse("not a list", "check that this is the payload that the page describes")
        return [
            Node(self.vendor, each, f"{self.path}[{number}]")
            for number, each in enumerate(self.value)
        ]

    def text(self) -> str:
        """Return the value, which must be text and not empty."""
        if not isinstance(self.value, str) or not self.value:
            self.refuse("not text", "expected text that is not empty")
        return self.value

    def id(self) -> str:
        """Return a native id, a whole number or text, always as text."""
        if isinstance(self.value, int) and not isinstance(self.value, bool):
            return str(self.number())
        return self.text()

    def number(self) -> int:
        """Return the value, which must be a whole number or the digits of one."""
        value = self.value
        if isinstance(value, int) and not isinstance(value, bool):
            if abs(value) < 10**LONGEST_NUMBER:
                return value
        elif isinstance(value, str) and value.isascii() and value.isdecimal():  # noqa: SIM102 - two questions
            if len(value) <= LONGEST_NUMBER:
                return int(value)
        return self.refuse("not a whole number", f"expected at most {LONGEST_NUMBER} digits")

    def flag(self) -> bool:
        """Return the value, which must be true or false."""
        if not isinstance(self.value, bool):
            self.refuse("neither true nor false", "expected a boolean")
        return self.value

    def plain(self) -> tuple[bool, Any]:
        """Return whether a field of a ticket can hold the value, and its form there."""
        value = self.value
        if isinstance(value, list) and all(isinstance(each, str | int) for each in value):
            return True, frozenset(map(str, value))
        fits = isinstance(value, str | int) or (isinstance(value, float) and isfinite(value))
        return fits, value if fits else None

    def instant(self) -> datetime:
        """Return the instant of an ISO 8601 stamp that says its offset.

        Raises:
            AdapterError: no such stamp.
            NaiveDatetime: it says no offset.
        """
        try:
            at = datetime.fromisoformat(self.text())
        except ValueError:
            self.refuse("not an instant", "expected ISO 8601, such as 2026-03-02T09:00:00Z")
        if at.tzinfo is None:
            problem = f"a stamp without a zone names no instant ({self.path})"
            raise NaiveDatetime(self.value, problem, "expected an offset, such as Z")
        return at

    def refuse(self, problem: str, hint: str) -> NoReturn:
        """Raise the `AdapterError` of this place."""
        raise AdapterError(self.vendor, self.path, masked(self.value), problem, hint)

    def _below(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key


def refuse_error(
    page: Node, holders: Iterable[str], remedies: Iterable[tuple[str, str]] = ()
) -> None:
    """Raise `AdapterError` for an error of an interface that stands in place of data.

    Args:
        page: the payload.
        holders: keys under which data would be.
        remedies: what to do about an error of this vendor, by a word in it, before the usual ones.

    Raises:
        AdapterError: it is one; the message holds what the interface said.

    Example:
        >>> refuse_error(Node("x", {"error": "APIRateLimitExceeded"}), ["rows"])
        Traceback (most recent call last):
        support_model.errors.AdapterError: x payload at its top: an error of the interface ...
    """
    given = page.mapping()
    wrong = any(map(given.get, ERRORS[:3]))
    if not wrong or any(given.get(key) is not None for key in holders):
        return
    texts = [*map(str, _texts([given.get(key) for key in ERRORS]))]
    if texts:
        message = "".join(c if c.isprintable() else " " for c in "; ".join(texts))[:LONGEST_TEXT]
        fitting = (remedy for word, remedy in (*remedies, *REMEDIES) if word in message.lower())
        page.refuse(f"an error of the interface instead of data ({message})", next(fitting, CHECK))


def _texts(value: object) -> Iterator[object]:
    if isinstance(value, Mapping):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _texts(part)
    elif value is not None and value != "":
        yield value


def complete(pages: Sequence[Node], held: int, tally: Tally) -> None:
    """Note what the last page says of further ones, or a count beyond what all of them hold.

    Example:
        >>> tally = Tally("x")
        >>> complete([Node("x", {"rows": [], "next_page": "https://x.example/2"})], 0, tally)
        >>> tally.noted.all()[0].code
        'more_pages'
    """
    if not pages or not isinstance(pages[-1].value, Mapping):
        return
    signs = signs_of_more(pages[-1].value, held)
    if signs:
        tally.noted.note("more_pages", None, "; ".join(signs))


def signs_of_more(page: Mapping[str, Any], held: int) -> list[str]:
    """Return what a page says of further ones, in words, beside a count beyond those held.

    Example:
        >>> signs_of_more({"meta": {"has_more": True}, "count": 7}, 2)
        ['has_more is true', 'count is 7']
    """
    return [*_more_pages(page), *_larger_counts(page, held)]


def _more_pages(page: Mapping[str, Any]) -> Iterator[str]:
    if any(page.get(key) is True for key in ENDS):  # the next address is given all the same
        return
    yield from (f"{key} is given" for key in MORE if page.get(key))
    yield from (f"{key} is false" for key in ENDS if page.get(key) is False)
    meta = page.get("meta")
    if isinstance(meta, Mapping) and meta.get("has_more"):
        yield "has_more is true"


def _larger_counts(page: Mapping[str, Any], held: int) -> Iterator[str]:
    for key in COUNTS:
        count = str(page.get(key))
        if count.isdecimal() and int(count[:LONGEST_NUMBER]) > held:
            yield f"{key} is {page[key]}"


def runs(
    changes: Iterable[tuple[Any, Mapping[str, Any]]],
) -> Iterator[tuple[Any, dict[str, Any]]]:
    """Yield (key, fields) for each stretch of changes of one key that make one transaction.

    A field that changes again begins another transaction, so no step of it is lost.

    Example:
        >>> list(runs([("ann", {"group": "billing"}), ("ann", {"agent": "ann"})]))
        [('ann', {'group': 'billing', 'agent': 'ann'})]
    """
    now: tuple[Any, dict[str, Any]] | None = None
    for key, fields in changes:
        if now is not None and now[0] == key and now[1].keys().isdisjoint(fields):
            now[1].update(fields)
            continue
        if now is not None:
            yield now
        now = key, dict(fields)
    if now is not None:
        yield now
