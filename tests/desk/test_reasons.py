"""Every reason can be said, in both languages."""

import ast
from datetime import date
from pathlib import Path
from string import Formatter

import pytest

import support_model
from support_model.assignment.eligibility import CODES
from support_model.assignment.routing_rules import STRATEGIES
from support_model.calendars import BusinessCalendar
from support_model.lifecycle.subjects import TESTS
from support_model.reasons import ENGLISH, Reason, render
from support_model.reasons_ru import RUSSIAN

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
