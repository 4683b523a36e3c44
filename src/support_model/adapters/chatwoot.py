"""Chatwoot: webhooks, conversations with their messages, ratings, read into events.

A conversation is a ticket. Webhooks tell its history: messages, and what changed. Its status comes
from what an event says that changed, or from the event's name, and never from the copy of the
conversation that comes along, which is made later, nor from the texts of activities, which are in
the language of the account. The API answers conversations as they are now, and their messages:
then replies are told and statuses are not. A conversation that is pending is a bot's, and waits
for nobody: it is open. Templates, bots, rules and campaigns are the system.

Sources: Webhook events, API reference, https://www.chatwoot.com/docs; models and views of
github.com/chatwoot/chatwoot.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from itertools import groupby
from operator import attrgetter
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from attrs import Factory, define, evolve

from support_model._vocabulary import Priority, Status
from support_model.adapters._account import Account, group_of, known_role, priority_of, status_of
from support_model.adapters._chatwoot_documents import (
    INCOMING,
    KINDS,
    NOTHING,
    OUTGOING,
    PAGES,
    RATED,
    SAID,
    SAID_ANEW,
    TEMPLATE,
    UNSAID,
    VENDOR,
    Case,
    Change,
    Doc,
    Found,
    Measured,
    Said,
    inner,
    is_conversation,
    is_measured,
    is_message,
    is_rating,
    latest,
    value_of,
)
from support_model.adapters._drafts import By, Drafts
from support_model.adapters._event_logs import StatedFigure
from support_model.adapters._payloads import Node, Tally, pages_of
from support_model.events import RatingRequested

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from support_model._vocabulary import Basis, Role
    from support_model.adapters._event_logs import EventLog

__all__ = ["read"]

TITLE = "Chatwoot"
STANDARD = Account()
"""An account of which nothing is known."""
OPEN = Status("open", "open")
STATUSES: Mapping[str, Status] = MappingProxyType(
    {
        "open": OPEN,
        "pending": OPEN,
        "resolved": Status("resolved", "solved"),
        "snoozed": Status("snoozed", "on_hold"),
    }
)
"""What statuses mean; one that is pending is a bot's, and nobody waits for the customer."""
PRIORITIES: Mapping[str, Priority] = MappingProxyType(
    {
        "low": Priority("low", 4),
        "medium": Priority("normal", 3),
        "high": Priority("high", 2),
        "urgent": Priority("urgent", 1),
    }
)
CHANNELS: Mapping[str, str] = MappingProxyType(
    {
        "webwidget": "messaging",
        "whatsapp": "messaging",
        "telegram": "messaging",
        "line": "messaging",
        "sms": "messaging",
        "twiliosms": "messaging",
        "email": "email",
        "api": "api",
        "facebookpage": "social",
        "instagram": "social",
        "twitterprofile": "social",
        "tiktok": "social",
        "voice": "phone",
    }
)
"""What types of inboxes mean as channels, without "Channel::"; any other is its own name."""
EVENTS = frozenset({SAID, SAID_ANEW, RATED, "webwidget_triggered"})
"""Events of webhooks besides those whose names begin with "conversation_"."""
SPOKEN = frozenset({INCOMING, OUTGOING, TEMPLATE})
SCALE = (1, 5)
SOON = timedelta(minutes=1)
"""How long after the creation a first message still belongs to it."""
SECOND = timedelta(seconds=1)
WITHIN = timedelta(seconds=2)
"""Chatwoot cuts both ends of a duration to whole seconds."""
MESSAGES = (
    "ask for GET /api/v1/accounts/{account_id}/conversations/{id}/messages for each conversation, "
    "or keep the webhooks"
)
SNAPSHOT = By("third_party", basis="snapshot")


