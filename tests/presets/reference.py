"""The reference page of the presets, written from the presets and from the reference cases.

`python tests/presets/reference.py --write` writes docs/reference/presets.md.

Before this: `conformance/sla.py`. Next: `test_reference.py`.
"""

from __future__ import annotations

import json
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from conformance import sla as adapter

from support_model._cli.preset_commands import DESKS
from support_model._time import duration_text
from support_model.presets import PRESETS, load_preset, load_promises
from support_model.presets._loading import PROMISES, variants
from support_model.presets._projections import BEFORE, PROJECTIONS
from support_model.presets._translation import PARTS, rule_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support_model.presets._preset import Preset

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reference" / "presets.md"
CASES = ROOT / "tests" / "vectors" / "sla.json"
WHY = {
    "hold_extension": "the case states the exact answer beside the product's own, which adds the"
    " hold as wall time",
}

Row = tuple[str, int, tuple[tuple[str, tuple[str, ...]], ...]]


@cache
def checked() -> tuple[Row, ...]:
    """Return for each preset: how many cases it answers, and the keys that some of them add."""
    for case in adapter.cases(json.loads(CASES.read_text("utf-8"))):
        assert adapter.run(case) is None, case.id
    rows = []
    for name in (each for preset in PRESETS for each in (preset, *variants(preset))):
        of_it = {case: keys for case, (preset, keys) in adapter.NEEDED.items() if preset == name}
        rows.append(
            (name, len(of_it), tuple((case, keys) for case, keys in of_it.items() if keys))
        )
    return tuple(rows)


HEAD = """# Presets

A preset is how one help desk product counts, as a value: a workflow, metrics, what a change does
to an open clock, how a policy is picked, which pauses count, and by name at most two projections
for what the product shows in its own way. Each is a TOML file beside
{py:mod}`support_model.presets._loading`, so it can be read, copied and changed.

A preset holds what is known of a product from its sources, tests and manuals. It is no copy of
the product, and a product may have changed since.

```python
>>> from support_model.presets import load_preset
>>> load_preset("glpi").metrics["resolution"].pause.data()
{'field': 'category', 'is': 'pending'}

```

{py:func}`~support_model.presets.translate` carries a policy from the rules of one
product to those of another and says what changes and what is lost.
{py:func}`~support_model.presets.compare` measures one ticket under several, and so
does the command line, for a file of events (JSON lines, CSV, Parquet):

```text
python -m support_model compare TICKET.jsonl --presets zendesk,jsm,otrs \\
    --target first_response=1h --target resolution=8h \\
    --hours "Mo-Fr 09:00-17:00" --tz Europe/Berlin
```

`--policy FILE` takes the promises of a desk's file instead, `--as-of INSTANT` asks about another
instant than the last event's, and `--why` shows how each product's rules differ from the
library's own. Policies are written in the ready metrics of
{py:mod}`support_model._sla.metrics`.
[](../explanation/disagreements.md) shows twenty-one tickets on which products disagree.

A setting of a product is a variant: its name after a colon, as `servicenow:retroactive`.
"""


def page() -> str:
    """Return the page."""
    lines = [HEAD, *projections(), *promises(), *desks(), *cases()]
    for name in PRESETS:
        lines += section(load_preset(name))
    return "\n".join(lines) + "\n"


def projections() -> Iterator[str]:
    yield "## Projections\n"
    yield "They stand around the engine, never inside it: nothing that is stored changes.\n"
    yield "| name | of | used by |"
    yield "|---|---|---|"
    everyone = [load_preset(v) for name in PRESETS for v in (name, *variants(name))]
    for known, what in ((BEFORE, "before"), (PROJECTIONS, "shown")):
        for projection in known:
            users = [p.name for p in everyone if getattr(p, what) == projection]
            of = "the events" if what == "before" else "a clock"
            yield f"| `{projection}` | {of} | {', '.join(users)} |"
    yield ""


def promises() -> Iterator[str]:
    yield "## Promises by channel\n"
    yield "`load_promises(name, hours)` returns a policy of first responses:\n"
    yield "| promises | channels | within | warned after |"
    yield "|---|---|---|---|"
    for name in PROMISES:
        for target in load_promises(name, adapter.BusinessCalendar.always("UTC")).targets:
            channels = target.when.data()
            held = channels.get("in") or [channels["is"]]
            warned = [duration_text(target.within * share) for share in target.warn_at]
            within = duration_text(target.within)
            yield f"| {name} | {', '.join(held)} | {within} | {', '.join(warned)} |"
    yield ""
    yield "The 24 hours of letters are those of working days, Monday to Friday around the clock;"
    yield "the 24 hours of social networks are those of every day. All else counts in the hours.\n"


def desks() -> Iterator[str]:
    yield "## Desks to begin with\n"
    yield f"`python -m support_model init NAME --to desk.toml` writes one of {', '.join(DESKS)}.\n"


def cases() -> Iterator[str]:
    yield "## How the presets were checked\n"
    yield "Reference cases from the products' own tests and manuals, each under the preset of its"
    yield "product. A case that names a setting of the product is evaluated under that variant.\n"
    yield "| preset | cases | without another rule |"
    yield "|---|---|---|"
    rows = checked()
    for preset, total, needed in rows:
        if total:
            yield f"| {preset} | {total} | {total - len(needed)} |"
    tested = {name.partition(":")[0] for name, total, _ in rows if total}
    untested = [name for name in PRESETS if name not in tested]
    yield f"\nNo case is known for {', '.join(untested)}: these follow the manuals alone.\n"
    yield "| case | adds | because |"
    yield "|---|---|---|"
    for *_, needed in rows:
        for case, keys in needed:
            for key in keys:
                yield f"| {case} | `{key}` | {WHY[key.split(' ')[0]]} |"
    yield ""


def section(preset: Preset) -> Iterator[str]:
    """Yield what a preset says, metric by metric."""
    yield f"## {preset.title} (`{preset.name}`)\n"
    yield from (f"- {note}" for note in preset.notes)
    yield ""
    rules = ("on_change", "select", "calendar_edit", "before", "shown", "working_days")
    yield (
        "; ".join(f"{rule.replace('_', ' ')}: {rule_text(preset, rule)}" for rule in rules) + ".\n"
    )
    statuses = ", ".join(f"{s.name} ({s.category})" for s in preset.workflow.statuses)
    yield f"Statuses: {statuses}.\n"
    if variants(preset.name):
        yield f"Variants: {', '.join(f'`{name}`' for name in variants(preset.name))}.\n"
    parts = [part for part in PARTS if part != "reset"]
    yield f"| metric | {' | '.join(part.replace('_', ' ') for part in parts)} |"
    yield "|---" * (len(parts) + 1) + "|"
    for name in preset.metrics:
        said_of = " | ".join(rule_text(preset, part, name) for part in parts)
        yield f"| {name} | {said_of} |"
    yield ""


if __name__ == "__main__":
    if sys.argv[1:] != ["--write"]:
        sys.exit(__doc__)
    PAGE.write_text(page(), "utf-8")
