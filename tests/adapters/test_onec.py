# ruff: noqa: RUF001 - Russian names are Russian
"""Tables of 1C become the events of the scenario, as reports, as OData and as Itilium's list."""

import copy
import json
import warnings
from datetime import UTC, datetime, timedelta, timezone

import pytest
from adapters.scenario import DATA, FACTS, Words, bare, facts_of, mangled, places
from hypothesis import given
from hypothesis import strategies as st

from support_model import BusinessCalendar
from support_model.adapters.onec import STATUSES, Installation, plain, read, table
from support_model.errors import (
    AdapterError,
    AmbiguousWallTime,
    InconsistentLog,
    InvalidValue,
    NaiveDatetime,
    SupportModelWarning,
    UnknownVendorValue,
    UnknownZone,
)
from support_model.events import Changed, Message, Worked
from support_model.sla import RESOLUTION, SlaPolicy, Target, evaluate
from support_model.tickets import replay, steps
from support_model.vocabulary import Priority, Status
from support_model.workflows import SIX_STEP


def report(name):
    return table((DATA / f"constructed_A_{name}.csv").read_bytes().decode("windows-1251"))


def payload(name):
    return json.loads((DATA / f"constructed_A_{name}.json").read_text("utf-8"))


TICKETS, HISTORY, COMMENTS = map(report, ("obrashcheniya", "istoriya_izmeneniy", "kommentarii"))
DOCUMENTS, LIST = map(payload, ("odata_document_obrashchenie", "itilium_getIncidentsList"))
STATES = payload("odata_register_istoriya")
GROUPS = {"L1": "1-я линия поддержки", "L2": "2-я линия поддержки"}
REFERENCE = "04b522d0-c541-2748-91f8-aef7955633a5"
CUSTOMER_REFERENCE = "e37f0136-aa3f-faf1-49b3-51f6a4c948e9"
DESK = Installation(
    lines={GROUPS["L1"]: 1, GROUPS["L2"]: 2}, names={CUSTOMER_REFERENCE: "Customer One"}
)
WORDS = Words(
    ticket="000001001",
    statuses={
        "new": Status("Зарегистрировано", "new"),
        "open": Status("В работе", "open"),
        "pending": Status("В ожидании ответа", "pending"),
        "solved": Status("Выполнено", "solved"),
        "closed": Status("Закрыто", "closed"),
    },
    priorities={"normal": Priority("Средний", 3), "high": Priority("Высокий", 2)},
    people={
        "501": "Customer One",
        "11": "Agent Anna",
        "12": "Agent Boris",
        "-1": "Регламентное задание",
    },
    groups=GROUPS,
    channel=None,  # the loss: no table says by which channel
    score=5,
    scale=(1, 5),
)
MOSCOW = "Europe/Moscow"


def reports(**more):
    given = {"history": HISTORY, "comments": COMMENTS, "tz": MOSCOW, "installation": DESK} | more
    return read(TICKETS, **given)


def ticket(**more):
    begun = {"Номер": "7", "Дата": "02.03.2026 9:00:00", "Инициатор": "Ivan", "Состояние": ""}
    return begun | more


def changed(attribute, old, new, at="02.03.2026 10:00:00", author="Anna"):
    return {
        "Номер": "7",
        "Дата изменения": at,
        "Автор": author,
        "Реквизит": attribute,
        "Старое значение": old,
        "Новое значение": new,
    }


def of(row, *history, **more):
    return read([row], history=list(history), **{"tz": MOSCOW} | more)


def test_reports_come_out_as_expected():
    reading = reports()
    *events, effort = reading.events
    assert [bare(event) for event in events] == WORDS.events()
    assert isinstance(effort, Worked)
    assert effort.duration == timedelta(hours=1234, minutes=30)  # written as 1 234,5
    assert reading.unknown == {}
    assert reading.left_out == {"column Крайний срок": 1, "column Просрочено": 1}


def test_the_facts_of_the_scenario_come_out_equal():
    assert facts_of(reports().events) == FACTS


def test_the_events_replay_are_checked_and_evaluated():
    events = reports().events
    now = replay(events)
    assert (now.category, now.line, now.agent) == ("closed", 2, "Agent Boris")
    assert SIX_STEP.check(events)
    target = Target(
        metric=RESOLUTION, within=timedelta(days=3), calendar=BusinessCalendar.always()
    )
    policy = SlaPolicy(name="gold", targets=[target])
    clock = evaluate(events, policy, as_of=datetime(2024, 5, 1, tzinfo=UTC))["resolution"]
    pending, solved = timedelta(hours=18, minutes=37, seconds=50), timedelta(hours=22, minutes=30)
    assert clock.elapsed == timedelta(seconds=420_900) - pending - solved


