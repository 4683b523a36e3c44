"""All that a value holds, as text: what its own `repr` shortens is told here in full."""

import attrs


def whole(value):
    """Return the text of every field of a value, to look for what it must not hold."""
    return " ".join(repr(getattr(value, part.name)) for part in attrs.fields(type(value)))
