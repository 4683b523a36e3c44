"""Documents with one thing wrong in them, drawn."""

import copy
import json
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import strategies as st

from support_model import serde
from support_model.errors import InvalidDocument

JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.floats(allow_nan=False, allow_infinity=False, width=16),
    st.sampled_from(["", "x", "8h", "-1h", "resolution", "office", "mon", "2026-03-02", "open"]),
    st.just([]),
    st.just({}),
    st.lists(st.sampled_from(["x", 1, None]), max_size=2),
    st.dictionaries(
        st.sampled_from(["field", "is", "every", "name", "x"]), st.just("x"), max_size=2
    ),
)


def places(data, path=()):
    """Every path in plain data, the whole excepted."""
    items = data.items() if isinstance(data, dict) else enumerate(data)
    for key, value in items:
        yield (*path, key)
        if isinstance(value, dict | list):
            yield from places(value, (*path, key))


@st.composite
def broken(draw, whole):
    """Draw data in which one place holds something else, is gone, or has a new neighbor."""
    data = copy.deepcopy(whole)
    *above, last = draw(st.sampled_from(list(places(whole))))
    parent = data
    for key in above:
        parent = parent[key]
    match draw(st.sampled_from(["put", "drop", "add"])):
        case "put":
            parent[last] = draw(JUNK)
        case "drop":
            del parent[last]
        case "add" if isinstance(parent, dict):
            parent[draw(st.sampled_from(["x", "name", "is", "tz", "kind"]))] = draw(JUNK)
        case "add":
            parent.insert(last, draw(JUNK))
    return data


def read_or_refused(data):
    """Assert that a desk's document is refused by name, or read and written as it is."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "desk.json"
        path.write_text(json.dumps(data), "utf-8")
        try:
            desk = serde.load_desk(path)
        except InvalidDocument as error:
            assert error.document == "desk.json"  # noqa: PT017 - both outcomes are legal
        else:
            serde.dump_desk(desk, path)
            assert serde.load_desk(path) == desk
