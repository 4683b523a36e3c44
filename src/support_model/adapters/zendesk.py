"""Zendesk: ticket audits as `GET /api/v2/tickets/{id}/audits` writes them, read into events.

Pages, updates and exports become the same audits with the users beside them. An audit is one
update: its comments become messages, its field changes one `Changed` for each actor, apart from
what triggers and automations changed along with it. Stamps are UTC and of whole seconds, so order
follows the audit's id, which also makes `seq` the same whatever page an audit arrives on. A
deletion is a `void` status and a restore leaves it; neither is a reopening.
`support_model.adapters.EventLog` holds what was unknown or left out; an error of the interface is
no data.

Sources: Ticket Audits, Via object and Custom ticket statuses, https://developer.zendesk.com.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from attrs import Factory, define, field

from support_model._frozen import FrozenMap, frozen
from support_model._time import instant
from support_model._vocabulary import Category, Priority, Role, Status
from support_model.adapters._payloads import Node, Tally, complete, refuse_error, runs
from support_model.errors import OutOfRange
from support_model.events import Changed, Created, Message, Rated, RatingRequested, Related

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from support_model.adapters._event_logs import EventLog
    from support_model.events import Event

__all__ = ["Account", "custom_statuses", "read"]

VENDOR = "zendesk"
TITLE = "Zendesk"
HOLDERS = ("audits", "ticket_events", "audit", "events")
"""Keys of which one holds the audits of a page."""
VIAS = MappingProxyType(
    {"mail": "email", "web form": "web", "web service": "api", "closed ticket": "web"}
)
"""What the export of changes calls channels."""
RULE = 8
"""`via_reference_id` of rules there."""
NO_FIELDS = frozenset(
    {
        *("id", "event_type", "type", "via", "via_reference_id", "previous_value", "audit_id"),
        *("created_at", "timestamp"),
    }
)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LAST_SECOND = 253_402_300_799


@define
class Shapes:
    """What the pages of one payload hold.

    Attributes:
        audits: all audits, exact repetitions left out.
        users: all users beside them.
        tickets: the tickets beside them, as they are now.
    """

    audits: list[Node] = Factory(list)
    users: list[Node] = Factory(list)
    tickets: list[Node] = Factory(list)

    @classmethod
    def of(cls, payload: object, tally: Tally) -> Shapes:
        """Return what a payload holds.

        Raises:
            AdapterError: an error of the interface, or no audits.
        """
        root = Node(VENDOR, payload)
        found = cls()
        pages = root.items() if isinstance(root.value, list | tuple) else [root]
        found.audits = list(_once(audit for page in pages for audit in found.add(page)))
        complete(pages, len(found.audits), tally)
        return found

    def add(self, page: Node) -> Iterator[Node]:
        """Yield the audits of a page, which may be one audit, and keep what is beside them."""
        refuse_error(page, HOLDERS)
        if page.get("users") is not None:
            self.users += page["users"].items()
        if page.get("tickets") is not None:
            self.tickets += page["tickets"].items()
        if page.get("ticket") is not None:
            self.tickets.append(page["ticket"])
        if page.get("audits") is not None:
            yield from page["audits"].items()
        elif page.get("ticket_events") is not None:
            yield from map(_as_audit, page["ticket_events"].items())
        elif page.get("audit") is not None:
            yield page["audit"]
        elif page.get("events") is not None:
            yield page
        else:
            page.refuse("no audits", "ask for /api/v2/tickets/{id}/audits?include=users")


def _once(audits: Iterable[Node]) -> Iterator[Node]:
    """Leave out exact repetitions; one id with other contents is found out by its events."""
    first: dict[int, Node] = {}
    for audit in audits:
        earlier = first.setdefault(audit["id"].number(), audit)
        if earlier is audit or earlier.value != audit.value:
            yield audit


def _as_audit(node: Node) -> Node:
    """Return an event of the incremental export, whose fields are keys, as the audit it tells."""
    events = [part for child in node["child_events"].items() for part in _parts(child)]
    stamp = node.get("created_at")
    audit = {
        "id": node["id"].value,
        "ticket_id": node["ticket_id"].value,
        "author_id": node["updater_id"].value,
        "created_at": _seconds(node["timestamp"]) if stamp is None else stamp.value,
        "events": events,
        "via": _via(node),
    }
    return Node(VENDOR, audit, node.path)


def _parts(child: Node) -> Iterator[dict[str, Any]]:
    kind = child["event_type" if child.get("event_type") else "type"].text()
    shared = {"id": child.inside("id"), "type": kind}
    via = _via(child)
    if kind not in {"Create", "Change"}:
        yield {**child.mapping(), **shared, "via": via}
        return
    for name, value in child.mapping().items():
        if name not in NO_FIELDS:
            before = child.inside("previous_value")
            field = {"field_name": name, "value": value, "previous_value": before}
            yield {**shared, **field, "via": via}


def _via(node: Node) -> Mapping[str, Any]:
    via = node.inside("via")
    if isinstance(via, dict):
        return via
    if node.inside("via_reference_id") == RULE:
        return {"channel": "rule"}
    channel = str(via or "").lower()
    return {"channel": VIAS.get(channel, channel) or None}


def _seconds(node: Node) -> str:
    seconds = node.number()
    if not 0 <= seconds <= LAST_SECOND:
        node.refuse("not an instant", "expected seconds since 1970")
    return (EPOCH + timedelta(seconds=seconds)).isoformat()


class People:
    """Who acts in which role on which ticket, as far as payload and account tell.

    A role is a property of a person on a ticket: whoever asks for help is the customer there,
    whatever they are elsewhere.
    """

    def __init__(
        self, roles: Mapping[str, Role], audits: Iterable[Node], tickets: Iterable[Node]
    ) -> None:
        self.roles = roles
        self.asked: dict[str, list[tuple[int, str]]] = {}
        ordered = sorted(audits, key=lambda audit: audit["id"].number())
        for audit in ordered:
            for event in audit["events"].items():
                if event.inside("field_name") == "requester_id":
                    self._asks(audit, event)
        for ticket in tickets:
            native, requester = ticket.get("id"), ticket.get("requester_id")
            if native is not None and requester is not None:
                self.asked.setdefault(native.id(), [(-1, requester.id())])

    def _asks(self, audit: Node, event: Node) -> None:
        requesters = self.asked.setdefault(audit["ticket_id"].id(), [])
        before, now = event.get("previous_value"), event.get("value")
        if not requesters and before is not None:
            requesters.append((-1, before.id()))
        if now is not None:
            requesters.append((audit["id"].number(), now.id()))

    def role(
        self, ticket_id: str, person: str, number: int, *, public: bool = True
    ) -> Role | None:
        """Return the role of a person in an audit; None where nothing tells it.

        A note among staff is written by staff, also on a ticket of their own.
        """
        known = self.roles.get(person)
        requesters = self.asked.get(ticket_id, [])
        if known is None:
            return "customer" if any(person == each for _, each in requesters) else None
        asks = [each for since, each in requesters if since <= number][-1:]
        own = asks == [person] and known in {"customer", "agent"} and (public or known != "agent")
        return "customer" if own else known


T = TypeVar("T")
Draft: TypeAlias = tuple[type[Any], str, dict[str, Any]]
"""An event's class, who did it, and the arguments of its own."""
SYSTEM = "-1"
"""The author of what triggers, automations and the product itself do."""
SPREAD = 10_000
"""More than an audit has events: `seq` is the audit's id times this, plus the place in it."""

