"""What the documents of a payload of Zendesk hold, whatever form each has, gathered by native id.

A document is a page of the interface, one audit, one answer to an update, a line of the account's
export (one ticket), or the body of an event webhook. Documents may overlap and come in any order:
each item is kept once, by its id, and all that is read afterwards is in the order of ids.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, cast

from attrs import Factory, define

from support_model._time import instant, instant_of_reading, utc
from support_model.adapters._event_logs import EVERY
from support_model.adapters._payloads import Node, pages_of, refuse_error, signs_of_more
from support_model.adapters._zendesk_words import VENDOR
from support_model.errors import NaiveDatetime, OutOfRange

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from zoneinfo import ZoneInfo

    from support_model.adapters._payloads import Tally

LONGEST_NUMBER = 10**20
LONGEST_DIGITS = 20
LAST_SECOND = 253_402_300_799
MARK = "zen:event-type:"
"""What the type of an event webhook begins with."""
LINES = ("via", "comments", "audits", "metric_set", "requester", "tags", "custom_fields")
"""Keys under which a ticket alone holds more than text, as a row of a table never does."""
HISTORY = ("audits", "ticket_events", "audit", "events")
PRESENT = ("tickets", "ticket", "results")
BESIDE = (
    *("ticket_metrics", "ticket_metric", "metric_sets", "ticket_metric_events"),
    *("satisfaction_ratings", "satisfaction_rating", "comments", "users", "user", "groups"),
    *("group", "custom_statuses"),
)
HOLDERS = (*HISTORY, *PRESENT, *BESIDE)
"""Keys under which data is."""
AUDITS = "ask for /api/v2/tickets/{id}/audits?include=users, or /api/v2/incremental/ticket_events"
FIGURES = frozenset(BESIDE[:4])


class Unfit(ValueError):
    """A value that is not what it should be; the message says what is wrong with it."""


def native_id(value: Any) -> str:  # noqa: ANN401 - JSON types
    """Return a native id, a whole number or text, always as text.

    Raises:
        Unfit: it is neither.
    """
    kind = value.__class__
    if kind is str and value:
        return cast("str", value)
    if kind is int and -LONGEST_NUMBER < value < LONGEST_NUMBER:
        return str(value)
    problem = "missing" if value is None else "neither a number nor text"
    raise Unfit(problem)


def id_or_none(value: object) -> str | None:
    """Return a native id, None for null and an empty text.

    Raises:
        Unfit: it is neither.
    """
    return None if value is None or value == "" else native_id(value)


def whole_number(value: Any) -> int:  # noqa: ANN401 - JSON types
    """Return a whole number, or the digits of one.

    Raises:
        Unfit: it is neither.
    """
    if value.__class__ is int and -LONGEST_NUMBER < value < LONGEST_NUMBER:
        return value
    if (
        isinstance(value, str)
        and value.isascii()
        and value.isdecimal()
        and len(value) <= LONGEST_DIGITS
    ):
        return int(value)
    problem = "missing" if value is None else "not a whole number"
    raise Unfit(problem)


def of_epoch(value: object, in_a_second: int) -> datetime:
    """Return the instant of a count of seconds or milliseconds since 1970.

    Raises:
        Unfit: no such count.
    """
    count = whole_number(value)
    if not 0 <= count <= LAST_SECOND * in_a_second:
        problem = "not an instant"
        raise Unfit(problem)
    return instant(count * (1_000_000 // in_a_second))


def in_order(natives: Any) -> list[str]:  # noqa: ANN401 - any iterable of ids
    """Return native ids in order, numbers by what they count."""
    ids = sorted(natives)
    if all(map(str.isdecimal, ids)):
        ids.sort(key=len)
        return ids
    return sorted(ids, key=lambda each: (len(each), each) if each.isdecimal() else (99, each))


class Item(NamedTuple):
    """One item of a payload, and where it stands."""

    value: Mapping[str, Any]
    page: str
    key: str
    place: int | None

    @property
    def path(self) -> str:
        """Its path, for a message."""
        at = self.key if self.place is None else f"{self.key}[{self.place}]"
        return f"{self.page}.{at}" if self.page and at else self.page or at

    def node(self) -> Node:
        """The same as a node."""
        return Node(VENDOR, self.value, self.path)


@define
class Stamps:
    """How the stamps of one reading are read.

    Attributes:
        tz: the zone of stamps that say no offset; None where none may.
        tally: where a local time that the clock skipped, or showed twice, is counted.
    """

    tz: ZoneInfo | None
    tally: Tally

    def at(self, item: Item, key: str = "created_at") -> datetime:
        """Return the instant of an ISO 8601 stamp of an item, in UTC.

        Raises:
            Unfit: no such stamp.
            NaiveDatetime: it says no offset, and the account names no zone.
        """
        value = item.value.get(key)
        try:
            at = datetime.fromisoformat(value)  # type: ignore[arg-type]  # refused by its own error
        except (TypeError, ValueError):
            problem = f"{key}: missing" if value is None else f"{key}: not an instant"
            raise Unfit(problem) from None
        if at.tzinfo is UTC:
            return at
        if at.tzinfo is None and self.tz is None:
            problem = f"a stamp without a zone names no instant ({item.path}.{key})"
            raise NaiveDatetime(value, problem, "expected an offset, such as Z; or say account.tz")
        try:
            return (
                utc(at) if self.tz is None or at.tzinfo is not None else self._local(at, self.tz)
            )
        except (OverflowError, OutOfRange):
            problem = f"{key}: an instant outside the years 1 to 9999"
            raise Unfit(problem) from None

    def _local(self, at: datetime, tz: ZoneInfo) -> datetime:
        since = ((at.hour * 60 + at.minute) * 60 + at.second) * 1_000_000 + at.microsecond
        found = instant(instant_of_reading(tz, at.toordinal(), since))
        if found.astimezone(tz).replace(tzinfo=None) != at:
            self.tally.noted.note("skipped_time", None)
        elif at.replace(tzinfo=tz).utcoffset() != at.replace(tzinfo=tz, fold=1).utcoffset():
            self.tally.noted.note("ambiguous_time", None)
        return found


class Sheet(NamedTuple):
    """One page of a kind: what it says of further ones, and which tickets and ids it has."""

    kind: str
    page: Mapping[str, Any]
    tickets: frozenset[str]
    ids: frozenset[object]


@define
class Found:
    """What the documents of one payload hold.

    Attributes:
        audits: by id; `changes` those of the incremental export, whose fields are keys.
        webhooks: the bodies of event webhooks, by id.
        tickets: as they are now, by id.
        metrics: the figures of a ticket, by its id.
        metric_events: what happened to figures, by id.
        ratings: by id.
        comments: by ticket and id.
        users: by id, as far as they have one; those that have none are counted.
        groups: their names, by id.
        statuses: the pages of custom statuses.
    """

    audits: dict[int, Item] = Factory(dict)
    changes: dict[int, Item] = Factory(dict)
    webhooks: dict[str, Item] = Factory(dict)
    tickets: dict[str, Item] = Factory(dict)
    metrics: dict[str, Item] = Factory(dict)
    metric_events: dict[str, Item] = Factory(dict)
    ratings: dict[str, Item] = Factory(dict)
    comments: dict[str, dict[str, Item]] = Factory(dict)
    users: list[Node] = Factory(list)
    groups: dict[str, str] = Factory(dict)
    statuses: list[Node] = Factory(list)
    sheets: list[Sheet] = Factory(list)
    held: set[str] = Factory(set)


Reader: TypeAlias = "Callable[[Found, Item, Tally], None]"


def gathered(payloads: object, tally: Tally) -> Found:
    """Return what a payload holds.

    Raises:
        AdapterError: an error of the interface, or nothing that tells the history or the state of
            tickets.
    """
    found = Found()
    pages = pages_of(VENDOR, payloads)
    for page in pages:
        lines = isinstance(page.value, list) and page.value  # a file of documents, one a line
        for document in page.items() if lines else [page]:
            _document(found, document, tally)
    carriers = {*HISTORY, *PRESENT, "webhook"}
    if pages and found.held.isdisjoint(carriers) and not found.comments:
        names = ", ".join(sorted(found.held))
        what = "figures and no history" if found.held & FIGURES else "no ticket and no history"
        pages[0].refuse(f"{what} ({names})", f"read them together with what tells it: {AUDITS}")
    _complete(found, tally)
    return found


def _document(found: Found, page: Node, tally: Tally) -> None:
    refuse_error(page, HOLDERS)
    value = page.mapping()
    kind = value.get("type")
    if isinstance(kind, str) and kind.startswith(MARK):
        found.held.add("webhook")
        _keep(found.webhooks, value.get("id"), Item(value, page.path, "", None), tally)
    elif _is_line(value):
        found.held.add("ticket")
        _ticket(found, Item(value, page.path, "", None), tally)
    elif isinstance(value.get("events"), list):
        found.held.add("events")
        _audit(found.audits, Item(value, page.path, "", None), tally)
    elif any(value.get(key) is not None for key in HOLDERS):
        _page(found, page, tally)
    elif envelope_of(value):
        found.held.add("webhook")
        native = value.get("id") or repr(value[envelope_of(value)])
        _keep(found.webhooks, native, Item(value, page.path, "", None), tally)
    else:
        page.refuse("no audits, tickets or events of Zendesk", AUDITS)


def envelope_of(value: Mapping[str, Any]) -> str:
    """Return the key under which Amazon EventBridge, or an integration flow, puts an event."""
    for key in ("detail", "input"):
        inner = value.get(key)
        if isinstance(inner, dict) and "ticket_event" in inner:
            return key
    return ""


def _is_line(value: Mapping[str, Any]) -> bool:
    """Return whether a document is a ticket itself, as in a line of the account's export."""
    if not ("id" in value and "ticket_id" not in value):
        return False
    if not ("status" in value or "created_at" in value):
        return False
    return isinstance(value["id"], int) or any(
        isinstance(value.get(key), dict | list) for key in LINES
    )


