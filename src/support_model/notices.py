"""Notices: what comes due, who takes over and how the day stands, as messages for people.

`of_moment`, `of_decision` and `digest` make a `Notice` of the library's own answers: reasons,
not sentences. `slack`, `teams` and `mail` say it in the words of any catalogue and any zone and
return plain data: a Block Kit message, an Adaptive Card in the envelope that Teams workflows
accept, a subject and a text. The host sends it; nothing here does.

What users typed (ids, names, policies) is never read as markup: Slack gets rich text, whose texts
are literal, Teams text runs. What is longer than a service allows is shortened, and says so.

Sources: Block Kit and rich text blocks, https://docs.slack.dev/reference/block-kit; Adaptive Card
schema 1.4, https://adaptivecards.io/explorer; messages of Teams webhooks, 28 KB,
https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors.

Before this: `support_model.agenda`, `support_model.sla`. Next: `support_model.escalation`.
"""

from __future__ import annotations

import json
import re
from datetime import date, datetime
from hashlib import blake2s
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from attrs import define, field

from support_model._checks import must_be, must_be_several
from support_model._frozen import FrozenMap, frozen
from support_model._sentences import KINDS, local_instant
from support_model._time import instant, instant_of_reading, local_date, micros, timezone, utc
from support_model._vocabulary import SETTLED
from support_model.agenda import Moment
from support_model.errors import InvalidValue
from support_model.reasons import Reason, word
from support_model.routing import Decision
from support_model.sla import Evaluation, breach_queue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from zoneinfo import ZoneInfo

    from support_model._sentences import Catalogue
    from support_model.oncall import OnCall, Roster
    from support_model.sla import Clock, Due
    from support_model.tickets import Ticket

__all__ = [
    "Mail",
    "Notice",
    "NoticeList",
    "digest",
    "mail",
    "of_decision",
    "of_moment",
    "slack",
    "teams",
]

HEADER, BUTTON, VALUE, URL, ID = 150, 75, 2000, 3000, 255
"""The longest texts that Slack accepts in a header, a button, its value, its URL and an id."""
SUBJECT = 150
PREVIEW = 700
"""Characters of the text that a notification shows; escaped it has at most five times as many."""
MOST_CHARACTERS = 12_000
"""Characters in all blocks of one message of Slack."""
MOST_BYTES = 27_000
"""Bytes of a message to Teams as JSON; the service refuses more than 28 KB."""
JOIN = "\u2060"
"""The word joiner: it is not seen, and no markup goes across it."""
_LINK = re.compile(r"https?://[^\s<>|\"'\\^`\x00-\x20]{1,1000}", re.ASCII)
_SLACK_USER = re.compile(r"[UW][A-Z0-9]{1,30}", re.ASCII)
_NAME = re.compile(r"[\w .'-]{1,100}")
_UNSEEN = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_LONE = re.compile("[\ud800-\udfff]")
_MARKUP = re.compile("<(?=[!@#])")
_FUNCTION = re.compile(r"\{(?=\{)")
_WORD = re.compile(r"[^a-z0-9]+")
_SAFE = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")

Payload: TypeAlias = "dict[str, Any]"
"""A message as JSON has it: plain dicts, lists, texts and numbers."""
Row: TypeAlias = "tuple[str | None, Reason]"
Named: TypeAlias = tuple[str, str]


@frozen(kw_only=True)
class NoticeList:
    """Rows under a heading, such as what is due today.

    Attributes:
        title: the heading.
        rows: each the ticket that it is about, None for none, and what to say of it.
        hidden: how many further rows there are.
    """

    title: Reason
    rows: tuple[Row, ...]
    hidden: int = 0


