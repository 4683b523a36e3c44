"""What the documents of Chatwoot hold: webhooks, conversations, messages, each once.

All that is said of one conversation is put together in a `Case`, whichever document says it and
in whatever order. Ids are numbers or text, kinds of messages numbers or words, and stamps seconds
since 1970 or ISO 8601 with an offset, "Z" or " UTC", often all of them in one document.

Sources: Webhook events, API reference, https://www.chatwoot.com/docs; models and views of
github.com/chatwoot/chatwoot.

Next: `chatwoot`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from attrs import Factory, define

from support_model._time import instant, instant_of_reading
from support_model.adapters._payloads import Node, Tally, masked, refuse_error

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

VENDOR = "chatwoot"
Doc: TypeAlias = "Mapping[str, Any]"
NOTHING: Mapping[str, Any] = MappingProxyType({})
UNSAID = "(unsaid)"
"""What stands for a value that a change does not say."""

INCOMING, OUTGOING, ACTIVITY, TEMPLATE = "incoming", "outgoing", "activity", "template"
KINDS = (INCOMING, OUTGOING, ACTIVITY, TEMPLATE)
_KEYED = frozenset({int, str})
_KINDS: Mapping[Any, str] = MappingProxyType({**dict(enumerate(KINDS)), **{k: k for k in KINDS}})
STATES = ("open", "resolved", "pending", "snoozed")
PRIORITIES = ("low", "medium", "high", "urgent")
"""Kinds of messages, statuses and priorities, each at the number that stands for it."""
NAMED = MappingProxyType(
    {
        "conversation_opened": "open",
        "conversation_reopened": "open",
        "conversation_resolved": "resolved",
        "conversation_snoozed": "snoozed",
    }
)
"""The status that the name of an event tells."""
FIELDS = MappingProxyType(
    {"status": "status", "assignee_id": "agent", "team_id": "group", "priority": "priority"}
)
"""Which attributes that changed are fields of a ticket."""
STAMPS = frozenset({"updated_at", "snoozed_until", "last_activity_at"})
"""Attributes that say when, and change nothing of their own."""
CREATED, STATUS = "conversation_created", "conversation_status_changed"
SAID, SAID_ANEW = "message_created", "message_updated"
RATED = "csat_survey_response_created"
HOLDERS = (
    *("payload", "data", "body", "conversation", "conversations", "messages", "events"),
    *("webhooks", "reporting_events", "csat_survey_responses", "teams", "inboxes", "agents"),
    *("results", "items"),
)
"""Keys under which a document holds others."""
WHOSE = MappingProxyType(
    {
        "contact": "contact",
        "user": "user",
        "agentbot": "bot",
        "captainassistant": "bot",
        "aiagent": "bot",
    }
)
"""Whose a message is, by the type of its sender without underscores, colons and capitals."""
AUTOMATIC = ("automation_rule_id", "campaign_id")
"""What a message holds that no person sent."""
PAGES = frozenset({20, 100, 1000})
"""How many messages a page holds at most: of the newest, after one, between two."""
REMEDIES = (
    ("sign in", "send the access token of an agent or administrator as api_access_token"),
    ("access token", "send the access token of an agent or administrator as api_access_token"),
    ("authorized", "send the access token of an administrator of this account"),
    ("could not be found", "check the ids of the account and the conversation"),
)
WORD = re.compile(r"[A-Za-z0-9_.:-]{1,60}")
LONGEST_ID, LAST_NUMBER, DEEPEST = 64, 10**20, 6
LONGEST = 10**9
LAST_SECOND, LAST_DIGITS = 253_402_214_400, 12
FIRST_YEAR, LAST_YEAR = 1970, 9998


class Said(NamedTuple):
    """One message, as far as it is read.

    Attributes:
        at: when it was written.
        kind: one of `KINDS`.
        private: whether it is a note among agents.
        whose: "contact", "user", "bot"; "" where nothing says it.
        sender: the id of who wrote it.
        automatic: whether a rule or a campaign sent it.
        echo: whether a person sent it with another app.
        survey: whether it asks for a rating.
    """

    at: datetime
    kind: str
    private: bool
    whose: str = ""
    sender: str | None = None
    automatic: bool = False
    echo: bool = False
    survey: bool = False


class Change(NamedTuple):
    """One field that got another value."""

    at: datetime
    field: str
    before: str | None
    after: str | None
    until: datetime | None = None
    event: str = ""
    present: bool = False


class Measured(NamedTuple):
    """One reporting event: what Chatwoot measured, and when it ended."""

    end: datetime | None
    name: str
    seconds: float
    business: float | None


@define
class Case:
    """All that is known of one conversation.

    Attributes:
        begun: the documents of its creation.
        hooked: whether an event of it is here.
        versions: the conversation as the API answers it.
        created: instants that are said to be its creation.
        contacts: who asks, as documents say.
        channels: of its inbox, as documents say.
        inboxes: ids of its inbox.
        messages: by id.
        pages: how many messages stand in one list.
        changes: what changed.
        replied: instants that are said to be that of the first reply.
    """

    begun: list[Doc] = Factory(list)
    hooked: bool = False
    versions: list[Doc] = Factory(list)
    created: set[datetime] = Factory(set)
    contacts: set[str] = Factory(set)
    channels: set[str] = Factory(set)
    inboxes: set[str] = Factory(set)
    messages: dict[str, Said] = Factory(dict)
    pages: list[int] = Factory(list)
    changes: set[Change] = Factory(set)
    replied: set[datetime] = Factory(set)


@define
class Found:
    """What all documents of a payload hold.

    Attributes:
        tally: what cannot be read or is left out.
        tz: the zone of stamps that say none.
        cases: by the id of the conversation.
        ratings: instants, scores and people of each response, by conversation and its id.
        measured: reporting events, by conversation and id.
        teams: names of teams, by id.
        channels: types of inboxes, by id.
        left: what is left out, each once: its name, its id and its stamp.
        strange: parts that are nothing of Chatwoot.
    """

    tally: Tally
    tz: ZoneInfo | None
    cases: dict[str, Case] = Factory(dict)
    ratings: dict[str, dict[str, set[tuple[datetime, int, str]]]] = Factory(dict)
    measured: dict[str | None, dict[str, Measured]] = Factory(dict)
    teams: dict[str, str] = Factory(dict)
    channels: dict[str, str] = Factory(dict)
    left: set[tuple[str, str, str]] = Factory(set)
    strange: list[Node] = Factory(list)

    def of(self, ticket: str) -> Case:
        """Return what is known of a conversation."""
        case = self.cases.get(ticket)
        if case is None:
            case = self.cases[ticket] = Case()
        return case

    def add(self, page: Node, ticket: str | None = None, deep: int = DEEPEST) -> None:
        """Add a document, or a list of documents.

        Raises:
            AdapterError: it is an error of the interface.
        """
        value = page.value
        if isinstance(value, list | tuple):
            self._several(page, ticket, deep)
        elif not isinstance(value, Mapping) or not deep:
            self.strange.append(page)
        elif isinstance(value.get("event"), str):
            self._event(page, value, value["event"].replace(".", "_"))
        elif not self._item(page, value, ticket) and not self._inside(page, value, ticket, deep):
            refuse_error(page, HOLDERS, REMEDIES)
            self.strange.append(page)

    def _several(self, page: Node, ticket: str | None, deep: int) -> None:
        counts: dict[str, int] = {}
        for number, each in enumerate(page.value):
            if is_message(each):
                place = self._message(page, each, f"[{number}]", ticket)
                if place is not None:
                    counts[place] = counts.get(place, 0) + 1
            else:
                self.add(Node(VENDOR, each, f"{page.path}[{number}]"), ticket, deep - 1)
        for place, count in counts.items():
            self.of(place).pages.append(count)

    def _inside(self, page: Node, value: Doc, ticket: str | None, deep: int) -> bool:
        """Add what a document holds by name; return whether it holds anything."""
        held = [key for key in HOLDERS if isinstance(value.get(key), list | dict | tuple)]
        one = value.get("conversation")
        if ticket is None and isinstance(one, Mapping):
            ticket = id_of(one.get("id"), one.get("display_id"))
        for key in held:
            self.add(Node(VENDOR, value[key], f"{page.path}.{key}".lstrip(".")), ticket, deep - 1)
        return bool(held)

    def _item(self, page: Node, value: Doc, ticket: str | None) -> bool:
        """Add a document that is one item; return whether it is one."""
        if is_message(value):
            place = self._message(page, value, "", ticket)
            if place is not None:
                self.of(place).pages.append(1)
        elif is_conversation(value):
            self._conversation(page, value)
        elif is_rating(value):
            self._rating(page, value, ticket)
        elif is_measured(value):
            self._measured(page, value, ticket)
        else:
            return self._beside(value)
        return True

    def _beside(self, value: Doc) -> bool:
        """Add a team or an inbox; return whether a document is one, or a person."""
        native, name = id_of(value.get("id")), value.get("name")
        if native is None:
            return False
        if "allow_auto_assign" in value:
            if isinstance(name, str) and name:
                self.teams[native] = min(name, self.teams.get(native, name))
            return True
        kind = value.get("channel_type")
        if isinstance(kind, str):
            self.channels[native] = min(kind, self.channels.get(native, kind))
            return True
        return "availability_status" in value or "thumbnail" in value

    def _leave(self, name: str, value: Doc) -> None:
        """Count what is left out, each once."""
        stamp = value.get("created_at") or value.get("timestamp")
        native = id_of(value.get("id"), inner(value.get("conversation")).get("id"))
        self.left.add((name, native or "", str(stamp) if stamp.__class__ in {int, str} else ""))

    def _event(self, page: Node, value: Doc, name: str) -> None:
        """Add an event as a webhook tells it."""
        if name in {SAID, SAID_ANEW}:
            if name == SAID_ANEW:
                self._leave(name, value)
            self._hooked_message(page, value)
        elif name == RATED or (is_rating(value) and "csat" in name):
            self._rating(page, value, None)
        elif name.startswith("conversation_") and "typing" not in name:
            self._hooked(page, value, name)
        else:
            self._leave(name if WORD.fullmatch(name) else str(masked(name)), value)

    def _hooked_message(self, page: Node, value: Doc) -> None:
        above = inner(value.get("conversation"))
        ticket = id_of(above.get("id"), above.get("display_id"))
        ticket = self._message(page, value, "", ticket)
        if ticket is not None:
            case = self.of(ticket)
            case.hooked = True
            self._known(case, above)

    def _hooked(self, page: Node, value: Doc, name: str) -> None:
        """Add an event of a conversation: its creation, or what changed."""
        source = value
        if id_of(value.get("id"), value.get("display_id")) is None:
            source = inner(value.get("conversation"))
        ticket = id_of(source.get("id"), source.get("display_id"))
        if ticket is None:
            self.tally.unread(page, None, "no id of a conversation")
            return
        case = self.of(ticket)
        case.hooked = True
        self._known(case, source)
        self._embedded(page, source, ticket)
        if name == CREATED:
            case.begun.append(source)
            at = self.at(source.get("created_at")) or self.at(source.get("timestamp"))
            if at is not None:
                case.created.add(at)
            return
        self._changes(page, value, source, name, ticket)

    def _changes(self, page: Node, value: Doc, source: Doc, name: str, ticket: str) -> None:
        """Add what an event says that changed."""
        told = changed(value.get("changed_attributes"))
        self._unused(told, source, name)
        present = _named(told, source, name)
        known = FIELDS.keys() & told.keys()
        if not known and (name not in {"conversation_updated", STATUS} or not told):
            self._leave(name, source)
        own = (source.get(key) for key in ("updated_at", "timestamp", "last_activity_at"))
        stamps = (told.get("updated_at", (None, None))[1], *own)
        at = next(filter(None, map(self.at, stamps)), None)
        until = self.at(told.get("snoozed_until", (None, source.get("snoozed_until")))[1])
        for attribute in sorted(known):
            before, after = (value_of(attribute, each) for each in told[attribute])
            if at is None or after == UNSAID:
                self.tally.unread(page, ticket, f"{attribute}: no value, or no instant")
                continue
            ends = until if after == "snoozed" else None
            change = Change(at, FIELDS[attribute], before, after, ends, name, present)
            self.of(ticket).changes.add(change)

    def _unused(self, told: Mapping[str, Any], source: Doc, name: str) -> None:
        """Count attributes that changed and are no field of a ticket."""
        for attribute in told.keys() - FIELDS.keys() - STAMPS:
            word = attribute if WORD.fullmatch(attribute) else str(masked(attribute))
            self._leave(f"{name}: {word}", source)

    def _known(self, case: Case, doc: Doc) -> None:
        """Learn from a conversation what does not change."""
        at = self.at(doc.get("created_at"))
        if at is not None:
            case.created.add(at)
        meta, inbox = inner(doc.get("meta")), inner(doc.get("contact_inbox"))
        sender = inner(meta.get("sender"))
        whose = sender.get("type")
        if not isinstance(whose, str) or whose.casefold() == "contact":
            case.contacts.update(filter(None, (id_of(sender.get("id")),)))
        case.contacts.update(filter(None, (id_of(inbox.get("contact_id")),)))
        for channel in (doc.get("channel"), meta.get("channel")):
            if isinstance(channel, str) and WORD.fullmatch(channel):
                case.channels.add(channel)
        case.inboxes.update(filter(None, (id_of(doc.get("inbox_id")),)))
        replied = self.at(doc.get("first_reply_created_at"))
        if replied is not None:
            case.replied.add(replied)

    def _conversation(self, page: Node, value: Doc) -> None:
        """Add a conversation as the API answers it."""
        ticket = id_of(value.get("id"), value.get("display_id"))
        if ticket is None:
            self.tally.unread(page, None, "no id of a conversation")
            return
        case = self.of(ticket)
        case.versions.append(value)
        self._known(case, value)
        count = self._embedded(page, value, ticket)
        if count > 1:  # one is but the newest
            case.pages.append(count)
        for key in ("reporting_events", "csat_survey_responses"):
            if isinstance(value.get(key), list):
                self.add(Node(VENDOR, value[key], f"{page.path}.{key}".lstrip(".")), ticket, 2)

    def _embedded(self, page: Node, value: Doc, ticket: str) -> int:
        """Add the messages inside a conversation; return how many there are."""
        several = value.get("messages")
        count = 0
        for number, each in enumerate(several if isinstance(several, list) else ()):
            if is_message(each):
                self._message(page, each, f".messages[{number}]", ticket)
                count += 1
            else:
                part = Node(VENDOR, each, f"{page.path}.messages[{number}]".lstrip("."))
                self.tally.unread(part, ticket, "not a message")
        return count

    def _message(self, page: Node, value: Doc, below: str, ticket: str | None) -> str | None:
        """Add a message; return the conversation that it is of."""
        if ticket is None:
            above = inner(value.get("conversation"))
            native = id_of(above.get("id"), above.get("display_id"))
            ticket = native or id_of(value.get("conversation_id"))
        at, native = self.at(value.get("created_at")), id_of(value.get("id"))
        kind = kind_of(value.get("message_type"))
        if ticket is None or at is None or native is None:
            part = Node(VENDOR, value, f"{page.path}{below}".lstrip("."))
            self.tally.unread(part, ticket, "no id, no conversation, or created_at is no instant")
            return None
        said = message_of(value, at, kind)
        case = self.of(ticket)
        held = case.messages.get(native)
        case.messages[native] = said if held is None else max(held, said, key=_fullness)
        if kind == INCOMING and said.sender is not None and said.whose != "user":
            case.contacts.add(said.sender)
        return ticket

    def _rating(self, page: Node, value: Doc, ticket: str | None) -> None:
        above = inner(value.get("conversation"))
        native = id_of(above.get("id"), above.get("display_id"))
        ticket = native or id_of(value.get("conversation_id")) or ticket
        at = self.at(value.get("created_at"))
        score = value.get("rating")
        if isinstance(score, str) and score in {"1", "2", "3", "4", "5"}:
            score = int(score)
        if ticket is None or at is None or score.__class__ is not int or not 1 <= score <= 5:
            self.tally.unread(page, ticket, f"a rating of {masked(score)!r}, or without its time")
            return
        who = id_of(inner(value.get("contact")).get("id")) or id_of(value.get("contact_id"))
        key = id_of(value.get("id")) or f"message {id_of(value.get('message_id'))}"
        self.ratings.setdefault(ticket, {}).setdefault(key, set()).add((at, score, who or ""))

    def _measured(self, page: Node, value: Doc, ticket: str | None) -> None:
        native = id_of(value.get("conversation_id"))
        name, seconds = value.get("name"), number_of(value.get("value"))
        if not isinstance(name, str) or not WORD.fullmatch(name) or seconds is None:
            self.tally.unread(page, native or ticket, "a reporting event of no name or no value")
            return
        end = self.at(value.get("event_end_time")) or self.at(value.get("created_at"))
        business = number_of(value.get("value_in_business_hours"))
        measured = Measured(end, name, seconds, business)
        key = id_of(value.get("id")) or repr(measured)
        self.measured.setdefault(ticket or native, {})[key] = measured

    def at(self, value: object) -> datetime | None:
        """Return the instant of a stamp in any of its forms; None where it names none."""
        return instant_of(value, self.tz)


def inner(value: object) -> Doc:
    """Return an object inside a document; an empty one where there is none."""
    return value if value.__class__ is dict or isinstance(value, Mapping) else NOTHING


def id_of(*values: object) -> str | None:
    """Return the first id of several values, as text; None where none is one.

    Example:
        >>> id_of(None, 61), id_of("61"), id_of(True, "Cleo Marsh")
        ('61', '61', None)
    """
    for value in values:
        if isinstance(value, int) and value is not True and 0 < value < LAST_NUMBER:
            return str(value)
        if isinstance(value, str) and 0 < len(value) <= LONGEST_ID and value != "0":  # noqa: SIM102 - two questions
            if value.isascii() and value.replace("-", "").replace("_", "").isalnum():
                return value
    return None


def number_of(value: object) -> float | None:
    """Return a count of seconds; None for what is none."""
    if isinstance(value, str) and value.isascii() and value.replace(".", "", 1).isdecimal():
        value = float(value[:LAST_DIGITS])
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < LONGEST:
        return float(value)
    return None


def instant_of(value: object, tz: ZoneInfo | None) -> datetime | None:
    """Return the instant of seconds since 1970, or of a stamp; None for what is neither.

    Example:
        >>> stamps = 1772442000, "2026-03-02 09:00:00 UTC", "2026-03-02T09:00:00.000Z"
        >>> {f"{instant_of(stamp, None):%d %H:%M %Z}" for stamp in stamps}
        {'02 09:00 UTC'}
        >>> instant_of(0, None), instant_of("soon", None), instant_of("2026-03-02 09:00:00", None)
        (None, None, None)
    """
    if isinstance(value, str):
        if not (value.isascii() and value.isdecimal() and len(value) <= LAST_DIGITS):
            return _of_stamp(value, tz)
        value = int(value)
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= LAST_SECOND:
        return instant(round(value * 1_000_000))
    return None


def _of_stamp(text: str, tz: ZoneInfo | None) -> datetime | None:
    if text.endswith(" UTC"):
        text = f"{text[:-4]}+00:00"
    try:
        at = datetime.fromisoformat(text)
        if at.tzinfo is not None:
            at = at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        return None
    if at.tzinfo is not None:
        return at
    if tz is None:
        return None
    wall = timedelta(hours=at.hour, minutes=at.minute, seconds=at.second)
    micros = wall // timedelta(microseconds=1) + at.microsecond
    return instant(instant_of_reading(tz, at.toordinal(), micros))


def kind_of(value: object) -> str:
    """Return the kind of a message by its word or its number; as it stands, if it is no known one.

    Example:
        >>> kind_of(1), kind_of("1"), kind_of("outgoing")
        ('outgoing', 'outgoing', 'outgoing')
    """
    if value.__class__ in _KEYED and value in _KINDS:
        return _KINDS[value]
    return _word(value, KINDS)


def value_of(attribute: str, value: object) -> str | None:
    """Return the value of a field as text; `UNSAID` where it is none."""
    if value == UNSAID or value is None:
        return None if value is None and attribute != "status" else UNSAID
    if attribute in {"status", "priority"}:
        word = _word(value, STATES if attribute == "status" else PRIORITIES)
        return (None if attribute == "priority" else UNSAID) if word in {"", "none"} else word
    if value in ("", 0) and not isinstance(value, bool):
        return None
    return id_of(value) or UNSAID


def _word(value: object, words: tuple[str, ...]) -> str:
    if isinstance(value, str) and value in {"0", "1", "2", "3"}:
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < len(words):
        return words[value]
    if isinstance(value, str):
        return value if WORD.fullmatch(value) else str(masked(value))
    return str(masked(value))


def changed(value: object) -> dict[str, tuple[Any, Any]]:
    """Return (before, after) of each attribute that changed, in any of the forms of Chatwoot.

    Example:
        >>> changed([{"status": {"previous_value": "open", "current_value": "resolved"}}])
        {'status': ('open', 'resolved')}
        >>> changed({"team_id": [None, 3]}), changed(None)
        ({'team_id': (None, 3)}, {})
    """
    told: dict[str, tuple[Any, Any]] = {}
    for each in value if isinstance(value, list | tuple) else (value,):
        for attribute, pair in inner(each).items():
            if not isinstance(attribute, str):
                continue
            if isinstance(pair, Mapping) and "current_value" in pair:
                told[attribute] = pair.get("previous_value", UNSAID), pair["current_value"]
            elif isinstance(pair, list | tuple) and len(pair) == 2:
                told[attribute] = pair[0], pair[1]
    return told


def _named(told: dict[str, tuple[Any, Any]], source: Doc, name: str) -> bool:
    """Add the status that an event's name tells; return whether only the copy beside tells it."""
    if "status" in told:
        return False
    now, present = NAMED.get(name), False
    if now is None and name == STATUS and isinstance(source.get("status"), str):
        now, present = source["status"], True
    if now is not None:
        told["status"] = UNSAID, now
    return present


