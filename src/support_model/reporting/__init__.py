"""What a log comes to on paper: figures, caveats, tables and the made-up log.

Before this: `support_model.kpi`, the door to it. Next: `support_model.reporting.report`.
"""
