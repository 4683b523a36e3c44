"""Print the rows of the test matrix as an output of a GitHub step: `rows=[...]`.

The versions of Python come from the classifiers in pyproject.toml, so that a version is added or
dropped in one place. Every version is tested on Linux, the oldest and the newest on the others.
"""

import json
import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LINUX = "ubuntu-24.04"
OTHERS = ("windows-2025", "macos-15")


def declared_versions(classifiers: "list[str]") -> "list[str]":
    """Return the versions of Python that classifiers name, oldest first."""
    named = (re.fullmatch(r"Programming Language :: Python :: 3\.(\d+)", c) for c in classifiers)
    return [f"3.{minor}" for minor in sorted(int(match[1]) for match in named if match)]


def rows_of(versions: "list[str]") -> "list[dict[str, str]]":
    """Return one row for each pair of operating system and Python that is tested."""
    pairs = [(LINUX, version) for version in versions]
    pairs += [(system, version) for system in OTHERS for version in (versions[0], versions[-1])]
    return [{"os": system, "python": version} for system, version in pairs]


if __name__ == "__main__":
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    print("rows=" + json.dumps(rows_of(declared_versions(project["classifiers"]))))
