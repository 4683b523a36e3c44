"""Files of a report hold what it holds: read back, their cells equal those of its tables."""

import csv
import io
import zipfile
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from report import made_sections

from support_model._report.blocks import (
    Bounds,
    Column,
    Headline,
    OpenTime,
    Section,
    Table,
    Withheld,
    says,
)
from support_model._report.csv_files import csv_files_of, file_name
from support_model._report.plain_tables import plain_tables
from support_model._report.wording import Wording
from support_model._report.workbooks import sheet_names, workbook_of
from support_model.errors import MissingExtra

HOUR = timedelta(hours=1)
BERLIN = ZoneInfo("Europe/Berlin")
NAME = says("column_figure")
FORMULAS = st.sampled_from(["=1+1", "+1", "-2", "@x", "\t=1", "'=1", "'", "#N/A", "1", "TRUE"])
TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=20) | FORMULAS
INSTANTS = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))
SECONDS = st.integers(-(10**9), 10**9).map(lambda n: timedelta(seconds=n))
CELLS = {
    "word": TEXTS | st.none(),
    "count": st.integers(-(10**9), 10**9) | st.none(),
    "number": st.floats(-1e9, 1e9) | st.integers(0, 10**6) | st.none(),
    "share": st.floats(0, 1) | st.none() | st.just(Withheld(5)),
    "points": st.floats(-1, 1) | st.none(),
    "duration": SECONDS | SECONDS.map(lambda one: OpenTime(one, 8 * HOUR)) | st.none(),
    "instant": INSTANTS | st.none(),
    "date": st.dates(date(1990, 1, 1), date(2100, 1, 1)) | st.none(),
}


@st.composite
def tables(draw):
    kinds = draw(st.lists(st.sampled_from(list(CELLS)), min_size=1, max_size=6))
    columns, cells = [], []
    for place, kind in enumerate(kinds):
        columns.append(Column(key=f"c{place}", title=NAME, kind=kind))
        cells.append(CELLS[kind])
        if kind in {"share", "duration", "date"} and draw(st.booleans()):
            columns.append(Column(key=f"i{place}", title=NAME, kind="range"))
            end = CELLS[kind].filter(lambda cell: not isinstance(cell, Withheld))
            cells.append(st.builds(Bounds, end, end) | st.none())
    rows = draw(st.lists(st.tuples(*cells), max_size=5))
    verdicts = draw(st.just(()) | st.just(("worse",) * len(rows)))
    return Table(
        key="t", title=NAME, columns=tuple(columns), rows=tuple(rows), verdicts=verdicts, shown=1
    )


def plain(cell):
    """What a cell says, told without the code under test."""
    if isinstance(cell, OpenTime):
        return cell.amount
    return None if isinstance(cell, Withheld) else cell


def expected(table):
    """The rows of a table with an interval as two cells and the verdict last."""
    for place, row in enumerate(table.rows):
        cells = []
        for cell, column in zip(row, table.columns, strict=True):
            if column.kind == "range":
                cells += [None, None] if cell is None else [plain(cell.low), plain(cell.high)]
            else:
                cells.append(plain(cell))
        yield [*cells, *table.verdicts[place : place + 1]]


def utc(row):
    """A row with its instants in UTC: those of a repeated hour are equal in one zone alone."""
    return [cell.astimezone(UTC) if isinstance(cell, datetime) else cell for cell in row]


def made(*given_tables, tz=BERLIN):
    section = Section(key="s", title=NAME, tables=given_tables)
    return plain_tables([section], Wording(tz=tz))


@given(tables())
def test_every_cell_is_a_plain_value(table):
    told = [list(row) for one in made(table) for row in one.rows]
    assert list(map(utc, told)) == list(map(utc, expected(table)))
    assert all(cell.tzinfo == BERLIN for row in told for cell in row if isinstance(cell, datetime))


NUMBERS = {
    "count": int,
    "duration": lambda cell: timedelta(microseconds=int(Fraction(cell) * 1_000_000)),
    "instant": datetime.fromisoformat,
    "date": date.fromisoformat,
}