@pytest.mark.parametrize("documents", [DOCUMENTS, LIST])
def test_odata_and_the_list_say_the_states_and_no_more(documents):
    """Losses: comments, and every change but those of the state, for want of their tables."""
    roles = Installation(
        names=DESK.names,
        roles={"Customer One": "customer", "Agent Anna": "agent", "Agent Boris": "agent"},
    )
    reading = read(documents, history=STATES, tz=MOSCOW, installation=roles)
    events = [bare(event) for event in reading.events]
    _, text_expected, *rest_expected = WORDS.events()
    states = [
        Changed(**told(event), fields={"status": dict(event.fields)["status"]})
        for event in rest_expected
        if isinstance(event, Changed) and "status" in dict(event.fields)
    ]
    begun, text, *rest = events
    assert begun.role == "customer"
    assert dict(begun.fields)["status"] == WORDS.statuses["new"]
    assert text == Message(**told(text_expected), public=True)
    assert rest == states
    assert {event.ticket_id for event in events} == {REFERENCE}
    assert dict(reading.events[0].fields)["custom.number"] == "000001001"
    resolved = [now.after.at for now in steps(reading.events) if "resolved" in now.facts]
    since = reading.events[0].at
    assert [(at - since).total_seconds() for at in resolved] == [
        FACTS["first_solved_seconds"],
        FACTS["last_solved_seconds"],
    ]


def told(event):
    """What every event shares, of the ticket as its reference calls it."""
    return {"ticket_id": REFERENCE, "at": event.at, "role": event.role, "actor": event.actor}


def test_an_author_that_cannot_be_compared_with_the_requester_is_unknown():
    with pytest.warns(UnknownVendorValue, match="author '.*', met . times; taken as ag"):
        reading = read(DOCUMENTS, history=STATES, tz=MOSCOW)
    assert reading.unknown[("author", "Customer One")] == 4
    assert reading.left_out["group since an unknown time"] == 1


@given(
    tickets=st.permutations(TICKETS * 2),
    history=st.permutations(HISTORY * 2),
    comments=st.permutations(COMMENTS),
)
def test_rows_in_any_order_or_twice_say_the_same(tickets, history, comments):
    whole = reports().events
    again = read(tickets, history=history, comments=comments, tz=MOSCOW, installation=DESK)
    assert again.events == whole


def test_local_stamps_need_a_zone():
    with pytest.raises(NaiveDatetime, match=r"tickets\[0\]\.Дата регистрации.*say tz="):
        reports(tz=None)
    with pytest.raises(UnknownZone):
        reports(tz="Europe/Moskau")
    assert reports(tz="UTC").events[0].at == reports().events[0].at + timedelta(hours=3)


@pytest.mark.parametrize(
    ("stamp", "hour"),
    [
        ("2026-03-02T09:00:00", 8),
        ("2026-03-02T09:00:00+05:00", 4),
        ("02.03.2026 9:00", 8),
        (" 02.03.2026  09:00:00 ", 8),
        (datetime(2026, 3, 2, 9), 8),
        (datetime(2026, 3, 2, 9, tzinfo=timezone(timedelta(hours=2))), 7),
    ],
)
def test_stamps_are_read_as_1c_writes_them(stamp, hour):
    at = of(ticket(Дата=stamp), tz="Europe/Berlin").events[0].at
    assert at == datetime(2026, 3, 2, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("stamp", "utc"),
    [
        ("25.10.2026 2:30:00", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),  # shown twice
        ("29.03.2026 2:30:00", datetime(2026, 3, 29, 1, tzinfo=UTC)),  # never shown
    ],
)
def test_a_stamp_shown_twice_or_never_is_told(stamp, utc):
    with pytest.warns(AmbiguousWallTime, match="1 local times that Europe/Berlin") as caught:
        reading = of(ticket(Дата=stamp), tz="Europe/Berlin")
    assert reading.events[0].at == utc
    assert caught[0].filename == __file__


