"""Measure the library beside others: `python -m bench [--json FILE]`."""

import argparse
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import bench_calendars


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
    parser.add_argument("--json", metavar="FILE", type=Path, help="also write the figures here")
    options = parser.parse_args()
    found = bench_calendars.measure()
    print("Mon-Fri, Europe/Berlin, 22 holidays a year;", found["machine"])
    show("elapsed(start, end), one call after another", found["calls"])
    show("elapsed of whole columns, two years of instants in random order", found["columns"])
    show("what a calendar costs and keeps", found["kept"])
    show("bars", found["bars"])
    if options.json:
        options.json.write_text(json.dumps(found, indent=1) + "\n")
    return 0 if all(bar["met"] for bar in found["bars"]) else 1


if __name__ == "__main__":
    sys.exit(main())
