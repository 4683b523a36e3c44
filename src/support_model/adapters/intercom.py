"""Intercom: conversations and tickets with their parts, read into events.

A part is whatever happened in a conversation: a reply, a note, an assignment, a close, or several
of these at once. What is read is the answer to `GET /conversations/{id}` or `GET /tickets/{id}`,
one or many; an export of conversations as lines; the lists of an extraction tool that keeps parts
apart; or webhooks, each of which holds the newest part alone. Parts of one conversation are put
together from all documents, each once, and ordered by their creation and their id. Newer versions
of the interface say the state after each part; in older ones, which do not, a reply of the
customer reopens what was closed or snoozed. Stamps are seconds since 1970.

Sources: Conversations, Tickets, Webhook topics, https://developers.intercom.com.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from operator import itemgetter
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from attrs import Factory, define, evolve

from support_model._vocabulary import Priority, Status
from support_model.adapters._account import (
    Account,
    group_of,
    kept,
    known_role,
    priority_of,
    status_of,
)
from support_model.adapters._drafts import By, Drafts
from support_model.adapters._event_logs import StatedFigure
from support_model.adapters._intercom_documents import (
    CATEGORIES,
    CONVERSATION_STATES,
    LAST_NUMBER,
    LAST_SECOND,
    MOST_PARTS,
    PRIORITY,
    STATUSES,
    VENDOR,
    WORD,
    Case,
    Found,
    Part,
    count_of,
    declared,
    inner,
    instant_of,
    number_of,
    text_id,
    word_of,
)
from support_model.adapters._payloads import Node, Tally, masked, pages_of
from support_model.errors import AdapterError
from support_model.events import Rated, RatingRequested

if TYPE_CHECKING:
    from support_model._vocabulary import Basis, Role
    from support_model.adapters._event_logs import EventLog

__all__ = ["read"]

TITLE = "Intercom"
STANDARD = Account()
"""An account of which nothing is known."""
Row: TypeAlias = "tuple[datetime, int, str, Part]"
"""A part with its instant, and what orders parts of one instant."""

PRIORITIES: Mapping[str, Priority] = MappingProxyType(
    {"priority": Priority("high", 1), "not_priority": Priority("normal", 2)}
)
OTHER = MappingProxyType({"priority": "not_priority", "not_priority": "priority"})
CHANNELS = MappingProxyType(
    {
        "conversation": "messaging",
        "push": "messaging",
        "whatsapp": "messaging",
        "sms": "messaging",
        "facebook": "social",
        "instagram": "social",
        "twitter": "social",
        "phone_call": "phone",
        "phone_switch": "phone",
    }
)
"""What the types of a first message mean as channels; any other is its own name."""
ROLES: Mapping[str, Role] = MappingProxyType(
    {
        "user": "customer",
        "lead": "customer",
        "contact": "customer",
        "visitor": "customer",
        "admin": "agent",
        "bot": "system",
        "operator": "system",
        "workflow": "system",
        "nobody_admin": "system",
    }
)
NOBODY = ("nobody_admin", "bot", "operator")
"""To whom a conversation is assigned that is no teammate's."""
AUTOMATIC = ("automated", "operator_initiated")
"""How a conversation was delivered that no person began."""
SPOKEN = frozenset({"comment", "quick_reply"})
NOTES = frozenset({"note", "note_and_reopen", "note_and_unsnooze"})
STATES = MappingProxyType(
    {
        "open": "open",
        "close": "closed",
        "snoozed": "snoozed",
        "unsnoozed": "open",
        "timer_unsnooze": "open",
        "assign_and_reopen": "open",
        "assign_and_unsnooze": "open",
        "note_and_reopen": "open",
        "note_and_unsnooze": "open",
    }
)
"""The state of a conversation after a part of these kinds, whatever else the part says."""
TICKET_STATE = "ticket_state_updated"
LEFT_OUT = (
    *("attribute_collect", "call_", "channel_and_reply_time", "company_updated"),
    *("conversation_", "custom_action_", "entity_linked", "fin_", "language_detection", "linked_"),
    *("operator_workflow_", "participant_", "phone_", "resolution_bot_", "sla_", "tag_"),
    *("ticket_", "title_", "user_became_idle", "workflow_"),
)
"""How kinds of parts begin that say nothing a ticket event can say; they are counted."""
MARKUP = re.compile(r"<[^>]{0,2000}>")
SCALE = range(1, 6)
SCORES = MappingProxyType({str(score): score for score in SCALE})
PRESENT = ("tags", "linked_objects", "sla_applied")
"""What a conversation has now that no event says; counted."""
MOST_KINDS = 1000
LATE = 1 << 40
"""The place of what comes after all parts of its instant."""
INSTANTS = MappingProxyType(
    {
        "first_admin_reply_at": "first_reply",
        "first_assignment_at": "first_assigned",
        "first_close_at": "first_solved",
        "last_close_at": "last_solved",
    }
)
DURATIONS = MappingProxyType(
    {
        "time_to_admin_reply": "first_reply_time",
        "time_to_first_close": "first_solved_time",
        "time_to_last_close": "last_solved_time",
    }
)
"""Those that leave out what is outside the office hours of the workspace."""
COUNTS = MappingProxyType({"count_reopens": "reopens"})
OWN_TYPES = MappingProxyType(
    {
        "notification_event": "a webhook",
        "error.list": "an error of the interface",
        "conversation_part": "a part of a conversation",
        "ticket_part": "a part of a ticket",
    }
)


