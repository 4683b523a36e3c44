"""Every reason can be said, in both languages."""

import ast
import re
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from string import Formatter
from zoneinfo import ZoneInfo

import pytest

import support_model
from support_model._routing.checks import CODES
from support_model._routing.rules import STRATEGIES
from support_model.calendars import BusinessCalendar
from support_model.patterns import TESTS
from support_model.reasons import ENGLISH, Reason, render
from support_model.reasons_ru import RUSSIAN
from support_model.sla import METRICS

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
        *("target_days", "target_end_of_day"),
    }


def test_the_russian_catalogue_is_complete():
    assert RUSSIAN.keys() == ENGLISH.keys()


@pytest.mark.parametrize("code", RUSSIAN)
def test_a_translation_says_the_same_parameters(code):
    assert parts(RUSSIAN[code]) == parts(ENGLISH[code])


def test_a_reason_inside_a_reason_is_said_in_the_same_language():
    inner = Reason.of("holiday", name="Рождество")
    outer = Reason.of("calendar_finding", calendar="офис", finding=inner)
    assert render(outer, RUSSIAN) == "календарь 'офис': праздник: Рождество"
    assert str(outer) == "calendar 'офис': holiday: Рождество"


def test_an_explanation_in_russian():
    calendar = BusinessCalendar.weekly({"mon": "09:00-17:00"}, tz="Europe/Moscow")
    start = calendar.resolve(DAY, "08:00")
    text = calendar.explain(start, calendar.resolve(DAY, "10:00")).text(RUSSIAN)
    assert "вне часов работы" in text
    assert "часы работы по расписанию недели, понедельник" in text
    assert "Пн 2026-03-02 09:00" in text
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
INSTANTS = [AT, AT.isoformat(), datetime(2026, 3, 2, 9, tzinfo=ZoneInfo("Europe/Berlin"))]
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
        said = render(Reason.of(code, **given), language)
        found = PROGRAM.search(said)
        assert found is None or found[0] in language[code], said


def test_values_are_said_in_the_words_of_the_catalogue():
    late = Reason.of("sla_breach", metric="first_response", target="1h30m", policy="gold")
    assert str(late) == "first response is breached: past 1h30m (gold)"
    assert render(late, RUSSIAN) == "«первый ответ»: нарушен срок 1 ч 30 мин (gold)"
    weeks = Reason.of("too_late", within=timedelta(days=7))
    assert str(weeks) == "allowed within 168h only"
    expired = Reason.of("training_expired", person="ann", skill="sap", at=AT.isoformat())
    assert str(expired) == "ann: sap ran out at Mon 2026-03-02 09:00 UTC"
    asked = Reason.of("not_in", field="channel", found=None, value=("chat", "web"))
    assert str(asked) == "channel is nothing, not one of 'chat', 'web'"
