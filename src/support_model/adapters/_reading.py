"""Files of a system's exports, read together as one payload."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from support_model.adapters._payloads import Page
from support_model.adapters._systems import system

if TYPE_CHECKING:
    from collections.abc import Iterable

    from support_model.adapters._account import Account
    from support_model.adapters._event_logs import EventLog


def read_files(
    paths: Iterable[str | Path],
    name: str,
    account: Account | None = None,
    *,
    lenient: bool = False,  # noqa: ARG001 - refusals of what is not whole come with the command
) -> EventLog:
    """Read the files of one export as one payload.

    Args:
        paths: the files, in any order.
        name: which system they are of.
        account: what ids and words mean.
        lenient: read tickets whose history is not whole, and say so, instead of refusing.

    Raises:
        UnknownLogFormat: there is no such system.
        AdapterError: see `read` of the system.
    """
    module = system(name)
    pages = [Page(Path(path).name, json.loads(Path(path).read_text("utf-8"))) for path in paths]
    return module.read(pages, module.Account() if account is None else account)
