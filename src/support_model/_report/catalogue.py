"""The KPIs of a report: what each is called, what a log must hold for it, which way is worse.

A KPI whose needs a log does not hold is not asked of it: it is listed once with the reason, as
0 would be a lie. What no log holds at all, such as costs and calls, is listed the same way.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from support_model import kpi
from support_model._frozen import frozen
from support_model._time import EPOCH, duration_text, instant
from support_model.kpi import RateKpi, ShareKpi, TimeKpi

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime

    from support_model.calendars import BusinessCalendar
    from support_model.figures import Figure
    from support_model.kpi import Facts


AnyFacts: TypeAlias = Any
"""Facts of tickets: records in a sequence, or columns."""
WINDOW = timedelta(days=7)
"""How long a solution is followed, and how near two contacts lie to be one matter."""
TOUCH_GAP = timedelta(minutes=30)
Worse: TypeAlias = Literal["higher", "lower"]
Kpi: TypeAlias = TimeKpi | ShareKpi | RateKpi
CatalogueRow: TypeAlias = tuple[str, Kpi, tuple[str, ...], Worse | None, str]

_NEEDS = {
    "messages": "no event of the log is a message between customers and agents",
    "bots": "no author in the log has the role of a bot (what a system sends by itself is none)",
    "effort": "the log holds no recorded effort",
    "holds": "no status of the log means waiting for a third party",
    "group": "no event tells which team held a ticket, and since when",
    "line": "no event tells which support line held a ticket, and since when",
    "agent": "no event tells to whom a ticket was assigned, and since when",
    "requester": "the log does not say who asks",
    "topic": "the log does not say what a ticket is about",
    "statement": "no event tells whether a ticket is within its SLA, as its system states it",
    "csat": "no event is a satisfaction rating (one without its time is none)",
    "nps": "no event is a recommendation rating (one without its time is none)",
    "second": "no ticket was resolved a second time on record",
    "target": "no target was given (--target)",
}
NEEDS: Mapping[str, str] = MappingProxyType(_NEEDS)
"""What a log may lack, with the reason it gives."""

ALWAYS_ABSENT = (
    ("Customer effort", "the log does not say which end of an effort scale is easy"),
    ("Deflection", "self-service sessions are in no ticket log"),
    ("Service level of calls, abandonment", "calls are in no ticket log"),
    (
        "Tickets per agent, occupancy, utilization",
        "a ticket log does not say how long anybody was at work",
    ),
    ("Cost per ticket, return on investment", "costs are in no ticket log"),
)
"""Figures that need records besides tickets; `support_model.kpi` takes those."""


NO_STATUSES = "the system has no statuses: nothing tells when a ticket was solved or closed"
WITHOUT_STATUSES = frozenset(
    {
        *("acknowledgement", "first_response", "next_response", "average_response"),
        *("handle_time", "stated_within_sla", "transferred", "bounced", "escalated"),
        *("csat_top_boxes", "csat_response", "csat_mean", "net_promoter_score", "handoffs"),
        *("transfers_per_ticket", "bounces_per_ticket", "escalations_per_ticket", "touches"),
    }
)
"""Keys of the KPIs that ask for no solution, close or status."""


@frozen(kw_only=True)
class ReportedKpi:
    """A KPI as a report asks it.

    Attributes:
        title: what a reader calls it.
        kpi: the KPI; None for what is asked of all tickets at once by `whole`.
        whole: likewise.
        needs: what the log must hold, keys of `NEEDS`.
        worse: which way it gets worse; None where neither way is.
        timed: whether it is measured on a clock, so that opening hours matter.
        worsened: what happens when it gets worse, in plain words; empty where neither way is.
    """

    title: str
    kpi: Kpi | None = None
    whole: Callable[[AnyFacts], Figure] | None = None
    needs: tuple[str, ...] = ()
    worse: Worse | None = None
    timed: bool = False
    worsened: str = ""

    def of(self, facts: AnyFacts, calendar: BusinessCalendar | None = None) -> Figure:
        """Return the figure over some tickets; times in opening hours where they are given."""
        if self.whole is not None:
            return self.whole(facts)
        assert self.kpi is not None  # noqa: S101 - one of the two is given
        if isinstance(self.kpi, TimeKpi):
            return self.kpi.of(facts, calendar=calendar if self.timed else None)
        return self.kpi.of(facts)

    def on_clocks(
        self, facts: AnyFacts, calendar: BusinessCalendar | None = None
    ) -> tuple[Figure, ...]:
        """Return the figure, and where it is a time and there are opening hours in these too."""
        if self.timed and calendar is not None and isinstance(self.kpi, TimeKpi):
            return self.kpi.on_clocks(facts, (None, calendar))
        return (self.of(facts),)


@frozen
class UnsupportedFigure:
    """A figure that the log cannot support.

    Attributes:
        title: what a reader calls it.
        reason: why, in words.
    """

    title: str
    reason: str


def held(facts: Iterable[Facts]) -> frozenset[str]:
    """Return what a log holds, keys of `NEEDS`: whatever any of its tickets has.

    Example:
        >>> held([])
        frozenset()
    """
    held_parts: set[str] = set()
    for fact in facts:
        held_parts |= _of_acts(fact)
        held_parts |= {name for name in ("requester", "topic") if fact.fields.get(name)}
        parts = {
            "effort": fact.worked is not None,
            "holds": any(category == "on_hold" for _, category in fact.history),
            "group": fact.groups,
            "line": fact.lines,
            "agent": fact.agents,
            "second": len(fact.solves) > 1 or (fact.snapshot and bool(fact.solves)),
            "statement": fact.fields.get("custom.sla_met") is not None,
        }
        held_parts |= {name for name, there in parts.items() if there}
        held_parts |= {rating.kind for rating in fact.ratings} | fact.ratings_requested
    return frozenset(held_parts & NEEDS.keys())


def _of_acts(ticket: Facts) -> set[str]:
    names = {"reply": "messages", "note": "messages", "bot": "bots"}
    parts = {names[act.kind] for act in ticket.acts if act.kind in names}
    contacts = (act for act in ticket.acts if act.kind == "contact")
    next(contacts, None)  # the creation itself is the first
    return parts | ({"messages"} if next(contacts, None) else set())


def asked(
    *, target: timedelta | None = None, calendar: BusinessCalendar | None = None
) -> tuple[ReportedKpi, ...]:
    """Return every KPI that tickets can answer, in the order of a report.

    A ticket should be solved within `target`, in the opening hours of `calendar`.
    """
    return (*_times(), *_shares(target, calendar), *_rates())


def _of_rows(rows: Iterable[CatalogueRow], *, timed: bool = False) -> Iterator[ReportedKpi]:
    for title, one, needs, worse, worsened in rows:
        yield ReportedKpi(
            title=title, kpi=one, needs=needs, worse=worse, timed=timed, worsened=worsened
        )


def _times() -> Iterator[ReportedKpi]:
    said = ("messages",)
    rows: tuple[CatalogueRow, ...] = (
        ("Until acknowledged", kpi.MTTA, (), "higher",
         "tickets waited longer until somebody took them"),
        ("Until first response", kpi.first_response(), said, "higher",
         "customers waited longer for a first response"),
        ("Until next response", kpi.KPIS["next_response"], said, "higher",
         "customers waited longer for the next response"),
        ("Until any response", kpi.KPIS["average_response"], said, "higher",
         "customers waited longer for a response"),
        ("Until resolved", kpi.first_resolution(), (), "higher",
         "tickets took longer until resolved"),
        ("Until resolved for good", kpi.full_resolution(), ("second",), "higher",
         "tickets took longer until resolved for good"),
        ("Waiting for us", kpi.KPIS["requester_wait"], ("holds",), "higher",
         "tickets waited longer for us"),
        ("Lying with agents", kpi.KPIS["agent_work"], (), "higher",
         "tickets lay longer with agents"),
        ("On hold for others", kpi.KPIS["on_hold_time"], ("holds",), "higher",
         "tickets were on hold longer for others"),
        ("Until closed", kpi.TIME_TO_CLOSE, (), None,
         ""),
        ("Resolved to closed", kpi.KPIS["close_delay"], (), None,
         ""),
    )  # fmt: skip
    yield from _of_rows(rows, timed=True)
    yield ReportedKpi(
        title="Effort recorded",
        kpi=kpi.HANDLE_TIME,
        needs=("effort",),
        worse="higher",
        worsened="tickets took more effort",
    )
    yield ReportedKpi(title="Age of what is open at the end", whole=kpi.backlog)


def _shares(target: timedelta | None, calendar: BusinessCalendar | None) -> Iterator[ReportedKpi]:
    if target is not None and calendar is not None:
        within = f"within {duration_text(target)} of opening hours"
        yield ReportedKpi(
            title=f"Resolved {within}",
            kpi=kpi.solved_in_time(target, calendar=calendar),
            worse="lower",
            worsened=f"fewer tickets were resolved {within}",
        )
    else:
        yield ReportedKpi(title="Resolved within a target", needs=("target",))
    who = ("requester",)
    rows: tuple[CatalogueRow, ...] = (
        ("Within SLA (stated by the ticket system)", kpi.KPIS["stated_within_sla"],
         ("statement",), "lower", "fewer tickets were within SLA, as the ticket system states it"),
        (f"Resolved within {WINDOW.days} days of creation", kpi.solved_within(WINDOW),
         (), "lower", f"fewer tickets were resolved within {WINDOW.days} days of creation"),
        ("Reopened after being resolved", kpi.reopened(), (), "higher",
         "more tickets were reopened after being resolved"),
        (f"Reopened within {WINDOW.days} days", kpi.reopened(within=WINDOW), (), "higher",
         f"more tickets were reopened within {WINDOW.days} days"),
        ("Resolved in one group, never reopened", kpi.STRAIGHT_THROUGH, ("group",), "lower",
         "fewer tickets were resolved in one group and never reopened"),
        ("Handed to another group", kpi.KPIS["transferred"], ("group",), "higher",
         "more tickets were handed to another group"),
        ("Handed over and straight back", kpi.KPIS["bounced"], ("group",), "higher",
         "more tickets were handed over and straight back"),
        ("Moved to a higher line", kpi.KPIS["escalated"], ("line",), "higher",
         "more tickets were moved to a higher line"),
        ("First contact: exactly one reply", kpi.KPIS["fcr_one_reply"], ("messages",), "lower",
         "fewer tickets were resolved with exactly one reply"),
        ("First contact: the customer wrote once", kpi.KPIS["fcr_no_further_contact"],
         ("messages",), "lower",
         "fewer customers had to write only once"),
        ("First contact: one owner, never reopened", kpi.no_handoff(), ("agent",), "lower",
         "fewer tickets were resolved by one owner and never reopened"),
        ("Resolved without a reply", kpi.KPIS["zero_reply"], ("messages",), "higher",
         "more tickets were resolved without a reply"),
        ("Resolved by a bot alone", kpi.KPIS["contained_by_bot"], ("bots",), "lower",
         "fewer tickets were resolved by a bot alone"),
        ("Satisfied (top boxes)", kpi.satisfied(), ("csat",), "lower",
         "fewer customers were satisfied"),
        ("Answered the satisfaction survey", kpi.response_rate("csat"), ("csat",), None,
         ""),
    )  # fmt: skip
    yield from _of_rows(rows)
    yield ReportedKpi(title="First contact: nobody came back", needs=who,
                whole=lambda facts: kpi.no_repeat(facts, within=WINDOW))  # fmt: skip
    yield ReportedKpi(title="Came back on the same topic", needs=(*who, "topic"), whole=_repeats)


def _bounds(facts: AnyFacts) -> tuple[datetime | None, datetime | None]:
    """Return the first creation, and up to when anything is known; None without tickets."""
    if isinstance(facts, Sequence):
        first = min((fact.created for fact in facts), default=None)
        return first, max((fact.as_of for fact in facts), default=None)
    if not facts.size:
        return None, None
    created, as_of = facts.numbers("created"), facts.numbers("as_of")
    return instant(int(created.min())), instant(int(as_of.max()))


def _repeats(facts: AnyFacts) -> Figure:
    first, _ = _bounds(facts)
    return kpi.repeat_contacts(facts, within=WINDOW, history_from=first).share


def _flow(facts: AnyFacts) -> Figure:
    """Return what was solved per what came in, over the whole time of the tickets."""
    since, until = _bounds(facts)
    if since is None or until is None:
        since = until = EPOCH
    return kpi.solved_per_created(facts, since=since, until=until + timedelta.resolution)


def _rates() -> Iterator[ReportedKpi]:
    rows: tuple[CatalogueRow, ...] = (
        ("Reopenings", kpi.reopenings(), (), "higher",
         "tickets were reopened more often"),
        ("Changes of group", kpi.KPIS["transfers_per_ticket"], ("group",), "higher",
         "tickets changed group more often"),
        ("Straight returns", kpi.KPIS["bounces_per_ticket"], ("group",), "higher",
         "tickets were handed straight back more often"),
        ("Moves to a higher line", kpi.KPIS["escalations_per_ticket"], ("line",), "higher",
         "tickets were moved to a higher line more often"),
        ("Changes of agent", kpi.KPIS["handoffs"], ("agent",), "higher",
         "tickets changed agent more often"),
        ("Sessions of work", kpi.touches(gap=TOUCH_GAP), ("messages",), "higher",
         "tickets took more sessions of work"),
        ("Satisfaction score", kpi.mean_satisfaction(), ("csat",), "lower",
         "customers were less satisfied"),
        ("Net promoter score", kpi.net_promoter_score(), ("nps",), "lower",
         "customers would recommend us less"),
    )  # fmt: skip
    yield from _of_rows(rows)
    yield ReportedKpi(title="Resolved per created", whole=_flow)


def by_status(one: ReportedKpi) -> bool:
    """Return whether a KPI asks how a ticket stood, which a system without statuses cannot say."""
    return (
        one.kpi.key not in WITHOUT_STATUSES if one.kpi is not None else one.whole is not _repeats
    )


def told(
    every: Iterable[ReportedKpi], holds: frozenset[str], *, statuses: bool = True
) -> tuple[ReportedKpi, ...]:
    """Return the KPIs that a log can support which holds so much."""
    return tuple(
        one for one in every if holds.issuperset(one.needs) and (statuses or not by_status(one))
    )


def absent(
    every: Iterable[ReportedKpi], holds: frozenset[str], *, statuses: bool = True
) -> tuple[UnsupportedFigure, ...]:
    """Return what a log that holds so much cannot support, each with the first reason.

    Without `statuses` its system has none, so that nothing tells what was solved.

    Example:
        >>> [each.title for each in absent(asked(), frozenset(NEEDS) - {"nps"})][:1]
        ['Net promoter score']
    """
    figures = []
    for one in every:
        lacking = [need for need in one.needs if need not in holds]
        if not statuses and by_status(one):
            figures.append(UnsupportedFigure(one.title, NO_STATUSES))
        elif lacking:
            figures.append(UnsupportedFigure(one.title, NEEDS[lacking[0]]))
    return (*figures, *(UnsupportedFigure(title, reason) for title, reason in ALWAYS_ABSENT))
