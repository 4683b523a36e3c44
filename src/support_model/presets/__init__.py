"""Ready rules of known kinds of desks, and the projections that some show their figures by.

Before this: `support_model.sla`. Next: `support_model.presets.projections`.
"""
