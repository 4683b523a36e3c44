"""What the documents of Jira hold: issues with their changes, comments, SLA and feedback, once.

A document is an answer of an interface, the body of a webhook, or an object that holds several of
them under any names. An item tells what it is by its keys. What names no issue itself belongs to
the issue beside it, to the one in its address or its file's name, or to the only one there is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import groupby
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

from attrs import Factory, define

from support_model.adapters._jira_words import (
    ALWAYS,
    NOTHING,
    VENDOR,
    Item,
    Words,
    at_of,
    count_of,
    native,
    part,
    shown,
    word,
)
from support_model.adapters._payloads import Node, Tally

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from support_model.adapters._jira_people import People

KEY = re.compile(r"[A-Z][A-Z0-9_]{0,40}-\d{1,12}", re.ASCII)
"""What Jira calls an issue."""
ADDRESS = re.compile(r"/(?:issue|request)/([A-Z][A-Z0-9_]{0,40}-\d{1,12}|\d{1,18})/", re.ASCII)
FIRST = datetime.min.replace(tzinfo=UTC)
SHORT: Final = 3
"""Digits of a number that need not be an id."""
DEEPEST: Final = 5
"""How far below the top of a document items are looked for."""
SYSTEM_FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "status": "status",
        "priority": "priority",
        "assignee": "agent",
        "reporter": "requester",
        "issuetype": "type",
    }
)
"""The fields of an issue that a ticket has, by their id."""
OWN = frozenset(
    {
        *("expand", "id", "self", "key", "fields", "changelog", "names", "schema", "properties"),
        *("renderedFields", "transitions", "operations", "editmeta", "versionedRepresentations"),
    }
)
"""What an issue itself holds; whatever else stands there belongs to it."""
UNTOLD = frozenset({"attachments", "emojis", "warningMessages", "avatarUrls", "_expands"})
Ref: TypeAlias = "tuple[str | None, str | None]"
"""An issue as something names it: its id and its key."""
Op: TypeAlias = "tuple[str, Any, Any, Any, Any]"
"""What an item of a change says: the field, from id and name, to id and name."""


class Said(NamedTuple):
    """The items of a change: what they say, of which no event tells, former keys, broken ones."""

    ops: tuple[Op, ...]
    left: tuple[str, ...]
    former: tuple[str, ...]
    bad: int


class Change(NamedTuple):
    """One entry of a changelog; entries are ordered by instant and id."""

    at: datetime
    order: tuple[int, str]
    hooked: bool
    author: str | None
    said: Said


class Comment(NamedTuple):
    """One comment; `public` is None where nothing tells who can read it."""

    at: datetime
    order: tuple[int, str]
    author: str | None
    public: bool | None
    updated: str


class Work(NamedTuple):
    """One entry of the time that was spent."""

    at: datetime
    order: tuple[int, str]
    author: str | None
    seconds: int
    updated: str


class Loose(NamedTuple):
    """Items of one kind, and what tells their issue."""

    kind: str
    rows: Sequence[Item]
    page: Item
    path: str
    ref: Ref


@define
class Issue:
    """All that the documents of a payload say of one issue.

    Attributes:
        id: its id; a moved issue keeps it.
        editions: present values, each with the instant up to which it knows and the key then.
        births: the values of calls that told the creation, and who created it.
        changes: by their id.
        comments: by their id.
        works: entries of time, by their id.
        slas: what is promised and measured, by the field's or the SLA's name.
        answers: ratings by the customer, without an instant.
        total: how many changes there are, as pages say; None where no changelog is there.
        said: how many comments there are; None where no comments are there.
        worked: how many entries of time there are.
        begins: whether the first change is there, as on the first page of `/changelog`.
        open: whether a page says that there are more, and none says how many.
        hooked: whether a webhook told of it.
        deletions: when it was deleted, and by whom.
        broken: parts of it that cannot be read, and why.
        key: a key that something names it by; of several the last in the alphabet.
    """

    id: str | None = None
    editions: list[tuple[datetime, str, Item]] = Factory(list)
    births: list[tuple[datetime, Item, str | None]] = Factory(list)
    changes: dict[str, Change] = Factory(dict)
    comments: dict[str, Comment] = Factory(dict)
    works: dict[str, Work] = Factory(dict)
    slas: dict[str, Item] = Factory(dict)
    answers: list[Item] = Factory(list)
    total: int | None = None
    said: int | None = None
    worked: int = 0
    begins: bool = False
    open: bool = False
    hooked: bool = False
    deletions: list[tuple[datetime, str]] = Factory(list)
    broken: list[tuple[Node, str]] = Factory(list)
    key: str = ""

    def settle(self) -> None:
        """Put the editions in order, equal ones once."""
        if len(self.editions) < 2:
            return
        self.editions.sort(key=lambda each: each[:2])
        settled: list[tuple[datetime, str, Item]] = []
        for _, together in groupby(self.editions, key=lambda each: each[:2]):
            first, *others = together
            different = [each for each in others if each[2] != first[2]]
            settled += sorted([first, *different], key=_content) if different else [first]
        self.editions = settled

    def present(self) -> Item:
        """Return the present values: of each the latest one."""
        if len(self.editions) == 1:
            return self.editions[0][2]
        values: dict[str, Any] = {}
        for *_, fields in self.editions:
            values |= fields
        return values

    def named(self) -> tuple[str, list[str]]:
        """Return the present key, and those it had before; the id where it has none."""
        keys = [key for _, key, _ in self.editions if key]
        if not keys:
            return self.key or self.id or "", []
        return keys[-1], [key for key in dict.fromkeys(keys) if key != keys[-1]]


def _content(edition: tuple[datetime, str, Item]) -> str:
    return canonical(edition[2])


def _keyed(key: object) -> Ref | None:
    """Return the issue that a key of an object names, as in {"HELP-51": [...]}."""
    if not isinstance(key, str):
        return None
    if KEY.fullmatch(key):
        return None, key
    return (key, None) if key.isdecimal() and key.isascii() and len(key) > SHORT else None


def _number(text: str | None) -> int:
    """Return an id as a number, by which items of one instant are ordered."""
    return int(text) if text is not None and text.isdecimal() else 0


def _first(change: Change) -> tuple[bool, datetime, str]:
    return change.hooked, change.at, repr(change)


def _later(one: Comment | Work, other: Comment | Work) -> bool:
    return (one.updated, repr(one)) > (other.updated, repr(other))


def canonical(value: object) -> str:
    """Return a value as text that is the same for equal values, whatever the order of keys."""
    try:
        return json.dumps(value, sort_keys=True, default=str)
    except (TypeError, ValueError, RecursionError):
        return repr(value)


SIGNS: tuple[tuple[str, frozenset[str], frozenset[str]], ...] = (
    ("change", frozenset({"items"}), frozenset({"author", "created"})),
    ("SLA", frozenset(), frozenset({"completedCycles", "ongoingCycle"})),
    ("work", frozenset({"timeSpentSeconds"}), frozenset()),
    ("comment", frozenset(), frozenset({"jsdPublic", "updateAuthor"})),
    ("comment", frozenset({"body", "author"}), frozenset()),
    ("feedback", frozenset({"rating", "type"}), frozenset()),
    ("request", frozenset({"currentStatus"}), frozenset({"issueKey", "issueId"})),
    ("status", frozenset({"statusCategory", "name"}), frozenset()),
    ("user", frozenset({"accountType", "accountId"}), frozenset()),
    ("field", frozenset({"schema", "name", "id"}), frozenset()),
)
"""What tells the kind of an item: keys that all are there, and keys of which one is."""


def kind_of(item: Item) -> str:
    """Return what an item is that belongs to an issue or tells what words mean; "" for others.

    Example:
        >>> kind_of({"items": [], "created": "2026-03-02T11:00:00.000+0100"})
        'change'
    """
    keys = item.keys()
    for kind, every, one in SIGNS:
        if every <= keys and (not one or not one.isdisjoint(keys)):
            return kind
    return ""


def is_issue(item: Item) -> bool:
    """Return whether an item is an issue."""
    if "fields" in item and ("key" in item or "id" in item):
        return True
    return "changelog" in item and "key" in item and "webhookEvent" not in item


@define
class Gathered:
    """The issues of a payload, whichever documents tell of them.

    Attributes:
        tally: what cannot be read.
        words: what statuses and priorities are called.
        people: who is in the payload.
        group_field: the field that holds the group, by its id or name.
        issues: all issues.
        fields: what custom fields are called, by their id.
        told: whether anything of Jira was met that can tell events.
        strange: documents that are none of Jira's.
    """

    tally: Tally
    words: Words
    people: People
    group_field: str | None = None
    issues: list[Issue] = Factory(list)
    fields: dict[str, str] = Factory(dict)
    told: bool = False
    strange: list[Node] = Factory(list)
    _meaning: dict[str, str] = Factory(dict)
    _ids: dict[str, Issue] = Factory(dict)
    _keys: dict[str, Issue] = Factory(dict)
    _rows: list[tuple[Item, str, datetime | None]] = Factory(list)
    _hooks: list[tuple[Item, str]] = Factory(list)
    _loose: list[Loose] = Factory(list)
    _searched: list[Item] = Factory(list)

    def __attrs_post_init__(self) -> None:
        """Say which fields of a changelog mean what."""
        self._meaning |= SYSTEM_FIELDS
        if self.group_field is not None:
            self._meaning[self.group_field] = "group"

    # ---- what is where

    def document(self, page: Node) -> None:
        """Find the items of a document."""
        if not self._walk(page.value, page.path, (None, None), DEEPEST):
            self.strange.append(page)

    def _walk(self, value: Any, path: str, ref: Ref, deep: int) -> bool:  # noqa: ANN401 - JSON
        """Keep what a value holds, and return whether that is anything."""
        if value.__class__ is list or isinstance(value, tuple):
            return self._listed(value, NOTHING, path, ref, deep)
        item = part(value)
        if not item or deep <= 0:
            return False
        if "webhookEvent" in item:
            self._hooks.append((item, path))
            self.told = True
            return True
        if is_issue(item):
            self._issue_at(item, path, deep)
            return True
        if kind := kind_of(item):
            self._keep(Loose(kind, [item], NOTHING, path, self._named(item, ref)))
            return True
        return self._held(item, path, self._named(item, ref), deep)

    def _held(self, item: Item, path: str, ref: Ref, deep: int) -> bool:
        """Keep what stands under the keys of an object."""
        held = False
        if isinstance(item.get("issues"), list | tuple):
            self.told = held = True
            self._searched.append(item)
        for key, value in item.items():
            below = f"{path}.{key}".lstrip(".")
            own = _keyed(key) or ref
            if value.__class__ is list or isinstance(value, tuple):
                held |= self._listed(value, item, below, own, deep)
            elif value.__class__ is dict or isinstance(value, Mapping):
                held |= self._walk(value, below, own, deep - 1)
        self._names(item.get("names"))
        return held

    def _more(self) -> None:
        """Note what the answers of a search say of further ones."""
        pages = self._searched
        open_ = [each.get("nextPageToken") or each.get("isLast") is False for each in pages]
        if open_ and all(open_):
            self.tally.noted.note("more_pages", None, "isLast is false")
        rows = (part(row) for page in pages for row in page["issues"])
        held = len({native(row.get("id")) or native(row.get("key")) for row in rows})
        total = max((count_of(each.get("total")) for each in pages), default=0)
        if total > held:
            self.tally.noted.note("more_pages", None, f"total is {total}, and {held} are there")

    def _named(self, item: Item, ref: Ref) -> Ref:
        """Return the issue that an object names for what stands in it."""
        inner = part(item.get("issue"))
        key = native(inner.get("key")) or native(item.get("issueKey")) or native(item.get("key"))
        number = native(inner.get("id")) or native(item.get("issueId"))
        if key is not None and not KEY.fullmatch(key):
            key = None
        return ref if key is None and number is None else (number, key)

    def _listed(self, rows: Sequence[Any], page: Item, path: str, ref: Ref, deep: int) -> bool:
        """Keep the rows of a list by their kinds."""
        kinds: dict[str, list[Item]] = {}
        odd: list[int] = []
        for number, row in enumerate(rows):
            item = part(row)
            kind = "" if is_issue(item) or "webhookEvent" in item else kind_of(item)
            if kind:
                kinds.setdefault(kind, []).append(item)
            elif not self._walk(row, f"{path}[{number}]", ref, deep - 1):
                odd.append(number)
        for kind, items in kinds.items():
            self._keep(Loose(kind, items, page, path, ref))
        if not rows:
            return self._empty(page, path, ref)
        if odd and len(odd) < len(rows):
            self._odd(rows, odd, path)
        return len(odd) < len(rows)

    def _odd(self, rows: Sequence[Any], odd: Iterable[int], path: str) -> None:
        for number in odd:
            if isinstance(rows[number], Mapping):
                self.tally.left_out["item of no known kind"] += 1
            else:
                self.tally.unread(
                    Node(VENDOR, rows[number], f"{path}[{number}]"), None, "no object"
                )

    def _empty(self, page: Item, path: str, ref: Ref) -> bool:
        """Keep a page without rows, which tells at least that there are none."""
        kind = "comment" if "comments" in page else "change" if "histories" in page else ""
        if kind:
            self._keep(Loose(kind, [], page, path, ref))
        return bool(kind) or "values" in page

    def _keep(self, loose: Loose) -> None:
        """Keep items for later; what words mean is learned at once."""
        if loose.kind in {"status", "user", "field"}:
            for item in loose.rows:
                if loose.kind == "status":
                    self.words.status_as_now(item, ALWAYS)
                elif loose.kind == "user":
                    self.people.see(item)
                else:
                    self._name(item.get("id"), item.get("name"))
            return
        self.told = True
        self._loose.append(loose)

    def _names(self, names: object) -> None:
        """Learn what custom fields are called."""
        for key, name in part(names).items():
            self._name(key, name)

    def _name(self, key: object, name: object) -> None:
        own, text = native(key), word(name)
        if own is not None and text is not None:
            self.fields[own] = max(text, self.fields.get(own, text))
            if text == self.group_field:
                self._meaning[own] = "group"

    def _issue_at(self, item: Item, path: str, deep: int) -> None:
        """Keep an issue, and what stands beside its own keys."""
        self._rows.append((item, path, None))
        self.told = True
        self._names(item.get("names"))
        ref = native(item.get("id")), native(item.get("key"))
        if not item.keys() <= OWN:
            for key in item:
                value = item[key]
                if key not in OWN and isinstance(value, list | tuple | Mapping):
                    below = f"{path}.{key}".lstrip(".")
                    if isinstance(value, Mapping):
                        self._walk(value, below, ref, deep - 1)
                    else:
                        self._listed(value, item, below, ref, deep - 1)

    # ---- what belongs to which issue

    def placed(self) -> None:
        """Give each issue what belongs to it, once all documents are known."""
        for item, path in self._hooks:
            inner = item.get("issue")
            if isinstance(inner, Mapping):
                self._rows.append(
                    (inner, f"{path}.issue".lstrip("."), at_of(item.get("timestamp")))
                )
        for row in sorted(self._rows, key=lambda each: native(each[0].get("id")) is None):
            self._issue(*row)
        for item, path in self._hooks:
            self._hook(item, path)
        for loose in sorted(self._loose, key=lambda each: each.kind != "change"):
            self._place(loose)  # changes first: they tell former keys
        for own in self.issues:
            own.settle()
        self._more()

    def _find(self, number: str | None, key: str | None) -> Issue:
        """Return an issue by its id, or else by its key."""
        own = self._ids.get(number) if number is not None else None
        if own is None and key is not None:
            own = self._keys.get(key)
            if own is not None and number is not None and own.id not in {None, number}:
                own = None
        if own is None:
            own = Issue(id=number)
            self.issues.append(own)
        if number is not None:
            own.id = number
            self._ids[number] = own
        if key is not None:
            self._keys.setdefault(key, own)
            own.key = max(own.key, key)
        return own

    def _issue(self, row: Item, path: str, at: datetime | None) -> None:
        """Keep the present values of an issue, and its changes and comments."""
        number, key = native(row.get("id")), native(row.get("key"))
        if number is None and key is None:
            self.tally.unread(Node(VENDOR, row, path), None, "an issue without a key")
            return
        own = self._find(number, key)
        given = row.get("fields")
        fields = part(given)
        if given is not None and not isinstance(given, Mapping):
            self._unread(own, given, f"{path}.fields", "no object")
        stamp = at_of(fields.get("updated")) or at or at_of(fields.get("created")) or FIRST
        own.editions.append((stamp, key or "", fields))
        own.hooked |= at is not None
        self._present(fields, stamp)
        for name, kind in (("comment", "comment"), ("worklog", "work")):
            self._inside(own, fields.get(name), f"{path}.fields.{name}", kind)
        if "webhookEvent" not in row:
            self._inside(own, row.get("changelog"), f"{path}.changelog", "change")

    def _present(self, fields: Item, stamp: datetime) -> None:
        """Learn words and people of present values."""
        self.words.status_as_now(fields.get("status"), stamp)
        priority = part(fields.get("priority"))
        self.words.learn("priority", priority.get("id"), priority.get("name"), stamp)
        for key in ("reporter", "creator"):
            self.people.see(fields.get(key))
        agent = self.people.see(fields.get("assignee"))
        if agent is not None:
            self.people.agents.add(agent)

    def _inside(self, own: Issue, page: object, path: str, kind: str) -> None:
        """Keep a page that stands in an issue."""
        if page is None:
            return
        item = part(page)
        names = {"comment": "comments", "work": "worklogs", "change": "histories"}
        rows = page if isinstance(page, list | tuple) else item.get(names[kind])
        if rows is None and "values" in item:
            rows = item["values"]
        if isinstance(rows, list | tuple):
            self._page(own, kind, rows, item, path)
        elif rows is None and item:
            self._page(own, kind, (), item, path)
        elif page:
            self._unread(own, page, path, "no page of them")

    def _place(self, loose: Loose) -> None:
        """Give what stands outside of issues to its issue."""
        if loose.kind == "request":
            for item in loose.rows:
                self._request(item)
            return
        left: list[Item] = []
        by: dict[int, tuple[Issue, list[Item]]] = {}
        for row in loose.rows:
            own = self._issue_of(row, loose)
            if own is None:
                left.append(row)
            else:
                by.setdefault(id(own), (own, []))[1].append(row)
        if not loose.rows and (own := self._issue_of(NOTHING, loose)) is not None:
            by[id(own)] = own, []
        for own, rows in by.values():
            self._page(own, loose.kind, rows, loose.page, loose.path)
        if left:
            what = f"{len(left)} of kind {loose.kind}, and nothing says of which issue"
            self.tally.unread(Node(VENDOR, left, loose.path), None, what)

    def _issue_of(self, row: Item, loose: Loose) -> Issue | None:
        """Return the issue that something belongs to."""
        number, key = loose.ref
        if number is None:
            number = native(row.get("issueId"))
        if number is None and key is None:
            number, key = self._addressed(row, loose)
        if number is not None or key is not None:
            return self._find(number, key)
        return self.issues[0] if len(self.issues) == 1 else None

    def _addressed(self, row: Item, loose: Loose) -> Ref:
        """Return the issue that stands in the address of something, or in the name of its file."""
        pages = (row, part(row.get("_links")), loose.page, part(loose.page.get("_links")))
        for text in (each.get("self") for each in pages):
            found = ADDRESS.search(f"{text}/") if isinstance(text, str) else None
            if found is not None:
                return (found[1], None) if found[1].isdecimal() else (None, found[1])
        named = KEY.search(loose.path) or KEY.search(loose.path.upper())
        if named is None or (named[0] not in self._keys and named[0] not in loose.path):
            return None, None
        return None, named[0]

    def _page(self, own: Issue, kind: str, rows: Sequence[Any], page: Item, path: str) -> None:
        """Keep items of one issue, and what their page says of its length."""
        self._length(own, kind, rows, page)
        for number, row in enumerate(rows):
            if not (row.__class__ is dict or isinstance(row, Mapping)):
                self._unread(own, row, f"{path}[{number}]", "no object")
            elif kind == "change":
                self._change(own, row, at_of(row.get("created")), (path, number))
            elif kind == "comment":
                self._comment(own, row, (path, number))
            elif kind == "work":
                self._work(own, row, (path, number))
            elif kind == "SLA":
                own.slas[shown(row.get("name"))] = row
            elif row not in own.answers:
                own.answers.append(row)

    def _length(self, own: Issue, kind: str, rows: Sequence[Any], page: Item) -> None:
        """Keep how many items there are, as a page says."""
        total = count_of(page.get("total"))
        if kind == "change":
            own.total = max(own.total or 0, total)
            own.begins |= "values" in page and page.get("startAt") == 0
            unsaid = "total" not in page
            more = page.get("isLast") is False or page.get("nextPageToken")
            own.open |= unsaid and bool(more) and "values" in page
        elif kind == "comment":
            own.said = max(own.said or 0, total)
            if page.get("isLastPage") is False:
                own.said = max(own.said, count_of(page.get("start")) + len(rows) + 1)
        elif kind == "work":
            own.worked = max(own.worked, total)

    @staticmethod
    def _unread(own: Issue, value: object, path: str, problem: str) -> None:
        own.broken.append((Node(VENDOR, value, path), problem))

    # ---- the items of one issue

    def _change(
        self,
        own: Issue,
        row: Item,
        at: datetime | None,
        place: tuple[str, int],
        *,
        hook: bool = False,
    ) -> None:
        """Keep one entry of a changelog; what a page says takes precedence over a webhook."""
        number, items = native(row.get("id")), row.get("items")
        if at is None or not isinstance(items, list | tuple):
            if number is None or number not in own.changes:
                problem = "a change without its instant or its items"
                self._unread(own, row, "{}[{}]".format(*place), problem)
            return
        key = number or f"{at:%Y%m%d%H%M%S%f}-{canonical(items)}"
        known = own.changes.get(key)
        if known is not None and (hook, at) > (known.hooked, known.at):
            return
        author = self.people.see(row.get("author"))
        said = self._items(items, at)
        for former in said.former:
            self._keys.setdefault(former, own)
        made = Change(at, (_number(number), key), hook, author, said)
        if known is None or (known != made and _first(made) < _first(known)):
            own.changes[key] = made

    def _items(self, items: Sequence[Any], at: datetime) -> Said:
        """Return what the items of a change say."""
        ops: list[Op] = []
        left: list[str] = []
        former: list[str] = []
        bad = 0
        for item in items:
            if not (item.__class__ is dict or isinstance(item, Mapping)):
                bad += 1
                continue
            meant = self._meant(item)
            if meant is not None:
                ops.append(self._op(meant, item, at))
                continue
            field = item.get("field")
            left.append(shown(item.get("fieldId") if field is None else field))
            if field == "Key" and (key := native(item.get("fromString"))) is not None:
                former.append(key)
        return Said(tuple(ops), tuple(left), tuple(former), bad)

    def _meant(self, item: Item) -> str | None:
        """Return which field of a ticket an item of a change is about; None for others."""
        own, field = item.get("fieldId"), item.get("field")
        meant = self._meaning.get(own) if own.__class__ is str else None
        if meant is None and field.__class__ is str:
            meant = self._meaning.get(field)
            if meant is not None and meant != "group" and item.get("fieldtype") == "custom":
                return None  # a custom field that is called as a field of the system is
        return meant

    def _op(self, meant: str, item: Item, at: datetime) -> Op:
        """Return what an item says, and learn what statuses and priorities are called."""
        get = item.get
        before, after = get("from"), get("to")
        if meant in {"status", "priority"}:
            self.words.learn(meant, before, get("fromString"), at)
            self.words.learn(meant, after, get("toString"), at)
        elif meant in {"agent", "requester"}:
            before = get("tmpFromAccountId") or before
            after = get("tmpToAccountId") or after
        return meant, before, get("fromString"), after, get("toString")

    def _comment(self, own: Issue, row: Item, place: tuple[str, int]) -> None:
        """Keep one comment; of two editions the later one."""
        get = row.get
        number, at = native(get("id")), at_of(get("created"))
        if at is None:
            self._unread(own, row, "{}[{}]".format(*place), "a comment without its instant")
            return
        updated = str(get("updated") or "")
        key = number or f"{at:%Y%m%d%H%M%S%f}-{canonical(row)}"
        author = self.people.see(get("author"))
        made = Comment(at, (_number(number), key), author, public_of(row), updated)
        known = own.comments.get(key)
        if known is None or (known != made and _later(made, known)):
            own.comments[key] = made

    def _work(self, own: Issue, row: Item, place: tuple[str, int]) -> None:
        """Keep one entry of time; of two editions the later one."""
        number, seconds = native(row.get("id")), count_of(row.get("timeSpentSeconds"))
        at = at_of(row.get("started")) or at_of(row.get("created"))
        if at is None or not seconds:
            self._unread(own, row, "{}[{}]".format(*place), "time spent, and not when or how much")
            return
        updated = str(row.get("updated") or "")
        key = number or f"{at:%Y%m%d%H%M%S%f}-{canonical(row)}"
        author = self.people.see(row.get("author"))
        made = Work(
            at,
            (_number(number), key),
            author,
            seconds,
            updated,
        )
        known = own.works.get(key)
        if known is None or (known != made and _later(made, known)):
            own.works[key] = made

    def _request(self, item: Item) -> None:
        """Keep a request as its customer sees it: present values, like those of an issue."""
        own = self._find(native(item.get("issueId")), native(item.get("issueKey")))
        status = part(item.get("currentStatus"))
        since = at_of(status.get("statusDate"))
        category = {"key": status.get("statusCategory")}
        fields = {
            "created": item.get("createdDate"), "reporter": item.get("reporter"),
            "status": {"name": status.get("status"), "statusCategory": category},
            "statusDate": status.get("statusDate"),
        }  # fmt: skip
        stamp = since or at_of(item.get("createdDate")) or FIRST
        own.editions.append((stamp, native(item.get("issueKey")) or "", fields))
        self._present(fields, stamp)

    def _hook(self, item: Item, path: str) -> None:
        """Keep what a call of a webhook tells beside the issue: a change, a comment, an end."""
        name, at = shown(item["webhookEvent"]), at_of(item.get("timestamp"))
        inner = part(item.get("issue"))
        number, key = native(inner.get("id")), native(inner.get("key"))
        if number is None and key is None:
            number = native(part(item.get("worklog")).get("issueId"))
        if number is None and key is None:
            self.tally.left_out[f"webhook {name}"] += 1
            return
        own = self._find(number, key)
        told = self._hooked(own, item, at, path)
        if name.endswith("issue_created"):
            user = self.people.see(item.get("user"))
            own.births.append((at or FIRST, part(inner.get("fields")), user))
        elif name.endswith("issue_deleted") and at is not None:
            own.deletions.append((at, self.people.see(item.get("user")) or ""))
        elif not told or name.endswith("_deleted"):
            self.tally.left_out[f"webhook {name}"] += 1

    def _hooked(self, own: Issue, item: Item, at: datetime | None, path: str) -> bool:
        """Keep the change, comment or time of a webhook; return whether there is one."""
        told = False
        changelog = item.get("changelog")
        if isinstance(changelog, Mapping):
            row = {**changelog, "author": item.get("user")}
            self._change(own, row, at, (f"{path}.changelog".lstrip("."), 0), hook=True)
            told = True
        for key, keep in (("comment", self._comment), ("worklog", self._work)):
            if isinstance(item.get(key), Mapping):
                keep(own, item[key], (f"{path}.{key}".lstrip("."), 0))
                told = True
        return told


def public_of(row: Item) -> bool | None:
    """Return whether the customer can read a comment; None where nothing tells it.

    Example:
        >>> public_of({"jsdPublic": False}), public_of({"public": True}), public_of({})
        (False, True, None)
    """
    if row.get("visibility"):
        return False  # for a role or a group alone
    for key in ("jsdPublic", "public"):
        told = row.get(key)
        if told is True or told is False:
            return told
    properties = row.get("properties")
    for each in properties if isinstance(properties, list | tuple) else ():
        if part(each).get("key") == "sd.public.comment":
            return part(part(each).get("value")).get("internal") is not True
    return None
