#!/usr/bin/env python3
"""Break the code on purpose and see whether the tests notice.

    python tests/mutation.py [--sample N] [--seed S] [--tests PATH] MODULE...

Of each module (`queueing`, `adapters/table`) a seeded sample of mutants is made: one operator,
comparison, number, condition or result changed at a time. First the tests whose imports reach
the module run once, and which of them enter which function is written down; a mutant then runs
only the tests that enter its function, quickest first, and the reference cases that reach the
module, until one fails. It is killed when one fails, or hangs. All happens in a copy of the
project; exit code 1 below 90 % killed.
"""

import argparse
import ast
import copy
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WANTED = 0.90
PATIENCE = 20  # seconds more than the tests took that a mutant may hang
BATCH = 40  # tests in one run, so that a quick one can end it before slow ones are collected

SWAPS = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.And: ast.Or,
    ast.Or: ast.And,
}
NAMES = {"min": "max", "max": "min", "any": "all", "all": "any", "floor": "ceil", "ceil": "floor"}


def variants(node: ast.AST) -> Iterator[ast.AST]:  # noqa: C901 - one case a kind of node
    """Each way to break one node."""

    def changed(**fields: object) -> ast.AST:
        other = copy.copy(node)
        for name, value in fields.items():
            setattr(other, name, value)
        return other

    match node:
        case ast.BinOp(op=op) | ast.AugAssign(op=op) if type(op) in SWAPS:
            yield changed(op=SWAPS[type(op)]())
        case ast.BoolOp(op=op):
            yield changed(op=SWAPS[type(op)]())
        case ast.Compare(ops=[first, *rest]) if type(first) in SWAPS:
            yield changed(ops=[SWAPS[type(first)](), *rest])
        case ast.UnaryOp(op=ast.Not() | ast.USub(), operand=operand):
            yield operand
        case ast.If(test=test) | ast.IfExp(test=test) | ast.While(test=test):
            yield changed(test=ast.UnaryOp(ast.Not(), test))
        case ast.Constant(value=bool(value)):
            yield changed(value=not value)
        case ast.Constant(value=int(value) | float(value)):
            yield changed(value=value + 1)
        case ast.Return(value=ast.expr() as value) if ast.unparse(value) != "None":
            yield changed(value=ast.Constant(None))
        case ast.Name(id=name) if name in NAMES:
            yield changed(id=NAMES[name])
        case ast.Attribute(attr=name) if name in NAMES:
            yield changed(attr=NAMES[name])
        case ast.Break():
            yield ast.Continue()
        case _:
            return


class Mutant:
    """A module's text with one node broken, and where."""

    def __init__(self, tree: ast.Module, function: str, node: ast.AST, broken: ast.AST) -> None:
        self.function, self.line = function, node.lineno
        self.change = f"{ast.unparse(node).splitlines()[0]}  ->  {unparse(broken)}"

        class Break(ast.NodeTransformer):
            def visit(self, at: ast.AST) -> ast.AST:
                return broken if at is node else super().visit(at)

        whole = copy.deepcopy(tree, {id(node): node})
        self.source = ast.unparse(ast.fix_missing_locations(Break().visit(whole)))


def unparse(node: ast.AST) -> str:
    return ast.unparse(ast.fix_missing_locations(copy.deepcopy(node))).splitlines()[0]


def mutable(node: ast.AST, function: str = "") -> Iterator[tuple[str, ast.AST]]:
    """Every node within a function that runs, with the function's name; no annotations."""
    for name, value in ast.iter_fields(node):
        if name in {"annotation", "returns", "decorator_list"}:
            continue
        for child in value if isinstance(value, list) else [value]:
            if not isinstance(child, ast.AST) or (
                isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)
            ):
                continue
            inner = function
            if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)):
                inner = function or child.name  # a nested function dies with the one around it
            elif function:
                yield function, child
            yield from mutable(child, inner)


def sample(path: Path, size: int, seed: int) -> tuple[list[Mutant], int]:
    """A seeded sample of a module's mutants, in its order, and how many there are in all."""
    tree = ast.parse(path.read_text("utf-8"))
    spots = [(name, node, b) for name, node in mutable(tree) for b in variants(node)]
    dice = random.Random(f"{seed} {path.name}")  # noqa: S311 - a sample, no secret
    chosen = sorted(dice.sample(range(len(spots)), min(size, len(spots))))
    return [Mutant(tree, *spots[k]) for k in chosen], len(spots)


def imports(path: Path) -> set[str]:
    """The names of the package's modules that a file imports, below it or at its top."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return {n.removeprefix("support_model.") for n in found if n.startswith("support_model.")}


def files_that_reach(root: Path, module: str) -> tuple[list[str], list[str]]:
    """The test files whose imports lead to a module, its own examples; and kinds of cases."""
    package = root / "src" / "support_model"
    graph = {
        ".".join(path.relative_to(package).with_suffix("").parts): imports(path)
        for path in package.rglob("*.py")
    }
    reaching, grown = {module}, True
    while grown:
        more = {name for name, uses in graph.items() if uses & reaching} - reaching
        reaching, grown = reaching | more, bool(more)
    users = [p for p in sorted((root / "tests").glob("**/test_*.py")) if imports(p) & reaching]
    own = package / f"{module.replace('.', '/')}.py"
    kinds = [
        path.stem
        for path in sorted((root / "tests" / "conformance").glob("*.py"))
        if imports(path) & reaching and vectors(root, path.stem).exists()
    ]
    return [str(path.relative_to(root)) for path in (*users, own)], kinds


def vectors(root: Path, kind: str) -> Path:
    """The file of a kind's reference cases."""
    return root / "tests" / "vectors" / f"{kind}.json"


