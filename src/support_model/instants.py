"""Instants and spans of time: what every other module takes and returns."""

from __future__ import annotations

from support_model._time import Span, duration, instant, micros

__all__ = ["Span", "duration", "instant", "micros"]
