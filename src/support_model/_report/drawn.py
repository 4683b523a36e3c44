"""The pictures of sections as SVG, their words in a language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support_model._report import drawings
from support_model._report.blocks import Chart, Drawing, Heat

if TYPE_CHECKING:
    from support_model._report.wording import Wording


def drawn(picture: Drawing | Chart | Heat, wording: Wording) -> str:
    """Return a picture as one SVG element.

    Example:
        >>> from datetime import date
        >>> from support_model._report.blocks import Line, says
        >>> from support_model._report.wording import Wording
        >>> line = Line(name=says("column_share"), values=(1, 2))
        >>> svg = drawn(
        ...     Chart(
        ...         key="weeks", title=says("table_shares"), caption=says("table_shares"),
        ...         labels=(date(2026, 3, 2), date(2026, 3, 9)), lines=(line,),
        ...     ),
        ...     Wording("ru"),
        ... )
        >>> "Доля" in svg, "02.03.2026" in svg
        (True, True)
    """
    match picture:
        case Chart():
            return drawings.chart(
                [wording.cell(label) for label in picture.labels],
                [
                    drawings.Series(wording.say(line.name), line.values, line.look, line.tone)
                    for line in picture.lines
                ],
                title=wording.say(picture.title),
                tail=max(picture.tail, int(picture.incomplete)),
                number=lambda value: _number(value, picture, wording),
            )
        case Heat():
            return drawings.heat(
                picture.rows,
                names=[wording.say(name) for name in picture.names],
                columns=picture.columns,
                title=wording.say(picture.title),
                number=lambda value: wording.cell(int(value)),
            )
        case Drawing():
            return picture.svg


def _number(value: float, picture: Chart, wording: Wording) -> str:
    whole = picture.kind == "count" and value == int(value)
    return wording.cell(int(value) if whole else value, picture.kind)
