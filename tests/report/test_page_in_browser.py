"""The page in a browser: on a phone, on paper, by keyboard, and for readers of any ability.

Skipped without Playwright and Chromium; the check of accessibility also without axe-core.
"""

import shutil

import pytest
from report.made_sections import SECTIONS, TITLE

from support_model._cli import demo
from support_model._report.html_page import html_page
from support_model._report.wording import Wording
from support_model.adapters import table
from support_model.adapters.table import load
from support_model.calendars import BusinessCalendar
from support_model.report import make_report, page

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 800}
PAPER = {"width": 718, "height": 1000}
"""A4 without its margins, in pixels of style sheets."""
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="module")
def browser():
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright")
    path = shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("chromium")
    options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with playwright.sync_playwright() as started:
        chromium = started.chromium.launch(executable_path=path, args=options)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module", params=["demo", "made", "russian"])
def file(request, tmp_path_factory):
    if request.param == "demo":
        calendar = BusinessCalendar.weekly({"mon-fri": "08:00-18:00"}, tz=demo.TZ)
        made = make_report(table.read(demo.LOG, load(demo.MAPPING)), calendar=calendar)
        text = page(made)
    else:
        text = html_page(TITLE, SECTIONS, Wording("ru" if request.param == "russian" else "en"))
    path = tmp_path_factory.mktemp("page") / "page.html"
    path.write_text(text, "utf-8")
    return path.as_uri()


@pytest.fixture
def opened(browser, file):
    """Open the page in a window of its own, its console quiet."""
    contexts = []

    def window(size, **more):
        context = browser.new_context(viewport=size, bypass_csp=True, **more)
        contexts.append(context)
        tab = context.new_page()
        tab.on("console", lambda message: pytest.fail(message.text))
        tab.goto(file)
        return tab

    yield window
    for context in contexts:
        context.close()


def overflow(tab):
    return tab.evaluate("document.documentElement.scrollWidth - window.innerWidth")


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_against_it(opened, size, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-core")
    tab = opened(size, color_scheme=scheme)
    tab.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    tab.add_style_tag(content=".scroll { background: none !important }")  # a shadow at an edge
    options = {"runOnly": {"type": "tag", "values": RULES}}
    found = axe.Axe().run(tab, options=options)
    assert found.violations_count == 0, found.generate_report()
    assert len(found.response["passes"]) > 30


def test_a_phone_shows_a_picture_within_two_screens_and_nothing_overflows(opened):
    tab = opened(PHONE, is_mobile=True, has_touch=True)
    assert overflow(tab) == 0
    first = tab.evaluate(
        "Math.min(...[...document.querySelectorAll('svg')]"
        ".map(each => each.getBoundingClientRect().bottom))"
    )
    assert first < 2 * PHONE["height"]
    small = tab.evaluate(
        "[...document.querySelectorAll('nav a, summary')]"
        ".filter(each => each.getBoundingClientRect().height < 36).length"
    )
    assert small == 0


def test_paper_has_every_part_open_and_no_table_cut(opened):
    tab = opened(PAPER)
    tab.emulate_media(media="print")
    assert overflow(tab) <= 0
    wide = tab.evaluate(
        "[...document.querySelectorAll('table, svg, figure, li')].filter(each => "
        "each.getBoundingClientRect().right > document.documentElement.clientWidth + 1).length"
    )
    assert wide == 0
    shown = tab.evaluate(
        "[...document.querySelectorAll('details')].map(each => [each.open, "
        "each.querySelector('table, p, li').getBoundingClientRect().height > 0])"
    )
    assert shown
    assert all(not is_open and visible for is_open, visible in shown)
    assert not tab.is_visible("nav")


def test_the_keyboard_reaches_everything(opened):
    tab = opened(PHONE)
    tab.keyboard.press("Tab")
    skip = tab.evaluate(
        "[document.activeElement.className, document.activeElement.getBoundingClientRect().top]"
    )
    assert skip[0] == "skip"
    assert skip[1] >= 0
    tab.keyboard.press("Enter")
    assert tab.url.endswith("#report")
    marked = "getComputedStyle(document.activeElement).outlineStyle"
    seen = set()
    for _ in range(400):
        tab.keyboard.press("Tab")
        kind = tab.evaluate("document.activeElement.tagName")
        if kind == "BODY":
            break
        seen.add(kind)
        assert tab.evaluate(marked) != "none"
    assert {"DIV", "SUMMARY"} <= seen


def test_a_wide_table_is_scrolled_by_the_keyboard(opened):
    tab = opened(PHONE)
    wide = tab.locator(".scroll:not(:has(.stack))").first
    wide.focus()
    for _ in range(3):
        tab.keyboard.press("ArrowRight")
    tab.wait_for_function("document.activeElement.scrollLeft > 0")


def test_folded_parts_open_by_the_keyboard_and_by_links(opened):
    tab = opened(DESKTOP)
    name = tab.evaluate("document.querySelector('section:has(> details)').id")
    tab.locator(f"#{name} summary").focus()
    tab.keyboard.press("Enter")
    assert tab.evaluate(f"document.querySelector('#{name} details').open")
    link = tab.locator("th a[href^='#meaning'], h3 a[href^='#meaning']").first
    goal = link.get_attribute("href")
    tab.evaluate("document.querySelectorAll('details').forEach(each => each.open = false)")
    link.click()
    tab.wait_for_function(f"document.querySelector('{goal}').getBoundingClientRect().height > 0")
