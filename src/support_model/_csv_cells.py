"""Texts as cells that no spreadsheet runs as a formula."""

from __future__ import annotations

__all__ = ["bare", "defused"]

_FORMULA = (
    *("=", "+", "-", "@", "\t", "\r", "\n", "'"),
    *("\N{FULLWIDTH EQUALS SIGN}", "\N{FULLWIDTH PLUS SIGN}"),
    *("\N{FULLWIDTH HYPHEN-MINUS}", "\N{FULLWIDTH COMMERCIAL AT}"),
)
"""What begins a formula in some spreadsheet, and the apostrophe itself so that it can go."""


def defused(text: str) -> str:
    """Return a text with an apostrophe in front where a spreadsheet would run it.

    Example:
        >>> defused("=1+1"), defused("1+1")
        ("'=1+1", '1+1')
    """
    return f"'{text}" if text.startswith(_FORMULA) else text


def bare(cell: str) -> str:
    """Take off the apostrophe that keeps a spreadsheet from running a text.

    Example:
        >>> bare("'=1+1"), bare("'n Huis")
        ('=1+1', "'n Huis")
    """
    return cell[1:] if cell[:1] == "'" and cell[1:].startswith(_FORMULA) else cell
