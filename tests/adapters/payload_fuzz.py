"""Payloads broken at random: `read` answers with events, a typed error, or findings, nothing else.

    python tests/adapters/payload_fuzz.py [PAYLOADS] [SEED] [SYSTEM ...]

Each payload is one of the constructed files with up to four places changed: taken out, put twice,
exchanged, or filled with a value of another kind. Of what is read every event must be one that its
own constructor accepts, and no message may hold text of the payload.
"""

import json
import random
import sys
import warnings
from collections import Counter
from copy import deepcopy
from pathlib import Path

import attrs

HERE = Path(__file__).resolve().parent
if __name__ == "__main__":
    sys.path[:0] = [str(HERE.parent), str(HERE.parents[1] / "src")]

from adapters.scenario import DATA, mangled, places  # noqa: E402 - only after the path is set
from conformance import vendors  # noqa: E402

from support_model.adapters import EventLog  # noqa: E402
from support_model.adapters._systems import SYSTEMS, system  # noqa: E402
from support_model.errors import SupportModelError  # noqa: E402

PLANTED = "Geheim Wort zq@example.com"
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


def outcome(name, payload, account):
    """Return what came of a payload in a word; raise AssertionError where it should not have."""
    before = repr(payload)
    log, refusal = None, None
    try:
        log = system(name).read(payload, account)
    except SupportModelError as error:
        refusal = error
    assert repr(payload) == before, "the payload was changed"
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
    said = " ".join(finding.example for finding in log.findings)
    assert "Geheim" not in said, f"text of the payload in a finding: {said}"
    return "events" if log.events else "nothing"


def fuzzed(count, seed, names=SYSTEMS):
    """Return how often each outcome came, over that many payloads of some systems."""
    rng = random.Random(seed)  # noqa: S311 - the same payloads for the same seed
    known = seeds(names)
    outcomes = Counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for number in range(count):
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
        print(f"{name:15} {what:25} {count}")


if __name__ == "__main__":
    main(*sys.argv[1:])
