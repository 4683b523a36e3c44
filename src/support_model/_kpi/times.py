"""How long customers wait: first, next and average response, acknowledgement, age.

Each is a `TimeKpi`; its options are the ways in which tools of the same name differ. A time
that has not happened is left out by name, never counted as 0; an answer outside opening hours
is a true 0 on the business clock and counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from support_model._kpi.facts import DONE
from support_model._kpi.measures import TimeKpi, duration_micros
from support_model._time import utc
from support_model.errors import InvalidValue
from support_model.figures import Distribution

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from datetime import datetime

    from support_model._kpi.facts import Facts, Wait
    from support_model._kpi.measures import Item
    from support_model.calendars import BusinessCalendar


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
    answers = {"reply", *(["bot"] if bots else []), *(["note"] if notes else [])}

    def begun(ticket: Facts) -> datetime | None:
        listed = ticket.snapshot and ticket.created_by == "third_party"
        if start == "contact" and (listed or agent_created == "next_public_reply"):
            return ticket.created  # a list says of nobody that he wrote, and counts from there
        return None

    def measure(ticket: Facts) -> Iterator[Item | str]:
        if ticket.created_by != "customer" and agent_created == "exclude":
            yield not_by_customer(ticket)
        elif ticket.cut:
            yield "not_stated"
        else:
            yield _response(ticket, begun(ticket), start, answers)

    return TimeKpi(
        key="first_response",
        definition=(
            f"from the first {'contact of the customer' if start == 'contact' else 'assignment'} "
            "to the first public reply of a person"
            f"{', or a bot' if bots else ''}{', or a note' if notes else ''}"
        ),
        measure=measure,
    )


def _response(
    ticket: Facts, begin: datetime | None, start: str, answers: Collection[str]
) -> Item | str:
    """Return the time to the first answer, or why there is none."""
    opening = "contact" if start == "contact" else "assigned"
    for act in ticket.acts:
        if begin is None and act.kind == opening:
            begin = act.at
        elif begin is not None and act.kind in answers:
            return ((begin, act.at),) if _before_unknown(ticket, act.at) else "unknown_people"
    return _unanswered(ticket, begin, "no_contact" if start == "contact" else "never_assigned")


def _unanswered(ticket: Facts, begin: datetime | None, unbegun: str) -> str:
    """Return why a ticket has no response."""
    if ticket.snapshot:
        return "not_stated"
    if ticket.unknown_wrote is not None:
        return "unknown_people"
    if begin is None:
        return unbegun
    return "solved_without_reply" if ticket.solved else "waiting"


def _before_unknown(ticket: Facts, at: datetime) -> bool:
    """Return whether nobody whose role is not told wrote before an instant."""
    return ticket.unknown_wrote is None or at < ticket.unknown_wrote


def not_by_customer(ticket: Facts) -> str:
    """Return why a ticket is left out that no customer opened, as far as is told."""
    if ticket.unknown_acted is not None and ticket.unknown_acted <= ticket.created:
        return "unknown_people"
    return "agent_created"


def _all_responses(ticket: Facts) -> Iterator[Item | str]:
    return _responses(ticket, ticket.waits)


def _further_responses(ticket: Facts) -> Iterator[Item | str]:
    return _responses(ticket, (wait for wait in ticket.waits if not wait.first))


def _responses(ticket: Facts, waits: Iterable[Wait]) -> Iterator[Item | str]:
    if ticket.unknown_wrote is not None:
        yield "unknown_people"
        return
    for wait in waits:
        if wait.end is None:
            yield "waiting"
        elif wait.outcome == "solved":
            yield "solved_without_reply"
        else:
            yield ((wait.start, wait.end),)


def _acknowledgement(ticket: Facts) -> Iterator[Item | str]:
    taken, unknown = ticket.acknowledged, ticket.unknown_acted
    if ticket.created_by != "customer":
        yield not_by_customer(ticket)
    elif ticket.cut or (taken is None and ticket.snapshot):
        yield "not_stated"
    elif unknown is not None and (taken is None or unknown <= taken):
        yield "unknown_people"
    elif taken is None:
        yield "not_acknowledged"
    else:
        yield ((ticket.created, taken),)


MTTA = TimeKpi(
    key="acknowledgement",
    definition="from creation by a customer until a person acted on it: a message, a note, a "
    "status, an assignment to an agent",
    measure=_acknowledgement,
)
"""Time to acknowledge; quote `zero_share` beside it: who takes a ticket at once adds 0."""

EACH_WAIT = (
    "from the oldest unanswered message of the customer to the next public reply of a person, "
    "each waiting period once"
)
READY = (
    MTTA,
    TimeKpi(
        key="average_response",
        definition=EACH_WAIT,
        measure=_all_responses,
        history=True,
    ),
    TimeKpi(
        key="next_response",
        definition=f"{EACH_WAIT}, after the first reply",
        measure=_further_responses,
        history=True,
    ),
)


def backlog(
    facts: Iterable[Facts],
    *,
    at: datetime | None = None,
    calendar: BusinessCalendar | None = None,
    age_from: Literal["created", "reopened"] = "created",
) -> Distribution:
    """Return the tickets open at an instant, as the distribution of their ages; n is how many.

    Open is what is created and neither solved, closed nor void at that instant: the status it
    had then, not the one it has today. Each figure is of its own: backlogs of two instants
    do not add up.

    Args:
        facts: the tickets.
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
    micros: list[int] = []
    for ticket in facts:
        now = ticket.as_of if at is None else utc(at)
        if now > ticket.as_of:
            remedy = "make facts as of a later instant"
            raise InvalidValue(now, f"the facts end at {ticket.as_of}", remedy)
        if ticket.category_at(now) not in {None, *DONE, "void"}:
            again = [moment for moment in ticket.reopenings if moment <= now]
            start = again[-1] if again and age_from == "reopened" else ticket.created
            micros.append(duration_micros(((start, now),), calendar))
    return Distribution(
        key="backlog_age",
        clock="calendar" if calendar is None else "business",
        definition=f"age since {age_from}, over tickets that were open at the instant",
        micros=micros,
    )
