"""Trello: the actions of a board, from its JSON export or `GET /1/boards/{id}/actions`.

A card is a ticket; the lists it moves through are its statuses. An action is one act of one
member: it creates, moves, archives, comments, assigns, labels. An export holds the last 1,000
actions of a board, so a card may be older than the oldest of them: its creation is then the
instant in the first eight digits of its id, and its events are made of what is left. The board
beside the actions says what lists are called and what a card is now.

An action's own id holds an instant too, but `date` is what Trello shows and what holds here.

Sources: Action types, Nested resources and The Board object,
https://developer.atlassian.com/cloud/trello/guides/rest-api/action-types/.
"""

from __future__ import annotations

from datetime import UTC, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

from attrs import Factory, define

from support_model import _records as doc
from support_model._frozen import frozen
from support_model._ticket_data import STATUS
from support_model._vocabulary import Priority, Status
from support_model.adapters import _account
from support_model.adapters._account import group_of, known_role, status_of
from support_model.adapters._boards import (
    LISTS,
    LONGEST_WORD,
    Replay,
    instant,
    is_internal,
    native_id,
    part,
    word,
)
from support_model.adapters._drafts import By, Drafts
from support_model.adapters._payloads import Node, Tally, pages_of, refuse_error
from support_model.errors import AdapterError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from support_model.adapters._event_logs import EventLog

__all__ = ["Account", "read"]

VENDOR: Final = "trello"
TITLE: Final = "Trello"
HOLDERS = ("actions", "action", "cards", "lists", "data")
KEYS = ("actions", "lists", "cards")
REMEDY: Final = (
    "export the board as JSON (board menu > Print, export, and share > Export as JSON), "
    "or ask for GET /1/boards/{id}/actions?limit=1000"
)
NO_ACTIONS: Final = "a CSV export holds no actions: no moves, no comments, no times of either"
NEW = Status("new", "new")
DELETED = Status("deleted", "void")
MOVED = Status("moved to another board", "void")
CHANNELS: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(
            (
                *("createCard", "copyCard", "convertToCardFromCheckItem"),
                *("moveCardToBoard", "moveInboxCardToBoard"),
            ),
            "web",
        ),
        "emailCard": "email",
    }
)
"""How a card came to the board, by the action that put it there."""
LEFT_OUT = frozenset(
    {
        *("acceptEnterpriseJoinRequest", "addAttachmentToCard", "addChecklistToCard"),
        *("addMemberToBoard", "addMemberToOrganization", "addToOrganizationBoard"),
        *("convertToCardFromCheckItem", "copyBoard", "copyChecklist", "copyCommentCard"),
        *("createBoard", "createBoardInvitation", "createCheckItem", "createCustomField"),
        *("createLabel", "createList", "deleteAttachmentFromCard", "deleteBoardInvitation"),
        *("deleteCheckItem", "deleteComment", "deleteCustomField", "deleteLabel", "deleteList"),
        *("disablePlugin", "disablePowerUp", "enablePlugin", "enablePowerUp"),
        *("makeAdminOfBoard", "makeNormalMemberOfBoard", "makeObserverOfBoard"),
        *("memberJoinedTrello", "moveListFromBoard", "moveListToBoard"),
        *("reactivatedMemberInBoard", "deactivatedMemberInBoard", "removeChecklistFromCard"),
        *("removeFromOrganizationBoard", "removeMemberFromBoard", "unconfirmedBoardInvitation"),
        *("updateBoard", "updateCheckItem", "updateCheckItemStateOnCard", "updateChecklist"),
        *("updateComment", "updateCustomField", "updateCustomFieldItem", "updateLabel"),
        *("updateList", "voteOnCard"),
    }
)
"""Kinds of actions that say nothing a ticket event can say; they are counted."""
SETTLED = frozenset({"solved", "closed", "void"})
OBJECT_ID: Final = 24
FIRST_CARD = datetime(2011, 1, 1, tzinfo=UTC)
"""Trello is no older than this, so an id that says otherwise is no such id."""
Op: TypeAlias = "tuple[str | None, ...]"
"""What an action does: a word, and ids or names; a word alone is left out."""
PUBLIC: Final[Op] = ("say", "public")
INTERNAL: Final[Op] = ("say", "internal")


