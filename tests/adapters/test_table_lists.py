"""A table of present values tells what has a stamp, and nothing that needs a history."""

import csv
import io
import json
import random
import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from adapters.scenario import DATA
from attrs import evolve
from conformance.common import Case
from conformance.vendor_accounts import jira as jira_account
from conformance.vendors import events_differ, facts_differ, unreported
from hypothesis import given
from hypothesis import strategies as st
from whole import whole

from support_model import kpi
from support_model.adapters import EVERY, Account, table
from support_model.errors import InvalidLog, UnknownLogFormat, UnknownVendorValue
from support_model.events import Changed, Created, Message, Rated
from support_model.vocabulary import Priority, Status

VENDORS = DATA / "vendors"
BERLIN = Account(tz="Europe/Berlin", people="as_written")
CASES = {
    "zendesk/view_export.csv": BERLIN,
    "freshdesk/tickets_export.csv": evolve(BERLIN, tz="Europe/London"),
    "jira/issues_export.csv": None,
}
pytestmark = pytest.mark.filterwarnings("ignore::support_model.errors.UnknownVendorValue")


def case_of(name):
    facts = json.loads((VENDORS / f"{name}.expected.json").read_text("utf-8"))
    return Case(name, name.partition("/")[0], {**facts, "path": VENDORS / name})


def account_of(name):
    return CASES[name] or jira_account.account(case_of(name).data["config"])


def read(name, account=None, **more):
    path = VENDORS / name
    return table.read(path, table.recognized(path), account=account or account_of(name), **more)


def rows_of(name):
    return [*csv.reader(io.StringIO((VENDORS / name).read_text("utf-8")))]


@pytest.mark.parametrize("name", CASES)
def test_the_events_of_a_list_are_those_expected(name):
    case, log = case_of(name), read(name)
    assert events_differ(case, log) is None
    assert facts_differ(case, log) is None
    assert [*unreported(case, log)] == []


@pytest.mark.parametrize("name", CASES)
def test_no_figure_that_needs_a_history_is_defined(name):
    """Not one event is said to be a record of an act, and every fact says that it is told so."""
    log = read(name)
    assert {event.basis for event in log.events} == {"snapshot"}
    for events in log.logs().values():
        assert kpi.facts_of(events, as_of=log.last).snapshot
    assert "list_export" in {found.code for found in log.findings}
    assert log.recorded == {}


def found(log, code):
    return next((each for each in log.findings if each.code == code), None)


def test_what_holds_since_an_unknown_time_is_said_with_its_tickets():
    zendesk = found(read("zendesk/view_export.csv"), "since_unknown")
    assert (zendesk.tickets, zendesk.example) == (("3302", "3303"), "Open, Closed")
    freshdesk = found(read("freshdesk/tickets_export.csv"), "since_unknown")
    assert (freshdesk.tickets, freshdesk.example) == (("42",), "Waiting on Supplier")


def test_a_rating_without_a_time_is_no_event():
    log = read("zendesk/view_export.csv")
    assert found(log, "rating_untimed").tickets == ("3301", "3303")
    assert not [event for event in log.events if isinstance(event, Rated)]


def test_what_the_system_counted_is_stated_and_is_no_figure_of_ours():
    stated = read("zendesk/view_export.csv").stated["3303"]
    told = {(each.name, each.native, each.business): each.value for each in stated}
    assert told["reopens", "Reopens", False] == 1
    assert told["last_solved_time", "Full resolution time in minutes", False] == timedelta(days=3)
    native = "Full resolution time in minutes within business hours"
    assert told["last_solved_time", native, True] == timedelta(minutes=900)
    waits = {each.name: each for each in read("freshdesk/tickets_export.csv").stated["41"]}
    assert waits["last_solved_time"].value == timedelta(hours=25)
    assert waits["within_resolution"].value == 1


