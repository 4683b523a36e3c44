"""A report says nothing that its log does not tell: of lists, of cut ends, of unknown people."""

import re
from datetime import UTC, datetime, timedelta
from weakref import ref

from support_model import kpi
from support_model._report import figure_sections, report_data
from support_model._report.log_facts import log_facts
from support_model._report.report import make_report
from support_model._report.wording import ENGLISH, english
from support_model._report.written import written
from support_model.adapters import EventLog
from support_model.events import Changed, Created, Message, Related
from support_model.figures import find
from support_model.report import page
from support_model.vocabulary import Status

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
NEW = {"status": Status("new", "new")}
SOLVED, CLOSED = Status("solved", "solved"), Status("closed", "closed")
LISTED = {"basis": "snapshot", "role": "third_party"}


def created(ticket="T1", hour=0, **more):
    more = {"role": "customer", "actor": "c1", "fields": NEW, **more}
    return Created(ticket_id=ticket, at=NINE + hour * HOUR, **more)


def stands(status, hour, ticket="T1", **more):
    more = {"role": "agent", "actor": "a1", **more}
    return Changed(ticket_id=ticket, at=NINE + hour * HOUR, fields={"status": status}, **more)


def said(hour, ticket="T1", **more):
    more = {"role": "agent", "actor": "a1", "public": True, **more}
    return Message(ticket_id=ticket, at=NINE + hour * HOUR, **more)


def listed(*events, ticket="T1"):
    return (created(ticket, actor=None, **LISTED), *events)


def made(*events, **more):
    return make_report(EventLog(events=events, **more))


def of(report, key):
    return find(report.figures, key, "calendar") or find(report.figures, key)


def test_a_last_solution_is_no_first_one():
    report = made(*listed(stands(SOLVED, 300, **{**LISTED, "actor": None})))
    for key in ("first_resolution", "close_delay", "solved_within", "solved_per_created"):
        figure = of(report, key)
        assert (figure.n, dict(figure.excluded)["not_stated"]) == (0, 1), key
    assert of(report, "full_resolution").total == 300 * HOUR
    assert report.solved_by[0.5].n == 0


def test_the_end_of_a_history_tells_no_first_solution_and_no_first_reply():
    report = made(*listed(said(2), stands(SOLVED, 2904)))
    for key in ("first_resolution", "first_response"):
        assert dict(of(report, key).excluded) == {"not_stated": 1}
    assert of(report, "full_resolution").total == 2904 * HOUR


def test_a_close_alone_is_no_solution():
    log = listed(stands(CLOSED, 189, **{**LISTED, "actor": None}))
    report, (fact,) = made(*log), log_facts(EventLog(events=log))
    assert fact.solves == ()
    assert kpi.full_resolution().of([fact]).excluded == {"no_solution_recorded": 1}
    assert of(report, "time_to_close").total == 189 * HOUR
    assert of(report, "solved_within").value is None


def test_a_close_in_a_history_is_a_solution():
    (fact,) = log_facts(EventLog(events=(created(), stands(CLOSED, 3))))
    assert [solve.at for solve in fact.solves] == [NINE + 3 * HOUR]


def test_a_list_tells_the_first_reply_from_the_creation():
    reply = said(0.7, **{**LISTED, "role": "agent", "actor": None})
    assert of(made(*listed(reply)), "first_response").total == timedelta(minutes=42)


def test_a_solved_ticket_of_a_list_is_not_said_not_to_be_closed():
    events = (
        *listed(stands(SOLVED, 3, **LISTED)),
        *listed(ticket="T2"),
    )
    assert of(made(*events), "time_to_close").excluded == {"close_untold": 1, "not_closed": 1}


def unnamed_log(**more):
    person = {"role": "third_party", "actor": "U404"}
    events = (
        created(),
        said(1, **person),
        stands(SOLVED, 2),
        created("T2"),
        said(1, "T2"),
        said(2, "T2", **person),
        stands(SOLVED, 3, "T2"),
    )
    return EventLog(events=events, **{"unknown": {("user", "U404"): 2}, **more})


def unnamed(**more):
    return make_report(unnamed_log(**more))


