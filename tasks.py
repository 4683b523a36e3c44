#!/usr/bin/env python3
"""The one command of this project: `python tasks.py TASK [arguments for the task]`.

    demo     read a bundled incident log (or the logs named) and print its figures
    example  start an example: helpdesk, django_mixin, spark_kpis, dask_kpis
    test     run the tests and every example of the documentation (pytest); more ways to run them:
               --floors             with the oldest versions that pyproject.toml declares
               --pythons            with 3.11 and every newer Python found on this machine
               --random-order       in an order drawn anew, whose seed is printed
               --places             in other time zones and locales than this machine's
               --without EXTRA      without what one extra installs
               --wheel              against the wheel in dist/ instead of the sources
               --kills N            only the example help desk, its processes killed N times on
                                    each database; prints what was sent, lost, doubled, early
               --fuzz N [SEED]      only the adapters, on N exports broken at random
               --engines            only Spark and Dask on this machine; Spark needs Java 17
    check    lint, format, types and documentation, without changing a file
    types    the types alone (mypy; pyright for the examples)
    build    build the wheel and the source archive into dist/
    bench    measure beside other libraries
    docs     build the documentation into docs/_build/html
    mutate   break the code on purpose and see whether the tests notice
    planted  draw logs with planted changes and see whether they are found (two hours; --seeds 4
             --kind group_slower is shorter; --write FOLDER writes a log with twelve of them)

Needs Python 3.11 or newer and nothing else: it makes .venv beside this file, installs what
the task needs (with uv where present, else with pip) and does so again only when
pyproject.toml has changed. Deleting .venv is always safe. `--floors`, `--pythons`, `--without`,
`--wheel` and `--engines` make environments of their own below .venv/more.
"""

import hashlib
import importlib.util
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
MORE = VENV / "more"
LEAKS = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "PIP_USER", "PIP_TARGET")
ENV = {name: value for name, value in os.environ.items() if name not in LEAKS}

NEWEST = 30  # no Python 3 beyond this one is looked for
PLACES = (("Pacific/Apia", "tr_TR.UTF-8"), ("America/St_Johns", "ru_RU.UTF-8"))
PYTEST = "-m pytest -n auto --dist loadfile"
ENGINES = "tests/frames/engines"
OLDEST_JAVA = 17

ALL = ("frames", "plots", "pydantic", "report", "serde", "shifts", "testing", "xlsx")
SPHINX = "-m sphinx -W -q -b html docs docs/_build/html"
TYPES = ["-m mypy", "-m pyright"]
CHECKS = ["-m ruff check", "-m ruff format --check", *TYPES, SPHINX]
# task: (extras, dependency groups, what Python is to run)
TASKS = {
    "demo": (("report",), (), ["-m support_model demo"]),
    "test": (ALL, ("test",), [PYTEST]),
    "check": (ALL, ("dev",), CHECKS),
    "types": (ALL, ("dev",), TYPES),
    "build": ((), ("build",), ["-m build"]),
    "bench": (("frames",), ("bench",), ["-m bench"]),
    "docs": (ALL, ("docs",), [SPHINX]),
    "mutate": (ALL, ("test",), ["tests/mutation.py"]),
    "planted": (ALL, ("test",), ["-m tests.planted_facts"]),
}


def run(*command: object, **more: str) -> int:
    """Print a command, run it in the project's folder, return its exit code."""
    words = [*(f"{name}={value}" for name, value in more.items()), *map(str, command)]
    print(
        "$", subprocess.list2cmdline(words) if os.name == "nt" else shlex.join(words), flush=True
    )
    environment = {**ENV, **more}
    code = subprocess.run(words[len(more) :], cwd=ROOT, env=environment, check=False).returncode
    return code if code >= 0 else 128 - code


def must(*command: object) -> None:
    """Run a step of the installation; end with its exit code when it fails."""
    code = run(*command)
    if code:
        print(f"tasks.py: that failed ({code}); if .venv is damaged, delete it and try again")
        sys.exit(code)