@frozen(kw_only=True)
class Notice:
    """What people should hear, before it is said in a language or sent anywhere.

    Attributes:
        kind: a kind of moment, "decision" or "digest".
        subject: the ticket; of a handoff the on-call plan; of a digest nothing.
        at: when it came due, was decided, or was counted.
        title: one sentence.
        facts: what goes with it: the code of a label, such as "head_why", and the value.
        recipients: whom to tell, or who takes over, by the library's ids.
        lists: rows under headings.
        ticket: the ticket to link to; None for none.
        key: the moment's key as text: a host sends each once.
        data: what else a program may want of it, such as the metric and the policy.

    Example:
        >>> from datetime import UTC, datetime
        >>> at = datetime(2026, 3, 2, 17, tzinfo=UTC)
        >>> why = Reason.of("nobody")
        >>> notice = Notice(kind="gap", subject="primary", at=at, title=why, key="k")
        >>> mail(notice).subject
        'Nobody'
    """

    kind: str
    subject: str
    at: datetime = field(converter=utc)
    title: Reason
    facts: tuple[tuple[str, Reason], ...] = ()
    recipients: tuple[str, ...] = ()
    lists: tuple[NoticeList, ...] = ()
    ticket: str | None = None
    key: str = ""
    data: Mapping[str, Any] = field(factory=FrozenMap, hash=False)


@frozen
class Mail:
    """A message of plain text: its subject is one line."""

    subject: str
    text: str


class _Size(NamedTuple):
    """How much of a notice a message says: how many of each, and how long a text is."""

    rows: int
    longest: int
    facts: int
    lists: int
    names: int
    links: bool = True


SIZES = (
    _Size(1000, 3000, 20, 40, 100),
    _Size(50, 1000, 20, 40, 100),
    _Size(20, 400, 20, 10, 50),
    _Size(10, 150, 20, 10, 20),
    _Size(2, 40, 10, 3, 10, links=False),
)
"""From the most to what always fits."""


OF_PLANS = frozenset({"handoff", "gap"})
"""The kinds of moments whose subject is an on-call plan, not a ticket."""


def of_moment(moment: Moment, *, clock: Clock | None = None) -> Notice:
    """Return the notice of something that came due: a warning, a breach, a step, a handoff.

    Args:
        moment: of any agenda.
        clock: the clock that it is about, whose state is then said too.

    Raises:
        InvalidValue: no moment.

    Example:
        >>> from datetime import UTC, datetime
        >>> at = datetime(2026, 3, 2, 17, tzinfo=UTC)
        >>> why = Reason.of("on_call_starts", taker=["mia"])
        >>> turn = Moment(at=at, key=("p", 1), kind="handoff", subject="primary", reason=why,
        ...               recipients=["mia"])
        >>> print(mail(of_moment(turn), tz="Europe/Berlin").text)
        Why: mia goes on call
        Who: mia
        When: Mon 2026-03-02 18:00 Europe/Berlin
    """
    must_be(Moment, moment, "no moment", "give one of agenda.through(now)")
    data = {
        "metric": moment.metric,
        "policy": moment.policy,
        "plan": moment.plan,
        "level": moment.level,
        "action": moment.action,
    }
    facts: list[tuple[str, Reason]] = [("head_why", moment.reason)]
    if clock is not None and clock.last is not None:
        facts.append(("head_clock", clock.last.said))
    if moment.action is not None:
        facts.append(("head_action", Reason.of("notice_action", action=moment.action)))
    if moment.plan is not None:
        facts.append(("head_plan", Reason.of("notice_name", name=moment.plan)))
    facts.append(("head_when", Reason.of("notice_at", at=moment.at)))
    return Notice(
        kind=moment.kind,
        subject=moment.subject,
        at=moment.at,
        title=Reason.of("notice_title", kind=moment.kind, subject=moment.subject),
        facts=tuple(facts),
        recipients=moment.recipients,
        ticket=None if moment.kind in OF_PLANS else moment.subject,
        key=moment.key_text,
        data={name: value for name, value in data.items() if value is not None},
    )


