# ruff: noqa: RUF001 - Russian names are Russian
"""A workbook becomes lines of text as 1C writes them; what is none, or too large, is refused."""

import builtins
import zipfile
from datetime import date, datetime, time, timedelta

import pytest

from support_model.adapters import _workbooks
from support_model.adapters._workbooks import rows_of_workbook
from support_model.adapters.onec import Account, read_tables
from support_model.errors import InvalidLog, MissingExtra

openpyxl = pytest.importorskip("openpyxl")


def saved(folder, *sheets, formats=()):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, rows in enumerate(sheets):
        sheet = book.create_sheet(f"sheet{number}")
        for row in rows:
            sheet.append(row)
    for cell, form in formats:
        book.worksheets[0][cell].number_format = form
    path = folder / "book.xlsx"
    book.save(path)
    return path


def test_cells_are_written_as_1c_writes_them(tmp_path):
    row = [
        "000117", 117, 117.0, 1234.5, True, None, datetime(2026, 3, 2, 9, 5), date(2026, 3, 2),
        datetime(2026, 3, 2), timedelta(hours=30, minutes=1), time(9, 5), " text ", None, None,
    ]  # fmt: skip
    path = saved(tmp_path, [row], formats=[("I1", "dd.mm.yyyy h:mm")])
    assert rows_of_workbook(path) == [
        [
            "000117", "117", "117", "1234,5", "Да", "", "02.03.2026 9:05:00", "02.03.2026",
            "02.03.2026 0:00:00", "30:01:00", "9:05:00", "text",
        ]
    ]  # fmt: skip


def test_a_literal_h_in_a_format_shows_no_hours(tmp_path):
    path = saved(tmp_path, [[datetime(2026, 3, 2)]], formats=[("A1", 'dd.mm.yyyy "h"')])
    assert rows_of_workbook(path) == [["02.03.2026"]]


def test_sheets_follow_each_other_and_hold_several_tables(tmp_path):
    tickets = [
        ["Список обращений"],
        [],
        ["Номер", "Дата", "Инициатор", "Состояние"],
        ["7", datetime(2026, 3, 2, 9), "Ivan", "В работе"],
        ["Итого", None, None, 1],
    ]
    history = [
        ["Номер", "Дата изменения", "Автор", "Реквизит", "Старое значение", "Новое значение"],
        ["7", datetime(2026, 3, 2, 10), "Anna", "Состояние", "Новая", "В работе"],
    ]
    rows = rows_of_workbook(saved(tmp_path, tickets, history))
    assert [] in rows
    reading = read_tables({"book.xlsx": rows}, Account(tz="Europe/Moscow"))
    assert [(event.type, event.role) for event in reading.events] == [
        ("created", "customer"), ("changed", "agent"),
    ]  # fmt: skip


def test_merged_titles_are_their_first_cell(tmp_path):
    path = saved(tmp_path, [["Список", None, None], ["a", "b", "c"]])
    book = openpyxl.load_workbook(path)
    book.active.merge_cells("A1:C1")
    book.save(path)
    assert rows_of_workbook(path) == [["Список"], ["a", "b", "c"]]


def test_what_is_no_workbook_is_refused(tmp_path):
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"a;b\n1;2\n")
    with pytest.raises(InvalidLog, match="no workbook"):
        rows_of_workbook(path)
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("xl/workbook.xml", "<none/>")
    with pytest.raises(InvalidLog, match="cannot be read"):
        rows_of_workbook(path)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b"0" * (1 << 25))
    with pytest.raises(InvalidLog, match="expands without measure"):
        rows_of_workbook(path)


def test_what_is_too_wide_or_long_is_refused(tmp_path, monkeypatch):
    path = saved(tmp_path, [["a"] * 4, ["b"]])
    monkeypatch.setattr(_workbooks, "MOST_COLUMNS", 3)
    with pytest.raises(InvalidLog, match="3 columns"):
        rows_of_workbook(path)
    monkeypatch.setattr(_workbooks, "MOST_COLUMNS", 4)
    assert len(rows_of_workbook(path)) == 2
    monkeypatch.setattr(_workbooks, "MOST_LINES", 1)
    with pytest.raises(InvalidLog, match="1 lines"):
        rows_of_workbook(path)


def test_without_the_extra_it_is_named(tmp_path, monkeypatch):
    def absent(name, *args):
        if name == "openpyxl":
            raise ImportError(name)
        return real(name, *args)

    real = builtins.__import__
    monkeypatch.setattr(builtins, "__import__", absent)
    with pytest.raises(MissingExtra, match=r"support-model\[xlsx\]"):
        rows_of_workbook(tmp_path / "a.xlsx")


def test_a_far_cell_costs_no_more_and_all_sheets_count(tmp_path, monkeypatch):
    book = openpyxl.Workbook()
    book.active["A1"] = "Номер"
    book.active["XFD2"] = ""
    book.active["XFD3"].number_format = "0.00"
    path = tmp_path / "far.xlsx"
    book.save(path)
    seen = []
    text = _workbooks._text
    monkeypatch.setattr(_workbooks, "_text", lambda cell: seen.append(cell) or text(cell))
    assert rows_of_workbook(path)[0] == ["Номер"]
    assert len(seen) <= 3 * (_workbooks.MOST_COLUMNS + 1)
    monkeypatch.setattr(_workbooks, "MOST_LINES", 5)
    with pytest.raises(InvalidLog, match="more than 5 lines"):
        rows_of_workbook(saved(tmp_path, *[[["a"]] * 2] * 3))
