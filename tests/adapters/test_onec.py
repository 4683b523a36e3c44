# ruff: noqa: RUF001 - Russian names are Russian
"""Tables of 1C become the events of the scenario, as reports, as OData and as Itilium's list."""

import copy
import csv
import io
import json
import warnings
from datetime import UTC, datetime, timedelta, timezone

import pytest
from adapters.scenario import DATA, FACTS, Words, bare, facts_of, mangled, places
from hypothesis import given
from hypothesis import strategies as st
from whole import whole

from support_model import BusinessCalendar
from support_model.adapters import Account as SharedAccount
from support_model.adapters import Page, load_account
from support_model.adapters._onec_people import pseudonym
from support_model.adapters._onec_words import plain
from support_model.adapters.onec import Account, read, read_tables, recognized
from support_model.errors import (
    AdapterError,
    AmbiguousWallTime,
    NaiveDatetime,
    SupportModelError,
    SupportModelWarning,
    UnknownVendorValue,
    UnknownZone,
)
from support_model.events import Changed, Message, Worked
from support_model.kpi import facts_of as kpi_facts_of
from support_model.sla import RESOLUTION, SlaPolicy, Target, evaluate
from support_model.tickets import replay, steps
from support_model.vocabulary import Priority, Status
from support_model.workflows import SIX_STEP


def cells(text):
    return list(csv.reader(io.StringIO(text), delimiter=";"))


def report(name):
    return cells(
        (DATA / "vendors/onec" / f"constructed_A_{name}.csv").read_bytes().decode("windows-1251")
    )


def payload(name):
    return json.loads((DATA / "vendors/onec" / f"constructed_A_{name}.json").read_text("utf-8"))


TICKETS, HISTORY, COMMENTS = map(report, ("obrashcheniya", "istoriya_izmeneniy", "kommentarii"))
REPORTS = {"a.csv": TICKETS, "b.csv": HISTORY, "c.csv": COMMENTS}
DOCUMENTS, LIST = map(payload, ("odata_document_obrashchenie", "itilium_getIncidentsList"))
STATES = payload("odata_register_istoriya")
GROUPS = {"L1": "1-я линия поддержки", "L2": "2-я линия поддержки"}
REFERENCE = "04b522d0-c541-2748-91f8-aef7955633a5"
CUSTOMER_REFERENCE = "e37f0136-aa3f-faf1-49b3-51f6a4c948e9"
MOSCOW = "Europe/Moscow"
SAID = {
    "lines": {GROUPS["L1"]: 1, GROUPS["L2"]: 2},
    "names": {CUSTOMER_REFERENCE: "Customer One"},
    "people": "as_written",
    "tz": MOSCOW,
}
DESK = Account(**SAID)
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


def reports(**more):
    return read_tables(REPORTS, Account(**SAID | more))


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


def of(row, *history, comments=(), **account):
    """Read one ticket, or several, with its history; people as they are written."""
    tables = {"tickets": row if isinstance(row, list) else [row]}
    tables |= {"history": list(history)} if history else {}
    tables |= {"comments": list(comments)} if comments else {}
    return read(tables, Account(**{"tz": MOSCOW, "people": "as_written"} | account))


def found(reading):
    return {each.code: each.count for each in reading.findings}


def test_reports_come_out_as_expected():
    reading = reports()
    *events, effort = reading.events
    assert [bare(event) for event in events] == WORDS.events()
    assert isinstance(effort, Worked)
    assert effort.duration == timedelta(hours=1234, minutes=30)  # written as 1 234,5
    assert reading.unknown == {}
    assert reading.left_out == {"column Крайний срок": 1, "field topic": 1}
    assert not reading.findings
    assert {figure.name: figure.value for figure in reading.stated["000001001"]} == {
        "closed": datetime(2024, 4, 5, 11, tzinfo=UTC),
        "within_resolution": 0,  # Просрочено: Да
    }


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
    roles = {"Customer One": "customer", "Agent Anna": "agent", "Agent Boris": "agent"}
    reading = read([documents, STATES], Account(**SAID, roles=roles))
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
    nameless = Account(tz=MOSCOW, people="as_written")
    with pytest.warns(UnknownVendorValue, match="author '.*', met . times; taken as ag"):
        reading = read([DOCUMENTS, STATES], nameless)
    assert ("author", "Customer One") in reading.unknown
    assert reading.left_out["group since an unknown time"] == 1


@given(
    tickets=st.permutations(TICKETS[1:] * 2),
    history=st.permutations(HISTORY[1:] * 2),
    comments=st.permutations(COMMENTS[1:]),
)
def test_rows_in_any_order_or_twice_say_the_same(tickets, history, comments):
    tables = {
        "c": [COMMENTS[0], *comments], "a": [TICKETS[0], *tickets], "b": [HISTORY[0], *history],
    }  # fmt: skip
    assert read_tables(tables, DESK).events == reports().events


