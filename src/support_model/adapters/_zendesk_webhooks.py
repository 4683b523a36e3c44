"""Bodies of event webhooks of Zendesk: one change of a ticket each, and the ticket as it is then.

Several of them tell one action, at one instant and in no guaranteed order, so messages come first
as everywhere. Words are in capitals, ids are text, and "" or "0" is none. Amazon EventBridge and
integration flows receive the same in other envelopes. Of a ticket that has audits the webhooks say
nothing more.

Sources: Ticket events (webhooks) and Amazon EventBridge: tickets, https://developer.zendesk.com.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from attrs import Factory, define

from support_model.adapters._drafts import CHANGE, RELATION, By
from support_model.adapters._zendesk_audits import flag, survey_scores
from support_model.adapters._zendesk_desk import channel_named
from support_model.adapters._zendesk_shapes import MARK, Item, Unfit, envelope_of, native_id
from support_model.adapters._zendesk_words import DELETED, MERGED, SCORES, SPAM
from support_model.events import Rated, RatingRequested, Related

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from support_model._vocabulary import Status
    from support_model.adapters._zendesk_desk import Desk
    from support_model.adapters._zendesk_shapes import Found

WORDS = MappingProxyType(
    {"status_changed": "status", "priority_changed": "priority", "type_changed": "type"}
)
IDS = MappingProxyType(
    {
        "group_assignment_changed": "group_id",
        "agent_assignment_changed": "assignee_id",
        "requester_changed": "requester_id",
        "organization_changed": "organization_id",
        "brand_changed": "brand_id",
        "form_changed": "ticket_form_id",
        "custom_status_changed": "custom_status_id",
        "problem_link_changed": "problem_id",
        "subject_changed": "subject",
    }
)
OTHER_NAMES = MappingProxyType(
    {"comment_created": "comment_added", "ticket_form_changed": "form_changed"}
)
LEFT_OUT = frozenset(
    {
        *("attachment_linked_to_comment", "attachment_redacted_from_comment"),
        *("comment_made_private", "comment_redacted", "description_changed"),
        *("email_ccs_changed", "ccs_changed", "external_id_changed", "followers_changed"),
        *("next_sla_breach_changed", "ola_policy_changed", "schedule_changed"),
        *("sla_policy_changed", "submitter_changed", "task_due_at_changed"),
    }
)


class Hook(NamedTuple):
    """One webhook: what kind of event of which ticket, when and by whom."""

    at: datetime
    place: tuple[str, int, str]
    item: Item
    ticket: str
    kind: str
    event: Mapping[str, Any]
    detail: Mapping[str, Any]
    actor: str | None


def read_webhooks(found: Found, desk: Desk) -> None:
    """Draft the events of all webhooks, in the order of their instants."""
    told = frozenset(desk.drafts.of)
    hooks = sorted(_hooks(found, desk), key=_in_time)
    kept = [hook for hook in hooks if hook.ticket not in told]
    if len(kept) < len(hooks):
        desk.tally.left_out["webhook of a ticket with audits"] += len(hooks) - len(kept)
    for number, hook in enumerate(kept):
        _learn(number, hook, found, desk)
    reader = _Reader(desk)
    for number, hook in enumerate(kept):
        try:
            reader.read(number, hook)
        except Unfit as odd:
            desk.unread(hook.item, "", hook.ticket, odd)


def _in_time(hook: Hook) -> tuple[datetime, bool, tuple[str, int, str]]:
    return hook.at, hook.kind != "created", hook.place


def _hooks(found: Found, desk: Desk) -> Iterator[Hook]:
    for key, item in found.webhooks.items():
        ticket = None
        try:
            head = item.value.get("type")
            if not isinstance(head, str) or not head.startswith(MARK):
                yield _of_bridge(key, item, desk)
                continue
            domain, _, kind = head.removeprefix(MARK).partition(".")
            if domain != "ticket":
                desk.tally.left_out[f"webhook {domain}.{kind}"] += 1
                continue
            kind = OTHER_NAMES.get(kind, kind.removeprefix("ticket_"))
            detail = _object(item.value, "detail")
            ticket = native_id(detail.get("id"))
            event = item.value.get("event")
            told = event if isinstance(event, dict) else {}
            at = desk.stamps.at(item, "time")
            yield Hook(at, _place(key, told), item, ticket, kind, told, detail, _actor(detail))
        except Unfit as odd:
            desk.unread(item, "", ticket, odd)


def _of_bridge(key: str, item: Item, desk: Desk) -> Hook:
    event = _object(_object(item.value, envelope_of(item.value)), "ticket_event")
    detail, meta = _object(event, "ticket"), _object(event, "meta")
    said = event.get("type")
    if not isinstance(said, str):
        problem = "ticket_event.type: not text"
        raise Unfit(problem)
    kind = said.strip().lower().replace(" ", "_")
    kind = OTHER_NAMES.get(kind, kind.removeprefix("ticket_"))
    at = desk.stamps.at(Item(meta, item.path, "detail.ticket_event.meta", None), "occurred_at")
    ticket, actor = native_id(detail.get("id")), _actor(meta) or _actor(detail)
    return Hook(at, _place(key, event), item, ticket, kind, event, detail, actor)


def _object(value: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    inner = value.get(key)
    if not isinstance(inner, dict):
        problem = f"{key}: not an object"
        raise Unfit(problem)
    return inner


def _place(key: str, event: Mapping[str, Any]) -> tuple[str, int, str]:
    """Return the order of a webhook among those of one instant, the same however they come."""
    meta = event.get("meta")
    sequence = meta.get("sequence") if isinstance(meta, dict) else None
    if not isinstance(sequence, dict):
        return "", 0, key
    position = sequence.get("position")
    return str(sequence.get("id")), position if type(position) is int else 0, key


def _actor(holder: Mapping[str, Any]) -> str | None:
    try:
        return _id(holder.get("actor_id"))
    except Unfit:
        return None


def _id(value: object) -> str | None:
    """Return a native id, None where the text or number says that there is none."""
    return None if value in (None, "", "0", 0) else native_id(value)


def _low(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


def _learn(number: int, hook: Hook, found: Found, desk: Desk) -> None:
    """Note who is staff and who asks for help, and what the ticket was when first seen."""
    comment = hook.event.get("comment")
    author = comment.get("author") if isinstance(comment, dict) else None
    if isinstance(author, dict) and isinstance(author.get("is_staff"), bool):
        native = author.get("id")
        if isinstance(native, int | str) and native != "":
            desk.people.roles.setdefault(
                str(native), "agent" if author["is_staff"] else "customer"
            )
    detail = hook.detail
    if hook.kind == "requester_changed":
        desk.people.asks(
            hook.ticket, number, hook.event.get("previous"), hook.event.get("current")
        )
    elif hook.ticket not in desk.people.asked:
        desk.people.asks(hook.ticket, -1, None, detail.get("requester_id"))
    found.tickets.setdefault(
        hook.ticket, hook.item._replace(value=_as_ticket(detail), key="detail")
    )


def _as_ticket(detail: Mapping[str, Any]) -> dict[str, Any]:
    """Return the detail of a webhook as the interface writes a ticket."""
    ids = ("requester_id", "organization_id", "brand_id")
    ticket = {name: None if detail.get(name) in ("", "0") else detail.get(name) for name in ids}
    words = {name: _low(detail.get(name)) or None for name in ("priority", "type")}
    same = {name: detail.get(name) for name in ("id", "created_at", "tags", "via")}
    return {**ticket, **words, **same}


@define
class _Reader:
    """The webhooks of one payload being read, in order."""

    desk: Desk
    statuses: dict[str, Status] = Factory(dict)

    def read(self, number: int, hook: Hook) -> None:
        """Draft what one webhook says."""
        act = _ACTS.get(hook.kind)
        if act is not None:
            act(self, number, hook)
        elif hook.kind in WORDS:
            self.changed(number, hook, {WORDS[hook.kind]: _low(hook.event.get("current"))})
        elif hook.kind in IDS:
            self.changed(number, hook, {IDS[hook.kind]: _id(hook.event.get("current"))})
        else:
            self.desk.tally.left_out[f"webhook ticket.{hook.kind}"] += 1
            if hook.kind not in LEFT_OUT:
                self.desk.tally.met("kind of webhook", hook.kind, "nothing")

    def by(self, number: int, hook: Hook) -> By:
        """Return who did it."""
        native = hook.item.value.get("id")
        source = native if isinstance(native, str) and native else None
        return self.desk.by(hook.ticket, hook.actor, number, source)

    def created(self, number: int, hook: Hook) -> None:
        """Draft a creation; one that is told again is none."""
        if hook.ticket in self.desk.born:
            return
        detail = hook.detail
        native = {
            "status": _low(detail.get("status")),
            "priority": _low(detail.get("priority")),
            "type": _low(detail.get("type")),
            "tags": detail.get("tags"),
        }
        for name in ("group_id", "assignee_id", "requester_id", "organization_id", "brand_id"):
            native[name] = None if detail.get(name) in ("0", 0) else detail.get(name)
        native["custom_status_id"] = detail.get("custom_status")
        fields = self.desk.fields(native, hook.item, hook.ticket)
        if "status" not in fields:
            self.desk.born.discard(hook.ticket)
            return  # the ticket as it is then tells the creation instead
        via = detail.get("via")
        channel = via.get("channel") if isinstance(via, dict) else None
        named = channel_named(channel if isinstance(channel, str) else None)
        if named is not None:
            fields["channel"] = named
        by = self.by(number, hook)
        self.desk.born.add(hook.ticket)
        self.statuses[hook.ticket] = fields["status"]
        self.desk.drafts.created(hook.ticket, hook.at, by, fields=fields)

    def comment(self, number: int, hook: Hook) -> None:
        """Draft a comment; its author may be another than who sent it."""
        comment = _object(hook.event, "comment")
        public = flag({"public": comment.get("is_public")})
        author = comment.get("author")
        person = _id(author.get("id")) if isinstance(author, dict) else None
        own = comment.get("id")
        source = None if own is None else native_id(own)
        by = self.desk.by(hook.ticket, person or hook.actor, number, source, public=public)
        self.desk.drafts.message(hook.ticket, hook.at, by, public=public)

    def changed(self, number: int, hook: Hook, native: dict[str, Any]) -> None:
        """Draft a change; one to the status that the ticket has already is none."""
        fields = self.desk.fields(native, hook.item, hook.ticket)
        status = fields.get("status")
        before = self.statuses.get(hook.ticket)
        if status is not None and status == before:
            del fields["status"]
        if before == MERGED and status is not None and status.category == "closed":
            del fields["status"]  # a merge closes the ticket
        if fields:
            self.set(number, hook, fields)

    def set(self, number: int, hook: Hook, fields: dict[str, Any]) -> None:
        """Draft fields that are known."""
        if "status" in fields:
            self.statuses[hook.ticket] = fields["status"]
        by = self.by(number, hook)
        rank = RELATION if fields.get("status") == MERGED else CHANGE
        self.desk.drafts.changed(hook.ticket, hook.at, by, fields=fields, rank=rank)

    def tags(self, number: int, hook: Hook) -> None:
        """Draft the tags as they are afterwards."""
        self.changed(number, hook, {"tags": hook.detail.get("tags")})

    def custom_field(self, number: int, hook: Hook) -> None:
        """Draft the value of a custom field, if the account keeps it."""
        field, current = hook.event.get("custom_field"), hook.event.get("current")
        native = field.get("id") if isinstance(field, dict) else None
        value = current.get("value") if isinstance(current, dict) else current
        self.changed(number, hook, {native_id(native): value})

    def merged(self, number: int, hook: Hook) -> None:
        """Draft that the ticket was merged into another."""
        other = _id(hook.event.get("target_ticket_id"))
        by = self.by(number, hook)
        if other is not None and other != hook.ticket:
            made = Related(
                ticket_id=hook.ticket,
                at=hook.at,
                role=by.role,
                actor=by.actor,
                source_id=by.source_id,
                kind="merged_into",
                other=other,
            )
            self.desk.drafts.add(made)
        self.set(number, hook, {"status": MERGED})

    def deleted(self, number: int, hook: Hook) -> None:
        """Draft a deletion; one for good of what is deleted already is none."""
        if self.statuses.get(hook.ticket) != DELETED:
            self.set(number, hook, {"status": DELETED})

    def restored(self, number: int, hook: Hook) -> None:
        """Draft that the ticket has the status again that it had."""
        self.changed(number, hook, {"status": _low(hook.detail.get("status"))})

    def spam(self, number: int, hook: Hook) -> None:
        """Draft that the ticket is none of ours."""
        self.set(number, hook, {"status": SPAM})

    def asked(self, number: int, hook: Hook) -> None:
        """Draft that a rating was asked for."""
        by = self.by(number, hook)
        made = RatingRequested(
            ticket_id=hook.ticket,
            at=hook.at,
            role=by.role,
            actor=by.actor,
            source_id=by.source_id,
            kind="csat",
        )
        self.desk.asked.add(hook.ticket)
        self.desk.drafts.add(made)

    def rated(self, number: int, hook: Hook) -> None:
        """Draft a rating, good or bad or on a scale of five."""
        names = ("satisfaction_score", "satisfaction_rating", "rating", "score", "current")
        told = next((hook.event[name] for name in names if hook.event.get(name)), None)
        inner = told.get("score") or told.get("rating") if isinstance(told, dict) else told
        word = _low(inner)
        if isinstance(word, str) and word in SCORES:
            score, scale = SCORES[word], (0, 1)
        else:
            answer = told if isinstance(told, dict) else {"rating": told}
            score, most = next(survey_scores(answer), (0, 0))
            if not most:
                self.desk.tally.left_out["webhook of a rating without a score"] += 1
                return
            scale = (1, most)
        by = self.by(number, hook)
        made = Rated(
            ticket_id=hook.ticket,
            at=hook.at,
            role=by.role,
            actor=by.actor,
            source_id=by.source_id,
            kind="csat",
            score=score,
            scale=scale,
        )
        self.desk.rated.add(hook.ticket)
        self.desk.drafts.add(made)


_ACTS = MappingProxyType(
    {
        "created": _Reader.created,
        "comment_added": _Reader.comment,
        "tags_changed": _Reader.tags,
        "custom_field_changed": _Reader.custom_field,
        "merged": _Reader.merged,
        "soft_deleted": _Reader.deleted,
        "permanently_deleted": _Reader.deleted,
        "undeleted": _Reader.restored,
        "marked_as_spam": _Reader.spam,
        "csat_requested": _Reader.asked,
        "csat_received": _Reader.rated,
    }
)
