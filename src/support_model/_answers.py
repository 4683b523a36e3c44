"""What answers share as plain data: instants, sentences, reasons, moments, explanations.

Every key of an answer is always there; where there is nothing it is null or an empty list.
Sentences are written in the words of a catalogue (`given["catalogue"]`), beside the codes and
parameters that they are made of. An answer that holds all of its form is read back as an equal
value; what is computed from events and rules is not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast
from zoneinfo import ZoneInfo

import attrs

from support_model import _records as doc
from support_model._common_shapes import INSTANT
from support_model._vocabulary import MomentKind
from support_model.agenda import Agenda, Moment
from support_model.calendars import ExplainRow, Explanation
from support_model.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

__all__ = ["AGENDA", "AT", "EXPLANATION", "MOMENT", "REASON", "REASONS", "SENTENCE", "computed"]


def computed(
    made: type, *fields: doc.Field, name: str, parts: doc.Make | None = None
) -> doc.Record:
    """Return the record of an answer that its form does not hold: it is read as its parts."""
    return doc.Record(made, *fields, definition=name, make=dict, parts=parts)


def _written(text: Callable[..., str], given: doc.Given) -> str:
    return text(given.get("catalogue"))


SENTENCE = doc.Shape(
    ("string",),
    lambda _: {"type": "string", "description": "in the words of a catalogue"},
    doc.ANY_TEXT.read,
    _written,
)
"""What an answer says in words, by its method `text`."""
AT = attrs.evolve(INSTANT, schema=lambda _: {"type": "string", "format": "date-time"})
_NAME = doc.nullable(doc.ANY_TEXT)
_PARAM: doc.Shape = doc.lazy(lambda: PARAMETER, 16)
_PARAM_KINDS = (Reason, tuple, str, bool, int | float, type(None))


def _param_kind(value: object) -> int:
    for n, kind in enumerate(_PARAM_KINDS):
        if isinstance(value, kind):
            return n
    raise doc.Fault(value, "no parameter that JSON has", "give text, a number or a reason")


REASON = doc.Record(
    Reason,
    doc.required("code", doc.TEXT),
    doc.required("params", doc.table_of(_PARAM, into=dict.items)),
    doc.said("text", SENTENCE),
    definition="reason",
)
PARAMETER: doc.Shape = doc.either(
    REASON,
    doc.list_of(_PARAM),
    doc.ANY_TEXT,
    doc.FLAG,
    doc.leaf("number"),
    doc.NULL,
    pick=_param_kind,
    definition="parameter",
)
"""A parameter of a reason: text, a number, a truth value, a reason, or several of these."""
REASONS = doc.list_of(REASON)

MOMENT = doc.Record(
    Moment,
    doc.required("at", AT),
    doc.required(
        "key",
        doc.list_of(
            doc.either(doc.ANY_TEXT, doc.WHOLE, pick=lambda part: isinstance(part, int)), 1
        ),
    ),
    doc.required("kind", doc.one_of(MomentKind)),
    doc.required("subject", doc.ANY_TEXT),
    doc.required("reason", REASON),
    doc.required("action", _NAME),
    doc.required("recipients", doc.list_of(doc.TEXT)),
    doc.required("metric", _NAME),
    doc.required("policy", _NAME),
    doc.required("plan", _NAME),
    doc.required("level", doc.nullable(doc.WHOLE)),
    definition="moment",
)
AGENDA = doc.Record(
    Agenda,
    doc.required("as_of", AT),
    doc.said("next_at", doc.nullable(AT)),
    doc.required("known_until", doc.nullable(AT)),
    doc.required("moments", doc.list_of(MOMENT)),
    definition="agenda",
)


def _local(text: str, given: doc.Given) -> datetime:
    at = cast("datetime", AT.read(text, given))
    return at.astimezone(given["zone"]) if given.get("zone") else at


LOCAL = attrs.evolve(AT, read=_local)
EXPLAIN_ROW = doc.Record(
    ExplainRow,
    doc.required("start", LOCAL),
    doc.required("end", LOCAL),
    doc.required("counted", doc.LENGTH),
    doc.required("reason", REASON),
    definition="explain_row",
)


def _explanation_parts(explanation: Explanation) -> dict[str, Any]:
    rows = explanation.rows
    zone = rows[0].start.tzinfo if rows else None
    parts = {"zone": zone if isinstance(zone, ZoneInfo) else None, "rows": rows}
    return {**parts, "total": explanation.total, "text": explanation.text}


EXPLANATION = doc.Record(
    Explanation,
    doc.said("zone", doc.nullable(doc.ZONE), shared=True),
    doc.said("total", doc.LENGTH),
    doc.required("rows", doc.list_of(EXPLAIN_ROW)),
    doc.said("text", SENTENCE),
    definition="explanation",
    parts=_explanation_parts,
)
