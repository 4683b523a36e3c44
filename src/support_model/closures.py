"""Dates on which a calendar keeps other hours: holidays, closing days, rules by year."""

from __future__ import annotations

from support_model._calendar.closures import Closures, country, days, drift, recurring

__all__ = ["Closures", "country", "days", "drift", "recurring"]
