"""Did one contact do: first contact resolution, repeat contacts, self-service, bots.

First contact resolution is four numbers that share a name; each is a KPI of its own here. What
needs to be followed for a while leaves out what could not be, and what needs to know who asked
leaves out unknown and shared requesters.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from math import inf
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from attrs import field

from support_model._frozen import frozen
from support_model._kpi import plain_figures
from support_model._kpi.expressions import (
    AS_OF,
    CONTACT,
    CREATED_BY,
    FIRST_SOLVE,
    NEVER_REOPENED,
    POPULATION,
    SOLVED,
    UNKNOWN,
    UNKNOWN_ACTED,
    UNKNOWN_WROTE,
    All,
    CameBack,
    Constant,
    Count,
    Distinct,
    Entries,
    Fact,
    FieldNow,
    Later,
    Rules,
)
from support_model._kpi.facts import DONE
from support_model._kpi.measures import ShareKpi
from support_model._kpi.plain import PlainFacts
from support_model._kpi.sources import Columnar, records_of, source_of
from support_model._short_texts import short_repr
from support_model._tables import interval_text, pairs_html, percent, value_text
from support_model._time import between, micros, micros_of, not_negative, term_text, utc
from support_model.errors import InvalidValue
from support_model.figures import Share

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime, timedelta

    from support_model._kpi.expressions import Expression
    from support_model._kpi.facts import Facts
    from support_model._kpi.sources import AnyFacts


Key = TypeVar("Key")
Contact = TypeVar("Contact")


def _of_resolved(
    key: str, definition: str, holds: Expression, *, messages: bool = True
) -> ShareKpi:
    """Return a KPI over tickets that are solved and had a contact of the customer.

    One that counts `messages` leaves out those of people whose role nobody told.
    """
    judge = Rules(
        (
            *(((UNKNOWN_WROTE.known, "unknown_people"),) if messages else ()),
            (~CONTACT.known, NO_CONTACT),
            (~SOLVED, "unsolved"),
        ),
        holds,
    )
    return ShareKpi(
        key=key,
        definition=f"{definition}, of tickets solved with a contact of the customer",
        judge=judge,
        history=True,
    )


NO_CONTACT = Rules(((UNKNOWN_WROTE.known, "unknown_people"),), "no_contact")


def no_handoff(handoff: Collection[Literal["group", "agent"]] = ("group", "agent")) -> ShareKpi:
    """Return first contact resolution (c): at most one known owner, and never reopened.

    Args:
        handoff: what a change of owner is a change of; unknown owners do not count.

    Raises:
        InvalidValue: an owner that is neither.

    Example:
        >>> no_handoff(["group"]).key
        'fcr_no_handoff'
    """
    for name in handoff:
        if name not in {"group", "agent"}:
            raise InvalidValue(name, "unknown kind of owner", "write 'group' or 'agent'")

    owners = tuple(Distinct(f"{name}s").at_most(1) for name in handoff)
    holds = All((NEVER_REOPENED, *owners))
    definition = f"at most one known {' and '.join(handoff)} and never reopened"
    return _of_resolved("fcr_no_handoff", definition, holds, messages=False)


def _check_shared(shared: Collection[str]) -> None:
    if isinstance(shared, str):
        raise InvalidValue(shared, "shared is a collection of requesters", f"write [{shared!r}]")


def _requester(requester: Any, shared: Collection[str] = ()) -> str | None:  # noqa: ANN401 - a field
    """Return a requester; None where it is unknown or shared by several people."""
    return None if requester in UNKNOWN or requester in shared else requester


_CREATED_BY_CUSTOMERS = (*POPULATION, (~CREATED_BY.is_in("customer"), None))
_CONTACTS = Rules(_CREATED_BY_CUSTOMERS, Constant(value=True))
"""The tickets that customers created."""


def _instants(keyed: Iterable[tuple[Key, int]]) -> dict[Key, list[int]]:
    """Return the instants of each key, ascending."""
    instants: dict[Key, list[int]] = defaultdict(list)
    for key, at in keyed:
        instants[key].append(at)
    for ascending in instants.values():
        ascending.sort()
    return instants


def _plain_contacts(
    facts: PlainFacts, shared: Collection[str]
) -> dict[tuple[Any, Any], list[int]]:
    """Return when each requester made contact on each topic."""
    requesters, topics = facts.field("requester"), facts.field("topic")
    created = facts.scalar("created")
    return _instants(
        ((requesters[place], topics[place]), created[place])
        for place, _ in plain_figures.asked_of_each(facts, _CONTACTS)
        if _requester(requesters[place], shared) is not None
    )


def _any_until(end: int, ascending: Sequence[int], place: int) -> bool:
    """Return whether any of some instants, from a place on, is not after the end."""
    return place < len(ascending) and ascending[place] <= end


def no_repeat(facts: AnyFacts, *, within: timedelta, shared: Collection[str] = ()) -> Share:
    """Return first contact resolution (d): the requester did not come back after the solution.

    To come back is to reopen the ticket or to open another one on the same topic. All tickets
    that could not be followed for so long are immature, also those that failed already.

    Args:
        facts: all tickets of the log, as further contacts are sought among them.
        within: how long to follow each ticket from its first solution; its end counts.
        shared: requesters that are several people.

    Raises:
        InvalidValue: a negative time, no duration, or requesters given as one text.

    Example:
        >>> from datetime import timedelta
        >>> no_repeat([], within=timedelta(days=7)).value is None
        True
    """
    not_negative(within)
    _check_shared(shared)
    contacts: dict[tuple[Any, Any], list[int]] = {}
    records = source_of(facts)
    if isinstance(records, PlainFacts):
        contacts = _plain_contacts(records, shared)
    elif not isinstance(records, Columnar):
        facts = tuple(records)
        contacts = _instants(
            ((requester, ticket.fields.get("topic")), micros(ticket.created))
            for ticket in facts
            if _CONTACTS(ticket) is True
            and (requester := _requester(ticket.fields.get("requester"), shared)) is not None
        )
    end = Later(FIRST_SOLVE, within, bounded=True)
    reopened = Count(Entries("reopenings", until=end)).above(
        Count(Entries("reopenings", until=FIRST_SOLVE))
    )
    judge = Rules(
        (
            (~CONTACT.known, NO_CONTACT),
            (~FIRST_SOLVE.known, "unsolved"),
            (FieldNow("requester").is_in(*UNKNOWN, *shared), "unknown_requester"),
            (end.above(AS_OF), "immature"),
        ),
        ~(CameBack(FIRST_SOLVE, end, contacts, tuple(shared)) | reopened),
    )
    definition = (
        "not reopened, and no new ticket of the same requester and topic, within "
        f"{term_text(within)} of the first solution, of tickets followed for so long"
    )
    measure = ShareKpi(key="fcr_no_repeat", definition=definition, judge=judge, history=True)
    return measure.of(facts)


@frozen(kw_only=True)
class Repeats:
    """Repeat contacts, and the chains that they form.

    Attributes:
        share: contacts with an earlier one of the same requester and topic, of all contacts.
        chains: how many chains of two or more contacts there are.
        longest_chain: how many contacts the longest chain has, counting single ones.
    """

    share: Share
    chains: int
    longest_chain: int

    __repr__ = short_repr

    def row(self) -> dict[str, Any]:
        """Return the share as one row of plain values, with the chains."""
        chains = {"chains": self.chains, "longest_chain": self.longest_chain}
        return {**self.share.row(), **chains}

    def __str__(self) -> str:
        return f"{self.share}, {self.chains:,} chains, the longest of {self.longest_chain:,}"

    def _repr_html_(self) -> str:
        share = self.share
        rows = [
            ("share", value_text(share.value, percent, share.suppressed)),
            ("interval", interval_text(share.interval, percent, share.method, share.level)),
            ("how many", f"{share.numerator:,} of {share.n:,}"),
            ("chains", f"{self.chains:,}"),
            ("longest chain", f"{self.longest_chain:,} contacts"),
            ("definition", share.definition),
        ]
        return pairs_html(share.key, rows)


def repeat_contacts(
    facts: AnyFacts,
    *,
    within: timedelta,
    anchor: Literal["created", "solved"] = "created",
    link: Literal["previous", "first"] = "previous",
    shared: Collection[str] = (),
    history_from: datetime | None = None,
) -> Repeats:
    """Return how many contacts repeat an earlier one of the same requester and topic.

    Args:
        facts: all tickets of the log; contacts are those created by customers.
        within: the longest gap that makes a repeat; it counts itself.
        anchor: the gap runs from the earlier contact's creation, or from its last solution so
            far; an earlier contact that is not solved then always makes a repeat.
        link: to the previous contact, so that chains grow, or to the first of the chain.
        shared: requesters that are several people.
        history_from: where the log begins; contacts sooner than `within` after it are left out,
            as what came before them is not known, but serve as history.

    Raises:
        InvalidValue: a negative time, requesters given as one text, an unknown anchor or link.

    Example:
        >>> from datetime import timedelta
        >>> repeat_contacts([], within=timedelta(days=7)).chains
        0
    """
    not_negative(within)
    _check_shared(shared)
    if anchor not in {"created", "solved"} or link not in {"previous", "first"}:
        raise InvalidValue((anchor, link), "unknown anchor or link", "'created', 'previous'")
    question = Rules(
        (
            *_CREATED_BY_CUSTOMERS,
            (FieldNow("requester").is_in(*UNKNOWN, *shared), "unknown_requester"),
            (FieldNow("topic").is_in(*UNKNOWN), "unknown_topic"),
        ),
        Constant(value=True),
    )
    created, numbers, left_out = _numbered(facts, question, within, anchor, link)
    start = -inf if history_from is None else micros(history_from) + micros_of(within)
    counted = [n for at, n in zip(created, numbers, strict=True) if at >= start]
    excluded = Counter(left_out)
    excluded["no_history"] = len(numbers) - len(counted)
    share = Share(
        key="repeat_contact",
        definition=f"came within {term_text(within)} of an earlier contact ({anchor}, {link}) of "
        "the same requester and topic, of contacts",
        numerator=sum(number > 1 for number in counted),
        n=len(counted),
        excluded=excluded,
    )
    return Repeats(
        share=share,
        chains=sum(number == 2 for number in numbers),
        longest_chain=max(numbers, default=0),
    )


def _numbered(
    facts: AnyFacts, question: Rules, within: timedelta, anchor: str, link: str
) -> tuple[Sequence[int], Sequence[int], Mapping[str, int]]:
    """Return when contacts were made, their numbers in their chains, and those left out."""
    if isinstance(records := source_of(facts), Columnar):
        from support_model._kpi import column_populations  # noqa: PLC0415 - numpy is an extra

        created, numbers, left_out = column_populations.chained(
            records.columns(), question, micros_of(within), anchor, link
        )
        return created.tolist(), numbers.tolist(), left_out
    if isinstance(records, PlainFacts):
        return _plain_numbered(records, question, within, anchor, link)
    contacts: dict[tuple[Any, Any], list[Facts]] = defaultdict(list)
    excluded: Counter[str] = Counter()
    for ticket in sorted(records, key=lambda ticket: ticket.created):
        answer = question(ticket)
        if answer is True:
            fields = ticket.fields
            contacts[fields.get("requester"), fields.get("topic")].append(ticket)
        elif answer is not None:
            excluded[answer] += 1
    chained = [
        (micros(ticket.created), number)
        for tickets in contacts.values()
        for ticket, number in _chained(tickets, link, _following(within, anchor))
    ]
    return [at for at, _ in chained], [number for _, number in chained], excluded


def _plain_numbered(
    facts: PlainFacts, question: Rules, within: timedelta, anchor: str, link: str
) -> tuple[Sequence[int], Sequence[int], Mapping[str, int]]:
    created, excluded = facts.scalar("created"), plain_figures.tally(facts, question)
    requesters, topics = facts.field("requester"), facts.field("topic")
    asked = [place for place, _ in plain_figures.asked_of_each(facts, question)]
    contacts: dict[tuple[Any, Any], list[int]] = defaultdict(list)
    for place in sorted(asked, key=created.__getitem__):
        contacts[requesters[place], topics[place]].append(place)
    follows = _plain_following(facts, micros_of(within), anchor)
    chained = [
        (created[place], number)
        for places in contacts.values()
        for place, number in _chained(places, link, follows)
    ]
    left_out = {code: n for code, n in excluded.items() if isinstance(code, str)}
    return [at for at, _ in chained], [number for _, number in chained], left_out


def _plain_following(facts: PlainFacts, within: int, anchor: str) -> Callable[[int, int], bool]:
    """Return what says of the places of two contacts whether the later one follows the other."""
    created, history, solves = (
        facts.scalar("created"), facts.entries("history"), facts.entries("solves")
    )  # fmt: skip

    def follows(place: int, before: int) -> bool:
        now, since = created[place], created[before]
        if anchor != "created":
            entered = [entry for entry in history.of(before) if entry[0] <= now]
            if not entered or entered[-1][1] not in DONE:
                return True
            solved = [at for (at,) in solves.of(before) if at <= now]
            since = solved[-1] if solved else entered[-1][0]  # a close alone tells no solution
        lasted: int = now - since
        return lasted <= within

    return follows


def _chained(
    contacts: Iterable[Contact], link: str, follow: Callable[[Contact, Contact], bool]
) -> Iterator[tuple[Contact, int]]:
    """Yield contacts in order of time, each with its number in its chain, from 1."""
    earlier: Contact | None = None
    number = 0
    for ticket in contacts:
        follows = earlier is not None and follow(ticket, earlier)
        number = number + 1 if follows else 1
        if link == "previous" or not follows:
            earlier = ticket
        yield ticket, number


def _following(within: timedelta, anchor: str) -> Callable[[Facts, Facts], bool]:
    return lambda ticket, earlier: _follows(ticket, earlier, within, anchor)


def _follows(ticket: Facts, earlier: Facts, within: timedelta, anchor: str) -> bool:
    if anchor == "created":
        return between(earlier.created, ticket.created) <= within
    if earlier.category_at(ticket.created) not in DONE:
        return True
    solves = [solve.at for solve in earlier.solves if solve.at <= ticket.created]
    entered = (at for at, _ in reversed(earlier.history) if at <= ticket.created)
    solved = solves[-1] if solves else next(entered)  # a close alone tells no solution
    return between(solved, ticket.created) <= within


_OF_PEOPLE = Entries("acts", "kind", ("reply", "note", "assigned"))
_CONTAINED = Rules(
    (
        (Fact("bots").equals(0), "no_bot"),
        (UNKNOWN_ACTED.known, "unknown_people"),
        (Count(_OF_PEOPLE).above(0), Constant(value=False)),
        (~SOLVED, "unsolved"),
    ),
    NEVER_REOPENED,
)
READY = (
    _of_resolved(
        "fcr_one_reply",
        "exactly one public reply in its life",
        Fact("replies").equals(1),
    ),
    _of_resolved("zero_reply", "no public reply", Fact("replies").equals(0)),
    _of_resolved(
        "fcr_no_further_contact",
        "no message of the customer after the first contact, a thank-you included",
        Fact("contacts").equals(1),
    ),
    ShareKpi(
        key="contained_by_bot",
        definition="solved, never reopened and never touched by a person, of tickets that a bot "
        "answered and that are solved or were touched by a person",
        judge=_CONTAINED,
        history=True,
    ),
)


@frozen(kw_only=True)
class Session:
    """A visit to self-service.

    Attributes:
        at: when.
        requester: by whom; None if unknown.
    """

    at: datetime = field(converter=utc)
    requester: str | None = None


def deflection(
    facts: AnyFacts, sessions: Iterable[Session], *, within: timedelta, as_of: datetime
) -> Share:
    """Return the share of needs that ended in self-service, at most.

    The numerator is sessions after which the same requester opened no ticket within the
    window; the denominator is these and all tickets created by customers. No ticket does not
    mean solved, so this is an upper bound.

    Raises:
        InvalidValue: a negative time, or no duration.

    Example:
        >>> from datetime import UTC, datetime, timedelta
        >>> noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
        >>> visits = [Session(at=noon, requester="ann"), Session(at=noon)]
        >>> end = noon + timedelta(days=9)
        >>> share = deflection([], visits, within=timedelta(days=1), as_of=end)
        >>> share.value, dict(share.excluded)
        (1.0, {'unknown_requester': 1})
    """
    not_negative(within)
    opened, contacts, left_out = _opened(facts)
    excluded = Counter(left_out)
    deflected = 0
    now = micros(as_of)
    for session in sessions:
        at = micros(session.at)
        if at > now:
            continue
        end = at + micros_of(within)
        if session.requester is None or session.requester in UNKNOWN:
            excluded["unknown_requester"] += 1
        elif end > now:
            excluded["immature"] += 1
        else:
            again = opened.get(session.requester, ())
            deflected += not _any_until(end, again, bisect_left(again, at))
    return Share(
        key="deflection",
        definition="self-service sessions without a ticket of the same requester within "
        f"{term_text(within)}, of these and all tickets created by customers",
        numerator=deflected,
        n=deflected + contacts,
        excluded=excluded,
    )


def _opened(
    facts: AnyFacts,
) -> tuple[Mapping[Any, Sequence[int]], int, Mapping[str, int]]:
    """Return when each requester made contact, how many contacts there are, and those left out."""
    if isinstance(records := records_of(facts), Columnar):
        from support_model._kpi import column_populations  # noqa: PLC0415 - numpy is an extra

        return column_populations.opened_by(records.columns(), _CONTACTS)
    answers = [(ticket, _CONTACTS(ticket)) for ticket in records]
    contacts = [ticket for ticket, answer in answers if answer is True]
    opened = _instants(
        (ticket.fields.get("requester"), micros(ticket.created)) for ticket in contacts
    )
    left_out = Counter(answer for _, answer in answers if isinstance(answer, str))
    return opened, len(contacts), left_out
