"""Every sentence that a person sees is said in the words of a catalogue, in both languages.

The reasons held here are those that the tests of other folders make of scenes, broken desks,
routing, on-call plans and rosters: real parameters, not invented ones.
"""

import ast
import inspect
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import get_args
from unittest.mock import patch

import pytest
from attrs import evolve
from hypothesis import given, settings
from serde.answer_values import ANSWERS, EVERY, STORY

import support_model
from support_model._desk.actions import ACTIONS
from support_model._routing.checks import CODES
from support_model._routing.workloads import Presence
from support_model._sentences import KINDS, local_instant, slots
from support_model._sla.cycles import State
from support_model._vocabulary import (
    CATEGORIES,
    FACTS,
    ROLES,
    AfterStop,
    MomentKind,
    OnChange,
    PolicyKind,
    Selection,
)
from support_model.agenda import Agenda
from support_model.calendars import BusinessCalendar
from support_model.errors import SupportModelError, UnknownName
from support_model.events import EVENTS
from support_model.figures import Distribution, Rate, Share
from support_model.instants import Span
from support_model.lines import Agent, Capacity
from support_model.oncall import Layer, OnCall
from support_model.patterns import ALWAYS, NEVER, SUBJECTS, TESTS, Field, Function
from support_model.presets._projections import BEFORE, PROJECTIONS
from support_model.presets._translation import PARTS
from support_model.reasons import ENGLISH, Reason, lint_catalogue
from support_model.reasons_ru import RUSSIAN
from support_model.routing import QueuedTicket, Routing, assign, assign_backlog, route
from support_model.sla import METRICS, evaluate
from support_model.staffing import ROUND_THE_CLOCK
from support_model.testing import sla_scenes
from support_model.workflows import INCIDENT, WORKFLOWS

SOURCES = sorted(Path(support_model.__file__).parent.rglob("*.py"))
MAKERS = (
    *("desk.test_lint", "desk.test_staff_lint", "desk.test_actions", "desk.test_stranded"),
    *("calendars.test_lint", "calendars.test_examples", "staffing.test_crews"),
    *("escalation.test_oncall_people", "escalation.test_escalation", "escalation.test_conditions"),
    *("tickets.test_workflows", "tickets.test_timers", "tickets.test_merging"),
    "tickets.test_event_texts",
    *("routing.test_routing_rules", "routing.test_line_choice", "routing.test_decision_tables"),
    *("presets.test_translation", "sla.test_sla_rules", "test_notices"),
)
"""The modules of tests whose reasons are held here."""
SLOW = {
    *(
        "test_case",
        "test_a_long_chain_is_followed_to_its_end",
        "test_rosters_keep_rest_and_length",
    ),
    *("test_horizons_of_decades_are_answered", "test_hours_that_recur_go_on_for_centuries"),
}
"""Tests of these that take long and make few reasons."""

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WORDS_OF = {
    "metric": {*METRICS},
    "weekday": {*WEEK},
    "day": {*WEEK},
    "month": {str(n) for n in range(1, 13)},
    "role": {*ROLES},
    "category": {*CATEGORIES},
    "fact": {*FACTS},
    "event": {*EVENTS},
    "presence": {*get_args(Presence)},
    "state": {*get_args(State), "late"},
    "kind": {*get_args(PolicyKind), *get_args(MomentKind)},
    "action": {*ACTIONS}.union(*(workflow.actions for workflow in WORKFLOWS.values())),
    "status": {s.name for workflow in WORKFLOWS.values() for s in workflow.statuses},
    "field": {name for name in SUBJECTS if "." not in name},
    "part": {*PARTS},
    "rule": {"on_change", "select", "without_hours", "before", "shown"},
    "choice": {
        *(*get_args(AfterStop), *get_args(OnChange), *get_args(Selection)),
        *(*BEFORE, *PROJECTIONS, "unmeasured"),
    },
    "rejected": {*CODES},
    "condition": {"hours_balance", "legality", "availability"},
}
"""The closed sets of words that sentences say, each word with a code of its own."""
FORMS = {
    *("plural", "units", "decimal_mark", "percent", "quoted", "date", "yearly", "month"),
    *("reading", "local", "instant", "nothing", "yes", "no"),
    *("unit_h", "unit_m", "unit_s", "field_old", "field_times"),
}
"""The codes by which values are said: they are sentences of no reason."""


