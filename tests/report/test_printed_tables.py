"""A printed table loses no character: parsed back, it equals its cells, however narrow it is."""

from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support_model._tables import GAP, TextTable, folded, printable, table_lines, text_width

LETTERS = st.characters(
    whitelist_categories=("Lu", "Ll", "Nd", "Po", "Sm", "Lo", "Mn"), blacklist_characters=":"
)
WORD = st.text(LETTERS, min_size=1, max_size=40).filter(lambda word: text_width(word[0]) > 0)
NUMBER = st.from_regex(r"-?[0-9]{1,3}(,[0-9]{3}){0,2}(\.[0-9])?%?", fullmatch=True)
RANGE = st.tuples(NUMBER, NUMBER).map(" to ".join)
WORDS = st.lists(WORD, max_size=8).map(" ".join)


@st.composite
def tables(draw):
    worded = draw(st.lists(st.booleans(), min_size=1, max_size=9))
    heads = [draw(WORDS.filter(bool)) for _ in worded]
    row = st.tuples(*[WORDS.filter(bool) if each else NUMBER | RANGE for each in worded])
    rows = draw(st.lists(row, max_size=6))
    columns = tuple(head + ":" * each for head, each in zip(heads, worded, strict=True))
    return TextTable(title="", columns=columns, rows=tuple(rows))


def bare(text):
    """A text without the spaces at which it may have been folded."""
    return "".join(text.split())


def part(line, start, end):
    """The text between two places of a terminal; a mark stands where its letter does."""
    place, chosen = 0, ""
    for character in line:
        wide = text_width(character)
        if start <= (place if wide else place - 1) < end:
            chosen += character
        place += wide
    return chosen


def parsed_panel(rule, body, *, single):
    """The rows of columns that stand side by side below a rule, or their single row."""
    ends, place = [], 0
    for dashes in rule.split(GAP):
        ends.append((place, place + len(dashes)))
        place += len(dashes) + len(GAP)
    groups = [[*some] for filled, some in groupby(body, key=bool) if filled]
    apart = single or any(
        not line and any(body[number:]) for number, line in enumerate(body) if any(body[:number])
    )
    rows = groups if apart else [[line] for group in groups for line in group]
    return [[bare("".join(part(line, *end) for line in row)) for end in ends] for row in rows]


def parsed_columns(lines, rules, many, *, single):
    """The rows of a table of so many columns, its panels put together."""
    panels = []
    for rule, later in zip(rules, [*rules[1:], None], strict=True):
        body = lines[rule + 1 : later]
        if later is not None:  # the headings of the next panel
            while body[-1]:
                body.pop()
        panels.append(parsed_panel(lines[rule], body, single=single))
    if not panels[0]:
        return []
    widths = [len(panel[0]) for panel in panels]
    leading = (sum(widths) - many) // (len(panels) - 1) if len(panels) > 1 else 0
    return [
        [*rows[0], *(cell for row in rows[1:] for cell in row[leading:])]
        for rows in zip(*panels, strict=True)
    ]


def parsed_blocks(lines, heads):
    """The rows of a table printed as blocks of "heading: value"."""
    rows = []
    for filled, some in groupby(lines, key=bool):
        if filled:
            cells = []
            for line in some:
                begins = not cells or (line.startswith("  ") and not line.startswith("    "))
                cells = [*cells, line] if begins else [*cells[:-1], cells[-1] + line]
            rows.append(
                [
                    bare(cell).removeprefix(f"{bare(head)}:")
                    for head, cell in zip(heads, cells, strict=True)
                ]
            )
    return rows


@given(tables(), st.integers(60, 200))
def test_a_printed_table_parsed_back_equals_its_cells(table, width):
    lines = list(table_lines(table, width))
    assert all(text_width(line) <= width for line in lines)
    rules = [place for place, line in enumerate(lines) if line and not line.strip("\u2500 ")]
    heads = [name.removesuffix(":") for name in table.columns]
    if rules:
        told = parsed_columns(lines, rules, len(heads), single=len(table.rows) == 1)
    else:
        told = parsed_blocks(lines, heads)
    assert told == [[*map(bare, row)] for row in table.rows]


@given(WORDS, st.integers(1, 50))
def test_folding_keeps_every_word_and_breaks_only_wider_ones(text, width):
    lines = folded(text, width)
    assert bare("".join(lines)) == bare(text)
    for line in lines:
        assert text_width(line) <= width or text_width(line[0]) > width
    whole = [word for word in text.split() if text_width(word) <= width]
    told = " ".join(lines).split()
    for word in whole:
        assert told.count(word) >= whole.count(word)


@given(st.text(), st.sampled_from(["ascii", "utf-8", "cp1251", "latin-1"]))
def test_what_is_printed_steers_no_terminal_and_can_be_encoded(text, encoding):
    told = printable(text, encoding).replace("\u00a0", " ").replace("\n", " ")
    assert told.isprintable()
    assert told.encode(encoding).decode(encoding) == told


@pytest.mark.parametrize("width", [200, 100, 80, 60, 20])
def test_numbers_of_a_wide_table_are_all_there(width):
    table = TextTable(
        title="Wide",
        columns=("Words:", *("Number",) * 8),
        rows=(("some words", *("1,234.5 to 6,789.0 h",) * 8),),
    )
    lines = list(table_lines(table, width))
    assert max(map(len, lines)) <= width
    assert sorted("".join(filter(str.isdigit, "".join(lines)))) == sorted("1234567890" * 8)
