"""The agenda laws: windows tile, keys are unique and stable, changes are the difference."""

import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support_model.agenda import Agenda, Moment, changes
from support_model.errors import DuplicateKey, InvalidValue, NaiveDatetime
from support_model.reasons import Reason
from support_model.vocabulary import MomentKind

AT = datetime(2026, 10, 25, 0, tzinfo=UTC)
WHY = Reason.of("paused", name="lunch")
INSTANTS = st.integers(0, 8).map(lambda half_hours: AT + timedelta(minutes=30 * half_hours))


def moment(at, *key):
    return Moment(at=at, key=key, kind="warning", subject="T1", reason=WHY)


@st.composite
def agendas(draw, as_of=AT):
    keys = draw(st.lists(st.tuples(st.sampled_from(["T1", "T2"]), st.integers(0, 9)), unique=True))
    return Agenda([moment(draw(INSTANTS), *key) for key in keys], as_of=as_of)


@given(agenda=agendas(), cuts=st.lists(INSTANTS, min_size=1))
def test_the_union_over_consecutive_windows_is_the_whole_however_cut(agenda, cuts):
    edges = [AT - timedelta(days=1), *sorted(cuts), AT + timedelta(days=1)]
    parts = [agenda.between(*window) for window in pairwise(edges)]
    assert sum(parts, ()) == agenda.moments
    for (after, through), part in zip(pairwise(edges), parts, strict=True):
        assert all(after < one.at <= through for one in part)


@given(agenda=agendas(), at=INSTANTS)
def test_through_and_next_part_the_agenda(agenda, at):
    seen = Agenda(agenda, as_of=at)
    assert seen.through(at) == tuple(one for one in agenda if one.at <= at)
    later = [one.at for one in agenda if one.at > at]
    assert seen.next_at == min(later, default=None)


@given(one=agendas(), other=agendas())
def test_joining_is_commutative_and_keeps_everything_once(one, other):
    clash = any(a.key == b.key and a != b for a in one for b in other)
    if clash:
        with pytest.raises(DuplicateKey):
            one | other
    else:
        assert one | other == other | one
        assert set(one | other) == {*one, *other}
        assert (one | other).moments == tuple(sorted({*one, *other}, key=lambda m: (m.at, m.key)))


@given(one=agendas(), other=agendas())
def test_changes_are_exactly_the_difference(one, other):
    new, withdrawn = changes(one, other)
    assert {*one} - {*withdrawn} | {*new} == {*other}
    assert not {*new} & {*one}
    assert not {*withdrawn} & {*other}
    assert changes(one, one) == ((), ())
    assert changes(other, one) == (withdrawn, new)


@given(agenda=agendas())
def test_an_empty_agenda_adds_nothing(agenda):
    assert agenda | Agenda((), as_of=AT) == agenda


def test_a_moment_of_a_fold_is_the_same_in_every_zone():
    folded = datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=ZoneInfo("Europe/Berlin"))
    assert moment(folded, "T1") == moment(folded.astimezone(UTC), "T1")
    first = folded.replace(fold=0)
    assert [one.key for one in Agenda([moment(folded, "b"), moment(first, "a")], as_of=AT)] == [
        ("a",),
        ("b",),
    ]


def test_keys_of_numbers_and_text_have_an_order():
    both = [moment(AT, "T1", "x"), moment(AT, "T1", 2), moment(AT, "T1", 10)]
    assert [one.key[1] for one in Agenda(both, as_of=AT)] == [2, 10, "x"]


def test_what_is_no_agenda():
    with pytest.raises(DuplicateKey):
        Agenda([moment(AT, "T1"), moment(AT + timedelta(1), "T1")], as_of=AT)
    with pytest.raises(InvalidValue):
        Agenda((), as_of=AT) | Agenda((), as_of=AT + timedelta(1))
    with pytest.raises(NaiveDatetime):
        Agenda((), as_of=AT.replace(tzinfo=None))
    with pytest.raises(NaiveDatetime):
        moment(AT.replace(tzinfo=None), "T1")
    for key in ((), (None,), (True,), (1.5,)):
        with pytest.raises(InvalidValue):
            moment(AT, *key)


def test_a_kind_outside_the_list_is_refused_with_the_nearest():
    with pytest.raises(InvalidValue, match=r"unknown kind of moment: 'breached'.*'breach'"):
        Moment(at=AT, key=("T1",), kind="breached", subject="T1", reason=WHY)


def test_recipients_are_names():
    told = {"at": AT, "key": ("T1",), "kind": "notify", "subject": "T1", "reason": WHY}
    assert Moment(**told, recipients="ann").recipients == ("ann",)
    with pytest.raises(InvalidValue, match="named by text: 7"):
        Moment(**told, recipients=["ann", 7])


def test_the_reference_lists_every_kind():
    page = Path(__file__).parents[2] / "docs" / "reference" / "answers.md"
    table = page.read_text(encoding="utf-8").partition("## Moments")[2].partition("\n## ")[0]
    assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) == [*get_args(MomentKind)]
