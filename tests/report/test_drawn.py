"""The pictures of a section have their words in the language of the reader."""

from datetime import date
from xml.etree import ElementTree as ET

from support_model._report.blocks import Chart, Drawing, Heat, Line, says
from support_model._report.drawn import drawn
from support_model._report.wording import Wording

TITLE = says("table_shares")


def texts(svg):
    return [each.text for each in ET.fromstring(svg).iter() if each.text]  # noqa: S314 - our own


def chart(**more):
    line = Line(name=says("column_share"), values=(1200, None, 7))
    days = tuple(date(2026, 3, day) for day in (2, 9, 16))
    return Chart(key="k", title=TITLE, caption=TITLE, labels=days, lines=(line,), **more)


def test_a_chart_names_its_lines_and_days_in_the_language():
    english, russian = (texts(drawn(chart(), Wording(each))) for each in ("en", "ru"))
    assert {"Share", "2026-03-02", "How many"} <= {*english}
    assert {"Доля", "02.03.2026", "Сколько обращений"} <= {*russian}


def test_a_chart_of_shares_writes_percent():
    part = chart(kind="share")
    assert any("%" in text for text in texts(drawn(part, Wording())))


def test_an_incomplete_chart_is_drawn_otherwise():
    assert drawn(chart(incomplete=True), Wording()) != drawn(chart(), Wording())


def test_a_heat_strip_names_its_rows():
    strip = Heat(
        key="k", title=TITLE, caption=TITLE, names=(says("column_of"),), columns=("0", "1"),
        rows=((3.0, 1234.0),),
    )  # fmt: skip
    assert {"Из", "0", "1", "1\u00a0234"} <= {*texts(drawn(strip, Wording("ru")))}


def test_a_drawing_is_itself():
    picture = Drawing(key="k", svg="<svg/>", caption=TITLE)
    assert drawn(picture, Wording()) == "<svg/>"