def words_of(kind: str) -> set[str]:
    return {f"{kind}_{word}" for word in WORDS_OF[kind]}


@pytest.mark.parametrize("kind", WORDS_OF)
def test_every_word_of_a_closed_set_has_its_code_and_there_are_no_others(kind):
    plain = {code for code, text in ENGLISH.items() if not slots(text)}
    assert {code for code in plain if code.startswith(f"{kind}_")} == words_of(kind)


def texts_of_the_source() -> Iterator[str | re.Pattern[str]]:
    """Every text of the source, and every text put together as a pattern."""
    for path in SOURCES:
        if path.name in {"_english.py", "reasons_ru.py"}:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value
            elif isinstance(node, ast.JoinedStr):
                parts = [
                    re.escape(part.value) if isinstance(part, ast.Constant) else r"\w*"
                    for part in node.values
                ]
                if re.search("[a-z]{2}_|_[a-z]{2}", "".join(parts)):
                    yield re.compile("".join(parts))


def test_every_sentence_of_the_catalogue_is_said_somewhere():
    given = {*texts_of_the_source()}
    patterns = [text for text in given if isinstance(text, re.Pattern)]
    words = set().union(*map(words_of, WORDS_OF))
    of_tests = {f"{told}{test}" for test in TESTS["any"] for told in ("", "not_", "asks_")}
    unsaid = {
        code
        for code in ENGLISH.keys() - words - FORMS - of_tests
        if code not in given and not any(pattern.fullmatch(code) for pattern in patterns)
    }
    assert unsaid == set()


def cases_of(test) -> Iterator[dict[str, object]]:
    """The arguments of a test that takes none, or those of one list."""
    marks = [mark for mark in getattr(test, "pytestmark", ()) if mark.name == "parametrize"]
    takes = [*inspect.signature(test).parameters]
    if not takes:
        yield {}
    elif len(marks) == 1:
        names = marks[0].args[0]
        names = names.split(", ") if isinstance(names, str) else [*names]
        for row in marks[0].args[1] if names == takes else ():
            values = getattr(row, "values", row) if hasattr(row, "marks") else row
            yield dict(zip(names, (values,) if len(names) == 1 else values, strict=True))


def run(module: ModuleType) -> None:
    for name, test in [*vars(module).items()]:
        if name.startswith("test_") and name not in SLOW and not hasattr(test, "hypothesis"):
            for values in cases_of(test):
                try:
                    test(**values)
                except (AssertionError, SupportModelError):  # told by the test itself
                    continue


@cache
def made() -> tuple[Reason, ...]:
    """Every reason that the tests of other folders make."""
    found: dict[Reason, None] = {}
    init = Reason.__init__

    def remembered(self: Reason, *args: object, **more: object) -> None:
        init(self, *args, **more)
        found[self] = None

    modules = [import_module(name) for name in MAKERS]
    with patch.object(Reason, "__init__", remembered):
        for module in modules:
            run(module)
    return tuple(found)


NAMES = {
    *("action", "agent", "by", "calendar", "clock", "country", "dates", "days", "earlier"),
    *("finding", "first", "giver", "group", "hint", "hours", "known", "last", "later", "layer"),
    *("level", "line", "lines", "listed", "name", "names", "one", "other", "outcome", "owner"),
    *("own", "people", "person", "places", "plan", "policy", "preset", "priorities", "priority"),
    *("problem", "reason", "roster", "shift", "skill", "skills", "source", "status", "step"),
    *("subject", "taker", "team", "third", "ticket", "to", "wanted", "where", "who", "workflow"),
    *("zone", "missing", "channel", "target", "what", "why", "tickets", "elapsed", "allowed"),
    *("used", "units", "free", "number", "value", "found"),
}
"""The parameters that hold names given by users, numbers, or other reasons."""
VOCABULARY = {word for words in WORDS_OF.values() for word in words if "_" in word} | {
    "taken out",
    "weekly",
    "further notice",
    "unlimited",
}


def masked(value: object, kind: str = "") -> object:
    """A value with each name that a user gave in Cyrillic: what is left in Latin is ours."""
    if isinstance(value, Reason):
        return Reason.of(value.code, **{name: masked(part, name) for name, part in value.params})
    if isinstance(value, tuple):
        return tuple(masked(part, kind) for part in value)
    if not isinstance(value, str) or local_instant(value) or value in VOCABULARY:
        return value
    if kind in KINDS and KINDS[kind] != "value":
        known = f"{KINDS[kind]}_{value}" in ENGLISH or KINDS[kind] not in WORDS_OF
        return value if known or value.startswith(("old.", "times.")) else "имя"
    assert kind in NAMES, f"is {kind} ({value}) a name that a user gives, or a word for KINDS?"
    return "имя"


