"""Freshdesk: tickets with their conversations, activities, app events and ratings, as events.

Freshdesk has no history of a ticket in its API: a ticket comes with its conversations, which are
true messages, and with `stats`, the last stamps of its statuses, which are present values. What
changed is told by the daily export of ticket activities and by the events that an app receives;
where they are there, statuses come from them alone. A conversation that a rule made carries the
id of an agent: `auto_response`, `automation_id` and `automation_type_id` tell it. A public note
is a reply, in the vendor's words too. The description is the first message.

Sources: Tickets, Conversations, Satisfaction ratings, Time entries,
https://developers.freshdesk.com/api; Product events, https://developers.freshworks.com/docs;
How to export ticket activities, https://support.freshdesk.com.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from attrs import Factory, define, evolve

from support_model.adapters._account import Account
from support_model.adapters._drafts import By, Drafts
from support_model.adapters._event_logs import EVERY
from support_model.adapters._freshdesk_history import Act, History, Note, folded
from support_model.adapters._freshdesk_pages import (
    EMBEDDED,
    VENDOR,
    WHERE,
    Batch,
    Item,
    Shapes,
    canonical,
    in_order,
    kind_of,
    later,
    native,
    ticket_id,
    unwrapped,
)
from support_model.adapters._freshdesk_people import People
from support_model.adapters._freshdesk_rules import read_calendars, read_policies
from support_model.adapters._freshdesk_stats import Present
from support_model.adapters._freshdesk_words import (
    FORWARDED,
    OLDER,
    OPEN,
    SCALE,
    SCORES,
    SURVEY,
    Words,
    at_of,
    length_of,
)
from support_model.adapters._payloads import Node, Tally, masked, pages_of, refuse_error
from support_model.events import Rated, Worked

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from support_model._vocabulary import Basis, Status
    from support_model.adapters._event_logs import EventLog
    from support_model.calendars import BusinessCalendar
    from support_model.sla import PolicyBook

__all__ = ["calendars", "policies", "read"]

TITLE = "Freshdesk"
STANDARD = Account()
"""An account of which nothing is known."""
TELL = ("ticket", "conversation", "rating", "time entry", "activity", "app event")
"""Kinds of items that tell events; the others say what ids mean."""
WEBHOOK = "freshdesk_webhook"
SHOWN_BY = ("activities_data", WEBHOOK, "helpdesk_ticket")
MAY_HOLD = ("ticket", "tickets", "conversations", "satisfaction_ratings", "results")
"""Keys that only Freshdesk has, and keys that other systems have too."""
CODES = ("invalid_credentials", "access_denied", "require_feature", "account_suspended")
"""Codes of errors of the API."""
NAMING = frozenset({"agent_id", "requester_id"})
"""Keys of an activity that tell who is who."""
FIRST = 20
"""Items of a list that are looked at."""
NO_WEBHOOK = (
    "the body of a webhook of an automation rule: it names no time, and its older form is no JSON"
)
MEANT = "export the ticket activities, or " + WHERE
AUTOMATIC = ("auto_response", "automation_id", "automation_type_id")
TEXTS = ("description", "description_text")
OF_CALL = ("stats", "conversations")
"""Keys that depend on the call: an edition without them says nothing of them."""
GAP = 2
"""Seconds between the files of two days that follow each other."""
SHOWN = By("third_party", basis="snapshot")
NOTHING = (None, "", 0, False)
"""What the marks of automation hold in a conversation that a person wrote."""


@define
class Parts:
    """All that a payload tells of one ticket.

    Attributes:
        item: the ticket as it is, its editions joined; None where it is not in the payload.
        conversed: whether its conversations were asked for.
        conversations: the latest edition of each, by its id.
        ratings: the editions of each rating, by its id.
        entries: the latest edition of each time entry, by its id.
    """

    item: Item | None = None
    conversed: bool = False
    conversations: dict[str, Item] = Factory(dict)
    ratings: dict[str, list[Item]] = Factory(dict)
    entries: dict[str, Item] = Factory(dict)


class Begun(NamedTuple):
    """The creation of a ticket: when, with which fields, and the act that it was made of."""

    at: datetime
    fields: dict[str, Any]
    act: Act


def recognized(value: object) -> str:
    """Return why a parsed document is one of Freshdesk; "" where it is not.

    Example:
        >>> recognized({"activities_data": []})
        'it holds activities_data'
    """
    if isinstance(value, list | tuple):
        return next(filter(None, map(recognized, value[:FIRST])), "")
    if isinstance(value, Mapping):
        return _recognized(value)
    return f"it holds {WEBHOOK}" if isinstance(value, str) and WEBHOOK in value else ""


def _recognized(value: Item) -> str:
    held = [key for key in SHOWN_BY if key in value]
    if held:
        return f"it holds {held[0]}"
    if value.get("code") in CODES and "message" in value:
        return "it is an error of the API of Freshdesk"
    if told := _told(value):
        return f"it is what Freshdesk writes: {told}"
    for key in MAY_HOLD:
        several = value.get(key)
        if any(map(_told, several[:FIRST] if isinstance(several, list) else (several,))):
            return f"it holds {key} as Freshdesk writes them"
    return ""


def _told(item: object) -> str:
    """Return what an item is, if none of another system has the same keys."""
    if not isinstance(item, Mapping):
        return ""
    kind = kind_of(unwrapped(item))
    known = kind in (*TELL, "business hours", "SLA policy") and _own(unwrapped(item), kind)
    return kind if known else ""


def _own(item: Mapping[str, Any], kind: str) -> bool:
    """Tell an item of Freshdesk from one of another system with some of the same keys."""
    own = {
        "ticket": {"responder_id", "fr_escalated", "stats", "email_config_id", "is_escalated"},
        "rating": {"ratings", "feedback"},
        "time entry": {"timer_running", "executed_at", "billable"},
    }.get(kind)
    return own is None or not own.isdisjoint(item)


def read(payloads: object, account: Account = STANDARD) -> EventLog:
    """Return the events of all tickets in documents of Freshdesk, in any order.

    Without activities and app events statuses come from `stats`: events whose basis is
    "snapshot", so that figures which need a history are not stated. Who asks for help on a ticket
    is its customer; agents are those of the payload's `agents`, whoever a ticket is or was
    assigned to, and whoever wrote on the agents' side (`incoming` false).

    Args:
        payloads: a document, or a list of documents or pages: answers of `GET /tickets/{id}` and
            `/tickets` (with `include=stats,conversations`), `/tickets/{id}/conversations`,
            `/surveys/satisfaction_ratings`, `/time_entries`, `/agents`, `/groups`, `/contacts`,
            `/ticket_fields`; files of `GET /export/ticket_activities`; events of an app; the
            account export.
        account: what ids and words mean.

    Raises:
        AdapterError: nothing of Freshdesk that tells events, an error of the interface, or the
            body of an automation rule's webhook.

    Example:
        >>> ticket = {
        ...     "id": 7, "status": 4, "priority": 1, "source": 1, "requester_id": 5,
        ...     "responder_id": 3, "created_at": "2026-03-02T09:00:00Z",
        ...     "stats": {"resolved_at": "2026-03-02T10:00:00Z"},
        ...     "conversations": [{
        ...         "id": 1, "user_id": 3, "incoming": False, "private": False, "source": 0,
        ...         "created_at": "2026-03-02T09:30:00Z"}]}
        >>> [(event.type, event.role, event.basis) for event in read(ticket).events]
        [('created', 'customer', None), ('message', 'agent', None), ('changed', ...)]
    """
    tally = Tally(VENDOR)
    shapes = Shapes(tally)
    pages = _pages(payloads)
    for page in pages:
        _refuse(page)
        shapes.add(page)
    if pages and not any(map(shapes.of, TELL)):
        held = ", ".join(sorted(shapes.batches)) or "nothing that is known"
        pages[0].refuse(f"no tickets and no activities, but {held}", MEANT)
    own = _with_names(account, shapes)
    people, meant = People(own, tally), Words(own, _labels(shapes), tally)
    reader = Reader(shapes, tally, people, meant, History(people, meant, tally))
    reader.gather()
    for ticket in sorted(reader.parts, key=lambda each: (len(each), each)):
        reader.tell(ticket, reader.parts[ticket])
    _note_pages(shapes, tally)
    return tally.reading(reader.drafts)


def calendars(payload: object) -> dict[str, BusinessCalendar]:
    """Return the calendars of `GET /api/v2/business_hours`, by id, the account's default first.

    Args:
        payload: the answer, or a list of its pages.

    Raises:
        AdapterError: the payload is none.
        UnknownZone: a zone that has no such name.

    Example:
        >>> made = calendars([{
        ...     "id": 7, "name": "Office", "is_default": True, "time_zone": "Magadan",
        ...     "working_hours": {"monday": {"start_time": "8:00 am", "end_time": "5:00 pm"}}}])
        >>> made["7"]
        <BusinessCalendar 'Office', mon 08:00-17:00; Asia/Magadan>
    """
    return read_calendars(_pages(payload))


def policies(
    payload: object,
    *,
    calendars: Mapping[str, BusinessCalendar] | None = None,
    account: Account = STANDARD,
) -> PolicyBook:
    """Return the active policies of `GET /api/v2/sla_policies`, in order, the default one last.

    A condition that has no counterpart is warned of and never met; whom a policy escalates to is
    warned of and not read. A condition on products needs "product_id" in `account.keep` when
    tickets are read.

    Args:
        payload: the answer, or a list of its pages; with the answer of `GET /api/v2/groups`
            beside it, groups with business hours of their own keep these.
        calendars: the hours of targets in business hours, as `calendars` returns them.
        account: names of groups and priorities, as in events.

    Raises:
        AdapterError: the payload is none, or business hours are needed and not given.

    Example:
        >>> book = policies([{"id": 1, "name": "Gold", "sla_target": {"priority_4": {
        ...     "respond_within": 900, "resolve_within": 3600, "business_hours": False}}}])
        >>> [(str(each.when), each.within) for each in book.policies[0].targets]
        [("priority is 'urgent'", ...(seconds=900)), ("priority is 'urgent'", ...(seconds=3600))]
    """
    return read_policies(_pages(payload), calendars or {}, account)


def _pages(payloads: object) -> list[Node]:
    """Return documents; a list of items is one of them."""
    if isinstance(payloads, list | tuple) and payloads:
        firsts = [each for each in payloads if isinstance(each, Mapping)]
        if len(firsts) == len(payloads) and all(kind_of(unwrapped(each)) for each in firsts):
            return [Node(VENDOR, payloads)]
    return pages_of(VENDOR, payloads)


def _refuse(page: Node) -> None:
    """Raise `AdapterError` for what is no data."""
    value = page.value
    if isinstance(value, str) and WEBHOOK in value:
        page.refuse(NO_WEBHOOK, MEANT)
    if not isinstance(value, Mapping) or kind_of(unwrapped(value)):
        return
    if WEBHOOK in value:
        page.refuse(NO_WEBHOOK, MEANT)
    code, message = value.get("code"), value.get("message")
    if isinstance(message, str) and (isinstance(code, str) or len(value) == 1):
        page = Node(VENDOR, {"error": code or "error", "message": message}, page.path)
    refuse_error(page, ("ticket", "tickets", "conversations", "activities_data", "results"))


def _with_names(account: Account, shapes: Shapes) -> Account:
    """Return an account that knows also what the payload calls groups."""
    groups: dict[object, Any] = {}
    for *_, item in shapes.each("group"):
        key, name = native(item.get("id")), item.get("name")
        if key is not None and isinstance(name, str) and name:
            groups[key] = name
    return evolve(account, groups=groups | dict(account.groups)) if groups else account


def _labels(shapes: Shapes) -> dict[str, str]:
    """Return what the payload's ticket fields call statuses, by number."""
    labels: dict[str, str] = {}
    for *_, item in shapes.each("ticket field"):
        choices = item.get("choices")
        if item.get("type") == "default_status" and isinstance(choices, Mapping):
            for key, names in choices.items():
                first = names[0] if isinstance(names, list) and names else names
                if isinstance(first, str) and first:
                    labels[str(key)] = first
    return labels