def test_replies_of_people_without_a_role_are_not_told():
    report = unnamed()
    for key in ("zero_reply", "fcr_one_reply", "touches", "average_response"):
        assert (of(report, key).n, of(report, key).excluded) == (0, {"unknown_people": 2}), key
    first = of(report, "first_response")  # that of T2 came before anybody unknown wrote
    assert (first.total, first.excluded) == (HOUR, {"unknown_people": 1})
    taken = of(report, "acknowledgement")
    assert (taken.total, taken.excluded) == (HOUR, {"unknown_people": 1})
    assert of(report, "first_resolution").n == 2


def test_people_who_are_named_third_parties_are_known():
    known = unnamed(unknown={})
    assert "unknown_people" not in {code for each in known.figures for code in each.excluded}
    assert of(known, "zero_reply").n == 2


def test_unknown_people_come_first_wherever_the_report_is_read():
    report = unnamed(left_out={"tag": 2}, incomplete={"T2": "cut"})
    codes = [one.code for one in report.remarks]
    assert codes == ["unknown_people", "incomplete_tickets", "left_out"]
    assert report.notes[0].code == "unknown_people"
    data = report_data.report_to_data(report)
    assert data["findings"][0]["code"] == data["notes"][0]["code"] == "unknown_people"
    table = written(figure_sections.findings(report), ENGLISH)
    assert table.rows[0][0] == "people whose role is not told"
    assert "[roles]" in table.rows[0][2]
    assert "U404" in table.rows[0][-1]
    assert "[roles]" in english(report.notes[0].said)


def test_unknown_people_are_on_the_page():
    assert page(unnamed()).count("U404") >= 2


def test_unknown_statuses_are_said():
    report = made(created(), unknown={("status", "Inbx"): 1, ("group", "North"): 3})
    assert [one.code for one in report.remarks] == ["unknown_status", "unknown_group"]
    assert report.notes[0].code == "unknown_statuses"


def closings(n, role, *more):
    events = [*more]
    for number in range(n):
        name = f"C{number}"
        events += [created(name), stands(SOLVED, 1, name), stands(CLOSED, 97, name, role=role)]
    return {note.code: english(note.said) for note in made(*events).notes}


def test_a_timer_is_many_closes_by_nobody():
    assert "closed by a timer" in closings(20, "system")["closed_by_a_timer"]
    assert "closed by a timer" not in closings(20, "agent")["closing_is_not_resolving"]
    assert not {"closing_is_not_resolving", "closed_by_a_timer"} & {*closings(19, "system")}


def test_an_interval_of_counts_begins_at_none():
    events = []
    for number in range(3):
        name = f"C{number}"
        events += [created(name), stands(SOLVED, 1, name)]
        for again in range(2 * (number == 0)):
            events += [stands(Status("open", "open"), 2 + 2 * again, name)]
            events += [stands(SOLVED, 3 + 2 * again, name)]
    report = made(*events)
    assert of(report, "reopenings").interval[0] < 0
    shown = {row[0]: row[-1] for row in written(figure_sections.rates(report), ENGLISH).rows}
    assert re.match(r"0(\.00)? to ", shown["Reopenings"])
    rows = {row["key"]: row for row in report_data.report_to_data(report)["figures"]}
    assert rows["reopenings"]["interval"]["low"] == 0


def merged(ticket, into, hour):
    at = NINE + hour * HOUR
    return Related(ticket_id=ticket, at=at, role="agent", kind="merged_into", other=into)


def test_a_merge_that_would_close_a_circle_has_no_effect_in_a_report():
    last = said(9, "A")
    log = [created("A"), merged("A", "B", 1), last, created("B"), merged("B", "A", 2)]
    facts = log_facts(EventLog(events=tuple(log)))
    assert [(each.ticket_id, each.category) for each in facts] == [("A", "void"), ("B", "new")]
    assert facts == kpi.case_table(log, as_of=last.at)
    assert [part.ticket_id for part in facts[1].merged] == ["A"]


def test_a_report_lets_go_of_events():
    events = [created(), said(1), stands(SOLVED, 2)]
    last = ref(events[-1])
    report = made(*events)
    del events
    assert last() is None
    assert (report.log.events, report.log.rows, report.plain.size) == ((), 3, 1)
