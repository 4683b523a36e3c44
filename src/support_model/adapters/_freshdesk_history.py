"""What changed on tickets of Freshdesk: the daily export of activities, and the events of an app.

An activity states the new value alone; an app event states both under `changes`, and the ticket
beside them may be older or newer, so it is not believed. Neither has an id: an activity that is
there twice is one, and acts of one instant are ordered by who did them, then by what they hold.
"""

from __future__ import annotations

import operator
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from attrs import Factory, define

from support_model.adapters._drafts import By
from support_model.adapters._freshdesk_pages import canonical, native, ticket_id, unwrapped
from support_model.adapters._freshdesk_words import (
    CHANGES,
    DELETED,
    OPEN,
    PRIVATE_NOTES,
    PUBLIC_NOTES,
    SPAM,
    at_of,
    day_first,
    of_epoch,
)
from support_model.adapters._payloads import Node

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from support_model.adapters._freshdesk_pages import Batch, Item
    from support_model.adapters._freshdesk_people import People
    from support_model.adapters._freshdesk_words import Words
    from support_model.adapters._payloads import Tally

NOTHING: Mapping[str, Any] = MappingProxyType({})
SAID = frozenset({"automation", "new_ticket", "note"})
"""Keys of an activity that are read by themselves."""
NEW = frozenset({"requester_id", "source"})
LEFT_OUT = frozenset(
    {
        *("sla_policy", "due_by", "product", "added_tags", "removed_tags", "added_watcher"),
        *("removed_watcher", "send_reply_email", "send_email", "thread", "thread_message"),
        *("internal_agent_id", "internal_group", "internal_group_id", "archived", "summary"),
    }
)
"""Keys of an activity that say nothing a ticket event can say; other keys are custom fields."""


_LEFT_OUT = {key: f"activity {key}" for key in LEFT_OUT}
_CHANGES = dict(CHANGES)
_new: Any = tuple.__new__  # a named tuple in half the time of its own call
RULE = By("system")
REMEMBERED = 100_000
UNASKED: Any = object()


class Act(NamedTuple):
    """What someone changed at one instant.

    Attributes:
        at: when.
        by: who.
        fields: the new values, as fields of a ticket; "void" is the status of a ticket that is
            spam or deleted, None where it is so no longer.
        before: the values before, where the source tells them.
        creates: whether it may be the creation of the ticket.
        item: what it was read from.
    """

    at: datetime
    by: By
    fields: dict[str, Any]
    before: Mapping[str, Any]
    creates: bool
    item: Item


class Note(NamedTuple):
    """A note or reply that the activities export names, without its text."""

    at: datetime
    by: By
    public: bool
    id: str


