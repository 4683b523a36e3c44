"""A pytest plugin that runs the collected tests against mutants instead of the whole code.

The session imports the package and collects the tests once, and forks for everything else. One
fork runs all tests, and every statement says which of them run it. Then each mutant gets a fork
of its own, in which the functions it breaks have their code exchanged, and the tests that run
the broken statement are run, quickest first, until one fails. That test is run once more
without the mutant: a test that fails by itself kills nothing.
"""

import ast
import builtins
import gc
import json
import os
import resource
import time
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from types import CodeType, FunctionType

import pytest
from hypothesis import HealthCheck, Phase, settings
from mutants import Mutant, Watched, sample

HIT = "__statement_runs__"
SURVIVED, KILLED, CANNOT_SWAP = 0, 1, 2
PATIENCE = 5  # seconds of processor time beyond three times what a test took, or it hangs
MEMORY = 4 << 30  # bytes of addresses, for a mutant that never ends

Unit = tuple[float, list[int]]  # seconds, and which items run in a row
Line = tuple[str, int]


def pytest_configure() -> None:  # no shrinking: that a test fails is all we want to know
    settings.register_profile(
        "mutation",
        max_examples=25,
        deadline=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    settings.load_profile("mutation")


def pytest_runtestloop(session: pytest.Session) -> bool:
    task = json.loads(os.environ["MUTATION_TASK"])
    report = os.fdopen(task["report"], "w", buffering=1)
    paths = [Path(path) for paths in task["components"].values() for path in paths]
    runner = Runner(session, paths, task["budget"])
    whole = runner.map_statements()
    if whole:
        print(f"the tests do not pass without mutants: {whole}", file=report)
        return True
    survivors = {}
    for name, paths in task["components"].items():
        mutants, total = sample([Path(path) for path in paths], task["sample"], task["seed"])
        print(f"{name}: {len(mutants)} of {total} mutants", file=report)

        def tell(mutant: Mutant) -> None:
            where = mutant.path.relative_to(task["package"])
            print(f"  survived: {where}:{mutant.line}: {mutant.change}", file=report)

        verdicts = runner.judge(mutants, task["jobs"], tell)
        survivors[name] = [
            [k, [item.nodeid for item in runner.items_for(mutants[k])]]
            for k, verdict in enumerate(verdicts)
            if verdict == CANNOT_SWAP
        ]
        killed = verdicts.count(KILLED)
        print(json.dumps([name, killed, len(mutants), survivors[name]]), file=report)
    return True


class Runner:
    """The collected tests, and which of them run which statement."""

    def __init__(self, session: pytest.Session, paths: list[Path], budget: float) -> None:
        self.items, self.paths, self.budget = session.items, paths, budget
        self.plugins = session.config.pluginmanager
        self.seconds: dict[int, float] = {}
        self.running: dict[Line, list[int]] = {}
        self.sound: dict[tuple[int, ...], bool] = {}
        self.kills: Counter[tuple[int, ...]] = Counter()
        ours = {str(path) for path in paths}
        self.functions = [
            thing
            for thing in gc.get_objects()
            if type(thing) is FunctionType and thing.__code__.co_filename in ours
        ]
        gc.freeze()  # what all forks share stays shared

    def map_statements(self) -> str:
        """Note which tests run each statement; the first test that fails, or nothing."""
        notes = Path.cwd() / "mutation_map.json"

        def watch() -> int:
            trees = {path: ast.parse(path.read_text("utf-8")) for path in self.paths}
            lines: set[Line] = set()
            setattr(builtins, HIT, lines.add)
            self.swap({p: Watched(p, HIT).visit(tree) for p, tree in trees.items()})
            found, seconds, failed = {}, {}, ""
            for k, item in enumerate(self.items):
                lines.clear()
                start = time.process_time()
                if self.fails([k]):
                    failed = failed or item.nodeid
                seconds[k] = time.process_time() - start
                found[k] = sorted(lines)
            notes.write_text(json.dumps([found, seconds, failed]))
            return 0

        os.waitpid(fork(watch), 0)
        found, seconds, failed = json.loads(notes.read_text())
        self.seconds = {int(k): value for k, value in seconds.items()}
        for k, lines in found.items():
            for path, line in lines:
                self.running.setdefault((path, line), []).append(int(k))
        return failed

    def units(self, mutant: Mutant) -> list[Unit]:
        """The tests that run a mutant's statement, quickest first, as far as the budget goes.

        The examples of one page share their names, so they run together, from the first on.
        """
        found: dict[object, list[int]] = {}
        for k in self.running.get((str(mutant.path), mutant.statement), ()):
            item = self.items[k]
            if type(item).__name__ == "SybilItem":
                page = [j for j, other in enumerate(self.items) if other.path == item.path]
                found[item.path] = [j for j in page if j <= k]
            else:
                found[k] = [k]
        return self.affordable(found.values())

    def affordable(self, units: Iterable[list[int]]) -> list[Unit]:
        timed = sorted((sum(self.seconds[k] for k in unit), unit) for unit in units)
        chosen, spent = [], 0.0
        for seconds, unit in sorted(timed, key=self.effort):
            spent += seconds
            if chosen and spent > self.budget:
                break
            chosen.append((seconds, unit))
        return chosen

    def items_for(self, mutant: Mutant) -> list[pytest.Item]:
        """The tests to run afresh: any, for a statement that runs while modules are imported."""
        units = self.units(mutant) or self.affordable([k] for k in range(len(self.items)))
        return [self.items[k] for _, unit in units for k in unit]

    def effort(self, unit: Unit) -> float:
        """Seconds, less for tests that have killed before."""
        return unit[0] / (1 + self.kills[tuple(unit[1])])

    def judge(self, mutants: list[Mutant], jobs: int, tell: Callable[[Mutant], None]) -> list[int]:
        """What became of each mutant; survivors are told at once."""
        verdicts = [CANNOT_SWAP] * len(mutants)
        under_way: dict[int, tuple[int, list[Unit], Path]] = {}
        waiting: list[tuple[int, list[Unit] | None]]
        waiting = [(k, None) for k in reversed(range(len(mutants)))]
        while waiting or under_way:
            while waiting and len(under_way) < jobs:
                k, units = waiting.pop()
                units = self.units(mutants[k]) if units is None else units
                note = Path.cwd() / f"mutant_{k}.txt"
                note.unlink(missing_ok=True)
                if units:
                    pid = self.start(mutants[k], units, note)
                    under_way[pid] = k, units, note
            if not under_way:
                break
            pid, status = os.wait()
            k, units, note = under_way.pop(pid)
            verdicts[k] = os.waitstatus_to_exitcode(status)
            if verdicts[k] not in {SURVIVED, CANNOT_SWAP}:  # a test failed, or it hung or crashed
                verdicts[k] = KILLED
                killer = json.loads(note.read_text()) if note.exists() else None
                if killer and not self.passes_alone(killer):
                    waiting.append((k, [unit for unit in units if unit[1] != killer]))
                    verdicts[k] = CANNOT_SWAP
                elif killer:
                    self.kills[tuple(killer)] += 1
            elif verdicts[k] == SURVIVED:
                tell(mutants[k])
        return verdicts

    def start(self, mutant: Mutant, units: list[Unit], note: Path) -> int:
        def meet() -> int:
            if not self.swap({mutant.path: mutant.tree}):
                return CANNOT_SWAP
            for seconds, unit in units:
                allowed = int(time.process_time() + PATIENCE + 3 * seconds)
                resource.setrlimit(resource.RLIMIT_CPU, (allowed, resource.RLIM_INFINITY))
                if self.fails(unit):
                    note.write_text(json.dumps(unit))
                    return KILLED
            return SURVIVED

        return fork(meet)

    def swap(self, trees: dict[Path, ast.Module]) -> bool:
        """Give the functions the code of other trees; whether any changed and all could."""
        new: dict[tuple[str, str, int], CodeType] = {}
        for path, tree in trees.items():
            for code in codes(compile(ast.fix_missing_locations(tree), str(path), "exec")):
                new[str(path), code.co_qualname, code.co_firstlineno] = code
        changed = False
        for function in self.functions:
            old = function.__code__
            code = new.get((old.co_filename, old.co_qualname, old.co_firstlineno))
            if code is not None and code != old:
                try:
                    function.__code__ = code
                except ValueError:  # it closes over other names than before
                    return False
                changed = True
        return changed

    def passes_alone(self, unit: list[int]) -> bool:
        """Whether tests pass in a process of their own without any mutant."""
        key = tuple(unit)
        if key not in self.sound:
            pid = fork(lambda: int(self.fails(unit)))
            self.sound[key] = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
        return self.sound[key]

    def fails(self, unit: list[int]) -> bool:
        """Run tests in a row; whether one fails."""
        failed = []

        class Verdict:
            @staticmethod
            def pytest_runtest_logreport(report: pytest.TestReport) -> None:
                if report.failed:
                    failed.append(report.nodeid)

        self.plugins.register(verdict := Verdict())
        for k, after in zip(unit, [*unit[1:], None], strict=True):
            item = self.items[k]
            item.config.hook.pytest_runtest_protocol(
                item=item, nextitem=None if after is None else self.items[after]
            )
            if failed:
                break
        self.plugins.unregister(verdict)
        return bool(failed)


def fork(work: Callable[[], int]) -> int:
    """Do some work in a silent fork; its process."""
    pid = os.fork()
    if pid:
        return pid
    code = KILLED
    try:
        nothing = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nothing, stream)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        code = work()
    finally:
        os._exit(code)


def codes(code: CodeType) -> Iterable[CodeType]:
    """A code object and all within it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from codes(constant)
