"""A mapping that nobody can write: what frozen values hold where they hold a mapping.

It copies what it is made of, compares equal to any mapping with the same contents, hashes,
pickles and copies. `updated` shares what stays the same with the mapping that it came from, so
many changes of a large mapping cost no copy of it each.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable, ItemsView, Iterable, KeysView, ValuesView

__all__ = ["FrozenMap", "frozen_map", "frozen_parts", "owned", "words"]

K = TypeVar("K")
V = TypeVar("V")
Node: TypeAlias = "dict[Any, Any] | tuple[Node, ...]"
FLAT, LEAF, BITS = 64, 32, 4
"""Up to `FLAT` entries a change copies all of them; above, leaves of `LEAF` under branches."""
WAYS = 1 << BITS


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
    _hash: int | None
    _node: Node
    _size: int

    def __init__(self, given: Mapping[K, V] | Iterable[tuple[K, V]] = ()) -> None:
        node = dict(given)
        _set(self, node, len(node))

    def __getitem__(self, key: K) -> V:
        node = self._node
        if type(node) is not dict:
            node = _leaf(node, key)
        return cast("V", node[key])

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

        Above 64 entries keys are told apart by hash and iterated in the order of their text.
        """
        if not changes:
            return self
        node, size = self._node, self._size
        if type(node) is dict and size <= FLAT:
            return owned({**node, **changes})
        node = _split(node, 0) if type(node) is dict else node
        for key, value in changes.items():
            size += key not in _leaf(node, key)
            node = _with(node, key, value, 0)
        made: FrozenMap[K, V] = FrozenMap.__new__(FrozenMap)
        _set(made, node, size)
        return made

    def __eq__(self, other: object) -> bool:
        if isinstance(other, FrozenMap):
            return self is other or dict(self.items()) == dict(other.items())
        return dict(self.items()) == other if isinstance(other, Mapping) else NotImplemented

    def __hash__(self) -> int:
        if self._hash is None:
            object.__setattr__(self, "_hash", hash(frozenset(self.items())))
        return cast("int", self._hash)

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


def frozen_map(given: Any) -> Any:  # noqa: ANN401 - a converter of what its class checks
    """Return a mapping as a `FrozenMap`, and anything else as it is, for its class to refuse.

    Example:
        >>> type(frozen_map({"billing": 2})).__name__, frozen_map(None)
        ('FrozenMap', None)
    """
    if given.__class__ is FrozenMap or not isinstance(given, Mapping):
        return given
    return FrozenMap(given)


def owned(node: dict[K, V]) -> FrozenMap[K, V]:
    """Return a mapping of a dict that the caller made for it and lets go of: it is not copied.

    Example:
        >>> owned({"billing": 2})["billing"]
        2
    """
    made: FrozenMap[K, V] = FrozenMap.__new__(FrozenMap)
    _set(made, node, len(node))
    return made


def frozen_parts(given: Any) -> Any:  # noqa: ANN401 - a converter of what its class checks
    """Return lists as tuples, sets as frozen sets, mappings as frozen maps, to any depth.

    Example:
        >>> frozen_parts(["chat", {"line": [1, 2]}])
        ('chat', {'line': (1, 2)})
    """
    if isinstance(given, list | tuple) and type(given) in {list, tuple}:
        return tuple([frozen_parts(part) for part in given])
    if isinstance(given, set):
        return frozenset(given)
    if isinstance(given, Mapping) and not isinstance(given, FrozenMap):
        return FrozenMap({key: frozen_parts(value) for key, value in given.items()})
    return given


def words(given: str | Iterable[str]) -> tuple[str, ...]:
    """Return one text or several as a tuple: a text alone would fall apart into letters.

    Example:
        >>> words("ann"), words(["ann", "bob"])
        (('ann',), ('ann', 'bob'))
    """
    return (given,) if isinstance(given, str) else tuple(given)


def _set(made: FrozenMap[Any, Any], node: Node, size: int) -> None:
    place = object.__setattr__
    place(made, "_node", node)
    place(made, "_size", size)
    place(made, "_hash", None)
    place(made, "get", node.get if type(node) is dict else lambda key, default=None: _leaf(
        node, key).get(key, default))  # fmt: skip


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
