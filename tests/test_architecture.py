"""The layout holds: who may import whom, what no module may touch, what importing costs."""

import ast
import pkgutil
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

import support_model

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "support_model"

# A component is a public module with the private package below it (`sla` over `_sla`), several
# public modules over one private package, a public package, or a private module that all may
# import. It imports from the rows above its own; components of one row do not import each other.
LAYERS = (
    ("errors",),
    ("_frozen",),
    ("_ascending", "_csv_cells", "_tables", "_zone_names"),
    ("_short_texts",),
    ("_time", "_findings", "_english"),
    ("_sentences",),
    ("reasons", "reasons_ru"),
    ("_bounded_files", "_checks"),
    ("instants", "_vocabulary", "_hours", "_records", "_documents"),
    ("vocabulary", "agenda"),
    ("calendars", "events", "lines", "queueing", "figures"),
    ("patterns", "shifts", "staffing", "_ticket_rules", "_event_drafts"),
    ("tickets", "_common_shapes", "_packed_events"),
    ("_ticket_data", "_answers", "oncall", "_merge_chains"),
    ("_columns",),
    ("workflows", "routing", "sla"),
    ("escalation", "kpi"),
    ("changes",),
    ("desk",),
    ("simulation", "serde", "testing", "plots", "notices"),
    ("presets", "adapters"),
    ("frames",),
    ("report",),
    ("__init__",),
    ("__main__",),
)
RANK = {component: rank for rank, row in enumerate(LAYERS) for component in row}
OVER = {  # private package: the public modules over it, the one that names the component first
    "_calendar": ("calendars", "arrays", "closures", "opening_hours"),
    "_cli": ("__main__",),
    "_files": ("serde", "pydantic"),
    "_statistics": ("figures", "inference", "summaries"),
}
COMPONENTS = {name: names[0] for private, names in OVER.items() for name in (private, *names)}
UPWARD: dict[tuple[str, str], str] = {  # what a type checker alone sees: (importer, name): reason
    ("errors", "reasons.Reason"): "a refusal keeps its reasons, which say themselves",
    ("lines", "calendars.BusinessCalendar"): "an agent keeps hours; nothing is asked of them here",
}
COLLECTORS = {"_common_shapes", "_files.answers", "_files.policy_documents", "_files.schemas"}
"""What joins the tables of keys of several components, which stand in their `data` modules."""

USERS_OF = {  # foreign package: the only modules that may import it
    "dateutil": {
        *("_calendar.closures", "kpi", "_oncall.rotations", "_report.qualifications"),
    },
    "holidays": {"_calendar.closures"},
    "hypothesis": {"testing"},
    "matplotlib": {"plots"},
    "numpy": {
        *("arrays", "_changes.by_arrays", "_changes.making_by_arrays", "_changes.stretches"),
        *("_cli.column_events", "_columns", "_frames"),
        *("_report.column_reading", "_report.column_view", "_report.period_arrays"),
        *("_kpi.columns", "_kpi.column_answers", "_kpi.column_figures"),
        *("_kpi.place_columns", "_kpi.volume_columns"),
        *("_kpi.column_populations", "_kpi.tables", "_kpi.cycle_tables"),
    },
    "openpyxl": {"adapters._workbooks", "_report.workbooks"},
    "ortools": {"_shifts.rosters", "shifts"},
    "pandas": {"_frames.clusters"},
    "pickle": {"testing", "_frames.workers"},
    "pyarrow": {
        *("_columns", "_files.parquet_events", "_frames", "_kpi.tables", "_kpi.cycle_tables"),
        *("_report.column_reading", "_report.column_view"),
        "_kpi.table_states",
    },
    "pydantic": {"pydantic"},
    "pydantic_core": {"pydantic"},
    "rich": {"__main__"},
    "tomli_w": {"_documents"},
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
    *("matplotlib", "numpy", "pandas", "pyarrow", "rich"),
)

MOST_LINES = 50
"""Lines of code in a function: blank lines, comments and the docstring do not count."""
MOST_WAYS = 12
"""Ways through a function: one, and one more for each branch, loop, `and`, `or` and case."""
BRANCHES = (ast.If, ast.For, ast.While, ast.ExceptHandler, ast.IfExp, ast.Assert, ast.Lambda)

