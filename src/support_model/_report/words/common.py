"""Words that every part of a report uses: units, numbers, dates, what cannot be shown."""

from __future__ import annotations

from types import MappingProxyType

WORDS = MappingProxyType({
    "plural": ("one_other", "one_few_many"),
    "decimal_mark": (".", ","),
    "thousands_mark": (",", "\u00a0"),
    "percent": ("{n}%", "{n} %"),
    "points": ("{n} pt", "{n} п. п."),
    "unit_s": ("{n} s", "{n} с"),
    "unit_min": ("{n} min", "{n} мин"),
    "unit_h": ("{n} h", "{n} ч"),
    "unit_d": ("{n} days", "{n} дн."),
    "unit_wd": ("{n} working days", "{n} раб. дн."),
    "days": ("day|days", "день|дня|дней"),
    "range": ("{low} to {high}", "от {low} до {high}"),
    "range_from": ("{low} or more", "от {low}"),
    "range_to": ("up to {high}", "до {high}"),
    "date": ("{d:%Y-%m-%d}", "{d:%d.%m.%Y}"),
    "instant": ("{d:%Y-%m-%d %H:%M}", "{d:%d.%m.%Y %H:%M}"),
    "list": (", ", ", "),
    "listed": ("{names:items}", "{names:items}"),
    "last_of_list": (" and ", " и "),
    "withheld": ("too few (under {n})", "мало (менее {n})"),
    "unknown": ("-", "-"),
    "word": ("{word}", "{word}"),
    "yes": ("yes", "да"),
    "no": ("no", "нет"),
    "missing_value": ("(missing)", "(не указано)"),
    "worse": ("worse", "хуже"),
    "better": ("better", "лучше"),
    "different": ("different", "иначе"),
})  # fmt: skip
