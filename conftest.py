"""Every example of the README, of docs and of the docstrings is a test; how hard laws try."""

from __future__ import annotations

import doctest
import importlib.util
import locale
import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from sybil import Sybil
from sybil.document import PythonDocStringDocument
from sybil.parsers.myst import PythonCodeBlockParser, SkipParser
from sybil.parsers.rest import DocTestParser

if TYPE_CHECKING:
    from collections.abc import Iterator

settings.register_profile("dev", max_examples=25, deadline=None)
settings.register_profile("ci", max_examples=50, deadline=None, derandomize=True)
settings.register_profile("deep", max_examples=5_000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if "CI" in os.environ else "dev"))

if "TEST_LOCALE" in os.environ:  # Python itself asks the system for numbers of no locale
    with suppress(ImportError):  # OR-Tools does not load where a comma stands in numbers
        importlib.import_module("ortools.math_opt.python.mathopt")
    locale.setlocale(locale.LC_ALL, os.environ["TEST_LOCALE"])

pages = Sybil(
    parsers=[PythonCodeBlockParser(doctest_optionflags=doctest.ELLIPSIS), SkipParser()],
    pattern="*.md",
)
docstrings = Sybil(
    parsers=[DocTestParser(optionflags=doctest.ELLIPSIS)],
    path="src",
    pattern="*.py",
    document_types={".py": PythonDocStringDocument},
)
pytest_collect_file = (pages + docstrings).pytest()


ABSENT = tuple(peer for peer in ("lifelines", "scipy") if not importlib.util.find_spec(peer))
"""Packages beside which tests named `..._beside_PACKAGE` hold the library, where installed."""
BESIDE = "beside this checkout"
collect_ignore = [] if "TEST_ENGINES" in os.environ else ["tests/frames/engines"]
"""Spark and Dask are large and slow to start, so their tests run only when asked for."""


def pytest_report_header() -> list[str]:
    """Say in one line what is left out, instead of a skip for each test of it."""
    found = [f"tests beside {peer} (dependency group oracles)" for peer in ABSENT]
    if "TEST_ENGINES" not in os.environ:
        found.append("tests of Spark and Dask (python tasks.py test --engines)")
    if not (Path(__file__).parent.parent / "shared" / "data").is_dir():
        found.append("tests of logs and payloads that are no part of the project")
    return [f"left out: {', '.join(found)}"] if found else []


def lacks(item: pytest.Item) -> bool:
    """Whether a test asks for what is not here: a package, or files that are not bundled."""
    name = item.name.partition("[")[0]
    return any(name.endswith(f"_beside_{peer}") for peer in ABSENT) or any(
        BESIDE in mark.kwargs.get("reason", "") and bool(mark.args[0])
        for mark in item.iter_markers("skipif")
    )


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> Iterator[None]:
    """Leave out what is not here; keep the examples of a page in order, whoever shuffled them.

    Each page has one namespace, in which a later example uses what an earlier one has made.
    """
    lacking = [item for item in items if lacks(item)]
    items[:] = [item for item in items if item not in lacking]
    config.hook.pytest_deselected(items=lacking)
    order = {id(item): place for place, item in enumerate(items)}
    yield
    places: dict[Path, list[int]] = {}
    for place, item in enumerate(items):
        if type(item).__name__ == "SybilItem":
            places.setdefault(item.path, []).append(place)
    for found in places.values():
        told = sorted((items[place] for place in found), key=lambda item: order[id(item)])
        for place, item in zip(found, told, strict=True):
            items[place] = item
