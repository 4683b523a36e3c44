"""What documents are made of, each part described once: its schema, its reader, its writer.

A `Shape` stands for a kind of value: text, a duration, a list of something. A `Record` is the
shape of one class: the table of its keys. From a shape come the JSON Schema that editors check
by, the reader that makes the value or raises a `Fault` with the path to it, and the writer. What
no shape can say is left to the classes, whose errors get the place of the value that they name.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from operator import attrgetter
from reprlib import repr as shortened
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar, cast, get_args

import attrs
from attrs import field

from support_model._frozen import frozen
from support_model._time import duration, duration_text, timezone
from support_model.errors import InvalidDocument, InvalidValue, SupportModelError, nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

T = TypeVar("T")
Key = TypeVar("Key", bound="str | int")
Data: TypeAlias = Any
"""Plain data of JSON types, or the value that it stands for."""
Given: TypeAlias = "Mapping[str, Any]"
"""What parts of a document may name: calendars, functions, rankings, each by name."""
Defs: TypeAlias = "dict[str, Any]"
"""A JSON Schema, or its definitions by name."""
Path: TypeAlias = "tuple[str | int, ...]"
One: TypeAlias = "Callable[[Data, Given], Data]"
Make: TypeAlias = "Callable[[Data], Data]"

_MOST_BASES, _MOST_LIKE = 16, 64
"""How many values may be based on each other, and in one section."""
LEFT_OUT: Data = object()
"""What a shape writes where its key is to be left out."""
_DEEPEST = 64
"""Levels of a document."""
_NOTHING: Given = {}
_TYPES: Mapping[str, tuple[str, tuple[type, ...]]] = {
    "object": ("a table of keys", (dict, Mapping)),
    "array": ("a list", (list, Sequence)),
    "string": ("text", (str,)),
    "boolean": ("true or false", (bool,)),
    "null": ("null", (type(None),)),
    "number": ("a number", (int, float)),
    "integer": ("a whole number", (int, float)),
}
"""The types of JSON: how errors call them, and the classes of their data, the usual one first."""
_LIMITS: Mapping[str, tuple[Callable[[Data, Data], bool], str]] = {
    "minLength": (lambda data, least: len(data) >= least, "empty text"),
    "minimum": (lambda data, least: data >= least, "too small a number"),
    "exclusiveMinimum": (lambda data, least: data > least, "too small a number"),
    "maximum": (lambda data, most: data <= most, "too large a number"),
    "exclusiveMaximum": (lambda data, most: data < most, "too large a number"),
}
"""The keywords of a schema that bound one value."""


class Fault(SupportModelError):
    """What is wrong with a part of a document; every reader on the way out adds its key.

    Attributes:
        value: what stands there, or the key that should not.
        problem: what is wrong with it, in words.
        remedy: what to write instead; may be empty.
        path: keys and positions, the innermost first.
    """

    def __init__(self, value: object, problem: str, remedy: str = "", path: Path = ()) -> None:
        super().__init__(problem)
        self.value, self.problem, self.remedy = value, problem, remedy
        self.path: list[str | int] = [*reversed(path)]


CAUGHT = (SupportModelError, OverflowError)
"""What a part that cannot be read or written raises."""


def _fault(error: Exception, data: object) -> Fault:
    """Return an error about some data as a fault, at the value that the error names."""
    if isinstance(error, Fault):
        return error
    if isinstance(error, InvalidValue):
        return Fault(error.value, error.problem, error.remedy, located(data, error.value))
    return Fault(None, str(error))


def within(error: Exception, data: object, key: str | int) -> Fault:
    """Return an error about the data under a key as a fault of what holds the key."""
    fault = _fault(error, data)
    fault.path.append(key)
    return fault


def _is(kind: str, data: object) -> bool:
    classes = _TYPES[kind][1]
    if data.__class__ is classes[0]:
        return True
    if not isinstance(data, classes) or isinstance(data, bool):
        return False
    if isinstance(data, float) and kind == "integer":
        return data.is_integer()
    return kind != "array" or not isinstance(data, str)


def must_be(kinds: tuple[str, ...], data: object) -> None:
    """Refuse data of none of these types of JSON."""
    for kind in kinds:
        if _is(kind, data):
            return
    raise Fault(data, f"not {' or '.join(_TYPES[kind][0] for kind in kinds)}")


@frozen(eq=False)
class Shape:
    """A kind of value in a document.

    Attributes:
        kinds: the types of JSON that it is written as.
        schema: returns the JSON Schema, and adds the definitions that it refers to.
        read: returns the value of data; raises a `Fault`, or an error of the value.
        write: returns the data of a value; raises a `Fault` where there is no place for it.
        definition: its name among the definitions of a schema; empty where it stands in place.
    """

    kinds: tuple[str, ...]
    schema: Callable[[Defs], Defs]
    read: One
    write: One
    definition: str = field(default="", kw_only=True)

    def described(self, defs: Defs) -> Defs:
        """Return the schema, or a reference to its definition."""
        if not self.definition:
            return self.schema(defs)
        if self.definition not in defs:
            defs[self.definition] = {}  # it may refer to itself
            defs[self.definition] = self.schema(defs)
        return {"$ref": f"#/$defs/{self.definition}"}


def _value(
    kinds: tuple[str, ...], said: Defs, check: Make, into: Make | None, out: Make | None
) -> Shape:
    """Return the shape of a value that `check` lets pass as it stands in the data."""

    def read(data: Data, _: Given) -> Data:
        return check(data) if into is None else into(check(data))

    def write(value: Data, _: Given) -> Data:
        return check(value if out is None else out(value))

    return Shape(kinds, lambda _: said, read, write)


def leaf(kind: str, into: Make | None = None, out: Make | None = None, **rules: object) -> Shape:
    """Return the shape of one text, number or flag.

    Args:
        kind: its type in JSON.
        into: what makes the value; None where it is the data.
        out: what makes the data.
        rules: further keywords of its schema; those that bound the value are enforced.
    """
    limits = [(*_LIMITS[rule], bound) for rule, bound in rules.items() if rule in _LIMITS]

    def check(data: Data) -> Data:
        must_be((kind,), data)
        for fits, problem, bound in limits:
            if not fits(data, bound):
                raise Fault(data, problem)
        return data

    return _value((kind,), {"type": kind, **rules}, check, into, out)


def free(**rules: object) -> Shape:
    """Return the shape of a value that its class alone checks; the schema says `rules`."""
    return _value((*_TYPES,), rules, lambda data: data, None, None)


def const(value: str | bool | int) -> Shape:  # noqa: FBT001 - what stands in the data
    """Return the shape of one value and no other."""

    def check(data: Data) -> Data:
        if data != value or isinstance(data, bool) is not isinstance(value, bool):
            raise Fault(data, "not the value expected", f"write {value!r}")
        return data

    return _value((*_TYPES,), {"const": value}, check, None, lambda _: value)


def one_of(
    words: object, into: Make | None = None, out: Make | None = None, **rules: object
) -> Shape:
    """Return the shape of one of some words: those of a Literal type, or of a tuple."""
    known = words if isinstance(words, tuple) else get_args(words)

    def check(data: Data) -> Data:
        if not isinstance(data, str) or data not in known:
            raise Fault(data, "unknown value", nearest(str(data), known))
        return data

    return _value(("string",), {"enum": list(known), **rules}, check, into, out)


def list_of(
    items: Shape, least: int = 0, most: int | None = None, *, into: Make = tuple, out: Make = tuple
) -> Shape:
    """Return the shape of a list of some length, whose items become what `into` makes of them."""
    rules = {"minItems": least} if least else {}
    rules |= {} if most is None else {"maxItems": most}

    def each(one: One, parts: Sequence[Data], given: Given) -> list[Data]:
        if not least <= len(parts) <= (len(parts) if most is None else most):
            wanted = f"{least} or more" if most is None else f"{least} to {most}"
            raise Fault(shortened([*parts]), f"a list of {len(parts)}", f"give {wanted}")
        return [at(i, one, part, given) for i, part in enumerate(parts)]

    def read(data: Data, given: Given) -> Data:
        must_be(("array",), data)
        return into(each(items.read, data, given))

    def write(value: Data, given: Given) -> Data:
        return each(items.write, [*out(value)], given)

    def schema(defs: Defs) -> Defs:
        return {"type": "array", "items": items.described(defs), **rules}

    return Shape(("array",), schema, read, write)


def row_of(*items: Shape) -> Shape:
    """Return the shape of a list whose items each have a shape of their own."""
    size = len(items)

    def read(data: Data, given: Given) -> Data:
        must_be(("array",), data)
        if len(data) != size:
            raise Fault(shortened([*data]), f"a list of {len(data)}", f"give {size}")
        return tuple([at(i, items[i].read, part, given) for i, part in enumerate(data)])

    def write(value: Data, given: Given) -> Data:
        return [at(i, items[i].write, part, given) for i, part in enumerate(value)]

    def schema(defs: Defs) -> Defs:
        rules = {"minItems": size, "maxItems": size}
        return {"type": "array", "prefixItems": [i.described(defs) for i in items], **rules}

    return Shape(("array",), schema, read, write)


def at(key: str | int, one: One, part: Data, given: Given) -> Data:
    """Read or write the part under a key; a fault gets the key."""
    try:
        return one(part, given)
    except CAUGHT as error:
        raise within(error, part, key) from None


def must_be_named(table: Mapping[str, Data]) -> None:
    """Refuse a table that has a key which is no name."""
    for name in table:
        if not isinstance(name, str):
            raise _unknown(name, ())
        if not name:
            raise Fault(name, "an empty name", "give it a name")


def table_of(
    values: Shape, definition: str = "", *, into: Make = dict, out: Make = dict, **rules: object
) -> Shape:
    """Return the shape of a table whose keys are names that people give."""

    def each(one: One, table: Mapping[str, Data], given: Given) -> dict[str, Data]:
        must_be_named(table)
        return {name: at(name, one, part, given) for name, part in table.items()}

    def read(data: Data, given: Given) -> Data:
        must_be(("object",), data)
        return into(each(values.read, data, given))

    def write(value: Data, given: Given) -> Data:
        return each(values.write, out(value), given)

    def schema(defs: Defs) -> Defs:
        return {"type": "object", "additionalProperties": values.described(defs), **rules}

    return Shape(("object",), schema, read, write, definition=definition)


def either(
    *shapes: Shape, pick: Make = lambda _: 0, definition: str = "", **rules: object
) -> Shape:
    """Return the shape of one of several, which its type in JSON tells apart.

    `pick` returns the position of the one that writes a value; the first unless said.
    """
    kinds = tuple(dict.fromkeys(kind for shape in shapes for kind in shape.kinds))
    usual = {_TYPES[kind][1][0]: shape for shape in reversed(shapes) for kind in shape.kinds}

    def schema(defs: Defs) -> Defs:
        found = [shape.described(defs) for shape in shapes]
        if all(one.keys() == {"type"} for one in found):
            return {"type": [one["type"] for one in found], **rules}
        return {"anyOf": found, **rules}

    def read(data: Data, given: Given) -> Data:
        if data.__class__ in usual:
            return usual[data.__class__].read(data, given)
        for shape in shapes:
            if any(_is(kind, data) for kind in shape.kinds):
                return shape.read(data, given)
        return must_be(kinds, data)

    def write(value: Data, given: Given) -> Data:
        return shapes[pick(value)].write(value, given)

    return Shape(kinds, schema, read, write, definition=definition)


def nullable(shape: Shape) -> Shape:
    """Return the shape of a value, or of null where there is none."""
    return either(shape, NULL, pick=lambda value: value is None)


def lazy(shape: Callable[[], Shape], deepest: int) -> Shape:
    """Return a shape that is made later, because it is part of itself, so many levels deep."""

    def read(data: Data, given: Given) -> Data:
        depth = given.get("depth", 1)
        if depth > deepest:
            raise Fault(depth, "nested too deep", f"at most {deepest} levels")
        return shape().read(data, {**given, "depth": depth + 1})

    def write(value: Data, given: Given) -> Data:
        return shape().write(value, given)

    return Shape(("object",), lambda defs: shape().described(defs), read, write)


@frozen(eq=False)
class Field:
    """A key of a record.

    Attributes:
        key: as it stands in the data.
        shape: what stands under it.
        attribute: of the class; None for a constant, which the class does not hold.
        needed: whether it must be there.
        always: whether it is written where it is as usual.
        shared: whether the parts after it may name what it holds.
        said: whether it follows from the others, so that nothing is made of it.
    """

    key: str
    shape: Shape
    attribute: str | None
    needed: bool = False
    always: bool = False
    shared: bool = False
    said: bool = False


def required(key: str, shape: Shape, attribute: str | None = "") -> Field:
    """Return a key that must be there; `attribute` where the class calls it otherwise."""
    return Field(key, shape, key if attribute == "" else attribute, needed=True, always=True)


def optional(
    key: str,
    shape: Shape,
    attribute: str | None = "",
    *,
    always: bool = False,
    shared: bool = False,
) -> Field:
    """Return a key that may be left out, as it is where it says the usual."""
    return Field(key, shape, key if attribute == "" else attribute, always=always, shared=shared)


def said(key: str, shape: Shape, attribute: str = "", *, shared: bool = False) -> Field:
    """Return a key that is always written, and only checked when it is read: others hold it."""
    return Field(key, shape, attribute or key, needed=True, always=True, shared=shared, said=True)


def _view(made: dict[str, Data]) -> Mapping[str, Data]:
    return MappingProxyType(made)


@frozen(eq=False, init=False)
class Record(Shape):
    """The shape of one class: the table of its keys.

    Attributes:
        made: the class.
        fields: its keys.
        make: makes the value of its parts by attribute; the class itself unless said.
        parts: returns the parts of a value by attribute; its attributes unless said.
    """

    made: type
    fields: tuple[Field, ...]
    make: Callable[..., Data]
    parts: Make
    by_key: Mapping[str, Field] = field(converter=_view)
    needed: tuple[str, ...]
    shared: tuple[str, ...]
    said: Mapping[str, Data] = field(converter=_view)
    held: Make
    plan: tuple[tuple[Field, One, Data], ...]

    def __init__(
        self,
        made: type,
        *fields: Field,
        definition: str = "",
        make: Callable[..., Data] | None = None,
        parts: Make | None = None,
        **rules: object,
    ) -> None:
        own = [part for part in fields if part.attribute is not None]
        names = [str(part.attribute) for part in own]
        self.__attrs_init__(
            ("object",),
            lambda defs: _record_schema(fields, rules, defs),
            self._read,
            self._write,
            made,
            fields,
            make or made,
            parts or _attributes(names),
            {part.key: part for part in fields},
            _keys(fields, "needed"),
            _keys(fields, "shared"),
            {part.key: part.shape.write(None, {}) for part in fields if part not in own},
            _held(names) if parts is None else lambda value: [*map(parts(value).get, names)],
            _plan(own, made),
            definition=definition,
        )

    def _read(self, data: Data, given: Given) -> Data:
        self._check_keys(data)
        parts: dict[str, Data] = {}
        shared = [key for key in self.shared if key in data]  # each may name those before it
        for key in (*shared, *(key for key in data if key not in self.shared)):
            part = self.by_key[key]
            try:
                value = part.shape.read(data[key], given)
            except CAUGHT as error:
                raise within(error, data[key], key) from None
            if part.attribute is not None and not part.said:
                parts[part.attribute] = value
            if part.shared:
                given = {**given, key: value}
        try:
            return self.make(**parts)
        except CAUGHT as error:
            raise self._blamed(error, data, parts) from None

    def _check_keys(self, data: Data) -> None:
        if data.__class__ is not dict:
            must_be(self.kinds, data)
        known = self.by_key
        if not data.keys() <= known.keys():
            raise _unknown(next(key for key in data if key not in known), known)
        for key in self.needed:
            if key not in data:
                raise Fault(shortened(dict(data)), f"lacks the key {key!r}")

    def _blamed(self, error: Exception, data: Mapping[str, Data], parts: Given) -> Fault:
        """Return the fault of the class, at the part that it names."""
        if isinstance(error, Fault):
            return _placed(error, data)
        if isinstance(error, InvalidValue):
            for part in self.fields:
                if part.key in data and parts.get(part.attribute or "", self) is error.value:
                    return Fault(error.value, error.problem, error.remedy, (part.key,))
        return _fault(error, data)

    def _write(self, value: Data, given: Given) -> Data:
        data = dict(self.said)
        for held, (part, one, usual) in zip(self.held(value), self.plan, strict=True):
            if not part.always and (held is None or held == usual):
                continue
            try:
                written = one(held, given)
            except CAUGHT as error:
                raise within(error, held, part.key) from None
            if written is not LEFT_OUT:
                data[part.key] = written
            if part.shared:
                given = {**given, part.key: held}
        return data


def _placed(fault: Fault, data: Data) -> Fault:
    """Return the fault that a class placed, at the value in it; what is usual is left out."""
    path = [*reversed(fault.path)]
    for n, key in enumerate(path):
        if isinstance(data, Mapping) and key not in data:
            fault.path = [*reversed(path[:n])]
            return fault
        data = data[key]
    fault.path[:0] = reversed(located(data, fault.value))
    return fault


def _record_schema(fields: tuple[Field, ...], rules: Defs, defs: Defs) -> Defs:
    return {
        "type": "object",
        "properties": {part.key: part.shape.described(defs) for part in fields},
        "required": [part.key for part in fields if part.needed],
        "additionalProperties": False,
        **rules,
    }


def _unknown(key: object, known: Iterable[str]) -> Fault:
    if isinstance(key, str):
        return Fault(key, "unknown key", nearest(key, known))
    return Fault(key, "a key that is no text")


def _held(names: list[str]) -> Make:
    """Return what gives the attributes of a value, in order."""
    if len(names) > 1:
        return attrgetter(*names)
    return lambda value: [getattr(value, name) for name in names]


def _keys(fields: tuple[Field, ...], flag: str) -> tuple[str, ...]:
    return tuple([part.key for part in fields if getattr(part, flag)])


def _attributes(names: list[str]) -> Make:
    return lambda value: {name: getattr(value, name) for name in names}


def _plan(own: list[Field], made: type) -> tuple[tuple[Field, One, Data], ...]:
    """Return each key that the class has a part for, its writer, and what is not written."""
    usual = _usual(made)
    return tuple([(part, part.shape.write, usual.get(str(part.attribute))) for part in own])


def _usual(made: type) -> dict[str, Data]:
    """Return what the parts of a class are where they are not given."""
    defaults: dict[str, Any] = {}
    for part in attrs.fields(made) if attrs.has(made) else ():
        defaults[part.name] = part.default
    return {
        name: default.factory() if hasattr(default, "factory") else default
        for name, default in defaults.items()
    }


def brief(record: Record, key: str) -> Shape:
    """Return the shape of a record, or of the text that stands for one with this key alone."""
    part = record.by_key[key]

    def short(data: Data, given: Given) -> Data:
        return record.make(**{str(part.attribute): part.shape.read(data, given)})

    def write(value: Data, given: Given) -> Data:
        data = record.write(value, given)
        return data[key] if data.keys() == {key} else data

    both = either(Shape(("string",), part.shape.described, short, write), record)
    return Shape(both.kinds, both.schema, both.read, write)


def named(section: str, what: str, ready: Given = _NOTHING) -> Shape:
    """Return the shape of the name of a part: one of a section read before, or a ready one."""

    def read(name: Data, given: Given) -> Data:
        own = given.get(section, {})
        if TEXT.read(name, given) in own:
            return own[name]
        if name not in ready:
            known = [*ready, *own]
            remedy = nearest(name, known) if known else f"give the document {section}"
            raise Fault(name, f"unknown {what}", remedy)
        return ready[name]

    said = {"type": "string", "minLength": 1, "description": f"a {what}'s name"}
    return Shape(("string",), lambda _: said, read, lambda value, _: value.name)


def partial(record: Record) -> Record:
    """Return the shape of what a record gives of its parts, by attribute: all keys optional."""
    fields = [attrs.evolve(part, needed=False) for part in record.fields if part.attribute]
    return Record(dict, *fields, make=dict)


def like(
    record: Record, base: Shape, *together: tuple[str, ...], parts: Make | None = None
) -> Record:
    """Return the record of a value like another, which stands under `base`.

    Keys given replace those of the base.

    Args:
        record: of the whole value.
        base: the shape of a base's name.
        together: attributes of which giving one drops all that the base has.
        parts: returns the parts of a base; those of the record unless said.
    """
    changed = partial(record)

    def make(base: Data, **changes: Data) -> Data:
        held = (parts or record.parts)(base)
        dropped = {name for group in together if changes.keys() & {*group} for name in group}
        kept = {
            name: part for name, part in held.items() if part is not None and name not in dropped
        }
        return record.make(**{**kept, **changes})

    return Record(dict, required("base", base), *changed.fields, make=make)


def or_like(whole: Shape, other: Record) -> Shape:
    """Return the shape of a whole value, or of one like a base."""
    also = other.by_key.keys() - whole.by_key.keys() if isinstance(whole, Record) else set()

    def read(data: Data, given: Given) -> Data:
        if isinstance(data, Mapping) and "base" not in data:
            for key in data.keys() & also:
                raise Fault(key, "a key of what is like another", "give its `base` too")
        based = isinstance(data, Mapping) and "base" in data
        return (other if based else whole).read(data, given)

    def schema(defs: Defs) -> Defs:
        return {"anyOf": [whole.described(defs), other.described(defs)]}

    return Shape(whole.kinds, schema, read, whole.write)


def bases_in(data: object, known: Collection[object]) -> dict[str, Path]:
    """Return the base that data names, where it is one of those known, and the path to it."""
    base = data.get("base") if isinstance(data, Mapping) else None
    return {base: ("base",)} if isinstance(base, str) and base in known else {}


def _under(data: Data, path: Path) -> Data:
    for key in path:
        data = data[key]
    return data


def in_order(data: Data, bases: Callable[[Key], Mapping[Key, Path]]) -> tuple[Key, ...]:
    """Return the keys of a table or a list so that each comes after those that it is based on.

    `bases` returns these, each with the path to its name.

    Raises:
        Fault: bases in a circle, or more than `_MOST_BASES` on each other or `_MOST_LIKE` in all.
    """
    depths: dict[Key, int] = {}

    def visit(key: Key, above: tuple[Any, ...]) -> int:
        if key not in depths and len(above) <= _MOST_BASES:
            named, chain = bases(key), (*above, key)
            for base in named.keys() & {*chain}:
                said = _under(data[key], named[base])
                raise Fault(said, "a circle of names", "take one out", (key, *named[base]))
            depths[key] = max([visit(base, chain) for base in named], default=-1) + 1
        return depths.get(key, _MOST_BASES)

    keys: Any = data if isinstance(data, Mapping) else range(len(data))
    for key in keys:
        if visit(key, ()) > _MOST_BASES:
            raise Fault(key, "too many bases", f"at most {_MOST_BASES} on each other", (key,))
    if sum(depth > 0 for depth in depths.values()) > _MOST_LIKE:
        raise Fault(len(depths), "too many parts with a base", f"at most {_MOST_LIKE}")
    return tuple(depths)


def tagged(
    tag: str, records: Mapping[str, Record], definition: str = "", pick: Make | None = None
) -> Shape:
    """Return the shape of one of several records, distinguished by the word under one key.

    `pick` returns the word of the record that writes a value; its class says it otherwise.
    """

    def read(data: Data, given: Given) -> Data:
        must_be(("object",), data)
        if tag not in data:
            raise Fault(shortened(dict(data)), f"lacks the key {tag!r}")
        word = data[tag]
        if not isinstance(word, str) or word not in records:
            raise Fault(word, "unknown value", nearest(str(word), records), (tag,))
        return records[word].read(data, given)

    return _any_of(records, read, definition, pick)


def keyed(
    records: Mapping[str, Record], definition: str = "", pick: Make | None = None, **rules: object
) -> Shape:
    """Return the shape of one of several records, distinguished by the key that only one has."""
    known = {key for record in records.values() for key in record.by_key}

    def read(data: Data, given: Given) -> Data:
        must_be(("object",), data)
        mark = next((key for key in records if key in data), None)
        if mark is None:
            for key in data.keys() - known:
                raise _unknown(key, known)
            raise Fault(shortened(dict(data)), f"lacks the key {' or '.join(map(repr, records))}")
        for key in records:
            if key in data and key not in records[mark].by_key:
                raise Fault(shortened(dict(data)), f"{key!r} beside {mark!r}", "give one of them")
        return records[mark].read(data, given)

    return _any_of(records, read, definition, pick, **rules)


def _any_of(
    records: Mapping[str, Record], read: One, definition: str, pick: Make | None, **rules: object
) -> Shape:
    writers = {record.made: record for record in records.values()}

    def write(value: Data, given: Given) -> Data:
        record = writers[type(value)] if pick is None else records[pick(value)]
        return record.write(value, given)

    def schema(defs: Defs) -> Defs:
        return {"anyOf": [one.described(defs) for one in dict.fromkeys(records.values())], **rules}

    return Shape(("object",), schema, read, write, definition=definition)


def schema_of(shape: Shape) -> Defs:
    """Return the JSON Schema of a shape, its definitions sorted under `$defs`."""
    defs: Defs = {}
    schema = shape.schema(defs)
    return {**schema, "$defs": {name: defs[name] for name in sorted(defs)}}


def read(shape: Shape, data: object, document: str, given: Given = _NOTHING) -> T:  # type: ignore[type-var]
    """Return the value of a document's data; errors call it `document`.

    Raises:
        InvalidDocument: it is not, with the path to the fault and the nearest known word.

    Example:
        >>> read(list_of(WHOLE), [1, "x"], "row")
        Traceback (most recent call last):
        support_model.errors.InvalidDocument: row at [1]: not a whole number: 'x'
    """
    try:
        return cast("T", shape.read(data, given))
    except CAUGHT as error:
        raise _refused(_fault(error, data), document) from None


def write(shape: Shape, value: object, document: str, given: Given = _NOTHING) -> T:  # type: ignore[type-var]
    """Return the data of a value, from which `read` makes it again.

    Raises:
        InvalidDocument: a part that the shape has no place for, such as an empty name.
    """
    try:
        return cast("T", shape.write(value, given))
    except Fault as fault:
        raise _refused(fault, document) from None


def _refused(fault: Fault, document: str) -> InvalidDocument:
    where = path_text(tuple(reversed(fault.path)))
    return InvalidDocument(document, where, fault.value, fault.problem, fault.remedy)


def path_text(path: Path) -> str:
    """Write a path as it is read: `policies[0].targets[1].within`."""
    text = ""
    for part in path:
        if not isinstance(part, str):
            text += f"[{part}]"
        else:
            plain = part.replace("_", "").replace("-", "").isalnum()
            text += f".{part}" if plain else f".{json.dumps(part[:40], ensure_ascii=False)}"
    return text.removeprefix(".")


def located(data: object, value: object) -> Path:
    """Return where in a document the value of an error stands; empty where it is unknown.

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
    if len(path) > _DEEPEST:  # no document is so deep: what is, is not looked through
        pass
    elif isinstance(data, Mapping):
        for key, value in data.items():
            yield (*path, key), key
            yield from _places(value, (*path, key))
    elif isinstance(data, Sequence) and not isinstance(data, str):
        for i, value in enumerate(data):
            yield from _places(value, (*path, i))
    if path:
        yield path, data


ANY = free()
TEXT = leaf("string", minLength=1)
ANY_TEXT = leaf("string")
FLAG = leaf("boolean")
NULL = leaf("null", out=lambda _: None)
WHOLE = leaf("integer", int)
COUNT = leaf("integer", int, minimum=0)
POSITIVE = leaf("integer", int, minimum=1)
LENGTH = leaf(
    "string", duration, duration_text, minLength=1, description="such as 8h, 1h30m or PT8H"
)
ZONE = leaf("string", timezone, str, minLength=1)