@frozen(kw_only=True)
class Account(_account.Account):
    """What lists, labels and members of a board mean.

    `statuses` says what a list means, by its name or id; `priorities`, `groups` and `lines` say
    which labels are priorities or groups, by their name (their color, if they have none) or id;
    `roles` says who is an agent, by the id of the member.

    Attributes:
        archived: the status of a card that is archived.
        completed: the status of a card that is marked as complete, wherever it stands; None where
            the list alone says it.
        internal_prefix: how comments begin that are internal, such as "[internal]"; Trello itself
            knows no internal comments.

    Example:
        >>> account = Account(statuses={"Inbox": Status("new", "new")}, roles={"m7": "agent"})
        >>> account.archived
        Status(name='archived', category='closed')
    """

    archived: Status = Status("archived", "closed")
    completed: Status | None = None
    internal_prefix: str = ""


OWN_KEYS = (
    doc.optional("archived", STATUS),
    doc.optional("completed", STATUS),
    doc.optional("internal_prefix", doc.TEXT),
)
STANDARD = Account()


class Act(NamedTuple):
    """One action on a card, as far as it is read; acts are ordered by instant and id."""

    at: datetime
    late: bool
    id: str
    kind: str
    card: str
    actor: str | None
    app: str | None
    ops: tuple[Op, ...] = ()
    left: tuple[str, ...] = ()


@define
class Found:
    """What the documents of a payload hold.

    Attributes:
        acts: by card and the id of the action; where two are of one id, the later edited one.
        edited: when an action was last edited, if it was.
        others: kinds of actions that are about no card, by the id of the action.
        cards: as they are now.
        lists: when the document was last changed, their name, whether they are archived.
        broken: parts that cannot be read: where, of which card, what is wrong.
    """

    acts: dict[tuple[str, str], Act] = Factory(dict)
    edited: dict[tuple[str, str], str] = Factory(dict)
    others: dict[str, str] = Factory(dict)
    cards: dict[str, Mapping[str, Any]] = Factory(dict)
    lists: dict[str, tuple[str, str, bool]] = Factory(dict)
    broken: dict[tuple[str, str], tuple[Node, str | None, str]] = Factory(dict)


def recognized(value: Any) -> str:  # noqa: ANN401 - JSON types
    """Return why a document is one of Trello, "" where it is not.

    Example:
        >>> recognized([{"id": "1", "type": "createCard", "idMemberCreator": "m1", "data": {}}])
        'actions with idMemberCreator'
    """
    if isinstance(value, list):
        pages = (each[0] if isinstance(each, list) and each else each for each in value[:9])
        return next(filter(None, map(_known, pages)), "")
    return _known(value)


def _known(value: Any) -> str:  # noqa: ANN401 - JSON types
    if not isinstance(value, dict):
        return ""
    hook = part(value, "action") if "model" in value else value
    acts = value.get("actions")
    first = acts[0] if isinstance(acts, list) and acts else None
    if any(
        isinstance(act, dict) and {"idMemberCreator", "type"} <= {*act} for act in (hook, first)
    ):
        return "actions with idMemberCreator"
    if {"idList", "idShort"} <= {*value}:
        return "cards with idList"
    return "a board with lists and cards" if {"lists", "cards", "shortLink"} <= {*value} else ""


