"""Slack: threads of the channels where people ask for help, read into events.

A workspace export (`users.json`, `channels.json`, a folder a channel, a file a day) and answers of
`conversations.history` and `conversations.replies` become the same events. A message that starts
a thread, or stands alone, is a ticket, `CHANNEL:ts` its id; the replies are its messages. `ts` is
an id and a time: it is read as an integer of microseconds. Slack has no statuses: a ticket stays
open, and `EventLog.undated` says so. Reactions carry no time, so they say nothing here.
Who is an agent stands in the account; everybody else whom the export lists is a customer.

Sources: message event, conversations.history, conversations.replies, https://docs.slack.dev;
How to read Slack data exports, https://slack.com/help/articles/220556107.
"""

from __future__ import annotations

import re
from collections import Counter
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn, TypeAlias

import attrs
from attrs import Factory, define, field

from support_model import _records as doc
from support_model._frozen import frozen, words
from support_model._time import instant
from support_model._vocabulary import Status
from support_model.adapters import _account
from support_model.adapters._account import group_of, known_role
from support_model.adapters._drafts import By, Drafts
from support_model.adapters._event_logs import EVERY, StatedFigure
from support_model.adapters._payloads import Node, Tally, masked, pages_of
from support_model.errors import AdapterError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from support_model._vocabulary import Role
    from support_model.adapters._event_logs import EventLog

__all__ = ["Account", "read"]