def test_the_beginning_is_told_by_the_first_changes():
    row = ticket(Состояние="Закрыто", Приоритет="Высокий", Услуга="VPN", Ответственный="Boris")
    reading = of(
        row,
        changed("Состояние", "Новая", "В работе"),
        changed("Приоритет", "Низкий", "Высокий"),
        changed("Ответственный", "", "Boris"),
    )
    begun, first = reading.events
    assert dict(begun.fields) == {
        "status": Status("Новая", "new"),
        "priority": Priority("Низкий", 4),
        "service": "VPN",
        "requester": "Ivan",
    }
    assert dict(first.fields) == {
        "status": Status("В работе", "open"),
        "priority": Priority("Высокий", 2),
        "agent": "Boris",
    }


def test_two_states_within_the_second_of_the_creation_are_both_kept():
    at = "02.03.2026 9:00:00"
    rows = [
        {"Номер": "7", "Период": at, "Состояние": state, "Автор": "Ivan", "LineNumber": number}
        for number, state in (("2", "02_В работе"), ("1", "01_Зарегистрировано"))
    ]
    begun, first = of(ticket(), *rows).events
    assert dict(begun.fields)["status"] == Status("Зарегистрировано", "new")
    assert dict(first.fields) == {"status": Status("В работе", "open")}


def test_a_report_that_runs_backwards_is_turned_round():
    rows = [
        changed("Состояние", "Новая", "В работе"),
        changed("Состояние", "В работе", "Выполнено"),
        changed("Состояние", "Выполнено", "Закрыто", at="03.03.2026 10:00:00"),
    ]
    assert of(ticket(), *rows).events == of(ticket(), *reversed(rows)).events
    assert replay(of(ticket(), *rows).events).times["resolved"] == 1


def test_a_present_status_without_history_is_not_guessed():
    assert of(ticket(Состояние="01_Новая")).events[0].fields[1] == (
        "status",
        Status("Новая", "new"),
    )
    with pytest.raises(AdapterError, match=r"tickets\[0\]\.Состояние: a status since an unknown"):
        of(ticket(Состояние="Закрыто"))
    with pytest.raises(AdapterError, match=r"tickets\.Incidents\[0\]\.state"):
        read(LIST, tz=MOSCOW)


def test_empty_references_and_dates_are_none():
    empty = "00000000-0000-0000-0000-000000000000"
    row = ticket(Ответственный_Key=empty, Организация=" ", ДатаЗакрытия="0001-01-01T00:00:00")
    assert dict(of(row | {"Трудозатраты, ч": "1,5"}).events[0].fields).keys() == {
        "requester",
        "status",
    }
    assert of(row | {"Трудозатраты, ч": "1,5"}).left_out == {
        "effort on a ticket that is not closed": 1
    }


def test_names_of_an_installation_are_data():
    own = Installation(
        columns={"group": "Отдел", "custom.floor": ("Этаж",)},
        statuses={**STATUSES, "У поставщика": "on_hold"},
        kinds={"Звонок": ("customer", True)},
        robots=["Бот"],
        roles={"Olga": "third_party"},
    )
    reading = of(
        ticket(Этаж=3),
        changed("Состояние", "Новая", "07_у  ПОСТАВЩИКА", author="бот"),
        changed("Отдел", "", "Связь", author="Olga"),
        changed("Этаж", "2", "3", author="Olga"),
        comments=[
            {"Номер": "7", "Дата": "02.03.2026 9:30:00", "Автор": "Olga", "Вид": "Звонок"},
        ],
        installation=own,
    )
    begun, said, held, moved = reading.events
    assert dict(begun.fields)["custom.floor"] == "2"
    assert (said.role, said.public) == ("third_party", True)
    assert (held.role, dict(held.fields)["status"].category) == ("system", "on_hold")
    assert dict(moved.fields) == {"group": "Связь", "custom.floor": "3"}
    assert plain("Ещё раз") == plain("ЕЩЕ\N{NO-BREAK SPACE}РАЗ")


def test_a_ticket_without_a_group_is_on_no_line():
    moves = [
        changed("Рабочая группа", "", GROUPS["L1"]),
        changed("Рабочая группа", GROUPS["L1"], "", at="02.03.2026 11:00:00"),
        changed("Ответственный", "Anna", "", at="02.03.2026 12:00:00"),
    ]

    def last(count, installation):
        *_, event = of(ticket(), *moves[:count], installation=installation).events
        return dict(event.fields)

    assert last(1, DESK) == {"group": GROUPS["L1"], "line": 1}
    assert last(2, DESK) == {"group": None, "line": None}
    assert last(3, DESK) == {"agent": None}
    assert last(2, Installation()) == {"group": None}


def test_an_attribute_that_no_field_can_hold_is_counted():
    reading = of(ticket(), changed("Вложения", None, [{"file": 1}]))
    assert [event.seq for event in reading.events] == [1]
    assert reading.left_out == {"attribute custom.Вложения": 1}