def test_zero_under_a_duration_may_mean_none():
    log = read("freshdesk/tickets_export.csv")
    assert found(log, "none_word").tickets == ("42", "43")
    assert [event for event in log.logs()["43"] if isinstance(event, Message)] == []


def test_time_left_says_within_only_when_the_clock_has_stopped():
    stated = read("jira/issues_export.csv").stated
    assert {each.name: each.value for each in stated["HELP-41"]}["within_first_reply"] == 0
    assert "HELP-42" not in stated


@pytest.mark.parametrize("name", CASES)
def test_nothing_of_people_or_subjects_is_in_a_reading(name):
    """Mail addresses, names, subjects and texts of comments; ids and vocabulary may be."""
    log = read(name, evolve(account_of(name), people="pseudonyms"))
    for word in (
        *("example.com", "Cleo", "Marsh", "Lee", "Customer Ten", "Pine", "Agent Seven", "Reed"),
        *("Badge", "spare", "Door", "Multi", "VPN", "Printer", "Which client", "Version 5"),
    ):
        assert word not in whole(log), word


def test_a_person_has_one_pseudonym_everywhere():
    log = read("freshdesk/tickets_export.csv", Account(tz="Europe/London"))
    asked = {
        event.ticket_id: dict(event.fields) for event in log.events if event.type == "created"
    }
    assert asked["41"]["requester"] == asked["43"]["requester"] != asked["42"]["requester"]
    assert re.fullmatch(r"person-[0-9a-f]{10}", asked["41"]["requester"])
    assert asked["42"]["custom.agent"].startswith("person-")
    assert asked["42"]["custom.group"] == "Field"


def written(tmp_path, rows, *, encoding="utf-8", delimiter=",", name="list.csv"):
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator="\n").writerows(rows)
    path = tmp_path / name
    path.write_bytes(text.getvalue().encode(encoding))
    return path


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_encoding_and_delimiter_do_not_change_the_reading(name, encoding, delimiter, tmp_path):
    path = written(tmp_path, rows_of(name), encoding=encoding, delimiter=delimiter)
    log = table.read(path, table.recognized(path), account=account_of(name))
    assert log.events == read(name).events
    said = {each.code: each.example for each in log.findings}
    assert said.get("encoding_taken") == ("utf-16" if encoding == "utf-16" else None)
    assert said.get("delimiter_taken") == (None if delimiter == "," else delimiter)


@given(st.sampled_from([*CASES]), st.integers(0, 2**32))
def test_order_and_repetition_of_rows_do_not_change_the_reading(tmp_path_factory, name, seed):
    header, *rows = rows_of(name)
    mixed = [*rows, *rows, header]
    random.Random(seed).shuffle(mixed)  # noqa: S311 - an order
    path = written(tmp_path_factory.mktemp("mixed"), [header, *mixed])
    log = table.read(path, table.recognized(path), account=account_of(name))
    assert log.logs() == read(name).logs()
    assert found(log, "dropped").count == len(rows)
    assert found(log, "repeated_header").count == 1


def test_titles_above_and_totals_below_are_passed_over(tmp_path):
    header, *rows = rows_of("zendesk/view_export.csv")
    around = [["All tickets"], [], ["Printed on", "2026-04-01"], header, *rows]
    around += [["Total", *["" for _ in header[1:]]], ["Page 1"]]
    path = written(tmp_path, around)
    log = table.read(path, table.recognized(path), account=BERLIN)
    assert log.events == read("zendesk/view_export.csv").events
    assert found(log, "no_row").count == 4


def test_of_two_rows_of_a_ticket_the_one_updated_last_holds(tmp_path):
    header, *rows = rows_of("zendesk/view_export.csv")
    place = {name: number for number, name in enumerate(header)}
    later = [*rows[1]]
    later[place["Status"]], later[place["Solved at"]] = "Solved", "2026-03-30 12:00"
    later[place["Updated at"]] = "2026-03-30 12:00"
    for order in ([*rows, later], [later, *rows]):
        path = written(tmp_path, [header, *order])
        log = table.read(path, table.recognized(path), account=BERLIN)
        assert log.logs()["3302"][-1].at == datetime(2026, 3, 30, 10, tzinfo=UTC)
        assert found(log, "ticket_twice").tickets == ("3302",)


