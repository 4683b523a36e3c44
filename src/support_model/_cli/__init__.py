"""The commands, a module for each subject: one is imported when it is first asked for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType

    from support_model._cli import desk_commands as desk_commands
    from support_model._cli import preset_commands as preset_commands

_LATER = ("desk_commands", "preset_commands")
"""What a report does without."""


def __getattr__(name: str) -> ModuleType:
    if name not in _LATER:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    return import_module(f"{__name__}.{name}")