def read(payloads: object, account: Account = STANDARD) -> EventLog:
    """Return the events of all cards in exports of a board or pages of its actions.

    Who creates a card is its customer unless `account.roles` says otherwise; who else is not
    named there is a third party, whose comments are no replies. The staff member who was added
    last is the agent. Labels are in no list of actions but in webhooks: one that is on a card now,
    without an action that put it there, counts from the creation on.

    Args:
        payloads: a board export, a page of actions, actions of webhooks, or a list of these, in
            any order; they may overlap.
        account: what lists, labels and members mean.

    Raises:
        AdapterError: the payload is none of these, is an error of the interface, or holds cards
            and no action.

    Example:
        >>> action = {
        ...     "id": "69a5438000000000000003e9", "type": "createCard", "idMemberCreator": "m1",
        ...     "date": "2026-03-02T08:00:00.000Z",
        ...     "data": {"card": {"id": "69a54380000000000000000b"}, "list": {"name": "To Do"}}}
        >>> [(event.type, event.role) for event in read([action]).events]
        [('created', 'customer')]
    """
    tally = Tally(VENDOR)
    found = _found(payloads, account, tally)
    for kind in found.others.values():
        _left_out(kind, tally)
    for node, card, problem in found.broken.values():
        tally.unread(node, card, problem)
    drafts = Drafts()
    board = _Board(found, account, tally, drafts)
    of_card: dict[str, list[Act]] = {}
    for act in sorted(found.acts.values()):
        of_card.setdefault(act.card, []).append(act)
        board.learn(act.ops)
    for card, acts in of_card.items():
        board.card(card, acts)
    for card in sorted(found.cards.keys() - of_card.keys()):
        board.silent(card)
    return tally.reading(drafts)


def refuse_table(header: Iterable[str], name: str = "") -> None:
    """Refuse the CSV export of a board, by its columns: it holds present values and no history.

    Raises:
        AdapterError: it is one.
    """
    if {"Card ID", "List Name"} <= {*map(str.strip, header)}:
        raise AdapterError(VENDOR, name, None, NO_ACTIONS, REMEDY)


def read_tables(tables: Mapping[str, Any], account: Account = STANDARD) -> EventLog:  # noqa: ARG001 - the form of all systems
    """Refuse tables: a CSV export of a board holds present values and no history.

    Raises:
        AdapterError: always.
    """
    raise AdapterError(VENDOR, next(iter(tables), ""), None, NO_ACTIONS, REMEDY)


def _found(payloads: object, account: Account, tally: Tally) -> Found:
    """Return what all documents hold.

    Raises:
        AdapterError: they hold nothing, or cards and no actions.
    """
    found = Found()
    bare = isinstance(payloads, list | tuple) and any(map(_is_action, payloads))
    pages = [Node(VENDOR, payloads)] if bare else pages_of(VENDOR, payloads)
    strange = [each for page in pages for each in _document(page, account, found)]
    if found.acts or not pages:
        for page in strange:
            tally.unread(page, None, "neither a board nor actions")
        return found
    if found.cards:
        pages[0].refuse("cards without their actions: present values, no history", REMEDY)
    return (strange or pages)[0].refuse("no actions", REMEDY)


def _is_action(value: object) -> bool:
    return isinstance(value, dict) and "type" in value and "data" in value and "date" in value


def _document(page: Node, account: Account, found: Found, deep: int = 2) -> list[Node]:
    """Add what a document holds; return the parts of it that are none of Trello's."""
    value = page.value
    if isinstance(value, list | tuple) and deep:
        if any(map(_is_action, value)):
            _actions(value, page.path, account, found)
            return []
        parts = [Node(VENDOR, each, f"{page.path}[{n}]") for n, each in enumerate(value)]
        return [bad for each in parts for bad in _document(each, account, found, deep - 1)]
    if not isinstance(value, dict):
        return [page]
    if isinstance(value.get("action"), dict):
        _actions([value["action"]], page.path, account, found)
        return []
    if _is_action(value) or "idMemberCreator" in value:
        _actions([value], page.path, account, found)
        return []
    refuse_error(page, HOLDERS)
    return [] if _parts(page, account, found) else [page]


