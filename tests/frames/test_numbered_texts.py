"""Codes of texts that are numbers behind one beginning: those of Arrow, or none."""

import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from support_model._columns.numbered_texts import numbered

BEGINNINGS = st.sampled_from(["", "T", "INC", "PROJECT-", "ticket number ", "Заявка ", "0x"])
TAILS = st.one_of(
    st.integers(0, 40).map(str),
    st.integers(0, 99_999_999).map(str),
    st.integers(0, 40).map("{:07}".format),
    st.sampled_from(["", "1a", "/", ":", "12 ", "\N{ARABIC-INDIC DIGIT ONE}", "123456789", "\0"]),
)


@st.composite
def texts(draw):
    """Draw texts of one beginning mostly, in pieces, some of them cut out of longer ones."""
    beginning, tails = draw(BEGINNINGS), draw(st.lists(TAILS, min_size=1, max_size=12))
    given = [beginning + tail for tail in tails]
    if draw(st.booleans()):
        given = [beginning + f"{n % 30}" for n in draw(st.lists(st.integers(0, 99), min_size=1))]
    cut = draw(st.integers(0, len(given)))
    skipped = draw(st.integers(0, 2))
    pieces = [
        pa.array(["other"] * skipped + part, pa.string()) for part in (given[:cut], given[cut:])
    ]
    return pa.chunked_array([piece.slice(skipped) for piece in pieces])


def arrow_codes(column):
    """Return the codes and distinct texts that Arrow finds."""
    encoded = column.combine_chunks().dictionary_encode()
    return encoded.indices.to_pylist(), encoded.dictionary.to_pylist()


@given(texts())
@example(pa.chunked_array([["T1", "T01"]]))
@example(pa.chunked_array([["T1"], ["U1"]]))
@example(pa.chunked_array([["7", "9", "7"]]))
def test_codes_are_those_of_arrow_or_none(column):
    found = numbered(column)
    if found is not None:
        codes, distinct = found
        assert (codes.tolist(), distinct.to_pylist()) == arrow_codes(column)


@pytest.mark.parametrize(
    "given",
    [
        [f"T{number % 50_000}" for number in range(70_000)],
        [f"INC{number:07}" for number in range(70_000, 0, -1)],
        ["0", "10", "9", "0"],
        ["PROJECT NUMBER 1", "PROJECT NUMBER 3"],
    ],
)
def test_numbers_are_read(given):
    column = pa.chunked_array([given])
    codes, distinct = numbered(column)
    assert (codes.tolist(), distinct.to_pylist()) == arrow_codes(column)


@pytest.mark.parametrize(
    "given",
    [
        [],
        ["T1", None],
        ["T1", "T01"],
        ["T1", "U1"],
        ["T1", "T"],
        ["T1", "T1a"],
        ["T1", "T123456789"],
        ["T1", "T99999999"],
        ["T1/", "T1:"],
        ["a", "b"],
    ],
)
def test_other_texts_are_left_to_arrow(given):
    assert numbered(pa.chunked_array([pa.array(given, pa.string())])) is None


def test_numbers_are_left_to_arrow_as_categories():
    assert numbered(pa.chunked_array([pa.array(["1", "2"]).dictionary_encode()])) is None
