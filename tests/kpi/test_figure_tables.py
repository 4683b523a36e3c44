"""Figures in a notebook: what a reader sees, and that nothing typed gets out of its cell."""

import json
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from support_model import kpi
from support_model._kpi.sla import Compliance
from support_model._statistics.sketches import Sketch
from support_model.errors import InvalidValue
from support_model.figures import Distribution, Rate, Share, suppress
from support_model.serde import answer_from_data, answer_to_data
from support_model.summaries import Lifetimes, summarize

HOUR = timedelta(hours=1)
SHARE = Share(
    key="met", definition="on time", numerator=5, n=270, excluded={"solved_without_reply": 1200}
)
TIMES = Distribution.of(
    [HOUR * n for n in range(1, 41)], key="took", clock="business", definition="how long"
)
RATE = Rate(
    key="moves",
    definition="moves per ticket",
    numerator=9,
    denominator=4,
    n=4,
    squares=25,
    method="normal",
)


class Cells(HTMLParser):
    """The table as (heading, text) pairs, and every tag that occurs."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.texts, self.tags = [], set()

    def handle_starttag(self, tag, attrs):
        assert not attrs
        self.tags.add(tag)
        if tag in {"th", "td", "caption"}:
            self.texts.append("")

    def handle_data(self, data):
        self.texts[-1] += data


def read(figure):
    cells = Cells()
    cells.feed(figure._repr_html_())
    cells.close()
    assert cells.tags == {"table", "caption", "tr", "th", "td"}
    caption, *texts = cells.texts
    return caption, list(zip(texts[::2], texts[1::2], strict=True))


def test_a_share():
    assert read(SHARE) == (
        "met",
        [
            ("share", "1.9 %"),
            ("interval", "0.8 % to 4.3 % (wilson, level 0.95)"),
            ("how many", "5 of 270"),
            ("left out", "1,200 solved without reply"),
            ("definition", "on time"),
        ],
    )


def test_a_rate():
    assert read(RATE)[1] == [
        ("rate", "2.25"),
        ("interval", "1.01688 to 3.48312 (normal, level 0.95)"),
        ("sums", "9 per 4"),
        ("how many", "4"),
        ("definition", "moves per ticket"),
    ]


def test_times():
    assert read(TIMES)[1] == [
        ("mean", "20:30:00"),
        ("median", "20:30:00"),
        ("interval", "14:00:00 to 27:00:00 (order statistics, level 0.95)"),
        ("90th percentile", "36:06:00"),
        ("interval", "32:00:00 to 40:00:00 (order statistics, level 0.95)"),
        ("clock", "business"),
        ("how many", "40"),
        ("definition", "how long"),
    ]


def test_compliance():
    found = Compliance(metric="<resolution>", unit="ticket_last", met=3, missed=1, undecided=2)
    caption, rows = read(found)
    assert caption == "<resolution>"
    assert rows == [
        ("share", "75.0 %"),
        ("interval", "30.1 % to 95.4 % (wilson, level 0.95)"),
        ("met", "3"),
        ("missed", "1"),
        ("running late", "0"),
        ("undecided", "2"),
        ("cancelled", "0"),
        ("no contact", "0"),
        ("no target", "0"),
        ("unit", "ticket last"),
    ]
    assert read(Compliance(metric="m", unit="cycle"))[1][0] == ("share", "not defined")


def test_topics():
    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    names = ["<vpn>"] * 3 + ["mail"]
    facts = [
        kpi.Facts(ticket_id=str(i), as_of=noon, created=noon, fields={"topic": name},
                  history=((noon, "open"),))
        for i, name in enumerate(names)
    ]  # fmt: skip
    week = timedelta(weeks=1)
    found = kpi.top_topics(facts, current=(noon, noon + week), previous=(noon - week, noon))
    cells = Cells()
    cells.feed(found._repr_html_())
    assert cells.tags == {"table", "caption", "tr", "th", "td"}
    first, second = cells.texts[9:17], cells.texts[17:]
    share = "75.0 %"
    assert first == ["<vpn>", "3", share, "30.1 % to 95.4 % (wilson, level 0.95)", share, "", "",
                     "new"]  # fmt: skip
    assert (second[0], second[4]) == ("mail", "100.0 %")
    moved = kpi.top_topics(
        [*facts, evolve(facts[3], created=noon - week)],
        current=(noon, noon + week),
        previous=(noon - week, noon),
    )
    cells = Cells()
    cells.feed(moved._repr_html_())
    assert cells.texts[14] == "+75.0 points"


def test_nothing_is_not_zero_and_withheld_says_so():
    nothing = Share(key="met", definition="d", numerator=0, n=0)
    assert read(nothing)[1][:2] == [("share", "not defined"), ("how many", "0 of 0")]
    assert read(evolve(TIMES, micros=()))[1][0] == ("mean", "not defined")
    assert read(evolve(RATE, denominator=0))[1][0] == ("rate", "not defined")
    for figure in (SHARE, RATE, TIMES, summarize(TIMES)):
        (_, value), *_ = read(evolve(figure, min_n=figure.n + 1))[1]
        assert value == "withheld: too few"


def test_a_side_that_is_open_is_named():
    few = evolve(TIMES, micros=TIMES.micros[:20])
    rows = read(few)[1]
    assert rows[4] == ("interval", "15:00:00 to unknown (order statistics, level 0.95)")


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1))
def test_nothing_typed_gets_out_of_its_cell(typed):
    for hostile in (typed, f"<script>{typed}</script>", f'" onload="{typed}', f"&lt;{typed}"):
        for figure in (SHARE, RATE, TIMES, summarize(TIMES)):
            caption, rows = read(evolve(figure, key=hostile, definition=hostile))
            assert caption == hostile
            assert rows[-1] == ("definition", hostile)


durations = st.lists(st.integers(0, 10**12), min_size=1, max_size=60)


@given(durations, st.sampled_from([0.1, 0.5, 0.9]))
def test_a_summary_bounds_quantiles_as_its_figure_does(micros, q):
    figure = evolve(TIMES, micros=micros, level=0.9)
    rough = summarize(figure)
    assert rough.level == 0.9
    for exact, found in zip(figure.interval(q), rough.interval(q), strict=True):
        assert (exact is None) is (found is None)
        if exact is not None:
            assert abs(found - exact) <= exact * 0.005 + timedelta(microseconds=1)


def test_what_is_withheld_stays_so_in_a_summary():
    few = summarize(suppress(TIMES, 41))
    assert (few.mean, few.quantile(0.5), few.interval(0.5)) == (None, None, (None, None))
    assert answer_from_data("figure", answer_to_data(few)) == few
    assert (few + few).mean == TIMES.mean
    with pytest.raises(InvalidValue, match="another min_n"):
        few + summarize(TIMES)
    with pytest.raises(InvalidValue, match="another level"):
        summarize(TIMES) + summarize(evolve(TIMES, level=0.9))


@given(durations)
def test_a_sketch_keeps_the_order_of_its_values(micros):
    found = Sketch.of(micros).values_at(*range(len(micros)))
    for rough, exact in zip(found, sorted(micros), strict=True):
        assert abs(rough - exact) <= 0.005 * exact * (1 + 1e-9)
    assert list(found) == sorted(found)
    for place in (-1, len(micros)):
        with pytest.raises(InvalidValue, match="no value at this place"):
            Sketch.of(micros).values_at(place)


LIVES = Lifetimes.of([2, 3, 5, 8], [True, False, True, True], key="lives", definition="d")
junk = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.floats()
    | st.sampled_from(["", "1/0", "x"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.just("a"), inner, max_size=1),
    max_leaves=3,
)


def paths(data, path=()):
    yield path
    if isinstance(data, dict | list):
        for key in data if isinstance(data, dict) else range(len(data)):
            yield from paths(data[key], (*path, key))


@pytest.mark.parametrize("figure", [SHARE, RATE, summarize(TIMES), LIVES])
@given(data=st.data())
def test_damaged_files_of_figures_are_refused_or_read(figure, data):
    """Nothing but InvalidValue comes out, and what is read can be asked and written again."""
    told = json.loads(json.dumps(answer_to_data(figure)))
    *above, last = data.draw(st.sampled_from([path for path in paths(told) if path]))
    place = told
    for step in above:
        place = place[step]
    place[last] = data.draw(junk)
    try:
        found = answer_from_data("figure", told)
    except InvalidValue:
        return
    again = answer_from_data("figure", json.loads(json.dumps(answer_to_data(found))))
    assert again == found
    found + found
    if hasattr(found, "curve"):
        found.curve().quantile(0.5)
    else:
        found._repr_html_()
