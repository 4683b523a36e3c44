"""A page of sections stands alone, escapes what people typed, and can be read by everybody."""

import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from report.made_sections import EVIL, HEADLINES, ITEMS, MEANINGS, SECTIONS, TITLE

from support_model._report.blocks import Column, Item, Section, Table, says
from support_model._report.html_page import html_page
from support_model._report.page_style import STYLE
from support_model._report.wording import Wording

VOID = {"meta", "br", "link", "img", "input", "hr"}


class Parsed(HTMLParser):
    """A page taken apart: elements, texts, and whether every element is closed in order."""

    def __init__(self, text):
        super().__init__()
        self.open, self.elements, self.texts, self.above = [], [], [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self.above.append(tuple(self.open))
        assert len(dict(attrs)) == len(attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self.above.append(tuple(self.open))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.texts.append(data)

    def named(self, tag):
        return [attrs for name, attrs in self.elements if name == tag]


def made(language="en"):
    return html_page(TITLE, SECTIONS, Wording(language))


@pytest.fixture(scope="module", params=["en", "ru"])
def text(request):
    return made(request.param)


def test_what_people_typed_is_text(text):
    parsed = Parsed(text)
    assert "\x1b" not in text
    assert not parsed.named("script") + parsed.named("img") + parsed.named("b")
    for _, attributes in parsed.elements:
        assert not [name for name in attributes if name.startswith("on")]
    told = "".join(parsed.texts)
    assert "<b>evil&.csv" in told
    assert told.count(EVIL.replace("\x1b", "\\x1b")) >= 3


def test_nothing_is_fetched_from_anywhere(text):
    parsed = Parsed(text)
    for tag, attributes in parsed.elements:
        assert tag not in {"script", "link", "iframe", "object", "embed", "base", "form"}
        for name, value in attributes.items():
            if name in {"href", "xlink:href"}:
                assert value.startswith("#")
            assert name not in {"src", "srcset", "action", "formaction", "data"}
            assert "url(http" not in (value or "")
    assert not re.findall(r"@import|url\(\s*['\"]?(?!#)", STYLE)
    policies = [each for each in parsed.named("meta") if "http-equiv" in each]
    assert policies[0]["content"].startswith("default-src 'none'")
    assert set(re.findall(r"https?://[^\"' <]*", text)) <= {"http://www.w3.org/2000/svg"}


def test_every_reference_leads_somewhere_and_no_name_stands_twice(text):
    parsed = Parsed(text)
    ids = [attributes["id"] for _, attributes in parsed.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    targets = [each["href"][1:] for each in parsed.named("a")]
    labels = [each["aria-labelledby"] for _, each in parsed.elements if "aria-labelledby" in each]
    assert targets
    assert labels
    assert {*targets, *labels} <= set(ids)


def test_it_is_made_for_phones_paper_and_the_dark(text):
    parsed = Parsed(text)
    (viewport,) = [each for each in parsed.named("meta") if each.get("name") == "viewport"]
    assert viewport["content"] == "width=device-width, initial-scale=1"
    for part in ("max-width: 600px", "prefers-color-scheme: dark", "@media print", "font: 1rem"):
        assert part in STYLE
    assert all("viewbox" in each for each in parsed.named("svg"))


def test_every_picture_has_a_name(text):
    parsed = Parsed(text)
    pictures = parsed.named("svg")
    assert len(pictures) == len(HEADLINES) + 2 + 2
    assert all(each.get("role") == "img" for each in pictures)
    assert len(parsed.named("title")) == 1 + len(pictures)


def test_its_parts_are_landmarks_with_headings_in_order():
    parsed = Parsed(made())
    assert parsed.named("html") == [{"lang": "en"}]
    assert Parsed(made("ru")).named("html") == [{"lang": "ru"}]
    for tag in ("main", "nav", "header", "h1"):
        assert len(parsed.named(tag)) == 1
    assert parsed.named("a")[0] == {"class": "skip", "href": "#report"}
    levels = [int(tag[1]) for tag, _ in parsed.elements if re.fullmatch(r"h\d", tag)]
    assert all(later - level <= 1 for level, later in pairwise(levels))
    sections = parsed.named("section")
    assert [each["id"] for each in sections] == [each.key for each in SECTIONS]
    links = [each["href"] for each in parsed.named("a") if "class" not in each]
    assert links[: len(SECTIONS)] == [f"#{each.key}" for each in SECTIONS]


def test_cells_of_tables_have_headings_and_wide_tables_take_the_keyboard(text):
    parsed = Parsed(text)
    scopes = [each.get("scope") for each in parsed.named("th")]
    assert set(scopes) == {"col", "row"}
    assert all("aria-labelledby" in each for each in parsed.named("table"))
    scrolled = [each for each in parsed.named("div") if "scroll" in each.get("class", "")]
    assert scrolled
    for each in scrolled:
        assert (each["tabindex"], each["role"]) == ("0", "group")
        assert each["aria-labelledby"]


def test_folded_sections_are_closed_and_their_headings_stay(text):
    parsed = Parsed(text)
    assert parsed.named("details") == [{}]
    above = [up for (tag, _), up in zip(parsed.elements, parsed.above, strict=True) if tag == "h2"]
    assert sum("summary" in each for each in above) == 1


def test_a_verdict_is_a_color_and_a_word():
    told = made()
    cards = re.findall(r'<li class="(bad|good)"><h3>(.*?)</li>', told)
    judged = [each for each in (*HEADLINES, *ITEMS) if each.verdict in {"worse", "better"}]
    assert len(cards) == len(judged)
    for tone, inside in cards:
        word = {"bad": "worse", "good": "better"}[tone]
        assert f'<span class="badge {tone}">{word}</span>' in inside
    rows = re.findall(r'<tr class="(\w+)">.*?<span class="badge (\w+)">(\w+)</span>', told)
    assert rows == [("bad", "bad", "worse"), ("good", "good", "better")]


def test_figures_lead_to_what_they_mean():
    parsed = Parsed(made())
    meant = [each["id"] for each in parsed.named("tr") if "id" in each]
    used = [each["href"][1:] for each in parsed.named("a") if "#meaning" in each["href"]]
    assert used == meant
    assert len(meant) == 2


def test_a_table_says_how_many_of_its_rows_are_shown():
    told = " ".join(Parsed(made()).texts)
    assert "The first 3 of 4 rows" in told
    assert "several words of a topic" not in told


def test_the_same_sections_give_the_same_bytes():
    assert made() == made()
    assert made() != made("ru")


def test_a_page_without_sections_is_a_page():
    parsed = Parsed(html_page(TITLE, (), Wording()))
    assert parsed.named("section") == []
    lone = Section(key='a b"<', title=says("column_of"), notes=(says("column_share"),))
    assert Parsed(html_page(TITLE, (lone,), Wording())).named("section")


def luminance(color):
    digits = color * 2 if len(color) == 3 else color
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    linear = [
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return sum(
        weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True)
    )


@pytest.mark.parametrize("place", [0, 1, 2])
def test_letters_stand_out_from_what_is_behind_them(place):
    """Light, dark and paper; 4.5 to 1 is what WCAG 2.1 AA asks of small letters."""
    screens = re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL)
    colors = dict(re.findall(r"--(\w+): #(\w+)", screens[place]))
    assert len(screens) == 3
    for ink in ("ink", "dim", "bad", "good", "link"):
        for paper in ("paper", "soft"):
            pair = sorted(luminance(colors[name]) for name in (ink, paper))
            assert (pair[1] + 0.05) / (pair[0] + 0.05) >= 4.5, (ink, paper)


def test_a_table_of_many_words_says_by_roles_what_a_phone_does_not_show():
    columns = tuple(
        Column(key=f"k{n}", title=says("column_of"), kind="word" if n < 4 else "count")
        for n in range(5)
    )
    rows = (("a", "b", "c", "<d>", 1), ("e", None, "", "h", 2))
    wide = Table(key="wide", title=says("column_share"), columns=columns, rows=rows)
    section = Section(key="s", title=TITLE, tables=(wide,))
    parsed = Parsed(html_page(TITLE, (section,), Wording()))
    (made,) = parsed.named("table")
    assert (made["class"], made["role"]) == ("stack", "table")
    assert [each["role"] for each in parsed.named("tr")] == ["row"] * 3
    cells = parsed.named("td")
    assert all((each["role"], each["data-label"]) == ("cell", "Of") for each in cells)
    roles = [each["role"] for each in parsed.named("th")]
    assert roles == ["columnheader"] * 5 + ["rowheader"] * 2
    assert not any("role" in each for each in Parsed(made_of(MEANINGS)).named("tr"))


def made_of(table):
    return html_page(TITLE, (Section(key="s", title=TITLE, tables=(table,)),), Wording())


def test_a_column_that_is_for_files_alone_is_not_shown():
    hidden = Column(key="key", title=says("column_share"), kind="word", shown=False)
    table = Table(
        key="t", title=says("column_of"), columns=(hidden, *MEANINGS.columns),
        rows=(("secret", "mail", "what comes"),),
    )  # fmt: skip
    told = made_of(table)
    assert "secret" not in told
    assert '<th scope="row">mail</th>' in told


@pytest.mark.parametrize("control", [*"\u061c\u200e\u200f", *map(chr, range(0x202A, 0x202F))])
def test_no_name_turns_the_text_beside_it(control):
    """Neither by a character that turns what follows, nor by letters from right to left."""
    turning, hebrew = f"{control}evil", "\u05d0\u05d1\u05d2 \u05d3"
    item = Item(
        title=says("word", word=hebrew), verdict="worse", sentences=(), series=(1.0, 2.0), since=1
    )
    table = Table(
        key="t",
        title=says("word", word=turning),
        columns=tuple(
            Column(key=name, title=says("word", word=name)) for name in (hebrew, turning)
        ),
        rows=((turning, 3), (hebrew, 4)),
    )
    lines = (says("changes_where", field="agent", value=name) for name in (turning, hebrew))
    section = Section(
        key="s", title=says("table_shares"), lines=(*lines,), items=(item,), tables=(table,)
    )
    page = html_page(says("word", word=turning), [section], Wording())
    assert control not in page
    assert f"\\u{ord(control):04x}evil" in page
    assert page.count(hebrew) == page.count(f"\u2068{hebrew}\u2069") >= 4
    assert f"<title>\u2068{hebrew}\u2069</title>" in page
