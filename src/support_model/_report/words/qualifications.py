"""Words of the qualification view."""

from __future__ import annotations

from types import MappingProxyType

WORDS = MappingProxyType({
    "skills_title": ("Qualifications on {at:day}", "Квалификации на {at:day}"),
    "skills_fine": (
        "No training of {n} people has expired or will within six months.",
        "Ни у кого из {n} сотрудников обучение не истекло и не истечёт за полгода.",
    ),
    "skills_due": (
        "{expired} {expired:training has|trainings have} expired, {soon} more will within three months, {later} within six.",
        "Истекло: {expired}; ещё {soon} в ближайшие три месяца, {later} — за полгода.",
    ),
    "skills_by_line": ("Lines and what they must know", "Линии и что они должны знать"),
    "skills_by_person": ("Training that expired or will", "Обучение, которое истекло или истечёт"),
    "skills_line": ("Line", "Линия"),
    "skills_line_name": ("{level} {name}", "{level} {name}"),
    "skills_skill": ("Skill", "Навык"),
    "skills_needed": ("Needed", "Требуется"),
    "skills_people": ("People", "Людей"),
    "skills_hold": ("Hold it now", "Владеют сейчас"),
    "skills_expired": ("Expired", "Истекло"),
    "skills_soon": ("Within 3 months", "За 3 месяца"),
    "skills_later": ("Within 6 months", "За 6 месяцев"),
    "skills_left": ("Hold it in 6 months", "Владеют через полгода"),
    "skills_person": ("Person", "Сотрудник"),
    "skills_ends": ("Until", "До"),
    "skills_state": ("State", "Состояние"),
    "skills_state_expired": ("expired", "истекло"),
    "skills_state_soon": ("within 3 months", "за 3 месяца"),
    "skills_state_later": ("within 6 months", "за 6 месяцев"),
    "skills_nobody": (
        "Nobody of the line holds it: {skills}.",
        "На линии этим никто не владеет: {skills}.",
    ),
    "skills_pair": ("{skill} (line {line})", "{skill} (линия {line})"),
})  # fmt: skip
