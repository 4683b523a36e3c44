"""Measure a detector by what is planted, or write a log with many planted facts.

    python -m tests.planted_facts [--seeds 40] [--kind KIND ...] [--strength 0.5]
    python -m tests.planted_facts --write FOLDER [--seed 1] [--facts 12]

The first prints a table and ends with 1 where a bar is not reached. The second writes log.jsonl,
policy.toml and truth.md, for `python -m support_model report FOLDER/log.jsonl`.
"""

import argparse
import sys
from pathlib import Path

from . import bars, crowded
from .plants import KINDS


def main() -> int:
    """Run what the arguments ask for."""
    parser = argparse.ArgumentParser(prog="planted", description="what is planted is named")
    parser.add_argument("--seeds", type=int, default=40, help="logs of each kind")
    parser.add_argument(
        "--kind",
        nargs="*",
        choices=sorted((*KINDS, bars.CROWDED, bars.ON_A_PAGE)),
        help="these kinds alone",
    )
    parser.add_argument("--strength", type=float, default=1.0, help="1: a manager would care")
    parser.add_argument("--workers", type=int, default=2, help="processes")
    parser.add_argument("--verbose", action="store_true", help="say what was missed and false")
    parser.add_argument("--write", type=Path, metavar="FOLDER", help="write a log instead")
    parser.add_argument("--seed", type=int, default=1, help="of the log that is written")
    parser.add_argument("--facts", type=int, default=12, help="planted in it")
    asked = parser.parse_args()
    if asked.write:
        for truth in crowded.write(asked.write, asked.seed, asked.facts):
            print(truth.says)
        return 0
    rows = []
    print(bars.HEAD, flush=True)
    for row in bars.outcomes(
        asked.kind or (*KINDS, bars.CROWDED, bars.ON_A_PAGE),
        range(asked.seeds),
        strength=asked.strength,
        workers=asked.workers,
        verbose=asked.verbose,
    ):
        rows.append(row)
        print(bars.line(row), flush=True)
    print(bars.summary(rows))
    short = bars.below(rows) if asked.strength >= 1 else []
    for each in short:
        print("below the bar:", each)
    return bool(short)


if __name__ == "__main__":
    sys.exit(main())
