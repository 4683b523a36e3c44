"""Policies as plain data: the tables of their keys, with calendars in full or by name.

Ready metrics go by name, own ones with their patterns. What is read back equals what was
written, so a digest of the data is a fingerprint of the rules.
"""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from support_model import _records as doc
from support_model._common_shapes import CALENDAR, INSTANT, PATTERN, WORKING_DAYS, given
from support_model._sla.metrics import METRICS, Metric
from support_model._sla.policies import (
    PolicyBook,
    SlaPolicy,
    Target,
)
from support_model._time import duration, duration_text
from support_model._vocabulary import AfterStop, Begins, OnChange, PolicyKind, Selection
from support_model.calendars import WorkingDays

if TYPE_CHECKING:
    from collections.abc import Mapping

    from support_model._common_shapes import Named
    from support_model.calendars import BusinessCalendar
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
READY = doc.one_of(tuple(sorted(METRICS)), METRICS.__getitem__, lambda metric: metric.name)
ANY_METRIC = doc.either(READY, METRIC, pick=lambda metric: METRICS.get(metric.name) != metric)
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
BOOK = doc.Record(
    PolicyBook,
    doc.optional("select", doc.one_of(Selection), always=True),
    doc.required("policies", doc.list_of(POLICY)),
)


def book_to_data(book: PolicyBook, calendars: Named | None = None) -> dict[str, Any]:
    """Return a book as a dict of JSON types."""
    return doc.write(BOOK, book, "book", given(calendars))


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
