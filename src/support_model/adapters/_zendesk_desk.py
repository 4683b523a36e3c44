"""What native values of Zendesk mean on one desk: who acts in which role, and what fields say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import Factory, define, evolve

from support_model._frozen import FrozenMap
from support_model._vocabulary import Role, Status
from support_model.adapters._account import group_of, kept, known_role, priority_of, status_of
from support_model.adapters._drafts import By, Drafts
from support_model.adapters._payloads import Node
from support_model.adapters._zendesk_shapes import (
    Found,
    Item,
    Stamps,
    Unfit,
    id_or_none,
    native_id,
)
from support_model.adapters._zendesk_words import (
    BOT_CHANNELS,
    CATEGORIES,
    CHANNELS,
    NAMED,
    OWN_IDS,
    PRIORITIES,
    ROLES,
    STATUSES,
    SYSTEM,
    VENDOR,
)
from support_model.errors import AdapterError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from support_model.adapters._account import Account
    from support_model.adapters._event_logs import StatedFigure
    from support_model.adapters._payloads import Tally

Asks = tuple[int, str]
"""From which audit on somebody is the requester of a ticket."""


@define
class People:
    """Who acts in which role on which ticket, as far as payload and account tell.

    A role is a property of a person on a ticket: whoever asks for help is the customer there,
    whatever they are elsewhere.

    Attributes:
        roles: of people anywhere.
        asked: who asked for help on a ticket, in order.
    """

    roles: dict[str, Role]
    asked: dict[str, list[Asks]] = Factory(dict)

    def role(self, ticket: str, person: str, number: int, *, public: bool = True) -> Role | None:
        """Return the role of a person in an audit; None where nothing tells it.

        A note among staff is written by staff, also on a ticket of their own.
        """
        known = self.roles.get(person)
        requesters = self.asked.get(ticket)
        if requesters is None:
            return known
        if known is None:
            return "customer" if any(person == each for _, each in requesters) else None
        if known not in ("customer", "agent") or not (public or known != "agent"):
            return known
        asks = [each for since, each in requesters if since <= number]
        return "customer" if asks and asks[-1] == person else known

    def asks(self, ticket: str, number: int, before: object, now: object) -> None:
        """Note that an audit names the requester of a ticket, and who it was before."""
        requesters = self.asked.setdefault(ticket, [])
        try:
            was, is_ = id_or_none(before), id_or_none(now)
        except Unfit:  # the field is refused where it is read
            return
        if not requesters and was is not None:
            requesters.append((-1, was))
        if is_ is not None:
            requesters.append((number, is_))

    def asks_now(self, ticket: str, person: str | None) -> None:
        """Note who is the requester of a ticket at present, where nothing else told it."""
        if person is not None and ticket not in self.asked:
            self.asked[ticket] = [(-1, person)]


def roles_of(users: Iterable[Node], account: Account, tally: Tally) -> dict[str, Role]:
    """Return the roles of people; a user who has none, or no id, refuses nobody else."""
    roles: dict[str, Role] = {}
    for user in users:
        native, role = user.value.get("id"), user.value.get("role")
        try:
            person = native_id(native)
        except Unfit:
            tally.noted.note("no_role", None)
            continue
        if not isinstance(role, str) or not role:
            tally.noted.note("no_role", None, person)
            continue
        if role not in ROLES:
            tally.met("role of a user", role, "third_party")
        roles[person] = ROLES.get(role, "third_party")
    for person in (*account.roles, *account.bots):
        said = known_role(account, person)
        if said is not None:
            roles[person] = said
    return {SYSTEM: "system", **roles}


@define
class Desk:
    """One reading: what ids mean, who people are, and where events and oddities go."""

    account: Account
    people: People
    tally: Tally
    drafts: Drafts
    stamps: Stamps
    born: set[str] = Factory(set)
    asked: set[str] = Factory(set)
    rated: set[str] = Factory(set)
    seen: set[tuple[str, str]] = Factory(set)
    figures: dict[tuple[str, str, int | None], StatedFigure] = Factory(dict)
    _known: dict[tuple[str, str | int], dict[str, Any]] = Factory(dict)

    @classmethod
    def of(cls, found: Found, account: Account, tally: Tally) -> Desk:
        """Return the desk of a payload: what it says of names and roles, and the account above."""
        names = FrozenMap[Any, str]({**found.groups, **account.groups})
        statuses = dict[Any, Status]({**account.statuses})
        for page in found.statuses:
            for native, status in statuses_of(page, tally):
                statuses.setdefault(native, status)
        known = evolve(account, groups=names, statuses=statuses)
        people = People(roles_of(found.users, account, tally))
        return cls(known, people, tally, Drafts(), Stamps(account.tz, tally))

    def unread(self, item: Item, place: str, ticket: str | None, problem: object) -> None:
        """Note a part of an item that cannot be read; `place` is where it stands in the item."""
        path = f"{item.path}.{place}" if item.path and place else item.path or place
        self.tally.unread(Node(VENDOR, None, path), ticket, str(problem))

    def by(
        self,
        ticket: str,
        person: str | None,
        number: int,
        source: str | None,
        *,
        public: bool = True,
        channel: str | None = None,
    ) -> By:
        """Return who did something; somebody unknown is not credited with our replies."""
        if person is None:
            self.tally.noted.note("no_user", None, ticket=ticket)
            return By("third_party", None, source)
        role = self.people.role(ticket, person, number, public=public)
        if channel is not None and role != "customer" and channel.startswith(BOT_CHANNELS):
            return By("system", person, source)
        if role is None:
            self.tally.met("user", person, "third_party")
            role = "third_party"
        return By(role, person, source)

    def fields(self, native: Mapping[str, Any], item: Item, ticket: str) -> dict[str, Any]:
        """Return the library's fields for the native ones that got values together.

        One that is not what it should be is left out, and said.
        """
        fields: dict[str, Any] = {}
        for name, value in native.items():
            try:
                fields.update(self._meant(name, value))
            except Unfit as odd:
                self.unread(item, name, ticket, odd)
        if "custom_status_id" in native and "custom.custom_status_id" not in fields:
            status = self.account.statuses.get(str(native["custom_status_id"]))
            if status is not None and fields.get("status", status).category != "void":
                fields["status"] = status  # deleted is deleted, whatever it was called
        return fields

    def _meant(self, name: str, value: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON types
        """Return what one native field says, remembered where it is known and of a few."""
        kind = value.__class__
        if name not in _FEW or (kind is not str and kind is not int):
            return self.field(name, value)
        known = self._known.get((name, value))
        if known is None:
            times = self.tally.times
            known = self.field(name, value)
            if times == self.tally.times:
                self._known[name, value] = known
        return known

    def field(self, name: str, value: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON types
        """Return what one native field says.

        Raises:
            Unfit: it is nothing that the field can hold.
        """
        if name in NAMED:
            return {NAMED[name]: id_or_none(value)}
        if name in OWN_IDS:
            return {f"custom.{name}": id_or_none(value)}
        own = _OWN.get(name)
        if own is not None:
            return own(self, value)
        if name == "subject" and name in self.account.keep:
            return {"topic": id_or_none(value)}
        asked = name in self.account.keep and value is not None
        fits, plain = Node(VENDOR, value).plain() if asked else (True, None)
        if not fits:
            self.tally.left_out[f"field {name}"] += 1
            return {}
        return kept(self.account, name, plain, self.tally)

    def status(self, value: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON types
        """Return a status; an unknown one still needs work."""
        if not isinstance(value, str) or not value:
            problem = "missing" if value is None else "not text"
            raise Unfit(problem)
        return {"status": status_of(self.account, value, STATUSES, self.tally)}

    def custom_status(self, value: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON types
        """Return the id of a custom status unless the account names it: then it is `status`."""
        native, known = id_or_none(value), self.account.statuses
        if native in known:
            return {}
        if native is not None and any(key.isdecimal() for key in known):
            self.tally.met("custom status", native, "its system status")
        return {"custom.custom_status_id": native}

    def priority(self, value: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON types
        """Return a priority; an unknown one ranks after all others."""
        if value is None or value == "":
            return {"priority": None}
        if not isinstance(value, str):
            problem = "not text"
            raise Unfit(problem)
        return {"priority": priority_of(self.account, value, PRIORITIES, self.tally)}

    def group(self, value: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON types
        """Return a group's name and, where lines are known at all, its line."""
        return group_of(self.account, id_or_none(value), self.tally)

    def tags(self, value: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON types
        """Return tags, a list or a text of words."""
        if value is None or value == "":
            return {"tags": None}
        words = value.split() if isinstance(value, str) else value
        if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
            problem = "not a list of tags"
            raise Unfit(problem)
        return {"tags": frozenset(words)}


_OWN = {
    "status": Desk.status,
    "custom_status_id": Desk.custom_status,
    "priority": Desk.priority,
    "group_id": Desk.group,
    "tags": Desk.tags,
}
_FEW = frozenset(
    {
        *("status", "custom_status_id", "priority", "group_id", "type", "assignee_id"),
        *("organization_id", *OWN_IDS),
    }
)
"""Fields whose values are a few, so what each means is remembered."""


def channel_named(native: str | None) -> str | None:
    """Return what a channel is called; bots' channels are one.

    Example:
        >>> channel_named("native_messaging"), channel_named("answer_bot_for_sdk")
        ('messaging', 'bot')
    """
    if not native:
        return None
    if native.startswith(BOT_CHANNELS):
        return "bot"
    return CHANNELS.get(native, native)


def statuses_of(page: Node, tally: Tally | None = None) -> Iterator[tuple[str, Status]]:
    """Yield (id, status) of the custom statuses of a page, or of one.

    Raises:
        AdapterError: one of them is none, unless there is a tally to note it in.
    """
    one = page.get("custom_status")
    for status in page["custom_statuses"].items() if one is None else [one]:
        try:
            category = status["status_category"]
            if category.text() not in CATEGORIES:
                category.refuse("unknown category", f"known: {', '.join(CATEGORIES)}")
            named = (
                status["id"].id(),
                Status(status["agent_label"].text(), CATEGORIES[category.value]),
            )
        except AdapterError as error:
            if tally is None:
                raise
            tally.noted.note("unreadable", None, f"{error.path}: {error.problem}")
        else:
            yield named
