"""The files around the code agree: versions of Python, addresses, workflows, the archive."""

import re
import runpy
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
MATRIX = runpy.run_path(str(ROOT / ".github" / "matrix.py"))
VERSIONS = MATRIX["declared_versions"](PROJECT["project"]["classifiers"])


def text_of(name):
    return (ROOT / name).read_text("utf-8")


def literal_versions(text):
    return re.findall(r'python(?:-version)?: "(3\.\d+)"', text)


def test_the_classifiers_declare_every_version_from_the_oldest_on():
    oldest = int(VERSIONS[0].removeprefix("3."))
    assert [f"3.{oldest + count}" for count in range(len(VERSIONS))] == VERSIONS
    assert PROJECT["project"]["requires-python"] == f">={VERSIONS[0]}"
    assert PROJECT["tool"]["mypy"]["python_version"] == VERSIONS[0]
    assert PROJECT["tool"]["ruff"]["target-version"] == f"py{VERSIONS[0].replace('.', '')}"


def test_the_matrix_has_every_declared_version_on_linux_and_both_ends_elsewhere():
    rows = MATRIX["rows_of"](VERSIONS)
    systems = {row["os"].partition("-")[0] for row in rows}
    assert systems == {"ubuntu", "windows", "macos"}
    for system in systems:
        tested = [row["python"] for row in rows if row["os"].startswith(system)]
        assert tested == (VERSIONS if system == "ubuntu" else [VERSIONS[0], VERSIONS[-1]])


def test_other_files_name_declared_versions_only():
    assert literal_versions(text_of(".github/workflows/ci.yml")) == [VERSIONS[0]]  # of floors
    assert set(literal_versions(text_of(".readthedocs.yaml"))) <= set(VERSIONS)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_pins_its_actions_and_starts_without_permissions(path):
    text = path.read_text("utf-8")
    actions = re.findall(r"uses: (.*)", text)
    assert actions
    for action in actions:
        assert action.startswith("./") or re.fullmatch(
            r"\S+@[0-9a-f]{40} # v\d+\.\d+\.\d+", action
        )
    assert "\npermissions: {}\n" in text
    assert "secrets." not in text


def test_one_address_everywhere():
    urls = PROJECT["project"]["urls"]
    assert f'repository-code: "{urls["Source"]}"' in text_of("CITATION.cff")
    assert f'url: "{urls["Documentation"]}"' in text_of("CITATION.cff")
    assert f'"source_repository": "{urls["Source"]}/"' in text_of("docs/conf.py")
    assert f"{urls['Source']}/security/advisories/new" in text_of("SECURITY.md")
    assert urls["Issues"] in text_of("CONTRIBUTING.md")


def test_read_the_docs_installs_every_extra():
    extras = ",".join(PROJECT["project"]["optional-dependencies"])
    assert f'".[{extras}]"' in text_of(".readthedocs.yaml")
