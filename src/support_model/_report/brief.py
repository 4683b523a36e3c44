"""The answers that a manager asks for first, a sentence each."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from statistics import median
from typing import TYPE_CHECKING

from support_model import kpi
from support_model._report.blocks import Bounds, Section, says
from support_model._report.conclusions import TOLD, in_order, known_since, what, where_said
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
from support_model._time import Span, moved

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support_model._report.blocks import Said
    from support_model._report.report import Report
    from support_model.changes import Change, Changes

FIRST_DUE, MOST_NAMED = 3, 3
OVERLOADED = 1.5
"""Times the median of open tickets from which somebody is named."""


def sections(report: Report) -> Iterator[Section]:
    """Yield the answers in short; nothing of a log too short for two periods."""
    if report.changes is None:
        return
    now = Now.of_report(report)
    notes = (
        *_first(report, report.changes, now),
        *_keeping_up(report, report.changes),
        *_moved(report.changes),
        *_least_satisfied(report, report.changes),
        *_waiting(report, report.changes),
        *(() if now is None else _now(now)),
    )
    yield Section(key="brief", title=says("brief_title"), notes=notes)


def _first(report: Report, changes: Changes, now: Now | None) -> Iterator[Said]:
    """Yield what to do first: keep what can be kept, then find out why something is worse."""
    parts = [] if now is None or report.clocks is None else [*_promises(now)]
    worse = next((each for each in in_order(changes) if each.verdict == "worse"), None)
    if worse is not None:
        parts.append(says("brief_do_why", change=_change(worse)))
    if not parts and now is not None and now.units:
        parts.append(says("brief_do_oldest", tickets=now.oldest(FIRST_DUE)))
    if parts:
        code = "brief_first" if len(parts) == 1 else "brief_first_then"
        yield says(code, **dict(zip(("first", "second"), parts, strict=False)))


def _promises(now: Now) -> Iterator[Said]:
    """Yield whose promises to see to: those that can still be kept, or else the least late."""
    if tickets := _first_due(now):
        yield says("brief_do_promises", tickets=tickets)
    elif late := now.late_tickets()[:FIRST_DUE]:
        yield says("brief_do_late", tickets=late)


def _first_due(now: Now) -> tuple[str, ...]:
    """Return the tickets whose promises come due first and can still be kept."""
    rows = now.soon().rows[:FIRST_DUE]
    return tuple(dict.fromkeys(str(row[0]) for row in rows))


def _change(change: Change) -> Said:
    """Return what changed, for whom and since when."""
    return says("brief_change", what=what(change), where=where_said(change), since=change.since)


def _moved(changes: Changes) -> Iterator[Said]:
    """Yield what got worse and what got better: what is new, or else what still stands."""
    for side in TOLD:
        every = [each for each in in_order(changes) if each.verdict == side]
        recent = [each for each in every if each.recent]
        named = tuple(map(_change, (recent or every)[:MOST_NAMED]))
        more = len(recent or every) - len(named)
        parts = (*named, *((says("brief_more", n=more),) if more else ()))
        if recent:
            if standing := len(every) - len(recent):
                parts = (*parts, says("brief_standing", n=standing))
            yield says(f"brief_{side}", parts=parts)
        elif every:
            yield says(f"brief_{side}_still", parts=parts)
        else:
            yield says(f"brief_{side}_none")


def _keeping_up(report: Report, changes: Changes) -> Iterator[Said]:
    """Yield whether the backlog grew in the later period by more than its moves vary."""
    if "status" in report.log.undated:
        yield says("brief_statuses_untold")
        return
    if report.selected:
        yield says("brief_backlog_untold")
        return
    before, now = kpi.volumes(report.plain, (changes.before, changes.after))
    side = course(now)
    period = period_said(changes.after)
    yield says(f"brief_{side}", before=before.backlog, now=now.backlog, period=period)
    until = known_since(changes)
    end, last = changes.after.end, report.as_of
    if until is not None and end is not None and last is not None:
        today = moved(last, timedelta.resolution)
        (live,) = kpi.volumes(report.plain, (Span(end, today),))
        said = {"before": now.backlog, "now": live.backlog, "until": until}
        yield says(f"brief_since_{course(live)}", **said)


def _least_satisfied(report: Report, changes: Changes) -> Iterator[Said]:
    """Yield the channel whose customers are least satisfied in the later period."""
    rows = report.rows
    marks, edges = rows.trials.get("satisfied"), changes.after.edges
    if marks is None or "channel" not in rows.fields:
        yield says("brief_ratings_untold")
        return
    shares = answers(marks, rows.fields["channel"], edges)
    known = [
        (share.value, code, share)
        for (_, code), share in shares.items()
        if code >= 0 and share.value is not None and share.n >= FEWEST_FOR_SHARE
    ]
    if len(known) > 1:
        least, code, share = min(known, key=lambda each: each[:2])
        whole = answers(marks, members(rows), edges)[0, ALL].value or 0.0
        bounds = share.interval or (0.0, 1.0)
        yield says(
            "brief_least_satisfied" if bounds[1] < whole else "brief_least_perhaps",
            channel=rows.names["channel"][code],
            share=least,
            n=share.n,
            bounds=Bounds(*bounds),
            all=whole,
        )
    else:
        yield says("brief_ratings_few", n=FEWEST_FOR_SHARE)


def _waiting(report: Report, changes: Changes) -> Iterator[Said]:
    """Yield in which status, and with which group, tickets spent most of the later period."""
    rows, (low, high) = report.rows, changes.after.edges
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
        yield says("brief_wait", status=status, share=spent / by_status.total())
    if len(by_group) > 1:
        ((code, spent),) = by_group.most_common(1)
        group = rows.names["group"][code]
        yield says("brief_wait_group", group=group, share=spent / by_status.total())


def _now(now: Now) -> Iterator[Said]:
    """Yield who holds most of what is open, and what comes due on the next business day."""
    held = Counter(filter(None, (now.value(ticket, "agent") for ticket in now.units)))
    for agent, n in held.most_common(1):
        usual = median(held.values())
        late = now.late_of("agent", agent)
        about = {"agent": agent, "n": n, "median": round(usual)}
        if n > OVERLOADED * usual:
            yield says("brief_loaded_late" if late else "brief_loaded", late=late, **about)
        else:
            yield says("brief_loaded_none", **about)
    if now.report.clocks is None:
        yield says("brief_due_untold")
    else:
        states = Counter(state for _, state in now.due)
        about = {"day": now.day, "n": states["next"], "late": states["late"]}
        yield says("brief_due" if states["next"] else "brief_due_none", **about)
