"""The public face is what it says: named, documented, and changed only on purpose.

`python tests/test_api.py --write` writes tests/api.txt, the reference pages that modules lack
and the table of reason codes.
"""

import ast
import inspect
import pkgutil
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import GenericAlias, ModuleType

import pytest

import support_model
from support_model._sentences import KINDS
from support_model.reasons import ENGLISH

ROOT = Path(__file__).resolve().parents[1]
GOLDEN = ROOT / "tests" / "api.txt"
REFERENCE = ROOT / "docs" / "reference"
REASONS = REFERENCE / "reasons.md"
LONGEST_DEFAULT = 40
REMEDY = "run python tests/test_api.py --write and review the difference"


def public_modules(face: ModuleType) -> Iterator[str]:
    """The modules and packages without an underscore; `__main__` is a command, not a module."""
    for info in pkgutil.iter_modules(face.__path__, f"{face.__name__}."):
        if info.name.rpartition(".")[2].startswith("_"):
            continue
        yield info.name
        if info.ispkg:
            yield from public_modules(import_module(info.name))


MODULES = sorted(public_modules(support_model))
NAMES = [
    (module, name) for module in MODULES for name in getattr(import_module(module), "__all__", ())
]


def page(module: str) -> Path:
    return REFERENCE / "api" / f"{module.removeprefix('support_model.')}.md"


def page_text(module: str) -> str:
    short = module.removeprefix("support_model.")
    return f"# {short}\n\n```{{eval-rst}}\n.. automodule:: {module}\n   :members:\n```\n"


class Plain(str):
    """Text that a signature shows without quotes."""

    __slots__ = ()
    __repr__ = str.__str__


def signature(thing: object) -> str:
    """The call signature without what differs between runs; empty for a plain value."""
    if not callable(thing):
        return ""
    if isinstance(thing, GenericAlias):  # an alias of a tuple: what it takes differs by Python
        return "(...)"
    try:
        found = inspect.signature(thing)
    except ValueError:  # an exception that takes whatever Exception takes
        return "(...)"
    plain = found.replace(
        parameters=[
            parameter.replace(
                annotation=unquoted(parameter.annotation), default=shortened(parameter.default)
            )
            for parameter in found.parameters.values()
        ],
        return_annotation=unquoted(found.return_annotation),
    )
    return re.sub(r" at 0x[0-9a-f]+", "", str(plain))


def unquoted(annotation: object) -> object:
    return Plain(annotation) if isinstance(annotation, str) else annotation


def shortened(default: object) -> object:
    return default if len(repr(default)) <= LONGEST_DEFAULT else Plain("...")


def members(cls: type) -> list[str]:
    """The public methods, properties and fields that a class itself defines."""
    lines = []
    for name, member in sorted(vars(cls).items()):
        if not name.startswith("_"):
            plain = member.__func__ if isinstance(member, classmethod | staticmethod) else member
            lines.append(f"{name}{signature(plain)}")
    return lines


def surface() -> str:
    """The whole public face, one name a line."""
    lines = [f"support_model: {', '.join(support_model.__all__)}"]
    for module, name in NAMES:
        thing = getattr(import_module(module), name)
        lines.append(f"{module}.{name}{signature(thing)}")
        if inspect.isclass(thing):
            lines += [f"{module}.{name}.{member}" for member in members(thing)]
    return "\n".join(lines) + "\n"


PIPED = [(code, text.replace("|", r"\|")) for code, text in ENGLISH.items()]


def reasons_text() -> str:
    """The page of all reason codes with their English sentences."""
    head = (
        "# Reason codes\n\n"
        "Every answer can say why, as {py:class}`~support_model.reasons.Reason` values. The codes"
        " are stable;\nthe sentences are the English catalogue, and another catalogue may replace"
        " them: see\n[](../how-to/languages.md).\n\n## What parameters are\n\n"
        "A parameter is text, a number, a truth value, null, a reason, or several of these. An"
        " instant is text of\nRFC 9557, `2026-03-26T15:20:00+01:00[Europe/Berlin]`, wherever it"
        " stands. Under these names a text or a\nnumber is more than that; under any other name a"
        " text is a name that somebody gave.\n\n| kind | parameters |\n|---|---|\n"
    )
    names: dict[str, list[str]] = {}
    for name, kind in KINDS.items():
        names.setdefault(kind, []).append(f"`{name}`")
    kinds = "".join(f"| {kind} | {', '.join(names[kind])} |\n" for kind in names)
    codes = "\n## Codes\n\n| code | English |\n|---|---|\n"
    rows = (f"| `{code}` | {text} |\n" for code, text in PIPED)
    return head + kinds + codes + "".join(rows)


