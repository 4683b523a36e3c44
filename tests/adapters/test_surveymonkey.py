"""SurveyMonkey: responses and tables of them become ratings of the tickets that they name."""

import json
import random
from contextlib import suppress
from copy import deepcopy
from datetime import UTC, datetime
from warnings import catch_warnings, simplefilter

import pytest
from adapters.scenario import DATA, SAMPLES
from conformance import vendors
from conformance.vendor_accounts import surveymonkey as accounts
from hypothesis import given
from hypothesis import strategies as st
from whole import whole

from support_model.adapters import (
    EventLog,
    Page,
    _survey_answers,
    joined,
    load_account,
    read_files,
)
from support_model.adapters._payloads import Tally
from support_model.adapters._survey_answers import Question, Ratings, asked_scale, score_of
from support_model.adapters._survey_tables import local_of, reading_of
from support_model.adapters.surveymonkey import (
    Account,
    read,
    read_tables,
    recognized,
    recognized_rows,
)
from support_model.errors import AdapterError, InvalidMapping, NaiveDatetime, UnknownVendorValue
from support_model.events import Created, Message, Rated
from support_model.tickets import steps
from support_model.vocabulary import Status

CASES = list(vendors.cases(DATA / "vendors" / "surveymonkey"))
QUESTIONS = {"11/r1": "csat", "12": "nps", "13": "comment"}


def choices(prefix, *weights, **last):
    found = [
        {"id": f"{prefix}{place}", "text": f"t{place}", "weight": weight, "position": place}
        for place, weight in enumerate(weights, 1)
    ]
    found[-1] |= last
    return found


def question(native, *given_, rows=("r1",), **more):
    listed = [{"id": row, "text": f"Row {row}"} for row in rows]
    return {"id": native, "answers": {"rows": listed, "choices": [*given_]}, **more}


def survey(*questions):
    return {"id": "318", "title": "After support", "pages": [{"questions": [*questions]}]}


RATING = {"family": "matrix", "subtype": "rating"}
SURVEY = survey(
    question("11", *choices("c", 1, 2, 3, 4, 5, 0, text="N/A", is_na=True), rows=("r1", "r2")),
    question("12", *choices("n", *range(11)), headings=[{"heading": "<b>Recommend</b> us?"}]),
    {"id": "13", "family": "open_ended"},
)


def answer(choice=None, row="r1", **more):
    return {"row_id": row, **({} if choice is None else {"choice_id": choice}), **more}


def response(native, answers, ticket="T1", at="2026-03-28T10:00:00+00:00", **more):
    asked = [{"id": key, "answers": value} for key, value in answers.items()]
    return {
        "id": native,
        "survey_id": "318",
        "response_status": "completed",
        "custom_variables": {} if ticket is None else {"ticket_id": ticket},
        "custom_value": "",
        "date_modified": at,
        "pages": [{"id": "1", "questions": asked}],
        **more,
    }


def page(*responses, total=None, number=1):
    link = f"https://api.example.com/v3/surveys/318/responses/bulk?page={number}"
    total = len(responses) if total is None else total
    return {"data": [*responses], "page": number, "total": total, "links": {"self": link}}


def scores(reading):
    return [(event.ticket_id, event.kind, event.score, event.scale) for event in reading.events]


def codes(reading):
    return {found.code: found.count for found in reading.findings}


def one(*questions, answers, account=None, **more):
    """Read one response to a survey of these questions."""
    own = Account(questions={"1": "csat"}) if account is None else account
    return read([survey(*questions), page(response("201", answers, **more))], own)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_cases(case):
    assert vendors.run(case) is None
    assert vendors.remarks() == []


def test_the_rating_of_the_scenario_joins_the_log_of_any_system():
    documents = [
        json.loads(
            (DATA / "vendors/surveymonkey" / f"constructed_A_{name}.json").read_text("utf-8")
        )
        for name in ("responses_bulk", "survey_details")
    ]
    ratings = read(documents, Account(questions={"q1": "csat", "q2": "comment"}))
    assert scores(ratings) == [("1001", "csat", 5, (1, 5))]
    assert ratings.left_out == {"comment": 1, "response partial": 1}
    begun = Created(
        ticket_id="1001",
        at=datetime(2024, 3, 28, 14, 5, tzinfo=UTC),
        role="customer",
        fields={"status": Status("new", "new")},
    )
    walk = list(steps(joined(EventLog(events=(begun,)), ratings).events))
    assert isinstance(walk[-1].event, Rated)