CATEGORIES: Mapping[str, Category] = MappingProxyType(
    {
        "new": "new",
        "open": "open",
        "pending": "pending",
        "hold": "on_hold",
        "solved": "solved",
        "closed": "closed",
        "deleted": "void",
    }
)
"""What the system statuses mean; `status_category` of a custom status is one of them."""
PRIORITIES: Mapping[str, Priority] = MappingProxyType(
    {
        name: Priority(name, rank)
        for rank, name in enumerate(("urgent", "high", "normal", "low"), 1)
    }
)
ROLES: Mapping[str, Role] = MappingProxyType(
    {"end-user": "customer", "agent": "agent", "admin": "agent"}
)
"""What the role of a user means; a light agent is an agent."""
CHANNELS = MappingProxyType(
    {"voice": "phone", "native_messaging": "messaging", "mobile_sdk": "messaging"}
)
FIELDS = MappingProxyType(
    {
        "type": "type",
        "subject": "topic",
        "assignee_id": "agent",
        "requester_id": "requester",
        "organization_id": "organization",
    }
)
COMMENTS = frozenset({"Comment", "VoiceComment", "FacebookComment"})
NOTIFICATIONS = frozenset({"Notification", "NotificationWithCcs"})
TRANSCRIPTS = frozenset({"ChatStartedEvent", "ChatEndedEvent"})
"""Events whose value may hold a whole conversation."""
SPOKEN = frozenset({"ChatMessage", "ChatFileAttachment"})
ANSWER_BOT = "zd:answerBot"
SYSTEM_ROLE: Role = "system"
SCORES = MappingProxyType({"bad": 0, "bad_with_comment": 0, "good": 1, "good_with_comment": 1})
LEFT_OUT = frozenset(
    {
        *("AgentMacroReference", "AttachmentRedactionEvent", "Cc", "ChannelBackEvent"),
        *("CommentPrivacyChange", "CommentRedactionEvent", "OfferedToEvent"),
        *("Error", "External", "FacebookEvent", "FollowerChange", "FollowerNotification"),
        *("KnowledgeCaptured", "KnowledgeLinked", "LogMeInTranscript", "OrganizationActivity"),
        *(
            "Push",
            "ScheduleAssignment",
            "SlaTargetChange",
            "SmsNotification",
            "TicketSharingEvent",
        ),
        *("TranslationEvent", "Tweet", "WebhookEvent"),
    }
)
"""Kinds of events that say nothing a ticket event can say; they are counted."""


