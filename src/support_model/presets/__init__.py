"""Ready rules of known kinds of desks, and what each product displays in its own way."""

from support_model.presets._comparison import Answer, compare
from support_model.presets._loading import PRESETS, load_preset, load_promises
from support_model.presets._translation import translate

__all__ = ["PRESETS", "Answer", "compare", "load_preset", "load_promises", "translate"]
