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
    from collections.abc import Callable, Iterable, Iterator, Mapping

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
INSIDE = ("slackdump_thread_replies", "replies")
"""Where dumps keep the replies of a thread, inside its first message."""
LONGEST_LIST = 60
"""Kinds of what is left out from which on reactions are counted together."""
DEEPEST = 4
"""How deep documents may stand inside another."""
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
_EMOJI = re.compile(r"[a-z0-9_+'-]{1,60}")
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
    people = _People(account, found, held.values(), tally)
    threads = _Threads(account, channels, people, _open_threads(found.batches), tally)
    for channel in sorted(held):
        threads.read(channel, held[channel])
    if threads.drafts.of:
        tally.noted.note("no_status", None)
        if "agent" not in account.roles.values():
            tally.noted.note("no_agents", None)
        if not found.users:
            tally.noted.note("no_users", None)
    log = tally.reading(threads.drafts)
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
    if kind == "documents":
        parts = [each for each in value.values() if isinstance(each, dict | list)]
        inside = [each[0] if isinstance(each, list) and each else each for each in parts]
        found = (_told(each) for each in inside[:_SHOWN] if isinstance(each, dict))
        return next(filter(None, found), "")
    return _told(value)


def _told(value: dict[str, Any]) -> str:
    """Return why a document is one of Slack, whatever stands inside it."""
    kind, answered = _kind(value), value.get("ok") is True
    why = {
        "message": ("messages with a ts", _is_stamp(value.get("ts"))),
        "answer": ("messages with a ts", answered or _has_stamps(value.get("messages"))),
        "error": ("an error of Slack's API", isinstance(value.get("error"), str)),
        "event": ("events of Slack", value.get("type") == "event_callback"),
        "user": ("users of Slack", _is_native(value.get("id"), "UW")),
        "channel": ("channels of Slack", _is_native(value.get("id"), "CGD")),
        "": ("", False),
        "documents": ("", False),
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


def _lists(*keys: str) -> Callable[[Mapping[str, Any]], bool]:
    """Return whether an answer of the API lists something under one of some keys."""
    return lambda value: "ok" in value and any(isinstance(value.get(k), list) for k in keys)


def _holds(key: str) -> Callable[[Mapping[str, Any]], bool]:
    """Return whether an answer of the API holds one object under a key."""
    return lambda value: "ok" in value and isinstance(value.get(key), dict)


def _has(*keys: str) -> Callable[[Mapping[str, Any]], bool]:
    """Return whether something with an id has one of some keys."""
    return lambda value: "id" in value and not value.keys().isdisjoint(keys)


SIGNS: tuple[tuple[str, Callable[[Mapping[str, Any]], bool]], ...] = (
    ("error", lambda value: value.get("ok") is False),
    ("event", lambda value: isinstance(value.get("event"), dict)),
    ("message", lambda value: value.get("type") == "message"),
    ("message", lambda value: "ts" in value and "messages" not in value),
    ("answer", lambda value: isinstance(value.get("messages"), list | dict)),
    ("channels", _lists("channels")),
    ("users", _lists("members", "users")),
    ("one user", _holds("user")),
    ("one channel", _holds("channel")),
    ("user", _has("profile", "is_bot", "deleted")),
    ("channel", _has("members", "is_archived", "creator", "is_channel")),
    ("", lambda value: "blocks" in value),
    ("documents", lambda value: any(isinstance(each, dict | list) for each in value.values())),
)
"""What a document or a member of one is, and what shows it; the first one that holds."""


def _kind(value: Mapping[str, Any]) -> str:
    """Return what a document or a member of one is; "" for something else."""
    return next((kind for kind, shows in SIGNS if shows(value)), "")


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
    ids: dict[str, str] = Factory(dict)
    batches: list[_Batch] = Factory(list)
    strange: list[Node] = Factory(list)
    known: int = 0

    def take(self, page: Node, channel: str | None = None, depth: int = 0) -> None:
        """Take a document; `channel` is what stands around it.

        Raises:
            AdapterError: an error of the API, or an answer to a search.
        """
        kind = _kind_of(page)
        self.known += kind not in {"", "documents"}
        if kind == "documents" and depth < DEEPEST:
            self._take_documents(page, channel, depth)
        elif kind == "error":
            _refuse_error(page)
        elif kind == "other file":
            self.tally.left_out[f"file {_file(page)}"] += 1
        elif kind in {"", "documents"}:
            self.strange.append(page)
        else:
            self._take(kind, page, channel)

    def _take(self, kind: str, page: Node, channel: str | None) -> None:
        """Take a document of a kind."""
        value = page.value
        if kind == "message":
            listed = isinstance(value, list)
            own = (self._folder(page) or channel) if listed else (_channel_of(value) or channel)
            self.batches.append(_Batch(page, value if listed else [value], own))
        elif kind == "event":
            self._take_event(page, value["event"])
        elif kind == "answer":
            self._take_answer(page, value, channel)
        elif kind.endswith(("user", "users")):
            self._take_users(page, _members(value, ("users", "members"), "user"))
        elif kind != "nothing":
            self._take_channels(page, _members(value, ("channels",), "channel"))

    def _take_documents(self, page: Node, channel: str | None, depth: int) -> None:
        """Take the documents that a list or an object holds."""
        value = page.value
        if isinstance(value, list):
            for place, each in enumerate(value):
                self.take(Node(VENDOR, each, f"{page.path}[{place}]"), channel, depth + 1)
            return
        own = _channel_of(value) or channel
        for key, each in value.items():
            if isinstance(each, dict | list) and key != "channel":
                self.take(Node(VENDOR, each, f"{page.path}.{_id(key) or '?'}"), own, depth + 1)

    def _take_answer(self, page: Node, value: dict[str, Any], around: str | None) -> None:
        messages = value["messages"]
        if isinstance(messages, dict):
            page["messages"].refuse(
                "matches of a search, which hold no threads",
                "ask for conversations.history and, a thread, conversations.replies",
            )
        channel = _channel_of(value) or around
        if channel is not None:  # what a dump of one channel says
            self._call(channel, value.get("name"))
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
        if isinstance(page.value, dict) and _more(page.value):
            self.tally.noted.note("more_pages", None, "users")
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
            self._call(native, channel.get("name"))
            former = channel.get("previous_names")
            for name in former if isinstance(former, list) else ():
                if isinstance(name, str):
                    self.ids[name] = min(self.ids.get(name, native), native)

    def _call(self, channel: str, name: object) -> None:
        """Keep what a channel is called; of two names the one that sorts last."""
        own = name if isinstance(name, str) and name else channel
        self.names[channel] = max(self.names.get(channel, ""), own)
        self.ids[own] = min(self.ids.get(own, channel), channel)

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


def _kind_of(page: Node) -> str:
    """Return what a document is, by the name of its file and by what it holds."""
    value, file = page.value, _file(page)
    if not isinstance(value, list):
        return _kind(value) if isinstance(value, dict) else ""
    key = file.rpartition(".")[2]
    for names, named in ((OTHER_FILES, "other file"), (USERS, "user"), (CHANNELS, "channel")):
        if file in names or f"{key}.json" in names:
            return named
    kind = _kind_of_members(value)
    if kind in {"message", "user", "channel"}:
        return kind
    if _DAY.fullmatch(file):
        return "message"
    return "documents" if kind else "nothing" * (not value and file.endswith(".json"))


def _kind_of_members(value: list[Any]) -> str:
    """Return what the first member of a list is that shows it."""
    for each in value:
        nested = "documents" if isinstance(each, list) and each else ""
        kind = _kind(each) if isinstance(each, dict) else nested
        if kind:
            return kind
    return ""


def _members(value: Any, keys: Iterable[str], key: str) -> list[Any]:  # noqa: ANN401 - JSON types
    """Return what a document lists, under one of some keys or by itself, or the one it is."""
    if isinstance(value, list):
        return value
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
        ids = {**found.ids, **{native: native for native in names}}
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
    *folders, file = _parts(batch.page.path) or [""]
    pieces = re.split(r"[.\[\]]", file)
    named = (*pieces, *(part for each in pieces for part in re.split("[_ ]", each)))
    return next((ids[name] for name in (*named, *reversed(folders)) if name in ids), None)


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
        for key in INSIDE:
            if key in message:
                todo += _inside(message, key, path)
        yield where, message


def _inside(message: dict[str, Any], key: str, path: str) -> list[tuple[str, Any]]:
    """Return the replies that stand inside a message; an export lists their ids alone."""
    replies, ts = message[key], message.get("ts")
    if not isinstance(replies, list):
        return []
    return [
        (f"{path}.{key}[{place}]", {"thread_ts": ts, **each})
        for place, each in enumerate(replies)
        if isinstance(each, dict) and (each.get("type") == "message" or key != "replies")
    ]


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
    pages = [each for each in batches if each.more is not None and not _is_thread(each.messages)]
    ends = {channels.of_batch(page) for page in _last_pages(pages)}
    for channel in sorted({channels.of_batch(page) for page in pages} - ends):
        if channel in channels.wanted:
            name = _named(channel, channels.names)
            tally.cut(EVERY, "more_pages", f"has_more, next_cursor: {name}")


def _last_pages(pages: list[_Batch]) -> Iterator[_Batch]:
    """Yield the pages after which none comes, but for answers for a message without replies."""
    several = {_first_ts(each) for page in pages if page.messages[1:] for each in page.messages}
    for page in pages:
        alone = len(page.messages) == 1 and _first_ts(page.messages[0]) in several
        if not page.more and not alone:
            yield page


def _first_ts(message: object) -> int | None:
    return _micros(message.get("ts")) if isinstance(message, dict) else None


def _open_threads(batches: Iterable[_Batch]) -> dict[int, bool]:
    """Return the threads whose pages were asked for, and whether the last page is missing."""
    opened: dict[int, bool] = {}
    for batch in batches:
        if batch.more is not None and _is_thread(batch.messages):
            thread = next(filter(None, map(_thread_of, batch.messages)), None)
            if thread is not None:
                opened[thread] = opened.get(thread, True) and batch.more
    return opened


def _thread_of(message: object) -> int | None:
    return _micros(message.get("thread_ts")) if isinstance(message, dict) else None


def _is_thread(messages: list[Any]) -> bool:
    """Return whether messages are one thread: what conversations.replies answers."""
    thread = _thread_of(messages[0]) if len(messages) > 1 else None
    return thread is not None and all(_thread_of(each) == thread for each in messages)


class _People:
    """Who somebody is, as far as payload and account tell."""

    def __init__(
        self, account: Account, found: _Found, held: Iterable[Held], tally: Tally
    ) -> None:
        self.account, self.users, self.tally = account, found.users, tally
        self.teams: Mapping[str, object] = {
            person: user.get("team_id") for person, user in found.users.items()
        }
        if found.users and not any(self.teams.values()):
            self.teams = _teams(held)
        common = Counter(sorted(t for t in self.teams.values() if isinstance(t, str)))
        self.home = common.most_common(1)[0][0] if common else None
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
        if person == SLACKBOT or (user is not None and _is_bot(user)):
            return "system"
        return None if user is None or self._is_foreign(person, user) else "customer"

    def _is_foreign(self, person: str, user: Mapping[str, Any]) -> bool:
        """Return whether a user is of another organization, as by Slack Connect."""
        if user.get("is_stranger") is True:
            return True
        team = self.teams.get(person)
        return isinstance(team, str) and team != self.home and "enterprise_user" not in user


def _is_bot(user: Mapping[str, Any]) -> bool:
    profile = user.get("profile")
    bot = profile.get("bot_id") if isinstance(profile, dict) else None
    return any(sign is True for sign in map(user.get, ("is_bot", "is_workflow_bot"))) or bool(bot)


def _teams(held: Iterable[Held]) -> dict[str, object]:
    """Return the team of each person, as their messages state it."""
    teams: dict[str, object] = {}
    for slots in held:
        for _, message in slots.values():
            person, team = message.get("user"), message.get("user_team") or message.get("team")
            if isinstance(person, str) and isinstance(team, str):
                teams[person] = max(str(teams.get(person, "")), team)
    return teams


@define
class _Threads:
    """Threads being read into drafts of events."""

    account: Account
    channels: _Channels
    people: _People
    open: Mapping[int, bool]
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
        cut = self._is_cut(ticket, ts, message, replies)
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

    def _is_cut(
        self, ticket: str, ts: int, message: dict[str, Any], replies: list[dict[str, Any]]
    ) -> bool:
        """Return whether replies are missing: Slack says how many there are, or that more are."""
        count = message.get("reply_count")
        if type(count) is not int or not 0 <= count < 10**9:
            if self.open.get(ts):
                self.tally.cut(ticket, "more_pages", "has_more, next_cursor")
            return self.open.get(ts, False)
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
        for each in reactions if reactions.__class__ is list else ():
            name = each.get("name") if isinstance(each, dict) else None
            own = name.partition("::")[0] if isinstance(name, str) else ""
            known = f"reaction {own if _EMOJI.fullmatch(own) else 'of no name'}"
            several = known in self.tally.left_out or len(self.tally.left_out) < LONGEST_LIST
            self.tally.left_out[known if several else "reaction of another name"] += 1
