"""Payloads broken at random: `read` answers with events, a typed error, or findings, nothing else.

    python tests/adapters/payload_fuzz.py [PAYLOADS] [SEED] [SYSTEM ...]

Each payload is one of the constructed files with up to four places changed: taken out, put twice,
exchanged, or filled with a value of another kind; every fourth is a table or an archive, cut, put
in another encoding, with other delimiters, cells moved or bytes changed. Of what is read every
event must be one that its own constructor accepts, and no message may hold text of the payload.
"""

import csv
import io
import json
import random
import sys
import tempfile
import warnings
import zipfile
from collections import Counter
from copy import deepcopy
from pathlib import Path

import attrs

HERE = Path(__file__).resolve().parent
if __name__ == "__main__":
    sys.path[:0] = [str(HERE.parent), str(HERE.parents[1] / "src")]

from adapters.scenario import DATA, mangled, places  # noqa: E402 - only after the path is set
from conformance import vendors  # noqa: E402

from support_model.adapters import EventLog, read_files  # noqa: E402
from support_model.adapters._systems import SYSTEMS, system  # noqa: E402
from support_model.errors import SupportModelError  # noqa: E402

PLANTED = "Geheim Wort zq@example.com"
IN_WORDS = frozenset({"recognized", "since_unknown", "settled_before"})
"""Findings that show names of columns and words of statuses, which a moved cell of a table is."""
INTERFACE = "an error of the interface"
"""What the system itself says of an error is no text of a ticket, and is shown."""
NOTHING = (None, "", " ", [], {}, [[]], [{}], [None], {"": ""}, {"id": {"id": []}})
NUMBERS = (True, False, 0, -1, 1, 10**30, 1.5, float("nan"), float("inf"), "0", "-1")
STAMPS = (
    "2026-13-45T99:99:99Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-03-29T02:30:00",
    "2026-03-29", 1_772_442_600, "1772442600", 1_772_442_600_000, 253_402_300_800, -62_135_596_801,
)  # fmt: skip
ODD = (*NOTHING, *NUMBERS, *STAMPS, PLANTED, "x" * 5000, "\ud800", "\0", [1, "a", None])


def seeds(names):
    """Return (system, payload, account) of every constructed payload of JSON."""
    found = []
    for case in vendors.cases(DATA / "vendors"):
        if case.source in names and case.data["path"].suffix == ".json":
            value = json.loads(case.data["path"].read_text("utf-8"))
            found.append((case.source, value, vendors.account_of(case)))
    return found


def broken(payload, rng):
    """Return a copy of a payload with some places changed."""
    payload = deepcopy(payload)
    for _ in range(rng.randint(1, 4)):
        everywhere = list(places(payload))
        if not everywhere:
            return rng.choice(ODD)
        path = rng.choice(everywhere)
        way = rng.randrange(5)
        if way == 0:
            mangled(payload, path, ...)
        elif way == 1:
            mangled(payload, path, deepcopy(at(payload, rng.choice(everywhere))))
        elif way == 2:
            mangled(payload, path, [deepcopy(at(payload, path)) for _ in range(2)])
        else:
            mangled(payload, path, deepcopy(rng.choice(ODD)))
    return payload


def at(payload, path):
    for key in path:
        payload = payload[key]
    return payload


def files(names):
    """Return (system, {file name: bytes}, account) of every case of tables or archives."""
    found = []
    for case in vendors.cases(DATA / "vendors"):
        path = case.data["path"]
        paths = [
            path.with_name(name) for name in case.data.get("config", {}).get("files", [path.name])
        ]
        if case.source in names and {each.suffix for each in paths} <= {".csv", ".zip"}:
            raw = {each.name: each.read_bytes() for each in paths if each.is_file()}
            found.append((case.source, raw, vendors.account_of(case)))
    return [each for each in found if each[1]]


def broken_bytes(raw, rng):  # noqa: PLR0911 - a table of ways
    """Return the bytes of a file with one thing changed, as disks and editors change them."""
    way, place = rng.randrange(9), rng.randrange(len(raw) + 1)
    if way == 1:
        return (
            raw[:place]
            + rng.choice([b"\0", b"\xff", b'"', b"\n", b"\r", b",", b";"])
            + raw[place:]
        )
    if way == 2:
        return raw[:place] + bytes(rng.randrange(256) for _ in range(4)) + raw[place + 4 :]
    if raw.startswith(b"PK"):
        return with_broken_member(raw, rng)
    if way == 0:
        return raw[:place]
    encoding = next(each for each in ("utf-8", "cp1251") if decodes(raw, each))
    text = raw.decode(encoding)
    if way == 3:
        other = rng.choice(["utf-16", "utf-8-sig", "cp1251", "cp1252", "utf-32", "cp866"])
        return text.encode(other, "replace")
    if way == 4:
        return text.replace(rng.choice(";,"), rng.choice(";,\t|")).encode(encoding)
    return moved_cells(text, rng, way).encode(encoding, "replace")