def _parts(page: Node, account: Account, found: Found) -> bool:
    """Add what a board, a card or a list holds; return whether it is one of these."""
    value, stamp = page.value, _activity(page.value)
    inside = {key: each for key in KEYS if isinstance(each := value.get(key), list)}
    known = _card(value, found) or _list(value, stamp, found) or "username" in value
    path = f"{page.path}.".lstrip(".")
    _actions(inside.get("actions", ()), f"{path}actions", account, found)
    for each in inside.get("lists", ()):
        if isinstance(each, dict):
            _list(each, stamp, found)
    for each in inside.get("cards", ()):
        if isinstance(each, dict) and _card(each, found) and isinstance(each.get("actions"), list):
            _actions(each["actions"], f"{path}cards.actions", account, found)
    return known or bool(inside)


def _card(value: Mapping[str, Any], found: Found) -> bool:
    native = native_id(value.get("id"))
    if native is None or "idList" not in value:
        return False
    earlier = found.cards.get(native)
    if earlier is None or _age(earlier) < _age(value):
        found.cards[native] = value
    return True


def _age(card: Mapping[str, Any]) -> tuple[str, str, bool]:
    return _activity(card), str(native_id(card.get("idList"))), card.get("closed") is True


def _activity(value: Mapping[str, Any]) -> str:
    stamp = value.get("dateLastActivity")
    return stamp if isinstance(stamp, str) else ""


def _list(value: Mapping[str, Any], stamp: str, found: Found) -> bool:
    native, name = native_id(value.get("id")), word(value.get("name"))
    if native is None or name is None or "idList" in value:
        return False
    told = stamp, name, value.get("closed") is True
    found.lists[native] = max(found.lists.get(native, told), told)
    return True


def _actions(actions: Iterable[Any], path: str, account: Account, found: Found) -> None:
    """Add actions, each once."""
    acts, others, prefix = found.acts, found.others, account.internal_prefix
    for number, action in enumerate(actions):
        act = _act(action, prefix)
        if isinstance(act, Act):
            native = act.card, act.id
            earlier = acts.get(native)
            if earlier is None:
                acts[native] = act
                edited = action["data"].get("dateLastEdited")
                if isinstance(edited, str):
                    found.edited[native] = edited
            elif earlier != act:
                _later(action, act, earlier, found)
        elif isinstance(act, tuple):
            others[act[0]] = act[1]
        else:
            place = Node(VENDOR, action, f"{path}[{number}]")
            card = native_id(part(part(action, "data"), "card").get("id"))
            found.broken[str(native_id(_get(action, "id")) or place.path), act] = place, card, act


def _get(value: object, key: str) -> object:
    return value.get(key) if isinstance(value, dict) else None


def _later(action: Mapping[str, Any], act: Act, earlier: Act, found: Found) -> None:
    """Keep that version of an action that was edited later."""
    edited = action["data"].get("dateLastEdited")
    stamp = edited if isinstance(edited, str) else ""
    known = found.edited.get((act.card, act.id), "")
    if (stamp, repr(act)) > (known, repr(earlier)):
        found.acts[act.card, act.id] = act
        found.edited[act.card, act.id] = stamp


def _act(action: Any, prefix: str) -> Act | tuple[str, str] | str:  # noqa: ANN401 - JSON types
    """Return an action on a card, the (id, kind) of another one, or what is wrong with it."""
    kind, data, native = _get(action, "type"), _get(action, "data"), native_id(_get(action, "id"))
    if not isinstance(kind, str) or not kind or not isinstance(data, dict):
        return "an action without a type or data"
    card = data.get("card")
    if not isinstance(card, dict):
        known = kind in CARDS
        return f"{kind} without a card" if known else (native or "", kind[:LONGEST_WORD])
    ticket, at = native_id(card.get("id")), instant(action.get("date"))
    if ticket is None or at is None or native is None:
        return "an action without an id, a card or an instant"
    actor, app = native_id(action.get("idMemberCreator")), action.get("appCreator")
    if actor is None:
        actor = native_id(part(action, "memberCreator").get("id"))
    by_app = None if app is None else native_id(_get(app, "id"))
    return _done(
        action, data, prefix, Act(at, kind not in CHANNELS, native, kind, ticket, actor, by_app)
    )