PLUGIN = """
import json, os, sys
import pytest
from hypothesis import Phase, settings

TARGET, MAP = os.environ.get("MUTATION_TARGET"), os.environ.get("MUTATION_MAP")
entered, seconds = {}, {}

def pytest_configure():  # no shrinking: that a test fails is all we want to know
    settings.register_profile("mutation", max_examples=25, deadline=None, derandomize=True,
                              phases=[Phase.explicit, Phase.generate])
    settings.load_profile("mutation")

@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_call(item):
    names = set()
    def trace(frame, event, _):
        if event == "call" and frame.f_code.co_filename == TARGET:
            names.add(frame.f_code.co_qualname)
    if MAP:
        sys.setprofile(trace)
    yield
    sys.setprofile(None)
    for name in names:
        entered.setdefault(name, []).append(item.nodeid)

def pytest_runtest_logreport(report):
    seconds[report.nodeid] = seconds.get(report.nodeid, 0) + report.duration

def pytest_sessionfinish():
    if MAP:
        with open(MAP, "w") as file:
            json.dump([entered, seconds], file)
"""


def run(root: Path, command: list[str], timeout: float | None = None, **more: str) -> int:
    """Run Python in the copy, quietly; the exit code, or -1 when it hangs."""
    path = os.pathsep.join([str(root / "src"), str(root)])
    try:
        return subprocess.run(
            [sys.executable, *command],
            cwd=root,
            env={**os.environ, "PYTHONPATH": path, **more},
            timeout=timeout,
            check=False,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ).returncode
    except subprocess.TimeoutExpired:
        return -1


PYTEST = ["-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-p", "mutation_plugin"]


def who_enters(root: Path, path: Path, tests: list[str]) -> dict[str, list[tuple[float, str]]]:
    """For each function of a module, the tests that enter it, quickest first."""
    notes = root / "mutation_map.json"
    where = {"MUTATION_TARGET": str(path), "MUTATION_MAP": str(notes)}
    if code := run(root, [*PYTEST, *tests], **where):
        sys.exit(f"mutation.py: the tests do not pass without mutants ({code}): {tests}")
    entered, seconds = json.loads(notes.read_text())
    table: dict[str, set[str]] = {}
    for qualified, nodes in entered.items():
        parts = [part for part in qualified.split(".") if part != "<locals>"]
        for name in parts:
            table.setdefault(name, set()).update(nodes)
    return {
        name: sorted((seconds.get(node, 0.0), node) for node in nodes)
        for name, nodes in table.items()
    }


def survives(
    root: Path, path: Path, mutant: Mutant, tests: list[tuple[float, str]], kinds: list[str]
) -> bool:
    """Whether no test and no reference case notices a mutant."""
    original = path.read_text("utf-8")
    path.write_text(mutant.source, "utf-8")
    try:
        for start in range(0, len(tests), BATCH):
            batch = tests[start : start + BATCH]
            allowed = PATIENCE + 3 * sum(seconds for seconds, _ in batch)
            if run(root, [*PYTEST, *(node for _, node in batch)], allowed):
                return False
        cases = [["tests/conformance/run.py", kind, str(vectors(root, kind))] for kind in kinds]
        return not any(run(root, command, 3 * PATIENCE) for command in cases)
    finally:
        path.write_text(original, "utf-8")


def judge(root: Path, module: str, options: argparse.Namespace) -> float:
    """Run one module's mutants, print what lives, return the share killed."""
    path = root / "src" / "support_model" / f"{module.replace('.', '/')}.py"
    mutants, total = sample(path, options.sample, options.seed)
    tests, kinds = files_that_reach(root, module)
    tests = options.tests or tests
    entered = who_enters(root, path, tests)
    print(f"{module}: {len(mutants)} of {total} mutants, {len(tests)} test files", flush=True)
    killed = 0
    for mutant in mutants:
        if survives(root, path, mutant, entered.get(mutant.function, []), kinds):
            where = f"line {mutant.line} in {mutant.function}"
            print(f"  survived: {where}: {mutant.change}", flush=True)
        else:
            killed += 1
    share = killed / len(mutants) if mutants else 1.0
    print(f"{module}: {killed} of {len(mutants)} killed, {share:.0%}", flush=True)
    return share


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("modules", nargs="+", metavar="MODULE")
    parser.add_argument("--sample", type=int, default=30, help="mutants of each module")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--tests", action="append", help="test files, instead of all that reach")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "project"
        skip = shutil.ignore_patterns(".*", "_build", "__pycache__")
        shutil.copytree(ROOT, root, ignore=skip)
        (root / "mutation_plugin.py").write_text(PLUGIN, "utf-8")
        modules = [name.removesuffix(".py").replace("/", ".") for name in options.modules]
        shares = [judge(root, module, options) for module in modules]
    return 0 if min(shares) >= WANTED else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
