"""Who is on duty when: windows, rotations, rosters, and why.

Before this: `support_model.oncall`, the door to it. Next: `support_model.duty.duty_windows`.
"""