def rows_of(page):
    return [{**page, "value": [row]} for row in page["value"]]


@given(data=st.data())
def test_pages_in_any_order_split_and_overlapping_say_the_same(data):
    whole = read([DOCUMENTS, STATES], DESK)
    pages = [*rows_of(DOCUMENTS), *rows_of(STATES)]
    again = data.draw(st.lists(st.sampled_from(pages), max_size=3))
    mixed = data.draw(st.permutations([*pages, *again]))
    assert read(mixed, DESK).events == whole.events
    assert read([Page(str(i), page) for i, page in enumerate(mixed)], DESK).events == whole.events
    assert read({"a": DOCUMENTS, "b": STATES}, DESK).events == whole.events


def test_local_stamps_need_a_zone():
    with pytest.raises(NaiveDatetime, match="say the server's zone: tz ="):
        reports(tz=None)
    with pytest.raises(UnknownZone):
        reports(tz="Europe/Moskau")
    assert reports(tz="UTC").events[0].at == reports().events[0].at + timedelta(hours=3)


def test_an_offset_is_answered_truly():
    """UTC+5 is ahead of UTC: Etc/GMT+5 would be ten hours off."""
    assert of(ticket(), tz="UTC+5").events[0].at == datetime(2026, 3, 2, 4, tzinfo=UTC)
    assert Account(tz="UTC+5").tz.key == "Etc/GMT-5"


def test_an_account_file_has_a_table_of_its_own(tmp_path):
    path = tmp_path / "account.toml"
    path.write_text(
        """
        schema = "support_model.account/1"
        tz = "UTC+5"
        [onec]
        scale = [1, 10]
        [onec.columns]
        requester = ["Контактное лицо", "Клиент"]
        group = "Отдел"
        [onec.kinds]
        "Звонок" = { role = "customer", public = true }
        [onec.initial]
        name = "Новая"
        category = "new"
        """,
        "utf-8",
    )
    account = load_account(path, "onec")
    assert account.tz.key == "Etc/GMT-5"
    assert account.columns == {"requester": ("Контактное лицо", "Клиент"), "group": ("Отдел",)}
    assert (account.kinds, account.scale) == ({"Звонок": ("customer", True)}, (1, 10))
    assert account.initial == Status("Новая", "new")


def test_an_account_of_any_system_will_do():
    shared = SharedAccount(tz=MOSCOW, lines={"Связь": 2})
    reading = read({"a": [ticket()], "b": [changed("Рабочая группа", "", "Связь")]}, shared)
    assert dict(reading.events[-1].fields) == {"group": "Связь", "line": 2}


@pytest.mark.parametrize(
    ("stamp", "hour"),
    [
        ("2026-03-02T09:00:00", 8),
        ("2026-03-02T09:00:00+05:00", 4),
        ("2026-03-02T09:00:00Z", 9),
        ("2026-03-02 09:00", 8),
        ("02.03.2026 9:00", 8),
        (" 02.03.2026  09:00:00 ", 8),
        ("02.03.26 9:00:00", 8),
        ("02.03.2026\u00a09:00:00", 8),
        ("2 марта 2026 г. 9:00:00", 8),
        ("3/2/2026 9:00:00 AM", 8),
        ("3/2/2026 12:30:00 AM", -1),
        ("20260302090000", 8),
        (datetime(2026, 3, 2, 9), 8),
        (datetime(2026, 3, 2, 9, tzinfo=timezone(timedelta(hours=2))), 7),
    ],
)
def test_stamps_are_read_as_1c_writes_them(stamp, hour):
    at = of(ticket(Дата=stamp), tz="Europe/Berlin").events[0].at
    if hour < 0:
        assert at == datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
    else:
        assert at == datetime(2026, 3, 2, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("stamp", "utc", "code"),
    [
        ("25.10.2026 2:30:00", datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "ambiguous_time"),
        ("29.03.2026 2:30:00", datetime(2026, 3, 29, 1, tzinfo=UTC), "never_shown"),
        ("2026-03-29T02:30:00", datetime(2026, 3, 29, 1, tzinfo=UTC), "never_shown"),
    ],
)
def test_a_stamp_shown_twice_or_never_is_told(stamp, utc, code):
    with pytest.warns(AmbiguousWallTime, match="1 local times that Europe/Berlin"):
        reading = of(ticket(Дата=stamp), tz="Europe/Berlin")
    assert reading.events[0].at == utc
    assert found(reading)[code] == 1