LEAST = """
name = "ours"
shape = "list"
{plain}
[columns]
ticket = "Id"
status = "State"
{columns}
[recorded]
created = "Opened"
{recorded}
[statuses]
new = ["New"]
open = ["Open"]
pending = ["Waiting"]
solved = ["Done"]
closed = ["Shut"]
void = ["Spam"]
{tables}
"""


@pytest.fixture
def ours(tmp_path):
    def made(text, plain="", columns="", recorded="", tables="", account=None, **more):
        mapping = tmp_path / "ours.toml"
        said = {"plain": plain, "columns": columns, "recorded": recorded, "tables": tables}
        mapping.write_text(LEAST.format(**said), "utf-8")
        log = tmp_path / "ours.csv"
        log.write_text(text, "utf-8")
        account = account or Account(tz="UTC")
        return table.read(log, table.load(mapping), account=account, **more)

    return made


HEADER = "Id,State,Opened,Solved,Shut\n"
ENDS = 'solved = "Solved"\nclosed = "Shut"'
DAY = "2026-03-02T{}:00Z"


@pytest.mark.parametrize(
    ("state", "solved", "closed", "told", "codes"),
    [
        ("New", "", "", [], []),
        ("Waiting", "", "", [], ["since_unknown"]),
        ("Done", "10", "", [("solved", 10)], []),
        ("Done", "", "", [], ["left_unknown"]),
        ("Shut", "", "", [], ["left_unknown"]),
        ("Spam", "", "", [], ["left_unknown"]),
        ("Spam", "10", "", [], ["settled_before", "left_unknown"]),
        ("Spam", "", "12", [("void", 12)], []),
        ("Done", "", "12", [("solved", 12)], []),
        ("Shut", "10", "12", [("solved", 10), ("closed", 12)], []),
        ("Shut", "12", "12", [("solved", 12), ("closed", 12)], []),
        ("Shut", "10", "", [("solved", 10)], ["since_unknown"]),
        ("Shut", "", "12", [("closed", 12)], []),
        ("Shut", "12", "10", [("closed", 10)], ["settled_before"]),
        ("Open", "10", "", [], ["settled_before", "since_unknown"]),
    ],
)
def test_a_status_is_an_event_where_a_stamp_tells_since_when(
    state, solved, closed, told, codes, ours
):
    stamps = [DAY.format(f"{hour}:00") if hour else "" for hour in ("08", solved, closed)]
    log = ours(f"{HEADER}1,{state},{','.join(stamps)}\n", recorded=ENDS)
    begun, *rest = log.events
    first = dict(begun.fields)["status"]
    assert begun.at.hour == 8
    assert first.name == (state if "left_unknown" in codes else "new")
    assert [(dict(each.fields)["status"].category, each.at.hour) for each in rest] == told
    assert {each.code for each in log.findings} - {"list_export"} == {*codes}


def test_a_ticket_that_left_at_an_unknown_time_is_open_at_no_time(ours):
    """Of five tickets that came at 8 two are over now, one was solved, and two wait."""
    stamps = f"{DAY.format('08:00')},"
    states = ["Spam", "Done", "Open", "New", f"Done,{stamps}{DAY.format('12:00')}"]
    rows = [f"{state},{stamps},\n" for state in states[:4]] + [f"{states[4]},\n"]
    text = HEADER + "".join(f"{number},{row}" for number, row in enumerate(rows, 1))
    log = ours(text, recorded=ENDS)
    assert found(log, "left_unknown").tickets == ("1", "2")
    facts = [kpi.facts_of(events, as_of=log.last) for events in log.logs().values()]
    assert [each.category for each in facts] == ["void", "solved", "new", "new", "solved"]
    assert [len(each.solves) for each in facts] == [0, 0, 0, 0, 1]
    assert kpi.full_resolution().of(facts).n == 1
    day = kpi.periods(date(2026, 3, 2), date(2026, 3, 3), tz="UTC", every="day")
    (volume,) = kpi.volumes(facts, day)
    flow = (volume.created, volume.solved, volume.voided, volume.backlog)
    assert flow == (5, 1, 2, 2)


