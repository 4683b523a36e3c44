"""What reading a payload of another system costs, beside `json.loads` of the same bytes.

Each form of each system is drawn by a seeded generator in `payloads/`, with texts and keys as the
real ones have: what takes long for a small payload of bare ids says little. A host parses what it
fetched anyway, so the ratio is what events add to that; the times are of the processor, both
subjects take turns and the best turn of each counts. The bytes are as interfaces send them: UTF-8
whose letters are not escaped, and no spaces.
"""

import gc
import json
import time
import warnings
from importlib import import_module
from pathlib import Path

from support_model.adapters._systems import system

LIMIT, TICKETS, ROUNDS = 4.0, 400, 9
PAYLOADS = sorted(
    path.stem for path in (Path(__file__).parent / "payloads").glob("*.py") if path.stem[0] != "_"
)


def forms(name):
    """Yield (form, payload, account) of a system; `FORMS` lists them where it has several."""
    module = import_module(f"payloads.{name}")
    made = getattr(module, "forms", None)
    if made is None:
        yield "", module.payload(TICKETS, 7), None
    else:
        yield from made(TICKETS, 7)


def timed(act, value):
    start = time.process_time()
    act(value)
    return time.process_time() - start


def measured(name, form, payload, account):
    module = system(name)
    own = module.Account() if account is None else account
    sent = json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
    subjects = {"loads": json.loads, "read": lambda _: module.read(payload, own)}
    best = dict.fromkeys(subjects, float("inf"))
    gc.disable()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        events = len(module.read(payload, own).events)
        for _ in range(ROUNDS):
            for subject, act in subjects.items():
                best[subject] = min(best[subject], timed(act, sent))
    gc.enable()
    return {
        "system": f"{name} {form}".strip(),
        "bytes": len(sent),
        "events": events,
        "loads, ms": best["loads"] * 1000,
        "read, ms": best["read"] * 1000,
        "us an event": best["read"] * 1e6 / max(events, 1),
        "times loads": best["read"] / best["loads"],
    }


def measure():
    rows = [measured(name, *form) for name in PAYLOADS for form in forms(name)]
    bars = [
        {
            "bar": f"{row['system']}: read, times json.loads",
            "limit": LIMIT,
            "measured": row["times loads"],
            "met": row["times loads"] <= LIMIT,
        }
        for row in rows
    ]
    return {"payloads": rows, "bars": bars}
