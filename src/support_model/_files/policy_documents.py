"""What every document says of itself, and the document of policies, which most programs read."""

from __future__ import annotations

from support_model import _records as doc
from support_model._calendar.holiday_data import few
from support_model._common_shapes import CALENDARS
from support_model._sla.policy_data import BOOK, METRICS_BY_NAME, own_metrics

VERSION = 1
"""Of every document: raised when an older reader could misread what is written."""


def schema_name(kind: str) -> str:
    """Return what a document of this kind and version says of itself under `schema`.

    Example:
        >>> schema_name("desk")
        'support_model.desk/1'
    """
    return f"support_model.{kind}/{VERSION}"


def said(kind: str) -> doc.Field:
    return doc.required("schema", doc.const(schema_name(kind)), None)


def document_of(kind: str, record: doc.Record) -> doc.Record:
    """Return the record of a document that says what it is."""
    return doc.Record(
        record.made, said(kind), *record.fields, make=record.make, parts=record.parts
    )


def _with_metrics(record: doc.Record) -> doc.Record:
    """Return the record of a value whose targets may name metrics of the document."""

    def make(**parts: doc.Data) -> doc.Data:
        parts.pop("metrics", None)  # the targets hold them
        return record.make(**parts)

    return doc.Record(
        record.made,
        doc.optional("metrics", METRICS_BY_NAME, shared=True),
        *record.fields,
        make=make,
        parts=lambda book: {"metrics": own_metrics(book) or None, **record.parts(book)},
    )


def with_calendars(record: doc.Record) -> doc.Record:
    """Return the record of the calendars that the parts of a value may name, and the value."""
    return doc.Record(
        record.made,
        doc.optional("calendars", CALENDARS, shared=True),
        *record.fields,
        make=lambda calendars=None, **parts: (calendars, record.make(**parts)),
        parts=lambda pair: {"calendars": pair[0] or None, **record.parts(pair[1])},
    )


POLICY_DOCUMENT: doc.Shape = few(document_of("policies", with_calendars(_with_metrics(BOOK))))
"""A book of policies, with calendars and metrics of its own."""