def recognized(value: Any) -> str:  # noqa: ANN401 - JSON types
    """Return why a parsed document is one of Intercom's, "" where it is not.

    Example:
        >>> recognized({"type": "conversation", "id": "7", "conversation_parts": {}})
        'a conversation with conversation_parts'
        >>> recognized({"type": "Feature"})
        ''
    """
    one = next(iter(value), None) if isinstance(value, list) else value
    if not isinstance(one, Mapping):
        return ""
    kind = one.get("type")
    if not isinstance(kind, str):
        kind = ""
    for of, parts in (("conversation", "conversation_parts"), ("ticket", "ticket_parts")):
        if isinstance(one.get(parts), Mapping) and ("created_at" in one or kind == of):
            return f"a {of} with {parts}"
        if kind in (of, f"{of}.list") and not one.keys().isdisjoint((parts, f"{of}s", "source")):
            return f"type is {kind}"
    return f"{OWN_TYPES[kind]}: type is {kind}" if kind in OWN_TYPES else ""


def ticket_of(value: Any) -> str | None:  # noqa: ANN401 - JSON types
    """Return the id of a conversation with its parts; None for any other document.

    Example:
        >>> ticket_of({"type": "conversation", "id": "7", "conversation_parts": {}})
        '7'
    """
    if not isinstance(value, Mapping) or value.get("type") != "conversation":
        return None
    native = value.get("id")
    whole = isinstance(value.get("conversation_parts"), Mapping)
    return str(native) if whole and native.__class__ in {int, str} else None


def read_tables(tables: Mapping[str, Any], account: Account = STANDARD) -> EventLog:  # noqa: ARG001 - the form of all systems
    """Refuse tables: an export of a data set holds figures of conversations and no history.

    Raises:
        AdapterError: always.
    """
    problem = "a table of conversations: figures, and no replies, moves and closes"
    remedy = "ask for GET /conversations/{id} for each of its ids"
    raise AdapterError(VENDOR, next(iter(tables), ""), None, problem, remedy)


def read(payloads: object, account: Account = STANDARD) -> EventLog:
    """Return the events of all conversations and tickets.

    The author of a part tells the role: contacts are customers, teammates agents; bots, Fin and
    timers are the system. `Account.roles` and `Account.bots` take precedence. Teams are groups:
    beside `Account.groups`, the answer to `GET /teams` among the payloads names them, as that to
    `GET /ticket_states` says what states of your own mean.

    Args:
        payloads: a conversation, a ticket, a webhook, a list of them, or a list of such documents
            or pages (`Page`), in any order, overlapping or not.
        account: what native ids mean; `statuses` by "open", "snoozed", "closed", the four
            categories of ticket states, or the id of one of your own.

    Raises:
        AdapterError: an error of the interface, no conversation, or conversations whose parts are
            in no document, as a list or a search answers them.

    Example:
        >>> conversation = {
        ...     "type": "conversation", "id": "7", "created_at": 1772442000, "state": "closed",
        ...     "source": {"type": "email", "body": "...", "author": {"type": "user", "id": "u1"}},
        ...     "conversation_parts": {"conversation_parts": [
        ...         {"id": "1", "part_type": "close", "body": "Done.", "created_at": 1772442600,
        ...          "author": {"type": "admin", "id": "71"}}]}}
        >>> [(event.type, event.role) for event in read(conversation).events][2:]
        [('message', 'agent'), ('changed', 'agent')]
    """
    tally = Tally(VENDOR)
    found = Found(tally)
    pages = pages_of(VENDOR, payloads)
    for page in pages:
        found.add(page)
    found.must_have_parts(pages)
    groups: dict[Any, str] = {**found.teams, **account.groups}
    known = evolve(account, groups=groups)
    teller = Teller(known, tally, found)
    for ticket, case in sorted(found.cases.items(), key=_number):
        case.settle()
        teller.tell(ticket, case)
    return tally.reading(teller.drafts)