@define
class Reader:
    """One reading: what is known of people and words, and the parts of each ticket.

    Attributes:
        shapes: the items of the payload.
        tally: what is unknown, left out or not whole.
        people: who acts in which role.
        words: what values mean.
        history: what changed, where activities or app events tell it.
        drafts: the events so far.
        parts: what is known of each ticket, by its number.
    """

    shapes: Shapes
    tally: Tally
    people: People
    words: Words
    history: History
    drafts: Drafts = Factory(Drafts)
    parts: dict[str, Parts] = Factory(dict)

    def gather(self) -> None:
        """Place each item with its ticket."""
        tickets, told = self._tickets(), [*self._app_events()]
        self.people.listed(self.shapes)
        for number, item in tickets.items():
            self.people.of_ticket(number, item)
            self._of(number).item = item
        self._history(told)
        for each in self.shapes.each("conversation"):
            self._conversation(*each)
        for kind in ("rating", "time entry"):
            for each in self.shapes.each(kind):
                self._placed(*each)
        for number in (*self.history.acts, *self.history.notes, *self.history.shown):
            self._of(number)
        for number in (*self.shapes.embedded, *self.shapes.paged):
            self._of(number).conversed = True

    def _history(self, told: Sequence[tuple[Batch, int, Item]]) -> None:
        """Read activities and app events, once all people are known."""
        for *_, value in told:
            ticket = value["data"]["ticket"]
            self.people.of_ticket(ticket_id(ticket) or "", ticket)
        for value in (value for batch in self.shapes.of("activity") for value in batch.values):
            activity = value.get("activity") if value.__class__ is dict else None
            if activity.__class__ is dict and not NAMING.isdisjoint(activity):
                self.people.of_ticket(native(value.get("ticket_id")) or "", activity)
        for each in told:
            self.history.app_event(*each)
        for batch in self.shapes.of("activity"):
            self.history.activities(batch)

    def _of(self, ticket: str) -> Parts:
        parts = self.parts.get(ticket)
        if parts is None:
            parts = self.parts[ticket] = Parts()
        return parts

    def _tickets(self) -> dict[str, Item]:
        """Return the tickets by their number, the editions of each joined."""
        by_number: dict[str, list[Item]] = {}
        for batch, place, item in self.shapes.each("ticket"):
            number = ticket_id(item)
            if number is None:
                self.tally.unread(batch.node(place), None, "a ticket without its number")
            else:
                by_number.setdefault(number, []).append(item)
        return {number: joined(several) for number, several in by_number.items()}

    def _app_events(self) -> Iterator[tuple[Batch, int, Item]]:
        """Yield the app events about tickets, and keep the conversations of the others."""
        for batch, place, value in self.shapes.each("app event"):
            data, name = value.get("data"), str(value.get("event"))
            data = data if isinstance(data, Mapping) else {}
            said = data.get("conversation")
            if isinstance(said, Mapping) and name == "onConversationCreate":
                where = f"{batch.place(place)}.data.conversation"
                kept = Batch([said], batch.page, where, alone=True)
                self.shapes.batches.setdefault("conversation", []).append(kept)
            elif isinstance(data.get("ticket"), Mapping) and name.startswith("onTicket"):
                yield batch, place, value
            else:
                self.tally.left_out[name if name.isalnum() else "app event"] += 1

    def _conversation(self, batch: Batch, place: int, value: Item) -> None:
        ticket = batch.ticket or native(value.get("ticket_id"))
        if ticket is None or value.get("private").__class__ is not bool:
            problem = "a conversation of no ticket, or not said if private"
            self.tally.unread(batch.node(place), ticket, problem)
        elif value.get("deleted") is True:
            self.tally.left_out["deleted conversation"] += 1
        elif value.get("source") == SURVEY:
            self.tally.left_out["comment of a rating"] += 1
        elif at_of(value.get("created_at"), self.words.account.tz) is None:
            self.tally.unread(batch.node(place), ticket, "a conversation without its instant")
        else:
            parts = self._of(ticket)
            parts.conversed = True
            _keep(parts.conversations, value)

    def _placed(self, batch: Batch, place: int, value: Item) -> None:
        """Place a rating or a time entry with its ticket."""
        ticket = batch.ticket or native(value.get("ticket_id"))
        if ticket is None:
            self.tally.unread(batch.node(place), None, "an item without its ticket")
        elif "time_spent" in value:
            if value.get("timer_running") is True:
                self.tally.left_out["time entry that still runs"] += 1
            elif length_of(value.get("time_spent")) is None:
                self.tally.unread(batch.node(place), ticket, "a time entry without its time")
            else:
                _keep(self._of(ticket).entries, value)
        elif at_of(value.get("created_at"), self.words.account.tz) is None:
            self.tally.unread(batch.node(place), ticket, "a rating without its instant")
        else:
            number = native(value.get("id")) or canonical(value)
            self._of(ticket).ratings.setdefault(number, []).append(value)

    # ---- one ticket

    def tell(self, ticket: str, parts: Parts) -> None:
        """Draft the events of a ticket."""
        acts = self.history.ordered(ticket)
        notes = self.history.notes.get(ticket, {})
        present = Present.of(parts.item or {}, self.words)
        statuses = [] if acts else present.statuses()
        listed = not (parts.conversed or acts or notes)
        shown = self.history.shown.get(ticket)
        item = joined(shown) if parts.item is None and shown else parts.item
        basis: Basis | None = "snapshot" if listed or not statuses else None
        begun = self._created(ticket, item, acts, basis, listed=listed)
        self._messages(ticket, parts, notes, begun)
        self._changes(ticket, acts, present, begun)
        if parts.item is not None:
            self._stated(ticket, present, statuses, history=bool(acts))
            if begun is not None:
                self._present(ticket, statuses, begun)
                if listed:
                    self._stamped(ticket, present, begun)
        self._answered(ticket, parts, begun)

    def _answered(self, ticket: str, parts: Parts, begun: Begun | None) -> None:
        for number in sorted(parts.ratings) if parts.ratings else ():
            self._rated(ticket, number, parts.ratings[number], begun)
        for number in sorted(parts.entries) if parts.entries else ():
            self._worked(ticket, number, parts.entries[number], begun)

    def _created(
        self,
        ticket: str,
        item: Item | None,
        acts: list[Act],
        basis: Basis | None,
        *,
        listed: bool,
    ) -> Begun | None:
        """Draft the creation, and the description as the first message."""
        begun = next((act for act in acts if act.creates), None)
        if begun is None:
            begun = self._as_now(ticket, item, acts, basis, listed=listed)
        if begun is None:
            return None
        fields = dict(begun.fields)
        fields.pop("void", None)
        fields.setdefault("status", OPEN)
        self.drafts.created(ticket, begun.at, begun.by, fields=fields)
        if item is not None and any(isinstance(item.get(key), str) and item[key] for key in TEXTS):
            self.drafts.message(ticket, begun.at, begun.by, public=True)
        return Begun(begun.at, fields, begun)

    def _as_now(
        self,
        ticket: str,
        item: Item | None,
        acts: list[Act],
        basis: Basis | None,
        *,
        listed: bool,
    ) -> Act | None:
        """Return a creation made of the ticket as it is; None where nothing tells its instant."""
        at = None if item is None else at_of(item.get("created_at"), self.words.account.tz)
        if acts or at is None:
            self.tally.cut(ticket, "no_creation")
        if item is None or at is None:
            return None
        fields = _first_fields({"status": OPEN, **self.words.beginning(item)}, acts)
        by = self.people.asker(ticket, item)._replace(basis=basis)
        if listed:  # who filed it is not told, nor in which group it was then
            by = SHOWN if by.role == "customer" else by
            fields = {key: each for key, each in fields.items() if key not in ("group", "line")}
        return Act(at, by, fields, {}, creates=True, item=item)

    def _messages(
        self, ticket: str, parts: Parts, notes: Mapping[str, Note], begun: Begun | None
    ) -> None:
        told = parts.conversations
        for number in sorted(told, key=_by_number) if len(told) > 1 else told:
            value = told[number]
            at: Any = at_of(value["created_at"], self.words.account.tz)
            public = not value["private"] and value.get("source") != FORWARDED
            by = self._speaker(ticket, number, value, public=public)
            if self._after(begun, at, "conversation"):
                self.drafts.message(ticket, at, by, public=public)
        for note in sorted(notes.values(), key=_note_number):
            if note.id not in told and self._after(begun, note.at, "note"):
                by = By(note.by.role, note.by.actor, f"conversations/{note.id}", note.by.basis)
                self.drafts.message(ticket, note.at, by, public=note.public)

    def _after(self, begun: Begun | None, at: datetime, what: str) -> bool:
        """Tell whether something is not before the creation; count what is."""
        if begun is None or at >= begun.at:
            return True
        self.tally.left_out[f"{what} before the creation"] += 1
        return False

    def _speaker(self, ticket: str, number: str, value: Item, *, public: bool) -> By:
        """Return who wrote a conversation; a rule's carries the id of an agent."""
        person, source = native(value.get("user_id")), f"conversations/{number}"
        if any(value.get(mark) not in NOTHING for mark in AUTOMATIC):
            return By("system", person, source)
        if person is None:
            self.tally.noted.note("no_user", None, source, ticket=ticket)
            return By("third_party", None, source)
        ours = value.get("incoming") is False or not public
        return By(self.people.role(ticket, person, public=public, ours=ours), person, source)

    def _changes(
        self, ticket: str, acts: list[Act], present: Present, begun: Begun | None
    ) -> None:
        """Draft what changed, and note where acts are missing."""
        own = None if begun is None else begun.act
        later = [act for act in acts if act is not own and self._after(begun, act.at, "change")]
        fold = folded(later, {} if begun is None else begun.fields)
        for act, fields in fold.changes:
            self.drafts.changed(ticket, act.at, act.by, fields=fields)
        missing = fold.missing
        if acts and fold.status is not None:
            since = at_of(present.item.get("updated_at"), self.words.account.tz)
            other = present.status not in (None, fold.status)
            missing |= other and since is not None and since > acts[-1].at
        if missing:
            self.tally.cut(ticket, "cut_history")

    def _stated(
        self,
        ticket: str,
        present: Present,
        statuses: list[tuple[datetime, Status]],
        *,
        history: bool,
    ) -> None:
        """Keep the figures of a ticket, and note what holds now and has no stamp."""
        for figure in present.figures():
            self.tally.states(ticket, figure)
        for mark in ("spam", "deleted"):
            if present.item.get(mark) is True:
                self.tally.noted.note("since_unknown", None, mark, ticket=ticket)
        if history:
            return
        self.tally.noted.note("last_stamps", None, ticket=ticket)
        if present.undated(statuses):
            if present.stats:
                self.tally.noted.note("since_unknown", None, "status", ticket=ticket)
            else:
                self.tally.cut(ticket, "no_stats")

    def _present(self, ticket: str, statuses: list[tuple[datetime, Status]], begun: Begun) -> None:
        """Draft the statuses that stamps tell."""
        before: Status = begun.fields["status"]
        for at, status in statuses:
            if status != before and self._after(begun, at, "stamp of a status"):
                self.drafts.changed(ticket, at, SHOWN, fields={"status": status})
                before = status

    def _stamped(self, ticket: str, present: Present, begun: Begun) -> None:
        """Draft the replies that stamps tell, of a ticket without its conversations."""
        self.tally.noted.note("list_export", None, ticket=ticket)
        for at, by_agent in present.replies():
            if self._after(begun, at, "stamp of a reply"):
                by = By("agent", basis="snapshot")
                if not by_agent:
                    by = self.people.asker(ticket, present.item)._replace(basis="snapshot")
                self.drafts.message(ticket, at, by, public=True)

    def _rated(self, ticket: str, number: str, several: list[Item], begun: Begun | None) -> None:
        """Draft the scores of one rating: a changed score is a further answer."""
        last: object = None
        for value in in_order(several):
            score = _score(value, self.tally)
            key = "created_at" if last is None else "updated_at"
            at = at_of(value.get(key), self.words.account.tz)
            if at is None or score is None or score == last:
                continue
            if self._after(begun, at, "rating"):
                rated = Rated(
                    ticket_id=ticket,
                    at=at,
                    role="customer",
                    actor=native(value.get("user_id")),
                    kind="csat",
                    score=score,
                    scale=SCALE,
                    source_id=f"satisfaction_ratings/{number}",
                )
                self.drafts.add(rated)
            last = score

    def _worked(self, ticket: str, number: str, value: Item, begun: Begun | None) -> None:
        """Draft a time entry; one that is dated to a day may lie before the creation."""
        tz, spent = self.words.account.tz, length_of(value.get("time_spent"))
        at = at_of(value.get("executed_at"), tz)
        if at is None or (begun is not None and at < begun.at):
            at = at_of(value.get("created_at"), tz)
        if at is None or spent is None:
            self.tally.left_out["time entry without its time"] += 1
        elif self._after(begun, at, "time entry"):
            worked = Worked(
                ticket_id=ticket,
                at=at,
                role="agent",
                actor=native(value.get("agent_id")),
                duration=spent,
                source_id=f"time_entries/{number}",
            )
            self.drafts.add(worked)