def _page(found: Found, page: Node, tally: Tally) -> None:
    value = page.mapping()
    for key, keep in _READERS.items():
        if value.get(key) is not None:
            found.held.add(key)
            _entries(found, page, key, keep, tally)
    if value.get("custom_statuses") is not None:
        found.held.add("custom_statuses")
        found.statuses.append(page)
    if value.get("comments") is not None:
        _comments_of_one(found, page, tally)


def _entries(found: Found, page: Node, key: str, keep: Reader, tally: Tally) -> None:
    """Keep what stands under one key of a page; what is no object is left out and said."""
    held, alone = page.value[key], key in _SINGLE
    if not alone and not isinstance(held, list | tuple):
        page[key].items()  # refuses it
    for place, value in enumerate((held,) if alone else held):
        item = Item(value, page.path, key, None if alone else place)
        if isinstance(value, dict):
            keep(found, item, tally)
        elif keep is _user:
            tally.noted.note("no_role", None)
        else:
            tally.unread(item.node(), None, "not an object")
    if key in _PAGED:
        found.sheets.append(_sheet(key, page.mapping(), page.value[key]))


def _comments_of_one(found: Found, page: Node, tally: Tally) -> None:
    """Keep the comments beside one ticket, which do not name it."""
    ticket = page.value.get("ticket")
    if isinstance(ticket, dict) and ticket.get("id") is not None:
        _inner(found, Item(ticket, page.path, "ticket", None), page.value["comments"], tally)
        return
    nameless = [row for row in page.value["comments"] if isinstance(row, dict)]
    count = sum(row.get("ticket_id") is None for row in nameless)
    tally.left_out["comment without its ticket"] += count