def read_back(cell, kind):
    """The value of a cell of CSV, by what its column holds."""
    if kind == "word":
        starts = ("=", "+", "-", "@", "\t", "\r", "\n", "'", "＝", "＋", "－", "＠")  # noqa: RUF001
        text = cell[1:] if cell[:1] == "'" and cell[1:2] in starts else cell
        assert cell[:1] not in starts or cell[0] == "'"
        return text or None
    if not cell:
        return None
    return NUMBERS.get(kind, float)(cell)


@given(tables())
def test_csv_read_back_is_the_table(table):
    for one in made(table):
        (text,) = csv_files_of([one]).values()
        head, *rows = csv.reader(io.StringIO(text, newline=""), strict=True)
        assert len(set(head)) == len(head)
        assert [name.removesuffix("_seconds") for name in head] == [c.key for c in one.columns]
        assert all(
            name.endswith("_seconds") == (column.kind == "duration")
            for name, column in zip(head, one.columns, strict=True)
        )
        kinds = [column.kind for column in one.columns]
        told = [[read_back(*pair) for pair in zip(row, kinds, strict=True)] for row in rows]
        given_rows = [[None if cell == "" else cell for cell in row] for row in one.rows]
        assert list(map(utc, told)) == list(map(utc, given_rows))
        assert text.count("\r\n") >= len(rows) + 1


def close(one, other):
    if isinstance(one, timedelta):
        return abs(one - other) < timedelta(seconds=1e-3)
    return one == other or (one is not None and one == pytest.approx(other, rel=1e-12))


@given(tables())
def test_a_workbook_read_back_is_the_table(table):
    openpyxl = pytest.importorskip("openpyxl")
    tables_made = made(table)
    book = openpyxl.load_workbook(io.BytesIO(workbook_of(NAME, tables_made, Wording())))
    assert book.sheetnames == ["Contents", *(one.key for one in tables_made)]
    for one in tables_made:
        sheet = book[one.key]
        assert sheet.freeze_panes == "A2"
        for place, row in enumerate(one.rows, start=2):
            for column, value in enumerate(row, start=1):
                cell = sheet.cell(place, column)
                same(cell, value, one.columns[column - 1].kind)


def same(cell, value, kind):
    """Check that a cell of a workbook is a value, as what it is."""
    if value is None or value == "":
        assert cell.value is None or cell.value == ""
    elif isinstance(value, timedelta):
        days = cell.value / timedelta(days=1) if isinstance(cell.value, timedelta) else cell.value
        assert close(timedelta(days=days), value)
        assert cell.number_format in {"[h]:mm", "[h]:mm:ss", '0.00" d"'}
    elif isinstance(value, datetime):
        local = value.replace(tzinfo=None, fold=0)
        assert abs(cell.value - local) <= timedelta(milliseconds=1)
    elif isinstance(value, date):
        assert cell.value.date() == value
    elif isinstance(value, str):
        assert cell.data_type in {"s", "inlineStr"}
        kept = "".join(
            c if (c >= " " and c not in "\x7f\ufffe\uffff") or c in "\t\n" else "?" for c in value
        )
        assert "?" in kept or cell.value == kept
    else:
        assert close(cell.value, value)
        assert ("%" in cell.number_format) == (kind in {"share", "points"})


def test_the_same_report_gives_the_same_workbook():
    pytest.importorskip("openpyxl")
    one, other = (
        workbook_of(
            made_sections.TITLE, plain_tables(made_sections.SECTIONS, Wording()), Wording()
        )
        for _ in range(2)
    )
    assert one == other
    with zipfile.ZipFile(io.BytesIO(one)) as book:
        assert {info.date_time[0] for info in book.infolist()} == {2000}
        assert book.read("docProps/core.xml").count(b">2000-01-01T00:00:00Z<") == 2