def of_decision(decision: Decision) -> Notice:
    """Return the notice of who takes a ticket, or that nobody can, why and when to ask again.

    Raises:
        InvalidValue: no decision.

    Example:
        >>> from datetime import UTC, datetime
        >>> from support_model.lines import Agent
        >>> from support_model.routing import QueuedTicket, Routing, route
        >>> at = datetime(2026, 3, 2, 9, tzinfo=UTC)
        >>> ticket = QueuedTicket(id="T1", channel="chat", queued_at=at)
        >>> mail(of_decision(route(ticket, [Agent(id="ann")], {}, Routing(), as_of=at))).subject
        'T1: ann takes it'
    """
    must_be(Decision, decision, "no decision", "give what route returns")
    agent, retry = decision.agent, decision.retry_at
    if agent is not None:
        outcome = Reason.of("decision_taken", agent=agent)
    elif decision.reasons:
        outcome = Reason.of("decision_needless")
    else:
        outcome = Reason.of("decision_stuck" if retry is None else "notice_nobody_now")
    facts: list[tuple[str, Reason]] = []
    if decision.reasons:
        facts.append(("head_why", Reason.of("listed_reasons", reasons=decision.reasons)))
    elif agent is None:
        ordered = sorted(decision.counts.items(), key=lambda row: (-row[1], row[0]))
        rows = [Reason.of("rejected_count", rejected=code, n=n) for code, n in ordered]
        facts += [("head_why", Reason.of("listed_rows", listed=rows))] if rows else []
    if retry is not None:
        facts.append(("head_ask_again", Reason.of("notice_at", at=retry)))
    facts.append(("head_when", Reason.of("notice_at", at=decision.as_of)))
    return Notice(
        kind="decision",
        subject=decision.ticket_id,
        at=decision.as_of,
        title=Reason.of("decision", ticket=decision.ticket_id, outcome=outcome),
        facts=tuple(facts),
        recipients=() if agent is None else (agent,),
        ticket=decision.ticket_id,
        key=json.dumps([decision.ticket_id, "decision", decision.as_of.isoformat()]),
    )


def digest(
    evaluations: Iterable[Evaluation],
    *,
    as_of: datetime,
    tz: str | ZoneInfo = "UTC",
    on_call: Iterable[OnCall | Roster] = (),
    most: int = 10,
) -> Notice:
    """Return how a day stands: counts, what is due today, who waits longest, who is on call.

    Counted are tickets: a clock past its due and another that falls due today count for both.

    Args:
        evaluations: the tickets, each as of `as_of`; those that are settled or void count nowhere.
        as_of: now.
        tz: whose midnight ends the day, and the clock of what is said.
        on_call: the plans of which to say who is on call.
        most: how many rows a list shows; the rest is counted.

    Raises:
        InvalidValue: something else than evaluations or plans.

    Example:
        >>> from datetime import UTC, datetime
        >>> notice = digest([], as_of=datetime(2026, 3, 2, 7, tzinfo=UTC), tz="Europe/Berlin")
        >>> print(mail(notice).subject)
        Support on 2026-03-02
        >>> print(mail(notice).text)
        Open tickets: 0
        Past due: 0
        Due today: 0
        Unassigned: 0
        When: Mon 2026-03-02 08:00 Europe/Berlin
    """
    must_be_several(evaluations, "evaluations", "give a list of what evaluate returns")
    zone, now = timezone(tz), micros(as_of)
    day = local_date(zone, now)
    midnight = instant_of_reading(zone, day + 1, 0)
    live = [each for each in evaluations if _is_live(each)]
    queue = [due for due in breach_queue(live) if micros(due.due_at) < midnight]
    tickets = [each.ticket for each in live]
    lists = (
        _listed("head_queue", [_due(due, zone) for due in queue], most),
        _listed("head_waiting", _waiting(tickets, zone), most),
        _listed("head_on_call", [_on_call(plan, as_of) for plan in on_call], most),
    )
    at = Reason.of("notice_at", at=instant(now).astimezone(zone))
    return Notice(
        kind="digest",
        subject="",
        at=as_of,
        title=Reason.of("notice_digest", date=date.fromordinal(day)),
        facts=(*_counts(tickets, queue), ("head_when", at)),
        lists=tuple(filter(None, lists)),
        key=json.dumps(["digest", date.fromordinal(day).isoformat()]),
    )


def _counts(tickets: Sequence[Ticket], queue: Iterable[Due]) -> Iterator[tuple[str, Reason]]:
    """Yield how many tickets are open, past their due, due today and with nobody."""
    dues = [(due.breached, due.ticket_id) for due in queue]
    counts = {
        "head_open": len(tickets),
        "head_past_due": len({ticket for breached, ticket in dues if breached}),
        "head_due_today": len({ticket for breached, ticket in dues if not breached}),
        "head_unassigned": sum(ticket.agent is None for ticket in tickets),
    }
    for label, n in counts.items():
        yield label, Reason.of("notice_count", n=n)