def test_samples_read_or_say_what_they_lack():
    if not SAMPLES.exists():
        pytest.skip("no samples here")
    account = Account(questions={"84798110": "nps"}, ticket="id")
    named = {"responses_bulk_csat_template.json", "responses_bulk_page2.json",
             "responses_bulk_quiz_page.json"}  # fmt: skip
    for name in named:
        value = json.loads((SAMPLES / "surveymonkey" / name).read_text("utf-8"))
        with pytest.warns(UnknownVendorValue):
            assert read(page(*value["data"]), Account(ticket="id")).events == ()
    value = json.loads(
        (SAMPLES / "surveymonkey" / "responses_bulk_csat_template.json").read_text()
    )
    with pytest.raises(AdapterError, match="details"):
        read(value, account)
    listed = json.loads((SAMPLES / "surveymonkey" / "surveys_list.json").read_text("utf-8"))
    with pytest.raises(AdapterError, match="responses/bulk"):
        read(listed)


# --- scores and scales ---------------------------------------------------------------------------


def test_a_score_is_the_weight_and_never_the_id():
    answers = {"11": [answer("c4"), answer("c1", "r2")], "12": [answer("n1")]}
    reading = read([SURVEY, page(response("201", answers))], Account(questions=QUESTIONS))
    assert scores(reading) == [("T1", "csat", 4, (1, 5)), ("T1", "nps", 0, (0, 10))]
    assert reading.left_out == {"row 11/r2": 1}
    assert {event.actor for event in reading.events} == {"201"}


def test_a_weight_of_nothing_is_no_answer_in_one_question_and_a_score_in_another():
    answers = {"11": [answer("c6")], "12": [answer("n1")]}
    reading = read([SURVEY, page(response("201", answers))], Account(questions=QUESTIONS))
    assert scores(reading) == [("T1", "nps", 0, (0, 10))]
    assert reading.left_out == {"N/A": 1}


def test_nothing_beside_a_scale_from_one_is_no_answer_without_a_mark():
    given_ = choices("c", 1, 2, 3, 0, text="Keine Angabe")
    reading = one(question("1", *given_), answers={"1": [answer("c4")]})
    assert (reading.events, reading.left_out) == ((), {"N/A": 1})
    numbered = choices("c", 1, 2, 3, 0, text="0")
    assert scores(one(question("1", *numbered), answers={"1": [answer("c4")]}))[0][2:] == (
        0,
        (0, 3),
    )


def test_weights_that_two_choices_share_say_nothing():
    """A question about recommending weighs its choices -100, 0 and 100."""
    weights = [-100] * 7 + [0] * 2 + [100] * 2
    given_ = choices("n", *weights)
    for place, each in enumerate(given_):
        each["text"] = f"{place} - so likely" if place in (0, 10) else str(place)
    account = Account(questions={"1": "nps"})
    reading = one(question("1", *given_), answers={"1": [answer("n9")]}, account=account)
    assert scores(reading) == [("T1", "nps", 8, (0, 10))]


def test_the_place_is_a_score_only_where_the_question_is_a_scale():
    given_ = choices("c", None, None, None)
    stars = one(question("1", *given_, **RATING), answers={"1": [answer("c2")]})
    assert scores(stars) == [("T1", "csat", 2, (1, 3))]
    single = one(question("1", *given_), answers={"1": [answer("c2")]})
    assert (single.events, codes(single)) == ((), {"no_weight": 1})


@pytest.mark.parametrize("key", ["c3", "T3"])
def test_the_account_says_scores_by_text_or_id(key):
    account = Account(questions={"1": "csat"}, choices={"t1": 10, "t2": 20, key: 30})
    reading = one(
        question("1", *choices("c", None, None, None)),
        answers={"1": [answer("c3")]},
        account=account,
    )
    assert scores(reading) == [("T1", "csat", 30, (10, 30))]


def test_a_scale_that_the_account_says_comes_first():
    account = Account(questions={"1": "ces"}, scales={"ces": (1, 7)})
    reading = one(
        question("1", *choices("c", 1, 2)), answers={"1": [answer("c2")]}, account=account
    )
    assert scores(reading) == [("T1", "ces", 2, (1, 7))]
    wrong = Account(questions={"1": "ces"}, scales={"1": (0, 1)})
    reading = one(question("1", *choices("c", 1, 2)), answers={"1": [answer("c2")]}, account=wrong)
    assert (reading.events, codes(reading)) == ((), {"outside_scale": 1})