def test_since_when_it_is_settled_stands_for_a_solution_without_a_stamp(ours):
    text = f"Id,State,Opened,Since\n1,Done,{DAY.format('08:00')},{DAY.format('11:00')}\n"
    log = ours(text, recorded='settled = "Since"')
    assert [event.at.hour for event in log.events] == [8, 11]


@pytest.mark.parametrize(
    ("unit", "cell", "minutes"),
    [
        ("minutes", "42", 42),
        ("hours", '"1,5"', 90),
        ("seconds", "90.0", 1.5),
        ("clock", "1:30:00", 90),
        ("clock", "0:05", 5),
        ("words", "1h 30m", 90),
        ("words", "1 day 2 hrs", 1560),
        ("epoch", "1970-01-01 02:37:03", 157.05),
        ("minutes", "-5", None),
        ("minutes", "soon", None),
    ],
)
def test_a_first_reply_is_the_creation_and_a_duration(unit, cell, minutes, ours):
    text = f"Id,State,Opened,Wait\n1,New,{DAY.format('08:00')},{cell}\n"
    log = ours(text, recorded=f'first_reply_time = {{ column = "Wait", unit = "{unit}" }}')
    replies = [event.at - log.events[0].at for event in log.events if event.type == "message"]
    assert replies == ([] if minutes is None else [timedelta(minutes=minutes)])
    assert {event.role for event in log.events if event.type == "message"} <= {"agent"}


def test_a_creator_who_is_the_requester_is_the_customer(ours):
    text = (
        "Id,State,Opened,By,For\n"
        f"1,New,{DAY.format('08:00')},kim,kim\n"
        f"2,New,{DAY.format('08:00')},ann,kim\n"
        f"3,New,{DAY.format('08:00')},bob,kim\n"
    )
    said = {
        "plain": 'ids = ["requester", "actor"]',
        "columns": 'creator = "By"\nrequester = "For"',
    }
    with pytest.warns(UnknownVendorValue):
        log = ours(text, **said, account=Account(roles={"ann": "agent"}))
    assert [event.role for event in log.events] == ["customer", "agent", "third_party"]
    assert log.unknown == {("person", "bob"): 1}


def test_comments_in_cells_are_messages_of_whoever_wrote_them(ours):
    text = (
        "Id,State,Opened,For,Note,Note\n"
        f"1,New,{DAY.format('08:00')},kim,{DAY.format('09:00')};ann;a;b,\n"
        f"2,New,{DAY.format('08:00')},kim,{DAY.format('10:00')};kim;hello,yesterday;kim;x\n"
    )
    log = ours(
        text,
        plain='ids = ["requester", "actor"]',
        columns='requester = "For"',
        tables='[comments]\ncolumn = "Note"\n[actors]\nagent = ["ann"]\n',
    )
    told = [
        (each.at.hour, each.role, each.public) for each in log.events if each.type == "message"
    ]
    assert told == [(9, "agent", True), (10, "customer", True)]
    assert found(log, "visibility_untold").count == 2
    assert found(log, "bad_comment").tickets == ("2",)