def _is_live(evaluation: Evaluation) -> bool:
    must_be(Evaluation, evaluation, "no evaluation", "give what evaluate returns")
    ticket = evaluation.ticket
    return ticket.category not in SETTLED | {"void"} and ticket.merged_into is None


def _due(due: Due, zone: ZoneInfo) -> Row:
    code = "notice_past_due" if due.breached else "notice_due"
    at = due.due_at.astimezone(zone)
    return due.ticket_id, Reason.of(code, metric=due.metric, policy=due.policy, at=at)


def _waiting(tickets: Iterable[Ticket], zone: ZoneInfo) -> list[Row]:
    """Return the tickets whose customer waits for an answer, the longest first."""
    waits = [(each.waiting_since, each.id) for each in tickets if each.waiting_since is not None]
    return [
        (ticket, Reason.of("notice_waiting", at=since.astimezone(zone)))
        for since, ticket in sorted(waits)
    ]


def _on_call(plan: OnCall | Roster, as_of: datetime) -> Row:
    if not hasattr(plan, "who"):
        raise InvalidValue(plan, "no on-call plan", "give an OnCall or a Roster")
    crew = sorted(plan.who(as_of))
    who = crew or Reason.of("nobody")
    return None, Reason.of("notice_on_call", plan=plan.name, who=who)


def _listed(label: str, rows: list[Row], most: int) -> NoticeList | None:
    if not rows:
        return None
    return NoticeList(
        title=Reason.of(label), rows=tuple(rows[:most]), hidden=max(0, len(rows) - most)
    )


@frozen
class _Said:
    """A notice in words.

    `facts` are (label, value), `who` (label, names), `lists` (title, rows, what is hidden). A
    name and the ticket of a row are (as it is, as it is said). `cut` says that something was
    shortened or left out; `links` tells whether rows have links.
    """

    title: str
    facts: tuple[tuple[str, str], ...]
    who: tuple[str, tuple[Named, ...]]
    lists: tuple[tuple[str, tuple[tuple[Named | None, str], ...], str], ...]
    cut: str
    links: bool


@frozen
class _Voice:
    """In which words and on which clock a notice is said."""

    catalogue: Mapping[str, str] | None = field(hash=False)
    tz: ZoneInfo | None

    def text(self, reason: Reason) -> str:
        """Return a reason as one line of clean text that begins with a capital."""
        said = clean(
            (reason if self.tz is None else _in_zone(reason, self.tz)).text(self.catalogue)
        )
        return said[:1].upper() + said[1:]

    def plain(self, reason: Reason) -> str:
        """Return a reason as one line of clean text."""
        return clean(
            (reason if self.tz is None else _in_zone(reason, self.tz)).text(self.catalogue)
        )


def _voice(catalogue: Catalogue | None, tz: str | ZoneInfo | None) -> _Voice:
    return _Voice(catalogue, None if tz is None else timezone(tz))


def _in_zone(reason: Reason, tz: ZoneInfo) -> Reason:
    """Return a reason whose instants are of one zone; readings stand beside their zone's name."""
    return Reason.of(
        reason.code,
        **{
            name: value if KINDS.get(name) in {"reading", "local"} else _moved(value, tz)
            for name, value in reason.params
        },
    )


def _moved(value: object, tz: ZoneInfo) -> object:
    if isinstance(value, Reason):
        return _in_zone(value, tz)
    if isinstance(value, tuple):
        return tuple(_moved(each, tz) for each in value)
    found = local_instant(value) if isinstance(value, str) else None
    return value if found is None else found[0].astimezone(tz)


def clean(text: str) -> str:
    r"""Return a text as one line that shows what it holds: no control or direction characters.

    Example:
        >>> clean("T1\r\nBcc: all")
        'T1 Bcc: all'
    """
    return _LONE.sub("\ufffd", _UNSEEN.sub("", _CONTROL.sub(" ", text))).strip()


def shortened(text: str, longest: int) -> str:
    """Return a text of at most so many characters, as JavaScript counts them; "…" ends a cut one.

    Example:
        >>> shortened("service level", 9), shortened("service", 9)
        ('service …', 'service')
    """
    if len(text) <= longest and _length(text) <= longest:
        return text
    kept = text[: longest - 1]
    while _length(kept) > longest - 1:
        kept = kept[:-1]
    return f"{kept}…"