READ = frozenset(
    {"Create", "Change", "SatisfactionRating", *COMMENTS, *TRANSCRIPTS, *NOTIFICATIONS}
)


def _milliseconds(node: Node) -> datetime:
    try:
        return instant(node.number() * 1000)
    except (OutOfRange, OverflowError):
        return node.refuse("not an instant", "expected milliseconds since 1970")


def _by_text(given: Mapping[Any, T]) -> Mapping[str, T]:
    return FrozenMap({str(key): value for key, value in given.items()})


@frozen(kw_only=True)
class Account:
    """What the ids of one account mean; all keys are native ids, numbers or text.

    Attributes:
        statuses: custom statuses, such as `custom_statuses` reads; one that is not here counts
            as the system status that comes with it, and its id stays in
            `custom.custom_status_id`.
        priorities: priorities by their name.
        groups: names of groups; one that is not here is called by its id, which is never renamed.
        lines: the support line of a group; without any, tickets have no line.
        roles: roles of users, before what the payload's `users` say: bots, above all.

    Example:
        >>> Account(lines={101: 1}).lines["101"]
        1
    """

    statuses: Mapping[str, Status] = field(factory=dict, converter=_by_text, hash=False)
    priorities: Mapping[str, Priority] = field(
        default=PRIORITIES, converter=_by_text, hash=False, repr=False
    )
    groups: Mapping[str, str] = field(factory=dict, converter=_by_text, hash=False)
    lines: Mapping[str, int] = field(factory=dict, converter=_by_text, hash=False)
    roles: Mapping[str, Role] = field(factory=dict, converter=_by_text, hash=False)


STANDARD = Account()
"""An account of which nothing is known."""


def custom_statuses(payload: Mapping[str, Any]) -> dict[str, Status]:
    """Return the statuses of `GET /api/v2/custom_statuses` by id, for `Account.statuses`.

    Raises:
        AdapterError: the payload is none, or a category is unknown.

    Example:
        >>> custom_statuses({"custom_statuses": [
        ...     {"id": 7, "agent_label": "Waiting for parts", "status_category": "hold"}]})
        {'7': Status(name='Waiting for parts', category='on_hold')}
    """
    root = Node(VENDOR, payload)
    one = root.get("custom_status")
    found: dict[str, Status] = {}
    for status in root["custom_statuses"].items() if one is None else [one]:
        category = status["status_category"]
        if category.text() not in CATEGORIES:
            category.refuse("unknown category", f"known: {', '.join(CATEGORIES)}")
        name = status["agent_label"].text()
        found[status["id"].id()] = Status(name, CATEGORIES[category.text()])
    return found


