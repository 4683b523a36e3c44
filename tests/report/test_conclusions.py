"""What a report says of changes agrees with the values that it says it of."""

from datetime import date, timedelta
from itertools import product

import pytest
from attrs import evolve

from support_model._cli import demo, report_commands
from support_model._cli.log_commands import read
from support_model._report.conclusions import told
from support_model._report.wording import Wording
from support_model.changes import Change, Changes, Level

MEASURES = (
    *("created", "backlog", "first_response", "next_response", "resolution", "reopened"),
    *("handed_back", "escalated", "satisfied", "status_time", "void", "closing_delay"),
)
TIMES = {"first_response", "next_response", "resolution", "status_time", "closing_delay"}
MONDAY = date(2026, 3, 2)
UP = {
    "en": ("longer", "More", "more", "grows", "later"),
    "ru": ("дольше", "ольше", "растёт", "позже"),
}
DOWN = {
    "en": ("sooner", "Fewer", "shrinks", "shorter"),
    "ru": ("раньше", "быстрее", "еньше", "сокращается"),
}


def level(measure, value):
    if measure in TIMES:
        return Level(value=timedelta(hours=value), n=50)
    return Level(
        value=value / 10 if measure not in {"created", "backlog", "void"} else value, n=50
    )


def change(measure="resolution", ratio=2.0, **more):
    return Change(
        **{
            "measure": measure,
            "where": (("channel", "chat <b>"),),
            "verdict": "worse",
            "since": MONDAY,
            "since_low": MONDAY,
            "since_high": MONDAY + timedelta(days=7),
            "lasting": True,
            "recent": True,
            "before": level(measure, 2.0),
            "after": level(measure, 2.0 * ratio),
            "ratio": ratio,
            "ratio_low": ratio * 0.8,
            "ratio_high": ratio * 1.2,
            "p": 0.00001,
            "p_adjusted": 0.0004,
            "tickets": 21,
            "examples": ("T1", "T2"),
        }
        | more
    )


@pytest.fixture(scope="module")
def made():
    plan = report_commands.bundled(None)
    return report_commands.reported(read([demo.LOG], plan.source), plan)


def changes(made, *items, **more):
    own = made.changes
    return Changes(
        **{
            "before": own.before, "after": own.after, "weeks": own.weeks, "looks": 400,
            "level": 0.05, "items": items,
        }
        | more
    )  # fmt: skip


def said(made, *items, language="en", **more):
    """The title of each item and all of the section's text."""
    section, wording = told(changes(made, *items, **more), made), Wording(language)
    titles = [wording.say(item.title) for item in section.items]
    lines = [*section.lines, *section.notes]
    lines += [line for item in section.items for line in item.sentences]
    return titles, " ".join(map(wording.say, lines)), section


@pytest.mark.parametrize(("measure", "language"), [*product(MEASURES, ("en", "ru"))])
def test_the_title_says_which_way_it_went_and_for_whom(made, measure, language):
    for ratio, words in ((2.0, UP), (0.5, DOWN)):
        (title,), text, _ = said(made, change(measure, ratio), language=language)
        assert any(word in title for word in words[language]), title
        assert "chat <b>" in title
        assert "chat <b>" in text


@pytest.mark.parametrize("language", ["en", "ru"])
def test_the_first_sentence_is_about_what_is_new(made, language):
    old = change(recent=False, where=(("group", "Archive"),))
    new = change("first_response", where=(("channel", "phone"),))
    _, _, section = said(made, old, new, language=language)
    first, second = map(Wording(language).say, section.lines[:2])
    assert "phone" in first
    assert "Archive" not in first
    assert "Archive" in second


def test_each_side_has_a_sentence_of_its_own(made):
    items = [
        change(verdict="better", ratio=0.5, where=(("group", "Good"),)),
        change(verdict="more", measure="created", where=(("group", "Many"),)),
        change(verdict="worse", where=(("group", "Bad"),)),
    ]
    _, _, section = said(made, *items)
    lines = [Wording().say(line) for line in section.lines]
    sides = (("worse:", "Bad"), ("Better:", "Good"), ("Neither", "Many"))
    for line, (word, group) in zip(lines, sides, strict=True):
        assert word in line
        assert group in line
        assert sum(name in line for name in ("Bad", "Good", "Many")) == 1


def test_improvements_alone_are_said_beside_nothing_worse(made):
    _, _, section = said(made, change(verdict="better", ratio=0.5))
    lines = [Wording().say(line) for line in section.lines]
    assert "nothing got worse" in lines[0]
    assert lines[1].startswith("Better")


def test_nothing_new_says_what_still_stands(made):
    _, _, section = said(made, change(recent=False))
    lines = [Wording().say(line) for line in section.lines]
    assert "nothing got worse" in lines[0]
    assert "still stands" in lines[1]
    assert "chat <b>" in lines[1]


def test_nothing_at_all_says_so(made):
    _, text, section = said(made)
    assert "nothing got worse or better" in text
    assert not section.items


def test_a_sentence_of_chance_never_contradicts_its_row(made):
    for p, words in ((0.0004, "< 0.001"), (0.03, "= 0.030")):
        _, text, _ = said(made, change(p_adjusted=p))
        assert f"p {words}" in text
        assert "may be" not in text


def test_the_same_event_tells_when_another_start_differs(made):
    other = change("first_response", since=MONDAY + timedelta(days=14))
    _, text, _ = said(made, change(also=(other, change("backlog"))))
    assert text.count("there since the week of 2026-03-16") == 1


def test_an_interval_of_the_start_is_said_where_there_is_one(made):
    _, text, _ = said(made, change())
    assert "between 2026-03-02 and 2026-03-09" in text
    _, text, _ = said(made, evolve(change(), since_high=MONDAY))
    assert "between" not in text


def test_a_timer_is_neither_worse_nor_better(made):
    _, text, section = said(made, change("closing_delay", verdict="different"))
    assert section.items[0].verdict == "different"
    assert "a timer" in text


def test_an_unknown_measure_is_named(made):
    (title,), _, _ = said(made, change("my_own_time"))
    assert "my own time: more" in title