def _keep(held: dict[str, Item], value: Item) -> None:
    """Keep the latest edition of an item."""
    number = native(value.get("id")) or canonical(value)
    earlier = held.setdefault(number, value)
    if earlier is not value:
        held[number] = later(earlier, value)


def _note_number(note: Note) -> tuple[int, str]:
    return len(note.id), note.id


def _by_number(number: str) -> tuple[int, str]:
    return len(number), number


def _first_fields(fields: dict[str, Any], acts: list[Act]) -> dict[str, Any]:
    """Return the fields at the creation: as they are now, or as they were before the acts."""
    changed: set[str] = set()
    for act in acts:
        for name in act.fields.keys() - changed:
            changed.add(name)
            if name in act.before:
                fields[name] = act.before[name]
            elif name != "status":
                fields.pop(name, None)
    return fields


def _score(value: Item, tally: Tally) -> int | None:
    """Return the score of a rating on the present scale; None where it is none."""
    answers = value.get("ratings")
    if isinstance(answers, Mapping):
        for name in answers:
            if name != "default_question":
                tally.left_out["rating of a further question"] += 1
        given = answers.get("default_question")
    else:
        given = value.get("rating")
    number = given if isinstance(given, int) and not isinstance(given, bool) else None
    if number is not None and number in SCORES:
        return number
    if number is not None and number in OLDER:
        tally.noted.note("older_scores", None, number)
        return OLDER[number]
    tally.met("satisfaction score", str(masked(given)), "no rating")
    return None