def is_message(value: object) -> bool:
    """Tell a message of the API; one of a webhook is an event."""
    return isinstance(value, Mapping) and "message_type" in value and "event" not in value


def is_conversation(value: Doc) -> bool:
    """Tell a conversation of the API."""
    signs = ("inbox_id", "can_reply", "contact_inbox", "contact_last_seen_at", "unread_count")
    return "status" in value and not value.keys().isdisjoint((*signs, "messages"))


def is_rating(value: Doc) -> bool:
    """Tell an answer to a survey."""
    return "rating" in value and not value.keys().isdisjoint(
        ("conversation_id", "conversation", "message_id")
    )


def is_measured(value: Doc) -> bool:
    """Tell a reporting event."""
    return "value" in value and not value.keys().isdisjoint(
        ("value_in_business_hours", "event_end_time")
    )


def message_of(value: Doc, at: datetime, kind: str) -> Said:
    """Return a message as far as it is read."""
    sender, more = inner(value.get("sender")), inner(value.get("content_attributes"))
    further = inner(value.get("additional_attributes"))
    whose = sender.get("type") or value.get("sender_type")
    if isinstance(whose, str):
        word = whose.replace("_", "").replace(":", "").casefold()
        whose = WHOSE[whose] if whose in WHOSE else WHOSE.get(word, "")
    else:
        whose = "contact" if sender and kind == INCOMING else ""
    automatic = echo = False
    if more or further:
        automatic = any(more.get(key) or further.get(key) for key in AUTOMATIC)
        echo = bool(more.get("external_echo"))
    return Said(
        at,
        kind,
        value.get("private") is True,
        whose,
        id_of(sender.get("id"), value.get("sender_id")),
        automatic,
        echo,
        value.get("content_type") == "input_csat",
    )


def _fullness(said: Said) -> tuple[Any, ...]:
    """Order editions of one message: who says more of it comes last."""
    who = said.sender is not None, bool(said.whose), said.at.microsecond > 0, said.at
    return *who, said.kind, said.private, said.sender or "", said.whose, said[5:]


def latest(versions: list[Doc], tz: ZoneInfo | None) -> Doc:
    """Return the edition of a conversation that was changed last."""

    def place(doc: Doc) -> tuple[float, str]:
        stamps = (
            instant_of(doc.get(k), tz) for k in ("updated_at", "last_activity_at", "timestamp")
        )
        at = next(filter(None, stamps), None)
        return 0.0 if at is None else at.timestamp(), repr(doc) if len(versions) > 1 else ""

    return max(versions, key=place) if versions else NOTHING