def _done(action: Mapping[str, Any], data: Mapping[str, Any], prefix: str, who: Act) -> Act | str:
    """Return an action with what it does, or what is wrong with it."""
    kind = who.kind
    if kind == "commentCard":
        internal = is_internal(data.get("text"), prefix)
        return who._replace(ops=(INTERNAL if internal else PUBLIC,))
    reader = READERS.get(kind)
    if reader is None:
        return who._replace(kind=kind[:LONGEST_WORD], left=(kind[:LONGEST_WORD],))
    read = reader(action, data)
    if isinstance(read, str):
        return read
    left = tuple(f"{kind} {op[0]}" for op in read if len(op) == 1)
    return who._replace(ops=tuple(op for op in read if len(op) > 1), left=left)


Reader: TypeAlias = "Callable[[Mapping[str, Any], Mapping[str, Any]], tuple[Op, ...] | str]"


def _created(_: Mapping[str, Any], data: Mapping[str, Any]) -> tuple[Op, ...]:
    on = data.get("list")
    if not isinstance(on, dict):
        return (("create", None, None),)
    return (("create", native_id(on.get("id")), word(on.get("name"))),)


def _updated(_: Mapping[str, Any], data: Mapping[str, Any]) -> tuple[Op, ...] | str:
    """Return what an update changed: those fields whose old values it names."""
    old, card = data.get("old"), data["card"]
    if not isinstance(old, dict) or not old:
        return (("of nothing",),)
    ops: list[Op] = []
    if "idList" in old:
        move = _moved(old["idList"], data, card)
        if move is None:
            return "a move to no list"
        ops.append(move)
    for name, what in FLAGS.items():
        if name in old:
            on = part(data, "list")
            flag = "1" if card.get(name) is True else None
            ops.append((what, flag, native_id(on.get("id")), word(on.get("name"))))
    return (*ops, *_rest(old))


def _rest(old: Mapping[str, Any]) -> list[Op]:
    """Return the fields whose changes are counted; a new place goes along with another change."""
    rest = sorted(str(name)[:LONGEST_WORD] for name in old if name not in READ)
    return [(name,) for name in (["pos"] if [*old] == ["pos"] else rest)]


FLAGS: Mapping[str, str] = MappingProxyType({"closed": "close", "dueComplete": "done"})
READ = frozenset({"idList", "closed", "dueComplete", "pos"})
"""The fields of a card whose changes are read, or go along with others."""


def _moved(old: object, data: Mapping[str, Any], card: Mapping[str, Any]) -> Op | None:
    """Return where a card went, and whence; None where it went to no list."""
    after, before = part(data, "listAfter"), part(data, "listBefore")
    to, named = (
        native_id(after.get("id")) or native_id(card.get("idList")),
        word(after.get("name")),
    )
    if to is None and named is None:
        return None
    since = native_id(before.get("id")) or native_id(old)
    return ("move", to, named, since, word(before.get("name")))


def _member(action: Mapping[str, Any], data: Mapping[str, Any]) -> tuple[Op, ...] | str:
    native = native_id(data.get("idMember")) or native_id(part(data, "member").get("id"))
    native = native or native_id(part(action, "member").get("id"))
    if native is None:
        return "no member"
    return (("join" if action["type"] == "addMemberToCard" else "leave", native),)


def _labelled(action: Mapping[str, Any], data: Mapping[str, Any]) -> tuple[Op, ...] | str:
    label = _label(data.get("label")) or _label({"color": data.get("value")})
    if label is None:
        return "no label"
    return (("stick" if action["type"] == "addLabelToCard" else "peel", *label),)


