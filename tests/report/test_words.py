"""Every sentence of reports is there in every language, says the same values, and is said."""

import ast
import re
from datetime import timedelta
from pathlib import Path
from string import Formatter

import pytest
from frames.histories import drawn_book, drawn_log
from planted_facts import crowded

import support_model
from support_model import serde
from support_model._cli import demo
from support_model._findings import PROBLEMS
from support_model._report import blocks, catalogue, wording
from support_model._report.words import figures, findings, notes
from support_model.adapters import EventLog, read_files, table
from support_model.calendars import BusinessCalendar
from support_model.kpi import EXCLUSIONS
from support_model.report import Wording, document, make_report, tables_of
from support_model.sla import METRICS

HOUR = timedelta(hours=1)
REPORT = Path(support_model.__file__).parent / "_report"
SOURCES = {
    path: ast.parse(path.read_text("utf-8"))
    for path in sorted([*REPORT.glob("*.py"), REPORT.parent / "report.py"])
}
CATALOGUE = {code: pair for part in wording.PARTS for code, pair in part.WORDS.items()}
KINDS = {"day", "term", "items", "sentences", "change", "rate", *blocks.Kind.__args__}
MADE = ("word_", "hours_")
"""Beginnings of codes that the words themselves list, or that a field and its value make."""
LATIN = {
    *("SLA", "NPS", "CSAT", "CSV", "JSON", "UTC", "NUL", "UTF", "config", "target", "roles"),
    *("statuses", "priorities", "ticket", "customer", "agent", "bot", "system", "third_party"),
    *("value", "display_value", "x", "p", "policy", "desk", "desks", "TOML"),
}
"""Words in Latin letters that Russian sentences have: acronyms, options, keys of files."""
RULES = wording.PLURALS
CALENDAR = BusinessCalendar.weekly({"mon-fri": "08:00-18:00"}, tz="Europe/Berlin")


def slots(template):
    return [(name, spec or "") for _, name, spec, _ in Formatter().parse(template) if name]


def nodes(kind):
    return [node for tree in SOURCES.values() for node in ast.walk(tree) if isinstance(node, kind)]


def test_no_code_is_in_two_parts():
    assert len(CATALOGUE) == sum(len(part.WORDS) for part in wording.PARTS)


def test_sentences_say_the_same_values_in_both_languages():
    for code, (english, russian) in CATALOGUE.items():
        assert {name for name, _ in slots(english)} == {name for name, _ in slots(russian)}, code
        for template, forms in ((english, 2), (russian, 3)):
            for name, spec in slots(template):
                if "|" in spec:
                    assert len(spec.split("|")) == forms, (code, name)
                else:
                    assert not spec or spec in KINDS or spec.startswith("%"), (code, spec)


def test_sentences_are_in_their_language():
    for code, (english, russian) in CATALOGUE.items():
        assert not re.search(r"[\u0430-\u044f]", english, re.IGNORECASE), code
        bare = re.sub(r"\{[^{}]{0,300}\}", "", russian)
        foreign = {*re.findall("[A-Za-z_]{2,}", bare)} - LATIN - {*RULES}
        assert not foreign or code.startswith("kind_"), (code, russian)  # names of systems


def test_every_code_that_is_said_is_there():
    calls = [node for node in nodes(ast.Call) if getattr(node.func, "id", "") in {"says", "Said"}]
    said = {node.args[0].value for node in calls if isinstance(node.args[0], ast.Constant)}
    assert len(said) > 200
    assert said <= CATALOGUE.keys()


def test_every_code_is_said():
    whole = {node.value for node in nodes(ast.Constant) if isinstance(node.value, str)}
    firsts = (node.values[0] for node in nodes(ast.JoinedStr))
    begun = [node.value for node in firsts if isinstance(node, ast.Constant)]
    begun = (*MADE, *(text for text in begun if re.fullmatch("[a-z_]{2,30}_", text)))
    assert not [code for code in CATALOGUE if code not in whole and not code.startswith(begun)]
    assert {*figures.GLOSSARY} >= {code for code in CATALOGUE if code.startswith("word_")}


HARD = {
    *("backlog", "clock", "due", "hand-over", "like tickets", "line", "merged", "net flow"),
    *("past due", "paused", "policy", "promise", "reopened", "restored", "satisfied", "SLA"),
    *(
        "solution",
        "stay",
        "straight back",
        "void",
        "working day",
        "95% interval",
        "days of work",
        "mix",
    ),
}
"""Words of headings that a manager need not know."""


def test_hard_words_of_headings_are_explained_in_the_order_of_the_alphabet():
    words = [pair[0] for code, pair in figures.GLOSSARY.items() if f"{code}_means" in CATALOGUE]
    assert words == sorted(words, key=str.casefold)
    explained = {each for word in words for each in word.split(", ")}
    assert explained >= HARD
    assert len({pair[1] for pair in figures.GLOSSARY.values()}) == len(figures.GLOSSARY)


