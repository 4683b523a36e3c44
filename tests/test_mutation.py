"""The mutation runner breaks one thing at a time, the same things for the same seed."""

import argparse
import ast
import shutil
import sys
from pathlib import Path

import mutants
import mutation
import pytest

TESTS = Path(__file__).resolve().parent
SOURCE = '''
LIMIT = 3

def least(a: int, b: int = 2) -> int:
    """Words."""
    while a < LIMIT and not b:
        a += 1
    return min(a, b)
'''


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "small.py"
    file.write_text(SOURCE, "utf-8")
    return file


def test_mutants_are_single_changes_within_functions(path):
    found, total = mutants.sample([path], 100, seed=0)
    plain = ast.unparse(ast.parse(SOURCE))
    assert total == len(found) == len({mutant.source for mutant in found})
    for mutant in found:
        assert mutant.source != plain
        assert "LIMIT = 3" in mutant.source
        lines = zip(mutant.source.splitlines(), plain.splitlines(), strict=True)
        assert sum(ours != theirs for ours, theirs in lines) == 1
    changes = {mutant.change for mutant in found}
    assert {"a < LIMIT  ->  a <= LIMIT", "min  ->  max", "1  ->  2", "not b  ->  b"} <= changes
    assert {(mutant.line, mutant.statement) for mutant in found} == {(6, 6), (7, 7), (8, 8)}


def test_a_sample_is_seeded(path):
    first, second, other = (
        [mutant.change for mutant in mutants.sample([path], 4, seed=seed)[0]] for seed in (1, 1, 2)
    )
    assert first == second != other


def test_tests_are_found_by_their_imports():
    files = mutation.files_that_reach(TESTS.parent, {"_queueing.erlang"})
    assert "tests/staffing/test_queueing.py" in files
    assert "tests/test_conformance.py" in files
    assert "src/support_model/_queueing/erlang.py" in files
    assert "tests/calendars/test_arrays.py" not in files


def test_a_component_is_a_public_module_and_the_private_package_below_it():
    components = mutation.components(TESTS.parent)
    assert {"_sla.clocks", "sla"} <= set(components["sla"])
    assert {"closures", "_calendar.timeline"} <= set(components["calendars"])
    for modules in components.values():
        assert all(mutation.source(TESTS.parent, module).exists() for module in modules)


PROJECT = {
    "src/support_model/__init__.py": "",
    "src/support_model/small.py": """
def counted():
    return 5


TABLE = counted()


def larger(a, b):
    if a > b:
        return a
    return b


def doubled(a):
    return a + a


def never_run(a):
    return a + 1
""",
    "tests/test_small.py": """
from support_model.small import TABLE, doubled, larger


def test_larger():
    assert larger(2, 1) == 2
    assert larger(1, 3) == 3


def test_doubled():
    assert doubled(1) == 2


def test_table():
    assert TABLE == 5
""",
}


@pytest.mark.skipif(sys.platform == "win32", reason="the session forks")
def test_a_session_tells_the_killed_from_the_survivors(tmp_path, capsys):
    for name, text in PROJECT.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    for name in ("mutants.py", "mutation_session.py"):
        shutil.copy(TESTS / name, tmp_path / "tests" / name)
    (tmp_path / "pyproject.toml").write_text(
        '[tool.pytest]\naddopts = ["--import-mode=importlib"]\n'
    )
    small = tmp_path / "src" / "support_model" / "small.py"
    options = argparse.Namespace(
        tests=["tests/test_small.py"], sample=99, seed=0, jobs=2, budget=9
    )
    ((name, killed, size, afresh),) = mutation.session(tmp_path, {"small": [small]}, options)
    assert name == "small"
    out = capsys.readouterr().out
    survivors = {line.partition("py:")[2] for line in out.splitlines() if "survived" in line}
    assert survivors == {"10: a > b  ->  a >= b"}  # no test asks about equal ones
    assert size == killed + len(survivors) + len(afresh)
    found = mutants.sample([small], 99, seed=0)[0]
    lives = [
        found[k] for k, tests in afresh if mutation.survives_afresh(tmp_path, found[k], tests)
    ]
    assert {mutant.line for mutant in lives} == {20}  # no test runs it; line 3 runs on import
    assert 3 in {found[k].line for k, _ in afresh}
    assert small.read_text("utf-8") == PROJECT["src/support_model/small.py"]


def test_survivors_fail_the_run(monkeypatch, capsys):
    def judged(killed):
        monkeypatch.setattr(mutation, "session", lambda *_: [["queueing", killed, 20, []]])
        return mutation.main(["queueing"])

    assert judged(17) == 1
    assert judged(18) == 0
    assert "queueing: 18 of 20 killed, 90%" in capsys.readouterr().out
