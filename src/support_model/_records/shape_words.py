"""The words in which shapes are written: text, lengths, lists, tables, references."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

if TYPE_CHECKING:
    from support_model._records.shapes import Shape

__all__ = [
    "ANY_TEXT",
    "BOUND",
    "CALENDAR",
    "COUNT",
    "FLAG",
    "INSTANT",
    "LENGTH",
    "NUMBER",
    "SPAN",
    "TEXT",
    "WHOLE",
    "any_of",
    "list_of",
    "object_of",
    "ref",
    "table_of",
    "words",
]


def ref(name: str) -> Shape:
    """Refer to a definition."""
    return {"$ref": f"#/$defs/{name}"}


def list_of(items: Shape, **more: int) -> Shape:
    """Say a list, perhaps of a least or greatest length."""
    return {"type": "array", "items": items, **more}


def table_of(values: Shape) -> Shape:
    """Say a table whose keys are names that people give."""
    return {"type": "object", "additionalProperties": values}


def object_of(required: tuple[str, ...], /, **properties: Shape) -> dict[str, Any]:
    """Say a table with these keys and no others; `from_` is the key `from`."""
    return {
        "type": "object",
        "properties": {key.rstrip("_"): value for key, value in properties.items()},
        "required": list(required),
        "additionalProperties": False,
    }


def words(literal: object) -> Shape:
    """Say one of the words of a Literal type."""
    return {"enum": list(get_args(literal))}


def any_of(*shapes: Shape) -> Shape:
    """Say that one of several shapes is enough."""
    return {"anyOf": list(shapes)}


TEXT: Shape = {"type": "string", "minLength": 1}
ANY_TEXT: Shape = {"type": "string"}
FLAG: Shape = {"type": "boolean"}
WHOLE: Shape = {"type": "integer"}
COUNT: Shape = {"type": "integer", "minimum": 0}
NUMBER = any_of(
    {"type": "number", "minimum": 0},
    {**TEXT, "description": "a ratio such as 1/3"},
)
INSTANT: Shape = {"type": "string", "description": "ISO 8601 with an offset"}
BOUND: Shape = {
    "type": ["string", "null"],
    "description": "ISO 8601 with an offset; null or empty: no bound",
}
SPAN = list_of(BOUND, minItems=2, maxItems=2)
LENGTH: Shape = {"type": "string", "minLength": 1, "description": "such as 8h, 1h30m or PT8H"}
CALENDAR = any_of({**TEXT, "description": "a calendar's name"}, ref("calendar"))
