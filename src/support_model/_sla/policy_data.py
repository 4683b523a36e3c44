"""Policies as plain data: dicts of JSON types out and in, with calendars inline or by name.

Ready metrics go by name, own ones with their patterns. What is read back equals what was
written, so a digest of the data is a fingerprint of the rules.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from support_model._records.parts import calendar_to_data
from support_model._sla.metrics import METRICS, Metric
from support_model._sla.policies import PolicyBook, SlaPolicy, Target
from support_model._time import duration, duration_text
from support_model.calendars import BusinessCalendar, WorkingDays
from support_model.errors import InvalidTarget, nearest
from support_model.patterns import ALWAYS, NEVER, Pattern, read_pattern

if TYPE_CHECKING:
    from support_model._records.parts import Named
    from support_model.patterns import Functions


def metric_to_data(metric: Metric) -> str | dict[str, Any]:
    """Return a ready metric's name, or an own metric's patterns."""
    if METRICS.get(metric.name) == metric:
        return metric.name
    data: dict[str, Any] = {"name": metric.name}
    for part in ("start", "stop", "pause", "reset"):
        pattern = getattr(metric, part)
        if pattern != NEVER:
            data[part] = pattern.data()
    data["after_stop"] = metric.after_stop
    if metric.begins != "at_once":
        data["begins"] = metric.begins
    return data


def _target_to_data(target: Target, calendars: Named) -> dict[str, Any]:
    data: dict[str, Any] = {
        "metric": metric_to_data(target.metric),
        "calendar": calendar_to_data(target.calendar, calendars),
    }
    if isinstance(target.within, WorkingDays):
        data["working_days"] = target.within.n
        if target.within.end_of_day:
            data["end_of_day"] = True
        if target.within.rule is not None:
            data["day_rule"] = target.within.rule
    elif target.within is not None:
        data["within"] = duration_text(target.within)
    if target.when != ALWAYS:
        data["when"] = target.when.data()
    if target.warn_at:
        data["warn_at"] = [
            duration_text(at) if isinstance(at, timedelta) else at for at in target.warn_at
        ]
    if target.on_change != "carry":
        data["on_change"] = target.on_change
    if target.name is not None:
        data["name"] = target.name
    return data


def policy_to_data(policy: SlaPolicy, calendars: Named | None = None) -> dict[str, Any]:
    """Return a policy as a dict of JSON types; calendars that have a name go by it."""
    data: dict[str, Any] = {"name": policy.name, "version": policy.version, "kind": policy.kind}
    if policy.when != ALWAYS:
        data["when"] = policy.when.data()
    data["targets"] = [_target_to_data(target, calendars or {}) for target in policy.targets]
    return data


def book_to_data(book: PolicyBook, calendars: Named | None = None) -> dict[str, Any]:
    """Return a book as a dict of JSON types."""
    policies = [policy_to_data(policy, calendars) for policy in book.policies]
    return {"select": book.select, "policies": policies}


def book_fingerprint(book: PolicyBook) -> str:
    """Return a digest of what a book says, stable across processes.

    Functions of the host count by their names.
    """
    calendars: dict[str, BusinessCalendar] = {}
    for policy in book.policies:
        for target in policy.targets:
            calendars.setdefault(target.calendar.fingerprint, target.calendar)
    data = book_to_data(book, calendars)
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _keys(data: object, path: str, known: Sequence[str]) -> Mapping[str, Any]:
    if not isinstance(data, Mapping):
        raise InvalidTarget(data, f"{path} is not a mapping", f"keys: {', '.join(known)}")
    for key in data:
        if key not in known:
            raise InvalidTarget(key, f"unknown key in {path}", nearest(str(key), known))
    return data


_METRIC = ("name", "start", "stop", "pause", "reset", "after_stop", "begins")


def read_metric(data: object, path: str, functions: Functions | None = None) -> Metric:
    """Return the metric of a name, or of patterns.

    Raises:
        InvalidTarget: no such metric, or an unknown key; the message names its path.
        InvalidPattern: a pattern that cannot be read.
    """
    if isinstance(data, str):
        if data not in METRICS:
            raise InvalidTarget(data, f"unknown metric at {path}", nearest(data, METRICS))
        return METRICS[data]
    row = _keys(data, path, _METRIC)
    parts: dict[str, Any] = {
        part: read_pattern(row[part], functions) if part in row else NEVER
        for part in ("start", "stop", "pause", "reset")
    }
    return Metric(
        name=row.get("name", ""),
        after_stop=row.get("after_stop", "once"),
        begins=row.get("begins", "at_once"),
        **parts,
    )


_DAYS = ("working_days", "end_of_day", "day_rule")
_TARGET = ("metric", "calendar", "within", *_DAYS, "when", "warn_at")
_POLICY = ("name", "version", "kind", "when", "targets")


def _read_target(data: object, path: str, calendars: Named, functions: Functions | None) -> Target:
    row = _keys(data, path, (*_TARGET, "on_change", "name"))
    if ("within" in row) and ("working_days" in row):
        raise InvalidTarget(dict(row), f"{path} has two lengths", "keep one of them")
    within: timedelta | WorkingDays | None = None
    if "working_days" in row:
        within = WorkingDays(
            row["working_days"], row.get("end_of_day", False), rule=row.get("day_rule")
        )
    elif "within" in row:
        within = duration(row["within"])
    return Target(
        metric=read_metric(row.get("metric"), f"{path}.metric", functions),
        within=within,
        calendar=_read_calendar(row.get("calendar"), f"{path}.calendar", calendars),
        when=_read_when(row, functions, calendars),
        warn_at=tuple(
            duration(at) if isinstance(at, str) else at for at in row.get("warn_at", ())
        ),
        on_change=row.get("on_change", "carry"),
        name=row.get("name"),
    )


def _read_when(row: Mapping[str, Any], functions: Functions | None, calendars: Named) -> Pattern:
    return read_pattern(row["when"], functions, calendars) if "when" in row else ALWAYS


def _read_calendar(data: object, path: str, calendars: Named) -> BusinessCalendar:
    if isinstance(data, str):
        if data not in calendars:
            raise InvalidTarget(data, f"unknown calendar at {path}", nearest(data, calendars))
        return calendars[data]
    if not isinstance(data, Mapping):
        raise InvalidTarget(data, f"no calendar at {path}", "name one, or give its data")
    return BusinessCalendar.from_data(data)


def read_policy(
    data: object,
    *,
    calendars: Named | None = None,
    functions: Functions | None = None,
    path: str = "policy",
) -> SlaPolicy:
    """Return the policy that `policy_to_data` wrote.

    Raises:
        InvalidTarget: a key missing, unknown or unreadable; the message names its path.
    """
    row = _keys(data, path, _POLICY)
    rows = row.get("targets", ())
    if isinstance(rows, str) or not isinstance(rows, Sequence):
        raise InvalidTarget(rows, f"{path}.targets is not a list")
    targets = tuple(
        _read_target(target, f"{path}.targets[{i}]", calendars or {}, functions)
        for i, target in enumerate(rows)
    )
    return SlaPolicy(
        name=row.get("name", ""),
        version=str(row.get("version", "1")),
        kind=row.get("kind", "sla"),
        when=_read_when(row, functions, calendars or {}),
        targets=targets,
    )


def read_book(
    data: object,
    *,
    calendars: Named | None = None,
    functions: Functions | None = None,
    path: str = "book",
) -> PolicyBook:
    """Return the book that `book_to_data` wrote.

    Raises:
        InvalidTarget: a key missing, unknown or unreadable; the message names its path.
    """
    row = _keys(data, path, ("select", "policies"))
    rows = row.get("policies", ())
    if isinstance(rows, str) or not isinstance(rows, Sequence):
        raise InvalidTarget(rows, f"{path}.policies is not a list")
    policies = tuple(
        read_policy(policy, calendars=calendars, functions=functions, path=f"{path}.policies[{i}]")
        for i, policy in enumerate(rows)
    )
    return PolicyBook(policies, row.get("select", "first_match"))
