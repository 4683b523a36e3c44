"""What a workflow answers, as plain data: the table of the keys of an option."""

from __future__ import annotations

from support_model import _records as doc
from support_model._answers import REASONS, SENTENCE, computed
from support_model._workflows.workflow import Option

OPTION = computed(
    Option,
    doc.required("action", doc.TEXT),
    doc.required("to", doc.nullable(doc.TEXT)),
    doc.required("allowed", doc.FLAG),
    doc.required("text", SENTENCE),
    doc.required("reasons", REASONS),
    doc.required("needs", doc.list_of(doc.TEXT)),
    doc.required("writes", doc.FLAG),
    doc.required("opens", doc.FLAG),
    name="option",
)