def _label(value: object) -> tuple[str, str] | None:
    """Return the id and the name of a label, or its color where it has no name."""
    native, named = native_id(_get(value, "id")), word(_get(value, "name"))
    called = named or word(_get(value, "color")) or native
    return None if called is None else (native or called, called)


def _deleted(_: Mapping[str, Any], __: Mapping[str, Any]) -> tuple[Op, ...]:
    return (("void", "deleted"),)


def _gone(_: Mapping[str, Any], __: Mapping[str, Any]) -> tuple[Op, ...]:
    return (("void", "moved"),)


READERS: Mapping[str, Reader] = MappingProxyType(
    {
        **dict.fromkeys(CHANNELS, _created),
        "updateCard": _updated,
        "addMemberToCard": _member,
        "removeMemberFromCard": _member,
        "addLabelToCard": _labelled,
        "removeLabelFromCard": _labelled,
        "deleteCard": _deleted,
        "moveCardFromBoard": _gone,
    }
)


CARDS = frozenset({"commentCard", *READERS})
"""Kinds of actions that are about a card."""


def _left_out(kind: str, tally: Tally) -> None:
    tally.left_out[kind] += 1
    own = kind.partition(" ")[0]
    if own not in LEFT_OUT and own not in CARDS:
        tally.met("kind of action", kind, "nothing")


@define
class _Board:
    """What is known of all cards while they are read."""

    found: Found
    account: Account
    tally: Tally
    drafts: Drafts
    named: dict[str, str] = Factory(dict)

    def card(self, card: str, acts: list[Act]) -> None:
        """Tell a card of which there are actions."""
        first = acts[0]
        born = next((act for act in acts if act.kind in CHANNELS), None)
        if born is not None and born is not first and born.kind.startswith("move"):
            born = None
        if born is None:
            ticket = self.cut(card, first)
        else:
            if born.at > first.at:
                self.tally.noted.note("before_creation", None, card, ticket=card)
            ticket = self.created(born, first.at)
        _Walk(self, card, ticket, cut=born is None).through(acts, born)

    def created(self, born: Act, at: datetime) -> Replay:
        """Begin a card with the action that put it on the board."""
        role = None if born.actor is None else known_role(self.account, born.actor)
        if born.app is not None and known_role(self.account, born.app) == "system":
            role = "system"
        asks = born.actor if role in (None, "customer") else None
        ticket = self.replay(born.card, asks, at, By("customer"))
        ticket.by = ticket.doer(born.actor, born.id, app=born.app)
        (_, native, named) = born.ops[0]
        on = NEW if native is None and named is None else self.on_list(native, named)
        ticket.begins({"status": on, "channel": CHANNELS[born.kind], "requester": asks})
        return ticket

    def cut(self, card: str, first: Act) -> Replay:
        """Begin a card whose creation is in no document: at the instant that its id holds."""
        at = _id_instant(card)
        early = at is not None and at <= first.at
        self.tally.cut(card, "cut_history" if early else "no_creation", card)
        return self.present(card, at if at is not None and early else first.at)

    def present(self, card: str, at: datetime) -> Replay:
        """Begin a card with what its present values tell."""
        ticket = self.replay(card, None, at, By("third_party", None, None, "snapshot"))
        ticket.begins({"status": NEW, "channel": "web"})
        return ticket

    def replay(self, card: str, asks: str | None, at: datetime, by: By) -> Replay:
        """Return a card of which nothing is told yet."""
        return Replay(card, self.account, self.drafts, self.tally, asks, at, by)

    def silent(self, card: str) -> None:
        """Tell a card of which there is no action: its present values are all there is."""
        last = instant(self.found.cards[card].get("dateLastActivity"))
        at = _id_instant(card) or last
        if at is None:
            self.tally.left_out["card without an instant"] += 1
            return
        self.tally.cut(card, "cut_history", card)
        ticket = self.present(card, at)
        _Walk(self, card, ticket, cut=True).through([], None)

    def learn(self, ops: tuple[Op, ...]) -> None:
        """Keep what actions call lists, for boards that come without them."""
        for op in ops:
            if op[0] in ("create", "move"):
                for native, named in zip(op[1::2], op[2::2], strict=True):
                    if native is not None and named is not None:
                        self.named[native] = named

    def on_list(self, native: str | None, named: str | None) -> Status:
        """Return what a list means: by its id, its present name, or its name at that time."""
        told = self.found.lists.get(native or "")
        now = self.named.get(native or "", named or "") if told is None else told[1]
        known = self.account.statuses
        if named is not None and named in known and not {now, native} & known.keys():
            return known[named]
        return status_of(self.account, native or now, LISTS, self.tally, name=now)