@pytest.mark.parametrize(
    ("stamp", "utc"),
    [
        ("29.03.2026 1:59:59", datetime(2026, 3, 29, 0, 59, 59, tzinfo=UTC)),
        ("2026-03-29T03:00:00", datetime(2026, 3, 29, 1, tzinfo=UTC)),
        ("2026-10-25T03:00:00", datetime(2026, 10, 25, 2, tzinfo=UTC)),
        ("25.10.2026 0:00:00", datetime(2026, 10, 24, 22, tzinfo=UTC)),
    ],
)
def test_a_stamp_beside_a_change_of_the_clock_is_sure(stamp, utc):
    rows = [ticket(Дата=stamp), ticket(Номер="8", Дата=stamp)]  # the second by what is known
    reading = of(rows, tz="Europe/Berlin")
    assert [event.at for event in reading.events] == [utc, utc]
    assert not {"ambiguous_time", "never_shown"} & found(reading).keys()


def test_the_beginning_is_told_by_the_first_changes():
    row = ticket(Состояние="В работе", Приоритет="Высокий", Услуга="VPN", Ответственный="Boris")
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


@given(st.permutations(range(4)))
def test_changes_of_one_second_are_ordered_by_their_old_values(order):
    rows = [
        changed("Состояние", old, new)
        for old, new in (
            ("Новая", "В работе"),
            ("В работе", "Отложено"),
            ("Отложено", "В работе"),
            ("В работе", "Выполнено"),
        )
    ]
    names = [
        fields["status"].name
        for event in of(ticket(), *(rows[i] for i in order)).events[1:]
        if "status" in (fields := dict(event.fields))
    ]
    assert names[-1] == "Выполнено"
    assert sorted(names) == sorted(["В работе", "Отложено", "В работе", "Выполнено"])


def test_a_register_of_one_second_runs_as_the_table_does():
    at = "02.03.2026 10:00:00"
    rows = [
        {"Номер": "7", "Период": at, "Состояние": state, "Автор": "Anna"}
        for state in ("В работе", "Выполнено")
    ]
    later = {**rows[0], "Период": "02.03.2026 12:00:00", "Состояние": "Закрыто"}
    forward, backward = of(ticket(), *rows, later), of(ticket(), later, *reversed(rows))
    assert forward.events == backward.events
    assert found(backward)["newest_first"] == 1


def test_a_present_status_without_history_is_no_event():
    """A list says what holds, not since when: what has no stamp is a finding."""
    reading = of([ticket(Состояние="01_Новая"), ticket(Номер="8", Состояние="Закрыто")])
    assert [dict(event.fields)["status"].category for event in reading.events] == ["new", "new"]
    assert {event.basis for event in reading.events} == {"snapshot"}
    assert found(reading) == {"since_unknown": 1, "list_export": 1}
    assert reading.findings[0].tickets == ("8",)
    log = read(LIST, DESK)
    assert [(event.role, event.actor, event.basis) for event in log.events] == [
        ("third_party", None, "snapshot")
    ]
    assert found(log) == {"since_unknown": 1, "list_export": 1}
    assert kpi_facts_of(log.events, as_of=log.last).snapshot


def test_empty_references_and_dates_are_none():
    empty = "00000000-0000-0000-0000-000000000000"
    row = ticket(Ответственный_Key=empty, Организация=" ", ДатаЗакрытия="0001-01-01T00:00:00")
    reading = of(row | {"Трудозатраты, ч": "1,5", "Дата решения": "01.01.0001 0:00:00"})
    assert dict(reading.events[0].fields).keys() == {"requester", "status"} - {"status"} | {
        "status"
    }
    assert reading.left_out == {"effort on a ticket that is not closed": 1}


def test_names_of_an_installation_are_data():
    own = {
        "columns": {"group": "Отдел", "custom.floor": ("Этаж",)},
        "statuses": {"У поставщика": Status("У поставщика", "on_hold")},
        "kinds": {"Звонок": ("customer", True)},
        "bots": ["Бот"],
        "roles": {"Olga": "third_party"},
    }
    call = {"Номер": "7", "Дата": "02.03.2026 9:30:00", "Автор": "Olga", "Вид": "Звонок"}
    reading = of(
        ticket(Этаж=3),
        changed("Состояние", "Новая", "07_у  ПОСТАВЩИКА", author="бот"),
        changed("Отдел", "", "Связь", author="Olga"),
        changed("Этаж", "2", "3", author="Olga"),
        comments=[call],
        **own,
    )
    begun, said, moved, held = reading.events
    assert dict(begun.fields)["custom.floor"] == "2"
    assert (said.role, said.public) == ("third_party", True)
    assert (held.role, dict(held.fields)["status"].category) == ("system", "on_hold")
    assert dict(moved.fields) == {"group": "Связь", "custom.floor": "3"}
    assert plain("Ещё раз") == plain("ЕЩЕ\N{NO-BREAK SPACE}РАЗ")


def test_a_column_that_the_account_names_goes_before_the_usual_one():
    row = ticket(Клиент="Olga", **{"Рабочая группа": "A"})
    log = of(row, columns={"requester": "Клиент"}).events
    assert dict(log[0].fields)["requester"] == "Olga"
    assert (
        dict(of(ticket(), columns={"requester": "Клиент"}).events[0].fields)["requester"] == "Ivan"
    )


