"""Did one contact do: first contact resolution, repeat contacts, self-service, bots.

First contact resolution is four numbers that share a name; each is a KPI of its own here. What
needs to be followed for a while leaves out what could not be, and what needs to know who asked
leaves out unknown and shared requesters.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any, Literal

from attrs import field

from support_model._frozen import frozen
from support_model._kpi.facts import DONE
from support_model._kpi.measures import ShareKpi
from support_model._time import between, micros, micros_of, not_negative
from support_model._vocabulary import utc
from support_model.errors import InvalidValue
from support_model.figures import Share

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence
    from datetime import datetime, timedelta

    from support_model._kpi.facts import Facts


UNKNOWN = (None, "", "?")


def _resolved(key: str, definition: str, holds: Callable[[Facts], bool]) -> ShareKpi:
    """Return a KPI over tickets that are solved and had a contact of the customer."""

    def judge(fact: Facts) -> bool | str:
        if fact.contact is None:
            return "no_contact"
        return holds(fact) if fact.solved else "unsolved"

    return ShareKpi(
        key=key,
        definition=f"{definition}, of tickets solved with a contact of the customer",
        judge=judge,
        history=True,
    )


ONE_REPLY = _resolved(
    "fcr_one_reply", "exactly one public reply in its life", lambda fact: fact.count("reply") == 1
)
"""First contact resolution (a)."""

ZERO_REPLY = _resolved("zero_reply", "no public reply", lambda fact: not fact.count("reply"))
"""Beside `ONE_REPLY`: solved in silence, which is no resolution at first contact."""

NO_FURTHER_CONTACT = _resolved(
    "fcr_no_further_contact",
    "no message of the customer after the first contact, a thank-you included",
    lambda fact: fact.count("contact") == 1,
)
"""First contact resolution (b), strict."""


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
            raise InvalidValue(name, "unknown kind of owner", "say 'group' or 'agent'")

    def holds(fact: Facts) -> bool:
        owners = {"group": fact.groups, "agent": fact.agents}
        return not fact.reopenings and all(len(set(owners[name])) <= 1 for name in handoff)

    words = " and ".join(handoff)
    definition = f"at most one known {words} and never reopened"
    return _resolved("fcr_no_handoff", definition, holds)


def _check_shared(shared: Collection[str]) -> None:
    if isinstance(shared, str):
        raise InvalidValue(shared, "shared is a collection of requesters", f"write [{shared!r}]")


def _asker(fact: Facts, shared: Collection[str] = ()) -> str | None:
    """Return the requester; None where it is unknown or stands for several people."""
    requester = fact.fields.get("requester")
    return None if requester in UNKNOWN or requester in shared else requester


def _topic(fact: Facts) -> str | None:
    topic = fact.fields.get("topic")
    return None if topic in UNKNOWN else topic


def _is_contact(fact: Facts) -> bool:
    return fact.created_by == "customer" and fact.category != "void"


def _any_until(end: int, moments: Sequence[int], place: int) -> bool:
    """Tell whether any of some ascending moments, from a place on, is not after the end."""
    return place < len(moments) and moments[place] <= end


def no_repeat(facts: Sequence[Facts], *, window: timedelta, shared: Collection[str] = ()) -> Share:
    """Return first contact resolution (d): nobody came back within a window of the solution.

    Who came back reopened the ticket or opened another one on the same topic. All tickets that
    could not be followed for the window are immature, also those that failed already.

    Args:
        facts: all tickets of the log, as the contacts are looked for among them.
        window: how long to follow each ticket from its first solution; its end counts.
        shared: requesters that stand for several people.

    Raises:
        InvalidValue: a negative time, no duration, or requesters given as one text.

    Example:
        >>> from datetime import timedelta
        >>> no_repeat([], window=timedelta(days=7)).value is None
        True
    """
    not_negative(window)
    _check_shared(shared)
    contacts: dict[tuple[str, Any], list[int]] = defaultdict(list)
    for fact in facts:
        requester = _asker(fact, shared)
        if _is_contact(fact) and requester is not None:
            contacts[requester, fact.fields.get("topic")].append(micros(fact.created))
    for moments in contacts.values():
        moments.sort()

    def judge(fact: Facts) -> bool | str:
        if fact.contact is None:
            return "no_contact"
        if not fact.solves:
            return "unsolved"
        requester = _asker(fact, shared)
        if requester is None:
            return "unknown_requester"
        start = micros(fact.solves[0].at)
        end = start + micros_of(window)
        if end > micros(fact.as_of):
            return "immature"
        again = contacts.get((requester, fact.fields.get("topic")), ())
        came_back = _any_until(end, again, bisect_right(again, start))
        return not came_back and not any(start < micros(at) <= end for at in fact.reopenings)

    definition = (
        f"not reopened, and no new ticket of the same requester and topic, within {window} of "
        "the first solution, of tickets followed for so long"
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


def repeat_contacts(
    facts: Iterable[Facts],
    *,
    window: timedelta,
    anchor: Literal["created", "solved"] = "created",
    link: Literal["previous", "first"] = "previous",
    shared: Collection[str] = (),
    history_from: datetime | None = None,
) -> Repeats:
    """Return how many contacts repeat an earlier one of the same requester and topic.

    Args:
        facts: all tickets of the log; contacts are those created by customers.
        window: the longest gap that makes a repeat; it counts itself.
        anchor: the gap runs from the earlier contact's creation, or from its last solution so
            far; an earlier contact that is not solved then always makes a repeat.
        link: to the previous contact, so that chains grow, or to the first of the chain.
        shared: requesters that stand for several people.
        history_from: where the log begins; contacts within the window of it are left out, as
            what came before them is not known, but serve as history.

    Raises:
        InvalidValue: a negative time, requesters given as one text, an unknown anchor or link.

    Example:
        >>> from datetime import timedelta
        >>> repeat_contacts([], window=timedelta(days=7)).chains
        0
    """
    not_negative(window)
    _check_shared(shared)
    if anchor not in {"created", "solved"} or link not in {"previous", "first"}:
        raise InvalidValue((anchor, link), "unknown anchor or link", "'created', 'previous'")
    excluded: Counter[str] = Counter()
    groups: dict[tuple[str, str], list[Facts]] = defaultdict(list)
    for fact in sorted(facts, key=lambda fact: fact.created):
        if fact.category == "void":
            excluded["void"] += 1
        elif fact.created_by == "customer":
            requester, topic = _asker(fact, shared), _topic(fact)
            if requester is None or topic is None:
                excluded["unknown_requester" if requester is None else "unknown_topic"] += 1
            else:
                groups[requester, topic].append(fact)
    repeats = n = 0
    known_from = None if history_from is None else micros(history_from) + micros_of(window)
    lengths: list[int] = []
    for contacts in groups.values():
        head: Facts | None = None
        previous: Facts | None = None
        for fact in contacts:
            earlier = head if link == "first" else previous
            again = earlier is not None and _follows(fact, earlier, window, anchor)
            if again:
                lengths[-1] += 1
            else:
                head = fact
                lengths.append(1)
            previous = fact
            if known_from is not None and micros(fact.created) < known_from:
                excluded["no_history"] += 1
            else:
                n += 1
                repeats += again
    share = Share(
        key="repeat_contact",
        definition=f"came within {window} of an earlier contact ({anchor}, {link}) of the same "
        "requester and topic, of contacts",
        numerator=repeats,
        n=n,
        excluded=excluded,
    )
    chains = sum(length > 1 for length in lengths)
    return Repeats(share=share, chains=chains, longest_chain=max(lengths, default=0))


def _follows(fact: Facts, earlier: Facts, window: timedelta, anchor: str) -> bool:
    if anchor == "created":
        return between(earlier.created, fact.created) <= window
    if earlier.category_at(fact.created) not in DONE:
        return True
    solved = max(solve.at for solve in earlier.solves if solve.at <= fact.created)
    return between(solved, fact.created) <= window


def _contained(fact: Facts) -> bool | str:
    if not fact.count("bot"):
        return "no_bot"
    if any(act.kind in {"reply", "note", "assigned"} for act in fact.acts):
        return False
    return not fact.reopenings if fact.solved else "unsolved"


CONTAINED_BY_BOT = ShareKpi(
    key="contained_by_bot",
    definition="solved, never reopened and never touched by a person, of tickets that a bot "
    "answered and that are solved or were touched by a person",
    judge=_contained,
    history=True,
)
"""Bot containment, which is not deflection: the ticket exists."""


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
    facts: Iterable[Facts], sessions: Iterable[Session], *, window: timedelta, as_of: datetime
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
        >>> share = deflection([], visits, window=timedelta(days=1), as_of=end)
        >>> share.value, dict(share.excluded)
        (1.0, {'unknown_requester': 1})
    """
    not_negative(window)
    opened: dict[str, list[int]] = defaultdict(list)
    excluded: Counter[str] = Counter()
    tickets = deflected = 0
    now = micros(as_of)
    for fact in facts:
        if fact.category == "void":
            excluded["void"] += 1
        elif _is_contact(fact):
            tickets += 1
            requester = _asker(fact)
            if requester is not None:
                opened[requester].append(micros(fact.created))
    for moments in opened.values():
        moments.sort()
    for session in sessions:
        at = micros(session.at)
        if at > now:
            continue
        end = at + micros_of(window)
        if session.requester is None or session.requester in UNKNOWN:
            excluded["unknown_requester"] += 1
        elif end > now:
            excluded["immature"] += 1
        else:
            again = opened.get(session.requester, ())
            deflected += not _any_until(end, again, bisect_left(again, at))
    return Share(
        key="deflection",
        definition=f"self-service sessions without a ticket of the same requester within {window}"
        ", of these and all tickets created by customers",
        numerator=deflected,
        n=deflected + tickets,
        excluded=excluded,
    )
