"""Cells and sentences in words: lengths, ranges, numbers, dates, lists, in both languages."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support_model._report.blocks import Bounds, OpenTime, Said, Withheld, says
from support_model._report.units import LENGTHS, LITTLE, digits, fits, scaled, unit_for
from support_model._report.wording import Wording
from support_model.errors import InvalidValue, UnknownName
from support_model.reasons import Reason

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
ENGLISH, RUSSIAN = Wording(), Wording("ru", ZoneInfo("Europe/Berlin"))
NBSP = "\u00a0"


def test_lengths_in_words():
    every = [0 * HOUR, 29 * SECOND, 59.6 * SECOND, 30 * MINUTE, 59.6 * MINUTE, HOUR, 47.9 * HOUR]
    assert [ENGLISH.cell(each) for each in every] == [
        "0", "29 s", "1 min", "30 min", "1.0 h", "1.0 h", "47.9 h",
    ]  # fmt: skip
    assert [ENGLISH.cell(each * DAY) for each in (2, 7, 67.4, -3)] == [
        "2.0 days", "7.0 days", "67.4 days", "-3.0 days",
    ]  # fmt: skip
    assert [RUSSIAN.cell(each) for each in (5 * SECOND, 90 * MINUTE, 7 * DAY, 1000 * DAY)] == [
        "5 с", "1,5 ч", "7,0 дн.", f"1{NBSP}000,0 дн.",  # noqa: RUF001
    ]  # fmt: skip


def test_open_time_is_told_in_working_days():
    assert ENGLISH.cell(OpenTime(47 * HOUR, 10 * HOUR)) == "47.0 h"
    assert ENGLISH.cell(OpenTime(48 * HOUR, 10 * HOUR)) == "4.8 working days"
    assert RUSSIAN.cell(OpenTime(48 * HOUR, 8 * HOUR)) == "6,0 раб. дн."  # noqa: RUF001
    assert ENGLISH.cell(OpenTime(48 * HOUR, 0 * HOUR)) == "2.0 days"  # no day is known


def test_terms_are_told_exactly():
    terms = [
        8 * HOUR,
        90 * MINUTE,
        DAY,
        36 * HOUR,
        7 * DAY,
        49 * HOUR,
        0.5 * SECOND,
        0 * HOUR,
        -HOUR,
    ]
    assert [ENGLISH.cell(each, "term") for each in terms] == [
        "8 h", "1 h 30 min", "24 h", "36 h", "7 days", "49 h", "0.5 s", "0", "-1 h",
    ]  # fmt: skip
    assert [RUSSIAN.cell(each * DAY, "term") for each in (2, 5, 21, 22)] == [
        "2 дня", "5 дней", "21 день", "22 дня",
    ]  # fmt: skip


@given(st.integers(1, 10**13).map(lambda n: timedelta(microseconds=n)))
def test_a_length_is_told_to_half_of_its_last_place(length):
    number, unit = ENGLISH.cell(length).split(" ")
    scale, decimals = next((scale, decimals) for name, scale, _, decimals in LENGTHS
                           if name[0] == unit[0] and (name != "min" or unit == "min"))  # fmt: skip
    told = float(number.replace(",", "")) * scale
    assert abs(told - length) <= scale * 0.5 / 10**decimals + timedelta(microseconds=1)
    assert unit != "days" or length >= 48 * HOUR
    assert "0:00" not in number


def test_ranges_say_the_unit_once():
    cases = {
        "27.1 to 37.9 h": Bounds(27.1 * HOUR, 37.9 * HOUR),
        "20 to 24 min": Bounds(20 * MINUTE, 24 * MINUTE),
        "0.8 to 1.2 h": Bounds(48 * MINUTE, 72 * MINUTE),
        "1.9 to 2.1 days": Bounds(46 * HOUR, 50 * HOUR),
        "20 min to 3.0 days": Bounds(20 * MINUTE, 72 * HOUR),
        "up to 3.0 h": Bounds(None, 3 * HOUR),
        "3.0 h or more": Bounds(3 * HOUR, None),
        "-": Bounds(None, None),
        "4.7 to 4.9 working days": Bounds(OpenTime(47 * HOUR, DAY * 5 / 12),
                                          OpenTime(49 * HOUR, DAY * 5 / 12)),
    }  # fmt: skip
    assert {ENGLISH.cell(bounds): bounds for bounds in cases.values()} == cases
    assert ENGLISH.cell(Bounds(0.081, 0.093), "share") == "8.1 to 9.3%"
    assert ENGLISH.cell(Bounds(-0.08, 0.01), "points") == "-8.0 to +1.0 pt"
    assert RUSSIAN.cell(Bounds(0.081, 0.093), "share") == "от 8,1 до 9,3 %"
    assert ENGLISH.cell(Bounds(date(2026, 3, 2), date(2026, 3, 9))) == "2026-03-02 to 2026-03-09"


def test_numbers_and_dates():
    at = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert [ENGLISH.cell(each) for each in (1234567, 0.0123, 1.5, True, None, Withheld(5))] == [
        "1,234,567", "0.012", "1.50", "yes", "-", "too few (under 5)",
    ]  # fmt: skip
    assert [RUSSIAN.cell(each) for each in (1234567, 0.0123, False)] == [
        f"1{NBSP}234{NBSP}567", "0,012", "нет",
    ]  # fmt: skip
    assert (RUSSIAN.cell(0.5, "share"), ENGLISH.cell(0.1, "change")) == ("50,0 %", "+10%")
    assert (ENGLISH.cell(at), RUSSIAN.cell(at)) == ("2026-03-29 01:30", "29.03.2026 03:30")
    assert (ENGLISH.cell(at, "day"), RUSSIAN.cell(at.date())) == ("2026-03-29", "29.03.2026")


def test_lists_and_plurals_in_sentences():
    named = says("listed", names=("a", "b, c", "d"))
    assert ENGLISH.say(named) == "a; b, c; d"
    lacking = says("note_clocks_untold_statuses", metrics=("a", "b"), n=2)
    assert "so a and b cannot be computed and are left out" in ENGLISH.say(lacking)
    assert "поэтому a и b не вычислить, показатели не показаны" in RUSSIAN.say(lacking)
    assert ENGLISH.say(says("sentences", all=(named, says("yes")))) == "a; b, c; d yes"
    texts = [RUSSIAN.say(says("read_size", tickets=n, rows=n)) for n in (1, 2, 5, 11, 21, 22, 112)]
    assert [text.split()[1] for text in texts] == [
        "обращение", "обращения", "обращений", "обращений", "обращение", "обращения", "обращений",
    ]  # fmt: skip


def test_a_short_form_ends_a_sentence_with_its_own_point():
    assert RUSSIAN.say(says("note_clocks_lint", finding="7,0 дн.")).endswith("дн.")
    assert not RUSSIAN.say(says("note_clocks_lint", finding="7,0 дн.")).endswith("..")


def test_a_reason_is_said_in_the_language():
    reason = Reason.of("holiday", name="x")
    assert (ENGLISH.cell(reason), RUSSIAN.cell(reason)) == ("holiday: x", "праздник: x")


def test_what_is_not_there_is_refused():
    with pytest.raises(UnknownName, match="no sentence of reports"):
        ENGLISH.say(Said("nonesuch"))
    with pytest.raises(UnknownName, match="no parameter"):
        ENGLISH.say(says("listed"))
    with pytest.raises(InvalidValue, match="no language of reports"):
        Wording("de")


def test_what_is_compared_in_a_sentence_is_told_in_one_unit():
    levels = says("changes_levels", before=26 * HOUR, after=4 * DAY)
    assert ENGLISH.say(levels) == "1.1 days before, 4.0 days since"
    levels = says("changes_levels", before=20 * MINUTE, after=3 * HOUR)
    assert ENGLISH.say(levels) == "0.33 h before, 3.0 h since"
    levels = says("changes_levels", before=6 * MINUTE, after=6 * DAY)
    assert ENGLISH.say(levels) == "6 min before, 6.0 days since"  # 0.004 days would say nothing
    day = 10 * HOUR
    levels = says("changes_levels", before=OpenTime(5 * HOUR, day), after=OpenTime(50 * HOUR, day))
    assert ENGLISH.say(levels) == "0.5 working days before, 5.0 working days since"


@given(st.lists(st.integers(1, 10**13).map(lambda n: timedelta(microseconds=n)), min_size=2))
def test_lengths_that_stand_together_are_told_in_one_unit_as_far_as_it_tells_them(lengths):
    unit = unit_for(lengths)
    word = ENGLISH.cell(2 * next(row[1] for row in LENGTHS if row[0] == unit), "", unit)
    for length in lengths:
        number, own = ENGLISH.cell(length, "", unit).split(" ")
        if fits(length, unit):
            assert own == word.split(" ")[1]
            scale = next(row[1] for row in LENGTHS if row[0] == unit)
            told = float(number.replace(",", "")) * scale
            place = scale / 10 ** digits(scaled(length, unit), unit)
            assert abs(told - length) <= 0.5 * place + timedelta(microseconds=1)
        else:
            assert f"{number} {own}" == ENGLISH.cell(length)
    assert 2 * sum(scaled(each, unit) >= LITTLE for each in lengths) >= len(lengths) or unit == "s"