def test_unknown_values_warn_and_are_counted():
    comment = {"Номер": "7", "Дата": "02.03.2026 9:30:00", "Автор": "Anna", "Вид": "Факс"}
    with pytest.warns(UnknownVendorValue) as caught:
        reading = of(
            ticket(),
            changed("Состояние", "Новая", "05_На Луне"),
            changed("Приоритет", "Низкий", "Смешной"),
            changed("Рабочая группа", "", "Связь"),
            {**changed("Состояние", "", "В работе"), "Номер": "8"},
            comments=[comment],
            installation=DESK,
        )
    assert reading.unknown == {
        ("status", "На Луне"): 1,
        ("priority", "Смешной"): 1,
        ("group", "Связь"): 1,
        ("kind of comment", "Факс"): 1,
    }
    assert reading.left_out == {"history of a ticket that is not in the table": 1}
    assert {warning.filename for warning in caught} == {__file__}
    _, said, moved = reading.events
    assert (said.public, said.role) == (False, "agent")
    assert dict(moved.fields)["status"] == Status("На Луне", "open")
    assert dict(moved.fields)["priority"] == Priority("Смешной", 5)


def test_numbers_repeat_every_year_and_references_do_not():
    rows = [
        ticket(Ref_Key="a", Дата="02.03.2025 9:00:00"),
        ticket(Ref_Key="b", Дата="02.03.2026 9:00:00"),
    ]
    assert [event.ticket_id for event in read(rows, tz=MOSCOW).events] == ["a", "b"]
    with pytest.raises(AdapterError, match="a number of several tickets"):
        read(rows, history=[changed("Состояние", "Новая", "В работе")], tz=MOSCOW)
    with pytest.raises(AdapterError, match="a second row for one ticket"):
        read([ticket(), ticket(Дата="02.03.2025 9:00:00")], tz=MOSCOW)


@pytest.mark.parametrize(
    ("tickets", "path", "problem"),
    [
        ({"Tickets": []}, "tickets", "no rows"),
        ("Номер;Дата", "tickets", "no rows"),
        (7, "tickets", "no rows"),
        ([7], "tickets[0]", "not an object"),
        ([ticket(Дата="")], "tickets[0]", "no created"),
        ([ticket(Дата="вчера")], "tickets[0].Дата", "no time"),
        ([ticket(Дата="31.02.2026 9:00:00")], "tickets[0].Дата", "no time"),
        ([ticket(Дата="2026-03-02")], "tickets[0].Дата", "no time"),
        ({"value": [ticket(Номер=["7"])]}, "tickets.value[0].Номер", "not text"),
    ],
)
def test_what_is_wrong_is_named_by_its_path(tickets, path, problem):
    with pytest.raises(AdapterError, match=problem) as caught:
        read(tickets, tz=MOSCOW)
    assert (caught.value.vendor, caught.value.path) == ("onec", path)


def test_a_state_is_never_changed_to_nothing():
    with pytest.raises(AdapterError, match=r"history\[0\]: no new"):
        of(ticket(), changed("Состояние", "Новая", ""))


def test_a_change_without_a_known_column_is_refused():
    row = {"Номер": "7", "Период": "02.03.2026 9:00:00", "Автор": "Ivan", "Стадия": "Новая"}
    with pytest.raises(AdapterError, match=r"history\[0\]: a change of nothing"):
        of(ticket(), row)


@pytest.mark.parametrize(
    ("text", "problem"),
    [("a;b\n1\n", "1 cells under 2 columns"), ('a;b\n"1;2\n', "no CSV")],
)
def test_a_broken_table_is_refused_by_line(text, problem):
    with pytest.raises(AdapterError, match=rf"line 2: {problem}"):
        table(text)


def test_a_table_may_be_empty_and_begin_with_a_mark():
    assert table("") == []
    assert table("\ufeffa;b\n\n1;2\n") == [{"a": "1", "b": "2"}]


def gone(new, old, at, author="Anna"):
    return changed("Пометка удаления", old, new, at=at, author=author)


