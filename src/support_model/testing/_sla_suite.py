"""All laws of service levels by their ids, and the suites that judge a policy by them.

`check_policy(gold)` asks them all of a policy of yours.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from support_model.sla import book_of
from support_model.testing import _sla_edge_laws as edges
from support_model.testing import _sla_laws as laws
from support_model.testing._calendar_strategies import amounts
from support_model.testing._policy_strategies import START
from support_model.testing._sla_strategies import SlaScene, sla_scenes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from support_model.sla import PolicyBook, SlaPolicy


SLA_LAWS: Mapping[str, Callable[[SlaScene], None]] = {
    "S1": laws.law_deterministic,
    "S2": laws.law_any_order,
    "S3": laws.law_repetition,
    "S4": laws.law_prefix,
    "S5": laws.law_time_counts,
    "S6": laws.law_breach,
    "S7": laws.law_on_time,
    "S8": laws.law_more_pauses,
    "S9": laws.law_larger_targets,
    "S10": laws.law_time_is_shared_out,
    "S11": laws.law_states,
    "S12": laws.law_stopped_stays,
    "S13": laws.law_no_pauses,
    "S14": laws.law_windows,
    "S15": laws.law_foretold,
    "S16": laws.law_reached_stays,
    "S17": edges.law_warnings,
    "S18": edges.law_warnings_reported,
    "S19": edges.law_equality,
    "S20": edges.law_reopening,
    "S21": edges.law_earlier_breach,
    "S22": edges.law_agreement,
}
"""Every law of service levels by its id."""


def check_policy_at(scene: SlaScene) -> None:
    """Judge a book by every law in one scene, for use under a `@given` of your own.

    Raises:
        LawBroken: a law does not hold; the error names it and the values.

    Example:
        >>> from hypothesis import find
        >>> from support_model.sla import PolicyBook
        >>> nothing_promised = st.just(PolicyBook([]))
        >>> scenes = sla_scenes(books=nothing_promised, max_size=1)
        >>> check_policy_at(find(scenes, lambda scene: True))
    """
    for law in SLA_LAWS.values():
        law(scene)


def check_policy(policy: PolicyBook | SlaPolicy | Iterable[SlaPolicy]) -> None:
    """Judge your own policy by every law, under logs that Hypothesis draws.

    Raises:
        LawBroken: a law does not hold; Hypothesis shows the smallest log that breaks it.

    Example:
        >>> from support_model.calendars import BusinessCalendar
        >>> from support_model.sla import RESOLUTION
        >>> from support_model.sla import SlaPolicy, Target
        >>> hours = BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="Europe/Berlin")
        >>> eight = Target(metric=RESOLUTION, within=timedelta(hours=8), calendar=hours)
        >>> check_policy(SlaPolicy(name="gold", targets=[eight]))
    """
    start = amounts(max_value=timedelta(days=700)).map(lambda by: START + by)

    @settings(deadline=None)  # how fast the machine is says nothing of a policy
    @given(sla_scenes(books=st.just(book_of(policy)), start=st.just(START) | start))
    def judge(scene: SlaScene) -> None:
        check_policy_at(scene)

    judge()
