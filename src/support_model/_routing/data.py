"""Routing and triage rules as plain data: dicts of JSON types out and in.

A host's own ranking stands in it by its name, and is known only if the caller hands it over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from support_model._records.documents import Document
from support_model._records.parts import number_to_data, read_number
from support_model._records.schemas import fitted
from support_model._routing.queues import Need, Queue
from support_model._routing.rules import Fallback, Ranking, RateLimit, Relax, Routing
from support_model._routing.triage import TriageRule
from support_model._ticket_data import fields_from_data, fields_to_data
from support_model._time import duration, duration_text
from support_model.errors import InvalidRouting, nearest
from support_model.patterns import read_pattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from support_model._routing.rules import Strategy
    from support_model.patterns import Functions


def routing_to_data(routing: Routing) -> dict[str, Any]:
    """Return a routing as a dict of JSON types; what is as usual is left out.

    Example:
        >>> from datetime import timedelta
        >>> rules = Routing(strategy="round_robin", sticky=timedelta(hours=24))
        >>> routing_to_data(rules)
        {'strategy': 'round_robin', 'sticky': '24h'}
        >>> read_routing(routing_to_data(rules)) == rules
        True
    """
    strategy, usual = routing.strategy, Routing()
    data: dict[str, Any] = {}
    if isinstance(strategy, Ranking):
        data["strategy"] = {"ranking": strategy.name}
    elif strategy != usual.strategy:
        data["strategy"] = strategy
    for word in ("sticky", "ageing"):
        if getattr(routing, word) is not None:
            data[word] = duration_text(getattr(routing, word))
    for word in ("count", "fit"):
        if getattr(routing, word) != getattr(usual, word):
            data[word] = getattr(routing, word)
    limit = routing.rate_limit
    if limit is not None:
        data["rate_limit"] = {"most": limit.most, "within": duration_text(limit.within)}
    if routing.weights:
        data["weights"] = {name: number_to_data(n) for name, n in routing.weights.items()}
    rows = {
        "relax": [_relax_out(step) for step in routing.relax],
        "fallback": [_fallback_out(step) for step in routing.fallback],
        "queues": [_queue_out(queue) for queue in routing.queues],
    }
    return data | {part: found for part, found in rows.items() if found}


def _relax_out(step: Relax) -> dict[str, Any]:
    data: dict[str, Any] = {"after": duration_text(step.after)}
    data |= {"lower": dict(step.lower)} if step.lower else {}
    return data | ({"drop": list(step.drop)} if step.drop else {})


def _fallback_out(step: Fallback) -> dict[str, Any]:
    data = {"after": duration_text(step.after), "line": step.line}
    return data if step.of is None else {**data, "of": step.of}


def _queue_out(queue: Queue) -> dict[str, Any]:
    data: dict[str, Any] = {"name": queue.name, "when": queue.when.data()}
    if queue.needs:
        data["needs"] = [_need_out(need) for need in queue.needs]
    for part in ("line", "team"):
        if getattr(queue, part) is not None:
            data[part] = getattr(queue, part)
    return data


def _need_out(need: Need) -> str | dict[str, Any]:
    data: dict[str, Any] = {"skill": need.skill}
    data |= {"level": need.level} if need.level != 1 else {}
    data |= {} if need.required else {"required": False}
    return data if len(data) > 1 else need.skill


def read_routing(
    data: object,
    *,
    functions: Functions | None = None,
    rankings: Iterable[Ranking] = (),
    path: str = "routing",
) -> Routing:
    """Return the routing that `routing_to_data` wrote.

    Raises:
        InvalidDocument: a key missing, unknown or of the wrong kind; with its path.
        InvalidRouting: a rule that cannot mean anything, a ranking that was not handed over.
        InvalidPattern, InvalidLoad, InvalidValue: a part that cannot be.
    """
    row = fitted("routing", data, path)
    parts = Document(path, row)
    limit = row.get("rate_limit")
    return Routing(
        strategy=_strategy_in(row.get("strategy", Routing().strategy), rankings),
        sticky=duration(row["sticky"]) if "sticky" in row else None,
        ageing=duration(row["ageing"]) if "ageing" in row else None,
        relax=parts.each("relax", _relax_in),
        fallback=parts.each("fallback", _fallback_in),
        rate_limit=None if limit is None else RateLimit(limit["most"], duration(limit["within"])),
        count=row.get("count", Routing().count),
        fit=row.get("fit", Routing().fit),
        weights={name: read_number(n) for name, n in row.get("weights", {}).items()},
        queues=parts.each("queues", _queue_in, functions=functions),
    )


def _strategy_in(data: Any, rankings: Iterable[Ranking]) -> Strategy | Ranking:  # noqa: ANN401 - fits
    if isinstance(data, str):
        return data  # type: ignore[return-value]  # the shape lists them
    known = {ranking.name: ranking for ranking in rankings}
    name = data["ranking"]
    if name not in known:
        remedy = nearest(name, known) if known else "hand it over: rankings=[...]"
        raise InvalidRouting(name, "unknown ranking", remedy)
    return known[name]


def _relax_in(row: Mapping[str, Any]) -> Relax:
    after = duration(row["after"])
    return Relax(after, lower=row.get("lower", {}), drop=row.get("drop", ()))


def _fallback_in(row: Mapping[str, Any]) -> Fallback:
    return Fallback(duration(row["after"]), row["line"], of=row.get("of"))


def _queue_in(row: Mapping[str, Any], functions: Functions | None) -> Queue:
    return Queue(
        name=row["name"],
        when=read_pattern(row["when"], functions),
        needs=[_need_in(need) for need in row.get("needs", ())],
        line=row.get("line"),
        team=row.get("team"),
    )


def _need_in(data: str | Mapping[str, Any]) -> Need:
    row: Mapping[str, Any] = {"skill": data} if isinstance(data, str) else data
    return Need(row["skill"], row.get("level", 1), row.get("required", True))


def triage_rule_to_data(rule: TriageRule) -> dict[str, Any]:
    """Return a triage rule as a dict of JSON types; fields that it empties stand under `empty`."""
    given = {name: value for name, value in rule.sets if value is not None}
    emptied = [name for name, value in rule.sets if value is None]
    data = {"name": rule.name, "when": rule.when.data(), "sets": fields_to_data(given)}
    return {**data, "empty": emptied} if emptied else data


def read_triage_rule(
    data: object, *, functions: Functions | None = None, path: str = "triage"
) -> TriageRule:
    """Return the triage rule that `triage_rule_to_data` wrote.

    Raises:
        InvalidDocument: a key missing, unknown or of the wrong kind; with its path.
        InvalidPattern, InvalidEvent: a pattern or a field that cannot be.
    """
    row = fitted("triage_rule", data, path)
    sets = fields_from_data(row["sets"], "sets")
    return TriageRule(
        name=row["name"],
        when=read_pattern(row["when"], functions),
        sets={**dict.fromkeys(row.get("empty", ())), **sets},
    )
