"""Routing and triage rules as plain data: the tables of their keys.

A host's own ranking stands in it by its name, and is known only if the caller hands it over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

from support_model._common_shapes import NUMBER, PATTERN, given
from support_model._records import (
    COUNT,
    FLAG,
    LENGTH,
    POSITIVE,
    TEXT,
    Fault,
    Record,
    Shape,
    brief,
    either,
    list_of,
    one_of,
    optional,
    read,
    required,
    table_of,
    write,
)
from support_model._routing.people_data import LEVEL
from support_model._routing.queues import Need, Queue
from support_model._routing.rules import (
    STRATEGIES,
    Fallback,
    Fit,
    Ranking,
    RateLimit,
    Relax,
    Routing,
)
from support_model._routing.triage import TriageRule
from support_model._routing.workloads import CountedWork
from support_model._ticket_data import TICKET_FIELDS, set_and_emptied
from support_model.errors import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from support_model._records import Data, Given
    from support_model.patterns import Functions


def _read_ranking(name: Data, given: Given) -> Ranking:
    known = given.get("rankings", {})
    ranking = known.get(TEXT.read(name, given))
    if ranking is None:
        remedy = nearest(name, known) if known else "hand it over: rankings=[...]"
        raise Fault(name, "unknown ranking", remedy)
    return ranking  # type: ignore[no-any-return]


RANKING = Record(
    Ranking,
    required(
        "ranking",
        Shape(("string",), TEXT.schema, _read_ranking, lambda ranking, _: ranking.name),
    ),
    make=lambda ranking: ranking,
    parts=lambda ranking: {"ranking": ranking},
    description="the host's own, by name",
)
STRATEGY = either(one_of(STRATEGIES), RANKING, pick=lambda strategy: isinstance(strategy, Ranking))
NEED = Record(
    Need, required("skill", TEXT), optional("level", POSITIVE), optional("required", FLAG)
)
QUEUE = Record(
    Queue,
    required("name", TEXT),
    required("when", PATTERN),
    optional("needs", list_of(brief(NEED, "skill"))),
    optional("line", LEVEL),
    optional("team", TEXT),
    definition="queue",
)
RELAX = Record(
    Relax,
    required("after", LENGTH),
    optional("lower", table_of(COUNT)),
    optional("drop", list_of(TEXT)),
)
FALLBACK = Record(
    Fallback, required("after", LENGTH), required("line", LEVEL), optional("of", LEVEL)
)
ROUTING = Record(
    Routing,
    optional("strategy", STRATEGY),
    optional("sticky", LENGTH),
    optional("ageing", LENGTH),
    optional("relax", list_of(RELAX)),
    optional("fallback", list_of(FALLBACK)),
    optional("rate_limit", Record(RateLimit, required("most", COUNT), required("within", LENGTH))),
    optional("count", one_of(CountedWork)),
    optional("fit", one_of(get_args(Fit))),
    optional("weights", table_of(NUMBER)),
    optional("queues", list_of(QUEUE)),
    definition="routing",
)


def _triage_rule(
    sets: Mapping[str, Any], empty: tuple[str, ...] = (), **parts: Data
) -> TriageRule:
    return TriageRule(sets={**dict.fromkeys(empty), **sets}, **parts)


def _triage_parts(rule: TriageRule) -> dict[str, Any]:
    sets, emptied = set_and_emptied(dict(rule.sets))
    return {"name": rule.name, "when": rule.when, "sets": sets, "empty": emptied}


TRIAGE_RULE = Record(
    TriageRule,
    required("name", TEXT),
    required("when", PATTERN),
    required("sets", TICKET_FIELDS),
    optional("empty", list_of(TEXT)),
    definition="triage_rule",
    make=_triage_rule,
    parts=_triage_parts,
)


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
    return write(ROUTING, routing, "routing")


def read_routing(
    data: object,
    *,
    functions: Functions | None = None,
    rankings: Iterable[Ranking] = (),
    path: str = "routing",
) -> Routing:
    """Return the routing that `routing_to_data` wrote; errors call it `path`.

    Raises:
        InvalidDocument: a key missing, unknown or unreadable, a ranking that was not handed
            over; with the path to it.
    """
    known = {
        **given(functions=functions),
        "rankings": {ranking.name: ranking for ranking in rankings},
    }
    return read(ROUTING, data, path, known)


def triage_rule_to_data(rule: TriageRule) -> dict[str, Any]:
    """Return a triage rule as a dict of JSON types; fields that it empties stand under `empty`."""
    return write(TRIAGE_RULE, rule, "triage")


def read_triage_rule(
    data: object, *, functions: Functions | None = None, path: str = "triage"
) -> TriageRule:
    """Return the triage rule that `triage_rule_to_data` wrote; errors call it `path`.

    Raises:
        InvalidDocument: a key missing, unknown or unreadable; with the path to it.
    """
    return read(TRIAGE_RULE, data, path, given(functions=functions))