@define
class _Walk:
    """One card while its actions are told in order."""

    board: _Board
    card: str
    ticket: Replay
    cut: bool
    on: Status = NEW
    closed: bool = False
    done: bool = False
    void: Status | None = None
    staff: dict[str, None] = Factory(dict)
    labels: dict[str, str] = Factory(dict)

    def through(self, acts: list[Act], born: Act | None) -> None:
        """Tell all actions, and what is so now without one."""
        self.on = self.ticket.now["status"]
        self.begin(acts)
        for order, act in enumerate(acts):
            for left in act.left:
                _left_out(left, self.board.tally)
            if act is born or not act.ops:
                continue
            by = self.ticket.doer(act.actor, act.id, app=act.app)
            for op in act.ops:
                self.tell(act, by, order, op)
        self.now(acts)
        self.ticket.ends()

    def begin(self, acts: list[Act]) -> None:
        """Set labels and members that are there now, and that no action put there."""
        card, moved = self.board.found.cards.get(self.card, {}), self.moved(acts)
        for label in map(_label, _listed(card, "labels")):
            if label is not None and label[0] not in moved:
                self.stick("stick", *label)
        if not self.cut:
            there = map(native_id, _listed(card, "idMembers"))
            staff = (each for each in there if each is not None and each not in moved)
            self.staff |= dict.fromkeys(filter(self.is_staff, staff))
        fields = {name: value for name, value in self.fields().items() if value is not None}
        if fields:
            self.ticket.begins(fields)
            self.board.tally.noted.note("as_now", None, self.card, ticket=self.card)

    def moved(self, acts: list[Act]) -> set[str]:
        """Return the labels and members of actions; a label first taken off was there before."""
        moved: set[str] = set()
        for act in acts:
            for op in act.ops:
                if op[0] == "peel" and op[1] not in moved:
                    self.labels[str(op[1])] = str(op[2])
                if op[0] in ("stick", "peel", "join", "leave"):
                    moved.add(str(op[1]))
        return moved

    def tell(self, act: Act, by: By, order: int, op: Op) -> None:
        """Tell what one action does."""
        what = op[0]
        if what == "say":
            public = op is PUBLIC or by.role == "customer"
            self.ticket.says(act.at, by, order, public=public)
            return
        if what in ("join", "leave"):
            self.member(str(what), str(op[1]))
        elif what in ("stick", "peel"):
            self.stick(str(what), str(op[1]), str(op[2]))
        elif what == "void":
            self.void = DELETED if op[1] == "deleted" else MOVED
        elif what == "close":
            self.closed = op[1] is not None
            self.move(op[2], op[3])
        elif what == "done":
            self.complete(done=op[1] is not None)
        else:
            self.move(op[1], op[2])
        self.sets(act.at, by, order)

    def sets(self, at: datetime, by: By, order: int) -> None:
        """Change what is not so already."""
        fields = {"status": self.status(), **self.fields()}
        value = self.ticket.value
        new = {name: to for name, to in fields.items() if value(name) != to}
        self.ticket.sets(at, by, order, new)

    def status(self) -> Status:
        """Return the status by now."""
        if self.void is not None:
            return self.void
        account, settled = self.board.account, self.on.category in SETTLED
        if self.closed:
            return account.archived
        return account.completed if self.done and account.completed and not settled else self.on

    def member(self, what: str, native: str) -> None:
        """Add or remove a member; of staff alone one is the agent."""
        self.staff.pop(native, None)
        if what == "join" and self.is_staff(native):
            self.staff[native] = None

    def is_staff(self, native: str) -> bool:
        """Return whether a member can be the agent."""
        return self.ticket.role(native) == "agent"

    def move(self, native: str | None, named: str | None) -> None:
        """Stand in a list, also back from another board; of an unknown one nothing is said."""
        self.void = None
        if native is not None or named is not None:
            self.on = self.board.on_list(native, named)

    def complete(self, *, done: bool) -> None:
        """Mark as complete, or not; the account says whether that is a status."""
        self.done = done
        if self.board.account.completed is None:
            self.board.tally.left_out["updateCard dueComplete"] += 1

    def stick(self, what: str, native: str, named: str) -> None:
        """Put a label on, or take it off; one that means nothing is counted."""
        self.labels.pop(native, None)
        if what == "stick":
            self.labels[native] = named
        account = self.board.account
        tables = (account.priorities, account.groups, account.lines)
        if not any(key in table for key in (native, named) for table in tables):
            self.board.tally.left_out[f"label {named}"] += 1

    def fields(self) -> dict[str, Any]:
        """Return what members and labels say by now."""
        account = self.board.account
        fields: dict[str, Any] = {"agent": next(reversed(self.staff), None)}
        ranked: list[Priority] = []
        group: str | None = None
        for native, named in self.labels.items():
            for key in (native, named):
                if key in account.priorities:
                    ranked.append(account.priorities[key])
                    break
                if key in account.groups or key in account.lines:
                    group = key
                    break
        if account.priorities:
            fields["priority"] = min(ranked, key=lambda each: each.rank, default=None)
        if account.groups or account.lines:
            fields |= group_of(account, group, self.board.tally)
        return fields

    def now(self, acts: list[Act]) -> None:
        """Tell the present status where the actions that are left do not."""
        card = self.board.found.cards.get(self.card)
        if card is None or not self.cut or self.void is not None:
            return
        native = native_id(card.get("idList"))
        if native is None and card.get("closed") is not True:
            return
        self.on = self.on if native is None else self.listed(native)
        self.closed = card.get("closed") is True
        self.done = card.get("dueComplete") is True
        status = self.status()
        if status == self.ticket.value("status"):
            return
        stamps = [instant(card.get("dateLastActivity")), self.ticket.at]
        stamps += [act.at for act in acts[-1:]]
        last = max(at for at in stamps if at is not None)
        by = By("third_party", None, None, "snapshot")
        self.board.tally.noted.note("no_time_of", None, self.card, ticket=self.card)
        self.ticket.sets(last, by, len(acts), {"status": status})

    def listed(self, native: str) -> Status:
        """Return the status of a list now; one that is archived hides its cards."""
        told = self.board.found.lists.get(native)
        name, closed = ("", False) if told is None else told[1:]
        known = self.board.account.statuses
        if closed and native not in known and name not in known:
            return self.board.account.archived
        return self.board.on_list(native, None)


def _listed(card: Mapping[str, Any], key: str) -> list[Any]:
    found = card.get(key)
    return found if isinstance(found, list) else []


def _id_instant(native: str) -> datetime | None:
    """Return the instant that the id of an object holds in its first eight digits.

    Example:
        >>> _id_instant("6905be000000000000000007"), _id_instant("m1")
        (datetime.datetime(2025, 11, 1, 8, 0, tzinfo=datetime.timezone.utc), None)
    """
    try:
        at = datetime.fromtimestamp(int(native[:8], 16), UTC) if len(native) == OBJECT_ID else None
    except (ValueError, OverflowError, OSError):
        return None
    return at if at is not None and at >= FIRST_CARD else None