every_name = pytest.mark.parametrize(("module", "name"), NAMES, ids=lambda part: part)


@every_name
def test_a_public_name_exists_and_is_documented(module, name):
    thing = getattr(import_module(module), name)
    if inspect.isclass(thing) or inspect.isroutine(thing):
        assert thing.__module__.startswith("support_model."), "only names of our own are public"
        own = vars(thing).get("__doc__") if inspect.isclass(thing) else thing.__doc__
        assert own
        # attrs and dataclasses make no docstring, but Enum and NamedTuple make poor ones
        assert not own.startswith(f"{name}(")


@every_name
def test_public_methods_are_documented(module, name):
    thing = getattr(import_module(module), name)
    if inspect.isclass(thing):
        undocumented = [
            member
            for member, value in vars(thing).items()
            if not member.startswith("_")
            and isinstance(value, classmethod | staticmethod | property | type(members))
            and not inspect.getdoc(getattr(thing, member))
        ]
        assert not undocumented


@pytest.mark.parametrize("module", MODULES)
def test_a_module_says_what_is_public(module):
    assert import_module(module).__all__


@pytest.mark.parametrize("module", MODULES)
def test_a_module_has_its_reference_page(module):
    assert page(module).exists(), REMEDY
    assert re.search(rf"automodule:: {re.escape(module)}$", page(module).read_text(), re.MULTILINE)


def test_no_reference_page_without_its_module():
    assert set((REFERENCE / "api").glob("*.md")) <= set(map(page, MODULES)), REMEDY


def test_every_reason_code_is_listed():
    assert REASONS.read_text("utf-8") == reasons_text(), REMEDY


def test_the_public_face_changes_on_purpose():
    assert surface() == GOLDEN.read_text("utf-8"), REMEDY


def test_a_name_is_public_in_one_module():
    homes = defaultdict(set)
    for module, name in NAMES:
        thing = getattr(import_module(module), name)
        if callable(thing):
            homes[id(thing)].add(f"{module}.{name}")
    assert not [names for names in homes.values() if len(names) > 1]


def test_the_root_lists_its_names_once_and_in_order():
    stub = Path(inspect.getfile(support_model)).with_suffix(".pyi").read_text("utf-8")
    seen = [
        (node.module, alias.name, alias.asname)
        for node in ast.parse(stub).body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    ]
    assert len({name for _, name, _ in seen}) == len(seen)
    assert all(name == again for _, name, again in seen), (
        "a stub exports what it imports as itself"
    )
    assert sorted([*(name for _, name, _ in seen), "__version__"]) == support_model.__all__
    assert {"__all__", *support_model.__all__} == set(dir(support_model))


def test_the_root_shows_what_it_names():
    homes = {name: module for module, name in NAMES}
    for name in set(support_model.__all__) - {"__version__"}:
        thing = getattr(support_model, name)
        module = thing.__name__ if isinstance(thing, ModuleType) else homes[name]
        assert isinstance(thing, ModuleType) or thing is getattr(import_module(module), name)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="'support_model' has no attribute 'Calender'"):
        _ = support_model.Calender


def write() -> None:
    """Write down the public face as it is now."""
    GOLDEN.write_text(surface(), "utf-8")
    REASONS.write_text(reasons_text(), "utf-8")
    for stale in set((REFERENCE / "api").glob("*.md")) - set(map(page, MODULES)):
        stale.unlink()
    for module in MODULES:
        if not page(module).exists():
            page(module).write_text(page_text(module), "utf-8")


if __name__ == "__main__":
    if sys.argv[1:] != ["--write"]:
        sys.exit(__doc__)
    write()
