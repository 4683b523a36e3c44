"""Texts whose direction of writing leaves what stands beside them alone."""

from __future__ import annotations

import re
from types import MappingProxyType

__all__ = ["apart"]

_LETTERS = "\u0590-\u061b\u061d-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff"
"""What is written from right to left."""
_NAMES = re.compile(f"[{_LETTERS}]+(?:[ '.-][{_LETTERS}]+)*")
_ISOLATED = "\u2068\\g<0>\u2069"
"""A name between the characters that keep its direction to itself: plain text has no other."""
_CONTROLS = (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_SHOWN = MappingProxyType({code: f"\\u{code:04x}" for code in _CONTROLS})


def apart(text: str) -> str:
    r"""Return a text in which no name turns the text beside it.

    Characters that a name may hold to turn what follows are shown as what they are, as in a
    terminal; words that are written from right to left are isolated.

    Example:
        >>> apart("agent \u202eevil: 3 h")
        'agent \\u202eevil: 3 h'
        >>> apart("agent \u05d0\u05d1: 3 h") == "agent \u2068\u05d0\u05d1\u2069: 3 h"
        True
    """
    return _NAMES.sub(_ISOLATED, text.translate(_SHOWN))
