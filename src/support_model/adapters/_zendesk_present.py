"""What a ticket of Zendesk is now, where no audits tell what it was; and the figures of Zendesk.

A list holds present values: it becomes a creation and what has a stamp, all of basis "snapshot".
The export of the account has the comments of each ticket besides: those are acts, with their
authors, and only the statuses are present values.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from support_model.adapters._drafts import By
from support_model.adapters._zendesk_audits import channel_of, flag, person_of, requester_of
from support_model.adapters._zendesk_desk import channel_named
from support_model.adapters._zendesk_shapes import (
    Item,
    Unfit,
    in_order,
    native_id,
    whole_number,
)
from support_model.adapters._zendesk_words import NEW, SCORES, STATUSES
from support_model.events import Rated, RatingRequested

if TYPE_CHECKING:
    from support_model._vocabulary import Status
    from support_model.adapters._zendesk_desk import Desk
    from support_model.adapters._zendesk_shapes import Found

LISTED = By("third_party", None, None, "snapshot")
_BEGUN = ("priority", "type", "organization_id", "tags", "brand_id", "ticket_form_id")
_NOW = ("status", "custom_status_id")
LONGEST = 10**9
"""No duration is of more minutes."""


def read_present(found: Found, desk: Desk) -> None:
    """Draft the tickets that no audit tells, and the creations that are missing."""
    told = set(desk.drafts.of)
    for ticket in in_order({*found.tickets, *found.comments} - told):
        item, comments = found.tickets.get(ticket), found.comments.get(ticket, {})
        if item is not None:
            _Ticket(ticket, item, found.metrics.get(ticket), bool(comments), desk).read()
        for key in in_order(comments):
            _comment(ticket, comments[key], desk)
    _ratings(found, desk)
    for ticket in [ticket for ticket in desk.drafts.of if ticket not in desk.born]:
        item = found.tickets.get(ticket)
        if item is not None and item.value.get("created_at") is not None:
            _Ticket(ticket, item, None, comments=False, desk=desk).creation()
        desk.tally.cut(ticket, "no_creation")


class _Ticket:
    """One ticket of a list being read."""

    def __init__(
        self,
        ticket: str,
        item: Item,
        metrics: Item | None,
        comments: bool,  # noqa: FBT001 - whether the comments stand beside it
        desk: Desk,
    ) -> None:
        self.ticket, self.item, self.desk = ticket, item, desk
        self.metrics, self.comments = metrics, comments
        self.by = LISTED

    def read(self) -> None:
        """Draft the creation, the present status and what else has a stamp."""
        self.desk.people.asks_now(self.ticket, requester_of(self.item.value))
        begun = self.creation()
        if begun is None:
            return
        self.desk.tally.noted.note("list_export", None, ticket=self.ticket)
        self.statuses(begun)
        if not self.comments:
            self.reply(begun)
        score = self.item.value.get("satisfaction_rating")
        said = score.get("score") if isinstance(score, dict) else None
        if isinstance(said, str) and said in SCORES:
            self.undated("satisfaction_rating")

    def undated(self, what: str) -> None:
        """Note a present value that no stamp dates."""
        self.desk.tally.noted.note("since_unknown", None, what, ticket=self.ticket)

    def stamp(self, item: Item, key: str) -> datetime | None:
        """Return an instant of the ticket, None where there is none."""
        if item.value.get(key) is None:
            return None
        try:
            return self.desk.stamps.at(item, key)
        except Unfit as odd:
            self.desk.unread(item, "", self.ticket, odd)
            return None

    def creation(self) -> datetime | None:
        """Draft the creation; its first status is that of every ticket, not the present one."""
        value = self.item.value
        try:
            at = self.desk.stamps.at(self.item)
        except Unfit as odd:
            self.desk.unread(self.item, "", self.ticket, odd)
            return None
        native = {name: told for name in _BEGUN if (told := value.get(name)) is not None}
        native["requester_id"] = requester_of(value)
        moved = self.metrics is not None and self.metrics.value.get("group_stations") not in (0, 1)
        if self.comments and not (self.metrics is not None and moved):
            native["group_id"] = person_of(value, "group")
        fields = self.desk.fields(native, self.item, self.ticket)
        fields["status"] = NEW
        channel = channel_named(channel_of(value))
        if channel is not None:
            fields["channel"] = channel
        by = self.by
        if self.comments:
            person = person_of(value, "submitter") or requester_of(value)
            if person is not None:
                by = self.desk.by(self.ticket, person, 0, None)
        self.desk.born.add(self.ticket)
        self.desk.drafts.created(self.ticket, at, by, fields=fields)
        return at

    def statuses(self, begun: datetime) -> None:
        """Draft the present status, and the solution before a close, where stamps tell when."""
        value = self.item.value
        native = {name: told for name in _NOW if (told := value.get(name)) is not None}
        present: Status | None = self.desk.fields(native, self.item, self.ticket).get("status")
        if present is None or present.category == "new":
            return
        solved = since = None
        if self.metrics is not None:
            solved = self.stamp(self.metrics, "solved_at")
            since = self.stamp(self.metrics, "status_updated_at")
        if present.category == "solved":
            since = solved or since
        elif solved is not None and (present.category == "closed" or since is not None):
            self.changed(solved, begun, STATUSES["solved"])
        if since is None:
            self.undated(f"status {present.category}")
        else:
            self.changed(since, begun, present)

    def changed(self, at: datetime, begun: datetime, status: Status) -> None:
        """Draft a status; nothing happens before the creation."""
        if at < begun:
            self.desk.tally.noted.note("ends_before_start", None, ticket=self.ticket)
            return
        self.desk.drafts.changed(self.ticket, at, self.by, fields={"status": status})

    def reply(self, begun: datetime) -> None:
        """Draft the first reply, which the figures tell by how long it took."""
        if self.metrics is None:
            return
        for key, unit in (("reply_time_in_seconds", 1), ("reply_time_in_minutes", 60)):
            told = self.metrics.value.get(key)
            count = told.get("calendar") if isinstance(told, dict) else None
            try:
                wait = timedelta(seconds=min(whole_number(count), LONGEST) * unit)
                at = begun + wait
            except (Unfit, OverflowError):
                continue
            by = By("agent", None, None, "snapshot")
            self.desk.drafts.message(self.ticket, at, by, public=True)
            return


def _comment(ticket: str, item: Item, desk: Desk) -> None:
    value = item.value
    try:
        at, source, public = desk.stamps.at(item), native_id(value.get("id")), flag(value)
        author = value.get("author_id")
        person = None if author is None else native_id(author)
    except Unfit as odd:
        desk.unread(item, "", ticket, odd)
        return
    channel = channel_of(value)
    if channel == "rule":
        by = By("system", "-1", source)
    else:
        by = desk.by(ticket, person, 0, source, public=public, channel=channel)
    via = value.get("via")
    origin = via.get("source") if isinstance(via, dict) else None
    if isinstance(origin, dict) and origin.get("rel") == "merge":
        by = By("system", person, source, "merge")
    desk.drafts.message(ticket, at, by, public=public)


def _ratings(found: Found, desk: Desk) -> None:
    """Draft the ratings that stand beside tickets, unless their audits tell them."""
    rated = frozenset(desk.rated)
    asked = rated | desk.asked
    for key in in_order(found.ratings):
        item = found.ratings[key]
        try:
            ticket = native_id(item.value.get("ticket_id"))
            if ticket in (asked if item.value.get("score") == "offered" else rated):
                continue
            _rating(ticket, key, item, desk)
        except Unfit as odd:
            desk.unread(item, "", None, odd)


def _rating(ticket: str, key: str, item: Item, desk: Desk) -> None:
    score = item.value.get("score")
    shared: dict[str, Any] = {"ticket_id": ticket, "source_id": key, "kind": "csat"}
    if item.value.get("comment"):
        desk.tally.left_out["comment of a rating"] += 1
    if score == "offered":
        at = desk.stamps.at(item)
        desk.drafts.add(RatingRequested(at=at, role="system", **shared))
    elif isinstance(score, str) and score in SCORES:
        stamped = "created_at" if item.value.get("updated_at") is None else "updated_at"
        at, person = desk.stamps.at(item, stamped), person_of(item.value, "requester")
        rated = Rated(
            at=at, role="customer", actor=person, score=SCORES[score], scale=(0, 1), **shared
        )
        desk.drafts.add(rated)
    elif score not in (None, "", "unoffered", "received"):
        desk.tally.met("satisfaction score", str(score)[:40], "no rating")
