"""Who acts in which role on an issue of Jira, as far as payload and account tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import Factory, define

from support_model.adapters._account import Account, called, known_role
from support_model.adapters._jira_words import Item, native, part

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from support_model._vocabulary import Role
    from support_model.adapters._payloads import Tally

KINDS = ("app", "customer", "atlassian", "unknown")
"""Types of an account; of two that are told of one person the first holds."""
ADD_ON = "addon_"
"""How users of apps are called where no type is told."""
NAMES = ("accountId", "name", "key", "emailAddress", "displayName")
"""What a user is called by, the best first: a server knows no account ids."""
UNASKED: Any = object()


def _has_kind(item: Item) -> bool:
    return isinstance(item.get("accountType"), str)


@define
class People:
    """The people of one payload.

    Attributes:
        account: what it says of people takes precedence.
        tally: where people are counted of whom nothing is known.
        kinds: the types of accounts, by id; "" where none is told.
        agents: whom something shows to be staff: an issue is or was assigned to them.
        keys: the id of a person of a server by the key that its changelogs use.
        written: how the payload writes a person whose id is made of a name.
    """

    account: Account
    tally: Tally
    kinds: dict[str, str] = Factory(dict)
    agents: set[str] = Factory(set)
    keys: dict[str, str] = Factory(dict)
    written: dict[str, str] = Factory(dict)
    _said: dict[str, Any] = Factory(dict)

    def see(self, user: Any) -> str | None:  # noqa: ANN401 - JSON types
        """Return the id of a person, and keep what the payload tells of them."""
        if user.__class__ is dict:
            given = user.get("accountId")
            if given.__class__ is str:
                kind = self.kinds.get(given)
                if kind is not None and kind == user.get("accountType"):
                    return str(given)
        return self._seen(user)

    def _seen(self, user: object) -> str | None:
        item = part(user)
        given = (item.get(key) for key in NAMES)
        person = next(filter(None, map(self._called, given)), None)
        if person is None:
            return None
        kinds = {item.get("accountType"), self.kinds.get(person, "")} if _has_kind(item) else {""}
        self.kinds[person] = next((each for each in KINDS if each in kinds), self._kind(person))
        key = native(item.get("key"))
        if key is not None and "accountId" not in item:
            self.keys[key] = max(person, self.keys.get(key, person))
        return person

    def _kind(self, person: str) -> str:
        return self.kinds.get(person, "")

    def _called(self, given: object) -> str | None:
        """Return an id, or a pseudonym of what is a name."""
        own = native(given)
        if own is None and isinstance(given, str) and given:
            own = called(self.account, given)
            self.written[own] = given
        return own

    def person(self, given: object, name: object = None) -> str | None:
        """Return what somebody is called, by an id or, where there is none, by a name."""
        own = native(given)
        return self.keys.get(own, own) if own else self._called(given) or self._called(name)

    def role(
        self,
        person: str | None,
        asks: AbstractSet[str],
        *,
        public: bool = True,
        asked: bool = False,
    ) -> Role:
        """Return the role of a person on an issue.

        Args:
            person: their id.
            asks: who asks for help there, and is its customer, but not in a note among staff.
            public: whether the act can be seen by the customer.
            asked: whether the person has asked there before somebody else did.
        """
        if person is None:
            return "third_party"
        known: Role | None = self._said.get(person, UNASKED)
        if known is UNASKED:
            known = self._said[person] = self._stated(person)
        if public and person in asks:
            return "system" if known == "system" else "customer"
        if known is not None:
            return known
        if person in self.agents or not public:
            return "agent"  # no customer writes an internal comment
        if asked or person in asks:
            return "customer"
        self.tally.met("user", person, "third_party")
        return "third_party"

    def _stated(self, person: str) -> Role | None:
        """Return the role of a person that account or payload states wherever they act."""
        written = self.written.get(person, person)
        known = known_role(self.account, person) or known_role(self.account, written)
        if known is not None:
            return known
        kind = self.kinds.get(person)
        if kind == "app" or person.startswith(ADD_ON):
            return "system"
        if kind == "customer":
            return "customer"
        return "agent" if kind == "atlassian" else None