def read(payload: object, account: Account = STANDARD) -> EventLog:
    """Return the events of all tickets in a page of audits.

    Whoever asks for help is the customer of that ticket, also an agent. Else `Account.roles`
    tells who wrote, else the `users` of the payload (side-load them with `include=users`); any
    other person is taken as a third party, which claims no reply that may be none. A payload
    that repeats audits, as overlapping pages do, says nothing twice; one that says that there
    is more is read as far as it goes, with a finding.

    Args:
        payload: a page ({"audits": [...], "users": [...]}), the answer to an update
            ({"ticket": ..., "audit": ...}), one audit, a page of the incremental export
            ({"ticket_events": [...]}), or a list of audits or of pages.
        account: what native ids mean.

    Raises:
        AdapterError: the payload is none of these, is an error of the interface, or misses
            something.
        NaiveDatetime: a stamp without an offset.
        InconsistentLog: an audit is there twice, with different contents.
        InvalidValue: a value that no event can hold.

    Example:
        >>> page = {"audits": [{
        ...     "id": 1, "ticket_id": 42, "created_at": "2026-03-02T09:00:00Z", "author_id": 5,
        ...     "events": [
        ...         {"type": "Create", "field_name": "status", "value": "new"},
        ...         {"type": "Comment", "id": 2, "author_id": 5, "public": True}]}],
        ...     "users": [{"id": 5, "role": "end-user"}]}
        >>> [(event.type, event.role) for event in read(page).events]
        [('created', 'customer'), ('message', 'customer')]
    """
    tally = Tally(VENDOR)
    found = Shapes.of(payload, tally)
    roles = {SYSTEM: SYSTEM_ROLE, **_roles(found.users, tally), **account.roles}
    people = People(roles, found.audits, found.tickets)
    return tally.reading(
        event for audit in found.audits for event in _Audit(audit, account, people, tally).events()
    )


def _told(user: Node, key: str, *kinds: type) -> Node | None:
    """Return what a user says under a key, None where it is nothing of its kind."""
    found = user.get(key) if isinstance(user.value, Mapping) else None
    if found is None or isinstance(found.value, bool) or not isinstance(found.value, kinds):
        return None
    return None if found.value == "" else found


def _roles(users: Iterable[Node], tally: Tally) -> dict[str, Role]:
    """Return the roles of users; one who has none, or no id, refuses nobody else."""
    roles: dict[str, Role] = {}
    for user in users:
        native, role = _told(user, "id", int, str), _told(user, "role", str)
        if native is None or role is None:
            tally.noted.note("no_role", None, None if native is None else native.id())
            continue
        if role.text() not in ROLES:
            tally.met("role of a user", role.text(), "third_party")
        roles[native.id()] = ROLES.get(role.text(), "third_party")
    return roles