@define
class History:
    """The acts and notes of one payload, by ticket.

    Attributes:
        people: who acts in which role.
        words: what values mean.
        tally: what is unknown, left out or not whole.
        acts: what changed; in order only where `ordered` has put it.
        notes: by their id, within each ticket.
        shown: the ticket as the events of an app show it.
    """

    people: People
    words: Words
    tally: Tally
    acts: dict[str, list[Act]] = Factory(dict)
    notes: dict[str, dict[str, Note]] = Factory(dict)
    shown: dict[str, list[Item]] = Factory(dict)
    _first: dict[tuple[str, object], Item] = Factory(dict)
    _seen: dict[tuple[str, object], list[Item]] = Factory(dict)
    _ids: dict[int, str | None] = Factory(dict)
    _stamps: dict[str, datetime] = Factory(dict)
    _meant: dict[tuple[str, object], Mapping[str, Any]] = Factory(dict)

    def activities(self, batch: Batch) -> None:
        """Keep what a list of activities tells."""
        for place, value in enumerate(batch.values):
            if value.__class__ is dict or isinstance(value, Mapping):
                self._activity(batch, place, unwrapped(value) if len(value) == 1 else value)
            else:
                self.tally.unread(batch.node(place), batch.ticket, "no object")

    def _activity(self, batch: Batch, place: int, value: Item) -> None:
        activity, stamp = value.get("activity"), value.get("performed_at")
        ticket, at = self._id(value.get("ticket_id")), self._instant(stamp)
        if ticket is None or at is None or not isinstance(activity, dict):
            problem = "no ticket, no instant, or no activity"
            self.tally.unread(batch.node(place), ticket, problem)
            return
        if self._repeated((ticket, stamp), value):
            return
        by = self._performer(value, activity, ticket)
        fields = self._fields(activity)
        if "note" in activity:
            self._note(batch, place, (ticket, at, by), activity["note"])
        if fields:
            creates = "status" in fields and _creates(activity)
            act = _new(Act, (at, by, fields, NOTHING, creates, value))
            acts = self.acts.get(ticket)
            if acts is None:
                acts = self.acts[ticket] = []
            acts.append(act)

    def _fields(self, activity: Item) -> dict[str, Any]:
        """Return the new values that an activity states, and count what it states besides."""
        fields: dict[str, Any] = {}
        left_out = None if self.words.account.keep else self.tally.left_out
        for key, given in activity.items():
            if key in _CHANGES:
                fields.update(self._told(key, given))
            elif key in SAID:
                continue
            elif left_out is None:
                self._other(key, given, fields)
            else:
                left_out[_LEFT_OUT.get(key, "custom field")] += 1
        return fields

    def _told(self, key: str, given: object) -> Mapping[str, Any]:
        """Return what one key says, looked up once where it is known."""
        kind = given.__class__
        if kind is not int and kind is not str:
            return self.words.fields(_CHANGES[key], given)
        known = self._meant.get((key, given))
        if known is None:
            times = self.tally.times
            known = self.words.fields(_CHANGES[key], given)
            if times == self.tally.times:
                self._meant[key, given] = known
        return known

    def _id(self, given: object) -> str | None:
        """Return an id as text; most numbers are there several times."""
        if given.__class__ is not int:
            return native(given)
        known = self._ids.get(given, UNASKED)
        if known is UNASKED:
            known = self._ids[given] = native(given)
        return cast("str | None", known)

    def _instant(self, stamp: object) -> datetime | None:
        if stamp.__class__ is not str:
            return None
        known = self._stamps.get(stamp)
        if known is None:
            tz = self.words.account.tz
            known = day_first(stamp, tz) or at_of(stamp, tz)
            if known is not None and len(self._stamps) < REMEMBERED:
                self._stamps[stamp] = known
        return known

    def _repeated(self, key: tuple[str, object], value: Item) -> bool:
        """Tell whether an item of a ticket and an instant has been there; remember it."""
        first, count = self._first, len(self._first)
        earlier = first.setdefault(key, value)
        if len(first) > count:
            return False
        seen = self._seen.get(key)
        if seen is None:
            seen = self._seen[key] = [earlier]
        if value in seen:
            return True
        seen.append(value)
        return False

    def _performer(self, value: Item, activity: Item, ticket: str) -> By:
        person, kind = self._id(value.get("performer_id")), value.get("performer_type")
        if kind == "system" or activity.get("automation") is not None:
            return RULE if person is None else By("system", person)
        if person is None:
            self.tally.noted.note("no_user", None, "an activity", ticket=ticket)
            return By("third_party")
        return self.people.acts(ticket, person, ours=kind == "agent")

    def _note(
        self,
        batch: Batch,
        place: int,
        said: tuple[str, datetime, By],
        note: Any,  # noqa: ANN401 - JSON types
    ) -> None:
        """Keep a note; its kind tells who could read it, and a private one is the agents'."""
        ticket, at, by = said
        dict_ = note.__class__ is dict or isinstance(note, Mapping)
        number = native(note.get("id")) if dict_ else None
        if number is None:
            self.tally.unread(batch.node(place), ticket, "a note without its id")
            return
        kind = str(note.get("type"))
        public = kind in PUBLIC_NOTES
        if not public:
            if kind not in PRIVATE_NOTES:
                self.tally.met("type of a note", native(note.get("type")) or "", "private")
            if by.role == "third_party" and by.actor is not None:
                by = By(self.people.role(ticket, by.actor, public=False, ours=True), by.actor)
        notes = self.notes.get(ticket)
        if notes is None:
            notes = self.notes[ticket] = {}
        notes[number] = _new(Note, (at, by, public, number))

    def _other(self, key: str, given: object, fields: dict[str, Any]) -> None:
        """Add a field that the account keeps; count another one as left out."""
        if key in self.words.account.keep:
            fits, value = Node("", given).plain()
            if fits:
                fields[f"custom.{key}"] = value
        else:
            self.tally.left_out[_LEFT_OUT.get(key, "custom field")] += 1

    def app_event(self, batch: Batch, place: int, value: Item) -> None:
        """Keep what an event of an app tells of a ticket."""
        ticket, name = value["data"]["ticket"], value.get("event")
        number = ticket_id(ticket)
        if number is None:
            self.tally.unread(batch.node(place), None, "an app event without a ticket")
            return
        self.shown.setdefault(number, []).append(ticket)
        act = self._of_app(value, ticket, number)
        if act is None:
            self.tally.unread(batch.node(place), number, "an app event without its instant")
            return
        if not act.fields:
            self.tally.left_out[f"{name} without changes"] += 1
            return
        if not self._repeated((number, act.at), act.item):
            self.acts.setdefault(number, []).append(act)

    def _of_app(self, value: Item, ticket: Item, number: str) -> Act | None:
        name = value.get("event")
        if name == "onTicketCreate":
            at = at_of(ticket.get("created_at"), self.words.account.tz)
            status = self.words.status(ticket.get("status"), ticket.get("status_name"))
            begun = self.words.beginning(ticket)
            begun |= {} if status is None else {"status": status}
            agent = native(ticket.get("responder_id"))
            begun |= {} if agent is None else {"agent": agent}
            item: Mapping[str, Any] = {"event": name}
            by = (
                self._by(value, number)
                if any(_actor(value))
                else self.people.asker(number, ticket)
            )
            return None if at is None else Act(at, by, begun, NOTHING, creates=True, item=item)
        at = of_epoch(value.get("timestamp"))
        if at is None:
            return None
        changes = changes_of(value, ticket)
        fields: dict[str, Any] = {}
        before: dict[str, Any] = {}
        if name == "onTicketDelete":
            fields["void"] = DELETED
        for key, (old, new) in changes.items():
            if key in CHANGES:
                fields |= self.words.fields(CHANGES[key], new)
                before |= self.words.fields(CHANGES[key], old)
            else:
                self.tally.left_out[f"change of {key}"] += 1
        before.pop("void", None)
        item = {"event": name, "changes": changes, "actor": _actor(value)}
        return Act(at, self._by(value, number), fields, before, creates=False, item=item)

    def _by(self, value: Mapping[str, Any], ticket: str) -> By:
        person, kind = _actor(value)
        if kind == "system":
            return By("system", person)
        if person is None:
            self.tally.noted.note("no_user", None, "an app event", ticket=ticket)
            return By("third_party")
        return By(self.people.role(ticket, person, public=True, ours=kind == "agent"), person)

    def ordered(self, ticket: str) -> list[Act]:
        """Return the acts of a ticket in order, a creation first, rules after people."""
        acts = self.acts.get(ticket)
        if acts is None:
            return []
        if len(acts) == 1:
            return acts
        acts.sort(key=_INSTANT)
        instants = list(map(_INSTANT, acts))
        if any(map(operator.eq, instants, instants[1:])):
            acts.sort(key=_place)
            places = list(map(_place, acts))
            if any(map(operator.eq, places, places[1:])):
                acts.sort(key=lambda act: (*_place(act), canonical(act.item)))
        return acts