def test_a_mark_of_deletion_is_a_void_status_and_taking_it_off_restores():
    log = of(
        ticket(),
        changed("Состояние", "Новая", "В работе"),
        gone("Да", "Нет", "02.03.2026 11:00:00"),
        gone("Нет", "Да", "02.03.2026 12:00:00"),
    ).events
    *_, voided, restored = log
    assert dict(voided.fields) == {"status": Status("deleted", "void")}
    assert (voided.role, voided.actor, voided.basis) == ("agent", "Anna", None)
    assert dict(restored.fields) == {"status": Status("В работе", "open")}
    assert {"voided": 1, "restored": 1}.items() <= replay(log).times.items()
    assert "reopened" not in replay(log).times
    while_gone = changed("Состояние", "В работе", "Выполнено", at="02.03.2026 11:30:00")
    rows = [gone("Да", "Нет", "02.03.2026 11:00:00"), while_gone]
    assert replay(of(ticket(), *rows).events).category == "void"
    back = of(ticket(), *rows, gone("Нет", "Да", "02.03.2026 12:00:00")).events
    assert replay(back).category == "solved"
    with pytest.raises(AdapterError, match="neither yes nor no"):
        of(ticket(), gone("возможно", "", "02.03.2026 11:00:00"))


@pytest.mark.parametrize(
    ("mark", "void"), [(True, True), ("Да", True), (False, False), ("", False)]
)
def test_a_mark_that_no_record_dates_is_at_the_last_known_change(mark, void):
    row = ticket(DeletionMark=mark)
    reading = of(row, changed("Состояние", "Новая", "В работе"))
    last = reading.events[-1]
    assert (replay(reading.events).category == "void") is void
    if void:
        assert (last.at.hour, last.basis, last.role, last.actor) == (
            7, "snapshot", "third_party", None,
        )  # fmt: skip
        found = [(each.code, each.example) for each in reading.findings]
        assert found == [("no_time_of", "mark of deletion")]
    assert not reading.left_out


def said(author, kind, at="02.03.2026 10:00:00"):
    return {"Номер": "7", "Дата": at, "Автор": author, "Вид": kind}


def test_who_only_writes_as_a_customer_is_no_staff():
    """A colleague of the requester reopens the ticket: that is no act of the desk."""
    reopened = changed("Состояние", "В ожидании ответа", "В работе", author="Olga")
    reading = of(
        ticket(), changed("Состояние", "Новая", "В ожидании ответа", at="02.03.2026 9:30:00"),
        reopened, comments=[said("Olga", "Входящее"), said("Anna", "Исходящее")],
    )  # fmt: skip
    by = {(event.actor, event.type): event.role for event in reading.events}
    assert by["Olga", "changed"] == by["Olga", "message"] == "customer"
    assert by["Anna", "changed"] == by["Anna", "message"] == "agent"
    assert [(each.code, each.example) for each in reading.findings] == [("other_customer", "Olga")]
    both = [
        said("Olga", "Входящее"),
        said("Olga", "Внутренний комментарий", "02.03.2026 12:00:00"),
    ]
    reading = of(ticket(), reopened, comments=both)
    assert {event.role for event in reading.events if event.type == "changed"} == {"agent"}
    named = Installation(roles={"Olga": "third_party"})
    reading = of(ticket(), reopened, comments=both[:1], installation=named)
    assert [event.role for event in reading.events][1:] == ["third_party"] * 2


def test_the_requester_is_known_however_the_name_is_typed():
    reading = of(
        ticket(Инициатор="Пётр  Лисов"), changed("Приоритет", "", "Низкий", author="Петр Лисов")
    )
    assert reading.events[-1].role == "customer"


def test_a_table_without_requester_or_status_is_refused_with_the_columns_not_read():
    row = {"Номер": "7", "Дата": "02.03.2026 9:00:00", "Контактное лицо": "Ivan", "Состояние": ""}
    with pytest.raises(AdapterError, match=r"the requester \(columns not read: 'Контакт"):
        of(row)
    with pytest.raises(AdapterError, match=r"the status \(columns not read: 'Стадия'"):
        of({**{k: v for k, v in ticket().items() if k != "Состояние"}, "Стадия": "Новая"})
    named = Installation(columns={"requester": "Контактное лицо"})
    assert of(row, installation=named).events[0].actor == "Ivan"
    bare_ = {k: v for k, v in ticket().items() if k != "Состояние"}
    assert of(bare_, changed("Состояние", "Новая", "В работе")).events[-1].type == "changed"


def test_a_list_without_history_tells_the_present_and_what_has_a_stamp():
    row = ticket(Состояние="Закрыто", ДатаЗакрытия="03.03.2026 9:00:00")
    begun, closed = of(row).events
    assert (begun.basis, dict(begun.fields)["status"].category) == ("snapshot", "new")
    assert (closed.basis, closed.role, closed.at.day) == ("snapshot", "third_party", 3)
    assert dict(closed.fields) == {"status": Status("Закрыто", "closed")}
    told = of(row, changed("Состояние", "Новая", "Закрыто", at="02.03.2026 12:00:00")).events
    assert [event.basis for event in told] == [None, None]
    assert told[-1].at.day == 2


