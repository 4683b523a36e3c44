"""Every example of the README, of docs and of the docstrings is a test; how hard laws try."""

from __future__ import annotations

import doctest
import locale
import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from sybil import Sybil
from sybil.document import PythonDocStringDocument
from sybil.parsers.myst import PythonCodeBlockParser, SkipParser
from sybil.parsers.rest import DocTestParser

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

settings.register_profile("dev", max_examples=25, deadline=None)
settings.register_profile("ci", max_examples=50, deadline=None, derandomize=True)
settings.register_profile("deep", max_examples=5_000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if "CI" in os.environ else "dev"))

if "TEST_LOCALE" in os.environ:  # Python itself asks the system for numbers of no locale
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


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Keep the examples of a page in their order, whoever has shuffled the tests.

    Each page has one namespace, in which a later example uses what an earlier one has made.
    """
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
