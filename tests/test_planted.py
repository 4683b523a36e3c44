"""A planted bug is there for a while, is noticed, and leaves nothing behind."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from planted import Bug, planted, replaced

from support_model import _time as instants

WHERE, WAS, NOW = "_time:micros_of", "return (amount", "return 7 + (amount"


@given(st.integers(0, 10**9))
def test_microseconds_are_counted(count):
    assert instants.micros_of(timedelta(microseconds=count)) == count


def test_an_hour_is_longer_than_a_minute():
    assert instants.micros_of(timedelta(hours=1)) > instants.micros_of(timedelta(minutes=1))


def test_what_is_planted_is_gone_afterwards():
    with planted(WHERE, WAS, NOW):
        assert instants.micros_of(timedelta(microseconds=1)) == 8
    assert instants.micros_of(timedelta(microseconds=1)) == 1


def test_a_bug_that_a_law_notices_passes():
    Bug(WHERE, WAS, NOW, test_microseconds_are_counted).must_be_caught()


def test_a_bug_that_nothing_notices_fails():
    with pytest.raises(pytest.fail.Exception, match="nothing notices this"):
        Bug(WHERE, WAS, NOW, test_an_hour_is_longer_than_a_minute).must_be_caught()


def test_a_text_that_is_not_there_is_told():
    with pytest.raises(AssertionError, match="stands 0 times in micros_of"):
        Bug(WHERE, "no such text", "", test_microseconds_are_counted).must_be_caught()


def test_a_value_is_replaced_and_put_back():
    before = instants.micros_of
    with replaced(instants, "micros_of", None):
        assert instants.micros_of is None
    assert instants.micros_of is before
