# ruff: noqa: RUF001 - Russian names are Russian
"""Lists and reports as they were saved from 1C: titles, groups, pages, totals, several tables."""

import pytest
from whole import whole

from support_model.adapters.onec import Account, read_tables
from support_model.errors import AdapterError
from support_model.tickets import replay
from support_model.vocabulary import Priority, Status

HEADER = ["Номер", "Дата регистрации", "Инициатор", "Приоритет", "Состояние", "Дата закрытия"]
FIRST = ["7", "02.03.2026 9:00:00", "Лисов Пётр", "1 - Критический", "01_Новая", ""]
SECOND = ["8", "03.03.2026 9:00:00", "Орлова Инна", "3 - Обычный", "01_Новая", ""]
PLAIN = [HEADER, FIRST, SECOND]
CHANGES = ["Номер", "Дата изменения", "Автор", "Реквизит", "Старое значение", "Новое значение"]
CHANGE = ["7", "02.03.2026 10:00:00", "Зимина А.", "Состояние", "01_Новая", "02_В работе"]


def log(*tables, **account):
    named = {f"{number}.csv": table for number, table in enumerate(tables)}
    return read_tables(named, Account(**{"tz": "Europe/Moscow", "people": "as_written"} | account))


def found(reading):
    return {each.code: each.count for each in reading.findings}


BASE = log(PLAIN).events


@pytest.mark.parametrize(
    ("rows", "around"),
    [
        ([["Список обращений"], [], *PLAIN], 1),
        ([["Отчёт"], ["Период:", "01.03.2026 - 31.03.2026"], ["Отбор:", "", "x"], *PLAIN], 3),
        ([["Период: 01.03.2026 - 31.03.2026"], *PLAIN, ["Итого", "", "", "", "", "2"]], 2),
        ([*PLAIN, [], ["Всего:", "2"]], 1),
        ([*PLAIN, ["Количество: 2"]], 1),
        ([*PLAIN, ["Общий итог", "", "", "", "", "2"]], 1),
        ([HEADER, FIRST, [], ["Стр. 2 из 2"], HEADER, SECOND], 2),
        ([HEADER, FIRST, HEADER, SECOND, HEADER], 2),
        ([*PLAIN, ["", "", "", "Исполнитель", "", ""]], 1),
        ([*PLAIN, [], ["Ответственный: Зимина А."], ["Сформировано 03.03.2026 10:00:00"]], 2),
        ([[*row, "", ""] for row in PLAIN], 0),
        ([["", *row] for row in PLAIN], 0),
        ([[cell.replace(" ", "\u00a0") for cell in row] for row in PLAIN], 0),
        ([[cell.upper() for cell in HEADER], FIRST, SECOND], 0),
        ([[f"{cell}:" for cell in HEADER], FIRST, SECOND], 0),
    ],
)  # fmt: skip
def test_what_is_around_the_rows_is_passed_over_and_counted(rows, around):
    reading = log(rows)
    said = [(event.ticket_id, event.at, event.type) for event in reading.events]
    assert said == [(event.ticket_id, event.at, event.type) for event in BASE]
    assert dict(reading.events[0].fields)["priority"] == Priority("Критический", 1)
    assert found(reading).get("no_row", 0) == around
    assert not reading.incomplete


def test_a_page_may_begin_with_its_header_again():
    """Also where each page ends with a group, which goes on on the next."""
    rows = [
        ["Рабочая группа: 1-я линия"], HEADER, FIRST,
        ["Рабочая группа: 2-я линия"], HEADER, SECOND,
    ]  # fmt: skip
    reading = log(rows, [CHANGES, CHANGE])
    groups = [
        dict(event.fields).get("group") for event in reading.events if event.type == "created"
    ]
    assert groups == [None, "2-я линия"]


def test_a_header_of_two_lines_is_one():
    rows = [
        ["Номер", "Дата", "", "Инициатор", "Состояние"],
        ["", "регистрации", "закрытия", "", ""],
        ["7", "02.03.2026 9:00:00", "03.03.2026 9:00:00", "Ivan", "Закрыто"],
    ]
    created, closed = log(rows).events
    assert (created.at.day, closed.at.day) == (2, 3)