def with_broken_member(raw, rng):
    """Return an archive of which one file is broken, twice there, or gone."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as archive, zipfile.ZipFile(made, "w") as changed:
        names = archive.namelist()
        odd, way = rng.choice(names), rng.randrange(3)
        for name in names:
            held = archive.read(name)
            if name != odd:
                changed.writestr(name, held)
            elif way:
                place = rng.randrange(len(held) + 1)
                changed.writestr(name, held[:place] if way == 1 else held[place:] + held)
    return made.getvalue()


def decodes(raw, encoding):
    try:
        raw.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def moved_cells(text, rng, way):
    """Return a table with cells or rows at other places, or with cells of another kind."""
    delimiter = max(";,\t", key=text.splitlines()[0].count)
    rows = [row for row in csv.reader(io.StringIO(text), delimiter=delimiter) if row]
    for _ in range(rng.randint(1, 4)):
        row, other = rng.choice(rows), rng.choice(rows)
        if way == 5:
            rng.shuffle(row)
        elif way == 6:
            rows.insert(rng.randrange(len(rows)), list(other))
        elif way == 7 and row:
            row[rng.randrange(len(row))] = rng.choice(other) if other else ""
        elif len(rows) > 1 and rows[-1]:
            odd = [each for each in ODD if isinstance(each, str | int | float)]
            rows[-1][rng.randrange(len(rows[-1]))] = str(rng.choice(odd))
    made = io.StringIO()
    csv.writer(made, delimiter=delimiter).writerows(rows)
    return made.getvalue()


def read_broken(name, raw, account, lenient):
    """Read files that hold these bytes, as the command does."""
    with tempfile.TemporaryDirectory() as folder:
        for each, held in raw.items():
            (Path(folder) / each).write_bytes(held)
        return read_files([Path(folder) / each for each in raw], name, account, lenient=lenient)


def outcome_of_files(name, raw, account, rng):
    """Return what came of broken files; raise AssertionError where it should not have."""
    changed = rng.choice([*raw])
    raw = {**raw, changed: broken_bytes(raw[changed], rng)}
    lenient, asked = rng.random() < 0.7, rng.choice([name, name, "auto"])
    return judged(lambda: read_broken(asked, raw, account, lenient), IN_WORDS)


def outcome(name, payload, account):
    """Return what came of a payload in a word; raise AssertionError where it should not have."""
    before = repr(payload)
    told = judged(lambda: system(name).read(payload, account))
    assert repr(payload) == before, "the payload was changed"
    return told


def judged(act, in_words=frozenset()):
    """Return what came of a reading in a word; raise AssertionError where it should not have.

    Findings of the codes `in_words` may hold planted text: it stands where a word is shown.
    """
    log, refusal = None, None
    try:
        log = act()
    except SupportModelError as error:
        refusal = error
    if refusal is not None:
        said = str(refusal)
        assert "Geheim" not in said or INTERFACE in said, f"text of the payload: {said}"
        return type(refusal).__name__
    assert isinstance(log, EventLog)
    for event in log.events:
        own = {
            part.name: getattr(event, part.name) for part in attrs.fields(type(event)) if part.init
        }
        made = type(event)(**own)
        assert made == event, f"an event that its constructor makes otherwise: {event}"
        assert made.micros == event.micros
    said = " ".join(each.example for each in log.findings if each.code not in in_words)
    assert "Geheim" not in said, f"text of the payload in a finding: {said}"
    return "events" if log.events else "nothing"


def fuzzed(count, seed, names=SYSTEMS):
    """Return how often each outcome came, over that many payloads of some systems."""
    rng = random.Random(seed)  # noqa: S311 - the same payloads for the same seed
    known, tables = seeds(names), files(names)
    outcomes = Counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for number in range(count):
            if tables and (number % 4 == 0 or not known):
                name, raw, account = tables[number // 4 % len(tables)]
                try:
                    outcomes[name, f"files: {outcome_of_files(name, raw, account, rng)}"] += 1
                except Exception as error:
                    error.add_note(f"files {number} of seed {seed}: {name} {sorted(raw)}")
                    raise
                continue
            name, value, account = known[number % len(known)]
            payload = broken(value, rng)
            try:
                outcomes[name, outcome(name, payload, account)] += 1
            except Exception as error:
                error.add_note(
                    f"payload {number} of seed {seed}: {name} {json.dumps(payload)[:4000]}"
                )
                raise
    return outcomes


def main(payloads="200000", seed="1", *names):
    outcomes = fuzzed(int(payloads), int(seed), names or SYSTEMS)
    for (name, what), count in sorted(outcomes.items()):
        print(f"{name:15} {what:35} {count}")


if __name__ == "__main__":
    main(*sys.argv[1:])
