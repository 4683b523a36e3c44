#!/usr/bin/env python3
"""The one door to this project: `python tasks.py TASK [arguments for the task]`.

    demo     read a bundled incident log (or the logs named) and print its figures
    test     run the tests and every example of the documentation (pytest)
    check    lint, format, types and documentation, without changing a file
    bench    measure beside other libraries
    docs     build the documentation into docs/_build/html
    mutate   break the code on purpose and see whether the tests notice

Needs Python 3.11 or newer and nothing else: it makes .venv beside this file, installs what
the task needs (with uv where present, else with pip) and does so again only when
pyproject.toml has changed. Deleting .venv is always safe.
"""

import hashlib
import importlib.util
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
LEAKS = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "PIP_USER", "PIP_TARGET")
ENV = {name: value for name, value in os.environ.items() if name not in LEAKS}

ALL = ("frames", "plots", "report", "serde", "shifts", "testing")
SPHINX = "-m sphinx -W -q -b html docs docs/_build/html"
CHECKS = ["-m ruff check", "-m ruff format --check", "-m mypy", SPHINX]
# task: (extras, dependency groups, what Python is to run)
TASKS = {
    "demo": (("report",), (), ["-m support_model demo"]),
    "test": (ALL, ("test",), ["-m pytest -n auto --dist loadfile"]),
    "check": (ALL, ("dev",), CHECKS),
    "bench": (("frames",), ("bench",), ["-m bench"]),
    "docs": (ALL, ("docs",), [SPHINX]),
    "mutate": (ALL, ("test",), ["tests/mutation.py"]),
}


def run(*command: object) -> int:
    """Print a command, run it in the project's folder, return its exit code."""
    words = [str(word) for word in command]
    print(
        "$", subprocess.list2cmdline(words) if os.name == "nt" else shlex.join(words), flush=True
    )
    code = subprocess.run(words, cwd=ROOT, env=ENV, check=False).returncode
    return code if code >= 0 else 128 - code


def must(*command: object) -> None:
    """Run a step of the installation; end with its exit code when it fails."""
    code = run(*command)
    if code:
        print(f"tasks.py: that failed ({code}); if .venv is damaged, delete it and try again")
        sys.exit(code)


def install(extras: "tuple[str, ...]", groups: "tuple[str, ...]") -> None:
    """Bring .venv to what the task needs; at once when it already is."""
    stamp = VENV / ("installed-" + "+".join(extras + groups))
    wanted = b"\0".join([(ROOT / "pyproject.toml").read_bytes(), os.fsencode(ROOT)])
    digest = hashlib.sha256(wanted).hexdigest()
    if PYTHON.exists() and stamp.exists() and stamp.read_text() == digest:
        return
    uv = shutil.which("uv")
    if not PYTHON.exists():
        make_environment(uv)
    pip = (uv, "pip", "install", "--python", PYTHON) if uv else (PYTHON, "-m", "pip", "install")
    if not uv:  # the pip that comes with Python 3.11 or 3.12 knows no dependency groups
        must(*pip, "--quiet", "--upgrade", "pip>=25.1")
    chosen = [word for group in groups for word in ("--group", group)]
    must(*pip, "--quiet", "--editable", f".[{','.join(extras)}]", *chosen)
    stamp.write_text(digest)


def make_environment(uv: "str | None") -> None:
    """Make an empty .venv, or say which package of the system is missing."""
    if uv:
        must(uv, "venv", "--seed", "--allow-existing", "--python", sys.executable, VENV)
        return
    absent = [name for name in ("venv", "ensurepip") if importlib.util.find_spec(name) is None]
    if absent:
        release = "{}.{}".format(*sys.version_info)
        sys.exit(
            f"tasks.py: this Python has no {' and no '.join(absent)}. On Debian or Ubuntu: "
            f"apt install python{release}-venv; elsewhere install the full Python, or uv."
        )
    must(sys.executable, "-m", "venv", VENV)


def main(arguments: "list[str]") -> int:
    """Install what the task needs, then run it; the exit code is the first one not 0."""
    if not arguments or arguments[0] not in TASKS:
        print(__doc__)
        return 0 if arguments in ([], ["help"], ["-h"], ["--help"]) else 2
    if sys.version_info < (3, 11):  # noqa: UP036 - any Python may be the first to read this file
        sys.exit("tasks.py: Python 3.11 or newer is needed, this is " + sys.version.split()[0])
    task, *extra = arguments
    extras, groups, steps = TASKS[task]
    if extra and len(steps) > 1:
        sys.exit(f"tasks.py: {task} takes no arguments")
    install(extras, groups)
    codes = [run(PYTHON, *step.split(), *extra) for step in steps]
    return next((code for code in codes if code), 0)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