def test_a_slider_is_a_number_on_the_scale_of_its_limits():
    slider = {"id": "1", "family": "open_ended", "validation": {"min": "0", "max": "100"}}
    assert scores(one(slider, answers={"1": [{"text": "75"}]})) == [("T1", "csat", 75, (0, 100))]
    bare = one({"id": "1", "family": "open_ended"}, answers={"1": [{"text": "75"}]})
    assert (bare.events, codes(bare)) == ((), {"no_scale": 1})


def test_a_question_goes_by_its_text_its_row_or_its_id():
    answers = {"11": [answer("c4")], "12": [answer("n3")]}
    pages = [SURVEY, page(response("201", answers))]
    for questions in ({"recommend us?": "nps"}, {"12/Row r1": "nps"}, {"Recommend us?/r1": "nps"}):
        assert scores(read(pages, Account(questions=questions))) == [("T1", "nps", 2, (0, 10))]


def test_several_rows_of_a_question_that_is_named_whole():
    answers = {"11": [answer("c4"), answer("c1", "r2")]}
    reading = read([SURVEY, page(response("201", answers))], Account(questions={"11": "csat"}))
    assert [event.score for event in reading.events] == [4, 1]
    assert codes(reading) == {"many_rows": 1}


def test_a_question_that_is_not_there_and_a_survey_that_nobody_explained():
    pages = [SURVEY, page(response("201", {"11": [answer("c4")]}))]
    assert codes(read(pages, Account(questions={"11": "csat", "99": "nps"}))) == {"no_question": 1}
    with pytest.warns(UnknownVendorValue):
        bare = read(pages)
    assert set(bare.unknown) == {("question", "11"), ("question", "12"), ("question", "13")}
    assert bare.left_out == {"question 11": 1, "response without an answer": 1}


# --- responses -----------------------------------------------------------------------------------


def test_only_completed_responses_count_each_once():
    rows = [
        response(f"20{n}", {"11": [answer("c4")]}, response_status=status)
        for n, status in enumerate(
            ("completed", "partial", "partial", "overquota", "disqualified")
        )
    ]
    account = Account(questions=QUESTIONS)
    reading = read([page(*rows, number=2), page(*rows[:3]), SURVEY], account)
    assert len(reading.events) == 1
    assert reading.left_out == {
        "response partial": 2, "response overquota": 1, "response disqualified": 1
    }  # fmt: skip
    both = Account(questions=QUESTIONS, accept=["completed", "partial"])
    assert len(read([page(*rows), SURVEY], both).events) == 3


def test_an_edited_response_keeps_its_id_and_its_last_answer():
    old = response("201", {"11": [answer("c1")]})
    new = response("201", {"11": [answer("c5")]}, at="2026-03-29T10:00:00+02:00")
    for pages in ([page(old), page(new)], [page(new), page(old)]):
        (rated,) = read([*pages, SURVEY], Account(questions=QUESTIONS)).events
        assert (rated.score, rated.at) == (5, datetime(2026, 3, 29, 8, tzinfo=UTC))


@pytest.mark.parametrize(
    ("where", "more"),
    [
        ("", {"custom_variables": {"ticket_id": "T7"}}),
        ("", {"custom_value": "T7"}),
        ("custom_variables.case.no", {"custom_variables": {"case.no": "T7"}}),
        ("case", {"custom_variables": {"case": "T7"}}),
        ("metadata.contact.ticket", {"metadata": {"contact": {"ticket": {"value": "T7"}}}}),
        ("recipient_id", {"recipient_id": "T7"}),
    ],
)
def test_the_ticket_stands_where_the_account_says(where, more):
    account = Account(questions=QUESTIONS, ticket=where)
    row = response("201", {"11": [answer("c4")]}, ticket=None, **more)
    assert [event.ticket_id for event in read([SURVEY, page(row)], account).events] == ["T7"]


def test_the_respondent_may_write_the_ticket():
    account = Account(questions={"11": "csat", "13": "ticket"})
    row = response("201", {"11": [answer("c4")], "13": [{"text": " T7 "}]}, ticket=None)
    assert [event.ticket_id for event in read([SURVEY, page(row)], account).events] == ["T7"]


@pytest.mark.parametrize("account", [
    Account(questions=QUESTIONS), Account(questions=QUESTIONS, ticket="custom_value"),
    Account(questions={"11": "csat", "13": "ticket"}),
])  # fmt: skip
def test_a_mail_address_is_no_ticket(account):
    row = response("201", {"11": [answer("c4")], "13": [{"text": "cleo@example.com"}]},
                   ticket="cleo@example.com", custom_value="cleo@example.com")  # fmt: skip
    reading = read([SURVEY, page(row)], account)
    assert not reading.events
    assert reading.left_out["response without a ticket"] == 1
    assert "cleo" not in whole(reading)