def test_a_table_of_changes_newest_first_is_turned_for_every_ticket():
    """Also for a ticket whose changes are all of one second, which itself says nothing."""
    rows = [
        changed("Состояние", "В работе", "Выполнено"),
        changed("Состояние", "Новая", "В работе"),
        {**changed("Состояние", "Новая", "В работе", at="02.03.2026 9:30:00"), "Номер": "8"},
    ]
    other = changed("Состояние", "В работе", "Выполнено", at="02.03.2026 9:40:00")
    table_ = [*rows[:2], {**other, "Номер": "8"}, rows[2]]
    reading = read([ticket(), ticket(Номер="8")], history=table_, tz=MOSCOW)
    assert [log[-1].fields[0][1].category for log in reading.logs().values()] == ["solved"] * 2
    assert [each.code for each in reading.findings] == ["newest_first"]


def test_comments_may_stand_inside_the_document():
    inside = [
        {"LineNumber": "2", "Дата": "2026-03-02T10:00:00", "Автор": "Anna", "Внутренний": True},
        {"LineNumber": "1", "Дата": "2026-03-02T10:00:00", "Автор": "Ivan", "Внутренний": False},
    ]
    reading = of(ticket(Комментарии=inside))
    assert [(e.actor, e.role, e.public) for e in reading.events[1:]] == [
        ("Ivan", "customer", True), ("Anna", "agent", False),
    ]  # fmt: skip
    assert not reading.left_out


def test_a_comment_of_no_kind_is_internal_by_staff_and_public_by_the_customer():
    reading = of(ticket(), comments=[said("Anna", ""), said("Ivan", "", "02.03.2026 11:00:00")])
    assert [(e.role, e.public) for e in reading.events[1:]] == [
        ("agent", False),
        ("customer", True),
    ]
    assert [(each.code, each.count) for each in reading.findings] == [("no_kind", 1)]


def test_titles_above_the_header_and_the_total_below_are_no_rows():
    text = "Список\n\nОтбор:;Офис\n\nНомер;Дата;Тема\n1;02.03.2026 9:00:00;x\nИтого;;1\n"
    rows = table(text)
    assert rows == [{"Номер": "1", "Дата": "02.03.2026 9:00:00", "Тема": "x"}]
    assert rows.around == ("Список", "Отбор: Офис", "Итого 1")
    with pytest.raises(AdapterError, match="line 6: 2 cells under 3 columns"):
        table(text.replace("1;02.03.2026 9:00:00;x", "1;2"))


def test_an_error_of_the_interface_and_further_pages_are_told():
    error = {
        "odata.error": {"code": "-1", "message": {"lang": "ru", "value": "Не найден ресурс X"}}
    }
    with pytest.raises(AdapterError, match="Не найден ресурс X") as caught:
        read(error, tz=MOSCOW)
    assert "check the name" in caught.value.hint
    page = {"value": [ticket()], "odata.nextLink": "next", "odata.count": "7"}
    found = read(page, tz=MOSCOW).findings
    assert [(each.code, each.count) for each in found] == [("more_pages", 1)]


WHOLE = {"tickets": TICKETS, "history": HISTORY, "comments": COMMENTS}
ODATA = {"tickets": DOCUMENTS, "history": STATES, "comments": []}
JUNK = (
    st.just(...)
    | st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["01.01.0001 1:00:00", "31.12.9999 23:59:59", "Состояние", "Оценка", "1,5"])
    | st.lists(st.none() | st.integers(), max_size=2)
    | st.dictionaries(st.sampled_from(["Номер", "value"]), st.text(max_size=2))
)


@given(data=st.data())
@pytest.mark.parametrize("whole", [WHOLE, ODATA])
def test_mangled_tables_are_read_or_refused(whole, data):
    given_ = copy.deepcopy(whole)
    spots = st.sampled_from([place for place in places(whole) if len(place) > 1])
    for place in data.draw(st.lists(spots, min_size=1, max_size=4)):
        mangled(given_, place, data.draw(JUNK))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SupportModelWarning)
        try:
            for log in read(**given_, tz=MOSCOW, installation=DESK).logs().values():
                replay(log)
        except (AdapterError, InconsistentLog, InvalidValue):
            return
