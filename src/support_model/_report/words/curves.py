"""Words of the curves of waiting."""

from __future__ import annotations

from types import MappingProxyType

WORDS = MappingProxyType({
    "curves_title": ("How long tickets wait", "Сколько ждут обращения"),
    "curves_first_response": (
        "Share still waiting for the first response after so long",
        "Доля ожидающих первого ответа спустя столько времени",
    ),
    "curves_resolution": (
        "Share not yet resolved after so long",
        "Доля нерешённых спустя столько времени",
    ),
    "curves_caption": (
        "{what}; tickets that are still open count for as long as they were watched. The lower "
        "line is the faster period.",
        "{what}; открытые обращения учтены, пока за ними наблюдали. Чем ниже линия, тем быстрее "
        "период.",
    ),
    "curves_period": ("{period}", "{period}"),
})  # fmt: skip