def test_every_word_of_a_reading_and_of_a_kpi_is_there():
    assert findings.RUSSIAN.keys() == PROBLEMS.keys()
    assert notes.EXCLUDED.keys() == EXCLUSIONS.keys()
    assert {f"lacks_{name}" for name in (*catalogue.NEEDS, *catalogue.ALWAYS_ABSENT)} <= {
        *CATALOGUE
    }
    assert {f"metric_{name}" for name in METRICS} == figures.METRICS.keys()


def test_what_ships_is_called_so_in_both_languages():
    shipped = [*map(table.named, table.NAMED), table.load(demo.MAPPING)]
    titles = {f"kind_{each.name.replace('-', '_')}": each.title for each in shipped}
    titles["kind_events"] = EventLog(events=()).title
    assert titles == {code: english for code, (english, _) in figures.KINDS.items()}


def plain(text):
    """A definition with its limits as KPIs write them."""
    return re.sub(r"(\d) h\b", r"\1h", re.sub(r"(\d) min\b", r"\1m", text))


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_a_figure_has_one_name_and_the_definition_of_its_kpi(language):
    said = Wording(language)
    every = catalogue.asked(target=8 * HOUR, calendar=BusinessCalendar.always())
    titles = [said.say(one.title) for one in every]
    assert len({*titles}) == len({said.say(one.means) for one in every}) == len(every)
    if language == "en":
        assert [plain(said.say(one.means)) for one in every] == [
            one.of(()).definition for one in every
        ]


def test_names_do_not_mix_up_what_differs():
    said = {one.code: wording.english(one.title) for one in catalogue.asked()}
    assert "First contact" not in said["fcr_no_handoff"] + said["straight_through"]
    assert "First-level" in said["first_level"]
    assert "One-touch" in said["fcr_one_reply"]
    assert (said["agent_work"], said["on_hold_time"]) == (
        "Waiting for us", "Waiting for a third party",
    )  # fmt: skip
    assert not [title for title in said.values() if "0:00" in title]


def demo_report():
    log = table.read(demo.LOG, table.load(demo.MAPPING))
    return make_report(log, calendar=CALENDAR, hours="Mo-Fr", target=8 * HOUR, by="priority")


def planted_report(folder):
    crowded.write(folder, 3, 12)
    log = read_files([folder / "log.jsonl"], "events")
    policies = serde.load_policies(folder / "policy.toml")
    return make_report(log, calendar=CALENDAR, hours="Mo-Fr", holidays="DE", policies=policies)


def drawn_report(folder):
    path = folder / "drawn.jsonl"
    serde.write_events(drawn_log(107, 12, without=("apply",)), path)
    read = read_files([path], "events")
    log = EventLog(
        events=read.events, file="x", unknown={("status", "Parked"): 7, ("state", "Odd"): 1},
        left_out={"Cc": 2}, findings=read.findings, incomplete={"T1": "cut_history"},
    )  # fmt: skip
    return make_report(log, policies=drawn_book(1))


def names_of(report, words):
    """Every word in Latin letters of a log, its files and its policies."""
    log, clocks = report.log, report.clocks
    own = [report.tz.key, log.file, log.title, report.hours, report.holidays]
    own += ["Parked", "Odd", "Cc", *words]
    facts = report.plain
    own += facts.scalar("ticket_id")
    own += [*facts.entries("groups").parts[0], *facts.entries("agents").parts[0]]
    own += [*log.fields, *facts.entries("statuses").parts[1]]
    for values in map(facts.field, log.fields):
        own += values
        own += [value for name in values if isinstance(name, tuple) for value in name]
    for each in () if clocks is None else clocks.shares:
        own += [each.policy, each.metric]
    own += [row for remark in report.remarks for row in [str(remark.example)]]
    return {word for name in own for word in re.findall("[A-Za-z_]+", str(name))}


def texts_of(report):
    """Every text of the Russian document of a report."""
    for each in tables_of(report, Wording("ru", report.tz), document(report)):
        yield from (each.title, *each.notes)
        yield from (text for column in each.columns for text in (column.title, column.note))
        for row in each.rows:
            for column, cell in zip(each.columns, row, strict=True):
                if isinstance(cell, str) and column.key not in {"key", "unit", "section"}:
                    yield cell


@pytest.mark.parametrize("made", ["demo", "planted", "drawn"])
def test_a_russian_document_is_in_russian(made, tmp_path):
    report = {
        "demo": lambda _: demo_report(), "planted": planted_report, "drawn": drawn_report,
    }[made](tmp_path)  # fmt: skip
    serde.dump_policies(drawn_book(1), tmp_path / "drawn.json")
    known = names_of(report, [(tmp_path / "drawn.json").read_text("utf-8")]) | LATIN
    foreign = {
        (word, text)
        for text in texts_of(report)
        for word in re.findall("[A-Za-z_]{2,}", text)
        if word not in known
    }
    assert not {word for word, _ in foreign}, foreign
    assert sum(len(text) for text in texts_of(report)) > 3000
