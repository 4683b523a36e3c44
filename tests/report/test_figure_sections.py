"""The tables of figures: one name for one number, and what qualifies a figure beside it."""

from datetime import UTC, datetime, timedelta
from itertools import count

from support_model._report import figure_sections
from support_model._report.wording import Wording, english
from support_model.adapters import EventLog
from support_model.events import Changed, Created, Message
from support_model.report import make_report
from support_model.vocabulary import Status

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
NEW, DONE = Status("New", "new"), Status("Done", "solved")


def made(*stories):
    """The report of tickets, each a list of (hour, kind, what)."""
    events = []
    for number, story in enumerate(stories):
        seq = count()
        name, start = f"T{number}", START + number * HOUR
        kept = {"status": NEW, "group": "a", "agent": "ann"}
        events.append(
            Created(ticket_id=name, at=start, role="customer", seq=next(seq), fields=kept)
        )
        for hour, kind, what in story:
            at = {"ticket_id": name, "at": start + hour * HOUR, "seq": next(seq)}
            if kind == "said":
                events.append(Message(**at, role=what, actor=what, public=True))
            else:
                events.append(Changed(**at, role="agent", actor="ann", fields={kind: what}))
    return make_report(EventLog(events=tuple(sorted(events, key=lambda each: each.at))))


def rows_of(part):
    return {row[-1]: row for row in part.rows}


def notes_of(part):
    return [english(note) for note in part.notes]


REPLIED = [(1, "said", "agent"), (3, "status", DONE)]
TAKEN = [(1, "status", Status("Open", "open")), (2, "said", "agent"), (3, "status", DONE)]


def test_what_is_one_figure_in_a_log_is_told_once():
    report = made(REPLIED, REPLIED)
    times = figure_sections.times(report)
    assert "first_response" in rows_of(times)
    assert "acknowledgement" not in rows_of(times)
    same = "Until acknowledged: in this log the same as Until first response, so it is told once."
    assert same in notes_of(times)
    assert any(figure.key == "acknowledgement" for figure in report.figures)


def test_what_differs_in_one_ticket_is_told_twice():
    report = made(REPLIED, TAKEN)
    times = figure_sections.times(report)
    assert {"first_response", "acknowledgement"} <= rows_of(times).keys()
    assert not [note for note in notes_of(times) if "told once" in note]


def test_an_owner_is_told_apart_from_a_group_where_owners_change_within_it():
    moved = [(1, "agent", "bob"), *REPLIED]
    alone, apart = made(REPLIED), made(REPLIED, moved)
    assert "fcr_no_handoff" not in rows_of(figure_sections.shares(alone))
    shares = rows_of(figure_sections.shares(apart))
    assert (shares["straight_through"][1], shares["fcr_no_handoff"][1]) == (2, 1)


def test_a_note_stands_at_the_figure_that_it_qualifies_and_at_the_end():
    report = made(REPLIED, [])
    note = "1 of 2 tickets are unsolved at the end of the log. Resolution times leave them out"
    assert any(text.startswith(f"Until resolved: {note}")
               for text in notes_of(figure_sections.times(report)))  # fmt: skip
    assert not [text for text in notes_of(figure_sections.shares(report)) if note in text]
    end = next(part for part in figure_sections.sections(report) if part.key == "notes")
    assert sum(english(text).startswith(note) for text in end.notes) == 1


def test_a_figure_that_the_log_cannot_hold_is_absent_with_the_reason():
    report = made(REPLIED)
    said = Wording("ru")
    absent = {said.cell(row[1]): said.cell(row[0]) for row in figure_sections.absent(report).rows}
    (reason,) = [why for names, why in absent.items() if "Индекс лояльности" in names]
    assert reason.startswith("в журнале нет оценок готовности рекомендовать")
    named = {figure.key for figure in report.figures}
    assert "net_promoter_score" not in named


def test_every_figure_is_defined():
    report = made(REPLIED)
    defined = rows_of(figure_sections.definitions(report))
    assert {figure.key for figure in report.figures} <= defined.keys()
