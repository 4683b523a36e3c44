"""A picture of an evaluation is one harmless element that shows every clock."""

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from support_model.calendars import BusinessCalendar
from support_model.events import Changed, Created, Message
from support_model.patterns import Field, fact
from support_model.sla import METRICS, Metric, SlaPolicy, Target, evaluate
from support_model.vocabulary import Status

SVG = "{http://www.w3.org/2000/svg}"
AT = datetime(2026, 3, 24, 10, tzinfo=UTC)
HOURS = BusinessCalendar.weekly({"mon-fri": "09:00-12:00, 13:00-17:00"}, tz="Europe/Berlin")
HOUR = timedelta(hours=1)


def log(name="T1", end=AT + 30 * HOUR):
    new = {"status": Status("new", "new"), "group": "L1"}
    yield Created(ticket_id=name, at=AT, role="customer", fields=new)
    yield Message(ticket_id=name, at=AT + 2 * HOUR, role="agent", public=True)
    paused = {"status": Status("wait", "pending")}
    yield Changed(ticket_id=name, at=AT + 4 * HOUR, role="agent", fields=paused)
    work = {"status": Status("work", "open")}
    yield Changed(ticket_id=name, at=AT + 24 * HOUR, role="agent", fields=work)
    yield Message(ticket_id=name, at=end, role="customer", public=True)


def drawn(name="T1", policy="gold", as_of=AT + 31 * HOUR, metrics=(), within=5 * HOUR):
    targets = [
        Target(metric=metric, within=within, calendar=HOURS)
        for metric in (*METRICS.values(), *metrics)
        if metric.name != "promise"
    ]
    result = evaluate(log(name), SlaPolicy(name=policy, targets=targets), as_of=as_of)
    return result, result._repr_html_()


def test_it_is_well_formed_and_shows_every_clock():
    result, text = drawn()
    root = ET.fromstring(text)  # noqa: S314 - our own
    assert root.tag == f"{SVG}svg"
    words = " ".join(root.itertext())
    for clock in result.clocks:
        if clock.cycles:
            assert clock.metric.name.replace("_", " ") in words
            assert str(clock) in words
    assert "paused: wait" in words or "paused" in words
    titles = [title.text for title in root.iter(f"{SVG}title")]
    assert any(title.startswith("breached") for title in titles)
    assert any(title.startswith("due") for title in titles)


def test_a_breach_divides_what_was_counted():
    _, text = drawn(within=3 * HOUR)
    fills = [rect.get("fill") for rect in ET.fromstring(text).iter(f"{SVG}rect")]  # noqa: S314
    assert {"#2f6fb3", "#c8372d", "url(#sm-pause)"} <= {*fills}


@given(st.text(min_size=1), st.text(min_size=1))
def test_what_users_typed_stays_text(name, policy):
    hostile = Metric(name=f"<b>{name}", start=Field("event").is_("created"), stop=fact("replied"))
    _, text = drawn(f'"><script>{name}', f"]]>{policy}", metrics=[hostile])
    assert "<script" not in text
    assert "<b>" not in text
    # control characters are no XML, but browsers show them as nothing
    plain = "".join(c for c in text if c >= " " and not 0xD800 <= ord(c) <= 0xDFFF)
    plain = "".join(c for c in plain if ord(c) not in (0xFFFE, 0xFFFF))
    tags = {element.tag.removeprefix(SVG) for element in ET.fromstring(plain).iter()}  # noqa: S314
    assert tags <= {"svg", "defs", "pattern", "rect", "text", "title", "line", "path", "circle"}


@given(st.timedeltas(timedelta(0), timedelta(days=3000)))
def test_everything_lies_inside_the_frame(length):
    _, text = drawn(as_of=AT + length)
    root = ET.fromstring(text)  # noqa: S314 - our own
    width = float(root.get("viewBox").split()[2])
    for element in root.iter(f"{SVG}rect"):
        assert float(element.get("x", 0)) + float(element.get("width")) <= width + 1
    ticks = [line for line in root.iter(f"{SVG}line") if not line.get("stroke-dasharray")]
    assert len(ticks) <= 12
    assert len(text) < 300_000


def test_without_clocks_it_says_so():
    result = evaluate(log("<T1>"), [], as_of=AT)
    assert result._repr_html_() == "<p>&lt;T1&gt;: no clocks</p>"