def python_of(venv: Path) -> Path:
    """Return the Python of an environment."""
    return venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def install(
    extras: "tuple[str, ...]",
    groups: "tuple[str, ...]",
    venv: Path = VENV,
    base: str = sys.executable,
    floors: "tuple[str, ...]" = (),
    wheel: "Path | None" = None,
) -> Path:
    """Bring an environment to what the task needs, at once when it already is; its Python.

    The package is installed from its sources, editable, or from a wheel.
    """
    python = python_of(venv)
    stamp = venv / ("installed-" + "+".join(extras + groups))
    wanted = b"\0".join(
        [
            (ROOT / "pyproject.toml").read_bytes(),
            os.fsencode(ROOT),
            wheel.read_bytes() if wheel else b"",
        ]
    )
    digest = hashlib.sha256(wanted).hexdigest()
    if python.exists() and stamp.exists() and stamp.read_text() == digest:
        return python
    uv = shutil.which("uv")
    if not python.exists():
        make_environment(uv, venv, base)
    pip = (uv, "pip", "install", "--python", python) if uv else (python, "-m", "pip", "install")
    if not uv:  # the pip that comes with Python 3.11 or 3.12 knows no dependency groups
        must(*pip, "--quiet", "--upgrade", "pip>=25.1")
    chosen = [word for group in groups for word in ("--group", group)]
    if floors:
        pins = venv / "floors.txt"
        pins.write_text("\n".join(floors))
        chosen += ["--constraint", str(pins)]
    way, source = ("--force-reinstall", wheel) if wheel else ("--editable", ".")
    package = f"{source}[{','.join(extras)}]" if extras else source
    must(*pip, "--quiet", way, package, *chosen)
    stamp.write_text(digest)
    return python


def make_environment(uv: "str | None", venv: Path, base: str) -> None:
    """Make an empty environment, or say which package of the system is missing."""
    if uv:
        must(uv, "venv", "--seed", "--allow-existing", "--python", base, venv)
        return
    absent = [name for name in ("venv", "ensurepip") if importlib.util.find_spec(name) is None]
    if absent:
        release = "{}.{}".format(*sys.version_info)
        sys.exit(
            f"tasks.py: this Python has no {' and no '.join(absent)}. On Debian or Ubuntu: "
            f"apt install python{release}-venv; elsewhere install the full Python, or uv."
        )
    must(base, "-m", "venv", venv)


def example(name: str = "", *extra: str) -> int:
    """Start an example, with the arguments that are its own."""
    known = sorted(main.parent.name for main in (ROOT / "examples").glob("*/__main__.py"))
    if name not in known:
        sys.exit(f"tasks.py: say which example: {', '.join(known)}")
    if name.endswith("_kpis"):
        python = install(("frames",), ("engines",), MORE / "engines")
    else:
        python = install(("pydantic",), ("examples",))
    return run(python, "-m", f"examples.{name}", *extra)


def floors_of(project: "dict[str, Any]") -> "tuple[str, ...]":
    """Return the oldest versions that the package and its extras declare, as pins."""
    declared = [*project["dependencies"]]
    for extra in project["optional-dependencies"].values():
        declared += extra
    found = [re.match(r"([\w.-]+)>=([\w.]+)", requirement) for requirement in declared]
    return tuple(f"{least[1]}=={least[2]}" for least in found if least)


def with_floors(*extra: str) -> int:
    """Run the tests with the oldest versions that are declared."""
    import tomllib  # noqa: PLC0415 - not in every Python that reads this file

    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    floors = floors_of(project)
    python = install(ALL, ("test",), MORE / "floors", floors=floors)
    print("tasks.py: with", *floors)
    return run(python, *PYTEST.split(), *extra)


