"""The engine against its slow twin: every clock, cycle and moment, at the edges of the log."""

import pytest
from hypothesis import given, settings
from sla.differential import disagreements, drawn, first, meetings

from support_model._sla import clocks, cycles


@settings(max_examples=2 * settings.default.max_examples)
@given(meetings())
def test_engine_and_twin_agree(meeting):
    assert not disagreements(meeting)


@given(meetings(themes=()))
def test_engine_and_twin_agree_on_whatever_is_drawn(meeting):
    assert not disagreements(meeting, meeting[0].later)


@pytest.mark.parametrize(
    ("owner", "name", "wrong"),
    [
        (
            cycles,
            "measure_term",
            lambda right: lambda view, term: right(view, term._replace(carried=1)),
        ),
        (clocks, "_stop", lambda right: lambda count, at, now: right(count, at + 1, now)),
        (clocks, "_restore", lambda _: lambda *_: None),
    ],
)
def test_the_twin_notices_a_wrong_engine(owner, name, wrong, monkeypatch):
    monkeypatch.setattr(owner, name, wrong(getattr(owner, name)))

    assert any(first(meeting) for meeting in drawn(meetings(), 60))
