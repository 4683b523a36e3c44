"""Whether a document has the shape its schema states; if not, where, and what was meant.

A shape is a JSON Schema of a small, closed part of the standard (draft 2020-12): the keywords
in `KEYWORDS` and no others. So one value is published for editors and enforced by us, and what
it finds it can place: a `Misfit` has the path in the document and the nearest known word.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from reprlib import repr as shortened
from typing import TYPE_CHECKING, Any, TypeAlias, TypeGuard

from attrs import define

from support_model.errors import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["KEYWORDS", "Misfit", "Path", "Shape", "located", "misfit", "path_text"]

Shape: TypeAlias = "Mapping[str, Any]"
Path: TypeAlias = "tuple[str | int, ...]"
KEYWORDS = frozenset(
    {
        *("$defs", "$id", "$ref", "$schema", "title", "description", "examples"),
        *("additionalProperties", "anyOf", "const", "enum", "exclusiveMinimum", "items"),
        *("maxItems", "maxProperties", "maximum", "minItems", "minLength", "minProperties"),
        *("minimum", "properties", "required", "type"),
    }
)
"""What a shape may say; the first row only describes or refers."""


@define
class Misfit:
    """Where a document leaves its shape.

    Attributes:
        path: keys and positions from the top of the document.
        value: what stands there, or the key that should not.
        problem: what is wrong with it, in words.
        remedy: what to write instead; may be empty.
    """

    path: Path
    value: object
    problem: str
    remedy: str = ""


_IS: Mapping[str, Callable[[object], bool]] = {
    "object": lambda value: isinstance(value, Mapping),
    "array": lambda value: isinstance(value, Sequence) and not isinstance(value, str),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "integer": lambda value: (
        not isinstance(value, bool)
        and (isinstance(value, int) or (isinstance(value, float) and value.is_integer()))
    ),
}
_WORDS = {
    "object": "a table of keys",
    "array": "a list",
    "string": "text",
    "boolean": "true or false",
    "null": "null",
    "number": "a number",
    "integer": "a whole number",
}


def misfit(data: object, shape: Shape) -> Misfit | None:
    """Return the first place where data leaves a shape; None where it fits.

    Of several alternatives it reports on the one that went along furthest.

    Example:
        >>> shape = {"type": "object", "properties": {"name": {"type": "string"}},
        ...          "additionalProperties": False}
        >>> misfit({"nane": "gold"}, shape)
        Misfit(path=(), value='nane', problem='unknown key', remedy="did you mean 'name'?")
        >>> misfit({"name": 1}, shape).path
        ('name',)
    """
    return next(_misfits(data, shape, shape.get("$defs", {}), ()), None)


def _misfits(data: object, shape: Shape, defs: Shape, path: Path) -> Iterator[Misfit]:
    if "$ref" in shape:
        shape = defs[shape["$ref"].removeprefix("#/$defs/")]
    kinds = shape.get("type", ())
    kinds = (kinds,) if isinstance(kinds, str) else kinds
    if kinds and not any(_IS[kind](data) for kind in kinds):
        yield Misfit(path, data, f"not {' or '.join(_WORDS[kind] for kind in kinds)}")
        return
    yield from _among(data, shape, path)
    if "anyOf" in shape:
        yield from _none_of(data, shape["anyOf"], defs, path)
    if isinstance(data, Mapping):
        yield from _in_mapping(data, shape, defs, path)
    elif _is_list(data):
        yield from _in_list(data, shape, defs, path)
    elif isinstance(data, str) and len(data) < shape.get("minLength", 0):
        yield Misfit(path, data, "empty text")
    elif isinstance(data, int | float) and not isinstance(data, bool):
        yield from _in_range(data, shape, path)


def _is_list(value: object) -> TypeGuard[Sequence[Any]]:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _among(data: object, shape: Shape, path: Path) -> Iterator[Misfit]:
    if "const" in shape and not _same(data, shape["const"]):
        yield Misfit(path, data, "not the value expected", f"write {shape['const']!r}")
    if "enum" in shape and not any(_same(data, known) for known in shape["enum"]):
        yield Misfit(path, data, "unknown value", nearest(str(data), map(str, shape["enum"])))


def _same(one: object, other: object) -> bool:
    """Compare as JSON does: true is not 1."""
    return one == other and isinstance(one, bool) is isinstance(other, bool)


def _none_of(data: object, branches: Sequence[Shape], defs: Shape, path: Path) -> Iterator[Misfit]:
    found = []
    for branch in branches:
        problem = next(_misfits(data, branch, defs, path), None)
        if problem is None:
            return
        found.append(problem)
    deepest = max(found, key=_went_along)
    if deepest.path == path and deepest.problem.startswith("not "):
        words = dict.fromkeys(problem.problem.removeprefix("not ") for problem in found)
        deepest = Misfit(path, data, f"not {' or '.join(words)}")
    yield deepest


def _went_along(problem: Misfit) -> tuple[int, bool, bool]:
    """Rank how far an alternative fitted: a wrong type is the least."""
    named = problem.remedy.startswith("did")
    return len(problem.path), named, not problem.problem.startswith("not ")


def _in_mapping(
    data: Mapping[Any, Any], shape: Shape, defs: Shape, path: Path
) -> Iterator[Misfit]:
    known = shape.get("properties", {})
    others = shape.get("additionalProperties", True)
    for key, value in data.items():
        if not isinstance(key, str):
            yield Misfit(path, key, "a key that is no text")
        elif key in known:
            yield from _misfits(value, known[key], defs, (*path, key))
        elif others is False:
            yield Misfit(path, key, "unknown key", nearest(key, known))
        elif others is not True:
            yield from _misfits(value, others, defs, (*path, key))
    for key in shape.get("required", ()):
        if key not in data:
            yield Misfit(path, shortened(dict(data)), f"lacks the key {key!r}")
    if len(data) < shape.get("minProperties", 0):
        yield Misfit(path, shortened(dict(data)), "an empty table of keys")
    if len(data) > shape.get("maxProperties", len(data)):
        yield Misfit(path, shortened(dict(data)), "too many keys")


def _in_list(data: Sequence[Any], shape: Shape, defs: Shape, path: Path) -> Iterator[Misfit]:
    low, high = shape.get("minItems", 0), shape.get("maxItems", len(data))
    if not low <= len(data) <= high:
        yield Misfit(path, shortened([*data]), f"a list of {len(data)}", f"give {low} or more")
    if "items" in shape:
        for i, item in enumerate(data):
            yield from _misfits(item, shape["items"], defs, (*path, i))


def _in_range(data: float, shape: Shape, path: Path) -> Iterator[Misfit]:
    if data < shape.get("minimum", data) or data <= shape.get("exclusiveMinimum", data - 1):
        yield Misfit(path, data, "too small a number")
    if data > shape.get("maximum", data):
        yield Misfit(path, data, "too large a number")


def path_text(path: Path) -> str:
    """Write a path as it is read: `policies[0].targets[1].within`.

    Example:
        >>> path_text(("calendars", "day shift", "weeks", 0))
        'calendars."day shift".weeks[0]'
    """
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            plain = part.replace("_", "").replace("-", "").isalnum()
            text += f".{part}" if plain else f".{json.dumps(part[:40], ensure_ascii=False)}"
    return text.removeprefix(".")


def located(data: object, value: object) -> Path:
    """Return where in a document the value of an error stands; empty where it cannot be told.

    The very object comes before an equal one, and that before a text which has it as a part.
    """
    places = list(_places(data, ()))
    for path, node in places:
        if node is value:
            return path
    for path, node in places:
        if type(node) is type(value) and node == value:
            return path
    if isinstance(value, str) and value:
        for path, node in places:
            if isinstance(node, str) and value in node:
                return path
    return ()


def _places(data: object, path: Path) -> Iterator[tuple[Path, object]]:
    if isinstance(data, Mapping):
        for key, value in data.items():
            yield (*path, key), key
            yield from _places(value, (*path, key))
    elif _is_list(data):
        for i, value in enumerate(data):
            yield from _places(value, (*path, i))
    if path:
        yield path, data
