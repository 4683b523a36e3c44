"""What an escalation is made of: steps, courses, runs and whom they mean.

Before this: `support_model.escalation`, the door to it. Next: `support_model.escalations.steps`.
"""