class _Audit:
    """One audit being read."""

    def __init__(self, node: Node, account: Account, people: People, tally: Tally) -> None:
        self.node, self.account, self.people, self.tally = node, account, people, tally
        self.ticket_id = node["ticket_id"].id()
        self.at = node["created_at"].instant()
        self.number = node["id"].number()
        self.author = node["author_id"].id()
        self.parts = [(part["type"].text(), part) for part in node["events"].items()]

    def events(self) -> Iterator[Event]:
        """Yield what the audit says: creation, messages, changes, ratings."""
        events = [*self.creation(), *self.messages(), *self.changes(), *self.ratings()]
        if len(events) >= SPREAD:
            self.node.refuse("too many events in one audit", f"expected fewer than {SPREAD}")
        for kind, _ in self.parts:
            if kind in LEFT_OUT:
                self.tally.left_out[kind] += 1
            elif kind not in READ:
                self.tally.left_out[kind] += 1
                self.tally.met("kind of event", kind, "nothing")
        for place, (event, person, more) in enumerate(events):
            if "role" not in more:
                more["role"] = self.role(person, public=more.get("public", True))
            yield event(
                **{"source_id": str(self.number), "at": self.at, **more},
                ticket_id=self.ticket_id,
                seq=self.number * SPREAD + place,
                actor=person,
            )

    def role(self, person: str, *, public: bool = True) -> Role:
        """Return who a person is; somebody unknown is not credited with our replies."""
        role = self.people.role(self.ticket_id, person, self.number, public=public)
        if role is None:
            self.tally.met("user", person, "third_party")
        return role or "third_party"

    def actor(self, part: Node) -> str:
        """Return who did a part of the audit: a rule, the part's own author or the audit's."""
        if "rule" in (part.inside("via", "channel"), self.node.inside("via", "channel")):
            return SYSTEM
        author = part.get("author_id")
        return self.author if author is None else author.id()

    def creation(self) -> Iterator[Draft]:
        """Yield the creation, and which ticket it follows up."""
        native = {part["field_name"].text(): part for kind, part in self.parts if kind == "Create"}
        if not native:
            return
        fields = self.fields(native)
        if "status" not in fields:
            self.node["events"].refuse("a creation without a status", "export the whole audit")
        channel = self.node.inside("via", "channel")
        if isinstance(channel, str):
            fields["channel"] = CHANNELS.get(channel, channel)
        known = {name: value for name, value in fields.items() if value is not None}
        yield Created, self.actor(self.node), {"fields": known}
        if self.rel(self.node) == "follow_up":
            yield from self.relation("follow_up", "from")

    def relation(self, kind: str, *ends: str) -> Iterator[Draft]:
        """Yield how the ticket relates to the one at an end of what the audit came by."""
        source = self.node["via"]["source"]
        for end in ends:
            other = None if source.get(end) is None else source[end].get("ticket_id")
            if other is not None and other.id() != self.ticket_id:
                yield Related, self.author, {"kind": kind, "other": other.id()}
                return
        self.tally.left_out[f"{kind} without the other ticket"] += 1

    def messages(self) -> Iterator[Draft]:
        """Yield comments, and the notifications that the customer received."""
        for kind, part in self.parts:
            if kind in COMMENTS:
                own = part.get("id")
                source = str(self.number) if own is None else own.id()
                said: dict[str, Any] = {"public": part["public"].flag(), "source_id": source}
                if "merge" in (self.rel(part), self.rel(self.node)):
                    # what a merge writes is no reply of the person who merges
                    said |= {"basis": "merge", "role": SYSTEM_ROLE}
                yield Message, self.actor(part), said
            elif kind in TRANSCRIPTS:
                yield from self.transcript(kind, part)
            elif kind in NOTIFICATIONS:
                recipients = part.get("recipients")
                people = [] if recipients is None else [each.id() for each in recipients.items()]
                roles = [self.people.role(self.ticket_id, each, self.number) for each in people]
                if "customer" in roles:
                    yield Message, SYSTEM, {"public": True}
                else:
                    self.tally.left_out[f"{kind} to staff"] += 1

    def rel(self, node: Node) -> object:
        """Return how something came about, as its source relates."""
        return node.inside("via", "source", "rel")

    def transcript(self, kind: str, part: Node) -> Iterator[Draft]:
        """Yield the messages of a conversation that one event of an audit holds."""
        value = part.get("value")
        history = value.get("history") if value is not None else None
        if history is None:
            self.tally.left_out[kind] += 1
            return
        born = any(kind == "Create" for kind, _ in self.parts)
        for line in history.items():
            what = line["type"].text()
            if what not in SPOKEN:
                self.tally.left_out[what] += 1
                continue
            at = _milliseconds(line["timestamp"])
            if born and at < self.at:
                self.tally.noted.note("before_creation", None, self.ticket_id)
                at = self.at
            person = line["actor_id"].id().removeprefix("agent:")
            own = line.get("message_id")
            source = str(self.number) if own is None else own.id()
            said = {"public": True, "at": at, "source_id": source}
            yield Message, person, said | {"role": self.speaker(line, person)}

    def speaker(self, line: Node, person: str) -> Role:
        """Return who speaks in a conversation; a bot is recognized by the source of its words."""
        kind = line.inside("actor_type")
        if line.inside("original_message", "source", "type") == ANSWER_BOT or kind == "system":
            return SYSTEM_ROLE
        role = self.people.role(self.ticket_id, person, self.number)
        if role is None and kind in ROLES:
            return ROLES[str(kind)]
        return role or self.role(person)

    def changes(self) -> Iterator[Draft]:
        """Yield one transaction for each actor, in the order of the audit."""
        native = (
            (self.actor(part), {part["field_name"].text(): part})
            for kind, part in self.parts
            if kind == "Change" and part.inside("field_name") != "satisfaction_score"
        )
        for person, parts in runs(native):
            fields = self.fields(parts)
            if (
                self.rel(self.node) == "merge"
                and "status" in fields
                and fields["status"].category == "closed"
            ):
                yield from self.relation("merged_into", "to", "from")
                fields["status"] = Status("merged", "void")
            if fields:
                yield Changed, person, {"fields": fields}

    def ratings(self) -> Iterator[Draft]:
        """Yield the satisfaction score; the event of its own repeats the field's change."""
        changes = self.of_kind("Change")
        scored = [part for part in changes if part.inside("field_name") == "satisfaction_score"]
        ratings = self.of_kind("SatisfactionRating")
        if any(part.inside("body") for part in ratings):
            self.tally.left_out["comment of a rating"] += 1
        for part in scored or ratings:
            value = part.get("value") if scored else part.get("score")
            yield from self.rating(part, "unoffered" if value is None else value.text())

    def of_kind(self, wanted: str) -> list[Node]:
        """Return the parts of the audit that are of one kind."""
        return [part for kind, part in self.parts if kind == wanted]

    def rating(self, part: Node, score: str) -> Iterator[Draft]:
        """Yield the event of one score."""
        if score == "offered":
            yield RatingRequested, self.actor(part), {"kind": "csat"}
        elif score in SCORES:
            given = {"kind": "csat", "score": SCORES[score], "scale": (0, 1)}
            yield Rated, self.actor(part), given
        elif score != "unoffered":
            self.tally.met("satisfaction score", score, "no rating")

    def fields(self, native: Mapping[str, Node]) -> dict[str, Any]:
        """Return the library's fields for the native ones that got values together."""
        fields: dict[str, Any] = {}
        for name, part in native.items():
            if name == "status":  # a ticket is never without one
                fields |= self.status(part["value"])
                continue
            value = part.get("value")
            fields |= self.field(name, None if value is None or value.value == "" else value)
        custom = native.get("custom_status_id")
        if custom is not None and "custom.custom_status_id" not in fields:
            status = self.account.statuses[custom["value"].id()]
            if fields.get("status", status).category != "void":  # deleted, whatever it was called
                fields["status"] = status
        return fields

    def field(self, name: str, value: Node | None) -> dict[str, Any]:
        """Return what one native field says."""
        own = {
            "custom_status_id": self.custom_status,
            "priority": self.priority,
            "group_id": self.group,
            "tags": self.tags,
        }
        if name in own:
            return own[name](value)
        if name in FIELDS:
            return {FIELDS[name]: None if value is None else value.id()}
        fits, plain = (True, None) if value is None else value.plain()
        if not fits or name == "satisfaction_comment":
            self.tally.left_out[f"field {name}"] += 1
            return {}
        return {f"custom.{name}": plain}

    def status(self, value: Node) -> dict[str, Any]:
        """Return a system status; an unknown one still needs work."""
        name = value.text()
        if name not in CATEGORIES:
            self.tally.met("status", name, "open")
        return {"status": Status(name, CATEGORIES.get(name, "open"))}

    def custom_status(self, value: Node | None) -> dict[str, Any]:
        """Return the id of a custom status unless the account names it: then it is `status`."""
        known = self.account.statuses
        native = None if value is None else value.id()
        if native in known:
            return {}
        if native is not None and known:
            self.tally.met("custom status", native, "its system status")
        return {"custom.custom_status_id": native}

    def priority(self, value: Node | None) -> dict[str, Any]:
        """Return a priority; an unknown one ranks after all others."""
        known = self.account.priorities
        if value is None or value.text() in known:
            return {"priority": None if value is None else known[value.text()]}
        last = 1 + max((priority.rank for priority in known.values()), default=0)
        self.tally.met("priority", value.text(), f"rank {last}")
        return {"priority": Priority(value.text(), last)}

    def group(self, value: Node | None) -> dict[str, Any]:
        """Return a group's name and, where lines are known at all, its line."""
        native, lines = None if value is None else value.id(), self.account.lines
        named = None if native is None else self.account.groups.get(native, native)
        if not lines:
            return {"group": named}
        if native is not None and native not in lines:
            self.tally.met("group", native, "of no line")
        return {"group": named, "line": None if native is None else lines.get(native)}

    def tags(self, value: Node | None) -> dict[str, Any]:
        """Return tags, a list or a text of words."""
        if value is not None and isinstance(value.value, str):
            return {"tags": frozenset(value.value.split())}
        return {"tags": None if value is None else frozenset(tag.text() for tag in value.items())}