def recognized(value: Any) -> str:  # noqa: ANN401 - JSON types
    """Return why a parsed document is one of Chatwoot's, "" where it is not.

    Example:
        >>> recognized({"event": "message_created", "id": 1, "message_type": "incoming"})
        'a webhook: event is message_created'
        >>> recognized({"event": "issues"})
        ''
    """
    if isinstance(value, list):
        return next(filter(None, map(recognized, value[:9])), "")
    if not isinstance(value, Mapping):
        return ""
    event = value.get("event")
    if isinstance(event, str):
        name = event.replace(".", "_")
        own = name in EVENTS or name.startswith("conversation_")
        return f"a webhook: event is {event}" if own else ""
    if told := _told(value):
        return told
    for key in ("payload", "data", "body", "conversation", "messages"):
        inside = value.get(key)
        if isinstance(inside, list | dict) and (told := recognized(inside)):
            return told
    return ""


def _told(value: Doc) -> str:
    if is_message(value) and not value.keys().isdisjoint(("content_type", "private", "inbox_id")):
        return "messages with message_type"
    if is_conversation(value) and not value.keys().isdisjoint(("inbox_id", "can_reply")):
        return "conversations with inbox_id"
    if is_measured(value) and "value_in_business_hours" in value:
        return "reporting events"
    return "ratings of conversations" if is_rating(value) and "feedback_message" in value else ""


def read(payloads: object, account: Account = STANDARD) -> EventLog:
    """Return the events of all conversations in documents of Chatwoot, in any order.

    Contacts are customers and users agents, unless `account.roles` says otherwise; ids of the two
    are counted apart, so one that is called an agent there is a user and no contact.

    Args:
        payloads: a document, or a list of documents or pages (`Page`): webhooks; answers of `GET
            /conversations/{id}`, `/conversations/{id}/messages`, `/csat_survey_responses`,
            `/conversations/{id}/reporting_events`, `/teams`, `/inboxes`.
        account: what ids mean; `statuses` by "open", "pending", "resolved", "snoozed".

    Raises:
        AdapterError: an error of the interface, nothing of Chatwoot that tells events, or
            conversations without their messages.

    Example:
        >>> about = {"id": 61, "status": "open", "created_at": 1772442000, "inbox_id": 1}
        >>> hooks = [
        ...     {"event": "conversation_created", **about},
        ...     {"event": "message_created", "id": 102, "created_at": "2026-03-02T09:10:00.000Z",
        ...      "message_type": "outgoing", "private": False,
        ...      "sender": {"id": 7, "type": "user"}, "conversation": about},
        ...     {"event": "conversation_resolved", **about, "timestamp": 1772445600}]
        >>> [(event.type, event.role) for event in read(hooks).events]
        [('created', 'customer'), ('message', 'agent'), ('changed', 'third_party')]
    """
    tally = Tally(VENDOR)
    found = Found(tally, account.tz)
    pages = _pages(payloads)
    for page in pages:
        found.add(page)
    _refuse(pages, found)
    for page in found.strange:
        tally.unread(page, None, "nothing of Chatwoot")
    for name, *_ in sorted(found.left):
        tally.left_out[name] += 1
    groups: dict[Any, str] = {**found.teams, **account.groups}
    teller = Teller(evolve(account, groups=groups), tally, found)
    for ticket, case in sorted(found.cases.items(), key=lambda each: (len(each[0]), each[0])):
        teller.tell(ticket, case)
    teller.others()
    return tally.reading(teller.drafts.events())


def _pages(payloads: object) -> list[Node]:
    """Return documents; a list of messages is one of them."""
    if isinstance(payloads, list | tuple) and payloads and all(map(is_message, payloads)):
        return [Node(VENDOR, payloads)]
    return pages_of(VENDOR, payloads)


def _refuse(pages: Sequence[Node], found: Found) -> None:
    """Raise `AdapterError` where no document tells a history."""
    if not pages:
        return
    cases = found.cases.values()
    if any(case.hooked or case.pages for case in cases):
        return
    if cases:
        problem = "conversations without their messages: present values and no history"
        pages[0].refuse(problem, MESSAGES)
    page = (found.strange or pages)[0]
    page.refuse("no webhooks, and no conversations with their messages", MESSAGES)


