"""Questions about all tickets at once, of facts by columns: repeats, credit, splits by a field."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from support_model._columns.segments import Segments
from support_model._columns.values import NONE, NULL, Words
from support_model._kpi import expressions as ask
from support_model._kpi.column_answers import answers
from support_model._kpi.columns import Columns, as_words, latest_until
from support_model._kpi.facts import DONE

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from support_model._columns.fact_columns import FactColumns
    from support_model._columns.values import Flags, Ints

__all__ = [
    "chained",
    "credited",
    "fields_at",
    "in_spans",
    "opened_by",
    "rows_by",
    "split_by",
    "split_by_rating",
    "topics",
]


# Splits


def split_by(facts: FactColumns, name: str, at: str) -> dict[Any, FactColumns]:
    """Return facts by a field at a moment, in the order in which values appear."""
    words = as_words(fields_at(facts, name, at))
    return {value: facts.take(rows) for value, rows in rows_by(words)}


def fields_at(facts: FactColumns, name: str, at: str) -> NDArray[Any] | Words:
    """Return a field as it was at a moment; nothing where that is not known, or has not been."""
    if at == "as_of":
        return facts.column(name)
    words = as_words(facts.column(f"{at}.{name}"))
    told = ~Columns(facts).flags(ask.SNAPSHOT)
    return Words(np.where(told, words.codes, NONE).astype(np.int32), words.words)


def rows_by(words: Words) -> Iterator[tuple[Any, Ints]]:
    """Yield each value with its rows, in the order in which values appear; None for nothing."""
    codes = np.where(words.codes < 0, len(words.words), words.codes)
    order = np.argsort(codes, kind="stable")
    distinct, starts = np.unique(codes[order], return_index=True)
    parts = np.split(order, starts[1:])
    firsts = sorted(range(distinct.size), key=lambda place: int(parts[place][0]))
    for place in firsts:
        code = int(distinct[place])
        yield None if code == len(words.words) else words.words[code], parts[place]


def split_by_rating(facts: FactColumns, kind: str) -> dict[Any, FactColumns]:
    """Return tickets with an answer by whom they were assigned to when it was given."""
    columns = Columns(facts)
    entries = columns.ints(ask.Answered(kind))
    there = np.flatnonzero(entries != NULL)
    agents = facts.lists("ratings").parts["agent"]
    assert isinstance(agents, Words)  # noqa: S101 - agents are words
    found = rows_by(agents.take(entries[there]))
    return {agent: facts.take(there[rows]) for agent, rows in found}


def in_spans(
    facts: FactColumns, edges: Sequence[tuple[int, int]], *, solved: bool
) -> list[FactColumns]:
    """Return the tickets created, or solved, in each of some periods in order."""
    if solved:
        solves = facts.lists("solves")
        at, tickets = solves.parts["at"], solves.rows
    else:
        at, tickets = facts.column("created"), np.arange(facts.size)
    assert not isinstance(at, Words)  # noqa: S101 - instants
    if not edges:
        return []
    starts, ends = np.array(edges, np.int64).T
    places = starts.searchsorted(at, "right") - 1
    inside = (places >= 0) & (at < ends[np.maximum(places, 0)])
    places, tickets = places[inside], tickets[inside]
    order = np.argsort(places, kind="stable")
    bounds = places[order].searchsorted(np.arange(len(edges) + 1))
    rows = tickets[order]
    return [facts.take(np.unique(rows[a:b])) for a, b in pairwise(bounds.tolist())]


def dated(
    facts: FactColumns, date: ask.Expression, edges: Sequence[tuple[int, int]]
) -> list[FactColumns]:
    """Return the tickets whose date lies in each of some periods."""
    at = Columns(facts).ints(date)
    known = at != NULL
    return [facts.take(np.flatnonzero(known & (start <= at) & (at < end))) for start, end in edges]


def topics(
    facts: FactColumns, edges: Sequence[tuple[int, int]], name: str
) -> tuple[Counter[str], Counter[str], Counter[str]]:
    """Return tickets by topic in a period and in an earlier one, and those left out."""
    created, words = Columns(facts).ints(ask.CREATED), as_words(facts.column(name))
    void = facts.words("category").holds(lambda category: category == "void")
    (since, until), (earlier, end) = edges
    is_now = (since <= created) & (created < until)
    before = ~is_now & (earlier <= created) & (created < end)
    either, known = is_now | before, words.codes >= 0
    excluded = Counter(
        void=int(np.count_nonzero(either & void)),
        unknown_topic=int(np.count_nonzero(either & ~void & ~known)),
    )
    return _named(words, is_now & ~void), _named(words, before & ~void), +excluded


def _named(words: Words, rows: Flags) -> Counter[str]:
    """Return how many rows have each word, by its text."""
    codes = words.codes[rows]
    counts = np.bincount(codes[codes >= 0], minlength=len(words.words)).tolist()
    named: Counter[str] = Counter()
    for code, n in enumerate(counts):
        if n:
            named[str(words.words[code])] += n
    return named


# Credit


def credited(
    facts: FactColumns, question: ask.Question, rule: str
) -> tuple[dict[str, Fraction], dict[str, int]]:
    """Return tickets, or parts of them, by the agent they are credited to, and those left out."""
    columns = Columns(facts)
    found = answers(columns, question)
    asked = np.zeros(facts.size, np.bool_)
    asked[found.tickets] = True
    tickets, agents = _CREDITS[rule](columns)
    told = _some(agents) & asked[tickets]
    tickets, codes = tickets[told], agents.codes[told].astype(np.int64)
    keys, times = np.unique(tickets * (len(agents.words) + 1) + codes, return_counts=True)
    owners, names = keys // (len(agents.words) + 1), keys % (len(agents.words) + 1)
    whole = np.bincount(tickets, minlength=facts.size)[owners]
    if rule == "solutions":
        whole = np.ones_like(whole)
    shares = Counter(zip(names.tolist(), times.tolist(), whole.tolist(), strict=True))
    parts: dict[str, Fraction] = {}
    for (code, n, of), count in shares.items():
        agent = agents.words[code]
        parts[agent] = parts.get(agent, Fraction(0)) + count * Fraction(n, of)
    excluded = dict(found.counts)
    nobody = found.tickets.size - np.unique(tickets).size
    if nobody:
        excluded["unattributed"] = nobody
    return parts, excluded


def _some(agents: Words) -> Flags:
    return agents.holds(bool)


def _last_solver(columns: Columns) -> tuple[Ints, Words]:
    found = columns.of(ask.Last("solves", "agent"))
    return np.arange(columns.size), found


def _solvers(columns: Columns) -> tuple[Ints, Words]:
    solves = columns.facts.lists("solves")
    agents = solves.parts["agent"]
    assert isinstance(agents, Words)  # noqa: S101 - agents are words
    return solves.rows, agents


def _first_replier(columns: Columns) -> tuple[Ints, Words]:
    tickets, agents = _authors(columns, "acts", ("reply",))
    rows = np.flatnonzero(_some(agents))
    first = np.unique(tickets[rows], return_index=True)[1]
    return tickets[rows][first], agents.take(rows[first])


def _workers(columns: Columns) -> tuple[Ints, Words]:
    (own, ours), (others, theirs) = (
        _authors(columns, name, ask.WORK) for name in ("acts", "merged_acts")
    )
    places = {word: code for code, word in enumerate(ours.words)}
    for word in theirs.words:
        places.setdefault(word, len(places))
    table = np.array([*(places[word] for word in theirs.words), NONE], np.int32)
    codes = np.concatenate([ours.codes, table[np.maximum(theirs.codes, NONE)]])
    return np.concatenate([own, others]), Words(codes, tuple(places))


def _authors(columns: Columns, name: str, kinds: Collection[str]) -> tuple[Ints, Words]:
    acts = columns.facts.lists(name)
    kind, agents = acts.parts["kind"], acts.parts["agent"]
    assert isinstance(kind, Words)  # noqa: S101 - kinds are words
    assert isinstance(agents, Words)  # noqa: S101 - agents are words
    rows = np.flatnonzero(kind.holds(lambda word: word in kinds))
    return acts.rows[rows], agents.take(rows)


_CREDITS: Mapping[str, Callable[[Columns], tuple[Ints, Words]]] = MappingProxyType(
    {
        "solver": _last_solver,
        "solutions": _solvers,
        "first_replier": _first_replier,
        "touch": _workers,
    }
)


# Contacts


def opened_by(
    facts: FactColumns, contacts: ask.Question
) -> tuple[dict[Any, list[int]], int, dict[str, int]]:
    """Return when each requester made contact, ascending; how many did; and those left out."""
    columns = Columns(facts)
    found = answers(columns, contacts)
    requesters = as_words(facts.column("requester")).take(found.tickets)
    created = columns.ints(ask.CREATED)[found.tickets]
    instants = {
        requester: np.sort(created[rows]).tolist() for requester, rows in rows_by(requesters)
    }
    return instants, int(found.tickets.size), found.counts


def chained(
    facts: FactColumns, contacts: ask.Question, within: int, anchor: str, link: str
) -> tuple[Ints, Ints, dict[str, int]]:
    """Return when contacts were made, their numbers in their chains, and those left out."""
    columns = Columns(facts)
    found = answers(columns, contacts)
    created = columns.ints(ask.CREATED)
    keys = _pairs(columns, found.tickets)
    order = np.lexsort((created[found.tickets], keys))
    tickets, keys = found.tickets[order], keys[order]
    breaks = np.ones(keys.size, np.bool_)
    breaks[1:] = keys[1:] != keys[:-1]
    if link == "previous":
        breaks[1:] |= ~_follows(columns, tickets[1:], tickets[:-1], within, anchor)
    bounds = np.append(np.flatnonzero(breaks), keys.size)
    numbers = Segments(bounds).running(np.ones(keys.size, np.bool_))
    if link == "first":
        for begin, end in pairwise(bounds.tolist()):
            _number(columns, tickets, numbers, (begin, end), within, anchor)
    return created[tickets], numbers, found.counts


def _pairs(columns: Columns, tickets: Ints) -> Ints:
    """Return the requester and the topic of tickets as one number."""
    requesters, topics = (as_words(columns.facts.column(name)) for name in ("requester", "topic"))
    width = len(topics.words) + 1
    pairs: Ints = requesters.codes[tickets].astype(np.int64) * width + topics.codes[tickets]
    return pairs


def _number(
    columns: Columns,
    tickets: Ints,
    numbers: Ints,
    stretch: tuple[int, int],
    within: int,
    anchor: str,
) -> None:
    """Number the contacts of one requester and topic, each linked to the first of its chain."""
    begin, end = stretch
    numbers[begin:end] = 1
    while begin + 1 < end:
        size = 0  # how many follow the first of the chain, looked for in growing steps
        step = 8
        while begin + 1 + size < end:
            rest = tickets[begin + 1 + size : min(begin + 1 + size + step, end)]
            follows = _follows(columns, rest, np.full(rest.size, tickets[begin]), within, anchor)
            size += rest.size if follows.all() else int(np.argmin(follows))
            if not follows.all():
                break
            step *= 2
        numbers[begin + 1 : begin + 1 + size] = np.arange(2, size + 2)
        begin += size + 1


def _follows(columns: Columns, tickets: Ints, earlier: Ints, within: int, anchor: str) -> Flags:
    created = columns.ints(ask.CREATED)
    if anchor == "created":
        near: Flags = created[tickets] - created[earlier] <= within
        return near
    at = created[tickets]
    entries = latest_until(columns, "history", earlier, at)
    history = columns.facts.lists("history").parts
    categories, entered = history["category"], history["at"]
    assert isinstance(categories, Words)  # noqa: S101 - categories are words
    assert not isinstance(entered, Words)  # noqa: S101 - instants
    done = categories.holds(lambda name: name in DONE)[entries] & (entries != NONE)
    solves = latest_until(columns, "solves", earlier, at)
    solved_at = columns.facts.lists("solves").parts["at"]
    assert not isinstance(solved_at, Words)  # noqa: S101 - instants
    since = np.where(solves == NONE, entered[entries], np.append(solved_at, 0)[solves])
    found: Flags = ~done | (at - since <= within)
    return found