VENDOR = "slack"
TITLE = "Slack"
OPEN = Status("open", "open")
SLACKBOT = "USLACKBOT"
USERS = frozenset({"users.json", "org_users.json"})
CHANNELS = frozenset({"channels.json", "groups.json", "dms.json", "mpims.json"})
OTHER_FILES = frozenset(
    {
        *("integration_logs.json", "canvases.json", "lists.json", "content_flags.json"),
        *("file_conversations.json", "huddle_transcripts.json", "canvas_in_the_conversation.json"),
    }
)
"""Files of an export that hold no messages."""
SPOKEN = (
    None,
    *("bot_message", "thread_broadcast", "me_message", "file_share", "slackbot_response"),
)
"""Subtypes of messages that somebody wrote or sent."""
WRAPPED = MappingProxyType(
    {
        "message_changed": "message",
        "message_replied": "message",
        "message_deleted": "previous_message",
    }
)
"""Subtypes of events that hold another message, and where."""
NOT_SPOKEN = frozenset(
    {
        *("app_conversation_leave", "assistant_app_thread", "bot_add", "bot_disable"),
        *("bot_enable", "bot_remove", "channel_archive", "channel_canvas_updated"),
        *("channel_convert_to_private", "channel_convert_to_public", "channel_join"),
        *("channel_leave", "channel_name", "channel_posting_permissions", "channel_purpose"),
        *("channel_topic", "channel_unarchive", "document_mention", "ekm_access_denied"),
        *("file_comment", "file_mention", "group_archive", "group_join", "group_leave"),
        *("group_name", "group_purpose", "group_topic", "group_unarchive", "huddle_thread"),
        *("joiner_notification", "joiner_notification_for_inviter", "pinned_item"),
        *("reminder_add", "reply_broadcast", "sh_room_created", "sh_room_shared"),
        *("tabbed_canvas_updated", "tombstone", "unpinned_item"),
    }
)
"""Subtypes of what Slack itself notes in a channel; they are counted by name."""
AGAIN = "ask again later, as the header Retry-After says"
ACCESS = "check the token: it is missing, revoked, expired or of another workspace"
REMEDIES = MappingProxyType(
    {
        "missing_scope": "give the app the scope {needed}, install it again, and ask again",
        "not_in_channel": "invite the app to the channel (/invite), and ask again",
        "channel_not_found": "check the id of the channel; a private one shows itself to members",
        "thread_not_found": "ask conversations.replies for the ts of the first message",
        "invalid_cursor": "begin again without a cursor; one is valid for a while only",
        "invalid_limit": "ask for 1 to 999 messages a page",
        "no_permission": "the token may not read this channel: ask as a member of it",
        "access_denied": "the token may not read this channel: ask as a member of it",
        "enterprise_is_restricted": "ask with the token of one workspace, not of the organization",
        "team_access_not_granted": "have the organization's admin grant the app this workspace",
        "missing_charset": "send the request as JSON or form data with its charset",
        **dict.fromkeys(
            (
                *("ratelimited", "rate_limited", "internal_error", "fatal_error"),
                *("service_unavailable", "request_timeout", "team_added_to_org"),
            ),
            AGAIN,
        ),
        **dict.fromkeys(
            (
                *("not_authed", "invalid_auth", "account_inactive", "token_revoked"),
                *("token_expired", "not_allowed_token_type", "org_login_required"),
            ),
            ACCESS,
        ),
    }
)
"""What to do about an error of Slack's API."""
CHECK = "correct the request and ask again; asking for other data is no remedy"
_STAMP = re.compile(r"(\d{1,12})(?:\.(\d{1,6}))?", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d\.json", re.ASCII)
_WORD = re.compile(r"[a-z][a-z0-9_]{0,59}", re.ASCII)
_ID = re.compile(r"[^\s@<>]{1,100}")
_SCOPES = re.compile(r"[a-z:._, ]{1,200}", re.ASCII)
_MENTION = re.compile(r"<@([UW][A-Z0-9]{1,30})(?:\|[^<>]{0,100})?>", re.ASCII)
_SHOWN = 20


def _names(given: str | Iterable[str]) -> frozenset[str]:
    return frozenset(str(each).removeprefix("#") for each in words(given))


def _ids(given: str | Iterable[str]) -> frozenset[str]:
    return frozenset(map(str, words(given)))


@frozen(kw_only=True)
class Account(_account.Account):
    """What the ids of one workspace mean, and where people ask for help.

    Attributes:
        channels: the channels whose threads are tickets, by name or id.
        forms: bots, such as workflows, whose message is a request of the person whom it
            mentions first: by `bot_id`.

    Everything else is as of `support_model.adapters.Account`: `roles` names the agents by user
    id, `groups` and `lines` give a channel, by name or id, its group and line.

    Example:
        >>> account = Account(channels="#help-it", roles={"U7": "agent"})
        >>> sorted(account.channels)
        ['help-it']
    """

    channels: frozenset[str] = field(default=frozenset(), converter=_names)
    forms: frozenset[str] = field(default=frozenset(), converter=_ids)


OWN_KEYS = (
    doc.optional("channels", doc.list_of(doc.TEXT, into=frozenset, out=sorted)),
    doc.optional("forms", doc.list_of(doc.TEXT, into=frozenset, out=sorted)),
)
"""The keys of an account's own in a file."""


NO_ACCOUNT = Account()


def read(payloads: object, account: Account = NO_ACCOUNT) -> EventLog:
    """Return the threads of the named channels as events.

    Args:
        payloads: documents in any order, overlapping or not: files of an export as pages whose
            name is the path inside it, answers of the API, events, or single messages.
        account: which channels are meant, and who is an agent.

    Raises:
        AdapterError: an error of the API, a search, no messages at all, or no channel is named;
            the message names the channels that are there.

    Example:
        >>> from support_model.adapters import Page
        >>> users = [{"id": "U1", "is_bot": False}, {"id": "U7", "is_bot": False}]
        >>> day = [
        ...     {"type": "message", "user": "U1", "ts": "1774731600.000100"},
        ...     {"type": "message", "user": "U7", "ts": "1774733400.000300",
        ...      "thread_ts": "1774731600.000100"}]
        >>> export = [
        ...     Page("users.json", users),
        ...     Page("channels.json", [{"id": "C1", "name": "help-it"}]),
        ...     Page("help-it/2026-03-28.json", day)]
        >>> account = Account(channels=["help-it"], roles={"U7": "agent"})
        >>> [(event.type, event.role) for event in read(export, account).events]
        [('created', 'customer'), ('message', 'customer'), ('message', 'agent')]
    """
    tally = Tally(VENDOR)
    found = _Found(tally)
    for page in pages_of(VENDOR, payloads):
        found.take(page)
    found.check()
    channels = _Channels.of(found, account)
    held = _held(found, channels, tally)
    _note_more(found.batches, channels, tally)
    threads = _Threads(account, channels, _People(account, found.users, tally), tally)
    for channel in sorted(held):
        threads.read(channel, held[channel])
    if threads.drafts.of:
        tally.noted.note("no_status", None)
        if "agent" not in account.roles.values():
            tally.noted.note("no_agents", None)
        if not found.users:
            tally.noted.note("no_users", None)
    log = tally.reading(threads.drafts.events())
    return attrs.evolve(log, undated=frozenset({"status"}))


def recognized(value: Any) -> str:  # noqa: ANN401 - JSON types
    """Return why a parsed document is one of Slack, "" where it is not."""
    if isinstance(value, list):
        return next(filter(None, map(_recognized, value[:_SHOWN])), "")
    return _recognized(value)


def _recognized(value: object) -> str:
    kind = _kind(value) if isinstance(value, dict) else ""
    if not kind:
        return ""
    assert isinstance(value, dict)  # noqa: S101 - only such a one has a kind
    answered = value.get("ok") is True
    why = {
        "message": ("messages with a ts", _is_stamp(value.get("ts"))),
        "answer": ("messages with a ts", answered or _has_stamps(value.get("messages"))),
        "error": ("an error of Slack's API", isinstance(value.get("error"), str)),
        "event": ("events of Slack", value.get("type") == "event_callback"),
        "user": ("users of Slack", _is_native(value.get("id"), "UW")),
        "channel": ("channels of Slack", _is_native(value.get("id"), "CGD")),
    }
    reason, holds = why.get(kind, (f"{kind} of Slack's API", answered))
    return reason if holds else ""


def _has_stamps(messages: object) -> bool:
    return isinstance(messages, list) and any(
        isinstance(each, dict) and _is_stamp(each.get("ts")) for each in messages[:_SHOWN]
    )


def _is_native(value: object, letters: str) -> bool:
    return isinstance(value, str) and value[:1] in {*letters} and value.isupper()


def _is_stamp(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch(r"\d{10}\.\d{6}", value, re.ASCII) is not None


def _kind(value: Mapping[str, Any]) -> str:
    """Return what a document or a member of one is; "" for something else."""
    get = value.get
    listed = ("members", "users") if "ok" in value else ("users",)
    signs = {
        "error": get("ok") is False,
        "event": isinstance(get("event"), dict),
        "message": get("type") == "message" or ("ts" in value and "messages" not in value),
        "answer": isinstance(get("messages"), list | dict),
        "channels": isinstance(get("channels"), list),
        "users": any(isinstance(get(key), list) for key in listed),
        "one user": isinstance(get("user"), dict),
        "one channel": isinstance(get("channel"), dict),
        "user": "id" in value and not {"profile", "is_bot", "deleted"}.isdisjoint(value),
        "channel": "id" in value
        and not {"members", "is_archived", "creator", "is_channel"}.isdisjoint(value),
    }
    return next((kind for kind, shown in signs.items() if shown), "")


class _Batch(NamedTuple):
    """Messages that stand together in one document.

    Attributes:
        page: the document.
        messages: what its list of messages holds.
        channel: what it says of their channel: an id, or the name of a folder or file.
        more: whether there are further pages; None where it does not say.
    """

    page: Node
    messages: list[Any]
    channel: str | None
    more: bool | None = None


@define
class _Found:
    """What the documents of one payload hold."""

    tally: Tally
    users: dict[str, dict[str, Any]] = Factory(dict)
    names: dict[str, str] = Factory(dict)
    batches: list[_Batch] = Factory(list)
    strange: list[Node] = Factory(list)
    known: int = 0

    def take(self, page: Node) -> None:
        """Take a document.

        Raises:
            AdapterError: an error of the API, or an answer to a search.
        """
        value = page.value
        if isinstance(value, dict):
            self._take_object(page, value)
        elif isinstance(value, list | tuple):
            self._take_list(page, [*value])
        else:
            self.strange.append(page)

    def _take_list(self, page: Node, value: list[Any]) -> None:
        file = _file(page)
        kind = _kind_of_list(file, value)
        self.known += kind not in {"", "documents"}
        if kind == "other file":
            self.tally.left_out[f"file {file}"] += 1
        elif kind == "user":
            self._take_users(page, value)
        elif kind == "channel":
            self._take_channels(page, value)
        elif kind == "message":
            self.batches.append(_Batch(page, value, self._folder(page)))
        elif kind == "documents":
            for place, each in enumerate(value):
                self.take(Node(VENDOR, each, f"{page.path}[{place}]"))
        elif not kind:
            self.strange.append(page)

    def _take_object(self, page: Node, value: dict[str, Any]) -> None:
        kind = _kind(value)
        self.known += bool(kind)
        if kind == "error":
            _refuse_error(page)
        elif kind == "event":
            self._take_event(page, value["event"])
        elif kind == "message":
            self.batches.append(_Batch(page, [value], None))
        elif kind == "answer":
            self._take_answer(page, value)
        elif kind in {"users", "one user", "user"}:
            self._take_users(page, _members(value, ("users", "members"), "user"))
            if _more(value):
                self.tally.noted.note("more_pages", None, "users")
        elif kind:
            self._take_channels(page, _members(value, ("channels",), "channel"))
        else:
            self.strange.append(page)

    def _take_answer(self, page: Node, value: dict[str, Any]) -> None:
        messages = value["messages"]
        if isinstance(messages, dict):
            page["messages"].refuse(
                "matches of a search, which hold no threads",
                "ask for conversations.history and, a thread, conversations.replies",
            )
        channel = _channel_of(value) or self._folder(page)
        name = value.get("name")
        if channel is not None and isinstance(name, str):  # what a dump of one channel says
            self.names.setdefault(channel, name)
        more = _more(value) if "ok" in value or "has_more" in value else None
        if value.get("is_limited") is True:
            self.tally.cut(EVERY, "cut_history", "is_limited")
        self.batches.append(_Batch(page, messages, channel, more))

    def _take_event(self, page: Node, event: dict[str, Any]) -> None:
        kind = event.get("type")
        if kind == "message":
            self.batches.append(_Batch(Node(VENDOR, event, f"{page.path}.event"), [event], None))
        else:
            self.tally.left_out[f"event {_shown(kind)}"] += 1

    def _take_users(self, page: Node, users: list[Any]) -> None:
        for place, user in enumerate(users):
            native = _id(user.get("id")) if isinstance(user, dict) else None
            if native is None:
                where = Node(VENDOR, None, f"{page.path}[{place}]")
                self.tally.noted.note("no_role", None, where.path)
                continue
            known = self.users.get(native)
            if known is None or _updated(user) > _updated(known):
                self.users[native] = user

    def _take_channels(self, page: Node, channels: list[Any]) -> None:
        for place, channel in enumerate(channels):
            native = _id(channel.get("id")) if isinstance(channel, dict) else None
            if native is None:
                where = Node(VENDOR, None, f"{page.path}[{place}]")
                self.tally.unread(where, None, "a channel without an id")
                continue
            name = channel.get("name")
            self.names[native] = name if isinstance(name, str) and name else native

    def _folder(self, page: Node) -> str | None:
        """Return what the path of a document says of its channel."""
        *folders, file = _parts(page.path) or [""]
        if folders and _DAY.fullmatch(file):
            return folders[-1]
        return None

    def check(self) -> None:
        """Raise where nothing was recognized; note what else was not."""
        if self.strange and not self.known:
            page = self.strange[0]
            sent = isinstance(page.value, dict) and "blocks" in page.value
            page.refuse(
                "a message to be sent, or a view, without a ts" if sent else "no messages",
                "give an export of the workspace, or answers of conversations.history and"
                " conversations.replies",
            )
        for page in self.strange:
            self.tally.unread(page, None, "neither messages, users nor channels")


def _file(page: Node) -> str:
    """Return the name of the file that a document is."""
    return (_parts(page.path) or [""])[-1]


def _kind_of_list(file: str, value: list[Any]) -> str:
    """Return what a list holds, by the name of its file and by its members."""
    for names, named in ((OTHER_FILES, "other file"), (USERS, "user"), (CHANNELS, "channel")):
        if file in names:
            return named
    kinds = (_kind(each) for each in value if isinstance(each, dict))
    kind = next(filter(None, kinds), "")
    if kind in {"message", "user", "channel"}:
        return kind
    if _DAY.fullmatch(file):
        return "message"
    return "documents" if kind else "nothing" * (not value and file.endswith(".json"))


def _members(value: dict[str, Any], keys: Iterable[str], key: str) -> list[Any]:
    """Return what a document lists under one of some keys, else the one it holds or is."""
    for each in keys:
        if isinstance(value.get(each), list) and "id" not in value:
            return [*value[each]]
    return [value[key]] if isinstance(value.get(key), dict) else [value]


def _parts(path: str) -> list[str]:
    return [part for part in path.replace("\\", "/").split("/") if part]


def _channel_of(value: Mapping[str, Any]) -> str | None:
    """Return the id of a channel that a document or message states."""
    for key in ("channel", "channel_id"):
        stated = value.get(key)
        if isinstance(stated, dict):
            stated = stated.get("id")
        if stated is not None and (native := _id(stated)) is not None:
            return native
    return None


def _more(value: Mapping[str, Any]) -> bool:
    meta = value.get("response_metadata")
    cursor = meta.get("next_cursor") if isinstance(meta, dict) else None
    return value.get("has_more") is True or bool(cursor)


def _updated(user: Mapping[str, Any]) -> tuple[int, str]:
    updated = user.get("updated")
    return (updated if type(updated) is int else 0), repr(user)


def _id(value: object) -> str | None:
    """Return a native id as text; None for what is none."""
    if type(value) is str:
        return value if _ID.fullmatch(value) and value.isprintable() else None
    return str(value) if type(value) is int and 0 <= value < 10**20 else None


def _shown(word: object) -> str:
    """Return a word of the vendor's vocabulary; of anything else its form alone."""
    return word if isinstance(word, str) and _WORD.fullmatch(word) else str(masked(word))


def _refuse_error(page: Node) -> NoReturn:
    """Raise the error of the API that a document is."""
    value = page.value
    error, needed = _shown(value.get("error")), value.get("needed")
    scope = needed if isinstance(needed, str) and _SCOPES.fullmatch(needed) else "that it needs"
    told = f"{error}, needed: {scope}" if error == "missing_scope" else error
    remedy = REMEDIES.get(error, CHECK).format(needed=scope)
    page.refuse(f"an error of the interface instead of data ({told})", remedy)


@define
class _Channels:
    """Which channels are read, and what they are called."""

    names: Mapping[str, str]
    ids: Mapping[str, str]
    wanted: frozenset[str]

    @classmethod
    def of(cls, found: _Found, account: Account) -> _Channels:
        """Return the channels of an account.

        Raises:
            AdapterError: it names none, or none that is there.
        """
        names = found.names
        ids = {name: native for native, name in sorted(names.items(), reverse=True)}
        ids |= {native: native for native in names}
        for native, name in account.groups.items():
            ids.setdefault(name, native)
        own = cls(names, ids, frozenset(ids.get(each, each) for each in account.channels))
        own.check(found, account)
        return own

    def check(self, found: _Found, account: Account) -> None:
        """Raise where no channel is named, or none that is there; note those that are not."""
        stated = {_channel(batch, self.ids) for batch in found.batches}
        there = {*self.names, *stated} - {None}
        if not found.batches:
            return
        if not account.channels:
            _refuse_channels(there, self, "no channel is named")
        if None in stated:
            return
        if self.wanted.isdisjoint(there):
            _refuse_channels(there, self, "none of the named channels is there")
        for name in sorted(account.channels):
            if self.ids.get(name, name) not in there:
                found.tally.noted.note("no_channel", None, name)

    def of_message(self, message: Mapping[str, Any], usual: str) -> str:
        """Return the id of the channel that a message states itself."""
        stated = _channel_of(message)
        return usual if stated is None else self.ids.get(stated, stated)

    def of_batch(self, batch: _Batch) -> str:
        """Return the id of the channel of a batch.

        Raises:
            AdapterError: nothing tells it.
        """
        channel = _channel(batch, self.ids)
        if channel is not None:
            return channel
        if len(self.wanted) != 1:
            batch.page.refuse(
                "messages that do not say their channel",
                "name one channel, or call the file after its channel",
            )
        return next(iter(self.wanted))


def _channel(batch: _Batch, ids: Mapping[str, str]) -> str | None:
    """Return the id of the channel of a batch: as stated, else by the name of folder or file."""
    if batch.channel is not None:
        return ids.get(batch.channel, batch.channel)
    own = batch.messages[0] if len(batch.messages) == 1 else None
    if isinstance(own, dict) and (stated := _channel_of(own)) is not None:
        return ids.get(stated, stated)
    *folders, file = _parts(batch.page.path) or [""]
    stem = file.partition(".")[0]
    named = (stem, *re.split(r"[_ ]", stem), *reversed(folders))
    return next((ids[name] for name in named if name in ids), None)


def _refuse_channels(there: Iterable[str | None], channels: _Channels, problem: str) -> None:
    shown = sorted({_named(str(each), channels.names) for each in there})
    asked = sorted(_named(each, channels.names) for each in channels.wanted)
    more = f" and {len(shown) - _SHOWN} more" if len(shown) > _SHOWN else ""
    listed = f"; there are {', '.join(shown[:_SHOWN])}{more}" if shown else ""
    hint = "say the channels where people ask for help: channels = [...]" + listed
    raise AdapterError(VENDOR, "", asked, problem, hint)


def _named(native: str, names: Mapping[str, str]) -> str:
    """Return what a channel is called; one of a few people is called after them, so by its id."""
    name = names.get(native, native)
    return name if _ID.fullmatch(name) and not name.startswith("mpdm-") else native


Held: TypeAlias = "dict[int, tuple[int, dict[str, Any]]]"
"""Messages by their `ts`, each with the `ts` of the thread it is in."""


def _held(found: _Found, channels: _Channels, tally: Tally) -> dict[str, Held]:
    """Return the messages of the named channels by channel and `ts`, each once."""
    held: dict[str, Held] = {native: {} for native in sorted(channels.wanted)}
    others = set()
    for batch in found.batches:
        of_batch = channels.of_batch(batch)
        for where, message in _messages(batch, tally):
            channel = (
                of_batch if "channel" not in message else channels.of_message(message, of_batch)
            )
            slots = held.get(channel)
            if slots is None:
                others.add(channel)
            elif not _hold(slots, message):
                tally.unread(where(), None, "a ts that is none")
    if others:
        tally.left_out["another channel"] = len(others)
    return held


def _hold(slots: Held, message: dict[str, Any]) -> bool:
    """Keep a message, or the version of it to keep; return whether it has a time."""
    ts, thread = _micros(message.get("ts")), message.get("thread_ts")
    root = ts if not thread else _micros(thread)
    if ts is None or root is None:
        return False
    known = slots.get(ts)
    if known is None or (known[1] != message and _later(message, known[1])):
        slots[ts] = root, message
    return True


def _messages(batch: _Batch, tally: Tally) -> Iterator[tuple[Any, dict[str, Any]]]:
    """Yield the messages of a batch, those inside others too, each with how to say its place."""
    todo = [(f"[{place}]", each) for place, each in enumerate(batch.messages)]
    for path, given in todo:
        message = given

        def where(path: str = path) -> Node:
            return Node(VENDOR, None, batch.page.path + path)

        if type(message) is not dict:
            tally.unread(where(), None, "not a message")
            continue
        subtype = message.get("subtype")
        if subtype.__class__ is str and subtype in WRAPPED:
            inner = message.get(WRAPPED[subtype])
            if type(inner) is not dict:
                tally.left_out[subtype] += 1
                continue
            channel = message.get("channel")
            message = inner if channel is None else {"channel": channel, **inner}
        replies = message.get("slackdump_thread_replies")
        if replies.__class__ is list:
            todo += [
                (f"{path}.slackdump_thread_replies[{place}]", each)
                for place, each in enumerate(replies)
            ]
        yield where, message


def _micros(value: object) -> int | None:
    """Return a `ts` as microseconds since 1970; None for what is none.

    Example:
        >>> _micros("1774731600.000100"), _micros(1774731600), _micros("soon")
        (1774731600000100, 1774731600000000, None)
    """
    if value.__class__ is float:
        value = f"{value:.6f}"  # a double tells microseconds of this century apart
    elif value.__class__ is int:
        value = str(value)
    if value.__class__ is not str:
        return None
    match = _STAMP.fullmatch(value)
    if match is None:
        return None
    whole, part = match.groups()
    micros = int(whole) * 1_000_000 + int((part or "0").ljust(6, "0"))
    return micros if micros < LAST else None


LAST = 253_402_300_800_000_000
"""The end of the year 9999."""


def _later(message: dict[str, Any], known: dict[str, Any]) -> bool:
    """Return whether a version of a message is the one to keep: of whole ones the last."""
    return _version(message) > _version(known)


def _version(message: dict[str, Any]) -> tuple[bool, int, int, str]:
    edited = message.get("edited")
    at = _micros(edited.get("ts")) if isinstance(edited, dict) else None
    count = message.get("reply_count")
    whole = message.get("subtype") != "tombstone"
    return whole, at or 0, (count if type(count) is int else -1), repr(message)


def _note_more(batches: Iterable[_Batch], channels: _Channels, tally: Tally) -> None:
    """Note the channels of which the last page of the history is missing."""
    ends: dict[str, bool] = {}
    for batch in batches:
        channel = channels.of_batch(batch)
        if batch.more is None or channel not in channels.wanted or _is_thread(batch.messages):
            continue
        ends[channel] = ends.get(channel, False) or not batch.more
    for channel, ended in sorted(ends.items()):
        if not ended:
            name = _named(channel, channels.names)
            tally.cut(EVERY, "more_pages", f"has_more, next_cursor: {name}")


def _is_thread(messages: list[Any]) -> bool:
    """Return whether messages are one thread: what conversations.replies answers."""
    threads = {_micros(each.get("thread_ts")) for each in messages if isinstance(each, dict)}
    return len(threads) == 1 and None not in threads and len(messages) > 1


class _People:
    """Who somebody is, as far as payload and account tell."""

    def __init__(
        self, account: Account, users: Mapping[str, dict[str, Any]], tally: Tally
    ) -> None:
        self.account, self.users, self.tally = account, users, tally
        teams = [team for user in users.values() if isinstance(team := user.get("team_id"), str)]
        common = Counter(sorted(teams)).most_common(1)
        self.home = common[0][0] if common else None
        self.known: dict[str, Role | None] = {}

    def role(self, person: str, *, asks: bool) -> Role:
        """Return the role of a person on a ticket; `asks` where the ticket is theirs."""
        if person not in self.known:
            self.known[person] = self._role(person)
        role = self.known[person]
        if role is not None:
            return role
        if asks and (person in self.users or not self.users):
            return "customer"
        self.tally.met("user", person, "third_party")
        return "third_party"

    def _role(self, person: str) -> Role | None:
        """Return the role of a person on all tickets; None where it depends, or is unknown."""
        role = known_role(self.account, person)
        if role is not None:
            return role
        user = self.users.get(person)
        if person == SLACKBOT or (user and (user.get("is_bot") or user.get("is_workflow_bot"))):
            return "system"
        if user is None or self._is_foreign(user):
            return None
        return "customer"

    def _is_foreign(self, user: Mapping[str, Any]) -> bool:
        """Return whether a user is of another organization, as by Slack Connect."""
        if user.get("is_stranger") is True:
            return True
        team = user.get("team_id")
        return isinstance(team, str) and team != self.home and "enterprise_user" not in user


@define
class _Threads:
    """Threads being read into drafts of events."""

    account: Account
    channels: _Channels
    people: _People
    tally: Tally
    drafts: Drafts = Factory(Drafts)

    def read(self, channel: str, held: Held) -> None:
        """Read the threads of one channel."""
        replies: dict[int, list[int]] = {}
        roots = []
        for ts in sorted(held):
            root = held[ts][0]
            if root == ts:
                roots.append(ts)
            else:
                replies.setdefault(root, []).append(ts)
        fields = {"status": OPEN, "channel": "messaging", **self._group(channel)}
        for ts in sorted({*roots, *replies}):
            ticket = f"{channel}:{ts // 1_000_000}.{ts % 1_000_000:06d}"
            own = [held[each][1] for each in replies.get(ts, ())]
            begun = held[ts][1] if ts in held and held[ts][0] == ts else None
            asks = self._begin(ticket, ts, begun, own, fields)
            if asks is not None:
                for at, message in zip(replies.get(ts, ()), own, strict=True):
                    self._say(ticket, at, message, asks)

    def _group(self, channel: str) -> dict[str, Any]:
        """Return group and line of a channel, if the account knows it as one."""
        for key in (channel, self.channels.names.get(channel, channel)):
            if key in self.account.groups or key in self.account.lines:
                return group_of(self.account, key, self.tally)
        return {}

    def _begin(
        self,
        ticket: str,
        ts: int,
        message: dict[str, Any] | None,
        replies: list[dict[str, Any]],
        fields: dict[str, Any],
    ) -> str | None:
        """Add the creation; return who asks, "" for nobody known, None for no ticket."""
        if message is None:
            return self._begin_without(ticket, ts, replies, fields)
        if message.get("subtype") not in SPOKEN:
            self._leave_out(ticket, message, replies)
            return None
        by, asks = self._first(message)
        cut = self._is_cut(ticket, message, replies)
        requester = {"requester": asks} if asks else {}
        source = f"{ts // 1_000_000}.{ts % 1_000_000:06d}"
        role, actor = by
        at = instant(ts)
        basis = "snapshot" if cut else None
        created = By(role, actor, source, basis)  # type: ignore[arg-type] # one of the two
        self.drafts.created(ticket, at, created, fields=fields | requester)
        self.drafts.message(ticket, at, By(role, actor, source), public=True)
        self._count(message)
        return asks

    def _first(self, message: dict[str, Any]) -> tuple[tuple[Role, str | None], str]:
        """Return who begins a thread, and who asks for help in it."""
        actor, is_bot = self._speaker(message)
        if not is_bot:
            role = self._role(actor, asks=True)
            return (role, actor), (actor or "") if role in {"customer", "third_party"} else ""
        if actor is not None and actor in self.account.forms:
            text = message.get("text")
            match = _MENTION.search(text) if isinstance(text, str) else None
            if match is not None:
                person = match[1]
                return (self._role(person, asks=True), person), person
            self.tally.left_out["form that mentions nobody"] += 1
        return (self._role(actor, asks=False, is_bot=True), actor), ""

    def _begin_without(
        self, ticket: str, ts: int, replies: list[dict[str, Any]], fields: dict[str, Any]
    ) -> str:
        """Add the creation of a thread whose first message is in no file."""
        named = (_id(each.get("parent_user_id")) for each in replies)
        asks = next(filter(None, named), None)
        role: Role = "third_party" if asks is None else self._role(asks, asks=True)
        own = {"requester": asks} if asks and role in {"customer", "third_party"} else {}
        created = By(role, asks, None, "snapshot")
        self.tally.cut(ticket, "no_creation")
        self.drafts.created(ticket, instant(ts), created, fields=fields | own)
        return own.get("requester") or ""

    def _leave_out(
        self, ticket: str, message: dict[str, Any], replies: list[dict[str, Any]]
    ) -> None:
        """Count what begins a thread and is no request, and the replies, which have no ticket."""
        subtype = self._kind(message)
        if replies and subtype == "tombstone":
            self.tally.noted.note("deleted_first", None, ticket, ticket=ticket)
        if replies:
            self.tally.left_out[f"reply to {subtype}"] += len(replies)

    def _kind(self, message: dict[str, Any]) -> str:
        """Count a message that nobody wrote; return its kind."""
        subtype = message.get("subtype")
        shown = _shown(subtype)
        self.tally.left_out[shown] += 1
        if not isinstance(subtype, str) or subtype not in NOT_SPOKEN:
            self.tally.met("kind of message", shown, "nothing")
        return shown

    def _say(self, ticket: str, ts: int, message: dict[str, Any], asks: str) -> None:
        """Add a reply."""
        if message.get("subtype") not in SPOKEN:
            self._kind(message)
            return
        actor, is_bot = self._speaker(message)
        role = self._role(actor, asks=actor == asks, is_bot=is_bot)
        source = f"{ts // 1_000_000}.{ts % 1_000_000:06d}"
        self.drafts.message(ticket, instant(ts), By(role, actor, source), public=True)
        self._count(message)

    def _speaker(self, message: dict[str, Any]) -> tuple[str | None, bool]:
        """Return who speaks, and whether it is a bot; a bot may have a user too."""
        bot = message.get("bot_id")
        if bot:
            return _id(bot), True
        return _id(message.get("user")), message.get("subtype") == "bot_message"

    def _role(self, person: str | None, *, asks: bool, is_bot: bool = False) -> Role:
        if is_bot:
            known = None if person is None else known_role(self.account, person)
            return known or "system"
        if person is None:
            self.tally.noted.note("no_user", None)
            return "third_party"
        return self.people.role(person, asks=asks)

    def _is_cut(self, ticket: str, message: dict[str, Any], replies: list[dict[str, Any]]) -> bool:
        """Return whether replies are missing: Slack says how many there are."""
        count = message.get("reply_count")
        if type(count) is not int or not 0 <= count < 10**9:
            return False
        stated = StatedFigure(name="messages", native="reply_count + 1", value=count + 1)
        self.tally.states(ticket, stated)
        if count > len(replies):
            self.tally.cut(ticket, "cut_history", f"reply_count {count}, {len(replies)} there")
            return True
        return False

    def _count(self, message: dict[str, Any]) -> None:
        """Count what a message holds that no event can say."""
        if "edited" in message:
            self.tally.left_out["edit"] += 1
        reactions = message.get("reactions")
        if reactions.__class__ is list:
            self.tally.left_out["reaction"] += len(reactions)
