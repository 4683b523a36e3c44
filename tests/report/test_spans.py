"""Periods as people write them are whole local days, and nonsense is refused with a remedy."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support_model._report.spans import period_text
from support_model.errors import InvalidValue
from support_model.report import period

BERLIN = ZoneInfo("Europe/Berlin")
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("2026-03", "2026-03-01 to 2026-03-31"),
        ("2026-12", "2026-12-01 to 2026-12-31"),
        ("2024-02", "2024-02-01 to 2024-02-29"),
        ("2026-W01", "2025-12-29 to 2026-01-04"),
        ("2026-Q1", "2026-01-01 to 2026-03-31"),
        ("2026-Q4", "2026-10-01 to 2026-12-31"),
        ("2026", "2026-01-01 to 2026-12-31"),
        ("2026-03-02..2026-03-15", "2026-03-02 to 2026-03-15"),
        ("2026-03-02..2026-03-02", "2026-03-02"),
    ],
)
def test_periods(text, days):
    assert period_text(period(text, BERLIN)) == days


@given(st.dates(), st.integers(0, 400))
def test_dates_are_both_included(first, more):
    try:
        last = first + more * DAY
        last + 2 * DAY, first - DAY
    except OverflowError:
        return
    assert period_text(period(f"{first}..{last}", BERLIN)).split(" to ")[-1] == str(last)


@pytest.mark.parametrize(
    "text",
    ["", "march", "2026-13", "2026-00", "2026-W54", "2026-Q5", "26-03", "2026-3", "9999",
     "2026-03-15..2026-03-02", "2026-03-02..", "..2026-03-02", "2026-02-30..2026-03-02",
     "\u0662\u0660\u0662\u0666"],
)  # fmt: skip
def test_nonsense(text):
    with pytest.raises(InvalidValue, match="say 2026-03"):
        period(text, BERLIN)