def _sheet(kind: str, page: Mapping[str, Any], rows: Any) -> Sheet:  # noqa: ANN401 - a list of JSON
    key = "id" if kind in {"tickets", "results"} else "ticket_id"
    objects = [row for row in rows if isinstance(row, dict)]
    ids = frozenset([str(row.get("id")) for row in objects])
    tickets = ids if key == "id" else frozenset([str(row.get(key)) for row in objects])
    return Sheet(kind, page, tickets, ids)


def _keep(into: dict[str, Item], native: object, item: Item, tally: Tally) -> None:
    """Keep an item under its id; of two versions the one updated later, then the fuller."""
    try:
        key = native_id(native)
    except Unfit as odd:
        tally.unread(item.node(), None, f"id: {odd}")
        return
    known = into.setdefault(key, item)
    if known is not item and known.value != item.value:
        into[key] = max(known, item, key=_version)


def _version(item: Item) -> tuple[str, int, str]:
    value = item.value
    updated = value.get("updated_at")
    return (updated if isinstance(updated, str) else "", len(value), repr(value))


def _audit(into: dict[int, Item], item: Item, tally: Tally) -> None:
    value = item.value
    try:
        number = whole_number(value.get("id"))
    except Unfit as odd:
        native = value.get("ticket_id")
        ticket = None if native is None or not isinstance(native, int | str) else str(native)
        tally.unread(item.node(), ticket or None, f"id: {odd}")
        return
    known = into.setdefault(number, item)
    if known is not item and known.value != value:
        kept = max(known, item, key=_fullness)
        into[number] = kept
        ticket = str(value.get("ticket_id"))
        if _told(known.value) != _told(value):
            tally.noted.note("two_versions", None, number, ticket=ticket)


