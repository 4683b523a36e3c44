"""Policies as plain data: the tables of their keys, with calendars in full or by name.

Ready metrics go by name, own ones with their patterns. What is read back equals what was
written, so a digest of the data is a fingerprint of the rules.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import timedelta
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import attrs

from support_model import _records as doc
from support_model._common_shapes import (
    CALENDAR,
    INSTANT,
    PATTERN,
    RATIO,
    WORKING_DAYS,
    given,
)
from support_model._sla.metrics import METRICS, Metric
from support_model._sla.policies import (
    PolicyBook,
    SlaPolicy,
    Target,
)
from support_model._time import FIRST, LAST, duration, duration_text, micros
from support_model._vocabulary import AfterStop, Begins, OnChange, PolicyKind, Selection
from support_model.calendars import BusinessCalendar, WorkingDays
from support_model.errors import nearest
from support_model.patterns import ALWAYS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from support_model._common_shapes import Named
    from support_model.patterns import Functions


def _target(**parts: doc.Data) -> Target:
    days = {
        key: parts.pop(key) for key in ("working_days", "end_of_day", "day_rule") if key in parts
    }
    if not days:
        return Target(**{"within": None, **parts})
    if "within" in parts:
        raise doc.Fault(sorted(days), "'within' beside working days", "keep one of them")
    if "working_days" not in days:
        raise doc.Fault(sorted(days), "lacks the key 'working_days'")
    return Target(within=WORKING_DAYS.make(**days), **parts)


def _target_parts(target: Target) -> Mapping[str, Any]:
    parts = {part: getattr(target, part) for part in _PARTS}
    if isinstance(target.within, WorkingDays):
        return {**parts, **WORKING_DAYS.parts(target.within), "within": None}
    return parts


MOST_TARGETS = 200
"""A policy with more targets is no base of others."""
_PARTS = ("metric", "calendar", "within", "when", "warn_at", "on_change", "name")
METRIC = doc.Record(
    Metric,
    doc.required("name", doc.TEXT),
    doc.required("start", PATTERN),
    doc.required("stop", PATTERN),
    doc.optional("pause", PATTERN),
    doc.optional("reset", PATTERN),
    doc.optional("after_stop", doc.one_of(AfterStop), always=True),
    doc.optional("begins", doc.one_of(Begins)),
    definition="metric",
)
METRIC_NAME = doc.named("metrics", "metric", METRICS)
LIKE_METRIC = doc.like(METRIC, METRIC_NAME)


def _read_metric(data: doc.Data, given: doc.Given) -> Metric:
    shape = METRIC_NAME if isinstance(data, str) else _OWN_METRIC
    return shape.read(data, given)  # type: ignore[no-any-return]


def _write_metric(metric: Metric, given: doc.Given) -> doc.Data:
    """Return the name of a ready metric or one of the document, else the metric in full."""
    known = {**METRICS, **given.get("metrics", {})}
    named = known.get(metric.name) == metric
    return metric.name if named else METRIC.write(metric, given)


_OWN_METRIC = doc.or_like(METRIC, LIKE_METRIC)
ANY_METRIC = doc.Shape(
    ("string", "object"),
    doc.either(METRIC_NAME, _OWN_METRIC).schema,
    _read_metric,
    _write_metric,
)


def _read_metrics(data: doc.Data, given: doc.Given) -> dict[str, Metric]:
    """Return metrics by name, each made after the one that it is based on."""
    doc.must_be(("object",), data)
    doc.must_be_named(data)
    made: dict[str, Metric] = {}
    known = {**given, "metrics": made}
    for name in doc.in_order(data, lambda name: doc.bases_in(data[name], data)):
        made[name] = doc.at(name, partial(_titled_metric, name), data[name], known)
    return {name: made[name] for name in data}


def _titled_metric(name: str, data: doc.Data, given: doc.Given) -> Metric:
    if name in METRICS:
        raise doc.Fault(name, "the name of a ready metric", "call it otherwise")
    metric: Metric = _UNNAMED.read(data, given)
    return attrs.evolve(metric, name=name)


def _write_metrics(metrics: Mapping[str, Metric], given: doc.Given) -> doc.Data:
    return {name: _UNNAMED.write(metric, given) for name, metric in metrics.items()}


_UNNAMED_METRIC = doc.Record(
    Metric,
    *METRIC.fields[1:],
    make=lambda **parts: Metric(name="metric", **parts),
)
_UNNAMED = doc.or_like(_UNNAMED_METRIC, doc.like(_UNNAMED_METRIC, METRIC_NAME))
METRICS_BY_NAME = doc.Shape(
    ("object",),
    doc.table_of(_UNNAMED, description="own metrics by name").schema,
    _read_metrics,
    _write_metrics,
)
"""The metrics of a document, which its targets may name."""
SCALE = doc.either(
    doc.leaf("number", exclusiveMinimum=0),
    RATIO,
    pick=lambda scale: isinstance(scale, Fraction),
    description="by which all lengths are multiplied",
)
SHARE = doc.leaf("number", exclusiveMinimum=0, description="share of the target")
OFFSET = doc.leaf(
    "string",
    duration,
    duration_text,
    minLength=1,
    description="from the due; negative: before it",
)
WARNING = doc.either(SHARE, OFFSET, pick=lambda warning: isinstance(warning, timedelta))
TARGET = doc.Record(
    Target,
    doc.required("metric", ANY_METRIC),
    doc.required("calendar", CALENDAR),
    doc.optional("within", doc.LENGTH),
    *(doc.optional(part.key, part.shape) for part in WORKING_DAYS.fields),
    doc.optional("when", PATTERN),
    doc.optional("warn_at", doc.list_of(WARNING)),
    doc.optional("on_change", doc.one_of(OnChange)),
    doc.optional("name", doc.TEXT),
    definition="target",
    make=_target,
    parts=_target_parts,
)
VERSION = doc.either(
    doc.ANY_TEXT, doc.leaf("integer", lambda number: str(int(number)))
)  # 1.10 would be 1.1, which is another version
POLICY = doc.Record(
    SlaPolicy,
    doc.required("name", doc.TEXT),
    doc.optional("version", VERSION, always=True),
    doc.optional("kind", doc.one_of(PolicyKind), always=True),
    doc.optional("since", INSTANT),
    doc.optional("when", PATTERN),
    doc.required("targets", doc.list_of(TARGET)),
    definition="policy",
)
_CHANGED_TARGET = doc.partial(TARGET)


def _changed(policy: SlaPolicy, i: int, parts: Mapping[str, Any]) -> Target:
    """Return the target that some keys make of the one they mean, or a new one."""
    metric = parts["metric"].name if "metric" in parts else None
    place = policy.place(metric, parts.get("when", ALWAYS), parts.get("name"))
    kept: Mapping[str, Any] = {} if place is None else _target_parts(policy.targets[place])
    if parts.keys() & _LENGTHS:
        kept = {key: part for key, part in kept.items() if key not in _LENGTHS}
    whole = {**{key: part for key, part in kept.items() if part is not None}, **parts}
    for key in TARGET.needed:
        if key not in whole:
            raise doc.Fault(sorted(parts), f"lacks the key {key!r}", path=("targets", i))
    try:
        return _target(**whole)
    except doc.CAUGHT as error:
        raise doc.within(doc.within(error, parts, i), parts, "targets") from None


_LENGTHS = ("within", *WORKING_DAYS.by_key)


def _like_policy(
    base: SlaPolicy,
    targets: Iterable[Mapping[str, Any]] = (),
    remove: Iterable[str] = (),
    scale: float | Fraction = 1,
    **changes: doc.Data,
) -> SlaPolicy:
    if len(base.targets) > MOST_TARGETS:
        remedy = f"at most {MOST_TARGETS}"
        raise doc.Fault(base.name, "a base with too many targets", remedy, ("base",))
    policy = base.revised(remove=remove, scale=scale)
    made = [_changed(policy, i, parts) for i, parts in enumerate(targets)]
    edition = {"version": "1", "since": None}  # those of the base are its own
    return attrs.evolve(policy.revised(made), **{**edition, **changes})


def _base_policy(name: doc.Data, given: doc.Given) -> SlaPolicy:
    for policy in given.get("base", ()):
        return policy  # type: ignore[no-any-return]
    known = given.get("policies", ())
    remedy = nearest(doc.TEXT.read(name, given), known) if known else "list it in `policies`"
    raise doc.Fault(name, "unknown policy", remedy)


BASE_POLICY = doc.Shape(
    ("string",),
    doc.leaf("string", minLength=1, description="another policy's name").schema,
    _base_policy,
    lambda policy, _: policy.name,
)
LIKE_POLICY = doc.Record(
    dict,
    doc.required("base", BASE_POLICY),
    *doc.partial(POLICY).fields[:-1],
    doc.optional("targets", doc.list_of(_CHANGED_TARGET)),
    doc.optional("remove", doc.list_of(doc.TEXT)),
    doc.optional("scale", SCALE),
    make=_like_policy,
)
_ANY_POLICY = doc.or_like(POLICY, LIKE_POLICY)
_POLICIES = doc.list_of(_ANY_POLICY)


def _read_policies(data: doc.Data, given: doc.Given) -> tuple[SlaPolicy, ...]:
    """Return policies in their order, each made after the one that it is based on."""
    doc.must_be(("array",), data)
    names = [_name_said(each) for each in data]
    bases = [*map(partial(_place_of_base, data, names), range(len(data)))]
    made: dict[int, SlaPolicy] = {}
    known = {**given, "policies": {name for name in names if name is not None}}
    for i in doc.in_order(data, lambda i: dict.fromkeys(bases[i], ("base",))):
        base = [made[place] for place in bases[i]]
        made[i] = doc.at(i, _ANY_POLICY.read, data[i], {**known, "base": base})
    return _each_once([made[i] for i in range(len(data))])


def _each_once(policies: list[SlaPolicy]) -> tuple[SlaPolicy, ...]:
    editions: set[tuple[str, str]] = set()
    for i, policy in enumerate(policies):
        if (policy.name, policy.version) in editions:
            said = f"{policy.name} {policy.version}"
            raise doc.Fault(said, "a policy twice", "give it another name or version", (i,))
        editions.add((policy.name, policy.version))
    return tuple(policies)


def _name_said(data: object) -> str | None:
    """Return the name that the data of a policy gives it, which may be that of its base."""
    said = [data.get(key) for key in ("name", "base")] if isinstance(data, Mapping) else []
    return next((name for name in said if isinstance(name, str)), None)


def _place_of_base(data: list[Any], names: list[str | None], i: int) -> list[int]:
    """Return where the base of a policy stands, if it stands there.

    The base of an edition is the last of its name above it, else the last below; that of a policy
    of another name is the edition in force when the policy begins.
    """
    base = doc.bases_in(data[i], names)
    named = [j for j, name in enumerate(names) if name in base]
    if names[i] in base:
        return [j for j in named if j < i][-1:] or named[-1:]
    begun = [j for j in named if _begin_said(data[j], FIRST) <= _begin_said(data[i], LAST)]
    if named and not begun:
        remedy = f"give `since`, {data[named[0]]['since']} or later"
        raise doc.Fault(data[i]["base"], "a base that begins later", remedy, (i, "base"))
    return begun[-1:]


def _begin_said(policy: Mapping[str, Any], unread: int) -> int:
    """Return from when the data of a policy lets it hold; `unread` where that is not legible."""
    try:
        return micros(INSTANT.read(policy["since"], {})) if "since" in policy else FIRST
    except doc.CAUGHT:
        return unread


POLICIES = doc.Shape(_POLICIES.kinds, _POLICIES.schema, _read_policies, _POLICIES.write)
"""Policies in order of precedence, of which some may be like others."""
BOOK = doc.Record(
    PolicyBook,
    doc.optional("select", doc.one_of(Selection), always=True),
    doc.required("policies", POLICIES),
)


def own_metrics(book: PolicyBook) -> dict[str, Metric]:
    """Return the metrics of a book that are not ready ones and alone of their name."""
    metrics = [target.metric for policy in book.policies for target in policy.targets]
    named: dict[str, set[Metric]] = {}
    for metric in metrics:
        named.setdefault(metric.name, set()).add(metric)
    return {
        name: next(iter(held))
        for name, held in named.items()
        if name not in METRICS and len(held) == 1
    }


def book_to_data(book: PolicyBook, calendars: Named | None = None) -> dict[str, Any]:
    """Return a book as a dict of JSON types."""
    return doc.write(BOOK, book, "book", given(calendars))


class RuleDigest(NamedTuple):
    """What of a book can have decided until an instant, in short; stable across processes.

    Attributes:
        whole: a digest of the policies that had begun, of metrics and `select`; of calendars it
            tells which targets share one, not their hours.
        policies: a digest of each of these policies.
        hours: a digest of the calendar of each target, by policy.
    """

    whole: str
    policies: tuple[str, ...]
    hours: tuple[tuple[str, ...], ...]


def rule_digests(book: PolicyBook) -> tuple[RuleDigest, ...]:
    """Return the digest of what a book says before its first turn, and from each turn on.

    Functions of the host count by their names.
    """
    metrics = [[*key, doc.write(METRIC, metric, "metric")] for key, metric in book.slots]
    rows = [(policy, _digest(_without_hours(policy)), _hours(policy)) for policy in book.policies]
    digests = []
    for turn in (FIRST, *book.turns):
        begun = [row for row in rows if row[0].begin <= turn]
        shared: dict[BusinessCalendar, int] = {}
        share = [
            [shared.setdefault(target.calendar, len(shared)) for target in policy.targets]
            for policy, *_ in begun
        ]
        texts = tuple([text for _, text, _ in begun])
        whole = _digest([book.select, metrics, texts, share])
        digests.append(RuleDigest(whole, texts, tuple([hours for *_, hours in begun])))
    return tuple(digests)


def _hours(policy: SlaPolicy) -> tuple[str, ...]:
    return tuple([target.calendar.fingerprint[:8] for target in policy.targets])


def _without_hours(policy: SlaPolicy) -> object:
    """Return a policy as data, the calendars of its targets left out; those of conditions stay."""
    always = BusinessCalendar.always()
    targets = [attrs.evolve(target, calendar=always) for target in policy.targets]
    return doc.write(POLICY, attrs.evolve(policy, targets=targets), "policy")


def _digest(data: object) -> str:
    """Return a digest of plain data."""
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def read_policy(
    data: object,
    *,
    calendars: Named | None = None,
    functions: Functions | None = None,
    path: str = "policy",
) -> SlaPolicy:
    """Return the policy of plain data; errors call it `path`.

    Raises:
        InvalidDocument: a key missing, unknown or unreadable; with the path to it.
    """
    return doc.read(POLICY, data, path, given(calendars, functions))


def read_book(
    data: object,
    *,
    calendars: Named | None = None,
    functions: Functions | None = None,
    path: str = "book",
) -> PolicyBook:
    """Return the book that `book_to_data` wrote; errors call it `path`.

    Raises:
        InvalidDocument: a key missing, unknown or unreadable; with the path to it.
    """
    return doc.read(BOOK, data, path, given(calendars, functions))
