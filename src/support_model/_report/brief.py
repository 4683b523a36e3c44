"""The answers that a manager asks for first, a sentence each."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from math import sqrt
from statistics import median
from typing import TYPE_CHECKING

from support_model import kpi
from support_model._report.blocks import Bounds, Section, says
from support_model._report.conclusions import (
    TOLD,
    course_said,
    field_said,
    in_order,
    is_told,
    known_since,
    usual_start,
    what,
    where_said,
)
from support_model._report.headlines import course
from support_model._report.now import Now
from support_model._report.period_figures import (
    ALL,
    FEWEST_FOR_SHARE,
    answers,
    members,
    time_spent,
)
from support_model._report.period_names import period_said
from support_model._report.quality import Quality
from support_model._time import Span, moved

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from support_model._report.blocks import Said
    from support_model._report.report import Report
    from support_model.changes import Change, Changes
    from support_model.figures import Share

FIRST_DUE, MOST_NAMED, MOST_LOADED, FEWEST_GROUPS = 3, 5, 3, 2
OVERLOADED = 1.5
"""Times the median of open tickets from which somebody is named, if that is beyond chance."""
CHANCE = 2
"""Roots of the median by which open tickets may exceed it by chance."""


def sections(report: Report) -> Iterator[Section]:
    """Yield the answers in short; nothing of a log too short for two periods."""
    if report.changes is None:
        return
    now = Now.of_report(report)
    notes = (
        _first(report, report.changes, now),
        *_keeping_up(report, report.changes),
        *_moved(report, report.changes, TOLD),
        *Quality.of(report).in_short(),
        _least_satisfied(report, report.changes),
        *_waiting(report, report.changes),
        *(() if now is None else _now(now)),
        *_promises_kept(report, report.changes),
        *_moved(report, report.changes, ("other",)),
        *_covered(report.changes),
    )
    yield Section(key="brief", title=says("brief_title"), notes=notes)


def _covered(changes: Changes) -> Iterator[Said]:
    """Yield which weeks the earlier figure of each change is of."""
    if in_order(changes):
        yield says("brief_covered", first=usual_start(changes))


def _first(report: Report, changes: Changes, now: Now | None) -> Said:
    """Return what to do first; where nothing presses, what is open for longest."""
    steps, known = [*_steps(report, changes, now)], is_told(changes)
    if not steps and now is not None and now.units:
        code = "brief_do_oldest" if known else "brief_do_oldest_alone"
        steps.append(says(code, tickets=now.oldest(FIRST_DUE)))
    if len(steps) > 1:
        steps = [says("brief_step", n=n, step=step) for n, step in enumerate(steps, start=1)]
    if steps:
        return says("brief_first", steps=tuple(steps))
    return says("brief_first_none") if known else says("brief_first_untold")


def _steps(report: Report, changes: Changes, now: Now | None) -> Iterator[Said]:
    """Yield what presses: share late work, keep what can be kept, find out why it got worse."""
    if now is not None and report.clocks is not None:
        yield from _share_work(now)
        yield from _promises(now)
    worse = next((each for each in in_order(changes) if each.verdict == "worse"), None)
    if worse is not None:
        yield says("brief_do_why", change=_change(worse, report, changes))


def _promises(now: Now) -> Iterator[Said]:
    """Yield whose promises to see to: those that can still be kept, or else the most late."""
    if tickets := _first_due(now):
        yield says("brief_do_promises", tickets=tickets)
    elif late := now.late_tickets()[:FIRST_DUE]:
        yield says("brief_do_late", tickets=late)


def _share_work(now: Now) -> Iterator[Said]:
    """Yield whose work to share: of those who hold far more than others, the first with delays."""
    for agent, n in _overloaded(now)[:1]:
        if late := now.late_of("agent", agent):
            yield says("brief_do_share", agent=agent, n=n, late=late)


def _first_due(now: Now) -> tuple[str, ...]:
    """Return the tickets whose promises come due first and can still be kept."""
    return now.tickets_due("today", "next")[:FIRST_DUE]


def _change(change: Change, report: Report, changes: Changes) -> Said:
    """Return what changed, for whom, how far and since when, and since when it was as before."""
    other = change.before_since != usual_start(changes)
    return says(
        "brief_change_from" if other else "brief_change",
        first=change.before_since,
        what=what(change),
        where=where_said(change),
        course=course_said(change, report),
        since=change.since,
    )


def _moved(report: Report, changes: Changes, told_sides: Iterable[str]) -> Iterator[Said]:
    """Yield what went some ways in the period or since, and what did before and stands."""
    period = period_said(changes.after)
    every = in_order(changes)
    for side in told_sides:
        own = [
            each for each in every if (each.verdict if each.verdict in TOLD else "other") == side
        ]
        for code, recent in ((f"brief_{side}", True), (f"brief_{side}_still", False)):
            told = [each for each in own if each.recent is recent]
            if told:
                yield says(code, parts=_parts(told, report, changes), period=period)
            elif recent and side in TOLD:
                state = "none" if is_told(changes) else "untold"
                yield says(f"brief_{side}_{state}", period=period)


def _parts(told: list[Change], report: Report, changes: Changes) -> tuple[Said, ...]:
    """Return the first of some changes, and how many more there are."""
    more = len(told) - MOST_NAMED
    named = (_change(each, report, changes) for each in told[:MOST_NAMED])
    return (*named, *((says("brief_more", n=more),) if more > 0 else ()))


def _keeping_up(report: Report, changes: Changes) -> Iterator[Said]:
    """Yield what came and was solved, and whether the backlog grew by more than it varies."""
    before, now = kpi.volumes(report.plain, (changes.before, changes.after))
    period = period_said(changes.after)
    if "status" in report.log.undated:
        yield says("brief_came", created=now.created, period=period)
        yield says("brief_statuses_untold")
        return
    also = now.reopened or now.voided
    besides = says("brief_besides", reopened=now.reopened, voided=now.voided)
    again = says("brief_again", n=now.tickets_solved)
    yield says(
        "brief_volumes",
        created=now.created,
        solved=now.solved,
        again=(again,) if now.solved > now.tickets_solved else (),
        period=period,
        besides=(besides,) if also else (),
    )
    if report.selected:
        yield says("brief_backlog_untold")
        return
    yield says(f"brief_{course(now)}", before=before.backlog, now=now.backlog, period=period)
    until = known_since(changes)
    end, last = changes.after.end, report.as_of
    if until is not None and end is not None and last is not None:
        today = moved(last, timedelta.resolution)
        (live,) = kpi.volumes(report.plain, (Span(end, today),))
        said = {"before": now.backlog, "now": live.backlog, "until": until}
        yield says(f"brief_since_{course(live)}", **said)


def _least_satisfied(report: Report, changes: Changes) -> Said:
    """Return the channel whose customers are least satisfied in the later period.

    Where that may be chance, the least of those that are not are named as well.
    """
    rows = report.rows
    marks, edges = rows.trials.get("satisfied"), changes.after.edges
    if marks is None or "channel" not in rows.fields:
        return says("brief_ratings_untold")
    shares = answers(marks, rows.fields["channel"], edges)
    known = _known(shares)
    if len(known) < FEWEST_GROUPS:
        return says("brief_ratings_few", n=FEWEST_FOR_SHARE)
    whole = answers(marks, members(rows), edges)[0, ALL].value or 0.0
    told = [_rated(rows.names["channel"][code], shares[0, code]) for _, code in known]
    surely = [_high(shares[0, code]) < whole for _, code in known]
    if surely[0]:
        return says("brief_least_satisfied", channel=told[0], all=whole)
    if any(surely):
        least = told[surely.index(True)]
        return says("brief_least_and", channel=told[0], surely=least, all=whole)
    return says("brief_least_perhaps", channel=told[0], all=whole)


def _known(shares: Mapping[tuple[int, int], Share]) -> list[tuple[float, int]]:
    """Return the shares of groups that rest on enough, with the code of each, the least first."""
    return sorted(
        (share.value, code)
        for (_, code), share in shares.items()
        if code >= 0 and share.value is not None and share.n >= FEWEST_FOR_SHARE
    )


def _rated(channel: str, share: Share) -> Said:
    bounds = Bounds(*(share.interval or (0.0, 1.0)))
    return says("brief_rated", channel=channel, share=share.value, n=share.n, bounds=bounds)


def _high(share: Share) -> float:
    return 1.0 if share.interval is None else share.interval[1]


def _waiting(report: Report, changes: Changes) -> Iterator[Said]:
    """Yield in which status, and with which group, tickets spent most of the later period."""
    rows, (low, high) = report.rows, changes.after.edges
    if rows.listed:
        yield says("brief_wait_untold")
        return
    high = min(high, rows.as_of)
    by_status: Counter[str] = Counter()
    by_group: Counter[int] = Counter()
    groups = rows.fields.get("group") or members(rows)
    for status, times in time_spent(report.stays, groups, (low, high)).items():
        for code, spent in times.items():
            by_status[status] += spent
            if code >= 0 and "group" in rows.fields:
                by_group[code] += spent
    for status, spent in by_status.most_common(1):
        about = {"status": status, "share": spent / by_status.total()}
        if len(by_group) > 1:
            ((code, longest),) = by_group.most_common(1)
            about |= {"group": rows.names["group"][code], "part": longest / by_status.total()}
        yield says("brief_wait_group" if len(by_group) > 1 else "brief_wait", **about)


def _held(now: Now) -> Counter[str]:
    """Return how many open tickets each agent holds."""
    return Counter(filter(None, (now.value(ticket, "agent") for ticket in now.units)))


def _overloaded(now: Now) -> list[tuple[str, int]]:
    """Return who holds far more open tickets than half of the agents, most first."""
    held = _held(now)
    usual = median(held.values()) if held else 0
    least = max(OVERLOADED * usual, usual + CHANCE * sqrt(usual))
    ranked = sorted(held.items(), key=lambda each: (-each[1], each[0]))
    return [each for each in ranked if each[1] > least]


def _now(now: Now) -> Iterator[Said]:
    """Yield how old what is open is, who holds most, and what comes due and is past due."""
    held = _held(now)
    if now.units:
        middle, oldest = now.ages()
        yield says("brief_open", n=len(now.units), median=middle, oldest=oldest)
    if held:
        yield _load(now, held)
    elif not now.units:
        yield says("brief_open_none")
    if now.report.clocks is None:
        yield says("brief_due_untold")
        return
    states = Counter(state for _, state in now.due)
    today = (says("brief_due_today", n=states["today"]),) if states["today"] else ()
    about = {"day": now.day, "n": states["next"], "today": today}
    if states["next"]:
        tickets = now.tickets_due("next")
        first = tickets[:FIRST_DUE]
        yield says("brief_due", of=len(tickets), first=first, **about)
    else:
        yield says("brief_due_none", **about)
    if late := states["late"]:
        yield says("brief_late", n=late, tickets=len(now.late_tickets()), who=_late_with(now))


def _load(now: Now, held: Counter[str]) -> Said:
    """Return who is overloaded, or that nobody is."""
    usual = round(median(held.values()))
    loaded = _overloaded(now)
    if not loaded:
        agent, n = min(held.items(), key=lambda each: (-each[1], each[0]))
        return says("brief_loaded_none", agent=agent, n=n, median=usual)
    parts = []
    for agent, n in loaded[:MOST_LOADED]:
        late = now.late_of("agent", agent)
        parts.append(
            says("brief_load_late" if late else "brief_load", agent=agent, n=n, late=late)
        )
    return says("brief_loaded", agents=tuple(parts), median=usual)


def _late_with(now: Now) -> tuple[Said, ...]:
    """Return the group and the agent with most promises past due; nothing where none is named."""
    parts = []
    for field in ("group", "agent"):
        late = now.late_by(field)
        if len(late) > 1:
            ((name, n),) = late.most_common(1)
            about = {"field": field_said(field), "value": name, "n": n}
            parts.append(says("brief_late_with", **about))
    return (says("brief_late_most", parts=tuple(parts)),) if parts else ()


def _promises_kept(report: Report, changes: Changes) -> Iterator[Said]:
    """Yield the group that kept the smallest share of its promises in the later period."""
    rows = report.rows
    marks = rows.trials.get("sla")
    if not marks or "group" not in rows.fields:
        return
    shares = answers(marks, rows.fields["group"], changes.after.edges)
    known = _known(shares)
    if len(known) >= FEWEST_GROUPS:
        least, code = known[0]
        whole = answers(marks, members(rows), changes.after.edges)[0, ALL].value
        about = {"share": least, "n": shares[0, code].n, "all": whole}
        period = period_said(changes.after)
        yield says("brief_kept", group=rows.names["group"][code], period=period, **about)