def _fullness(item: Item) -> tuple[int, str]:
    events = item.value.get("events", item.value.get("child_events"))
    return (len(events) if isinstance(events, list) else -1, repr(item.value))


def _told(audit: Mapping[str, Any]) -> object:
    """Return what of an audit becomes events: a comment that was redacted says the same."""
    events = audit.get("events", audit.get("child_events"))
    if not isinstance(events, list):
        return audit
    texts = {"body", "html_body", "plain_body", "attachments", "metadata"}
    return audit.get("created_at"), [
        {key: value for key, value in each.items() if key not in texts}
        if isinstance(each, dict)
        else each
        for each in events
    ]


def _ticket(found: Found, item: Item, tally: Tally) -> None:
    value = item.value
    kind = value.get("result_type")
    if kind is not None and kind != "ticket":
        tally.left_out["search result that is no ticket"] += 1
        return
    if value.get("id") is None and not any(value.get(key) for key in ("created_at", "status")):
        return  # an empty object beside an audit
    _keep(found.tickets, value.get("id"), item, tally)
    _beside(found, item, tally)
    for key in () if _METRICS.isdisjoint(value) else ("metric_set", "metrics", "ticket_metric"):
        if isinstance(value.get(key), dict):
            inner = {"ticket_id": value.get("id"), **value[key]}
            _metrics(found, Item(inner, item.path, key, None), tally)
    audits = value.get("audits")
    for each in () if audits is None else _rows(audits, item, "audits", tally):
        whole = {"ticket_id": value.get("id"), **each.value}
        _audit(found.audits, each._replace(value=whole), tally)
    if value.get("comments") is not None:
        _inner(found, item, value["comments"], tally)


def _beside(found: Found, item: Item, tally: Tally) -> None:
    """Keep the people and groups that stand inside a ticket."""
    value = item.value
    if _BESIDE.isdisjoint(value):
        return
    for person in ("requester", "submitter", "assignee"):
        if isinstance(value.get(person), dict) and value[person].get("role") is not None:
            found.users.append(Node(VENDOR, value[person], f"{item.path}.{person}"))
    if isinstance(value.get("group"), dict):
        _group(found, Item(value["group"], item.path, "group", None), tally)
    for each in _rows(value.get("users"), item, "users", tally):
        _user(found, each, tally)


def _rows(held: object, item: Item, key: str, tally: Tally) -> Iterator[Item]:
    """Yield the objects of a list inside an item; what else is there is left out and said."""
    if held is None:
        return
    ticket = item.value.get("id")
    about = str(ticket) if isinstance(ticket, int | str) else None
    if not isinstance(held, list | tuple):
        tally.unread(Node(VENDOR, held, f"{item.path}.{key}"), about or None, "not a list")
        return
    for index, each in enumerate(held):
        inner = Item(each, item.path, key, index)
        if isinstance(each, dict):
            yield inner
        else:
            tally.unread(inner.node(), about or None, "not an object")