def _length(text: str) -> int:
    return len(text) + sum(char > "\uffff" for char in text)


def _said(notice: Notice, voice: _Voice, size: _Size) -> _Said:
    """Return a notice in words, at a size."""
    longest = size.longest
    parts = (
        (notice.lists, size.lists),
        (notice.facts, size.facts),
        (notice.recipients, size.names),
    )
    cut = _Cut(any(len(each) > most for each, most in parts))

    def label(code: str) -> str:
        return shortened(voice.text(Reason.of(code)), min(longest, 100))

    lists = []
    for each in notice.lists[: size.lists]:
        hidden = each.hidden + max(0, len(each.rows) - size.rows)
        shown = tuple(
            (
                None if ticket is None else (ticket, shortened(clean(ticket), min(longest, 200))),
                cut.text(voice.plain(reason), min(longest, 500)),
            )
            for ticket, reason in each.rows[: size.rows]
        )
        more = voice.plain(Reason.of("more_rows", n=hidden)) if hidden else ""
        lists.append((cut.text(voice.text(each.title), longest), shown, more))
    facts = [
        (label(code), cut.text(voice.plain(value), longest))
        for code, value in notice.facts[: size.facts]
    ]
    names = notice.recipients[: size.names]
    who = [(name, cut.text(clean(name), min(longest, 100))) for name in names]
    title = cut.text(voice.text(notice.title), HEADER)
    return _Said(
        title=title,
        facts=tuple(facts),
        who=(label("head_who"), tuple(who)),
        lists=tuple(lists),
        cut=voice.text(Reason.of("notice_shortened")) if cut.made else "",
        links=size.links,
    )


@define
class _Cut:
    """Whether anything was shortened."""

    made: bool

    def text(self, text: str, longest: int) -> str:
        """Return a text, shortened where it must be."""
        short = shortened(text, longest)
        self.made = self.made or short != text
        return short


def _fitting(
    notice: Notice,
    voice: _Voice,
    write: Callable[[_Said], Payload],
    fits: Callable[[Payload], bool],
) -> Payload:
    """Return the fullest message that fits."""
    payload: Payload = {}
    for size in SIZES:
        payload = write(_said(notice, voice, size))
        if fits(payload):
            break
    return payload


def _url(link: str | None, ticket: str | None) -> str | None:
    """Return the address of a ticket; what would be too long is left out.

    Raises:
        InvalidValue: the template is no web address, or has no place for the ticket.
    """
    if link is None:
        return None
    if not isinstance(link, str) or "{ticket}" not in link:
        remedy = "write https://desk.example.org/tickets/{ticket}"
        raise InvalidValue(link, "no place for the ticket in the link", remedy)
    if not _LINK.fullmatch(link.replace("{ticket}", "T")):
        raise InvalidValue(link, "no web address", "write https://...{ticket}")
    if not ticket or len(ticket) > URL:
        return None
    quoted = "".join(
        chr(byte) if byte in _SAFE else f"%{byte:02X}" for byte in _LONE.sub("", ticket).encode()
    )
    url = link.replace("{ticket}", quoted)
    return url if len(url) <= URL else None


def _value(notice: Notice) -> str:
    """Return the key of a notice, or a hash of one that is too long for a button."""
    if len(notice.key) <= VALUE:
        return notice.key
    return f"blake2s:{blake2s(notice.key.encode('utf-8', 'replace')).hexdigest()}"