MODULES = sorted(PACKAGE.rglob("*.py"))
DESIGN = (  # the modules that carry the design say what to read before and after them
    *("errors", "calendars", "events", "patterns", "tickets"),
    *("sla", "agenda", "routing", "staffing", "kpi", "desk", "__init__"),
)


def module_of(path: Path) -> str:
    """The dotted name below the package; a package has the name of its folder."""
    name = path.relative_to(PACKAGE).with_suffix("").as_posix().replace("/", ".")
    return name.removesuffix(".__init__")


NAMES = {module_of(path) for path in MODULES}
PUBLIC_PACKAGES = {name for name in RANK if (PACKAGE / name / "__init__.py").exists()}


def component(module: str) -> str:
    top = module.partition(".")[0]
    return COMPONENTS.get(top, top if top in RANK else top.removeprefix("_"))


def is_private(module: str) -> bool:
    return any(part.startswith("_") and part[1] != "_" for part in module.split("."))


def ours(path: Path, *, types: bool) -> set[tuple[str, str]]:
    """The modules and names imported from other components, at run time or for types alone."""
    own, names = component(module_of(path)), set(imports(path).values())
    if types:
        names = set(imports(path, types=True).values()) - names
    found = set()
    for name in names:
        if within(name, "support_model") and name != "support_model":
            short = name.removeprefix("support_model.")
            module, _, last = ("", "", "") if short in NAMES else short.rpartition(".")
            found.add((short, "") if short in NAMES else (module or "__init__", last))
    return {(module, name) for module, name in found if component(module) != own}


def run_time_nodes(tree: ast.AST) -> Iterator[ast.AST]:
    """Walk all that runs: what `if TYPE_CHECKING:` guards does not."""
    yield tree
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, ast.If) and ast.unparse(child.test).endswith("TYPE_CHECKING"):
            for other in child.orelse:
                yield from run_time_nodes(other)
        else:
            yield from run_time_nodes(child)


def imports(path: Path, *, types: bool = False) -> dict[str, str]:
    """What a module imports at run time, or with `types` at all: local name -> full name."""
    found: dict[str, str] = {}
    package = ".".join(("support_model", *path.relative_to(PACKAGE).parts[:-1])).split(".")
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree) if types else run_time_nodes(tree):
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


def identifier(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


every_module = pytest.mark.parametrize("path", MODULES, ids=identifier)


@every_module
def test_imports_go_down(path):
    own = component(module_of(path))
    assert own in RANK, f"give {own} a place in LAYERS"
    above = {pair for pair in ours(path, types=False) if RANK[component(pair[0])] >= RANK[own]}
    assert not above


def test_types_from_above_are_listed_with_a_reason():
    upward = {
        (module_of(path), f"{module}.{name}")
        for path in MODULES
        for module, name in ours(path, types=True)
        if RANK[component(module)] >= RANK[component(module_of(path))]
    }
    assert upward == UPWARD.keys()


@every_module
def test_another_component_is_imported_by_its_public_modules(path):
    imported = ours(path, types=False) | ours(path, types=True)
    private = {
        pair for pair in imported if is_private(pair[0]) and pair[0].split(".")[0] not in RANK
    }
    if module_of(path) in COLLECTORS:
        private = {pair for pair in private if not pair[0].endswith("data")}
        imported = {pair for pair in imported if not pair[0].endswith("data")}
    unpromised = {
        (module, name)
        for module, name in imported - private
        if name and name not in import_module(f"support_model.{module}").__all__
    }
    assert not private | unpromised


@every_module
def test_a_private_package_does_not_import_what_stands_on_it(path):
    own = module_of(path)
    if not is_private(own) or own in RANK:
        return
    names = {name.removeprefix("support_model.") for name in imports(path).values()}
    assert not {
        name
        for name in names
        for public in (name, name.rpartition(".")[0])
        if public in NAMES
        and not is_private(public)
        and component(public) == component(own)
        and component(own) not in PUBLIC_PACKAGES
    }


@every_module
def test_each_dependency_stays_in_its_modules(path):
    packages = {name.split(".")[0] for name in imports(path).values()} - {"__future__"}
    foreign = packages - (sys.stdlib_module_names - USERS_OF.keys()) - EVERYWHERE
    own = module_of(path)
    users = {own, own.partition(".")[0]}
    assert not {name for name in foreign if users.isdisjoint(USERS_OF.get(name, ()))}


LOCAL_WORDS = re.compile(r"%[aAbBcxXpP]")  # what strftime writes in the language of the process


@every_module
def test_no_text_follows_the_locale(path):
    """Names of weekdays and months come from the tables of `support_model._time`."""
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
    if RANK[component(module_of(path))] >= RANK["_bounded_files"]:
        return
    spoken = uses(path)
    touched = {name for name in spoken for banned in FILES if within(name, banned)}
    assert not touched | {name for name in spoken if name.split(".")[-1] in READS}


@every_module
def test_a_module_says_what_it_is(path):
    docstring = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
    if path.name == "__init__.py" and is_private(module_of(path)):
        return
    assert docstring.partition("\n")[0].endswith((".", ":"))


@every_module
def test_functions_are_short_and_simple(path):
    assert not oversized(path.read_text("utf-8"))


def oversized(text: str) -> list[str]:
    """The functions of a module that have too many lines of code or ways through them."""
    return [
        node.name
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef)
        and (ways_through(node) > MOST_WAYS or lines_of_code(node, text) > MOST_LINES)
    ]