@define
class Story:
    """Where one conversation stands while it is told."""

    ticket: str
    case: Case
    said: list[tuple[str, Said]]
    doc: Doc
    began: datetime | None
    contact: str | None
    fields: dict[str, str | None] = Factory(dict)
    """What is known of each field, in words of Chatwoot."""


@define
class Teller:
    """What turns documents into drafts of events."""

    account: Account
    tally: Tally
    found: Found
    drafts: Drafts = Factory(Drafts)

    def tell(self, ticket: str, case: Case) -> None:
        """Add the events of one conversation."""
        said = sorted(case.messages.items(), key=lambda each: (each[1].at, len(each[0]), each[0]))
        doc = latest(case.versions, self.account.tz)
        story = Story(ticket, case, said, doc, self.began(case, said), contact_of(case, said))
        changes = in_order(case.changes)
        self.completeness(story)
        self.first_fields(story, changes)
        self.created(story, self.present(story))
        for native, each in said:
            self.message(story, native, each)
        for at, several in groupby(changes, attrgetter("at")):
            self.changed(story, at, [*several])
        self.lasting(story)
        self.rated(story)
        self.figures(story)

    def began(self, case: Case, said: list[tuple[str, Said]]) -> datetime | None:
        """Return when a conversation began; None where nothing tells it."""
        told = min(case.created, default=None)
        if told is None and case.pages and not case.hooked and said:
            return said[0][1].at
        others = [each.at for _, each in said] + [each.at for each in case.changes]
        return None if told is None else min([told, *others])

    def completeness(self, story: Story) -> None:
        """Note where the history of a conversation is not whole."""
        ticket, case = story.ticket, story.case
        told = min(case.created, default=None)
        began = story.began
        if began is not None and told is not None and told - began > SECOND:
            self.tally.noted.note("before_creation", None, ticket, ticket=ticket)
        if case.hooked and not case.begun:
            self.tally.cut(ticket, "no_creation", ticket)
        elif case.pages and _ends_early(story, told):
            self.tally.cut(ticket, "full_page", "messages")
        elif not case.hooked and not case.pages:
            self.tally.cut(ticket, "cut_history", "no messages")
        elif not case.hooked and not case.versions:
            self.tally.cut(ticket, "no_creation", ticket)

    def first_fields(self, story: Story, changes: list[Change]) -> None:
        """Find out in which status, team and so on a conversation began."""
        if story.case.begun:
            story.fields.update(_fields_of(max(story.case.begun, key=repr)))
        elif not story.case.hooked:
            story.fields["status"] = "open"
        for name in dict.fromkeys(change.field for change in changes):
            before = _before([change for change in changes if change.field == name])
            if before != UNSAID:
                story.fields[name] = before

    def present(self, story: Story) -> Status | None:
        """Return the status that a conversation has now, and of which no event tells."""
        if story.case.hooked or not story.doc:
            return None
        now = _sure(value_of("status", story.doc.get("status")))
        return None if now is None else self.status(now)

    def created(self, story: Story, now: Status | None) -> None:
        """Add the creation."""
        if story.began is None:
            return
        ticket, (role, actor) = story.ticket, self.opener(story)
        basis: Basis | None = "snapshot" if ticket in self.tally.incomplete else None
        first = self.status(story.fields.get("status"))
        if not story.case.hooked:
            acted = any(each.kind not in SPOKEN for _, each in story.said)
            moved = now is not None and now != first
            if acted or moved:
                self.tally.noted.note("last_stamps", None, ticket=ticket)
            if acted and not moved:
                basis = "snapshot"
        fields = {"status": first, "requester": story.contact, "channel": self.channel(story.case)}
        for name in ("agent", "group", "priority"):
            fields |= self.valued(name, story.fields.get(name))
        for name in sorted(self.account.keep):
            fields |= self.kept(story, name)
        by = By(role, actor, None, basis)
        self.drafts.created(ticket, story.began, by, fields=fields, order=-1)

    def opener(self, story: Story) -> tuple[Role, str | None]:
        """Return who began a conversation: whose it is, unless an agent wrote at once."""
        first = next((each for _, each in story.said if each.kind in {INCOMING, OUTGOING}), None)
        if first is None or first.kind == INCOMING or story.began is None:
            return self.asker(story)
        if first.at - story.began > SOON or not (first.automatic or first.whose == "user"):
            return self.asker(story)
        return ("system", None) if first.automatic else (self.role(first), first.sender)

    def kept(self, story: Story, name: str) -> dict[str, Any]:
        """Return a native field that the account keeps."""
        doc = story.doc or max(story.case.begun, key=repr, default=NOTHING)
        for each in (
            doc,
            inner(doc.get("custom_attributes")),
            inner(doc.get("additional_attributes")),
        ):
            if each.get(name) is not None:
                fits, value = Node(VENDOR, each[name]).plain()
                return {f"custom.{name}": value} if fits else {}
        return {}

    def asker(self, story: Story) -> tuple[Role, str | None]:
        """Return the role and the id of whose conversation it is."""
        role = None if story.contact is None else self.account.roles.get(story.contact)
        return "third_party" if role == "third_party" else "customer", story.contact

    def channel(self, case: Case) -> str | None:
        """Return the channel of a conversation."""
        native = min(case.channels, default=None)
        if native is None:
            several = filter(None, map(self.found.channels.get, sorted(case.inboxes)))
            native = next(several, None)
        if native is None:
            return None
        word = native.removeprefix("Channel::")
        return CHANNELS.get(word.casefold(), word.casefold())

    def role(self, said: Said) -> Role:
        """Return the role of who wrote a message."""
        if said.kind == TEMPLATE or said.automatic or said.whose == "bot":
            return "system"
        known = None if said.sender is None else known_role(self.account, said.sender)
        if said.kind == INCOMING or said.whose == "contact":
            return "third_party" if known == "third_party" else "customer"
        if said.whose == "user":
            return "agent" if known in {None, "customer"} else known
        return "agent" if said.echo else "third_party"

    def message(self, story: Story, native: str, said: Said) -> None:
        """Add a message, and the question of a survey."""
        if said.kind not in SPOKEN:
            self.tally.left_out["activity" if said.kind in KINDS else said.kind] += 1
            if said.kind not in KINDS:
                self.tally.met("message type", said.kind, "nothing")
            return
        role, actor = self.role(said), said.sender
        if role == "system" and said.whose != "bot":
            actor = actor if actor is not None and actor in self.account.bots else None
        elif role == "third_party" and actor is None:
            place = f"messages/{native}"
            self.tally.noted.note("no_user", None, place, ticket=story.ticket)
        by = By(role, actor, f"messages/{native}")
        self.drafts.message(story.ticket, said.at, by, public=not said.private)
        if said.survey:
            asked = RatingRequested(ticket_id=story.ticket, at=said.at, role="system", kind="csat")
            self.drafts.add(asked, order=1)

    def changed(self, story: Story, at: datetime, several: list[Change]) -> None:
        """Add what changed at one instant; the same change told twice is one."""
        fields: dict[str, Any] = {}
        until: datetime | None = None
        by = By("third_party")
        for change in _chained(several, story.fields):
            name = change.field
            if not self.moves(story, change):
                continue
            if name in fields:
                self.drafts.changed(story.ticket, at, by, fields=fields, order=0)
                fields = {}
            if change.present:
                by = SNAPSHOT
                self.tally.noted.note("status_as_now", None, change.event, ticket=story.ticket)
            fields |= self.valued(name, change.after)
            until = change.until if name == "status" else until
        if fields:
            ends = None if until is None or until <= at else until
            self.drafts.changed(story.ticket, at, by, fields=fields, until=ends)

    def moves(self, story: Story, change: Change) -> bool:
        """Take in a change; return whether it is one, and note what is missing before it."""
        name, held = change.field, story.fields.get(change.field, UNSAID)
        story.fields[name] = change.after
        if self.agrees(name, held, change.after):
            if change.before == UNSAID and not change.present:
                self.tally.left_out[f"{change.event} that changes no {name}"] += 1
            return False
        if UNSAID not in {held, change.before} and not self.agrees(name, held, change.before):
            self.tally.cut(story.ticket, "cut_history", f"{name} changed in between")
        return True

    def same(self, held: str | None, after: str | None) -> bool:
        """Tell whether two words of Chatwoot are one status."""
        if held in {None, UNSAID} or after is None:
            return False
        return self.status(held) == self.status(after)

    def agrees(self, name: str, held: str | None, before: str | None) -> bool:
        """Tell whether a field had the value that a change says it had."""
        return held == before or (name == "status" and self.same(held, before))

    def valued(self, name: str, native: str | None) -> dict[str, Any]:
        """Return what a field becomes, as fields of a ticket."""
        if name == "group":
            return group_of(self.account, native, self.tally)
        if name == "priority" and native is not None:
            return {name: priority_of(self.account, native, PRIORITIES, self.tally)}
        if name == "status":
            return {name: self.status(native)}
        return {name: native}

    def status(self, native: str | None) -> Status:
        """Return what a status means."""
        return status_of(self.account, native or "open", STATUSES, self.tally)

    def lasting(self, story: Story) -> None:
        """Add what holds now and no event tells, and note what has no time at all."""
        ticket, case, doc = story.ticket, story.case, story.doc
        now = value_of("status", doc.get("status"))
        if story.began is None or not doc:
            return
        if case.hooked:
            held = story.fields.get("status", UNSAID)
            if UNSAID not in {held, now} and now is not None and not self.same(held, now):
                self.tally.cut(ticket, "cut_history", "the status is another one now")
            return
        meta = inner(doc.get("meta"))
        for name, value in (("assignee", meta.get("assignee")), ("team", meta.get("team"))):
            if inner(value).get("id") is not None:
                self.tally.noted.note("since_unknown", None, name, ticket=ticket)
        if _sure(value_of("priority", doc.get("priority"))) is not None:
            self.tally.noted.note("since_unknown", None, "priority", ticket=ticket)
        status = self.present(story)
        if status is None or status == self.status("open"):
            return
        at = max(self.since(story, now), story.began)
        self.drafts.changed(ticket, at, SNAPSHOT, fields={"status": status}, order=2)

    def since(self, story: Story, now: str | None) -> datetime:
        """Return the last known instant at which the present status can have come."""
        ends = [
            each.end
            for each in self.found.measured.get(story.ticket, {}).values()
            if each.name == "conversation_resolved" and each.end
        ]
        if now == "resolved" and ends:
            return max(ends)
        self.tally.noted.note("no_time_of", None, "status", ticket=story.ticket)
        acts = [each.at for _, each in story.said if each.kind not in SPOKEN]
        if acts:
            return acts[-1]
        stamps = map(self.found.at, map(story.doc.get, ("last_activity_at", "timestamp")))
        others = [each.at for _, each in story.said]
        return max([*filter(None, stamps), *others, *filter(None, [story.began])])

    def rated(self, story: Story) -> None:
        """Add the answers to surveys; a changed score is a further answer."""
        ticket = story.ticket
        for native, several in sorted(self.found.ratings.get(ticket, {}).items()):
            last: int | None = None
            for at, score, who in sorted(several):
                if score == last:
                    continue
                if story.began is None or at < story.began:
                    self.tally.noted.note("not_in_log", None, native, ticket=ticket)
                    continue
                by = By("customer", who or story.contact, f"csat_survey_responses/{native}")
                self.drafts.rated(ticket, at, by, kind="csat", score=score, scale=SCALE, order=3)
                last = score

    def figures(self, story: Story) -> None:
        """Keep what Chatwoot itself measured."""
        ticket, found = story.ticket, self.found.measured
        several = found.get(ticket, {}).values()
        own = sorted(several, key=lambda each: (str(each.end), repr(each)))
        resolved = [each for each in own if each.name == "conversation_resolved"]
        for each in own:
            if each.name == "first_response":
                self.state(ticket, "first_reply_time", each)
            elif each.name not in {"conversation_resolved", "reply_time"}:
                self.tally.left_out[f"reporting event {each.name}"] += 1
        if len(resolved) > 1:
            self.state(ticket, "first_solved_time", resolved[0])
        if resolved:
            self.state(ticket, "last_solved_time", resolved[-1])
        self.waits(ticket, [each for each in own if each.name == "reply_time"])
        if story.case.replied:
            at = min(story.case.replied)
            figure = StatedFigure(
                name="first_reply", native="first_reply_created_at", value=at, within=WITHIN
            )
            self.tally.states(ticket, figure)

    def waits(self, ticket: str, waits: list[Measured]) -> None:
        """State the waits for later replies, added up."""
        if not waits:
            return
        inside = [each.business for each in waits if each.business is not None]
        business = sum(inside) if len(inside) == len(waits) else None
        total = Measured(None, waits[0].name, sum(each.seconds for each in waits), business)
        self.state(ticket, "later_reply_times", total, len(waits) * WITHIN)

    def state(
        self, ticket: str, name: str, measured: Measured, within: timedelta = WITHIN
    ) -> None:
        """State one duration, round the clock and in the hours of the inbox."""
        native = f"reporting_events.{measured.name}"
        spans = [("value", measured.seconds, False)]
        if measured.business is not None:
            spans.append(("value_in_business_hours", measured.business, True))
        for key, seconds, business in spans:
            figure = StatedFigure(
                name=name,
                native=f"{native}.{key}",
                value=timedelta(seconds=seconds),
                business=business,
                within=within,
            )
            self.tally.states(ticket, figure)

    def others(self) -> None:
        """Note ratings and measurements of conversations that are not in the payload."""
        for ticket in sorted(self.found.ratings.keys() - self.found.cases.keys()):
            self.tally.noted.note("not_in_log", None, ticket, ticket=ticket)
        for of, several in self.found.measured.items():
            if of not in self.found.cases:
                self.tally.left_out["reporting event of another conversation"] += len(several)