def test_what_gives_no_rating_is_counted():
    rows = [
        response("201", {"11": [answer("c4"), {"other_id": "o", "text": "Geheim"}]}, ticket=None),
        response("202", {}),
        response("203", {"11": [answer("c4"), {"other_id": "o", "text": "Geheim"}],
                         "13": [{"text": "Geheim"}]}),
    ]  # fmt: skip
    reading = read([SURVEY, page(*rows)], Account(questions=QUESTIONS))
    assert len(reading.events) == 1
    assert reading.left_out == {
        "response without a ticket": 1, "response without an answer": 1, "other text": 1,
        "comment": 1,
    }  # fmt: skip
    assert codes(reading) == {"no_ticket": 1, "no_answer": 1}
    assert "Geheim" not in whole(reading)


@given(st.permutations(range(6)), st.integers(0, 6))
def test_pages_in_any_order_overlapping_or_not(order, split):
    rows = [response(f"20{n}", {"11": [answer("c4")]}, ticket=f"T{n % 2}") for n in range(6)]
    account = Account(questions=QUESTIONS)
    whole = read([SURVEY, page(*rows)], account)
    mixed = [rows[n] for n in order]
    pages = [page(*mixed[:split], total=6), page(*mixed[max(0, split - 1) :], total=6, number=2)]
    assert read([pages[1], SURVEY, pages[0]], account).events == whole.events
    assert read([Page("a", [*pages, SURVEY])], account).events == whole.events
    assert read({"details": SURVEY, "pages": pages}, account).events == whole.events
    assert whole.incomplete == {}


def test_pages_that_are_missing_are_noticed():
    pages = [SURVEY, page(response("201", {"11": [answer("c4")]}), total=7)]
    reading = read(pages, Account(questions={"11": "csat"}))
    assert reading.incomplete == {"*": "more_pages"}
    first = page(response("201", {"11": [answer("c4")]}))
    del first["total"]
    first["links"]["next"] = "https://api.example.com/v3/surveys/318/responses/bulk?page=2"
    account = Account(questions={"11": "csat"})
    assert read([SURVEY, first], account).incomplete == {"*": "more_pages"}
    second = page(number=2)
    del second["total"]
    assert read([second, SURVEY, first], account).incomplete == {}


def test_one_broken_response_touches_no_other():
    rows = [response(f"20{n}", {"11": [answer("c4")]}, ticket=f"T{n}") for n in range(3)]
    account = Account(questions=QUESTIONS)
    for broken in (None, 7, "x", [], {**rows[1], "date_modified": None, "date_created": 5},
                   {**rows[1], "pages": None}, {**rows[1], "pages": [{"questions": [7]}]},
                   {**rows[1], "id": None}):  # fmt: skip
        reading = read([SURVEY, page(rows[0], broken, rows[2])], account)
        assert [event.ticket_id for event in reading.events] == ["T0", "T2"]
        assert reading.findings


@pytest.mark.parametrize(
    ("payload", "named"),
    [
        ({"error": {"id": "1011", "name": "Authorization Error", "http_status_code": 401,
                    "message": "The authorization token was not provided."}},
         ["Authorization Error", "check the access token"]),
        ({"error": {"id": "1040", "name": "Rate limit reached", "message": "Too many"}},
         ["Rate limit reached", "X-Ratelimit-App-Global-Minute-Reset"]),
        ({"error": {"id": "1014", "name": "Permission Error", "message": "Permission has not"}},
         ["View Response Details"]),
        ({"data": [{"id": "7", "href": "x"}], "total": 1}, ["responses/bulk"]),
        ({"event_type": "response_completed", "object_id": "7"}, ["responses/bulk"]),
        (SURVEY, ["a survey, and no responses", "responses/bulk"]),
    ],
)  # fmt: skip
def test_what_tells_nothing_is_refused_and_the_remedy_named(payload, named):
    with pytest.raises(AdapterError) as caught:
        read(payload, Account(questions=QUESTIONS))
    assert all(text in str(caught.value) for text in named)


def test_choices_without_the_survey_are_refused_unless_they_say_their_score():
    row = response("201", {"11": [answer("c4")]})
    with pytest.raises(AdapterError, match="details"):
        read(page(row), Account(questions=QUESTIONS))
    scales = {"csat": (1, 5)}
    account = Account(questions=QUESTIONS, scales=scales, choices={"c4": 4})
    assert scores(read(page(row), account)) == [("T1", "csat", 4, (1, 5))]
    simple = response("201", {"11": [answer("c4", choice_metadata={"weight": "4"})]})
    account = Account(questions=QUESTIONS, scales=scales)
    assert scores(read(page(simple), account)) == [("T1", "csat", 4, (1, 5))]


