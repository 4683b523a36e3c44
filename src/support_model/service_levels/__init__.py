"""What a promise is made of: metrics, policies, cycles, clocks and their kept states.

Before this: `support_model.sla`, the door to it. Next: `support_model.service_levels.metrics`.
"""
