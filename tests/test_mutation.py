"""The mutation runner breaks one thing at a time, the same things for the same seed."""

import ast
import importlib.util
from pathlib import Path

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


@pytest.fixture(scope="module")
def runner():
    spec = importlib.util.spec_from_file_location("mutation", TESTS / "mutation.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_mutants_are_single_changes_within_functions(runner, tmp_path):
    path = tmp_path / "small.py"
    path.write_text(SOURCE, "utf-8")
    mutants, total = runner.sample(path, 100, seed=0)
    plain = ast.unparse(ast.parse(SOURCE))
    assert total == len(mutants) == len({mutant.source for mutant in mutants})
    for mutant in mutants:
        assert mutant.source != plain
        assert "LIMIT = 3" in mutant.source
        lines = zip(mutant.source.splitlines(), plain.splitlines(), strict=True)
        assert sum(ours != theirs for ours, theirs in lines) == 1
    changes = {mutant.change for mutant in mutants}
    assert {"a < LIMIT  ->  a <= LIMIT", "min  ->  max", "1  ->  2", "not b  ->  b"} <= changes


def test_a_sample_is_seeded(runner, tmp_path):
    path = tmp_path / "small.py"
    path.write_text(SOURCE, "utf-8")
    first, second, other = (
        [mutant.change for mutant in runner.sample(path, 4, seed=seed)[0]] for seed in (1, 1, 2)
    )
    assert first == second != other


def test_tests_are_found_by_their_imports(runner):
    files, kinds = runner.files_that_reach(TESTS.parent, "capacity.erlang")
    assert "tests/staffing/test_queueing.py" in files
    assert "src/support_model/capacity/erlang.py" in files
    assert "tests/calendars/test_arrays.py" not in files
    assert kinds == ["staffing"]


def test_survivors_fail_the_run(runner, monkeypatch, capsys):
    monkeypatch.setattr(runner, "who_enters", lambda *_: {})
    monkeypatch.setattr(runner, "run", lambda *_, **__: 0)
    assert runner.main(["--sample", "2", "capacity.relief"]) == 1
    assert "survived: line" in capsys.readouterr().out
    monkeypatch.setattr(runner, "survives", lambda *_: False)
    assert runner.main(["--sample", "2", "capacity.relief"]) == 0


def test_the_tests_must_pass_first(runner, monkeypatch, tmp_path):
    monkeypatch.setattr(runner, "run", lambda *_, **__: 1)
    with pytest.raises(SystemExit, match="without mutants"):
        runner.who_enters(tmp_path, tmp_path, [])