@pytest.mark.parametrize("value", [SURVEY, page(), page(response("1", {})), response("1", {}),
                                   {"details": SURVEY, "pages": []}, [SURVEY],
                                   {"error": {"http_status_code": 401}}])  # fmt: skip
def test_documents_are_recognized(value):
    assert recognized(value)


@pytest.mark.parametrize(
    "value", [None, [], {}, {"data": []}, {"data": [{"id": 1}]}, {"pages": []}]
)
def test_other_documents_are_not(value):
    assert recognized(value) == ""


# --- the account ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [{"questions": {"1": "cast"}}, {"scales": {"1": (5, 1)}}, {"scales": {"1": (1, 2, 3)}},
     {"choices": {"a": "b"}}, {"dates": "dym"}],
)  # fmt: skip
def test_an_account_is_checked(wrong):
    with pytest.raises(InvalidMapping):
        Account(**wrong)


def test_an_account_stands_in_a_file(tmp_path):
    file = tmp_path / "account.toml"
    file.write_text("""
tz = "Europe/Berlin"
[surveymonkey]
ticket = "custom_value"
dates = "dmy"
accept = ["completed", "partial"]
questions = {"11/r1" = "csat"}
choices = {"Very satisfied" = 5}
scales = {csat = [1, 5]}
""")
    account = load_account(file, "surveymonkey")
    assert account == accounts.account(
        {
            "tz": "Europe/Berlin", "ticket": "custom_value", "dates": "dd/mm/yyyy",
            "accept": ["completed", "partial"], "questions": {"11/r1": "csat"},
            "choices": {"Very satisfied": 5}, "scales": {"csat": [1, 5]},
        }
    ) or account.people != "as_written"  # fmt: skip
    assert account.scales["csat"] == (1, 5)
    assert account.accept == {"completed", "partial"}


# --- tables --------------------------------------------------------------------------------------


TOP = ["Respondent ID", "Collector ID", "Start Date", "End Date", "IP Address", "Email Address",
       "First Name", "Last Name", "Custom Data 1", "Happy, overall?", "Recommend us?"]  # fmt: skip
BELOW = [""] * 9 + ["Response", "Response"]
OWN = Account(
    tz="America/New_York",
    questions={"Happy, overall?": "csat", "Recommend us?": "nps"},
    scales={"csat": (1, 5)},
)


def row(native, ended, ticket, *answers, begun=None):
    return [str(native), "415", begun or ended, ended, "192.0.2.1", "", "", "", ticket, *answers]


def table(*rows, top=TOP, below=BELOW):
    return {"all.csv": [[*top], [*below], *rows]}


def test_a_table_is_read_by_place_in_any_language():
    top = ["\ufeffID der Befragten", "ID des Collectors", "Startdatum", "Enddatum", "IP",
           "E-Mail", "Vorname", "Nachname", "Benutzerdefinierte Daten 1", *TOP[9:]]  # fmt: skip
    german = table(row(118000001, "08.03.2026 13:30:00", "T1", "4", "9"), top=top)
    account = Account(tz="Europe/Berlin", questions=OWN.questions, scales=OWN.scales)
    reading = read_tables(german, account)
    assert scores(reading) == [("T1", "csat", 4, (1, 5)), ("T1", "nps", 9, (0, 10))]
    assert reading.events[0].at == datetime(2026, 3, 8, 12, 30, tzinfo=UTC)


def test_anonymous_exports_have_fewer_columns():
    top = [*TOP[:4], "ticket_id", *TOP[9:]]
    rows = [["118000001", "415", "", "03/28/2026 01:30 PM", "T1", "4", ""]]
    reading = read_tables(table(*rows, top=top, below=[""] * 5 + BELOW[9:]), OWN)
    assert reading.events == ()
    named = Account(tz=OWN.tz, questions=OWN.questions, scales=OWN.scales, ticket="ticket_id")
    assert scores(read_tables(table(*rows, top=top, below=[""] * 5 + BELOW[9:]), named)) == [
        ("T1", "csat", 4, (1, 5))
    ]