def test_words_of_a_rating_and_its_time(ours):
    text = f"Id,State,Opened,Mood,When\n1,New,{DAY.format('08:00')},Great,{DAY.format('09:00')}\n"
    text += f"2,New,{DAY.format('08:00')},Odd,{DAY.format('09:00')}\n"
    text += f"3,New,{DAY.format('08:00')},None,{DAY.format('09:00')}\n"
    said = '[rating]\nscore = "Mood"\nat = "When"\nscale = [1, 3]\n'
    said += 'words = { Great = 3 }\nnone = ["None"]'
    log = ours(text, tables=said)
    (rated,) = [event for event in log.events if event.type == "rated"]
    assert (rated.score, rated.scale, rated.at.hour, rated.role) == (3, (1, 3), 9, "customer")
    assert found(log, "bad_rating").tickets == ("2",)
    assert "Odd" not in whole(log)


def test_rows_and_statuses_that_the_mapping_sorts_out(ours):
    text = (
        f"Id,State,Opened,Kind\n1,New,{DAY.format('08:00')},Task\n2,Odd,{DAY.format('08:00')},x\n"
    )
    log = ours(text, plain='other = "on_hold"', tables='[ignore]\nKind = ["Task"]')
    assert [*log.logs()] == ["2"]
    assert log.left_out == {"row of Kind Task": 1}
    assert log.unknown == {("status", "Odd"): 1}
    with pytest.raises(InvalidLog, match="a status that the mapping does not know: 'Odd'"):
        ours(text)
    lenient = ours(text, lenient=True)
    assert [*lenient.logs()] == ["1"]
    assert lenient.incomplete == {"2": "bad_status"}


def test_the_account_overrides_and_extends_the_mapping(ours):
    text = f"Id,State,Opened,Prio,Team,Area\n7,Odd,{DAY.format('08:00')},P1,31,roof\n"
    account = Account(
        statuses={"Odd": Status("Odd", "pending"), "New": Status("Fresh", "open")},
        priorities={"P1": Priority("urgent", 1)},
        groups={"31": "network"},
        keep=["Area", "Nowhere"],
    )
    log = ours(
        text, plain='initial = "New"', columns='priority = "Prio"\ngroup = "Team"', account=account
    )
    fields = dict(log.events[0].fields)
    assert fields["status"] == Status("Fresh", "open")
    assert (fields["priority"], fields["custom.group"]) == (Priority("urgent", 1), "network")
    assert fields["custom.Area"] == "roof"
    assert found(log, "since_unknown").example == "Odd"


@pytest.mark.parametrize("lacks", ["Id", "State", "Opened"])
def test_a_table_without_an_essential_column_is_refused_with_those_it_has(lacks, ours):
    header = HEADER.replace(lacks, "Something")
    for lenient in (False, True):
        with pytest.raises(
            InvalidLog, match=f"no column: '{lacks}'; the columns read .*Something"
        ):
            ours(f"{header}1,New,{DAY.format('08:00')},,\n", recorded=ENDS, lenient=lenient)


def test_other_columns_may_lack_and_are_named(ours):
    log = ours(f"Id,State,Opened\n1,New,{DAY.format('08:00')}\n", recorded=ENDS)
    lacking = found(log, "no_column")
    assert (lacking.count, lacking.example) == (2, "Solved, Shut")


def test_a_row_that_cannot_be_read_is_refused_or_left_out_by_name(ours):
    text = f"Id,State,Opened\n1,New,{DAY.format('08:00')}\n2,New,soon Ann\n"
    with pytest.raises(InvalidLog, match=r"line 3: no time in the format.*'xxxx Xxx'"):
        ours(text)
    log = ours(f"{text},New,{DAY.format('08:00')}\n", lenient=True)
    assert [*log.logs()] == ["1"]
    assert log.incomplete == {EVERY: "no_ticket", "2": "bad_time"}


