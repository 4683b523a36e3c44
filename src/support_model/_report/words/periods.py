"""What periods are called: a whole month by its name, others by their days."""

from __future__ import annotations

from types import MappingProxyType

WORDS = MappingProxyType({
    "period_month": ("{month} {year}", "{month} {year} года"),
    "period_day": ("{day:day}", "{day:day}"),
    "period_days": ("{first:day} to {last:day}", "{first:day} - {last:day}"),
    "month_1": ("January", "январь"),
    "month_2": ("February", "февраль"),
    "month_3": ("March", "март"),
    "month_4": ("April", "апрель"),
    "month_5": ("May", "май"),
    "month_6": ("June", "июнь"),
    "month_7": ("July", "июль"),
    "month_8": ("August", "август"),
    "month_9": ("September", "сентябрь"),
    "month_10": ("October", "октябрь"),
    "month_11": ("November", "ноябрь"),
    "month_12": ("December", "декабрь"),
})  # fmt: skip