@pytest.mark.parametrize(
    ("stamp", "order", "read_as"),
    [
        ("03/08/2026 01:30:00 PM", "mdy", (2026, 3, 8, 13, 30)),
        ("03/08/2026 12:30:00 AM", "mdy", (2026, 3, 8, 0, 30)),
        ("03/08/2026 12:30:00 PM", "mdy", (2026, 3, 8, 12, 30)),
        ("8/3/26 13:30", "dmy", (2026, 3, 8, 13, 30)),
        ("08.03.2026 13:30:00", "dmy", (2026, 3, 8, 13, 30)),
        ("2026-03-08 13:30:00", "mdy", (2026, 3, 8, 13, 30)),
        ("2026/03/08 13:30", "mdy", (2026, 3, 8, 13, 30)),
        ("2026/03/08 午後 1:30", "mdy", (2026, 3, 8, 13, 30)),
        ("2026. 3. 8. 오전 1:30:00", "mdy", (2026, 3, 8, 1, 30)),
        ("08/03/2026 01:30:00 p. m.", "dmy", (2026, 3, 8, 13, 30)),
        ("03/08/2026", "mdy", (2026, 3, 8, 0, 0)),
    ],
)
def test_stamps_of_all_languages(stamp, order, read_as):
    assert local_of(reading_of(stamp), order) == datetime(*read_as)


@pytest.mark.parametrize(
    "stamp", ["", "soon", "13:30", "03/08/2026 25:00", "03/08/2026 13:61", "03/08/2026 01:30 foo"]
)
def test_no_stamps(stamp):
    reading = reading_of(stamp)
    assert reading is None or local_of(reading, "mdy") is None


def test_a_date_that_there_is_not():
    assert local_of(reading_of("31/02/2026 10:00"), "dmy") is None


def test_the_order_of_day_and_month_shows_in_other_rows():
    rows = [
        row(118000001, "08/03/2026 13:30", "T1", "4"),
        row(118000002, "28/03/2026 9:00", "T2", "5"),
    ]
    first = read_tables(table(*rows), OWN).events[0]
    assert (first.at.month, first.at.day) == (3, 8)
    unclear = read_tables(table(rows[0]), OWN)
    assert codes(unclear) == {"date_order": 1}
    said = Account(tz=OWN.tz, questions=OWN.questions, scales=OWN.scales, dates="dmy")
    told = read_tables(table(rows[0]), said)
    assert (told.events[0].at.day, told.findings) == (8, ())


def test_clock_changes_are_found():
    rows = [
        row(118000001, "03/08/2026 02:30:00 AM", "T1", "4", begun="03/08/2026 01:30:00 AM"),
        row(118000002, "11/01/2026 01:30:00 AM", "T2", "4"),
        row(118000003, "03/28/2026 01:30:00 AM", "T3", "4"),
    ]
    reading = read_tables(table(*rows), OWN)
    at = {event.ticket_id: event.at for event in reading.events}
    assert at["T1"] == datetime(2026, 3, 8, 7, tzinfo=UTC)
    assert at["T2"] == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    lines = {found.code: found.lines for found in reading.findings}
    assert lines == {"clock_skipped": (3,), "over_clock_change": (3,), "clock_repeated": (4,)}


def test_two_respondents_without_an_id_are_two():
    ended = "03/28/2026 01:30 PM"
    rows = [row(native, ended, f"T{place}", "4") for place, native in enumerate([1180, "", ""])]
    reading = read_tables(table(*rows, rows[1]), OWN)
    assert [(event.ticket_id, event.actor) for event in reading.events] == [
        ("T1", None), ("T2", None), ("T0", "1180")
    ]  # fmt: skip


def test_a_stamp_at_an_end_of_the_calendar_is_none_of_a_clock_change():
    first = row(118000001, "03/28/2026 01:30 PM", "T1", "4", begun="0001-01-01T00:00:00Z")
    assert len(read_tables(table(first), OWN).events) == 1


def test_a_table_needs_a_zone_unless_its_stamps_say_one():
    account = Account(questions=OWN.questions, scales=OWN.scales)
    with pytest.raises(NaiveDatetime, match="tz"):
        read_tables(table(row(118000001, "03/28/2026 01:30 PM", "T1", "4")), account)
    aware = read_tables(table(row(118000001, "2026-03-28T10:00:00+01:00", "T1", "4")), OWN)
    assert aware.events[0].at == datetime(2026, 3, 28, 9, tzinfo=UTC)


