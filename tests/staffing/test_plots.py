"""What the pictures say: every slot in its place, every miss marked, nothing by color alone."""

import math
from datetime import timedelta
from fractions import Fraction

import pytest

pytest.importorskip("matplotlib")

from matplotlib.figure import Figure

from support_model._staffing.demand import VolumeProfile, WeekSlot
from support_model.errors import InvalidValue
from support_model.plots import draw_cover, draw_requirement, draw_service_level

HOUR = timedelta(hours=1)


def slot(weekday, hour):
    return WeekSlot(
        weekday=weekday,
        start=hour * HOUR,
        count=1,
        exposure=Fraction(1),
        mean=1.0,
        dispersion=None,
    )


PROFILE = VolumeProfile(
    step=HOUR, slots=(slot(0, 9), slot(0, 10), slot(6, 23)), outside=0, dispersion=None
)


@pytest.fixture
def ax():
    return Figure().subplots()


def steps(ax, label):
    (found,) = (patch for patch in ax.patches if patch.get_label() == label)
    values, edges, _ = found.get_data()
    return {
        edge: value for edge, value in zip(edges, values, strict=False) if not math.isnan(value)
    }


def labels(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def test_slots_stand_at_their_hours(ax):
    assert draw_requirement(ax, PROFILE, [3, 4, 5]) is ax
    assert steps(ax, "agents required") == {9: 3, 10: 4, 167: 5}
    assert [text.get_text() for text in ax.get_xticklabels()][:2] == ["Mon", "Tue"]
    assert labels(ax) == ["agents required"]


def test_a_week_may_begin_on_sunday(ax):
    draw_requirement(ax, PROFILE, [3, 4, 5], load=[1.5, 2, 2.5], first_day=6)
    assert steps(ax, "agents required") == {33: 3, 34: 4, 23: 5}
    assert steps(ax, "load, erlangs") == {33: 1.5, 34: 2, 23: 2.5}
    assert ax.get_xticklabels()[0].get_text() == "Sun"


def test_too_few_are_hatched(ax):
    draw_cover(ax, PROFILE, [3, 4, 5], [3, 2, 6])
    assert steps(ax, "agents there") == {9: 3, 10: 2, 167: 6}
    assert steps(ax, "too few") == {9: 3, 10: 4, 167: 6}
    (short,) = (patch for patch in ax.patches if patch.get_label() == "too few")
    assert short.get_hatch()
    assert [base for base in short.get_data().baseline if not math.isnan(base)] == [3, 2, 6]
    enough = Figure().subplots()
    draw_cover(enough, PROFILE, [3, 4, 5], [3, 4, 5])
    assert labels(enough) == ["agents there", "agents required"]


def test_missed_promises_are_marked(ax):
    draw_service_level(ax, PROFILE, [0.8, 0.79, 1.0], promised=0.8)
    (marks,) = (line for line in ax.lines if line.get_marker() == "x")
    assert marks.get_xydata().tolist() == [[10.5, 0.79]]
    assert labels(ax) == ["service level", "promised", "below the promise"]
    kept = Figure().subplots()
    draw_service_level(kept, PROFILE, [0.8, 0.8, 1.0], promised=0.8)
    assert labels(kept) == ["service level", "promised"]


def test_bad_pictures(ax):
    with pytest.raises(InvalidValue, match="3 slots"):
        draw_requirement(ax, PROFILE, [1, 2])
    with pytest.raises(InvalidValue, match="weekday"):
        draw_cover(ax, PROFILE, [1] * 3, [1] * 3, first_day=7)
