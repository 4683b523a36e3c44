"""The kinds of answer, each by its shape: written as plain data and published as JSON Schema."""

from __future__ import annotations

import re
from fractions import Fraction
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import attrs

from support_model import _records as doc
from support_model._answers import (
    AGENDA,
    AT,
    EXPLANATION,
    MOMENT,
    REASON,
    REASONS,
    SENTENCE,
    computed,
)
from support_model._checks import must_be_known
from support_model._sentences import must_be_catalogue
from support_model._sla.answer_data import CLOCK, CYCLE, EVALUATION
from support_model._workflows.answer_data import OPTION
from support_model.errors import InvalidDocument, InvalidValue
from support_model.figures import Distribution, Rate, Share
from support_model.routing import Decision
from support_model.sla import Due
from support_model.summaries import Lifetimes, Sketch, Summary

if TYPE_CHECKING:
    from collections.abc import Mapping

DECISION = computed(
    Decision,
    doc.required("ticket_id", doc.TEXT),
    doc.required("as_of", AT),
    doc.required("agent", doc.nullable(doc.TEXT)),
    doc.required("line", doc.nullable(doc.WHOLE)),
    doc.required("text", SENTENCE),
    doc.required("reasons", REASONS),
    doc.required("ranked", doc.list_of(doc.TEXT)),
    doc.required("rejected", doc.table_of(REASONS)),
    doc.required("retry_at", doc.nullable(AT)),
    name="decision",
)
DUE = doc.Record(
    Due,
    doc.required("due_at", AT),
    doc.required("ticket_id", doc.TEXT),
    doc.required("metric", doc.TEXT),
    doc.required("policy", doc.TEXT),
    doc.required("breached", doc.FLAG),
    definition="due",
)
_RATIO = re.compile(r"-?\d{1,4000}(?:/[1-9]\d{0,3999})?", re.ASCII)


def _exact(text: str) -> Fraction:
    if _RATIO.fullmatch(text) is None:  # no exponent: 1e99999999 would fill the memory
        raise InvalidValue(text, "no exact number", "write it as 5 or 5/3")
    return Fraction(text)


_EXACT = doc.leaf(
    "string", _exact, str, minLength=1, description="a whole number, or a ratio such as 5/3"
)
_NUMBER = doc.leaf("number")
_PAIR = doc.row_of(_NUMBER, _NUMBER)
_BUCKETS = doc.list_of(
    doc.row_of(doc.WHOLE, doc.COUNT), into=dict, out=lambda buckets: buckets.items()
)
SKETCH = doc.Record(
    Sketch,
    doc.required("accuracy", doc.leaf("number", exclusiveMinimum=0, exclusiveMaximum=1)),
    doc.required("zeros", doc.COUNT),
    doc.required("buckets", _BUCKETS),
    doc.required("least", doc.nullable(doc.COUNT)),
    doc.required("greatest", doc.nullable(doc.COUNT)),
    definition="sketch",
)
_EXCLUDED = doc.required("excluded", doc.table_of(doc.COUNT))
_SIZED = (
    _EXCLUDED,
    doc.required("min_n", doc.COUNT),
    doc.said("undefined", doc.nullable(doc.TEXT)),
    doc.said("text", SENTENCE),
)
_COUNTED = (
    *_SIZED,
    doc.required("n", doc.COUNT),
    doc.required("method", doc.TEXT),
    doc.said("value", doc.nullable(_NUMBER)),
    doc.said("interval", doc.nullable(_PAIR)),
)


def _quantile(q: float) -> doc.Shape:
    """Return the shape of a quantile, which the method of a figure returns."""
    length = doc.nullable(doc.LENGTH)
    return attrs.evolve(length, write=lambda quantile, given: length.write(quantile(q), given))


_TIMED = (
    *_SIZED,
    doc.required("clock", doc.TEXT),
    doc.said("n", doc.COUNT),
    doc.said("mean", doc.nullable(doc.LENGTH)),
    doc.said("median", _quantile(0.5), "quantile"),
    doc.said("p90", _quantile(0.9), "quantile"),
)