class When(NamedTuple):
    """The instant of a part, its place among all parts of its conversation, and its id."""

    at: datetime
    order: int
    native: str


@define
class Story:
    """Where one conversation stands while its parts are told."""

    ticket: str
    requester: str | None
    ticket_alone: bool
    state: str = "open"
    own: str | None = None
    status: Status | None = None
    priority: str | None = None
    agent: object = ...
    group: object = ...


@define
class Teller:
    """What turns parts into drafts of events."""

    account: Account
    tally: Tally
    found: Found
    drafts: Drafts = Factory(Drafts)
    _people: dict[tuple[str, str | None], Role] = Factory(dict)
    _groups: dict[str | None, dict[str, Any]] = Factory(dict)
    _statuses: dict[str, Status] = Factory(dict)
    _kinds: set[str] = Factory(set)

    def tell(self, ticket: str, case: Case) -> None:
        """Add the events of one conversation or ticket."""
        doc = case.told()
        rows = self.rows(ticket, case)
        self.completeness(ticket, case, doc)
        story = self.beginning(ticket, case, doc, rows)
        until = instant_of(doc.get("snoozed_until")) if doc.get("state") == "snoozed" else None
        last = max((row[0] for row in rows if row[3].get("part_type") == "snoozed"), default=None)
        for order, (at, _, native, part) in enumerate(rows, 1):
            row_by = When(at, order, native)
            after = case.after.get(native)
            wait = until if at == last else None
            if after is not None:
                wait = after.until or wait
            self.part(story, row_by, part, None if after is None else after.state, wait)
        self.ending(story, case, doc, rows)
        self.rating(story, doc)
        self.figures(ticket, doc)

    def rows(self, ticket: str, case: Case) -> list[Row]:
        """Return the parts of a conversation in their order; what cannot be read is reported."""
        rows: list[Row] = []
        for native, part in case.parts.items():
            at = instant_of(part.get("created_at"))
            if at is None:
                self.tally.unread(case.places[native].node, ticket, "created_at is no instant")
            elif not self.is_kind(part.get("part_type")):
                self.tally.unread(case.places[native].node, ticket, "part_type is no word")
            else:
                rows.append((at, number_of(native), native, part))
        rows.sort(key=_place)
        return rows

    def is_kind(self, value: object) -> bool:
        """Tell whether a value can be a kind of part; most are one of a few."""
        if value.__class__ is str and value in self._kinds:
            return True
        word = word_of(value)
        if word is not None and len(self._kinds) < MOST_KINDS:
            self._kinds.add(word)
        return word is not None

    def completeness(self, ticket: str, case: Case, doc: Mapping[str, Any]) -> None:
        """Note where the history of a conversation is not whole."""
        held = len(case.parts)
        counted = count_of(inner(doc.get("statistics")).get("count_conversation_parts"))
        expected = max(case.expected, counted)
        if case.full and expected <= MOST_PARTS and counted != held:
            self.tally.cut(ticket, "cut_history", f"{held} parts, as many as one answer holds")
        elif held < expected:
            self.tally.cut(ticket, "cut_history", f"{held} parts of {expected}")
        elif not case.versions or (case.hooked and not case.whole and not case.begun):
            self.tally.cut(ticket, "no_creation", shown(ticket))
        elif not case.whole and not case.hooked and not case.parts:
            self.tally.cut(ticket, "cut_history", "no parts")

    def beginning(self, ticket: str, case: Case, doc: Mapping[str, Any], rows: list[Row]) -> Story:
        """Add the creation and the first message, and return where the story stands then."""
        source = inner(doc.get("source")) or inner(doc.get("conversation_message"))
        contact = contact_of(doc)
        role, actor = self.began(case, doc, source, contact, rows)
        story = Story(
            ticket,
            self.merged(actor if role == "customer" else contact),
            case.is_ticket and not case.is_conversation,
            own=self.first_state(rows) if case.is_ticket and not case.is_conversation else None,
            priority=first_priority(doc, rows),
        )
        story.status = self.status("open", story.own)
        if ticket not in self.tally.incomplete:
            story.agent = story.group = None  # nobody's, as nothing came before
        by = By(role, self.merged(actor), text_id(source.get("id")))
        self.created(story, case, doc, by, rows)
        return story

    def created(
        self, story: Story, case: Case, doc: Mapping[str, Any], by: By, rows: list[Row]
    ) -> None:
        """Add the creation, which no part comes before, and what was written then."""
        source = inner(doc.get("source")) or inner(doc.get("conversation_message"))
        ticket, at = story.ticket, instant_of(doc.get("created_at"))
        if at is None:
            if case.versions:
                self.tally.unread(case.versions[0], ticket, "created_at is no instant")
            return
        if rows and rows[0][0] < at:
            self.tally.noted.note("before_creation", None, shown(ticket), ticket=ticket)
            at = rows[0][0]
        fields = self.first_fields(story, doc, source)
        basis: Basis | None = "snapshot" if ticket in self.tally.incomplete else None
        self.drafts.created(ticket, at, by._replace(basis=basis), fields=fields, order=-1)
        if source and says(source):
            self.drafts.message(ticket, at, by, public=True, order=0)

    def first_fields(
        self, story: Story, doc: Mapping[str, Any], source: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Return the fields of a ticket as it begins."""
        channel = word_of(source.get("type"))
        if channel == "conversation_message":
            channel = None
        fields: dict[str, Any] = {
            "status": story.status,
            "channel": CHANNELS.get(channel, channel) if channel else None,
            "requester": story.requester,
        }
        if story.priority is not None:
            fields["priority"] = priority_of(self.account, story.priority, PRIORITIES, self.tally)
        fields |= self.native(inner(doc.get("custom_attributes")))
        fields |= self.native(inner(doc.get("ticket_attributes")))
        for name, value in (("title", doc.get("title")), ("subject", source.get("subject"))):
            if name in self.account.keep and isinstance(value, str) and value:
                fields[f"custom.{name}"] = value
        for name in PRESENT:
            held = doc.get(name)
            listed = inner(held).get("tags" if name == "tags" else "data", held)
            if listed:
                self.tally.left_out[name] += 1
        return fields

    def native(self, attributes: Mapping[str, Any]) -> dict[str, Any]:
        """Return the attributes of the workspace's own that the account keeps."""
        fields: dict[str, Any] = {}
        for name, value in attributes.items():
            if not isinstance(name, str) or value in (None, "", [], {}):
                continue
            known = name if word_of(name.replace(" ", "_")) else "of an odd name"
            fits, plain = Node(VENDOR, value).plain()
            if fits or known not in self.account.keep:
                fields |= kept(self.account, known, plain, self.tally)
        return fields

    def began(
        self,
        case: Case,
        doc: Mapping[str, Any],
        source: Mapping[str, Any],
        contact: str | None,
        rows: list[Row],
    ) -> tuple[Role, str | None]:
        """Return who created a conversation or a ticket."""
        author = source.get("author")
        if isinstance(author, Mapping):
            native = text_id(author.get("id"))
            role = self.role(author, native, native)
            automatic = role != "customer" and source.get("delivered_as") in AUTOMATIC
            return ("system" if automatic else role), native
        if case.is_ticket:
            by = self.of_first_state(rows)
            if by is not None and by[0] != "system":
                return by
            kind = doc.get("category") or inner(doc.get("ticket_type")).get("category")
            if contact is not None and kind in (None, "Customer"):
                return "customer", contact
            if by is not None:
                return by
        self.tally.noted.note("no_user", None, "who created it", ticket=None)
        return "third_party", None

    def of_first_state(self, rows: list[Row]) -> tuple[Role, str | None] | None:
        """Return who set the first state of a ticket, which is to create it."""
        for _, _, _, part in rows[:1]:
            now = part.get("ticket_state")
            author = part.get("author")
            starts = str(part["part_type"]).startswith(TICKET_STATE)
            if starts and now == part.get("previous_ticket_state") and isinstance(author, Mapping):
                native = text_id(author.get("id"))
                return self.role(author, native, None), native
        return None

    def first_state(self, rows: list[Row]) -> str:
        """Return the state in which a ticket began."""
        for _, _, _, part in rows:
            before = part.get("previous_ticket_state")
            if before is not None and str(part["part_type"]).startswith(TICKET_STATE):
                return self.ticket_state(before) or "submitted"
        return "submitted"

    def ticket_state(self, value: object) -> str | None:
        """Return the key of a ticket's state, a word or an object with an id and a category."""
        if isinstance(value, Mapping):
            native, category = text_id(value.get("id")), word_of(value.get("category"))
            if native in self.account.statuses or native in self.found.states:
                return native
            if native is not None and category is not None and category in CATEGORIES:
                label = value.get("internal_label")
                if isinstance(label, str) and label in self.account.statuses:
                    return label
                status = declared(label, category)
                self._statuses.setdefault(status.name, status)
                return status.name
            return category
        return word_of(value) or text_id(value)

    def status(self, state: str, own: str | None) -> Status:
        """Return what the state of a conversation and that of its ticket mean together."""
        native = own if own is not None and state not in ("closed", "snoozed") else state
        known = self._statuses.get(native)
        if known is None:
            usual = {**STATUSES, **self.found.states}
            known = self._statuses[native] = status_of(self.account, native, usual, self.tally)
        elif native in self.account.statuses:
            return self.account.statuses[native]
        return known

    def role(self, author: Mapping[str, Any], native: str | None, requester: str | None) -> Role:
        """Return the role of an author; one of an unknown kind is a third party."""
        if author.get("from_ai_agent") is True or author.get("is_ai_answer") is True:
            return "system"
        kind = author.get("type")
        usual = ROLES.get(kind) if isinstance(kind, str) else None
        known = None if native is None else known_role(self.account, native)
        if known is not None and not (
            known == "agent" and usual == "customer" and native == requester
        ):
            return known
        if usual is None:
            self.tally.met("author", native or word_of(kind) or "none", "third_party")
            return "third_party"
        return usual

    def by(self, part: Part, source_id: str, story: Story) -> By:
        """Return who did what a part tells."""
        author = part.get("author")
        if not isinstance(author, Mapping):
            self.tally.noted.note("no_user", None, shown(source_id), ticket=story.ticket)
            return By("third_party", None, source_id)
        native = self.merged(text_id(author.get("id")))
        role = self.role(author, native, story.requester)
        if part["part_type"] == "timer_unsnooze" and role != "system":
            return By("system", None, source_id)
        return By(role, native, source_id)

    def merged(self, person: str | None) -> str | None:
        """Return the id under which a contact lives on."""
        if person is None or not self.found.merged:
            return person
        seen = {person}
        while (now := self.found.merged.get(person)) is not None and now not in seen:
            seen.add(now)
            person = now
        return person

    def part(
        self, story: Story, when: When, part: Part, hint: str | None, until: datetime | None
    ) -> None:
        """Add what one part tells: a message, a change, both, or nothing, which is counted."""
        kind: str = part["part_type"]
        at, order, native = when
        by = self.by(part, native, story)
        public = visibility(kind, part)
        fields = self.assigned(story, kind, part.get("assigned_to"))
        was = story.state
        story.state = self.state_after(story, kind, part, hint, by.role)
        if kind.startswith(TICKET_STATE):
            self.ticket_moved(story, kind, part)
        elif kind.startswith(PRIORITY):
            fields |= self.prioritized(story)
        told = self.status(story.state, story.own)
        if told != story.status:
            story.status = fields["status"] = told
        snoozed = story.state == "snoozed" and (was != "snoozed" or kind == "snoozed")
        wait = until if snoozed else None
        if public is not None:
            self.drafts.message(story.ticket, at, by, public=public, order=order)
        self.drafts.changed(story.ticket, at, by, fields=fields, order=order, until=wait)
        if public is None and (not (fields or wait) or is_left_out(kind)):
            self.count(kind)

    def prioritized(self, story: Story) -> dict[str, Any]:
        """Return the priority that a change of it leads to: there are two."""
        if story.priority is None:
            return {}
        story.priority = OTHER[story.priority]
        return {"priority": priority_of(self.account, story.priority, PRIORITIES, self.tally)}

    def count(self, kind: str) -> None:
        """Count a part that tells nothing, by its kind."""
        known = kind in STATES or kind in NOTES or kind in SPOKEN or "assign" in kind
        if known or kind.startswith(TICKET_STATE):
            self.tally.left_out[f"{kind} that changes nothing"] += 1
            return
        self.tally.left_out[kind] += 1
        if not is_left_out(kind) and not kind.startswith(PRIORITY):
            self.tally.met("part type", kind, "nothing")

    def assigned(self, story: Story, kind: str, to: object) -> dict[str, Any]:
        """Return the fields that an assignment changes."""
        if to is None:
            return {}
        if not isinstance(to, Mapping):
            to = {"type": "admin", "id": to}
        whom, native = to.get("type"), text_id(to.get("id") or None)
        native = None if native == "0" else native  # which stands for nobody
        if whom == "team":
            return self.grouped(story, native)
        if whom in NOBODY or whom == "admin":
            agent = native if whom == "admin" else None
            changed = story.agent != agent
            story.agent = agent
            return {"agent": agent} if changed else {}
        if "assign" in kind:
            self.tally.met("assigned to", word_of(whom) or "none", "nobody new")
        return {}

    def grouped(self, story: Story, team: str | None) -> dict[str, Any]:
        """Return what it changes that a conversation goes to a team."""
        if story.group == team:
            return {}
        story.group = team
        fields = self._groups.get(team)
        if fields is None:
            fields = self._groups[team] = group_of(self.account, team, self.tally)
        return dict(fields)

    def state_after(
        self, story: Story, kind: str, part: Part, hint: str | None, role: Role
    ) -> str:
        """Return the state of a conversation after a part."""
        if kind in STATES:
            return STATES[kind]
        told = part.get("state") or hint
        if told is not None and not story.ticket_alone:
            if isinstance(told, str) and told in CONVERSATION_STATES:
                return told
            self.tally.met("state", word_of(told) or "none", story.state)
            return story.state
        waits = story.state in ("closed", "snoozed") and not story.ticket_alone
        if waits and kind in SPOKEN and role == "customer":
            return "open"
        return story.state

    def ticket_moved(self, story: Story, kind: str, part: Part) -> None:
        """Take in the state of a ticket that a part tells."""
        if "ticket_state" not in part:
            return
        now = self.ticket_state(part["ticket_state"])
        if now is None:
            self.tally.met("ticket state", "none", kind)
        else:
            story.own = now

    def ending(self, story: Story, case: Case, doc: Mapping[str, Any], rows: list[Row]) -> None:
        """Add what holds now and no part tells: a deletion, and a status."""
        if case.deleted is not None:
            by = By("third_party")
            fields = {"status": Status("deleted", "void")}
            self.drafts.changed(story.ticket, case.deleted, by, fields=fields, order=LATE)
            return
        now = self.present(story, case, doc)
        if now is None or now == story.status:
            return
        statistics = inner(doc.get("statistics"))
        closed = instant_of(statistics.get("last_close_at"))
        at, by = instant_of(doc.get("updated_at")), By("third_party", None, None, "snapshot")
        latest = rows[-1][0] if rows else instant_of(doc.get("created_at"))
        if latest is None:
            return
        if doc.get("state") == "closed" and closed is not None and closed >= latest:
            at = closed
        at = latest if at is None or at < latest else at
        self.tally.noted.note("no_time_of", None, "state", ticket=story.ticket)
        self.drafts.changed(story.ticket, at, by, fields={"status": now}, order=LATE)

    def present(self, story: Story, case: Case, doc: Mapping[str, Any]) -> Status | None:
        """Return the status that a conversation or a ticket has now; None where nothing says."""
        state = word_of(doc.get("state")) if case.is_conversation else None
        if state in CONVERSATION_STATES:
            return self.status(state, story.own)
        if case.is_ticket and not case.is_conversation and story.state == "open":
            own = self.ticket_state(doc.get("ticket_state"))
            return None if own is None else self.status("", own)
        return None

    def rating(self, story: Story, doc: Mapping[str, Any]) -> None:
        """Add what the customer was asked and answered; a later answer takes the place."""
        rating = inner(doc.get("conversation_rating")) or inner(doc.get("ticket_rating"))
        asked, answered = map(instant_of, (rating.get("created_at"), rating.get("updated_at")))
        score = rating.get("rating")
        if score is None:
            answered = None
        elif answered is None:
            asked, answered = None, asked
        if asked is not None and (answered is None or asked < answered):
            request = RatingRequested(ticket_id=story.ticket, at=asked, role="system", kind="csat")
            self.drafts.add(request, order=LATE)
        if score is not None:
            who = text_id(inner(rating.get("contact")).get("id"))
            self.rated(story, score, answered, self.merged(who) or story.requester)

    def rated(self, story: Story, score: object, at: datetime | None, who: str | None) -> None:
        """Add an answer of the customer, on a scale of 1 to 5."""
        score = SCORES.get(score, score) if isinstance(score, str) else score
        if at is None or not isinstance(score, int) or score is True or score not in SCALE:
            problem = f"a rating of {masked(score)!r}"
            self.tally.noted.note("unreadable", None, problem, ticket=story.ticket)
            return
        given: dict[str, Any] = {"kind": "csat", "score": score, "scale": (SCALE[0], SCALE[-1])}
        rated = Rated(ticket_id=story.ticket, at=at, role="customer", actor=who, **given)
        self.drafts.add(rated, order=LATE)

    def figures(self, ticket: str, doc: Mapping[str, Any]) -> None:
        """Keep what Intercom itself computed."""
        statistics = inner(doc.get("statistics"))
        for native, value in statistics.items():
            figure: dict[str, Any] | None = None
            if native in INSTANTS:
                figure = {"name": INSTANTS[native], "value": instant_of(value)}
            elif native in DURATIONS and (value is None or count_of(value) == value):
                span = None if value is None else _seconds(value)
                figure = {"name": DURATIONS[native], "value": span, "business": True}
            elif native in COUNTS and value.__class__ is int and abs(value) < LAST_NUMBER:
                figure = {"name": COUNTS[native], "value": value}
            if figure is not None:
                stated = StatedFigure(native=f"statistics.{native}", **figure)
                self.tally.states(ticket, stated)


def _seconds(value: int) -> timedelta | None:
    return timedelta(seconds=value) if value <= LAST_SECOND else None


def _number(case: tuple[str, Case]) -> tuple[int, str]:
    return number_of(case[0]), case[0]


_place = itemgetter(0, 1, 2)


def first_priority(doc: Mapping[str, Any], rows: list[Row]) -> str | None:
    """Return the priority in which a conversation began, told backwards from what it is now."""
    now = word_of(doc.get("priority"))
    if now is None or now not in OTHER:
        return None
    flips = sum(str(row[3]["part_type"]).startswith(PRIORITY) for row in rows)
    return OTHER[now] if flips % 2 else now


def contact_of(doc: Mapping[str, Any]) -> str | None:
    """Return the contact whose conversation it is."""
    contacts = doc.get("contacts")
    listed = contacts if isinstance(contacts, list) else inner(contacts).get("contacts")
    for each in listed if isinstance(listed, list) else ():
        native = text_id(inner(each).get("id"))
        if native is not None:
            return native
    return text_id(inner(doc.get("user")).get("id"))


def is_left_out(kind: str) -> bool:
    """Tell whether a kind of part says nothing of its own that an event can say."""
    return kind.startswith(LEFT_OUT) and not kind.startswith(TICKET_STATE)


def says(part: Part) -> bool:
    """Tell whether there is, or was, something to read in a part."""
    body = part.get("body")
    if isinstance(body, str) and body and (body[0] != "<" or MARKUP.sub("", body).strip()):
        return True
    pictured = isinstance(body, str) and "<img" in body
    return bool(
        pictured or part.get("attachments") or part.get("redacted") is True or part.get("subject")
    )


def visibility(kind: str, part: Part) -> bool | None:
    """Return whether a part speaks in public or among staff; None where it does not speak."""
    if kind in SPOKEN:
        return True
    if kind in NOTES:
        return False
    return True if (kind in STATES or "assign" in kind) and says(part) else None


def shown(native: str) -> str:
    """Return an id as a message may show it."""
    return native if WORD.fullmatch(native) else str(masked(native))
