"""Whatever the arguments and files, the command answers in its own words, with no traceback.

`SUPPORT_MODEL_FUZZ=5000 pytest tests/report/test_command_fuzz.py` looks further; the cases are
those of a seeded generator, so that a case that fails fails again.
"""

import gzip
import json
import os
import random
import warnings
from pathlib import Path

import pytest
from report.small_log import HEADER, ROWS
from report.test_command import MAPPING_FILE

from support_model import __main__ as command

GOLDEN = Path(__file__).parents[1] / "data" / "golden"
CASES = int(os.environ.get("SUPPORT_MODEL_FUZZ", "60"))
BATCH = 10
GOLDEN_FILES = (
    *("desk-1.toml", "desk-1.json", "desk-1-complete.toml", "desk-1-complete.json"),
    *("policies-1.toml", "workflow-1.json", "calendar-1.toml"),
    *("events-1.jsonl", "events-1.csv", "events-1.parquet"),
)
WORDS = (
    *("", " ", "-", "x", "--", "T-1", "T1", "\0", "\x1b[2J", "\u202e", "\ud800", "é", "10" * 300),
    *("2026-03", "0000-00", "9999-12", "2026-13", "2026-W53", "9999-W52", "0001-01", "2026-Q4"),
    *("2026-03-02..2026-03-04", "9999-12-31..0001-01-01", "2026-03-02T09:00:00+00:00", "now"),
    *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "2026-03-02", "20260302T0900Z"),
    *("Europe/Berlin", "UTC", "UTC+5", "../etc/passwd", "/etc/localtime", "Factory", "GMT+3"),
    *("24/7", "Mo-Fr 08:00-18:00", "Mo-Fr 99:00", "off", "PH off", "week 1-53", "Mo" * 99),
    *("8h", "-8h", "999999999h", "1e9h", "0s", "8 days", "resolution=8h", "resolution=", "=1h"),
    *("DE", "DE-BY", "XX", "DE-", "-", "priority", "group", "custom.x", "actor", "topic", "team"),
    *("0", "-1", "1", "366", "99999999999999999999", "1.5", "all", "otrs", "otrs,zendesk", ","),
    *("servicenow:retroactive", "events", "bpi2013", "uci-incidents", "primary", "desk", "policy"),
)
OPTIONS = {
    "report": (
        *("--from", "--mapping", "--tz", "--hours", "--holidays", "--target", "--policy", "--by"),
        *("--compare", "--lenient", "--html", "--json", "--lang", "--csv", "--xlsx"),
        "--hide-agents",
        "--hide-requesters",
    ),
    "demo": (
        "--from",
        "--mapping",
        "--tz",
        "--hours",
        "--by",
        "--lenient",
        "--compare",
        "--lang",
        "--csv",
    ),
    "compare": (
        *("--presets", "--ticket", "--policy", "--target", "--hours", "--tz", "--as-of"),
        "--why",
    ),
    "route": ("--ticket", "--workload", "--as-of", "--tz"),
    "oncall": ("--month", "--plan", "--tz"),
    "lint": ("--from", "--days"),
    "resolve": ("--out",),
    "init": ("--to",),
    "schema": (),
}
FILES = {"--mapping": "mapping", "--policy": "desk", "--workload": "events"}
POSITIONAL = {
    "report": ["-"],
    "demo": [],
    "compare": ["events"],
    "route": ["desk", "events"],
    "oncall": ["desk"],
    "lint": ["desk"],
    "resolve": ["desk"],
}
WRITTEN = {"--json", "--html", "--csv", "--xlsx", "--to", "--out"}
FLAGS = {"--lenient", "--why", "--hide-agents", "--hide-requesters"}
LIKELY = {
    "--from": ["events", "bpi2013", "2026-03-02T09:00:00+00:00"],
    "--tz": ["Europe/Berlin", "UTC", "UTC+5"],
    "--hours": ["24/7", "Mo-Fr 08:00-18:00"],
    "--target": ["8h", "resolution=8h"],
    "--month": ["2026-03", "9999-12", "0001-01"],
    "--as-of": ["2026-03-02T10:00:00+00:00", "0001-01-01T00:00:00+00:00"],
    "--presets": ["otrs", "all"],
    "--days": ["1", "30", "0"],
    "--by": ["priority", "team"],
    "--lang": ["en", "ru"],
}


JUNK = (
    *(
        None,
        -1,
        0,
        10**30,
        1e300,
        "",
        "x",
        [],
        {},
        True,
        "9999-12-31T23:59:59-14:00",
        "0001-01-01",
    ),
    *("8h", "24:00", "UTC+5", ["ann"], {"name": "x"}, "mon-fri", "\x1b[2J", "00:00-00:00"),
)


def mangled(rng, value, share):
    """A value of JSON with a share of its parts replaced by junk."""
    if rng.random() < share:
        return rng.choice(JUNK)
    if isinstance(value, dict):
        return {key: mangled(rng, part, share) for key, part in value.items()}
    return [mangled(rng, part, share) for part in value] if isinstance(value, list) else value


