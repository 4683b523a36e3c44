"""The page stands alone, escapes what people typed, and a stranger finds the answers first."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from report.small_log import HEADER, MAPPING, ROWS
from report.test_html_page import Parsed

from support_model import __main__ as command
from support_model._cli import demo
from support_model._report import pictures, report
from support_model.adapters import table
from support_model.adapters.table import TableMapping, load
from support_model.calendars import BusinessCalendar
from support_model.errors import MissingExtra
from support_model.report import compare_periods, page, period

pytest.importorskip("matplotlib")

EVIL = "<script>alert(1)</script>\"'&<img src=x onerror=alert(2)>$x^2$\x1b[2J"
UTC_ZONE = ZoneInfo("UTC")


def log_of(tmp_path, word=EVIL, name="log.csv"):
    """Write eight weeks of two channels, one of which gets slower; read it."""
    start = datetime(2026, 1, 5, tzinfo=UTC)
    quoted = '"' + word.replace('"', '""') + '"'
    lines = ["ticket,at,status,team,channel\n"]
    for number in range(320):
        at = start + timedelta(hours=4 * number)
        hours = 2 + number % 7 + (30 if number >= 180 and number % 2 else 0)
        channel = quoted if number % 2 else "mail"
        team = f"{quoted}" if number % 3 else "desk"
        for moment, status in ((at, "New"), (at + timedelta(hours=hours), "Done")):
            lines.append(f"{number},{moment.isoformat()},{status},{team},{channel}\n")
    path = tmp_path / name
    path.write_text("".join(lines), encoding="utf-8", newline="\n")
    mapping = TableMapping(
        name="evil", title=word, ticket="ticket", at="at", status=("status",), group="team",
        channel="channel", categories={"New": "new", "Done": "solved"},
    )  # fmt: skip
    return table.read(path, mapping)


def reported(log, by="channel"):
    made = report.make_report(log, by=by)
    spans = period("2026-01-05..2026-02-01", UTC_ZONE), period("2026-02-02..2026-02-22", UTC_ZONE)
    return made, compare_periods(made, *spans, tz=UTC_ZONE)


def paged(made, comparison):
    return page(made, comparison=comparison)


@pytest.fixture(scope="module")
def evil(tmp_path_factory):
    name = "<b>evil&.csv"
    return paged(*reported(log_of(tmp_path_factory.mktemp("evil"), name=name)))


def test_what_people_typed_is_text(evil):
    parsed = Parsed(evil)
    assert "\x1b" not in evil
    assert not parsed.named("script") + parsed.named("img") + parsed.named("b")
    for _, attributes in parsed.elements:
        assert not [name for name in attributes if name.startswith("on")]
    told = "".join(parsed.texts)
    for text in (
        "<b>evil&.csv",
        "channel <script>alert(1)</script>\"'&<img src=x onerror=alert(2)>",
    ):
        assert text in told
    assert "\\x1b[2J" in told


def test_nothing_is_fetched_from_anywhere(evil):
    parsed = Parsed(evil)
    for tag, attributes in parsed.elements:
        assert tag not in {"script", "link", "iframe", "object", "embed", "base", "form"}
        for name, value in attributes.items():
            if name in {"href", "xlink:href"}:
                assert value.startswith("#")
            assert name not in {"src", "srcset", "action", "formaction", "data"}
            assert "url(http" not in (value or "")
    policies = [each for each in parsed.named("meta") if "http-equiv" in each]
    assert policies[0]["content"].startswith("default-src 'none'")
    names = {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    assert set(re.findall(r"https?://[^\"' <]*", evil)) <= names


def test_every_anchor_leads_somewhere_and_no_name_stands_twice(evil):
    parsed = Parsed(evil)
    ids = [attributes["id"] for _, attributes in parsed.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    targets = [each["href"][1:] for each in parsed.named("a")]
    assert targets
    assert set(targets) <= set(ids)
    used = re.findall(r"url\(#([^)]*)\)", evil)
    assert set(used) <= set(ids)


def test_rows_that_really_changed_are_marked(evil):
    section = evil[evil.index('<section id="old-changes">') :]
    section = section[: section.index("</section>")]
    marked = re.findall(r'<tr class="(\w+)">(.*?)</tr>', section)
    assert marked
    for mark, row in marked:
        assert f"really {'worse' if mark == 'bad' else 'better'}" in row
    assert section.count("really worse") == sum(mark == "bad" for mark, _ in marked)
    assert "may be chance" in section
    verdicts = re.findall(r'data-label="Verdict">([^<,]*)', section)
    order = ["really worse", "really better", "really different", "may be chance"]
    assert [order.index(each) for each in verdicts] == sorted(map(order.index, verdicts))


def test_the_weeks_say_what_is_in_them(evil):
    parsed = Parsed(evil)
    captions = [text for text in parsed.texts if "by week of creation" in text]
    assert captions
    for caption in captions:
        assert "the two periods shaded" in caption
        assert ("A triangle marks" in caption) != ("No week is beyond" in caption)


def test_the_answers_come_first(evil):
    told = " ".join(" ".join(Parsed(evil).texts).split())
    places = [
        told.index(text)
        for text in ("What got worse", "Look at this first", "Until resolved", "Median", "Real: p",
                     "For whom", "Not the mix", "Since the week of 2026-0", "Week by week")
    ]  # fmt: skip
    headings = told.index("Look at this first")
    assert places[1] == headings
    after = told[headings:]
    order = [after.index(text) for text in ("Until resolved", "Real: p", "For whom", "Not the mix",
                                            "Since the week of", "Week by week")]  # fmt: skip
    assert order == sorted(order)


def test_the_same_report_gives_the_same_bytes(evil, tmp_path):
    again = paged(*reported(log_of(tmp_path, name="<b>evil&.csv")))
    assert again == evil


def test_absent_figures_have_a_reason_and_no_number(evil):
    told = " ".join(Parsed(evil).texts)
    for text in ("no event is a satisfaction rating", "Net promoter score",
                 "costs are in no ticket log", "Absent is not zero."):  # fmt: skip
        assert text in told


def test_nothing_got_worse_is_said():
    log = table.read(demo.LOG, load(demo.MAPPING))
    made = report.make_report(log, calendar=BusinessCalendar.always(demo.TZ), hours="24/7")
    tz = ZoneInfo(demo.TZ)
    found = compare_periods(made, period("2026-01", tz), period("2026-02", tz), tz=tz)
    assert found.worse == ()
    told = "".join(Parsed(page(made, comparison=found)).texts)
    assert "February 2026 against January 2026: nothing really got worse." in told
    assert "Tickets created by hour of the week, on the clock of Europe/Berlin." in told


def test_a_log_of_two_tickets_and_an_empty_one_make_pages(small):
    for text in (HEADER + ROWS, HEADER):
        log = table.read(small(text), MAPPING, lenient=True)
        parsed = Parsed(page(report.make_report(log, by="group")))
        assert "What got worse" not in parsed.texts


def test_without_matplotlib_it_says_what_to_install(small, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "support_model.plots", None)
    monkeypatch.delattr("support_model.plots", raising=False)
    made = report.make_report(table.read(small(), MAPPING))
    with pytest.raises(MissingExtra, match="plots"):
        list(pictures.overview(made, UTC_ZONE))


def test_the_command_writes_it(tmp_path, capsys):
    path = tmp_path / "page.html"
    line = ["report", str(demo.LOG), "--mapping", str(demo.MAPPING), "--tz", demo.TZ]
    compared = ["--compare", "2026-02", "2026-03", "--hours", demo.HOURS]
    assert command.main([*line, *compared, "--html", str(path)]) == 0
    out = capsys.readouterr().out
    assert "What got worse" in out
    assert "channel portal" in out
    assert path.read_text("utf-8").startswith("<!DOCTYPE html>")
    assert command.main([*line, "--html", str(tmp_path)]) == 2
    assert "the HTML file cannot be written" in capsys.readouterr().err
    assert command.main([*line[:4], "--compare", "2026-02", "2026-03"]) == 2
    assert "periods need the zone of their days" in capsys.readouterr().err
    assert command.main([*line, "--compare", "2026-02", "march"]) == 2
    assert "say 2026-03" in capsys.readouterr().err
