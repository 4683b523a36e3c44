"""Values that cannot be written: `frozen` classes that own their parts, and a read-only mapping.

A class under `frozen` keeps a list as a tuple, a set as a frozen set and a mapping as a
`FrozenMap`, so what a caller does later to what it gave changes no value. What it computes
from its fields is `derived`.

`FrozenMap` copies what it is made of, compares equal to any mapping with the same contents,
hashes, pickles and copies. `updated` shares what stays the same with the mapping that it came
from, so many changes of a large mapping cost no copy of it each.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias, TypeVar, cast

import attrs

from support_model.errors import UnknownName, nearest

if TYPE_CHECKING:
    from collections.abc import Callable, ItemsView, Iterable, KeysView, ValuesView

__all__ = ["FrozenMap", "derived", "draft_class", "frozen", "frozen_parts", "owned", "words"]

K = TypeVar("K")
V = TypeVar("V")
Node: TypeAlias = "dict[Any, Any] | tuple[Node, ...]"
FLAT, LEAF, BITS = 64, 32, 4
"""Up to `FLAT` entries a change copies all of them; above, leaves of `LEAF` under branches."""
WAYS = 1 << BITS
_EMPTY: tuple[Any, ...] = ()
_new, _place = object.__new__, object.__setattr__
_CONTAINER = re.compile(r"\b(tuple|frozenset|Mapping|FrozenMap|Sequence)\[")


class FrozenMap(Mapping[K, V]):
    """A read-only mapping of its own.

    Example:
        >>> given = {"billing": 2}
        >>> kept = FrozenMap(given)
        >>> given["billing"] = 9
        >>> kept, kept == {"billing": 2}, kept.updated({"sales": 1})["sales"]
        ({'billing': 2}, True, 1)
    """

    __slots__ = ("_hash", "_node", "_size", "get")
    get: Any
    _hash: int
    _node: Node
    _size: int

    def __init__(self, given: Mapping[K, V] | Iterable[tuple[K, V]] = ()) -> None:
        node = dict(given)
        _set(self, node, len(node))

    def __getitem__(self, key: K) -> V:
        node = self._node
        if type(node) is not dict:
            node = _leaf(node, key)
        try:
            found: V = node[key]
        except KeyError:
            remedy = nearest(str(key), map(str, self))
            raise UnknownName(key, "no such key", remedy) from None
        return found

    def __contains__(self, key: object) -> bool:
        node = self._node
        return key in (node if type(node) is dict else _leaf(node, key))

    def __iter__(self) -> Iterator[K]:
        node = self._node
        return iter(node) if type(node) is dict else iter(sorted(_keys(node), key=str))

    def __len__(self) -> int:
        return self._size

    def keys(self) -> KeysView[K]:
        """Return the keys."""
        return self._node.keys() if type(self._node) is dict else super().keys()

    def items(self) -> ItemsView[K, V]:
        """Return the pairs."""
        return self._node.items() if type(self._node) is dict else super().items()

    def values(self) -> ValuesView[V]:
        """Return the values."""
        return self._node.values() if type(self._node) is dict else super().values()

    def updated(self, changes: Mapping[K, V]) -> FrozenMap[K, V]:
        """Return this mapping with some entries set.

        Above 64 entries keys are distinguished by hash and iterated in the order of their text.
        """
        node, size = self._node, self._size
        if type(node) is dict and size <= FLAT:
            return owned({**node, **changes}) if changes else self
        node = _split(node, 0) if type(node) is dict else node
        for key, value in changes.items():
            size += key not in _leaf(node, key)
            node = _with(node, key, value, 0)
        made: FrozenMap[K, V] = _new(FrozenMap)
        _set(made, node, size)
        return made

    def __eq__(self, other: object) -> bool:
        if isinstance(other, FrozenMap):
            return self is other or dict(self.items()) == dict(other.items())
        return dict(self.items()) == other if isinstance(other, Mapping) else NotImplemented

    def __hash__(self) -> int:
        try:
            return self._hash
        except AttributeError:  # asked for the first time
            _place(self, "_hash", hash(frozenset(self.items())))
            return self._hash

    def __or__(self, other: Mapping[K, V]) -> dict[K, V]:
        return {**self, **other}

    def __ror__(self, other: Mapping[K, V]) -> dict[K, V]:
        return {**other, **self}

    def __repr__(self) -> str:
        return repr(dict(self.items()))

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(name)

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(name)

    def __copy__(self) -> FrozenMap[K, V]:
        return self

    def __reduce__(self) -> tuple[Callable[..., FrozenMap[K, V]], tuple[dict[K, V]]]:
        return FrozenMap, (dict(self.items()),)


def draft_class(cls: type) -> Any:  # noqa: ANN401 - what it makes is of two classes in turn
    """Return a class of drafts: values of a frozen class that can be written until they are done.

    A draft is done by `draft.__class__ = cls`. It is for what is made at every event of parts
    that are checked and frozen already: its fields are plain assignments, while a frozen class
    places each by a call.

    Example:
        >>> @frozen
        ... class Reply:
        ...     words: int
        >>> draft = draft_class(Reply)()
        >>> draft.words = 3
        >>> draft.__class__ = Reply
        >>> draft
        Reply(words=3)
    """
    plain = {name: vars(object)[name] for name in ("__init__", "__setattr__", "__delattr__")}
    return type(cls)(cls.__name__, (cls,), {"__slots__": (), **plain})


_MapDraft = draft_class(FrozenMap)


def owned(node: dict[K, V]) -> FrozenMap[K, V]:
    """Return a mapping of a dict that the caller made for it and lets go of: it is not copied.

    Example:
        >>> owned({"billing": 2})["billing"]
        2
    """
    made = _MapDraft()
    made._node, made._size, made.get = node, len(node), node.get  # noqa: SLF001 - its own
    made.__class__ = FrozenMap
    done: FrozenMap[K, V] = made
    return done


def frozen_parts(given: Any) -> Any:  # noqa: ANN401 - a converter of what its class checks
    """Return lists as tuples, sets as frozen sets, mappings as frozen maps, to any depth.

    Example:
        >>> frozen_parts(["chat", {"line": [1, 2]}])
        ('chat', {'line': (1, 2)})
    """
    kind = given.__class__
    if kind is tuple or kind is list:
        return tuple([frozen_parts(part) for part in given]) if given else ()
    if kind is set:
        return frozenset(given)
    if isinstance(given, Mapping) and kind is not FrozenMap:
        return FrozenMap({key: frozen_parts(value) for key, value in given.items()})
    return given


def _owning(_: type, parts: list[attrs.Attribute[Any]]) -> list[attrs.Attribute[Any]]:
    """Give each field that holds a container, and has no converter, one that freezes it."""
    return [
        part.evolve(converter=_converter(str(part.type)))
        if part.init and part.converter is None and _CONTAINER.search(str(part.type))
        else part
        for part in parts
    ]


def _converter(annotation: str) -> Callable[[Any], Any]:
    plain = annotation.count("[") == 1 and "Any" not in annotation  # nothing is nested in it
    safe = {tuple, frozenset, FrozenMap, type(None)} if plain else {FrozenMap, type(None)}

    def kept(given: Any) -> Any:  # noqa: ANN401 - a converter of what its class checks
        return given if given.__class__ in safe or given is _EMPTY else frozen_parts(given)

    kept.__annotations__ = {"given": annotation}
    return kept


if TYPE_CHECKING:
    from attrs import frozen

    derived = property
else:

    class derived:  # noqa: N801 - used as a decorator
        """What a frozen value computes from its fields, once they are checked, and keeps.

        It is read as fast as a field, which no `cached_property` of a class with slots is: that
        slows every other field down, too. Where nothing is read for each event, take that one.
        """

        def __init__(self, compute: Callable[[Any], Any]) -> None:
            self.compute = compute

    def frozen(cls: type | None = None, **options: Any) -> Any:  # noqa: ANN401 - as of attrs
        """Make a class of frozen values: `attrs.frozen`, whose fields own what they hold."""
        if cls is None:
            return partial(frozen, **options)
        kept = {name: part for name, part in vars(cls).items() if isinstance(part, derived)}
        for name in kept:
            delattr(cls, name)
            setattr(cls, f"_{name}", attrs.field(init=False, eq=False, repr=False))
            cls.__annotations__[f"_{name}"] = "object"
        if kept:
            cls.__attrs_post_init__ = _completing(cls, kept)
        made = attrs.frozen(cls, field_transformer=_owning, **options)
        for name in kept:
            setattr(made, name, vars(made)[f"_{name}"])
        return made


def _completing(cls: type, kept: Mapping[str, Any]) -> Callable[[Any], None]:
    """Return what follows the checks of a class: each derived value is computed and placed."""
    check = getattr(cls, "__attrs_post_init__", None)
    computed = [(f"_{name}", part.compute) for name, part in kept.items()]

    def complete(self: object) -> None:
        if check is not None:
            check(self)
        for name, compute in computed:
            _place(self, name, compute(self))

    return complete


def words(given: str | Iterable[str]) -> tuple[str, ...]:
    """Return one text or several as a tuple: a text alone would fall apart into letters.

    Example:
        >>> words("ann"), words(["ann", "bob"])
        (('ann',), ('ann', 'bob'))
    """
    return (given,) if isinstance(given, str) else tuple(given)


def _set(made: FrozenMap[Any, Any], node: Node, size: int) -> None:
    _place(made, "_node", node)
    _place(made, "_size", size)
    _place(made, "get", node.get if type(node) is dict else partial(_found, node))


def _found(node: Node, key: object, default: object = None) -> object:
    return _leaf(node, key).get(key, default)


def _leaf(node: Node, key: object) -> dict[Any, Any]:
    place = hash(key)
    while type(node) is tuple:
        node = node[place % WAYS]
        place >>= BITS
    return cast("dict[Any, Any]", node)


def _keys(node: Node) -> Iterator[Any]:
    if type(node) is dict:
        yield from node
    else:
        for part in node:
            yield from _keys(part)


def _split(leaf: dict[Any, Any], depth: int) -> Node:
    if len(leaf) <= LEAF or depth * BITS >= 60:
        return leaf
    parts: list[dict[Any, Any]] = [{} for _ in range(WAYS)]
    for key, value in leaf.items():
        parts[(hash(key) >> depth * BITS) % WAYS][key] = value
    return tuple(_split(part, depth + 1) for part in parts)


def _with(node: Node, key: object, value: object, depth: int) -> Node:
    if type(node) is dict:
        return _split({**node, key: value}, depth)
    place = (hash(key) >> depth * BITS) % WAYS
    branch = cast("tuple[Node, ...]", node)
    return (*branch[:place], _with(branch[place], key, value, depth + 1), *branch[place + 1 :])
