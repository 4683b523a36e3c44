"""The words of a report that a newcomer may not know, one sentence each."""

from __future__ import annotations

from support_model._tables import TextTable

GLOSSARY = TextTable(
    title="What the words mean",
    columns=("Word:", "Means:"),
    rows=(
        ("95% interval", "where the true value plausibly lies; a wide one means: hardly known"),
        ("at risk", "tickets still unsolved, and still watched, after so long"),
        ("Benjamini-Hochberg", "a way to raise p for how many figures were looked at"),
        ("control limits", "how far weeks differ when nothing happens; beyond them is news"),
        ("Kaplan-Meier", "a curve of how many are still unsolved, open tickets counted too"),
        ("Laney p', XmR", "how control limits are drawn: of shares, and of times or means"),
        ("median", "half of the tickets took no longer"),
        ("mix", "of which kinds tickets are: more of the hard ones, and the total gets worse"),
        ("p", "how often chance alone would move a figure so far: 0.05 is one time in twenty"),
        ("pt, points", "percentage points: from 60% to 63% is 3"),
        ("Wilson", "an interval of a share that also holds for few tickets"),
    ),
)
"""The words, in the order of the alphabet."""
