"""Evaluations as plain data: the tables of the keys of clocks, cycles and counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from support_model import _records as doc
from support_model._answers import AT, REASONS, SENTENCE, computed
from support_model._sla.cycles import State
from support_model._sla.evaluations import Clock, Count, Cycle, Evaluation
from support_model._time import Span
from support_model._vocabulary import PolicyKind

if TYPE_CHECKING:
    from collections.abc import Mapping

_AT, _LENGTH = doc.nullable(AT), doc.nullable(doc.LENGTH)
_STATE = doc.one_of(State)
SPAN = doc.Record(Span, doc.required("start", AT), doc.required("end", _AT), definition="span")
RESULT = doc.Record(
    dict,
    doc.required("stop", AT),
    doc.required("state", _STATE),
    definition="result",
    parts=lambda result: result,
)
_OF_COUNT = (
    doc.required("number", doc.POSITIVE),
    doc.required("state", _STATE),
    doc.required("text", SENTENCE),
    doc.required("policy", doc.TEXT),
    doc.required("policy_version", doc.ANY_TEXT),
    doc.required("calendar", doc.ANY_TEXT),
    doc.required("zone", doc.ZONE),
    doc.required("start", AT),
    doc.required("stop", _AT),
    doc.required("end", _AT),
    doc.required("stopped_by", doc.list_of(doc.TEXT)),
    doc.required("due_at", _AT),
    doc.required("promised", _AT),
    doc.required("breached", doc.FLAG),
    doc.required("breach_at", _AT),
    doc.required("was_breached", doc.FLAG),
    doc.required("earlier_breaches", doc.list_of(AT)),
    doc.required("elapsed", doc.LENGTH),
    doc.required("gross_elapsed", doc.LENGTH),
    doc.required("allowed", _LENGTH),
    doc.required("remaining", _LENGTH),
    doc.required("overrun", doc.LENGTH),
    doc.required("share", doc.nullable(doc.leaf("number"))),
    doc.required("pauses", doc.list_of(SPAN)),
    doc.required("results", doc.list_of(RESULT)),
)
_ATTRIBUTES = frozenset(
    (
        *("number", "state", "start", "stop", "end", "stopped_by", "due_at", "breached"),
        *("breach_at", "was_breached", "earlier_breaches", "elapsed", "gross_elapsed", "allowed"),
        *("remaining", "overrun", "share", "pauses"),
    )
)


def _count_parts(count: Count) -> dict[str, Any]:
    calendar, promised = count.target.calendar, count.promised
    return {
        **{name: getattr(count, name) for name in _ATTRIBUTES},
        "text": count.text,
        "policy": count.policy.name,
        "policy_version": count.policy.version,
        "calendar": calendar.name,
        "zone": calendar.tz,
        "promised": None if promised is None else count.at(promised),
        "results": [{"stop": count.at(at), "state": state} for at, state in count.results],
    }


def _cycle_parts(cycle: Cycle) -> dict[str, Any]:
    return {**_count_parts(cycle), "earlier_counts": cycle.counts[:-1]}


COUNT = computed(Count, *_OF_COUNT, name="count", parts=_count_parts)
CYCLE = computed(
    Cycle,
    *_OF_COUNT,
    doc.required("earlier_counts", doc.list_of(COUNT)),
    name="cycle",
    parts=_cycle_parts,
)


def _clock_parts(clock: Clock) -> Mapping[str, Any]:
    names = ("slot", "kind", "state", "breached", "was_breached", "breach_at", "due_at")
    own = {name: getattr(clock, name) for name in (*names, "elapsed", "remaining", "cycles")}
    return {**own, "text": clock.text, "metric": clock.metric.name, "tally": clock.tally}


CLOCK = computed(
    Clock,
    doc.required("metric", doc.TEXT),
    doc.required("slot", doc.TEXT),
    doc.required("kind", doc.one_of(PolicyKind)),
    doc.required("state", _STATE),
    doc.required("text", SENTENCE),
    doc.required("breached", doc.FLAG),
    doc.required("was_breached", doc.FLAG),
    doc.required("breach_at", _AT),
    doc.required("due_at", _AT),
    doc.required("elapsed", doc.LENGTH),
    doc.required("remaining", _LENGTH),
    doc.required("tally", doc.table_of(doc.COUNT)),
    doc.required("cycles", doc.list_of(CYCLE)),
    name="clock",
    parts=_clock_parts,
)


EVALUATION = computed(
    Evaluation,
    doc.required("ticket_id", doc.TEXT, "ticket.id"),
    doc.required("version", doc.WHOLE, "ticket.version"),
    doc.required("as_of", AT),
    doc.required("next_at", _AT),
    doc.required("clocks", doc.list_of(CLOCK)),
    doc.required("findings", REASONS),
    name="evaluation",
)