def slack(
    notice: Notice,
    *,
    catalogue: Catalogue | None = None,
    tz: str | ZoneInfo | None = None,
    link: str | None = None,
    people: Mapping[str, str] = FrozenMap({}),
    channel: str | None = None,
    thread_ts: str | None = None,
    buttons: Iterable[str] = (),
) -> Payload:
    """Return a notice as a message of Slack: arguments of `chat.postMessage`, or of a webhook.

    Its texts are rich text, which Slack reads as they are, so that no id or name of a user can
    mention a channel or become a format; `text`, which notifications show, is escaped.

    Args:
        notice: what to say.
        catalogue: the words, by default English.
        tz: the zone in which instants are said; by default each in its own.
        link: the address of a ticket, with `{ticket}` in its place.
        people: the Slack ids (`U...`) of people whom to mention, by the library's ids.
        channel: where to send it.
        thread_ts: the thread to answer in.
        buttons: actions to offer, such as "acknowledge": `action_id` is the action, the value
            the notice's key. The one that opens the ticket is "open_ticket".

    Raises:
        InvalidValue: no notice, or no link.

    Example:
        >>> from datetime import UTC, datetime
        >>> at = datetime(2026, 3, 2, 17, tzinfo=UTC)
        >>> late = Notice(kind="breach", subject="<!channel>", at=at, ticket="<!channel>",
        ...               title=Reason.of("notice_title", kind="breach", subject="<!channel>"))
        >>> slack(late)["text"]
        'Breach: &lt;!channel&gt;'
    """
    voice, url = _voice(catalogue, tz), _url(link, notice.ticket if _is_notice(notice) else None)
    offered = [(name, clean(word("action", name, catalogue))) for name in dict.fromkeys(buttons)]

    def write(said: _Said) -> Payload:
        blocks = [
            {"type": "header", "text": _plain_text(said.title, HEADER)},
            *_slack_facts(said, people),
            *_slack_lists(said, link),
            *_slack_buttons(notice, voice, url, offered),
        ]
        if said.cut:
            blocks.append({"type": "context", "elements": [_plain_text(said.cut, 500)]})
        return {"blocks": blocks}

    sized = _fitting(notice, voice, write, lambda made: _characters(made) <= MOST_CHARACTERS)
    first = next((voice.plain(value) for _, value in notice.facts), "")
    preview = ": ".join(filter(None, [voice.text(notice.title), first]))
    if notice.kind == "digest":
        preview = voice.text(notice.title)
    where = {"channel": channel, "thread_ts": thread_ts}
    return {
        **{key: value for key, value in where.items() if value is not None},
        "text": escaped(shortened(preview, PREVIEW)),
        **sized,
        "metadata": _metadata(notice),
        "unfurl_links": False,
        "unfurl_media": False,
    }


def _characters(payload: Payload) -> int:
    return len(json.dumps(payload, ensure_ascii=False))


def _is_notice(notice: object) -> bool:
    must_be(Notice, notice, "no notice", "make one by of_moment, of_decision or digest")
    return True


def escaped(text: str) -> str:
    """Return a text as Slack's markup writes it, so that it is nothing but text.

    Example:
        >>> escaped("a < b & <!here>")
        'a &lt; b &amp; &lt;!here&gt;'
    """
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _literal(text: str) -> str:
    """Return a text for a place that knows no markup, in which none is begun all the same."""
    return _MARKUP.sub(f"<{JOIN}", text)


def _plain_text(text: str, longest: int) -> Payload:
    return {
        "type": "plain_text",
        "text": shortened(_literal(text) or " ", longest),
        "emoji": False,
    }


def _run(text: str, *, bold: bool = False) -> Payload:
    return {"type": "text", "text": _literal(text), **({"style": {"bold": True}} if bold else {})}


def _slack_facts(said: _Said, people: Mapping[str, str]) -> Iterator[Payload]:
    """Yield the block of the facts, a line for each."""
    lines: list[list[Payload]] = [
        [_run(f"{label}: ", bold=True), _run(value or "-")] for label, value in said.facts
    ]
    label, names = said.who
    if names:
        who = [part for name in names for part in (_run(", "), _slack_name(name, people))][1:]
        lines.insert(min(1, len(lines)), [_run(f"{label}: ", bold=True), *who])
    if lines:
        parts = [part for line in lines for part in (_run("\n"), *line)][1:]
        section = {"type": "rich_text_section", "elements": parts}
        yield {"type": "rich_text", "elements": [section]}


def _slack_lists(said: _Said, link: str | None) -> Iterator[Payload]:
    """Yield a block for each list."""
    for title, rows, more in said.lists:
        shown = [_slack_row(ticket, text, link if said.links else None) for ticket, text in rows]
        if more:
            shown.append({"type": "rich_text_section", "elements": [_run(more)]})
        head = {"type": "rich_text_section", "elements": [_run(title, bold=True)]}
        listed = {"type": "rich_text_list", "style": "bullet", "elements": shown}
        yield {"type": "rich_text", "elements": [head, *([listed] if shown else [])]}


