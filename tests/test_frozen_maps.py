"""A frozen map is a mapping like any other, small or large, except that nobody can write it."""

import pickle
from copy import copy, deepcopy
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support_model._frozen import FrozenMap, frozen_parts

NAMES = st.integers(0, 150).map("custom.{}".format)
CHANGES = st.lists(st.dictionaries(NAMES, st.integers(), max_size=40), max_size=12)


@given(CHANGES)
def test_a_frozen_map_is_the_dict_of_its_changes(changes):
    made, plain = FrozenMap(), {}
    for change in changes:
        before, held = made, dict(plain)
        made = made.updated(change)
        plain.update(change)
        assert before == held
    assert made == plain == dict(made.items())
    assert plain == made
    assert MappingProxyType(plain) == made
    assert sorted(made) == sorted(plain)
    assert len(made) == len(plain)
    assert sorted(made.values()) == sorted(plain.values())
    for name in (*plain, "custom.none"):
        assert made.get(name, -1) == plain.get(name, -1)
        assert (name in made) == (name in plain)
    loaded = pickle.loads(pickle.dumps(made))  # noqa: S301 - made a line above
    for twin in (copy(made), deepcopy(made), loaded):
        assert twin == made
        assert hash(twin) == hash(made) == hash(FrozenMap(plain))


def test_nobody_writes_it():
    given = {"a": 1}
    made = frozen_parts(given)
    given["a"] = 2
    assert made["a"] == 1
    assert frozen_parts(made) is made
    for name in ("update", "setdefault", "pop", "clear", "__setitem__", "__delitem__"):
        assert not hasattr(made, name)
    with pytest.raises(AttributeError):
        made.get = None
    with pytest.raises(AttributeError):
        del made.get
    with pytest.raises(KeyError):
        made["b"]


def test_it_joins_and_shows_itself_as_a_dict():
    made = FrozenMap([("a", 1)])
    assert made | {"b": 2} == {"a": 1, "b": 2} == {"b": 2} | made
    assert repr(made) == "{'a': 1}"
    assert made != {"a": 2}
    assert made != 3
    assert made.updated({}) is made
