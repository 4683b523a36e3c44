"""An account as a file: what ids mean, and what a reading could not place as a file to fill in.

One file serves all systems: what every system has stands at its top, what one alone has in the
table of its name.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from support_model import _records as doc
from support_model._checks import checked_path
from support_model._documents import loaded
from support_model._ticket_data import PRIORITY
from support_model._time import timezone
from support_model._vocabulary import ROLES, Priority, Status
from support_model.adapters._account import PEOPLE, Account
from support_model.adapters._mapping import CATEGORIES
from support_model.adapters._systems import SYSTEMS, system
from support_model.adapters._zones import zone_named
from support_model.errors import InvalidDocument
from support_model.events import Changed, Created

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from support_model.adapters._event_logs import EventLog

SCHEMA = "support_model.account/1"
ID = doc.either(doc.TEXT, doc.leaf("integer", lambda number: str(int(number))))
"""A native id: text, or a number that becomes text."""
MANY = 50
"""Unknown values of one kind that a skeleton lists."""


def _zone(text: str) -> ZoneInfo:
    """Return the zone of a name, or of an offset as servers state it: "UTC+5"."""
    return zone_named(text) if text[:3].upper() in {"UTC", "GMT"} else timezone(text)


def _by_person(**people: tuple[str, ...]) -> dict[str, str]:
    roles: dict[str, str] = {}
    for role, ids in people.items():
        for person in ids:
            if roles.setdefault(person, role) != role:
                raise doc.Fault(person, f"a person of two roles, {roles[person]} and {role}")
    return roles


def _by_word(**categories: tuple[str | tuple[str, str], ...]) -> dict[str, Status]:
    statuses: dict[str, Status] = {}
    for category, words in categories.items():
        for word in words:
            native, name = (word, word) if isinstance(word, str) else word
            status = Status(name, category)  # type: ignore[arg-type]  # a key of the record
            for key in dict.fromkeys((native, name)):
                if statuses.setdefault(key, status) != status:
                    raise doc.Fault(key, "a status that means two things", "keep one of them")
    return statuses


def _by_name(priorities: Mapping[str, int | Priority]) -> dict[str, Priority]:
    return {
        native: Priority(native, rank) if isinstance(rank, int) else rank
        for native, rank in priorities.items()
    }


NAMED_STATUS = doc.Record(
    dict,
    doc.required("id", ID, "native"),
    doc.required("name", doc.TEXT),
    make=lambda native, name: (native, name),
)
RANK = doc.leaf("integer", int, minimum=1)
ZONE = doc.leaf("string", _zone, str, minLength=1)
SHARED = (
    doc.optional("schema", doc.const(SCHEMA), None),
    doc.optional("tz", ZONE),
    doc.optional("bots", doc.list_of(ID)),
    doc.optional("keep", doc.list_of(doc.TEXT)),
    doc.optional("people", doc.one_of(PEOPLE)),
    doc.optional("stamps", doc.either(doc.TEXT, doc.list_of(doc.TEXT))),
    doc.optional(
        "roles",
        doc.Record(dict, *(doc.optional(r, doc.list_of(ID)) for r in ROLES), make=_by_person),
    ),
    doc.optional("groups", doc.table_of(doc.TEXT)),
    doc.optional("lines", doc.table_of(doc.leaf("integer", int, minimum=1, maximum=5))),
    doc.optional(
        "statuses",
        doc.Record(
            dict,
            *(
                doc.optional(category, doc.list_of(doc.either(ID, NAMED_STATUS)))
                for category in CATEGORIES
            ),
            make=_by_word,
        ),
    ),
    doc.optional(
        "priorities",
        doc.table_of(
            doc.either(
                RANK,
                PRIORITY,
            ),
            into=_by_name,
        ),
    ),
)
"""The keys that every system has."""
OTHER = doc.leaf("object", out=lambda _: {})
"""The table of another system, which nothing is made of."""


def account_shape(name: str = "") -> doc.Record:
    """Return the shape of an account as one system reads it."""
    module = system(name) if name in SYSTEMS else None
    made: type[Account] = Account if module is None else module.Account
    own = () if module is None else getattr(module, "OWN_KEYS", ())

    def make(own: Mapping[str, Any] | None = None, **parts: Any) -> Account:  # noqa: ANN401 - parts of several types
        return made(**parts, **(own or {}))

    tables = (
        doc.optional(other, doc.Record(dict, *own, make=dict), "own")
        if other == name
        else doc.optional(other, OTHER, None)
        for other in SYSTEMS
    )
    return doc.Record(made, *SHARED, *tables, make=make)


def account_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of an account file, the keys of all systems in it.

    Example:
        >>> sorted(account_schema()["properties"]["roles"]["properties"])
        ['agent', 'bot', 'customer', 'system', 'third_party']
    """
    own = {name: getattr(system(name), "OWN_KEYS", ()) for name in SYSTEMS}
    tables = (doc.optional(name, doc.Record(dict, *keys, make=dict)) for name, keys in own.items())
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": SCHEMA,
        **doc.schema_of(doc.Record(dict, *SHARED, *tables, make=dict)),
    }