def _inner(found: Found, item: Item, comments: object, tally: Tally) -> None:
    for each in _rows(comments, item, "comments", tally):
        _comment(found, each, tally, item.value.get("id"))


def _comment(found: Found, item: Item, tally: Tally, native: object = None) -> None:
    """Keep a comment, of the ticket that it names or in which it stands."""
    named = item.value.get("ticket_id", native)
    if named is None:  # a page of comments that names no ticket, or names it once
        return
    try:
        ticket = native_id(named)
    except Unfit as odd:
        tally.unread(item.node(), None, f"ticket_id: {odd}")
        return
    _keep(found.comments.setdefault(ticket, {}), item.value.get("id"), item, tally)


def _metrics(found: Found, item: Item, tally: Tally) -> None:
    _keep(found.metrics, item.value.get("ticket_id"), item, tally)


def _metric_event(found: Found, item: Item, tally: Tally) -> None:
    _keep(found.metric_events, item.value.get("id"), item, tally)


def _rating(found: Found, item: Item, tally: Tally) -> None:
    _keep(found.ratings, item.value.get("id"), item, tally)


def _user(found: Found, item: Item, tally: Tally) -> None:  # noqa: ARG001 - as every reader
    found.users.append(item.node())


def _group(found: Found, item: Item, tally: Tally) -> None:  # noqa: ARG001 - as every reader
    native, name = item.value.get("id"), item.value.get("name")
    if isinstance(name, str) and name and isinstance(native, int | str) and native != "":
        found.groups[str(native)] = max(name, found.groups.get(str(native), ""))


def _audits(found: Found, item: Item, tally: Tally) -> None:
    _audit(found.audits, item, tally)


def _changes(found: Found, item: Item, tally: Tally) -> None:
    _audit(found.changes, item, tally)


_METRICS = frozenset({"metric_set", "metrics", "ticket_metric"})
_BESIDE = frozenset({"requester", "submitter", "assignee", "group", "users"})
_PAGED = frozenset({"audits", "ticket_events", "tickets", "results"})
_READERS: Mapping[str, Reader] = {
    "audits": _audits,
    "audit": _audits,
    "ticket_events": _changes,
    "tickets": _ticket,
    "ticket": _ticket,
    "results": _ticket,
    "ticket_metrics": _metrics,
    "ticket_metric": _metrics,
    "metric_sets": _metrics,
    "ticket_metric_events": _metric_event,
    "satisfaction_ratings": _rating,
    "satisfaction_rating": _rating,
    "comments": _comment,
    "users": _user,
    "user": _user,
    "groups": _group,
    "group": _group,
}
_SINGLE = frozenset({"audit", "ticket", "ticket_metric", "satisfaction_rating", "user", "group"})


def _complete(found: Found, tally: Tally) -> None:
    """Note which tickets may go on: those of pages of which none says that it is the last."""
    groups: dict[tuple[str, str | None], list[Sheet]] = {}
    for sheet in found.sheets:
        alone = next(iter(sheet.tickets)) if _of_one_ticket(sheet) else None
        groups.setdefault((sheet.kind, alone), []).append(sheet)
    for (kind, alone), sheets in sorted(groups.items(), key=lambda pair: str(pair[0])):
        held = len(frozenset().union(*(sheet.ids for sheet in sheets)))
        told = [_signs(kind, sheet, held) for sheet in sheets]
        if all(told):
            ticket = EVERY if alone is None else alone
            signs = sorted({sign for each in told for sign in each}, reverse=True)
            tally.cut(ticket, "more_pages", "; ".join(signs))


def _of_one_ticket(sheet: Sheet) -> bool:
    """Return whether a page is of the audits of one ticket, and no part of a stream of all."""
    links = sheet.page.get("links")
    next_ = links.get("next") if isinstance(links, dict) else sheet.page.get("next_page")
    stream = isinstance(next_, str) and "/ticket_audits" in next_
    return sheet.kind == "audits" and len(sheet.tickets) == 1 and not stream


def _signs(kind: str, sheet: Sheet, held: int) -> list[str]:
    """Return what a page says of further ones; the export of changes counts its own rows."""
    return signs_of_more(sheet.page, max(held, len(sheet.page[kind])))