def test_the_values_of_groups_belong_to_the_rows_below_them():
    rows = [
        ["Рабочая группа"],
        ["Приоритет"],
        ["Номер", "Дата", "Инициатор", "Состояние"],
        ["1-я линия"],
        ["Высокий"],
        ["7", "02.03.2026 9:00:00", "Ivan", "Новая"],
        ["Низкий"],
        ["8", "02.03.2026 9:00:00", "Ivan", "Новая"],
        ["2-я линия", "", "", "1"],
        ["Высокий", "", "", "1"],
        ["9", "02.03.2026 9:00:00", "Ivan", "Новая"],
        ["Итого", "", "", "3"],
    ]
    reading = log(rows, [CHANGES, CHANGE], lines={"1-я линия": 1, "2-я линия": 2})
    told = [
        (event.ticket_id, fields["group"], fields["line"], fields["priority"].name)
        for event in reading.events
        if event.type == "created" and (fields := dict(event.fields))
    ]
    assert told == [
        ("7", "1-я линия", 1, "Высокий"), ("8", "1-я линия", 1, "Низкий"),
        ("9", "2-я линия", 2, "Высокий"),
    ]  # fmt: skip


def test_a_group_may_say_its_own_title():
    rows = [
        ["Номер", "Дата", "Инициатор"],
        ["Состояние: Закрыто"],
        ["7", "02.03.2026 9:00:00", "Ivan"],
        ["Состояние: Новая"],
        ["8", "02.03.2026 9:00:00", "Ivan"],
    ]
    reading = log(rows)
    assert found(reading)["since_unknown"] == 1
    assert [each.tickets for each in reading.findings if each.code == "since_unknown"] == [("7",)]


@pytest.mark.parametrize(
    "group",
    [
        "Обращение 7 от 02.03.2026 9:00:00", "Обращение: 7", "Обращение № 7", "7",
        "Обращение 0007 от 02.03.2026",
    ],
)  # fmt: skip
def test_a_history_may_name_the_ticket_in_the_row_of_its_group(group):
    rows = [
        ["История изменений"],
        CHANGES[1:],
        ["Обращение 8 от 03.03.2026 9:00:00"],
        ["03.03.2026 11:00:00", "Зимина А.", "Состояние", "01_Новая", "02_В работе"],
        [group],
        CHANGE[1:],
    ]
    reading = log(PLAIN, rows)
    assert [(event.ticket_id, event.type) for event in reading.events] == [
        ("7", "created"), ("7", "changed"), ("8", "created"), ("8", "changed"),
    ]  # fmt: skip


def test_several_tables_may_stand_in_one_sheet():
    comments = [
        ["Номер", "Дата", "Автор", "Вид", "Текст"],
        ["7", "02.03.2026 10:30:00", "Зимина А.", "Исходящее", "x"],
    ]
    rows = [
        ["Обращения"], *PLAIN, ["Итого", "", "2"], [], ["История"], [], CHANGES, CHANGE,
        ["Итого", "1"], [], ["Комментарии"], *comments,
    ]  # fmt: skip
    apart = log(PLAIN, [CHANGES, CHANGE], comments)
    assert log(rows).events == apart.events
    assert [event.type for event in apart.events] == ["created", "changed", "message", "created"]


def test_the_english_interface_is_read():
    tickets = [
        ["Number", "Date", "Requester", "Status", "Priority", "Support group", "Closing date"],
        [
            "7",
            "3/2/2026 9:00:00 AM",
            "Lee Park",
            "Closed",
            "High",
            "Line 2",
            "3/3/2026 1:00:00 PM",
        ],
    ]
    history = [
        ["Number", "Change date", "Author", "Attribute", "Old value", "New value"],
        ["7", "3/2/2026 10:00:00 AM", "Ann Roe", "Status", "New", "In progress"],
        ["7", "3/2/2026 11:00:00 AM", "Ann Roe", "Support group", "Line 1", "Line 2"],
        ["7", "3/3/2026 1:00:00 PM", "Ann Roe", "Status", "In progress", "Closed"],
    ]
    reading = log(tickets, history, lines={"Line 1": 1, "Line 2": 2})
    now = replay(reading.events)
    assert (now.category, now.line, now.times["escalated"]) == ("closed", 2, 1)
    assert dict(reading.events[0].fields)["status"] == Status("New", "new")
    assert not reading.unknown


