"""The answers in short are what the tickets say."""

from datetime import UTC, datetime, timedelta
from statistics import median

import pytest
from attrs import evolve
from frames.histories import drawn_book, drawn_log

from support_model._report import headlines, now, volumes
from support_model._report.brief import sections
from support_model._report.conclusions import in_order
from support_model._report.wording import Wording, english
from support_model.adapters import EventLog
from support_model.events import Created, Rated
from support_model.report import make_report
from support_model.vocabulary import Status

NEW = Status("New", "new")


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


def agents_of(report):
    """Return how many open tickets each agent holds, as the table has it, most first."""
    tables = [table for section in now.sections(report) for table in section.tables]
    (agents,) = [table for table in tables if table.key == "now_by_agent"]
    return [row[:2] for row in agents.rows if isinstance(row[0], str)]


def test_the_overloaded_are_the_first_of_the_table_of_agents(made):
    for report in made:
        for note in said(report, "brief_loaded"):
            held = agents_of(report)
            usual = median(n for _, n in held)
            named = [(each.params["agent"], each.params["n"]) for each in note.params["agents"]]
            assert named == held[: len(named)]
            assert note.params["median"] == round(usual)
            assert all(n > 1.5 * usual and n > usual + 2 * usual**0.5 for _, n in named)
        for note in said(report, "brief_loaded_none"):
            assert (note.params["agent"], note.params["n"]) == agents_of(report)[0]


def test_how_old_what_is_open_is_told_as_with_the_volumes(made):
    told = 0
    for report in made:
        for note in said(report, "brief_open"):
            lines = [line for section in volumes.sections(report) for line in section.lines]
            for line in (each for each in lines if each.code == "volumes_open"):
                if line.params["open"] == note.params["n"]:
                    told += 1
                    assert line.params["median"] == note.params["median"]
                    assert line.params["oldest"] == note.params["oldest"]
    assert told


def test_who_holds_far_more_than_others_is_overloaded():
    held = {f"T{n}": "Ana" if n < 20 else f"agent {n}" for n in range(25)}
    log = EventLog(events=tuple(events_of(held)))
    report = make_report(log)
    (note,) = said(report, "brief_loaded")
    assert Wording().say(note) == (
        "Overloaded: Ana holds 20 open tickets; half of the agents hold at most 1."
    )


def events_of(held):
    start = datetime(2026, 1, 5, 9, tzinfo=UTC)
    for n, (ticket, agent) in enumerate(held.items()):
        at = start + n * timedelta(days=2)
        yield Created(
            ticket_id=ticket, at=at, role="customer", fields={"status": NEW, "agent": agent}
        )


def test_what_comes_due_is_counted_as_in_the_table_of_promises(made):
    for report in made:
        if not said(report, "brief_due") + said(report, "brief_due_none"):
            continue
        cycles = report.clocks.cycles
        late = [
            ticket
            for ticket, late, state in zip(cycles.ticket, cycles.late, cycles.state, strict=True)
            if late and state in {"running", "paused"}
        ]
        told = [(note.params["n"], note.params["tickets"]) for note in said(report, "brief_late")]
        assert told == ([(len(late), len({*late}))] if late else [])
        (line,) = [
            line
            for section in now.sections(report)
            for line in section.lines
            if line.code == "now_due"
        ]
        for note in said(report, "brief_due"):
            assert note.params["n"] == line.params["next"] >= note.params["of"]
            assert 0 < len(note.params["first"]) <= note.params["of"]
            (today,) = note.params["today"] or (None,)
            assert (today.params["n"] if today else 0) == line.params["today"]


def test_past_due_is_told_of_whom_it_is(made):
    for report in made:
        for note in said(report, "brief_late"):
            tables = {each.key: each for part in now.sections(report) for each in part.tables}
            for who in [part for parts in note.params["who"] for part in parts.params["parts"]]:
                field = "agent" if who.params["field"].code == "field_agent" else "group"
                table = tables[f"now_by_{field}"]
                at = [column.key for column in table.columns].index("late")
                rows = {row[0]: row[at] for row in table.rows if isinstance(row[0], str)}
                assert rows[who.params["value"]] == who.params["n"] == max(rows.values())


def test_one_sentence_says_what_to_do_first(made):
    for report in made:
        notes = [note for section in sections(report) for note in section.notes]
        firsts = [note for note in notes if note.code.startswith("brief_first")]
        assert firsts == notes[:1]
        for note in firsts:
            if note.code == "brief_first_none":
                continue
            steps = [step.params.get("step", step) for step in note.params["steps"]]
            first = steps[0]
            if first.code in {"brief_do_promises", "brief_do_late"}:
                key = "now_soon" if first.code == "brief_do_promises" else "now_late"
                tables = [table for section in now.sections(report) for table in section.tables]
                (table,) = [table for table in tables if table.key == key]
                assert first.params["tickets"][0] == table.rows[0][0]
                assert len(first.params["tickets"]) <= 3


def test_what_is_past_due_is_listed_from_the_most_late(made):
    several = 0
    for report in made:
        tables = [table for section in now.sections(report) for table in section.tables]
        for table in (each for each in tables if each.key == "now_late"):
            at = [column.key for column in table.columns].index("late_by")
            late = [row[at] for row in table.rows]
            assert late == sorted(late, reverse=True)
            assert "first" in english(table.title)
            cycles = report.clocks.cycles
            over = max(
                cycles.elapsed[place] - (cycles.allowed[place] or 0)
                for place, is_late in enumerate(cycles.late)
                if is_late
            )
            assert late[0] == timedelta(microseconds=max(0, over))
            several += len({*late}) > 1
    assert several


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
            (step,) = note.params["steps"]
            assert [ages[each] for each in step.params["tickets"]] == sorted(ages.values())[:3]
    assert calm


def test_what_got_worse_and_better_is_always_answered(made):
    for report in made:
        notes = [note for section in sections(report) for note in section.notes]
        for side in ("worse", "better"):
            told = [each for each in in_order(report.changes) if each.verdict == side]
            for code, recent in ((f"brief_{side}", True), (f"brief_{side}_still", False)):
                own = [each for each in told if each.recent is recent]
                parts = [note.params["parts"] for note in notes if note.code == code]
                assert [len(each) for each in parts] == ([min(len(own), 6)] if own else [])
            empty = {f"brief_{side}_{state}" for state in ("none", "untold")}
            none = [note for note in notes if note.code in empty]
            assert bool(none) is not any(each.recent for each in told)


def test_a_channel_that_is_surely_less_satisfied_is_named_besides():
    marks = [*rated("mail", 120, 200), *rated("social", 10, 20), *rated("phone", 190, 200)]
    report = make_report(EventLog(events=tuple(marks)))
    (note,) = said(report, "brief_least_and")
    named = [note.params[key].params["channel"] for key in ("channel", "surely")]
    assert named == ["social", "mail"]


def rated(channel, good, n):
    start = datetime(2026, 1, 5, tzinfo=UTC)
    fields = {"status": NEW, "channel": channel}
    for k in range(n):
        ticket, at = f"{channel} {k}", start + k * timedelta(days=14) / n
        yield Created(ticket_id=ticket, at=at, role="customer", fields=fields)
        score = 5 if k * good % n < good else 1
        when = at + timedelta(hours=1)
        yield Rated(
            ticket_id=ticket, at=when, role="customer", kind="csat", score=score, scale=(1, 5)
        )


ANSWERS = (
    ("growing", "level", "shrinking", "backlog_untold", "statuses_untold"),
    ("least_satisfied", "least_and", "least_perhaps", "ratings_untold", "ratings_few"),
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
