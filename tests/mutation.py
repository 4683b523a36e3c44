#!/usr/bin/env python3
"""Break the code on purpose and see whether the tests notice.

    python tests/mutation.py [--sample N | --all] [--seed S] [--budget SECONDS] [--jobs J]
                             [--tests PATH]... COMPONENT...

A component is a public module with the private package below it (`sla` and `_sla`), or any one
module (`adapters.table`). Of each component a seeded sample of mutants is made: one
operator, comparison, number, condition or result changed at a time. A mutant is killed when one
of the tests that run the broken statement fails or hangs; what is told apart only while modules
are imported is tried in a fresh interpreter. All happens in a copy of the project; exit code 1
below 90 % killed.
"""

import argparse
import ast
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from mutants import Mutant, sample

ROOT = Path(__file__).resolve().parents[1]
WANTED = 0.90
PATIENCE = 300  # seconds that a fresh interpreter may take

OVER = {  # component: the public modules over its private package, where more than one
    "calendars": ("calendars", "arrays", "closures", "opening_hours"),
    "statistics": ("figures", "inference", "summaries"),
    "serde": ("serde",),
}
BELOW = {"calendars": "_calendar", "serde": "_files"}


def components(root: Path) -> dict[str, list[str]]:
    """The modules of each component: the public ones and the private package below them."""
    package = root / "src" / "support_model"
    found = {}
    for path in sorted(package.glob("*.py")):
        name = path.stem
        if name.startswith("_") or any(name in names[1:] for names in OVER.values()):
            continue
        below = package / BELOW.get(name, f"_{name}")
        inner = [f"{below.name}.{part.stem}" for part in sorted(below.glob("[a-z]*.py"))]
        found[name] = [*OVER.get(name, (name,)), *inner]
    return found


def imports(path: Path) -> set[str]:
    """The names of the package's modules that a file imports, below it or at its top."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return {n.removeprefix("support_model.") for n in found if n.startswith("support_model.")}


def files_that_reach(root: Path, modules: set[str]) -> list[str]:
    """The test files whose imports lead to some modules, and the modules' own examples."""
    package = root / "src" / "support_model"
    graph = {
        ".".join(path.relative_to(package).with_suffix("").parts): imports(path)
        for path in package.rglob("*.py")
    }
    reaching, grown = set(modules), True
    while grown:
        more = {name for name, uses in graph.items() if uses & reaching} - reaching
        reaching, grown = reaching | more, bool(more)
    users = [p for p in sorted((root / "tests").glob("**/test_*.py")) if imports(p) & reaching]
    cases = root / "tests" / "test_conformance.py"
    own = [source(root, module) for module in sorted(modules)]
    return [str(path.relative_to(root)) for path in dict.fromkeys((*users, cases, *own))]


def source(root: Path, module: str) -> Path:
    """The file of a module."""
    return root / "src" / "support_model" / f"{module.replace('.', '/')}.py"


def pytest_in(root: Path, *arguments: str, **more: object) -> "subprocess.Popen[bytes]":
    """Start pytest in the copy, quietly."""
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(root / "src"), str(root / "tests")]),
        "PYTHONDONTWRITEBYTECODE": "1",
        **more.pop("env", {}),
    }
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *arguments]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.Popen(command, cwd=root, env=environment, **quiet, **more)


def session(
    root: Path, components: dict[str, list[Path]], options: argparse.Namespace
) -> list[list]:
    """Judge all components in one pytest session; for each: name, killed, sample, what is left."""
    modules = {
        ".".join(path.relative_to(root / "src" / "support_model").with_suffix("").parts)
        for paths in components.values()
        for path in paths
    }
    tests = options.tests or files_that_reach(root, modules)
    reader, writer = os.pipe()
    task = {
        "components": {name: [str(path) for path in paths] for name, paths in components.items()},
        "package": str(root / "src" / "support_model"),
        "sample": options.sample,
        "seed": options.seed,
        "jobs": options.jobs,
        "budget": options.budget,
        "report": writer,
    }
    process = pytest_in(
        root,
        *("-s", "-p", "mutation_session"),
        *tests,
        env={"MUTATION_TASK": json.dumps(task)},
        pass_fds=[writer],
    )
    os.close(writer)
    found = []
    with os.fdopen(reader) as lines:
        for line in lines:
            if line.startswith("["):
                found.append(json.loads(line))
            else:
                print(line, end="", flush=True)
    process.wait()
    return found


def survives_afresh(root: Path, mutant: Mutant, tests: list[str]) -> bool:
    """Whether no test notices a mutant that is there from the first import on."""
    original = mutant.path.read_text("utf-8")
    mutant.path.write_text(mutant.source, "utf-8")
    process = pytest_in(root, *tests)
    try:
        return process.wait(PATIENCE) == 0
    except subprocess.TimeoutExpired:
        process.kill()
        return False
    finally:
        mutant.path.write_text(original, "utf-8")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument(
        "components", nargs="+", help=f"a module, or {', '.join(components(ROOT))}"
    )
    parser.add_argument("--sample", type=int, default=30, help="mutants of each component")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="mutants at once")
    parser.add_argument("--budget", type=float, default=30, help="seconds of tests a mutant")
    parser.add_argument("--tests", action="append", help="test files, instead of all that reach")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve() / "project"
        skip = shutil.ignore_patterns(".*", "_build", "__pycache__")
        shutil.copytree(ROOT, root, ignore=skip)
        known = components(root)
        chosen = {
            name: [source(root, module) for module in known.get(name, [name])]
            for name in options.components
        }
        judged = session(root, chosen, options)
        if len(judged) < len(chosen):
            sys.exit("mutation.py: the session ended early")
        shares = []
        for name, killed, size, left in judged:
            mutants = sample(chosen[name], options.sample, options.seed)[0]
            lives = [mutants[k] for k, tests in left if survives_afresh(root, mutants[k], tests)]
            for mutant in lives:
                print(f"  survived: {mutant.path.name}:{mutant.line}: {mutant.change}")
            total = killed + len(left) - len(lives)
            shares.append(total / size if size else 1.0)
            print(f"{name}: {total} of {size} killed, {shares[-1]:.0%}", flush=True)
    return 0 if min(shares) >= WANTED else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
