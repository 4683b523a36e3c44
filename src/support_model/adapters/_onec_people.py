"""Who is who in 1C: references, names, short names, and who acts in which role on a ticket.

A person is called by a reference of OData where a cell has one, else by a name, which is a
pseudonym in events unless the account says otherwise. "Лисов П." is "Лисов Пётр Иванович" where
the initials agree and nobody else is meant.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from support_model.adapters._account import Account, called
from support_model.adapters._onec_cells import REFERENCE
from support_model.adapters._onec_words import ROBOTS, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from support_model._vocabulary import Role
    from support_model.adapters._payloads import Tally

# ruff: noqa: RUF001, RUF002 - Russian names are Russian

UNNAMED = Account()
"""An account that calls people by pseudonyms."""
NOBODY = "<"
"""How 1C begins the presentation of an object that was deleted: "<Объект не найден>"."""


def pseudonym(name: str) -> str:
    """Return the pseudonym of a name, the same for all ways to write its spaces and its ё."""
    return called(UNNAMED, " ".join(name.replace("ё", "е").replace("Ё", "Е").split()))


class People:
    """The people of one reading.

    Args:
        account: what it says of roles and bots, and how people are called.
        names: what references and short names stand for.
        tally: where what is odd is noted.
    """

    def __init__(self, account: Account, names: Mapping[str, str], tally: Tally) -> None:
        self.account, self.said, self.tally = account, names, tally
        self.names: dict[str, str] = dict(names)
        self.robots = frozenset(map(plain, (*ROBOTS, *account.bots)))
        self.roles: dict[str, Role] = {plain(key): role for key, role in account.roles.items()}
        self.full: dict[str, str] = {}
        self._references: dict[str, str] = {}
        self._called: dict[str, str] = {}
        self._keys: dict[str, str] = {}
        self._known: dict[str, Role | None] = {}
        self._compared: dict[str, bool] = {}

    def learn(self, reference: str, name: str) -> None:
        """Learn what a reference stands for, unless the account says it."""
        self.names.setdefault(reference, name)

    def settle(self, met: Iterable[str]) -> None:
        """Find out which names are one person, once all are known.

        Args:
            met: all people of the reading, as their cells call them.
        """
        several: dict[str, set[str]] = {}
        for reference, name in self.names.items():
            if REFERENCE.fullmatch(reference):
                several.setdefault(plain(name), set()).add(reference)
        self._references = {name: each.pop() for name, each in several.items() if len(each) == 1}
        here = {name for name in met if not REFERENCE.fullmatch(name)}
        self.full = full_names({*here, *self.names.values()})
        for name in sorted(here):
            longer = self.full.get(plain(name))
            if longer is not None and not longer.startswith(NOBODY):
                pair = f"{self.shown(name)} is {self.shown(longer)}"
                self.tally.noted.note("short_name", None, pair)

    def called(self, raw: str) -> str:
        """Return what a person is called in events."""
        known = self._called.get(raw)
        if known is None:
            known = self._called[raw] = self._call(raw)
        return known

    def _call(self, raw: str) -> str:
        if self.account.people == "as_written":
            return self.said.get(raw, raw)
        if REFERENCE.fullmatch(raw):
            return raw
        name = self.said.get(raw, raw)
        reference = self._references.get(plain(name))
        return reference or pseudonym(name)

    def shown(self, raw: str) -> str:
        """Return what a person is called in findings, which never show names."""
        return raw if REFERENCE.fullmatch(raw) else pseudonym(raw)

    def key(self, raw: str) -> str:
        """Return what is equal for one person, however the cell calls them."""
        known = self._keys.get(raw)
        if known is None:
            if REFERENCE.fullmatch(raw):
                known = raw.lower()
            else:
                name = plain(self.names.get(raw, raw))
                name = plain(self.full.get(name, name))
                known = self._references.get(name, name).lower()
            self._keys[raw] = known
        return known

    def compared(self, raw: str) -> bool:
        """Return whether a name stands for a person, or a bare reference does."""
        known = self._compared.get(raw)
        if known is None:
            known = REFERENCE.fullmatch(raw) is None or raw in self.names
            self._compared[raw] = known
        return known

    def robot(self, raw: str) -> bool:
        """Return whether somebody is nobody: a job of the server, or a bot of the account."""
        return self.known(raw) == "system"

    def known(self, raw: str) -> Role | None:
        """Return the role that is known of a person wherever they act; None where none is."""
        if raw in self._known:
            return self._known[raw]
        ways = {
            plain(raw),
            plain(self.called(raw)),
            plain(self.names.get(raw, raw)),
            self.key(raw),
        }
        role: Role | None = None
        if not ways.isdisjoint(self.robots):
            role = "system"
        elif raw.startswith(NOBODY):
            role = "third_party"
            self.tally.noted.note("no_user", None)
        else:
            role = next((self.roles[way] for way in sorted(ways) if way in self.roles), None)
        self._known[raw] = role
        return role


def full_names(names: Iterable[str]) -> dict[str, str]:
    """Return the full name of each short one that can mean one person only, by the plain name.

    Example:
        >>> full_names(["Лисов П.", "Лисов Пётр Иванович", "Лисов Иван", "Зимина А."])
        {'лисовп.': 'Лисов Пётр Иванович'}
    """
    families: dict[str, dict[str, tuple[str, tuple[str, ...]]]] = {}
    for name in sorted(set(names)):
        split = _parts(name)
        if split is not None:
            families.setdefault(split[0], {}).setdefault(plain(name), (name, split[1]))
    found = {}
    for family in families.values():
        for short, (_, parts) in family.items():
            longer = [each for each in family.values() if _longer(each[1], parts)]
            if longer and _all_agree(longer):
                found[short] = max(longer, key=lambda each: (sum(map(len, each[1])), each[0]))[0]
    return found


def _all_agree(names: list[tuple[str, tuple[str, ...]]]) -> bool:
    return all(_agree(one[1], other[1]) for one in names for other in names)


def _parts(name: str) -> tuple[str, tuple[str, ...]] | None:
    """Return the family name and the parts of the others; None where it is no such name."""
    words = name.casefold().replace("ё", "е").replace(".", ". ").split()
    parts = [word.rstrip(".") for word in words]
    if not 2 <= len(parts) <= 3 or not all(part.replace("-", "").isalpha() for part in parts):
        return None
    if len(parts[0]) == 1:
        return parts[-1], tuple(parts[:-1])
    return parts[0], tuple(parts[1:])


def _agree(some: tuple[str, ...], others: tuple[str, ...]) -> bool:
    return all(
        one == other or (min(len(one), len(other)) == 1 and one[0] == other[0])
        for one, other in zip(some, others, strict=False)
    )


def _longer(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Return whether one name may be another one in full."""
    longer = sum(map(len, one)) > sum(map(len, other)) and len(one) >= len(other)
    return longer and _agree(one, other)
