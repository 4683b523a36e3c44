"""A figure as one SVG element that can stand in any page, beside others of its kind.

What matplotlib writes is a document: with a type declaration on another host, a style sheet
that would hold for the whole page, and names that two figures share. Here it becomes an element
of its own: nothing outside is referred to, text stays text, names begin with a digest of the
content, and the same figure gives the same bytes.
"""

from __future__ import annotations

import re
import warnings
from hashlib import sha256
from io import StringIO
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from matplotlib import rc, rc_context, rcdefaults
from matplotlib.figure import Figure

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from matplotlib.axes import Axes


NO_METADATA = ("Creator", "Date", "Format", "Type")
FONTS = "font-family: 'DejaVu Sans', Verdana, sans-serif"
ROOT = "width: 100%; max-width: 40rem; height: auto; stroke-linejoin: round; stroke-linecap: butt"
WIDTH = 5.0
"""Of a page's plots, in inches: at 11 points their text can be read on a phone."""
NAMESPACE = re.compile(r"\{[^}]{0,200}\}")
NUMBER, FAMILY = re.compile(r"-?\d{1,20}\.\d{1,20}"), re.compile(r"font-family: [^;]*")
REFERENCE = re.compile(r"url\(#([^)]{0,200})\)|^#(.*)")
NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def svg(figure: Figure | Axes, *, title: str) -> str:
    """Return a figure as one SVG element, as wide as its place; `title` is what it is read as.

    Pictures of one page share no names unless both picture and title are the same.

    Example:
        >>> text = svg(Figure(figsize=(4, 3)), title="Nothing <yet>")
        >>> text.startswith("<svg "), "Nothing &lt;yet&gt;" in text, "DOCTYPE" in text
        (True, True, False)
    """
    drawn = figure if isinstance(figure, Figure) else figure.figure.figure  # of a subfigure too
    out = StringIO()
    with rc_context(), warnings.catch_warnings():
        rc("svg", hashsalt="support_model", fonttype="none", image_inline=True)
        # what the measuring font lacks, the page's fonts draw
        warnings.filterwarnings("ignore", message=r"Glyph \d+ .*missing from")
        drawn.savefig(out, format="svg", metadata=dict.fromkeys(NO_METADATA))
    document, label = (NO_XML.sub("\ufffd", text) for text in (out.getvalue(), title))
    return _element(document, label)


def svg_of(draw: Callable[[Axes], object], *, title: str, height: float = 3.6) -> str:
    """Return as one SVG element what a function draws on fresh Axes, in one look everywhere.

    The settings of the machine play no part. While it runs the process's matplotlib settings
    are these, so threads must not draw at the same time.

    Args:
        draw: draws on the Axes it is given.
        title: what the picture is read as.
        height: of the picture in inches; it is 5 wide.

    Example:
        >>> picture = svg_of(lambda ax: ax.plot([1, 2], [1, 2]), title="Up")
        >>> picture == svg_of(lambda ax: ax.plot([1, 2], [1, 2]), title="Up")
        True
    """
    with rc_context():
        rcdefaults()
        rc("font", **{"family": "sans-serif", "sans-serif": ["DejaVu Sans"], "size": 11})
        figure = Figure(figsize=(WIDTH, height), layout="constrained")
        draw(figure.add_subplot())
        return svg(figure, title=title)


def _element(document: str, title: str) -> str:
    """Return the root element of an SVG document, fit to stand in a page."""
    root = ET.fromstring(document)  # noqa: S314 - written by matplotlib a moment ago
    for parent in list(root.iter()):
        for child in list(parent):
            if NAMESPACE.sub("", child.tag) in {"metadata", "style", "title"}:
                parent.remove(child)
    texts = [text for node in root.iter() for text in node.attrib.values()]
    wanted = {name for text in texts for name in _names(text)}
    for node in root.iter():
        _clean(node, wanted)
    box = root.get("viewBox", "")
    digest = sha256(ET.tostring(root) + title.encode()).hexdigest()[:8]
    for node in root.iter():
        node.attrib = {key: _prefixed(key, text, digest) for key, text in node.items()}
    root.attrib = {
        "xmlns": "http://www.w3.org/2000/svg",
        "viewBox": box,
        "role": "img",
        "style": ROOT,
    }
    name = ET.Element("title")
    name.text = title
    root.insert(0, name)
    return ET.tostring(root, encoding="unicode")


def _clean(node: ET.Element, wanted: Collection[str]) -> None:
    """Take out namespaces, blanks between elements and the ids that are not referred to."""
    node.tag = NAMESPACE.sub("", node.tag)
    node.tail = None
    node.text = (node.text or "").strip() or None
    kept = {NAMESPACE.sub("", key): value for key, value in node.attrib.items()}
    node.attrib = {
        key: _short(key, value) for key, value in kept.items() if key != "id" or value in wanted
    }


def _names(text: str) -> list[str]:
    return [a or b for a, b in REFERENCE.findall(text)]


def _prefixed(key: str, text: str, digest: str) -> str:
    """Return an attribute's text with the digest before every name."""
    if key == "id":
        return f"p{digest}-{text}"
    if key == "href" and text.startswith("#"):
        return f"#p{digest}-{text[1:]}"
    return text.replace("url(#", f"url(#p{digest}-")


def _short(key: str, text: str) -> str:
    """Return an attribute's text with coordinates to a hundredth, and fonts that phones have."""
    if key in {"d", "x", "y"}:
        return NUMBER.sub(lambda found: f"{float(found[0]):.2f}".rstrip("0").rstrip("."), text)
    if key == "style":
        return FAMILY.sub(FONTS, text)
    return text
