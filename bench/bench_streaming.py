"""What lines of JSON beyond memory cost: conversations of Intercom, read at once and in parts.

Each subject is a process of its own, the command as a user types it; memory is its peak. The file
is written line by line by the generator of `payloads/intercom.py` until it is large enough:
`STREAMED_MB` for the parts, `WHOLE_MB` for what is read at once, which grows with the file.
"""

import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from payloads import intercom

STREAMED_MB, WHOLE_MB, LIMIT_MB = 1000, 100, 200
MEASURED = """
import resource, sys
from support_model.__main__ import main
code = main(sys.argv[1:])
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)
sys.exit(code)
"""
AT_ONCE = MEASURED.replace(
    "code =",
    "from support_model.adapters import _streaming\n_streaming.LARGE = 1 << 60\ncode =",
)


def written(path, megabytes):
    """Write conversations, a line each, up to a size; return how many."""
    rng = random.Random(7)  # noqa: S311 - the same payload for the same seed
    size = count = 0
    with path.open("wb") as file:
        while size < megabytes * 1_000_000:
            line = json.dumps(intercom.conversation(rng, count)).encode() + b"\n"
            file.write(line)
            size += len(line)
            count += 1
    return count


def measured(script, path, out):
    """Return (seconds, peak in MB) of reading a file in a process of its own."""
    begun = time.perf_counter()
    command = [sys.executable, "-c", script, "events", str(path), "--from", "intercom"]
    done = subprocess.run(
        [*command, "--lenient", "--out", str(out)], capture_output=True, text=True, check=True
    )
    seconds = time.perf_counter() - begun
    return seconds, int(done.stderr.split()[-1]) / 1024


def measure(streamed=STREAMED_MB, whole=WHOLE_MB):
    """Return the rows of the table, and whether the bar is met."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "conversations.jsonl"
        subjects = (("at once", AT_ONCE, whole), ("in parts", MEASURED, whole))
        for name, script, size in (*subjects, ("in parts", MEASURED, streamed)):
            count = written(path, size)
            seconds, peak = measured(script, path, Path(folder) / "events.jsonl")
            rows.append(
                {
                    "read": name,
                    "MB of lines": size,
                    "tickets": count,
                    "seconds": seconds,
                    "MB/s": size / seconds,
                    "peak MB": peak,
                }
            )
    peak = rows[-1]["peak MB"]
    bar = {"bar": f"{streamed} MB of lines", "limit MB": LIMIT_MB, "met": peak < LIMIT_MB}
    return {"conversations of Intercom as lines": rows, "bars": [{**bar, "peak MB": peak}]}