def pythons() -> "dict[str, str]":
    """Return the Pythons from 3.11 on that are found: on the path, of pyenv, of uv."""
    homes = [Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"]
    homes.append(Path(os.environ.get("XDG_DATA_HOME", Path.home() / ".local/share")) / "uv/python")
    found: dict[str, str] = {}
    for minor in range(11, NEWEST):
        name = f"python3.{minor}"
        on_path = shutil.which(name)
        places = [str(p) for home in homes for p in sorted(home.glob(f"*3.{minor}*/bin/{name}"))]
        for place in [*places[::-1], *([on_path] if on_path else [])]:
            asked = [place, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
            told = subprocess.run(asked, capture_output=True, text=True, check=False)
            if told.stdout.strip() == f"3.{minor}":  # a shim of pyenv may stand for none
                found[f"3.{minor}"] = place
                break
    return found


def with_pythons(*extra: str) -> int:
    """Run the tests with every Python that is found; the first code that is not 0."""
    found, codes = pythons(), []
    print("tasks.py: found Python", ", ".join(found))
    for version, base in found.items():
        python = install(ALL, ("test",), MORE / version, base)
        codes.append(run(python, *PYTEST.split(), *extra))
        print(f"tasks.py: Python {version}:", "failed" if codes[-1] else "passed")
    return next((code for code in codes if code), 0)


def in_random_order(*extra: str) -> int:
    """Run the tests in an order drawn anew; `-p randomly_seed=N` repeats one."""
    python = install(ALL, ("test", "order"))
    return run(python, *PYTEST.split(), "-p", "randomly", *extra)


def in_places(*extra: str) -> int:
    """Run the tests in zones and locales far from each other; the first code that is not 0."""
    python, codes = install(ALL, ("test",)), []
    for zone, locale in PLACES:
        made = locale_path(locale)
        if made is None:
            print(f"tasks.py: no locale {locale} here, and none can be made: {zone} without it")
        more = {"LOCPATH": str(made), "TEST_LOCALE": locale} if made else {}
        codes.append(run(python, *PYTEST.split(), *extra, TZ=zone, **more))
    return next((code for code in codes if code), 0)


def locale_path(name: str) -> "Path | None":
    """Return a folder that holds a locale, made where the system's tools can make it."""
    folder = MORE / "locales"
    if not (folder / name).exists() and shutil.which("localedef"):
        folder.mkdir(parents=True, exist_ok=True)
        source, charmap = name.split(".")
        run("localedef", "-i", source, "-f", charmap, folder / name)
    return folder if (folder / name).exists() else None


def without(lacking: str = "", *extra: str) -> int:
    """Run the tests without what one extra installs."""
    if lacking not in ALL:
        sys.exit(f"tasks.py: say which extra to leave out: {', '.join(ALL)}")
    others = tuple(name for name in ALL if name != lacking)
    python = install(others, ("test",), MORE / f"without-{lacking}")
    return run(python, *PYTEST.split(), *extra)


def with_wheel(*extra: str) -> int:
    """Run the tests against the wheel in dist/, but for the two kinds that need the sources.

    Those are the examples in docstrings, and the test of the runner that changes the sources.
    """
    wheels = list((ROOT / "dist").glob("*.whl"))
    if len(wheels) != 1:
        sys.exit(f"tasks.py: {len(wheels)} wheels in dist/: empty it, then python tasks.py build")
    python = install(ALL, ("test",), MORE / "wheel", wheel=wheels[0])
    chosen = extra or ("tests", "README.md", "docs")
    return run(python, *PYTEST.split(), "--ignore=tests/test_mutation.py", *chosen)


def with_kills(*extra: str) -> int:
    """Kill the processes of the example help desk at random; 1 if a notification went wrong."""
    return run(install(ALL, ("test",)), "tests/kills.py", *extra, PYTHONPATH=str(ROOT))


def with_fuzz(*extra: str) -> int:
    """Break exports of other systems at random; 1 if one gives no events and no typed error."""
    return run(install(ALL, ("test",)), "tests/adapters/payload_fuzz.py", *extra)


def with_engines(*extra: str) -> int:
    """Run the tests of Spark and Dask, which take long; without Java 17 those of Dask alone."""
    python = install(ALL, ("test", "engines"), MORE / "engines")
    found, chosen = java(), extra or (ENGINES,)
    if found < OLDEST_JAVA:
        has = f"Java {found}" if found else "no Java"
        print(f"tasks.py: {has} here, Spark needs {OLDEST_JAVA} or newer: Spark is left out")
        chosen += ("-k", "not spark")
    # one process: each worker of xdist would start a Java of its own
    return run(python, "-m", "pytest", *chosen, TEST_ENGINES="1")


def java() -> int:
    """Return the release of Java that Spark would start; 0 where there is none."""
    home = os.environ.get("JAVA_HOME")
    program = shutil.which("java", path=str(Path(home, "bin")) if home else None)
    if program is None:
        return 0
    told = subprocess.run([program, "-version"], capture_output=True, text=True, check=False)
    release = re.search(r'version "(\d{1,4})', told.stderr + told.stdout)
    return int(release[1]) if release else 0


WAYS = {
    "--engines": with_engines,
    "--fuzz": with_fuzz,
    "--kills": with_kills,
    "--floors": with_floors,
    "--pythons": with_pythons,
    "--random-order": in_random_order,
    "--places": in_places,
    "--without": without,
    "--wheel": with_wheel,
}


def main(arguments: "list[str]") -> int:
    """Install what the task needs, then run it; the exit code is the first one not 0."""
    if not arguments or arguments[0] not in (*TASKS, "example"):
        print(__doc__)
        return 0 if arguments in ([], ["help"], ["-h"], ["--help"]) else 2
    if sys.version_info < (3, 11):  # noqa: UP036 - any Python may be the first to read this file
        sys.exit("tasks.py: Python 3.11 or newer is needed, this is " + sys.version.split()[0])
    task, *extra = arguments
    if task == "example":
        return example(*extra)
    if task == "test" and extra and extra[0] in WAYS:
        return WAYS[extra[0]](*extra[1:])
    extras, groups, steps = TASKS[task]
    if extra and len(steps) > 1:
        sys.exit(f"tasks.py: {task} takes no arguments")
    python = install(extras, groups)
    codes = [run(python, *step.split(), *extra) for step in steps]
    return next((code for code in codes if code), 0)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
