"""Planted bugs: a function whose text is changed for a while, and the test that must notice.

A test file of an area lists `BUGS` and gives each to a parametrized test:

    BUGS = (
        Bug("queueing.erlang:blocking", "agents + 1", "agents", test_blocking_of_one_agent),
        ...
    )

    @pytest.mark.parametrize("bug", BUGS, ids=str)
    def test_planted_bugs_are_caught(bug):
        bug.must_be_caught()

The check is a test function without arguments, of Hypothesis too, or a function that calls one.
Every function object keeps its identity and has its code exchanged, so that it does not matter
who has imported it. Tables and other values are changed by `replaced`.
"""

from __future__ import annotations

import ast
import contextlib
import gc
import importlib
import sys
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PACKAGE = "support_model"
SETTINGS = "_hypothesis_internal_use_settings"
QUICK: dict[str, Any] = {  # that a test fails is all that we ask: no shrinking, no memory
    "phases": (Phase.explicit, Phase.generate),
    "database": None,
    "deadline": None,
    "derandomize": True,
    "report_multiple_bugs": False,
    "suppress_health_check": list(HealthCheck),
}
settings.register_profile("planted", **QUICK)


@dataclass(frozen=True)
class Bug:
    """A change of one function's text, and the check that must fail while it is there.

    `where` is `module:qualified.name`, the module below the package; `was` stands in that
    function exactly once and is read as `now`.
    """

    where: str
    was: str
    now: str
    check: Callable[[], object]

    def __str__(self) -> str:
        return f"{self.where}: {self.was} -> {self.now or None}"

    def must_be_caught(self) -> None:
        """Fail where the check does not notice the bug, or fails without it."""
        if not self.check.__name__.startswith("test_"):  # a test is run whole by itself
            self.check()
        with planted(self.where, self.was, self.now):
            must_fail(self.check, str(self))


def must_fail(check: Callable[[], object], what: str) -> None:
    """Fail where a check passes; a check that skips is skipped."""
    with quick(check):
        try:
            check()
        except (Exception, pytest.fail.Exception):  # noqa: BLE001 - however it is noticed
            return
    pytest.fail(f"nothing notices this: {what}")


@contextlib.contextmanager
def planted(where: str, was: str, now: str) -> Iterator[None]:
    """Exchange a piece of a function's text for as long as the context lasts."""
    name, _, qualified = where.partition(":")
    module = importlib.import_module(f"{PACKAGE}.{name}")
    path = Path(module.__file__ or "")
    code = changed(path.read_text("utf-8"), qualified, was, now, str(path))
    functions = [
        thing
        for thing in gc.get_objects()
        if type(thing) is FunctionType
        and thing.__code__.co_qualname == qualified
        and thing.__code__.co_filename == str(path)
    ]
    assert functions, f"no function {where} is there"
    before = [function.__code__ for function in functions]
    try:
        for function in functions:
            function.__code__ = code
        forget()
        yield
    finally:
        for function, old in zip(functions, before, strict=True):
            function.__code__ = old
        forget()


@contextlib.contextmanager
def replaced(owner: object, name: str, value: object) -> Iterator[None]:
    """Set an attribute of a module or class for as long as the context lasts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(owner, name, value)
        forget()
        yield
    forget()


def changed(text: str, qualified: str, was: str, now: str, path: str) -> CodeType:
    """Return the code of one function of a module with a piece of its text exchanged."""
    lines = text.splitlines(keepends=True)
    first, last = span(ast.parse(text), qualified.replace(".<locals>", "").split("."))
    body = "".join(lines[first:last])
    assert body.count(was) == 1, f"{was!r} stands {body.count(was)} times in {qualified}"
    source = "".join([*lines[:first], body.replace(was, now), *lines[last:]])
    for code in codes(compile(source, path, "exec", dont_inherit=True)):
        if code.co_qualname == qualified:
            return code
    raise AssertionError(qualified)


def span(tree: ast.AST, names: list[str]) -> tuple[int, int]:
    """Return the lines of a function or class, counted from 0, without its decorators."""
    for name in names:
        tree = next(
            node
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == name
        )
    assert isinstance(tree, ast.FunctionDef)
    return tree.lineno - 1, tree.end_lineno or tree.lineno


def codes(code: CodeType) -> Iterator[CodeType]:
    """Yield a code object and all within it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from codes(constant)


def forget() -> None:
    """Empty every cache of the package."""
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == PACKAGE:
            for value in list(vars(module).values()):
                clear = getattr(value, "cache_clear", None)
                if callable(clear):
                    clear()


@contextlib.contextmanager
def quick(check: Callable[[], object]) -> Iterator[None]:
    """Let a test of Hypothesis stop at its first failure."""
    own, profile = getattr(check, SETTINGS, None), settings._current_profile
    settings.load_profile("planted")
    if own is not None:
        setattr(check, SETTINGS, settings(own, **QUICK))
    try:
        yield
    finally:
        settings.load_profile(profile)
        if own is not None:
            setattr(check, SETTINGS, own)