def _ends_early(story: Story, told: datetime | None) -> bool:
    """Tell whether messages before the first one may be on a further page."""
    first = story.said[0][1].at if story.said else None
    if told is not None and first is not None and first - told <= SOON:
        return False
    return all(count in PAGES for count in story.case.pages)


def _before(own: list[Change]) -> str | None:
    """Return what a field was before all of its changes, which are in order."""
    first = [change for change in own if change.at == own[0].at]
    ends = {change.after for change in first}
    return next((each.before for each in first if each.before not in ends), own[0].before)


def _fields_of(begun: Doc) -> dict[str, str | None]:
    """Return the fields that a conversation has when it is created, in words of Chatwoot."""
    meta, started = inner(begun.get("meta")), value_of("status", begun.get("status"))
    return {
        "status": "pending" if started == "pending" else "open",
        "priority": _sure(value_of("priority", begun.get("priority"))),
        "agent": _sure(value_of("assignee_id", inner(meta.get("assignee")).get("id"))),
        "group": _sure(value_of("team_id", inner(meta.get("team")).get("id"))),
    }


def contact_of(case: Case, said: list[tuple[str, Said]]) -> str | None:
    """Return whose conversation it is: of who wrote first, else of whom documents name."""
    for _, each in said:
        if each.kind == INCOMING and each.sender is not None and each.whose != "user":
            return each.sender
    return min(case.contacts, key=lambda each: (len(each), each), default=None)


def in_order(changes: Iterable[Change]) -> list[Change]:
    """Return changes in the order of their instants, and else in one that is always the same."""
    return sorted(changes, key=lambda each: (each.at, each.field, repr(each)))


def _chained(several: list[Change], fields: Mapping[str, str | None]) -> Iterator[Change]:
    """Yield changes of one instant so that each begins where the one before it ended."""
    rest, held = [*several], dict(fields)
    while rest:
        fitting = (n for n, each in enumerate(rest) if held.get(each.field, UNSAID) == each.before)
        change = rest.pop(next(fitting, 0))
        held[change.field] = change.after
        yield change


def _sure(value: str | None) -> str | None:
    return None if value == UNSAID else value
