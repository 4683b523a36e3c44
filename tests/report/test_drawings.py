"""The small drawings of a page: true to their numbers, inside their edges, safe, and small."""

import math
import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from support_model._report.drawings import Series, bar, chart, heat, plain_number, sparkline
from support_model.errors import InvalidValue

SVG = "{http://www.w3.org/2000/svg}"
NUMBERS = st.floats(-1e15, 1e15, allow_nan=False)
VALUES = st.lists(st.none() | NUMBERS, max_size=40)
COUNTS = st.lists(st.none() | st.integers(0, 400), min_size=1, max_size=60)
TEXTS = st.text(max_size=30)
LOOKS = ["line", "dots", "thin", "area"]
DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
HOURS = ["0", *[""] * 5, "6", *[""] * 5, "12", *[""] * 5, "18", *[""] * 5]
HOSTILE = "<script>alert(1)</script> & \"'\x00\x1b\ud800]]>"
STEP = re.compile(r"([MlhHvVLz])([^MlhHvVLz]*)")


def points_of(path):
    """Walk a path: the absolute points it passes, one list for each time the pen is set down."""
    found, x, y = [], 0, 0
    for command, text in STEP.findall(path):
        given = [int(number) for number in re.findall(r"-?\d+", text)]
        if command == "M":
            (x, y), run = given, []
            found.append(run)
            run.append((x, y))
        elif command in "lL":
            for a, b in zip(given[::2], given[1::2], strict=True):
                x, y = (x + a, y + b) if command == "l" else (a, b)
                found[-1].append((x, y))
        elif command != "z":
            [to] = given
            moved = {"h": (x + to, y), "v": (x, y + to), "H": (to, y), "V": (x, to)}
            x, y = moved[command]
            found[-1].append((x, y))
    return found


def element(text):
    """Parse one drawing, which is read as its title and refers to nothing."""
    root = ET.fromstring(text)  # noqa: S314 - made by the test
    assert root.tag == f"{SVG}svg"
    assert root.get("role") == "img"
    assert root[0].tag == f"{SVG}title"
    tags = {node.tag.removeprefix(SVG) for node in root.iter()}
    assert tags <= {"svg", "title", "g", "path", "rect", "circle", "text"}
    assert not re.search(r"url\(|href|\bid=|\bon\w+=", re.sub(r">[^<]*<", "><", text))
    return root


def everywhere(root):
    """All points that a drawing touches; those of texts too."""
    for node in root.iter():
        kind = node.tag.removeprefix(SVG)
        if kind == "path":
            yield from (point for run in points_of(node.get("d")) for point in run)
        elif kind == "rect":
            x, y, width, height = (int(node.get(key)) for key in ("x", "y", "width", "height"))
            assert min(width, height) >= 0
            yield from ((x, y), (x + width, y + height))
        elif kind == "circle":
            yield int(node.get("cx")), int(node.get("cy"))
        elif kind == "text":
            yield int(node.get("x")), int(node.get("y"))


def inside(root):
    _, _, width, height = map(int, root.get("viewBox").split())
    return all(0 <= x <= width and 0 <= y <= height for x, y in everywhere(root))


def runs(values):
    """The values between gaps, with their places."""
    found = [[]]
    for place, value in enumerate(values):
        if value is None:
            found.append([])
        else:
            found[-1].append((place, value))
    return [run for run in found if run]


@given(VALUES, st.booleans(), st.none() | st.tuples(NUMBERS, NUMBERS), TEXTS)
def test_a_sparkline_stays_inside_its_edges(values, running, band, title):
    root = element(sparkline(values, title=title, last_incomplete=running, band=band))
    assert inside(root)


@given(st.lists(VALUES, min_size=1, max_size=3), st.data())
def test_a_chart_stays_inside_its_edges(several, data):
    size = len(several[0])
    series = [
        Series(
            name=data.draw(TEXTS),
            values=(*values, *[None] * size)[:size],
            look=data.draw(st.sampled_from(LOOKS)),
            limits=data.draw(
                st.just(())
                | st.lists(st.none() | st.tuples(NUMBERS, NUMBERS), min_size=size, max_size=size)
            ),
            marks=dict.fromkeys(range(0, size, 5), "bad"),
        )
        for values in several
    ]
    labels = data.draw(st.lists(TEXTS, min_size=size, max_size=size))
    places = st.integers(0, max(size - 1, 0))
    periods = [sorted(data.draw(st.tuples(places, places)))]
    drawn = chart(labels, series, title="a", tail=1, periods=periods, since=0)
    assert inside(element(drawn))


