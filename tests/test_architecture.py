"""The house stands: who may import whom, what nobody may touch, what importing costs."""

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import support_model

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "support_model"

# A room imports from the rows above its own; rooms of one row do not know each other.
LAYERS = (
    ("errors",),
    ("shapes",),
    ("reasons", "reasons_ru", "instants", "probability"),
    (
        "agenda",
        "escalation_steps",
        "inference",
        "erlang",
        "quantities",
        "explanations",
        "vocabulary",
    ),
    (
        "timeline",
        "timeline_pictures",
        "local_clock",
        "hours_text",
        "edge_tables",
        "relief",
        "competence",
        "volumes",
    ),
    ("survival", "standardization", "comparisons", "control_charts", "bootstrap", "sketches"),
    (
        "calendar_forms",
        "day_rules",
        "duty_windows",
        "day_tables",
        "dates_text",
        "columns",
        "figures",
    ),
    ("rotations", "rosters", "icalendar_text"),
    ("holiday_data", "opening_hours_grammar", "arrays", "caveats", "summaries"),
    ("closures", "oncall"),
    ("local_hours", "oncall_reasons"),
    ("calendar_data", "calendar_lint"),
    ("calendars",),
    ("opening_hours", "events"),
    ("subjects",),
    ("patterns",),
    ("tickets",),
    ("transitions", "merging", "metrics", "ticket_data"),
    ("workflows", "policies"),
    ("ready_workflows", "cycles"),
    ("clocks", "evaluations"),
    ("policy_data", "pattern_logic"),
    ("schemas",),
    ("workflow_data",),
    (
        "sla",
        "courses",
        "escalation_targets",
        "sla_states",
        "lines",
        "queueing",
        "birth_death",
        "demand",
        "deadlines",
    ),
    ("workloads", "queues", "line_moves", "triage", "fairness"),
    ("routing_rules",),
    ("teams",),
    ("eligibility",),
    ("retries", "ranking"),
    ("kpi_facts", "kpi_calls", "kpi_sla", "log_figures"),
    ("kpi_measures",),
    ("kpi_times", "kpi_resolution", "kpi_contact", "kpi_work", "kpi_ratings", "kpi_topics"),
    ("escalation_runs",),
    ("kpi", "routing", "escalation", "sizing", "coverage", "labor_rules"),
    ("backlog", "swarming"),
    ("staffing",),
    ("line_flow",),
    ("desk_lint",),
    ("desk",),
    ("simulation",),
    ("documents",),
    ("serde", "event_files", "frames", "shifts"),
    ("shift_rosters",),
    ("adapters", "presets"),
    ("policy_report",),
    ("testing", "plots", "report", "tables", "demo"),
    ("preset_commands",),
    ("__init__",),
    ("__main__",),
)
RANK = {room: rank for rank, rooms in enumerate(LAYERS) for room in rooms}
NEIGHBOURS: set[tuple[str, str]] = set()

ROOMS_OF = {  # package: the only rooms that may import it
    "dateutil": {"dates_text", "kpi", "rotations"},
    "holidays": {"holiday_data"},
    "hypothesis": {"testing"},
    "matplotlib": {"plots"},
    "narwhals": {"frames"},
    "numpy": {"arrays", "columns", "edge_tables", "frames"},
    "ortools": {"shifts"},
    "pickle": {"testing"},
    "pyarrow": {"event_files"},
    "rich": {"__main__"},
    "tomli_w": {"documents"},
}
EVERYWHERE = {"attrs", "support_model"}

AMBIENT = {  # the machine's clock, zone, language, dice and network are never consulted
    "asyncio",
    "dateutil.tz",
    "datetime.date.today",
    "datetime.datetime.now",
    "datetime.datetime.today",
    "datetime.datetime.utcnow",
    "http",
    "locale",
    "logging",
    "os.environ",
    "os.getenv",
    "secrets",
    "socket",
    "time.localtime",
    "time.time",
    "time.time_ns",
    "urllib",
    "uuid",
}
DICE = "random."
SEEDED = {"random.Random"}
FILES = {"open", "io.open", "os.open", "pathlib"}
READS = {"read_bytes", "read_text", "write_bytes", "write_text"}
HEAVY = (
    *("dateutil", "holidays", "hypothesis"),
    *("matplotlib", "numpy", "pandas", "rich"),
)
LONGEST = 450
LONGER = {
    "errors": 600,  # a list of small classes, which users look up in one place
    "calendars": 480,  # one value; each of its questions is a docstring and a look-up
}

MODULES = sorted(PACKAGE.rglob("*.py"))


