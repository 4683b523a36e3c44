"""What a figure looks like as JSON: one shape a kind, and no other keys."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from support_model._records.shape_words import (
    ANY_TEXT,
    COUNT,
    TEXT,
    WHOLE,
    any_of,
    list_of,
    object_of,
    table_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from support_model._records.shapes import Shape

__all__ = ["FIGURE_SHAPES"]

NULL: Shape = {"type": "null"}
EXACT: Shape = {**TEXT, "description": "a whole number, or a ratio such as 5/3"}
NUMBER: Shape = {"type": "number"}
SHARE: Shape = {"type": "number", "exclusiveMinimum": 0, "maximum": 1}
SKETCH = object_of(
    ("accuracy", "zeros", "buckets", "least", "greatest"),
    accuracy=SHARE,
    zeros=COUNT,
    buckets=list_of(list_of(WHOLE, minItems=2, maxItems=2)),
    least=any_of(COUNT, NULL),
    greatest=any_of(COUNT, NULL),
)
SAID: Mapping[str, Shape] = {
    "schema": {"const": 1},
    "kind": TEXT,
    "key": TEXT,
    "definition": ANY_TEXT,
    "level": SHARE,
}
COUNTED: Mapping[str, Shape] = {"excluded": table_of(COUNT), "min_n": COUNT}


def _kind(**own: Shape) -> Shape:
    properties = {**SAID, **own}
    return object_of(tuple(properties), **properties)


FIGURE_SHAPES: Mapping[str, Shape] = MappingProxyType(
    {
        "lifetimes": _kind(ended=SKETCH, running=SKETCH, excluded=COUNTED["excluded"]),
        "rate": _kind(
            **COUNTED,
            n=COUNT,
            method=TEXT,
            numerator=EXACT,
            denominator=EXACT,
            squares=any_of(EXACT, NULL),
            scales=list_of(list_of(NUMBER, minItems=2, maxItems=2)),
        ),
        "share": _kind(**COUNTED, n=COUNT, method=TEXT, numerator=COUNT),
        "summary": _kind(**COUNTED, clock=TEXT, total_micros=COUNT, sketch=SKETCH),
    }
)
"""The shape of each kind of figure."""
