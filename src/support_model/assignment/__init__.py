"""How a ticket finds somebody: triage, teams, eligibility, ranking, retries and backlogs.

Before this: `support_model.routing`, the door to it. Next: `support_model.assignment.queues`.
"""