def _slack_name(name: Named, people: Mapping[str, str]) -> Payload:
    user = people.get(name[0])
    if isinstance(user, str) and _SLACK_USER.fullmatch(user):
        return {"type": "user", "user_id": user}
    return _run(name[1] or "-")


def _slack_row(ticket: Named | None, text: str, link: str | None) -> Payload:
    head: list[Payload] = []
    if ticket and ticket[1]:
        url, own = _url(link, ticket[0]), _literal(ticket[1])
        head = [_run(own) if url is None else {"type": "link", "url": url, "text": own}]
        head.append(_run(": "))
    return {"type": "rich_text_section", "elements": [*head, _run(text or "-")]}


def _slack_buttons(
    notice: Notice, voice: _Voice, url: str | None, offered: Iterable[tuple[str, str]]
) -> Iterator[Payload]:
    """Yield the block of buttons, if there are any."""
    buttons: list[Payload] = [
        {
            "type": "button",
            "text": _plain_text(text[:1].upper() + text[1:], BUTTON),
            "action_id": shortened(name, ID),
            "value": _value(notice),
        }
        for name, text in offered
    ][:24]
    if url is not None:
        text = voice.text(Reason.of("notice_open"))
        open_it = {"type": "button", "text": _plain_text(text, BUTTON), "action_id": "open_ticket"}
        buttons.append({**open_it, "url": url})
    if buttons:
        yield {"type": "actions", "elements": buttons}


def _metadata(notice: Notice) -> Payload:
    """Return what a program reads of a message: the key by which it was sent once."""
    payload = {
        "key": _value(notice),
        "kind": notice.kind,
        "subject": shortened(clean(notice.subject), VALUE),
        "at": notice.at.isoformat(),
        **{
            name: shortened(clean(value), VALUE) if isinstance(value, str) else value
            for name, value in notice.data.items()
        },
    }
    return {
        "event_type": f"support_{_WORD.sub('_', notice.kind.lower())}",
        "event_payload": payload,
    }


def teams(
    notice: Notice,
    *,
    catalogue: Catalogue | None = None,
    tz: str | ZoneInfo | None = None,
    link: str | None = None,
    people: Mapping[str, str] = FrozenMap({}),
) -> Payload:
    """Return a notice as a message of Microsoft Teams: a card as workflows and bots accept it.

    Its texts are text runs, which know no Markdown; only a mention is a block of text.

    Args:
        notice: what to say.
        catalogue: the words, by default English.
        tz: the zone in which instants are said; by default each in its own.
        link: the address of a ticket, with `{ticket}` in its place.
        people: the principal names or object ids of people whom to mention, by the library's
            ids.

    Raises:
        InvalidValue: no notice, or no link.

    Example:
        >>> from datetime import UTC, datetime
        >>> at = datetime(2026, 3, 2, 17, tzinfo=UTC)
        >>> gap = Notice(kind="gap", subject="primary", at=at, title=Reason.of("on_call_nobody"))
        >>> card = teams(gap)["attachments"][0]["content"]
        >>> card["type"], card["version"], card["body"][0]["inlines"][0]["text"]
        ('AdaptiveCard', '1.4', 'Nobody is on call')
    """
    voice, url = _voice(catalogue, tz), _url(link, notice.ticket if _is_notice(notice) else None)

    def write(said: _Said) -> Payload:
        mentions = _mentions(said.who[1], people)
        card: Payload = {
            "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
            "type": "AdaptiveCard",
            "version": "1.4",
            "fallbackText": _unread(said.title),
            "body": [*_teams_facts(said, mentions), *_teams_lists(said, link)],
        }
        if url is not None:
            text = _unread(voice.text(Reason.of("notice_open")))
            card["actions"] = [{"type": "Action.OpenUrl", "title": text, "url": url}]
        entities = {"entities": [*mentions.values()]} if mentions else {}
        card["msteams"] = {"width": "Full", **entities}
        form = "application/vnd.microsoft.card.adaptive"
        attachment = {"contentType": form, "contentUrl": None, "content": card}
        summary = _unread(said.title)
        return {"type": "message", "summary": summary, "attachments": [attachment]}

    return _fitting(notice, voice, write, lambda made: len(json.dumps(made)) <= MOST_BYTES)


