"""Measure the library beside others: `python -m bench [AREA ...] [--json FILE]`."""

import argparse
import importlib
import json
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

AREAS = sorted(path.stem.removeprefix("bench_") for path in HERE.glob("bench_*.py"))


def text(value):
    if isinstance(value, bool) or not isinstance(value, float):
        return str(value)
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def show(title, rows):
    """Print rows of one shape as a table."""
    print(f"\n{title}")
    cells = [list(rows[0]), *([text(value) for value in row.values()] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for line in cells:
        print(
            "  " + "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        )


def main():
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("areas", nargs="*", help=f"which to measure: {', '.join(AREAS)}")
    parser.add_argument("--json", metavar="FILE", type=Path, help="also write the figures here")
    options = parser.parse_args()
    unknown = set(options.areas) - set(AREAS)
    if unknown:
        parser.error(f"no bench of {', '.join(sorted(unknown))}; there are {', '.join(AREAS)}")
    results = {}
    for area in options.areas or AREAS:
        results[area] = importlib.import_module(f"bench_{area}").measure()
        for title, rows in results[area].items():
            if isinstance(rows, list) and rows:
                show(f"{area}: {title}", rows)
    if options.json:
        options.json.write_text(json.dumps(results, indent=1) + "\n")
    bars = [bar for area in results.values() for bar in area.get("bars", ())]
    return 0 if all(bar["met"] for bar in bars) else 1


if __name__ == "__main__":
    sys.exit(main())
