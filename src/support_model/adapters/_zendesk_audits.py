"""Audits of Zendesk become events: one audit is one update of a ticket.

Its comments become messages, its field changes one `Changed` for each actor, apart from what
triggers and automations changed along with it. Stamps are of whole seconds, so order follows the
audit's id. A deletion is a `void` status and a restore leaves it; neither is a reopening. In the
export of changes an audit has its fields as keys, and its channel as a word.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from support_model.adapters._drafts import CHANGE, RELATION, By
from support_model.adapters._zendesk_desk import channel_named
from support_model.adapters._zendesk_shapes import (
    LONGEST_NUMBER,
    Item,
    Unfit,
    id_or_none,
    native_id,
    of_epoch,
    whole_number,
)
from support_model.adapters._zendesk_words import (
    ANSWERS,
    AUTOMATIC,
    BOTS,
    COMMENTS,
    LEFT_OUT,
    MERGED,
    NEW,
    NO_FIELDS,
    NO_SCORES,
    NOTIFICATIONS,
    OFFERS,
    ROLES,
    RULES,
    SCORES,
    SPOKEN,
    SYSTEM,
    TRANSCRIPTS,
)
from support_model.events import Rated, RatingRequested, Related

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from support_model._vocabulary import Role
    from support_model.adapters._zendesk_desk import Desk
    from support_model.adapters._zendesk_shapes import Found

RULE = 8
"""`via_reference_id` of rules in the export of changes."""
USUAL_SCALE = 5
"""The highest score of a survey that does not say its own."""
MERGE_TAG = "closed_by_merge"
FIELD_KINDS = frozenset({"Create", "Change"})
Part: TypeAlias = "tuple[str, str, Any, Mapping[str, Any], int]"
"""Kind, name and value of a field, the whole part, and its place in the audit."""


class Update(NamedTuple):
    """The head of an audit, and its parts."""

    item: Item
    ticket: str
    at: datetime
    number: int
    source: str
    author: str | None
    channel: str | None
    rel: object
    parts: list[Part]


def read_audits(found: Found, desk: Desk) -> None:
    """Draft the events of all audits, in the order of their ids.

    An audit that both forms hold is read from the fuller one, that of the ticket's audits.
    """
    numbers = sorted({*found.audits, *found.changes})
    updates = []
    for number in numbers:
        item = found.audits.get(number)
        update = _update(
            found.changes[number] if item is None else item, number, item is None, desk
        )
        if update is not None:
            updates.append(update)
            for _, name, value, part, _ in update.parts:
                if name == "requester_id":
                    desk.people.asks(update.ticket, number, part.get("previous_value"), value)
    for ticket, item in found.tickets.items():
        desk.people.asks_now(ticket, requester_of(item.value))
    for update in updates:
        _Audit(update, desk).read()


def requester_of(ticket: Mapping[str, Any]) -> str | None:
    """Return who asks for help on a ticket, None where it does not say so."""
    return person_of(ticket, "requester")


def person_of(ticket: Mapping[str, Any], what: str) -> str | None:
    """Return the id of a person of a ticket, which may stand in an object of its own."""
    value = ticket.get(f"{what}_id")
    if value.__class__ is int and -LONGEST_NUMBER < value < LONGEST_NUMBER:
        return str(value)
    inner = ticket.get(what)
    if value is None and isinstance(inner, dict):
        value = inner.get("id")
    try:
        return id_or_none(value)
    except Unfit:
        return None


def _update(item: Item, number: int, changes: bool, desk: Desk) -> Update | None:  # noqa: FBT001 - which form
    audit = item.value
    ticket = None
    try:
        ticket = native_id(audit.get("ticket_id"))
        if changes and audit.get("created_at") is None:
            at = of_epoch(audit.get("timestamp"), 1)
        else:
            at = desk.stamps.at(item)
    except Unfit as odd:
        desk.unread(item, "" if ticket else "ticket_id", ticket, odd)
        return None
    author = None
    try:
        author = id_or_none(audit.get("updater_id" if changes else "author_id"))
    except Unfit as odd:
        desk.unread(item, "author_id", ticket, odd)
    key, each = ("child_events", _changed_parts) if changes else ("events", _parts)
    listed = audit.get(key)
    parts: list[Part] = []
    if isinstance(listed, list | tuple):
        parts = [*each(listed, item, ticket, desk)]
    else:
        desk.unread(item, key, ticket, "missing" if listed is None else "not a list")
    channel = channel_of(audit)
    return Update(item, ticket, at, number, str(number), author, channel, _rel(audit), parts)


def _parts(listed: Any, item: Item, ticket: str, desk: Desk) -> Iterator[Part]:  # noqa: ANN401 - JSON types
    for place, part in enumerate(listed):
        kind = part.get("type") if part.__class__ is dict else None
        if kind.__class__ is not str or not kind:
            desk.unread(item, f"events[{place}]", ticket, "no event of a kind")
        elif kind not in FIELD_KINDS:
            yield kind, "", None, part, place
        elif isinstance(part.get("field_name"), str):
            yield kind, part["field_name"], part.get("value"), part, place
        else:
            desk.unread(item, f"events[{place}].field_name", ticket, "no name of a field")


def _changed_parts(listed: Any, item: Item, ticket: str, desk: Desk) -> Iterator[Part]:  # noqa: ANN401 - JSON types
    for place, part in enumerate(listed):
        kind = None
        if part.__class__ is dict:
            kind = part.get("event_type") or part.get("type")
        if kind.__class__ is not str:
            desk.unread(item, f"child_events[{place}]", ticket, "no event of a kind")
        elif kind not in FIELD_KINDS:
            yield kind, "", None, part, place
        else:
            for name, value in part.items():
                if name == "custom_ticket_fields" and value.__class__ is dict:
                    yield from (
                        (kind, str(key), inner, part, place) for key, inner in value.items()
                    )
                elif name not in NO_FIELDS and isinstance(name, str):
                    yield kind, name, value, part, place


def channel_of(holder: Mapping[str, Any]) -> str | None:
    """Return the channel by which something came, in the system's own word."""
    via = holder.get("via")
    if via.__class__ is dict:
        channel = via.get("channel")
        return RULES.get(channel, channel) if isinstance(channel, str) else None
    if holder.get("via_reference_id") == RULE and via != "Mail":
        return "rule"
    if not isinstance(via, str) or not via:
        return None
    return RULES.get(via.lower(), via.lower())