def test_states_may_be_told_by_their_old_and_new_names():
    history = [
        ["Обращение", "Дата", "Пользователь", "Старый статус", "Новый статус"],
        ["7", "02.03.2026 10:00:00", "Зимина А.", "Новая", "В работе"],
    ]
    reading = log(PLAIN, history)
    assert dict(reading.events[1].fields) == {"status": Status("В работе", "open")}


def test_a_history_of_a_period_is_cut_for_older_tickets():
    title = ["Период: 03.03.2026 - 31.03.2026"]
    tickets = [HEADER, [*FIRST[:4], "02_В работе", ""], SECOND]
    reading = log(tickets, [title, CHANGES, [*CHANGE[:1], "03.03.2026 10:00:00", *CHANGE[2:]]])
    assert reading.incomplete == {"7": "cut_history"}
    assert [event.basis for event in reading.events if event.type == "created"] == [
        "snapshot",
        None,
    ]
    assert not log(tickets, [["Период: 01.03.2026 - 31.03.2026"], CHANGES, CHANGE]).incomplete


def test_rows_that_cannot_be_read_are_named_by_their_lines():
    rows = [
        ["Список"],
        [],
        HEADER,
        FIRST,
        ["9", "вчера", "x", "", "Новая", ""],
        [*SECOND, "", "x"],
    ]
    reading = log(rows)
    assert [event.ticket_id for event in reading.events] == ["7"]
    unread = next(each for each in reading.findings if each.code == "unreadable")
    assert (unread.count, unread.example.partition(":")[0]) == (2, "0.csv, line 5")


def test_a_table_that_is_no_list_of_tickets_is_refused():
    with pytest.raises(
        AdapterError, match=r"no list of tickets; there is a history of changes \(1"
    ):
        log([CHANGES, CHANGE])
    with pytest.raises(
        AdapterError, match=r"no column for the ticket \(columns not read: 'Сумма'"
    ):
        log([["Сумма", "Склад"], ["1", "2"]])
    assert log([]).events == log([[], [""]]).events == ()


def test_dates_without_a_time_of_day_are_refused_with_the_remedy():
    rows = [HEADER, [*FIRST[:1], "02.03.2026", *FIRST[2:]]]
    with pytest.raises(AdapterError, match="dates without a time of day") as caught:
        log(rows)
    assert "show the time" in caught.value.hint


def test_nothing_of_the_people_is_in_a_reading_of_pseudonyms():
    rows = [["Исполнитель: Зимина Анна"], *PLAIN, ["Ответственный: Орлова Инна"]]
    comments = [
        ["Номер", "Дата", "Автор", "Текст"],
        ["7", "02.03.2026 10:30:00", "Лисов П.", "секрет"],
        ["7", "вчера", "Зимина А.", "секрет"],
        ["7", "02.03.2026 10:31:00", "Зимина А.", "секрет"],
    ]
    shown = whole(log(rows, [CHANGES, CHANGE], comments, people="pseudonyms"))
    assert not any(name in shown for name in ("Лисов", "Орлова", "Зимина", "секрет"))


@pytest.mark.parametrize(
    ("title", "said"),
    [
        (['Отбор: Подразделение Равно "Офис"'], "Отбор: Подразделение ..."),
        (["Отбор:", "Исполнитель Равно Лисов П."], "Отбор: Исполнитель ..."),
        (["Отбор:", "Лисов П."], "Отбор: ..."),
        (["Период: 01.03.2026 - 31.03.2026"], "Период: 01.03.2026 - 31.03.2026"),
    ],
)
def test_a_report_of_a_part_is_said_to_be_one(title, said):
    (finding,) = [each for each in log([title, *PLAIN]).findings if each.code == "filtered"]
    assert finding.example == said


def test_a_title_alone_is_no_filter():
    assert "filtered" not in found(log([["Отчёт по обращениям"], *PLAIN]))
