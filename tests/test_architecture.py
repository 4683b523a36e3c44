"""The house stands: who may import whom, what nobody may touch, what importing costs."""

import ast
import pkgutil
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import support_model

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = Path(support_model.__file__).parent

# A room imports from the rows above its own; rooms of one row do not know each other.
LAYERS = (
    ("errors", "frozen_maps"),
    ("files.shapes", "hours.zone_names"),
    ("files.saving", "files.file_forms", "files.findings"),
    (
        "files.delimited",
        "files.documents",
        "files.row_order",
        "files.shape_words",
        "reasons",
        "reasons_ru",
        "instants",
        "statistics.probability",
        "reporting.text_tables",
    ),
    (
        "agenda",
        "inference",
        "capacity.erlang",
        "capacity.quantities",
        "hours.explanations",
        "lifecycle.vocabulary",
    ),
    (
        "hours.timeline",
        "service_levels.timeline_pictures",
        "hours.local_clock",
        "hours.hours_text",
        "hours.edge_tables",
        "capacity.relief",
        "capacity.competence",
        "capacity.volumes",
    ),
    (
        "hours.week_patterns",
        "statistics.survival",
        "statistics.standardization",
        "statistics.comparisons",
        "statistics.control_charts",
        "files.figure_shapes",
        "statistics.bootstrap",
        "statistics.figure_tables",
        "statistics.sketches",
    ),
    (
        "hours.calendar_forms",
        "hours.day_rules",
        "hours.day_tables",
        "hours.dates_text",
        "hours.columns",
        "figures",
    ),
    (
        "hours.holiday_data",
        "hours.opening_hours_grammar",
        "arrays",
        "reporting.caveats",
        "summaries",
    ),
    ("closures",),
    ("hours.local_hours",),
    (
        "hours.calendar_data",
        "hours.calendar_lint",
    ),
    ("calendars",),
    (
        "files.parts",
        "opening_hours",
        "events",
        "duty.duty_windows",
    ),
    (
        "lifecycle.subjects",
        "duty.rotations",
        "duty.roster_tables",
    ),
    (
        "patterns",
        "duty.oncall_parts",
        "duty.rosters",
        "duty.icalendar_text",
    ),
    (
        "tickets",
        "escalations.steps",
        "lifecycle.pattern_logic",
        "duty.oncall_lint",
    ),
    (
        "oncall",
        "lifecycle.transitions",
        "lifecycle.holdings",
        "lifecycle.merging",
        "service_levels.metrics",
        "lifecycle.ticket_data",
    ),
    (
        "duty.oncall_reasons",
        "lifecycle.timers",
        "service_levels.policies",
    ),
    ("lifecycle.workflows",),
    (
        "lifecycle.ready_workflows",
        "service_levels.cycles",
    ),
    (
        "service_levels.clocks",
        "service_levels.evaluations",
    ),
    (
        "service_levels.policy_data",
        "service_levels.state_data",
    ),
    (
        "sla",
        "escalations.courses",
        "escalations.targets",
        "escalations.escalation_rules",
        "service_levels.sla_states",
        "lines",
        "queueing",
        "capacity.birth_death",
        "capacity.demand",
        "capacity.deadlines",
    ),
    (
        "assignment.workloads",
        "assignment.queues",
        "assignment.line_moves",
        "assignment.triage",
        "assignment.fairness",
    ),
    (
        "assignment.routing_rules",
        "assignment.ticket_logs",
    ),
    ("assignment.routing_names",),
    (
        "assignment.teams",
        "files.staff_shapes",
    ),
    ("files.schemas",),
    (
        "lifecycle.workflow_data",
        "duty.oncall_data",
        "assignment.people_data",
        "assignment.routing_data",
        "escalations.plan_data",
        "desks.named_parts",
        "desks.references",
    ),
    ("assignment.eligibility",),
    (
        "assignment.retries",
        "assignment.ranking",
        "assignment.line_choice",
    ),
    ("assignment.decision_tables",),
    (
        "kpis.facts",
        "kpis.calls",
        "kpis.sla",
        "kpis.trends",
        "kpis.funnels",
    ),
    (
        "kpis.case_tables",
        "kpis.measures",
        "kpis.periods",
    ),
    ("kpis.resolution",),
    (
        "kpis.times",
        "kpis.contact",
        "kpis.money",
        "kpis.work",
        "kpis.ratings",
        "kpis.topics",
    ),
    ("kpis.closing",),
    ("escalations.runs",),
    (
        "kpi",
        "routing",
        "escalation",
        "capacity.sizing",
        "capacity.coverage",
        "capacity.labor_rules",
    ),
    (
        "assignment.backlog",
        "assignment.swarming",
    ),
    ("staffing",),
    ("capacity.line_flow",),
    ("capacity.payback",),
    (
        "desks.policy_lint",
        "desks.staff_lint",
    ),
    ("desks.presence_lint",),
    ("desk",),
    ("simulation",),
    ("files.event_rows",),
    (
        "serde",
        "files.event_files",
        "frames",
        "shifts",
    ),
    ("capacity.shift_rosters",),
    (
        "adapters",
        "presets",
    ),
    (
        "reporting.policy_report",
        "reporting.catalogue",
        "reporting.spans",
        "reporting.event_logs",
    ),
    ("reporting.log_facts", "reporting.glossary"),
    (
        "testing",
        "plots",
        "reporting.demo",
    ),
    (
        "reporting.report",
        "reporting.weeks",
    ),
    ("reporting.changes",),
    (
        "reporting.comparison",
        "reporting.report_data",
        "reporting.tables",
    ),
    (
        "reporting.log_comparison",
        "reporting.change_text",
    ),
    (
        "reporting.leads",
        "reporting.comparison_tables",
        "reporting.page_style",
        "reporting.pictures",
    ),
    ("reporting.page",),
    ("reporting.report_commands",),
    (
        "reporting.preset_commands",
        "reporting.desk_commands",
    ),
    ("__init__",),
    ("__main__",),
)
WINGS = {room.split(".")[0] for rooms in LAYERS for room in rooms if "." in room}
RANK = {room: rank for rank, rooms in enumerate(LAYERS) for room in rooms}
NEIGHBOURS: set[tuple[str, str]] = set()