def flag(comment: Mapping[str, Any]) -> bool:
    """Return whether a comment is public.

    Raises:
        Unfit: it does not say so.
    """
    public = comment.get("public", comment.get("comment_public"))
    if public is not True and public is not False:
        problem = "public: missing" if public is None else "public: neither true nor false"
        raise Unfit(problem)
    return public


def _rel(holder: Mapping[str, Any]) -> object:
    via = holder.get("via")
    source = via.get("source") if via.__class__ is dict else None
    return source.get("rel") if source.__class__ is dict else None


class _Audit:
    """One audit being read."""

    def __init__(self, update: Update, desk: Desk) -> None:
        self.update, self.desk, self.drafts = update, desk, desk.drafts
        self.ticket, self.at, self.number = update.ticket, update.at, update.number

    def read(self) -> None:
        """Draft what the audit says: creation, messages, changes, ratings."""
        creates, changes, rest = {}, [], []
        for part in self.update.parts:
            kind, name, value, whole, place = part
            if kind == "Change":
                changes.append(part)
            elif kind == "Create":
                creates[name] = value
            else:
                rest.append((kind, whole, place))
        born = bool(creates) and self.ticket not in self.desk.born
        if born:
            self.creation(creates)
        elif creates:  # a field that was made later
            changes += [part for part in self.update.parts if part[0] == "Create"]
        for kind, whole, place in rest:
            try:
                self.other(kind, whole, place, born=born)
            except Unfit as odd:
                self.unread(place, odd)
        if changes:
            self.changes(changes)

    def unread(self, place: int, problem: object) -> None:
        """Note a part that cannot be read."""
        self.desk.unread(self.update.item, f"events[{place}]", self.ticket, problem)

    def other(self, kind: str, part: Mapping[str, Any], place: int, *, born: bool) -> None:
        """Draft what a part says that is no field."""
        if kind in COMMENTS:
            self.comment(part)
        elif kind in NOTIFICATIONS:
            self.notification(kind, part)
        elif kind in TRANSCRIPTS:
            self.transcript(kind, part, place, born=born)
        elif kind == "SatisfactionRating":
            self.satisfaction(part)
        elif kind in OFFERS:
            self.requested(self.actor(part))
        elif kind in ANSWERS:
            self.answers(part)
        else:
            self.desk.tally.left_out[kind] += 1
            if kind not in LEFT_OUT:
                self.desk.tally.met("kind of event", kind, "nothing")

    def by(self, person: str | None, source: str | None = None, *, public: bool = True) -> By:
        """Return who did something in this audit."""
        own = source or self.update.source
        channel = self.update.channel
        return self.desk.by(self.ticket, person, self.number, own, public=public, channel=channel)

    def actor(self, part: Mapping[str, Any]) -> str | None:
        """Return who did a part of the audit: a rule, the part's own author or the audit's."""
        if self.update.channel == "rule" or ("via" in part and channel_of(part) == "rule"):
            return SYSTEM
        author = part.get("author_id")
        return self.update.author if author is None else native_id(author)

    def creation(self, native: dict[str, Any]) -> None:
        """Draft the creation, and which ticket it follows up."""
        update = self.update
        self.desk.born.add(self.ticket)
        native.pop("satisfaction_score", None)
        fields = self.desk.fields(native, update.item, self.ticket)
        by = self.by(SYSTEM if update.channel == "rule" else update.author)
        if "status" not in fields:
            self.desk.unread(update.item, "events", self.ticket, "a creation without a status")
            fields["status"], by = NEW, by._replace(basis="snapshot")
        channel = channel_named(update.channel)
        if channel is not None:
            fields["channel"] = channel
        self.drafts.created(self.ticket, self.at, by, fields=fields, order=self.number)
        if update.rel == "follow_up":
            self.relation("follow_up", by, "from")

    def relation(self, kind: Any, by: By, *ends: str) -> None:  # noqa: ANN401 - one of two relations
        """Draft how the ticket relates to the one at an end of what the audit came by."""
        via = self.update.item.value.get("via")
        source = via.get("source") if via.__class__ is dict else None
        for end in ends:
            at = source.get(end) if source.__class__ is dict else None
            other = at.get("ticket_id") if at.__class__ is dict else None
            if isinstance(other, int | str) and other != "" and str(other) != self.ticket:
                made = Related(
                    ticket_id=self.ticket,
                    at=self.at,
                    role=by.role,
                    actor=by.actor,
                    source_id=by.source_id,
                    kind=kind,
                    other=str(other),
                )
                self.drafts.add(made, order=self.number)
                return
        self.desk.tally.left_out[f"{kind} without the other ticket"] += 1

    def comment(self, part: Mapping[str, Any]) -> None:
        """Draft a comment."""
        public = flag(part)
        own = part.get("id")
        source = self.update.source if own is None else native_id(own)
        person = self.actor(part)
        if "merge" in (self.update.rel, self.update.channel) or _rel(part) == "merge":
            # what a merge writes is no reply of the person who merges
            by = By("system", person, source, "merge")
        else:
            by = self.by(person, source, public=public)
        self.drafts.message(self.ticket, self.at, by, public=public, order=self.number)

    def notification(self, kind: str, part: Mapping[str, Any]) -> None:
        """Draft a notification that the customer received."""
        people = part.get("recipients") or ()
        if not isinstance(people, list | tuple):
            problem = "recipients: not a list"
            raise Unfit(problem)
        role = self.desk.people.role
        if any(role(self.ticket, native_id(each), self.number) == "customer" for each in people):
            by = By("system", SYSTEM, self.update.source)
            self.drafts.message(self.ticket, self.at, by, public=True, order=self.number)
        else:
            self.desk.tally.left_out[f"{kind} to staff"] += 1

    def transcript(self, kind: str, part: Mapping[str, Any], place: int, *, born: bool) -> None:
        """Draft the messages of a conversation that one event of an audit holds."""
        value = part.get("value")
        history = value.get("history") if isinstance(value, dict) else None
        if history is None:
            self.desk.tally.left_out[kind] += 1
            return
        if not isinstance(history, list | tuple):
            problem = "value.history: not a list"
            raise Unfit(problem)
        for index, line in enumerate(history):
            try:
                self.line(line, born=born)
            except Unfit as odd:
                self.desk.unread(
                    self.update.item,
                    f"events[{place}].value.history[{index}]",
                    self.ticket,
                    odd,
                )

    def line(self, line: Any, *, born: bool) -> None:  # noqa: ANN401 - JSON types
        """Draft one message of a conversation."""
        what = line.get("type") if isinstance(line, dict) else None
        if not isinstance(what, str):
            problem = "no line of a kind"
            raise Unfit(problem)
        if what not in SPOKEN:
            self.desk.tally.left_out[what] += 1
            return
        at = of_epoch(line.get("timestamp"), 1000)
        if born and at < self.at:
            self.desk.tally.noted.note("before_creation", None, ticket=self.ticket)
            at = self.at
        person = native_id(line.get("actor_id")).removeprefix("agent:") or SYSTEM
        own = line.get("message_id")
        source = self.update.source if own is None else native_id(own)
        if own is not None and (self.ticket, source) in self.desk.seen:
            return  # a conversation that goes on is written again as a whole
        self.desk.seen.add((self.ticket, source))
        by = self.speaker(line, person, source)
        self.drafts.message(self.ticket, at, by, public=True, order=self.number)

    def speaker(self, line: Mapping[str, Any], person: str, source: str) -> By:
        """Return who speaks in a conversation; a bot is recognized by the source of its words."""
        kind = line.get("actor_type")
        original = line.get("original_message")
        origin = original.get("source") if isinstance(original, dict) else None
        said = origin.get("type") if isinstance(origin, dict) else None
        if (isinstance(said, str) and said in BOTS) or (
            isinstance(kind, str) and kind in AUTOMATIC
        ):
            return By("system", person, source)
        role: Role | None = self.desk.people.role(self.ticket, person, self.number)
        if role is None and isinstance(kind, str):
            role = ROLES.get(kind)
        return self.by(person, source) if role is None else By(role, person, source)

    def changes(self, parts: list[Part]) -> None:
        """Draft one transaction for each actor, in the order of the audit."""
        told: list[tuple[str | None, dict[str, Any]]] = []
        scores = []
        for _, name, value, part, place in parts:
            try:
                person = self.actor(part)
            except Unfit as odd:
                self.unread(place, odd)
                continue
            if name == "satisfaction_score":
                scores.append((person, value))
            elif told and told[-1][0] == person and name not in told[-1][1]:
                told[-1][1][name] = value
            else:  # a field that changes again begins another transaction
                told.append((person, {name: value}))
        for person, native in told:
            self.transaction(person, native)
        for person, score in scores:
            self.rating(person, score)

    def transaction(self, person: str | None, native: dict[str, Any]) -> None:
        """Draft what one actor changed at once."""
        fields = self.desk.fields(native, self.update.item, self.ticket)
        if not fields:
            return
        by = self.by(person)
        status, rank = fields.get("status"), CHANGE
        if status is not None and status.category == "closed" and self.merges(native):
            self.relation("merged_into", by, "to", "from")
            fields["status"], rank = MERGED, RELATION
        self.drafts.changed(self.ticket, self.at, by, fields=fields, order=self.number, rank=rank)

    def merges(self, native: Mapping[str, Any]) -> bool:
        """Return whether this audit closes the ticket because it was merged into another."""
        tags = native.get("tags")
        tagged = isinstance(tags, list | str) and MERGE_TAG in (
            tags.split() if isinstance(tags, str) else tags
        )
        return tagged or "merge" in (self.update.rel, self.update.channel)

    def satisfaction(self, part: Mapping[str, Any]) -> None:
        """Draft a satisfaction rating, unless a field of the same audit says it."""
        if part.get("body"):
            self.desk.tally.left_out["comment of a rating"] += 1
        if not any(each[:2] == ("Change", "satisfaction_score") for each in self.update.parts):
            self.rating(self.actor(part), part.get("score"))

    def rating(self, person: str | None, score: Any) -> None:  # noqa: ANN401 - JSON types
        """Draft the event of one score."""
        if score == "offered":
            self.requested(person)
        elif isinstance(score, str) and score in SCORES:
            self.rated(person, SCORES[score], (0, 1))
        elif score is not None and score not in ("", *NO_SCORES):
            said = score if isinstance(score, str) else type(score).__name__
            self.desk.tally.met("satisfaction score", said, "no rating")

    def requested(self, person: str | None) -> None:
        """Draft that a rating was asked for."""
        by = self.by(person)
        made = RatingRequested(
            ticket_id=self.ticket,
            at=self.at,
            role=by.role,
            actor=by.actor,
            source_id=by.source_id,
            kind="csat",
        )
        self.desk.asked.add(self.ticket)
        self.drafts.add(made, order=self.number)

    def rated(self, person: str | None, score: float, scale: tuple[int, int]) -> None:
        """Draft an answer."""
        by = self.by(person)
        made = Rated(
            ticket_id=self.ticket,
            at=self.at,
            role=by.role,
            actor=by.actor,
            source_id=by.source_id,
            kind="csat",
            score=score,
            scale=scale,
        )
        self.desk.rated.add(self.ticket)
        self.drafts.add(made, order=self.number)

    def answers(self, part: Mapping[str, Any]) -> None:
        """Draft the rating in the answers to a survey; answers in words are left out."""
        person = next(
            (native_id(part[key]) for key in ("responder_id", "requester_id") if part.get(key)),
            self.actor(part),
        )
        for score, most in survey_scores(part):
            self.rated(person, score, (1, most))
            return
        self.desk.tally.left_out["survey answer without a rating"] += 1


def survey_scores(survey: Mapping[str, Any]) -> Iterator[tuple[int, int]]:
    """Yield (score, highest score) of each rating in the answers to a survey."""
    answers = survey.get("answers") or survey.get("custom_survey_answers") or [survey]
    for answer in answers if isinstance(answers, list) else [answers]:
        if isinstance(answer, dict):
            yield from _score(answer)


def _score(answer: Mapping[str, Any]) -> Iterator[tuple[int, int]]:
    question = answer.get("question")
    options = question.get("options") if isinstance(question, dict) else None
    most = len(options) if isinstance(options, list) and len(options) > 1 else USUAL_SCALE
    try:
        score = whole_number(answer.get("rating") or answer.get("score"))
    except Unfit:
        return
    if 1 <= score <= most:
        yield score, most
