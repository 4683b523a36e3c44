#!/usr/bin/env python3
"""Break the code on purpose and see whether the tests notice.

    python tests/mutation.py [--sample N | --all] [--seed S] [--budget SECONDS] [--jobs J]
                             [--tests PATH]... [ROOM...]

A room is a module (`queueing`, `adapters.table`) or one of the rooms below with all that it is
made of (`sla`); without one, all of these. Of each room a seeded sample of mutants is made: one
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

ROOMS = {  # a door and the rooms of its wing
    "calendars": """calendars closures hours.timeline hours.local_clock hours.local_hours
        hours.hours_text hours.calendar_forms hours.calendar_data hours.day_rules
        hours.day_tables hours.explanations""",
    "patterns": "patterns lifecycle.subjects lifecycle.pattern_logic",
    "events": "events lifecycle.vocabulary lifecycle.ticket_data",
    "tickets": "tickets lifecycle.transitions lifecycle.workflows lifecycle.merging",
    "agenda": "agenda",
    "sla": """sla service_levels.metrics service_levels.policies service_levels.cycles
        service_levels.clocks service_levels.evaluations service_levels.sla_states
        service_levels.policy_data service_levels.state_data""",
    "queueing": "queueing capacity.erlang capacity.sizing capacity.birth_death",
    "staffing": """staffing capacity.quantities capacity.relief capacity.coverage
        capacity.competence capacity.demand capacity.volumes capacity.deadlines
        capacity.line_flow capacity.payback capacity.labor_rules""",
    "oncall": """oncall duty.duty_windows duty.rotations duty.rosters duty.oncall_reasons
        duty.roster_tables""",
    "escalation": """escalation escalations.steps escalations.courses escalations.runs
        escalations.targets""",
    "routing": """routing lines assignment.workloads assignment.queues assignment.routing_rules
        assignment.teams assignment.eligibility assignment.retries assignment.ranking
        assignment.backlog assignment.triage assignment.line_moves assignment.swarming
        assignment.fairness assignment.line_choice assignment.ticket_logs
        assignment.decision_tables""",
    "desk": """desk desks.named_parts desks.references desks.policy_lint desks.staff_lint
        desks.presence_lint assignment.routing_names escalations.escalation_rules""",
    "serde": """serde files.documents files.parts files.schemas files.shapes files.shape_words
        files.staff_shapes assignment.people_data assignment.routing_data duty.oncall_data
        escalations.plan_data lifecycle.workflow_data""",
    "kpi": """kpi kpis.facts kpis.measures kpis.times kpis.resolution kpis.contact kpis.work
        kpis.money kpis.ratings kpis.topics kpis.calls kpis.sla figures summaries
        statistics.figure_tables""",
    "inference": """inference statistics.probability statistics.survival
        statistics.standardization statistics.comparisons statistics.control_charts
        statistics.bootstrap statistics.sketches""",
}


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


def session(root: Path, rooms: dict[str, list[Path]], options: argparse.Namespace) -> list[list]:
    """Judge all rooms in one pytest session; for each: name, killed, sample, what is left."""
    modules = {
        ".".join(path.relative_to(root / "src" / "support_model").with_suffix("").parts)
        for paths in rooms.values()
        for path in paths
    }
    tests = options.tests or files_that_reach(root, modules)
    reader, writer = os.pipe()
    task = {
        "rooms": {room: [str(path) for path in paths] for room, paths in rooms.items()},
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
        "rooms", nargs="+", metavar="ROOM", help=f"a module, or {', '.join(ROOMS)}"
    )
    parser.add_argument("--sample", type=int, default=30, help="mutants of each room")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="mutants at once")
    parser.add_argument("--budget", type=float, default=30, help="seconds of tests a mutant")
    parser.add_argument("--tests", action="append", help="test files, instead of all that reach")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve() / "project"
        skip = shutil.ignore_patterns(".*", "_build", "__pycache__")
        shutil.copytree(ROOT, root, ignore=skip)
        rooms = {
            room: [source(root, module) for module in ROOMS.get(room, room).split()]
            for room in options.rooms
        }
        judged = session(root, rooms, options)
        if len(judged) < len(rooms):
            sys.exit("mutation.py: the session ended early")
        shares = []
        for room, killed, size, left in judged:
            mutants = sample(rooms[room], options.sample, options.seed)[0]
            lives = [mutants[k] for k, tests in left if survives_afresh(root, mutants[k], tests)]
            for mutant in lives:
                print(f"  survived: {mutant.path.name}:{mutant.line}: {mutant.change}")
            total = killed + len(left) - len(lives)
            shares.append(total / size if size else 1.0)
            print(f"{room}: {total} of {size} killed, {shares[-1]:.0%}", flush=True)
    return 0 if min(shares) >= WANTED else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