def test_choices_by_their_text_and_what_stands_beside_them():
    top = [*TOP[:9], "How was it?", "", "What did you use?", "", ""]
    below = [""] * 9 + ["Response", "Other (please specify)", "Phone", "Mail", "Other"]
    account = Account(
        tz=OWN.tz, questions={"How was it?": "csat"}, choices={"Bad": 1, "Fair": 2, "Good": 3}
    )
    rows = [
        row(118000001, "03/28/2026 01:30 PM", "T1", "good", "", "Phone", "", "Geheim"),
        row(118000002, "03/28/2026 01:30 PM", "T2", "", "Geheim", "", "", ""),
        row(118000003, "03/28/2026 01:30 PM", "T3", "N/A", "", "", "", ""),
        row(118000004, "03/28/2026 01:30 PM", "T4", "Geheim", "", "", "", ""),
    ]
    reading = read_tables(table(*rows, top=top, below=below), account)
    assert scores(reading) == [("T1", "csat", 3, (1, 3))]
    assert reading.left_out == {
        "question What did you use?": 2, "other text": 1, "response without an answer": 1, "N/A": 1
    }  # fmt: skip
    assert codes(reading) == {"no_answer": 1, "no_weight": 1}
    assert "Geheim" not in whole(reading)


@pytest.mark.parametrize("key", ["Rate us/Overall", "overall"])
def test_rows_of_a_matrix_are_columns(key):
    top = [*TOP[:9], "Rate us", ""]
    below = [""] * 9 + ["Overall", "Speed"]
    account = Account(tz=OWN.tz, questions={key: "csat"}, scales={"csat": (1, 5)})
    rows = [row(118000001, "03/28/2026 01:30 PM", "T1", "4 - good", "2")]
    reading = read_tables(table(*rows, top=top, below=below), account)
    assert scores(reading) == [("T1", "csat", 4, (1, 5))]
    named = {"Rate us/Overall": {"row Rate us/Speed": 1}, "overall": {"question Rate us": 1}}
    assert reading.left_out == named[key]


@pytest.mark.parametrize(
    ("heading", "cells", "scale", "code"),
    [
        ("How easy, from 1 to 7?", ["5"], (1, 7), None),
        ("How easy?", ["5", "1"], (1, 5), "assumed_scale"),
        ("How easy?", ["5", "7"], None, "no_scale"),
    ],
)
def test_a_scale_is_said_shown_or_assumed(heading, cells, scale, code):
    top = [*TOP[:9], heading]
    rows = [
        row(118000001 + n, "03/28/2026 01:30 PM", f"T{n}", cell) for n, cell in enumerate(cells)
    ]
    account = Account(tz=OWN.tz, questions={heading: "ces"})
    reading = read_tables(table(*rows, top=top, below=BELOW[:10]), account)
    assert {event.scale for event in reading.events} == ({scale} if scale else set())
    assert set(codes(reading)) == ({code} if code else set())


def test_tables_overlap_and_the_later_end_holds():
    old = row(118000001, "03/28/2026 01:30 PM", "T1", "1")
    new = row(118000001, "03/28/2026 02:30 PM", "T1", "5")
    files = {"a.csv": table(old)["all.csv"], "b.csv": table(new, old)["all.csv"]}
    for each in (files, dict(reversed(files.items()))):
        assert [event.score for event in read_tables(each, OWN).events] == [5]


def test_what_is_no_table_of_responses_is_refused():
    for rows in ([["Question", "Answered"], ["Happy?", "7"], ["Sad?", "8"]], [], [["x"]],
                 [TOP, BELOW, ["Total"] * 11]):  # fmt: skip
        with pytest.raises(AdapterError, match="All responses data"):
            read_tables({"summary.csv": rows}, OWN)
    assert read_tables(table(), OWN).events == ()


def test_a_table_is_recognized_by_its_two_header_rows():
    rows = table(row(118000001, "03/28/2026 01:30 PM", "T1", "4"))["all.csv"]
    assert recognized_rows(rows)
    for other in ([], rows[:2], [rows[0], *rows[2:]], [["id", "at"], ["", ""], ["118000001", "x"]],
                  [[""] * 11, *rows[1:]]):  # fmt: skip
        assert recognized_rows(other) == ""


def test_a_bad_row_touches_no_other():
    rows = [row(118000001, "soon", "T1", "4", begun="03/28/2026 01:30 PM"),
            row(118000002, "03/28/2026 01:30 PM", "T2", "4"), ["118000003"]]  # fmt: skip
    reading = read_tables(table(*rows), OWN)
    assert [event.ticket_id for event in reading.events] == ["T2"]
    assert reading.incomplete
    assert codes(reading)["unreadable"] >= 1