def test_a_ticket_without_a_group_is_on_no_line():
    moves = [
        changed("Рабочая группа", "", GROUPS["L1"]),
        changed("Рабочая группа", GROUPS["L1"], "", at="02.03.2026 11:00:00"),
        changed("Ответственный", "Anna", "", at="02.03.2026 12:00:00"),
    ]

    def last(count, **account):
        *_, event = of(ticket(), *moves[:count], **account).events
        return dict(event.fields)

    lines = SAID["lines"]
    assert last(1, lines=lines) == {"group": GROUPS["L1"], "line": 1}
    assert last(2, lines=lines) == {"group": None, "line": None}
    assert last(3, lines=lines) == {"agent": None}
    assert last(2) == {"group": None}


def test_an_attribute_that_no_field_can_hold_is_counted():
    """What an installation adds may be free text: it is kept only if the account says so."""
    reading = of(ticket(), changed("Вложения", None, "secret"))
    assert [event.seq for event in reading.events] == [1]
    assert reading.left_out == {"attribute Вложения": 1}
    assert "secret" not in whole(reading)
    kept = of(ticket(), changed("Вложения", None, "secret"), keep=["вложения"])
    assert dict(kept.events[-1].fields) == {"custom.Вложения": "secret"}


def test_subjects_and_further_columns_are_kept_only_by_the_account():
    row = ticket(Тема="Принтер", Кабинет="12")
    assert "Принтер" not in whole(of(row))
    assert of(row).left_out == {"field topic": 1, "column Кабинет": 1}
    reading = of(row, keep=["Тема", "Кабинет"])
    fields = dict(reading.events[0].fields)
    assert (fields["topic"], fields["custom.Кабинет"]) == ("Принтер", "12")
    assert not reading.left_out


def test_unknown_values_warn_and_are_counted():
    comment = {"Номер": "7", "Дата": "02.03.2026 9:30:00", "Автор": "Anna", "Вид": "Факс"}
    with pytest.warns(UnknownVendorValue):
        reading = of(
            ticket(),
            changed("Состояние", "Новая", "05_На Луне"),
            changed("Приоритет", "Низкий", "Смешной"),
            changed("Рабочая группа", "", "Связь"),
            {**changed("Состояние", "", "В работе"), "Номер": "8"},
            comments=[comment],
            lines=SAID["lines"],
        )
    assert reading.unknown == {
        ("status", "На Луне"): 1,
        ("priority", "Смешной"): 1,
        ("group", "Связь"): 1,
        ("kind of comment", "Факс"): 1,
    }
    assert reading.left_out == {"changes of a ticket that is not in the table": 1}
    _, said, moved = reading.events
    assert (said.public, said.role) == (False, "agent")
    assert dict(moved.fields)["status"] == Status("На Луне", "open")
    assert dict(moved.fields)["priority"] == Priority("Смешной", 5)


def test_numbers_repeat_every_year_and_references_do_not():
    rows = [
        ticket(Ref_Key="a", Дата="02.03.2025 9:00:00"),
        ticket(Ref_Key="b", Дата="02.03.2026 9:00:00"),
    ]
    assert [event.ticket_id for event in of(rows).events] == ["a", "b"]
    reading = of(rows, changed("Состояние", "Новая", "В работе"))
    assert [event.type for event in reading.events] == ["created", "created"]
    assert reading.incomplete.keys() == {"a", "b", "*"}
    assert [each.basis for each in reading.events] == ["snapshot"] * 2


def test_tickets_of_one_number_are_told_apart_by_their_dates():
    rows = [ticket(), ticket(Дата="05.04.2025 9:00:00")]
    history = changed("Состояние", "Новая", "В работе")
    history["Номер"] = "Обращение 7 от 02.03.2026 9:00:00"
    reading = of(rows, history)
    assert [(event.ticket_id, event.type) for event in reading.events] == [
        ("7 от 05.04.2025", "created"), ("7 от 02.03.2026", "created"),
        ("7 от 02.03.2026", "changed"),
    ]  # fmt: skip
    assert found(reading)["same_number"] == 2
    assert dict(reading.events[0].fields)["custom.number"] == "7"


def test_a_ticket_may_be_named_by_its_presentation_or_without_zeros():
    row = changed("Состояние", "Новая", "В работе")
    for name in ("Обращение 0007 от 02.03.2026 9:00:00", "№ 0007", "0007", "\u00a00007"):
        reading = of(ticket(), {**row, "Номер": name})
        assert reading.events[-1].type == "changed", name
    big = of(ticket(Номер="1\u00a0234"), {**row, "Номер": "1234"})
    assert {event.ticket_id for event in big.events} == {"1234"}
    assert big.events[-1].type == "changed"


