"""Grade the library against a file of reference cases: `run.py KIND FILE`.

Prints what the adapter remarks, every failure under its source, and ends with the line
`N passed, M failed`, or `N passed, M failed, K skipped` after the reasons of what is not
supported yet. Exit code 0 when nothing failed, 1 when something did, 2 when the arguments are of
no use.

Before this: `common.py`. Next: `calendar.py`.
"""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
# The folder itself must not be importable from: its calendar.py would hide the stdlib's.
sys.path[:] = [p for p in sys.path if Path(p or ".").resolve() != HERE]
sys.path[:0] = [str(HERE.parent), str(HERE.parents[1] / "src")]

import json  # noqa: E402 - only after the path is safe
from collections import Counter, defaultdict  # noqa: E402
from importlib import import_module  # noqa: E402
from typing import Any  # noqa: E402

from conformance.common import NotSupported  # noqa: E402

KINDS = (
    "calendar",
    "sla",
    "semantics",
    "staffing",
    "oncall",
    "escalation",
    "routing",
    "kpi",
    "vendors",
)


class Unusable(Exception):
    """The arguments cannot be graded; the text is one line."""


def named(arguments: list[str]) -> list[str]:
    """Return the two arguments."""
    if len(arguments) != 2:
        message = "usage: run.py KIND FILE"
        raise Unusable(message)
    return arguments


def document(path: str) -> Any:
    """Return the parsed file."""
    try:
        return json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        message = f"cannot read {path!r}: {error}"
        raise Unusable(message) from None


def adapter(kind: str) -> Any:
    """Return the sibling module of a kind."""
    if kind not in KINDS:
        message = f"unknown kind {kind!r}; known: {', '.join(KINDS)}"
        raise Unusable(message)
    if not (HERE / f"{kind}.py").exists():
        message = f"no adapter for {kind!r} yet: tests/conformance/{kind}.py is missing"
        raise Unusable(message)
    return import_module(f"conformance.{kind}")


def grade(module: Any, content: Any) -> tuple[int, dict[str, list[str]], Counter[str]]:
    """Run every case; return the count passed, failures by source, skips by reason."""
    passed, failures, skipped = 0, defaultdict(list), Counter[str]()
    for case in module.cases(content):
        try:
            problem = module.run(case)
        except NotSupported as reason:
            skipped[str(reason)] += 1
            continue
        except Exception as error:  # noqa: BLE001 - a crash is a failure of this case alone
            problem = f"{type(error).__name__}: {error}"
        if problem is None:
            passed += 1
        else:
            failures[case.source].append(f"{case.id}: {problem}")
    return passed, failures, skipped


def main(arguments: list[str]) -> int:
    """Grade and print; return the exit code."""
    try:
        kind, path = named(arguments)
        module = adapter(kind)
        content = getattr(module, "document", document)(path)
        try:
            passed, failures, skipped = grade(module, content)
        except (KeyError, TypeError, AttributeError) as error:
            message = f"{path!r} is no file of {kind} cases: {type(error).__name__}: {error}"
            raise Unusable(message) from None
    except Unusable as error:
        print(error, file=sys.stderr)
        return 2
    for remark in getattr(module, "remarks", tuple)():
        print(remark)
    for source, problems in sorted(failures.items()):
        print(f"{source}: {len(problems)} failed", *problems, sep="\n  ")
    for reason, count in skipped.most_common():
        print(f"skipped {count}: {reason}")
    failed = sum(map(len, failures.values()))
    total = f"{passed} passed, {failed} failed"
    print(f"{total}, {skipped.total()} skipped" if skipped else total)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