ZONE = re.compile(r"UTC([+-]\d\d:\d\d)?|\b[A-Z]\w+/\w+(/\w+)?\b")
HINT = re.compile("(did you mean|known:|может быть,|известны:)[^;\n]*")
"""What a hint names is written as rules write it."""
ALLOWED = re.compile(rf"\b(SLA|OLA|n)\b|{ZONE.pattern}")
PROGRAM = re.compile(
    r"\d{12}|\w\(\w*=|days?, \d+:|\dT\d\d:|timedelta|datetime|Fraction|None\b|True\b|False\b"
    r"|frozenset|\w_\w|\+00:00|[<>{}\[\]]|\(\s*'|(?<!\w)Literal"
)
LATIN = re.compile(r"[A-Za-z]+")


@pytest.mark.parametrize("language", [ENGLISH, RUSSIAN], ids=["English", "Russian"])
def test_no_sentence_shows_a_value_of_the_program(language):
    found = {}
    for reason in made():
        said = masked(reason).text(language)
        if (odd := PROGRAM.search(said)) is not None:
            found.setdefault(reason.code, (odd[0], said))
    assert found == {}


def test_no_russian_sentence_holds_an_english_word():
    found = {}
    for reason in made():
        said = ALLOWED.sub("", masked(reason).text(RUSSIAN))
        if (odd := LATIN.search(said)) is not None:
            found.setdefault(reason.code, (odd[0], said))
    assert found == {}


AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
PSEUDO = {code: text if code in FORMS else f"\u27e6{text}\u27e7" for code, text in ENGLISH.items()}
"""English with every sentence and word in brackets: what stands outside is in no catalogue."""
PATTERNS = [
    Field("priority_rank").at_most(2) & ~Field("channel").in_("chat", "phone"),
    Field("old.category").is_("open") | Field("times.replied").at_least(2),
    Field("custom.vip").is_(True) & (Field("facts").contains("replied") | Field("group").has()),
    Field("created_at").before(AT) & Field("until").after(AT) & Function("vip", bool),
    Field("at").open_in(BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="UTC")),
    *(ALWAYS, NEVER),
]
ROTA = OnCall([Layer(["ann", "bob"], start="2026-03-02 09:00", tz="Europe/Berlin")])
FULL = [Agent(id="ann", capacity=Capacity(0)), Agent(id="bob", absences=[Span(AT, AT + HOUR)])]


def queued(name: str) -> QueuedTicket:
    return QueuedTicket(id=name, channel="chat", queued_at=AT)


def figures() -> Iterator[object]:
    share = Share(key="met", definition="d", numerator=5, n=27)
    times = Distribution.of([HOUR, 3 * HOUR], key="k", clock="business", definition="d")
    rate = Rate(key="k", definition="d", numerator=9, denominator=4, n=4)
    yield from (share, times, rate)
    yield evolve(rate, squares=25, method="normal")
    yield evolve(share, min_n=30)
    yield evolve(share, numerator=0, n=0)
    yield evolve(rate, scales=frozenset({(1.0, 5.0), (0.0, 10.0)}))


def answers() -> Iterator[object]:
    """Answers of every kind that has words."""
    yield from (answer for answer in ANSWERS if hasattr(answer, "text"))
    yield from (EVERY, *EVERY.clocks, *EVERY.agenda, EVERY.agenda)
    yield from (cycle.explain() for clock in EVERY.clocks for cycle in clock.cycles)
    yield from PATTERNS
    yield from figures()
    yield ROUND_THE_CLOCK.headcount(technologies=3)
    yield Agenda([], as_of=AT)
    yield ROTA.roster(AT, AT + 400 * HOUR).agenda(as_of=AT)
    yield from (
        route(queued("T1"), FULL, {}, Routing(), as_of=AT),
        route(queued("T1"), [], {}, Routing(), as_of=AT),
    )
    yield from (
        assign(queued("T1"), name, team, {}, Routing(), as_of=AT)
        for name, team in (("ann", FULL), ("cid", [Agent(id="cid")]))
    )
    yield assign_backlog(
        [queued("T1"), queued("T2")],
        [Agent(id="ann", capacity=Capacity(1))],
        {},
        Routing(),
        as_of=AT,
    )
    yield from INCIDENT.check(STORY)