def _mentions(names: Iterable[Named], people: Mapping[str, str]) -> dict[str, Payload]:
    """Return the mention of each person who has an id and a name that needs no escape."""
    return {
        name: {
            "type": "mention",
            "text": f"<at>{name}</at>",
            "mentioned": {"id": people[name], "name": name},
        }
        for name, _ in names
        if people.get(name) and _NAME.fullmatch(name) and "_" not in name
    }


def _unread(text: str) -> str:
    """Return a text in which no function of a card, such as {{DATE()}}, is found."""
    return _FUNCTION.sub(f"{{{JOIN}", text)


def _teams_run(text: str, **more: object) -> Payload:
    return {"type": "TextRun", "text": _unread(text), **more}


def _teams_line(*runs: Payload, **more: object) -> Payload:
    return {"type": "RichTextBlock", "inlines": [*runs], **more}


def _teams_facts(said: _Said, mentions: Mapping[str, Payload]) -> Iterator[Payload]:
    """Yield the title, a line for each fact, and who is mentioned."""
    yield _teams_line(_teams_run(said.title or "-", size="Large", weight="Bolder"))
    for label, value in said.facts:
        yield _teams_line(
            _teams_run(f"{label}: ", weight="Bolder"), _teams_run(value or "-"), spacing="Small"
        )
    label, names = said.who
    plain = ", ".join(shown for name, shown in names if name not in mentions)
    if plain:
        yield _teams_line(_teams_run(f"{label}: ", weight="Bolder"), _teams_run(plain))
    if mentions:
        text = ", ".join(each["text"] for each in mentions.values())
        yield {"type": "TextBlock", "text": text, "wrap": True}


def _teams_lists(said: _Said, link: str | None) -> Iterator[Payload]:
    """Yield the rows of each list, and what was shortened."""
    for title, rows, more in said.lists:
        yield _teams_line(_teams_run(title, weight="Bolder"), separator=True, spacing="Medium")
        for ticket, text in rows:
            own = link if said.links else None
            yield _teams_line(*_teams_row(ticket, text, own), spacing="Small")
        if more:
            yield _teams_line(_teams_run(more, isSubtle=True), spacing="Small")
    if said.cut:
        yield _teams_line(_teams_run(said.cut, isSubtle=True, size="Small"))


def _teams_row(ticket: Named | None, text: str, link: str | None) -> Iterator[Payload]:
    if ticket and ticket[1]:
        url = _url(link, ticket[0])
        action = {} if url is None else {"selectAction": {"type": "Action.OpenUrl", "url": url}}
        yield _teams_run(ticket[1], **action)
        yield _teams_run(": ")
    yield _teams_run(text or "-")


def mail(
    notice: Notice,
    *,
    catalogue: Catalogue | None = None,
    tz: str | ZoneInfo | None = None,
    link: str | None = None,
) -> Mail:
    """Return a notice as a message of plain text: a subject of one line, and lines.

    Args:
        notice: what to say.
        catalogue: the words, by default English.
        tz: the zone in which instants are said; by default each in its own.
        link: the address of a ticket, with `{ticket}` in its place.

    Raises:
        InvalidValue: no notice, or no link.
    """
    voice, url = _voice(catalogue, tz), _url(link, notice.ticket if _is_notice(notice) else None)
    said = _said(notice, voice, SIZES[0])
    lines = [f"{label}: {value}" for label, value in said.facts]
    label, names = said.who
    if names:
        lines.insert(min(1, len(lines)), f"{label}: {', '.join(shown for _, shown in names)}")
    lines += _mail_lists(said, link)
    if url is not None:
        lines += ["", f"{voice.text(Reason.of('notice_open'))}: {url}"]
    lines += ["", said.cut] if said.cut else []
    return Mail(shortened(said.title, SUBJECT), "\n".join(lines))


def _mail_lists(said: _Said, link: str | None) -> Iterator[str]:
    """Yield the lines of each list."""
    for title, rows, more in said.lists:
        yield from ("", title)
        for ticket, text in rows:
            url = None if ticket is None else _url(link, ticket[0])
            head = "" if ticket is None else f"{ticket[1]}: "
            yield f"- {head}{text}{'' if url is None else f' {url}'}"
        if more:
            yield f"- {more}"