def test_columns_of_one_name_are_told_apart_by_number(ours):
    text = f"Id,State,Opened,For,For\n1,New,{DAY.format('08:00')},ann,kim\n"
    with pytest.raises(InvalidLog, match="more than one column: 'For'; say 'For#2'"):
        ours(text, columns='requester = "For"')
    log = ours(text, columns='requester = "For#2"', account=Account(people="as_written"))
    assert dict(log.events[0].fields)["requester"] == "kim"


def test_days_and_months_are_told_apart_by_the_whole_table_or_not_at_all(ours):
    form = '[stamps]\nformat = ["%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M"]'
    row = "{},New,{}/2026 09:00\n"
    text = "Id,State,Opened\n" + row.format(1, "02/03")
    with pytest.raises(InvalidLog, match=r"stamps that can be read in two ways.*day first"):
        ours(text, tables=form, lenient=True)
    for other, month in (("13/03", 3), ("03/13", 2)):
        log = ours(text + row.format(2, other), tables=form)
        assert log.events[0].at.month == month
        assert found(log, "stamps_taken") is not None
    for said, month in (("day first", 3), ("month first", 2), ("%m/%d/%Y %H:%M", 2)):
        log = ours(text, tables=form, account=Account(tz="UTC", stamps=said))
        assert log.events[0].at.month == month


def test_which_export_it_is_shows_in_its_columns():
    assert table.fitting(["Id", "Status", "Created at"], "zendesk").name == "zendesk-view"
    with pytest.raises(UnknownLogFormat, match="columns of no known log format") as caught:
        table.fitting(["Id", "Status", "Created at"])
    assert "the columns are 'Id', 'Status', 'Created at'" in str(caught.value)
    spanish = ["Resumen", "Clave de incidencia", "Estado", "Creada", "Clave del proyecto"]
    assert table.fitting(spanish).name == "jira-issues"


def test_jira_in_another_language(tmp_path):
    rows = [
        ["Clave de incidencia", "Estado", "Prioridad", "Creada", "Resuelta", "Informador Id",
         "Creador Id", "Comentario", "Clave del proyecto",
         "Campo personalizado (Satisfaction date)", "Calificación de satisfacción"],
        ["HELP-1", "Resolved", "High", "05/ene/26 9:00 AM", "07/ene/26 1:30 PM", "a1", "a1",
         "06/ene/26 12:15 AM;a2;hola", "HELP", "08/ene/26 8:00 AM", "5"],
    ]  # fmt: skip
    path = written(tmp_path, rows, delimiter=";")
    account = Account(tz="Europe/Madrid", roles={"a2": "agent"})
    log = table.read(path, table.recognized(path), account=account)
    told = [(type(event), event.at.day, event.at.hour) for event in log.events]
    assert told == [(Created, 5, 8), (Message, 5, 23), (Changed, 7, 12), (Rated, 8, 7)]


def test_tables_in_memory_are_read_as_files_are():
    rows = rows_of("zendesk/view_export.csv")
    log = table.read_tables({"a.csv": rows, "b.csv": rows}, BERLIN, "zendesk")
    assert log.events == read("zendesk/view_export.csv").events
    assert log.file == "2 tables"


def test_the_zone_is_never_guessed():
    with pytest.raises(InvalidLog, match=r"a time without a zone.*--tz"):
        read("zendesk/view_export.csv", Account())
    path = VENDORS / "zendesk/view_export.csv"
    log = table.read(path, table.recognized(path), tz=ZoneInfo("Europe/Berlin"))
    assert log.first == datetime(2026, 3, 20, 8, tzinfo=UTC)


def test_a_requester_without_an_id_is_known_by_name(tmp_path):
    header, *rows = rows_of("zendesk/view_export.csv")
    place = header.index("Requester id")
    path = written(tmp_path, [[*row[:place], *row[place + 1 :]] for row in (header, *rows)])
    log = table.read(path, table.named("zendesk-view"), account=Account(tz="UTC"))
    asked = {dict(event.fields)["requester"] for event in log.events if event.type == "created"}
    assert len(asked) == 2
    assert all(each.startswith("person-") for each in asked)