ROOMS_OF = {  # package: the only rooms that may import it
    "dateutil": {"hours.dates_text", "kpi", "duty.rotations"},
    "holidays": {"hours.holiday_data"},
    "hypothesis": {"testing"},
    "matplotlib": {"plots"},
    "narwhals": {"frames"},
    "numpy": {"arrays", "hours.columns", "hours.edge_tables", "frames"},
    "ortools": {"capacity.shift_rosters", "shifts"},
    "pickle": {"testing"},
    "pyarrow": {"files.event_rows"},
    "rich": {"__main__"},
    "tomli_w": {"files.documents"},
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
LONGEST = 700  # lines of one idea; functions have caps of their own

WING_DOORS = {PACKAGE / wing / "__init__.py" for wing in WINGS}
MODULES = sorted(set(PACKAGE.rglob("*.py")) - WING_DOORS)


def room(path: Path) -> str:
    """The module's room: a file, also within a wing, or a folder that is one room."""
    return room_named(path.relative_to(PACKAGE).with_suffix("").as_posix().replace("/", "."))


def room_named(module: str) -> str:
    """The room of a module, or of a name in it, below the package; a wing itself is none."""
    first, *rest = module.split(".")
    if first not in WINGS:
        return first
    return f"{first}.{rest[0]}" if rest else first


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
    found = {room_named(name.removeprefix("support_model.")) for name in ours}
    return {name if name in RANK else "__init__" for name in found} - {room(path)}


def identifier(path: Path) -> str:
    return "/".join(path.parts[-2:])


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


LOCAL_WORDS = re.compile(r"%[aAbBcxXpP]")  # what strftime writes in the language of the process


@every_module
def test_no_text_follows_the_locale(path):
    """Names of weekdays and months come from the tables of `support_model.instants`."""
    tree = ast.parse(path.read_text("utf-8"))
    docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    found = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs
    ]
    assert not [text for text in found if LOCAL_WORDS.search(text)]


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
    if RANK.get(room(path), 0) >= RANK["files.saving"]:
        return
    spoken = uses(path)
    touched = {name for name in spoken for banned in FILES if within(name, banned)}
    assert not touched | {name for name in spoken if name.split(".")[-1] in READS}


@every_module
def test_a_module_is_one_idea_long(path):
    lines = len(path.read_text("utf-8").splitlines())
    assert lines <= LONGEST


@every_module
def test_a_module_says_what_it_is_and_what_to_read_next(path):
    docstring = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
    assert docstring.partition("\n")[0].endswith((".", ":"))
    assert "Before this:" in docstring.rpartition("\n\n")[2]
    assert "Next:" in docstring.rpartition("\n\n")[2]


def test_what_a_docstring_names_exists():
    named = re.compile(r"`(support_model(?:\.\w+)+)`")
    names = {name for path in MODULES for name in named.findall(path.read_text("utf-8"))}
    assert {"support_model.calendars", "support_model.sla"} <= names
    assert not exists("support_model.calendar")
    assert not sorted(name for name in names if not exists(name))


def exists(name: str) -> bool:
    """Tell whether a dotted name is a module, or something that a module holds."""
    try:
        pkgutil.resolve_name(name)
    except (AttributeError, ImportError):
        return False
    return True


@pytest.mark.parametrize("path", sorted(WING_DOORS), ids=identifier)
def test_a_wing_is_a_folder_of_rooms_and_nothing_else(path):
    (docstring,) = ast.parse(path.read_text("utf-8")).body
    assert isinstance(docstring, ast.Expr)


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
