"""The KPIs of a report: what each is called, what a log must hold for it, which way is worse.

A KPI whose needs a log does not hold is not asked of it: it is listed once with the reason, as
0 would be a lie. What no log holds at all, such as costs and calls, is listed the same way.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

import attrs

from support_model import kpi
from support_model._frozen import FrozenMap, frozen
from support_model._report.blocks import Said, says
from support_model._time import EPOCH, instant
from support_model.kpi import RateKpi, ShareKpi, TimeKpi

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime

    from support_model.calendars import BusinessCalendar
    from support_model.figures import Figure


AnyFacts: TypeAlias = Any
"""Facts of tickets: records in a sequence, or columns."""
WINDOW = timedelta(days=7)
"""How long a solution is followed, and how near two contacts lie to be one matter."""
TOUCH_GAP = timedelta(minutes=30)
Kpi: TypeAlias = TimeKpi | ShareKpi | RateKpi
CatalogueRow: TypeAlias = tuple[Kpi, tuple[str, ...]]

NEEDS = (
    *("messages", "bots", "effort", "holds", "group", "line", "agent", "requester", "topic"),
    *("statement", "csat", "nps", "second", "target"),
)
"""What a log may lack; `lacks_messages` and so on are the sentences."""
ALWAYS_ABSENT = ("effort_of_customers", "deflection", "calls", "workload", "costs")
"""Figures that need records besides tickets; `support_model.kpi` takes those."""


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
        code: of what a reader calls it and of what it counts: `title_`, `means_` and this.
        params: what these sentences say besides, such as a target.
        kpi: the KPI; None for what is asked of all tickets at once by `whole`.
        whole: likewise.
        needs: what the log must hold, keys of `NEEDS`.
        timed: whether it is measured on a clock, so that opening hours matter.
    """

    code: str
    params: Mapping[str, Any] = attrs.field(factory=FrozenMap, hash=False)
    kpi: Kpi | None = None
    whole: Callable[[AnyFacts], Figure] | None = None
    needs: tuple[str, ...] = ()
    timed: bool = False

    @property
    def title(self) -> Said:
        """What a reader calls it."""
        return Said(f"title_{self.code}", self.params)

    @property
    def means(self) -> Said:
        """What it counts."""
        return Said(f"means_{self.code}", self.params)

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
        reason: why.
    """

    title: Said
    reason: Said


def held(facts: AnyFacts) -> frozenset[str]:
    """Return what a log holds, keys of `NEEDS`: whatever any of its tickets has.

    Example:
        >>> held([])
        frozenset()
    """
    plain = kpi.plain_facts(facts)
    solved = zip(pairwise(plain.entries("solves").offsets), plain.scalar("snapshot"), strict=True)
    wrote = (*plain.scalar("replies"), *plain.scalar("notes"))
    parts = {
        "messages": any(wrote) or any(count > 1 for count in plain.scalar("contacts")),
        "bots": any(plain.scalar("bots")),
        "effort": any(each is not None for each in plain.scalar("worked")),
        "holds": "on_hold" in plain.entries("history").parts[1],
        "group": plain.entries("groups").offsets[-1],
        "line": plain.entries("lines").offsets[-1],
        "agent": plain.entries("agents").offsets[-1],
        "second": any(end - start > (not snapshot) for (start, end), snapshot in solved),
        "statement": any(each is not None for each in plain.field("custom.sla_met")),
        **{name: any(plain.field(name)) for name in ("requester", "topic")},
    }
    kinds = {
        kind for name in ("ratings", "ratings_requested") for kind in plain.entries(name).parts[0]
    }
    return frozenset({name for name, there in parts.items() if there} | kinds).intersection(NEEDS)


def asked(
    *, target: timedelta | None = None, calendar: BusinessCalendar | None = None
) -> tuple[ReportedKpi, ...]:
    """Return every KPI that tickets can answer, in the order of a report.

    A ticket should be solved within `target`, in the opening hours of `calendar`.
    """
    return (*_times(), *_shares(target, calendar), *_contacts(), *_rates())


_WITHIN: Mapping[str, Any] = FrozenMap({"within": WINDOW})
_PARAMS: Mapping[str, Mapping[str, Any]] = MappingProxyType({
    "solved_within": _WITHIN,
    "reopened_within": _WITHIN,
    "touches": FrozenMap({"gap": TOUCH_GAP}),
})  # fmt: skip
"""What the sentences of a KPI say besides, by its key."""


def _of_rows(rows: Iterable[CatalogueRow], *, timed: bool = False) -> Iterator[ReportedKpi]:
    for one, needs in rows:
        yield ReportedKpi(
            code=one.key,
            params=_PARAMS.get(one.key, FrozenMap()),
            kpi=one,
            needs=needs,
            timed=timed,
        )


def _times() -> Iterator[ReportedKpi]:
    said = ("messages",)
    rows: tuple[CatalogueRow, ...] = (
        (kpi.MTTA, ()),
        (kpi.first_response(), said),
        (kpi.KPIS["next_response"], said),
        (kpi.KPIS["average_response"], said),
        (kpi.first_resolution(), ()),
        (kpi.full_resolution(), ("second",)),
        (kpi.KPIS["requester_wait"], ("holds",)),
        (kpi.KPIS["agent_work"], ()),
        (kpi.KPIS["on_hold_time"], ("holds",)),
        (kpi.TIME_TO_CLOSE, ()),
        (kpi.KPIS["close_delay"], ()),
    )  # fmt: skip
    yield from _of_rows(rows, timed=True)
    yield ReportedKpi(
        code="handle_time",
        kpi=kpi.HANDLE_TIME,
        needs=("effort",),
    )
    yield ReportedKpi(code="backlog_age", whole=kpi.backlog)


def _shares(target: timedelta | None, calendar: BusinessCalendar | None) -> Iterator[ReportedKpi]:
    if target is not None and calendar is not None:
        yield ReportedKpi(
            code="solved_in_time",
            params=FrozenMap({"target": target}),
            kpi=kpi.solved_in_time(target, calendar=calendar),
        )
    else:
        yield ReportedKpi(code="target", needs=("target",))
    rows: tuple[CatalogueRow, ...] = (
        (kpi.KPIS["stated_within_sla"], ("statement",)),
        (kpi.solved_within(WINDOW), ()),
        (kpi.reopened(), ()),
        (kpi.reopened(within=WINDOW), ()),
        (kpi.STRAIGHT_THROUGH, ("group",)),
        (kpi.KPIS["transferred"], ("group",)),
        (kpi.KPIS["bounced"], ("group",)),
        (kpi.KPIS["escalated"], ("line",)),
    )  # fmt: skip
    yield from _of_rows(rows)


def _contacts() -> Iterator[ReportedKpi]:
    who = ("requester",)
    rows: tuple[CatalogueRow, ...] = (
        (kpi.KPIS["first_level"], ("line",)),
        (kpi.KPIS["fcr_one_reply"], ("messages",)),
        (kpi.KPIS["fcr_no_further_contact"], ("messages",)),
        (kpi.no_handoff(), ("agent",)),
        (kpi.KPIS["zero_reply"], ("messages",)),
        (kpi.KPIS["contained_by_bot"], ("bots",)),
        (kpi.satisfied(), ("csat",)),
        (kpi.response_rate("csat"), ("csat",)),
    )  # fmt: skip
    yield from _of_rows(rows)
    yield ReportedKpi(
        code="fcr_no_repeat",
        params=_WITHIN,
        needs=who,
        whole=lambda facts: kpi.no_repeat(facts, within=WINDOW),
    )
    yield ReportedKpi(code="repeat_contact", params=_WITHIN, needs=(*who, "topic"), whole=_repeats)


def _bounds(facts: AnyFacts) -> tuple[datetime | None, datetime | None]:
    """Return the first creation, and up to when anything is known; None without tickets."""
    if isinstance(facts, Sequence):
        facts = kpi.plain_facts(facts)
    if not facts.size:
        return None, None
    if isinstance(facts, kpi.PlainFacts):
        created, as_of = min(facts.scalar("created")), max(facts.scalar("as_of"))
    else:
        created, as_of = facts.numbers("created").min(), facts.numbers("as_of").max()
    return instant(int(created)), instant(int(as_of))


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
        (kpi.reopenings(), ()),
        (kpi.KPIS["transfers_per_ticket"], ("group",)),
        (kpi.KPIS["bounces_per_ticket"], ("group",)),
        (kpi.KPIS["escalations_per_ticket"], ("line",)),
        (kpi.KPIS["handoffs"], ("agent",)),
        (kpi.touches(gap=TOUCH_GAP), ("messages",)),
        (kpi.mean_satisfaction(), ("csat",)),
        (kpi.net_promoter_score(), ("nps",)),
    )  # fmt: skip
    yield from _of_rows(rows)
    yield ReportedKpi(code="solved_per_created", whole=_flow)


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
        >>> [each.title.code for each in absent(asked(), frozenset(NEEDS) - {"nps"})][:1]
        ['title_net_promoter_score']
    """
    figures = []
    for one in every:
        lacking = [need for need in one.needs if need not in holds]
        if not statuses and by_status(one):
            figures.append(UnsupportedFigure(one.title, says("lacks_statuses")))
        elif lacking:
            figures.append(UnsupportedFigure(one.title, says(f"lacks_{lacking[0]}")))
    never = (UnsupportedFigure(says(f"title_{x}"), says(f"lacks_{x}")) for x in ALWAYS_ABSENT)
    return (*figures, *never)