def joined(several: Sequence[Item]) -> Item:
    """Return the editions of one ticket as one: the latest of each value."""
    editions = in_order(several)
    if len(editions) == 1:
        return editions[0]
    item: dict[str, Any] = {}
    for each in editions:
        item |= {k: v for k, v in each.items() if k not in OF_CALL or v is not None}
    return item


def _note_pages(shapes: Shapes, tally: Tally) -> None:
    """Note pages after which there may be more, and what the payload itself says of more."""
    for (kind, ticket), full in shapes.full.items():
        if full and ticket is not None:
            tally.cut(ticket, "full_page", kind)
        elif full:
            tally.noted.note("full_page", None, kind)
    for ticket, count in shapes.embedded.items():
        if count == EMBEDDED and ticket not in shapes.paged:
            tally.cut(ticket, "ten_conversations")
    if shapes.total > sum(1 for _ in shapes.each("ticket")):
        tally.noted.note("more_pages", None, f"total is {shapes.total}")
    _note_files(shapes, tally)


def _note_files(shapes: Shapes, tally: Tally) -> None:
    """Note activities and days that files of the export lack."""
    activities, counted = sum(len(b.values) for b in shapes.of("activity")), shapes.counts
    if sum(counted.values()) > activities:
        said = f"activities_count is {sum(counted.values())}, and {activities} are there"
        tally.cut(EVERY, "more_pages", said)
    windows = [(at_of(start, None), at_of(end, None)) for start, end in counted]
    known = sorted((start, end) for start, end in windows if start is not None and end is not None)
    for (_, end), (start, _) in pairwise(known):
        if (start - end).total_seconds() > GAP:
            days = f"{end:%Y-%m-%d %H:%M} to {start:%Y-%m-%d %H:%M} UTC"
            tally.cut(EVERY, "missing_days", days)