def load_account(path: str | Path, name: str = "") -> Account:
    """Return the account of a file, as one system reads it.

    Keys, all optional: `tz`, `bots`, `keep`, `people`, `stamps`; tables `[roles]`, `[groups]`,
    `[lines]`, `[statuses]`, `[priorities]`, and one of each system's name.

    Args:
        path: a .toml or .json file of at most 1 MiB.
        name: the system; without one the keys of no system's own are read.

    Raises:
        InvalidDocument: the file cannot be read, or says something unknown or impossible; the
            message names the path in it and the nearest known word.

    Example:
        >>> from pathlib import Path
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     file = Path(folder, "account.toml")
        ...     _ = file.write_text('''
        ... tz = "Europe/Berlin"
        ... roles = {agent = [7]}
        ... statuses = {pending = ["Waiting", {id = "77", name = "Waiting for parts"}]}
        ... ''')
        ...     account = load_account(file)
        >>> account.roles["7"], account.statuses["77"]
        ('agent', Status(name='Waiting for parts', category='pending'))
    """
    document = loaded(checked_path(path))
    said = document.data.get("schema")
    if said not in (None, SCHEMA):
        problem = "another kind of document, and no account of another system"
        remedy = f"say what its ids mean in a file of its own, with schema = {SCHEMA!r} or none"
        raise InvalidDocument(document.name, "schema", said, problem, remedy)
    return doc.read(account_shape(name), document.data, document.name)


def skeleton(reading: EventLog) -> str:
    """Return what a reading could not place as the text of an account file to fill in.

    Everything stands where it was taken to be; move or change what is otherwise, and name the file
    with `--config`. It is empty where an account has nothing to say.

    Example:
        >>> from support_model.adapters import EventLog
        >>> print(skeleton(EventLog(events=(), unknown={("status", "Parts"): 3})))
        # Not known: each stands where it was taken to belong. Move what belongs elsewhere,
        # save this as account.toml, and say --config account.toml.
        <BLANKLINE>
        # waits for the requester: pending; for anyone else: on_hold; merged, spam: void
        [statuses]
        new = []
        open = [
          "Parts", # 3 times
        ]
        pending = []
        on_hold = []
        solved = []
        closed = []
        void = []
        <BLANKLINE>
    """
    unknown: dict[str, dict[str, int]] = {}
    for (what, value), count in reading.unknown.items():
        unknown.setdefault(_KINDS.get(what, what), {})[value] = count
    if not unknown:
        return ""
    parts = [_HEAD]
    for kind, lines in (
        ("statuses", _statuses),
        ("priorities", _priorities),
        ("lines", _lines),
        ("roles", _roles),
        ("questions", _questions),
    ):
        if kind in unknown:
            parts.append("\n".join(lines(unknown.pop(kind), reading)))
    if len(parts) == 1:
        return ""  # nothing here is a matter of an account
    if unknown:
        rest = [f"# {what} {_quoted(v)}:{_times(n)[2:]}" for what, each in unknown.items()
                for v, n in each.items()]  # fmt: skip
        parts.append("\n".join(("# No key of this file says what these are:", *rest[:MANY])))
    return "\n\n".join(parts) + "\n"


_HEAD = """# Not known: each stands where it was taken to belong. Move what belongs elsewhere,
# save this as account.toml, and say --config account.toml."""
_KINDS = {
    "status": "statuses",
    "custom status": "statuses",
    "priority": "priorities",
    "group": "lines",
    "user": "roles",
    "author": "roles",
    "person": "roles",
    "question": "questions",
}


def _statuses(found: Mapping[str, int], _: EventLog) -> Iterator[str]:
    yield "# waits for the requester: pending; for anyone else: on_hold; merged, spam: void"
    yield "[statuses]"
    for category in CATEGORIES:
        yield from _list(category, found if category == "open" else {})


def _roles(found: Mapping[str, int], reading: EventLog) -> Iterator[str]:
    taken = {event.actor: event.role for event in reading.events if event.actor in found}
    yield "# agent: your staff; bot: answers by itself; system: rules and timers"
    yield "[roles]"
    for role in ROLES:
        here = {who: n for who, n in found.items() if taken.get(who, "third_party") == role}
        yield from _list(role, here)


def _list(key: str, found: Mapping[str, int]) -> Iterator[str]:
    if not found:
        yield f"{key} = []"
        return
    yield f"{key} = ["
    yield from (f"  {_quoted(value)},{_times(count)}" for value, count in _first(found))
    yield "]"


def _priorities(found: Mapping[str, int], reading: EventLog) -> Iterator[str]:
    ranks: dict[str, int] = {}
    for event in reading.events:
        if isinstance(event, Created | Changed):
            ranks |= {v.name: v.rank for _, v in event.fields if isinstance(v, Priority)}
    last = max(ranks.values(), default=1)
    yield "# 1 is the most urgent"
    yield "[priorities]"
    for value, count in _first(found):
        yield f"{_quoted(value)} = {ranks.get(value, last)}{_times(count)}"


def _questions(found: Mapping[str, int], reading: EventLog) -> Iterator[str]:
    yield "# what each asks for: csat, ces, nps, comment, or ticket for the ticket's id"
    yield f"[{reading.form}.questions]"
    for value, count in _first(found):
        yield f'# {_quoted(value)} = "csat"{_times(count)}'


def _lines(found: Mapping[str, int], _: EventLog) -> Iterator[str]:
    yield "# the support line, 1 to 5, of each group that is one: remove the # before it"
    yield "[lines]"
    for value, count in _first(found):
        yield f"# {_quoted(value)} = 1{_times(count)}"


def _first(found: Mapping[str, int]) -> Iterable[tuple[str, int]]:
    return sorted(found.items(), key=lambda each: (-each[1], each[0]))[:MANY]


def _times(count: int) -> str:
    return f" # {count:,} time{'s' if count > 1 else ''}"


def _quoted(value: str) -> str:
    """Return text as TOML writes it; half of a character, which TOML lacks, as a mark."""
    whole = value.encode("utf-8", "replace").decode("utf-8")
    return json.dumps(whole, ensure_ascii=False).replace("\x7f", "\\u007f")