@given(COUNTS)
def test_a_line_is_broken_at_gaps_and_nowhere_else(values):
    path = element(sparkline(values, title="a")).find(f"{SVG}path")
    drawn = [] if path is None else points_of(path.get("d"))
    assert len(drawn) == len(runs(values))
    for points, run in zip(drawn, runs(values), strict=True):
        assert points[0][0] <= points[-1][0]
        assert (len(run) == 1) == (points[0][0] == points[-1][0])


@given(st.lists(st.integers(0, 40), min_size=2, max_size=40))
def test_heights_are_proportional_to_values(values):
    assume(len(set(values)) > 1)
    [points] = points_of(element(sparkline(values, title="a")).find(f"{SVG}path").get("d"))
    at, low, high = dict(points), min(values), max(values)
    for place, value in enumerate(values):
        x = 40 + round(1120 * place / (len(values) - 1))
        wanted = 240 - 200 * (value - low) / (high - low)
        if x in at:
            assert abs(at[x] - wanted) <= 0.5
        else:  # left out between two neighbors of the same height
            assert values[place - 1] == value == values[place + 1]


def test_two_series_by_hand():
    """Scale 0 to 4 in steps of 1: the plot is 1,200 high below the names at 250."""
    drawn = chart(["a", "b", "c"], [Series(name="x", values=(0, 4, 2))], title="t")
    paths = [points_of(node.get("d")) for node in element(drawn).iter(f"{SVG}path")]
    left = 74 + 80
    width = 4000 - left - 80
    assert [[(left, 1450), (left + width // 2, 250), (left + width, 850)]] in paths
    texts = [node.text for node in element(drawn).iter(f"{SVG}text")]
    assert texts == ["0", "1", "2", "3", "4", "x", "a", "b", "c"]


@pytest.mark.parametrize("values", [(3, 4, 2), (3, None, 2), (2,)])
def test_an_incomplete_last_value_is_hollow_and_reached_by_dashes(values):
    def parts(drawn):
        root = element(drawn)
        [dot] = root.iter(f"{SVG}circle")
        dashed = [node for node in root.iter(f"{SVG}path") if node.get("stroke-dasharray")]
        return "paper" in dot.get("fill"), len(dashed), (dot.get("cx"), dot.get("cy"))

    joined = len(values) > 1 and values[-2] is not None
    complete = parts(sparkline(values, title="a"))
    running = parts(sparkline(values, title="a", last_incomplete=True))
    assert complete == (False, 0, complete[2])
    assert running == (True, int(joined), complete[2])
    series = [Series(name="", values=values)]
    assert parts(chart("abc"[: len(values)], series, title="a", tail=1))[:2] == (
        True,
        int(joined),
    )


def test_the_whole_tail_of_a_chart_is_dashed():
    values = (3, 4, 5, 1, None, 1, 0)
    drawn = element(chart("abcdefg", [Series(name="", values=values)], title="a", tail=4))
    dashed = [node for node in drawn.iter(f"{SVG}path") if node.get("stroke-dasharray")]
    (tail,) = [node.get("d") for node in dashed if node.get("stroke-dasharray") == "30 30"]
    assert tail.count("M") == 2  # from the last full value, and behind the gap
    assert "paper" in [*drawn.iter(f"{SVG}circle")][-1].get("fill")


def test_no_dot_where_the_last_value_is_missing():
    values = (3, 4, None)
    series = [Series(name="", values=values)]
    assert "<circle" not in sparkline(values, title="a", last_incomplete=True)
    assert "<circle" not in chart("abc", series, title="a", tail=1)


@given(st.lists(st.lists(st.none() | st.integers(0, 90), min_size=24, max_size=24), max_size=7))
def test_cells_are_as_strong_as_their_values(rows):
    drawn = element(heat(rows, names=DAYS[: len(rows)], columns=HOURS, title="a"))
    assert inside(drawn)
    left = 80 + 74 * (3 if rows else 0)
    width = (4000 - left) // 24
    shown = {}
    for node in drawn.iter(f"{SVG}path"):
        for (x, y), (end, _) in points_of(node.get("d")):
            row = (y - 75) // 150
            if row < len(rows):
                for cell in range(x, end, width):
                    shown[row, (cell - left) // width] = float(node.get("stroke-opacity"))
    most = max((value or 0 for row in rows for value in row), default=0)
    for place, row in enumerate(rows):
        for hour, value in enumerate(row):
            wanted = math.ceil(5 * value / most) / 5 if value else None
            assert shown.get((place, hour)) == wanted


@given(NUMBERS, st.tuples(NUMBERS, NUMBERS), st.floats(-1e9, 0), st.floats(1, 1e9))
def test_a_bar_stays_inside_its_cell(value, interval, least, most):
    drawn = element(bar(value, least=least, most=most, interval=interval, title="a"))
    [box] = drawn.iter(f"{SVG}rect")
    assert int(box.get("x")) <= 960
    assert all(0 <= x <= 970 for x, _ in everywhere(drawn))


def test_bars_by_hand():
    def box(*args, **options):
        found = element(bar(*args, title="a", **options)).find(f"{SVG}rect")
        return None if found is None else (int(found.get("x")), int(found.get("width")))

    assert box(0.25, most=1) == (0, 240)
    assert box(2, most=1) == (0, 960)
    assert box(-0.5, most=1, least=-1) == (240, 240)
    assert box(None, most=1) is None
    assert box(0, most=1) == (0, 10)  # a zero is seen, unlike what is missing


@example([1e-09])
@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=5))
def test_the_numbers_of_a_scale_are_few_and_hold_all_values(values):
    drawn = chart("abcde"[: len(values)], [Series(name="", values=values)], title="a")
    words = [node.text for node in element(drawn).iter(f"{SVG}text")][: -len(values)]
    numbers = [float(word.replace(",", "")) for word in words if word not in "abcde"]
    assert 2 <= len(numbers) <= 6
    assert numbers == sorted(numbers)
    assert len(set(words)) == len(words)


def test_every_text_is_escaped_and_without_what_xml_cannot_hold():
    def number(_):
        return HOSTILE

    series = [Series(name=HOSTILE, values=(1,))]
    drawn = [
        sparkline([1], title=HOSTILE),
        bar(1, most=2, title=HOSTILE),
        chart([HOSTILE], series, title=HOSTILE, number=number),
        heat([[1]], names=[HOSTILE], columns=[HOSTILE], title=HOSTILE, number=number),
    ]
    for text in drawn:
        texts = [node.text for node in element(text).iter() if node.text]
        assert set(texts) == {HOSTILE.translate(dict.fromkeys([0, 0x1B, 0xD800], "\ufffd"))}


def test_half_a_year_of_weeks_is_small():
    weeks = [100 + (place * 37) % 50 for place in range(26)]
    grid = [[(day * 7 + hour * 5) % 11 for hour in range(24)] for day in range(7)]
    labels = [f"{place} Mar" for place in range(26)]
    both = [Series(name="Created", values=weeks), Series(name="Solved", values=weeks[::-1])]
    assert len(sparkline(weeks, title="Created", last_incomplete=True)) < 700
    assert len(bar(0.5, most=1, interval=(0.4, 0.6), title="50 %")) < 400
    assert len(chart(labels, both, title="Weeks", tail=1)) < 3000
    assert len(heat(grid, names=DAYS, columns=HOURS, title="Arrivals")) < 3000


REFUSED = {
    "no number": lambda: sparkline([math.nan], title="a"),
    "too large": lambda: sparkline([1e16], title="a"),
    "tone": lambda: sparkline([1], title="a", tone="red"),
    "no room": lambda: bar(1, most=0, title="a"),
    "no zero": lambda: bar(1, most=3, least=1, title="a"),
    "look": lambda: Series(name="a", values=(1,), look="pie"),
    "tone of a series": lambda: Series(name="a", values=(1,), tone="red"),
    "limits": lambda: Series(name="a", values=(1,), limits=((0, 1), (0, 1))),
    "endless limit": lambda: Series(name="a", values=(1,), limits=((0, math.inf),)),
    "mark": lambda: Series(name="a", values=(1,), marks={1: "bad"}),
    "labels": lambda: chart(["a"], [Series(name="b", values=(1, 2))], title="a"),
    "rows": lambda: heat([[1]], names=[], columns=["a"], title="a"),
    "below zero": lambda: heat([[-1]], names=["a"], columns=["a"], title="a"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_drawn_is_refused(what):
    with pytest.raises(InvalidValue):
        REFUSED[what]()


def test_plain_numbers():
    assert [plain_number(value) for value in (0.0, 1234567, 0.125, 0.1 + 0.2)] == [
        "0",
        "1,234,567",
        "0.125",
        "0.3",
    ]