@pytest.mark.parametrize(
    ("tickets", "path", "problem"),
    [
        ({"Tickets": []}, "", "no rows"),
        ("Номер;Дата", "", "no rows"),
        (7, "", "no rows"),
        ([7], "[0]", "no rows"),
        ([[7]], "[0]", "no rows"),
        ({"value": [{"a": 1, "b": 2, "c": 3}]}, "value", "no column for the ticket"),
        ({"value": [changed("Состояние", "a", "b")]}, "value", "no list of tickets; there is"),
        ([{"Номер": "1", "Дата": "02.03.2026", "Инициатор": "x", "Состояние": "Новая"}],
         "", "dates without a time of day"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_at_all_is_named_by_its_path(tickets, path, problem):
    with pytest.raises(AdapterError, match=problem) as caught:
        read(tickets, DESK)
    assert caught.value.vendor == "onec"
    assert path in caught.value.path


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (7, "not an object"),
        (ticket(Дата=""), "no date of creation"),
        (ticket(Дата="вчера"), "no time"),
        (ticket(Дата="31.02.2026 9:00:00"), "no such date"),
        (ticket(Дата="9999-12-31T23:59:59-05:00"), "years 1 to 9999"),
        (ticket(Номер=["7"]), "no text"),
        (ticket(Номер=""), "no ticket"),
    ],
)
def test_a_row_that_cannot_be_read_harms_no_other(row, problem):
    reading = of([ticket(Номер="1"), row])
    assert [event.ticket_id for event in reading.events] == ["1"]
    (unread,) = (each for each in reading.findings if each.code == "unreadable")
    assert unread.example.startswith("tickets[1]: ")
    assert problem in unread.example


def test_a_state_is_never_changed_to_nothing():
    reading = of(ticket(), changed("Состояние", "Новая", ""))
    assert [event.type for event in reading.events] == ["created"]
    assert reading.findings[0].example == "history[0]: a state changed to nothing"
    assert reading.incomplete == {"7": "unreadable"}


def test_a_change_without_a_known_column_is_left_out():
    row = {"Номер": "7", "Период": "02.03.2026 9:00:00", "Автор": "Ivan", "Состояние": "Новая"}
    other = {"Номер": "7", "Период": "02.03.2026 9:00:00", "Автор": "Ivan", "Стадия": "Новая"}
    reading = of(ticket(), row, other)
    assert reading.findings[0].example == "history[1]: a change of nothing"
    assert reading.left_out == {"column Стадия": 1}


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
    odd = of(ticket(), gone("возможно", "", "02.03.2026 11:00:00"))
    assert [event.type for event in odd.events] == ["created"]
    assert "neither yes nor no" in odd.findings[0].example


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
        told_ = [(each.code, each.example) for each in reading.findings]
        assert told_ == [("no_time_of", "DeletionMark: mark of deletion")]
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
    assert [(each.code, each.example) for each in reading.findings] == [
        ("other_customer", pseudonym("Olga"))
    ]
    both = [
        said("Olga", "Входящее"),
        said("Olga", "Внутренний комментарий", "02.03.2026 12:00:00"),
    ]
    reading = of(ticket(), reopened, comments=both)
    assert {event.role for event in reading.events if event.type == "changed"} == {"agent"}
    named = {"Olga": "third_party"}
    reading = of(ticket(), reopened, comments=both[:1], roles=named)
    assert [event.role for event in reading.events][1:] == ["third_party"] * 2


def test_the_requester_is_known_however_the_name_is_typed():
    reading = of(
        ticket(Инициатор="Пётр  Лисов"), changed("Приоритет", "", "Низкий", author="Петр Лисов")
    )
    assert reading.events[-1].role == "customer"


@pytest.mark.parametrize(
    ("asks", "author", "role"),
    [
        ("Лисов Пётр Иванович", "Лисов П.", "customer"),
        ("Лисов Пётр Иванович", "Лисов П.И.", "customer"),
        ("Лисов Пётр Иванович", "П. И. Лисов", "customer"),
        ("Лисов П.", "Лисов Петр", "customer"),
        ("Лисов Пётр", "Лисов Пётр Иванович", "customer"),
        ("Лисов Пётр Иванович", "Лисов И.", "agent"),
        ("Лисов Пётр Иванович", "Лисова П.", "agent"),
        ("Лисов Пётр Иванович", "Лисов Павел", "agent"),
    ],
)
def test_a_short_name_is_the_person_whose_initials_agree(asks, author, role):
    reading = of(ticket(Инициатор=asks), changed("Приоритет", "", "Низкий", author=author))
    assert reading.events[-1].role == role
    assert ("short_name" in found(reading)) is (role == "customer")


def test_a_short_name_of_two_people_is_nobody_in_particular():
    changes = [
        changed("Приоритет", "", "Низкий", author="Лисов П."),
        changed("Приоритет", "Низкий", "Высокий", author="Лисов Павел", at="02.03.2026 11:00:00"),
    ]
    reading = of(ticket(Инициатор="Лисов Пётр"), *changes)
    assert [event.role for event in reading.events] == ["customer", "agent", "agent"]
    assert "short_name" not in found(reading)


def test_people_are_called_by_pseudonyms_unless_the_account_says_otherwise():
    reading = read_tables(REPORTS, Account(**SAID | {"people": "pseudonyms"}))
    written = reports()
    shown = whole(reading)
    assert not any(name in shown for name in ("Customer One", "Agent Anna", "Agent Boris"))
    names = {}
    for one, other in zip(reading.events, written.events, strict=True):
        assert (one.at, one.type, one.role) == (other.at, other.type, other.role)
        assert names.setdefault(one.actor, other.actor) == other.actor
    assert replay(reading.events).agent.startswith("person-")


def test_a_person_with_a_reference_is_called_by_it():
    row = ticket(Инициатор_Key="0" * 7 + "1-0000-0000-0000-000000000000")
    del row["Инициатор"]
    row["Инициатор____Presentation"] = "Лисов Пётр"
    reading = of(row, changed("Приоритет", "", "Низкий", author="Лисов П."), people="pseudonyms")
    assert dict(reading.events[0].fields)["requester"] == row["Инициатор_Key"]
    assert [event.role for event in reading.events] == ["customer", "customer"]
    assert "Лисов" not in whole(reading)


def test_a_catalog_names_references_and_an_expanded_one_is_read():
    person = "00000001-0000-0000-0000-000000000000"
    catalog = {
        "odata.metadata": "x/odata/standard.odata/$metadata#Catalog_Пользователи",
        "value": [{"Ref_Key": person, "Description": "Ivan", "Code": "1"}],
    }
    row = ticket(Инициатор={"Ref_Key": person, "Description": "Ivan"})
    tables = {"a": [row], "b": [changed("Приоритет", "", "Низкий", author="Ivan")], "c": catalog}
    reading = read(tables, Account(tz=MOSCOW))
    assert [(event.role, event.actor) for event in reading.events] == [("customer", person)] * 2


def test_a_table_without_requester_or_status_is_refused_with_the_columns_not_read():
    row = {"Номер": "7", "Дата": "02.03.2026 9:00:00", "Пострадавший": "Ivan", "Состояние": ""}
    with pytest.raises(AdapterError, match=r"the requester \(columns not read: 'Пострад"):
        of(row)
    with pytest.raises(AdapterError, match=r"the status \(columns not read: 'Стадия'"):
        of({**{k: v for k, v in ticket().items() if k != "Состояние"}, "Стадия": "Новая"})
    with pytest.raises(AdapterError, match=r"the created \(columns not read: 'Когда'"):
        of({**{k: v for k, v in ticket().items() if k != "Дата"}, "Когда": "02.03.2026 9:00:00"})
    with pytest.raises(AdapterError, match=r"the ticket \(columns not read: 'Шифр'"):
        of({**{k: v for k, v in ticket().items() if k != "Номер"}, "Шифр": "7"})
    named = {"requester": "Пострадавший"}
    log = of(row, changed("Приоритет", "", "Низкий"), columns=named).events
    assert log[0].actor == "Ivan"
    bare_ = {k: v for k, v in ticket().items() if k != "Состояние"}
    assert of(bare_, changed("Состояние", "Новая", "В работе")).events[-1].type == "changed"


def test_a_list_without_history_tells_the_present_and_what_has_a_stamp():
    row = ticket(Состояние="Закрыто", ДатаЗакрытия="03.03.2026 9:00:00", Приоритет="Высокий")
    row["Ответственный"] = "Anna"
    begun, closed = of(row).events
    assert (begun.basis, begun.role, begun.actor) == ("snapshot", "third_party", None)
    assert dict(begun.fields) == {
        "status": Status("Зарегистрировано", "new"), "priority": Priority("Высокий", 2),
        "requester": "Ivan",
    }  # fmt: skip
    assert (closed.basis, closed.role, closed.at.day) == ("snapshot", "third_party", 3)
    assert dict(closed.fields) == {"status": Status("Закрыто", "closed")}
    assert of(row).left_out == {"agent since an unknown time": 1}
    told_ = of(row, changed("Состояние", "Новая", "Закрыто", at="02.03.2026 12:00:00")).events
    assert [event.basis for event in told_] == [None, None]
    assert told_[-1].at.day == 2


def test_a_list_may_date_the_solution_the_first_reply_and_the_rating():
    row = ticket(Состояние="Закрыто", Оценка="5 - Отлично")
    row |= {
        "Дата первого ответа": "02.03.2026 9:30:00", "Дата решения": "02.03.2026 12:00:00",
        "Дата закрытия": "05.03.2026 9:00:00", "Дата оценки": "04.03.2026 9:00:00",
    }  # fmt: skip
    reading = of(row)
    assert [(event.type, event.role, event.at.day) for event in reading.events] == [
        ("created", "third_party", 2), ("message", "agent", 2), ("changed", "third_party", 2),
        ("rated", "customer", 4), ("changed", "third_party", 5),
    ]  # fmt: skip
    assert {event.basis for event in reading.events} == {"snapshot"}
    assert reading.events[3].score == 5
    del row["Дата оценки"]
    assert of(row).left_out == {"rating without a time": 1}


def test_a_table_of_changes_newest_first_is_turned_for_every_ticket():
    """Also for a ticket whose changes are all of one second, which itself says nothing."""
    rows = [
        changed("Состояние", "В работе", "Выполнено"),
        changed("Состояние", "Новая", "В работе"),
        {**changed("Состояние", "Новая", "В работе", at="02.03.2026 9:30:00"), "Номер": "8"},
    ]
    other = changed("Состояние", "В работе", "Выполнено", at="02.03.2026 9:40:00")
    table_ = [*rows[:2], {**other, "Номер": "8"}, rows[2]]
    reading = of([ticket(), ticket(Номер="8")], *table_)
    assert [log[-1].fields[0][1].category for log in reading.logs().values()] == ["solved"] * 2
    assert [each.code for each in reading.findings] == ["newest_first"]


def test_comments_may_stand_inside_the_document():
    inside = [
        {"LineNumber": "2", "Дата": "2026-03-02T10:00:00", "Автор": "Anna", "Внутренний": True},
        {"LineNumber": "1", "Дата": "2026-03-02T10:00:00", "Автор": "Ivan", "Внутренний": False},
    ]
    reading = of(ticket(Комментарии=inside), changed("Приоритет", "", "Низкий"))
    assert [(e.actor, e.role, e.public) for e in reading.events[1:3]] == [
        ("Ivan", "customer", True), ("Anna", "agent", False),
    ]  # fmt: skip
    assert not reading.left_out


def test_states_may_stand_inside_the_document_or_in_the_set_of_a_register():
    states = [
        {
            "LineNumber": "1",
            "Период": "2026-03-02T10:00:00",
            "Автор": "Anna",
            "Состояние": "В работе",
        }
    ]
    inside = of(ticket(ИсторияСостояний=states))
    register = {
        "odata.metadata": "x/odata/standard.odata/$metadata#InformationRegister_Состояния",
        "value": [{"Recorder": "x", "RecordSet": [{"Номер": "7", **states[0]}]}],
    }
    account = Account(tz=MOSCOW, people="as_written")
    assert read({"a": [ticket()], "b": register}, account).events == inside.events
    assert [event.type for event in inside.events] == ["created", "changed"]


def test_a_comment_of_no_kind_is_internal_by_staff_and_public_by_the_customer():
    reading = of(
        ticket(), changed("Приоритет", "", "Низкий", at="02.03.2026 12:00:00"),
        comments=[said("Anna", ""), said("Ivan", "", "02.03.2026 11:00:00")],
    )  # fmt: skip
    assert [(e.role, e.public) for e in reading.events[1:3]] == [
        ("agent", False),
        ("customer", True),
    ]
    assert found(reading) == {"no_kind": 1}


def test_what_nobody_did_is_by_a_third_party():
    deleted = changed("Приоритет", "", "Низкий", author="<Объект не найден> (136:8cf1)")
    reading = of(
        ticket(), deleted, changed("Приоритет", "Низкий", "Высокий", "03.03.2026 9:00:00", "")
    )
    assert [event.role for event in reading.events[1:]] == ["third_party"] * 2
    assert found(reading)["no_user"] == 2


def test_a_ticket_that_staff_registered_is_created_by_staff():
    row = ticket(Автор="Anna", Описание="x")
    log = of(row, changed("Приоритет", "", "Низкий")).events
    assert [(event.type, event.role) for event in log[:2]] == [
        ("created", "agent"), ("message", "agent"),
    ]  # fmt: skip
    assert "replied" not in replay(log).times
    robot = of(ticket(Автор="Почтовый робот"), changed("Приоритет", "", "Низкий")).events
    assert (robot[0].role, robot[0].actor) == ("customer", "Ivan")


def test_records_that_are_missing_are_noted_by_ticket():
    """An old value that is not the new one before it, or a state that no record tells."""
    gap = [
        changed("Состояние", "Новая", "В работе"),
        changed("Состояние", "Отложено", "Выполнено", at="02.03.2026 12:00:00"),
    ]
    rows = [ticket(), ticket(Номер="8", Состояние="В работе")]
    reading = of(rows, *gap)
    assert reading.incomplete == {"7": "cut_history", "8": "cut_history"}
    assert {log[0].basis for log in reading.logs().values()} == {"snapshot"}
    whole = of(ticket(), gap[0], {**gap[1], "Старое значение": "02_в  работе"})
    assert not whole.incomplete


def test_a_state_that_no_record_tells_is_not_the_first_one():
    reading = of(
        [ticket(Номер="8", Состояние="В работе"), ticket()], changed("Приоритет", "", "Низкий")
    )
    assert dict(reading.logs()["8"][0].fields)["status"].category == "new"


def test_a_later_state_of_the_list_than_of_the_history_is_noted():
    row = ticket(Состояние="Закрыто", ДатаЗакрытия="05.03.2026 9:00:00")
    reading = of(row, changed("Состояние", "Новая", "В работе"))
    assert reading.incomplete == {"7": "cut_history"}
    last = reading.events[-1]
    assert (last.at.day, last.basis, last.role) == (5, "snapshot", "third_party")


def test_an_error_of_the_interface_and_further_pages_are_told():
    error = {
        "odata.error": {"code": "-1", "message": {"lang": "ru", "value": "Не найден ресурс X"}}
    }
    with pytest.raises(AdapterError, match="Не найден ресурс X") as caught:
        read(error, DESK)
    assert "check the name" in caught.value.hint
    page = {"value": [ticket()], "odata.nextLink": "next", "odata.count": "2"}
    reading = read(page, DESK)
    assert found(reading)["more_pages"] == 1
    assert reading.incomplete == {"*": "more_pages"}
    rest = {"value": [ticket(Номер="8")], "odata.count": "2"}
    for pages in ([page, rest], [rest, page]):
        assert not read(pages, DESK).incomplete


def test_the_later_version_of_a_document_is_read():
    old = ticket(DataVersion="AAAAAAAAAAw=", Приоритет="Низкий")
    new = ticket(DataVersion="AAAAAAAAAA0=", Приоритет="Высокий")
    for rows in ([old, new], [new, old], [new, old, new]):
        reading = of(rows)
        assert dict(reading.events[0].fields)["priority"].name == "Высокий"
        assert found(reading)["two_versions"] >= 1


def test_work_done_is_read_of_its_own_table():
    work = {
        "Обращение": "7", "Дата": "02.03.2026 12:00:00", "Сотрудник": "Anna",
        "Трудозатраты": "1:30",
    }  # fmt: skip
    tables = {"t": [ticket()], "h": [changed("Приоритет", "", "Низкий")], "w": [work]}
    reading = read(tables, Account(tz=MOSCOW, people="as_written"))
    assert (reading.events[-1].duration, reading.events[-1].actor) == (
        timedelta(minutes=90), "Anna",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("value", "known"),
    [
        (DOCUMENTS, True), (STATES, True), (LIST, True), ({"documents": DOCUMENTS}, True),
        ([ticket()], True), ({"value": [{"id": 1}]}, False), ({"Incidents": [{"id": 1}]}, False),
        ({"odata.metadata": "https://x/$metadata#Products", "value": []}, False),
        ([{"subject": "x", "status": "open", "requester": 1}], False), ("Номер", False),
    ],
)  # fmt: skip
def test_documents_are_recognized_by_what_they_hold(value, known):
    assert bool(recognized(value)) is known


WHOLE = {
    "t": [ticket(Комментарии=[said("Ivan", "Входящее")], DeletionMark=False, Оценка="5")],
    "h": [changed("Состояние", "Новая", "В работе"), changed("Оценка", "", "5", author="Ivan")],
    "c": [said("Anna", "Исходящее")],
}
ODATA = {"tickets": DOCUMENTS, "history": STATES}
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
            for log in read(given_, DESK).logs().values():
                replay(log)
        except (AdapterError, SupportModelError):
            return


def test_findings_show_no_name_and_no_word_of_a_cell():
    """Also where the account calls people as they are written."""
    rows = [ticket(Номер="8", Состояние="Geheim x@example.com"), ticket(Инициатор="Geheim Karl")]
    history = [changed("Приоритет", "", "Низкий", author="Geheim K.")]
    spoken = [said("Geheim Anna", ""), said("Geheim Olga", "Входящее"), said("Geheim", "Geheim")]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnknownVendorValue)
        reading, listed = of(rows, *history, comments=spoken), of(rows)
    assert {"short_name", "no_kind", "other_customer"} <= found(reading).keys()
    assert "since_unknown" in found(listed)
    for each in (*reading.findings, *listed.findings):
        assert "Geheim" not in each.example


@given(st.lists(st.lists(st.text("Номерат;1. :-Итого\n", max_size=8), max_size=5), max_size=8))
def test_any_cells_are_read_or_refused(rows):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SupportModelWarning)
        try:
            read_tables({"a": rows, "b": [*TICKETS, *rows]}, DESK)
        except AdapterError:
            return