def pool(folder, rng):
    """Files by what they should be: sound ones, damaged ones, and what is no file of ours."""
    (folder / "log.csv").write_text(HEADER + ROWS, "utf-8")
    (folder / "mapping.toml").write_text(MAPPING_FILE, "utf-8")
    for name in GOLDEN_FILES:
        raw = (GOLDEN / name).read_bytes()
        (folder / name).write_bytes(raw)
        cut = bytearray(raw[: rng.randrange(len(raw))])
        (folder / f"cut-{name}").write_bytes(cut)
        for _ in range(3):
            raw = raw[: (at := rng.randrange(len(raw)))] + rng.randbytes(1) + raw[at + 1 :]
        (folder / f"flipped-{name}").write_bytes(raw)
    rows = (GOLDEN / "events-1.jsonl").read_text("utf-8").splitlines()[1:]
    for number in range(6):
        odd = [mangled(rng, json.loads(row), 0.01) for row in rows]
        (folder / f"odd-events-{number}.jsonl").write_text(
            "\n".join(map(json.dumps, odd)), "utf-8"
        )
        for name in ("desk-1", "desk-1-complete"):
            desk = mangled(rng, json.loads((GOLDEN / f"{name}.json").read_text("utf-8")), 0.002)
            (folder / f"odd-{name}-{number}.json").write_text(json.dumps(desk), "utf-8")
    lines = (HEADER + ROWS).splitlines(keepends=True)
    odd = "".join(rng.choice(lines) for _ in lines)
    (folder / "odd-log.csv").write_text(
        lines[0] + odd.replace("New", rng.choice(WORDS[:6])), "utf-8"
    )
    (folder / "packed-log.csv.gz").write_bytes(gzip.compress((HEADER + ROWS).encode()))
    (folder / "packed-events.jsonl.gz").write_bytes(gzip.compress(b"\n" * 99)[:-3])
    (folder / "zip-log.csv").write_bytes(b"PK\x03\x04" + b"\0" * 99)
    (folder / "folder-log.csv").mkdir()
    return sorted(folder.iterdir())


class Drawing:
    """One command line being drawn."""

    def __init__(self, rng, files, out):
        self.rng, self.files, self.out = rng, files, out

    def file(self, kind):
        if self.rng.random() < 0.05:
            return self.rng.choice(WORDS)
        suited = [path for path in self.files if kind in path.name]
        return str(self.rng.choice(suited if self.rng.random() < 0.9 else self.files))

    def value(self, option):
        if option in FILES:
            return self.file(FILES[option])
        if option in WRITTEN:
            new = self.out / f"{self.rng.randrange(9)}.toml"
            return str(self.rng.choice([new, self.out, *self.files[:3], "\0"]))
        likely = LIKELY.get(option)
        return self.rng.choice(likely if likely and self.rng.random() < 0.7 else WORDS)

    def options(self, name, line):
        most = min(len(OPTIONS[name]), 4)
        options = self.rng.sample(OPTIONS[name], self.rng.randrange(most + 1))
        if name == "report" and not {"--from", "--mapping"} & {*options}:
            line += (
                ["--from", "events"] if "events" in line[0] else ["--mapping", self.file("map")]
            )
        return {"--month": None, **dict.fromkeys(options)} if name == "oncall" else options

    def line(self):
        name = self.rng.choice([*OPTIONS])
        if name in {"init", "schema"}:
            line = [self.rng.choice([*WORDS, "technical_support", "itil", "desk", "event"])]
        else:
            line = [self.file(kind) for kind in POSITIONAL[name]]
        for option in self.options(name, line):
            values = 0 if option in FLAGS else 2 if option == "--compare" else 1
            line += [option, *(self.value(option) for _ in range(values))]
        return [name, *line]


@pytest.mark.parametrize("batch", range(max(CASES // BATCH, 1)))
def test_no_arguments_and_no_files_make_a_traceback(batch, tmp_path, capsys, monkeypatch):
    rng = random.Random(batch)  # noqa: S311 - draws command lines
    files, out = pool(tmp_path, rng), tmp_path / "out"
    out.mkdir()
    monkeypatch.chdir(out)  # `init` writes into the folder where it is called
    before = {path: path.read_bytes() for path in files if path.is_file()}
    for _ in range(BATCH):
        line = Drawing(rng, files, out).line()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                code = command.main(line)
            except SystemExit as usage:
                code = usage.code
        told, err = capsys.readouterr()
        assert code in {0, 1, 2}, (line, err)  # 70 would be a fault of ours
        assert "Traceback" not in told + err, line
        assert "\x1b" not in told + err, line
        if code == 2 and not err.startswith("usage:"):
            assert err.startswith("error: "), (line, err)
            assert err.count("\n") == 1, (line, err)
    assert {path: path.read_bytes() for path in before} == before
