"""The page of a whole report stands alone in every language, and the command writes it."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from report.made_sections import EVIL
from report.small_log import HEADER, MAPPING, ROWS
from report.test_html_page import Parsed

from support_model import __main__ as command
from support_model._cli import demo
from support_model._report import report
from support_model.adapters import table
from support_model.adapters.table import TableMapping, load
from support_model.calendars import BusinessCalendar
from support_model.report import Wording, page, period

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


def paged(log, language="en"):
    spans = period("2026-01-05..2026-02-01", UTC_ZONE), period("2026-02-02..2026-02-22", UTC_ZONE)
    made = report.make_report(log, by="channel", tz=UTC_ZONE, periods=spans)
    return page(made, Wording(language, UTC_ZONE))


@pytest.fixture(scope="module", params=["en", "ru"])
def evil(request, tmp_path_factory):
    return paged(log_of(tmp_path_factory.mktemp("evil"), name="<b>evil&.csv"), request.param)


def test_what_people_typed_is_text(evil):
    parsed = Parsed(evil)
    assert "\x1b" not in evil
    assert not parsed.named("script") + parsed.named("img") + parsed.named("b")
    for _, attributes in parsed.elements:
        assert not [name for name in attributes if name.startswith("on")]
    told = "".join(parsed.texts)
    assert "<b>evil&.csv" in told
    assert told.count(EVIL.replace("\x1b", "\\x1b")) > 5


def test_nothing_is_fetched_and_every_reference_leads_somewhere(evil):
    parsed = Parsed(evil)
    ids = [attributes["id"] for _, attributes in parsed.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {each["href"][1:] for each in parsed.named("a")} <= set(ids)
    labels = {each["aria-labelledby"] for _, each in parsed.elements if "aria-labelledby" in each}
    assert labels <= set(ids)
    assert set(re.findall(r"https?://[^\"' <]*", evil)) <= {"http://www.w3.org/2000/svg"}
    assert not [name for tag, _ in parsed.elements for name in ("script", "link") if tag == name]


def test_figures_lead_to_their_definitions(evil):
    parsed = Parsed(evil)
    meant = {each["id"] for each in parsed.named("tr") if "id" in each}
    used = {each["href"][1:] for each in parsed.named("a") if "#meaning" in each["href"]}
    assert len(meant) > 10
    assert used == meant


def test_what_is_read_first_comes_first(tmp_path):
    sections = re.findall(r'<section id="([^"]*)"', paged(log_of(tmp_path)))
    wanted = ["headlines", "changes", "volumes", "now", "whom", "figures", "notes", "definitions"]
    assert [each for each in sections if each in wanted] == wanted
    assert sections[:3] == ["headlines", "brief", "changes"]


def test_the_channel_that_got_slower_is_named(tmp_path):
    text = paged(log_of(tmp_path, word="chat"))
    items = text[text.index('<ol class="items">') : text.index("</ol>")]
    assert '<li class="bad">' in items
    assert "channel chat" in items


def test_the_same_report_gives_the_same_bytes(tmp_path):
    (tmp_path / "again").mkdir()
    assert paged(log_of(tmp_path)) == paged(log_of(tmp_path / "again"))


def test_absent_figures_have_a_reason_and_no_number(tmp_path):
    told = " ".join(Parsed(paged(log_of(tmp_path))).texts)
    for text in ("no event is a satisfaction rating", "Net promoter score",
                 "costs are in no ticket log", "Absent is not zero."):  # fmt: skip
        assert text in told


def test_a_log_of_two_tickets_and_an_empty_one_make_pages(small):
    for text in (HEADER + ROWS, HEADER):
        log = table.read(small(text), MAPPING, lenient=True)
        parsed = Parsed(page(report.make_report(log, by="group")))
        assert parsed.named("section")


def test_instants_are_told_in_the_zone_of_the_desk():
    log = table.read(demo.LOG, load(demo.MAPPING))
    made = report.make_report(log, calendar=BusinessCalendar.always(demo.TZ), hours="24/7")
    assert "2026-01-05 02:05" in page(made)
    assert "2026-01-05 01:05" in page(made, Wording(tz=UTC_ZONE))


def test_the_command_writes_it(tmp_path, capsys):
    path = tmp_path / "page.html"
    line = ["report", str(demo.LOG), "--mapping", str(demo.MAPPING), "--tz", demo.TZ]
    assert command.main([*line, "--hours", demo.HOURS, "--html", str(path)]) == 0
    out = capsys.readouterr().out
    assert "March 2026 against February 2026" in out
    assert "channel portal" in out
    assert path.read_text("utf-8").startswith("<!DOCTYPE html>")
    assert command.main([*line, "--compare", "2026-01", "2026-02"]) == 0
    assert "February 2026 against January 2026" in capsys.readouterr().out
    assert command.main([*line, "--html", str(tmp_path)]) == 2
    assert "the HTML file cannot be written" in capsys.readouterr().err
    assert command.main([*line[:4], "--compare", "2026-02", "2026-03"]) == 2
    assert "periods need the zone of their days" in capsys.readouterr().err
    assert command.main([*line, "--compare", "2026-02", "march"]) == 2
    assert "say 2026-03" in capsys.readouterr().err
