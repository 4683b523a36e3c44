"""How long customers wait: first, next and average response, acknowledgement, age.

Each is a `TimeKpi`; its options are the ways in which tools of the same name differ. A time
that has not happened is left out by name, never counted as 0; an answer outside opening hours
is a true 0 on the business clock and counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from support_model._ascending import ascending
from support_model._kpi import plain_figures
from support_model._kpi.expressions import (
    AS_OF,
    CONTACT,
    CREATED,
    CREATED_BY,
    CUT,
    SNAPSHOT,
    SOLVED,
    UNKNOWN_ACTED,
    UNKNOWN_WROTE,
    Constant,
    Either,
    Entries,
    Fact,
    First,
    Last,
    Rules,
    Stretch,
    Waits,
)
from support_model._kpi.facts import DONE
from support_model._kpi.measures import TimeKpi, clock_of, duration_micros
from support_model._kpi.plain import PlainFacts
from support_model._kpi.sources import Columnar, source_of
from support_model._time import utc
from support_model.errors import InvalidValue
from support_model.figures import Distribution

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from support_model._kpi.calendars_by import Clock
    from support_model._kpi.expressions import Expression, Outcome
    from support_model._kpi.facts import Facts
    from support_model._kpi.sources import AnyFacts


AgentCreated = Literal["first_customer_message", "next_public_reply", "exclude"]


def first_response(
    *,
    agent_created: AgentCreated = "first_customer_message",
    start: Literal["contact", "assignment"] = "contact",
    bots: bool = False,
    notes: bool = False,
) -> TimeKpi:
    """Return the time from the customer's first contact to the first public human reply.

    A ticket solved without a reply is left out, and so is one that still waits: neither
    answered in no time. A list of present values that does not say who opened a ticket is
    counted from its creation.

    Args:
        agent_created: for tickets opened by staff: the clock starts at the first message of
            the customer, or at the creation, or they are left out.
        start: from the contact, or from the first assignment to an agent.
        bots: whether a bot's public reply is an answer.
        notes: whether an internal note is an answer.

    Raises:
        InvalidValue: an unknown option.

    Example:
        >>> dict(first_response().of([]).excluded)
        {}
    """
    if agent_created not in {"first_customer_message", "next_public_reply", "exclude"}:
        raise InvalidValue(agent_created, "unknown option", "write 'first_customer_message'")
    if start not in {"contact", "assignment"}:
        raise InvalidValue(start, "unknown start", "write 'contact' or 'assignment'")
    answers = ("reply", *(["bot"] if bots else []), *(["note"] if notes else []))
    from_creation = _response(CREATED, First(Entries("acts", "kind", answers), "at"), "no_contact")
    cases: list[tuple[Expression, Outcome]] = [(CUT, "not_stated")]
    if agent_created == "exclude":
        cases.insert(0, (~BY_CUSTOMER, NOT_BY_CUSTOMER))
    if start == "assignment":
        response = _response(_ASSIGNED, _after("assigned", answers), "never_assigned")
    elif agent_created == "next_public_reply":
        response = from_creation
    else:
        response = _response(CONTACT, _after("contact", answers), "no_contact")
        # a list says of nobody that he wrote, and counts from the creation
        cases.append((SNAPSHOT & CREATED_BY.is_in("third_party"), from_creation))
    return TimeKpi(
        key="first_response",
        definition=(
            f"from the first {'contact of the customer' if start == 'contact' else 'assignment'} "
            "to the first public reply of a person"
            f"{', or a bot' if bots else ''}{', or a note' if notes else ''}"
        ),
        measure=Rules(tuple(cases), response),
    )


_ASSIGNED = First(Entries("acts", "kind", ("assigned",)), "at")


def _after(opening: str, answers: tuple[str, ...]) -> First:
    return First(Entries("acts", "kind", answers, after=(opening,)), "at")


def _response(begin: Expression, answer: Expression, unbegun: str) -> Rules:
    """Return the time to an answer, or why there is none."""
    unanswered = Rules(
        (
            (SNAPSHOT, "not_stated"),
            (UNKNOWN_WROTE.known, "unknown_people"),
            (~begin.known, unbegun),
            (SOLVED, "solved_without_reply"),
        ),
        "waiting",
    )
    late = ((UNKNOWN_WROTE.at_most(answer), "unknown_people"),)
    return Rules(late, Stretch(begin, answer), unknown=unanswered)


BY_CUSTOMER = CREATED_BY.is_in("customer")
NOT_BY_CUSTOMER = Rules(((UNKNOWN_ACTED.at_most(CREATED), "unknown_people"),), "agent_created")
"""Why a ticket is left out that no customer opened, as far as is told."""
_TAKEN = Fact("acknowledged")
MTTA = TimeKpi(
    key="acknowledgement",
    definition="from creation by a customer until a person acted on it: a message, a note, a "
    "status, an assignment to an agent",
    measure=Rules(
        (
            (~BY_CUSTOMER, NOT_BY_CUSTOMER),
            (CUT | (~_TAKEN.known & SNAPSHOT), "not_stated"),
            (UNKNOWN_ACTED.known & ~_TAKEN.below(UNKNOWN_ACTED), "unknown_people"),
        ),
        Stretch(CREATED, _TAKEN),
        unknown="not_acknowledged",
    ),
)
"""Time to acknowledge; quote `zero_share` beside it: who takes a ticket at once adds 0."""


def _responses(*, further: bool) -> Rules:
    return Rules(((UNKNOWN_WROTE.known, "unknown_people"),), Waits(further))


EACH_WAIT = (
    "from the oldest unanswered message of the customer to the next public reply of a person, "
    "each waiting period once"
)
READY = (
    MTTA,
    TimeKpi(
        key="average_response",
        definition=EACH_WAIT,
        measure=_responses(further=False),
        history=True,
    ),
    TimeKpi(
        key="next_response",
        definition=f"{EACH_WAIT}, after the first reply",
        measure=_responses(further=True),
        history=True,
    ),
)


def backlog(
    facts: AnyFacts,
    *,
    at: datetime | None = None,
    calendar: Clock | None = None,
    age_from: Literal["created", "reopened"] = "created",
) -> Distribution:
    """Return the tickets open at an instant, as the distribution of their ages; n is how many.

    Open is what is created and neither solved, closed nor void at that instant: the status it
    had then, not the one it has today. Each figure is of its own: backlogs of two instants
    do not add up.

    Args:
        facts: the tickets, as records or by columns.
        at: the instant, not after the facts' own; None for theirs.
        calendar: the clock of ages; wall time if None.
        age_from: since creation, or since the last reopening where there is one.

    Raises:
        InvalidValue: an instant after that of the facts.

    Example:
        >>> backlog([]).n
        0
    """
    if age_from not in {"created", "reopened"}:
        raise InvalidValue(age_from, "unknown start of an age", "write 'created' or 'reopened'")
    now: Expression = AS_OF if at is None else Constant(utc(at))
    begun = Either(Last("reopenings", "at", now), CREATED) if age_from == "reopened" else CREATED
    is_open = ~Last("history", "category", now).is_in(None, *DONE, "void")
    question = Rules(((~is_open, None),), Stretch(begun, now))
    if isinstance(records := source_of(facts), Columnar):
        from support_model._kpi import column_figures  # noqa: PLC0415 - numpy is an extra

        last = column_figures.first_instant(records, AS_OF)
        _check_known(last, at)
        (ages,), _ = column_figures.times(records, question, (calendar,))
    elif isinstance(records, PlainFacts):
        _check_known(plain_figures.first_instant(records, AS_OF), at)
        (found,), _ = plain_figures.times(records, question, (calendar,))
        ages = ascending(found)
    else:
        ages = ascending(_ages(records, question, at, calendar))
    return Distribution(
        key="backlog_age",
        clock="calendar" if calendar is None else "business",
        definition=f"age since {age_from}, over tickets that were open at the instant",
        micros=ages,
    )


def _check_known(last: datetime | None, at: datetime | None) -> None:
    if last is not None and at is not None and utc(at) > last:
        remedy = "make facts as of a later instant"
        raise InvalidValue(utc(at), f"the facts end at {last}", remedy)


def _ages(
    records: Iterable[Facts], question: Rules, at: datetime | None, calendar: Clock | None
) -> Iterator[int]:
    for ticket in records:
        _check_known(ticket.as_of, at)
        for item in question(ticket) or ():
            yield duration_micros(item, clock_of(calendar, ticket))
