"""Policies as plain data: the tables of their keys, with calendars in full or by name.

Ready metrics go by name, own ones with their patterns. What is read back equals what was
written, so a digest of the data is a fingerprint of the rules.
"""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from support_model._common_shapes import CALENDAR, PATTERN, WORKING_DAYS, given
from support_model._records import (
    ANY_TEXT,
    LENGTH,
    TEXT,
    Fault,
    Record,
    either,
    leaf,
    list_of,
    one_of,
    optional,
    read,
    required,
    write,
)
from support_model._sla.metrics import METRICS, AfterStop, Begins, Metric
from support_model._sla.policies import (
    OnChange,
    PolicyBook,
    PolicyKind,
    Selection,
    SlaPolicy,
    Target,
)
from support_model._time import duration, duration_text
from support_model.calendars import WorkingDays

if TYPE_CHECKING:
    from collections.abc import Mapping

    from support_model._common_shapes import Named
    from support_model._records import Data
    from support_model.calendars import BusinessCalendar
    from support_model.patterns import Functions


def _target(**parts: Data) -> Target:
    days = {
        key: parts.pop(key) for key in ("working_days", "end_of_day", "day_rule") if key in parts
    }
    if not days:
        return Target(**{"within": None, **parts})
    if "within" in parts:
        raise Fault(sorted(days), "'within' beside working days", "keep one of them")
    if "working_days" not in days:
        raise Fault(sorted(days), "lacks the key 'working_days'")
    return Target(within=WORKING_DAYS.make(**days), **parts)


def _target_parts(target: Target) -> Mapping[str, Any]:
    parts = {part: getattr(target, part) for part in _PARTS}
    if isinstance(target.within, WorkingDays):
        return {**parts, **WORKING_DAYS.parts(target.within), "within": None}
    return parts


_PARTS = ("metric", "calendar", "within", "when", "warn_at", "on_change", "name")
METRIC = Record(
    Metric,
    required("name", TEXT),
    required("start", PATTERN),
    required("stop", PATTERN),
    optional("pause", PATTERN),
    optional("reset", PATTERN),
    optional("after_stop", one_of(AfterStop), always=True),
    optional("begins", one_of(Begins)),
    definition="metric",
)
READY = one_of(tuple(sorted(METRICS)), METRICS.__getitem__, lambda metric: metric.name)
ANY_METRIC = either(READY, METRIC, pick=lambda metric: METRICS.get(metric.name) != metric)
SHARE = leaf("number", exclusiveMinimum=0, description="share of the target")
OFFSET = leaf(
    "string",
    duration,
    duration_text,
    minLength=1,
    description="from the due; negative: before it",
)
WARNING = either(SHARE, OFFSET, pick=lambda warning: isinstance(warning, timedelta))
TARGET = Record(
    Target,
    required("metric", ANY_METRIC),
    required("calendar", CALENDAR),
    optional("within", LENGTH),
    *(optional(part.key, part.shape) for part in WORKING_DAYS.fields),
    optional("when", PATTERN),
    optional("warn_at", list_of(WARNING)),
    optional("on_change", one_of(OnChange)),
    optional("name", TEXT),
    definition="target",
    make=_target,
    parts=_target_parts,
)
VERSION = either(
    ANY_TEXT, leaf("integer", lambda number: str(int(number)))
)  # 1.10 would be 1.1, which is another version
POLICY = Record(
    SlaPolicy,
    required("name", TEXT),
    optional("version", VERSION, always=True),
    optional("kind", one_of(PolicyKind), always=True),
    optional("when", PATTERN),
    required("targets", list_of(TARGET)),
    definition="policy",
)
BOOK = Record(
    PolicyBook,
    optional("select", one_of(Selection), always=True),
    required("policies", list_of(POLICY)),
)


def policy_to_data(policy: SlaPolicy, calendars: Named | None = None) -> dict[str, Any]:
    """Return a policy as a dict of JSON types; calendars that have a name go by it."""
    return write(POLICY, policy, "policy", given(calendars))


def book_to_data(book: PolicyBook, calendars: Named | None = None) -> dict[str, Any]:
    """Return a book as a dict of JSON types."""
    return write(BOOK, book, "book", given(calendars))


def book_fingerprint(book: PolicyBook) -> str:
    """Return a digest of what a book says, stable across processes.

    Functions of the host count by their names.
    """
    calendars: dict[str, BusinessCalendar] = {}
    for target in (target for policy in book.policies for target in policy.targets):
        calendars.setdefault(target.calendar.fingerprint, target.calendar)
    data = book_to_data(book, calendars)
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def read_policy(
    data: object,
    *,
    calendars: Named | None = None,
    functions: Functions | None = None,
    path: str = "policy",
) -> SlaPolicy:
    """Return the policy that `policy_to_data` wrote; errors call it `path`.

    Raises:
        InvalidDocument: a key missing, unknown or unreadable; with the path to it.
    """
    return read(POLICY, data, path, given(calendars, functions))


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
    return read(BOOK, data, path, given(calendars, functions))