def ways_through(function: ast.FunctionDef) -> int:
    """The cyclomatic complexity of a function, without the functions defined in it."""
    ways, nodes = 1, list(ast.iter_child_nodes(function))
    while nodes:
        node = nodes.pop()
        if isinstance(node, ast.FunctionDef):
            continue
        if isinstance(node, ast.BoolOp):
            ways += len(node.values) - 1
        elif isinstance(node, ast.comprehension):
            ways += 1 + len(node.ifs)
        elif isinstance(node, ast.match_case):
            ways += ast.unparse(node.pattern) != "_"
        else:
            ways += isinstance(node, BRANCHES)
        nodes += ast.iter_child_nodes(node)
    return ways


def lines_of_code(function: ast.FunctionDef, text: str) -> int:
    """The lines of a function that are not blank, a comment or its docstring."""
    lines = dict(enumerate(map(str.strip, text.splitlines()), 1))
    numbers = set(range(function.lineno, function.end_lineno + 1))
    if ast.get_docstring(function) is not None:
        numbers -= set(range(function.body[0].lineno, function.body[0].end_lineno + 1))
    return sum(bool(lines[n]) and not lines[n].startswith("#") for n in numbers)


def test_the_measures_notice_a_long_function_and_one_of_many_ways():
    long = 'def long():\n    """Two\n\n    lines."""\n    # why\n\n'
    long += "    pass\n" * (MOST_LINES - 1)
    assert not oversized(long)
    assert oversized(long + "    pass\n") == ["long"]
    many = (
        "def many(x):\n"
        "    for y in x:\n        while x and y or z:\n            assert x if y else z\n"
        "    try:\n        pass\n    except ValueError:\n        pass\n"
        "    match x:\n        case 1:\n            return [y for y in x if y]\n"
        "        case _:\n            return lambda: x\n"
    )
    assert ways_through(ast.parse(many).body[0]) == MOST_WAYS
    assert not oversized(many)
    assert oversized(many + "    if x:\n        pass\n") == ["many"]


@pytest.mark.parametrize("module", DESIGN)
def test_a_module_of_the_design_says_what_to_read_next(module):
    docstring = ast.get_docstring(ast.parse((PACKAGE / f"{module}.py").read_text("utf-8")))
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


def test_the_root_loads_no_module_before_a_name_is_used():
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
    assert ours(path, types=False) == {("calendars", "")}
    assert set(imports(path).values()) >= {"rich", "holidays", "support_model.calendars"}
    assert "numpy" not in imports(path)
    assert uses(path) >= {"datetime.datetime.now", "random.random", "open"}


def test_the_architecture_page_names_every_component():
    page = (ROOT / "docs" / "explanation" / "architecture.md").read_text("utf-8")
    components = {name for row in LAYERS for name in row} | {
        name for names in OVER.values() for name in names
    }
    assert not {
        name for name in components - {"__init__"} if not re.search(rf"`?\b{name}\b", page)
    }