def test_tables_broken_at_random_give_ratings_or_a_typed_error():
    rng = random.Random(3)  # noqa: S311 - the same tables for the same seed
    odd = (
        "",
        "Geheim",
        "\ud800",
        "9" * 40,
        "03/08/2026 01:30 PM",
        "31/31/2026",
        "\x00",
        "4",
        "-1",
    )
    for _ in range(400):
        rows = [row(118000001 + n, "03/28/2026 01:30 PM", f"T{n}", "4", "9") for n in range(3)]
        cells = deepcopy(table(*rows)["all.csv"])
        for _ in range(rng.randint(1, 6)):
            line = rng.choice(cells)
            if line and rng.random() < 0.8:
                line[rng.randrange(len(line))] = rng.choice(odd)
            elif line:
                del line[rng.randrange(len(line)) :]
        said = ""
        with suppress(AdapterError, NaiveDatetime), catch_warnings():
            simplefilter("ignore")
            try:
                reading = read_tables({"a.csv": cells}, OWN)
                assert all(isinstance(event, Rated) for event in reading.events)
                said = " ".join(found.example for found in reading.findings)
            except AdapterError as error:
                said = str(error)
        assert "Geheim" not in said


def test_files_of_both_forms(tmp_path):
    case = next(each for each in CASES if each.data["path"].suffix == ".csv")
    account = accounts.account(case.data["config"])
    once = read_files([case.data["path"]], "surveymonkey", account, lenient=True)
    twin = tmp_path / "again.csv"
    twin.write_bytes(case.data["path"].read_bytes())
    again = read_files([twin, case.data["path"]], "surveymonkey", account, lenient=True)
    assert once.events == again.events


# --- joined --------------------------------------------------------------------------------------


def begun(ticket, at, seq=1):
    fields = {"status": Status("new", "new")}
    return Created(ticket_id=ticket, at=at, role="customer", fields=fields, seq=seq)


AT = datetime(2026, 3, 28, 10, tzinfo=UTC)


def test_ratings_join_the_tickets_of_another_log():
    rows = [
        response("201", {"11": [answer("c4")]}, ticket="T1"),
        response("202", {"11": [answer("c5")]}, ticket="T1", at="2026-03-28T09:00:00+00:00"),
        response("203", {"11": [answer("c1")]}, ticket="T9"),
    ]
    ratings = read([SURVEY, page(*rows, total=9)], Account(questions=QUESTIONS))
    late = AT.replace(hour=11)
    events = (
        begun("T1", AT, 4), Message(ticket_id="T1", at=late, role="agent", public=True, seq=6),
        begun("T2", AT, 9),
    )  # fmt: skip
    log = EventLog(events=events, left_out={"comment": 2}, file="zendesk", rows=3)
    both = joined(log, ratings)
    assert [(e.ticket_id, e.type, e.seq) for e in both.events] == [
        ("T1", "created", 1), ("T1", "rated", 2), ("T1", "message", 3), ("T2", "created", 9),
    ]  # fmt: skip
    assert both.events[-1] is events[-1]
    assert both.findings[-1].tickets == ("T1", "T9")
    assert both.findings[-1].code == "not_in_log"
    assert (both.incomplete, both.file, both.left_out["comment"]) == ({}, "zendesk", 2)
    assert list(steps(both.logs()["T1"]))


def test_joining_nothing_changes_nothing():
    log = EventLog(events=(begun("T1", AT),))
    assert joined(log, EventLog(events=())) == log


# --- small parts ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "score"),
    [("5", 5), ("5 stars", 5), ("4,5", 4.5), ("10 - likely", 10), ("1st", None), ("", None),
     ("very", None), (True, None), (float("nan"), None), (float("inf"), None), (10**12, None),
     ("5. good", 5), ("-100", -100), ("★★", 2), (2.0, 2), ([], None), ("12345678901", None)],
)  # fmt: skip
def test_numbers_that_are_scores(value, score):
    assert score_of(value) == score


@pytest.mark.parametrize(
    ("heading", "scale"),
    [("From 1 to 5", (1, 5)), ("0-10: how likely?", (0, 10)), ("1 of 5, or 7", None),
     ("5 to 1", None), ("In 2026?", None), ("", None)],
)  # fmt: skip
def test_scales_in_the_text_of_a_question(heading, scale):
    assert asked_scale(heading) == scale


def test_whether_rows_are_named_is_told_once_for_a_question(monkeypatch):
    rows = {f"r{n}": f"row {n}" for n in range(100)}
    question = Question(native="11", heading="How was it?", rows=rows)
    ratings = Ratings(Account(questions={"12": "csat"}), Tally("surveymonkey"))
    seen = []
    text = _survey_answers.plain
    monkeypatch.setattr(_survey_answers, "plain", lambda each: seen.append(each) or text(each))
    assert {ratings.asked(question, row).kind for row in rows} == {None}
    assert len(seen) < 10 * len(rows)
