"""How Sphinx builds this documentation; `python tasks.py docs` runs it."""

from __future__ import annotations

import inspect
from functools import cached_property
from typing import TYPE_CHECKING

from support_model import __version__

if TYPE_CHECKING:
    from sphinx.application import Sphinx

project = "support_model"
author = "support_model contributors"
copyright = f"2026, {author}"
release = version = __version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build"]
default_role = "code"
myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3

autodoc_default_options = {"members": True, "undoc-members": True, "show-inheritance": True}
autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_use_ivar = True

html_theme = "furo"
html_title = f"{project} {release}"
html_theme_options = {
    "source_repository": "https://github.com/support-model/support_model/",
    "source_branch": "main",
    "source_directory": "docs/",
}


# A field called `type` is no second target for the builtin of that name.
suppress_warnings = ["ref.python"]


def setup(app: Sphinx) -> None:
    app.connect("autodoc-skip-member", skip_fields)


def skip_fields(_app: Sphinx, what: str, _name: str, thing: object, *_rest: object) -> bool | None:
    """Leave fields to the Attributes section of their class: autodoc would list them twice."""
    told = inspect.isroutine(thing) or isinstance(thing, type | property | cached_property)
    return True if what == "class" and not told else None
