"""A first figure is said to change by what its numbers bear out: groups, other tickets."""

from copy import copy
from datetime import UTC, date, datetime, timedelta

import pytest
from attrs import evolve

from support_model._report.causes import Source, carriers, part_of_mix
from support_model._report.headlines import sections
from support_model._report.wording import Wording
from support_model.adapters import EventLog
from support_model.changes import Change, Level, MixShift
from support_model.events import Changed, Created, Message, Rated
from support_model.report import make_report
from support_model.vocabulary import Status

HOUR = timedelta(hours=1)
MARCH, APRIL = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)
END = datetime(2026, 5, 4, 12, tzinfo=UTC)


def made(mail, good, hours, rare=None):
    """The report of two months of tickets.

    Args:
        mail: of ten tickets how many come by mail, before and after.
        good: of ten ratings how many are good, by channel, before and after.
        hours: until the first reply, likewise.
        rare: hours of one organization, which has one of forty tickets, after.
    """
    events, n = [], 0
    at = MARCH
    while at + 48 * HOUR < END:
        side = int(at >= APRIL)
        channel = "mail" if n % 10 < mail[side] else "chat"
        own = "jura" if n % 40 == 0 else "other"
        wait = rare if rare and side and own == "jura" else hours[channel][side]
        events += ticket(n, at, channel, own, wait, n // 10 * 7 % 10 < good[channel][side])
        at, n = at + HOUR, n + 1
    return make_report(EventLog(events=tuple(sorted(events, key=lambda event: event.at))))


def ticket(n, at, channel, organization, wait, good):
    """The events of a ticket."""
    parts = {"ticket_id": f"T{n:05}"}
    fields = {"status": Status("new", "new"), "channel": channel, "organization": organization}
    agent = parts | {"role": "agent", "actor": "ann"}
    answered = at + (wait + n % 7 / 100) * HOUR
    yield Created(**parts, role="customer", seq=1, at=at, fields=fields)
    yield Message(**agent, seq=2, at=answered, public=True)
    solved = {"status": Status("solved", "solved")}
    yield Changed(**agent, seq=3, at=answered, fields=solved)
    score = {"kind": "csat", "score": 5 if good else 1, "scale": (1, 5)}
    yield Rated(**parts, role="customer", seq=4, at=answered, **score)


WORSE = made((8, 2), {"mail": (9, 6), "chat": (9, 6)}, {"mail": (2, 4), "chat": (2, 4)})
OTHERS = made((8, 2), {"mail": (9, 9), "chat": (3, 3)}, {"mail": (2, 2), "chat": (4, 4)})
SMALL = made((5, 5), {"mail": (9, 9), "chat": (9, 9)}, {"mail": (1, 3), "chat": (1, 2)}, rare=4.0)


def source(report, key):
    """The figure of a report in its two periods."""
    before, after = report.changes.before, report.changes.after
    edges = sorted({*before.edges, *after.edges})
    return Source.of(report, key, edges, (0, 1))


def told(report, key, *items):
    """What is said of a figure where the channels shifted, and some changes were found."""
    shift = MixShift(
        field="channel", value="mail", before=0.8, after=0.2, recent=True, p_adjusted=0.0,
        since=date(2026, 3, 30), since_low=date(2026, 3, 30), since_high=date(2026, 3, 30),
    )  # fmt: skip
    own = copy(report)
    found = evolve(report.changes, mixes=(shift,), items=items)
    object.__setattr__(own, "changes", found)
    (section,) = sections(own)
    (figure,) = [each for each in section.headlines if each.key == key]
    return figure, [Wording().say(note) for note in figure.notes]


def change(measure, where, **more):
    """A change of a group for the worse in the later period."""
    week = date(2026, 3, 30)
    level = Level(value=HOUR, n=100, open=0)
    return Change(**{
        "measure": measure, "where": where, "verdict": "worse", "since": week,
        "since_low": week, "since_high": week, "before_since": date(2026, 3, 2),
        "lasting": True, "recent": True, "before": level, "after": evolve(level, value=2 * HOUR),
        "ratio": 2.0, "ratio_low": 1.5, "ratio_high": 2.5, "p": 0.0, "p_adjusted": 0.0,
        "tickets": 100, **more,
    })  # fmt: skip


@pytest.mark.parametrize("key", ["satisfied", "first_response"])
def test_other_tickets_explain_what_is_gone_with_the_earlier_mix(key):
    for report, least, most in ((WORSE, -0.1, 0.1), (OTHERS, 0.9, 1.1)):
        part = part_of_mix(source(report, key), report.rows.fields["channel"])
        assert least <= part <= most


@pytest.mark.parametrize("key", ["satisfied", "first_response"])
def test_other_tickets_are_named_only_where_they_explain_most_of_it(key):
    assert not [note for note in told(WORSE, key)[1] if "Other tickets" in note]
    assert [note for note in told(OTHERS, key)[1] if "Other tickets" in note]


def test_what_began_earlier_and_stands_is_named_where_other_tickets_explain_nothing():
    shares = {"before": Level(value=0.9, n=99), "after": Level(value=0.6, n=99)}
    early = change(
        "satisfied",
        (("channel", "mail"),),
        recent=False,
        since=date(2026, 3, 16),
        ratio=0.7,
        **shares,
    )
    (note,) = [note for note in told(WORSE, "satisfied", early)[1] if "It began" in note]
    assert note == "It began earlier and stands: channel mail, 90.0% to 60.0%, since 2026-03-16."
    other = evolve(early, verdict="better")
    notes = told(WORSE, "satisfied", other)[1]
    assert not [note for note in notes if "It began" in note or "chance" in note]


def test_a_small_group_is_not_blamed_for_the_whole():
    jura = change("first_response", (("organization", "jura"),))
    mail = change("first_response", (("channel", "mail"),))
    assert carriers(source(SMALL, "first_response"), [jura, mail]) == [mail]
    figure, notes = told(SMALL, "first_response", jura, mail)
    assert "Worse: channel mail." in notes
    assert figure.verdict == "worse"
    figure, notes = told(SMALL, "first_response", jura)
    assert not [note for note in notes if "jura" in note]
    assert not figure.verdict


def test_groups_carry_numbers_by_how_many_more_came():
    mail = change("created", (("channel", "mail"),))
    chat = change("created", (("channel", "chat"),))
    assert carriers(source(OTHERS, "created"), [mail, chat])
    fax = change("created", (("channel", "fax"),))
    for key in ("created", "backlog"):
        assert carriers(source(OTHERS, key), [fax, mail]) == [mail]