USERS = {
    *("T", "ann", "bob", "cid", "gold", "chat", "phone", "vip", "custom", "mon", "fri", "sap"),
    *("awaiting", "user", "new", "Eid", "callback", "roster", "teams", "a", "b", "on", "call"),
}
"""The words of names that users gave in these answers, of actions and statuses too."""


def outside(text: str) -> str:
    """What of a text of the pseudo-catalogue stands in no brackets."""
    while (less := re.sub("\u27e6[^\u27e6\u27e7]*\u27e7", "", text)) != text:
        text = less
    return text.strip()


def test_no_answer_is_put_together_of_words_that_are_in_no_catalogue():
    for answer in answers():
        lines = [
            re.sub(r"[\d: .-]*", "", outside(line)) for line in answer.text(PSEUDO).split("\n")
        ]
        assert set(lines) == {""}, answer.text(PSEUDO)


def test_a_table_of_a_decision_is_in_the_words_of_a_catalogue():
    table = route(queued("T1"), FULL, {}, Routing(), as_of=AT).table(catalogue=PSEUDO)
    cells = [
        table.title,
        table.below,
        *table.columns,
        *(cell for row in table.rows for cell in row),
    ]
    assert {outside(cell) for cell in cells} <= {"", ":", "ann", "bob", "1"}


def test_what_is_printed_is_the_english_text():
    for answer in answers():
        assert answer.text() == answer.text(ENGLISH)
        name = f"{answer.key}" if hasattr(answer, "undefined") else ""  # a figure says its own
        assert str(answer).startswith(name)
        assert str(answer).endswith(answer.text())
        assert name or str(answer) == answer.text()


def test_no_answer_in_russian_holds_an_english_word_of_ours():
    given = set().union(*(USERS, re.findall(r"[A-Za-z]+", "n SLA")))
    for answer in answers():
        said = ZONE.sub(
            "", answer.text(RUSSIAN).replace(getattr(answer, "action", None) or "?", "")
        )
        assert {*LATIN.findall(said)} <= given, (said, {*LATIN.findall(said)} - given)
        assert PROGRAM.search(said) is None, said


@settings(max_examples=25)
@given(sla_scenes())
def test_evaluations_of_drawn_scenes_are_in_words(scene):
    result = evaluate(scene.log, scene.book, as_of=scene.as_of)
    for answer in (result, result.agenda, *(clock.explain() for clock in result.clocks)):
        for language in (ENGLISH, RUSSIAN, PSEUDO):
            said = HINT.sub("", ZONE.sub("", answer.text(language)))
            assert PROGRAM.search(said) is None


def test_most_sentences_are_held_with_parameters_that_the_library_made():
    sentences = ENGLISH.keys() - FORMS - set().union(*map(words_of, WORDS_OF))
    assert len({reason.code for reason in made()} & sentences) > 0.7 * len(sentences)


def test_a_complete_catalogue_has_no_findings():
    assert lint_catalogue(ENGLISH) == lint_catalogue(RUSSIAN) == ()
    assert len(lint_catalogue({})) == len(ENGLISH)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"holiday": "{nam}"}, "sentence 'holiday': has nam, not name"),
        ({"holiday": "праздник"}, "sentence 'holiday': has , not name"),
        (
            {"reading": "{d:%d.%m.} {hour}"},
            "sentence 'reading': has d, hour, not d, day, month, time",
        ),
        ({"holyday": "x"}, "no sentence goes by 'holyday'; did you mean 'holiday'?"),
        ({"plural": "one_othr"}, "no rule of plurals 'one_othr'; did you mean 'one_other'?"),
    ],
)
def test_what_a_catalogue_misspells_is_told(changed, said):
    assert [str(finding) for finding in lint_catalogue({**RUSSIAN, **changed})] == [said]


def test_dates_take_any_form_and_sentences_of_a_host_are_no_mistake():
    mine = {"reading": "{d:%d.%m.} {time}", "date": "{d:%d}", "vip_waits": "{name} waits"}
    assert lint_catalogue({**RUSSIAN, **mine}) == ()


def test_an_unknown_rule_of_plurals_is_refused():
    with pytest.raises(UnknownName, match="did you mean 'one_other'"):
        Reason.of("working_days", n=2).text({"plural": "one_othr"})