_INSTANT = operator.itemgetter(0)


def _place(act: Act) -> tuple[datetime, bool, bool]:
    at, by, _, _, creates, _ = act
    return at, not creates, by[0] == "system"


def _creates(activity: Mapping[str, Any]) -> bool:
    """Tell the activity of a creation; older exports do not say `new_ticket`."""
    if activity.get("new_ticket") is True:
        return True
    return {"status", "priority"} <= activity.keys() and not NEW.isdisjoint(activity)


VOID = (SPAM, DELETED)


class Fold(NamedTuple):
    """What acts amount to: each value that is not what it was before.

    Attributes:
        changes: the acts with the fields that they changed.
        status: the status at the end, that of a spam or deleted ticket left aside.
        missing: whether a value before is another than the last one: acts are missing.
    """

    changes: list[tuple[Act, dict[str, Any]]]
    status: Any
    missing: bool


def folded(acts: Iterable[Act], first: Mapping[str, Any]) -> Fold:
    """Return what acts in order changed of a ticket with these fields at first."""
    now = dict(first)
    status = alive = now.get("status")
    void, missing, changes = status in VOID, False, []
    for act in acts:
        told = act.fields
        if act.before:
            missing |= any(now.get(key, before) != before for key, before in act.before.items())
        fields = _news(now, told)
        if void or "void" in told:
            fields.pop("void", None)
            fields |= _voided(act, fields, status, alive)
        if "status" in fields:
            status = fields["status"]
            void = status in VOID
            if not void:
                alive = status
        now.update(fields)
        changes.append((act, fields))
    return Fold(changes, alive, missing)


def _news(now: Mapping[str, Any], told: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values that are other ones than now; most that are equal are the same object."""
    return {
        key: value
        for key, value in told.items()
        if (held := now.get(key)) is not value and held != value
    }


def _voided(act: Act, fields: Mapping[str, Any], status: object, alive: object) -> dict[str, Any]:
    """Return the status of what became spam or deleted, or was brought back."""
    void = act.fields.get("void", status)
    if void is not None:
        return {"status": void} if "void" in act.fields and void != status else {}
    if status in VOID:
        return {"status": fields.get("status") or alive or OPEN}
    return {}


def _actor(value: Mapping[str, Any]) -> tuple[str | None, str]:
    data = value["data"]
    actor = data.get("actor")
    if not isinstance(actor, Mapping):
        return None, ""
    return native(actor.get("id")), str(actor.get("type") or "")


def changes_of(value: Mapping[str, Any], ticket: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Return what an app event says has changed: (before, after) by key, wherever it stands."""
    found: dict[str, tuple[Any, Any]] = {}
    for held in (ticket.get("changes"), value["data"].get("changes")):
        for key, pair in _pairs(held):
            found[key] = pair[0], pair[1]
    return found


def _pairs(held: object) -> Iterator[tuple[str, list[Any]]]:
    if isinstance(held, Mapping):
        inner = held.get("model_changes")
        for key, pair in (inner if isinstance(inner, Mapping) else held).items():
            if isinstance(pair, list) and len(pair) == 2 and isinstance(key, str):
                yield key, pair
