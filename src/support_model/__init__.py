"""The rules of customer support as values and pure functions.

This is what most programs import first. A name costs nothing until it is used: importing the
package loads neither holiday data nor NumPy. The one list of these names is `__init__.pyi`,
which type checkers read as it is. The modules in reading order: `support_model.errors` and
`support_model.reasons` (how the library answers), `support_model.instants` (what time is),
`support_model.calendars` (business time), `support_model.events` and `support_model.tickets`
(what happened), `support_model.sla` (what was promised and is due).

Before this: the README. Next: `support_model.errors`.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pathlib import Path

__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    """Import a public name from its module on its first use (PEP 562)."""
    homes = _homes()
    if name == "__all__":
        return sorted((*homes, "__version__"))
    if name not in homes:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    module = import_module(homes[name])
    value = module if module.__name__ == f"{__name__}.{name}" else getattr(module, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted((*_homes(), "__all__", "__version__"))


@cache
def _homes() -> dict[str, str]:
    """Return the module of each public name, as the stub beside this file imports it."""
    stub = Path(__file__).with_suffix(".pyi").read_text("utf-8")
    rows = [line.split() for line in stub.splitlines() if line.startswith("from ")]
    return {  # from MODULE import NAME as NAME
        name: f"{module}.{name}" if module == __name__ else module
        for _, module, _, name, *_ in rows
    }
