"""Every reason can be said, in both languages."""

import ast
import json
import re
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from http import HTTPStatus
from pathlib import Path
from string import Formatter
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

import support_model
from support_model import serde
from support_model._routing.checks import CODES
from support_model._routing.rules import STRATEGIES
from support_model.calendars import BusinessCalendar
from support_model.errors import InvalidValue, NaiveDatetime, UnknownName
from support_model.patterns import TESTS
from support_model.reasons import ENGLISH, Reason
from support_model.reasons_ru import RUSSIAN
from support_model.sla import METRICS
from support_model.vocabulary import Priority, Status

DAY = date(2026, 3, 2)
SOURCES = sorted(Path(support_model.__file__).parent.rglob("*.py"))


def parts(text):
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def codes_given():
    """The codes that the source makes reasons of, as far as they stand there as text."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            named = isinstance(node, ast.Call) and ast.unparse(node.func) == "Reason.of"
            if named and node.args and isinstance(node.args[0], ast.Constant):
                yield node.args[0].value


def test_every_code_has_an_english_sentence():
    assert {*codes_given()} - {*ENGLISH} == set()


def test_codes_that_are_put_together_have_their_sentences():
    tests = {f"{negated}{test}" for test in TESTS["any"] for negated in ("", "not_")}
    routing = {*CODES, *(f"by_{strategy}" for strategy in STRATEGIES)}
    assert {*ENGLISH} >= tests | routing | {
        "function",
        "not_function",
        *("sla_warning_before", "sla_warning_after"),
    }


def test_the_russian_catalogue_is_complete():
    assert RUSSIAN.keys() == ENGLISH.keys()


@pytest.mark.parametrize("code", RUSSIAN)
def test_a_translation_says_the_same_parameters(code):
    assert parts(RUSSIAN[code]) == parts(ENGLISH[code])


def test_a_reason_inside_a_reason_is_said_in_the_same_language():
    inner = Reason.of("holiday", name="Рождество")
    outer = Reason.of("calendar_finding", calendar="офис", finding=inner)
    assert outer.text(RUSSIAN) == "календарь «офис»: праздник: Рождество"
    assert str(outer) == "calendar 'офис': holiday: Рождество"


def test_an_explanation_in_russian():
    calendar = BusinessCalendar.weekly({"mon": "09:00-17:00"}, tz="Europe/Moscow")
    start = calendar.resolve(DAY, "08:00")
    text = calendar.explain(start, calendar.resolve(DAY, "10:00")).text(RUSSIAN)
    assert "вне часов работы" in text
    assert "часы работы по расписанию, понедельник" in text
    assert "Пн 02.03.2026 09:00" in text
    assert text.endswith("всего")


AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
TYPICAL = {
    "value": [("chat", "phone"), None, True, AT, 3],
    "found": [("chat",), None, AT, 2.5],
    "weekday": ["mon", "sun"],
    "metric": [*METRICS],
    "share": [Fraction(3, 4), 0.75],
}
LENGTHS = [timedelta(days=7), timedelta(minutes=90), "1h30m", "168h"]
INSTANTS = [AT, datetime(2026, 3, 2, 9, tzinfo=ZoneInfo("Europe/Berlin"))]
LENGTH_NAMES = {"within", "after", "rest", "least", "most", "worked", "total", "warning", "offset"}
INSTANT_NAMES = {"at", "since", "until", "start", "end"}
PROGRAM = re.compile(
    r"\d{12}|\w\(|days?, \d+:|\dT\d\d:|timedelta|datetime|Fraction|None|True|False"
    r"|first_response|\+00:00|[<>{}]|\(\s*'"
)


@pytest.mark.parametrize("language", [ENGLISH, RUSSIAN], ids=["English", "Russian"])
@pytest.mark.parametrize("code", ENGLISH)
def test_sentences_hold_no_program_values(code, language):
    names = sorted(parts(ENGLISH[code]))
    for turn in range(8):
        given = {}
        for name in names:
            kind = TYPICAL.get(name) or (
                LENGTHS if name in LENGTH_NAMES else INSTANTS if name in INSTANT_NAMES else ["x"]
            )
            given[name] = kind[turn % len(kind)]
        said = Reason.of(code, **given).text(language)
        found = PROGRAM.search(said)
        assert found is None or found[0] in language[code], said


def test_values_are_said_in_the_words_of_the_catalogue():
    late = Reason.of(
        "sla_breach",
        metric="first_response",
        target=Reason.of("target_time", within="1h30m"),
        policy="gold",
    )
    assert str(late) == "first response is breached: past 1h30m (gold)"
    assert late.text(RUSSIAN) == "«первый ответ»: срок нарушен, норматив: 1 ч 30 мин (gold)"
    weeks = Reason.of("too_late", within=timedelta(days=7))
    assert str(weeks) == "allowed within 168h only"
    expired = Reason.of("training_expired", person="ann", skill="sap", at=AT)
    assert str(expired) == "ann: sap ran out at Mon 2026-03-02 09:00 UTC"
    asked = Reason.of("not_in", field="channel", found=None, value=("chat", "web"))
    assert str(asked) == "channel is nothing, not one of 'chat', 'web'"


BERLIN = datetime(2026, 3, 26, 15, 20, tzinfo=ZoneInfo("Europe/Berlin"))


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (BERLIN, "2026-03-26T15:20:00+01:00[Europe/Berlin]"),
        (BERLIN.astimezone(UTC), "2026-03-26T14:20:00+00:00[UTC]"),
        (
            BERLIN.astimezone(timezone(timedelta(hours=-3, minutes=-30))),
            "2026-03-26T10:50:00-03:30[-03:30]",
        ),
        (DAY, "2026-03-02"),
        (timedelta(minutes=90), "1h30m"),
        (timedelta(seconds=-0.5), "-0.5s"),
        (Fraction(3, 4), 0.75),
        (Fraction(6, 3), 2),
        (Decimal("0.8"), 0.8),
        (frozenset({"b", "a"}), ("a", "b")),
        (["b", "a"], ("b", "a")),
        (HTTPStatus.OK, 200),
        (Status("awaiting vendor", "on_hold"), "awaiting vendor"),
        (Priority("urgent", 1), "urgent"),
        (None, None),
        (True, True),
    ],
)
def test_parameters_are_kept_as_json_has_them(given, kept):
    reason = Reason.of("x", value=given)
    assert reason["value"] == kept
    assert type(reason["value"]) is type(kept)
    assert Reason.of("x", value=kept) == reason


@pytest.mark.parametrize("given", [object(), float("nan"), float("inf"), {"a": 1}, b"x", 1j])
def test_what_json_cannot_hold_is_no_parameter(given):
    with pytest.raises(InvalidValue, match="no parameter of a reason"):
        Reason.of("x", value=given)


def test_an_instant_without_a_zone_is_no_parameter():
    with pytest.raises(NaiveDatetime):
        Reason.of("x", value=datetime(2026, 3, 2))


params = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
    | st.datetimes(timezones=st.timezones())
    | st.timedeltas(),
    lambda inner: st.lists(inner) | st.builds(lambda value: Reason.of("held", by=value), inner),
    max_leaves=5,
)
NAMES = st.sampled_from(["value", "within", "date", "metric", "share", "at"])


@given(st.dictionaries(NAMES, params))
def test_a_reason_reads_back_from_its_plain_form(given):
    reason = Reason.of("x", **given)
    written = json.loads(json.dumps(serde.answer_to_data(reason)))
    assert serde.answer_from_data("reason", written) == reason
    assert str(reason)


@pytest.mark.parametrize("name", ["ticket", "person", "status", "value", "agent", "at", "until"])
@pytest.mark.parametrize("given", ["1h", "90m", "2h30m", "2026-03-02", "mon", "resolution", "s"])
def test_a_name_is_never_taken_for_a_length_a_date_or_a_word(name, given):
    assert Reason.of("x", **{name: given}).text(RUSSIAN) == f"x {name}={given}"


@pytest.mark.parametrize("given", ["-", "h", "ann", "1d", "hours"])
def test_a_text_that_is_no_length_is_shown_as_it_is(given):
    assert Reason.of("too_late", within=given).text(RUSSIAN).endswith(given)


def test_an_instant_keeps_its_zone_also_where_the_machine_does_not_know_it():
    away = Reason.of("absent", until="2026-03-26T15:20:00+01:00[Mars/Olympus]")
    assert str(away) == "absent until Thu 2026-03-26 15:20 Mars/Olympus"
    odd = Reason.of("absent", until="2026-13-26T15:20:00+01:00[Europe/Berlin]")
    assert str(odd) == "absent until 2026-13-26T15:20:00+01:00[Europe/Berlin]"


@pytest.mark.parametrize(
    ("n", "said"),
    [
        (1, "1 рабочий день"),
        (2, "2 рабочих дня"),
        (4, "4 рабочих дня"),
        (5, "5 рабочих дней"),
        (11, "11 рабочих дней"),
        (12, "12 рабочих дней"),
        (21, "21 рабочий день"),
        (22, "22 рабочих дня"),
        (100, "100 рабочих дней"),
        (111, "111 рабочих дней"),
        (2.5, "2,5 рабочих дня"),
    ],
)
def test_words_agree_with_numbers_in_russian(n, said):
    assert Reason.of("working_days", n=n).text(RUSSIAN) == said


def test_words_agree_with_numbers_in_english():
    said = [str(Reason.of("working_days", n=n)) for n in (1, 2, 21)]
    assert said == ["1 working day", "2 working days", "21 working days"]


def test_a_sentence_that_asks_for_what_is_not_there_is_refused():
    with pytest.raises(UnknownName, match="did you mean 'name'"):
        Reason.of("holiday", name="Eid").text({"holiday": "Feiertag: {nam}"})
