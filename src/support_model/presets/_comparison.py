"""Comparison: one ticket and one policy under the rules of several products, side by side.

Every answer is the engine's: each product's preset prepares the events, counts by its own
metrics, and shows its clocks its own way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from support_model._frozen import frozen
from support_model.presets._loading import STANDARD
from support_model.presets._translation import translate
from support_model.sla import PolicyBook, evaluate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime, timedelta

    from support_model.events import Event
    from support_model.presets._preset import Preset
    from support_model.reasons import Reason
    from support_model.sla import Clock, SlaPolicy


@frozen(kw_only=True)
class Answer:
    """The answer of a product about one metric of a ticket.

    Attributes:
        preset: the product's preset.
        policy: the policy that is in force; empty where no clock runs.
        metric: the metric's name.
        state: the clock's state; `not_measured` where the product has no such clock, `no_target`
            where none is in force.
        due_at: the due that it shows.
        breached: whether it shows a breach, now or earlier.
        breach_at: when that was.
        elapsed: the counted time of the last cycle; None without a clock.
        reasons: how its rules differ from the library's own for this metric, or why there is no
            clock.
    """

    preset: str
    policy: str
    metric: str
    state: str
    due_at: datetime | None
    breached: bool
    breach_at: datetime | None
    elapsed: timedelta | None
    reasons: tuple[Reason, ...]


def compare(
    events: Iterable[Event],
    policies: PolicyBook | SlaPolicy | Iterable[SlaPolicy],
    presets: Iterable[Preset],
    *,
    as_of: datetime,
) -> tuple[Answer, ...]:
    """Return the answer of each product about each metric promised: metrics first, then presets.

    Args:
        events: one ticket's log.
        policies: what is promised, in the ready metrics of the library.
        presets: the products.
        as_of: the instant asked about.

    Raises:
        InvalidTarget: a policy holds a metric of its own.
        NaiveDatetime: `as_of` has no zone.
        InconsistentLog: the events are no log of one ticket, or none lies before `as_of`.

    Example:
        >>> from datetime import UTC, datetime, timedelta
        >>> from support_model.calendars import BusinessCalendar
        >>> from support_model.events import Changed, Created
        >>> from support_model.sla import SlaPolicy, Target
        >>> from support_model.presets import load_preset
        >>> from support_model.vocabulary import Status
        >>> nine = datetime(2026, 3, 2, 9, tzinfo=UTC)
        >>> log = [
        ...     Created(ticket_id="T1", at=nine, role="customer",
        ...             fields={"status": Status("open", "open")}),
        ...     Changed(ticket_id="T1", at=nine + timedelta(hours=1), role="agent",
        ...             fields={"status": Status("waiting", "pending")}),
        ... ]
        >>> day = Target(metric=STANDARD.metrics["resolution"], within=timedelta(hours=8),
        ...              calendar=BusinessCalendar.always("UTC"))
        >>> gold = SlaPolicy(name="gold", targets=[day])
        >>> products = [load_preset("zammad"), load_preset("otrs")]
        >>> for answer in compare(log, gold, products, as_of=nine + timedelta(hours=3)):
        ...     print(answer.preset, answer.state, answer.elapsed, answer.due_at)
        zammad paused 1:00:00 None
        otrs running 3:00:00 2026-03-02 17:00:00+00:00
    """
    log, book = tuple(events), PolicyBook.of(policies)
    metrics = tuple(dict.fromkeys(t.metric.name for p in book.policies for t in p.targets))
    answers = [
        answer for preset in presets for answer in _answers_of(log, book, preset, metrics, as_of)
    ]
    return tuple(sorted(answers, key=lambda answer: metrics.index(answer.metric)))


def _answers_of(
    log: tuple[Event, ...],
    book: PolicyBook,
    preset: Preset,
    metrics: Iterable[str],
    as_of: datetime,
) -> Iterator[Answer]:
    """Yield the answers of one product, metric by metric."""
    translated = [translate(policy, STANDARD, preset) for policy in book.policies]
    select = preset.select if preset is not STANDARD else book.select
    theirs = preset.opened(PolicyBook((one.policy for one in translated), select), log[0].at)
    result = evaluate(preset.prepared(log), theirs, as_of=as_of)
    for metric in metrics:
        clocks = [clock for clock in result.clocks if clock.metric.name == metric]
        for clock in clocks:
            changed = _about(metric, (one.changed for one in translated))
            yield _answer(preset, metric, clock, changed)
        if not clocks:
            lost = _about(metric, (one.lost for one in translated))
            state = "not_measured" if metric not in preset.metrics else "no_target"
            yield _answer(preset, metric, None, lost, state)


def _about(metric: str, groups: Iterable[tuple[Reason, ...]]) -> tuple[Reason, ...]:
    """Return the reasons that are about a metric, or about all of them, each once."""
    reasons = dict.fromkeys(reason for group in groups for reason in group)
    return tuple(r for r in reasons if dict(r.params).get("metric", metric) == metric)


def _answer(
    preset: Preset, metric: str, clock: Clock | None, reasons: tuple[Reason, ...], state: str = ""
) -> Answer:
    display = None if clock is None else preset.display(clock)
    cycle = None if clock is None else clock.last
    return Answer(
        preset=preset.name,
        policy="" if cycle is None else cycle.policy.name,
        metric=metric,
        state=state if clock is None else clock.state,
        due_at=None if display is None else display.due_at,
        breached=display is not None and display.breached,
        breach_at=None if display is None else display.breach_at,
        elapsed=None if clock is None else clock.elapsed,
        reasons=reasons,
    )
