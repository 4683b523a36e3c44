"""What the words and ids of one account of another system mean, as one value for all systems."""

from __future__ import annotations

from hashlib import blake2s
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from attrs import field

from support_model._checks import valid
from support_model._frozen import FrozenMap, frozen, words
from support_model._time import timezone
from support_model._vocabulary import ROLES, Priority, Role, Status
from support_model.errors import InvalidMapping, nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from typing import Any
    from zoneinfo import ZoneInfo

    from support_model.adapters._payloads import Tally

People: TypeAlias = Literal["pseudonyms", "as_written"]
PEOPLE: tuple[People, ...] = get_args(People)


def _zone(tz: str | ZoneInfo | None) -> ZoneInfo | None:
    return None if tz is None else timezone(tz)


def _texts(given: str | Iterable[str]) -> frozenset[str]:
    return frozenset(map(str, words(given)))


def _by_text(given: Mapping[object, Any]) -> FrozenMap[str, Any]:
    return FrozenMap({str(key): value for key, value in given.items()})


def _check_roles(roles: Mapping[str, object]) -> None:
    for person, role in roles.items():
        if role not in ROLES:
            raise InvalidMapping(role, f"unknown role of {person!r}", nearest(str(role), ROLES))


def _check_people(people: str) -> None:
    if people not in PEOPLE:
        raise InvalidMapping(people, "unknown way to call people", nearest(people, PEOPLE))


@frozen(kw_only=True)
class Account:
    """What the ids and words of one account mean: the same value for every system.

    All keys are native ids or names as text; whatever is not said here is taken as the system's
    own default, and what has none is reported.

    Attributes:
        roles: who is an agent, a customer, a third party, by person; takes precedence over what
            the payload says.
        bots: people whose acts are the system's own.
        groups: what groups, teams or queues are called, by id.
        lines: the support line, 1 to 5, of a group, by its id or its name.
        statuses: what a status, list, section or state means, by its id or its name.
        priorities: what a priority or label means, by its id or its name.
        tz: the zone of stamps that state none.
        stamps: how stamps of tables are written where a form leaves it to the account: "day
            first", "month first", or formats such as "%d.%m.%Y %H:%M".
        keep: native fields to keep beside those that every system has: subjects, custom fields.
            Without it no free text of a ticket is in its events.
        people: how people are called where a form has no ids but names or mail addresses:
            by "pseudonyms" (a short hash: the same person has the same one everywhere) or
            "as_written".

    Raises:
        InvalidMapping: an unknown role or way to call people.

    Example:
        >>> account = Account(groups={31: "network"}, lines={"network": 2}, bots=["7"])
        >>> account.groups["31"], account.bots
        ('network', frozenset({'7'}))
    """

    roles: Mapping[str, Role] = field(
        factory=FrozenMap, converter=_by_text, validator=valid(_check_roles), hash=False
    )
    bots: frozenset[str] = field(default=frozenset(), converter=_texts)
    groups: Mapping[str, str] = field(factory=FrozenMap, converter=_by_text, hash=False)
    lines: Mapping[str, int] = field(factory=FrozenMap, converter=_by_text, hash=False)
    statuses: Mapping[str, Status] = field(factory=FrozenMap, converter=_by_text, hash=False)
    priorities: Mapping[str, Priority] = field(factory=FrozenMap, converter=_by_text, hash=False)
    tz: ZoneInfo | None = field(default=None, converter=_zone)
    stamps: tuple[str, ...] = field(default=(), converter=words)
    keep: frozenset[str] = field(default=frozenset(), converter=_texts)
    people: People = field(default="pseudonyms", validator=valid(_check_people))


def known_role(account: Account, person: str) -> Role | None:
    """Return the role that an account gives a person; None where it says nothing."""
    return "system" if person in account.bots else account.roles.get(person)


def called(account: Account, name: str) -> str:
    """Return what a person is called who has no id but a name or an address.

    Example:
        >>> called(Account(), "Cleo Marsh"), called(Account(people="as_written"), "Cleo Marsh")
        ('person-ddd917148f', 'Cleo Marsh')
    """
    if account.people == "as_written":
        return name
    raw = name.strip().casefold().encode("utf-8", "surrogatepass")
    return f"person-{blake2s(raw, digest_size=5).hexdigest()}"


def status_of(
    account: Account, native: str, usual: Mapping[str, Status], tally: Tally, *, name: str = ""
) -> Status:
    """Return what a status means: as the account says, else as is usual; unknown is open.

    Args:
        account: what ids mean.
        native: its id, or its name where it has none.
        usual: what the system's own statuses mean.
        tally: where an unknown one is counted.
        name: what it is called, if `native` is an id.
    """
    for known in (account.statuses, usual):
        for key in (native, name):
            if key in known:
                return known[key]
    tally.met("status", name or native, "open")
    return Status(name or native, "open")


def priority_of(
    account: Account, native: str, usual: Mapping[str, Priority], tally: Tally
) -> Priority:
    """Return what a priority means: as the account says, else as is usual; unknown ranks last."""
    for known in (account.priorities, usual):
        if native in known:
            return known[native]
    ranks = (priority.rank for priority in (*usual.values(), *account.priorities.values()))
    last = 1 + max(ranks, default=0)
    tally.met("priority", native, f"rank {last}")
    return Priority(native, last)


def group_of(account: Account, native: str | None, tally: Tally) -> dict[str, Any]:
    """Return the group's name and, where the account knows lines at all, its line, as fields."""
    named = None if native is None else account.groups.get(native, native)
    if not account.lines:
        return {"group": named}
    line = None if native is None else account.lines.get(native, account.lines.get(named or ""))
    if native is not None and line is None:
        tally.met("group", named or native, "of no line")
    return {"group": named, "line": line}


def kept(account: Account, name: str, value: Any, tally: Tally) -> dict[str, Any]:  # noqa: ANN401 - JSON types
    """Return a native field as a custom one if the account keeps it; else count it as left out."""
    if name in account.keep:
        return {f"custom.{name}": value}
    tally.left_out[f"field {name}"] += 1
    return {}


def unmet(
    account: Account, people: Collection[str], statuses: Collection[Status]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the people and the statuses that an account names and a log never meets.

    Args:
        account: what ids mean.
        people: everybody in the log, as it calls them.
        statuses: all statuses in the log.

    Example:
        >>> account = Account(roles={"U7": "agent", "ada": "agent"}, bots=["Relay"])
        >>> unmet(account, {"U7", called(account, "Relay")}, ())
        (('ada',), ())
    """
    named = sorted({*account.roles, *account.bots})
    missing = (who for who in named if who not in people and called(account, who) not in people)
    words = (name for name, status in account.statuses.items() if status not in statuses)
    return tuple(missing), tuple(sorted(words))
