"""The KPIs room by room: the facts of a ticket, and what each family of figures asks of them.

Before this: `support_model.kpi`, the door to it. Next: `support_model.kpis.facts`.
"""
