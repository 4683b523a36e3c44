"""Words of Jira: what statuses and priorities usually mean, and how ids and instants are written.

Names are the site's own and may be changed, so a word is known by its id, and called as it is
called now. Status names are those of the templates of Jira Service Management and Jira.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from attrs import Factory, define

from support_model._time import instant
from support_model._vocabulary import Category, Priority, Status
from support_model.adapters._payloads import masked
from support_model.errors import OutOfRange

if TYPE_CHECKING:
    from collections.abc import Iterable

    from support_model.adapters._account import Account
    from support_model.adapters._payloads import Tally

VENDOR: Final = "jira"
Item: TypeAlias = "Mapping[str, Any]"
"""An object of a payload."""
NOTHING: Item = MappingProxyType({})
NEW = Status("new", "new")
"""What an issue begins with where nothing tells it."""
DELETED = Status("deleted", "void")
LONGEST_ID: Final = 128
LONGEST_WORD: Final = 60
LAST_MILLISECOND: Final = 253_402_300_799_000
MOST: Final = 10**9
"""Pages and counts beyond this are none."""
ALWAYS = datetime.max.replace(tzinfo=UTC)
"""When something is called that says what holds now."""
CATEGORIES: Mapping[str, Category] = MappingProxyType(
    {
        "new": "new",
        "todo": "new",
        "to_do": "new",
        "undefined": "new",
        "2": "new",
        "indeterminate": "open",
        "in_progress": "open",
        "4": "open",
        "done": "solved",
        "3": "solved",
    }
)
"""What the categories of statuses mean, by their key, and as `statuses/search` writes them."""
_NAMES: tuple[tuple[Category, tuple[str, ...]], ...] = (
    ("new", (
        *("Open", "To Do", "New", "Created", "Backlog", "Selected for Development"),
        *("Offen", "Zu erledigen", "Abierto", "Ouvert", "À faire", "Открыто"),
        *("К выполнению",),  # noqa: RUF001 - Cyrillic
    )),
    ("open", (
        *("In Progress", "Waiting for support", "Work in progress", "Reopened"),
        *("Escalated", "Under investigation", "Under review", "In Arbeit"),
        *("In Bearbeitung", "Warten auf Support", "En curso"),
        *("Esperando por ayuda", "En cours", "En attente de support"),
        *("В работе",),  # noqa: RUF001 - Cyrillic
        *("Ожидание поддержки",),
    )),
    ("pending", (
        *("Waiting for customer", "Waiting for approval", "Warten auf Kunden"),
        *("Warten auf Kunde", "Esperando por el cliente", "En attente du client"),
        *("Ожидание клиента", "Ожидание утверждения"),
    )),
    ("on_hold", (
        *("Pending", "On hold", "Blocked", "Waiting for vendor", "Ausstehend"),
    )),
    ("solved", (
        *("Resolved", "Done", "Completed", "Erledigt", "Gelöst", "Resuelto"),
        *("Résolu", "Resuelta", "Terminé", "Решено", "Готово"),
    )),
    ("closed", (
        *("Closed", "Geschlossen", "Cerrado", "Cerrada", "Fermé", "Закрыто"),
    )),
    ("void", (
        *("Canceled", "Cancelled", "Declined", "Abgebrochen", "Annulé", "Отменено"),
    )),
)  # fmt: skip
STATUSES: Mapping[str, Category] = MappingProxyType(
    {name.casefold(): category for category, names in _NAMES for name in names}
)
"""What statuses mean that a project begins with; a name says more than a category."""
PRIORITIES: Mapping[str, Priority] = MappingProxyType(
    {
        name.casefold(): Priority(own, rank)
        for rank, (own, names) in enumerate(
            (
                (
                    "urgent",
                    ("Highest", "Blocker", "Höchste", "Más alta", "La plus haute", "Наивысший"),
                ),
                ("high", ("High", "Critical", "Hoch", "Alta", "Élevée", "Высокий")),
                ("normal", ("Medium", "Major", "Mittel", "Media", "Moyenne", "Средний")),
                ("low", ("Low", "Minor", "Niedrig", "Baja", "Faible", "Низкий")),
                (
                    "lowest",
                    (
                        "Lowest",
                        "Trivial",
                        "Niedrigste",
                        "Más baja",
                        "La plus basse",
                        "Самый низкий",
                    ),
                ),
            ),
            1,
        )
        for name in names
    }
)
"""What the priorities of a new site mean, and those of a server."""


def part(value: Any) -> Item:  # noqa: ANN401 - JSON types
    """Return what may be an object; an empty one where it is none."""
    return value if value.__class__ is dict or isinstance(value, Mapping) else NOTHING


def native(value: Any) -> str | None:  # noqa: ANN401 - JSON types
    """Return an id, a whole number or a word without spaces, as text; None for anything else.

    Example:
        >>> native(10051), native("qm:a-1:b"), native(True), native("Cleo Marsh")
        ('10051', 'qm:a-1:b', None, None)
    """
    if value.__class__ is str:
        text: str = value
        if text.isalnum() and text.isascii() and len(text) <= LONGEST_ID:
            return text
        plain = text.replace("-", "").replace(":", "").replace("_", "").replace(".", "")
        fits = plain.isascii() and plain.isalnum() and len(text) <= LONGEST_ID
        return text if fits else None
    if value.__class__ is int and -MOST * MOST < value < MOST * MOST:
        return str(value)
    return None


def word(value: Any) -> str | None:  # noqa: ANN401 - JSON types
    """Return a word of the site's vocabulary, such as the name of a status; None if it is none.

    Example:
        >>> word("Waiting for customer"), word("cleo@example.com"), word(7)
        ('Waiting for customer', None, None)
    """
    if value.__class__ is not str or not value or "@" in value:
        return None
    return str(value[:LONGEST_WORD])


def at_of(value: Any) -> datetime | None:  # noqa: ANN401 - JSON types
    """Return an instant in UTC: of a stamp, of milliseconds, or of an object with both.

    Example:
        >>> at_of("2026-03-28T22:00:00.000+0100").isoformat()
        '2026-03-28T21:00:00+00:00'
        >>> at_of({"epochMillis": 1774731600000}) == at_of(1774731600000)
        True
        >>> at_of("2026-03-28T22:00:00") is None
        True
    """
    found: datetime | None = None
    try:
        if value.__class__ is str:
            at = datetime.fromisoformat(value)
            found = None if at.tzinfo is None else at.astimezone(UTC)
        elif value.__class__ is int:
            found = instant(value * 1000) if 0 <= value <= LAST_MILLISECOND else None
        elif isinstance(value, Mapping):
            given = (value.get(key) for key in ("epochMillis", "iso8601", "jira"))
            found = next(filter(None, map(at_of, filter(_is_plain, given))), None)
    except (ValueError, OverflowError, OutOfRange):
        return None
    return found


def _is_plain(value: object) -> bool:
    return value.__class__ in {str, int}


def length_of(value: object) -> timedelta | None:
    """Return the length of {"millis": ...}; None for anything else."""
    millis = part(value).get("millis")
    if millis.__class__ is int and abs(millis) < LAST_MILLISECOND:
        return timedelta(milliseconds=millis)
    return None


def count_of(value: Any) -> int:  # noqa: ANN401 - JSON types
    """Return a count; 0 for anything else."""
    return int(value) if value.__class__ is int and 0 <= value < MOST else 0


_COARSE: Mapping[str, Category] = MappingProxyType(
    {"pending": "open", "on_hold": "open", "closed": "solved", "void": "solved"}
)
_WAITING = frozenset({"pending", "on_hold"})


def refined(usual: Category, told: Category | None) -> Category:
    """Return what a status means by its name, within what the site says of its category.

    Example:
        >>> refined("pending", "open"), refined("open", "new"), refined("pending", "new")
        ('pending', 'new', 'pending')
    """
    agrees = told is None or _COARSE.get(usual, usual) == told
    return usual if agrees or (usual in _WAITING and told == "new") else told or usual


@define
class Words:
    """What statuses and priorities of a payload are called and mean.

    Attributes:
        account: what it says takes precedence.
        tally: where what is unknown is counted.
        names: what an id was called, and when last, by kind and id.
        categories: the category of statuses, by id and by name.
    """

    account: Account
    tally: Tally
    names: dict[tuple[str, str], dict[str, datetime]] = Factory(dict)
    categories: dict[str, str] = Factory(dict)
    _known: dict[tuple[str, str], tuple[Any, str]] = Factory(dict)

    def learn(self, kind: str, key: object, name: object, at: datetime) -> None:
        """Note what an id was called at an instant."""
        own, called = native(key), word(name)
        if own is None or called is None:
            return
        known = self.names.get((kind, own))
        if known is None:
            self.names[kind, own] = {called: at}
        elif known.get(called, at) <= at:
            known[called] = at

    def status_as_now(self, value: object, at: datetime) -> None:
        """Note what a status is called, and its category, from the status itself."""
        item = part(value)
        category = item.get("statusCategory")
        told = part(category).get("key", category)
        if isinstance(told, str) and (meant := CATEGORIES.get(told.casefold())) is not None:
            for key in (native(item.get("id")), word(item.get("name"))):
                if key is not None:
                    self.categories[key] = min(meant, self.categories.get(key, meant))
        self.learn("status", item.get("id"), item.get("name"), at)

    def renamed(self) -> None:
        """Note each status or priority that has had several names."""
        for (kind, key), names in self.names.items():
            if len(names) > 1:
                now, *before = self._called(kind, key, "")
                said = f"{kind} {key} is called {now}, and was {', '.join(before)}"
                self.tally.noted.note("renamed", None, said)

    def _called(self, kind: str, key: str, name: str) -> list[str]:
        """Return the names of an id, the latest first."""
        known = self.names.get((kind, key), {})
        names = sorted(known, key=lambda each: (known[each], each), reverse=True)
        return names or [name or key]

    def of(self, kind: str, key: object, name: object, *, quiet: bool = False) -> Any:  # noqa: ANN401 - a Status or a Priority
        """Return the status or priority of an id and a name; None where neither is one.

        Args:
            kind: "status" or "priority".
            key: its id.
            name: what it is called.
            quiet: do not count an unknown one, because no event comes of it.
        """
        own, called = native(key), word(name)
        native_ = own or called
        if native_ is None:
            return None
        known = self._known.get((kind, native_))
        if known is None:
            names = self._called(kind, own or "", called or native_)
            made = (
                self._status(native_, names)
                if kind == "status"
                else self._priority(native_, names)
            )
            known = self._known[kind, native_] = made
        value, unknown = known
        if unknown and not quiet:
            self.tally.met(kind, value.name, unknown)
        return value

    def _status(self, key: str, names: list[str]) -> tuple[Status, str]:
        said = self.account.statuses
        for each in (key, *names):
            if each in said:
                return said[each], ""
        category: Any = next(filter(None, map(self.categories.get, (key, *names))), None)
        for each in names:
            usual = STATUSES.get(each.casefold())
            if usual is not None:
                return Status(names[0], refined(usual, category)), ""
        if category in {"new", "solved"}:
            return Status(names[0], category), ""
        return Status(names[0], "open"), "open"

    def _priority(self, key: str, names: list[str]) -> tuple[Priority, str]:
        said = self.account.priorities
        for each in (key, *names):
            if each in said:
                return said[each], ""
        for each in names:
            usual = PRIORITIES.get(each.casefold())
            if usual is not None:
                return usual, ""
        ranks: Iterable[int] = (each.rank for each in (*PRIORITIES.values(), *said.values()))
        last = 1 + max(ranks)
        return Priority(names[0], last), f"rank {last}"


def shown(value: object) -> str:
    """Return a name of a field or of a kind as a reading may show it."""
    return word(value) or str(masked(value))
