"""SurveyMonkey: questions, scores and where the ticket's id stands."""

from __future__ import annotations

from typing import Any

from support_model.adapters.surveymonkey import Account

ORDERS = {"mm/dd/yyyy": "mdy", "dd/mm/yyyy": "dmy", "yyyy-mm-dd": "ymd"}


def account(config: dict[str, Any]) -> Account:
    """Return the account that a case states."""
    order = str(config.get("dates", config.get("date_order", config.get("date_format", ""))))
    accept = config.get("accept", config.get("statuses", config.get("response_status")))
    known: dict[str, Any] = {} if accept is None else {"accept": _texts(accept)}
    return Account(
        questions=config.get("questions", {}),
        ticket=config.get("ticket", ""),
        choices=config.get("choices", config.get("weights", {})),
        scales={key: _scale(each) for key, each in config.get("scales", {}).items()},
        dates=ORDERS.get(order.lower(), order if order in ORDERS.values() else ""),
        tz=config.get("tz"),
        people="as_written",
        **known,
    )


def _scale(scale: Any) -> tuple[float, float]:
    if isinstance(scale, dict):
        low, high = (scale.get(end, scale.get(f"scale_{end}")) for end in ("min", "max"))
        return low, high
    return tuple(scale)


def _texts(given: Any) -> list[str]:
    return [given] if isinstance(given, str) else list(given)