def _figure(kind: str, made: type, *own: doc.Field) -> doc.Record:
    return doc.Record(
        made,
        doc.required("schema", doc.const(1), None),
        doc.required("kind", doc.const(kind), None),
        doc.required("key", doc.TEXT),
        doc.required("definition", doc.ANY_TEXT),
        doc.required("level", doc.leaf("number", exclusiveMinimum=0, exclusiveMaximum=1)),
        *own,
        definition=kind,
    )


FIGURES = (
    _figure("share", Share, *_COUNTED, doc.required("numerator", doc.COUNT)),
    _figure(
        "rate",
        Rate,
        *_COUNTED,
        doc.required("numerator", _EXACT),
        doc.required("denominator", _EXACT),
        doc.required("squares", doc.nullable(_EXACT)),
        doc.required("scales", doc.list_of(_PAIR, into=frozenset, out=sorted)),
    ),
    _figure("distribution", Distribution, *_TIMED, doc.required("micros", doc.list_of(doc.WHOLE))),
    _figure(
        "summary",
        Summary,
        *_TIMED,
        doc.required("total_micros", doc.COUNT),
        doc.required("sketch", SKETCH),
    ),
    _figure(
        "lifetimes",
        Lifetimes,
        _EXCLUDED,
        doc.said("n", doc.COUNT),
        doc.required("ended", SKETCH),
        doc.required("running", SKETCH),
    ),
)
FIGURE = doc.tagged("kind", {record.definition: record for record in FIGURES})

ANSWERS: Mapping[str, doc.Shape] = MappingProxyType(
    {
        "evaluation": EVALUATION,
        "clock": CLOCK,
        "cycle": CYCLE,
        "agenda": AGENDA,
        "moment": MOMENT,
        "reason": REASON,
        "explanation": EXPLANATION,
        "option": OPTION,
        "decision": DECISION,
        "due": DUE,
        "figure": FIGURE,
    }
)
"""The kinds of answer, each with its shape."""
COMPUTED = (EVALUATION, CLOCK, CYCLE, OPTION, DECISION)
"""Those that are not read back."""
RECORDS: Mapping[type, doc.Record] = MappingProxyType(
    {shape.made: shape for shape in (*ANSWERS.values(), *FIGURES) if isinstance(shape, doc.Record)}
)
"""The classes of answers, each with its table of keys."""


def record_of(kind: type) -> doc.Record:
    """Return the table of the keys of a class of answers.

    Raises:
        InvalidValue: its values have no plain form.
    """
    if kind not in RECORDS:
        remedy = "give one of a list at a time, or an answer such as an Evaluation"
        raise InvalidValue(kind, "no answer that has a plain form", remedy)
    return RECORDS[kind]


def answer_to_data(answer: object, catalogue: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return an answer of the library as a dict of JSON types.

    `docs/reference/answers.md` describes each form; `schema` returns it as a JSON Schema.

    Args:
        answer: what an application gets and passes on: an evaluation, its clocks and cycles, an
            agenda, a decision, a reason, a figure, ...; a list of answers is a list of these.
        catalogue: the words of its sentences, by default English.

    Raises:
        InvalidValue: no answer of the library, or no catalogue.

    Example:
        >>> from support_model.reasons import Reason
        >>> data = answer_to_data(Reason.of("holiday", name="New Year"))
        >>> data["code"], data["params"], data["text"]
        ('holiday', {'name': 'New Year'}, 'holiday: New Year')
    """
    must_be_catalogue(catalogue)
    shape = record_of(type(answer))
    return doc.write(shape, answer, shape.definition, {"catalogue": catalogue})


def answer_from_data(kind: str, data: object) -> Any:  # noqa: ANN401 - of the kind asked for
    """Return the answer that `answer_to_data` wrote: a reason, moment, agenda, figure, ...

    Raises:
        InvalidValue: no such kind of answer.
        InvalidDocument: a key missing, unknown or unreadable, with the path to it; or the kind
            is computed from events and rules, such as an evaluation, and not made of its form.

    Example:
        >>> from support_model.reasons import Reason
        >>> why = Reason.of("holiday", name="New Year")
        >>> answer_from_data("reason", answer_to_data(why)) == why
        True
    """
    must_be_known(kind, ANSWERS, "no such kind of answer")
    shape = ANSWERS[kind]
    if shape in COMPUTED:
        problem, remedy = "a computed answer is not read back", "compute it again"
        raise InvalidDocument(kind, "", None, problem, remedy)
    return doc.read(shape, data, kind)
