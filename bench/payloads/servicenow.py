"""Incidents of ServiceNow with their audit and journal, plain and as pairs of values."""

import random
from datetime import datetime, timedelta

from support_model.adapters import Account

WORDS = (
    *("the", "printer", "on", "the", "third", "floor", "says", "that", "there", "is", "no"),
    *("paper", "although", "it", "was", "filled"),
)
EMPTY = (
    *("parent", "made_sla", "watch_list", "upon_reject", "approval_history", "skills"),
    *("knowledge", "order", "cmdb_ci", "delivery_plan", "impact", "active", "work_notes_list"),
    *("business_service", "sys_domain_path", "group_list", "correlation_display", "location"),
    *("delivery_task", "sla_due", "work_start", "work_end", "sys_class_name", "follow_up"),
    *("activity_due", "additional_assignee_list", "approval", "approval_set", "business_impact"),
    *("calendar_stc", "cause", "child_incidents", "comments", "comments_and_work_notes"),
    *("contract", "due_date", "escalation", "hold_reason", "lessons_learned", "notify"),
    *("origin_id", "origin_table", "parent_incident", "problem_id", "promoted_on", "proposed_by"),
    *("reopened_by", "reopened_time", "route_reason", "service_offering", "sys_tags", "task_for"),
    *("universal_request", "user_input", "sys_mod_count", "sys_created_by", "sys_updated_by"),
    *("rfc", "time_worked", "expected_start", "business_stc", "severity", "company", "urgency"),
)
URL = "https://example.service-now.com/api/now/table/sys_user/"


def text(rng):
    return " ".join(rng.choice(WORDS) for _ in range(rng.randint(20, 80)))


def key(number, kind):
    return f"{kind}{number:031x}"


def reference(number):
    return {"link": URL + key(number, "a"), "value": key(number, "a")}


def payload(tickets, seed):
    rng = random.Random(seed)  # noqa: S311 - the same incidents for the same seed
    incidents, audit, journal = [], [], []
    for number in range(tickets):
        at = datetime(2026, 3, 2) + timedelta(minutes=number * 7)
        agent, sys_id = rng.randint(40, 59), key(number, "b")

        def stamp(minutes, at=at):
            return f"{at + timedelta(minutes=minutes):%Y-%m-%d %H:%M:%S}"

        def change(minutes, who, field, old, new, sys_id=sys_id, stamp=stamp):
            audit.append({
                "sys_id": key(len(audit), "c"), "tablename": "incident", "documentkey": sys_id,
                "fieldname": field, "oldvalue": old, "newvalue": new, "user": f"user.{who}",
                "sys_created_on": stamp(minutes), "sys_created_by": f"user.{who}", "reason": "",
                "record_checkpoint": str(len(audit)), "internal_checkpoint": key(len(audit), "d"),
            })  # fmt: skip

        change(4, agent, "assigned_to", "", key(agent, "a"))
        for field in ("state", "incident_state"):
            change(4, agent, field, "1", "2")
            change(300, agent, field, "2", "6")
        for step in range(rng.randint(1, 4)):
            for minutes, who in ((10, agent), (20, 31)):
                journal.append({
                    "sys_id": key(len(journal), "e"), "name": "incident", "element_id": sys_id,
                    "element": "comments", "value": text(rng), "sys_tags": "",
                    "sys_created_on": stamp(minutes + step * 20), "sys_created_by": f"user.{who}",
                })  # fmt: skip
        incidents.append({
            **dict.fromkeys(EMPTY, ""), "sys_id": sys_id, "number": f"INC{number:07}",
            "state": "6", "incident_state": "6", "priority": "3", "opened_at": stamp(0),
            "sys_created_on": stamp(0), "sys_updated_on": stamp(300), "resolved_at": stamp(300),
            "closed_at": "", "caller_id": reference(31), "opened_by": reference(31),
            "assigned_to": reference(agent), "contact_type": "email", "reopen_count": "0",
            "reassignment_count": "0", "hold_reason": "", "description": text(rng),
            "short_description": text(rng)[:60], "close_notes": text(rng),
            "sys_domain": reference(1), "resolved_by": reference(agent), "company": reference(2),
            "business_duration": "1970-01-01 05:00:00", "calendar_duration": "",
            "close_code": "Solved (Permanently)", "category": "inquiry", "subcategory": "",
        })  # fmt: skip
    users = [{"sys_id": key(n, "a"), "user_name": f"user.{n}"} for n in range(60)]
    return {
        "incident": incidents, "sys_audit": audit, "sys_journal_field": journal, "sys_user": users,
    }  # fmt: skip


def paired(value):
    if isinstance(value, dict) and "link" not in value:
        return {each: paired(inner) for each, inner in value.items()}
    if isinstance(value, list):
        return [paired(each) for each in value]
    if isinstance(value, dict):
        return {"display_value": "Somebody", **value}
    return {"display_value": value, "value": value}


def forms(tickets, seed):
    plain = payload(tickets, seed)
    yield "plain", plain, Account()
    yield "display_value=all", paired(plain), Account()