def test_what_no_id_can_be_is_a_name_in_a_column_of_ids(ours):
    row = f"1,New,{DAY.format('08:00')},"
    for cell, kept in (("acc-1", True), ("Ann Pine", False), ("ann@example.com", False)):
        log = ours(
            f"Id,State,Opened,For\n{row}{cell}\n",
            plain='ids = ["requester"]',
            columns='requester = "For"',
        )
        assert (dict(log.events[0].fields)["requester"] == cell) is kept


def test_a_row_of_data_in_place_of_the_header_is_shown_by_its_form():
    with pytest.raises(UnknownLogFormat) as caught:
        table.fitting(["7", "Cleo Marsh", "2026-03-02 09:00"])
    assert "'Xxxx Xxxxx'" in str(caught.value)
    assert "Cleo" not in str(caught.value)


def test_half_of_a_character_is_called_like_any_name():
    rows = [*rows_of("freshdesk/tickets_export.csv")]
    rows[1][27] = "\ud800"
    log = table.read_tables({"t.csv": rows}, Account(tz="UTC"))
    assert dict(log.logs()["41"][0].fields)["requester"].startswith("person-")


JUNK = st.sampled_from(
    ["", "-", "0", "NaN", "1e999", "-5", "9" * 30, "0001-01-01 00:00", "31/12/9999 23:59",
     "2026-03-29 02:30", "\ud800", "a" * 300, "Total", "01/Feb/26 25:00 PM", "99999999:00:00",
     "2026-03-02 09:00+99:99", "x;y;z", ";", "\0"]
)  # fmt: skip


@given(st.data())
def test_whatever_stands_in_the_cells_there_are_events_or_a_typed_error(data):
    name = data.draw(st.sampled_from([*CASES]))
    rows = [[*row] for row in rows_of(name)]
    for _ in range(data.draw(st.integers(1, 5))):
        row = data.draw(st.sampled_from(rows[1:]))
        if row:
            row[data.draw(st.integers(0, len(row) - 1))] = data.draw(JUNK)
        if data.draw(st.booleans()):
            row.append(data.draw(JUNK))
    for lenient in (True, False):
        try:
            log = table.read_tables({"t.csv": rows}, account_of(name), lenient=lenient)
        except InvalidLog:
            continue
        assert [event.seq for event in next(iter(log.logs().values()), ())][:1] in ([1], [])


def test_cyrillic_and_western_tables_are_told_apart(tmp_path):
    """By whole words; a table that could be either is refused, and never guessed."""
    mapping = table.named("glpi-tickets")
    russian = [["ID", "Статус", "Дата открытия", "Категория"],
               ["7", "Новый", "2026-03-02 09:00", "Принтеры"]]  # fmt: skip
    french = [["ID", "Statut", "Date d'ouverture", "Catégorie"],
              ["7", "Nouveau", "2026-03-02 09:00", "Réseau"]]  # fmt: skip
    for rows, encoding, topic in ((russian, "cp1251", "Принтеры"), (french, "cp1252", "Réseau")):
        path = written(tmp_path, rows, encoding=encoding, delimiter=";")
        log = table.read(path, mapping, account=Account(tz="UTC"))
        assert dict(log.events[0].fields)["topic"] == topic
        assert found(log, "encoding_taken").example == encoding
    mixed = [[*french[0]], ["7", "Новый", "2026-03-02 09:00", "x"]]
    raw = b";".join(cell.encode("cp1252") for cell in mixed[0]) + b"\n"
    raw += b";".join(cell.encode("cp1251") for cell in mixed[1]) + b"\n"
    path = tmp_path / "mixed.csv"
    path.write_bytes(raw)
    with pytest.raises(InvalidLog, match="neither UTF-8 nor clearly one of the Windows"):
        table.read(path, mapping, account=Account(tz="UTC"))
