"""The answers in short are what the tickets say."""

from statistics import median

import pytest
from attrs import evolve
from frames.histories import drawn_book, drawn_log

from support_model._report import headlines, now, volumes
from support_model._report.brief import sections
from support_model._report.conclusions import in_order
from support_model._report.wording import Wording
from support_model.adapters import EventLog
from support_model.report import make_report


def reports():
    for seed in range(8):
        log = EventLog(events=tuple(drawn_log(seed, 40, without=("apply",))))
        made = make_report(log, policies=drawn_book(seed))
        if made.changes is not None:
            yield made


@pytest.fixture(scope="module")
def made():
    return list(reports())


def said(report, code):
    return [note for section in sections(report) for note in section.notes if note.code == code]


def test_some_logs_say_something(made):
    assert made
    assert any(note for report in made for section in sections(report) for note in section.notes)


def test_every_answer_is_a_sentence_in_both_languages(made):
    for report in made:
        for section in sections(report):
            for note in section.notes:
                assert Wording().say(note) != Wording("ru").say(note)


def test_the_most_loaded_is_the_first_of_the_table_of_agents(made):
    for report in made:
        for note in [*said(report, "brief_loaded"), *said(report, "brief_loaded_late")]:
            tables = [table for section in now.sections(report) for table in section.tables]
            (agents,) = [table for table in tables if table.key == "now_by_agent"]
            named = [row for row in agents.rows if isinstance(row[0], str)]
            assert (note.params["agent"], note.params["n"]) == named[0][:2]
            assert note.params["median"] == round(median(row[1] for row in named))


def test_what_comes_due_is_counted_as_in_the_table_of_promises(made):
    for report in made:
        for note in said(report, "brief_due"):
            cycles = report.clocks.cycles
            late = sum(
                late and state in {"running", "paused"}
                for late, state in zip(cycles.late, cycles.state, strict=True)
            )
            assert note.params["late"] == late
            next_day = [note.params["n"] for note in said(report, "brief_due")]
            lines = [line for section in now.sections(report) for line in section.lines]
            assert next_day == [line.params["next"] for line in lines if line.code == "now_due"]


def test_one_sentence_says_what_to_do_first(made):
    for report in made:
        notes = [note for section in sections(report) for note in section.notes]
        firsts = [note for note in notes if note.code.startswith("brief_first")]
        assert firsts == notes[: len(firsts)]
        assert len(firsts) <= 1
        for note in firsts:
            first = note.params["first"]
            if first.code in {"brief_do_promises", "brief_do_late"}:
                key = "now_soon" if first.code == "brief_do_promises" else "now_late"
                tables = [table for section in now.sections(report) for table in section.tables]
                (table,) = [table for table in tables if table.key == key]
                assert first.params["tickets"][0] == table.rows[0][0]
                assert len(first.params["tickets"]) <= 3


def test_without_trouble_the_oldest_are_first(made):
    calm = 0
    for report in made:
        without = evolve(report, clocks=None)
        if any(each.verdict == "worse" for each in in_order(without.changes)):
            continue
        state = now.Now.of_report(without)
        for note in said(without, "brief_first"):
            calm += 1
            ages = {without.rows.ids[at]: without.rows.created[at] for at in state.units}
            tickets = note.params["first"].params["tickets"]
            assert [ages[each] for each in tickets] == sorted(ages.values())[:3]
    assert calm


def test_what_got_worse_and_better_is_always_answered(made):
    for report in made:
        notes = [note for section in sections(report) for note in section.notes]
        for side in ("worse", "better"):
            (note,) = [n for n in notes if n.code.startswith(f"brief_{side}")]
            told = [each for each in in_order(report.changes) if each.verdict == side]
            assert (note.code == f"brief_{side}_none") is (not told)


ANSWERS = (
    ("growing", "level", "shrinking", "backlog_untold", "statuses_untold"),
    ("least_satisfied", "least_perhaps", "ratings_untold", "ratings_few"),
    ("due", "due_none", "due_untold"),
)


@pytest.mark.parametrize("promised", [True, False])
def test_what_a_log_cannot_tell_is_said(made, promised):
    for report in made:
        told = report if promised else evolve(report, clocks=None)
        codes = [note.code for section in sections(told) for note in section.notes]
        for answers in ANSWERS:
            assert sum(code in {f"brief_{answer}" for answer in answers} for code in codes) == 1
        assert ("brief_due_untold" in codes) is not promised


def test_the_queue_has_one_verdict_wherever_it_is_told(made):
    verdicts = {"growing": "worse", "shrinking": "better", "level": ""}
    told = 0
    for report in made:
        (headline,) = [
            each
            for section in headlines.sections(report)
            for each in section.headlines
            if each.key == "backlog"
        ]
        lines = [line.code for section in volumes.sections(report) for line in section.lines]
        for course, verdict in verdicts.items():
            told += len(said(report, f"brief_{course}"))
            for _ in said(report, f"brief_{course}"):
                assert headline.verdict in {verdict, ""}
                assert f"volumes_{course}" in lines
    assert told
