"""Ready rules of known kinds of desks, and the projections that some show their figures by."""

from support_model.presets._comparison import Answer, compare
from support_model.presets._loading import DESKS, PRESETS, desk_text, load_preset, load_promises
from support_model.presets._translation import translate

__all__ = [
    "DESKS",
    "PRESETS",
    "Answer",
    "compare",
    "desk_text",
    "load_preset",
    "load_promises",
    "translate",
]
