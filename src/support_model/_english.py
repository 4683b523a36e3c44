"""The English catalogue: one sentence for each code, and the words that sentences are made of."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ENGLISH"]

_ENGLISH = {
    # calendars: why time counts or does not
    "always": "open around the clock",
    "weekly_hours": "weekly hours, {weekday}",
    "date_hours": "hours of {date}",
    "day_mon": "Mon",
    "day_tue": "Tue",
    "day_wed": "Wed",
    "day_thu": "Thu",
    "day_fri": "Fri",
    "day_sat": "Sat",
    "day_sun": "Sun",
    "at": "{reading}",
    "in_all": "in all",
    # words in sentences
    "metric_first_response": "first response",
    "metric_next_response": "next response",
    "metric_periodic_update": "periodic update",
    "metric_requester_wait": "requester wait",
    "metric_agent_work": "agent work",
    "metric_resolution": "resolution",
    "metric_total_resolution": "total resolution",
    "metric_ownership": "ownership",
    "metric_assignee_response": "response of the assignee",
    "metric_acknowledgement": "acknowledgement",
    "metric_promise": "promise",
    "unit_h": "{n}h",
    "unit_m": "{n}m",
    "unit_s": "{n}s",
    "units": "",
    "decimal_mark": ".",
    "percent": "{n}%",
    "quoted": "'{text}'",
    "date": "{d:%Y-%m-%d}",
    "reading": "{day} {d:%Y-%m-%d} {time}",
    "instant": "{reading} {zone}",
    "plural": "one_other",
    "nothing": "nothing",
    "never": "never",
    "none": "none",
    "open_ended": "further notice",
    "unlimited": "unlimited",
    "yes": "yes",
    "no": "no",
    "weekday_mon": "Monday",
    "weekday_tue": "Tuesday",
    "weekday_wed": "Wednesday",
    "weekday_thu": "Thursday",
    "weekday_fri": "Friday",
    "weekday_sat": "Saturday",
    "weekday_sun": "Sunday",
    "working_date": "worked like a {weekday}: {name}",
    "outside_hours": "outside the hours",
    "holiday": "holiday: {name}",
    "shortened": "outside the hours of a shortened day: {name}",
    "break": "break: {name}",
    "closed_span": "closed: {name}",
    "excluded": "taken out: {by}",
    "paused": "paused: {name}",
    # service levels: moments
    "sla_warning": "{metric} reaches {share} of {target} ({policy})",
    "sla_warning_before": "{metric} is due in {offset}: {target} ({policy})",
    "sla_warning_after": "{metric} has been due for {offset}: {target} ({policy})",
    "sla_breach": "{metric} is breached: past {target} ({policy})",
    "target_time": "{within}",
    "target_promised": "the promised date {at}",
    # service levels: what an evaluation finds
    "promise_without_target": "{at} is promised for {name!r}, which no target is for; {hint}",
    # service levels: explanations
    "carried": "carried over from an earlier target",
    # calendars: what lint finds
    "ends_2359": "{where} ends at 23:59 and misses the last minute; write 24:00",
    "hours_of_weekday": "{weekday} {hours}",
    "hours_of_date": "{date} {hours}",
    "overlap": "{where} overlaps another range of the same day; they were merged",
    "whole_day_range": "{where} ends where it starts and means 24 hours; write 00:00-24:00",
    "swallowed_by_gap": "{where} does not exist on {date}: the clock jumps over it",
    "closures_end": "{what} are known for {known}, nothing is known for {missing}",
    "holidays_of": "the holidays of {country}",
    "own_holidays": "own closed dates",
    "own_hours": "hours of single dates",
    "own_breaks": "breaks of single dates",
    "estimated_holidays": "estimated, may fall on another date: {dates}",
    "opens_closed_day": (
        "hours of {day}, given year by year, open {dates}, on a weekday that is closed; a half day"
        " is a break: closures.recurring(hours=...)"
    ),
    "closed_for_long": "closed from {start} to {end}, {days} days",
    "never_opens": "never opens after {start}",
    # coverage: how many people a rule takes
    "hours_balance": (
        "hours balance: {hours} h a week x {seats} seats / {there} h that one person is there"
        " = {factor}, so {people}"
    ),
    "legality": (
        "legality: {hours} h a week at most {cap} h each = {crews} people a seat, so {people}"
    ),
    "availability": "availability: {needed} needed and {spare} may be away, so {people}",
    # rosters: which labor rule is broken
    "unknown_person": "{person} is nobody of the team",
    "without_skill": "{person} lacks {skills} for {shift} of {date}",
    "away": "{person} is away during {shift} of {date}",
    "not_own_hours": "{shift} of {date} lies outside the hours of {person}",
    "overlapping_duties": "{person} works {earlier} and {later} of {date} at once",
    "short_rest": (
        "{person} rests {rest} between {earlier} and {later} of {date}, less than {least}"
    ),
    "long_duty": "{person} works {length} in {shift} of {date}, more than {most}",
    "long_day": "{person} works {worked} in duties that start on {date}, more than {most}",
    "no_daily_rest": (
        "{person} rests at most {rest} unbroken in the {length} from the start of {shift} of"
        " {date}, less than {least}"
    ),
    "forbidden_succession": "{person} works {later} of {date} on the day after {earlier}",
    "long_week": "{person} works {worked} in the week of {monday}, more than {most}",
    "no_weekly_rest": (
        "{person} rests at most {rest} unbroken in the week of {monday}, less than {least}"
    ),
    "nights_in_a_row": "{person} works {count} nights in a row from {date}, more than {most}",
    "days_in_a_row": "{person} works {count} days in a row from {date}, more than {most}",
    "away_together": "{people} of those who know {skill} are away at once, more than {most}",
    # patterns: the actual value and the one compared with
    "is": "{field} is {value!r}",
    "not_is": "{field} is {found!r}, not {value!r}",
    "in": "{field} is {found!r}",
    "not_in": "{field} is {found!r}, not one of {value!r}",
    "has": "{field} is given",
    "not_has": "{field} is not given",
    "contains": "{field} contains one of {value!r}",
    "not_contains": "{field} contains none of {value!r}",
    "at_least": "{field} is {found!r}, at least {value!r}",
    "not_at_least": "{field} is {found!r}, not at least {value!r}",
    "at_most": "{field} is {found!r}, at most {value!r}",
    "not_at_most": "{field} is {found!r}, not at most {value!r}",
    "before": "{field} is before {value}",
    "not_before": "{field} is not before {value}",
    "after": "{field} is after {value}",
    "not_after": "{field} is not after {value}",
    "open_in": "{field} is within {value}",
    "not_open_in": "{field} is outside {value}",
    "function": "{name} holds",
    "not_function": "{name} does not hold",
    # workflows: why an action is refused, what a log broke
    "unknown_action": "no such action: {action!r}; {hint}",
    "not_from_here": "{action!r} does not start in {status!r}",
    "unknown_status": "{status!r} is no status of workflow {workflow!r}",
    "not_initial": "no ticket begins in {status!r}",
    "no_transition": "nothing leads from {source!r} to {to!r}",
    "needs_other": "{action!r} needs the id of the other ticket or article",
    "nothing_to_do": "{action!r} would change nothing",
    "too_late": "allowed within {within} only",
    "unknown_priority": "no priority of this desk: {name!r}; {hint}",
    "unknown_policy": "no such policy: {name!r}; {hint}",
    "nothing_promised": "no date is promised on the ticket",
    "not_promised": "no date is promised for {name!r}; {hint}",
    "promised_too_late": "the promised date {due} is not after {at}",
    "related_to_itself": "{ticket} would be related to itself",
    "relate_is_no_merge": "a merge concerns both tickets; use the action 'merge'",
    "merged_away": "{ticket} is merged into {other}; act on that one",
    "merge_into_void": "{ticket} is {status!r}: merge into a ticket that goes on",
    # merges: what had no effect
    "log_unreadable": "the log of {ticket} is left as it was: {problem}",
    "merge_in_circle": "{ticket} merged into {other} at {at} closes a circle and has no effect",
    # moments of workflows
    "pending_until": "the wait in {status!r} ends",
    "action_due": "{action!r} is due {after} after {status!r} began",
    "action_due_in_silence": "{action!r} is due {after} after the last message of role {role}",
    "working_days": "{n} working {n:day|days}",
    "working_days_end": "{n} working {n:day|days}, at the end of the day",
    "same_business_day": "the rest of the business day",
    # workflows: what a definition gets wrong
    "repeated_status": "status {status!r} is defined twice",
    "no_initial_status": "no status to begin in",
    "undefined_status": "status {status!r} is not defined; {hint}",
    "ambiguous_action": "action {action!r} has two transitions in {status!r}",
    "unreachable_status": "nothing leads to {status!r}",
    "trap_status": "nothing leads from {status!r} to an end",
    "no_solution": "no solved or closed status can be reached",
    "unmapped_status": "status {status!r} has no counterpart; {hint}",
    # routing, why an agent may not take a ticket
    "wrong_line": "works on line {line}, the ticket is on line {wanted}",
    "wrong_team": "is not of team {wanted}",
    "absent": "absent until {until}",
    "off_hours": "outside the agent's hours",
    "offline": "is {presence}",
    "missing_skill": "lacks {skill}",
    "skill_level_low": "is not good enough at {skill}",
    "skill_expired": "{skill} has expired",
    "channel_full": "has {items} of {places} places on {channel} taken",
    "no_capacity": "has {used} of {units} units taken and {weight} would be too many",
    "rate_limited": "has had {most} tickets in the time that is looked at",
    # routing, why the chosen agent came first
    "sticky_owner": "has had the ticket since {since}",
    "sticky_deputy": "is the deputy of {owner}, who had the ticket and is away",
    "fallback_line": "line {line} helps out line {own}",
    "relaxed": "the ticket has waited long enough to do without {skill}",
    "by_skill_fit": (
        "fits best: {met} of {needs} needs met, {surplus} levels to spare, {share:.0f} of the"
        " capacity taken"
    ),
    "by_least_loaded": "least loaded: {share:.0f} of the capacity taken",
    "by_least_active": "has the least in hand: {units} units",
    "by_most_available": "has most capacity left: {free} units",
    "by_round_robin": "has waited longest for a ticket; last given one: {since}",
    "by_longest_idle": "idle for longest; last work ended: {since}",
    "by_ranking": "comes first by the ranking {name!r}",
    # lines, why one is passed by
    "line_empty": "nobody serves on line {line}",
    "line_excluded": "everybody on line {line} is excluded from the ticket",
    "line_lacks_skill": "nobody on line {line} holds {skill}",
    # moments of routing
    "routing_retry": "somebody can take {ticket} now",
    "swarm_due": "the answer of {agent} is due",
    # desks: what contradicts itself
    "calendar_finding": "calendar {calendar!r}: {finding}",
    "policy_without_targets": "policy {policy!r} has no targets and hides those after it",
    "policy_never_matches": "policy {policy!r} can match no ticket",
    "policy_shadowed": "policy {policy!r} is never picked: {by!r} matches whatever it does",
    "metric_without_target": "policy {policy!r} has no target for {metric}, others of its kind do",
    "target_never_holds": (
        "target {number} for {metric} in policy {policy!r} can hold for no ticket"
    ),
    "target_shadowed": (
        "target {number} for {metric} in policy {policy!r} is never in force: number {by} holds"
        " whenever it does"
    ),
    "target_never_due": (
        "target {number} for {metric} in policy {policy!r} is never due: its calendar never opens"
    ),
    "warning_at_start": (
        "target {number} for {metric} in policy {policy!r} warns at its very start: {warning} is"
        " the whole of it"
    ),
    "value_uncovered": "policy {policy!r} has no target for {metric} where {field} is {value!r}",
    "response_after_resolution": (
        "policy {policy!r} lets the first response take longer than the resolution"
    ),
    "status_nowhere": "{where!r} asks for status {status!r}, which the workflow has not; {hint}",
    "priority_nowhere": "{where!r} asks for priority {priority!r}, which nothing here has; {hint}",
    "rank_of_several": "rank {rank}: priorities {priorities} share it",
    "rank_of_none": "rank {rank}: no priority has it, and {priority!r} is behind it",
    "action_never_due": "action {action!r} is never due: its calendar never opens",
    # desks: tickets that name what a desk does not have
    "stranded_policy": "{ticket} is under policy {value!r}, which is gone; there is {known!r}",
    "stranded_status": "{ticket} is in status {value!r}, which is gone; there is {known!r}",
    "stranded_category": (
        "{ticket} is in status {value!r} of category {category}, which is {known} now"
    ),
    "stranded_priority": "{ticket} has priority {value!r}, which is gone; there is {known!r}",
    "stranded_rank": "{ticket} has priority {value!r} of rank {rank}, which is {known} now",
    "stranded_agent": "{ticket} is assigned to {value!r}, who is gone; there is {known!r}",
    "stranded_group": "{ticket} is with group {value!r}, which is gone; there is {known!r}",
    "stranded_line": "{ticket} is on line {value}, which is gone; there is {known!r}",
    # other rules: what differs
    "impact_tickets": "{n} {n:ticket differs|tickets differ}",
    "impact_past": (
        "{kind!r} dated before: {new} new, {withdrawn} withdrawn, {changed} changed; {tickets}"
    ),
    "impact_ahead": (
        "{kind!r} to come: {new} new, {withdrawn} withdrawn, {changed} changed; {tickets}"
    ),
    # desks: what has nobody behind it
    "channel_without_promise": "channel {channel!r}: no policy promises anything",
    "fallback_cycle": "lines {lines} fall back on each other in a circle",
    "line_without_people": "line {line}: nobody serves it",
    "line_of_one": "line {line}: only {person} serves it",
    "skill_without_holders": "{by}: nobody holds {skill} at level {level}",
    "skill_of_one": "{by}: only {person} holds {skill} at level {level}",
    "training_expired": "{person}: {skill} ran out at {at}",
    "training_expires": "{person}: {skill} runs out at {at}",
    "target_reaches_nobody": "plan {plan!r}, step {step!r}: {to} is nobody",
    "stranger_on_call": "on-call plan {plan!r}: {person} is no agent",
    "on_call_finding": "on-call plan {plan!r}: {finding}",
    "on_call_twice": (
        "{person} is on call in {one!r} and {other!r} at once, which one escalation calls,"
        " first from {start} to {end}, {total} in all"
    ),
    "on_call_absent": (
        "on-call plan {plan!r}: {person} is on call while absent, first from {start} to {end},"
        " {total} in all"
    ),
    "on_call_uncovered": (
        "on-call plan {plan!r}: nobody, while clocks run that call it, first from {start} to"
        " {end}, {total} in all"
    ),
    "promise_unkept": (
        "target {number} for {metric} in policy {policy!r} cannot be kept while nobody is at work"
        " or on call, from {start} to {end}"
    ),
    "hours_unattended": (
        "calendar {calendar!r}: promised hours with nobody at work or on call, first from {start}"
        " to {end}, {total} in all"
    ),
    "line_unattended": (
        "line {line}: open with nobody there, first from {start} to {end}, {total} in all"
    ),
    # presets: what of a policy carries over to another product
    "metric_differs": "{metric}: {part} is {here}, not {there}",
    "rule_differs": "{rule} is {here}, not {there}",
    "target_lost": "target {number} for {metric} is lost: {why}",
    "no_such_kind": "{preset} runs no policies of kind {kind!r}",
    "not_measured": "{preset} does not measure {metric}",
    "no_working_days": "{preset} takes no targets in working days",
    "one_calendar": "{preset} has one calendar a policy, and an earlier target holds another",
    # on call: who, and why
    "on_call": "on call: {who}",
    "on_call_away": "{person} is away",
    "on_call_gap": "{giver} goes off call and nobody takes over",
    "on_call_nobody": "nobody is on call",
    "on_call_override": "{person} is named by an override",
    "on_call_stand_in": "{who} stands in, next in order",
    "on_call_starts": "{taker} goes on call",
    "on_call_swap": "{taker} stands in for {giver} by a swap",
    "on_call_turn": "turn {turn} of layer {layer}: {who}",
    "handoff": "{giver} hands over to {taker}",
    "override_of_absent": "an override names {person}, who is away from {since}",
    "swap_to_absent": "a swap is taken by {person}, who is away from {since}",
    "swap_of_taker": (
        "{taker} stands in for {giver} from {since} and gives own turns to {third};"
        " what was taken over is not passed on"
    ),
    "duration_beyond_turn": (
        "layer {layer}: a duty of {duration} outlasts the turn of {turn} and ends with it"
    ),
    "layer_never_acts": "layer {layer} never decides who is on call from {start} to {end}",
    "person_never_serves": "{person} takes turns and is never on call from {start} to {end}",
    "two_seats": "{person} has two seats at once, first from {start} to {end}, {total} in all",
    "empty_seat": (
        "layer {layer}: nobody has its seat beside others, first from {start} to {end},"
        " {total} in all"
    ),
    "months_without_anybody": "nobody is on call in any hour from {first} to {last}",
    # escalation: what a step did
    "escalation_functional": "step {step}, level {level}: over to {who}",
    "escalation_hierarchical": "step {step}, level {level}: up to {who}",
    "escalation_notify": "step {step}, level {level}: tell {who}",
    "level_reached": "step {step} is left out: level {level} is reached already",
    "nobody_resolvable": "step {step} reaches nobody: {to} is no one at this instant",
    "not_known_yet": "step {step}: whom it means is not known yet, roster {roster} ends {at}",
    "not_known": "step {step}: whom it means is not known, roster {roster} begins {at}",
}
ENGLISH: Mapping[str, str] = MappingProxyType(_ENGLISH)