def test_a_workbook_begins_with_links_to_its_sheets():
    openpyxl = pytest.importorskip("openpyxl")
    wording = Wording("ru", BERLIN)
    told = plain_tables(made_sections.SECTIONS, wording)
    book = openpyxl.load_workbook(io.BytesIO(workbook_of(made_sections.TITLE, told, wording)))
    first = book.worksheets[0]
    assert first.title == "Содержание"
    rows = [[cell.value for cell in row] for row in first.iter_rows(min_row=5)]
    assert [(name, title, n) for name, title, n in rows] == [
        (name, one.title, len(one.rows))
        for name, one in zip(book.sheetnames[1:], told, strict=True)
    ]
    assert [first.cell(row, 1).hyperlink.location for row in range(5, 5 + len(told))] == [
        f"'{name}'!A1" for name in book.sheetnames[1:]
    ]
    assert "Europe/Berlin" in first.cell(2, 1).value


def test_without_the_extra_a_workbook_says_so(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "openpyxl", None)
    with pytest.raises(MissingExtra, match="xlsx"):
        workbook_of(NAME, (), Wording())


@given(st.lists(st.text(max_size=40), max_size=8))
def test_names_of_sheets_and_files_are_ones(keys):
    names = sheet_names(keys)
    assert len({name.lower() for name in names}) == len(keys)
    assert all(0 < len(name) <= 31 and not set("[]:*?/\\'") & set(name) for name in names)
    for key in keys:
        name = file_name(key)
        assert 0 < len(name) <= 61
        assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789_")
        assert name not in {"con", "nul", "aux", "com1"}


def test_figures_seen_first_are_a_table_with_the_unit_of_each():
    openpyxl = pytest.importorskip("openpyxl")
    headlines = (
        Headline(key="open", title=NAME, kind="count", value=3, before=2, verdict="worse"),
        Headline(
            key="took", title=NAME, kind="duration", value=OpenTime(2 * HOUR, 8 * HOUR),
            bounds=Bounds(OpenTime(HOUR, 8 * HOUR), None), notes=(NAME,),
        ),
        Headline(key="met", title=NAME, kind="share", value=0.5, bounds=Bounds(0.4, 0.6)),
    )  # fmt: skip
    (told,) = plain_tables([Section(key="h", title=NAME, headlines=headlines)], Wording())
    rows = told.records()
    names = ("key", "value", "value_low", "value_high", "before", "unit", "verdict")
    assert [tuple(row[name] for name in names) for row in rows] == [
        ("open", 3, None, None, 2, "count", "worse"),
        ("took", 7200, 3600, None, None, "seconds", None),
        ("met", 0.5, 0.4, 0.6, None, "share", None),
    ]
    book = openpyxl.load_workbook(io.BytesIO(workbook_of(NAME, (told,), Wording())))
    cells = [book["h"].cell(row, 2) for row in (2, 3, 4)]
    assert [(cell.value, cell.number_format) for cell in cells] == [
        (3, "#,##0"), (2 * HOUR, "[h]:mm"), (0.5, "0.0%"),
    ]  # fmt: skip


def test_all_of_a_document_is_in_its_files():
    told = plain_tables(made_sections.SECTIONS, Wording())
    keys = [one.key for one in told]
    assert len(set(keys)) == len(keys)
    text = "\n".join(csv_files_of(told).values())
    for section in made_sections.SECTIONS:
        for said in (*section.lines, *section.notes, *(each.title for each in section.items)):
            assert Wording().say(said).replace('"', '""') in text
    files = csv_files_of(told)
    assert len(files) == len(told)


def test_tables_of_one_key_keep_apart():
    table = Table(key="t", title=NAME, columns=(Column(key="n", title=NAME),), rows=((1,),))
    assert [one.key for one in made(table, table)] == ["t", "t_2"]


def test_a_notebook_shows_a_table_as_the_report_does():
    (told, *_) = [one for one in plain_tables(made_sections.SECTIONS, Wording())
                  if one.key == "groups"]  # fmt: skip
    html = told._repr_html_()
    assert "&lt;script&gt;" in html
    assert "<script>" not in html
    assert "9.0 working days" in html