def room(path: Path) -> str:
    """The module's room: a file or a folder directly below the package."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def run_time_nodes(tree: ast.AST) -> Iterator[ast.AST]:
    """Walk all that runs: what `if TYPE_CHECKING:` guards does not."""
    yield tree
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, ast.If) and ast.unparse(child.test).endswith("TYPE_CHECKING"):
            for other in child.orelse:
                yield from run_time_nodes(other)
        else:
            yield from run_time_nodes(child)


def imports(path: Path) -> dict[str, str]:
    """What a module imports at run time: local name -> full dotted name."""
    found: dict[str, str] = {}
    package = ".".join(("support_model", *path.relative_to(PACKAGE).parts[:-1])).split(".")
    for node in run_time_nodes(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                found[alias.asname or alias.name] = alias.name
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            origin = ".".join([*above, *filter(None, [node.module])])
            for alias in node.names:
                found[alias.asname or alias.name] = f"{origin}.{alias.name}"
    return found


def uses(path: Path) -> set[str]:
    """All names that a module speaks of, as full dotted names."""
    known = imports(path)
    spoken = set(known.values())
    for node in run_time_nodes(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Name | ast.Attribute):
            head, dot, tail = ast.unparse(node).partition(".")
            spoken.add(known.get(head, head) + dot + tail)
    return spoken


def within(name: str, package: str) -> bool:
    return name == package or name.startswith(package + ".")


def rooms_imported(path: Path) -> set[str]:
    """The rooms that a module imports from, its own not counted."""
    ours = [name for name in imports(path).values() if within(name, "support_model")]
    found = {[*name.split("."), "__init__"][1] for name in ours}
    return {name if name in RANK else "__init__" for name in found} - {room(path)}


def identifier(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


every_module = pytest.mark.parametrize("path", MODULES, ids=identifier)


@every_module
def test_imports_go_down(path):
    own = room(path)
    assert own in RANK, f"give {own} a place in LAYERS"
    too_high = {
        other
        for other in rooms_imported(path)
        if RANK[other] >= RANK[own] and (own, other) not in NEIGHBOURS
    }
    assert not too_high


@every_module
def test_each_dependency_stays_in_its_rooms(path):
    packages = {name.split(".")[0] for name in imports(path).values()} - {"__future__"}
    foreign = packages - (sys.stdlib_module_names - ROOMS_OF.keys()) - EVERYWHERE
    assert not {name for name in foreign if room(path) not in ROOMS_OF.get(name, ())}


@every_module
def test_nothing_ambient(path):
    spoken = uses(path)
    ambient = {name for name in spoken for banned in AMBIENT if within(name, banned)}
    dice = {
        name
        for name in spoken
        if name.startswith(DICE) and not any(within(name, allowed) for allowed in SEEDED)
    }
    assert not ambient | dice


@every_module
def test_files_are_read_above_the_core_only(path):
    if RANK.get(room(path), 0) >= RANK["documents"]:
        return
    spoken = uses(path)
    touched = {name for name in spoken for banned in FILES if within(name, banned)}
    assert not touched | {name for name in spoken if name.split(".")[-1] in READS}


@every_module
def test_a_module_is_one_idea_long(path):
    lines = len(path.read_text("utf-8").splitlines())
    assert lines <= LONGER.get(room(path), LONGEST)


@every_module
def test_a_module_says_what_it_is_and_what_to_read_next(path):
    docstring = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
    assert docstring.partition("\n")[0].endswith((".", ":"))
    assert "Before this:" in docstring.rpartition("\n\n")[2]
    assert "Next:" in docstring.rpartition("\n\n")[2]


@pytest.mark.parametrize("path", sorted(ROOT.glob("tests/oracles/**/*.py")), ids=identifier)
def test_oracles_do_not_know_the_package(path):
    names = imports_of_any(path)
    assert not {name for name in names if within(name, "support_model")}


def imports_of_any(path: Path) -> set[str]:
    """The modules named by a file's import statements, wherever it lies."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
    return found


@pytest.mark.parametrize(
    "statement", ["import support_model", "from support_model import BusinessCalendar"]
)
def test_importing_loads_nothing_heavy(statement):
    assert not loaded_after(statement) & set(HEAVY)


def test_the_face_loads_no_room_before_a_name_is_used():
    assert "support_model.errors" not in loaded_after("import support_model")
    assert "support_model.errors" in loaded_after("from support_model import NaiveDatetime")


def loaded_after(statement: str) -> set[str]:
    """The modules of a fresh interpreter that has run one statement."""
    program = f"{statement}\nimport sys\nprint(*sys.modules)"
    command = [sys.executable, "-c", program]
    return set(subprocess.run(command, check=True, capture_output=True, text=True).stdout.split())


def test_one_version_everywhere():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert support_model.__version__ == project["version"]
    citation = (ROOT / "CITATION.cff").read_text("utf-8").splitlines()
    assert f"version: {project['version']}" in citation


def test_the_checks_notice_what_they_forbid(tmp_path, monkeypatch):
    monkeypatch.setattr(sys.modules[__name__], "PACKAGE", tmp_path)
    path = tmp_path / "errors.py"
    path.write_text(
        "from typing import TYPE_CHECKING\n"
        "import random as dice\n"
        "from datetime import datetime as dt\n"
        "from . import calendars\n"
        "if TYPE_CHECKING:\n    import numpy\nelse:\n    import rich\n"
        "def ask():\n    import holidays\n    return dt.now(), dice.random(), open('x')\n"
    )
    assert rooms_imported(path) == {"calendars"}
    assert set(imports(path).values()) >= {"rich", "holidays", "support_model.calendars"}
    assert "numpy" not in imports(path)
    assert uses(path) >= {"datetime.datetime.now", "random.random", "open"}
