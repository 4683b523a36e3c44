"""What ships ready, by name: presets of products, and promises by channel.

Each is a file beside this module, so what is loaded can be read, copied and changed.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from support_model._documents import loaded
from support_model.calendars import BusinessCalendar
from support_model.errors import (
    InvalidDocument,
    SupportModelError,
    UnknownName,
    nearest,
)
from support_model.presets._preset import Preset, read_preset
from support_model.sla import METRICS, read_policy
from support_model.workflows import INCIDENT

if TYPE_CHECKING:
    from support_model.sla import SlaPolicy


HERE = Path(__file__).parent
PRESETS = tuple(sorted(path.stem for path in (HERE / "products").glob("*.toml")))
"""The names of the presets."""
PROMISES = tuple(sorted(path.stem for path in (HERE / "promises").glob("*.toml")))
"""The names of the ready promises by channel."""
STANDARD = Preset(
    name="standard",
    title="the library's own rules",
    workflow=INCIDENT,
    metrics=METRICS,
    kinds=("sla", "ola", "underpinning_contract", "custom"),
    working_days=True,
)
"""The ready metrics as they are: what a policy is written in before it is any product's."""


@lru_cache(maxsize=64)
def load_preset(name: str) -> Preset:
    """Return the preset of a product; a setting of it goes after a colon.

    Raises:
        UnknownName: no such preset or variant, with the nearest name.

    Example:
        >>> load_preset("otrs").metrics["resolution"].after_stop
        'once'
        >>> load_preset("servicenow").on_change, load_preset("servicenow:retroactive").on_change
        ('restart', 'carry')
    """
    if name == STANDARD.name:
        return STANDARD
    product, _, variant = name.partition(":")
    document = loaded(_file("products", product, PRESETS, "preset"))
    if variant and variant not in document.data.get("variants", {}):
        known = variants(product)
        raise UnknownName(
            name, "no such variant", nearest(name, known) if known else "it has none"
        )
    try:
        return read_preset(document.data, variant=variant)
    except SupportModelError as error:
        raise InvalidDocument(document.name, "", None, str(error)) from None


def variants(name: str) -> tuple[str, ...]:
    """Return the names of the settings that a preset has.

    Raises:
        UnknownName: no such preset.

    Example:
        >>> variants("servicenow")
        ('servicenow:retroactive',)
    """
    data = loaded(_file("products", name, PRESETS, "preset")).data
    return tuple(f"{name}:{variant}" for variant in sorted(data.get("variants", {})))


def load_promises(name: str, hours: BusinessCalendar) -> SlaPolicy:
    """Return a ready policy: how soon each channel gets its first response.

    Args:
        name: `usual` (a letter within a working day), `expected` (within the hour) or
            `excellent` (within a quarter of an hour).
        hours: when the desk is there. Working days are its Mondays to Fridays, whole, in the
            zone of these hours.

    Raises:
        UnknownName: no such promises, with the nearest name.

    Example:
        >>> office = BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="Europe/Berlin")
        >>> [str(target.within) for target in load_promises("usual", office).targets][:2]
        ['0:00:20', '0:05:00']
    """
    calendars = {
        "hours": hours,
        "working days": BusinessCalendar.weekly({"mon-fri": "00:00-24:00"}, tz=str(hours.tz)),
        "always": BusinessCalendar.always(hours.tz),
    }
    document = loaded(_file("promises", name, PROMISES, "promises"))
    return read_policy(document.data, calendars=calendars, path=document.name)


def _file(folder: str, name: str, known: tuple[str, ...], what: str) -> Path:
    if name not in known:
        raise UnknownName(name, f"no such {what}", nearest(name, known))
    return HERE / folder / f"{name}.toml"
